//! `NominatedPrescriptionReleaseRequest` (PORX_MT121001UK30) and `PatientPrescriptionReleaseRequest` (PORX_MT121002UK30).

use super::agent;
use super::input::In;
use super::out::structure::{AUT, INFO_RQO};
use super::out::{Observation, Out};
use crate::codes::oid;
use crate::ids::MessageId;
use crate::model::{ReleaseKind, ReleaseRequest};
use crate::xml::Element;

/// The prescription that a message is about.
pub(super) const PRESCRIPTION_ID: Observation =
    Observation::new("pertinentInformation", "pertinentPrescriptionID", "PID");

/// The root of a request for whatever waits.
pub(super) const NOMINATED: &str = "NominatedPrescriptionReleaseRequest";
/// The root of a request for one prescription.
pub(super) const PATIENT: &str = "PatientPrescriptionReleaseRequest";

pub(super) fn write(out: &mut Out<'_>, request: &ReleaseRequest) {
    let name = match &request.kind {
        ReleaseKind::Nominated => NOMINATED,
        ReleaseKind::Patient(_) => PATIENT,
    };
    out.within(name, INFO_RQO, |out| {
        out.guid(request.id.0);
        out.time("effectiveTime", request.effective_time);
        out.within("author", AUT, |out| agent::write(out, &request.author));
        match &request.kind {
            ReleaseKind::Nominated => {}
            ReleaseKind::Patient(id) => out.observation(&PRESCRIPTION_ID, |out| {
                out.empty("value", &[("extension", id.as_str()), ("root", oid::PRESCRIPTION_ID)]);
            }),
        }
    });
}

/// Reads a request for whatever waits.
pub(super) fn read_nominated(input: &mut In, payload: Element<'_, '_>) -> Option<ReleaseRequest> {
    read(input, payload, |_, _| Some(ReleaseKind::Nominated))
}

/// Reads a request for one prescription.
pub(super) fn read_patient(input: &mut In, payload: Element<'_, '_>) -> Option<ReleaseRequest> {
    read(input, payload, |input, payload| {
        let value = input.value(payload, PRESCRIPTION_ID.relationship, PRESCRIPTION_ID.name)?;
        input.prescription_id(value).map(ReleaseKind::Patient)
    })
}

fn read<'d, 'a>(
    input: &mut In,
    payload: Element<'d, 'a>,
    kind: impl FnOnce(&mut In, Element<'d, 'a>) -> Option<ReleaseKind>,
) -> Option<ReleaseRequest> {
    let id = input.guid(payload);
    let effective_time = input.time_of(payload, "effectiveTime");
    let author = input.one(payload, "author").and_then(|author| agent::read(input, author));
    let kind = kind(input, payload);
    Some(ReleaseRequest { id: MessageId(id?), effective_time: effective_time?, author: author?, kind: kind? })
}
