//! Vocabularies of releasing, dispensing and claiming.

use super::table::vocabulary;

vocabulary! {
    /// The status of a prescription, or of one issue of a repeat dispensing prescription.
    PrescriptionStatus("2.16.840.1.113883.2.1.3.2.4.16.35", "https://fhir.nhs.uk/CodeSystem/EPS-task-business-status") {
        AwaitingReleaseReady = "0000", "Awaiting Release Ready";
        ToBeDispensed = "0001", "To be Dispensed";
        WithDispenser = "0002", "With Dispenser";
        WithDispenserActive = "0003", "With Dispenser - Active";
        Expired = "0004", "Expired";
        Cancelled = "0005", "Cancelled";
        Dispensed = "0006", "Dispensed";
        NotDispensed = "0007", "Not Dispensed";
        Claimed = "0008", "Claimed";
        NoClaimed = "0009", "No-Claimed";
        RepeatDispenseFutureInstance = "9000", "Repeat Dispense future instance";
        PrescriptionFutureInstance = "9001", "Prescription future instance";
        CancelledFutureInstance = "9005", "Cancelled future instance";
    }
}

vocabulary! {
    /// The status of a line item.
    ItemStatus("2.16.840.1.113883.2.1.3.2.4.17.23", "https://fhir.nhs.uk/CodeSystem/medicationdispense-type") {
        FullyDispensed = "0001", "Item fully dispensed";
        NotDispensed = "0002", "Item not dispensed";
        PartiallyDispensed = "0003", "Item dispensed - partial";
        Owing = "0004", "Item not dispensed owing";
        Cancelled = "0005", "Item cancelled";
        Expired = "0006", "Expired";
        ToBeDispensed = "0007", "Item to be dispensed";
        WithDispenser = "0008", "Item with dispenser";
    }
}

vocabulary! {
    /// Why a line item or a prescription was not dispensed.
    NotDispensedReason("2.16.840.1.113883.2.1.3.2.4.16.31", "https://fhir.nhs.uk/CodeSystem/medicationdispense-status-reason") {
        NotRequired = "0001", "Not required as instructed by the patient";
        ClinicallyUnsuitable = "0002", "Clinically unsuitable";
        OwingsNote = "0003", "Owings note issued to patient";
        Cancelled = "0004", "Prescription cancellation";
        CancelledOnDeath = "0005", "Prescription cancellation due to death";
        Illegal = "0006", "Illegal NHS prescription";
        OutOfScope = "0007", "Prescribed out of scope item";
        Expired = "0008", "Item or prescription expired";
        NotAllowedOnFp10 = "0009", "Not allowed on FP10";
        NotCollected = "0010", "Patient did not collect medication";
        PurchasedOverTheCounter = "0011", "Patient purchased medication over the counter";
    }
}

vocabulary! {
    /// The dispenser's endorsement of a supply.
    DispenserEndorsement("2.16.840.1.113883.2.1.3.2.4.16.29", "https://fhir.nhs.uk/CodeSystem/medicationdispense-endorsement") {
        BrokenBulk = "BB", "Broken Bulk";
        ExtemporaneouslyDispensed = "ED", "Extemporaneously dispensed";
        InvoicePrice = "IP", "Invoice Price";
        MeasuredAndFitted = "MF", "Measured and Fitted";
        NoCheaperStock = "NCSO", "No Cheaper Stock Obtainable";
        NoEndorsement = "NDEC", "No Dispenser Endorsement Code";
        OutOfPocket = "XP", "Out of Pocket Expenses";
        PrescriberContacted = "PC", "Prescriber Contacted";
        PrescriberNotContacted = "PNC", "Prescriber Not Contacted";
        RebateClaimed = "RC", "Rebate Claimed";
        ShortageProtocol = "SSP", "Serious Shortage Protocol";
        SpecialLicence = "SP", "Special License";
        ZeroDiscount = "ZD", "Zero Discount";
    }
}

vocabulary! {
    /// FHIR `prescription-charge` of a claimed item; HL7 v3 says only whether a charge was paid.
    ChargePayment(fhir "https://fhir.nhs.uk/CodeSystem/DM-prescription-charge") {
        PaidOnce = "paid-once", "Paid Once";
        PaidTwice = "paid-twice", "Paid Twice";
        NotPaid = "not-paid", "Not Paid";
    }
}

vocabulary! {
    /// Why a release or a dispense event was refused.
    ReleaseFault("2.16.840.1.113883.2.1.3.2.4.16.34") {
        Cancelled = "0001", "Prescription has been cancelled";
        Expired = "0002", "Prescription has expired";
        NotFound = "0003", "Prescription can not be found. Contact prescriber";
        WithAnotherDispenser = "0004", "Prescription is with another dispenser";
        Dispensed = "0005", "Prescription has been dispensed/not dispensed";
        NoMorePrescriptions = "0006", "No more nominated prescriptions available";
        Disabled = "0007", "Nominated download functionality disabled in spine";
        IncompatibleVersion = "0099", "Incompatible version of Request";
        UnableToProcess = "5000", "Unable to process message. Information missing or invalid";
        InvalidMessage = "5888", "Invalid message";
        InvalidDate = "9006", "Format of date passed is invalid";
        Unexpected = "9999", "Unexpected exception";
    }
}

impl NotDispensedReason {
    /// The code system of the same reasons in claims and tasks.
    pub const TASK_SYSTEM: &'static str = "https://fhir.nhs.uk/CodeSystem/EPS-task-business-status-reason";
}

impl ChargePayment {
    /// Whether a charge was paid, which is all that HL7 v3 says.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        match self {
            Self::PaidOnce | Self::PaidTwice => true,
            Self::NotPaid => false,
        }
    }
}
