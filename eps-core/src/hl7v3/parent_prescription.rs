//! `ParentPrescription` (PORX_MT132004UK31; released, PORX_MT122003UK32).

use super::input::In;
use super::out::structure::{
    AGNT, AUT_OP, CATEGORY_EVN, COMP, INFO_EVN, ORG_INSTANCE, PERT, PERT_CONDUCTED, SBADM_RQO, SPLY_RQO,
};
use super::out::{ADMINISTRATION, DISPENSING, FixedCode, MEDICATION_ELEMENT, Observation, Out};
use super::{agent, line_item, patient, rules};
use crate::codes::{DispensingSitePreference, PrescriptionStatus, TreatmentType, oid};
use crate::ids::{LineItemId, MessageId, OdsCode, PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{Author, DaysSupply, Exemptions, LineItem, Prescription, SignatureText};
use crate::problem::Problem;
use crate::xml::Element;
use crate::xml::c14n;

/// The message type of a prescription as it is sent.
const MESSAGE_TYPE: &str = "PORX_MT132004UK31";
const FOCUS_ACT: FixedCode =
    FixedCode { code: "163501000000109", display: "Prescription - FocusActOrEvent (record artifact)" };

const REVIEW_DATE: Observation = Observation::new("pertinentInformation7", "pertinentReviewDate", "RD");
const TREATMENT_TYPE: Observation =
    Observation::new("pertinentInformation5", "pertinentPrescriptionTreatmentType", "PTT");
const STATUS: Observation = Observation::new("pertinentInformation10", "pertinentPrescriptionStatus", "PS");
const SITE_PREFERENCE: Observation =
    Observation::new("pertinentInformation1", "pertinentDispensingSitePreference", "DSP").separable();
const TOKEN_ISSUED: Observation = Observation::new("pertinentInformation8", "pertinentTokenIssued", "TI");
const PRESCRIPTION_TYPE: Observation = Observation::new("pertinentInformation4", "pertinentPrescriptionType", "PT");
/// An exemption by age: relationship, observation, exemption code.
const UNDER_16: [&str; 3] = ["pertinentInformation9", "pertinentLowPermanentExemptionInfo", "0002"];
const OVER_60: [&str; 3] = ["pertinentInformation11", "pertinentHighPermanentExemptionInfo", "0004"];

pub(super) fn write(out: &mut Out<'_>, prescription: &Prescription) {
    out.within("ParentPrescription", INFO_EVN, |out| {
        out.guid(prescription.message_id.0);
        out.fixed_code(&FOCUS_ACT);
        out.time("effectiveTime", prescription.effective_time);
        out.empty("typeId", &[("extension", MESSAGE_TYPE), ("root", oid::MESSAGE_TYPE)]);
        patient::write(out, &prescription.patient);
        out.within("pertinentInformation1", PERT_CONDUCTED, |out| {
            out.template("CSAB_RM-NPfITUK10.pertinentInformation");
            write_pertinent_prescription(out, prescription);
        });
        let items = prescription.line_items.iter().map(|item| item.id);
        write_care_record_elements(out, SBADM_RQO, items);
    });
}

/// The list of items for the care record, at the end of prescriptions and dispense notifications.
pub(super) fn write_care_record_elements(
    out: &mut Out<'_>,
    reference: super::out::Attributes<'static>,
    items: impl Iterator<Item = LineItemId>,
) {
    out.within("pertinentInformation2", PERT, |out| {
        out.template("CSAB_RM-NPfITUK10.pertinentInformation1");
        out.within("pertinentCareRecordElementCategory", CATEGORY_EVN, |out| {
            out.fixed_code(&MEDICATION_ELEMENT);
            for item in items {
                out.within("component", COMP, |out| out.within("actRef", reference, |out| out.guid(item.0)));
            }
        });
    });
}

fn write_pertinent_prescription(out: &mut Out<'_>, prescription: &Prescription) {
    out.within("pertinentPrescription", SBADM_RQO, |out| {
        out.guid(prescription.uuid.0);
        out.id(oid::PRESCRIPTION_ID, prescription.id.as_str());
        out.fixed_code(&ADMINISTRATION);
        out.no_effective_time();
        line_item::write_repeat(out, prescription.repeat);
        if let Some(ods) = &prescription.nominated_performer {
            write_performer(out, ods);
        }
        write_author(out, &prescription.author);
        out.within("responsibleParty", &[("contextControlCode", "OP"), ("typeCode", "RESP")], |out| {
            agent::write(out, &prescription.responsible_party);
        });
        if let Some(days_supply) = &prescription.days_supply {
            write_days_supply(out, days_supply);
        }
        if let Some(review_date) = prescription.review_date {
            out.observation(&REVIEW_DATE, |out| out.date("value", review_date));
        }
        out.observation(&TREATMENT_TYPE, |out| {
            out.code("value", TreatmentType::OID, prescription.treatment_type.code());
        });
        if let Some(status) = prescription.status {
            out.observation(&STATUS, |out| out.code("value", PrescriptionStatus::OID, status.code()));
        }
        write_exemption(out, UNDER_16, prescription.exemptions.under_16_until);
        out.observation(&SITE_PREFERENCE, |out| {
            out.code("value", DispensingSitePreference::OID, prescription.site_preference.code());
        });
        prescription.line_items.iter().for_each(|item| line_item::write(out, item));
        write_exemption(out, OVER_60, prescription.exemptions.over_60_from);
        out.observation(&TOKEN_ISSUED, |out| out.value("value", prescription.token_issued));
        out.observation(&PRESCRIPTION_TYPE, |out| {
            out.code("value", oid::PRESCRIPTION_TYPE, prescription.prescription_type.as_str());
        });
        if let Some(time) = prescription.previous_issue_date {
            write_previous_issue(out, time);
        }
    });
}

fn write_performer(out: &mut Out<'_>, ods: &OdsCode) {
    out.within("performer", &[("contextControlCode", "OP"), ("typeCode", "PRF")], |out| {
        out.within("AgentOrgSDS", AGNT, |out| {
            out.within("agentOrganizationSDS", ORG_INSTANCE, |out| out.id(oid::ODS, ods.as_str()));
        });
    });
}

fn write_author(out: &mut Out<'_>, author: &Author) {
    out.within("author", AUT_OP, |out| {
        out.time("time", author.time);
        match &author.signature {
            SignatureText::NotApplicable => out.empty("signatureText", &[("nullFlavor", "NA")]),
            SignatureText::Element(xml) => out.within("signatureText", &[], |out| out.raw(xml)),
        }
        agent::write(out, &author.person);
    });
}

fn write_days_supply(out: &mut Out<'_>, supply: &DaysSupply) {
    out.within("component1", COMP, |out| {
        out.separable(true);
        out.within("daysSupply", SPLY_RQO, |out| {
            out.fixed_code(&DISPENSING);
            if supply.low.is_some() || supply.high.is_some() {
                out.within("effectiveTime", &[], |out| {
                    supply.low.iter().for_each(|low| out.date("low", *low));
                    supply.high.iter().for_each(|high| out.date("high", *high));
                });
            }
            if let Some(days) = supply.days {
                out.within("expectedUseTime", &[], |out| {
                    out.empty("width", &[("unit", "d"), ("value", &days.to_string())]);
                });
            }
        });
    });
}

fn write_exemption(out: &mut Out<'_>, shape: [&'static str; 3], date: Option<crate::model::Date>) {
    let (Some(date), [relationship, name, code]) = (date, shape) else { return };
    out.within(relationship, PERT_CONDUCTED, |out| {
        out.separable(true);
        out.within(name, super::out::structure::OBS_EVN, |out| {
            out.code("code", oid::CHARGE_EXEMPTION, code);
            out.date("value", date);
        });
    });
}

