//! One request, sent until it is answered.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use eps_core::fhir::{self, Outgoing, SignatureVerdict};
use eps_core::ids::{Guid, IdError, MessageId};
use eps_core::model::{Answer, Envelope, Message, Outcome, SignedDocument, Timestamp};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::credentials::Credentials;
use super::error::ClientError;
use super::transport::{Transport, TransportError};
use crate::derived::ids_from;

/// What a request is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(Guid);

impl RequestId {
    /// A new one, random.
    #[must_use]
    pub fn new() -> Self {
        Self(Guid::from_bytes(uuid::Uuid::new_v4().into_bytes()))
    }

    /// The id itself.
    #[must_use]
    pub const fn guid(self) -> Guid {
        self.0
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl From<Guid> for RequestId {
    fn from(id: Guid) -> Self {
        Self(id)
    }
}

impl FromStr for RequestId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self)
    }
}

/// How long a client waits, and how often it asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever sets one decides each of these")]
pub struct Patience {
    /// How often a request is sent, at least once.
    pub attempts: u32,
    /// How long one answer may take.
    pub each: Duration,
    /// The pause after the first attempt; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause, also where the service asks for a longer one.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            each: Duration::from_secs(30),
            pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(10),
        }
    }
}

/// A client's way to a service.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) credentials: Credentials,
    pub(super) patience: Patience,
}

/// What is asked, the same in every attempt.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Asked {
    pub(super) fn get(path: String, headers: HeaderMap) -> Self {
        Self { method: Method::GET, path, headers, body: Bytes::new() }
    }

    pub(super) fn post(path: &str, body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, path: path.to_owned(), headers: HeaderMap::new(), body: body.into() }
    }
}

impl Session {
    /// Sends a request under one id until there is an answer that another attempt would not change. A token that is not
    /// taken is fetched anew, once.
    pub(super) async fn ask(&self, id: RequestId, asked: &Asked) -> Result<Response<Bytes>, ClientError> {
        let transport = &*self.transport;
        let token = self.token().await?;
        let response = self.patience.until_answered(transport, id, || self.request(id, asked, &token)).await?;
        if response.status() != StatusCode::UNAUTHORIZED || !self.credentials.forget(&token).await {
            return Ok(response);
        }
        let token = self.token().await?;
        self.patience.until_answered(transport, id, || self.request(id, asked, &token)).await
    }

    /// The token to be sent now.
    pub(super) async fn token(&self) -> Result<Zeroizing<String>, ClientError> {
        self.credentials.current(&*self.transport, self.patience).await
    }

    /// One attempt. What the caller wants is said by the headers that are asked for, where they say it.
    pub(super) fn request(&self, id: RequestId, asked: &Asked, token: &str) -> Result<Request<Bytes>, ClientError> {
        let mut request = Request::builder().method(asked.method.clone()).uri(&asked.path).body(asked.body.clone())?;
        let headers = request.headers_mut();
        let token = Zeroizing::new(format!("Bearer {token}"));
        let mut token = HeaderValue::from_str(&token).map_err(|_| ClientError::Token)?;
        token.set_sensitive(true);
        headers.insert(AUTHORIZATION, token);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/fhir+json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/fhir+json"));
        headers.insert("x-request-id", text(&id.0.lower())?);
        if let Some(role) = self.credentials.acts_as() {
            headers.insert("nhsd-session-urid", text(role.as_str())?);
        }
        headers.extend(asked.headers.clone());
        Ok(request)
    }

    /// Sends a message that was made at this time, and reads the answer.
    pub(super) async fn send(
        &self,
        id: RequestId,
        path: &str,
        (message, created): (Message, Timestamp),
    ) -> Result<(StatusCode, Answer), ClientError> {
        self.send_written(id, path, written(id, message, created)?).await
    }

