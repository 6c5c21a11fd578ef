//! Why a record refuses a message, and what the sender is told: code, vocabulary and text.

use std::borrow::Cow;

use crate::codes::{CancellationResult, ItemStatus, PrescriptionStatus, ReleaseFault, oid};
use crate::model::OtherDispenser;

/// Why a message changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is a prescription with this id already.
    #[error("there is a prescription with this id already")]
    DuplicatePrescription,
    /// The prescription is not signed.
    #[error("the prescription is not signed")]
    SignatureMissing,
    /// There is no prescription with this id, or not that issue of it.
    #[error("there is no such prescription")]
    PrescriptionNotFound,
    /// The status does not allow what was asked.
    #[error("a prescription with status {} cannot be given the status {}", .from.code(), .to.code())]
    StateTransition {
        /// Its status.
        from: PrescriptionStatus,
        /// The status that the message asks for.
        to: PrescriptionStatus,
    },
    /// An item's status does not allow what was asked.
    #[error("item {order} with status {} cannot be given the status {}", .from.code(), .to.code())]
    ItemTransition {
        /// The item's position on the prescription.
        order: u8,
        /// Its status.
        from: ItemStatus,
        /// The status that the message asks for.
        to: ItemStatus,
    },
    /// The message does not name the prescription's items, each once.
    #[error("the message does not name each item of the prescription once")]
    ItemNotFound,
    /// The issue cannot be claimed with this status.
    #[error("a prescription with status {} cannot be claimed", .0.code())]
    NotClaimable(PrescriptionStatus),
    /// The message speaks of another issue, or of other numbers of repeats.
    #[error("the repeat numbers are not those of the prescription")]
    RepeatMismatch,
    /// What is to be amended is not the last dispense notification.
    #[error("the message amends something else than the last dispense notification")]
    NotLastDispense,
    /// What is to be amended is not the claim in force.
    #[error("the message amends something else than the claim in force")]
    NotLastClaim,
    /// The time to amend the claim is over.
    #[error("the time to amend the claim is over")]
    ClaimPeriodOver,
    /// A release asks for a cancelled prescription.
    #[error("the prescription has been cancelled")]
    Cancelled,
    /// A release asks for an expired prescription.
    #[error("the prescription has expired")]
    Expired,
    /// A release asks for a prescription that is not known, or not yet.
    #[error("there is no such prescription to release")]
    NothingToRelease,
    /// A release asks for a prescription that a dispenser has.
    #[error("another dispenser has the prescription")]
    WithAnotherDispenser(Box<OtherDispenser>),
    /// A release asks for a prescription that is complete.
    #[error("the prescription has been dispensed")]
    AlreadyDispensed,
    /// No prescription waits for the pharmacy.
    #[error("no more prescriptions wait for the pharmacy")]
    NoMorePrescriptions,
    /// A cancellation has no effect, and is not noted.
    #[error("not cancelled: {}", .0.result.display())]
    NotCancelled(Box<NotCancelled>),
    /// The change log can take no more events.
    #[error("the change log is full")]
    LogFull,
    /// Something in the message is missing or wrong.
    #[error("the message cannot be processed: {0}")]
    Unprocessable(Invalid),
}

/// Why a cancellation has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotCancelled {
    /// The answer.
    pub result: CancellationResult,
    /// The dispenser that had the prescription, where one did.
    pub performer: Option<OtherDispenser>,
}

/// What is missing or wrong in a message. The texts are those that Spine appends to its error 5000.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The sender's organisation.
    #[error("agentOrganization has invalid format")]
    Organisation,
    /// The patient's NHS number is not that of the prescription.
    #[error("Mismatch between prescription and dispense notification NHSNumber")]
    NhsNumber,
    /// The patient's NHS number of a cancellation is not that of the prescription.
    #[error("Mismatch between prescription and cancellation NHSNumber")]
    CancellationNhsNumber,
    /// The patient's NHS number of a withdrawal is not that of the prescription.
    #[error("Mismatch between prescription and withdrawal NHSNumber")]
    WithdrawalNhsNumber,
    /// What an administrative update would make is not a valid record.
    #[error("Record consistency check failure")]
    Inconsistent,
    /// The signature is refused.
    #[error("Invalid digital signature")]
    Signature,
    /// The prescription id's check character.
    #[error("prescriptionID has invalid checksum")]
    PrescriptionIdCheck,
    /// A create-time rule, in its words.
    #[error("{0}")]
    Create(Cow<'static, str>),
}

