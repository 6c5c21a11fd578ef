//! The Patient resource.

use crate::codes::system;
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, OdsCode};
use crate::model::Patient;

/// Where the patient has no registered practice.
const NO_PRACTICE: &str = "V81999";

/// Writes the entry of a Patient.
pub(super) fn entry(json: &mut JsonWriter, id: Guid, patient: &Patient) {
    let Patient {
        nhs_number,
        addresses,
        telecoms,
        names,
        gender,
        birth_date,
        general_practice,
        code: _,
        certificate: _,
        deceased: _,
    } = patient;
    json.entry("Patient", id, |json| {
        json.identifiers("identifier", system::NHS_NUMBER, nhs_number.as_str());
        json.names(names);
        json.telecoms(telecoms);
        json.optional("gender", gender.map(|gender| gender.fhir_code()));
        if let Some(date) = birth_date {
            json.plain("birthDate", format_args!("{date}"));
        }
        json.addresses(addresses);
        json.list_of_one("generalPractitioner", |json| {
            let practice = general_practice.as_ref().map_or(NO_PRACTICE, OdsCode::as_str);
            json.identifier("identifier", system::ODS, practice);
        });
    });
}
