//! `PrescriptionReleaseReject` (PORX_MT121201UK30).

use super::agent::AGENT;
use super::data::data;
use super::elements::{REVERSAL, annotation, separable};
use super::out::structure::{INFO_EVN, INFO_RQO, OBS_EVN, PERT_CONDUCTED};
use super::parts::{At, Within, at, optional, reference, shape, within};
use crate::model::{OtherDispenser, ReleaseRejection};

/// The payload.
pub(super) const PAYLOAD: At<Within<Rejection>> = at("PrescriptionReleaseReject", within(INFO_EVN, Rejection));

shape! {
    /// Nothing was released.
    pub(super) Rejection: ReleaseRejection {
        id: data("id"),
        effective_time: data("effectiveTime"),
        in "pertinentInformation" (PERT_CONDUCTED) {
            _: separable(false),
            in "pertinentRejectionReason" (OBS_EVN) {
                _: annotation("PRRR"),
                text: optional(data("text")),
                reason: data("value"),
                other_dispenser: optional(at("performer", within(&[("typeCode", "PRF")], Performer))),
            }
        }
        request: at(
            "reversalOf",
            reference(REVERSAL, "priorPrescriptionReleaseRequestRef", INFO_RQO).separable(true),
        ),
    }
}

shape! {
    /// Another dispenser, and since when.
    pub(super) Performer: OtherDispenser {
        time: optional(data("time")),
        person: AGENT,
    }
}
