//! The table of prescription-order and `ParentPrescription`.
//!
//! Source: the translation of the NHS FHIR facade; Message Implementation Manual 4.2.00, PORX_MT132004UK31.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const FIRST: &str = "taken from the first MedicationRequest; all must say the same";
const INSTRUCTIONS: &str = "told with the first line item, as part of its additional instructions";
const TEXT_ONLY: &str = "HL7 v3 carries the text of the dosage only";
const NOT_READ: &str = "not read: no field of the HL7 v3 message says it";
const VALIDATED: &str = "must be what it is";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    // The message.
    Row::carried("Bundle.identifier.value", "//ParentPrescription/id/@root", "the message id"),
    Row::carried("Bundle.identifier.value", "//interaction/id/@root", "the message id"),
    Row::carried(
        "MedicationRequest.dispenseRequest.validityPeriod.start",
        "//ParentPrescription/effectiveTime/@value",
        FIRST,
    ),
    Row::carried(
        "MedicationRequest.dispenseRequest.validityPeriod.start",
        "//daysSupply/effectiveTime/low/@value",
        "the day, for repeat dispensing",
    ),
    Row::carried(
        "MedicationRequest.dispenseRequest.validityPeriod.end",
        "//daysSupply/effectiveTime/high/@value",
        "the day, for repeat dispensing",
    ),
    Row::carried(
        "MedicationRequest.dispenseRequest.expectedSupplyDuration.value",
        "//daysSupply/expectedUseTime/width/@value",
        "days, for repeat dispensing",
    ),
    // The prescription.
    Row::carried(
        "MedicationRequest.groupIdentifier.extension(Extension-DM-PrescriptionId).valueIdentifier.value",
        "//pertinentPrescription/id/@root",
        FIRST,
    ),
    Row::carried("MedicationRequest.groupIdentifier.value", "//pertinentPrescription/id/@extension", FIRST),
    Row::carried(
        "MedicationRequest.dispenseRequest.performer.identifier.value",
        "//performer/AgentOrgSDS/agentOrganizationSDS/id/@extension",
        FIRST,
    ),
    Row::carried(
        "Provenance.signature.when",
        "//pertinentPrescription/author/time/@value",
        "the requester's signature",
    ),
    Row::carried(
        "Provenance.signature.when",
        "//ParentPrescription/effectiveTime/@value",
        "where the first request has no validity period",
    )
    .unless("MedicationRequest.dispenseRequest.validityPeriod.start"),
    Row::derived("Provenance.signature.data", "//signatureText/*", "the XML that the Base64 holds, byte for byte"),
    Row::derived(
        "MedicationRequest.courseOfTherapyType.coding.code",
        "//pertinentPrescriptionTreatmentType/value/@code",
        "acute 0001, continuous 0002, continuous-repeat-dispensing 0003",
    ),
    Row::derived("MedicationRequest.courseOfTherapyType.coding.code", "//repeatNumber/low/@value", "1 unless acute"),
    Row::derived("MedicationRequest.courseOfTherapyType.coding.code", "//repeatNumber/high/@value", "1 if continuous"),
    Row::derived(
        "MedicationRequest.courseOfTherapyType.coding.code",
        "*/pertinentPrescription/component1/*",
        "there for repeat dispensing",
    ),
    Row::derived(
        "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed",
        "//repeatNumber/high/@value",
        "FHIR counts the repeats after the first issue, HL7 v3 the issues; from the first request",
    ),
    Row::derived(
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        "//repeatNumber/high/@value",
        "goes before dispenseRequest.numberOfRepeatsAllowed",
    ),
    Row::carried(
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(authorisationExpiryDate).valueDateTime",
        "//pertinentReviewDate/value/@value",
        "the day; from the first request",
    ),
    Row::carried(
        "MedicationRequest.dispenseRequest.extension(Extension-DM-PerformerSiteType).valueCoding.code",
        "//pertinentDispensingSitePreference/value/@code",
        FIRST,
    ),
    Row::carried(
        "MedicationRequest.extension(Extension-DM-PrescriptionType).valueCoding.code",
        "//pertinentPrescriptionType/value/@code",
        FIRST,
    ),
    // The line items.
    Row::carried(
        "MedicationRequest.identifier(prescription-order-item-number).value",
        "//pertinentLineItem/id/@root",
        OF_LINE,
    )
    .of_item(),
    Row::carried("MedicationRequest.identifier(prescription-order-item-number).value", "//actRef/id/@root", OF_LINE)
        .of_item(),
    Row::carried(
        "MedicationRequest.medicationCodeableConcept.coding.code",
        "//manufacturedRequestedMaterial/code/@code",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "MedicationRequest.medicationCodeableConcept.coding.display",
        "//manufacturedRequestedMaterial/code/@displayName",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "Medication.code.coding.code",
        "//manufacturedRequestedMaterial/code/@code",
        "of the request that refers to it",
    ),
    Row::carried(
        "Medication.code.coding.display",
        "//manufacturedRequestedMaterial/code/@displayName",
        "of the request that refers to it",
    ),
    Row::carried("MedicationRequest.dispenseRequest.quantity.value", "//lineItemQuantity/quantity/@value", OF_LINE)
        .of_item(),
    Row::carried(
        "MedicationRequest.dispenseRequest.quantity.value",
        "//lineItemQuantity/quantity/translation/@value",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "MedicationRequest.dispenseRequest.quantity.unit",
        "//lineItemQuantity/quantity/translation/@displayName",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "MedicationRequest.dispenseRequest.quantity.code",
        "//lineItemQuantity/quantity/translation/@code",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "MedicationRequest.dosageInstruction.text",
        "//pertinentDosageInstructions/value/text()",
        "several are joined in their sequence",
    )
    .of_item(),
    Row::derived(
        "MedicationRequest.dosageInstruction.sequence",
        "//pertinentDosageInstructions/value/text()",
        "the order of several texts",
    )
    .of_item(),
    Row::carried(
        "MedicationRequest.extension(Extension-DM-PrescriptionEndorsement).valueCodeableConcept.coding.code",
        "//pertinentPrescriberEndorsement/value/@code",
        OF_LINE,
    )
    .of_item(),
    Row::derived(
        "MedicationRequest.extension(Extension-DM-ControlledDrug).extension(quantityWords).valueString",
        "//pertinentAdditionalInstructions/value/text()",
        "after CD:, before the note",
    )
    .of_item(),
    Row::derived("MedicationRequest.note.text", "//pertinentAdditionalInstructions/value/text()", "the last line")
        .of_item(),
    Row::derived(
        "CommunicationRequest.payload.contentString",
        "//pertinentAdditionalInstructions/value/text()",
        INSTRUCTIONS,
    ),
    Row::derived("List.entry.item.display", "//pertinentAdditionalInstructions/value/text()", INSTRUCTIONS),
    // What has no place in HL7 v3.
    Row::dropped("MedicationRequest.dosageInstruction.*", TEXT_ONLY),
    Row::dropped(
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueUnsignedInt",
        "read as valueInteger only",
    ),
    Row::dropped("MedicationRequest.authoredOn", NOT_READ),
    Row::dropped("MedicationRequest.category.*", NOT_READ),
    Row::dropped("MedicationRequest.substitution.*", NOT_READ),
    Row::dropped("MedicationRequest.subject.reference", NOT_READ),
    Row::dropped("MedicationRequest.intent", NOT_READ),
    Row::dropped("MedicationRequest.basedOn.identifier.*", NOT_READ),
    Row::dropped("MedicationRequest.courseOfTherapyType.coding.display", NOT_READ),
    Row::dropped("MedicationRequest.groupIdentifier.system", NOT_READ),
    Row::dropped("MedicationRequest.extension(Extension-DM-ControlledDrug).extension(schedule).*", NOT_READ),
    Row::selects(
        "MedicationRequest.extension(Extension-DM-PrescriptionEndorsement).valueCodeableConcept.coding.system",
        VALIDATED,
    ),
    Row::dropped(
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(numberOfPrescriptionsIssued).*",
        NOT_READ,
    ),
    Row::selects("MedicationRequest.status", VALIDATED),
    Row::selects("MedicationRequest.medicationCodeableConcept.coding.system", VALIDATED),
    Row::selects("MedicationRequest.dispenseRequest.expectedSupplyDuration.code", VALIDATED),
    Row::selects("MedicationRequest.dispenseRequest.expectedSupplyDuration.system", VALIDATED),
    Row::selects("MedicationRequest.dispenseRequest.expectedSupplyDuration.unit", VALIDATED),
    Row::dropped("Provenance.agent.*", "the signature itself is what counts"),
    Row::dropped("Provenance.recorded", "the signature itself is what counts"),
    Row::dropped("Provenance.signature.type.*", "the signature itself is what counts"),
    Row::dropped("Provenance.target.*", "the signature itself is what counts"),
    Row::dropped("CommunicationRequest.recipient.*", NOT_READ),
    Row::dropped("CommunicationRequest.requester.*", NOT_READ),
    Row::dropped("CommunicationRequest.status", NOT_READ),
    Row::dropped("CommunicationRequest.subject.*", NOT_READ),
    Row::dropped("CommunicationRequest.payload.contentReference.display", NOT_READ),
    Row::dropped("List.code.*", NOT_READ),
    Row::dropped(
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).*",
        "an order is of the first issue",
    ),
    Row::selects("Medication.code.coding.system", VALIDATED),
    Row::dropped("List.mode", NOT_READ),
    Row::dropped("List.resourceType", NOT_READ),
    Row::dropped("List.subject.reference", NOT_READ),
    Row::dropped("List.status", NOT_READ),
];
