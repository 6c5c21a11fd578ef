//! A dispenser sends the dispense notifications of an issue anew: its history is made again from the release on.

use super::change::{Cause, Changing};
use super::command::{Notification, RebuildOf};
use super::dispense::{Facts, apply, complete, completes};
use super::refusal::Refusal;
use super::state::{State, WithDispenser};
use super::timeline::Event;
use super::{Accepted, Effect, Issue, IssueNumber, Periods, Received, Record, Reply};
use crate::codes::{PrescriptionStatus, TreatmentType};

/// Makes the history again. Either every notification is accepted, or nothing changes.
pub(super) fn decide(
    record: Record,
    asked: &RebuildOf,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let number = target(&record, asked)?;
    let today = received.at.date();
    let last = asked.notifications.last().ok_or(Refusal::ItemNotFound)?;
    let mut changing = Changing::begin(record);
    let mut issue = release_again(&changing.record, number)?;
    for told in &asked.notifications {
        issue = apply(issue, &Facts::of(&changing.record, told, today, periods))?;
    }
    changing.record.issues.change(number, |before| Ok(Issue { previous: Some(before.status()), ..issue }))?;
    if completes(last.status) {
        complete(&mut changing.record, number, last, today, periods)?;
    }
    let (event, document) = (Event::HistoryRebuilt, asked.document);
    let record = changing.finish(Cause { event, issue: number, by: Ok(received), document: Some(document) })?;
    let wake = record.waits_for().filter(|_| record.issues.current() != number).cloned().map(Effect::Wake);
    let effects = [Effect::Keep(document), Effect::Reimburse(document)].into_iter().chain(wake).collect();
    Ok(Accepted { record, reply: Reply::Done(event), effects })
}

/// The issue, which every notification must speak of.
fn target(record: &Record, asked: &RebuildOf) -> Result<IssueNumber, Refusal> {
    match record.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => Ok(IssueNumber::FIRST),
        TreatmentType::RepeatDispensing => {
            let issue = asked.issue.ok_or(Refusal::RepeatMismatch)?;
            let other = |told: &Notification| told.repeat.is_some_and(|repeat| repeat.low != issue);
            if asked.notifications.iter().any(other) {
                return Err(Refusal::RepeatMismatch);
            }
            IssueNumber::try_from(issue).map_err(|_| Refusal::RepeatMismatch)
        }
    }
}

/// The issue as it was when its dispenser had told nothing yet. What is claimed stays as it is.
fn release_again(record: &Record, number: IssueNumber) -> Result<Issue, Refusal> {
    let mut issue = record.issues.get(number).ok_or(Refusal::PrescriptionNotFound)?.clone();
    let from = issue.status();
    let refusal = Refusal::StateTransition { from, to: PrescriptionStatus::WithDispenserActive };
    let now = match &issue.state {
        State::WithDispenser(_) | State::WithDispenserActive(_) | State::Dispensed(_) | State::NotDispensed(_) => {
            issue.state.clone()
        }
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::Claimed(_)
        | State::NoClaimed(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => return Err(refusal),
    };
    let first = std::mem::take(&mut issue.history).into_iter().next().map_or(now, |first| first.before);
    issue.state = State::WithDispenser(handed(first).ok_or(refusal)?);
    Ok(issue)
}

/// The issue as it was handed over: also where a withdrawal has made 0003 of that.
fn handed(state: State) -> Option<WithDispenser> {
    match state {
        State::WithDispenser(held) => Some(held),
        State::WithDispenserActive(active) => {
            Some(WithDispenser { items: active.items.narrow().ok()?, release: active.release })
        }
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::Dispensed(_)
        | State::NotDispensed(_)
        | State::Claimed(_)
        | State::NoClaimed(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => None,
    }
}
