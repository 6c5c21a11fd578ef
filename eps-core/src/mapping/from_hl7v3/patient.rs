//! The patient of a prescription, a cancellation and its response.

use crate::mapping::Row;

const ENUM: &str = "by code table";
const NOWHERE: &str = "has no place in the FHIR that is written";

/// The patient.
pub(super) const PATIENT: &[Row] = &[
    Row::carried("//Patient/id/@extension", "Patient.identifier(nhs-number).value", "NHS number"),
    Row::derived("//Patient/addr/@use", "Patient.address.use", ENUM),
    Row::carried("//Patient/addr/streetAddressLine/text()", "Patient.address.line", "empty lines are left out"),
    Row::carried("//Patient/addr/postalCode/text()", "Patient.address.postalCode", "as written"),
    Row::derived("//Patient/telecom/@use", "Patient.telecom.use", ENUM),
    Row::carried("//Patient/telecom/@value", "Patient.telecom.value", "without the scheme of the URL"),
    Row::derived("//Patient/telecom/@value", "Patient.telecom.system", "by the scheme of the URL"),
    Row::derived("//patientPerson/name/@use", "Patient.name.use", ENUM),
    Row::carried("//patientPerson/name/prefix/text()", "Patient.name.prefix", "as written"),
    Row::carried("//patientPerson/name/given/text()", "Patient.name.given", "as written"),
    Row::carried("//patientPerson/name/family/text()", "Patient.name.family", "as written"),
    Row::carried("//patientPerson/name/suffix/text()", "Patient.name.suffix", "as written"),
    Row::carried("//patientPerson/name/text()", "Patient.name.text", "where the name has no parts"),
    Row::derived("//administrativeGenderCode/@code", "Patient.gender", ENUM),
    Row::carried("//birthTime/@value", "Patient.birthDate", "with the marks of a date"),
    Row::carried(
        "//healthCareProvider/id/@extension",
        "Patient.generalPractitioner.identifier.value",
        "V81999 where there is none",
    ),
    Row::dropped("//Patient/code/@code", NOWHERE),
    Row::dropped("//Patient/certificateText/text()", NOWHERE),
    Row::dropped("//deceasedTime/@value", NOWHERE),
    Row::defaulted("Patient.generalPractitioner.identifier.value", "V81999 where there is none"),
];
