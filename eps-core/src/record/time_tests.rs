//! Every rule with a date in it, on the day before, the day and the day after: with the ends of February, both changes of
//! summer time (29 March and 25 October 2026, of which EPS takes no notice: its days are those of GMT) and New Year.

use super::samples::{self, Life, at, day};
use super::{Command, Create, Passed, Periods, Record, ReleaseHow, decide};
use crate::codes::WithdrawType;
use crate::model::{Date, Timestamp};

/// The days on which things come due.
const DAYS: [&str; 7] = ["20260228", "20260301", "20260329", "20261025", "20270101", "20280229", "20280301"];

fn moment(day: Date, time: &str) -> Timestamp {
    at(&format!("{}{time}", day.to_hl7()))
}

/// Noon of the day so many days before.
fn noon_before(day: Date, days: i64) -> Timestamp {
    moment(day.plus_days(-days), "120000")
}

/// Nothing happens by itself before a day begins; from its first second on, it does.
fn check(record: &Record, name: &str, due: Date) {
    assert_eq!(record.next_activity(&Periods::SPINE).unwrap().term(), format!("{name}_{}", due.to_hl7()));
    for (now, happens) in [
        (moment(due.plus_days(-1), "235959"), false),
        (moment(due, "000000"), true),
        (moment(due, "235959"), true),
        (moment(due.plus_days(1), "000000"), true),
    ] {
        let passed = Life::of(record.clone()).from(now).pass();
        assert_eq!(!matches!(passed, Passed::Nothing(_)), happens, "{name} at {}", now.to_hl7());
        if happens && name == "delete" {
            assert!(matches!(passed, Passed::Delete(_)), "{name} at {}", now.to_hl7());
        }
    }
}

fn acute_at(prescribed: Timestamp) -> Life {
    Life::of(samples::acute_of(&prescribed.to_hl7())).from(prescribed)
}

fn passed(life: Life) -> Record {
    let Passed::Changed(accepted) = life.pass() else { panic!("nothing has changed") };
    accepted.record
}

/// The latest day that lies `months` calendar months before.
fn months_before(due: Date, months: u8) -> Date {
    let guess = due.plus_days(-31 * i64::from(months));
    let days = (0..62).rev().map(|days| guess.plus_days(days));
    days.into_iter().find(|day| day.plus_months(months) == due).unwrap()
}

#[test]
fn a_first_issue_expires_after_six_months_and_later_ones_after_twelve() {
    for due in DAYS.map(day) {
        let prescribed = moment(months_before(due, 6), "235959");
        check(&acute_at(prescribed).record, "expire", due);
        let mut held = acute_at(prescribed);
        held.release("FA565", ReleaseHow::ById).unwrap();
        check(&held.record, "expire", due);
    }
    // All of the last days of August end with February.
    for prescribed in ["20250828", "20250829", "20250830", "20250831"] {
        check(&samples::acute_of(&format!("{prescribed}000000")), "expire", day("20260228"));
    }
    check(&samples::acute_of("20270831100000"), "expire", day("20280229"));
    for (prescribed, due) in [("20250228", "20260228"), ("20240229", "20250228"), ("20250329", "20260329")] {
        let mut life = Life::of(samples::repeat_of(&format!("{prescribed}100000"), 2));
        life = life.from(at(&format!("{prescribed}110000")).plus_seconds(30 * 86_400));
        life.release("FA565", ReleaseHow::ById).unwrap();
        life.notify("0007: 0002 0002").unwrap();
        assert_eq!(life.issues(), ["0007", "0001"]);
        check(&life.record, "expire", day(due));
    }
}

#[test]
fn a_release_is_refused_from_the_day_after_the_expiry() {
    for due in DAYS.map(day) {
        let prescribed = moment(months_before(due, 6), "100000");
        for (now, released) in [
            (moment(due.plus_days(-1), "235959"), true),
            (moment(due, "000000"), true),
            (moment(due, "235959"), true),
            (moment(due.plus_days(1), "000000"), false),
        ] {
            for how in [ReleaseHow::ById, ReleaseHow::Nominated] {
                let outcome = acute_at(prescribed).from(now).release("FA565", how);
                assert_eq!(outcome.is_ok(), released, "{}", now.to_hl7());
            }
        }
    }
}

