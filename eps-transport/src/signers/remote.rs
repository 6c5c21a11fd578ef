//! Signing with the remote EPS signing service, in which the user signs in the browser with a smartcard or a modern
//! authenticator.
//!
//! ```text
//!  POST {base}/signaturerequest      a JWT with the payloads  ─▶ token, address for the browser
//!  the user signs there; the browser returns to the callback   ─▶ token
//!  GET  {base}/signatureresponse/{token}                       ─▶ signatures, one certificate for all
//! ```
//!
//! Nothing is ever asked for twice: each signature is a legal act. What comes back is checked by
//! [`sign`](eps_core::signature::signer::sign) and [`sign_batch`](eps_core::signature::signer::sign_batch). Tokens and
//! bodies are shown nowhere.
//!
//! Source: NHS England, Signing Service API, and the clients that NHS England published.

use std::sync::Arc;

use eps_core::model::Timestamp;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::signer::{Made, SignError, Signer, ToSign};
use zeroize::Zeroizing;

use crate::clock::Clock;

mod answer;
mod callback;
mod error;
mod http;
mod jwt;

pub use callback::Callback;
pub use error::RemoteError;
pub use http::Service;
pub use jwt::{Application, VALID_SECONDS};

/// The user who signs.
#[derive(Clone)]
pub struct User {
    id: String,
    access_token: Zeroizing<String>,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User(withheld)")
    }
}

impl User {
    /// A user by id (the JWT's `sub`), with the access token that the identity service gave. The token is wiped when
    /// dropped.
    #[must_use]
    pub fn new(id: String, access_token: String) -> Self {
        Self { id, access_token: Zeroizing::new(access_token) }
    }
}

/// A batch that the service has taken, and that waits for its user.
pub struct Pending {
    token: Zeroizing<String>,
    redirect: String,
    state: String,
    ids: Vec<String>,
    expires: Timestamp,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("batch", &self.ids.len())
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// Where the user's browser must go.
    #[must_use]
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// What the callback must bring besides the token, so that the browser's session is known again. It holds nothing of
    /// the user.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }
}

/// What the browser brought back to the callback.
#[expect(clippy::exhaustive_structs, reason = "hosts with a web server of their own make it")]
pub struct Returned {
    /// The `token` parameter.
    pub token: Zeroizing<String>,
    /// The `state` parameter, where there is one.
    pub state: Option<String>,
}

impl std::fmt::Debug for Returned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Returned(withheld)")
    }
}

/// The way to the user: a host sends the browser to the service, and waits until it returns to the registered callback.
pub trait UserAgent: std::fmt::Debug + Send + Sync {
    /// Lets the user sign.
    ///
    /// # Errors
    /// [`RemoteError::Cancelled`] when the user does not want to, [`RemoteError::Expired`] when it took too long.
    fn let_user_sign(&self, pending: &Pending) -> Result<Returned, RemoteError>;
}

/// The remote EPS signing service as a signer. It signs SHA-256 only.
pub struct RemoteSigner {
    service: Service,
    application: Application,
    user: User,
    user_agent: Box<dyn UserAgent>,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for RemoteSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { service, application, user_agent, .. } = self;
        f.debug_struct("RemoteSigner")
            .field("service", service)
            .field("application", application)
            .field("user_agent", user_agent)
            .finish_non_exhaustive()
    }
}

impl RemoteSigner {
    /// A signer for one user.
    #[must_use]
    pub fn new(
        service: Service,
        application: Application,
        user: User,
        user_agent: Box<dyn UserAgent>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { service, application, user, user_agent, clock }
    }

    fn made(&self, batch: &[ToSign]) -> Result<Made, RemoteError> {
        let pending = self.service.request(&self.application, &self.user, batch, self.clock.now())?;
        let returned = self.user_agent.let_user_sign(&pending)?;
        self.service.response(&self.user, &pending, &returned, self.clock.now())
    }
}

impl Signer for RemoteSigner {
    fn certificate(&self) -> Option<&[u8]> {
        None
    }

    fn algorithms(&self) -> &[Algorithm] {
        &[Algorithm::Rs256]
    }

    fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError> {
        self.made(batch).map_err(|error| SignError::Backend(Box::new(error)))
    }
}
