//! The journal: one entry for each accepted message. It names no patient.

use eps_core::ids::{Asid, MessageId, PrescriptionId};
use eps_core::model::{Envelope, Timestamp};
use eps_core::record::Effect;
use serde::{Deserialize, Serialize};

use super::Request;
use super::judge::Changed;

/// What the journal says of an accepted message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalEntry {
    /// When it was answered.
    pub at: Timestamp,
    /// The message.
    pub message: MessageId,
    /// The id of its interaction: `PORX_IN020101SM31`.
    pub interaction: String,
    /// The sending system.
    pub from: Option<Asid>,
    /// SHA-256 of the message, in hexadecimal.
    pub digest: String,
    /// The records it changed.
    pub records: Vec<JournalRecord>,
    /// The messages to others that followed from it. Each is stored as the document under its id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SentLater>,
}

/// A message that the broker sends unasked: what became of a cancellation that had to wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SentLater {
    /// The message.
    pub message: MessageId,
    /// The system that it is for; `None` where the cancellation did not say whom to answer.
    pub to: Option<Asid>,
}

impl SentLater {
    pub(super) fn of(message: &Envelope) -> Self {
        Self { message: message.id, to: message.to.clone() }
    }
}

/// A record that a message changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JournalRecord {
    /// Which prescription.
    pub id: PrescriptionId,
    /// The version of its record from then on.
    pub version: u32,
    /// What followed.
    pub effects: Vec<Effect>,
}

impl JournalEntry {
    pub(super) fn of(request: &Request<'_>, changed: &[Changed], sent: Vec<SentLater>) -> Self {
        let record = |Changed { accepted, .. }: &Changed| JournalRecord {
            id: accepted.record.id().clone(),
            version: accepted.record.version(),
            effects: accepted.effects.clone(),
        };
        Self {
            at: request.now,
            message: request.envelope.id,
            interaction: request.envelope.interaction.to_string(),
            from: request.envelope.from.clone(),
            digest: request.digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            records: changed.iter().map(record).collect(),
            sent,
        }
    }

    /// The entry as it is stored.
    ///
    /// # Errors
    /// None is known: every entry can be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The entry from what was stored.
    ///
    /// # Errors
    /// Where the bytes are not an entry.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
