//! Releases, dispense notifications, claims, returns and withdrawals.

use super::{
    BUNDLE_VALIDATOR, CLAIM_VALIDATOR, INVALID_VALUE, LIMITS, PARAMETERS_VALIDATOR, PROCESSING_ERRORS, TASK_VALIDATOR,
    TOO_FEW, TRANSLATE_CLAIM, TRANSLATE_DISPENSE,
};
use crate::codes::system;
use crate::problem::DetailCode;

rules! {
    /// A release names the pharmacy.
    OWNER = Error("fhir.release.owner", "invalid") {
        requires: "Required parameter owner is missing.",
        applies: "every release",
        fix: "Send the pharmacy as the Organization parameter owner.",
        source: PARAMETERS_VALIDATOR,
    }
    /// A release names who asks.
    AGENT = Fatal("fhir.release.agent", "invalid") {
        requires: "A release has a PractitionerRole parameter agent.",
        applies: "every release",
        fix: "Send who asks as the parameter agent.",
        source: PARAMETERS_VALIDATOR,
        detail: INVALID_VALUE,
    }
    /// There is something dispensed.
    NO_MEDICATION_DISPENSE = Fatal("fhir.bundle.no-medication-dispense", "invalid") {
        requires: "Too few values submitted. Expected at least 1 element where resource.resourceType == 'MedicationDispense'.",
        applies: "every dispense-notification",
        fix: "Send one MedicationDispense for each product supplied.",
        source: PROCESSING_ERRORS,
        detail: TOO_FEW,
    }
    /// A dispense says who dispensed.
    PERFORMER = Error("fhir.medication-dispense.performer", "value") {
        requires: "A MedicationDispense has a performer.",
        applies: "every MedicationDispense",
        fix: "Send performer.actor as a reference to a contained PractitionerRole.",
        source: BUNDLE_VALIDATOR,
    }
    /// The pharmacy is a resource of the bundle.
    PHARMACY_REFERENCE = Fatal("fhir.dispenser.organization", "invalid") {
        requires: "fhirContainedPractitionerRole.organization should be a Reference",
        applies: "the contained PractitionerRole of a dispense-notification",
        fix: "Send the Organization in the Bundle and refer to it.",
        source: BUNDLE_VALIDATOR,
        detail: INVALID_VALUE,
    }
    /// It is known who pays the pharmacy.
    REIMBURSEMENT_AUTHORITY = Error("fhir.reimbursement-authority", "invalid") {
        requires: "The dispense notification is missing the reimbursement authority and it should be provided.",
        applies: "the Organization that dispensed, in a dispense-notification",
        fix: "Send the extension ODS-OrganisationRelationships.",
        source: BUNDLE_VALIDATOR,
    }
    /// It is known by which code.
    REIMBURSEMENT_AUTHORITY_CODE = Error("fhir.reimbursement-authority.code", "invalid") {
        requires: "The dispense notification is missing the ODS code for reimbursement authority and it should be provided.",
        applies: "the Organization that dispensed, in a dispense-notification",
        fix: "Send reimbursementAuthority within the extension.",
        source: BUNDLE_VALIDATOR,
    }
    /// The reasons for dispensing nothing agree.
    REASONS_DIFFER = Error("fhir.not-dispensed-reasons", "invalid") {
        requires: "Expected all MedicationDispenses to have the same value for MedicationDispense.extension:prescriptionNonDispensingReason",
        applies: "the MedicationDispenses of a dispense-notification together",
        fix: "Send the same reason in each MedicationDispense.",
        source: TRANSLATE_DISPENSE,
        detail: DetailCode::new(system::SPINE_ISSUE, "INVALID_VALUE", None),
    }
    /// A claim has one insurance.
    INSURANCE = Error("fhir.claim.insurance", "invalid") {
        requires: "A Claim has one insurance.",
        applies: "every Claim",
        fix: "Send the reimbursement authority as the only insurance.",
        source: CLAIM_VALIDATOR,
    }
    /// The insurance is a reimbursement authority.
    INSURANCE_AUTHORITY = Error("fhir.claim.insurance.authority", "value") {
        requires: "Claim.insurance[0].coverage.identifier.value must be one of: 'T1450', 'RQFZ1'.",
        applies: "every Claim",
        fix: "Send one of these codes.",
        source: CLAIM_VALIDATOR,
    }
    /// The claiming organisation is contained.
    CLAIM_ORGANISATION = Fatal("fhir.claim.organization", "invalid") {
        requires: "practitioner.organization should be a reference",
        applies: "the contained PractitionerRole of a Claim",
        fix: "Contain the Organization and refer to it.",
        source: TRANSLATE_CLAIM,
        detail: INVALID_VALUE,
    }
    /// A claim is endorsed.
    CLAIM_ENDORSEMENT = Error("fhir.claim.endorsement", "invalid") {
        requires: "The claim is missing the required endorsement code.",
        applies: "the first item of a Claim",
        fix: "Send an endorsement; NDEC says that there is none.",
        source: CLAIM_VALIDATOR,
    }
    /// A claimed line has not too many products.
    CLAIM_TOO_LONG = Fatal("fhir.claim.too-long", "too-costly") {
        requires: "A line of a claim has 64 products and 16 endorsements at most.",
        applies: "each item of a Claim",
        fix: "Claim the line's products once each.",
        source: LIMITS,
    }
    /// A charge code is known.
    CHARGE = Fatal("fhir.claim.charge", "invalid") {
        requires: "Unsupported prescription charge code",
        applies: "each item of a Claim",
        fix: "Send paid-once, paid-twice or not-paid.",
        source: TRANSLATE_CLAIM,
        detail: INVALID_VALUE,
    }
    /// A Task is an order.
    TASK_INTENT = Error("fhir.task.intent", "value") {
        requires: "Task.intent must be one of: 'order'.",
        applies: "every Task",
        fix: "Send the code order.",
        source: TASK_VALIDATOR,
    }
    /// A Task contains who asks.
    TASK_REQUESTER = Fatal("fhir.task.requester", "invalid") {
        requires: "task.requester should be a reference to contained.practitionerRole",
        applies: "every Task",
        fix: "Contain the PractitionerRole and refer to it.",
        source: TASK_VALIDATOR,
        detail: INVALID_VALUE,
    }
    /// A Task contains the organisation that asks.
    TASK_ORGANISATION = Fatal("fhir.task.organization", "invalid") {
        requires: "practitionerRole.organization should be a Reference",
        applies: "the contained PractitionerRole of a Task",
        fix: "Contain the Organization and refer to it.",
        source: TASK_VALIDATOR,
        detail: INVALID_VALUE,
    }
    /// A Task says whether it returns or withdraws.
    TASK_STATUS = Error("fhir.task.status", "value") {
        requires: "Task.status must be one of: 'in-progress', 'rejected'.",
        applies: "every Task",
        fix: "Send rejected to return a prescription, in-progress to withdraw a dispense notification.",
        source: TASK_VALIDATOR,
    }
    /// A withdrawal has a code.
    TASK_CODE_MISSING = Error("fhir.task.code.missing", "value") {
        requires: "Task.code is required when Task.status is 'in-progress'.",
        applies: "a Task in progress",
        fix: "Send the task code abort.",
        source: TASK_VALIDATOR,
    }
    /// A withdrawal aborts.
    TASK_CODE = Error("fhir.task.code", "value") {
        requires: "Task.code.coding.code must be one of: 'abort'.",
        applies: "a Task in progress",
        fix: "Send the task code abort.",
        source: TASK_VALIDATOR,
    }
    /// A Task says why.
    TASK_REASON = Error("fhir.task.reason", "value") {
        requires: "Task.statusReason has a coding of the code system that belongs to the status.",
        applies: "every Task",
        fix: "Send a statusReason of the code system that the message names.",
        source: TASK_VALIDATOR,
    }
}
