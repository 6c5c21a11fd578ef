//! Records for the tests, all invented, and a [`Life`] to run them through.

use super::command::{
    CancelOf, ClaimOf, Create, Notification, NotifiedItem, PrescribedItem, RebuildOf, ReleaseHow, ReleaseTo, ReturnOf,
    WithdrawOf,
};
use super::items::{Open, Void};
use super::state::{Cancelled, State, ToBeDispensed, agent_of};
use super::{
    Accepted, Cancellation, CancellationTarget, Command, DocumentKey, IssueNumber, Passed, Periods, Received, Record,
    Refusal, Reply, Who, decide, pass_time,
};
use crate::codes::{CancellationReason, DispensingSitePreference, Interaction, TreatmentType, WithdrawType};
use crate::ids::{Guid, LineItemId, MessageId, OdsCode, PrescriptionUuid};
use crate::model::{Date, DaysSupply, RepeatNumber, Timestamp};

/// The day on which the samples are prescribed.
const PRESCRIBED: &str = "20260105100000";
/// The time of a new [`Life`].
const NOW: &str = "20260108100000";

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse_hl7(text).unwrap()
}

pub(super) fn day(text: &str) -> Date {
    Date::parse_hl7(text).unwrap()
}

pub(super) fn message(number: u32) -> MessageId {
    let mut bytes = [0x42; 16];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    MessageId(Guid::from_bytes(bytes))
}

fn item(number: u8) -> LineItemId {
    LineItemId(Guid::from_bytes([number; 16]))
}

pub(super) fn ods(code: &str) -> OdsCode {
    code.parse().unwrap()
}

pub(super) fn received(now: &str) -> Received {
    Received::new(message(0), Interaction::ParentPrescriptionUrgent.sm(), Who::default(), at(now))
}

/// An acute prescription of two items, nominated to FA565.
pub(super) fn create() -> Create {
    Create {
        id: "7D9625-Z72BF2-11E3AC".parse().unwrap(),
        uuid: PrescriptionUuid(Guid::from_bytes([9; 16])),
        document: DocumentKey::of(message(0)),
        namespaces: vec![("".into(), "urn:hl7-org:v3".into())],
        nhs_number: "9449304130".parse().unwrap(),
        birth_date: Some(day("19800420")),
        treatment: TreatmentType::Acute,
        prescription_type: "0101".parse().unwrap(),
        prescribed: at(PRESCRIBED),
        signed_at: Some(at(PRESCRIBED)),
        prescriber: ods("A83008"),
        nominated: Some(ods("FA565")),
        preference: DispensingSitePreference::Other,
        repeat: None,
        days_supply: None,
        items: vec![PrescribedItem { id: item(1), repeat: None }, PrescribedItem { id: item(2), repeat: None }],
    }
}

pub(super) fn create_repeat_dispensing(issues: u32) -> Create {
    let repeat = Some(RepeatNumber { low: 1, high: issues });
    Create {
        treatment: TreatmentType::RepeatDispensing,
        repeat,
        days_supply: Some(DaysSupply { low: Some(day("20260105")), high: Some(day("20261231")), days: Some(28) }),
        items: vec![PrescribedItem { id: item(1), repeat }, PrescribedItem { id: item(2), repeat }],
        ..create()
    }
}

fn made(create: Create, now: &str) -> Record {
    decide(None, Command::Create(Box::new(create)), &received(now), &Periods::SPINE).unwrap().record
}

pub(super) fn acute() -> Record {
    made(create(), PRESCRIBED)
}

pub(super) fn acute_of(prescribed: &str) -> Record {
    made(Create { prescribed: at(prescribed), ..create() }, prescribed)
}

/// A repeat dispensing prescription of this time, whose window is the year from then on.
pub(super) fn repeat_of(prescribed: &str, issues: u32) -> Record {
    let from = at(prescribed).date();
    let days_supply = Some(DaysSupply { low: Some(from), high: Some(from.plus_months(12)), days: Some(28) });
    made(Create { prescribed: at(prescribed), days_supply, ..create_repeat_dispensing(issues) }, prescribed)
}

pub(super) fn repeat_dispensing(issues: u32) -> Record {
    made(create_repeat_dispensing(issues), PRESCRIBED)
}

