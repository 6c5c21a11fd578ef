//! `DispenseProposalReturn` (PORX_MT121301UK31).
//!
//! Attributes are those of the NHS converter: it negates the context of the reason and inverts the reversal, against the
//! defaults of the manual; Spine takes both. The issue of a repeat stands where the schema has it.

use super::cancellation::AUTHOR;
use super::data::{Data, data};
use super::elements::{issue, prescription_id};
use super::out::structure::{INFO_EVN, PERT_UNCONDUCTED};
use super::out::{Attributes, Observation};
use super::parts::{At, Reference, Within, at, observed, optional, reference, shape, within};
use crate::model::Return;

const REASON: Observation =
    Observation::new("pertinentInformation3", "pertinentReturnReason", "RR").related(PERT_UNCONDUCTED);
const REVERSED: Attributes<'static> = &[("inversionInd", "true"), ("negationInd", "false"), ("typeCode", "REV")];
const RELEASE: At<Reference> =
    at("reversalOf", reference(REVERSED, "priorPrescriptionReleaseResponseRef", INFO_EVN).separable(true));

/// The payload.
pub(super) const PAYLOAD: At<Within<Returned>> = at("DispenseProposalReturn", within(INFO_EVN, Returned));

shape! {
    /// A dispenser gives a prescription back.
    pub(super) Returned: Return {
        id: data("id"),
        effective_time: data("effectiveTime"),
        author: AUTHOR,
        prescription_id: prescription_id("pertinentInformation1"),
        issue: issue("pertinentInformation2"),
        reason: observed(REASON, Data),
        release: optional(RELEASE),
    }
}
