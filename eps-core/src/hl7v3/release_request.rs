//! `NominatedPrescriptionReleaseRequest` (PORX_MT121001UK30) and `PatientPrescriptionReleaseRequest` (PORX_MT121002UK30).

use super::cancellation::AUTHOR;
use super::data::data;
use super::elements::prescription_id;
use super::input::In;
use super::out::Out;
use super::out::structure::INFO_RQO;
use super::parts::{At, Part, Within, at, shape, within};
use crate::model::{ReleaseKind, ReleaseRequest};
use crate::xml::Element;

/// A request for whatever waits.
pub(super) const NOMINATED: At<Within<Request>> = at("NominatedPrescriptionReleaseRequest", within(INFO_RQO, Request));
/// A request for one prescription.
pub(super) const PATIENT: At<Within<Request>> = at(PATIENT_ROOT, within(INFO_RQO, Request));
const PATIENT_ROOT: &str = "PatientPrescriptionReleaseRequest";

pub(super) fn write<'n>(out: &mut Out<'n>, request: &'n ReleaseRequest) {
    match &request.kind {
        ReleaseKind::Nominated => NOMINATED.write(out, request),
        ReleaseKind::Patient(_) => PATIENT.write(out, request),
    }
}

shape! {
    /// A dispenser asks for prescriptions.
    pub(super) Request: ReleaseRequest {
        id: data("id"),
        effective_time: data("effectiveTime"),
        author: AUTHOR,
        kind: Kind,
    }
}

/// The prescription asked for, in the request that has the place for it.
#[derive(Clone, Copy)]
struct Kind;

impl Part<ReleaseKind> for Kind {
    fn write<'n>(&self, out: &mut Out<'n>, kind: &'n ReleaseKind) {
        match kind {
            ReleaseKind::Nominated => {}
            ReleaseKind::Patient(id) => prescription_id("pertinentInformation").write(out, id),
        }
    }

    fn read(&self, input: &mut In, payload: Element<'_, '_>) -> Option<ReleaseKind> {
        if payload.name() == PATIENT_ROOT {
            prescription_id("pertinentInformation").read(input, payload).map(ReleaseKind::Patient)
        } else {
            Some(ReleaseKind::Nominated)
        }
    }
}
