//! Returns, withdrawals and rebuilt histories.

use super::samples::{self, Life};
use super::{Passed, Periods, Refusal, ReleaseHow, Reply};
use crate::codes::WithdrawType::{AllDispenses, LastDispense};
use crate::ids::OdsCode;

fn code<T>(result: Result<T, Refusal>) -> Option<&'static str> {
    result.err().map(|refusal| refusal.fault().code)
}

#[test]
fn a_return_gives_the_issue_to_whoever_asks_for_it_by_id() {
    let mut life = Life::of(samples::with_dispenser());
    life.hand_back("FA565").unwrap();
    assert_eq!(life.statuses(), "0001: 0007 0007");
    assert_eq!(life.record.waits_for(), None);
    let nomination = life.record.nomination().unwrap();
    assert_eq!(nomination.performer, None);
    assert_eq!(nomination.history.iter().map(OdsCode::as_str).collect::<Vec<_>>(), ["FA565"]);
    assert_eq!(life.record.timeline().last().unwrap().text(), "Dispense proposal return successful");
    assert_eq!(life.release("FA565", ReleaseHow::Nominated).unwrap_err(), Refusal::NoMorePrescriptions);
    life.release("FA666", ReleaseHow::ById).unwrap();
    life.hand_back("FA666").unwrap();
    assert_eq!(life.record.nomination().unwrap().history.len(), 1);
}

#[test]
fn only_what_a_dispenser_has_and_has_not_begun_can_be_returned_and_by_itself_only() {
    for record in [samples::acute(), samples::dispensed(), samples::claimed(), samples::expired(), samples::cancelled()]
    {
        assert_eq!(code(Life::of(record).hand_back("FA565")), Some("0012"));
    }
    let mut life = Life::of(samples::with_dispenser());
    let Refusal::WithAnotherDispenser(other) = life.hand_back("FA666").unwrap_err() else { panic!() };
    assert_eq!(other.person.organisation.ods, Some(samples::ods("FA565")));
    life.notify("0003: 0001 0003").unwrap();
    assert_eq!(code(life.hand_back("FA565")), Some("0012"));
}

#[test]
fn what_is_returned_after_its_expiry_has_expired() {
    for (now, issues) in [("20260705235959", ["0001", "9000", "9000"]), ("20260706000000", ["0004", "0004", "0004"])] {
        let mut life = Life::of(samples::repeat_dispensing(3));
        life.release("FA565", ReleaseHow::Nominated).unwrap();
        life = life.at(now);
        life.hand_back("FA565").unwrap();
        assert_eq!(life.issues(), issues, "{now}");
    }
}

#[test]
fn the_last_notification_is_withdrawn() {
    for (told, withdrawn) in [
        (&["0006: 0001 0001"] as &[&str], "0002: 0008 0008"),
        (&["0003: 0001 0003", "0006: 0001 0001"], "0003: 0001 0003"),
        (&["0007: 0002 0002"], "0002: 0008 0008"),
    ] {
        let mut life = Life::of(samples::with_dispenser());
        for told in told {
            life.notify_with(told, |told| told.by = Some(samples::ods("VNFKT"))).unwrap();
        }
        let last = life.last(1).unwrap();
        let accepted = life.withdraw(1, LastDispense, &[last]).unwrap();
        assert_eq!(accepted.reply, Reply::Done(super::Event::Withdrawn));
        assert_eq!(life.statuses(), withdrawn);
        let by = if told.len() == 1 { "FA565" } else { "VNFKT" };
        assert_eq!(life.record.current().unwrap().state().dispenser(), Some(&samples::ods(by)));
        assert_eq!(life.record.current().unwrap().history().len(), told.len() - 1);
    }
}

#[test]
fn the_withdrawal_of_an_amendment_goes_back_to_what_was_amended() {
    let mut life = Life::of(samples::dispensed());
    let first = life.last(1);
    life.notify_with("0006: 0001 0002", |told| told.replaces = first).unwrap();
    let amended = life.last(1).unwrap();
    life.withdraw(1, LastDispense, &[amended]).unwrap();
    assert_eq!(life.statuses(), "0006: 0001 0001");
    assert_eq!(life.last(1), first);
}

#[test]
fn only_the_last_notification_of_what_is_not_claimed_can_be_withdrawn() {
    for record in [samples::acute(), samples::with_dispenser(), samples::expired(), samples::cancelled()] {
        assert_eq!(code(Life::of(record).withdraw(1, LastDispense, &[samples::message(1)])), Some("0012"));
    }
    let mut life = Life::of(samples::claimed());
    let last = life.last(1).unwrap();
    assert_eq!(code(life.withdraw(1, LastDispense, &[last])), Some("0012"));
    let mut life = Life::of(samples::dispensed());
    let last = life.last(1).unwrap();
    for named in [&[samples::message(1)] as &[_], &[], &[last, samples::message(1)]] {
        assert_eq!(code(life.withdraw(1, LastDispense, named)), Some("0021"));
    }
    assert_eq!(code(life.withdraw(1, AllDispenses, &[samples::message(1)])), Some("0021"));
}

