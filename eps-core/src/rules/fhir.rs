//! The rules that a FHIR message can break, in words of the NHS service where it has them.
//!
//! Codes in `issue.details` and severities are those of the service: what its translation throws is `fatal` and has a
//! Spine code; what its validation lists is an `error`.

use crate::problem::DetailCode;

/// The code system of processing errors.
const SPINE_R4: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";
const INVALID_VALUE: DetailCode = DetailCode::new(SPINE_R4, "INVALID_VALUE", None);
const TOO_FEW: DetailCode = DetailCode::new(SPINE_R4, "TOO_FEW_VALUES_SUBMITTED", None);
const TOO_MANY: DetailCode = DetailCode::new(SPINE_R4, "TOO_MANY_VALUES_SUBMITTED", None);

/// The repository of the NHS service is `NHSDigital/electronic-prescription-service-api`; `coordinator` and `models` are
/// packages of it.
const BUNDLE_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/bundle-validator.ts";
const PARAMETERS_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/parameters-validator.ts";
const TASK_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/task-validator.ts";
const CLAIM_VALIDATOR: &str = "NHS EPS FHIR API, coordinator: services/validation/claim-validator.ts";
const PROCESSING_ERRORS: &str = "NHS EPS FHIR API, models: errors/processing.ts";
const TRANSLATE_PRACTITIONER: &str = "NHS EPS FHIR API, coordinator: services/translation/request/practitioner.ts";
const TRANSLATE_ORGANISATION: &str = "NHS EPS FHIR API, coordinator: services/translation/request/organization.ts";
const TRANSLATE_SIGNATURE: &str = "NHS EPS FHIR API, coordinator: services/translation/request/signature.ts";
const TRANSLATE_COURSE: &str = "NHS EPS FHIR API, coordinator: services/translation/request/course-of-therapy-type.ts";
const TRANSLATE_PRESCRIPTION: &str = "NHS EPS FHIR API, coordinator: services/translation/request/prescription.ts";
const TRANSLATE_DISPENSE: &str =
    "NHS EPS FHIR API, coordinator: services/translation/request/dispense/dispense-notification.ts";
const TRANSLATE_CLAIM: &str = "NHS EPS FHIR API, coordinator: services/translation/request/dispense/dispense-claim.ts";
const PROFILE: &str = "NHS Digital Medicines implementation guide, profile of the prescription-order Bundle";
const FHIR_TYPES: &str = "FHIR R4 (4.0.1), 2.24 Data Types";
const NAME_USE_SET: &str = "FHIR R4 (4.0.1), value set name-use";
const CONTACT_USE_SET: &str = "FHIR R4 (4.0.1), value set contact-point-use";
const ADDRESS_USE_SET: &str = "FHIR R4 (4.0.1), value set address-use";
const GENDER_SET: &str = "FHIR R4 (4.0.1), value set administrative-gender";
const MIM_VOCABULARY: &str =
    "Message Implementation Manual 4.2.00, vocabularies, and the code systems of the NHS profiles";
const XML_CHARACTERS: &str = "XML 1.0 (fifth edition), 2.2 Characters: what HL7 v3 cannot hold";
const LIMITS: &str = "this library: what bounds memory and time";
const SCOPE: &str = "this library: what this version reads";
const SIGNED: &str = "this library: what a signature covers is carried byte for byte, and never made up";
const TOTAL: &str = "this library: a reader gives a value or a problem";

