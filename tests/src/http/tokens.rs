//! Tokens that an issuer signs, rightly or wrongly.
#![expect(clippy::unwrap_used, reason = "a test token that cannot be made is a failed test")]

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as URL;
use serde_json::{Value, json};

use super::PKI;

/// Who signs tokens.
#[derive(Debug)]
pub struct Issuer(RsaKeyPair);

impl Default for Issuer {
    fn default() -> Self {
        Self(RsaKeyPair::from_pkcs8(PKI.prescriber_key()).unwrap())
    }
}

/// The private key of the usual issuer, PKCS #8.
#[must_use]
pub fn key() -> &'static [u8] {
    PKI.prescriber_key()
}

/// The time of the operating system, by which tokens are judged.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn part(value: &Value) -> String {
    URL.encode(value.to_string())
}

/// The header of a token that claims this and is signed by nobody.
#[must_use]
pub fn unsigned(claims: &Value) -> String {
    format!("Bearer {}.{}.", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(claims))
}

impl Issuer {
    /// An issuer that nobody knows.
    #[must_use]
    pub fn unknown() -> Self {
        Self(RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap())
    }

    /// Its keys as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let key = self.0.public_key();
        let (modulus, exponent) = (key.modulus(), key.exponent());
        let number = |bytes: &[u8]| URL.encode(bytes);
        json!({ "keys": [{
            "kty": "RSA",
            "kid": "one",
            "use": "sig",
            "n": number(modulus.big_endian_without_leading_zero()),
            "e": number(exponent.big_endian_without_leading_zero()),
        }]})
    }

    /// A signed token with these claims.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        self.signed(&json!({ "alg": "RS256", "typ": "JWT", "kid": "one" }), claims)
    }

    /// A token with this header: signed as it says, by RS512 or RS256.
    #[must_use]
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", part(header), part(claims));
        let scheme = if header["alg"] == "RS512" { &RSA_PKCS1_SHA512 } else { &RSA_PKCS1_SHA256 };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0.sign(scheme, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
        format!("{text}.{}", URL.encode(signature))
    }

    /// A token whose HMAC key is the public key: what a verifier that lets the token choose would take.
    #[must_use]
    pub fn confused(&self, claims: &Value) -> String {
        let text = format!("{}.{}", part(&json!({ "alg": "HS256", "kid": "one" })), part(claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.public_key().as_ref());
        format!("{text}.{}", URL.encode(hmac::sign(&key, text.as_bytes())))
    }
}
