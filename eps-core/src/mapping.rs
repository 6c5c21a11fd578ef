//! What becomes of each field when a message goes from one wire to the other.
//!
//! Each kind of message has a [`Table`] for each direction: what is carried, derived, defaulted and dropped. [`report`] lays it
//! over a source and its result, so that it can be read for one message what became of every value; `docs/mapping.md` is the
//! tables themselves. That they tell the truth is tested by changing each value of a message and looking at what changes.

use serde::Serialize;

use crate::model::Envelope;
use crate::rules;

mod from_fhir;
mod from_hl7v3;
mod leaves;
mod pattern;
mod report;

pub use leaves::{Leaf, leaves};
pub use report::{Line, Report, kind, report};

/// What becomes of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a field has no other fate; unmapped is a defect of the table")]
pub enum How {
    /// The same value, in the form of the other wire.
    Carried,
    /// Another value that follows from it.
    Derived,
    /// Nothing in the source says it: fixed by the message type, or by who sends.
    Defaulted,
    /// It has no place on the other wire.
    Dropped,
    /// The table does not know it.
    Unmapped,
}

impl How {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::Derived => "derived",
            Self::Defaulted => "defaulted",
            Self::Dropped => "dropped",
            Self::Unmapped => "unmapped",
        }
    }
}

/// Which of several values belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Every value of the message.
    Message,
    /// Those of the same line item.
    Item,
}

/// One line of a table.
///
/// A FHIR path starts at its resource, with extensions and identifiers by the last part of their URL. An XPath starts
/// anywhere. A `*` stands for anything before or after.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    /// The field of the source. Empty where it has none.
    pub from: &'static str,
    /// The field of the result. Empty where it has none, or where it follows as a whole: a reference nests what it names.
    pub to: &'static str,
    /// What becomes of it.
    pub how: How,
    /// Which values belong together.
    pub scope: Scope,
    /// The field of the source that goes before this one where a message has it. Empty where none does.
    pub unless: &'static str,
    /// Why, and by which rule.
    pub note: &'static str,
}

impl Row {
    const fn new(from: &'static str, to: &'static str, how: How, note: &'static str) -> Self {
        Self { from, to, how, scope: Scope::Message, unless: "", note }
    }

    const fn carried(from: &'static str, to: &'static str, note: &'static str) -> Self {
        Self::new(from, to, How::Carried, note)
    }

    const fn derived(from: &'static str, to: &'static str, note: &'static str) -> Self {
        Self::new(from, to, How::Derived, note)
    }

    /// What says which field another value is, or where it stands.
    const fn selects(from: &'static str, note: &'static str) -> Self {
        Self::new(from, "", How::Derived, note)
    }

    const fn defaulted(to: &'static str, note: &'static str) -> Self {
        Self::new("", to, How::Defaulted, note)
    }

    const fn dropped(from: &'static str, note: &'static str) -> Self {
        Self::new(from, "", How::Dropped, note)
    }

    const fn unless(mut self, other: &'static str) -> Self {
        self.unless = other;
        self
    }

    const fn of_item(mut self) -> Self {
        self.scope = Scope::Item;
        self
    }
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "there are two wires")]
pub enum Direction {
    /// From FHIR to HL7 v3.
    ToHl7v3,
    /// From HL7 v3 to FHIR.
    ToFhir,
}

impl Direction {
    /// The direction in which a message goes to the wire that it is not on.
    #[must_use]
    pub fn of(source: &[u8]) -> Self {
        if rules::is_xml(source) { Self::ToFhir } else { Self::ToHl7v3 }
    }
}

/// A kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// `prescription-order` and `ParentPrescription`.
    PrescriptionOrder,
    /// `prescription-order-update` and `CancellationRequest`.
    Cancellation,
    /// `CancellationResponse`, at once or later, as `prescription-order-response`.
    CancellationResponse,
    /// `CancellationResponse` that tells of no item, as an OperationOutcome.
    CancellationFailure,
    /// Release Parameters, and `NominatedPrescriptionReleaseRequest` or `PatientPrescriptionReleaseRequest`.
    ReleaseRequest,
    /// `PrescriptionReleaseResponse` as Parameters.
    ReleaseResponse,
    /// `PrescriptionReleaseResponse` whose acknowledgement refuses it, as an OperationOutcome.
    ReleaseFailure,
    /// `PrescriptionReleaseReject` as an OperationOutcome.
    ReleaseRejection,
    /// `dispense-notification` and `DispenseNotification`, amendments too.
    DispenseNotification,
    /// `Claim` and `DispenseClaim`, amendments too.
    Claim,
    /// A rejected `Task` and `DispenseProposalReturn`.
    Return,
    /// A `Task` in progress and `ETPWithdraw`.
    Withdrawal,
    /// An application acknowledgement as an OperationOutcome.
    Acknowledgement,
    /// The metadata and the clinical view of a prescription as a RequestGroup.
    Metadata,
}

/// What becomes of the fields of one kind of message in one direction.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Table {
    /// The kind.
    pub kind: Kind,
    /// The direction.
    pub direction: Direction,
    /// The message that is read, in words.
    pub from: &'static str,
    /// The message that is written, in words.
    pub to: &'static str,
    /// Its parts, some of which are those of other kinds too.
    parts: &'static [&'static [Row]],
}

impl Table {
    /// Every table, in the order of the page.
    pub const ALL: &'static [&'static [Self]] = &[from_fhir::TABLES, from_hl7v3::TABLES];

    /// Every table.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        Self::ALL.iter().copied().flatten()
    }

    /// The table of a kind and a direction.
    #[must_use]
    pub fn of(kind: Kind, direction: Direction) -> Option<&'static Self> {
        Self::all().find(|table| table.kind == kind && table.direction == direction)
    }

    /// The table of a message that goes in this direction.
    #[must_use]
    pub fn of_message(envelope: &Envelope, direction: Direction) -> Option<&'static Self> {
        kind(envelope).and_then(|kind| Self::of(kind, direction))
    }

    /// Its rows. Where several patterns match a field, the longest is meant.
    pub fn rows(&self) -> impl Iterator<Item = &'static Row> {
        self.parts.iter().copied().flatten()
    }

    /// Whether a pattern of a row matches a path without indexes.
    #[must_use]
    pub fn matches(pattern: &str, key: &str) -> bool {
        pattern::matches(pattern, key)
    }

    /// The rows of a field of the source, by its path without indexes: one field may have several targets.
    #[must_use]
    pub fn rows_from(&self, key: &str) -> Vec<&'static Row> {
        pattern::closest(self.rows(), key, |row| row.from)
    }

    /// The rows of a field of the result, by its path without indexes.
    #[must_use]
    pub fn rows_to(&self, key: &str) -> Vec<&'static Row> {
        pattern::closest(self.rows(), key, |row| row.to)
    }
}
