//! A dispenser asks for a prescription.

use super::change::{Cause, Changing};
use super::command::{ReleaseHow, ReleaseTo};
use super::refusal::Refusal;
use super::state::{self, Release, State};
use super::timeline::{Event, Statuses};
use super::{Accepted, Effect, Handover, Periods, Received, Record, Reply};
use crate::codes::PrescriptionStatus;
use crate::model::Timestamp;

/// Hands the current issue to the dispenser, or says why not.
pub(super) fn decide(
    record: Record,
    asked: ReleaseTo,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let number = record.issues.current();
    if asked.how == ReleaseHow::Nominated && record.waits_for() != Some(&asked.to) {
        return Err(Refusal::NoMorePrescriptions);
    }
    let expired = record.expiry(number, periods) < received.at.date();
    let handover = handover(&record).ok_or(Refusal::NothingToRelease)?;
    let event = match asked.how {
        ReleaseHow::Nominated => Event::NominatedRelease,
        ReleaseHow::ById => Event::PatientRelease,
    };
    let document = asked.document;
    let mut changing = Changing::begin(record);
    changing.record.issues.change(number, |issue| {
        issue.change(|state| Ok(State::WithDispenser(take(state, expired)?.release(hand_to(asked, received.at)))))
    })?;
    let cause = Cause { event, issue: number, by: Ok(received), document: Some(document) };
    Ok(Accepted {
        record: changing.finish(cause)?,
        reply: Reply::Released(Box::new(handover)),
        effects: vec![Effect::Keep(document)],
    })
}

/// What the dispenser is given and shown: the statuses are those before the release.
fn handover(record: &Record) -> Option<Handover> {
    let issue = record.current()?;
    let Statuses { prescription, items } = issue.statuses();
    let ready = prescription == PrescriptionStatus::AwaitingReleaseReady;
    let shown = if ready { PrescriptionStatus::ToBeDispensed } else { prescription };
    Some(Handover {
        signed: record.uploaded.as_ref()?.signed.clone(),
        issue: record.issues.current(),
        shown: Statuses { prescription: shown, items },
        prior_dispensed: issue.prior_dispensed(),
    })
}

fn hand_to(asked: ReleaseTo, at: Timestamp) -> Release {
    let ReleaseTo { to, holder, request, document, .. } = asked;
    Release { to, holder, at, request, document }
}

/// Takes the issue if nobody has it.
///
/// A dispenser that asks again for what it has already is answered like any other: Spine cannot tell whether the
/// pharmacy lost the prescription or two of its systems ask.
fn take(state: State, expired: bool) -> Result<state::ToBeDispensed, Refusal> {
    let holder = state.performer();
    let open = match state {
        State::ToBeDispensed(open) => open,
        State::AwaitingRelease(waiting) => waiting.ready(),
        State::WithDispenser(_) | State::WithDispenserActive(_) => {
            let held = |holder| Refusal::WithAnotherDispenser(Box::new(holder));
            return Err(holder.map_or(Refusal::NothingToRelease, held));
        }
        State::Expired(_) => return Err(Refusal::Expired),
        State::Cancelled(_) => return Err(Refusal::Cancelled),
        State::Dispensed(_) | State::NotDispensed(_) | State::Claimed(_) | State::NoClaimed(_) => {
            return Err(Refusal::AlreadyDispensed);
        }
        State::RepeatFuture(_) | State::Future(_) | State::CancelledFuture(_) => {
            return Err(Refusal::NothingToRelease);
        }
    };
    if expired { Err(Refusal::Expired) } else { Ok(open) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::OdsCode;
    use crate::record::samples::{self, Life};

    #[test]
    fn a_release_hands_over_the_signed_document_and_shows_the_statuses_before() {
        let mut life = Life::of(samples::acute());
        let accepted = life.release("FA565", ReleaseHow::Nominated).unwrap();
        let Reply::Released(handover) = accepted.reply else { panic!("{:?}", accepted.reply) };
        assert_eq!(handover.shown.prescription, PrescriptionStatus::ToBeDispensed);
        assert_eq!(handover.signed, life.record.uploaded().unwrap().signed);
        let issue = life.record.current().unwrap();
        assert_eq!(issue.status(), PrescriptionStatus::WithDispenser);
        assert_eq!(issue.previous(), Some(PrescriptionStatus::ToBeDispensed));
        assert_eq!(issue.state().dispenser().map(OdsCode::as_str), Some("FA565"));
        assert_eq!(life.record.waits_for(), None);
        assert_eq!(life.statuses(), "0002: 0008 0008");
    }

    #[test]
    fn a_second_dispenser_is_told_who_has_it() {
        let mut life = Life::of(samples::acute());
        life.release("FA565", ReleaseHow::ById).unwrap();
        for asks in ["FA666", "FA565"] {
            let refusal = life.release(asks, ReleaseHow::ById).unwrap_err();
            let Refusal::WithAnotherDispenser(other) = refusal else { panic!("{refusal:?}") };
            assert_eq!(other.person.organisation.ods.unwrap().as_str(), "FA565");
        }
    }

    #[test]
    fn a_release_by_id_does_not_ask_who_is_nominated() {
        let mut life = Life::of(samples::acute());
        life.release("FA666", ReleaseHow::ById).unwrap();
        assert_eq!(life.record.current().unwrap().state().dispenser().map(OdsCode::as_str), Some("FA666"));
        assert_eq!(life.record.nomination().unwrap().performer.as_ref().map(OdsCode::as_str), Some("FA565"));
    }

    #[test]
    fn a_nominated_release_takes_only_what_waits_for_that_pharmacy() {
        let mut life = Life::of(samples::acute());
        assert_eq!(life.release("FA666", ReleaseHow::Nominated).unwrap_err(), Refusal::NoMorePrescriptions);
        life.release("FA565", ReleaseHow::Nominated).unwrap();
        assert_eq!(life.release("FA565", ReleaseHow::Nominated).unwrap_err(), Refusal::NoMorePrescriptions);
    }

    #[test]
    fn a_prescription_past_its_expiry_is_not_released() {
        for (now, expired) in [("20260705235959", false), ("20260706000000", true)] {
            for how in [ReleaseHow::ById, ReleaseHow::Nominated] {
                let mut life = Life::of(samples::acute()).at(now);
                let refusal = life.release("FA565", how).err();
                assert_eq!(refusal, expired.then_some(Refusal::Expired), "{now}");
            }
        }
    }

    #[test]
    fn what_is_over_is_not_released() {
        let refused = |record| Life::of(record).release("FA666", ReleaseHow::ById).unwrap_err();
        assert_eq!(refused(samples::dispensed()), Refusal::AlreadyDispensed);
        assert_eq!(refused(samples::claimed()), Refusal::AlreadyDispensed);
        assert_eq!(refused(samples::expired()), Refusal::Expired);
        assert_eq!(refused(samples::cancelled()), Refusal::Cancelled);
        assert_eq!(refused(samples::future()), Refusal::NothingToRelease);
    }
}
