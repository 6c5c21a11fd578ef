//! What a pharmacy's system does.

use std::collections::VecDeque;
use std::sync::Arc;

use eps_core::ids::{OdsCode, PrescriptionId};
use eps_core::model::{
    Answer, DispenseClaim, DispenseNotification, Message, Outcome, ReleaseAnswer, ReleaseRequest, Return, Withdrawal,
};
use hyper::body::Bytes;

use super::credentials::Credentials;
use super::error::ClientError;
use super::session::{Patience, RequestId, Session, good};
use super::tracked::{Tracked, tracked};
use super::transport::Transport;
use super::waiting::Waiting;
use crate::pharmacy::Held;

const PROCESS: &str = "/fhir-dispensing/FHIR/R4/$process-message";
const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const TASK: &str = "/fhir-dispensing/FHIR/R4/Task";
const CLAIM: &str = "/fhir-dispensing/FHIR/R4/Claim";

/// What kind of resource a pharmacy's message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a pharmacy sends these three")]
pub enum Form {
    /// A dispense notification.
    Bundle,
    /// A return or a withdrawal.
    Task,
    /// A claim.
    Claim,
}

/// A pharmacy's system.
#[derive(Clone)]
pub struct PharmacyClient(Session);

impl PharmacyClient {
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

    /// Releases what a request asks for; `None` where nothing waits for the pharmacy.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn release(&self, id: RequestId, request: &ReleaseRequest) -> Result<Option<ReleaseAnswer>, ClientError> {
        let message = Message::ReleaseRequest(Box::new(request.clone()));
        match self.0.send(id, RELEASE, (message, request.effective_time)).await? {
            (status, Answer::Release(answer)) if status.is_success() => Ok(Some(*answer)),
            (status, Answer::Outcome(outcome)) if status.is_success() && outcome.is_good() => Ok(None),
            (status, Answer::Outcome(outcome)) => Err(ClientError::Refused { status, outcome }),
            (status, Answer::Release(_) | Answer::Cancellation(_)) => Err(ClientError::Other { status }),
        }
    }

    /// The prescriptions that wait for a pharmacy, one at a time, as long as there are any.
    pub const fn releases<R: FnMut() -> ReleaseRequest>(&self, requests: R) -> Releases<'_, R> {
        Releases { client: self, requests, ready: VecDeque::new(), waiting: None }
    }

    /// Waits until prescriptions wait for a pharmacy.
    #[must_use]
    pub fn waiting(&self, pharmacy: &OdsCode) -> Waiting {
        Waiting::new(self.0.clone(), pharmacy)
    }

    /// Tells what was supplied.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn dispense(&self, id: RequestId, notification: &DispenseNotification) -> Result<Outcome, ClientError> {
        let message = Message::DispenseNotification(Box::new(notification.clone()));
        self.0.told(id, PROCESS, (message, notification.author_time)).await
    }

    /// Claims, or amends a claim.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn claim(&self, id: RequestId, claim: &DispenseClaim) -> Result<Outcome, ClientError> {
        let message = Message::DispenseClaim(Box::new(claim.clone()));
        self.0.told(id, CLAIM, (message, claim.effective_time)).await
    }

    /// Gives a prescription back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn give_back(&self, id: RequestId, returned: &Return) -> Result<Outcome, ClientError> {
        let message = Message::Return(Box::new(returned.clone()));
        self.0.told(id, TASK, (message, returned.effective_time)).await
    }

    /// Takes a dispense notification back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn withdraw(&self, id: RequestId, withdrawal: &Withdrawal) -> Result<Outcome, ClientError> {
        let message = Message::Withdrawal(Box::new(withdrawal.clone()));
        self.0.told(id, TASK, (message, withdrawal.effective_time)).await
    }

    /// Sends a message that is FHIR already: a dispense notification, a return, a withdrawal or a claim.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send(&self, id: RequestId, form: Form, body: impl Into<Bytes>) -> Result<Outcome, ClientError> {
        let path = match form {
            Form::Bundle => PROCESS,
            Form::Task => TASK,
            Form::Claim => CLAIM,
        };
        good(self.0.send_written(id, path, body).await?)
    }

    /// What has become of a prescription.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::NotFound`] where there is none.
    pub async fn track(&self, prescription: &PrescriptionId) -> Result<Tracked, ClientError> {
        tracked(&self.0, prescription, None).await
    }
}

/// Prescriptions that wait for a pharmacy, one at a time.
///
/// Each release brings up to 25; the next one is asked for when those are used up. What a release brought is with the
/// pharmacy: a stream that is dropped earlier loses what it has not given.
pub struct Releases<'c, R> {
    client: &'c PharmacyClient,
    requests: R,
    ready: VecDeque<Held>,
    waiting: Option<Waiting>,
}

impl<R: FnMut() -> ReleaseRequest> Releases<'_, R> {
    /// Asks again when the pharmacy is woken, and never ends.
    #[must_use]
    pub fn watching(self, waiting: Waiting) -> Self {
        Self { waiting: Some(waiting), ..self }
    }

    /// The next prescription; `None` at the end. Prescriptions that must not be dispensed are not given.
    ///
    /// # Errors
    /// [`ClientError`]; the stream can be asked again.
    pub async fn next(&mut self) -> Option<Result<Held, ClientError>> {
        loop {
            if let Some(held) = self.ready.pop_front() {
                return Some(Ok(held));
            }
            let request = (self.requests)();
            match self.client.release(RequestId::from(request.id.0), &request).await {
                Err(error) => return Some(Err(error)),
                Ok(Some(answer)) => self.ready.extend(Held::all_of(&answer)),
                Ok(None) => {
                    if let Err(error) = self.waiting.as_mut()?.next().await {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}
