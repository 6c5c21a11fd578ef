//! `ParentPrescription`: as its prescriber sends it, and in a release.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const EACH: &str = "of the whole prescription, in each MedicationRequest";
const PART: &str = "the part of the text that says it";
const NOWHERE: &str = "has no place in the FHIR that is written";
const START: &str = "where the prescription begins at another time than it is signed";
const COUNT: &str = "HL7 v3 counts the issues, FHIR the repeats after the first";

/// What both say.
pub(super) const PRESCRIPTION: &[Row] = &[
    Row::carried("//ParentPrescription/id/@root", "Bundle.identifier.value", "the message id"),
    Row::carried("//ParentPrescription/effectiveTime/@value", "Bundle.meta.lastUpdated", "with the marks of a time"),
    Row::carried(
        "//ParentPrescription/effectiveTime/@value",
        "MedicationRequest.dispenseRequest.validityPeriod.start",
        START,
    ),
    Row::carried(
        "//pertinentPrescription/id/@root",
        "MedicationRequest.groupIdentifier.extension(Extension-DM-PrescriptionId).valueIdentifier.value",
        EACH,
    ),
    Row::carried("//pertinentPrescription/id/@extension", "MedicationRequest.groupIdentifier.value", EACH),
    Row::carried(
        "//agentOrganizationSDS/id/@extension",
        "MedicationRequest.dispenseRequest.performer.identifier.value",
        EACH,
    ),
    Row::carried(
        "//agentOrganizationSDS/id/@extension",
        "MessageHeader.destination.receiver.identifier.value",
        "the nominated pharmacy",
    ),
    Row::carried(
        "//agentOrganizationSDS/id/@extension",
        "MessageHeader.destination.endpoint",
        "the nominated pharmacy",
    ),
    Row::carried("//pertinentPrescription/author/time/@value", "Provenance.signature.when", "when it is signed"),
    Row::carried("//pertinentPrescription/author/time/@value", "Provenance.recorded", "when it is signed"),
    Row::derived(
        "//pertinentPrescription/author/time/@value",
        "MedicationRequest.dispenseRequest.validityPeriod.start",
        START,
    ),
    Row::derived("//signatureText/*", "Provenance.signature.data", "its bytes in Base64"),
    Row::carried(
        "//daysSupply/effectiveTime/low/@value",
        "MedicationRequest.dispenseRequest.validityPeriod.start",
        EACH,
    ),
    Row::carried(
        "//daysSupply/effectiveTime/high/@value",
        "MedicationRequest.dispenseRequest.validityPeriod.end",
        EACH,
    ),
    Row::carried(
        "//daysSupply/expectedUseTime/width/@value",
        "MedicationRequest.dispenseRequest.expectedSupplyDuration.value",
        EACH,
    ),
    Row::carried(
        "//pertinentReviewDate/value/@value",
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(authorisationExpiryDate).valueDateTime",
        EACH,
    ),
    Row::derived(
        "//pertinentPrescriptionTreatmentType/value/@code",
        "MedicationRequest.courseOfTherapyType.coding.code",
        "0001 acute, 0002 continuous, 0003 continuous-repeat-dispensing",
    ),
    Row::derived(
        "//pertinentPrescriptionTreatmentType/value/@code",
        "MedicationRequest.courseOfTherapyType.coding.display",
        "the words of the code",
    ),
    Row::derived(
        "//pertinentPrescriptionTreatmentType/value/@code",
        "MedicationRequest.courseOfTherapyType.coding.system",
        "NHS England's for repeat dispensing",
    ),
    Row::derived(
        "//pertinentPrescriptionTreatmentType/value/@code",
        "MedicationRequest.intent",
        "order, and what follows from repeat dispensing",
    ),
    Row::carried(
        "//pertinentDispensingSitePreference/value/@code",
        "MedicationRequest.dispenseRequest.extension(Extension-DM-PerformerSiteType).valueCoding.code",
        EACH,
    ),
    Row::carried(
        "//pertinentPrescriptionType/value/@code",
        "MedicationRequest.extension(Extension-DM-PrescriptionType).valueCoding.code",
        EACH,
    ),
    Row::carried(
        "//pertinentLineItem/id/@root",
        "MedicationRequest.identifier(prescription-order-item-number).value",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "//pertinentLineItem/repeatNumber/low/@value",
        "MedicationRequest.extension(Extension-UKCore-MedicationRepeatInformation).extension(numberOfPrescriptionsIssued).valueUnsignedInt",
        OF_LINE,
    )
    .of_item(),
    Row::derived(
        "//pertinentLineItem/repeatNumber/high/@value",
        "MedicationRequest.dispenseRequest.numberOfRepeatsAllowed",
        COUNT,
    )
    .of_item(),
    Row::carried(
        "//manufacturedRequestedMaterial/code/@code",
        "MedicationRequest.medicationCodeableConcept.coding.code",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "//manufacturedRequestedMaterial/code/@displayName",
        "MedicationRequest.medicationCodeableConcept.coding.display",
        OF_LINE,
    )
    .of_item(),
    Row::carried("//lineItemQuantity/quantity/@value", "MedicationRequest.dispenseRequest.quantity.value", OF_LINE)
        .of_item(),
    Row::carried(
        "//lineItemQuantity/quantity/translation/@displayName",
        "MedicationRequest.dispenseRequest.quantity.unit",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "//lineItemQuantity/quantity/translation/@code",
        "MedicationRequest.dispenseRequest.quantity.code",
        OF_LINE,
    )
    .of_item(),
    Row::carried("//pertinentDosageInstructions/value/text()", "MedicationRequest.dosageInstruction.text", OF_LINE)
        .of_item(),
    Row::carried(
        "//pertinentPrescriberEndorsement/value/@code",
        "MedicationRequest.extension(Extension-DM-PrescriptionEndorsement).valueCodeableConcept.coding.code",
        OF_LINE,
    )
    .of_item(),
    Row::derived("//pertinentAdditionalInstructions/value/text()", "MedicationRequest.note.text", PART),
    Row::derived(
        "//pertinentAdditionalInstructions/value/text()",
        "MedicationRequest.extension(Extension-DM-ControlledDrug)*",
        PART,
    ),
    Row::derived("//pertinentAdditionalInstructions/value/text()", "CommunicationRequest.*", PART),
    Row::derived("//pertinentAdditionalInstructions/value/text()", "List.*", PART),
    // What only a release says.
    Row::carried(
        "//pertinentLineItem/pertinentInformation4/pertinentItemStatus/value/@code",
        "MedicationRequest.extension(Extension-EPS-DispensingInformation).extension(dispenseStatus).valueCoding.code",
        OF_LINE,
    )
    .of_item(),
    Row::derived(
        "//pertinentLineItem/pertinentInformation4/pertinentItemStatus/value/@code",
        "MedicationRequest.status",
        "by code table",
    )
    .of_item(),
    Row::carried(
        "//pertinentLineItem/pertinentInformation4/pertinentItemStatus/value/@displayName",
        "MedicationRequest.extension(Extension-EPS-DispensingInformation).extension(dispenseStatus).valueCoding.display",
        OF_LINE,
    )
    .of_item(),
    Row::carried(
        "//priorPreviousIssueDate/value/@value",
        "MedicationRequest.extension(Extension-EPS-DispensingInformation).extension(dateLastDispensed).valueDateTime",
        "the day, in each MedicationRequest",
    ),
    Row::dropped("//pertinentPrescriberEndorsement/text/text()", NOWHERE),
    Row::dropped("//priorOriginalItemRef/id/@root", NOWHERE),
    Row::dropped("//pertinentTokenIssued/value/@value", NOWHERE),
    Row::dropped("//pertinentPrescriptionStatus/value/@code", NOWHERE),
    Row::dropped("//pertinentPrescriptionStatus/value/@displayName", NOWHERE),
    Row::dropped("//pertinentLowPermanentExemptionInfo/value/@value", NOWHERE),
    Row::dropped("//pertinentHighPermanentExemptionInfo/value/@value", NOWHERE),
    Row::dropped("*/pertinentTemporaryExemptionInfo/*", NOWHERE),
    Row::dropped("*/pertinentPrescription/legalAuthenticator/*", NOWHERE),
    Row::dropped("*/pertinentCareEventRef/*", NOWHERE),
    Row::dropped("*/pertinentPrescription/inFulfillmentOf/*", NOWHERE),
    Row::defaulted("MedicationRequest.category.coding.code", "outpatient"),
    Row::defaulted("MedicationRequest.substitution.allowedBoolean", "false"),
    Row::defaulted("MedicationRequest.dispenseRequest.numberOfRepeatsAllowed", "0 where nothing is repeated"),
    Row::defaulted("MedicationRequest.dispenseRequest.expectedSupplyDuration.unit", "days"),
    Row::defaulted("MedicationRequest.dispenseRequest.expectedSupplyDuration.code", "days"),
    Row::defaulted("CommunicationRequest.*", "what goes with a notice to the patient"),
    Row::defaulted("List.*", "what goes with a list of medicines"),
    Row::defaulted("Provenance.signature.type.code", "a prescriber's signature"),
];

/// What only an order says: who sends it, and that a person signs it.
pub(super) const ORDER: &[Row] = &[
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "ODS code",
    ),
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/id/@extension",
        "MessageHeader.sender.identifier.value",
        "who prescribes sends",
    ),
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/id/@extension",
        "MessageHeader.source.endpoint",
        "who prescribes sends",
    ),
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/name/text()",
        "Organization.name",
        "as written",
    ),
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/name/text()",
        "MessageHeader.sender.display",
        "who prescribes sends",
    ),
    Row::dropped("//pertinentPrescription/repeatNumber/low/@value", "that of each line item is told"),
    Row::dropped("//pertinentPrescription/repeatNumber/high/@value", "that of each line item is told"),
];
