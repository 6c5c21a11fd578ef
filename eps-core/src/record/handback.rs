//! A dispenser gives a prescription back undispensed.

use super::cancel::apply_pending;
use super::change::{Cause, Changing};
use super::command::ReturnOf;
use super::refusal::Refusal;
use super::state::State;
use super::time::expire_from;
use super::timeline::Event;
use super::{Accepted, Effect, Issue, IssueNumber, Periods, Received, Record, Reply};
use crate::codes::{PrescriptionStatus, TreatmentType};
use crate::ids::OdsCode;

/// Takes the current issue back. It waits for no pharmacy any more, and what a prescriber cancelled meanwhile is
/// cancelled now; if its time is over, it has expired.
pub(super) fn decide(
    record: Record,
    returned: &ReturnOf,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let number = record.issues.current();
    check_issue(&record, number, returned)?;
    let today = received.at.date();
    let over = record.expiry(number, periods) < today;
    let mut changing = Changing::begin(record);
    changing.record.issues.change(number, |issue| issue.change(|state| give_back(state, returned, periods)))?;
    changing.record.forget_nomination();
    let mut effects = vec![Effect::Keep(returned.document)];
    effects.extend(apply_pending(&mut changing)?);
    let waits = changing.record.issues.get(number).map(Issue::status) == Some(PrescriptionStatus::ToBeDispensed);
    if over && waits {
        expire_from(&mut changing.record, number, today)?;
    }
    let document = Some(returned.document);
    let record = changing.finish(Cause { event: Event::Returned, issue: number, by: Ok(received), document })?;
    Ok(Accepted { record, reply: Reply::Done(Event::Returned), effects })
}

/// A return names the issue of a repeat dispensing prescription, if any, rightly. Its status is judged first.
fn check_issue(record: &Record, current: IssueNumber, returned: &ReturnOf) -> Result<(), Refusal> {
    let held = record.current().is_some_and(|issue| issue.status() == PrescriptionStatus::WithDispenser);
    let named = match record.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => None,
        TreatmentType::RepeatDispensing => returned.issue,
    };
    match named {
        Some(named) if held && named != u32::from(current.get()) => Err(Refusal::RepeatMismatch),
        Some(_) | None => Ok(()),
    }
}

fn give_back(state: State, returned: &ReturnOf, periods: &Periods) -> Result<State, Refusal> {
    let (from, performer) = (state.status(), state.performer());
    let may = |holder: &OdsCode| *holder == returned.by || periods.returned_by_anybody;
    match state {
        State::WithDispenser(held) if may(&held.release.to) => Ok(State::ToBeDispensed(held.give_back())),
        State::WithDispenser(_) => {
            Err(performer.map_or(Refusal::PrescriptionNotFound, |other| Refusal::WithAnotherDispenser(Box::new(other))))
        }
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::WithDispenserActive(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::Dispensed(_)
        | State::NotDispensed(_)
        | State::Claimed(_)
        | State::NoClaimed(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => Err(Refusal::StateTransition { from, to: PrescriptionStatus::ToBeDispensed }),
    }
}

impl Record {
    /// The pharmacy that gave it back is not asked again by itself: its patient has to choose anew.
    fn forget_nomination(&mut self) {
        let Some(nomination) = &mut self.nomination else { return };
        if let Some(performer) = nomination.performer.take()
            && !nomination.history.contains(&performer)
        {
            nomination.history.push(performer);
        }
    }
}
