//! `CancellationResponse` (PORX_MT135201UK31), at once or later.

use super::cancellation::{AUTHOR, ITEM, RESPONSIBLE};
use super::data::{Data, data};
use super::elements::prescription_id;
use super::out::Observation;
use super::out::structure::{ACTN_RQO, INFRM_EVN, PERT_POSITIVE, PRF_OP};
use super::parts::{At, Reference, Within, at, observed, optional, reference, shape, within};
use super::patient::PATIENT;
use super::release_rejection::Performer;
use crate::model::CancellationResponse;

const RESPONSE: Observation = Observation::new("pertinentInformation3", "pertinentResponse", "CRR");
const REQUEST: At<Reference> =
    at("pertinentInformation4", reference(PERT_POSITIVE, "pertinentCancellationRequestRef", ACTN_RQO).separable(true));

/// The payload.
pub(super) const PAYLOAD: At<Within<Response>> = at("CancellationResponse", within(INFRM_EVN, Response));

shape! {
    /// What became of a cancellation.
    pub(super) Response: CancellationResponse {
        id: data("id"),
        effective_time: data("effectiveTime"),
        patient: PATIENT,
        performer: optional(at("performer", within(PRF_OP, Performer))),
        author: AUTHOR,
        responsible_party: optional(RESPONSIBLE),
        prescription_id: prescription_id("pertinentInformation2"),
        item: optional(ITEM),
        result: optional(observed(RESPONSE, Data)),
        request: REQUEST,
    }
}
