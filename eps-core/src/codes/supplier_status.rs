//! How one supplier tells the status of an item, in a format of its own, and what a patient is told for it.
//!
//! Source: `NHSDigital/eps-prescription-status-update-api`, `cpsuLambda`, `format_1`.

use super::PatientStatus;
use super::table::vocabulary;

vocabulary! {
    /// The status of an item, and how a completed one ended.
    SupplierStatus(own) {
        Pending = "Pending", "Pending";
        Owed = "Owed", "Owed";
        PartOwed = "PartOwed", "Part owed";
        ReadyForCollection = "ReadyForCollection", "Ready for collection";
        DispensingComplete = "DispensingComplete", "Dispensing complete";
        Collected = "Collected", "Collected";
        NotDispensed = "NotDispensed", "Not dispensed";
        Cancelled = "Cancelled", "Cancelled";
        Expired = "Expired", "Expired";
    }
}

vocabulary! {
    /// How the patient gets it.
    DeliveryType(own) {
        NotKnown = "Not known", "Not known";
        InStore = "In-Store Collection", "In-store collection";
        Robot = "Robot Collection", "Robot collection";
        Delivery = "Delivery required", "Delivery required";
    }
}

impl SupplierStatus {
    /// What the patient is told.
    #[must_use]
    pub const fn patient(self, delivery: DeliveryType) -> PatientStatus {
        match self {
            Self::Pending | Self::Owed => PatientStatus::WithPharmacy,
            Self::PartOwed => PatientStatus::PreparingRemainder,
            Self::NotDispensed | Self::Cancelled | Self::Expired => PatientStatus::NotDispensed,
            Self::ReadyForCollection if delivery.is_dispatched() => PatientStatus::Dispatch,
            Self::ReadyForCollection => PatientStatus::Collect,
            Self::DispensingComplete | Self::Collected if delivery.is_dispatched() => PatientStatus::Dispatched,
            Self::DispensingComplete | Self::Collected => PatientStatus::Collected,
        }
    }

    /// Whether nothing can follow it.
    #[must_use]
    pub const fn is_last(self) -> bool {
        match self {
            Self::Pending | Self::Owed | Self::PartOwed | Self::ReadyForCollection => false,
            Self::DispensingComplete | Self::Collected | Self::NotDispensed | Self::Cancelled | Self::Expired => true,
        }
    }

    /// Whether it is an end without a supply.
    #[must_use]
    pub const fn is_without_supply(self) -> bool {
        match self {
            Self::NotDispensed | Self::Cancelled | Self::Expired => true,
            Self::Pending
            | Self::Owed
            | Self::PartOwed
            | Self::ReadyForCollection
            | Self::DispensingComplete
            | Self::Collected => false,
        }
    }
}

impl DeliveryType {
    /// Whether it leaves the counter by other hands than the pharmacist's.
    const fn is_dispatched(self) -> bool {
        match self {
            Self::Robot | Self::Delivery => true,
            Self::NotKnown | Self::InStore => false,
        }
    }
}
