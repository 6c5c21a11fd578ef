//! The JWT with which an application asks for signatures (RFC 7515 and 7519, `RS512`).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA512;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eps_core::model::Timestamp;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::pem;
use eps_core::signature::signer::ToSign;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{RemoteError, User};

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
        let der = match std::str::from_utf8(key) {
            Ok(text) if pem::is_pem(key) => pem::private_key(text).map_err(|_| RemoteError::ApplicationKey)?,
            Ok(_) | Err(_) => Zeroizing::new(key.to_vec()),
        };
        let key = KeyPair::from_pkcs8(&der).map_err(|_| RemoteError::ApplicationKey)?;
        let bits = key.public_modulus_len() * 8;
        if bits < MIN_KEY_BITS {
            return Err(RemoteError::ApplicationKeySize { bits });
        }
        Ok(Self { client_id, key_id, audience, key })
    }

    /// The compact JWT that asks for these signatures.
    pub(super) fn request(&self, user: &User, batch: &[ToSign], now: Timestamp) -> Result<String, RemoteError> {
        let header = Header { alg: "RS512", kid: &self.key_id, typ: "JWT" };
        let claims = Claims {
            iss: &self.client_id,
            sub: &user.id,
            aud: &self.audience,
            iat: now.unix(),
            exp: now.unix().saturating_add(VALID_SECONDS),
            payloads: batch.iter().map(|it| Payload { id: &it.id, payload: it.payload.to_base64() }).collect(),
            algorithm: Algorithm::Rs256.name(),
        };
        let signed = format!("{}.{}", part(&header)?, part(&claims)?);
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA512, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| RemoteError::Jwt)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[derive(Serialize)]
struct Header<'j> {
    alg: &'static str,
    kid: &'j str,
    typ: &'static str,
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

fn part(value: &impl Serialize) -> Result<String, RemoteError> {
    let json = serde_json::to_vec(value).map_err(|_| RemoteError::Jwt)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}
