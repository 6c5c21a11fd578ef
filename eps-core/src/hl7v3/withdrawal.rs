//! `ETPWithdraw` (PORX_MT136001UK31).

use super::data::{Data, Extension, data};
use super::elements::{PrescriptionIdValue, issue};
use super::out::Observation;
use super::out::structure::{AGNT, ALRT_EVN, AUT, INFO_EVN, PERT_POSITIVE, PERT_UNCONDUCTED, PSN_INSTANCE};
use super::parts::{At, Reference, Within, at, many, observed, reference, shape, within};
use super::patient::PATIENT_BY_NUMBER;
use crate::codes::oid;
use crate::model::{Withdrawal, WithdrawalAuthor};

/// The manual conducts the context here; every known sender does not.
const PRESCRIPTION_ID: Observation =
    Observation::new("pertinentInformation3", "pertinentWithdrawID", "WID").related(PERT_UNCONDUCTED);
const KIND: Observation = Observation::new("pertinentInformation2", "pertinentWithdrawType", "PWT");
const NOTIFICATION: At<Reference> =
    at("pertinentInformation4", reference(PERT_POSITIVE, "pertinentDispenseNotificationRef", INFO_EVN).separable(true));

/// Why notifications are taken back.
pub(super) const fn reason(relationship: &'static str) -> Observation {
    Observation::new(relationship, "pertinentWithdrawReason", "PWR")
}

/// The payload.
pub(super) const PAYLOAD: At<Within<Withdrawn>> = at("ETPWithdraw", within(ALRT_EVN, Withdrawn));

shape! {
    /// A dispenser takes notifications back.
    pub(super) Withdrawn: Withdrawal {
        id: data("id"),
        effective_time: data("effectiveTime"),
        nhs_number: PATIENT_BY_NUMBER,
        author: at("author", within(AUT, at("AgentPersonSDS", within(AGNT, Author)))),
        prescription_id: observed(PRESCRIPTION_ID, PrescriptionIdValue::ALONE),
        issue: issue("pertinentInformation1"),
        kind: observed(KIND, Data),
        reason: observed(reason("pertinentInformation5"), Data),
        notifications: many(NOTIFICATION),
    }
}

shape! {
    /// Who withdraws.
    Author: WithdrawalAuthor {
        role_profile: at("id", Extension(oid::SDS_ROLE_PROFILE)),
        user: at("agentPersonSDS", within(PSN_INSTANCE, at("id", Extension(oid::SDS_USER)))),
    }
}
