//! Cancellations: the tables of what becomes of them, and what becomes of those that wait.

use super::samples::{self, Life, message, received};
use super::{
    Accepted, CancelAnswer, Command, Effect, FailedCancellation, Periods, Record, ReleaseHow, Reply, SubsequentAnswer,
    WhyFailed, decide,
};
use crate::codes::{CancellationReason, CancellationResult, PrescriptionStatus};

const SURGERY: &str = "A83008";
const OTHER_SURGERY: &str = "B81001";

fn after(record: Record, told: &str) -> Record {
    let mut life = Life::of(record);
    life.release("FA565", ReleaseHow::ById).unwrap();
    life.notify(told).unwrap();
    life.record
}

fn no_claimed() -> Record {
    let super::Passed::Changed(accepted) = Life::of(samples::dispensed()).at("20270108100000").pass() else { panic!() };
    accepted.record
}

/// Effects as `item 1: 0001`, or `prescription: 0001`.
fn answers(accepted: &Accepted) -> Vec<String> {
    let told = accepted.effects.iter().filter_map(|effect| match effect {
        Effect::Answer(SubsequentAnswer { item, result, .. }) => Some((item, result.code())),
        Effect::Keep(_) | Effect::Wake(_) | Effect::Reimburse(_) => None,
    });
    told.map(|(item, code)| match item {
        None => format!("prescription: {code}"),
        Some(item) => format!("item {}: {code}", item.0.to_bytes()[0]),
    })
    .collect()
}

#[test]
fn a_whole_prescription_is_cancelled_marked_or_refused_by_its_status() {
    for (record, code, status) in [
        (samples::acute(), "0001", "0005: 0005 0005"),
        (samples::future(), "0001", "0005: 0005 0005"),
        (samples::with_dispenser(), "0002", "0002: 0008 0008"),
        (after(samples::acute(), "0003: 0001 0003"), "0003", "0003: 0001 0003"),
        (samples::expired(), "0005", "0004: 0006 0006"),
        (samples::cancelled(), "0006", "0005: 0005 0005"),
        (samples::dispensed(), "0004", "0006: 0001 0001"),
        (after(samples::acute(), "0007: 0002 0002"), "0010", "0007: 0002 0002"),
        (samples::claimed(), "0004", "0008: 0001 0001"),
        (no_claimed(), "0004", "0009: 0001 0001"),
    ] {
        let before = record.version();
        let mut life = Life::of(record);
        assert_eq!(life.cancel(SURGERY, None), code);
        assert_eq!(life.statuses(), status);
        let noted = matches!(code, "0001" | "0002" | "0003");
        assert_eq!(life.record.version() > before, noted, "{code}");
        assert_eq!(life.record.pending_cancellations().len(), usize::from(matches!(code, "0002" | "0003")));
    }
}

#[test]
fn an_item_is_cancelled_marked_or_refused_by_its_status() {
    for (told, code) in [
        ("0003: 0008 0001", "0003"),
        ("0003: 0003 0001", "0003"),
        ("0003: 0004 0001", "0003"),
        ("0003: 0001 0003", "0004"),
        ("0003: 0002 0003", "0010"),
        ("0006: 0001 0001", "0004"),
        ("0007: 0002 0002", "0010"),
    ] {
        let mut life = Life::of(after(samples::acute(), told));
        assert_eq!(life.cancel(SURGERY, Some(1)), code, "{told}");
        let marked = matches!(told, "0003: 0008 0001" | "0003: 0003 0001");
        assert_eq!(life.record.pending_cancellations().len(), usize::from(marked), "{told}");
    }
    for (record, code) in [
        (samples::acute(), "0001"),
        (samples::with_dispenser(), "0002"),
        (samples::expired(), "0005"),
        (samples::cancelled(), "0006"),
    ] {
        assert_eq!(Life::of(record).cancel(SURGERY, Some(1)), code);
    }
    assert_eq!(Life::of(samples::acute()).cancel(SURGERY, Some(3)), "0008");
}

