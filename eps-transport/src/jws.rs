//! Compact JWTs that an application signs with its own key (RFC 7515 and 7519, `RS512`).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA512;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eps_core::signature::pem;
use serde::Serialize;
use zeroize::Zeroizing;

#[derive(Serialize)]
struct Header<'j> {
    alg: &'static str,
    kid: &'j str,
    typ: &'static str,
}

/// An RSA key of PKCS #8, PEM or DER; `None` where it is none.
pub(crate) fn private_key(key: &[u8]) -> Option<KeyPair> {
    let der = match std::str::from_utf8(key) {
        Ok(text) if pem::is_pem(key) => pem::private_key(text).ok()?,
        Ok(_) | Err(_) => Zeroizing::new(key.to_vec()),
    };
    KeyPair::from_pkcs8(&der).ok()
}

/// A token with these claims, signed by the key of this id; `None` where it cannot be made.
pub(crate) fn signed(key: &KeyPair, key_id: &str, claims: &impl Serialize) -> Option<String> {
    let header = Header { alg: "RS512", kid: key_id, typ: "JWT" };
    let text = format!("{}.{}", part(&header)?, part(claims)?);
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA512, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
    Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn part(value: &impl Serialize) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).ok()?))
}