rules! {
    /// The resource is one that EPS takes.
    RESOURCE_TYPE = Fatal("fhir.resource-type", "value") {
        requires: "A message is a Bundle, Parameters, a Task or a Claim.",
        applies: "every FHIR message",
        fix: "Send the resource that the operation asks for.",
        source: BUNDLE_VALIDATOR,
    }
    /// The event is one that EPS takes.
    EVENT = Fatal("fhir.message-header.event", "value") {
        requires: "MessageHeader.eventCoding.code must be one of: prescription-order, prescription-order-update, dispense-notification.",
        applies: "the MessageHeader of every Bundle",
        fix: "Send one of these event codes.",
        source: BUNDLE_VALIDATOR,
    }
    /// The message is one that this version reads.
    UNSUPPORTED = Fatal("fhir.message.unsupported", "not-supported") {
        requires: "A release request is read with ids to give it.",
        applies: "every FHIR message",
        fix: "Send one of these messages.",
        source: SCOPE,
    }
    /// A release response stays on the wire that it came on.
    RELEASE_RESPONSE = Fatal("fhir.message.release-response", "not-supported") {
        requires: "A release response is not read from FHIR: it says what the signed documents say, and does not hold them.",
        applies: "Parameters with passedPrescriptions or failedPrescriptions",
        fix: "Keep the HL7 v3 release response, or send the Parameters of a release request.",
        source: SIGNED,
    }
    /// A value has the JSON type of its element.
    TYPE = Fatal("fhir.element.type", "structure") {
        requires: "An element has the JSON type that FHIR R4 gives it.",
        applies: "every element that is read",
        fix: "Send texts as strings, repeated elements as arrays, decimals and integers as numbers.",
        source: FHIR_TYPES,
    }
    /// A required element is there.
    REQUIRED = Fatal("fhir.element.required", "invalid") {
        requires: "Required field missing.",
        applies: "every element that HL7 v3 needs",
        fix: "Send the element that `expected` names.",
        source: PROCESSING_ERRORS,
        detail: INVALID_VALUE,
    }
    /// An element that must stand once is there.
    TOO_FEW_VALUES = Fatal("fhir.element.too-few", "invalid") {
        requires: "Too few values submitted. Expected 1 element.",
        applies: "every list from which exactly one element is taken, and every reference that is followed",
        fix: "Send the element that the message describes.",
        source: PROCESSING_ERRORS,
        detail: TOO_FEW,
    }
    /// An element that must stand once is there once.
    TOO_MANY_VALUES = Fatal("fhir.element.too-many", "invalid") {
        requires: "Too many values submitted. Expected 1 element.",
        applies: "every list from which exactly one element is taken",
        fix: "Send only one of these elements.",
        source: PROCESSING_ERRORS,
        detail: TOO_MANY,
    }
    /// A text is not empty.
    TEXT_EMPTY = Fatal("fhir.text.empty", "invalid") {
        requires: "A text has at least one character.",
        applies: "every text that is read",
        fix: "Leave the element out, or fill it.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A text can be written into XML.
    TEXT_CHARACTER = Fatal("fhir.text.character", "invalid") {
        requires: "A text holds only characters that XML 1.0 allows: no control characters but tab and line breaks, no U+FFFE, no U+FFFF.",
        applies: "every text that is read",
        fix: "Remove the character from the text.",
        source: XML_CHARACTERS,
        detail: INVALID_VALUE,
    }
    /// A code has no white space.
    CODE_FORM = Fatal("fhir.code.form", "invalid") {
        requires: "A code holds no white space.",
        applies: "every code that is carried as it is",
        fix: "Send the code as its code system writes it.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A code is in its vocabulary.
    CODE_UNKNOWN = Fatal("fhir.code.unknown", "invalid") {
        requires: "A code is one of its vocabulary.",
        applies: "every code of a closed vocabulary",
        fix: "Send a code of the code system that the profile names.",
        source: MIM_VOCABULARY,
        detail: INVALID_VALUE,
    }
    /// A date-time has the form of FHIR R4.
    DATE_TIME_FORM = Fatal("fhir.date-time.form", "invalid") {
        requires: "A dateTime has the form of FHIR R4: with a time, seconds and Z or an offset are mandatory.",
        applies: "every dateTime and instant that is read",
        fix: "Send YYYY-MM-DDThh:mm:ss+hh:mm.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A date has the form of FHIR R4.
    DATE_FORM = Fatal("fhir.date.form", "invalid") {
        requires: "A date has the form of FHIR R4, without a time.",
        applies: "every date that is read",
        fix: "Send YYYY-MM-DD.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A date exists.
    DATE_IMPOSSIBLE = Fatal("fhir.date.impossible", "invalid") {
        requires: "A date or time exists in the calendar, without leap seconds.",
        applies: "every date and time that is read",
        fix: "Send a day and time that exist.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A count is a whole number.
    COUNT = Fatal("fhir.count", "invalid") {
        requires: "A count is a whole number from 0 to 4,294,967,294, without point or exponent.",
        applies: "every whole number that is read",
        fix: "Send a whole number.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A quantity is a decimal number of reasonable length.
    DECIMAL = Fatal("fhir.quantity.decimal", "invalid") {
        requires: "The value of a quantity is a decimal number of 64 characters at most.",
        applies: "the value of every quantity",
        fix: "Send the value as a JSON number.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// The use of a name is known.
    NAME_USE = Fatal("fhir.name.use", "invalid") {
        requires: "The use of a name is usual, official, temp, anonymous, nickname, old or maiden.",
        applies: "the use of every HumanName",
        fix: "Send one of these codes.",
        source: NAME_USE_SET,
        detail: INVALID_VALUE,
    }
    /// The use of a telecom is known.
    TELECOM_USE = Fatal("fhir.telecom.use", "invalid") {
        requires: "The use of a telecom is home, work, temp or mobile.",
        applies: "the use of every ContactPoint",
        fix: "Send one of these codes.",
        source: CONTACT_USE_SET,
        detail: INVALID_VALUE,
    }
    /// The use of an address is known.
    ADDRESS_USE = Fatal("fhir.address.use", "invalid") {
        requires: "The use of an address is home, work, temp or billing.",
        applies: "the use of every Address",
        fix: "Send one of these codes.",
        source: ADDRESS_USE_SET,
        detail: INVALID_VALUE,
    }
    /// The gender is known.
    GENDER = Fatal("fhir.patient.gender", "invalid") {
        requires: "Patient.gender is male, female, other or unknown.",
        applies: "every Patient",
        fix: "Send one of these codes.",
        source: GENDER_SET,
        detail: INVALID_VALUE,
    }
    /// A role has a telecom.
    ROLE_TELECOM = Fatal("fhir.practitioner-role.telecom", "invalid") {
        requires: "ResponsiblePractitioner must have at least one telecom.",
        applies: "the requester and the responsible practitioner of a prescription",
        fix: "Give the PractitionerRole a telecom.",
        source: TRANSLATE_PRACTITIONER,
        detail: TOO_FEW,
    }
    /// A job role is coded.
    JOB_ROLE = Fatal("fhir.practitioner-role.code", "invalid") {
        requires: "Too few values submitted. Expected at least 1 element where system in [https://fhir.nhs.uk/CodeSystem/NHSDigital-SDS-JobRoleCode, https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName].",
        applies: "every PractitionerRole that is translated",
        fix: "Code the job role in one of these systems.",
        source: TRANSLATE_PRACTITIONER,
        detail: TOO_FEW,
    }
    /// A prescriber has one professional code.
    NO_PROFESSIONAL_CODE = Fatal("fhir.practitioner.no-professional-code", "invalid") {
        requires: "Expected exactly one professional code. One of GMC|GMP|NMC|GPhC|HCPC|unknown. ",
        applies: "the Practitioner who prescribes, and who is responsible",
        fix: "Give the Practitioner one professional code.",
        source: TRANSLATE_PRACTITIONER,
        detail: TOO_FEW,
    }
    /// A prescriber has no second professional code.
    PROFESSIONAL_CODES = Fatal("fhir.practitioner.professional-codes", "invalid") {
        requires: "Expected exactly one professional code. One of GMC|GMP|NMC|GPhC|HCPC|unknown.",
        applies: "the Practitioner who prescribes, and who is responsible",
        fix: "Give the Practitioner one professional code.",
        source: TRANSLATE_PRACTITIONER,
        detail: TOO_MANY,
    }
    /// An organisation or service has a name.
    ORGANISATION_NAME = Fatal("fhir.organization.name", "invalid") {
        requires: "Name must be provided.",
        applies: "every Organization and HealthcareService that is translated",
        fix: "Give the Organization or HealthcareService its name.",
        source: TRANSLATE_ORGANISATION,
        detail: INVALID_VALUE,
    }
    /// A location has an address.
    LOCATION_ADDRESS = Fatal("fhir.location.address", "invalid") {
        requires: "Address must be provided.",
        applies: "the Location of a HealthcareService that prescribes",
        fix: "Give the Location its address.",
        source: TRANSLATE_ORGANISATION,
        detail: INVALID_VALUE,
    }
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
    /// A bundle is not longer than a message can be.
    ENTRIES = Fatal("fhir.bundle.entries", "too-costly") {
        requires: "A Bundle has 256 entries at most.",
        applies: "every Bundle",
        fix: "Send one message in a Bundle.",
        source: LIMITS,
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
    /// What the header says that the message is about can be read.
    FOCUS = Error("fhir.message-header.focus", "not-supported") {
        requires: "A resource that MessageHeader.focus names is of a type that EPS messages carry.",
        applies: "the resources of a Bundle that MessageHeader.focus names",
        fix: "Check the spelling of resourceType: a resource of an unknown type would be left out without a word.",
        source: "ours: the NHS service leaves such a resource out, and with a misspelt MedicationRequest its line item",
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
    /// A telecom has its value and its use.
    TELECOM_FIELD = Error("fhir.telecom.incomplete", "invalid") {
        requires: "Every telecom of an Organization, Practitioner or PractitionerRole has a value and a use.",
        applies: "every telecom of an Organization, Practitioner or PractitionerRole that is an entry of a Bundle",
        fix: "Send the field that the message names.",
        source: BUNDLE_VALIDATOR,
    }
    /// References within a role point into the bundle.
    ROLE_REFERENCE = Error("fhir.practitioner-role.reference", "invalid") {
        requires: "A PractitionerRole refers to its practitioner, organisation and healthcare services as resources of the Bundle.",
        applies: "every PractitionerRole that is an entry of a Bundle",
        fix: "Send the resource in the Bundle and refer to its fullUrl.",
        source: BUNDLE_VALIDATOR,
    }
    /// The responsible practitioner is named in one way.
    RESPONSIBLE_REFERENCE = Error("fhir.responsible-practitioner.reference", "invalid") {
        requires: "Responsible practitioner must be either a reference to a Practitioner resource or an identifier reference.",
        applies: "every PractitionerRole that a MedicationRequest names as its responsible practitioner",
        fix: "Send either a reference or an identifier.",
        source: BUNDLE_VALIDATOR,
    }
    /// What belongs to the prescription is the same in all requests.
    INCONSISTENT = Error("fhir.medications.inconsistent", "value") {
        requires: "What belongs to the whole message is the same in all its MedicationRequests or MedicationDispenses.",
        applies: "the MedicationRequests of a prescription-order together, and the MedicationDispenses of a dispense-notification",
        fix: "Send the same value in each of them.",
        source: BUNDLE_VALIDATOR,
    }
    /// Primary care does not prescribe through a healthcare service.
    UNEXPECTED_SERVICE = Error("fhir.practitioner-role.unexpected-service", "invalid") {
        requires: "Unexpected field of practitionerRole.healthcareService.",
        applies: "a prescription-order whose prescription type begins with 01",
        fix: "Leave healthcareService out in primary care.",
        source: BUNDLE_VALIDATOR,
    }
    /// A practice has its commissioning organisation.
    PART_OF = Error("fhir.organization.part-of", "invalid") {
        requires: "Required field organization.partOf is missing.",
        applies: "a prescription-order whose prescription type begins with 01",
        fix: "Send the organisation that commissions the practice.",
        source: BUNDLE_VALIDATOR,
    }
    /// GMP codes are not taken.
    GMP_CODE = Error("fhir.practitioner.gmp", "value") {
        requires: "Bundle resource Practitioner.identifier expected exactly one professional code from GMC|NMC|GPhC|HCPC|professional-code.",
        applies: "the Practitioner of the requester of a prescription-order",
        fix: "Send the prescriber's GMC number instead.",
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
    /// A claimed line has not too many products.
    CLAIM_TOO_LONG = Fatal("fhir.claim.too-long", "too-costly") {
        requires: "A line of a claim has 64 products and 16 endorsements at most.",
        applies: "each item of a Claim",
        fix: "Claim the line's products once each.",
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
    /// A pharmacy has a telecom.
    DISPENSER_TELECOM = Error("fhir.dispenser.telecom", "invalid") {
        requires: "The role that dispenses has a telecom.",
        applies: "the PractitionerRole that releases, dispenses or claims",
        fix: "Give the PractitionerRole a telecom.",
        source: PARAMETERS_VALIDATOR,
    }
    /// A dispenser is named by identifier.
    DISPENSER_IDENTIFIER = Error("fhir.dispenser.practitioner", "invalid") {
        requires: "The role that dispenses names its practitioner by identifier and display.",
        applies: "the PractitionerRole that releases, dispenses or claims",
        fix: "Send the practitioner's SDS user id as an identifier, and the name as display.",
        source: PARAMETERS_VALIDATOR,
    }
    /// A contained resource is there.
    CONTAINED_MISSING = Fatal("fhir.contained.missing", "invalid") {
        requires: "A reference that begins with # names a contained resource.",
        applies: "every reference to a contained resource that is followed",
        fix: "Contain the resource with this id.",
        source: PROCESSING_ERRORS,
        detail: INVALID_VALUE,
    }
    /// A contained resource has the right type.
    CONTAINED_TYPE = Fatal("fhir.contained.type", "invalid") {
        requires: "A contained resource has the type that its reference asks for.",
        applies: "every reference to a contained resource that is followed",
        fix: "Refer to the right resource.",
        source: PROCESSING_ERRORS,
        detail: INVALID_VALUE,
    }
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
        detail: DetailCode::new("https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode", "INVALID_VALUE", None),
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
    /// A charge code is known.
    CHARGE = Fatal("fhir.claim.charge", "invalid") {
        requires: "Unsupported prescription charge code",
        applies: "each item of a Claim",
        fix: "Send paid-once, paid-twice or not-paid.",
        source: TRANSLATE_CLAIM,
        detail: INVALID_VALUE,
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
    /// A message that is read is read whole.
    INCOMPLETE = Fatal("fhir.incomplete", "exception") {
        requires: "The message could not be read whole.",
        applies: "every FHIR message; it guards against a fault of this library",
        fix: "Report this message to the makers of this library.",
        source: TOTAL,
    }
    /// FHIR has a form for the message.
    NO_FORM = Fatal("fhir.write.no-form", "not-supported") {
        requires: "A rebuilt dispense history has no form in FHIR.",
        applies: "messages that are written as FHIR",
        fix: "Send it as HL7 v3.",
        source: SCOPE,
    }
    /// A cancellation in FHIR is of one item.
    CANCELS_ALL = Fatal("fhir.write.cancellation.item", "not-supported") {
        requires: "A cancellation in FHIR names the one item that it cancels.",
        applies: "cancellations that are written as FHIR",
        fix: "Cancel the items one by one, or send the cancellation as HL7 v3.",
        source: BUNDLE_VALIDATOR,
    }
    /// A cancellation in FHIR has one reason.
    CANCELS_FOR_MORE = Fatal("fhir.write.cancellation.reason", "not-supported") {
        requires: "A cancellation in FHIR has exactly one reason.",
        applies: "cancellations that are written as FHIR",
        fix: "Give the chief reason, or send the cancellation as HL7 v3.",
        source: BUNDLE_VALIDATOR,
    }
    /// A withdrawal in FHIR is of the last notification.
    WITHDRAWS_MORE = Fatal("fhir.write.withdrawal", "not-supported") {
        requires: "A withdrawal in FHIR takes the last dispense notification back.",
        applies: "withdrawals that are written as FHIR",
        fix: "Withdraw the notifications one by one, or send the withdrawal as HL7 v3.",
        source: SCOPE,
    }
    /// A line of a FHIR claim has one charge and one list of endorsements.
    CLAIM_UNEVEN = Fatal("fhir.write.claim.line", "not-supported") {
        requires: "A line of a FHIR Claim has one charge and one list of endorsements for all that was supplied on it.",
        applies: "claims that are written as FHIR",
        fix: "Claim the supplies as lines of their own, or send the claim as HL7 v3.",
        source: CLAIM_VALIDATOR,
    }
}
