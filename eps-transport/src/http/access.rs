//! Application-restricted access: a client assertion that an application signs with its own key (RFC 7523) is exchanged
//! for an access token.
//!
//! A token lasts ten minutes and is sealed, not kept; the key of the seal and the assertions that were used are.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{StatusCode, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::query;
use super::token::{Claims, KeySetError};

mod kept;

pub use kept::KeepingError;
use kept::{Given, Kept, Use};

/// How long an access token is good.
const LIFE: Duration = Duration::from_secs(600);
/// The furthest that the end of an assertion may be away, as in the live service, and a little for clocks.
const ASSERTION_LIFE: Duration = Duration::from_secs(300 + 60);
/// How much longer than that it is remembered: the validation lets it live a minute beyond its end.
const REMEMBERED: u64 = 120;

const GRANT: &str = "client_credentials";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An application that is registered.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Registered {
    client_id: String,
    application_id: Option<String>,
    application_name: Option<String>,
    asid: Option<String>,
    scopes: Vec<String>,
    /// The organisations that it may wait for.
    #[serde(default)]
    organisations: Vec<String>,
    #[serde(default)]
    show_all_suppliers: bool,
    /// What the supplier that has a format of its own sends in place of a token.
    api_key: Option<String>,
    jwks: JwkSet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    clients: Vec<Registered>,
}

/// An application with its keys.
struct Client {
    claims: Claims,
    keys: Vec<(Option<String>, DecodingKey)>,
}

/// The applications that are given tokens, and what tells theirs from others.
pub struct Clients {
    known: HashMap<String, Client>,
    /// The applications with an API key, by its digest: who measures how long a look-up takes learns nothing of a key.
    by_key: HashMap<[u8; 32], String>,
    /// The address of the token endpoint, which an assertion must name; any where there is none.
    endpoint: Option<String>,
    kept: Kept,
}

/// Why no token is given (RFC 6749, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Request(&'static str),
    GrantType,
    Client(&'static str),
    Busy,
    Failed,
}

impl Refused {
    fn answer(self) -> Answer {
        let (status, error, words) = match self {
            Self::Request(words) => (StatusCode::BAD_REQUEST, "invalid_request", words),
            Self::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type is invalid"),
            Self::Client(words) => (StatusCode::UNAUTHORIZED, "invalid_client", words),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many assertions are in use"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the assertion cannot be remembered"),
        };
        let answer = Answer::json(status, &json!({ "error": error, "error_description": words }));
        if self == Self::Busy { answer.with(header::RETRY_AFTER, "60") } else { answer }
    }
}

#[derive(Deserialize)]
struct Assertion {
    sub: String,
    jti: String,
    exp: u64,
}