fn write_previous_issue(out: &mut Out<'_>, time: crate::model::Timestamp) {
    out.within("predecessor", &[("typeCode", "PREV")], |out| {
        out.separable(false);
        out.within("priorPreviousIssueDate", super::out::structure::OBS_EVN, |out| {
            out.code("code", oid::ANNOTATION, "PRDT");
            out.time("value", time);
        });
    });
}

pub(super) fn read(input: &mut In, payload: Element<'_, '_>) -> Option<Prescription> {
    let message_id = input.guid(payload);
    let effective_time = input.time_of(payload, "effectiveTime");
    let patient = patient::read(input, payload);
    let outer = input.path(payload, &["pertinentInformation1", "pertinentPrescription"])?;
    let (uuid, id) = read_ids(input, outer);
    let repeat = input.repeat(outer);
    let performer = input.optional(outer, "performer");
    let nominated_performer = input.maybe(performer, |input, performer| {
        let organisation = input.path(performer, &["AgentOrgSDS", "agentOrganizationSDS", "id"])?;
        input.identifier(organisation, "extension")
    });
    let author = input.one(outer, "author").and_then(|author| read_author(input, author));
    let responsible_party =
        input.one(outer, "responsibleParty").and_then(|responsible| agent::read(input, responsible));
    let component = input.optional(outer, "component1");
    let days_supply = input.maybe(component, read_days_supply);
    let review_date = input.optional_value(outer, REVIEW_DATE.relationship, REVIEW_DATE.name);
    let review_date = input.maybe(review_date, |input, value| input.date(value));
    let treatment_type =
        input.value(outer, TREATMENT_TYPE.relationship, TREATMENT_TYPE.name).and_then(|value| input.vocabulary(value));
    let status = input.optional_value(outer, STATUS.relationship, STATUS.name);
    let status = input.maybe(status, |input, value| input.vocabulary(value));
    let exemptions = read_exemptions(input, outer);
    let site_preference = input
        .value(outer, SITE_PREFERENCE.relationship, SITE_PREFERENCE.name)
        .and_then(|value| input.vocabulary(value));
    let line_items = read_line_items(input, outer);
    let token_issued = input
        .value(outer, TOKEN_ISSUED.relationship, TOKEN_ISSUED.name)
        .and_then(|value| input.boolean(value, "value"));
    let prescription_type = input
        .value(outer, PRESCRIPTION_TYPE.relationship, PRESCRIPTION_TYPE.name)
        .and_then(|value| input.open_code(value, "code"));
    let previous = input.optional_value(outer, "predecessor", "priorPreviousIssueDate");
    let previous_issue_date = input.maybe(previous, |input, value| input.time(value));
    Some(Prescription {
        message_id: MessageId(message_id?),
        effective_time: effective_time?,
        patient: patient?,
        uuid: uuid?,
        id: id?,
        repeat: repeat?,
        nominated_performer: nominated_performer?,
        author: author?,
        responsible_party: responsible_party?,
        days_supply: days_supply?,
        review_date: review_date?,
        treatment_type: treatment_type?,
        status: status?,
        exemptions: exemptions?,
        site_preference: site_preference?,
        line_items: line_items?,
        token_issued: token_issued?,
        prescription_type: prescription_type?,
        previous_issue_date: previous_issue_date?,
    })
}

