//! Who calls: a token that was given, or one that the service gives an application for an assertion that it signs with its
//! own key (RFC 7523).

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::rsa::KeyPair;
use eps_core::ids::SdsRoleProfileId;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::error::ClientError;
use super::session::{Patience, RequestId};
use super::transport::Transport;
use crate::clock::{Clock as _, SystemClock};
use crate::jws;

/// Where tokens are given.
const TOKEN: &str = "/oauth2/token";
/// How long an assertion is good, in seconds: the service takes none of more than five minutes, and clocks differ.
const ASSERTION_LIFE: i64 = 240;

/// Who calls.
#[derive(Clone)]
pub struct Credentials {
    source: Source,
    role: Option<SdsRoleProfileId>,
}

#[derive(Clone)]
enum Source {
    Given(Zeroizing<String>),
    Fetched(Arc<Fetched>),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("role", &self.role).finish_non_exhaustive()
    }
}

impl Credentials {
    /// A bearer token.
    #[must_use]
    pub fn token(token: impl Into<String>) -> Self {
        Self { source: Source::Given(Zeroizing::new(token.into())), role: None }
    }

    /// For a server that believes anybody (`eps serve --insecure-dev`).
    #[must_use]
    pub fn anybody() -> Self {
        Self::token("anybody")
    }

    /// A token that is fetched for the application when it is needed, and anew before it expires or when it is not taken
    /// any more. Clones have it together.
    #[must_use]
    pub fn application(application: Application) -> Self {
        Self { source: Source::Fetched(Arc::new(Fetched { application, current: Mutex::default() })), role: None }
    }

    /// The role profile that the user acts under, where the token has several.
    #[must_use]
    pub fn role(self, role: SdsRoleProfileId) -> Self {
        Self { role: Some(role), ..self }
    }

    pub(super) fn acts_as(&self) -> Option<&SdsRoleProfileId> {
        self.role.as_ref()
    }

    /// The token to be sent now.
    pub(super) async fn current(
        &self,
        transport: &dyn Transport,
        patience: Patience,
    ) -> Result<Zeroizing<String>, ClientError> {
        match &self.source {
            Source::Given(token) => Ok(token.clone()),
            Source::Fetched(fetched) => fetched.token(transport, patience).await,
        }
    }

    /// Forgets a token that was not taken; whether there may be another.
    pub(super) async fn forget(&self, token: &str) -> bool {
        match &self.source {
            Source::Given(_) => false,
            Source::Fetched(fetched) => {
                let mut current = fetched.current.lock().await;
                // Another call may have fetched a new one meanwhile.
                current.take_if(|current| *current.token == *token);
                true
            }
        }
    }
}

/// An application that is registered with the service.
pub struct Application {
    client_id: String,
    key_id: String,
    audience: String,
    key: KeyPair,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// The key of an application cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of the application is not an RSA key in PKCS #8")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing more to say")]
pub struct ApplicationKeyError;

impl Application {
    /// An application by its client id, the id of its registered key (`kid`), the public address of the token endpoint
    /// (`aud`), and its private key: RSA, PKCS #8 in PEM or DER.
    ///
    /// # Errors
    /// [`ApplicationKeyError`].
    pub fn new(client_id: String, key_id: String, audience: String, key: &[u8]) -> Result<Self, ApplicationKeyError> {
        let key = jws::private_key(key).ok_or(ApplicationKeyError)?;
        Ok(Self { client_id, key_id, audience, key })
    }

    /// A new assertion. Each is taken once.
    fn assertion(&self) -> Option<String> {
        let id = RequestId::new().guid().lower();
        let expires = SystemClock.now().unix().saturating_add(ASSERTION_LIFE);
        let claims = Claims { iss: &self.client_id, sub: &self.client_id, aud: &self.audience, jti: &id, exp: expires };
        jws::signed(&self.key, &self.key_id, &claims)
    }

    fn request(&self) -> Result<Request<Bytes>, ClientError> {
        // An assertion has only characters that may stand in a form.
        let form = format!(
            "grant_type=client_credentials\
             &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
             &client_assertion={}",
            self.assertion().ok_or(ClientError::Token)?
        );
        let mut request = Request::post(TOKEN).body(Bytes::from(form))?;
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form);
        Ok(request)
    }
}

#[derive(Serialize)]
struct Claims<'j> {
    iss: &'j str,
    sub: &'j str,
    aud: &'j str,
    jti: &'j str,
    exp: i64,
}

/// The token that an application has.
struct Fetched {
    application: Application,
    current: Mutex<Option<Current>>,
}

struct Current {
    token: Zeroizing<String>,
    until: Instant,
}

/// What the token endpoint gives.
#[derive(Deserialize)]
struct Given {
    access_token: String,
    expires_in: Seconds,
}

/// A number of seconds, which the NHS service writes as text.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    #[serde(deserialize_with = "in_words")]
    Text(u64),
}

fn in_words<'d, D: serde::Deserializer<'d>>(words: D) -> Result<u64, D::Error> {
    String::deserialize(words)?.parse().map_err(serde::de::Error::custom)
}

impl Seconds {
    /// How long a token is used that is good for so long: nine tenths, so that none expires on its way.
    const fn of_use(self) -> Duration {
        let (Self::Number(seconds) | Self::Text(seconds)) = self;
        Duration::from_secs(seconds - seconds / 10)
    }
}

impl Fetched {
    async fn token(&self, transport: &dyn Transport, patience: Patience) -> Result<Zeroizing<String>, ClientError> {
        // Whoever comes meanwhile waits for the one that is fetched.
        let mut current = self.current.lock().await;
        if let Some(current) = current.as_ref().filter(|current| Instant::now() < current.until) {
            return Ok(current.token.clone());
        }
        let asked = Instant::now();
        let response = patience.until_answered(transport, RequestId::new(), || self.application.request()).await?;
        let Given { access_token, expires_in } = given(&response)?;
        let until = asked.checked_add(expires_in.of_use()).unwrap_or(asked);
        Ok(current.insert(Current { token: Zeroizing::new(access_token), until }).token.clone())
    }
}

fn given(response: &Response<Bytes>) -> Result<Given, ClientError> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    let status = response.status();
    if status.is_success() {
        return serde_json::from_slice(response.body()).map_err(|_| ClientError::Other { status });
    }
    let refusal = serde_json::from_slice(response.body()).map(|Refusal { error }| error);
    Err(ClientError::NoToken { status, error: refusal.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", Credentials::token("secret")).contains("secret"));
    }

    #[test]
    fn a_token_is_used_until_shortly_before_it_expires_whether_that_is_a_number_or_text() {
        let of_use = |json: &str| serde_json::from_str::<Seconds>(json).ok().map(|seconds| seconds.of_use().as_secs());
        assert_eq!(of_use("\"600\""), Some(540));
        assert_eq!(of_use("600"), Some(540));
        assert_eq!(of_use("0"), Some(0));
        assert_eq!(of_use("\"soon\""), None);
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        let made = Application::new("id".to_owned(), "kid".to_owned(), "aud".to_owned(), b"key");
        assert_eq!(made.err(), Some(ApplicationKeyError));
    }
}
