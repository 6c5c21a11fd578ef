//! The codes by which FHIR tells its messages and their states apart. HL7 v3 says the same by interaction ids.

use super::table::vocabulary;

vocabulary! {
    /// What a message Bundle is about (`MessageHeader.eventCoding`).
    MessageEvent(fhir "https://fhir.nhs.uk/CodeSystem/message-event") {
        PrescriptionOrder = "prescription-order", "Prescription Order";
        PrescriptionOrderUpdate = "prescription-order-update", "Prescription Order Update";
        PrescriptionOrderResponse = "prescription-order-response", "Prescription Order Response";
        DispenseNotification = "dispense-notification", "Dispense Notification";
    }
}

vocabulary! {
    /// The types of the resources that EPS messages carry in a Bundle.
    ResourceType(fhir "http://hl7.org/fhir/resource-types") {
        MessageHeader = "MessageHeader", "MessageHeader";
        MedicationRequest = "MedicationRequest", "MedicationRequest";
        MedicationDispense = "MedicationDispense", "MedicationDispense";
        Medication = "Medication", "Medication";
        Patient = "Patient", "Patient";
        Practitioner = "Practitioner", "Practitioner";
        PractitionerRole = "PractitionerRole", "PractitionerRole";
        Organization = "Organization", "Organization";
        HealthcareService = "HealthcareService", "HealthcareService";
        Location = "Location", "Location";
        Provenance = "Provenance", "Provenance";
        CommunicationRequest = "CommunicationRequest", "CommunicationRequest";
        List = "List", "List";
    }
}

vocabulary! {
    /// The state of a request (`MedicationRequest.status`).
    RequestStatus(fhir "http://hl7.org/fhir/CodeSystem/medicationrequest-status") {
        Active = "active", "Active";
        OnHold = "on-hold", "On Hold";
        Cancelled = "cancelled", "Cancelled";
        Completed = "completed", "Completed";
        EnteredInError = "entered-in-error", "Entered in Error";
        Stopped = "stopped", "Stopped";
        Draft = "draft", "Draft";
        Unknown = "unknown", "Unknown";
    }
}

vocabulary! {
    /// What a request or task wants (`MedicationRequest.intent`, `Task.intent`).
    RequestIntent(fhir "http://hl7.org/fhir/CodeSystem/medicationrequest-intent") {
        Unknown = "unknown", "Unknown";
        Proposal = "proposal", "Proposal";
        Plan = "plan", "Plan";
        Order = "order", "Order";
        OriginalOrder = "original-order", "Original Order";
        ReflexOrder = "reflex-order", "Reflex Order";
        FillerOrder = "filler-order", "Filler Order";
        InstanceOrder = "instance-order", "Instance Order";
        Option = "option", "Option";
    }
}

vocabulary! {
    /// Where a request belongs (`MedicationRequest.category`).
    RequestCategory(fhir "http://terminology.hl7.org/CodeSystem/medicationrequest-category") {
        Inpatient = "inpatient", "Inpatient";
        Outpatient = "outpatient", "Outpatient";
        Community = "community", "Community";
        Discharge = "discharge", "Discharge";
    }
}

vocabulary! {
    /// The state of a task (`Task.status`).
    TaskStatus(fhir "http://hl7.org/fhir/task-status") {
        Draft = "draft", "Draft";
        Requested = "requested", "Requested";
        Received = "received", "Received";
        Accepted = "accepted", "Accepted";
        Rejected = "rejected", "Rejected";
        Ready = "ready", "Ready";
        Cancelled = "cancelled", "Cancelled";
        InProgress = "in-progress", "In Progress";
        OnHold = "on-hold", "On Hold";
        Failed = "failed", "Failed";
        Completed = "completed", "Completed";
        EnteredInError = "entered-in-error", "Entered in Error";
    }
}

vocabulary! {
    /// What a task asks to do (`Task.code`).
    TaskCode(fhir "http://hl7.org/fhir/CodeSystem/task-code") {
        Approve = "approve", "Activate/approve the focal resource";
        Fulfill = "fulfill", "Fulfill the focal request";
        Abort = "abort", "Mark the focal resource as no longer active";
        Replace = "replace", "Replace the focal resource with the input resource";
        Change = "change", "Change the focal resource";
        Suspend = "suspend", "Suspend the focal resource";
        Resume = "resume", "Re-activate the focal resource";
    }
}

vocabulary! {
    /// Whether evidence of an exemption was seen; HL7 v3 says it by `negationInd`.
    ExemptionEvidence(fhir "https://fhir.nhs.uk/CodeSystem/DM-exemption-evidence") {
        Seen = "evidence-seen", "Evidence Seen";
        NotSeen = "no-evidence-seen", "No Evidence Seen";
    }
}

vocabulary! {
    /// Who pays a pharmacy, by ODS code.
    ReimbursementAuthority("1.2.826.0.1285.0.1.10", "https://fhir.nhs.uk/Id/ods-organization-code") {
        England = "T1450", "NHS BUSINESS SERVICES AUTHORITY";
        Wales = "RQFZ1", "NHS WALES";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{CancellationResult, Gender};

    #[test]
    fn a_code_of_fhir_is_read_back_as_itself() {
        for status in TaskStatus::ALL {
            assert_eq!(TaskStatus::from_fhir(status.fhir_code()), Some(*status));
        }
        for result in CancellationResult::ALL {
            assert_eq!(CancellationResult::from_fhir(result.fhir_code()), Some(*result));
            assert_eq!(result.fhir_code(), format!("R-{}", result.code()));
        }
        assert_eq!(Gender::from_fhir("other"), Some(Gender::NotSpecified));
        assert_eq!(Gender::from_fhir("9"), None);
        assert_eq!((Gender::NotKnown.fhir_code(), Gender::NotKnown.fhir_display()), ("unknown", "Unknown"));
    }
}
