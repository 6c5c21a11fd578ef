//! `DispenseNotification`.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const EACH: &str = "of the whole notification, in each MedicationDispense";
const COUNT: &str = "HL7 v3 counts the issues, FHIR the repeats after the first";
const NOWHERE: &str = "has no place in the FHIR that is written";
const NOTHING: &str = "where nothing was supplied";
const FIXED: &str = "fixed by the message type";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    Row::carried("//DispenseNotification/id/@root", "Bundle.identifier.value", "the message id"),
    Row::carried("//DispenseNotification/id/@root", "Bundle.id", "the message id"),
    Row::carried("//DispenseNotification/effectiveTime/@value", "MedicationDispense.whenHandedOver", EACH),
    Row::carried("//recordTarget/patient/id/@extension", "MedicationDispense.subject.identifier.value", EACH),
    Row::carried("//recordTarget/patient/id/@extension", "MedicationRequest.subject.identifier.value", EACH),
    Row::carried(
        "//agentOrganization/id/@extension",
        "Organization.extension(Extension-ODS-OrganisationRelationships).extension(reimbursementAuthority).valueIdentifier.value",
        "who pays the pharmacy",
    ),
    Row::dropped("//agentOrganization/name/text()", NOWHERE),
    Row::dropped("//pertinentSupplyHeader/id/@root", "the message has one id"),
    Row::derived(
        "//pertinentSupplyHeader/repeatNumber/low/@value",
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        COUNT,
    ),
    Row::derived(
        "//pertinentSupplyHeader/repeatNumber/high/@value",
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        COUNT,
    ),
    Row::carried("//pertinentSupplyHeader/author/time/@value", "Bundle.timestamp", "with the marks of a time"),
    Row::carried(
        "//representedOrganization/id/@extension",
        "MessageHeader.sender.identifier.value",
        "who dispenses sends",
    ),
    Row::carried("//representedOrganization/id/@extension", "MessageHeader.source.endpoint", "who dispenses sends"),
    Row::carried("//representedOrganization/name/text()", "MessageHeader.sender.display", "who dispenses sends"),
    Row::carried(
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        "MedicationDispense.extension(Extension-DM-PrescriptionNonDispensingReason).valueCoding.code",
        EACH,
    ),
    Row::carried(
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        "MedicationDispense.extension(Extension-DM-PrescriptionNonDispensingReason).valueCoding.display",
        EACH,
    ),
    Row::carried(
        "//pertinentPrescriptionStatus/value/@code",
        "MedicationDispense.extension(Extension-EPS-TaskBusinessStatus).valueCoding.code",
        EACH,
    ),
    Row::carried(
        "//pertinentPrescriptionStatus/value/@displayName",
        "MedicationDispense.extension(Extension-EPS-TaskBusinessStatus).valueCoding.display",
        EACH,
    ),
    Row::carried(
        "//pertinentPrescriptionID/value/@root",
        "MedicationRequest.groupIdentifier.value",
        "where there is no extension",
    ),
    Row::carried("//pertinentPrescriptionID/value/@extension", "MedicationRequest.groupIdentifier.value", EACH),
    Row::carried(
        "//priorOriginalPrescriptionRef/id/@root",
        "MedicationRequest.groupIdentifier.extension(Extension-DM-PrescriptionId).valueIdentifier.value",
        EACH,
    ),
    Row::dropped("//priorSupplyHeaderRef/id/@root", NOWHERE),
    Row::carried(
        "//pertinentSuppliedLineItem/id/@root",
        "MedicationDispense.identifier(prescription-dispense-item-number).value",
        "unless the care record has an id for each supply",
    ),
    Row::carried(
        "//actRef/id/@root",
        "MedicationDispense.identifier(prescription-dispense-item-number).value",
        "where there is one for each supply",
    ),
    Row::carried(
        "//pertinentSuppliedLineItem/repeatNumber/low/@value",
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(numberOfPrescriptionsIssued).valueUnsignedInt",
        OF_LINE,
    ),
    Row::derived(
        "//pertinentSuppliedLineItem/repeatNumber/high/@value",
        "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed",
        COUNT,
    ),
    Row::carried(
        "//manufacturedRequestedMaterial/code/@code",
        "MedicationRequest.medicationCodeableConcept.coding.code",
        OF_LINE,
    ),
    Row::carried(
        "//manufacturedRequestedMaterial/code/@code",
        "MedicationDispense.medicationCodeableConcept.coding.code",
        NOTHING,
    ),
    Row::carried(
        "//manufacturedRequestedMaterial/code/@displayName",
        "MedicationRequest.medicationCodeableConcept.coding.display",
        OF_LINE,
    ),
    Row::carried(
        "//manufacturedRequestedMaterial/code/@displayName",
        "MedicationDispense.medicationCodeableConcept.coding.display",
        NOTHING,
    ),
    Row::carried(
        "//manufacturedSuppliedMaterial/code/@code",
        "MedicationDispense.medicationCodeableConcept.coding.code",
        OF_LINE,
    ),
    Row::carried(
        "//manufacturedSuppliedMaterial/code/@displayName",
        "MedicationDispense.medicationCodeableConcept.coding.display",
        OF_LINE,
    ),
    Row::carried("//suppliedLineItemQuantity/quantity/@value", "MedicationDispense.quantity.value", OF_LINE),
    Row::carried(
        "//suppliedLineItemQuantity/quantity/translation/@displayName",
        "MedicationDispense.quantity.unit",
        OF_LINE,
    ),
    Row::carried("//suppliedLineItemQuantity/quantity/translation/@code", "MedicationDispense.quantity.code", OF_LINE),
    Row::carried("//pertinentAdditionalInstructions/value/text()", "MedicationDispense.note.text", OF_LINE),
    Row::carried("//pertinentSupplyInstructions/value/text()", "MedicationDispense.dosageInstruction.text", OF_LINE),
    Row::carried("//supplyRequest/quantity/@value", "MedicationRequest.dispenseRequest.quantity.value", OF_LINE),
    Row::carried(
        "//supplyRequest/quantity/translation/@displayName",
        "MedicationRequest.dispenseRequest.quantity.unit",
        OF_LINE,
    ),
    Row::carried(
        "//supplyRequest/quantity/translation/@code",
        "MedicationRequest.dispenseRequest.quantity.code",
        OF_LINE,
    ),
    Row::carried("//supplyRequest/quantity/translation/@displayName", "MedicationDispense.quantity.unit", NOTHING),
    Row::carried("//supplyRequest/quantity/translation/@code", "MedicationDispense.quantity.code", NOTHING),
    Row::dropped("//supplyRequest/code/@code", "the unit stands in the quantity"),
    Row::dropped("//supplyRequest/code/@displayName", "the unit stands in the quantity"),
    Row::dropped("*/pertinentRunningTotal/*", NOWHERE),
    Row::carried(
        "//pertinentSuppliedLineItem/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        "MedicationDispense.statusReasonCodeableConcept.coding.code",
        OF_LINE,
    ),
    Row::carried(
        "//pertinentSuppliedLineItem/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        "MedicationDispense.statusReasonCodeableConcept.coding.display",
        OF_LINE,
    ),
    Row::carried("//pertinentItemStatus/value/@code", "MedicationDispense.type.coding.code", OF_LINE),
    Row::carried("//pertinentItemStatus/value/@displayName", "MedicationDispense.type.coding.display", OF_LINE),
    Row::carried(
        "//priorOriginalItemRef/id/@root",
        "MedicationRequest.identifier(prescription-order-item-number).value",
        OF_LINE,
    ),
    Row::dropped("//priorSuppliedLineItemRef/id/@root", NOWHERE),
    Row::carried(
        "//replacementOf/priorMessageRef/id/@root",
        "MessageHeader.extension(Extension-replacementOf).valueIdentifier.value",
        "the notification that is amended",
    ),
    Row::carried(
        "//priorPrescriptionReleaseEventRef/id/@root",
        "MessageHeader.response.identifier",
        "the release that is followed",
    ),
    Row::defaulted("MedicationDispense.status", FIXED),
    Row::defaulted("MedicationDispense.dosageInstruction.sequence", "the order of several labels"),
    Row::defaulted("MedicationDispense.quantity.value", "zero where nothing was supplied"),
];
