//! The words that Spine's NHS 111 tracker has for codes.

use super::{CancellationReason, ItemStatus, PrescriptionStatus, TreatmentType, UnknownCode};

/// Declares the tracker's words for the codes of a vocabulary.
macro_rules! words {
    ($name:ident { $($variant:ident = $words:literal;)* }) => {
        impl $name {
            /// The tracker's words for it.
            #[must_use]
            pub const fn tracker(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }

            /// The code that the tracker has these words for, in capitals or small letters.
            ///
            /// # Errors
            /// [`UnknownCode`] when it has none.
            pub fn from_tracker(words: &str) -> Result<Self, UnknownCode> {
                let known = Self::ALL.iter().find(|code| code.tracker().eq_ignore_ascii_case(words));
                known.copied().ok_or(UnknownCode { vocabulary: stringify!($name) })
            }
        }
    };
}

words!(PrescriptionStatus {
    AwaitingReleaseReady = "Awaiting Release Ready";
    ToBeDispensed = "To Be Dispensed";
    WithDispenser = "With Dispenser";
    WithDispenserActive = "With Dispenser - Active";
    Expired = "Expired";
    Cancelled = "Cancelled";
    Dispensed = "Dispensed";
    NotDispensed = "Not Dispensed";
    Claimed = "Claimed";
    NoClaimed = "No-Claimed";
    RepeatDispenseFutureInstance = "Repeat Dispense future instance";
    PrescriptionFutureInstance = "Prescription future instance";
    CancelledFutureInstance = "Cancelled future instance";
});

words!(ItemStatus {
    FullyDispensed = "Dispensed";
    NotDispensed = "Not Dispensed";
    PartiallyDispensed = "Dispensed - Partial";
    Owing = "Not Dispensed - Owing";
    Cancelled = "Cancelled";
    Expired = "Expired";
    ToBeDispensed = "To be Dispensed";
    WithDispenser = "With Dispenser";
});

words!(TreatmentType {
    Acute = "Acute Prescription";
    RepeatPrescribing = "Repeat Prescribing";
    RepeatDispensing = "Repeat Dispensing";
});

impl ItemStatus {
    /// The words of the prescription search for the status, two of which are not those of the dispensing side.
    #[must_use]
    pub const fn search_display(self) -> &'static str {
        match self {
            Self::Owing => "Item not dispensed - owing",
            Self::Cancelled => "Item Cancelled",
            Self::FullyDispensed
            | Self::NotDispensed
            | Self::PartiallyDispensed
            | Self::Expired
            | Self::ToBeDispensed
            | Self::WithDispenser => self.display(),
        }
    }
}

impl CancellationReason {
    /// The reason that has these words.
    ///
    /// # Errors
    /// [`UnknownCode`] when none has.
    pub fn from_words(words: &str) -> Result<Self, UnknownCode> {
        let known = Self::ALL.iter().find(|reason| reason.display() == words);
        known.copied().ok_or(UnknownCode { vocabulary: "CancellationReason" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for status in PrescriptionStatus::ALL {
            assert_eq!(PrescriptionStatus::from_tracker(status.tracker()), Ok(*status));
        }
        for status in ItemStatus::ALL {
            assert_eq!(ItemStatus::from_tracker(status.tracker()), Ok(*status));
        }
        for kind in TreatmentType::ALL {
            assert_eq!(TreatmentType::from_tracker(kind.tracker()), Ok(*kind));
        }
        assert!(PrescriptionStatus::from_tracker("Lost").is_err());
    }

    #[test]
    fn the_prescription_search_words_every_status_as_its_clients_know_it() {
        let statuses: Vec<_> = PrescriptionStatus::ALL.iter().map(|one| (one.code(), one.display())).collect();
        let known = [
            ("0000", "Awaiting Release Ready"),
            ("0001", "To be Dispensed"),
            ("0002", "With Dispenser"),
            ("0003", "With Dispenser - Active"),
            ("0004", "Expired"),
            ("0005", "Cancelled"),
            ("0006", "Dispensed"),
            ("0007", "Not Dispensed"),
            ("0008", "Claimed"),
            ("0009", "No-Claimed"),
            ("9000", "Repeat Dispense future instance"),
            ("9001", "Prescription future instance"),
            ("9005", "Cancelled future instance"),
        ];
        assert_eq!(statuses, known);
        let items: Vec<_> = ItemStatus::ALL.iter().map(|one| (one.code(), one.search_display())).collect();
        let known = [
            ("0001", "Item fully dispensed"),
            ("0002", "Item not dispensed"),
            ("0003", "Item dispensed - partial"),
            ("0004", "Item not dispensed - owing"),
            ("0005", "Item Cancelled"),
            ("0006", "Expired"),
            ("0007", "Item to be dispensed"),
            ("0008", "Item with dispenser"),
        ];
        assert_eq!(items, known);
    }
}
