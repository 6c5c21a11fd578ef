//! The table of dispense-notification and `DispenseNotification`, amendments too.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const FIRST: &str = "taken from the first MedicationDispense; all must say the same";
const FIRST_REQUEST: &str = "taken from the request of the first MedicationDispense";
const COUNT: &str = "FHIR counts the repeats after the first issue, HL7 v3 the issues";
const NOT_READ: &str = "not read: no field of the HL7 v3 message says it";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    Row::carried("Bundle.identifier.value", "//DispenseNotification/id/@root", "the message id"),
    Row::carried("Bundle.identifier.value", "//pertinentSupplyHeader/id/@root", "the message id"),
    Row::carried("Bundle.identifier.value", "//interaction/id/@root", "the message id"),
    Row::carried("MedicationDispense.whenHandedOver", "//DispenseNotification/effectiveTime/@value", FIRST),
    Row::carried("MedicationDispense.subject.identifier.value", "//recordTarget/patient/id/@extension", FIRST),
    Row::carried("Patient.identifier(nhs-number).value", "//recordTarget/patient/id/@extension", "NHS number"),
    Row::carried(
        "Organization.extension(Extension-ODS-OrganisationRelationships).extension(reimbursementAuthority).valueIdentifier.value",
        "//agentOrganization/id/@extension",
        "who pays the pharmacy",
    ),
    Row::carried(
        "MedicationDispense.extension(Extension-DM-PrescriptionNonDispensingReason).valueCoding.code",
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        FIRST,
    ),
    Row::carried(
        "MedicationDispense.extension(Extension-DM-PrescriptionNonDispensingReason).valueCoding.display",
        "//pertinentSupplyHeader/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        FIRST,
    ),
    Row::carried(
        "MedicationDispense.extension(Extension-EPS-TaskBusinessStatus).valueCoding.code",
        "//pertinentPrescriptionStatus/value/@code",
        FIRST,
    ),
    Row::carried(
        "MedicationDispense.extension(Extension-EPS-TaskBusinessStatus).valueCoding.display",
        "//pertinentPrescriptionStatus/value/@displayName",
        FIRST,
    ),
    Row::carried(
        "MedicationRequest.groupIdentifier.value",
        "//pertinentPrescriptionID/value/@extension",
        FIRST_REQUEST,
    ),
    Row::carried(
        "MedicationRequest.groupIdentifier.extension(Extension-DM-PrescriptionId).valueIdentifier.value",
        "//priorOriginalPrescriptionRef/id/@root",
        FIRST_REQUEST,
    ),
    Row::derived(
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        "//pertinentSupplyHeader/repeatNumber/low/@value",
        COUNT,
    ),
    Row::derived(
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        "//pertinentSupplyHeader/repeatNumber/high/@value",
        COUNT,
    ),
    Row::carried(
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(numberOfPrescriptionsIssued).valueUnsignedInt",
        "//pertinentSuppliedLineItem/repeatNumber/low/@value",
        OF_LINE,
    ),
    Row::derived(
        "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed",
        "//pertinentSuppliedLineItem/repeatNumber/high/@value",
        COUNT,
    ),
    Row::carried(
        "MedicationDispense.identifier(prescription-dispense-item-number).value",
        "//pertinentSuppliedLineItem/id/@root",
        "the first of the line item",
    ),
    Row::carried(
        "MedicationDispense.identifier(prescription-dispense-item-number).value",
        "//actRef/id/@root",
        "each of them",
    ),
    Row::carried(
        "MedicationDispense.medicationCodeableConcept.coding.code",
        "//manufacturedSuppliedMaterial/code/@code",
        OF_LINE,
    ),
    Row::carried(
        "MedicationDispense.medicationCodeableConcept.coding.display",
        "//manufacturedSuppliedMaterial/code/@displayName",
        OF_LINE,
    ),
    Row::selects("MedicationDispense.medicationCodeableConcept.coding.system", "says what the code is"),
    Row::carried("MedicationDispense.quantity.value", "//suppliedLineItemQuantity/quantity/@value", OF_LINE),
    Row::carried(
        "MedicationDispense.quantity.value",
        "//suppliedLineItemQuantity/quantity/translation/@value",
        OF_LINE,
    ),
    Row::carried(
        "MedicationDispense.quantity.unit",
        "//suppliedLineItemQuantity/quantity/translation/@displayName",
        OF_LINE,
    ),
    Row::carried("MedicationDispense.quantity.code", "//suppliedLineItemQuantity/quantity/translation/@code", OF_LINE),
    Row::carried(
        "MedicationDispense.dosageInstruction.text",
        "//pertinentSupplyInstructions/value/text()",
        "several are joined in their sequence",
    ),
    Row::derived(
        "MedicationDispense.dosageInstruction.sequence",
        "//pertinentSupplyInstructions/value/text()",
        "the order of several texts",
    ),
    Row::carried(
        "MedicationDispense.statusReasonCodeableConcept.coding.code",
        "//pertinentSuppliedLineItem/pertinentInformation2/pertinentNonDispensingReason/value/@code",
        OF_LINE,
    ),
    Row::carried(
        "MedicationDispense.statusReasonCodeableConcept.coding.display",
        "//pertinentSuppliedLineItem/pertinentInformation2/pertinentNonDispensingReason/value/@displayName",
        OF_LINE,
    ),
    Row::selects("MedicationDispense.statusReasonCodeableConcept.coding.system", "says what the code is"),
    Row::carried("MedicationDispense.type.coding.code", "//pertinentItemStatus/value/@code", OF_LINE),
    Row::carried("MedicationDispense.type.coding.display", "//pertinentItemStatus/value/@displayName", OF_LINE),
    Row::carried(
        "MedicationRequest.identifier(prescription-order-item-number).value",
        "//priorOriginalItemRef/id/@root",
        OF_LINE,
    ),
    Row::carried(
        "MedicationRequest.medicationCodeableConcept.coding.code",
        "//manufacturedRequestedMaterial/code/@code",
        OF_LINE,
    ),
    Row::carried(
        "MedicationRequest.medicationCodeableConcept.coding.display",
        "//manufacturedRequestedMaterial/code/@displayName",
        OF_LINE,
    ),
    Row::carried("MedicationRequest.dispenseRequest.quantity.value", "//supplyRequest/quantity/@value", OF_LINE),
    Row::carried(
        "MedicationRequest.dispenseRequest.quantity.value",
        "//supplyRequest/quantity/translation/@value",
        OF_LINE,
    ),
    Row::carried(
        "MedicationRequest.dispenseRequest.quantity.unit",
        "//supplyRequest/quantity/translation/@displayName",
        OF_LINE,
    ),
    Row::carried("MedicationRequest.dispenseRequest.quantity.unit", "//supplyRequest/code/@displayName", OF_LINE),
    Row::carried(
        "MedicationRequest.dispenseRequest.quantity.code",
        "//supplyRequest/quantity/translation/@code",
        OF_LINE,
    ),
    Row::carried("MedicationRequest.dispenseRequest.quantity.code", "//supplyRequest/code/@code", OF_LINE),
    Row::carried(
        "MessageHeader.extension(Extension-replacementOf).valueIdentifier.value",
        "//replacementOf/priorMessageRef/id/@root",
        "the notification that is amended",
    ),
    Row::carried(
        "MessageHeader.response.identifier",
        "//priorPrescriptionReleaseEventRef/id/@root",
        "the release that is followed",
    ),
    Row::dropped("Organization.resourceType", "what refers to it says what it is"),
    Row::selects("MedicationRequest.id", "joins resources; HL7 v3 nests them"),
    Row::dropped("MedicationDispense.daysSupply.*", NOT_READ),
    Row::dropped("MedicationDispense.dosageInstruction.*", NOT_READ),
    Row::dropped("MedicationDispense.extension(Extension-EPS-RepeatInformation).*", NOT_READ),
    Row::dropped("MedicationDispense.status", NOT_READ),
    Row::dropped("MedicationDispense.subject.display", NOT_READ),
    Row::dropped("MedicationDispense.subject.reference", NOT_READ),
    Row::dropped("MedicationDispense.subject.type", NOT_READ),
    Row::dropped("MedicationRequest.basedOn.identifier.*", NOT_READ),
    Row::dropped("MedicationRequest.category.*", NOT_READ),
    Row::dropped("MedicationRequest.courseOfTherapyType.*", NOT_READ),
    Row::dropped("MedicationRequest.dispenseRequest.expectedSupplyDuration.*", NOT_READ),
    Row::dropped("MedicationRequest.dispenseRequest.validityPeriod.*", NOT_READ),
    Row::dropped("MedicationRequest.dispenseRequest.performer.*", NOT_READ),
    Row::dropped("MedicationRequest.dispenseRequest.extension(Extension-DM-PerformerSiteType).*", NOT_READ),
    Row::dropped("MedicationRequest.dosageInstruction.*", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-DM-PrescriptionStatusHistory).*", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-DM-PrescriptionType).*", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-DM-ResponsiblePractitioner).*", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-EPS-DispensingInformation).*", NOT_READ),
    Row::dropped(
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(authorisationExpiryDate).*",
        NOT_READ,
    ),
    Row::dropped("MedicationRequest.groupIdentifier.system", NOT_READ),
    Row::dropped("MedicationRequest.intent", NOT_READ),
    Row::dropped("MedicationRequest.requester.*", NOT_READ),
    Row::dropped("MedicationRequest.status", NOT_READ),
    Row::dropped("MedicationRequest.statusReason.*", NOT_READ),
    Row::dropped("MedicationRequest.subject.*", NOT_READ),
    Row::dropped("MedicationRequest.substitution.*", NOT_READ),
    Row::dropped("Patient.address.*", "the notification names the patient by NHS number alone"),
    Row::dropped("Patient.birthDate", "the notification names the patient by NHS number alone"),
    Row::dropped("Patient.gender", "the notification names the patient by NHS number alone"),
    Row::dropped("Patient.generalPractitioner.*", "the notification names the patient by NHS number alone"),
    Row::dropped("Patient.name.*", "the notification names the patient by NHS number alone"),
    Row::defaulted("//pertinentSupplyHeader/author/time/@value", "the time of conversion"),
];
