//! `ParentPrescription` (PORX_MT132004UK31; released, PORX_MT122003UK32).

use super::agent::AGENT;
use super::data::{Data, Extension, ODS_CODE, OpenCode, data};
use super::elements::{
    PERTINENT_INFORMATION, PERTINENT_INFORMATION_1, SOURCE_OF_1, care_record_item, fixed_code, fulfilment,
    message_type, no_effective_time, template,
};
use super::input::In;
use super::line_item::RELATED_ITEM;
use super::out::structure::{
    AGNT, AUT_OP, CATEGORY_EVN, COMP, INFO_EVN, LA_OP, OBS_EVN, ORG_INSTANCE, PERT, PERT_CONDUCTED, PERT_POSITIVE,
    PRF_OP, RESP_OP, SBADM_RQO, SPLY_RQO,
};
use super::out::{ADMINISTRATION, DISPENSING, FixedCode, MEDICATION_ELEMENT, Observation, Out};
use super::parts::{
    At, Boxed, Content, Observed, Optional, Part, Related, Within, at, at_least_one, observed, optional, related,
    shape, within,
};
use super::patient::PATIENT;
use super::rules;
use crate::codes::{fixed, oid};
use crate::ids::{PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{Author, CareEvent, DaysSupply, Exemptions, Prescription, SignatureText, TemporaryExemption};
use crate::problem::Problem;
use crate::xml::{Element, c14n};

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
const PREVIOUS_ISSUE: Observation =
    Observation::new("predecessor", "priorPreviousIssueDate", "PRDT").related(&[("typeCode", "PREV")]);
/// The observations of exemptions by age.
pub(super) const LOW_EXEMPTION: &str = "pertinentLowPermanentExemptionInfo";
pub(super) const HIGH_EXEMPTION: &str = "pertinentHighPermanentExemptionInfo";
pub(super) const UNDER_16: Optional<Observed<At<Data>>> =
    exemption("pertinentInformation9", LOW_EXEMPTION, fixed::UNDER_16);
const OVER_60: Optional<Observed<At<Data>>> = exemption("pertinentInformation11", HIGH_EXEMPTION, fixed::OVER_60);
/// Where the create-time facts of a prescription stand that are coded: treatment type, prescription type, site preference.
pub(super) const CODED: [[&str; 3]; 3] = [
    [TREATMENT_TYPE.relationship, TREATMENT_TYPE.name, "value"],
    [PRESCRIPTION_TYPE.relationship, PRESCRIPTION_TYPE.name, "value"],
    [SITE_PREFERENCE.relationship, SITE_PREFERENCE.name, "value"],
];

/// An exemption by age: relationship, observation, exemption code.
pub(super) const fn exemption(
    relationship: &'static str,
    name: &'static str,
    code: &'static str,
) -> Optional<Observed<At<Data>>> {
    optional(observed(Observation::new(relationship, name, code).separable().coded_in(oid::CHARGE_EXEMPTION), Data))
}

/// `AgentOrgSDS / agentOrganizationSDS / id` of the nominated dispenser.
type Organisation = At<Within<At<Within<At<Extension>>>>>;

const NOMINATED: Organisation =
    at("AgentOrgSDS", within(AGNT, at("agentOrganizationSDS", within(ORG_INSTANCE, at("id", ODS_CODE)))));

/// The payload.
pub(super) const PAYLOAD: At<Within<Payload>> = at("ParentPrescription", within(INFO_EVN, Payload));

shape! {
    /// A prescription.
    pub(super) Payload: Prescription {
        message_id: data("id"),
        _: fixed_code(&FOCUS_ACT),
        effective_time: data("effectiveTime"),
        _: message_type(MESSAGE_TYPE),
        patient: PATIENT,
        in "pertinentInformation1" (PERT_CONDUCTED) {
            _: template(PERTINENT_INFORMATION),
            in "pertinentPrescription" (SBADM_RQO) {
                uuid: LongId,
                id: ShortId,
                _: fixed_code(&ADMINISTRATION),
                _: no_effective_time,
                repeat: optional(data("repeatNumber")),
                nominated_performer: optional(at("performer", within(PRF_OP, NOMINATED))),
                author: at("author", within(AUT_OP, AuthorParts)),
                legal_authenticator: optional(at("legalAuthenticator", Boxed(within(LA_OP, AuthorParts)))),
                responsible_party: at("responsibleParty", within(RESP_OP, AGENT)),
                days_supply: optional(at("component1", related(COMP, DAYS_SUPPLY).separable(true))),
                review_date: optional(observed(REVIEW_DATE, Data)),
                treatment_type: observed(TREATMENT_TYPE, Data),
                care_event: optional(at("pertinentInformation6", Boxed(CARE_EVENT))),
                status: optional(observed(STATUS, Data)),
                exemptions: UnderSixteenThenOverSixty,
                site_preference: observed(SITE_PREFERENCE, Data),
                line_items: at_least_one(RELATED_ITEM, &rules::LINE_ITEMS),
                = write_over_60,
                token_issued: observed(TOKEN_ISSUED, Data),
                temporary_exemption: optional(at("pertinentInformation3", Boxed(TEMPORARY_EXEMPTION))),
                prescription_type: observed(PRESCRIPTION_TYPE, OpenCode(oid::PRESCRIPTION_TYPE)),
                fulfils: optional(fulfilment("inFulfillmentOf", "priorOriginalPrescriptionRef")),
                previous_issue_date: optional(observed(PREVIOUS_ISSUE, Data)),
            }
        }
        = write_care_record_element,
    }
}

/// The list of items for the care record, at the end.
fn write_care_record_element<'n>(out: &mut Out<'n>, prescription: &'n Prescription) {
    out.within("pertinentInformation2", PERT, |out| {
        out.template(PERTINENT_INFORMATION_1);
        out.within("pertinentCareRecordElementCategory", CATEGORY_EVN, |out| {
            out.fixed_code(&MEDICATION_ELEMENT);
            prescription.line_items.iter().for_each(|item| care_record_item(SBADM_RQO).write(out, &item.id));
        });
    });
}