#[test]
fn a_withdrawal_from_a_repeat_leaves_it_active_and_the_next_issue_where_it_is() {
    let mut life = Life::of(samples::repeat_dispensing(3));
    life.release("FA565", ReleaseHow::ById).unwrap();
    life.notify("0006: 0001 0001").unwrap();
    let last = life.last(1).unwrap();
    life.withdraw(1, LastDispense, &[last]).unwrap();
    assert_eq!(life.issues(), ["0003", "0000", "9000"]);
    assert_eq!(life.record.issues().current().get(), 2);
    let (number, first) = life.record.issues().iter().next().unwrap();
    assert_eq!(first.state().items().iter().map(|item| item.1.code()).collect::<Vec<_>>(), ["0008", "0008"]);
    // No notification is in force: it expires, on the earlier of its expiry and 180 days after its release.
    let next = life.record.next_activity_of(number, first, &Periods::SPINE);
    assert_eq!((next.activity, next.date.to_hl7().as_str()), (super::Activity::Expire, "20260705"));
    assert_eq!(code(life.withdraw(1, LastDispense, &[last])), Some("0021"));
    life.rebuild(1, &["0003: 0001 0003", "0006: 0001 0001"]).unwrap();
    assert_eq!(life.issues(), ["0006", "0000", "9000"]);
}

#[test]
fn a_repeat_that_was_withdrawn_and_never_told_again_expires_undispensed() {
    let mut life = Life::of(samples::repeat_dispensing(1));
    life.release("FA565", ReleaseHow::ById).unwrap();
    life.notify("0006: 0001 0001").unwrap();
    let last = life.last(1).unwrap();
    life.withdraw(1, AllDispenses, &[last]).unwrap();
    let Passed::Changed(accepted) = life.at("20260705000000").pass() else { panic!() };
    assert_eq!(Life::of(accepted.record).statuses(), "0004: 0006 0006");
}

#[test]
fn all_notifications_are_withdrawn_at_once() {
    let mut life = Life::of(samples::with_dispenser());
    life.notify("0003: 0001 0003").unwrap();
    life.notify("0003: 0001 0003").unwrap();
    life.notify("0006: 0001 0001").unwrap();
    life.withdraw(1, AllDispenses, &[]).unwrap();
    assert_eq!(life.statuses(), "0002: 0008 0008");
    assert!(life.record.current().unwrap().history().is_empty());
    life.hand_back("FA565").unwrap();
}

#[test]
fn a_rebuilt_history_replaces_the_old_one() {
    let mut life = Life::of(samples::with_dispenser());
    life.notify("0003: 0001 0003").unwrap();
    assert_eq!(code(life.rebuild(1, &["0003: 0003 0003", "0006: 0001 0003"])), Some("0012"));
    assert_eq!(code(life.rebuild(1, &[])), Some("0014"));
    life.rebuild(1, &["0003: 0003 0003", "0006: 0001 0001"]).unwrap();
    assert_eq!(life.statuses(), "0006: 0001 0001");
    let before: Vec<_> =
        life.record.current().unwrap().history().iter().map(|one| one.before.status().code()).collect();
    assert_eq!(before, ["0002", "0003"]);
    assert_eq!(life.record.timeline().last().unwrap().text(), "Rebuild Dispense History successful");
    for record in [samples::acute(), samples::claimed(), samples::expired(), samples::cancelled()] {
        assert_eq!(code(Life::of(record).rebuild(1, &["0006: 0001 0001"])), Some("0012"));
    }
}

#[test]
fn a_rebuilt_history_that_completes_the_issue_releases_the_next() {
    let mut life = Life::of(samples::repeat_dispensing(2));
    life.release("FA565", ReleaseHow::ById).unwrap();
    life.rebuild(1, &["0003: 0001 0003", "0006: 0001 0001"]).unwrap();
    assert_eq!(life.issues(), ["0006", "0000"]);
    assert_eq!(life.record.issues().current().get(), 2);
    assert_eq!(code(life.rebuild(2, &["0006: 0001 0001"])), Some("0012"));
}

#[test]
fn a_full_log_takes_no_more() {
    let mut life = Life::of(samples::acute());
    while life.record.timeline().len() < 512 {
        life.release("FA666", ReleaseHow::ById).unwrap();
        if life.record.timeline().len() < 512 {
            life.hand_back("FA666").unwrap();
        }
    }
    assert_eq!(code(life.hand_back("FA666")), Some("9999"));
    assert_eq!(life.record.timeline().len(), 512);
}
