//! When something happens to a prescription by itself: next activity and expiry.

use serde::{Deserialize, Serialize};

use super::state::{self, State};
use super::{Issue, IssueNumber, Periods, Record};
use crate::model::Date;

/// What happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "the scheduler must name every activity")]
pub enum Activity {
    /// The issue can be dispensed from now on.
    Ready,
    /// The issue can no longer be dispensed.
    Expire,
    /// The issue can no longer be claimed.
    CreateNoClaim,
    /// The record is deleted.
    Delete,
}

/// What happens next, and on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "it is a pair")]
pub struct NextActivity {
    /// What.
    pub activity: Activity,
    /// When.
    pub date: Date,
}

impl Record {
    /// The last day on which an issue can be released.
    pub(super) fn expiry(&self, issue: IssueNumber, periods: &Periods) -> Date {
        let first = issue == IssueNumber::FIRST;
        let months = if first { periods.expiry_months } else { periods.repeat_expiry_months };
        self.prescribed.date().plus_months(months)
    }

    /// What happens next to an issue.
    #[must_use]
    pub fn next_activity_of(&self, number: IssueNumber, issue: &Issue, periods: &Periods) -> NextActivity {
        use Activity::{CreateNoClaim, Delete, Expire, Ready};
        let expiry = self.expiry(number, periods);
        let after = |date: Date, days: u16| date.plus_days(i64::from(days));
        let next = |activity, date| NextActivity { activity, date };
        match &issue.state {
            State::ToBeDispensed(_) | State::WithDispenser(_) | State::RepeatFuture(_) => next(Expire, expiry),
            State::AwaitingRelease(_) => {
                let ready = issue.nominated_download.unwrap_or(issue.window.low);
                if ready < expiry { next(Ready, ready) } else { next(Expire, expiry) }
            }
            State::Future(_) => {
                let starts = issue.window.low.max(self.prescribed.date());
                if issue.nominated_download.unwrap_or(starts) < expiry {
                    next(Ready, starts)
                } else {
                    next(Expire, expiry)
                }
            }
            State::WithDispenserActive(active) => {
                let end = after(active.last_day(), periods.active_days);
                if active.dispensing.is_some() { next(CreateNoClaim, end) } else { next(Expire, end.min(expiry)) }
            }
            State::Expired(state::Expired { completed, .. }) => {
                next(Delete, after(*completed, periods.expired_delete_days))
            }
            State::Cancelled(state::Cancelled { completed, .. }) => {
                next(Delete, after(*completed, periods.cancelled_delete_days))
            }
            State::Dispensed(state::Dispensed { completed, .. }) => {
                next(CreateNoClaim, after(*completed, periods.no_claim_days))
            }
            State::NotDispensed(state::NotDispensed { completed, .. }) => {
                next(Delete, after(*completed, periods.not_dispensed_delete_days))
            }
            State::Claimed(state::Claimed { claim, .. }) => {
                next(Delete, after(claim.received, periods.claimed_delete_days))
            }
            State::NoClaimed(state::NoClaimed { noticed, .. }) => {
                next(Delete, after(*noticed, periods.claimed_delete_days))
            }
            State::CancelledFuture(state::CancelledFuture { cancelled }) => {
                next(Delete, after(*cancelled, periods.cancelled_delete_days))
            }
        }
    }

    /// The day after which an issue can no longer be acted on; `None` where its status has no such day.
    #[must_use]
    pub fn expiry_date_of(&self, number: IssueNumber, issue: &Issue, periods: &Periods) -> Option<Date> {
        let expiry = self.expiry(number, periods);
        match &issue.state {
            State::ToBeDispensed(_)
            | State::WithDispenser(_)
            | State::RepeatFuture(_)
            | State::AwaitingRelease(_)
            | State::Future(_) => Some(expiry),
            State::WithDispenserActive(active) => {
                Some(expiry.min(active.last_day().plus_days(i64::from(periods.active_days))))
            }
            State::Expired(_)
            | State::Cancelled(_)
            | State::Dispensed(_)
            | State::NotDispensed(_)
            | State::Claimed(_)
            | State::NoClaimed(_)
            | State::CancelledFuture(_) => None,
        }
    }

