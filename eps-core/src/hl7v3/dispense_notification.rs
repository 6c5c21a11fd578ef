//! `DispenseNotification` (PORX_MT024001UK31).

use super::input::{In, optional_text};
use super::line_item::{read_product, write_product, write_repeat};
use super::out::structure::{
    AGNT, AUT_OP, COMP, INFO_EVN, INFO_RQO, MMAT_INSTANCE, MMAT_KIND, ORG_INSTANCE, PERT_CONDUCTED,
    PERT_CONDUCTED_POSITIVE, PRD_OP, SBADM_EVN, SBADM_PRMS, SPLY_EVN, SPLY_RQO,
};
use super::out::{ADMINISTRATION, Attributes, DISPENSING, FixedCode, Observation, Out};
use super::parent_prescription::write_care_record_elements;
use super::{agent, patient, rules};
use crate::codes::{ItemStatus, NotDispensedReason, PrescriptionStatus, oid};
use crate::ids::{LineItemId, MessageId, OdsCode, PrescriptionUuid};
use crate::model::{Coded, DispenseNotification, RequestedQuantity, SuppliedLineItem, Supply, Text};
use crate::problem::Problem;
use crate::xml::Element;

const MESSAGE_TYPE: &str = "PORX_MT024001UK31";
/// What dispense notifications and claims are about.
pub(super) const DISPENSED_MEDICATION: FixedCode =
    FixedCode { code: "163541000000107", display: "Dispensed Medication - FocusActOrEvent (administrative concept)" };
/// Organisation type "not specified", which every recipient is given.
const NOT_SPECIFIED: &str = "999";

/// Why something was not dispensed: of an item and of the whole prescription.
pub(super) const NON_DISPENSING: Observation =
    Observation::new("pertinentInformation2", "pertinentNonDispensingReason", "NDR");
/// The prescription's status after the event.
pub(super) const PRESCRIPTION_STATUS: Observation =
    Observation::new("pertinentInformation3", "pertinentPrescriptionStatus", "PS");
/// The item's status after the event.
pub(super) const ITEM_STATUS: Observation = Observation::new("pertinentInformation3", "pertinentItemStatus", "IS");
/// The prescription's short-form id.
pub(super) const PRESCRIPTION_ID: Observation =
    Observation::new("pertinentInformation4", "pertinentPrescriptionID", "PID");
/// What was supplied so far.
pub(super) const RUNNING_TOTAL: Observation = Observation::new("pertinentInformation1", "pertinentRunningTotal", "RT");
const LABEL: Observation = Observation::new("pertinentInformation1", "pertinentSupplyInstructions", "SI");
const INSTRUCTIONS: Observation = Observation::new("pertinentInformation2", "pertinentAdditionalInstructions", "AI");

pub(super) fn write(out: &mut Out<'_>, notification: &DispenseNotification) {
    out.within("DispenseNotification", INFO_EVN, |out| {
        out.guid(notification.id.0);
        out.fixed_code(&DISPENSED_MEDICATION);
        out.time("effectiveTime", notification.effective_time);
        out.empty("typeId", &[("extension", MESSAGE_TYPE), ("root", oid::MESSAGE_TYPE)]);
        patient::write_nhs_number(out, &notification.nhs_number);
        const RECIPIENT: Attributes<'_> = &[("contextControlCode", "ON"), ("typeCode", "PRCP")];
        write_recipient(out, RECIPIENT, &notification.reimbursement_authority, None);
        out.within("pertinentInformation1", PERT_CONDUCTED, |out| {
            out.template("CSAB_RM-NPfITUK10.pertinentInformation");
            write_header(out, notification);
        });
        write_care_record_elements(out, SBADM_PRMS, notification.care_record_items.iter().copied());
        write_references(out, notification.replaces, notification.release);
    });
}

/// The reimbursement authority.
pub(super) fn write_recipient(out: &mut Out<'_>, participation: Attributes<'_>, ods: &OdsCode, name: Option<&Text>) {
    out.within("primaryInformationRecipient", participation, |out| {
        out.within("AgentOrg", AGNT, |out| {
            out.within("agentOrganization", ORG_INSTANCE, |out| {
                out.id(oid::ODS, ods.as_str());
                out.code("code", oid::ORGANISATION_TYPE, NOT_SPECIFIED);
                name.iter().for_each(|name| out.text("name", name));
            });
        });
    });
}