/// Exemptions by age. The second stands behind the line items: see [`write_over_60`].
#[derive(Clone, Copy)]
struct UnderSixteenThenOverSixty;

impl Part<Exemptions> for UnderSixteenThenOverSixty {
    fn write<'n>(&self, out: &mut Out<'n>, exemptions: &'n Exemptions) {
        UNDER_16.write(out, &exemptions.under_16_until);
    }

    fn read(&self, input: &mut In, prescription: Element<'_, '_>) -> Option<Exemptions> {
        let under_16_until = UNDER_16.read(input, prescription);
        let over_60_from = OVER_60.read(input, prescription);
        Some(Exemptions { under_16_until: under_16_until?, over_60_from: over_60_from? })
    }
}

fn write_over_60<'n>(out: &mut Out<'n>, prescription: &'n Prescription) {
    OVER_60.write(out, &prescription.exemptions.over_60_from);
}

/// The first `id`, which has no extension.
#[derive(Clone, Copy)]
pub(super) struct LongId;

impl Part<PrescriptionUuid> for LongId {
    fn write<'n>(&self, out: &mut Out<'n>, uuid: &'n PrescriptionUuid) {
        data("id").write(out, uuid);
    }

    fn read(&self, input: &mut In, prescription: Element<'_, '_>) -> Option<PrescriptionUuid> {
        let id = id_where(input, prescription, |id| id.attribute("extension").is_none())?;
        Data.read(input, id)
    }
}

/// The second `id`, which has one.
#[derive(Clone, Copy)]
struct ShortId;

impl Part<WrittenPrescriptionId> for ShortId {
    fn write<'n>(&self, out: &mut Out<'n>, id: &'n WrittenPrescriptionId) {
        out.id(oid::PRESCRIPTION_ID, id.as_str());
    }

    fn read(&self, input: &mut In, prescription: Element<'_, '_>) -> Option<WrittenPrescriptionId> {
        let id = id_where(input, prescription, |id| id.attribute("extension").is_some())?;
        input.prescription_id(id)
    }
}

