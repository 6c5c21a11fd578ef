//! `ParentPrescription` of EPS Release 1 (PORX_MT122003UK30), which a release still carries.
//!
//! Quantity, dosage and status of an item stand in other relationships than in Release 2, the practice beside the
//! patient's person, and the prescription's id has a root of its own. It is only read: nobody sends one any more.

use super::agent::AGENT;
use super::data::{Data, Extension, NHS_NUMBER, OpenCode, PlainCode, data};
use super::elements::{Product, fixed_code_alone, fulfilment, no_signature, product, separable};
use super::input::In;
use super::line_item::EndorsementParts;
use super::out::structure::{
    AUT_OP, MMAT_KIND, PAT, PERT_CONDUCTED, PERT_CONDUCTED_POSITIVE, PRD_OP, PSN_INSTANCE, RCT, RESP_OP, SBADM_RQO,
    SPLY_RQO,
};
use super::out::{ADMINISTRATION, Attributes, DISPENSING, Observation, Out};
use super::parent_prescription::{HIGH_EXEMPTION, LongId, UNDER_16, exemption, id_where};
use super::parts::{
    At, Observed, Optional, Part, Within, at, at_least_one, many, observation, observed, optional, related, shape,
    within,
};
use super::rules;
use crate::codes::{fixed, oid};
use crate::ids::{OdsCode, WrittenPrescriptionId};
use crate::model::{Exemptions, LineItem, Patient, Release1Prescription};
use crate::xml::Element;

const TREATMENT_TYPE: Observation = of("pertinentInformation5", "pertinentPrescriptionTreatmentType", "PTT");
const STATUS: Observation = Observation::new("pertinentInformation10", "pertinentPrescriptionStatus", "PS");
const SITE_PREFERENCE: Observation =
    of("pertinentInformation1", "pertinentDispensingSitePreference", "DSP").separable();
const PRESCRIPTION_TYPE: Observation = of("pertinentInformation4", "pertinentPrescriptionType", "PT");
const ITEM_STATUS: Observation = Observation::new("pertinentInformation5", "pertinentItemStatus", "IS");
const INSTRUCTIONS: Observation = of("pertinentInformation1", "pertinentAdditionalInstructions", "AI");
const ENDORSEMENT: Observation = of("pertinentInformation3", "pertinentPrescriberEndorsement", "PE");
const DOSAGE: Observation = of("pertinentInformation4", "pertinentDosageInstructions", "DI");
const QUANTITY: Attributes<'static> =
    &[("contextConductionInd", "true"), ("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "COMP")];
/// The kind of a practice's id in Release 1.
const PRACTICE: Extension = Extension(oid::RELEASE_1_PRACTICE);
const PRODUCT: Product =
    product(("product", PRD_OP), "manufacturedProduct", ("manufacturedRequestedMaterial", MMAT_KIND));

const fn of(relationship: &'static str, name: &'static str, code: &'static str) -> Observation {
    Observation::new(relationship, name, code).related(PERT_CONDUCTED_POSITIVE)
}

const PATIENT: At<Within<At<Within<PatientParts>>>> =
    at("recordTarget", within(RCT, at("Patient", within(PAT, PatientParts))));
const ITEM: At<Within<Item>> = at("pertinentLineItem", within(SBADM_RQO, Item));

shape! {
    /// The prescription.
    pub(super) Payload: Release1Prescription {
        message_id: data("id"),
        effective_time: data("effectiveTime"),
        patient: PATIENT,
        in "pertinentInformation1" (PERT_CONDUCTED) {
            _: separable(true),
            in "pertinentPrescription" (SBADM_RQO) {
                uuid: LongId,
                id: CheckedId,
                _: fixed_code_alone(&ADMINISTRATION),
                repeat: optional(data("repeatNumber")),
                in "author" (AUT_OP) {
                    author_time: data("time"),
                    _: no_signature,
                    author: AGENT,
                }
                responsible_party: at("responsibleParty", within(RESP_OP, AGENT)),
                treatment_type: observed(TREATMENT_TYPE, Data),
                exemptions: ByAge,
                status: optional(observed(STATUS, Data)),
                site_preference: observed(SITE_PREFERENCE, Data),
                line_items: at_least_one(
                    at("pertinentInformation2", related(PERT_CONDUCTED_POSITIVE, ITEM).separable(true)),
                    &rules::LINE_ITEMS
                ),
                prescription_type: observed(PRESCRIPTION_TYPE, OpenCode(oid::PRESCRIPTION_TYPE)),
            }
        }
    }
}

const OVER_60: Optional<Observed<At<Data>>> = exemption("pertinentInformation8", HIGH_EXEMPTION, fixed::OVER_60);

/// Exemptions by age.
#[derive(Clone, Copy)]
struct ByAge;

impl Part<Exemptions> for ByAge {
    fn write<'n>(&self, out: &mut Out<'n>, exemptions: &'n Exemptions) {
        OVER_60.write(out, &exemptions.over_60_from);
        UNDER_16.write(out, &exemptions.under_16_until);
    }

    fn read(&self, input: &mut In, prescription: Element<'_, '_>) -> Option<Exemptions> {
        let over_60_from = OVER_60.read(input, prescription);
        let under_16_until = UNDER_16.read(input, prescription);
        Some(Exemptions { under_16_until: under_16_until?, over_60_from: over_60_from? })
    }
}

/// The second `id`: the UUID with its check character.
#[derive(Clone, Copy)]
struct CheckedId;

impl Part<WrittenPrescriptionId> for CheckedId {
    fn write<'n>(&self, out: &mut Out<'n>, id: &'n WrittenPrescriptionId) {
        out.id(oid::RELEASE_1_PRESCRIPTION_ID, id.as_str());
    }

    fn read(&self, input: &mut In, prescription: Element<'_, '_>) -> Option<WrittenPrescriptionId> {
        let id = id_where(input, prescription, |id| id.attribute("extension").is_some())?;
        input.prescription_id_of_either_release(id)
    }
}

