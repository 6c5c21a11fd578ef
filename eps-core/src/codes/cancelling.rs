//! Vocabularies of cancelling, returning and withdrawing.

use super::table::vocabulary;

vocabulary! {
    /// Why a prescription or an item is cancelled.
    CancellationReason("2.16.840.1.113883.2.1.3.2.4.16.27", "https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason") {
        PrescribingError = "0001", "Prescribing Error";
        ContraIndication = "0002", "Clinical contra-indication";
        ChangeOfTreatment = "0003", "Change to medication treatment regime";
        ClinicalGrounds = "0004", "Clinical grounds";
        PatientRequest = "0005", "At the Patients request";
        PharmacistRequest = "0006", "At the Pharmacists request";
        Death = "0007", "Notification of Death";
        Deducted = "0008", "Patient deducted - other reason";
        NewPractice = "0009", "Patient deducted - registered with new practice";
    }
}

vocabulary! {
    /// What became of a cancellation. FHIR puts `R-` before the code.
    CancellationResult("2.16.840.1.113883.2.1.3.2.4.17.19", "https://fhir.nhs.uk/CodeSystem/medicationrequest-status-history") {
        Cancelled = "0001", "Prescription/item was cancelled", fhir "R-0001";
        WithDispenser = "0002", "Prescription/item was not cancelled. With dispenser. Marked for cancellation", fhir "R-0002";
        WithDispenserActive = "0003", "Prescription/item was not cancelled. With dispenser active. Marked for cancellation", fhir "R-0003";
        Dispensed = "0004", "Prescription/item was not cancelled. Prescription has been dispensed.", fhir "R-0004";
        Expired = "0005", "Prescription/item has expired", fhir "R-0005";
        AlreadyCancelled = "0006", "Prescription/item had already been cancelled", fhir "R-0006";
        RequestedByAnother = "0007", "Prescription/item cancellation requested by another prescriber", fhir "R-0007";
        NotFound = "0008", "Prescription/item not found", fhir "R-0008";
        Disabled = "0009", "Cancellation functionality disabled in SPINE", fhir "R-0009";
        NotDispensed = "0010", "Prescription/item was not cancelled. Prescription has been not dispensed.", fhir "R-0010";
        IncompatibleVersion = "0099", "Incompatible version of Request.", fhir "R-0099";
        UnableToProcess = "5000", "Unable to process message.", fhir "R-5000";
        InvalidDate = "5006", "Format of date passed is invalid", fhir "R-5006";
        InvalidMessage = "5888", "Invalid Message.", fhir "R-5888";
    }
}

vocabulary! {
    /// Why a prescription is given back.
    ReturnReason("2.16.840.1.113883.2.1.3.2.4.16.28", "https://fhir.nhs.uk/CodeSystem/EPS-task-dispense-return-status-reason") {
        NonAttendance = "0001", "Patient non-attendance";
        UnableToDispense = "0002", "Unable to dispense medication on prescriptions";
        PatientRequest = "0003", "Patient requested release";
        AnotherDispenser = "0004", "Another dispenser requested release on behalf of the patient";
        InvalidSignature = "0005", "Invalid digital signature";
        VersionProblem = "0006", "Rejected due to version problem";
        Unreadable = "0007", "Prescription otherwise invalid or unreadable";
        Expired = "0008", "Prescription expired";
    }
}

vocabulary! {
    /// Which dispense notifications are taken back.
    WithdrawType("2.16.840.1.113883.2.1.3.2.4.17.109") {
        LastDispense = "LD", "Last Dispense";
        AllDispenses = "AD", "All Dispenses for an instance";
    }
}

vocabulary! {
    /// Why dispense notifications are taken back.
    WithdrawReason("2.16.840.1.113883.2.1.3.2.4.17.110", "https://fhir.nhs.uk/CodeSystem/EPS-task-dispense-withdraw-reason") {
        QuantityUpdate = "QU", "Quantity Update";
        MedicationUpdate = "MU", "Medication Update";
        DosageAmendments = "DA", "Dosage Amendments";
        PatientDetails = "PA", "Patient Details Amendments";
        OtherClinical = "OC", "Other Clinical";
        OtherNonClinical = "ONC", "Other Non-Clinical";
    }
}