#[test]
fn the_last_active_item_takes_the_prescription_with_it() {
    let mut life = Life::of(samples::acute());
    assert_eq!(life.cancel(SURGERY, Some(1)), "0001");
    assert_eq!(life.statuses(), "0001: 0005 0007");
    assert_eq!(life.cancel(SURGERY, Some(2)), "0001");
    assert_eq!(life.statuses(), "0005: 0005 0005");
    let issue = life.record.current().unwrap();
    assert_eq!(issue.cancellations().len(), 2);
    let next = life.record.next_activity(&Periods::SPINE).unwrap();
    assert_eq!(next.date.to_hl7(), "20260707");
    assert_eq!(life.record.timeline().last().unwrap().text(), "Prescription/item was cancelled");
}

#[test]
fn a_cancelled_item_is_not_handed_out() {
    let mut life = Life::of(samples::acute());
    life.cancel(SURGERY, Some(1));
    life.release("FA565", ReleaseHow::Nominated).unwrap();
    assert_eq!(life.statuses(), "0002: 0005 0008");
    life.notify("0006: 0005 0001").unwrap();
    assert_eq!(life.statuses(), "0006: 0005 0001");
}

#[test]
fn the_performer_is_named_where_a_dispenser_has_had_the_target_in_hand() {
    let performer = |record: Record, target| {
        let life = Life::of(record);
        let cancel = life.cancellation(SURGERY, target, message(7));
        let at = received("20260108100000");
        let answer = match decide(Some(life.record), Command::Cancel(Box::new(cancel)), &at, &Periods::SPINE) {
            Ok(accepted) => match accepted.reply {
                Reply::Cancellation(answer) => *answer,
                other @ (Reply::Done(_) | Reply::Released(_)) => panic!("{other:?}"),
            },
            Err(super::Refusal::NotCancelled(not)) => CancelAnswer { result: not.result, performer: not.performer },
            Err(other) => panic!("{other:?}"),
        };
        answer.performer.map(|other| other.person.organisation.ods.unwrap().to_string())
    };
    let pharmacy = || Some("FA565".to_owned());
    assert_eq!(performer(samples::acute(), None), None);
    assert_eq!(performer(samples::with_dispenser(), None), pharmacy());
    assert_eq!(performer(samples::with_dispenser(), Some(1)), pharmacy());
    assert_eq!(performer(samples::dispensed(), None), pharmacy());
    assert_eq!(performer(samples::claimed(), Some(2)), pharmacy());
    assert_eq!(performer(samples::expired(), None), None);
    assert_eq!(performer(samples::cancelled(), Some(1)), None);
}

#[test]
fn a_repeat_is_cancelled_from_the_current_issue_on() {
    let mut life = Life::of(samples::repeat_dispensing(3));
    life.release("FA565", ReleaseHow::ById).unwrap();
    life.notify("0006: 0001 0001").unwrap();
    assert_eq!(life.issues(), ["0006", "0000", "9000"]);
    assert_eq!(life.cancel(SURGERY, None), "0001");
    assert_eq!(life.issues(), ["0006", "0005", "0005"]);
    assert_eq!(life.record.issues().current().get(), 3);
    let mut life = Life::of(samples::repeat_dispensing(3));
    assert_eq!(life.cancel(SURGERY, Some(1)), "0001");
    assert_eq!(life.issues(), ["0001", "9000", "9000"]);
    for (_, issue) in life.record.issues().iter() {
        assert_eq!(issue.state().items()[0].1.code(), "0005");
    }
    assert_eq!(life.record.issues().current().get(), 1);
}

