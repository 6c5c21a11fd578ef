//! The JWT with which an application asks for signatures (RFC 7519).

use aws_lc_rs::rsa::KeyPair;
use eps_core::model::Timestamp;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::signer::ToSign;
use serde::Serialize;

use super::{RemoteError, User};
use crate::jws;

/// How long a request is good for, in seconds.
pub const VALID_SECONDS: i64 = 600;
/// The shortest key that the NHS registers for an application, in bits.
const MIN_KEY_BITS: usize = 4096;

/// The application that asks for signatures, as it is registered with the service.
pub struct Application {
    client_id: String,
    key_id: String,
    audience: String,
    key: KeyPair,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application")
            .field("client_id", &self.client_id)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Application {
    /// An application by client id (the JWT's `iss`), the id of its registered key (`kid`), the public address of the
    /// service (`aud`), and its private key: RSA of at least 4096 bits, PKCS #8 in PEM or DER.
    ///
    /// # Errors
    /// [`RemoteError::ApplicationKey`] or [`RemoteError::ApplicationKeySize`].
    pub fn new(client_id: String, key_id: String, audience: String, key: &[u8]) -> Result<Self, RemoteError> {
        let key = jws::private_key(key).ok_or(RemoteError::ApplicationKey)?;
        let bits = key.public_modulus_len() * 8;
        if bits < MIN_KEY_BITS {
            return Err(RemoteError::ApplicationKeySize { bits });
        }
        Ok(Self { client_id, key_id, audience, key })
    }

    /// The compact JWT that asks for these signatures.
    pub(super) fn request(&self, user: &User, batch: &[ToSign], now: Timestamp) -> Result<String, RemoteError> {
        let claims = Claims {
            iss: &self.client_id,
            sub: &user.id,
            aud: &self.audience,
            iat: now.unix(),
            exp: now.unix().saturating_add(VALID_SECONDS),
            payloads: batch.iter().map(|it| Payload { id: &it.id, payload: it.payload.to_base64() }).collect(),
            algorithm: Algorithm::Rs256.name(),
        };
        jws::signed(&self.key, &self.key_id, &claims).ok_or(RemoteError::Jwt)
    }
}

#[derive(Serialize)]
struct Claims<'j> {
    payloads: Vec<Payload<'j>>,
    algorithm: &'static str,
    iat: i64,
    exp: i64,
    aud: &'j str,
    iss: &'j str,
    sub: &'j str,
}

#[derive(Serialize)]
struct Payload<'j> {
    id: &'j str,
    payload: String,
}
