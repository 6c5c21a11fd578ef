//! Bearer tokens: JSON Web Tokens (RFC 7519), signed with RS256 or RS512 by a key of a configured set.
//!
//! Tokens are judged by the time of the operating system, for they come from outside: moving a test server's clock by
//! months leaves them as they are.

use std::collections::HashSet;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

/// The signature algorithms that are accepted; every other one is refused, `none` too.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::RS512];

/// What is claimed. Unknown claims are passed over.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: Option<String>,
    pub(super) nhsid_useruid: Option<String>,
    pub(super) selected_roleid: Option<String>,
    #[serde(default)]
    pub(super) nhsid_nrbac_roles: Vec<Role>,
    pub(super) scope: Option<String>,
    pub(super) application_id: Option<String>,
    pub(super) access_mode: Option<String>,
    pub(super) asid: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) application_name: Option<String>,
    /// Whether the application reads the status updates of others too.
    #[serde(default, rename = "show-all-suppliers")]
    pub(super) show_all_suppliers: bool,
    /// The organisations that an application may wait for.
    #[serde(default)]
    pub(super) organisations: Vec<String>,
}

impl Claims {
    /// The user; an application has none.
    pub(super) fn user(&self) -> Option<&str> {
        let is_app = self.access_mode.as_deref() == Some("application-restricted");
        self.nhsid_useruid.as_deref().or(self.sub.as_deref()).filter(|_| !is_app)
    }

    /// The role profile: the one that was chosen, or the only one.
    pub(super) fn role(&self) -> Option<&str> {
        let only = match self.nhsid_nrbac_roles.as_slice() {
            [only] => only.person_roleid.as_deref(),
            _ => None,
        };
        self.selected_roleid.as_deref().or(only)
    }

    /// Whether the caller acts for this organisation.
    pub(super) fn acts_for(&self, organisation: &str) -> bool {
        let mut roles = self.nhsid_nrbac_roles.iter().filter_map(|role| role.org_code.as_deref());
        roles.any(|code| code == organisation) || self.organisations.iter().any(|code| code == organisation)
    }

    /// What the token is good for.
    pub(super) fn scopes(&self) -> Vec<String> {
        self.scope.as_deref().unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect()
    }
}

/// A role of the user.
#[derive(Clone, Deserialize)]
pub(super) struct Role {
    pub(super) person_roleid: Option<String>,
    pub(super) org_code: Option<String>,
    pub(super) role_code: Option<String>,
}

/// A token that is not accepted. Why is not told: it would help only those who make tokens up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAccepted;

/// The keys and names that tokens are judged by.
#[derive(Clone, Debug)]
pub struct Issuers {
    keys: Vec<(Option<String>, DecodingKey)>,
    validation: Validation,
}

/// A key set that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// It is not a JSON Web Key Set (RFC 7517).
    #[error("the file is not a JSON Web Key Set")]
    Form(#[from] serde_json::Error),
    /// A key of it cannot be used.
    #[error("a key of the set cannot be used")]
    Key(#[from] jsonwebtoken::errors::Error),
    /// No key of it is an RSA key.
    #[error("the set has no RSA key")]
    Empty,
    /// What is to be remembered has no place.
    #[error("nothing can be remembered")]
    Keeping(#[from] super::access::KeepingError),
}

impl Issuers {
    /// The RSA keys of a JSON Web Key Set; issuer and audience are checked where they are given.
    ///
    /// # Errors
    /// [`KeySetError`] where the set has no RSA key that can be used.
    pub fn new(jwks: &[u8], issuer: Option<&str>, audience: Option<&str>) -> Result<Self, KeySetError> {
        let keys = rsa_keys(&serde_json::from_slice(jwks)?)?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.algorithms = ALGORITHMS.to_vec();
        validation.validate_nbf = true;
        validation.required_spec_claims = HashSet::from(["exp".to_owned()]);
        if let Some(issuer) = issuer {
            validation.set_issuer(&[issuer]);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        match audience {
            None => validation.validate_aud = false,
            Some(audience) => {
                validation.set_audience(&[audience]);
                validation.required_spec_claims.insert("aud".to_owned());
            }
        }
        Ok(Self { keys, validation })
    }

    fn claims(&self, token: &str) -> Result<Claims, NotAccepted> {
        let header = decode_header(token).map_err(|_| NotAccepted)?;
        let named = |id: &Option<String>| header.kid.is_none() || *id == header.kid;
        let mut keys = self.keys.iter().filter(|(id, _)| named(id));
        keys.find_map(|(_, key)| decode::<Claims>(token, key, &self.validation).ok())
            .map(|decoded| decoded.claims)
            .ok_or(NotAccepted)
    }
}

/// The RSA keys of a set, of which there must be one, each with its name.
pub(super) fn rsa_keys(set: &JwkSet) -> Result<Vec<(Option<String>, DecodingKey)>, KeySetError> {
    let rsa = set.keys.iter().filter(|key| matches!(key.algorithm, jsonwebtoken::jwk::AlgorithmParameters::RSA(_)));
    let named = |key: &Jwk| Ok((key.common.key_id.clone(), DecodingKey::from_jwk(key)?));
    let keys = rsa.map(named).collect::<Result<Vec<_>, jsonwebtoken::errors::Error>>()?;
    if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(keys) }
}

/// How tokens are judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Tokens {
    /// By signature, times, issuer and audience.
    Verified(Box<Issuers>),
    /// Any token is believed, an empty one too: for development, and on loopback only.
    Believed,
}

impl Tokens {
    /// Whether any token is believed.
    pub(super) const fn are_believed(&self) -> bool {
        match self {
            Self::Believed => true,
            Self::Verified(_) => false,
        }
    }

    /// The claims of a token; `None` where it is believed and claims nothing that can be read.
    pub(super) fn claims(&self, token: &str) -> Result<Option<Claims>, NotAccepted> {
        match self {
            Self::Verified(issuers) => issuers.claims(token).map(Some),
            Self::Believed => Ok(jsonwebtoken::dangerous::insecure_decode_claims(token).ok()),
        }
    }
}
