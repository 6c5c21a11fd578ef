//! Administrative updates: what they set, and what they may not make of a record.

use super::samples::{self, Life, day, ods};
use super::{AdminTarget, AdminUpdate, Command, Issue, IssueNumber, Periods, Record, Refusal, ReleaseHow, Update};
use crate::codes::{ItemStatus, PrescriptionStatus as P};
use crate::ids::LineItemId;

fn update(life: &mut Life, target: AdminTarget, set: impl FnOnce(&mut AdminUpdate)) -> Result<(), &'static str> {
    let mut update = AdminUpdate::of(target);
    set(&mut update);
    let decided = life.decide(|_| Command::Administer(Box::new(update)));
    decided.map(drop).map_err(|refusal| refusal.fault().code)
}

fn item(life: &Life, order: usize) -> LineItemId {
    let id = |issue: &Issue| {
        let super::state::State::ToBeDispensed(state) = issue.state() else { return None };
        state.items.iter().nth(order - 1).map(|item| item.id())
    };
    life.record.current().and_then(id).unwrap()
}

#[test]
fn each_status_needs_what_it_rests_on() {
    type Set = fn(&mut AdminUpdate);
    let with_dispenser: Set = |update| update.dispenser = Update::Set(ods("FA565"));
    for (status, items, set, without) in [
        (P::WithDispenser, ItemStatus::WithDispenser, with_dispenser, Err("5000")),
        (
            P::WithDispenserActive,
            ItemStatus::PartiallyDispensed,
            |update| {
                update.dispenser = Update::Set(ods("FA565"));
                update.last_dispensed = Some(day("20260108"));
            },
            Err("5000"),
        ),
        (P::Expired, ItemStatus::Expired, |update| update.completed = Some(day("20260108")), Err("5000")),
        (P::Cancelled, ItemStatus::Cancelled, |update| update.completed = Some(day("20260108")), Err("5000")),
        (
            P::Dispensed,
            ItemStatus::FullyDispensed,
            |update| {
                update.dispenser = Update::Set(ods("FA565"));
                update.last_dispensed = Some(day("20260108"));
            },
            Err("5000"),
        ),
        (
            P::Claimed,
            ItemStatus::FullyDispensed,
            |update| {
                update.dispenser = Update::Set(ods("FA565"));
                update.last_dispensed = Some(day("20260108"));
                update.claimed = Some(day("20260109"));
            },
            Err("5000"),
        ),
        (
            P::AwaitingReleaseReady,
            ItemStatus::ToBeDispensed,
            |update| update.nominated_download = Some(day("20260201")),
            Err("5000"),
        ),
        (P::PrescriptionFutureInstance, ItemStatus::ToBeDispensed, |_| (), Ok(())),
    ] {
        let mut life = Life::of(samples::acute());
        let ids = [item(&life, 1), item(&life, 2)];
        let change = |update: &mut AdminUpdate| {
            update.status = Some(status);
            update.items = ids.map(|id| (id, items)).to_vec();
        };
        let before = life.record.clone();
        assert_eq!(update(&mut life, AdminTarget::Current, change), without, "{status:?}");
        life.record = before;
        update(&mut life, AdminTarget::Current, |update| {
            change(update);
            set(update);
        })
        .unwrap();
        assert_eq!(life.record.current().unwrap().status(), status);
        assert_eq!(Record::from_bytes(&life.record.to_bytes().unwrap()).unwrap(), life.record);
    }
}

#[test]
fn an_invalid_pair_of_statuses_changes_nothing() {
    let mut life = Life::of(samples::acute());
    let id = item(&life, 1);
    let before = life.record.clone();
    let set = |update: &mut AdminUpdate| update.items = vec![(id, ItemStatus::FullyDispensed)];
    assert_eq!(update(&mut life, AdminTarget::Current, set), Err("5000"));
    assert_eq!(life.record, before);
    update(&mut life, AdminTarget::Current, |update| update.items = vec![(id, ItemStatus::Cancelled)]).unwrap();
    assert_eq!(life.statuses(), "0001: 0005 0007");
}

#[test]
fn a_target_names_its_issues() {
    for (target, expected) in [
        (AdminTarget::All, ["9001", "9001", "9001"]),
        (AdminTarget::Available, ["9001", "9001", "9001"]),
        (AdminTarget::Current, ["9001", "9000", "9000"]),
        (AdminTarget::Issue(IssueNumber::try_from(2_u8).unwrap()), ["0001", "9001", "9000"]),
    ] {
        let mut life = Life::of(samples::repeat_dispensing(3));
        update(&mut life, target, |update| update.status = Some(P::PrescriptionFutureInstance)).unwrap();
        assert_eq!(life.issues(), expected);
    }
    let mut life = Life::of(samples::acute());
    let missing = AdminTarget::Issue(IssueNumber::try_from(2_u8).unwrap());
    assert_eq!(update(&mut life, missing, |_| ()), Err("0005"));
}

#[test]
fn a_patient_who_nominates_another_pharmacy_is_served_there() {
    let mut life = Life::of(samples::acute());
    update(&mut life, AdminTarget::Current, |update| update.nominated = Update::Set(ods("FA666"))).unwrap();
    assert_eq!(life.release("FA565", ReleaseHow::Nominated).unwrap_err(), Refusal::NoMorePrescriptions);
    life.release("FA666", ReleaseHow::Nominated).unwrap();
    let mut life = Life::of(samples::acute());
    update(&mut life, AdminTarget::Current, |update| update.nominated = Update::Clear).unwrap();
    assert_eq!(life.record.waits_for(), None);
}

#[test]
fn an_overdue_prescription_expires_the_day_after() {
    for (now, issues) in [("20260705235959", ["0001", "9000"]), ("20260706000000", ["0004", "0004"])] {
        let mut life = Life::of(samples::repeat_dispensing(2)).at(now);
        update(&mut life, AdminTarget::Available, |update| update.expire_overdue = true).unwrap();
        assert_eq!(life.issues(), issues, "{now}");
    }
    let next = |life: &Life| life.record.next_activity(&Periods::SPINE).unwrap().term();
    let mut life = Life::of(samples::acute()).at("20260706000000");
    update(&mut life, AdminTarget::Current, |update| {
        update.expire_overdue = true;
        update.completed = Some(day("20260701"));
    })
    .unwrap();
    assert_eq!(next(&life), "delete_20260929");
}
