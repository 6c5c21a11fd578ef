//! Cancelling a prescription or one of its items (PORX_MT135001UK32), and what Spine answers (PORX_MT135201UK31).

use serde::{Deserialize, Serialize};

use super::{AgentPerson, Coded, OtherDispenser, Patient, Text, Timestamp};
use crate::codes::{CancellationReason, CancellationResult};
use crate::ids::{LineItemId, MessageId, PrescriptionUuid, WrittenPrescriptionId};

/// A prescriber cancels a prescription, or one item of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cancellation {
    /// The id of the payload: the response names it.
    pub id: MessageId,
    /// When it was cancelled.
    pub effective_time: Timestamp,
    /// The patient.
    pub patient: Patient,
    /// Who cancels.
    pub author: AgentPerson,
    /// Who signed the prescription. Cancellations that Spine makes on a death have none.
    pub responsible_party: Option<AgentPerson>,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// The item that is cancelled; `None` cancels the whole prescription.
    pub item: Option<LineItemId>,
    /// Why; at least one, and Spine reads 8 at most.
    pub reasons: Vec<ReasonForCancellation>,
    /// The long form of the prescription's id.
    pub prescription: Option<PrescriptionUuid>,
}

/// Why something was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReasonForCancellation {
    /// The reason.
    pub code: Coded<CancellationReason>,
    /// The reason in the canceller's words.
    pub text: Option<Text>,
}

/// What became of a cancellation, at once or later, when a dispenser returns what was marked for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CancellationResponse {
    /// The id of the payload.
    pub id: MessageId,
    /// When it was answered.
    pub effective_time: Timestamp,
    /// The patient.
    pub patient: Patient,
    /// The dispenser that holds the prescription, where one does.
    pub performer: Option<OtherDispenser>,
    /// Who cancelled.
    pub author: AgentPerson,
    /// Who signed the prescription.
    pub responsible_party: Option<AgentPerson>,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// The item that was to be cancelled; `None` where it was the whole prescription.
    pub item: Option<LineItemId>,
    /// What became of it.
    pub result: Option<Coded<CancellationResult>>,
    /// The cancellation that is answered.
    pub request: MessageId,
}