#[test]
fn the_same_cancellation_waits_once() {
    let mut life = Life::of(samples::with_dispenser());
    assert_eq!(life.cancel(SURGERY, Some(1)), "0002");
    assert_eq!(life.cancel(SURGERY, Some(1)), "0002");
    assert_eq!(life.cancel(OTHER_SURGERY, Some(1)), "0007");
    assert_eq!(life.cancel(OTHER_SURGERY, Some(2)), "0002");
    assert_eq!(life.cancel(SURGERY, None), "0002");
    assert_eq!(life.record.pending_cancellations().len(), 3);
    let failed: Vec<_> = life.record.failed_cancellations().iter().map(|failed| failed.why).collect();
    assert_eq!(failed, [WhyFailed::AlreadyPending, WhyFailed::AlreadyPending]);
}

#[test]
fn a_return_applies_what_waited_and_every_prescriber_is_told() {
    let all: &[Option<u8>] = &[None];
    for (items, targets, status, told) in [
        (1, all, "0005: 0005", &["prescription: 0001"] as &[&str]),
        (1, &[Some(1)], "0005: 0005", &["item 1: 0001", "prescription: 0001"]),
        (2, all, "0005: 0005 0005", &["prescription: 0001"]),
        (2, &[Some(1), Some(2)], "0005: 0005 0005", &["item 1: 0001", "item 2: 0001", "prescription: 0001"]),
        (2, &[Some(1)], "0001: 0005 0007", &["item 1: 0001"]),
    ] {
        let mut create = samples::create();
        create.items.truncate(items);
        let upload = Command::Create(Box::new(create));
        let made = decide(None, upload, &received("20260105100000"), &Periods::SPINE).unwrap();
        let mut life = Life::of(made.record);
        life.release("FA565", ReleaseHow::Nominated).unwrap();
        for target in targets {
            assert_eq!(life.cancel(SURGERY, *target), "0002");
        }
        let accepted = life.hand_back("FA565").unwrap();
        assert_eq!(life.statuses(), status);
        assert_eq!(answers(&accepted), told);
        assert!(life.record.pending_cancellations().is_empty());
        let entries = life.record.timeline().iter().filter(|entry| entry.text() == "Subsequent cancellation");
        assert_eq!(entries.count(), targets.len());
    }
}

#[test]
fn nobody_is_told_of_a_cancellation_because_of_death() {
    let mut life = Life::of(samples::with_dispenser());
    life.cancel_with(SURGERY, None, |cancel| cancel.cancellation.reasons = vec![CancellationReason::Death]);
    let accepted = life.hand_back("FA565").unwrap();
    assert_eq!(life.statuses(), "0005: 0005 0005");
    assert!(answers(&accepted).is_empty());
}

#[test]
fn what_was_not_dispensed_is_cancelled_if_that_waited() {
    for (target, status, told) in
        [(None, "0005: 0005 0005", &["prescription: 0001"] as &[&str]), (Some(1), "0007: 0002 0002", &[])]
    {
        let mut life = Life::of(samples::with_dispenser());
        life.cancel(SURGERY, target);
        let accepted = life.notify("0007: 0002 0002").unwrap();
        assert_eq!(life.statuses(), status);
        assert_eq!(answers(&accepted), told);
        assert!(life.record.pending_cancellations().is_empty());
    }
    let mut life = Life::of(samples::repeat_dispensing(3));
    life.release("FA565", ReleaseHow::Nominated).unwrap();
    life.cancel(SURGERY, None);
    life.notify("0007: 0002 0002").unwrap();
    assert_eq!(life.issues(), ["0005", "0005", "0005"]);
}

#[test]
fn what_was_dispensed_or_has_ended_is_not_cancelled_any_more() {
    let mut life = Life::of(samples::with_dispenser());
    life.cancel(SURGERY, None);
    life.notify("0003: 0001 0003").unwrap();
    assert_eq!(life.record.pending_cancellations().len(), 1);
    let accepted = life.notify("0006: 0001 0001").unwrap();
    assert!(answers(&accepted).is_empty());
    let [FailedCancellation { why: WhyFailed::Dispensed, .. }] = life.record.failed_cancellations() else { panic!() };

    let mut life = Life::of(samples::with_dispenser());
    life.cancel(SURGERY, None);
    let super::Passed::Changed(accepted) = life.at("20260705000000").pass() else { panic!() };
    let [FailedCancellation { why: WhyFailed::Ended, .. }] = accepted.record.failed_cancellations() else { panic!() };
}

