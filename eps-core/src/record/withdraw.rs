//! A dispenser takes dispense notifications back: the last one, or all of an issue.

use super::change::{Cause, Changing};
use super::command::WithdrawOf;
use super::dispense::last_notification;
use super::refusal::{Invalid, Refusal};
use super::state::State;
use super::timeline::Event;
use super::{Accepted, Effect, Issue, IssueNumber, Received, Record, Reply};
use crate::codes::{PrescriptionStatus, TreatmentType, WithdrawType};

/// Goes back to what was before. What followed at the next issue stays: it is not called back.
pub(super) fn decide(record: Record, asked: &WithdrawOf, received: &Received) -> Result<Accepted, Refusal> {
    let repeats = match record.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => false,
        TreatmentType::RepeatDispensing => true,
    };
    let number = target(&record, repeats, asked)?;
    let same_patient = record.patient.nhs_number == asked.nhs_number;
    let mut changing = Changing::begin(record);
    changing.record.issues.change(number, |issue| apply(issue, asked, same_patient, repeats))?;
    let cause = Cause { event: Event::Withdrawn, issue: number, by: Ok(received), document: Some(asked.document) };
    Ok(Accepted {
        record: changing.finish(cause)?,
        reply: Reply::Done(Event::Withdrawn),
        effects: vec![Effect::Keep(asked.document), Effect::Reimburse(asked.document)],
    })
}

fn target(record: &Record, repeats: bool, asked: &WithdrawOf) -> Result<IssueNumber, Refusal> {
    match asked.issue {
        Some(issue) if repeats => IssueNumber::try_from(issue).map_err(|_| Refusal::PrescriptionNotFound),
        Some(_) | None => Ok(record.issues.current()),
    }
}

fn apply(issue: Issue, asked: &WithdrawOf, same_patient: bool, repeats: bool) -> Result<Issue, Refusal> {
    check(&issue, asked, same_patient)?;
    let mut history = issue.history.clone();
    let before = match asked.kind {
        WithdrawType::LastDispense => history.pop(),
        WithdrawType::AllDispenses => history.drain(..).next(),
    };
    let before = before.ok_or(Refusal::NotLastDispense)?.before;
    let issue = issue.change(|_| Ok::<_, Refusal>(if repeats { not_with_dispenser(before) } else { before }))?;
    Ok(Issue { history, ..issue })
}

fn check(issue: &Issue, asked: &WithdrawOf, same_patient: bool) -> Result<(), Refusal> {
    let state = issue.state();
    if !allows(state) {
        return Err(Refusal::StateTransition { from: state.status(), to: PrescriptionStatus::WithDispenser });
    }
    let last = last_notification(state).map(|last| last.notification);
    let named = match asked.kind {
        WithdrawType::LastDispense => last.is_some_and(|last| asked.notifications == [last]),
        WithdrawType::AllDispenses => {
            last.is_some_and(|last| asked.notifications.is_empty() || asked.notifications.contains(&last))
        }
    };
    if !named {
        return Err(Refusal::NotLastDispense);
    }
    if same_patient { Ok(()) } else { Err(Invalid::WithdrawalNhsNumber.into()) }
}

/// What is claimed is not withdrawn: its claim stands on it.
fn allows(state: &State) -> bool {
    match state {
        State::WithDispenserActive(_) | State::Dispensed(_) | State::NotDispensed(_) => true,
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::WithDispenser(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::Claimed(_)
        | State::NoClaimed(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => false,
    }
}

/// An issue of repeat dispensing is never taken back as far as to 0002.
fn not_with_dispenser(state: State) -> State {
    match state {
        State::WithDispenser(held) => State::WithDispenserActive(held.active()),
        other @ (State::AwaitingRelease(_)
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
        | State::CancelledFuture(_)) => other,
    }
}
