//! Application-restricted access: a client assertion that an application signs with its own key (RFC 7523) is exchanged
//! for an access token.
//!
//! Tokens are random, are kept in memory only, and last ten minutes: after a restart an application asks again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use super::query;
use super::token::{Claims, KeySetError};

/// How long an access token is good.
const LIFE: Duration = Duration::from_secs(600);
/// The furthest that the end of an assertion may be away, as in the live service, and a little for clocks.
const ASSERTION_LIFE: Duration = Duration::from_secs(300 + 60);
/// The most tokens and the most assertions that are remembered.
const MOST: usize = 100_000;

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

/// The applications that are given tokens, and the tokens that they were given.
pub struct Clients {
    known: HashMap<String, Client>,
    /// The address of the token endpoint, which an assertion must name; any where there is none.
    endpoint: Option<String>,
    issued: Mutex<HashMap<[u8; 32], (Claims, u64)>>,
    seen: Mutex<HashMap<(String, String), u64>>,
}

/// Why no token is given (RFC 6749, 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Request(&'static str),
    GrantType,
    Client(&'static str),
    Busy,
}

impl Refused {
    fn answer(self) -> Answer {
        let (status, error, words) = match self {
            Self::Request(words) => (StatusCode::BAD_REQUEST, "invalid_request", words),
            Self::GrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type is invalid"),
            Self::Client(words) => (StatusCode::UNAUTHORIZED, "invalid_client", words),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "too many tokens are in use"),
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // An entry is in a map or not, never half.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clients {
    /// The applications of a JSON file: `{"clients": [{"client-id", "application-id", "application-name", "asid",
    /// "scopes": [], "organisations": [], "show-all-suppliers", "jwks": {"keys": []}}]}`. Where `endpoint` is given, an
    /// assertion must name it as its audience.
    ///
    /// # Errors
    /// [`KeySetError`] where the file is another or a client has no RSA key.
    pub fn read(file: &[u8], endpoint: Option<String>) -> Result<Self, KeySetError> {
        let file: File = serde_json::from_slice(file)?;
        let mut known = HashMap::new();
        for registered in file.clients {
            let keys = super::token::rsa_keys(&registered.jwks)?;
            known.insert(registered.client_id.clone(), Client { claims: claims(registered), keys });
        }
        Ok(Self { known, endpoint, issued: Mutex::default(), seen: Mutex::default() })
    }

    /// What a token that was given claims.
    pub(super) fn claims(&self, token: &str) -> Option<Claims> {
        let issued = lock(&self.issued);
        let (claims, until) = issued.get(&digest(token))?;
        (*until > now()).then(|| claims.clone())
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
        let client = self.client(assertion)?;
        let token = random().ok_or(Refused::Busy)?;
        let mut issued = lock(&self.issued);
        make_room(&mut issued, |(_, until)| *until)?;
        issued.insert(digest(&token), (client.claims.clone(), now() + LIFE.as_secs()));
        let expires = LIFE.as_secs().to_string();
        let body = json!({ "access_token": token, "expires_in": expires, "token_type": "Bearer" });
        Ok(Answer::json(StatusCode::OK, &body).with(header::CACHE_CONTROL, "no-store"))
    }

    /// The application that signed an assertion. Each assertion is good once.
    fn client(&self, assertion: &str) -> Result<&Client, Refused> {
        const WRONG: Refused = Refused::Client("Failed to verify JWT: Invalid signature, or not for this service");
        let header = decode_header(assertion).map_err(|_| Refused::Request("Malformed JWT in client_assertion"))?;
        let mut validation = Validation::new(Algorithm::RS512);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        // Who it says it is, for its keys; nothing is believed before one of them has verified it.
        let said: Assertion = jsonwebtoken::dangerous::insecure_decode_claims(assertion)
            .map_err(|_| Refused::Request("Missing sub, jti or exp claim in JWT"))?;
        let client = self.known.get(&said.sub).ok_or(Refused::Client("Invalid iss/sub claims in JWT"))?;
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
        let mut seen = lock(&self.seen);
        make_room(&mut seen, |until| *until)?;
        match seen.entry((sub, jti)) {
            Entry::Occupied(_) => Err(Refused::Client("Non-unique jti claim in JWT")),
            Entry::Vacant(place) => {
                // The validation lets an assertion live a minute longer.
                place.insert(exp + 120);
                Ok(client)
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

/// Forgets what is over when there is no room; where there still is none, nothing more is taken.
fn make_room<K, V>(map: &mut HashMap<K, V>, until: impl Fn(&V) -> u64) -> Result<(), Refused>
where
    K: Eq + std::hash::Hash,
{
    if map.len() >= MOST {
        let now = now();
        map.retain(|_, value| until(value) > now);
    }
    if map.len() >= MOST { Err(Refused::Busy) } else { Ok(()) }
}

/// Tokens are kept as their digests: who reads the memory of the server cannot use them.
fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn random() -> Option<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}