/// The one `id` of a form.
pub(super) fn id_where<'d, 'a>(
    input: &mut In,
    prescription: Element<'d, 'a>,
    form: impl Fn(&Element<'d, 'a>) -> bool,
) -> Option<Element<'d, 'a>> {
    let mut found = In::all(prescription, "id").filter(form);
    let first = found.next();
    if first.is_none() {
        input.missing(prescription, "id");
    }
    if let Some(second) = found.next() {
        input.report(Problem::new(&rules::REPEATED_ELEMENT, second.place()).found("id"));
    }
    first
}

const CARE_EVENT: Related<At<CareEventRef>> =
    related(PERT_POSITIVE, at("pertinentCareEventRef", CareEventRef)).separable(true).template(SOURCE_OF_1);

/// An act of any class and mood, named by its id.
#[derive(Clone, Copy)]
struct CareEventRef;

impl Content<CareEvent> for CareEventRef {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, event: &'n CareEvent) {
        let attributes = [("classCode", event.class.as_str()), ("moodCode", event.mood.as_str())];
        out.within(name, &attributes, |out| out.guid(event.id));
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<CareEvent> {
        let class = input.open_code(element, "classCode");
        let mood = input.open_code(element, "moodCode");
        let id = input.guid(element);
        Some(CareEvent { class: class?, mood: mood?, id: id? })
    }
}

const TEMPORARY_EXEMPTION: Related<At<Within<TemporaryParts>>> =
    related(PERT_CONDUCTED, at("pertinentTemporaryExemptionInfo", within(OBS_EVN, TemporaryParts))).separable(false);

shape! {
    /// An exemption for a time.
    TemporaryParts: TemporaryExemption {
        kind: data("code"),
        in "effectiveTime" (&[]) {
            from: optional(data("low")),
            until: optional(data("high")),
        }
        exemption: data("value"),
    }
}

shape! {
    /// Who signs.
    AuthorParts: Author {
        time: data("time"),
        signature: at("signatureText", Signature),
        person: AGENT,
    }
}

/// One XML element, as it is, or nothing.
#[derive(Clone, Copy)]
struct Signature;

impl Content<SignatureText> for Signature {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, signature: &'n SignatureText) {
        match signature {
            SignatureText::NotApplicable => out.empty(name, &[("nullFlavor", "NA")]),
            SignatureText::Element(xml) => out.within(name, &[], |out| out.raw(xml)),
        }
    }

    /// The element in canonical form, which needs no declaration from outside. What is verified is the document, not
    /// this.
    fn read(&self, _: &mut In, signature_text: Element<'_, '_>) -> Option<SignatureText> {
        Some(match signature_text.children().next() {
            Some(element) => {
                let bytes = c14n::canonicalise(element, &c14n::Options::EXCLUSIVE);
                SignatureText::Element(String::from_utf8_lossy(&bytes).into())
            }
            None => SignatureText::NotApplicable,
        })
    }
}

const DAYS_SUPPLY: At<Within<DaysSupplyParts>> = at("daysSupply", within(SPLY_RQO, DaysSupplyParts));

/// `code`, then the window and the days that an issue lasts, each in an element that is there for its sake.
#[derive(Clone, Copy)]
struct DaysSupplyParts;

impl Part<DaysSupply> for DaysSupplyParts {
    fn write<'n>(&self, out: &mut Out<'n>, supply: &'n DaysSupply) {
        out.fixed_code(&DISPENSING);
        if supply.low.is_some() || supply.high.is_some() {
            out.within("effectiveTime", &[], |out| {
                optional(data("low")).write(out, &supply.low);
                optional(data("high")).write(out, &supply.high);
            });
        }
        if let Some(days) = supply.days {
            out.within("expectedUseTime", &[], |out| {
                out.empty("width", &[("unit", "d"), ("value", &days.to_string())]);
            });
        }
    }

    fn read(&self, input: &mut In, supply: Element<'_, '_>) -> Option<DaysSupply> {
        let window = input.optional(supply, "effectiveTime");
        let low = window.map_or(Some(None), |window| optional(data("low")).read(input, window));
        let high = window.map_or(Some(None), |window| optional(data("high")).read(input, window));
        let use_time = input.optional(supply, "expectedUseTime");
        let days = use_time.map_or(Some(None), |use_time| optional(data("width")).read(input, use_time));
        Some(DaysSupply { low: low?, high: high?, days: days? })
    }
}
