//! The patient of an order and of a cancellation.

use crate::mapping::Row;

const ENUM: &str = "by code table";
const ADDRESS: &str = "each becomes a line of the address, after its own lines";

/// The patient.
pub(super) const PATIENT: &[Row] = &[
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
];
