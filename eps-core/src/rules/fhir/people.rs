//! Patients, practitioners, their roles and organisations.

use super::{
    ADDRESS_USE_SET, BUNDLE_VALIDATOR, CONTACT_USE_SET, GENDER_SET, INVALID_VALUE, NAME_USE_SET, PARAMETERS_VALIDATOR,
    TOO_FEW, TOO_MANY, TRANSLATE_ORGANISATION, TRANSLATE_PRACTITIONER,
};

rules! {
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
}