/// An acute prescription that is valid a month later.
pub(super) fn future() -> Record {
    made(Create { prescribed: at("20260205100000"), ..create() }, PRESCRIBED)
}

pub(super) fn with_dispenser() -> Record {
    let mut life = Life::of(acute());
    life.release("FA565", ReleaseHow::Nominated).unwrap();
    life.record
}

pub(super) fn dispensed() -> Record {
    let mut life = Life::of(with_dispenser());
    life.notify("0006: 0001 0001").unwrap();
    life.record
}

pub(super) fn claimed() -> Record {
    let mut life = Life::of(dispensed());
    life.claim(None).unwrap();
    life.record
}

pub(super) fn expired() -> Record {
    let Passed::Changed(accepted) = Life::of(acute()).at("20260705000000").pass() else { panic!() };
    accepted.record
}

pub(super) fn cancelled() -> Record {
    let mut record = acute();
    let cancel = |state| {
        let State::ToBeDispensed(ToBeDispensed { items }) = state else { panic!("{state:?}") };
        State::Cancelled(Cancelled {
            items: items.map(|_: Open| Void::Cancelled),
            completed: day("20260106"),
            dispenser: None,
        })
    };
    record.issues.change(IssueNumber::FIRST, |issue| issue.change(|state| Ok(cancel(state)))).unwrap();
    record
}

/// A record, the time, and messages to come.
pub(super) struct Life {
    pub(super) record: Record,
    now: Timestamp,
    messages: u32,
}

impl Life {
    pub(super) fn of(record: Record) -> Self {
        let messages = 100 * record.version();
        Self { record, now: at(NOW), messages }
    }

    /// The same record at another time.
    pub(super) fn at(self, now: &str) -> Self {
        Self { now: at(now), ..self }
    }

    /// The same record at this time.
    pub(super) fn from(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn later(self, seconds: i64) -> Self {
        Self { now: self.now.plus_seconds(seconds), ..self }
    }

    /// `0003: 0001 0008`: the statuses of the current issue and of its items.
    pub(super) fn statuses(&self) -> String {
        let issue = self.record.current().unwrap();
        let items = issue.state().items();
        items.iter().fold(format!("{}:", issue.status().code()), |text, (_, item)| format!("{text} {}", item.code()))
    }

    pub(super) fn decide(&mut self, command: impl FnOnce(MessageId) -> Command) -> Result<Accepted, Refusal> {
        self.messages += 1;
        let id = message(self.messages);
        let received = Received::new(id, Interaction::DispenseNotification.sm(), Who::default(), self.now);
        let accepted = decide(Some(self.record.clone()), command(id), &received, &Periods::SPINE)?;
        self.record = accepted.record.clone();
        Ok(accepted)
    }

    pub(super) fn release(&mut self, to: &str, how: ReleaseHow) -> Result<Accepted, Refusal> {
        self.decide(|id| {
            let (to, holder) = (ods(to), Box::new(agent_of(&ods(to))));
            Command::Release(Box::new(ReleaseTo { how, to, holder, request: id, document: DocumentKey::of(id) }))
        })
    }

    /// A notification about the current issue, from the form of [`Life::statuses`].
    pub(super) fn notification(&self, text: &str, id: MessageId) -> Notification {
        let (status, items) = text.split_once(':').unwrap();
        let last = u32::from(self.record.last_issue().get());
        Notification {
            id,
            document: DocumentKey::of(id),
            at: self.now,
            by: None,
            nhs_number: self.record.patient().nhs_number.clone(),
            repeat: Some(RepeatNumber { low: u32::from(self.record.issues().current().get()), high: last }),
            status: status.parse().unwrap(),
            items: (1..)
                .zip(items.split_whitespace())
                .map(|(number, status)| NotifiedItem {
                    prescribed: item(number),
                    status: status.parse().unwrap(),
                    repeats: Some(last),
                })
                .collect(),
            replaces: None,
        }
    }

    pub(super) fn notify(&mut self, text: &str) -> Result<Accepted, Refusal> {
        self.notify_with(text, |_| ())
    }

    pub(super) fn notify_with(
        &mut self,
        text: &str,
        change: impl FnOnce(&mut Notification),
    ) -> Result<Accepted, Refusal> {
        let mut told = self.notification(text, message(self.messages + 1));
        change(&mut told);
        self.decide(|_| Command::Notify(Box::new(told)))
    }

    pub(super) fn claim(&mut self, replaces: Option<MessageId>) -> Result<Accepted, Refusal> {
        self.claim_issue(self.record.issues().current().get(), replaces)
    }

    pub(super) fn claim_issue(&mut self, issue: u8, replaces: Option<MessageId>) -> Result<Accepted, Refusal> {
        let now = self.now;
        let repeat = Some(RepeatNumber { low: u32::from(issue), high: u32::from(self.record.last_issue().get()) });
        self.decide(|id| {
            Command::Claim(Box::new(ClaimOf { id, document: DocumentKey::of(id), at: now, repeat, replaces }))
        })
    }

    /// A cancellation by a practice at this time, of an item or of all.
    pub(super) fn cancellation(&self, by: &str, target: Option<u8>, id: MessageId) -> CancelOf {
        CancelOf {
            cancellation: Cancellation {
                id,
                document: DocumentKey::of(id),
                by: ods(by),
                target: target
                    .map_or(CancellationTarget::Prescription, |number| CancellationTarget::Item(item(number))),
                at: self.now,
                reasons: vec![CancellationReason::ClinicalGrounds],
            },
            nhs_number: self.record.patient().nhs_number.clone(),
            birth_date: None,
            prescription: self.record.id().clone(),
        }
    }

    /// The code of the answer to a cancellation.
    pub(super) fn cancel(&mut self, by: &str, target: Option<u8>) -> &'static str {
        self.cancel_with(by, target, |_| ())
    }

