//! Orders and cancellations.

use super::{
    BUNDLE_VALIDATOR, INVALID_VALUE, LIMITS, PROCESSING_ERRORS, PROFILE, SPINE_R4, TOO_FEW, TRANSLATE_COURSE,
    TRANSLATE_PRESCRIPTION, TRANSLATE_SIGNATURE,
};
use crate::problem::DetailCode;

rules! {
    /// A signature is XML in Base64.
    SIGNATURE = Fatal("fhir.signature.format", "invalid") {
        requires: "Invalid signature format.",
        applies: "Provenance.signature.data of a signed prescription-order",
        fix: "Send the Signature element as UTF-8 text in Base64.",
        source: TRANSLATE_SIGNATURE,
        detail: INVALID_VALUE,
    }
    /// The courses of therapy go together.
    COURSE_MIXED = Fatal("fhir.course-of-therapy.mixed", "invalid") {
        requires: "Course of therapy type must either match for all MedicationRequests or be a mixture of 'acute' and 'continuous'.",
        applies: "the MedicationRequests of a prescription-order together",
        fix: "Send repeat dispensing items in a prescription of their own.",
        source: TRANSLATE_COURSE,
        detail: INVALID_VALUE,
    }
    /// The course of therapy is known.
    COURSE_UNKNOWN = Fatal("fhir.course-of-therapy.unknown", "invalid") {
        requires: "A course of therapy is acute, continuous or continuous-repeat-dispensing.",
        applies: "every MedicationRequest",
        fix: "Send one of these codes.",
        source: TRANSLATE_COURSE,
        detail: INVALID_VALUE,
    }
    /// A repeat dispensing prescription says how often.
    REPEATS_ALLOWED = Fatal("fhir.repeats-allowed", "invalid") {
        requires: "Number of repeats allowed is required.",
        applies: "the first MedicationRequest of a repeat dispensing prescription",
        fix: "Send dispenseRequest.numberOfRepeatsAllowed.",
        source: TRANSLATE_PRESCRIPTION,
        detail: INVALID_VALUE,
    }
    /// The supply of one issue is counted in days.
    SUPPLY_DURATION = Fatal("fhir.supply-duration.unit", "invalid") {
        requires: "Expected supply duration must be specified in days.",
        applies: "dispenseRequest.expectedSupplyDuration of a MedicationRequest",
        fix: "Send the code d.",
        source: TRANSLATE_PRESCRIPTION,
        detail: INVALID_VALUE,
    }
    /// There is something to prescribe.
    NO_MEDICATION_REQUEST = Fatal("fhir.bundle.no-medication-request", "invalid") {
        requires: "Too few values submitted. Expected at least 1 element where resource.resourceType == 'MedicationRequest'.",
        applies: "every prescription-order",
        fix: "Send one MedicationRequest for each line item.",
        source: PROCESSING_ERRORS,
        detail: TOO_FEW,
    }
    /// A prescription has four line items at most.
    TOO_MANY_REQUESTS = Error("fhir.bundle.too-many-medication-requests", "processing") {
        requires: "Bundle contains too many resources of type MedicationRequest. Expected at most 4.",
        applies: "every prescription-order",
        fix: "Spread the items over several prescriptions.",
        source: PROFILE,
    }
    /// The intent is an order.
    INTENT = Error("fhir.medication-request.intent", "value") {
        requires: "MedicationRequest.intent must be order, original-order or instance-order.",
        applies: "the MedicationRequests of a Bundle",
        fix: "Send one of these codes.",
        source: BUNDLE_VALIDATOR,
    }
    /// The product is given once.
    MEDICATION_TWICE = Error("fhir.medication.twice", "structure") {
        requires: "A request or dispense cannot contain both medicationReference and medicationCodeableConcept fields.",
        applies: "every MedicationRequest and MedicationDispense",
        fix: "Send one of the two.",
        source: BUNDLE_VALIDATOR,
        detail: DetailCode::new(SPINE_R4, "CONFLICTING_VALUES", Some("Conflicting values have been specified in different fields")),
    }
    /// What belongs to the prescription is the same in all requests.
    INCONSISTENT = Error("fhir.medications.inconsistent", "value") {
        requires: "What belongs to the whole message is the same in all its MedicationRequests or MedicationDispenses.",
        applies: "the MedicationRequests of a prescription-order together, and the MedicationDispenses of a dispense-notification",
        fix: "Send the same value in each of them.",
        source: BUNDLE_VALIDATOR,
    }
    /// A repeat dispensing prescription says when and how long.
    REPEAT_FIELD = Error("fhir.repeat-dispensing.incomplete", "value") {
        requires: "A repeat dispensing prescription has a validity period and an expected supply duration.",
        applies: "the first MedicationRequest of a repeat dispensing prescription-order",
        fix: "Send both in dispenseRequest.",
        source: BUNDLE_VALIDATOR,
    }
    /// A request is active.
    STATUS = Error("fhir.medication-request.status", "value") {
        requires: "MedicationRequest.status must be active.",
        applies: "the MedicationRequests of a prescription-order",
        fix: "Send the code active.",
        source: BUNDLE_VALIDATOR,
    }
    /// No two line items share an id.
    DUPLICATE_ITEM = Error("fhir.medication-request.duplicate-identifier", "value") {
        requires: "Expected all MedicationRequests to have a different value for identifier.",
        applies: "the MedicationRequests of a prescription-order together",
        fix: "Give each line item a UUID of its own.",
        source: BUNDLE_VALIDATOR,
    }
    /// What is told to the patient is short.
    TOLD_TOO_LONG = Fatal("fhir.communication-request.too-long", "too-costly") {
        requires: "What is told to the patient has at most 1,024 payloads and list entries, and 64 KiB.",
        applies: "the CommunicationRequests of a prescription-order together",
        fix: "Tell the patient less with one prescription.",
        source: LIMITS,
    }
    /// A line item says how to take it.
    NO_DOSAGE = Error("fhir.dosage-instruction.missing", "invalid") {
        requires: "Required field dosageInstructions is missing.",
        applies: "every MedicationRequest of a prescription-order",
        fix: "Send at least one dosageInstruction.",
        source: BUNDLE_VALIDATOR,
    }
    /// Several dosages have their order.
    DOSAGE_SEQUENCE = Error("fhir.dosage-instruction.sequence", "invalid") {
        requires: "The request contains multiple dosage instruction lines but no corresponding dosage sequence number.",
        applies: "every MedicationRequest of a prescription-order with more than one dosageInstruction",
        fix: "Give each dosageInstruction a sequence.",
        source: BUNDLE_VALIDATOR,
        detail: DetailCode::new("", "MISSING_VALUE", None),
    }
    /// A cancellation cancels one request.
    ONE_REQUEST = Error("fhir.cancellation.requests", "value") {
        requires: "The Bundle must contain exactly one MedicationRequest if MessageHeader.eventCoding.code is 'prescription-order-update'.",
        applies: "every prescription-order-update",
        fix: "Send one message for each item that is cancelled.",
        source: BUNDLE_VALIDATOR,
    }
    /// What is cancelled says so.
    CANCEL_STATUS = Error("fhir.cancellation.status", "value") {
        requires: "MedicationRequest.status must be cancelled.",
        applies: "the MedicationRequest of a prescription-order-update",
        fix: "Send the code cancelled.",
        source: BUNDLE_VALIDATOR,
    }
    /// A cancellation says why.
    CANCEL_REASON = Error("fhir.cancellation.reason", "value") {
        requires: "Expected MedicationRequest to have a value for statusReason.",
        applies: "the MedicationRequest of a prescription-order-update",
        fix: "Send a statusReason of the code system medicationrequest-status-reason.",
        source: BUNDLE_VALIDATOR,
    }
}
