//! `recordTarget`: the patient in full (COCT_MT050012UK05), or by NHS number alone.

use super::data::{Extension, NHS_NUMBER, ODS_CODE, PlainCode, data};
use super::input::In;
use super::out::Out;
use super::out::structure::{PAT, PCPR_EVN, PROV, PSN_INSTANCE, RCT, RESP};
use super::parts::{At, Part, Within, at, many, optional, shape, within};
use crate::codes::oid;
use crate::ids::OdsCode;
use crate::model::Patient;
use crate::xml::Element;

/// General medical practice, the one kind of care provision that EPS knows.
const GP_CARE_PROVISION: &str = "1";

/// `recordTarget / Patient`.
pub(super) const PATIENT: At<Within<At<Within<PatientParts>>>> =
    at("recordTarget", within(RCT, at("Patient", within(PAT, PatientParts))));

/// `recordTarget / patient / id`, the short form of dispensing messages.
pub(super) const PATIENT_BY_NUMBER: At<Within<At<Within<At<Extension>>>>> =
    at("recordTarget", within(RCT, at("patient", within(PAT, at("id", NHS_NUMBER)))));

shape! {
    /// The patient in full.
    pub(super) PatientParts: Patient {
        nhs_number: at("id", NHS_NUMBER),
        code: optional(at("code", PlainCode)),
        addresses: many(data("addr")),
        telecoms: many(data("telecom")),
        certificate: optional(data("certificateText")),
        in "patientPerson" (PSN_INSTANCE) {
            names: many(data("name")),
            gender: optional(data("administrativeGenderCode")),
            birth_date: optional(data("birthTime")),
            deceased: optional(data("deceasedTime")),
            in "playedProviderPatient" (PAT) {
                in "subjectOf" (&[("typeCode", "SBJ")]) {
                    in "patientCareProvision" (PCPR_EVN) {
                        _: |out: &mut Out<'_>| out.code("code", oid::CARE_PROVISION, GP_CARE_PROVISION),
                        in "responsibleParty" (RESP) {
                            in "healthCareProvider" (PROV) {
                                general_practice: GeneralPractice,
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The practice's `id`: its ODS code, or a null flavour.
#[derive(Clone, Copy)]
struct GeneralPractice;

impl Part<Option<OdsCode>> for GeneralPractice {
    fn write<'n>(&self, out: &mut Out<'n>, practice: &'n Option<OdsCode>) {
        match practice {
            Some(ods) => at("id", ODS_CODE).write(out, ods),
            None => out.empty("id", &[("nullFlavor", "UNK")]),
        }
    }

    fn read(&self, input: &mut In, provider: Element<'_, '_>) -> Option<Option<OdsCode>> {
        optional(at("id", ODS_CODE)).read(input, provider)
    }
}
