//! An administrative update: an operator sets right what went wrong. No transition is checked, but what comes of it must
//! be a valid record.

use super::activity::Activity;
use super::cancel::fail_pending;
use super::cancellation::WhyFailed;
use super::change::{Cause, Changing};
use super::parts::Parts;
use super::refusal::{Invalid, Refusal};
use super::state::{Claim, Dispensing, Release, agent_of};
use super::timeline::Event;
use super::{Accepted, DocumentKey, Effect, Issue, IssueNumber, Nomination, Periods, Received, Record, Reply};
use crate::codes::{DispensingSitePreference, ItemStatus, PrescriptionStatus};
use crate::ids::{LineItemId, OdsCode};
use crate::model::{Date, Timestamp};

/// Which issues an update is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "Spine knows these four")]
pub enum AdminTarget {
    /// Every issue.
    All,
    /// The current issue and those after it.
    Available,
    /// The current issue.
    Current,
    /// This issue.
    Issue(IssueNumber),
}

/// What becomes of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "nothing else can become of a value")]
pub enum Update<T> {
    /// It stays.
    #[default]
    Keep,
    /// There is none from now on.
    Clear,
    /// It is this from now on.
    Set(T),
}

/// What an operator sets. Everything else stays.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdminUpdate {
    /// Which issues.
    pub target: AdminTarget,
    /// Their status.
    pub status: Option<PrescriptionStatus>,
    /// The status of items.
    pub items: Vec<(LineItemId, ItemStatus)>,
    /// When the issue was completed.
    pub completed: Option<Date>,
    /// From when it may be dispensed.
    pub window_low: Option<Date>,
    /// When it can be downloaded.
    pub nominated_download: Option<Date>,
    /// When it was released.
    pub released: Option<Date>,
    /// Who has it.
    pub dispenser: Update<OdsCode>,
    /// When it was last dispensed.
    pub last_dispensed: Option<Date>,
    /// When it was claimed.
    pub claimed: Option<Date>,
    /// Who is nominated.
    pub nominated: Update<OdsCode>,
    /// Whether the issues expire if the prescription should have expired before today.
    pub expire_overdue: bool,
}

impl AdminUpdate {
    /// An update that sets nothing yet.
    #[must_use]
    pub const fn of(target: AdminTarget) -> Self {
        Self {
            target,
            status: None,
            items: Vec::new(),
            completed: None,
            window_low: None,
            nominated_download: None,
            released: None,
            dispenser: Update::Keep,
            last_dispensed: None,
            claimed: None,
            nominated: Update::Keep,
            expire_overdue: false,
        }
    }
}

/// Sets what is to be set, or nothing at all.
pub(super) fn decide(
    record: Record,
    update: &AdminUpdate,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let numbers = targets(&record, update.target);
    let first = *numbers.first().ok_or(Refusal::PrescriptionNotFound)?;
    let overdue = update.expire_overdue && is_overdue(&record, received.at.date(), periods);
    let stored = record.uploaded.is_some();
    let mut changing = Changing::begin(record);
    for number in numbers {
        changing.record.issues.change(number, |issue| apply(issue, update, overdue, received))?;
    }
    changing.record.nominate(&update.nominated);
    if !stored || changing.record.current().is_some_and(|issue| !issue.state.is_open()) {
        fail_pending(&mut changing.record, WhyFailed::Ended);
    }
    let event = Event::Administered;
    let record = changing.finish(Cause { event, issue: first, by: Ok(received), document: None })?;
    let effects = record.waits_for().cloned().map(Effect::Wake).into_iter().collect();
    Ok(Accepted { record, reply: Reply::Done(event), effects })
}

fn targets(record: &Record, target: AdminTarget) -> Vec<IssueNumber> {
    let current = record.issues.current();
    let wanted = |number: &IssueNumber| match target {
        AdminTarget::All => true,
        AdminTarget::Available => *number >= current,
        AdminTarget::Current => *number == current,
        AdminTarget::Issue(issue) => *number == issue,
    };
    record.issues.iter().map(|(number, _)| number).filter(wanted).collect()
}

/// Unlike the daily run, which acts on the day of the expiry, an update takes a prescription for overdue the day after.
fn is_overdue(record: &Record, today: Date, periods: &Periods) -> bool {
    record.next_activity(periods).is_some_and(|next| next.activity == Activity::Expire && next.date < today)
}

