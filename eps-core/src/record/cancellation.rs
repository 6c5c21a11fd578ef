//! Cancellations as the record keeps them: applied, waiting, or without effect.

use serde::{Deserialize, Serialize};

use super::DocumentKey;
use crate::codes::CancellationReason;
use crate::ids::{LineItemId, MessageId, OdsCode};
use crate::model::Timestamp;

/// What is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "EPS cancels these two")]
pub enum CancellationTarget {
    /// The whole prescription.
    Prescription,
    /// One line item.
    Item(LineItemId),
}

impl CancellationTarget {
    /// The item, where it is one.
    #[must_use]
    pub const fn item(self) -> Option<LineItemId> {
        match self {
            Self::Prescription => None,
            Self::Item(item) => Some(item),
        }
    }
}

/// A cancellation, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cancellation {
    /// Its payload id: every answer names it.
    pub id: MessageId,
    /// The message.
    pub document: DocumentKey,
    /// The organisation that asked.
    pub by: OdsCode,
    /// What for.
    pub target: CancellationTarget,
    /// When it was asked for.
    pub at: Timestamp,
    /// Why.
    pub reasons: Vec<CancellationReason>,
}

impl Cancellation {
    /// Whether the patient has died. Nobody waits for an answer to such a cancellation.
    #[must_use]
    pub fn is_for_death(&self) -> bool {
        self.reasons.contains(&CancellationReason::Death)
    }
}

/// Why a cancellation that was noted had no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyFailed {
    /// The same waits already.
    AlreadyPending,
    /// The dispenser completed the issue.
    Dispensed,
    /// The issue ended by time, or by an administrative update.
    Ended,
    /// The prescription has no such item.
    ItemNotFound,
    /// It came before the prescription, and named another patient.
    OtherPatient,
}

/// A cancellation that had no effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FailedCancellation {
    /// The cancellation.
    pub cancellation: Cancellation,
    /// Why it had none.
    pub why: WhyFailed,
}
