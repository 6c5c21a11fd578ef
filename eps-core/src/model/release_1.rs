//! A prescription of EPS Release 1, as a release still carries it (PORX_MT122003UK30).

use serde::{Deserialize, Serialize};

use super::{AgentPerson, Code, Exemptions, LineItem, Patient, RepeatNumber, Timestamp};
use crate::codes::{DispensingSitePreference, PrescriptionStatus, TreatmentType};
use crate::ids::{MessageId, PrescriptionUuid, WrittenPrescriptionId};

/// A prescription of Release 1. It is not signed, and nobody writes one any more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Release1Prescription {
    /// The id of the payload.
    pub message_id: MessageId,
    /// From when it is valid.
    pub effective_time: Timestamp,
    /// For whom it is.
    pub patient: Patient,
    /// The prescription's id.
    pub uuid: PrescriptionUuid,
    /// The same id with its check character.
    pub id: WrittenPrescriptionId,
    /// Which issue of how many.
    pub repeat: Option<RepeatNumber>,
    /// When it was prescribed.
    pub author_time: Timestamp,
    /// Who prescribed it.
    pub author: AgentPerson,
    /// Who answers for it.
    pub responsible_party: AgentPerson,
    /// Acute or repeat.
    pub treatment_type: TreatmentType,
    /// The status that Spine inserts.
    pub status: Option<PrescriptionStatus>,
    /// The exemptions by age that Spine inserts.
    pub exemptions: Exemptions,
    /// Where it should be dispensed.
    pub site_preference: DispensingSitePreference,
    /// What is prescribed.
    pub line_items: Vec<LineItem>,
    /// Who prescribes, in which setting; vocabulary [`crate::codes::oid::PRESCRIPTION_TYPE`].
    pub prescription_type: Code,
}
