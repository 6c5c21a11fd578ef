//! A dispenser claims, or sets its claim right.

use super::change::{Cause, Changing};
use super::command::{ClaimOf, told_issue};
use super::refusal::Refusal;
use super::state::{self, Claim, State};
use super::timeline::Event;
use super::{Accepted, Effect, IssueNumber, Periods, Received, Record, Reply};
use crate::codes::TreatmentType;
use crate::model::Date;

/// Notes the claim.
pub(super) fn decide(
    record: Record,
    claim: &ClaimOf,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let number = match record.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => IssueNumber::FIRST,
        TreatmentType::RepeatDispensing => told_issue(claim.repeat)?,
    };
    let today = received.at.date();
    let mut changing = Changing::begin(record);
    changing.record.issues.change(number, |issue| issue.change(|state| apply(state, claim, today, periods)))?;
    let event = if claim.replaces.is_some() { Event::ClaimAmended } else { Event::Claimed };
    let cause = Cause { event, issue: number, by: Ok(received), document: Some(claim.document) };
    Ok(Accepted {
        record: changing.finish(cause)?,
        reply: Reply::Done(event),
        effects: vec![Effect::Keep(claim.document), Effect::Reimburse(claim.document)],
    })
}

fn apply(state: State, claim: &ClaimOf, today: Date, periods: &Periods) -> Result<State, Refusal> {
    let status = state.status();
    let ClaimOf { id, document, at, replaces, .. } = claim;
    let first = || Claim { id: *id, received: at.date(), document: *document, replaced: Vec::new() };
    match (state, replaces) {
        (State::Dispensed(dispensed), None) => Ok(State::Claimed(dispensed.claim(first()))),
        (State::NotDispensed(not_dispensed), None) => Ok(State::Claimed(not_dispensed.claim(first()))),
        (State::Claimed(claimed), Some(replaced)) => amend(claimed, *replaced, claim, today, periods),
        (
            State::AwaitingRelease(_)
            | State::ToBeDispensed(_)
            | State::WithDispenser(_)
            | State::WithDispenserActive(_)
            | State::Expired(_)
            | State::Cancelled(_)
            | State::NoClaimed(_)
            | State::RepeatFuture(_)
            | State::Future(_)
            | State::CancelledFuture(_),
            Some(_) | None,
        )
        | (State::Claimed(_), None)
        | (State::Dispensed(_) | State::NotDispensed(_), Some(_)) => Err(Refusal::NotClaimable(status)),
    }
}

fn amend(
    claimed: state::Claimed,
    replaced: crate::ids::MessageId,
    claim: &ClaimOf,
    today: Date,
    periods: &Periods,
) -> Result<State, Refusal> {
    if claimed.claim.id != replaced {
        return Err(Refusal::NotLastClaim);
    }
    if today > last_day_to_amend(claimed.dispensing.at.date(), periods) {
        return Err(Refusal::ClaimPeriodOver);
    }
    Ok(State::Claimed(claimed.amend(claim.id, claim.document)))
}

/// The end of the reimbursement period of a day: a day early in the month after.
fn last_day_to_amend(dispensed: Date, periods: &Periods) -> Date {
    let next_month = dispensed.plus_months(1).calendar();
    let day = next_month.replace_day(periods.claim_amendment_day).unwrap_or(next_month);
    Date::new(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MessageId;
    use crate::record::samples::{self, Life, day};

    #[test]
    fn what_was_dispensed_is_claimed_once() {
        let mut life = Life::of(samples::dispensed());
        let accepted = life.claim(None).unwrap();
        assert_eq!(accepted.reply, Reply::Done(Event::Claimed));
        assert_eq!(life.statuses(), "0008: 0001 0001");
        let again = life.claim(None).unwrap_err();
        assert_eq!(again.fault().code, "0015");
    }

    #[test]
    fn what_was_not_dispensed_can_be_claimed() {
        let mut life = Life::of(samples::acute());
        life.release("FA565", crate::record::ReleaseHow::ById).unwrap();
        life.notify("0007: 0002 0002").unwrap();
        life.claim(None).unwrap();
        assert_eq!(life.statuses(), "0008: 0002 0002");
    }

    #[test]
    fn nothing_else_can_be_claimed() {
        for record in [samples::acute(), samples::with_dispenser(), samples::expired(), samples::cancelled()] {
            let refusal = Life::of(record).claim(None).unwrap_err();
            assert!(matches!(refusal, Refusal::NotClaimable(_)), "{refusal:?}");
        }
        let amended_too_early = Life::of(samples::dispensed()).claim(Some(samples::message(1))).unwrap_err();
        assert!(matches!(amended_too_early, Refusal::NotClaimable(_)));
    }

    #[test]
    fn a_claim_is_amended_by_naming_it_until_the_fifth_of_the_month_after() {
        let mut life = Life::of(samples::claimed());
        let id = |life: &Life| -> MessageId {
            let State::Claimed(claimed) = life.record.current().unwrap().state() else { panic!() };
            claimed.claim.id
        };
        let first = id(&life);
        life.claim(Some(first)).unwrap();
        assert_ne!(id(&life), first);
        assert_eq!(life.claim(Some(first)).unwrap_err(), Refusal::NotLastClaim);
        let second = id(&life);
        life = life.at("20260205235959");
        life.claim(Some(second)).unwrap();
        let third = id(&life);
        life = life.at("20260206000000");
        assert_eq!(life.claim(Some(third)).unwrap_err(), Refusal::ClaimPeriodOver);
        let State::Claimed(claimed) = life.record.current().unwrap().state() else { panic!() };
        assert_eq!(claimed.claim.replaced.iter().map(|claim| claim.id).collect::<Vec<_>>(), [first, second]);
        assert_eq!(claimed.claim.received, day("20260108"));
    }
}
