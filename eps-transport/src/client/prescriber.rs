//! What a prescriber's system does.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use eps_core::codes::{CancellationReason, oid};
use eps_core::ids::{LineItemId, MessageId, PrescriptionId, SdsUserId};
use eps_core::model::{
    Answer, Cancellation, CancellationResponse, Coded, Message, Outcome, Prescription, ReasonForCancellation, Text,
    Timestamp,
};
use eps_core::record::IssueNumber;
use hyper::StatusCode;
use hyper::body::Bytes;
use serde_json::Value;

use super::credentials::Credentials;
use super::error::ClientError;
use super::session::{Asked, Patience, RequestId, Session, good, refusal};
use super::tracked::{Tracked, tracked};
use super::transport::Transport;

const PREPARE: &str = "/fhir-prescribing/FHIR/R4/$prepare";
const PROCESS: &str = "/fhir-prescribing/FHIR/R4/$process-message";

/// A prescriber's system.
#[derive(Clone)]
pub struct PrescriberClient(Session);

/// What is to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Prepared {
    /// The bytes to sign: a canonical `SignedInfo`.
    pub payload: Vec<u8>,
    /// The time of signing, to be repeated in the Provenance character for character.
    pub timestamp: String,
    /// `RS256` or `RS1`.
    pub algorithm: String,
}

impl PrescriberClient {
    /// A client of a service.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, credentials: Credentials) -> Self {
        Self(Session { transport, credentials, patience: Patience::default() })
    }

    /// The same with another patience.
    #[must_use]
    pub fn patience(self, patience: Patience) -> Self {
        Self(Session { patience, ..self.0 })
    }

    /// Asks the service what to sign of an order, a FHIR Bundle. Who has the library can know it without asking:
    /// [`sign_prescription`](crate::signers::sign_prescription).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn prepare(&self, id: RequestId, order: impl Into<Bytes>) -> Result<Prepared, ClientError> {
        let response = self.0.ask(id, &Asked::post(PREPARE, order)).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(&response));
        }
        prepared(response.body()).ok_or(ClientError::Other { status })
    }

    /// Sends a signed order, a FHIR Bundle.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send(&self, id: RequestId, order: impl Into<Bytes>) -> Result<Outcome, ClientError> {
        good(self.0.send_written(id, PROCESS, order).await?)
    }

    /// Sends a signed prescription.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_prescription(&self, id: RequestId, order: &Prescription) -> Result<Outcome, ClientError> {
        let message = Message::Prescription(Box::new(order.clone()));
        self.0.told(id, PROCESS, (message, order.author.time)).await
    }

    /// Cancels an item of a prescription. What became of it is told also where it was not cancelled.
    ///
    /// # Errors
    /// [`ClientError`], where the service says nothing of the item.
    pub async fn cancel(
        &self,
        id: RequestId,
        cancellation: &Cancellation,
    ) -> Result<CancellationResponse, ClientError> {
        let message = Message::Cancellation(Box::new(cancellation.clone()));
        cancelled(self.0.send(id, PROCESS, (message, cancellation.effective_time)).await?)
    }

    /// Sends a cancellation that is FHIR already, a Bundle.
    ///
    /// # Errors
    /// [`ClientError`], where the service says nothing of the item.
    pub async fn cancel_as(
        &self,
        id: RequestId,
        bundle: impl Into<Bytes>,
    ) -> Result<CancellationResponse, ClientError> {
        cancelled(self.0.send_written(id, PROCESS, bundle).await?)
    }

    /// What has become of a prescription.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::NotFound`] where there is none.
    pub async fn track(&self, prescription: &PrescriptionId) -> Result<Tracked, ClientError> {
        tracked(&self.0, prescription, None).await
    }

    /// What has become of one issue of a prescription: the history is that of the issue.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::NotFound`] where there is none.
    pub async fn track_issue(&self, prescription: &PrescriptionId, issue: IssueNumber) -> Result<Tracked, ClientError> {
        tracked(&self.0, prescription, Some(issue)).await
    }
}

/// The cancellation of an item of a prescription, by who signed it. `None` for a prescriber without a person.
///
/// FHIR names who cancels by SDS user id, which a prescription does not say.
#[must_use]
pub fn cancellation(
    prescription: &Prescription,
    (id, now): (MessageId, Timestamp),
    item: LineItemId,
    reason: CancellationReason,
    user: &SdsUserId,
) -> Option<Cancellation> {
    let mut author = prescription.author.person.clone();
    let person = author.person.as_mut()?;
    (person.id_root, person.id) = (oid::SDS_USER.parse().ok()?, user.as_str().parse().ok()?);
    author.organisation.licence = None;
    let text = Text::new(reason.display()).ok();
    Some(Cancellation {
        id,
        effective_time: now,
        patient: prescription.patient.clone(),
        responsible_party: Some(author.clone()),
        author,
        prescription_id: prescription.id.clone(),
        item: Some(item),
        reasons: vec![ReasonForCancellation { code: Coded { code: reason, display: None }, text }],
        prescription: Some(prescription.uuid),
    })
}

fn cancelled((status, answer): (StatusCode, Answer)) -> Result<CancellationResponse, ClientError> {
    match answer {
        Answer::Cancellation(response) => Ok(*response),
        Answer::Outcome(outcome) => Err(ClientError::Refused { status, outcome }),
        Answer::Release(_) => Err(ClientError::Other { status }),
    }
}

/// Reads the Parameters of `$prepare`, by name.
fn prepared(body: &[u8]) -> Option<Prepared> {
    let parameters: Value = serde_json::from_slice(body).ok()?;
    let all = parameters.get("parameter")?.as_array()?;
    let value = |name: &str| {
        let parameter = all.iter().find(|one| one.get("name").and_then(Value::as_str) == Some(name))?;
        parameter.get("valueString")?.as_str()
    };
    Some(Prepared {
        payload: BASE64.decode(value("digest")?).ok()?,
        timestamp: value("timestamp")?.to_owned(),
        algorithm: value("algorithm")?.to_owned(),
    })
}
