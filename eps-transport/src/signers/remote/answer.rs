//! What the service answers.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use eps_core::signature::signer::{Made, SignError};
use serde::Deserialize;

use super::{RemoteError, http};

/// The longest token. Those seen have some 40 characters.
const MAX_TOKEN: usize = 512;
/// The longest address for the browser.
const MAX_REDIRECT: usize = 4096;

/// The answer to a request: where the user signs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Taken {
    pub(super) token: String,
    pub(super) redirect_uri: String,
}

impl Taken {
    pub(super) fn read(body: &[u8]) -> Result<Self, RemoteError> {
        let taken: Self = json(body)?;
        if !is_token(&taken.token) {
            return Err(RemoteError::Answer { what: "the token" });
        }
        let plain =
            |address: &str| address.len() <= MAX_REDIRECT && address.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain(&taken.redirect_uri) || http::address(&taken.redirect_uri).is_err() {
            return Err(RemoteError::Answer { what: "the address for the browser" });
        }
        Ok(taken)
    }
}

/// Whether a text can stand in a path as it is.
pub(super) fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    // Two dots or one would be a step in the path.
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(plain) && !text.bytes().all(|byte| byte == b'.')
}

/// The answer at the end.
#[derive(Deserialize)]
struct Signatures {
    signatures: Vec<Signature>,
    certificate: String,
}

#[derive(Deserialize)]
struct Signature {
    id: String,
    signature: String,
}

/// The signatures in the order of `ids`. Each must be there once; one that is missing, empty or not base64 spoils its own.
pub(super) fn signatures(body: &[u8], ids: &[String]) -> Result<Made, RemoteError> {
    let Signatures { signatures, certificate } = json(body)?;
    if certificate.is_empty() {
        return Err(RemoteError::NoCertificate);
    }
    let certificate =
        STANDARD.decode(certificate).map_err(|_| RemoteError::Answer { what: "the certificate is not base64" })?;
    let mut given = HashMap::with_capacity(signatures.len());
    for Signature { id, signature } in signatures {
        if !ids.contains(&id) || given.insert(id, signature).is_some() {
            return Err(RemoteError::OtherPrescriptions);
        }
    }
    let value = |id: &String| match given.get(id).map(|text| STANDARD.decode(text)) {
        Some(Ok(value)) if !value.is_empty() => Ok(value),
        Some(Err(_)) => Err(backend(RemoteError::Answer { what: "the signature is not base64" })),
        Some(Ok(_)) | None => Err(backend(RemoteError::NotSigned)),
    };
    Ok(Made { certificate, values: ids.iter().map(value).collect() })
}

fn backend(error: RemoteError) -> SignError {
    SignError::Backend(Box::new(error))
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, RemoteError> {
    serde_json::from_slice(body).map_err(|_| RemoteError::Answer { what: "it is not the JSON that is expected" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(token: &str, redirect: &str) -> Result<Taken, RemoteError> {
        Taken::read(format!("{{\"token\":\"{token}\",\"redirectUri\":\"{redirect}\"}}").as_bytes())
    }

    #[test]
    fn a_token_that_would_change_the_path_is_refused() {
        assert!(taken("4f1c-9a", "https://sign.example/x?token=1").is_ok());
        for token in ["", "..", ".", "a/../b", "a b", "a%2fb", "a?b", "a#b", &"a".repeat(513)] {
            assert!(matches!(taken(token, "https://sign.example"), Err(RemoteError::Answer { .. })), "{token}");
        }
    }

    #[test]
    fn an_address_that_is_no_web_page_is_refused() {
        for address in
            ["javascript:alert(1)", "file:///etc/passwd", "http://sign.example/", "https://a b/", "", "/path"]
        {
            assert!(matches!(taken("a", address), Err(RemoteError::Answer { .. })), "{address}");
        }
    }

    #[test]
    fn an_answer_that_is_not_the_json_that_is_expected_is_refused() {
        for body in ["", "null", "[]", "{}", "{\"signatures\":[]}", "{\"signatures\":{},\"certificate\":\"AA==\"}"] {
            let read = signatures(body.as_bytes(), &[]);
            assert!(matches!(read, Err(RemoteError::Answer { .. })), "{body}");
        }
    }
}