fn apply(issue: Issue, update: &AdminUpdate, overdue: bool, received: &Received) -> Result<Issue, Refusal> {
    let today = received.at.date();
    let overdue = overdue && issue.state.is_open();
    let status = if overdue {
        update.status.filter(|status| is_complete(*status)).unwrap_or(PrescriptionStatus::Expired)
    } else {
        update.status.unwrap_or(issue.status())
    };
    let newly_active = status == PrescriptionStatus::WithDispenserActive && issue.status() != status;
    let mut issue = issue;
    issue.window.low = update.window_low.unwrap_or(issue.window.low);
    issue.nominated_download = update.nominated_download.or(issue.nominated_download);
    if status == PrescriptionStatus::AwaitingReleaseReady && issue.nominated_download.is_none() {
        return Err(Invalid::Inconsistent.into());
    }
    issue.change(|state| {
        let parts = set(state.parts(), update, received);
        let parts = if overdue { expire(parts, today) } else { parts };
        if newly_active && parts.dispensing.is_none() {
            return Err(Invalid::Inconsistent.into());
        }
        parts.build(status).map_err(|_| Invalid::Inconsistent.into())
    })
}

fn is_complete(status: PrescriptionStatus) -> bool {
    use PrescriptionStatus as P;
    match status {
        P::Expired | P::Cancelled | P::Dispensed | P::NotDispensed | P::Claimed | P::NoClaimed => true,
        P::AwaitingReleaseReady
        | P::ToBeDispensed
        | P::WithDispenser
        | P::WithDispenserActive
        | P::RepeatDispenseFutureInstance
        | P::PrescriptionFutureInstance
        | P::CancelledFutureInstance => false,
    }
}

/// The parts of an overdue issue: whatever an item was waiting for, it has expired.
fn expire(parts: Parts, today: Date) -> Parts {
    let completed = parts.completed.or(Some(today));
    let parts = parts.with_items(|item| match item.status() {
        done
        @ (ItemStatus::FullyDispensed | ItemStatus::NotDispensed | ItemStatus::Cancelled | ItemStatus::Expired) => done,
        ItemStatus::PartiallyDispensed | ItemStatus::Owing | ItemStatus::ToBeDispensed | ItemStatus::WithDispenser => {
            ItemStatus::Expired
        }
    });
    Parts { completed, ..parts }
}

/// The parts as the update sets them. The update stands for the messages that it makes up for.
fn set(parts: Parts, update: &AdminUpdate, received: &Received) -> Parts {
    let new = |item: LineItemId| update.items.iter().find(|(id, _)| *id == item).map(|(_, status)| *status);
    let mut parts = parts.with_items(|item| new(item.id()).unwrap_or(item.status()));
    let document = DocumentKey::of(received.message);
    parts.completed = update.completed.or(parts.completed);
    match &update.dispenser {
        Update::Keep => {}
        Update::Clear => (parts.release, parts.dispenser) = (None, None),
        Update::Set(to) => {
            let at = parts.release.as_ref().map_or(received.at, |release| release.at);
            let holder = Box::new(agent_of(to));
            parts.release = Some(Release { to: to.clone(), holder, at, request: received.message, document });
            if let Some(dispensing) = &mut parts.dispensing {
                dispensing.by = to.clone();
            }
        }
    }
    if let (Some(day), Some(release)) = (update.released, &mut parts.release) {
        release.at = day.midnight();
    }
    if let Some(day) = update.last_dispensed {
        parts.dispensing = dispensed(&parts, day.midnight(), received);
    }
    if let Some(day) = update.claimed {
        let new = Claim { id: received.message, received: day, document, replaced: Vec::new() };
        parts.claim = Some(Claim { received: day, ..parts.claim.take().unwrap_or(new) });
        parts.noticed = Some(day);
    }
    parts
}

fn dispensed(parts: &Parts, at: Timestamp, received: &Received) -> Option<Dispensing> {
    let document = DocumentKey::of(received.message);
    let new = || {
        let by = parts.release.as_ref()?.to.clone();
        Some(Dispensing { by, notification: received.message, at, document })
    };
    parts.dispensing.clone().map(|told| Dispensing { at, ..told }).or_else(new)
}

impl Record {
    /// The patient has chosen another dispenser, or none.
    fn nominate(&mut self, update: &Update<OdsCode>) {
        let performer = match update {
            Update::Keep => return,
            Update::Clear => None,
            Update::Set(performer) => Some(performer.clone()),
        };
        match &mut self.nomination {
            Some(nomination) => nomination.performer = performer,
            None => {
                let kind = DispensingSitePreference::Other;
                let nomination =
                    performer.map(|performer| Nomination { performer: Some(performer), kind, history: Vec::new() });
                self.nomination = nomination;
            }
        }
    }
}
