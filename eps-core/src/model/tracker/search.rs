//! The answer of the prescription search: one entry for each prescription, with its issues.

use std::fmt;

use super::SpineTime;
use crate::codes::{PrescriptionStatus, TreatmentType};
use crate::ids::{NhsNumber, OdsCode, WrittenPrescriptionId};
use crate::model::{Code, Text};

/// The id of a prescription that Spine holds: those of EPS Release 1 are no short-form ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an id has the short form or it has not")]
pub enum SpinePrescriptionId {
    /// The short form of Release 2.
    Short(WrittenPrescriptionId),
    /// Anything else, in practice the UUID of a Release 1 prescription with its check character.
    Other(Code),
}

impl SpinePrescriptionId {
    /// The id as Spine writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Short(id) => id.as_str(),
            Self::Other(id) => id.as_str(),
        }
    }

    /// The short form, where it is one.
    #[must_use]
    pub const fn short(&self) -> Option<&WrittenPrescriptionId> {
        match self {
            Self::Short(id) => Some(id),
            Self::Other(_) => None,
        }
    }
}

impl fmt::Display for SpinePrescriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for SpinePrescriptionId {
    type Err = crate::model::TextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(short) => Ok(Self::Short(short)),
            Err(_) => text.parse().map(Self::Other),
        }
    }
}

/// What the prescription search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchAnswer {
    /// The prescriptions, in the order of the answer.
    pub prescriptions: Vec<FoundPrescription>,
}

/// A patient's name in the parts that Spine's index keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundName {
    /// Title.
    pub prefix: Option<Text>,
    /// Given names.
    pub given: Option<Text>,
    /// Family name.
    pub family: Option<Text>,
    /// What follows the name.
    pub suffix: Option<Text>,
}

/// A prescription that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPrescription {
    /// Its id.
    pub id: SpinePrescriptionId,
    /// The message that brought it.
    pub message: Option<Code>,
    /// The patient.
    pub nhs_number: NhsNumber,
    /// The patient's name.
    pub name: FoundName,
    /// Who prescribed.
    pub prescriber: Option<OdsCode>,
    /// The nominated dispenser.
    pub nominated: Option<OdsCode>,
    /// The dispensers of its issues, joined with `|`.
    pub dispensers: Option<Code>,
    /// What Spine does with the record next: `expire`, `purge`, ...
    pub next_activity: Option<Code>,
    /// Its issues.
    pub issues: Vec<FoundIssue>,
    /// When it was prescribed.
    pub prescribed: Option<SpineTime>,
    /// When it was done with.
    pub completed: Option<SpineTime>,
    /// How it is issued.
    pub treatment_type: TreatmentType,
    /// The number of issues.
    pub max_repeats: Option<u32>,
}

impl FoundPrescription {
    /// Whether the record waits only to be purged.
    #[must_use]
    pub fn is_purged_next(&self) -> bool {
        self.next_activity.as_ref().is_some_and(|activity| activity.as_str() == "purge")
    }
}

/// An issue of a prescription that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundIssue {
    /// Its number, from 1.
    pub number: u32,
    /// When it was released.
    pub released: Option<SpineTime>,
    /// Its status.
    pub status: PrescriptionStatus,
    /// How many cancellations it has seen.
    pub cancellations: u32,
    /// Whether a cancellation of the prescription waits for the dispenser.
    pub cancellation_pending: bool,
    /// Whether a cancellation of an item waits for the dispenser.
    pub item_cancellation_pending: bool,
}
