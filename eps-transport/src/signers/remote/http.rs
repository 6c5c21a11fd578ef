//! The service over HTTP.

use std::sync::Arc;
use std::time::Duration;

use eps_core::model::Timestamp;
use eps_core::signature::signer::{Made, ToSign};
use ureq::http::{Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body, RequestBuilder};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::answer::{self, Taken};
use super::error::{of_response, of_status};
use super::{Application, Pending, RemoteError, Returned, User, VALID_SECONDS};

/// How long an answer may take as a whole.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest answer, in bytes: 250 signatures of 4096-bit keys in base64 have some 200,000.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// The remote signing service at an address.
#[derive(Clone)]
pub struct Service {
    base: String,
    agent: Agent,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The address, if it is `https`, or `http` on this machine.
pub(super) fn address(text: &str) -> Result<Uri, RemoteError> {
    let uri: Uri = text.parse().map_err(|_| RemoteError::Address)?;
    let allowed = match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(host)) => !host.is_empty(),
        (Some("http"), Some(host)) => is_here(host),
        _ => false,
    };
    if allowed { Ok(uri) } else { Err(RemoteError::Address) }
}

fn is_here(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

impl Service {
    /// The service below an `https` address, such as `https://HOST/signing-service`; `http` on this machine only. With
    /// `roots` (DER), only servers below these certificates are trusted, else those below Mozilla's roots.
    ///
    /// # Errors
    /// [`RemoteError::Address`].
    pub fn new(base: &str, roots: &[Vec<u8>]) -> Result<Self, RemoteError> {
        let uri = address(base)?;
        if uri.query().is_some() || base.contains('#') {
            return Err(RemoteError::Address);
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
        if !roots.is_empty() {
            let roots: Vec<_> = roots.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
            tls = tls.root_certs(RootCerts::new_with_certs(&roots));
        }
        let mut config = Agent::config_builder()
            .tls_config(tls.build())
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            // The access token goes to the configured service and nowhere else.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // Each call has a connection of its own: what was sent on one that had died would be sent again.
            .max_idle_connections(0)
            .https_only(uri.scheme_str() == Some("https"));
        if uri.host().is_some_and(is_here) {
            config = config.proxy(None);
        }
        Ok(Self { base: base.trim_end_matches('/').to_owned(), agent: config.build().new_agent() })
    }

    /// Whether the service is there.
    ///
    /// # Errors
    /// [`RemoteError`] when it is not, or is not well.
    pub fn ping(&self) -> Result<(), RemoteError> {
        let answer = self.agent.get(format!("{}/_ping", self.base)).call().map_err(unreachable)?;
        if answer.status().is_success() { Ok(()) } else { Err(of_status(answer.status().as_u16())) }
    }

    /// Asks for the signatures of a batch. The user must sign within [`VALID_SECONDS`] of `now`.
    ///
    /// # Errors
    /// [`RemoteError`] by variant. It is not tried again.
    pub fn request(
        &self,
        application: &Application,
        user: &User,
        batch: &[ToSign],
        now: Timestamp,
    ) -> Result<Pending, RemoteError> {
        let jwt = Zeroizing::new(application.request(user, batch, now)?);
        // A number of this request, by which its browser is known again: nothing of the user is in it.
        let state = Uuid::new_v4().simple().to_string();
        let request = self.agent.post(format!("{}/signaturerequest?state={state}", self.base));
        let request = identified(request, user).content_type("text/plain");
        let answer = request.send(jwt.as_str()).map_err(unreachable)?;
        let Taken { token, redirect_uri } = Taken::read(&body(answer, of_status)?)?;
        let ids = batch.iter().map(|it| it.id.clone()).collect();
        let token = Zeroizing::new(token);
        Ok(Pending { token, redirect: redirect_uri, state, ids, expires: now.plus_seconds(VALID_SECONDS) })
    }

    /// Fetches the signatures once the user has signed.
    ///
    /// # Errors
    /// [`RemoteError`] when the browser returned from another request, the request has expired, or the service has no
    /// signatures.
    pub fn response(
        &self,
        user: &User,
        pending: &Pending,
        returned: &Returned,
        now: Timestamp,
    ) -> Result<Made, RemoteError> {
        let same_state = returned.state.as_ref().is_none_or(|state| equal(state, &pending.state));
        if !same_state || !equal(&returned.token, &pending.token) {
            return Err(RemoteError::OtherRequest);
        }
        if now > pending.expires {
            return Err(RemoteError::Expired);
        }
        let address = Zeroizing::new(format!("{}/signatureresponse/{}", self.base, *pending.token));
        let answer = identified(self.agent.get(address.as_str()), user).call().map_err(unreachable)?;
        answer::signatures(&body(answer, of_response)?, &pending.ids)
    }
}

/// Compares in a time that does not depend on where the texts differ.
fn equal(left: &str, right: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(left.as_bytes(), right.as_bytes()).is_ok()
}

fn identified<Kind>(request: RequestBuilder<Kind>, user: &User) -> RequestBuilder<Kind> {
    let bearer = Zeroizing::new(format!("Bearer {}", *user.access_token));
    let id = || Uuid::new_v4().to_string();
    request.header("Authorization", bearer.as_str()).header("x-request-id", id()).header("x-correlation-id", id())
}

fn unreachable(error: ureq::Error) -> RemoteError {
    RemoteError::Unreachable(Box::new(error))
}

fn body(answer: Response<Body>, otherwise: impl Fn(u16) -> RemoteError) -> Result<Vec<u8>, RemoteError> {
    if !answer.status().is_success() {
        return Err(otherwise(answer.status().as_u16()));
    }
    let mut body = answer.into_body();
    body.with_config().limit(MAX_ANSWER_BYTES).read_to_vec().map_err(|_| RemoteError::Answer { what: "its length" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_must_be_https_or_on_this_machine() {
        for base in ["https://api.example/signing-service", "http://127.0.0.1:8080", "http://localhost:1/x/"] {
            assert!(Service::new(base, &[]).is_ok(), "{base}");
        }
        for base in [
            "http://api.example",
            "ftp://localhost",
            "api.example",
            "https://api.example/?a=b",
            "https://a/#b",
            "https:///x",
        ] {
            assert!(matches!(Service::new(base, &[]), Err(RemoteError::Address)), "{base}");
        }
    }
}
