//! Messages at random: mostly such as a sensible sender would send, and some that no status allows.

use eps_core::codes::{PrescriptionStatus, TreatmentType, WithdrawType};
use eps_core::ids::MessageId;
use eps_core::model::{DaysSupply, DispenseNotification, Message, RepeatNumber};
use eps_core::record::{Issue, IssueNumber, Record};
use eps_transport::store::Store;

use super::{Act, PRESCRIPTIONS, World};
use crate::messages::{
    self, OTHER_PHARMACY, PHARMACY, cancellation, dispense_claim, hand_back, history, message_id, notification,
    prescription, request, withdrawal,
};

/// The practices that prescribe and cancel.
const SURGERIES: [&str; 2] = ["A83008", "B81001"];
/// Pharmacies that ask.
const PHARMACIES: [&str; 3] = [PHARMACY, OTHER_PHARMACY, "FCG71"];
/// What is told of two items, sensibly.
const TOLD: [&str; 12] = [
    "0006: 0001 0001",
    "0006: 0001 0001",
    "0006: 0001 0002",
    "0003: 0001 0003",
    "0003: 0003 0004",
    "0003: 0001 0004",
    "0003: 0008 0001",
    "0007: 0002 0002",
    "0006: 0005 0001",
    "0006: 0001 0006",
    "0003: 0005 0003",
    "0007: 0005 0002",
];

/// A message that is sent.
pub(super) struct Sent {
    pub(super) act: Act,
    /// The number of the message.
    pub(super) number: u32,
    pub(super) bytes: Vec<u8>,
    /// The prescription it speaks of; 0 where it names none.
    pub(super) prescription: u32,
    /// The issue it speaks of.
    pub(super) issue: IssueNumber,
    /// Who sends it.
    pub(super) by: &'static str,
    /// Whether it replaces something.
    pub(super) amends: bool,
}

impl<S: Store> World<S> {
    /// A message of this kind; `None` where nothing fits.
    pub(super) fn message(&mut self, act: Act) -> Option<Sent> {
        let prescription = 1 + u32::try_from(self.dice.roll(u64::from(PRESCRIPTIONS))).ok()?;
        let by = self.sender(act, prescription);
        let issue = self.issue(prescription);
        let number = self.next_message();
        let mut sent = Sent { act, number, bytes: Vec::new(), prescription, issue, by, amends: false };
        sent.bytes = match act {
            Act::Upload => self.upload(number, prescription),
            Act::NominatedRelease => messages::nominated_release(number, by),
            Act::ReleaseById => messages::release_by_id(number, by, prescription),
            Act::Notify | Act::Amend => {
                let (bytes, amends) = self.notify(act, &sent);
                sent.amends = amends;
                bytes
            }
            Act::Claim | Act::AmendClaim => {
                let (bytes, amends) = self.claim(act, &sent);
                sent.amends = amends;
                bytes
            }
            Act::Cancel => self.cancel(&sent),
            Act::Return => hand_back(number, by, prescription, Some(u32::from(issue.get()))),
            Act::WithdrawLast => self.withdraw(&sent, WithdrawType::LastDispense)?,
            Act::WithdrawAll => self.withdraw(&sent, WithdrawType::AllDispenses)?,
            Act::Rebuild => self.rebuild(&sent),
            Act::Repeat | Act::Wait => return None,
        };
        if act == Act::NominatedRelease {
            sent.prescription = 0;
        }
        Some(sent)
    }

    fn known_record(&self, prescription: u32) -> Option<&Record> {
        self.known.get(&prescription)?.record.as_ref()
    }

    fn known_issue(&self, prescription: u32, issue: IssueNumber) -> Option<&Issue> {
        self.known_record(prescription)?.issues().get(issue)
    }