#[test]
fn what_is_returned_after_its_expiry_expires() {
    for due in DAYS.map(day) {
        let prescribed = moment(months_before(due, 6), "100000");
        for (now, status) in [
            (moment(due.plus_days(-1), "235959"), "0001: 0007 0007"),
            (moment(due, "235959"), "0001: 0007 0007"),
            (moment(due.plus_days(1), "000000"), "0004: 0006 0006"),
        ] {
            let mut life = acute_at(prescribed);
            life.release("FA565", ReleaseHow::ById).unwrap();
            life = life.from(now);
            life.hand_back("FA565").unwrap();
            assert_eq!(life.statuses(), status, "{}", now.to_hl7());
        }
    }
}

#[test]
fn the_time_to_claim_ends_180_days_after_completion_and_that_of_a_part_after_the_last_dispensing() {
    for due in DAYS.map(day) {
        for told in ["0006: 0001 0001", "0003: 0001 0003"] {
            let mut life = acute_at(noon_before(due, 190));
            life.release("FA565", ReleaseHow::ById).unwrap();
            life = life.from(moment(due.plus_days(-180), "235959"));
            life.notify(told).unwrap();
            check(&life.record, "createNoClaim", due);
        }
    }
}

#[test]
fn a_repeat_without_a_notification_in_force_expires_at_its_expiry_or_180_days_after_its_release() {
    for due in DAYS.map(day) {
        let mut life = Life::of(samples::repeat_of(&noon_before(due, 181).to_hl7(), 1)).from(noon_before(due, 180));
        life.release("FA565", ReleaseHow::ById).unwrap();
        life.notify("0006: 0001 0001").unwrap();
        let last = life.last(1).unwrap();
        life.withdraw(1, WithdrawType::LastDispense, &[last]).unwrap();
        check(&life.record, "expire", due);
    }
}

#[test]
fn a_record_is_deleted_by_its_status_so_many_days_after_its_end() {
    for due in DAYS.map(day) {
        let ended = |days| acute_at(noon_before(due, days));
        let dispensed = |days: i64, told: &str| {
            let mut life = ended(days);
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify(told).unwrap();
            life
        };
        // Expired: 90 days.
        let expires = due.plus_days(-90);
        let expired =
            passed(acute_at(moment(months_before_or_near(expires), "100000")).from(moment(expires, "000000")));
        check(&expired, "delete", due);
        // Cancelled: 180 days.
        let mut life = ended(180);
        assert_eq!(life.cancel("A83008", None), "0001");
        check(&life.record, "delete", due);
        // Not dispensed: 30 days.
        check(&dispensed(30, "0007: 0002 0002").record, "delete", due);
        // Claimed: 36 days, and amended claims do not count anew.
        let mut life = dispensed(36, "0006: 0001 0001");
        life.claim(None).unwrap();
        check(&life.record, "delete", due);
        // No-claimed: 36 days.
        let noticed = due.plus_days(-36);
        let life = dispensed(36 + 180, "0006: 0001 0001").from(moment(noticed, "235959"));
        check(&passed(life), "delete", due);
        // Cancelled before it came: 180 days.
        let now = noon_before(due, 180);
        let cancel = Life::of(samples::acute()).from(now).cancellation("A83008", None, samples::message(1));
        let received = samples::received(&now.to_hl7());
        let begun = decide(None, Command::Cancel(Box::new(cancel)), &received, &Periods::SPINE).unwrap();
        check(&begun.record, "delete", due);
    }
}

/// A day whose prescription has expired on `due` at the latest.
fn months_before_or_near(due: Date) -> Date {
    due.plus_days(-190)
}

#[test]
fn a_post_dated_prescription_waits_for_its_day_if_that_is_more_than_a_day_ahead() {
    for due in DAYS.map(day) {
        let upload = |prescribed: Timestamp, now: Timestamp| {
            let create = Create { prescribed, ..samples::create() };
            let received = samples::received(&now.to_hl7());
            decide(None, Command::Create(Box::new(create)), &received, &Periods::SPINE).unwrap().record
        };
        let prescribed = moment(due, "235959");
        let now = prescribed.plus_seconds(-86_400);
        assert_eq!(Life::of(upload(prescribed, now)).issues(), ["0001"]);
        let later = upload(prescribed, now.plus_seconds(-1));
        assert_eq!(Life::of(later.clone()).issues(), ["9001"]);
        check(&later, "ready", due);
    }
}

