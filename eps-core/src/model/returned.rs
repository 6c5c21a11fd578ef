//! Giving a prescription back (PORX_MT121301UK31) and taking a dispense notification back (PORX_MT136001UK31,
//! PORX_MT136002UK31).

use serde::{Deserialize, Serialize};

use super::{AgentPerson, Code, Coded, DispenseNotification, Timestamp};
use crate::codes::{ReturnReason, WithdrawReason, WithdrawType};
use crate::ids::{MessageId, NhsNumber, SdsRoleProfileId, WrittenPrescriptionId};

/// A dispenser gives a prescription back undispensed (`DispenseProposalReturn`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Return {
    /// The id of the payload.
    pub id: MessageId,
    /// When it was given back.
    pub effective_time: Timestamp,
    /// Who gives it back.
    pub author: AgentPerson,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// The issue, from 1, of a repeat dispensing prescription.
    pub issue: Option<u32>,
    /// Why.
    pub reason: Coded<ReturnReason>,
    /// The release response that brought the prescription.
    pub release: Option<MessageId>,
}

/// A dispenser takes dispense notifications back (`ETPWithdraw`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Withdrawal {
    /// The id of the payload.
    pub id: MessageId,
    /// When they were taken back.
    pub effective_time: Timestamp,
    /// The patient.
    pub nhs_number: NhsNumber,
    /// Who takes them back.
    pub author: WithdrawalAuthor,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// The issue, from 1, of a repeat dispensing prescription.
    pub issue: Option<u32>,
    /// The last notification, or all of the issue.
    pub kind: Coded<WithdrawType>,
    /// Why.
    pub reason: Coded<WithdrawReason>,
    /// The notifications taken back; Spine takes one at most with [`WithdrawType::LastDispense`].
    pub notifications: Vec<MessageId>,
}

/// Who withdraws (`AgentPersonSDS`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WithdrawalAuthor {
    /// The SDS role profile.
    pub role_profile: SdsRoleProfileId,
    /// The SDS user. The NHS converter sends the organisation's ODS code here.
    pub user: Code,
}

/// A dispenser sends the dispense notifications of an issue anew (`RebuildDispenseHistory`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DispenseHistory {
    /// The id of the payload.
    pub id: MessageId,
    /// When it was made.
    pub effective_time: Timestamp,
    /// The notifications, at least one.
    pub notifications: Vec<HistoryEntry>,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// Why.
    pub reason: Coded<WithdrawReason>,
    /// The issue, from 1, of a repeat dispensing prescription.
    pub issue: Option<u32>,
}

/// One notification of a rebuilt history.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Its position, from 1, where it is told.
    pub sequence: Option<u32>,
    /// The notification.
    pub notification: DispenseNotification,
}
