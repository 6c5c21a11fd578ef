//! Whole lives: random commands by several dispensers at random times, and what must hold after each.

use std::collections::HashMap;

use proptest::prelude::*;

use super::dispense::last_notification;
use super::samples::{self, Life};
use super::{Passed, Record, Refusal, ReleaseHow, Reply};
use crate::codes::{ItemStatus, PrescriptionStatus};
use crate::ids::{MessageId, OdsCode};
use crate::record::state::State;

#[derive(Clone, Debug)]
enum Step {
    Release { to: &'static str, by_id: bool },
    Notify { status: &'static str, items: [&'static str; 2], amends: bool },
    Claim { issue: u8, amends: bool },
    Pass,
    Wait { hours: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let item = || prop::sample::select(vec!["0001", "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008"]);
    let status = prop::sample::select(vec!["0003", "0006", "0006", "0007", "0002"]);
    prop_oneof![
        4 => (prop::sample::select(vec!["FA565", "FA666"]), any::<bool>())
            .prop_map(|(to, by_id)| Step::Release { to, by_id }),
        6 => (status, [item(), item()], prop::bool::weighted(0.3))
            .prop_map(|(status, items, amends)| Step::Notify { status, items, amends }),
        2 => (1_u8..4, prop::bool::weighted(0.3)).prop_map(|(issue, amends)| Step::Claim { issue, amends }),
        1 => Just(Step::Pass),
        2 => (0_i64..2400).prop_map(|hours| Step::Wait { hours }),
    ]
}

fn allowed(status: PrescriptionStatus) -> &'static [&'static str] {
    use PrescriptionStatus as P;
    match status {
        P::AwaitingReleaseReady
        | P::ToBeDispensed
        | P::RepeatDispenseFutureInstance
        | P::PrescriptionFutureInstance => &["0005", "0006", "0007"],
        P::WithDispenser => &["0005", "0006", "0008"],
        P::WithDispenserActive => &["0001", "0002", "0003", "0004", "0005", "0006", "0008"],
        P::Expired | P::Cancelled => &["0005", "0006"],
        P::Dispensed | P::Claimed | P::NoClaimed => &["0001", "0002", "0005", "0006"],
        P::NotDispensed => &["0002", "0005", "0006"],
        P::CancelledFutureInstance => &[],
    }
}

fn completed(status: PrescriptionStatus) -> bool {
    matches!(status.code(), "0004" | "0005" | "0006" | "0007" | "0008" | "0009")
}

/// The ways out of a completed status: a claim, and the amendment of what was told.
fn way_out(from: PrescriptionStatus, to: PrescriptionStatus, step: &Step) -> bool {
    let (from, to) = (from.code(), to.code());
    from == to
        || match step {
            Step::Claim { .. } => matches!((from, to), ("0006" | "0007", "0008")),
            Step::Notify { amends, .. } => *amends && matches!((from, to), ("0006" | "0007", "0003" | "0006" | "0007")),
            Step::Pass => (from, to) == ("0006", "0009"),
            Step::Release { .. } | Step::Wait { .. } => false,
        }
}

fn last_told(record: &Record) -> Option<MessageId> {
    last_notification(record.current()?.state()).map(|dispensing| dispensing.notification)
}

fn claim_of(record: &Record, issue: u8) -> Option<MessageId> {
    let issue = record.issues().get(issue.try_into().ok()?)?;
    if let State::Claimed(state) = issue.state() { Some(state.claim.id) } else { None }
}

/// Takes a step; gives the dispenser that was handed the prescription by it, and whether it was a first claim.
fn take(life: &mut Life, step: &Step) -> (Option<OdsCode>, bool) {
    match step {
        Step::Release { to, by_id } => {
            let how = if *by_id { ReleaseHow::ById } else { ReleaseHow::Nominated };
            let handed = life.release(to, how).map(|accepted| matches!(accepted.reply, Reply::Released(_)));
            (handed.is_ok_and(|handed| handed).then(|| samples::ods(to)), false)
        }
        Step::Notify { status, items: [one, two], amends } => {
            let replaces = last_told(&life.record).filter(|_| *amends);
            let before = life.record.version();
            let told = life.notify_with(&format!("{status}: {one} {two}"), |told| told.replaces = replaces);
            assert_eq!(told.is_ok(), life.record.version() > before);
            (None, false)
        }
        Step::Claim { issue, amends } => {
            let replaces = amends.then(|| claim_of(&life.record, *issue)).flatten();
            (None, life.claim_issue(*issue, replaces).is_ok() && replaces.is_none())
        }
        Step::Pass | Step::Wait { .. } => (None, false),
    }
}

