//! The rules that a FHIR message can break, in words of the NHS service where it has them.
//!
//! Codes in `issue.details` and severities are those of the service: what its translation throws is `fatal` and has a
//! Spine code; what its validation lists is an `error`.

use crate::problem::{DetailCode, Rule};

/// The code system of processing errors.
const SPINE_R4: &str = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode";
const INVALID_VALUE: DetailCode = DetailCode::new(SPINE_R4, "INVALID_VALUE", None);
const TOO_FEW: DetailCode = DetailCode::new(SPINE_R4, "TOO_FEW_VALUES_SUBMITTED", None);
const TOO_MANY: DetailCode = DetailCode::new(SPINE_R4, "TOO_MANY_VALUES_SUBMITTED", None);

/// Declares rules and the table of them.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $rule:expr;)*) => {
        $($(#[$doc])* pub static $name: Rule = $rule;)*
        /// The rules of this module.
        pub(crate) const RULES: &[&Rule] = &[$(&$name),*];
    };
}

/// A rule of translation: fatal, `invalid`, with a code in `issue.details`.
const fn thrown(id: &'static str, detail: DetailCode, requires: &'static str, fix: &'static str) -> Rule {
    Rule::fatal(id, "invalid", requires, fix).with_detail(detail)
}

rules! {
    /// The resource is one that EPS takes.
    RESOURCE_TYPE = Rule::fatal("fhir.resource-type", "value",
        "A message is a Bundle, Parameters, a Task or a Claim.",
        "Send the resource that the operation asks for.");
    /// The event is one that EPS takes.
    EVENT = Rule::fatal("fhir.message-header.event", "value",
        "MessageHeader.eventCoding.code must be one of: prescription-order, prescription-order-update, dispense-notification.",
        "Send one of these event codes.");
    /// The message is one that this version reads.
    UNSUPPORTED = Rule::fatal("fhir.message.unsupported", "not-supported",
        "This version reads orders, releases, dispense notifications and claims.",
        "Send one of these messages.");
    /// A value has the JSON type of its element.
    TYPE = Rule::fatal("fhir.element.type", "structure",
        "An element has the JSON type that FHIR R4 gives it.",
        "Send texts as strings, repeated elements as arrays, decimals and integers as numbers.");
    /// A required element is there.
    REQUIRED = thrown("fhir.element.required", INVALID_VALUE,
        "Required field missing.", "Send the element that `expected` names.");
    /// An element that must stand once is there.
    TOO_FEW_VALUES = thrown("fhir.element.too-few", TOO_FEW,
        "Too few values submitted. Expected 1 element.", "Send the element that the message describes.");
    /// An element that must stand once is there once.
    TOO_MANY_VALUES = thrown("fhir.element.too-many", TOO_MANY,
        "Too many values submitted. Expected 1 element.", "Send only one of these elements.");
    /// A text is not empty.
    TEXT_EMPTY = thrown("fhir.text.empty", INVALID_VALUE,
        "A text has at least one character.", "Leave the element out, or fill it.");
    /// A text can be written into XML.
    TEXT_CHARACTER = thrown("fhir.text.character", INVALID_VALUE,
        "A text holds only characters that XML 1.0 allows: no control characters but tab and line breaks, no U+FFFE, no U+FFFF.",
        "Remove the character from the text.");
    /// A code has no white space.
    CODE_FORM = thrown("fhir.code.form", INVALID_VALUE,
        "A code holds no white space.", "Send the code as its code system writes it.");
    /// A code is in its vocabulary.
    CODE_UNKNOWN = thrown("fhir.code.unknown", INVALID_VALUE,
        "A code is one of its vocabulary.", "Send a code of the code system that the profile names.");
    /// A date-time has the form of FHIR R4.
    DATE_TIME_FORM = thrown("fhir.date-time.form", INVALID_VALUE,
        "A dateTime has the form of FHIR R4: with a time, seconds and Z or an offset are mandatory.",
        "Send YYYY-MM-DDThh:mm:ss+hh:mm.");
    /// A date has the form of FHIR R4.
    DATE_FORM = thrown("fhir.date.form", INVALID_VALUE,
        "A date has the form of FHIR R4, without a time.", "Send YYYY-MM-DD.");
    /// A date exists.
    DATE_IMPOSSIBLE = thrown("fhir.date.impossible", INVALID_VALUE,
        "A date or time exists in the calendar, without leap seconds.", "Send a day and time that exist.");
    /// A count is a whole number.
    COUNT = thrown("fhir.count", INVALID_VALUE,
        "A count is a whole number from 0 to 4,294,967,294, without point or exponent.", "Send a whole number.");
    /// A quantity is a decimal number of reasonable length.
    DECIMAL = thrown("fhir.quantity.decimal", INVALID_VALUE,
        "The value of a quantity is a decimal number of 64 characters at most.", "Send the value as a JSON number.");
    /// The use of a name is known.
    NAME_USE = thrown("fhir.name.use", INVALID_VALUE,
        "The use of a name is usual, official, temp, anonymous, nickname, old or maiden.", "Send one of these codes.");
    /// The use of a telecom is known.
    TELECOM_USE = thrown("fhir.telecom.use", INVALID_VALUE,
        "The use of a telecom is home, work, temp or mobile.", "Send one of these codes.");
    /// The use of an address is known.
    ADDRESS_USE = thrown("fhir.address.use", INVALID_VALUE,
        "The use of an address is home, work, temp or billing.", "Send one of these codes.");
    /// The gender is known.
    GENDER = thrown("fhir.patient.gender", INVALID_VALUE,
        "Patient.gender is male, female, other or unknown.", "Send one of these codes.");
    /// A role has a telecom.
    ROLE_TELECOM = thrown("fhir.practitioner-role.telecom", TOO_FEW,
        "ResponsiblePractitioner must have at least one telecom.", "Give the PractitionerRole a telecom.");
    /// A job role is coded.
    JOB_ROLE = thrown("fhir.practitioner-role.code", TOO_FEW,
        "Too few values submitted. Expected at least 1 element where system in [https://fhir.nhs.uk/CodeSystem/NHSDigital-SDS-JobRoleCode, https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName].",
        "Code the job role in one of these systems.");
    /// A prescriber has one professional code.
    NO_PROFESSIONAL_CODE = thrown("fhir.practitioner.no-professional-code", TOO_FEW,
        "Expected exactly one professional code. One of GMC|GMP|NMC|GPhC|HCPC|unknown. ",
        "Give the Practitioner one professional code.");
    /// A prescriber has no second professional code.
    PROFESSIONAL_CODES = thrown("fhir.practitioner.professional-codes", TOO_MANY,
        "Expected exactly one professional code. One of GMC|GMP|NMC|GPhC|HCPC|unknown.",
        "Give the Practitioner one professional code.");
    /// An organisation or service has a name.
    ORGANISATION_NAME = thrown("fhir.organization.name", INVALID_VALUE,
        "Name must be provided.", "Give the Organization or HealthcareService its name.");
    /// A location has an address.
    LOCATION_ADDRESS = thrown("fhir.location.address", INVALID_VALUE,
        "Address must be provided.", "Give the Location its address.");
    /// A signature is XML in Base64.
    SIGNATURE = thrown("fhir.signature.format", INVALID_VALUE,
        "Invalid signature format.", "Send the Signature element as UTF-8 text in Base64.");
    /// The courses of therapy go together.
    COURSE_MIXED = thrown("fhir.course-of-therapy.mixed", INVALID_VALUE,
        "Course of therapy type must either match for all MedicationRequests or be a mixture of 'acute' and 'continuous'.",
        "Send repeat dispensing items in a prescription of their own.");
    /// The course of therapy is known.
    COURSE_UNKNOWN = thrown("fhir.course-of-therapy.unknown", INVALID_VALUE,
        "A course of therapy is acute, continuous or continuous-repeat-dispensing.", "Send one of these codes.");
    /// A repeat dispensing prescription says how often.
    REPEATS_ALLOWED = thrown("fhir.repeats-allowed", INVALID_VALUE,
        "Number of repeats allowed is required.", "Send dispenseRequest.numberOfRepeatsAllowed.");
    /// The supply of one issue is counted in days.
    SUPPLY_DURATION = thrown("fhir.supply-duration.unit", INVALID_VALUE,
        "Expected supply duration must be specified in days.", "Send the code d.");

    /// A bundle is not longer than a message can be.
    ENTRIES = Rule::fatal("fhir.bundle.entries", "too-costly",
        "A Bundle has 256 entries at most.", "Send one message in a Bundle.");
    /// There is something to prescribe.
    NO_MEDICATION_REQUEST = thrown("fhir.bundle.no-medication-request", TOO_FEW,
        "Too few values submitted. Expected at least 1 element where resource.resourceType == 'MedicationRequest'.",
        "Send one MedicationRequest for each line item.");
    /// A prescription has four line items at most.
    TOO_MANY_REQUESTS = Rule::error("fhir.bundle.too-many-medication-requests", "processing",
        "Bundle contains too many resources of type MedicationRequest. Expected at most 4.",
        "Spread the items over several prescriptions.");
    /// The intent is an order.
    INTENT = Rule::error("fhir.medication-request.intent", "value",
        "MedicationRequest.intent must be order, original-order or instance-order.", "Send one of these codes.");
    /// The product is given once.
    MEDICATION_TWICE = Rule::error("fhir.medication.twice", "structure",
        "A request or dispense cannot contain both medicationReference and medicationCodeableConcept fields.",
        "Send one of the two.")
        .with_detail(DetailCode::new(SPINE_R4, "CONFLICTING_VALUES", Some("Conflicting values have been specified in different fields")));
    /// A telecom has its value and its use.
    TELECOM_FIELD = Rule::error("fhir.telecom.incomplete", "invalid",
        "Every telecom of an Organization, Practitioner or PractitionerRole has a value and a use.",
        "Send the field that the message names.");
    /// References within a role point into the bundle.
    ROLE_REFERENCE = Rule::error("fhir.practitioner-role.reference", "invalid",
        "A PractitionerRole refers to its practitioner, organisation and healthcare services as resources of the Bundle.",
        "Send the resource in the Bundle and refer to its fullUrl.");
    /// The responsible practitioner is named in one way.
    RESPONSIBLE_REFERENCE = Rule::error("fhir.responsible-practitioner.reference", "invalid",
        "Responsible practitioner must be either a reference to a Practitioner resource or an identifier reference.",
        "Send either a reference or an identifier.");
    /// What belongs to the prescription is the same in all requests.
    INCONSISTENT = Rule::error("fhir.medications.inconsistent", "value",
        "What belongs to the whole message is the same in all its MedicationRequests or MedicationDispenses.",
        "Send the same value in each of them.");
    /// Primary care does not prescribe through a healthcare service.
    UNEXPECTED_SERVICE = Rule::error("fhir.practitioner-role.unexpected-service", "invalid",
        "Unexpected field of practitionerRole.healthcareService.",
        "Leave healthcareService out in primary care.");
    /// A practice has its commissioning organisation.
    PART_OF = Rule::error("fhir.organization.part-of", "invalid",
        "Required field organization.partOf is missing.", "Send the organisation that commissions the practice.");
    /// GMP codes are not taken.
    GMP_CODE = Rule::error("fhir.practitioner.gmp", "value",
        "Bundle resource Practitioner.identifier expected exactly one professional code from GMC|NMC|GPhC|HCPC|professional-code.",
        "Send the prescriber's GMC number instead.");
    /// A repeat dispensing prescription says when and how long.
    REPEAT_FIELD = Rule::error("fhir.repeat-dispensing.incomplete", "value",
        "A repeat dispensing prescription has a validity period and an expected supply duration.",
        "Send both in dispenseRequest.");
    /// A request is active.
    STATUS = Rule::error("fhir.medication-request.status", "value",
        "MedicationRequest.status must be active.", "Send the code active.");
    /// No two line items share an id.
    DUPLICATE_ITEM = Rule::error("fhir.medication-request.duplicate-identifier", "value",
        "Expected all MedicationRequests to have a different value for identifier.",
        "Give each line item a UUID of its own.");
    /// What is told to the patient is short.
    TOLD_TOO_LONG = Rule::fatal("fhir.communication-request.too-long", "too-costly",
        "What is told to the patient has at most 1,024 payloads and list entries, and 64 KiB.",
        "Tell the patient less with one prescription.");
    /// A claimed line has not too many products.
    CLAIM_TOO_LONG = Rule::fatal("fhir.claim.too-long", "too-costly",
        "A line of a claim has 64 products and 16 endorsements at most.",
        "Claim the line's products once each.");
    /// A line item says how to take it.
    NO_DOSAGE = Rule::error("fhir.dosage-instruction.missing", "invalid",
        "Required field dosageInstructions is missing.", "Send at least one dosageInstruction.");
    /// Several dosages have their order.
    DOSAGE_SEQUENCE = Rule::error("fhir.dosage-instruction.sequence", "invalid",
        "The request contains multiple dosage instruction lines but no corresponding dosage sequence number.",
        "Give each dosageInstruction a sequence.")
        .with_detail(DetailCode::new("", "MISSING_VALUE", None));
    /// A pharmacy has a telecom.
    DISPENSER_TELECOM = Rule::error("fhir.dispenser.telecom", "invalid",
        "The role that dispenses has a telecom.", "Give the PractitionerRole a telecom.");
    /// A dispenser is named by identifier.
    DISPENSER_IDENTIFIER = Rule::error("fhir.dispenser.practitioner", "invalid",
        "The role that dispenses names its practitioner by identifier and display.",
        "Send the practitioner's SDS user id as an identifier, and the name as display.");
    /// A contained resource is there.
    CONTAINED_MISSING = thrown("fhir.contained.missing", INVALID_VALUE,
        "A reference that begins with # names a contained resource.", "Contain the resource with this id.");
    /// A contained resource has the right type.
    CONTAINED_TYPE = thrown("fhir.contained.type", INVALID_VALUE,
        "A contained resource has the type that its reference asks for.", "Refer to the right resource.");
    /// A release names the pharmacy.
    OWNER = Rule::error("fhir.release.owner", "invalid",
        "Required parameter owner is missing.", "Send the pharmacy as the Organization parameter owner.");
    /// A release names who asks.
    AGENT = thrown("fhir.release.agent", INVALID_VALUE,
        "A release has a PractitionerRole parameter agent.", "Send who asks as the parameter agent.");
    /// There is something dispensed.
    NO_MEDICATION_DISPENSE = thrown("fhir.bundle.no-medication-dispense", TOO_FEW,
        "Too few values submitted. Expected at least 1 element where resource.resourceType == 'MedicationDispense'.",
        "Send one MedicationDispense for each product supplied.");
    /// A dispense says who dispensed.
    PERFORMER = Rule::error("fhir.medication-dispense.performer", "value",
        "A MedicationDispense has a performer.", "Send performer.actor as a reference to a contained PractitionerRole.");
    /// The pharmacy is a resource of the bundle.
    PHARMACY_REFERENCE = thrown("fhir.dispenser.organization", INVALID_VALUE,
        "fhirContainedPractitionerRole.organization should be a Reference", "Send the Organization in the Bundle and refer to it.");
    /// It is known who pays the pharmacy.
    REIMBURSEMENT_AUTHORITY = Rule::error("fhir.reimbursement-authority", "invalid",
        "The dispense notification is missing the reimbursement authority and it should be provided.",
        "Send the extension ODS-OrganisationRelationships.");
    /// It is known by which code.
    REIMBURSEMENT_AUTHORITY_CODE = Rule::error("fhir.reimbursement-authority.code", "invalid",
        "The dispense notification is missing the ODS code for reimbursement authority and it should be provided.",
        "Send reimbursementAuthority within the extension.");
    /// The reasons for dispensing nothing agree.
    REASONS_DIFFER = Rule::error("fhir.not-dispensed-reasons", "invalid",
        "Expected all MedicationDispenses to have the same value for MedicationDispense.extension:prescriptionNonDispensingReason",
        "Send the same reason in each MedicationDispense.")
        .with_detail(DetailCode::new("https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode", "INVALID_VALUE", None));
    /// A claim has one insurance.
    INSURANCE = Rule::error("fhir.claim.insurance", "invalid",
        "A Claim has one insurance.", "Send the reimbursement authority as the only insurance.");
    /// The insurance is a reimbursement authority.
    INSURANCE_AUTHORITY = Rule::error("fhir.claim.insurance.authority", "value",
        "Claim.insurance[0].coverage.identifier.value must be one of: 'T1450', 'RQFZ1'.", "Send one of these codes.");
    /// The claiming organisation is contained.
    CLAIM_ORGANISATION = thrown("fhir.claim.organization", INVALID_VALUE,
        "practitioner.organization should be a reference", "Contain the Organization and refer to it.");
    /// A claim is endorsed.
    CLAIM_ENDORSEMENT = Rule::error("fhir.claim.endorsement", "invalid",
        "The claim is missing the required endorsement code.", "Send an endorsement; NDEC says that there is none.");
    /// A charge code is known.
    CHARGE = thrown("fhir.claim.charge", INVALID_VALUE,
        "Unsupported prescription charge code", "Send paid-once, paid-twice or not-paid.");
    /// A message that is read is read whole.
    INCOMPLETE = Rule::fatal("fhir.incomplete", "exception",
        "The message could not be read whole.", "Report this message to the makers of this library.");
}