/// `replacementOf`: the message that this one amends.
pub(super) fn write_replacement(out: &mut Out<'_>, replaces: Option<MessageId>) {
    if let Some(replaces) = replaces {
        out.within("replacementOf", &[("typeCode", "RPLC")], |out| {
            out.within("priorMessageRef", INFO_EVN, |out| out.guid(replaces.0));
        });
    }
}

/// `sequelTo`: the release response that brought the prescription.
pub(super) fn write_sequel(out: &mut Out<'_>, release: MessageId) {
    out.within("sequelTo", &[("typeCode", "SEQL")], |out| {
        out.within("priorPrescriptionReleaseEventRef", INFO_RQO, |out| out.guid(release.0));
    });
}

fn write_references(out: &mut Out<'_>, replaces: Option<MessageId>, release: MessageId) {
    write_replacement(out, replaces);
    write_sequel(out, release);
}

fn write_header(out: &mut Out<'_>, notification: &DispenseNotification) {
    out.within("pertinentSupplyHeader", SBADM_EVN, |out| {
        out.guid(notification.header_id.0);
        out.code("code", oid::SNOMED_CT, ADMINISTRATION.code);
        out.no_effective_time();
        write_repeat(out, notification.repeat);
        out.within("author", AUT_OP, |out| {
            out.time("time", notification.author_time);
            out.empty("signatureText", &[("nullFlavor", "NA")]);
            agent::write(out, &notification.author);
        });
        for item in &notification.items {
            out.within("pertinentInformation1", PERT_CONDUCTED_POSITIVE, |out| {
                out.separable(false);
                out.template("CSAB_RM-NPfITUK10.sourceOf2");
                write_item(out, item);
            });
        }
        write_reason(out, notification.non_dispensing_reason.as_ref());
        write_prescription_status(out, &notification.status);
        out.observation(&PRESCRIPTION_ID, |out| {
            out.empty("value", &[("extension", notification.prescription_id.as_str()), ("root", oid::PRESCRIPTION_ID)]);
        });
        out.fulfilment("priorOriginalPrescriptionRef", notification.prescription.0);
    });
}

pub(super) fn write_reason(out: &mut Out<'_>, reason: Option<&Coded<NotDispensedReason>>) {
    if let Some(reason) = reason {
        out.observation(&NON_DISPENSING, |out| {
            out.coded("value", NotDispensedReason::OID, reason.code.code(), reason.display.as_ref());
        });
    }
}

pub(super) fn write_prescription_status(out: &mut Out<'_>, status: &Coded<PrescriptionStatus>) {
    out.observation(&PRESCRIPTION_STATUS, |out| {
        out.coded("value", PrescriptionStatus::OID, status.code.code(), status.display.as_ref());
    });
}

pub(super) fn write_item_status(out: &mut Out<'_>, status: &Coded<ItemStatus>) {
    out.observation(&ITEM_STATUS, |out| {
        out.coded("value", ItemStatus::OID, status.code.code(), status.display.as_ref());
    });
}

fn write_item(out: &mut Out<'_>, item: &SuppliedLineItem) {
    const CONSUMABLE: Attributes<'_> = &[("contextControlCode", "OP"), ("typeCode", "CSM")];
    out.within("pertinentSuppliedLineItem", SBADM_PRMS, |out| {
        out.guid(item.id.0);
        out.fixed_code(&ADMINISTRATION);
        out.no_effective_time();
        write_repeat(out, item.repeat);
        let requested = ("manufacturedRequestedMaterial", MMAT_KIND);
        write_product(out, ("consumable", CONSUMABLE), "requestedManufacturedProduct", requested, &item.prescribed);
        item.supplies.iter().for_each(|supply| write_supply(out, supply));
        out.within("component1", COMP, |out| {
            out.separable(false);
            out.within("supplyRequest", SPLY_RQO, |out| {
                out.concept("code", &item.requested.code);
                out.quantity("quantity", &item.requested.quantity);
            });
        });
        if let Some(total) = &item.running_total {
            out.observation(&RUNNING_TOTAL, |out| out.quantity("value", total));
        }
        write_reason(out, item.non_dispensing_reason.as_ref());
        write_item_status(out, &item.status);
        out.fulfilment("priorOriginalItemRef", item.prescribed_item.0);
    });
}

