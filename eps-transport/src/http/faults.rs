//! Faults that a test server makes on purpose, so that a vendor can try his retries.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::answer::{Answer, Problem};

/// What goes wrong with the next requests that bring a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
#[non_exhaustive]
pub enum Fault {
    /// The message is answered and its effect is durable, and then the connection is closed without the reply.
    DropReply,
    /// The reply comes later by so much.
    Delay {
        /// Milliseconds.
        milliseconds: u32,
    },
    /// The message is not looked at and this is answered: 429, 500 or 503.
    Refuse {
        /// The status.
        status: u16,
    },
}

/// The longest delay of a reply.
const MAX_DELAY: Duration = Duration::from_secs(120);

impl Fault {
    /// How long the reply is delayed.
    pub(super) fn delay(self) -> Option<Duration> {
        match self {
            Self::Delay { milliseconds } => Some(Duration::from_millis(milliseconds.into()).min(MAX_DELAY)),
            Self::DropReply | Self::Refuse { .. } => None,
        }
    }

    /// What is answered in place of the reply.
    pub(super) fn refusal(self) -> Option<Answer> {
        match self {
            Self::Refuse { status: 429 } => Some(Problem::Busy.answer()),
            Self::Refuse { status: 503 } => {
                let mut answer = Problem::Busy.answer();
                answer.status = StatusCode::SERVICE_UNAVAILABLE;
                Some(answer)
            }
            Self::Refuse { .. } => Some(Problem::Server.answer()),
            Self::DropReply | Self::Delay { .. } => None,
        }
    }
}

/// The faults to come: which, and how often.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Option<Planned>>);

/// A fault, and for how many requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Planned {
    #[serde(flatten)]
    pub(super) fault: Fault,
    #[serde(default = "once")]
    pub(super) times: u32,
}

const fn once() -> u32 {
    1
}

impl Faults {
    /// What is planned.
    pub(super) fn planned(&self) -> Option<Planned> {
        *self.lock()
    }

    /// Plans another fault, or none.
    pub(super) fn plan(&self, planned: Option<Planned>) {
        *self.lock() = planned.filter(|planned| planned.times > 0);
    }

    /// The fault of the request that has come, if any.
    pub(super) fn next(&self) -> Option<Fault> {
        let mut planned = self.lock();
        let Planned { fault, times } = (*planned)?;
        *planned = (times > 1).then_some(Planned { fault, times: times - 1 });
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Planned>> {
        // What is planned is whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_comes_as_often_as_planned() {
        let faults = Faults::default();
        assert_eq!(faults.next(), None);
        faults.plan(Some(Planned { fault: Fault::DropReply, times: 2 }));
        assert_eq!(
            [faults.next(), faults.next(), faults.next()],
            [Some(Fault::DropReply), Some(Fault::DropReply), None]
        );
        faults.plan(Some(Planned { fault: Fault::DropReply, times: 0 }));
        assert_eq!(faults.planned(), None);
    }

    #[test]
    fn a_plan_is_read_from_json() {
        let plan: Planned = serde_json::from_str(r#"{"fault":"refuse","status":503,"times":3}"#).unwrap();
        assert_eq!(plan, Planned { fault: Fault::Refuse { status: 503 }, times: 3 });
        assert_eq!(plan.fault.refusal().map(|answer| answer.status), Some(StatusCode::SERVICE_UNAVAILABLE));
        let plan: Planned = serde_json::from_str(r#"{"fault":"drop-reply"}"#).unwrap();
        assert_eq!(plan, Planned { fault: Fault::DropReply, times: 1 });
    }
}