/// An error as it is sent: the same code means different things in different vocabularies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The OID of the vocabulary: that of releases (…16.34) or that of processing (…17.22).
    pub system: &'static str,
    /// The code, 4 digits.
    pub code: &'static str,
    /// The code in words.
    pub text: String,
}

impl Fault {
    fn processing(code: &'static str, text: &str) -> Self {
        Self { system: oid::PROCESSING_ERROR, code, text: text.to_owned() }
    }

    fn release(fault: ReleaseFault) -> Self {
        Self { system: ReleaseFault::OID, code: fault.code(), text: fault.display().to_owned() }
    }
}

impl Refusal {
    /// The dispenser that has the prescription, where that is why.
    #[must_use]
    pub fn other_dispenser(&self) -> Option<&OtherDispenser> {
        if let Self::WithAnotherDispenser(other) = self { Some(other) } else { None }
    }

    /// What the sender is told.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::DuplicatePrescription => Fault::processing("0002", "Duplicate prescription ID exists"),
            Self::SignatureMissing => Fault::processing("0003", "Digital signature not found"),
            Self::PrescriptionNotFound => {
                Fault::processing("0005", "Prescription can not be found. Contact prescriber")
            }
            Self::StateTransition { .. } => Fault::processing("0012", "Invalid State Transition for Prescription"),
            Self::ItemTransition { .. } => Fault::processing("0013", "Invalid State Transition for Prescription Item"),
            Self::ItemNotFound => Fault::processing("0014", "Prescription Item Not found"),
            Self::NotClaimable(_) => Fault::processing("0015", "Invalid Claim. Prescription is not Dispensed"),
            Self::RepeatMismatch => Fault::processing("0018", "Mismatch in authorised repeat counts"),
            Self::NotLastDispense => {
                let text = "Dispense Amendment/Cancellation Request does not pertain to Last Dispense";
                Fault::processing("0021", text)
            }
            Self::NotLastClaim => {
                Fault::processing("0021", "Replacement target does not match existing claim reference on record")
            }
            Self::ClaimPeriodOver => {
                Fault::processing("0100", "Claim amendment is not permitted outside of the claim period")
            }
            Self::LogFull => Fault::processing("9999", "failure to process message"),
            Self::NotCancelled(not) => Fault {
                system: CancellationResult::OID,
                code: not.result.code(),
                text: not.result.display().to_owned(),
            },
            Self::Cancelled => Fault::release(ReleaseFault::Cancelled),
            Self::Expired => Fault::release(ReleaseFault::Expired),
            Self::NothingToRelease => Fault::release(ReleaseFault::NotFound),
            Self::WithAnotherDispenser(_) => Fault::release(ReleaseFault::WithAnotherDispenser),
            Self::AlreadyDispensed => Fault::release(ReleaseFault::Dispensed),
            Self::NoMorePrescriptions => Fault::release(ReleaseFault::NoMorePrescriptions),
            Self::Unprocessable(invalid) => {
                let fault = Fault::release(ReleaseFault::UnableToProcess);
                Fault { text: format!("{} - {invalid}", fault.text), ..fault }
            }
        }
    }
}

impl From<NotCancelled> for Refusal {
    fn from(not: NotCancelled) -> Self {
        Self::NotCancelled(Box::new(not))
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self::Unprocessable(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_sent_as_spine_words_it() {
        let sent = |refusal: Refusal| {
            let Fault { system, code, text } = refusal.fault();
            (system.rsplit_once("2.4.").unwrap().1, code, text)
        };
        for (refusal, system, code, text) in [
            (Refusal::DuplicatePrescription, "17.22", "0002", "Duplicate prescription ID exists"),
            (Refusal::SignatureMissing, "17.22", "0003", "Digital signature not found"),
            (Refusal::PrescriptionNotFound, "17.22", "0005", "Prescription can not be found. Contact prescriber"),
            (
                Refusal::NotClaimable(PrescriptionStatus::Claimed),
                "17.22",
                "0015",
                "Invalid Claim. Prescription is not Dispensed",
            ),
            (Refusal::Cancelled, "16.34", "0001", "Prescription has been cancelled"),
            (Refusal::Expired, "16.34", "0002", "Prescription has expired"),
            (Refusal::NoMorePrescriptions, "16.34", "0006", "No more nominated prescriptions available"),
            (
                Refusal::Unprocessable(Invalid::Create("daysSupply cannot exceed 366".into())),
                "16.34",
                "5000",
                "Unable to process message. Information missing or invalid - daysSupply cannot exceed 366",
            ),
        ] {
            assert_eq!(sent(refusal), (system, code, text.to_owned()));
        }
    }
}