fn write_supply(out: &mut Out<'_>, supply: &Supply) {
    out.within("component", COMP, |out| {
        out.separable(false);
        out.within("suppliedLineItemQuantity", SPLY_EVN, |out| {
            out.fixed_code(&DISPENSING);
            out.quantity("quantity", &supply.quantity);
            let supplied = ("manufacturedSuppliedMaterial", MMAT_INSTANCE);
            write_product(out, ("product", PRD_OP), "suppliedManufacturedProduct", supplied, &supply.product);
            if let Some(text) = &supply.additional_instructions {
                out.observation(&INSTRUCTIONS, |out| out.text("value", text));
            }
            for text in &supply.instructions {
                out.observation(&LABEL, |out| out.text("value", text));
            }
        });
    });
}

pub(super) fn read(input: &mut In, payload: Element<'_, '_>) -> Option<DispenseNotification> {
    let id = input.guid(payload);
    let effective_time = input.time_of(payload, "effectiveTime");
    let nhs_number = patient::read_nhs_number(input, payload);
    let recipient = read_recipient(input, payload);
    let header = input.path(payload, &["pertinentInformation1", "pertinentSupplyHeader"])?;
    let header_id = input.guid(header);
    let repeat = input.repeat(header);
    let author = input.one(header, "author");
    let author_time = author.and_then(|author| input.time_of(author, "time"));
    let author = author.and_then(|author| agent::read(input, author));
    let items = read_items(input, header, read_item);
    let reason = read_reason(input, header);
    let status = read_prescription_status(input, header);
    let prescription_id = read_prescription_id(input, header);
    let prescription = input.guid_at(header, &["inFulfillmentOf", "priorOriginalPrescriptionRef"]);
    let care_record_items = read_care_record_items(input, payload);
    let replaces = read_replacement(input, payload);
    let release = input.guid_at(payload, &["sequelTo", "priorPrescriptionReleaseEventRef"]);
    Some(DispenseNotification {
        id: MessageId(id?),
        effective_time: effective_time?,
        nhs_number: nhs_number?,
        reimbursement_authority: recipient?.0,
        header_id: MessageId(header_id?),
        repeat: repeat?,
        author_time: author_time?,
        author: author?,
        items: items?,
        non_dispensing_reason: reason?,
        status: status?,
        prescription_id: prescription_id?,
        prescription: PrescriptionUuid(prescription?),
        care_record_items: care_record_items?,
        replaces: replaces?,
        release: MessageId(release?),
    })
}

/// The reimbursement authority and its name.
pub(super) fn read_recipient(input: &mut In, payload: Element<'_, '_>) -> Option<(OdsCode, Option<Text>)> {
    let organisation = input.path(payload, &["primaryInformationRecipient", "AgentOrg", "agentOrganization"])?;
    let id = input.one(organisation, "id").and_then(|id| input.identifier(id, "extension"));
    let name = input.optional(organisation, "name").and_then(optional_text);
    Some((id?, name))
}

/// The items of a supply header: at least one.
pub(super) fn read_items<T>(
    input: &mut In,
    header: Element<'_, '_>,
    read: impl Fn(&mut In, Element<'_, '_>) -> Option<T>,
) -> Option<Vec<T>> {
    let items = input.every(In::all(header, "pertinentInformation1"), |input, relationship| {
        let item = input.one(relationship, "pertinentSuppliedLineItem")?;
        read(input, item)
    })?;
    if items.is_empty() {
        input.report(Problem::new(&rules::LINE_ITEMS, header.place()));
        return None;
    }
    Some(items)
}