    /// What happens next to the prescription. `None` where nothing will: no issue counts.
    ///
    /// The earliest of what counts, and on the same day `Ready` before anything else; deletion only when nothing else is
    /// to come.
    #[must_use]
    pub fn next_activity(&self, periods: &Periods) -> Option<NextActivity> {
        let mut next: Option<NextActivity> = None;
        let mut delete = None;
        for (number, issue) in self.issues.iter() {
            let activity = self.next_activity_of(number, issue, periods);
            if !self.counts(number, activity.activity) {
                continue;
            }
            if activity.activity == Activity::Delete {
                delete = Some(activity);
            } else if next.is_none_or(|first| earlier(activity, first)) {
                next = Some(activity);
            }
        }
        next.or(delete)
    }

    /// Whether an issue's activity is one of the record, by the issue's position.
    fn counts(&self, number: IssueNumber, activity: Activity) -> bool {
        let last = self.issues.iter().next_back().map(|(number, _)| number);
        let current = self.issues.current();
        let is_final = number == self.last_issue || last == Some(number);
        match (number.cmp(&current), activity) {
            (std::cmp::Ordering::Greater, _) => false,
            (std::cmp::Ordering::Equal, Activity::Delete) | (std::cmp::Ordering::Less, Activity::Delete) => is_final,
            (std::cmp::Ordering::Equal, Activity::Ready | Activity::Expire | Activity::CreateNoClaim)
            | (std::cmp::Ordering::Less, Activity::CreateNoClaim) => true,
            (std::cmp::Ordering::Less, Activity::Ready | Activity::Expire) => is_final,
        }
    }
}

