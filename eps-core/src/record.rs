//! The prescription record and its life: a pure function of (record, command, time).
//!
//! ```text
//!   Option<Record> ─┐
//!   Command ────────┼─▶ decide ─┬─▶ Accepted { record, reply, effects }
//!   Received, time ─┘           └─▶ Refusal: code, vocabulary, text
//! ```
//!
//! | For | see |
//! |---|---|
//! | what a status is and what follows it | [`state`] |
//! | which item statuses go with it | [`items`] |
//! | what is asked of a record | [`Command`], made from messages by its `from_message` functions |
//! | why it says no | [`Refusal`] |
//! | when something happens by itself | [`Record::next_activity`], [`pass_time`] |
//! | day counts, and what no source settles | [`Periods`] |
//! | records in Spine's own form | [`Record::from_spine`] |
//!
//! Nothing here reads a clock, draws a random number or touches a store. The signed prescription is not in the record:
//! it is a document, and the record holds its key.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes::{CancellationResult, DispensingSitePreference, InteractionId, PrescriptionStatus, TreatmentType};
use crate::ids::{LineItemId, MessageId, NhsNumber, OdsCode, PrescriptionId, PrescriptionUuid};
use crate::model::{Code, Date, OtherDispenser, SignedDocument, Timestamp};

mod activity;
mod admin;
mod cancel;
mod cancellation;
mod change;
mod claim;
mod command;
mod create;
mod dispense;
mod handback;
mod index;
mod issue;
pub mod items;
mod metadata;
mod parts;
mod policy;
mod rebuild;
mod refusal;
mod release;
mod spine;
pub mod state;
mod stored;
mod time;
mod timeline;
mod withdraw;

#[cfg(test)]
mod admin_tests;
#[cfg(test)]
mod cancel_tests;
#[cfg(test)]
mod handback_tests;
#[cfg(test)]
mod lifetimes;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod time_tests;

pub use activity::{Activity, NextActivity};
pub use admin::{AdminTarget, AdminUpdate, Update};
pub use cancellation::{Cancellation, CancellationTarget, FailedCancellation, WhyFailed};
pub use command::{
    CancelOf, ClaimOf, Command, Create, Notification, NotifiedItem, PrescribedItem, RebuildOf, ReleaseHow, ReleaseTo,
    ReturnOf, WithdrawOf,
};
pub use index::IndexTerms;
pub use issue::{Issue, IssueNumber, Issues, NoIssueNumber, Snapshot, Window};
pub use metadata::Documents;
pub use policy::Periods;
pub use refusal::{Fault, Invalid, NotCancelled, Refusal};
pub use spine::{Misplaced, UnreadableRecord};
pub use stored::StoredRecordError;
pub use time::{Passed, pass_time};
pub use timeline::{Change, Entry, Event, Statuses, Who};

/// Names a stored document: the id of the message that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentKey(MessageId);

impl DocumentKey {
    /// The document that this message brought.
    #[must_use]
    pub const fn of(message: MessageId) -> Self {
        Self(message)
    }

    /// The message that brought it.
    #[must_use]
    pub const fn message(self) -> MessageId {
        self.0
    }
}

/// Where the signed prescription is, and which namespaces were declared around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignedAt {
    /// The document: the `ParentPrescription` element, byte for byte.
    pub key: DocumentKey,
    /// Prefix and namespace of every declaration that was in scope outside of it.
    pub namespaces: Vec<(Box<str>, Box<str>)>,
}

impl SignedAt {
    /// The document again, from the bytes that were stored under the key.
    #[must_use]
    pub fn document(&self, xml: impl Into<Box<str>>) -> SignedDocument {
        SignedDocument { xml: xml.into(), namespaces: self.namespaces.clone() }
    }
}

/// What the record keeps of the patient. `Debug` withholds it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Patient {
    /// The NHS number.
    pub nhs_number: NhsNumber,
    /// The date of birth; a cancellation that comes before its prescription need not tell it.
    pub birth_date: Option<Date>,
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Patient(withheld)")
    }
}

/// The nomination of a dispenser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Nomination {
    /// The dispenser; `None` once it has returned the prescription.
    pub performer: Option<OdsCode>,
    /// The kind of dispenser.
    pub kind: DispensingSitePreference,
    /// Dispensers that returned the prescription.
    pub history: Vec<OdsCode>,
}

/// What only the prescription itself tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Uploaded {
    /// The long form of its id; a record that was read in Spine's form does not have it.
    pub uuid: Option<PrescriptionUuid>,
    /// Where the signed prescription is.
    pub signed: SignedAt,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Who prescribed in which setting.
    pub prescription_type: Code,
}

/// All that is known of a prescription's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    id: PrescriptionId,
    version: u32,
    uploaded: Option<Uploaded>,
    documents: Vec<DocumentKey>,
    patient: Patient,
    treatment: TreatmentType,
    prescribed: Timestamp,
    prescriber: OdsCode,
    days_supply: u16,
    last_issue: IssueNumber,
    nomination: Option<Nomination>,
    issues: Issues,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pending: Vec<Cancellation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failed: Vec<FailedCancellation>,
    timeline: Vec<Entry>,
}

impl Record {
    /// The short form of the prescription's id.
    #[must_use]
    pub fn id(&self) -> &PrescriptionId {
        &self.id
    }

    /// Counts the changes; the first stored version is 2, as in Spine.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What the prescription itself told; `None` while only its cancellation has come.
    #[must_use]
    pub fn uploaded(&self) -> Option<&Uploaded> {
        self.uploaded.as_ref()
    }

    /// Every document of the prescription, oldest first.
    #[must_use]
    pub fn documents(&self) -> &[DocumentKey] {
        &self.documents
    }

