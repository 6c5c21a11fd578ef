//! `pertinentLineItem` of a prescription, and the products and quantities that every item holds.

use super::input::In;
use super::out::structure::{COMP, MANU, MMAT_KIND, PERT_CONDUCTED_POSITIVE, PRD_OP, SBADM_RQO, SPLY_RQO};
use super::out::{ADMINISTRATION, Attributes, DISPENSING, Observation, Out};
use crate::codes::{ItemStatus, PrescriberEndorsement};
use crate::ids::LineItemId;
use crate::model::{AdditionalInstructions, Concept, LineItem, RepeatNumber};
use crate::xml::Element;

const STATUS: Observation = Observation::new("pertinentInformation4", "pertinentItemStatus", "IS");
const INSTRUCTIONS: Observation = Observation::new("pertinentInformation1", "pertinentAdditionalInstructions", "AI");
const ENDORSEMENT: Observation = Observation::new("pertinentInformation3", "pertinentPrescriberEndorsement", "PE");
const DOSAGE: Observation = Observation::new("pertinentInformation2", "pertinentDosageInstructions", "DI");

/// The relationship of a prescription to one line item.
pub(super) fn write(out: &mut Out<'_>, item: &LineItem) {
    out.within("pertinentInformation2", PERT_CONDUCTED_POSITIVE, |out| {
        out.separable(true);
        out.template("CSAB_RM-NPfITUK10.sourceOf2");
        write_item(out, item);
    });
}

/// The line item itself. In a digest input it lacks its status and its current issue, which Spine rewrites.
pub(super) fn write_item(out: &mut Out<'_>, item: &LineItem) {
    out.within("pertinentLineItem", SBADM_RQO, |out| {
        out.guid(item.id.0);
        out.fixed_code(&ADMINISTRATION);
        out.no_effective_time();
        write_repeat(out, item.repeat);
        write_product(
            out,
            ("product", PRD_OP),
            "manufacturedProduct",
            ("manufacturedRequestedMaterial", MMAT_KIND),
            &item.product,
        );
        out.within("component", COMP, |out| {
            out.separable(false);
            out.within("lineItemQuantity", SPLY_RQO, |out| {
                out.fixed_code(&DISPENSING);
                out.quantity("quantity", &item.quantity);
            });
        });
        if let Some(status) = item.status.as_ref().filter(|_| !out.is_digest()) {
            out.observation(&STATUS, |out| {
                out.coded("value", ItemStatus::OID, status.code.code(), status.display.as_ref());
            });
        }
        if let Some(AdditionalInstructions(text)) = &item.additional_instructions {
            out.observation(&INSTRUCTIONS, |out| out.text("value", text));
        }
        for endorsement in &item.endorsements {
            out.observation(&ENDORSEMENT, |out| out.code("value", PrescriberEndorsement::OID, endorsement.code()));
        }
        out.observation(&DOSAGE, |out| out.text("value", &item.dosage));
    });
}

pub(super) fn read(input: &mut In, relationship: Element<'_, '_>) -> Option<LineItem> {
    let item = input.one(relationship, "pertinentLineItem")?;
    let id = input.guid(item);
    let repeat = input.repeat(item);
    let product = read_product(input, item, &["product", "manufacturedProduct", "manufacturedRequestedMaterial"]);
    let quantity =
        input.path(item, &["component", "lineItemQuantity"]).and_then(|supply| input.quantity(supply, "quantity"));
    let status = input.optional_value(item, STATUS.relationship, STATUS.name);
    let status = input.maybe(status, |input, value| input.coded(value));
    let instructions = input
        .optional_value(item, INSTRUCTIONS.relationship, INSTRUCTIONS.name)
        .and_then(super::input::optional_text)
        .map(AdditionalInstructions);
    let endorsements = input.every(In::all(item, ENDORSEMENT.relationship), |input, relationship| {
        let value = input.path(relationship, &[ENDORSEMENT.name, "value"])?;
        input.vocabulary(value)
    });
    let dosage = input.value(item, DOSAGE.relationship, DOSAGE.name).and_then(|value| input.text(value));
    Some(LineItem {
        id: LineItemId(id?),
        repeat: repeat?,
        product: product?,
        quantity: quantity?,
        status: status?,
        additional_instructions: instructions,
        endorsements: endorsements?,
        dosage: dosage?,
    })
}

/// `repeatNumber`, if there is one; a digest input leaves out the current issue.
pub(super) fn write_repeat(out: &mut Out<'_>, repeat: Option<RepeatNumber>) {
    let Some(RepeatNumber { low, high }) = repeat else { return };
    out.within("repeatNumber", &[], |out| {
        if !out.is_digest() {
            out.value("low", low);
        }
        out.value("high", high);
    });
}

/// `participation / role / material / code`.
pub(super) fn write_product(
    out: &mut Out<'_>,
    participation: (&'static str, Attributes<'static>),
    role: &'static str,
    material: (&'static str, Attributes<'static>),
    product: &Concept,
) {
    out.within(participation.0, participation.1, |out| {
        out.within(role, MANU, |out| {
            out.within(material.0, material.1, |out| out.concept("code", product));
        });
    });
}

/// The `code` at the end of a path of participation, role and material.
pub(super) fn read_product(input: &mut In, item: Element<'_, '_>, path: &[&'static str]) -> Option<Concept> {
    let material = input.path(item, path)?;
    let code = input.one(material, "code")?;
    input.concept(code)
}