    /// Mostly the dispenser that has it.
    fn sender(&mut self, act: Act, prescription: u32) -> &'static str {
        let surgery = self.dice.pick(&SURGERIES);
        let pharmacy = self.dice.pick(&PHARMACIES);
        let holder = self.known_record(prescription).and_then(|record| record.current()?.state().dispenser());
        let holder = holder.and_then(|holder| PHARMACIES.into_iter().find(|pharmacy| *pharmacy == holder.as_str()));
        let other = self.dice.once_in(6);
        match act {
            Act::Upload | Act::Cancel => surgery,
            Act::NominatedRelease | Act::ReleaseById | Act::Repeat | Act::Wait => pharmacy,
            Act::Notify
            | Act::Amend
            | Act::Claim
            | Act::AmendClaim
            | Act::Return
            | Act::WithdrawLast
            | Act::WithdrawAll
            | Act::Rebuild => holder.filter(|_| !other).unwrap_or(pharmacy),
        }
    }

    /// Mostly the current issue, or the one before.
    fn issue(&mut self, prescription: u32) -> IssueNumber {
        let roll = self.dice.roll(8);
        let current = self.known_record(prescription).map_or(IssueNumber::FIRST, |record| record.issues().current());
        let before = IssueNumber::try_from(current.get().saturating_sub(1)).unwrap_or(current);
        let next = current.next().unwrap_or(current);
        match roll {
            0 | 1 => before,
            2 => next,
            _ => current,
        }
    }

    /// The number of issues of a prescription that will be uploaded under this number.
    fn issues_of(prescription: u32) -> u32 {
        prescription % 4
    }

    fn upload(&mut self, number: u32, of: u32) -> Vec<u8> {
        let mut upload = prescription(of, self.dice.pick(&PHARMACIES));
        let now = self.now();
        let ahead = if self.dice.once_in(5) { i64::try_from(self.dice.roll(20)).unwrap_or(0) * 86_400 } else { 0 };
        upload.message_id = message_id(number);
        upload.effective_time = now.plus_seconds(ahead);
        upload.author.time = now;
        if self.dice.once_in(4) {
            upload.nominated_performer = None;
        }
        let issues = Self::issues_of(of);
        if issues > 0 {
            let repeat = Some(RepeatNumber { low: 1, high: issues });
            let low = now.date();
            upload.treatment_type = TreatmentType::RepeatDispensing;
            upload.repeat = repeat;
            upload.days_supply = Some(DaysSupply { low: Some(low), high: Some(low.plus_months(12)), days: Some(28) });
            for item in &mut upload.line_items {
                item.repeat = repeat;
            }
            if self.dice.once_in(3)
                && let Some(item) = upload.line_items.last_mut()
            {
                item.repeat = Some(RepeatNumber { low: 1, high: 1 });
            }
        }
        request(message_id(number), Message::Prescription(Box::new(upload)))
    }

    fn told(&mut self, id: u32, sent: &Sent) -> DispenseNotification {
        let text = self.dice.pick(&TOLD);
        let mut told = notification(id, sent.by, sent.prescription, text);
        told.effective_time = self.now();
        let last = Self::issues_of(sent.prescription);
        if last > 0 {
            let repeat = Some(RepeatNumber { low: u32::from(sent.issue.get()), high: last });
            told.repeat = repeat;
            told.items.iter_mut().for_each(|item| item.repeat = repeat);
        }
        told
    }

    /// The last notification of the issue that the record tells of.
    fn last_told(&self, sent: &Sent) -> Option<MessageId> {
        self.known_issue(sent.prescription, sent.issue)?.history().last().map(|last| last.notification)
    }

    fn notify(&mut self, act: Act, sent: &Sent) -> (Vec<u8>, bool) {
        let mut told = self.told(sent.number, sent);
        told.replaces = self.last_told(sent).filter(|_| act == Act::Amend);
        let amends = told.replaces.is_some();
        (request(message_id(sent.number), Message::DispenseNotification(Box::new(told))), amends)
    }

    fn claim(&mut self, act: Act, sent: &Sent) -> (Vec<u8>, bool) {
        let mut claim = dispense_claim(sent.number, sent.by, sent.prescription);
        claim.effective_time = self.now();
        let last = Self::issues_of(sent.prescription);
        if last > 0 {
            claim.repeat = Some(RepeatNumber { low: u32::from(sent.issue.get()), high: last });
        }
        let claimed = self.known_record(sent.prescription).and_then(|record| {
            let mut claims = record.timeline().iter().rev().filter(|entry| entry.issue == sent.issue);
            claims.find(|entry| entry.interaction.is_some_and(|id| id.as_str().starts_with("PORX_IN0901")))?.message
        });
        claim.replaces = claimed.filter(|_| act == Act::AmendClaim);
        let amends = claim.replaces.is_some();
        (request(message_id(sent.number), Message::DispenseClaim(Box::new(claim))), amends)
    }

    fn cancel(&mut self, sent: &Sent) -> Vec<u8> {
        let item = match self.dice.roll(5) {
            0 | 1 => None,
            2 => Some(1),
            3 => Some(2),
            _ => Some(u8::try_from(self.dice.roll(4)).unwrap_or(0)),
        };
        let mut cancellation = cancellation(sent.number, sent.by, sent.prescription, item);
        cancellation.effective_time = self.now();
        request(message_id(sent.number), Message::Cancellation(Box::new(cancellation)))
    }

    fn withdraw(&mut self, sent: &Sent, kind: WithdrawType) -> Option<Vec<u8>> {
        let wrong = self.dice.once_in(5);
        let last = self.last_told(sent).filter(|_| !wrong);
        let last = last.or_else(|| self.accepted.last().map(|accepted| accepted.message))?;
        let issue = (Self::issues_of(sent.prescription) > 0).then(|| u32::from(sent.issue.get()));
        Some(withdrawal(sent.number, sent.prescription, issue, kind, last))
    }

    fn rebuild(&mut self, sent: &Sent) -> Vec<u8> {
        let count = 1 + self.dice.roll(2);
        let told = (0..count)
            .map(|_| {
                let id = self.next_message();
                self.told(id, sent)
            })
            .collect();
        let issue = (Self::issues_of(sent.prescription) > 0).then(|| u32::from(sent.issue.get()));
        history(sent.number, sent.prescription, issue, told)
    }
}

/// Whether the status of an issue allows what was asked of it (`prescription-record` 2.4). A release asks of the issue that
/// is current.
pub(super) fn allows(sent: &Sent, status: PrescriptionStatus) -> bool {
    let code = status.code();
    match sent.act {
        Act::NominatedRelease => code == "0001",
        Act::ReleaseById => matches!(code, "0000" | "0001"),
        Act::Notify | Act::Amend if !sent.amends => matches!(code, "0002" | "0003"),
        Act::Notify | Act::Amend => matches!(code, "0003" | "0006" | "0007" | "0008" | "0009"),
        Act::Claim | Act::AmendClaim if !sent.amends => matches!(code, "0006" | "0007"),
        Act::Claim | Act::AmendClaim => code == "0008",
        Act::Cancel => matches!(code, "0000" | "0001" | "9000" | "9001"),
        Act::Return => code == "0002",
        Act::WithdrawLast | Act::WithdrawAll => matches!(code, "0003" | "0006" | "0007"),
        Act::Rebuild => matches!(code, "0002" | "0003" | "0006" | "0007"),
        Act::Upload => code == "9005",
        Act::Repeat | Act::Wait => false,
    }
}
