//! What must always hold.

use std::collections::BTreeSet;

use eps_core::codes::PrescriptionStatus;
use eps_core::model::Message;
use eps_core::record::{Activity, IssueNumber, Periods, Record};
use eps_core::{hl7v3, ids::PrescriptionId};
use eps_transport::store::Store;

use super::send::{Sent, allows};
use super::{Act, World};
use crate::messages::{ods, prescription_id, released_ids};

/// The item statuses that each status of an issue allows (`prescription-record` 2.3).
fn allowed_items(status: PrescriptionStatus) -> &'static [&'static str] {
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

/// The ways out of a completed status: what was told is amended, withdrawn or told anew, claimed, or not claimed in time.
fn way_out(act: Act, from: &str, to: &str) -> bool {
    match act {
        Act::Amend => matches!((from, to), ("0006" | "0007", "0003" | "0006" | "0007")),
        Act::WithdrawLast | Act::WithdrawAll => {
            matches!((from, to), ("0006" | "0007", "0002" | "0003" | "0006" | "0007"))
        }
        Act::Rebuild => matches!((from, to), ("0006" | "0007", "0003" | "0006" | "0007")),
        Act::Claim | Act::AmendClaim => matches!((from, to), ("0006" | "0007", "0008")),
        Act::Wait => (from, to) == ("0006", "0009"),
        Act::Upload
        | Act::NominatedRelease
        | Act::ReleaseById
        | Act::Notify
        | Act::Cancel
        | Act::Return
        | Act::Repeat => false,
    }
}

/// Spine deletes no record of which an issue is not to be deleted: an early issue whose notifications were withdrawn after
/// the next one was begun holds it until the end of its life.
fn is_held(record: &Record) -> bool {
    let activities =
        record.issues().iter().map(|(number, issue)| record.next_activity_of(number, issue, &Periods::SPINE));
    let delete = record.next_activity(&Periods::SPINE).is_some_and(|next| next.activity == Activity::Delete);
    delete && activities.into_iter().any(|own| own.activity != Activity::Delete)
}

fn completed(code: &str) -> bool {
    matches!(code, "0004" | "0005" | "0006" | "0007" | "0008" | "0009")
}

impl<S: Store> World<S> {
    /// Checks what became of a message; gives the prescriptions that it changed.
    pub(super) fn check_sent(&mut self, sent: &Sent, reply: &[u8], outcome: &str, place: &str) -> Vec<u32> {
        let done = outcome.starts_with("AA");
        let changed: Vec<u32> = if sent.act == Act::NominatedRelease {
            let released = if done { released_ids(reply) } else { Vec::new() };
            released.iter().map(|id| self.number_of(id, place)).collect()
        } else {
            // A cancellation that waits is not done, and yet it is noted.
            let noted = sent.act == Act::Cancel && self.is_noted(sent.prescription, place);
            if done || noted { vec![sent.prescription] } else { Vec::new() }
        };
        if changed.is_empty() && sent.prescription > 0 {
            self.check_unchanged(sent.prescription, place);
        }
        for number in &changed {
            self.check_change(*number, sent, done, place);
        }
        if !changed.is_empty() {
            self.check_kept(sent, reply, place);
        }
        changed
    }

    fn number_of(&self, id: &str, place: &str) -> u32 {
        let found = self.known.keys().find(|number| prescription_id(**number).as_str() == id);
        *found.unwrap_or_else(|| panic!("{place}: released {id}, which was not sent"))
    }

    fn is_noted(&self, number: u32, place: &str) -> bool {
        let known = self.known.get(&number).and_then(|known| known.record.as_ref()).map(Record::version);
        self.record(number, place).as_ref().map(Record::version) != known
    }

    /// A refused or repeated message changes nothing.
    pub(super) fn check_unchanged(&self, number: u32, place: &str) {
        let stored = self.record(number, place);
        let known = self.known.get(&number).and_then(|known| known.record.as_ref());
        assert_eq!(stored.as_ref(), known, "{place}: something changed");
    }

    /// What was answered is there, with its reply.
    fn check_kept(&self, sent: &Sent, reply: &[u8], place: &str) {
        let message = crate::messages::message_id(sent.number);
        let answered = self.broker.store().answered(message).unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(answered.map(|answered| answered.reply).as_deref(), Some(reply), "{place}: the reply is not kept");
    }

    /// A record after a message that changed it.
    fn check_change(&mut self, number: u32, sent: &Sent, done: bool, place: &str) {
        let record = self.record(number, place).unwrap_or_else(|| panic!("{place}: the record is gone"));
        let before = self.known.entry(number).or_default().record.take();
        let version = before.as_ref().map_or(1, Record::version);
        assert_eq!(record.version(), version + 1, "{place}: one message, one effect");
        if let Some(before) = &before {
            let current = matches!(sent.act, Act::NominatedRelease | Act::ReleaseById | Act::Cancel | Act::Return);
            let asked = if current || before.last_issue() == IssueNumber::FIRST {
                before.issues().current()
            } else {
                sent.issue
            };
            let status = before.issues().get(asked).map(|issue| issue.status());
            let allowed = status.is_some_and(|status| allows(sent, status));
            assert!(!done || allowed, "{place}: {status:?} does not allow it");
            self.check_transitions(before, &record, sent.act, place);
            self.check_holder(before, &record, number, sent, place);
            if done && matches!(sent.act, Act::Claim | Act::AmendClaim) && !sent.amends {
                let claims = self.known.entry(number).or_default().claims.entry(asked).or_default();
                *claims += 1;
                assert_eq!(*claims, 1, "{place}: claimed twice");
            }
        }
        self.check_record(&record, place);
        self.known.entry(number).or_default().record = Some(record);
    }

    /// An issue is with one dispenser: until that one gives it back, nobody else gets it.
    fn check_holder(&mut self, before: &Record, after: &Record, number: u32, sent: &Sent, place: &str) {
        let issue = before.issues().current();
        let holders = &mut self.known.entry(number).or_default().holders;
        if matches!(sent.act, Act::NominatedRelease | Act::ReleaseById) {
            let earlier = holders.insert(issue, ods(sent.by));
            assert_eq!(earlier, None, "{place}: issue {issue} was handed out twice");
            let to = after.issues().get(issue).and_then(|issue| issue.state().dispenser()).cloned();
            assert_eq!(to, Some(ods(sent.by)), "{place}");
        }
        if sent.act == Act::Return {
            let holder = holders.remove(&issue);
            assert_eq!(holder, Some(ods(sent.by)), "{place}: returned by another");
        }
    }

    /// What is complete stays so, but for the ways out; the log tells every change of a status, once.
    fn check_transitions(&self, before: &Record, after: &Record, act: Act, place: &str) {
        let logged = after.timeline().iter().filter(|entry| entry.version > before.version());
        let told: BTreeSet<IssueNumber> =
            logged.flat_map(|entry| entry.changes.iter().map(|change| change.issue)).collect();
        for (number, issue) in after.issues().iter() {
            let Some(was) = before.issues().get(number) else { continue };
            let (from, to) = (was.status().code(), issue.status().code());
            if completed(from) && from != to {
                assert!(way_out(act, from, to), "{place}: issue {number} went from {from} to {to}");
            }
            let changed = from != to || was.state().items() != issue.state().items();
            assert!(!changed || told.contains(&number), "{place}: a change of issue {number} was not logged");
        }
    }

    /// What holds for every record at any time.
    pub(super) fn check_record(&mut self, record: &Record, place: &str) {
        for (number, issue) in record.issues().iter() {
            let status = issue.status();
            *self.tally.statuses.entry(status.code()).or_default() += 1;
            for (_, item) in issue.state().items() {
                let fits = allowed_items(status).contains(&item.code());
                assert!(fits, "{place}: issue {number} has {} with {}", status.code(), item.code());
            }
        }
        let open = |code: &str| matches!(code, "0000" | "0001" | "0002");
        let out = record.issues().iter().filter(|(_, issue)| open(issue.status().code())).count();
        assert!(out <= 1, "{place}: {out} issues are out at once");
        let current = record.issues().current();
        assert!(record.issues().get(current).is_some(), "{place}: the current issue is missing");
        let terms = record.index_terms(&Periods::SPINE);
        let statuses: BTreeSet<&str> = record.issues().iter().map(|(_, issue)| issue.status().code()).collect();
        let prescriber = record.prescriber();
        let expected: BTreeSet<String> = statuses.iter().map(|status| format!("{prescriber}_{status}")).collect();
        assert_eq!(terms.get("prescribingSiteStatus_bin"), Some(&expected), "{place}");
    }

    /// After time has passed: nothing is due any more, and what changed did so by itself.
    pub(super) fn check_time(&mut self, place: &str) {
        let today = self.now().date();
        let numbers: Vec<u32> = self.known.keys().copied().collect();
        for number in numbers {
            let Some(before) = self.known.entry(number).or_default().record.take() else { continue };
            let Some(record) = self.record(number, place) else {
                // Its messages are let go with it, and its id may be used anew once that is forgotten too.
                self.known.insert(number, super::Known::default());
                self.accepted.retain(|accepted| !accepted.prescriptions.contains(&number));
                self.tally.deleted += 1;
                continue;
            };
            let next = record.next_activity(&Periods::SPINE);
            let due = next.is_some_and(|next| next.date <= today);
            assert!(!due || is_held(&record), "{place}: {next:?} is still due to {number}");
            self.check_transitions(&before, &record, Act::Wait, place);
            self.check_record(&record, place);
            self.known.entry(number).or_default().record = Some(record);
        }
    }

    /// The queues hold what the records say, every document is there, and no record is lost.
    pub(super) fn check_all(&mut self) {
        let place = self.place("checking all");
        let mut queues: BTreeSet<(String, PrescriptionId)> = BTreeSet::new();
        for (number, known) in &self.known {
            let stored = self.record(*number, &place);
            assert_eq!(stored, known.record, "{place}: prescription {number} is not what it was");
            let Some(record) = stored else { continue };
            if let Some(pharmacy) = record.waits_for() {
                queues.insert((pharmacy.to_string(), record.id().clone()));
            }
            for key in record.documents() {
                let document = self.broker.document(*key).unwrap_or_else(|error| panic!("{place}: {error}"));
                assert!(!document.is_empty(), "{place}");
            }
        }
        let mut found = BTreeSet::new();
        for pharmacy in ["FA565", "FA666", "FCG71"] {
            let waiting = self.broker.store().waiting(&ods(pharmacy), None, 1000);
            let waiting = waiting.unwrap_or_else(|error| panic!("{place}: {error}"));
            found.extend(waiting.into_iter().map(|waiting| (pharmacy.to_owned(), waiting.id)));
        }
        assert_eq!(found, queues, "{place}: the queues are not those of the records");
        self.check_told();
    }

    /// Of each message that was accepted lately, the reply can be read and answers it.
    fn check_told(&self) {
        for accepted in self.accepted.iter().rev().take(5) {
            let reply = hl7v3::read(&accepted.reply).unwrap_or_else(|problems| panic!("{problems}"));
            let refers = reply.acknowledgement.as_ref().map(|outcome| outcome.refers_to);
            assert_eq!(refers, Some(accepted.message));
            assert!(!matches!(reply.message, Message::Prescription(_)));
        }
    }
}