/// The time of the operating system: what comes from outside is judged by it.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Clients {
    /// The applications of a JSON file: `{"clients": [{"client-id", "application-id", "application-name", "asid",
    /// "scopes": [], "organisations": [], "show-all-suppliers", "api-key", "jwks": {"keys": []}}]}`. Where `endpoint` is
    /// given, an assertion must name it as its audience.
    ///
    /// Tokens are good for this process alone, unless [`Self::kept_in`] says where their key is kept.
    ///
    /// # Errors
    /// [`KeySetError`] where the file is another or a client has no RSA key.
    pub fn read(file: &[u8], endpoint: Option<String>) -> Result<Self, KeySetError> {
        let file: File = serde_json::from_slice(file)?;
        let (mut known, mut by_key) = (HashMap::new(), HashMap::new());
        for registered in file.clients {
            let keys = super::token::rsa_keys(&registered.jwks)?;
            let id = registered.client_id.clone();
            if let Some(key) = registered.api_key.as_ref().filter(|key| !key.is_empty()) {
                by_key.insert(digest(key), id.clone());
            }
            known.insert(id, Client { claims: claims(registered), keys });
        }
        Ok(Self { known, by_key, endpoint, kept: Kept::in_memory()? })
    }

    /// Keeps the key of the tokens, and the assertions that were used, in this file, which is made where there is none and
    /// which only its owner may read: tokens are good after a restart, and no assertion is good twice.
    ///
    /// # Errors
    /// [`KeepingError`] where the file cannot be used or others may read it.
    pub fn kept_in(self, path: &Path) -> Result<Self, KeepingError> {
        Ok(Self { kept: Kept::open(path)?, ..self })
    }

    /// What a token that was given claims: what its application may now.
    pub(super) fn claims(&self, token: &str) -> Option<Claims> {
        let given = self.kept.open_token(token).filter(|given| given.until > now())?;
        Some(self.known.get(&given.client)?.claims.clone())
    }

    /// What the application with this API key may.
    pub(super) fn by_api_key(&self, key: &str) -> Option<Claims> {
        Some(self.known.get(self.by_key.get(&digest(key))?)?.claims.clone())
    }

    /// Answers a request for a token, in the form of a form.
    pub(super) fn exchange(&self, body: &[u8]) -> Answer {
        self.grant(body).unwrap_or_else(Refused::answer)
    }

    fn grant(&self, body: &[u8]) -> Result<Answer, Refused> {
        let body = std::str::from_utf8(body).map_err(|_| Refused::Request("the body is no form"))?;
        let pairs = query::pairs(body);
        let value = |name| query::value(&pairs, name);
        let grant = value("grant_type").ok_or(Refused::Request("grant_type is missing"))?;
        if grant != GRANT {
            return Err(Refused::GrantType);
        }
        if value("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(Refused::Request(
                "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'",
            ));
        }
        let assertion = value("client_assertion").ok_or(Refused::Request("Missing client_assertion"))?;
        let client = self.client(assertion)?.to_owned();
        let token = self.kept.seal(&Given { client, until: now() + LIFE.as_secs() });
        let expires = LIFE.as_secs().to_string();
        let body = json!({ "access_token": token, "expires_in": expires, "token_type": "Bearer" });
        Ok(Answer::json(StatusCode::OK, &body).with(header::CACHE_CONTROL, "no-store"))
    }

    /// The id of the application that signed an assertion. Each assertion is good once.
    fn client(&self, assertion: &str) -> Result<&str, Refused> {
        const WRONG: Refused = Refused::Client("Failed to verify JWT: Invalid signature, or not for this service");
        let header = decode_header(assertion).map_err(|_| Refused::Request("Malformed JWT in client_assertion"))?;
        let mut validation = Validation::new(Algorithm::RS512);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        // Who it says it is, for its keys; nothing is believed before one of them has verified it.
        let said: Assertion = jsonwebtoken::dangerous::insecure_decode_claims(assertion)
            .map_err(|_| Refused::Request("Missing sub, jti or exp claim in JWT"))?;
        let (id, client) =
            self.known.get_key_value(&said.sub).ok_or(Refused::Client("Invalid iss/sub claims in JWT"))?;
        validation.validate_exp = true;
        validation.validate_nbf = true;
        validation.required_spec_claims = ["exp", "iss", "sub"].map(str::to_owned).into();
        validation.set_issuer(&[&said.sub]);
        if let Some(endpoint) = &self.endpoint {
            validation.validate_aud = true;
            validation.set_audience(&[endpoint]);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        let mut keys = client.keys.iter().filter(|(id, _)| header.kid.is_none() || *id == header.kid);
        let verified = keys.find_map(|(_, key)| decode::<Assertion>(assertion, key, &validation).ok());
        let Assertion { sub, jti, exp } = verified.ok_or(WRONG)?.claims;
        if exp > now() + ASSERTION_LIFE.as_secs() {
            return Err(Refused::Client("Invalid exp claim in JWT - more than 5 minutes in future"));
        }
        match self.kept.used(&sub, &jti, exp + REMEMBERED, now()) {
            Ok(Use::First) => Ok(id),
            Ok(Use::Again) => Err(Refused::Client("Non-unique jti claim in JWT")),
            Ok(Use::NoRoom) => Err(Refused::Busy),
            Err(error) => {
                tracing::error!(%error, "an assertion could not be remembered");
                Err(Refused::Failed)
            }
        }
    }
}

fn claims(registered: Registered) -> Claims {
    let Registered {
        client_id, application_id, application_name, asid, scopes, organisations, show_all_suppliers, ..
    } = registered;
    Claims {
        sub: Some(client_id.clone()),
        scope: Some(scopes.join(" ")),
        application_id,
        access_mode: Some("application-restricted".to_owned()),
        asid,
        client_id: Some(client_id),
        application_name,
        show_all_suppliers,
        organisations,
        ..Claims::default()
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