fn check_pairs(record: &Record) {
    for (_, issue) in record.issues().iter() {
        let allowed = allowed(issue.status());
        for (_, item) in issue.state().items() {
            assert!(allowed.contains(&item.code()), "{} with {}", issue.status().code(), item.code());
        }
    }
}

/// Between two records: versions count, the log tells every change of a status, and what is complete stays so.
fn check_step(before: &Record, after: &Record, step: &Step) {
    if before == after {
        return;
    }
    assert_eq!(after.version(), before.version() + 1);
    let entry = after.timeline().last().unwrap();
    assert_eq!(entry.version, after.version());
    for (number, issue) in after.issues().iter() {
        let was = before.issues().get(number).unwrap();
        let told = entry.changes.iter().any(|change| change.issue == number);
        assert_eq!(told, was.statuses() != issue.statuses());
        if completed(was.status()) {
            assert!(way_out(was.status(), issue.status(), step), "{:?}", (was, issue));
        }
    }
}

fn live(mut life: Life, steps: Vec<Step>) {
    let mut holders: HashMap<u8, OdsCode> = HashMap::new();
    let mut claims: HashMap<u8, u32> = HashMap::new();
    for step in steps {
        let before = life.record.clone();
        let (handed, claimed) = take(&mut life, &step);
        if let Some(to) = handed {
            let issue = before.issues().current().get();
            assert_eq!(holders.insert(issue, to), None, "an issue was handed out twice");
        }
        if let (true, Step::Claim { issue, .. }) = (claimed, &step) {
            let issue = if before.last_issue().get() == 1 { 1 } else { *issue };
            *claims.entry(issue).or_default() += 1;
            assert_eq!(claims[&issue], 1, "an issue was claimed twice");
        }
        match step {
            Step::Wait { hours } => life = life.later(hours * 3600),
            Step::Pass => {
                let now = life.now();
                match life.pass() {
                    Passed::Nothing(record) => life = Life::of(record).from(now),
                    Passed::Changed(accepted) => life = Life::of(accepted.record).from(now),
                    Passed::Delete(_) => return,
                }
            }
            Step::Release { .. } | Step::Notify { .. } | Step::Claim { .. } => {}
        }
        check_pairs(&life.record);
        check_step(&before, &life.record, &step);
        let stored = Record::from_bytes(&life.record.to_bytes().unwrap()).unwrap();
        assert_eq!(stored, life.record);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_acute_prescription_is_never_with_two_dispensers(steps in prop::collection::vec(step(), 1..40)) {
        live(Life::of(samples::acute()), steps);
    }

    #[test]
    fn issues_of_a_repeat_are_handed_out_one_by_one(steps in prop::collection::vec(step(), 1..60)) {
        live(Life::of(samples::repeat_dispensing(3)), steps);
    }
}

#[test]
fn a_refusal_leaves_the_record_as_it_was() {
    let mut life = Life::of(samples::with_dispenser());
    let before = life.record.clone();
    assert_eq!(life.notify("0006: 0001").unwrap_err(), Refusal::ItemNotFound);
    assert_eq!(life.record, before);
}

#[test]
fn every_item_status_is_reached() {
    let mut life = Life::of(samples::acute());
    let mut seen: Vec<ItemStatus> = Vec::new();
    let mut see = |life: &Life| seen.extend(life.record.current().unwrap().state().items().iter().map(|item| item.1));
    see(&life);
    life.release("FA565", ReleaseHow::ById).unwrap();
    see(&life);
    life.notify("0003: 0003 0004").unwrap();
    see(&life);
    life.notify("0006: 0001 0002").unwrap();
    see(&life);
    see(&Life::of(samples::expired()));
    see(&Life::of(samples::cancelled()));
    assert!(ItemStatus::ALL.iter().all(|status| seen.contains(status)));
}
