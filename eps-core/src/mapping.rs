//! What becomes of each field when a message goes from one wire to the other.
//!
//! Each kind of message has a table of [`Row`]s: what is carried, derived, defaulted and dropped. [`report`] lays it over a
//! source and its result, so that it can be read for one message what became of every value; `docs/mapping.md` is the
//! table itself. That the table tells the truth is tested by changing each value of a message and looking at what changes.

use serde::Serialize;

mod leaves;
mod pattern;
mod prescription_order;
mod report;

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
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row {
    /// The FHIR path from its resource, extensions and identifiers by the last part of their URL; a `*` stands for
    /// anything before or after. Empty where FHIR has no such field.
    pub fhir: &'static str,
    /// The HL7 v3 XPath, from anywhere. Empty where HL7 v3 has no such field.
    pub hl7v3: &'static str,
    /// What becomes of it on the way to HL7 v3.
    pub to_hl7v3: How,
    /// Which values belong together.
    pub scope: Scope,
    /// The FHIR field that goes before this one where a message has it. Empty where none does.
    pub unless: &'static str,
    /// Why, and by which rule.
    pub note: &'static str,
}

impl Row {
    const fn new(fhir: &'static str, hl7v3: &'static str, to_hl7v3: How, note: &'static str) -> Self {
        Self { fhir, hl7v3, to_hl7v3, scope: Scope::Message, unless: "", note }
    }

    const fn carried(fhir: &'static str, hl7v3: &'static str, note: &'static str) -> Self {
        Self::new(fhir, hl7v3, How::Carried, note)
    }

    const fn derived(fhir: &'static str, hl7v3: &'static str, note: &'static str) -> Self {
        Self::new(fhir, hl7v3, How::Derived, note)
    }

    const fn defaulted(hl7v3: &'static str, note: &'static str) -> Self {
        Self::new("", hl7v3, How::Defaulted, note)
    }

    const fn dropped(fhir: &'static str, note: &'static str) -> Self {
        Self::new(fhir, "", How::Dropped, note)
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

/// A kind of message that has a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// `prescription-order` and `ParentPrescription`.
    PrescriptionOrder,
}

impl Kind {
    /// Every kind, in the order of the page.
    pub const ALL: &'static [Self] = &[Self::PrescriptionOrder];

    /// The FHIR message and the HL7 v3 payload.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::PrescriptionOrder => "prescription-order and ParentPrescription",
        }
    }

    /// The rows of its table. Where several patterns match a field, the longest is meant.
    #[must_use]
    pub fn rows(self) -> &'static [Row] {
        match self {
            Self::PrescriptionOrder => prescription_order::ROWS,
        }
    }
}
