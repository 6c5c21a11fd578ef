//! `recordTarget`: the patient in full (COCT_MT050012UK05), or by NHS number alone.

use super::datatypes::{read_address, read_name, read_telecoms, write_address, write_name, write_telecom};
use super::input::In;
use super::out::Out;
use super::out::structure::{PAT, PSN_INSTANCE, RCT};
use crate::codes::{Gender, oid};
use crate::ids::{NhsNumber, OdsCode};
use crate::model::Patient;
use crate::xml::Element;

/// General medical practice, the one kind of care provision that EPS knows.
const GP_CARE_PROVISION: &str = "1";

pub(super) fn write(out: &mut Out<'_>, patient: &Patient) {
    out.within("recordTarget", RCT, |out| {
        out.within("Patient", PAT, |out| {
            out.id(oid::NHS_NUMBER, patient.nhs_number.as_str());
            patient.addresses.iter().for_each(|address| write_address(out, address));
            patient.telecoms.iter().for_each(|telecom| write_telecom(out, telecom));
            out.within("patientPerson", PSN_INSTANCE, |out| {
                patient.names.iter().for_each(|name| write_name(out, name));
                if let Some(gender) = patient.gender {
                    out.code("administrativeGenderCode", Gender::OID, gender.code());
                }
                if let Some(birth_date) = patient.birth_date {
                    out.date("birthTime", birth_date);
                }
                write_general_practice(out, patient.general_practice.as_ref());
            });
        });
    });
}

fn write_general_practice(out: &mut Out<'_>, practice: Option<&OdsCode>) {
    out.within("playedProviderPatient", PAT, |out| {
        out.within("subjectOf", &[("typeCode", "SBJ")], |out| {
            out.within("patientCareProvision", &[("classCode", "PCPR"), ("moodCode", "EVN")], |out| {
                out.code("code", oid::CARE_PROVISION, GP_CARE_PROVISION);
                out.within("responsibleParty", &[("typeCode", "RESP")], |out| {
                    out.within("healthCareProvider", &[("classCode", "PROV")], |out| match practice {
                        Some(ods) => out.id(oid::ODS, ods.as_str()),
                        None => out.empty("id", &[("nullFlavor", "UNK")]),
                    });
                });
            });
        });
    });
}

pub(super) fn read(input: &mut In, payload: Element<'_, '_>) -> Option<Patient> {
    let patient = input.path(payload, &["recordTarget", "Patient"])?;
    let nhs_number = input.one(patient, "id").and_then(|id| input.identifier(id, "extension"));
    let addresses = input.every(In::all(patient, "addr"), read_address);
    let telecoms = read_telecoms(input, patient);
    let person = input.one(patient, "patientPerson")?;
    let names = input.every(In::all(person, "name"), read_name);
    let gender = input.optional(person, "administrativeGenderCode");
    let gender = input.maybe(gender, |input, element| input.vocabulary(element));
    let birth_date = input.optional(person, "birthTime");
    let birth_date = input.maybe(birth_date, |input, element| input.date(element));
    let general_practice = input
        .path(
            person,
            &["playedProviderPatient", "subjectOf", "patientCareProvision", "responsibleParty", "healthCareProvider"],
        )
        .and_then(|provider| input.optional_id(provider));
    Some(Patient {
        nhs_number: nhs_number?,
        addresses: addresses?,
        telecoms: telecoms?,
        names: names?,
        gender: gender?,
        birth_date: birth_date?,
        general_practice: general_practice?,
    })
}

/// `recordTarget / patient / id`, the short form of dispensing messages.
pub(super) fn write_nhs_number(out: &mut Out<'_>, nhs_number: &NhsNumber) {
    out.within("recordTarget", RCT, |out| {
        out.within("patient", PAT, |out| out.id(oid::NHS_NUMBER, nhs_number.as_str()));
    });
}

pub(super) fn read_nhs_number(input: &mut In, payload: Element<'_, '_>) -> Option<NhsNumber> {
    let id = input.path(payload, &["recordTarget", "patient", "id"])?;
    input.identifier(id, "extension")
}
