//! `pertinentLineItem` of a prescription.

use super::data::{Data, data};
use super::elements::{Product, SOURCE_OF_2, fixed_code, fulfilment, no_effective_time, product, separable};
use super::out::structure::{COMP, MMAT_KIND, PERT_CONDUCTED_POSITIVE, PRD_OP, SBADM_RQO, SPLY_RQO};
use super::out::{ADMINISTRATION, DISPENSING, Observation};
use super::parts::{At, Related, Unsigned, Within, at, many, observation, observed, optional, related, shape, within};
use crate::model::{LineItem, PrescribersEndorsement};

const PRODUCT: Product =
    product(("product", PRD_OP), "manufacturedProduct", ("manufacturedRequestedMaterial", MMAT_KIND));
const STATUS: Observation = Observation::new("pertinentInformation4", "pertinentItemStatus", "IS");
const INSTRUCTIONS: Observation = Observation::new("pertinentInformation1", "pertinentAdditionalInstructions", "AI");
const ENDORSEMENT: Observation = Observation::new("pertinentInformation3", "pertinentPrescriberEndorsement", "PE");
const DOSAGE: Observation = Observation::new("pertinentInformation2", "pertinentDosageInstructions", "DI");

/// The relationship of a prescription to one line item.
pub(super) const RELATED_ITEM: At<Related<At<Within<Item>>>> =
    at("pertinentInformation2", related(PERT_CONDUCTED_POSITIVE, ITEM).separable(true).template(SOURCE_OF_2));

/// The line item itself. In a digest input it lacks its status and its current issue, which Spine rewrites.
pub(super) const ITEM: At<Within<Item>> = at("pertinentLineItem", within(SBADM_RQO, Item));

shape! {
    /// The line item.
    pub(super) Item: LineItem {
        id: data("id"),
        _: fixed_code(&ADMINISTRATION),
        _: no_effective_time,
        repeat: optional(data("repeatNumber")),
        product: PRODUCT,
        in "component" (COMP) {
            _: separable(false),
            in "lineItemQuantity" (SPLY_RQO) {
                _: fixed_code(&DISPENSING),
                quantity: data("quantity"),
            }
        }
        status: Unsigned(optional(observed(STATUS, Data))),
        additional_instructions: optional(observed(INSTRUCTIONS, Data)),
        endorsements: many(observation(ENDORSEMENT, EndorsementParts)),
        dosage: observed(DOSAGE, Data),
        fulfils: optional(fulfilment("inFulfillmentOf2", "priorOriginalItemRef")),
    }
}

shape! {
    /// A prescriber's endorsement.
    pub(super) EndorsementParts: PrescribersEndorsement {
        text: optional(data("text")),
        code: data("value"),
    }
}
