//! Releasing prescriptions to a dispenser.

use serde::{Deserialize, Serialize};

use super::{AgentPerson, ErrorCode, Text, Timestamp};
use crate::ids::{MessageId, WrittenPrescriptionId};

/// A dispenser asks for prescriptions (PORX_MT121001UK30, PORX_MT121002UK30).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleaseRequest {
    /// The id of the payload: replies name it.
    pub id: MessageId,
    /// When it was asked.
    pub effective_time: Timestamp,
    /// Who asks, for which pharmacy.
    pub author: AgentPerson,
    /// For what.
    pub kind: ReleaseKind,
}

/// What a dispenser asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "EPS knows these two ways to ask")]
pub enum ReleaseKind {
    /// Whatever waits for this pharmacy.
    Nominated,
    /// The prescription whose id the patient shows.
    Patient(WrittenPrescriptionId),
}

/// Prescriptions handed to a dispenser (PORX_MT122002UK31).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleaseResponse {
    /// The id of the payload: dispense notifications and returns name it.
    pub id: MessageId,
    /// When they were released.
    pub effective_time: Timestamp,
    /// The prescriptions, 1 to 25.
    pub prescriptions: Vec<ReleasedPrescription>,
    /// How many there are and how many there could be.
    pub batch: BatchInfo,
    /// The request that is answered.
    pub request: MessageId,
}

/// Batch information of a nominated release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BatchInfo {
    /// Prescriptions in this response.
    pub size: Option<u32>,
    /// Prescriptions that one response can hold.
    pub maximum: Option<u32>,
}

/// One released prescription.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleasedPrescription {
    /// Which release of EPS it follows.
    pub template: ReleaseTemplate,
    /// The signed document, byte for byte as it was accepted.
    pub document: SignedDocument,
}

/// The template of a released prescription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "EPS had two releases")]
pub enum ReleaseTemplate {
    /// PORX_MT122003UK32: EPS Release 2, electronically signed.
    R2,
    /// PORX_MT122003UK30: EPS Release 1, unsigned.
    R1,
}

impl ReleaseTemplate {
    /// The template id.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::R2 => "PORX_MT122003UK32",
            Self::R1 => "PORX_MT122003UK30",
        }
    }
}

/// A `ParentPrescription` element, byte for byte as it arrived, with the namespaces that were in scope around it.
///
/// The signature covers these bytes, so they are stored, released and verified as they are; models are derived from them.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SignedDocument {
    /// The element.
    pub xml: Box<str>,
    /// Prefix and namespace of every declaration in scope outside; the prefix is empty for the default namespace.
    pub namespaces: Vec<(Box<str>, Box<str>)>,
}

impl std::fmt::Debug for SignedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedDocument({} bytes)", self.xml.len())
    }
}

/// Nothing was released (PORX_MT121201UK30).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReleaseRejection {
    /// The id of the payload.
    pub id: MessageId,
    /// When it was refused.
    pub effective_time: Timestamp,
    /// More about it.
    pub text: Option<Text>,
    /// Why: a [`crate::codes::ReleaseFault`], or a processing error.
    pub reason: ErrorCode,
    /// Who has the prescription, where another dispenser does.
    pub other_dispenser: Option<OtherDispenser>,
    /// The request that is answered.
    pub request: MessageId,
}

/// The dispenser that holds a prescription which another asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OtherDispenser {
    /// Since when.
    pub time: Option<Timestamp>,
    /// Who.
    pub person: AgentPerson,
}