/// The record that a cancellation begins: the prescription of the samples has not come yet.
fn placeholder(target: Option<u8>) -> Life {
    let cancel = Life::of(samples::acute()).cancellation(SURGERY, target, message(9000));
    let cancel = Command::Cancel(Box::new(cancel));
    let accepted = decide(None, cancel, &received("20260108100000"), &Periods::SPINE).unwrap();
    let Reply::Cancellation(answer) = &accepted.reply else { panic!() };
    assert_eq!(answer.result, CancellationResult::NotFound);
    Life::of(accepted.record)
}

#[test]
fn a_cancellation_before_its_prescription_is_kept_for_180_days() {
    let life = placeholder(None);
    let record = &life.record;
    assert_eq!(record.current().unwrap().status(), PrescriptionStatus::CancelledFutureInstance);
    assert!(record.uploaded().is_none());
    assert_eq!(record.version(), 2);
    assert_eq!(record.next_activity(&Periods::SPINE).unwrap().date.to_hl7(), "20260707");
    let stored = Record::from_bytes(&record.to_bytes().unwrap()).unwrap();
    assert_eq!(&stored, record);
}

#[test]
fn a_prescription_that_comes_after_its_cancellation_is_cancelled() {
    for (targets, status, told) in [
        (&[None] as &[Option<u8>], "0005: 0005 0005", &["prescription: 0001"] as &[&str]),
        (&[Some(1)], "0001: 0005 0007", &["item 1: 0001"]),
        (&[Some(1), Some(2)], "0005: 0005 0005", &["item 1: 0001", "item 2: 0001", "prescription: 0001"]),
        (&[Some(1), None], "0005: 0005 0005", &["item 1: 0001", "prescription: 0001"]),
        (&[Some(3)], "0001: 0007 0007", &["item 3: 0008"]),
    ] {
        let mut life = placeholder(targets[0]);
        for target in &targets[1..] {
            assert_eq!(life.cancel(SURGERY, *target), "0008");
        }
        let version = life.record.version();
        let accepted = life.decide(|_| Command::Create(Box::new(samples::create()))).unwrap();
        assert_eq!(life.statuses(), status);
        assert_eq!(answers(&accepted), told);
        assert_eq!(life.record.version(), version + 1);
        assert_eq!(life.record.timeline()[0].text(), "Prescription/item not found");
        let again = life.decide(|_| Command::Create(Box::new(samples::create()))).unwrap_err();
        assert_eq!(again, super::Refusal::DuplicatePrescription);
    }
}

#[test]
fn before_the_prescription_a_cancellation_of_all_makes_later_ones_idle() {
    let mut life = placeholder(None);
    assert_eq!(life.cancel(SURGERY, Some(1)), "0008");
    assert_eq!(life.cancel(OTHER_SURGERY, None), "0007");
    assert_eq!(life.record.pending_cancellations().len(), 1);
    assert_eq!(life.record.failed_cancellations().len(), 2);
}

#[test]
fn a_cancellation_of_another_patient_does_not_touch_the_prescription() {
    let mut life = Life::of(samples::acute());
    let other = |cancel: &mut super::CancelOf| cancel.nhs_number = "9449305552".parse().unwrap();
    assert_eq!(life.cancel_with(SURGERY, None, other), "5000");
    assert_eq!(life.statuses(), "0001: 0007 0007");
    let mut life = placeholder(None);
    life.decide(|_| {
        let nhs_number = "9449305552".parse().unwrap();
        Command::Create(Box::new(super::Create { nhs_number, ..samples::create() }))
    })
    .unwrap();
    assert_eq!(life.statuses(), "0001: 0007 0007");
    let [FailedCancellation { why: WhyFailed::OtherPatient, .. }] = life.record.failed_cancellations() else {
        panic!()
    };
}
