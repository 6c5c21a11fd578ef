//! What a message travels in.

use serde::{Deserialize, Serialize};

use super::{
    Cancellation, CancellationResponse, Code, DispenseClaim, DispenseHistory, DispenseNotification, DocumentQuery,
    MetadataQuery, Prescription, PrescriptionMetadata, PrescriptionSearch, ReleaseRejection, ReleaseRequest,
    ReleaseResponse, Return, StoredDocument, Text, Timestamp, Withdrawal,
};
use crate::codes::{AckCode, InteractionId, Severity};
use crate::ids::{Asid, MessageId, SdsRoleProfileId, SdsUserId};

/// A message with what stands around it: id, time, sender, receiver, and what it answers
/// (`SendMessagePayload`, Message Implementation Manual 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The id of the message: repeated, it must be answered the same.
    pub id: MessageId,
    /// When it was made.
    pub created: Timestamp,
    /// Which interaction, under which of its ids.
    pub interaction: InteractionId,
    /// The receiving system; `None` where a reply says it is not known.
    pub to: Option<Asid>,
    /// The sending system; `None` where a reply says it is not known.
    pub from: Option<Asid>,
    /// Who sends; absent for unattended systems.
    pub author: Option<SdsAuthor>,
    /// What is answered and how it went; in replies only.
    pub acknowledgement: Option<Acknowledgement>,
    /// The payload.
    pub message: Message,
}

/// A person as the Spine Directory Service knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SdsAuthor {
    /// The role profile acted under.
    pub role_profile: SdsRoleProfileId,
    /// The user.
    pub user: SdsUserId,
    /// The job role; `UNKNOWN` where the sender does not know it.
    pub job_role: Code,
}

/// The payload of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "who handles messages must decide about every one")]
pub enum Message {
    /// A prescription.
    Prescription(Box<Prescription>),
    /// A dispenser asks for prescriptions.
    ReleaseRequest(Box<ReleaseRequest>),
    /// Prescriptions for a dispenser.
    ReleaseResponse(Box<ReleaseResponse>),
    /// No prescription for a dispenser.
    ReleaseRejection(Box<ReleaseRejection>),
    /// What was supplied.
    DispenseNotification(Box<DispenseNotification>),
    /// A claim for reimbursement.
    DispenseClaim(Box<DispenseClaim>),
    /// A prescriber cancels.
    Cancellation(Box<Cancellation>),
    /// What became of a cancellation.
    CancellationResponse(Box<CancellationResponse>),
    /// A dispenser gives a prescription back.
    Return(Box<Return>),
    /// A dispenser takes dispense notifications back.
    Withdrawal(Box<Withdrawal>),
    /// A dispenser sends dispense notifications anew.
    DispenseHistory(Box<DispenseHistory>),
    /// What is known of a prescription is asked for.
    MetadataQuery(Box<MetadataQuery>),
    /// What is known of a prescription.
    PrescriptionMetadata(Box<PrescriptionMetadata>),
    /// A stored document is asked for.
    DocumentQuery(Box<DocumentQuery>),
    /// A stored document.
    StoredDocument(Box<StoredDocument>),
    /// Prescriptions are searched for; the answer is JSON, see [`tracker`](crate::tracker).
    PrescriptionSearch(Box<PrescriptionSearch>),
    /// Nothing but the acknowledgement of the envelope.
    Acknowledgement,
}

/// What is answered and how it went.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Acknowledgement {
    /// How it went.
    pub code: AckCode,
    /// What went wrong: in `reason` for [`AckCode::Error`], in `acknowledgementDetail` for [`AckCode::Rejected`].
    pub errors: Vec<ErrorCode>,
    /// The message that is answered.
    pub refers_to: MessageId,
}

/// An error as Spine names it. The same code means different things under different vocabularies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ErrorCode {
    /// The OID of the vocabulary.
    pub system: Code,
    /// The code.
    pub code: Code,
    /// The code in words, often with details.
    pub display: Option<Text>,
    /// How grave it is; told in acknowledgements only.
    #[serde(default)]
    pub severity: Severity,
}
