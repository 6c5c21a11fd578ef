//! What a patient is told of an item while the pharmacy prepares it.

use super::table::vocabulary;

vocabulary! {
    /// The status of an item for its patient.
    PatientStatus(fhir "https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt") {
        WithPharmacy = "With Pharmacy", "With Pharmacy";
        PreparingRemainder = "With Pharmacy - Preparing Remainder", "With Pharmacy - Preparing Remainder";
        CollectPartial = "Ready to Collect - Partial", "Ready to Collect - Partial";
        DispatchPartial = "Ready to Dispatch - Partial", "Ready to Dispatch - Partial";
        Collect = "Ready to Collect", "Ready to Collect";
        Dispatch = "Ready to Dispatch", "Ready to Dispatch";
        Collected = "Collected", "Collected";
        Dispatched = "Dispatched", "Dispatched";
        NotDispensed = "Not Dispensed", "Not Dispensed";
    }
}

impl PatientStatus {
    /// The status of this name, in capitals or small letters.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|status| status.code().eq_ignore_ascii_case(name)).copied()
    }

    /// Whether nothing may have to follow it.
    #[must_use]
    pub const fn may_be_last(self) -> bool {
        match self {
            Self::WithPharmacy | Self::PreparingRemainder | Self::CollectPartial | Self::DispatchPartial => false,
            Self::Collect | Self::Dispatch | Self::Collected | Self::Dispatched | Self::NotDispensed => true,
        }
    }

    /// Whether nothing can follow it.
    #[must_use]
    pub const fn is_last_only(self) -> bool {
        match self {
            Self::Collected | Self::Dispatched | Self::NotDispensed => true,
            Self::WithPharmacy
            | Self::PreparingRemainder
            | Self::CollectPartial
            | Self::DispatchPartial
            | Self::Collect
            | Self::Dispatch => false,
        }
    }
}