#[test]
fn the_next_issue_is_ready_a_week_before_the_last_one_runs_out() {
    for due in DAYS.map(day) {
        // 28 days after the prescription date, less 7.
        let prescribed = noon_before(due, 21);
        let complete = |now: Timestamp| {
            let mut life = Life::of(samples::repeat_of(&prescribed.to_hl7(), 2)).from(now);
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify("0006: 0001 0001").unwrap();
            life
        };
        check(&complete(prescribed).record, "ready", due);
        for (now, second) in [
            (moment(due.plus_days(-1), "235959"), "0000"),
            (moment(due, "235959"), "0000"),
            (moment(due.plus_days(1), "000000"), "0001"),
        ] {
            assert_eq!(complete(now).issues(), ["0006", second], "{}", now.to_hl7());
        }
        let ready = passed(complete(prescribed).from(moment(due, "000000")));
        assert_eq!(Life::of(ready).issues(), ["0006", "0001"]);
    }
}

#[test]
fn a_claim_is_amended_until_the_fifth_of_the_month_after_the_dispensing() {
    for (dispensed, last) in [
        ("20260131235959", "20260205"),
        ("20260201000000", "20260305"),
        ("20260228235959", "20260305"),
        ("20280229235959", "20280305"),
        ("20260329013000", "20260405"),
        ("20261025013000", "20261105"),
        ("20261231235959", "20270105"),
        ("20260926100000", "20261005"),
        ("20261002100000", "20261105"),
    ] {
        for (now, amended) in [
            (moment(day(last).plus_days(-1), "235959"), true),
            (moment(day(last), "000000"), true),
            (moment(day(last), "235959"), true),
            (moment(day(last).plus_days(1), "000000"), false),
        ] {
            let mut life = acute_at(at(dispensed));
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify("0006: 0001 0001").unwrap();
            let claimed = life.claim(None).unwrap();
            let claim = claimed.record.documents().last().unwrap().message();
            life = life.from(now);
            assert_eq!(life.claim(Some(claim)).is_ok(), amended, "{dispensed} {}", now.to_hl7());
        }
    }
}

#[test]
fn what_is_claimed_is_amended_for_36_days() {
    for last in DAYS.map(day) {
        for (now, amended) in [
            (moment(last.plus_days(-1), "235959"), true),
            (moment(last, "235959"), true),
            (moment(last.plus_days(1), "000000"), false),
        ] {
            let mut life = acute_at(noon_before(last, 36));
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify("0006: 0001 0001").unwrap();
            life.claim(None).unwrap();
            let told = life.last(1);
            life = life.from(now);
            let outcome = life.notify_with("0006: 0001 0002", |told_now| told_now.replaces = told);
            assert_eq!(outcome.is_ok(), amended, "{}", now.to_hl7());
        }
    }
}

#[test]
fn a_day_of_birth_is_not_in_the_future_and_a_window_not_in_the_past() {
    let made = |change: &dyn Fn(&mut Create), now: Timestamp| {
        let mut create = Create { prescribed: now, ..samples::create_repeat_dispensing(2) };
        let today = now.date();
        let supply = crate::model::DaysSupply { low: Some(today), high: Some(today), days: Some(28) };
        create.days_supply = Some(supply);
        change(&mut create);
        let received = samples::received(&now.to_hl7());
        decide(None, Command::Create(Box::new(create)), &received, &Periods::SPINE).is_ok()
    };
    for today in DAYS.map(day) {
        for time in ["000000", "235959"] {
            let now = moment(today, time);
            for (days, accepted) in [(-1, true), (0, true), (1, false)] {
                let born = today.plus_days(days);
                assert_eq!(made(&|create| create.birth_date = Some(born), now), accepted, "{}", born.to_hl7());
            }
            for (days, accepted) in [(-1, false), (0, true), (1, true)] {
                let high = Some(today.plus_days(days));
                let low = Some(today.plus_days(-1));
                let supply = crate::model::DaysSupply { low, high, days: None };
                assert_eq!(made(&|create| create.days_supply = Some(supply), now), accepted, "{high:?}");
            }
            for (days, accepted) in [(-1, true), (0, true), (1, false)] {
                let high = Some(today.plus_months(12).plus_days(days));
                let supply = crate::model::DaysSupply { low: Some(today), high, days: None };
                assert_eq!(made(&|create| create.days_supply = Some(supply), now), accepted, "{high:?}");
            }
        }
    }
}
