//! What was signed in place of the `SignedInfo`, when the signature value does not verify.

use std::fmt;

use crate::signature::algorithm::{Algorithm, SignedInfo};
use crate::signature::certificate::Certificate;
use crate::signature::outline::Outline;
use crate::signature::provider::{Hash, Provider};
use crate::xml::c14n::{self, Options};

/// A mistake of the signer's software that explains a signature value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueMistake {
    /// The other hash than `SignatureMethod` says was signed.
    OtherHash,
    /// `SignedInfo` was signed without its namespace.
    NoNamespace,
    /// `SignedInfo` was signed with the white space between its elements.
    WhiteSpace,
    /// `SignedInfo` was signed as it is written, not in canonical form.
    AsWritten,
    /// The base64 text of the payload was signed, not the payload.
    PayloadText,
    /// The payload was hashed before it was given to a signer that hashes.
    HashedTwice,
    /// The digest alone was signed, as bytes.
    Digest,
    /// The digest alone was signed, as base64.
    DigestText,
    /// The fragments were signed, not `SignedInfo`.
    Fragments,
}

impl ValueMistake {
    /// Its name for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OtherHash => "other-hash-signed",
            Self::NoNamespace => "signed-info-without-namespace",
            Self::WhiteSpace => "signed-info-with-white-space",
            Self::AsWritten => "signed-info-not-canonical",
            Self::PayloadText => "payload-text-signed",
            Self::HashedTwice => "hashed-twice",
            Self::Digest => "digest-signed",
            Self::DigestText => "digest-text-signed",
            Self::Fragments => "fragments-signed",
        }
    }
}

impl fmt::Display for ValueMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherHash => "SignedInfo was signed with the other hash than SignatureMethod says",
            Self::NoNamespace => "SignedInfo was signed without its namespace; remove xmlns after signing, not before",
            Self::WhiteSpace => "SignedInfo was signed with white space between its elements",
            Self::AsWritten => "SignedInfo was signed as it is written, not in canonical form",
            Self::PayloadText => "the base64 text of the payload was signed; decode it first",
            Self::HashedTwice => "the payload was hashed before it was given to a signer that hashes it again",
            Self::Digest => "the digest was signed as bytes, not SignedInfo",
            Self::DigestText => "the text of DigestValue was signed, not SignedInfo",
            Self::Fragments => "the fragments were signed, not SignedInfo",
        })
    }
}

/// What the certificate's key signed, if it is one of these.
pub(super) fn search(
    outline: &Outline<'_, '_>,
    signed_info: &SignedInfo,
    fragments: &[u8],
    certificate: &Certificate,
    provider: &dyn Provider,
) -> Option<ValueMistake> {
    let key = certificate.key().ok()?;
    let hash = signed_info.algorithm().hash();
    let other = match signed_info.algorithm() {
        Algorithm::Rs256 => Hash::Sha1,
        Algorithm::Rs1 => Hash::Sha256,
    };
    let signs = |hash, data: &[u8]| provider.rsa_verify(&key, hash, data, &outline.value).is_ok();
    let payload = signed_info.as_bytes();
    if signs(other, payload) {
        return Some(ValueMistake::OtherHash);
    }
    let text = String::from_utf8_lossy(payload);
    let bare = text.replacen(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1);
    let closed = ["CanonicalizationMethod", "SignatureMethod", "Transform", "DigestMethod"]
        .into_iter()
        .fold(text.clone().into_owned(), |text, name| text.replace(&format!("></{name}>"), "/>"));
    let closed_bare = closed.replacen(" xmlns=\"http://www.w3.org/2000/09/xmldsig#\"", "", 1);
    let spaced = c14n::canonicalise(outline.signed_info, &Options::EXCLUSIVE);
    let digest = signed_info.digest();
    let hashed = match hash {
        Hash::Sha1 => provider.sha1(payload).to_vec(),
        Hash::Sha256 | Hash::Sha384 | Hash::Sha512 => provider.sha256(payload).to_vec(),
    };
    let candidates: [(ValueMistake, &[u8]); 10] = [
        (ValueMistake::NoNamespace, bare.as_bytes()),
        (ValueMistake::WhiteSpace, &spaced),
        (ValueMistake::AsWritten, outline.signed_info.bytes()),
        (ValueMistake::AsWritten, closed.as_bytes()),
        (ValueMistake::AsWritten, closed_bare.as_bytes()),
        (ValueMistake::PayloadText, &signed_info.to_base64().into_bytes()),
        (ValueMistake::HashedTwice, &hashed),
        (ValueMistake::Digest, digest.as_bytes()),
        (ValueMistake::DigestText, &digest.to_base64().into_bytes()),
        (ValueMistake::Fragments, fragments),
    ];
    candidates.into_iter().find(|(_, data)| signs(hash, data)).map(|(mistake, _)| mistake)
}
