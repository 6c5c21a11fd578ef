//! `PrescriptionReleaseReject` (PORX_MT121201UK30).

use super::agent;
use super::input::{In, display};
use super::out::structure::{INFO_EVN, INFO_RQO};
use super::out::{Attributes, Observation, Out};
use crate::ids::MessageId;
use crate::model::{OtherDispenser, ReleaseRejection};
use crate::xml::Element;

const REASON: Observation = Observation::new("pertinentInformation", "pertinentRejectionReason", "PRRR");
const REVERSAL: Attributes<'static> = &[("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "REV")];

pub(super) fn write(out: &mut Out<'_>, rejection: &ReleaseRejection) {
    out.within("PrescriptionReleaseReject", INFO_EVN, |out| {
        out.guid(rejection.id.0);
        out.time("effectiveTime", rejection.effective_time);
        out.observation(&REASON, |out| {
            let display = rejection.reason_display.as_ref();
            out.coded("value", rejection.reason_system.as_str(), rejection.reason.as_str(), display);
            if let Some(other) = &rejection.other_dispenser {
                out.within("performer", &[("typeCode", "PRF")], |out| {
                    other.time.iter().for_each(|time| out.time("time", *time));
                    agent::write(out, &other.person);
                });
            }
        });
        out.within("reversalOf", REVERSAL, |out| {
            out.separable(true);
            out.within("priorPrescriptionReleaseRequestRef", INFO_RQO, |out| out.guid(rejection.request.0));
        });
    });
}

pub(super) fn read(input: &mut In, payload: Element<'_, '_>) -> Option<ReleaseRejection> {
    let id = input.guid(payload);
    let effective_time = input.time_of(payload, "effectiveTime");
    let reason = input.path(payload, &[REASON.relationship, REASON.name]);
    let value = reason.and_then(|reason| input.one(reason, "value"));
    let reason_system = value.and_then(|value| input.open_code(value, "codeSystem"));
    let code = value.and_then(|value| input.open_code(value, "code"));
    let performer = reason.and_then(|reason| input.optional(reason, "performer"));
    let other_dispenser = input.maybe(performer, |input, performer| {
        let time = input.optional(performer, "time");
        let time = input.maybe(time, |input, time| input.time(time));
        let person = agent::read(input, performer);
        Some(OtherDispenser { time: time?, person: person? })
    });
    let request = input.guid_at(payload, &["reversalOf", "priorPrescriptionReleaseRequestRef"]);
    Some(ReleaseRejection {
        id: MessageId(id?),
        effective_time: effective_time?,
        reason_system: reason_system?,
        reason: code?,
        reason_display: value.and_then(display),
        other_dispenser: other_dispenser?,
        request: MessageId(request?),
    })
}
