//! `CancellationRequest` (PORX_MT135001UK32).
//!
//! The manual makes the request an action (`ACTN RQO`) and the prescription it names an observation; the NHS converter
//! and the systems that follow it write `INFO EVN` and `SBADM RQO`, and so does this. Either is read.

use super::agent::{AGENT, Agent};
use super::data::data;
use super::elements::prescription_id;
use super::out::Observation;
use super::out::structure::{AUT, INFO_EVN, PERT_POSITIVE, PERT_UNCONDUCTED, RESP, SBADM_RQO};
use super::parts::{At, Reference, Within, at, at_least_one, observation, optional, reference, shape, within};
use super::patient::PATIENT;
use super::rules;
use crate::model::{Cancellation, ReasonForCancellation};

const REASON: Observation = Observation::new("pertinentInformation", "pertinentCancellationReason", "CR");

/// Who acts in a participation without a time.
type Participant = At<Within<At<Within<Agent>>>>;

/// Who cancels.
pub(super) const AUTHOR: Participant = at("author", within(AUT, AGENT));
/// Who signed the prescription.
pub(super) const RESPONSIBLE: Participant = at("responsibleParty", within(RESP, AGENT));
/// The item that is to be cancelled.
pub(super) const ITEM: At<Reference> =
    at("pertinentInformation1", reference(PERT_POSITIVE, "pertinentLineItemRef", SBADM_RQO).separable(true));
const PRESCRIPTION: At<Reference> = at(
    "pertinentInformation3",
    reference(PERT_UNCONDUCTED, "pertinentOriginalPrescriptionRef", SBADM_RQO).separable(true),
);

/// The payload.
pub(super) const PAYLOAD: At<Within<Request>> = at("CancellationRequest", within(INFO_EVN, Request));

shape! {
    /// A prescriber cancels.
    pub(super) Request: Cancellation {
        id: data("id"),
        effective_time: data("effectiveTime"),
        patient: PATIENT,
        author: AUTHOR,
        responsible_party: optional(RESPONSIBLE),
        prescription_id: prescription_id("pertinentInformation2"),
        item: optional(ITEM),
        reasons: at_least_one(observation(REASON, Reason), &rules::MISSING_ELEMENT),
        prescription: optional(PRESCRIPTION),
    }
}

shape! {
    /// Why something was cancelled.
    Reason: ReasonForCancellation {
        text: optional(data("text")),
        code: data("value"),
    }
}