shape! {
    /// The patient.
    PatientParts: Patient {
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
        }
        general_practice: Practice,
    }
}

const REGISTERED: At<Within<At<Within<At<Extension>>>>> = at(
    "sourceOf",
    within(
        &[("typeCode", "registeredWith")],
        at("GpRegisteredWith", within(&[("classCode", "ROL")], at("id", PRACTICE))),
    ),
);

/// Where the patient is registered, if anywhere.
#[derive(Clone, Copy)]
struct Practice;

impl Part<Option<OdsCode>> for Practice {
    fn write<'n>(&self, out: &mut Out<'n>, practice: &'n Option<OdsCode>) {
        optional(REGISTERED).write(out, practice);
    }

    fn read(&self, input: &mut In, patient: Element<'_, '_>) -> Option<Option<OdsCode>> {
        optional(REGISTERED).read(input, patient)
    }
}

shape! {
    /// A line item.
    Item: LineItem {
        id: data("id"),
        _: fixed_code_alone(&ADMINISTRATION),
        repeat: optional(data("repeatNumber")),
        product: PRODUCT,
        status: optional(observed(ITEM_STATUS, Data)),
        additional_instructions: optional(observed(INSTRUCTIONS, Data)),
        endorsements: many(observation(ENDORSEMENT, EndorsementParts)),
        in "pertinentInformation2" (QUANTITY) {
            _: separable(true),
            in "pertinentLineItemQuantity" (SPLY_RQO) {
                _: fixed_code_alone(&DISPENSING),
                quantity: data("quantity"),
            }
        }
        dosage: observed(DOSAGE, Data),
        fulfils: optional(fulfilment("inFulfillmentOf2", "priorOriginalItemRef")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Document, Limits};

    /// An invented prescription of Release 1.
    const PRESCRIPTION: &str = include_str!("release_1.xml");

    #[test]
    fn what_differs_from_release_2_is_found() {
        let document = Document::parse(PRESCRIPTION.as_bytes(), &Limits::DEFAULT).unwrap();
        let prescription = crate::hl7v3::read_release_1_prescription(document.root()).unwrap();
        assert_eq!(prescription.id.as_str(), "0B1C2D3E-4F50-4A6B-8C7D-9E0F1A2B3C4D0");
        assert_eq!(prescription.patient.nhs_number.as_str(), "9449304130");
        assert_eq!(prescription.patient.general_practice.as_ref().unwrap().as_str(), "A83008");
        let [item] = prescription.line_items.as_slice() else { panic!("one item") };
        assert_eq!(prescription.exemptions.over_60_from.unwrap().to_hl7(), "20400420");
        assert_eq!(item.quantity.value.as_str(), "28");
        assert_eq!(item.dosage.as_str(), "One each morning");
        assert_eq!(item.status.as_ref().unwrap().code.code(), "0007");

        let mut out = Out::message();
        out.within("ParentPrescription", super::super::out::structure::INFO_EVN, |out| {
            Payload.write(out, &prescription)
        });
        let written = out.finish();
        let document = Document::parse(&written, &Limits::DEFAULT).unwrap();
        assert_eq!(crate::hl7v3::read_release_1_prescription(document.root()), Ok(prescription));
    }

    #[test]
    fn what_is_missing_is_told_at_once() {
        let broken = PRESCRIPTION
            .replace("pertinentDosageInstructions", "x")
            .replace("<author", "<x")
            .replace("</author", "</x");
        let document = Document::parse(broken.as_bytes(), &Limits::DEFAULT).unwrap();
        let problems = crate::hl7v3::read_release_1_prescription(document.root()).unwrap_err();
        assert_eq!(problems.iter().count(), 2);
    }
}
