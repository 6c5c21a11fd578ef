//! The table of prescription-order and `ParentPrescription`.
//!
//! Source: the translation of the NHS FHIR facade; Message Implementation Manual 4.2.00, PORX_MT132004UK31.

use super::Row;

const OF_LINE: &str = "of the same line item";
const FIRST: &str = "taken from the first MedicationRequest; all must say the same";
const PERSON: &str = "of each person who is in this role: author and responsible party";
const ENUM: &str = "by code table";
const INSTRUCTIONS: &str = "told with the first line item, as part of its additional instructions";
const TEXT_ONLY: &str = "HL7 v3 carries the text of the dosage only";
const ADDRESS: &str = "each becomes a line of the address, after its own lines";
const SELECTS: &str = "says what the value beside it is; HL7 v3 says that by OID";
const BY_REFERENCE: &str = "joins resources; HL7 v3 nests them";
const SENDER: &str = "who sends and receives is said by the connection";
const FIXED: &str = "fixed by the message type";
const NOT_PROFILED: &str = "not read: no field of the HL7 v3 message says it";

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    // The message.
    Row::carried("Bundle.identifier.value", "//ParentPrescription/id/@root", "the message id"),
    Row::carried("Bundle.identifier.value", "//PORX_IN020101SM31/id/@root", "the message id"),
    Row::derived(
        "MessageHeader.eventCoding.code",
        "//interactionId/@extension",
        "prescription-order is PORX_IN020101SM31",
    ),
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
    // The patient.
    Row::carried("Patient.identifier(nhs-number).value", "//Patient/id/@extension", "NHS number"),
    Row::derived("Patient.address.use", "//Patient/addr/@use", ENUM),
    Row::carried("Patient.address.line", "//Patient/addr/streetAddressLine/text()", "empty lines are left out"),
    Row::carried("Patient.address.city", "//Patient/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Patient.address.district", "//Patient/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Patient.address.state", "//Patient/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Patient.address.postalCode", "//Patient/addr/postalCode/text()", "as written"),
    Row::derived("Patient.telecom.use", "//Patient/telecom/@use", ENUM),
    Row::carried("Patient.telecom.value", "//Patient/telecom/@value", "as a tel: URL without white space"),
    Row::derived("Patient.name.use", "//patientPerson/name/@use", ENUM),
    Row::carried("Patient.name.prefix", "//patientPerson/name/prefix/text()", "as written"),
    Row::carried("Patient.name.given", "//patientPerson/name/given/text()", "as written"),
    Row::carried("Patient.name.family", "//patientPerson/name/family/text()", "as written"),
    Row::carried("Patient.name.suffix", "//patientPerson/name/suffix/text()", "as written"),
    Row::carried("Patient.name.text", "//patientPerson/name/text()", "where the name has no parts"),
    Row::derived("Patient.gender", "//administrativeGenderCode/@code", ENUM),
    Row::carried("Patient.birthDate", "//birthTime/@value", "eight digits; the first day of a month or year"),
    Row::carried(
        "Patient.generalPractitioner.identifier.value",
        "//healthCareProvider/id/@extension",
        "V81999 where there is none",
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
    // Who prescribes and who answers for it.
    Row::carried("PractitionerRole.identifier(sds-role-profile-id).value", "//AgentPerson/id/@extension", PERSON),
    Row::carried(
        "PractitionerRole.identifier(nhsbsa-spurious-code).value",
        "//responsibleParty/AgentPerson/agentPerson/id/@extension",
        "goes before every other code of the responsible party",
    ),
    Row::carried("PractitionerRole.code.coding.code", "//AgentPerson/code/@code", PERSON),
    Row::derived("PractitionerRole.telecom.use", "//AgentPerson/telecom/@use", ENUM),
    Row::carried("PractitionerRole.telecom.value", "//AgentPerson/telecom/@value", PERSON),
    Row::derived(
        "PractitionerRole.telecom.use",
        "//representedOrganization/telecom/@use",
        "where only an identifier names the organisation",
    )
    .unless("PractitionerRole.organization.reference"),
    Row::carried(
        "PractitionerRole.telecom.value",
        "//representedOrganization/telecom/@value",
        "where only an identifier names the organisation",
    )
    .unless("PractitionerRole.organization.reference"),
    Row::carried(
        "PractitionerRole.practitioner.display",
        "//agentPerson/name/text()",
        "where only an identifier names the practitioner",
    ),
    Row::carried(
        "PractitionerRole.practitioner.identifier.value",
        "//agentPerson/id/@extension",
        "where there is no Practitioner",
    ),
    Row::carried(
        "PractitionerRole.organization.display",
        "//representedOrganization/name/text()",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.organization.display",
        "//healthCareProviderLicense/Organization/name/text()",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.organization.display",
        "//agentPerson/name/text()",
        "of a responsible party who is only named",
    ),
    Row::carried(
        "PractitionerRole.organization.identifier.value",
        "//representedOrganization/id/@extension",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.organization.identifier.value",
        "//healthCareProviderLicense/Organization/id/@extension",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.healthcareService.display",
        "//representedOrganization/name/text()",
        "where there is no HealthcareService",
    ),
    Row::carried(
        "PractitionerRole.healthcareService.identifier.value",
        "//representedOrganization/id/@extension",
        "where there is no HealthcareService",
    ),
    Row::carried(
        "Practitioner.identifier(din-number).value",
        "//responsibleParty/AgentPerson/agentPerson/id/@extension",
        "the responsible party goes by it",
    ),
    Row::carried(
        "Practitioner.identifier(gmc-number).value",
        "//agentPerson/id/@extension",
        "without the C that some systems put before it",
    ),
    Row::carried("Practitioner.identifier(gmp-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(nmc-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(gphc-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(hcpc-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(professional-code).value", "//agentPerson/id/@extension", PERSON),
    Row::derived("Practitioner.name.use", "//agentPerson/name/@use", ENUM),
    Row::carried("Practitioner.name.prefix", "//agentPerson/name/prefix/text()", PERSON),
    Row::carried("Practitioner.name.given", "//agentPerson/name/given/text()", PERSON),
    Row::carried("Practitioner.name.family", "//agentPerson/name/family/text()", PERSON),
    Row::carried("Practitioner.name.suffix", "//agentPerson/name/suffix/text()", PERSON),
    Row::carried("Practitioner.name.text", "//agentPerson/name/text()", "where the name has no parts"),
    Row::derived("Practitioner.telecom.use", "//AgentPerson/telecom/@use", "where the role has no telecom")
        .unless("PractitionerRole.telecom.value"),
    Row::carried("Practitioner.telecom.value", "//AgentPerson/telecom/@value", "where the role has no telecom")
        .unless("PractitionerRole.telecom.value"),
    Row::carried(
        "Organization.identifier(ods-organization-code).value",
        "//representedOrganization/id/@extension",
        "unless a service is named",
    )
    .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.identifier(ods-organization-code).value",
        "//healthCareProviderLicense/Organization/id/@extension",
        "where it is part of no other, or another is part of it",
    )
    .unless("Organization.partOf.identifier.value"),
    Row::carried("Organization.name", "//representedOrganization/name/text()", "unless a service is named")
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.name",
        "//healthCareProviderLicense/Organization/name/text()",
        "where it is part of no other, or another is part of it",
    )
    .unless("Organization.partOf.identifier.value"),
    Row::derived("Organization.telecom.use", "//representedOrganization/telecom/@use", ENUM),
    Row::carried(
        "Organization.telecom.value",
        "//representedOrganization/telecom/@value",
        "as a tel: URL without white space",
    ),
    Row::derived("Organization.address.use", "//representedOrganization/addr/@use", ENUM)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.address.line",
        "//representedOrganization/addr/streetAddressLine/text()",
        "empty lines are left out",
    )
    .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.city", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.district", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.state", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.postalCode", "//representedOrganization/addr/postalCode/text()", "as written")
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.partOf.identifier.value",
        "//healthCareProviderLicense/Organization/id/@extension",
        "who licenses",
    ),
    Row::carried("Organization.partOf.display", "//healthCareProviderLicense/Organization/name/text()", "who licenses"),
    Row::carried(
        "HealthcareService.identifier(ods-organization-code).value",
        "//representedOrganization/id/@extension",
        "goes before the organisation",
    ),
    Row::carried("HealthcareService.name", "//representedOrganization/name/text()", "goes before the organisation"),
    Row::derived("HealthcareService.telecom.use", "//representedOrganization/telecom/@use", ENUM),
    Row::carried(
        "HealthcareService.telecom.value",
        "//representedOrganization/telecom/@value",
        "goes before the organisation",
    ),
    Row::derived("Location.address.use", "//representedOrganization/addr/@use", "of a service's or role's location"),
    Row::carried(
        "Location.address.line",
        "//representedOrganization/addr/streetAddressLine/text()",
        "of a service's or role's location",
    ),
    Row::carried("Location.address.city", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Location.address.district", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Location.address.state", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried(
        "Location.address.postalCode",
        "//representedOrganization/addr/postalCode/text()",
        "of a service's or role's location",
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
    Row::dropped("MessageHeader.*", SENDER),
    Row::dropped("*.system", SELECTS),
    Row::dropped("*.url", SELECTS),
    Row::dropped("*.resourceType", SELECTS),
    Row::dropped("*.reference", BY_REFERENCE),
    Row::dropped("*.fullUrl", BY_REFERENCE),
    Row::dropped("*", NOT_PROFILED),
    // What FHIR does not say.
    Row::defaulted("//creationTime/@value", "the time of conversion"),
    Row::defaulted("//communicationFunctionRcv/device/id/@extension", SENDER),
    Row::defaulted("//communicationFunctionSnd/device/id/@extension", SENDER),
    Row::defaulted("//ControlActEvent/author/AgentPersonSDS/id/@extension", SENDER),
    Row::defaulted("//agentPersonSDS/id/@extension", SENDER),
    Row::defaulted("//partSDSRole/id/@extension", SENDER),
    Row::defaulted("//agentSystemSDS/id/@extension", SENDER),
    Row::defaulted("//signatureText/@nullFlavor", "the order is not signed"),
    Row::defaulted("//pertinentTokenIssued/value/@value", "no token is issued"),
    Row::defaulted("//representedOrganization/code/@code", "999: not specified"),
    Row::defaulted("//healthCareProviderLicense/Organization/code/@code", "999: not specified"),
    Row::defaulted("//quantity/@unit", FIXED),
    Row::defaulted("//width/@unit", FIXED),
    Row::defaulted("//seperatableInd/@value", FIXED),
    Row::defaulted("//effectiveTime/@nullFlavor", FIXED),
    Row::defaulted("//id/@root", "the OID of what the id is"),
    Row::defaulted("//id/@extension", FIXED),
    Row::defaulted("//code/@code", FIXED),
    Row::defaulted("//code/@displayName", FIXED),
    Row::defaulted("//@codeSystem", "the OID of the code's system"),
    Row::defaulted("//templateId/@root", FIXED),
    Row::defaulted("//templateId/@extension", FIXED),
    Row::defaulted("//typeId/@root", FIXED),
    Row::defaulted("//typeId/@extension", FIXED),
    Row::defaulted("//interactionId/@root", FIXED),
    Row::defaulted("//versionCode/@code", FIXED),
    Row::defaulted("//processingCode/@code", FIXED),
    Row::defaulted("//processingModeCode/@code", FIXED),
    Row::defaulted("//acceptAckCode/@code", FIXED),
    Row::defaulted("//@classCode", FIXED),
    Row::defaulted("//@moodCode", FIXED),
    Row::defaulted("//@typeCode", FIXED),
    Row::defaulted("//@determinerCode", FIXED),
    Row::defaulted("//@contextControlCode", FIXED),
    Row::defaulted("//@contextConductionInd", FIXED),
    Row::defaulted("//@inversionInd", FIXED),
    Row::defaulted("//@negationInd", FIXED),
];