/// The long form has no extension, the short form has one; each stands once.
fn read_ids(
    input: &mut In,
    prescription: Element<'_, '_>,
) -> (Option<PrescriptionUuid>, Option<WrittenPrescriptionId>) {
    let mut forms = [None, None];
    for id in In::all(prescription, "id") {
        let [long, short] = &mut forms;
        let form = if id.attribute("extension").is_some() { short } else { long };
        if form.replace(id).is_some() {
            input.report(Problem::new(&rules::REPEATED_ELEMENT, id.place()).found("id"));
        }
    }
    for _ in forms.iter().filter(|form| form.is_none()) {
        input.missing(prescription, "id");
    }
    let [long, short] = forms;
    let uuid = long.and_then(|id| input.identifier(id, "root")).map(PrescriptionUuid);
    (uuid, short.and_then(|id| input.prescription_id(id)))
}

fn read_author(input: &mut In, author: Element<'_, '_>) -> Option<Author> {
    let time = input.time_of(author, "time");
    let signature = input.one(author, "signatureText").map(read_signature);
    let person = agent::read(input, author);
    Some(Author { time: time?, signature: signature?, person: person? })
}

/// The element in canonical form, which needs no declaration from outside. What is verified is the document, not this.
fn read_signature(signature_text: Element<'_, '_>) -> SignatureText {
    match signature_text.children().next() {
        Some(element) => {
            let bytes = c14n::canonicalise(element, &c14n::Options::EXCLUSIVE);
            SignatureText::Element(String::from_utf8_lossy(&bytes).into())
        }
        None => SignatureText::NotApplicable,
    }
}

fn read_days_supply(input: &mut In, component: Element<'_, '_>) -> Option<DaysSupply> {
    let supply = input.one(component, "daysSupply")?;
    let window = input.optional(supply, "effectiveTime");
    let low = window.and_then(|window| input.optional(window, "low"));
    let low = input.maybe(low, |input, low| input.date(low));
    let high = window.and_then(|window| input.optional(window, "high"));
    let high = input.maybe(high, |input, high| input.date(high));
    let width = input.optional(supply, "expectedUseTime").and_then(|use_time| input.optional(use_time, "width"));
    let days = input.maybe(width, |input, width| input.count(width));
    Some(DaysSupply { low: low?, high: high?, days: days? })
}

fn read_exemptions(input: &mut In, prescription: Element<'_, '_>) -> Option<Exemptions> {
    let mut read = |[relationship, name, _]: [&'static str; 3]| {
        let value = input.optional_value(prescription, relationship, name);
        input.maybe(value, |input, value| input.date(value))
    };
    let under_16_until = read(UNDER_16);
    let over_60_from = read(OVER_60);
    Some(Exemptions { under_16_until: under_16_until?, over_60_from: over_60_from? })
}

fn read_line_items(input: &mut In, prescription: Element<'_, '_>) -> Option<Vec<LineItem>> {
    let items = input.every(In::all(prescription, "pertinentInformation2"), line_item::read)?;
    if items.is_empty() {
        input.report(Problem::new(&rules::LINE_ITEMS, prescription.place()));
        return None;
    }
    Some(items)
}