    /// Sends a message that is FHIR already, and reads the answer.
    pub(super) async fn send_written(
        &self,
        id: RequestId,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<(StatusCode, Answer), ClientError> {
        let response = self.ask(id, &Asked::post(path, body)).await?;
        let status = response.status();
        match fhir::read_answer(response.body()) {
            Ok(answer) => Ok((status, answer)),
            Err(source) => Err(ClientError::Unreadable { status, source }),
        }
    }

    /// Sends a message that is answered with an outcome.
    pub(super) async fn told(
        &self,
        id: RequestId,
        path: &str,
        message: (Message, Timestamp),
    ) -> Result<Outcome, ClientError> {
        good(self.send(id, path, message).await?)
    }
}

/// The outcome of a message that was accepted.
pub(super) fn good((status, answer): (StatusCode, Answer)) -> Result<Outcome, ClientError> {
    match answer {
        Answer::Outcome(outcome) if status.is_success() && outcome.is_good() => Ok(*outcome),
        Answer::Outcome(outcome) => Err(ClientError::Refused { status, outcome }),
        Answer::Cancellation(_) | Answer::Release(_) => Err(ClientError::Other { status }),
    }
}

/// Why an answer is none that was asked for.
pub(super) fn refusal(response: &Response<Bytes>) -> ClientError {
    let status = response.status();
    match fhir::read_answer(response.body()) {
        Ok(answer) => good((status, answer)).err().unwrap_or(ClientError::Other { status }),
        Err(source) => ClientError::Unreadable { status, source },
    }
}

/// The text of a header.
pub(super) fn text(value: &str) -> Result<HeaderValue, ClientError> {
    HeaderValue::from_str(value).map_err(|error| ClientError::Request(error.into()))
}

/// A message as FHIR. What it does not say follows from the id of the request, so that another attempt, of another process
/// even, has the same bytes.
fn written(id: RequestId, message: Message, created: Timestamp) -> Result<Vec<u8>, ClientError> {
    let envelope = Envelope {
        id: MessageId(id.0),
        created,
        // FHIR does not name it.
        interaction: eps_core::codes::Interaction::ParentPrescriptionUrgent.sm(),
        to: None,
        from: None,
        author: None,
        acknowledgement: None,
        message,
    };
    let mut ids = ids_from(MessageId(id.0));
    // A request holds no prescription that was released.
    let verify = |_: &SignedDocument| SignatureVerdict::Invalid;
    Ok(fhir::write(&envelope, &mut Outgoing { now: created, ids: &mut ids, verify: &verify, base_path: "" })?)
}

/// Whether another attempt may be answered otherwise: the service is busy, away, or failed.
pub(super) fn may_pass(status: StatusCode) -> bool {
    status == StatusCode::REQUEST_TIMEOUT || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// How long the service asks to wait: in seconds; dates are passed over.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

impl Patience {
    /// Sends a request under one id until there is an answer that another attempt would not change.
    pub(super) async fn until_answered(
        self,
        transport: &dyn Transport,
        id: RequestId,
        request: impl Fn() -> Result<Request<Bytes>, ClientError> + Send,
    ) -> Result<Response<Bytes>, ClientError> {
        let mut attempt = 1;
        loop {
            let answered = tokio::time::timeout(self.each, transport.exchange(request()?));
            let answered = answered.await.unwrap_or(Err(TransportError::TooSlow));
            let last = attempt >= self.attempts;
            let wanted = match answered {
                Ok(response) if !may_pass(response.status()) => return Ok(response),
                Ok(response) if last => return Err(ClientError::Unavailable { status: response.status() }),
                Err(error) if last => return Err(error.into()),
                Ok(response) => retry_after(response.headers()),
                Err(_) => None,
            };
            tokio::time::sleep(self.pause_after(id, attempt, wanted)).await;
            attempt += 1;
        }
    }

    /// The pause after an attempt: doubled each time, with up to as much again, so that many that were refused at once do
    /// not come back at once. How much more follows from the id.
    pub(super) fn pause_after(&self, id: RequestId, attempt: u32, wanted: Option<Duration>) -> Duration {
        let pause = self.pause.saturating_mul(1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX));
        let digest = Sha256::new().chain_update(id.0.to_bytes()).chain_update(attempt.to_be_bytes()).finalize();
        let share = u32::from(digest.first().copied().unwrap_or_default());
        let pause = pause.saturating_add(pause.saturating_mul(share) / 256);
        pause.max(wanted.unwrap_or_default()).min(self.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest_and_differ() {
        let patience = Patience::default();
        let id: RequestId = "4b7cf3a4-0000-4000-8000-2f3b4e0a9d11".parse().unwrap();
        let pauses: Vec<_> = (1..40).map(|attempt| patience.pause_after(id, attempt, None)).collect();
        assert!(pauses[0] >= patience.pause && pauses[0] < patience.pause * 2);
        assert!(pauses[1] >= patience.pause * 2 && pauses[1] < patience.pause * 4);
        assert!(pauses.iter().all(|pause| *pause <= patience.longest_pause));
        assert_eq!(pauses[38], patience.longest_pause);
        assert_ne!(pauses[0], patience.pause_after(RequestId::new(), 1, None));
        assert_eq!(patience.pause_after(id, 1, Some(Duration::from_secs(3))), Duration::from_secs(3));
        assert_eq!(patience.pause_after(id, 1, Some(Duration::from_secs(3000))), patience.longest_pause);
    }
}