pub(super) fn read_reason(input: &mut In, parent: Element<'_, '_>) -> Option<Option<Coded<NotDispensedReason>>> {
    let value = input.optional_value(parent, NON_DISPENSING.relationship, NON_DISPENSING.name);
    input.maybe(value, |input, value| input.coded(value))
}

pub(super) fn read_prescription_status(input: &mut In, header: Element<'_, '_>) -> Option<Coded<PrescriptionStatus>> {
    let value = input.value(header, PRESCRIPTION_STATUS.relationship, PRESCRIPTION_STATUS.name)?;
    input.coded(value)
}

pub(super) fn read_item_status(input: &mut In, item: Element<'_, '_>) -> Option<Coded<ItemStatus>> {
    let value = input.value(item, ITEM_STATUS.relationship, ITEM_STATUS.name)?;
    input.coded(value)
}

pub(super) fn read_prescription_id(
    input: &mut In,
    header: Element<'_, '_>,
) -> Option<crate::ids::WrittenPrescriptionId> {
    let value = input.value(header, PRESCRIPTION_ID.relationship, PRESCRIPTION_ID.name)?;
    input.prescription_id(value)
}

pub(super) fn read_replacement(input: &mut In, payload: Element<'_, '_>) -> Option<Option<MessageId>> {
    let replacement = input.optional(payload, "replacementOf");
    input.maybe(replacement, |input, replacement| input.guid_at(replacement, &["priorMessageRef"]).map(MessageId))
}

fn read_care_record_items(input: &mut In, payload: Element<'_, '_>) -> Option<Vec<LineItemId>> {
    let category = input.path(payload, &["pertinentInformation2", "pertinentCareRecordElementCategory"])?;
    input
        .every(In::all(category, "component"), |input, component| input.guid_at(component, &["actRef"]).map(LineItemId))
}

fn read_item(input: &mut In, item: Element<'_, '_>) -> Option<SuppliedLineItem> {
    let id = input.guid(item);
    let repeat = input.repeat(item);
    let prescribed =
        read_product(input, item, &["consumable", "requestedManufacturedProduct", "manufacturedRequestedMaterial"]);
    let supplies = input.every(In::all(item, "component"), read_supply);
    let request = input.path(item, &["component1", "supplyRequest"]);
    let requested = request.and_then(|request| read_requested(input, request));
    let total = input.optional_observation(item, RUNNING_TOTAL.relationship, RUNNING_TOTAL.name);
    let running_total = input.maybe(total, |input, total| input.quantity(total, "value"));
    let reason = read_reason(input, item);
    let status = read_item_status(input, item);
    let prescribed_item = input.guid_at(item, &["inFulfillmentOf", "priorOriginalItemRef"]);
    Some(SuppliedLineItem {
        id: LineItemId(id?),
        repeat: repeat?,
        prescribed: prescribed?,
        supplies: supplies?,
        requested: requested?,
        running_total: running_total?,
        non_dispensing_reason: reason?,
        status: status?,
        prescribed_item: LineItemId(prescribed_item?),
    })
}

fn read_requested(input: &mut In, request: Element<'_, '_>) -> Option<RequestedQuantity> {
    let code = input.one(request, "code");
    let code = code.and_then(|element| input.concept(element));
    let quantity = input.quantity(request, "quantity");
    Some(RequestedQuantity { code: code?, quantity: quantity? })
}

fn read_supply(input: &mut In, component: Element<'_, '_>) -> Option<Supply> {
    let supplied = input.one(component, "suppliedLineItemQuantity")?;
    let quantity = input.quantity(supplied, "quantity");
    let product =
        read_product(input, supplied, &["product", "suppliedManufacturedProduct", "manufacturedSuppliedMaterial"]);
    let additional_instructions =
        input.optional_value(supplied, INSTRUCTIONS.relationship, INSTRUCTIONS.name).and_then(optional_text);
    let instructions = input.every(In::all(supplied, LABEL.relationship), |input, relationship| {
        let value = input.path(relationship, &[LABEL.name, "value"])?;
        input.text(value)
    });
    Some(Supply { quantity: quantity?, product: product?, additional_instructions, instructions: instructions? })
}
