//! `RebuildDispenseHistory` (PORX_MT136002UK31).

use super::data::{Data, data};
use super::dispense_notification;
use super::elements::{issue, prescription_id, separable};
use super::out::structure::ACTN_RQO;
use super::out::{Attributes, Out};
use super::parts::{At, Within, at, at_least_one, observed, optional, shape, within};
use super::rules;
use super::withdrawal::reason;
use crate::codes::oid;
use crate::model::{DispenseHistory, HistoryEntry};

const COMPONENT: Attributes<'static> = &[("contextConductionInd", "true"), ("typeCode", "COMP")];

/// The payload.
pub(super) const PAYLOAD: At<Within<History>> = at("RebuildDispenseHistory", within(ACTN_RQO, History));

shape! {
    /// A dispenser sends the notifications of an issue anew.
    pub(super) History: DispenseHistory {
        id: data("id"),
        effective_time: data("effectiveTime"),
        notifications: at_least_one(at("component", within(COMPONENT, Entry)), &rules::MISSING_ELEMENT),
        prescription_id: prescription_id("pertinentInformation1"),
        reason: observed(reason("pertinentInformation3"), Data),
        issue: issue("pertinentInformation2"),
    }
}

shape! {
    /// One notification and its position.
    Entry: HistoryEntry {
        sequence: optional(data("sequenceNumber")),
        _: separable(true),
        _: |out: &mut Out<'_>| {
            let template = [("extension", dispense_notification::MESSAGE_TYPE), ("root", oid::HISTORY_TEMPLATE)];
            out.empty("templateId", &template);
        },
        notification: dispense_notification::PAYLOAD,
    }
}