    pub(super) fn cancel_with(
        &mut self,
        by: &str,
        target: Option<u8>,
        change: impl FnOnce(&mut CancelOf),
    ) -> &'static str {
        let mut cancel = self.cancellation(by, target, message(self.messages + 1));
        change(&mut cancel);
        match self.decide(|_| Command::Cancel(Box::new(cancel))) {
            Ok(accepted) => {
                let Reply::Cancellation(answer) = accepted.reply else { panic!("{:?}", accepted.reply) };
                answer.result.code()
            }
            Err(refusal) => refusal.fault().code,
        }
    }

    pub(super) fn hand_back(&mut self, by: &str) -> Result<Accepted, Refusal> {
        let issue = Some(u32::from(self.record.issues().current().get()));
        self.decide(|id| Command::Return(ReturnOf { document: DocumentKey::of(id), by: ods(by), issue }))
    }

    pub(super) fn withdraw(&mut self, issue: u8, kind: WithdrawType, told: &[MessageId]) -> Result<Accepted, Refusal> {
        let (nhs_number, issue) = (self.record.patient().nhs_number.clone(), Some(u32::from(issue)));
        let notifications = told.to_vec();
        self.decide(|id| {
            Command::Withdraw(WithdrawOf { document: DocumentKey::of(id), nhs_number, issue, kind, notifications })
        })
    }

    /// The last notification in force of an issue.
    pub(super) fn last(&self, issue: u8) -> Option<MessageId> {
        let issue = self.record.issues().get(issue.try_into().unwrap()).unwrap();
        super::dispense::last_notification(issue.state()).map(|last| last.notification)
    }

    pub(super) fn rebuild(&mut self, issue: u8, told: &[&str]) -> Result<Accepted, Refusal> {
        self.messages += 10;
        let ids = (self.messages..).map(|number| message(number + 1000));
        let repeat = Some(RepeatNumber { low: u32::from(issue), high: u32::from(self.record.last_issue().get()) });
        let told = ids.zip(told).map(|(id, text)| Notification { repeat, ..self.notification(text, id) }).collect();
        let issue = Some(u32::from(issue));
        self.decide(|id| Command::Rebuild(RebuildOf { document: DocumentKey::of(id), issue, notifications: told }))
    }

    /// The statuses of every issue.
    pub(super) fn issues(&self) -> Vec<&'static str> {
        self.record.issues().iter().map(|(_, issue)| issue.status().code()).collect()
    }

    pub(super) fn pass(self) -> Passed {
        pass_time(self.record, self.now, &Periods::SPINE).unwrap()
    }
}
