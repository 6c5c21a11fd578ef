//! What a test server lets its tests do: read and move its clock, and make it fail.

use axum::http::StatusCode;
use eps_core::model::Timestamp;
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Service;
use super::answer::{Answer, Problem};
use super::exchange::failed;
use super::faults::Planned;
use crate::schedule;
use crate::store::Store;

/// How a clock is moved: to an instant, or on by so much.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum Move {
    /// RFC 3339.
    Set(String),
    /// Seconds, minutes, hours or days: `90s`, `5m`, `12h`, `30d`.
    Advance(String),
}

impl<S: Store + 'static> Service<S> {
    /// The time; with a body, after moving it and doing what is due then. There is no such call on a server that is not for tests.
    pub(super) fn move_clock(&self, body: Option<&[u8]>) -> Result<Answer, Answer> {
        let clock = self.movable.as_ref().ok_or_else(|| Problem::NoRoute.answer())?;
        if let Some(body) = body {
            let wrong = || Problem::WrongMessage("Expected {\"set\": RFC 3339} or {\"advance\": \"30d\"}.").answer();
            match serde_json::from_slice(body).map_err(|_| wrong())? {
                Move::Set(text) => clock.set(instant(&text).ok_or_else(wrong)?),
                Move::Advance(text) => drop(clock.advance(seconds(&text).ok_or_else(wrong)?)),
            }
            schedule::run(&self.broker).map_err(|error| failed(&error))?;
        }
        Ok(Answer::json(StatusCode::OK, &json!({ "now": self.clock.now().to_string() })))
    }

    /// The fault that is planned; with a body, after planning another. `null` plans none.
    pub(super) fn plan_faults(&self, body: Option<&[u8]>) -> Result<Answer, Answer> {
        if self.movable.is_none() {
            return Err(Problem::NoRoute.answer());
        }
        if let Some(body) = body {
            let wrong = |_| Problem::WrongMessage("Expected a fault and how many times, or null.").answer();
            self.faults.plan(serde_json::from_slice::<Option<Planned>>(body).map_err(wrong)?);
        }
        Ok(Answer::json(StatusCode::OK, &json!(self.faults.planned())))
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(Timestamp::from_unix(instant.unix_timestamp()))
}

fn seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return None,
    };
    let count: u32 = text.get(..text.len() - 1)?.parse().ok()?;
    Some(i64::from(count) * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_by_their_unit() {
        assert_eq!(["90s", "5m", "12h", "30d"].map(seconds), [90, 300, 43_200, 2_592_000].map(Some));
        assert_eq!(["", "d", "-1d", "1.5h", "7w", "£"].map(seconds), [None; 6]);
    }
}