    /// The patient.
    #[must_use]
    pub fn patient(&self) -> &Patient {
        &self.patient
    }

    /// Acute, repeat prescribing or repeat dispensing.
    #[must_use]
    pub fn treatment(&self) -> TreatmentType {
        self.treatment
    }

    /// From when the prescription is valid. All expiry counts from its day.
    #[must_use]
    pub fn prescribed(&self) -> Timestamp {
        self.prescribed
    }

    /// The organisation that prescribed.
    #[must_use]
    pub fn prescriber(&self) -> &OdsCode {
        &self.prescriber
    }

    /// The nomination, where there was one.
    #[must_use]
    pub fn nomination(&self) -> Option<&Nomination> {
        self.nomination.as_ref()
    }

    /// The number of the last issue.
    #[must_use]
    pub fn last_issue(&self) -> IssueNumber {
        self.last_issue
    }

    /// The issues.
    #[must_use]
    pub fn issues(&self) -> &Issues {
        &self.issues
    }

    /// The issue that can be acted on; `None` where a migrated record lacks it.
    #[must_use]
    pub fn current(&self) -> Option<&Issue> {
        self.issues.get(self.issues.current())
    }

    /// Cancellations that wait: for the prescription, or for its dispenser to give it back.
    #[must_use]
    pub fn pending_cancellations(&self) -> &[Cancellation] {
        &self.pending
    }

    /// Cancellations that waited, or asked again for what waited already, and had no effect.
    #[must_use]
    pub fn failed_cancellations(&self) -> &[FailedCancellation] {
        &self.failed
    }

    /// The change log, oldest first.
    #[must_use]
    pub fn timeline(&self) -> &[Entry] {
        &self.timeline
    }

    /// The pharmacy in whose queue the prescription waits. What is not yet ready waits in none.
    #[must_use]
    pub fn waits_for(&self) -> Option<&OdsCode> {
        let ready = self.current().is_some_and(|issue| issue.status() == PrescriptionStatus::ToBeDispensed);
        self.nomination.as_ref().filter(|_| ready)?.performer.as_ref()
    }
}

/// The message that asks, and when it was handled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The id of the message.
    pub message: MessageId,
    /// Its interaction.
    pub interaction: InteractionId,
    /// Who sent it.
    pub who: Who,
    /// When it is handled.
    pub at: Timestamp,
}

impl Received {
    /// A message and the time at which it is handled.
    #[must_use]
    pub fn new(message: MessageId, interaction: InteractionId, who: Who, at: Timestamp) -> Self {
        Self { message, interaction, who, at }
    }
}

/// What follows from a command.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The record from now on.
    pub record: Record,
    /// What the sender is told.
    pub reply: Reply,
    /// What else must happen, in the same transaction.
    pub effects: Vec<Effect>,
}

/// What the sender of an accepted message is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every reply must be written")]
pub enum Reply {
    /// It is done.
    Done(Event),
    /// Here is the prescription.
    Released(Box<Handover>),
    /// What became of the cancellation.
    Cancellation(Box<CancelAnswer>),
}

/// What became of a cancellation that was noted. Only [`CancellationResult::Cancelled`] is a success.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelAnswer {
    /// What became of it.
    pub result: CancellationResult,
    /// The dispenser that has the prescription, where one does.
    pub performer: Option<OtherDispenser>,
}

/// What a prescriber is told when a cancellation that had to wait is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SubsequentAnswer {
    /// The document of the cancellation.
    pub cancellation: DocumentKey,
    /// The item that was cancelled; `None` says that the prescription was.
    pub item: Option<LineItemId>,
    /// What became of it.
    pub result: CancellationResult,
}

/// A prescription handed to a dispenser.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Handover {
    /// The signed document to send.
    pub signed: SignedAt,
    /// Which issue.
    pub issue: IssueNumber,
    /// Its statuses before the release: these are the ones a dispenser is shown. 0000 is shown as 0001.
    pub shown: Statuses,
    /// When the issue before it was dispensed.
    pub prior_dispensed: Option<Timestamp>,
}

/// What else follows from a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Effect {
    /// The message's document is kept under this key.
    Keep(DocumentKey),
    /// A prescription waits for this pharmacy from now on.
    Wake(OdsCode),
    /// The reimbursement body is to see this document.
    Reimburse(DocumentKey),
    /// The prescriber is to be told what became of a cancellation.
    Answer(SubsequentAnswer),
}

/// Decides a command on the record of its prescription, or on there being none.
///
/// # Errors
/// The [`Refusal`]; nothing has changed then.
pub fn decide(
    record: Option<Record>,
    command: Command,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    match command {
        Command::Create(create) => create::decide(record, *create, received, periods),
        Command::Release(release) => {
            release::decide(record.ok_or(Refusal::NothingToRelease)?, *release, received, periods)
        }
        Command::Notify(notification) => {
            dispense::decide(record.ok_or(Refusal::PrescriptionNotFound)?, &notification, received, periods)
        }
        Command::Claim(claim) => claim::decide(record.ok_or(Refusal::PrescriptionNotFound)?, &claim, received, periods),
        Command::Cancel(cancel) => cancel::decide(record, *cancel, received, periods),
        Command::Return(returned) => {
            handback::decide(record.ok_or(Refusal::PrescriptionNotFound)?, &returned, received, periods)
        }
        Command::Withdraw(withdrawal) => {
            withdraw::decide(record.ok_or(Refusal::PrescriptionNotFound)?, &withdrawal, received)
        }
        Command::Rebuild(history) => {
            rebuild::decide(record.ok_or(Refusal::PrescriptionNotFound)?, &history, received, periods)
        }
        Command::Administer(update) => {
            admin::decide(record.ok_or(Refusal::PrescriptionNotFound)?, &update, received, periods)
        }
    }
}
