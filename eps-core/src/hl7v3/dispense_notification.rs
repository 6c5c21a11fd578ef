//! `DispenseNotification` (PORX_MT024001UK31).

use super::agent::AGENT;
use super::data::{Data, ODS_CODE, data};
use super::elements::{
    PERTINENT_INFORMATION, PERTINENT_INFORMATION_1, PriorPrescription, Product, REPLACEMENT, SEQUEL, SOURCE_OF_2,
    care_record_item, fixed_code, fixed_code_alone, fulfilment, message_type, no_effective_time, no_signature,
    not_specified, predecessor, prescription_id, product, template, write_prior_prescription,
};
use super::out::structure::{
    AGNT, AUT_OP, CATEGORY_EVN, COMP, INFO_EVN, MMAT_INSTANCE, MMAT_KIND, ORG_INSTANCE, PERT, PERT_CONDUCTED,
    PERT_CONDUCTED_POSITIVE, PRD_OP, SBADM_EVN, SBADM_PRMS, SPLY_EVN, SPLY_RQO,
};
use super::out::{ADMINISTRATION, Attributes, DISPENSING, FixedCode, MEDICATION_ELEMENT, Observation, Out};
use super::parts::{At, Related, Within, at, at_least_one, many, observed, optional, related, shape, within};
use super::patient::PATIENT_BY_NUMBER;
use super::rules;
use crate::model::{DispenseNotification, RequestedQuantity, SuppliedLineItem, Supply};

pub(super) const MESSAGE_TYPE: &str = "PORX_MT024001UK31";
/// What dispense notifications and claims are about.
pub(super) const DISPENSED_MEDICATION: FixedCode =
    FixedCode { code: "163541000000107", display: "Dispensed Medication - FocusActOrEvent (administrative concept)" };

/// Why something was not dispensed: of an item and of the whole prescription.
pub(super) const NON_DISPENSING: Observation =
    Observation::new("pertinentInformation2", "pertinentNonDispensingReason", "NDR");
/// The prescription's status after the event.
pub(super) const PRESCRIPTION_STATUS: Observation =
    Observation::new("pertinentInformation3", "pertinentPrescriptionStatus", "PS");
/// The item's status after the event.
pub(super) const ITEM_STATUS: Observation = Observation::new("pertinentInformation3", "pertinentItemStatus", "IS");
/// What was supplied so far.
pub(super) const RUNNING_TOTAL: Observation = Observation::new("pertinentInformation1", "pertinentRunningTotal", "RT");
const LABEL: Observation = Observation::new("pertinentInformation1", "pertinentSupplyInstructions", "SI");
const INSTRUCTIONS: Observation = Observation::new("pertinentInformation2", "pertinentAdditionalInstructions", "AI");

const RECIPIENT: Attributes<'static> = &[("contextControlCode", "ON"), ("typeCode", "PRCP")];
/// The NHS converter says OP where the manual has ON.
const CONSUMABLE: Attributes<'static> = &[("contextControlCode", "OP"), ("typeCode", "CSM")];
const PRESCRIBED: Product =
    product(("consumable", CONSUMABLE), "requestedManufacturedProduct", ("manufacturedRequestedMaterial", MMAT_KIND));
const SUPPLIED: Product =
    product(("product", PRD_OP), "suppliedManufacturedProduct", ("manufacturedSuppliedMaterial", MMAT_INSTANCE));

/// The relationship of a supply header to one item.
pub(super) const fn related_item<P: Copy>(item: P) -> At<Related<At<Within<P>>>> {
    let item = at("pertinentSuppliedLineItem", within(SBADM_PRMS, item));
    at("pertinentInformation1", related(PERT_CONDUCTED_POSITIVE, item).separable(false).template(SOURCE_OF_2))
}

/// The payload.
pub(super) const PAYLOAD: At<Within<Notification>> = at("DispenseNotification", within(INFO_EVN, Notification));

shape! {
    /// What was supplied on a prescription.
    pub(super) Notification: DispenseNotification {
        id: data("id"),
        _: fixed_code(&DISPENSED_MEDICATION),
        effective_time: data("effectiveTime"),
        _: message_type(MESSAGE_TYPE),
        nhs_number: PATIENT_BY_NUMBER,
        in "primaryInformationRecipient" (RECIPIENT) {
            in "AgentOrg" (AGNT) {
                in "agentOrganization" (ORG_INSTANCE) {
                    reimbursement_authority: at("id", ODS_CODE),
                    _: not_specified,
                    reimbursement_authority_name: optional(data("name")),
                }
            }
        }
        in "pertinentInformation1" (PERT_CONDUCTED) {
            _: template(PERTINENT_INFORMATION),
            in "pertinentSupplyHeader" (SBADM_EVN) {
                header_id: data("id"),
                _: fixed_code_alone(&ADMINISTRATION),
                _: no_effective_time,
                repeat: optional(data("repeatNumber")),
                in "author" (AUT_OP) {
                    author_time: data("time"),
                    _: no_signature,
                    author: AGENT,
                }
                items: at_least_one(related_item(Item), &rules::LINE_ITEMS),
                non_dispensing_reason: optional(observed(NON_DISPENSING, Data)),
                status: observed(PRESCRIPTION_STATUS, Data),
                prescription_id: prescription_id("pertinentInformation4"),
                prescription: PriorPrescription,
                = |out: &mut Out<'_>, message: &DispenseNotification| {
                    write_prior_prescription(out, message.prescription, &message.prescription_id);
                },
                predecessor: predecessor("priorSupplyHeaderRef", SBADM_EVN),
            }
        }
        in "pertinentInformation2" (PERT) {
            _: template(PERTINENT_INFORMATION_1),
            in "pertinentCareRecordElementCategory" (CATEGORY_EVN) {
                _: fixed_code(&MEDICATION_ELEMENT),
                care_record_items: many(care_record_item(SBADM_PRMS)),
            }
        }
        replaces: REPLACEMENT,
        release: SEQUEL,
    }
}

shape! {
    /// What was supplied on one line item.
    pub(super) Item: SuppliedLineItem {
        id: data("id"),
        _: fixed_code(&ADMINISTRATION),
        _: no_effective_time,
        repeat: optional(data("repeatNumber")),
        prescribed: PRESCRIBED,
        supplies: many(at("component", related(COMP, SUPPLY).separable(false))),
        requested: at("component1", related(COMP, REQUESTED).separable(false)),
        running_total: optional(observed(RUNNING_TOTAL, Data)),
        non_dispensing_reason: optional(observed(NON_DISPENSING, Data)),
        status: observed(ITEM_STATUS, Data),
        prescribed_item: fulfilment("inFulfillmentOf", "priorOriginalItemRef"),
        predecessor: predecessor("priorSuppliedLineItemRef", SBADM_PRMS),
    }
}

const SUPPLY: At<Within<SupplyParts>> = at("suppliedLineItemQuantity", within(SPLY_EVN, SupplyParts));
const REQUESTED: At<Within<RequestedParts>> = at("supplyRequest", within(SPLY_RQO, RequestedParts));

shape! {
    /// One product supplied.
    SupplyParts: Supply {
        _: fixed_code(&DISPENSING),
        quantity: data("quantity"),
        product: SUPPLIED,
        additional_instructions: optional(observed(INSTRUCTIONS, Data)),
        instructions: many(observed(LABEL, Data)),
    }
}

shape! {
    /// The quantity prescribed.
    RequestedParts: RequestedQuantity {
        code: data("code"),
        quantity: data("quantity"),
    }
}