fn earlier(one: NextActivity, other: NextActivity) -> bool {
    let ready_first = one.activity == Activity::Ready && other.activity != Activity::Ready;
    one.date < other.date || (one.date == other.date && ready_first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::samples::{self, Life, day};
    use crate::record::{Passed, ReleaseHow};

    /// The next activity as Spine writes it: `expire_20260705`.
    fn next(record: &Record) -> String {
        record.next_activity(&Periods::SPINE).unwrap().term()
    }

    fn issue(record: &Record, number: u8) -> String {
        let number = IssueNumber::try_from(number).unwrap();
        let issue = record.issues().get(number).unwrap();
        let next = record.next_activity_of(number, issue, &Periods::SPINE);
        format!("{} {}", issue.status().code(), next.term().replace('_', " "))
    }

    #[test]
    fn months_are_cut_to_the_length_of_the_month() {
        for (from, months, to) in [
            ("20111031", 6, "20120430"),
            ("20110829", 6, "20120229"),
            ("20250831", 6, "20260228"),
            ("20240229", 12, "20250228"),
            ("20261231", 1, "20270131"),
        ] {
            assert_eq!(day(from).plus_months(months), day(to), "{from}");
        }
    }

    #[test]
    fn a_prescription_expires_six_months_after_its_date() {
        assert_eq!(next(&samples::acute_of("20111031100000")), "expire_20120430");
        let mut life = Life::of(samples::acute_of("20111031100000")).at("20111101100000");
        life.release("FA565", ReleaseHow::ById).unwrap();
        assert_eq!(next(&life.record), "expire_20120430");
    }

    #[test]
    fn what_is_part_dispensed_is_closed_180_days_after_the_last_dispensing() {
        for (prescribed, dispensed, activity, expiry) in [
            ("20110829100000", "20110928100000", "createNoClaim_20120326", "20120229"),
            ("20111031100000", "20111130100000", "createNoClaim_20120528", "20120430"),
        ] {
            let mut life = Life::of(samples::acute_of(prescribed)).at(dispensed);
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify("0003: 0001 0003").unwrap();
            assert_eq!(next(&life.record), activity);
            let issue = life.record.current().unwrap();
            let date = life.record.expiry_date_of(IssueNumber::FIRST, issue, &Periods::SPINE);
            assert_eq!(date, Some(day(expiry)));
        }
    }

    #[test]
    fn what_is_complete_waits_for_its_claim_and_is_deleted_then() {
        // Prescribed on 5 January, dispensed on the 7th, claimed on 3 February 2026.
        let mut life = Life::of(samples::acute()).at("20260107100000");
        life.release("FA565", ReleaseHow::ById).unwrap();
        life.notify("0006: 0001 0001").unwrap();
        assert_eq!(next(&life.record), "createNoClaim_20260706");
        life = life.at("20260203100000");
        life.claim(None).unwrap();
        assert_eq!(next(&life.record), "delete_20260311");
        assert_eq!(next(&samples::expired()), "delete_20261003");
    }

    #[test]
    fn the_next_issue_is_released_by_completion_and_counts_from_the_prescription_date() {
        let made = samples::repeat_dispensing(3);
        assert_eq!((issue(&made, 1), issue(&made, 2)), ("0001 expire 20260705".into(), "9000 expire 20270105".into()));
        assert_eq!(next(&made), "expire_20260705");
        for (dispensed, told, first, second, record) in [
            ("20260107", "0006: 0001 0001", "0006 createNoClaim 20260706", "0000 ready 20260126", "ready_20260126"),
            ("20260126", "0006: 0001 0001", "0006 createNoClaim 20260725", "0000 ready 20260126", "ready_20260126"),
            (
                "20260127",
                "0006: 0001 0001",
                "0006 createNoClaim 20260726",
                "0001 expire 20270105",
                "createNoClaim_20260726",
            ),
            (
                "20260107",
                "0003: 0001 0003",
                "0003 createNoClaim 20260706",
                "9000 expire 20270105",
                "createNoClaim_20260706",
            ),
            ("20260107", "0007: 0002 0002", "0007 delete 20260206", "0000 ready 20260126", "ready_20260126"),
        ] {
            let mut life = Life::of(made.clone()).at(&format!("{dispensed}100000"));
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify(told).unwrap();
            assert_eq!(issue(&life.record, 1), first);
            assert_eq!(issue(&life.record, 2), second);
            assert_eq!(next(&life.record), record);
        }
    }

    #[test]
    fn expiry_of_the_current_issue_ends_all_later_ones() {
        let life = Life::of(samples::repeat_dispensing(3)).at("20260705000000");
        let Passed::Changed(accepted) = life.pass() else { panic!() };
        let record = accepted.record;
        assert_eq!(
            (issue(&record, 1), issue(&record, 3)),
            ("0004 delete 20261003".into(), "0004 delete 20261003".into())
        );
        assert_eq!(next(&record), "delete_20261003");
        assert_eq!(record.issues().current().get(), 3);
    }

    #[test]
    fn a_part_dispensed_issue_that_is_not_claimed_makes_way_for_the_next() {
        let mut life = Life::of(samples::repeat_dispensing(2)).at("20260107100000");
        life.release("FA565", ReleaseHow::ById).unwrap();
        life.notify("0003: 0003 0004").unwrap();
        let Passed::Changed(accepted) = life.at("20260706000000").pass() else { panic!() };
        let record = accepted.record;
        assert_eq!(issue(&record, 1), "0009 delete 20260811");
        assert_eq!(record.issues().current().get(), 2);
        assert_eq!(next(&record), "expire_20270105");
    }

    #[test]
    fn the_last_issue_decides_when_the_record_is_deleted() {
        let mut life = Life::of(samples::repeat_dispensing(3));
        for dispensed in ["20260127", "20260228", "20260328"] {
            life = life.at(&format!("{dispensed}100000"));
            life.release("FA565", ReleaseHow::ById).unwrap();
            life.notify("0006: 0001 0001").unwrap();
        }
        for (number, claimed) in [(1, "20260201"), (2, "20260301"), (3, "20260401")] {
            life = life.at(&format!("{claimed}100000"));
            life.claim_issue(number, None).unwrap();
        }
        assert_eq!(next(&life.record), "delete_20260507");
    }

    #[test]
    fn a_prescription_for_a_later_day_becomes_ready_on_that_day() {
        let record = samples::future();
        assert_eq!(next(&record), "ready_20260205");
        assert!(matches!(Life::of(record.clone()).at("20260204235959").pass(), Passed::Nothing(_)));
        let Passed::Changed(accepted) = Life::of(record).at("20260205000000").pass() else { panic!() };
        assert_eq!(next(&accepted.record), "expire_20260805");
    }
}
