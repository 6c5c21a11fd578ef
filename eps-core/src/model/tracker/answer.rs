//! The answer of the NHS 111 tracker: `nhs111itemsummary` and `nhs111itemdetails`.

use super::{SpinePrescriptionId, SpineTime};
use crate::codes::{ItemStatus, PrescriptionStatus, TreatmentType};
use crate::ids::{LineItemId, NhsNumber, OdsCode};
use crate::model::{Code, Decimal, RepeatNumber, Text};

/// Where an answer keeps its prescriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "Spine has two such services")]
pub enum AnswerForm {
    /// Under the key `prescriptions`, items with their names only.
    Summary,
    /// Beside the other keys, items with all that is known of them.
    Details,
}

/// What Spine answers to a question about prescriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerAnswer {
    /// Where the prescriptions stand.
    pub form: AnswerForm,
    /// The version of the interface: `1`.
    pub version: Option<Code>,
    /// `0` where the question was answered; anything else is an error inside HTTP 200.
    pub status_code: Code,
    /// What went wrong, in words.
    pub reason: Option<Text>,
    /// The prescriptions found, in the order of the answer.
    pub prescriptions: Vec<TrackedPrescription>,
}

impl TrackerAnswer {
    /// Whether the question was answered.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.status_code.as_str() == "0"
    }
}

/// A prescription as the tracker knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedPrescription {
    /// Its id.
    pub id: SpinePrescriptionId,
    /// The status of the current issue.
    pub status: PrescriptionStatus,
    /// How it is issued.
    pub treatment_type: TreatmentType,
    /// The current issue and the number of issues.
    pub repeat: Option<RepeatNumber>,
    /// The patient.
    pub nhs_number: NhsNumber,
    /// `R1` or `R2`.
    pub release: Option<Code>,
    /// Whether a cancellation waits for the dispenser.
    pub pending_cancellations: bool,
    /// When something happened last.
    pub last_event: Option<SpineTime>,
    /// When it was prescribed.
    pub issued: Option<SpineTime>,
    /// When it was released to a dispenser.
    pub downloaded: Option<SpineTime>,
    /// When it was dispensed.
    pub dispensed: Option<SpineTime>,
    /// When it was claimed.
    pub claimed: Option<SpineTime>,
    /// When the issue before was dispensed.
    pub last_issue_dispensed: Option<SpineTime>,
    /// Who prescribed.
    pub prescriber: Option<TrackedOrganisation>,
    /// The nominated pharmacy.
    pub nominated_pharmacy: Option<TrackedOrganisation>,
    /// The pharmacy that holds it or dispensed it.
    pub dispensing_pharmacy: Option<TrackedOrganisation>,
    /// Its items, in the order of the answer.
    pub items: Vec<TrackedItem>,
}

/// An organisation as the tracker shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedOrganisation {
    /// Its ODS code.
    pub ods: Option<OdsCode>,
    /// Its name.
    pub name: Option<Text>,
    /// Its address in one line.
    pub address: Option<Text>,
    /// Its telephone number.
    pub phone: Option<Text>,
}

/// A line item as the tracker knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedItem {
    /// Its id.
    pub id: LineItemId,
    /// The product in words.
    pub description: Option<Text>,
    /// What only the details tell.
    pub details: Option<TrackedDetails>,
}

/// What only `nhs111itemdetails` tells of a line item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedDetails {
    /// How much was prescribed.
    pub quantity: Option<Decimal>,
    /// Of which unit, in words.
    pub unit: Option<Text>,
    /// How to take it.
    pub dosage: Option<Text>,
    /// Its status.
    pub status: ItemStatus,
    /// The dm+d concept of the product.
    pub code: Option<Code>,
}
