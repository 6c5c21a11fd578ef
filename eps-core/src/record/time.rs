//! Time passes: an issue becomes ready, expires, or can no longer be claimed, and at last the record is deleted.

use super::activity::Activity;
use super::cancel::fail_pending;
use super::cancellation::WhyFailed;
use super::change::{Cause, Changing};
use super::dispense::release_next;
use super::refusal::Refusal;
use super::state::State;
use super::timeline::Event;
use super::{Accepted, Effect, IssueNumber, Periods, Record, Reply};
use crate::model::{Date, Timestamp};

/// What time did to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a scheduler must handle each")]
pub enum Passed {
    /// Nothing is due.
    Nothing(Record),
    /// This is the record from now on.
    Changed(Accepted),
    /// The record and its documents are to be deleted.
    Delete(Record),
}

/// Does what is due on the day of `now`, one activity at a time: ask again until nothing is due.
///
/// # Errors
/// [`Refusal::LogFull`] where the change log can take no more.
pub fn pass_time(record: Record, now: Timestamp, periods: &Periods) -> Result<Passed, Refusal> {
    let today = now.date();
    let Some(next) = record.next_activity(periods).filter(|next| next.date <= today) else {
        return Ok(Passed::Nothing(record));
    };
    let due: Vec<IssueNumber> = record
        .issues
        .iter()
        .filter(|(number, issue)| {
            let own = record.next_activity_of(*number, issue, periods);
            own.activity == next.activity && own.date <= today
        })
        .map(|(number, _)| number)
        .collect();
    let number = due.first().copied().unwrap_or(record.issues.current());
    let act: fn(&mut Record, IssueNumber, Timestamp, &Periods) -> Result<(), Refusal> = match next.activity {
        Activity::Ready => ready,
        Activity::Expire => expire,
        Activity::CreateNoClaim => no_claim,
        Activity::Delete => return Ok(delete(record, periods)),
    };
    let mut changing = Changing::begin(record);
    for number in due {
        act(&mut changing.record, number, now, periods)?;
    }
    let cause = Cause { event: Event::TimePassed, issue: number, by: Err(now), document: None };
    let record = changing.finish(cause)?;
    let effects = record.waits_for().cloned().map(Effect::Wake).into_iter().collect();
    Ok(Passed::Changed(Accepted { record, reply: Reply::Done(Event::TimePassed), effects }))
}

/// A record is deleted when all its issues are to be, on the day of the last of them, whatever the days of the others.
fn delete(record: Record, periods: &Periods) -> Passed {
    let deleted = |(number, issue)| record.next_activity_of(number, issue, periods).activity == Activity::Delete;
    let all = record.issues.iter().all(deleted);
    if all { Passed::Delete(record) } else { Passed::Nothing(record) }
}

fn ready(record: &mut Record, number: IssueNumber, _: Timestamp, _: &Periods) -> Result<(), Refusal> {
    record.issues.change(number, |issue| {
        issue.change(|state| {
            Ok(match state {
                State::AwaitingRelease(state) => State::ToBeDispensed(state.ready()),
                State::Future(state) => State::ToBeDispensed(state.ready()),
                other @ (State::ToBeDispensed(_)
                | State::WithDispenser(_)
                | State::WithDispenserActive(_)
                | State::Expired(_)
                | State::Cancelled(_)
                | State::Dispensed(_)
                | State::NotDispensed(_)
                | State::Claimed(_)
                | State::NoClaimed(_)
                | State::RepeatFuture(_)
                | State::CancelledFuture(_)) => other,
            })
        })
    })
}

fn expire(record: &mut Record, number: IssueNumber, now: Timestamp, _: &Periods) -> Result<(), Refusal> {
    expire_from(record, number, now.date())
}

/// The issue and all after it end, and with them what waited for their dispenser.
pub(super) fn expire_from(record: &mut Record, number: IssueNumber, today: Date) -> Result<(), Refusal> {
    let ended: Vec<_> = record.issues.iter().map(|(other, _)| other).filter(|other| *other >= number).collect();
    for other in ended {
        record.issues.change(other, |issue| issue.change(|state| Ok(state.expire(today))))?;
        record.issues.current = other;
    }
    fail_pending(record, WhyFailed::Ended);
    Ok(())
}

fn no_claim(record: &mut Record, number: IssueNumber, now: Timestamp, periods: &Periods) -> Result<(), Refusal> {
    record.issues.change(number, |issue| issue.change(|state| Ok(state.no_claim(now.date()))))?;
    if number == record.issues.current() {
        fail_pending(record, WhyFailed::Ended);
    }
    release_next(record, number, now, now.date(), periods)
}
