//! The two algorithms of a prescription signature, and the one form their `SignedInfo` can have.
//!
//! NHS England's service signs a fixed text in which only the digest varies. A verifier that rebuilds this text needs no
//! general XML Signature processing of what an attacker wrote, and a signer that accepts nothing else is no signing oracle.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::provider::{Hash, Provider};

/// The namespace of XML Signature.
pub const XMLDSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Exclusive Canonical XML 1.0 without comments: the only canonicalisation a prescription signature may name.
pub const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// A signature method with its digest method; the two never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the service defines these two and compares whole identifiers")]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, mandatory for new prescriptions since 4 July 2025.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-1, found in older prescriptions.
    Rs1,
}

impl Algorithm {
    /// Its name in the `algorithm` parameter of a `$prepare` answer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs1 => "RS1",
        }
    }

    /// The URI in `SignatureMethod/@Algorithm`.
    #[must_use]
    pub const fn signature_method(self) -> &'static str {
        match self {
            Self::Rs256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::Rs1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        }
    }

    /// The URI in `DigestMethod/@Algorithm`.
    #[must_use]
    pub const fn digest_method(self) -> &'static str {
        match self {
            Self::Rs256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Rs1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        }
    }

    /// The hash that is signed; the digest uses the same one.
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::Rs256 => Hash::Sha256,
            Self::Rs1 => Hash::Sha1,
        }
    }

    /// The algorithm that both identifiers name. Whole strings are compared: a mixed or unknown pair is `None`.
    #[must_use]
    pub fn from_methods(signature_method: &str, digest_method: &str) -> Option<Self> {
        [Self::Rs256, Self::Rs1]
            .into_iter()
            .find(|it| it.signature_method() == signature_method && it.digest_method() == digest_method)
    }

    /// The algorithm with this `$prepare` name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Rs1].into_iter().find(|it| it.name() == name)
    }
}

/// The hash of the canonical fragments, of the length that its algorithm gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "one variant for each algorithm")]
pub enum Digest {
    /// SHA-256.
    Sha256([u8; 32]),
    /// SHA-1.
    Sha1([u8; 20]),
}

impl Digest {
    /// Hashes `fragments`, the canonical `FragmentsToBeHashed`.
    #[must_use]
    pub fn of(fragments: &[u8], algorithm: Algorithm, provider: &dyn Provider) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Sha256(provider.sha256(fragments)),
            Algorithm::Rs1 => Self::Sha1(provider.sha1(fragments)),
        }
    }

    /// Reads a `DigestValue`: standard base64 with padding, no white space, of the algorithm's length.
    #[must_use]
    pub fn from_base64(text: &str, algorithm: Algorithm) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        match algorithm {
            Algorithm::Rs256 => bytes.try_into().ok().map(Self::Sha256),
            Algorithm::Rs1 => bytes.try_into().ok().map(Self::Sha1),
        }
    }

    /// The algorithm it belongs to.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::Rs256,
            Self::Sha1(_) => Algorithm::Rs1,
        }
    }

    /// The hash, 32 or 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha1(bytes) => bytes,
        }
    }

    /// The text of `DigestValue`, 44 or 28 characters.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }
}

/// The canonical `SignedInfo`: the bytes that are signed, 541 for SHA-256 and 517 for SHA-1.
///
/// A value of this type is the template filled with one digest and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInfo {
    digest: Digest,
    bytes: Vec<u8>,
}

/// These bytes are not the `SignedInfo` of a prescription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payload is not the SignedInfo of a prescription")]
#[non_exhaustive]
pub struct NotASignedInfo;

/// What stands around the two identifiers and the digest.
const PARTS: [&str; 4] = [
    concat!(
        "<SignedInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">",
        "<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></CanonicalizationMethod>",
        "<SignatureMethod Algorithm=\"",
    ),
    concat!(
        "\"></SignatureMethod><Reference><Transforms>",
        "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform>",
        "</Transforms><DigestMethod Algorithm=\"",
    ),
    "\"></DigestMethod><DigestValue>",
    "</DigestValue></Reference></SignedInfo>",
];

impl SignedInfo {
    /// Fills the template.
    #[must_use]
    pub fn new(digest: Digest) -> Self {
        let algorithm = digest.algorithm();
        let [head, transforms, value, tail] = PARTS;
        let text = digest.to_base64();
        let filled =
            [head, algorithm.signature_method(), transforms, algorithm.digest_method(), value, text.as_str(), tail];
        Self { digest, bytes: filled.concat().into_bytes() }
    }

    /// Recognises a payload, for instance the decoded `digest` parameter of a `$prepare` answer.
    ///
    /// # Errors
    /// [`NotASignedInfo`] for any other bytes. A signer must refuse them.
    pub fn parse(payload: &[u8]) -> Result<Self, NotASignedInfo> {
        let text = std::str::from_utf8(payload).map_err(|_| NotASignedInfo)?;
        let [_, _, value, tail] = PARTS;
        let digest = text.strip_suffix(tail).and_then(|rest| rest.rsplit_once(value)).ok_or(NotASignedInfo)?.1;
        [Algorithm::Rs256, Algorithm::Rs1]
            .into_iter()
            .filter_map(|algorithm| Digest::from_base64(digest, algorithm))
            .map(Self::new)
            .find(|candidate| candidate.bytes == payload)
            .ok_or(NotASignedInfo)
    }

    /// The bytes to sign or to verify over.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest in it.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The algorithm it names.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.digest.algorithm()
    }

    /// The `digest` parameter of `$prepare`: base64 of all these bytes, not of the hash.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }
}

/// The canonical `SignedInfo` for `digest`, as bytes.
#[must_use]
pub fn signed_info(digest: Digest) -> Vec<u8> {
    SignedInfo::new(digest).bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_template_has_the_lengths_of_the_service() {
        assert_eq!(signed_info(Digest::Sha256([7; 32])).len(), 541);
        assert_eq!(signed_info(Digest::Sha1([7; 20])).len(), 517);
    }

    #[test]
    fn a_mixed_pair_of_identifiers_is_no_algorithm() {
        let (new, old) = (Algorithm::Rs256, Algorithm::Rs1);
        assert_eq!(Algorithm::from_methods(new.signature_method(), new.digest_method()), Some(new));
        assert_eq!(Algorithm::from_methods(old.signature_method(), old.digest_method()), Some(old));
        assert_eq!(Algorithm::from_methods(old.signature_method(), new.digest_method()), None);
        assert_eq!(Algorithm::from_methods("rsa-sha256", new.digest_method()), None);
        assert_eq!(Algorithm::from_methods(&format!("{} ", new.signature_method()), new.digest_method()), None);
    }

    #[test]
    fn a_payload_that_is_not_the_template_is_refused() {
        let mut bytes = signed_info(Digest::Sha256([1; 32]));
        assert!(SignedInfo::parse(&bytes).is_ok());
        bytes.push(b'\n');
        assert_eq!(SignedInfo::parse(&bytes), Err(NotASignedInfo));
        assert_eq!(SignedInfo::parse(b""), Err(NotASignedInfo));
        assert_eq!(SignedInfo::parse(b"transfer the practice to Mallory"), Err(NotASignedInfo));
        let sha1_text_in_sha256_frame = String::from_utf8(signed_info(Digest::Sha256([1; 32])))
            .unwrap()
            .replace(&Digest::Sha256([1; 32]).to_base64(), &Digest::Sha1([1; 20]).to_base64());
        assert_eq!(SignedInfo::parse(sha1_text_in_sha256_frame.as_bytes()), Err(NotASignedInfo));
    }

    #[test]
    fn a_digest_value_with_white_space_or_a_wrong_length_is_refused() {
        let text = Digest::Sha256([9; 32]).to_base64();
        assert_eq!(Digest::from_base64(&text, Algorithm::Rs256), Some(Digest::Sha256([9; 32])));
        assert_eq!(Digest::from_base64(&format!(" {text}"), Algorithm::Rs256), None);
        assert_eq!(Digest::from_base64(&text, Algorithm::Rs1), None);
    }

    proptest! {
        #[test]
        fn a_template_parses_back_to_its_digest(hash in any::<[u8; 32]>(), old in any::<[u8; 20]>()) {
            for digest in [Digest::Sha256(hash), Digest::Sha1(old)] {
                let made = SignedInfo::new(digest);
                let read = SignedInfo::parse(made.as_bytes()).unwrap();
                prop_assert_eq!(read.digest(), digest);
            }
        }

        #[test]
        fn any_changed_byte_is_no_template_or_another_digest(at in 0_usize..541, to in any::<u8>()) {
            let made = SignedInfo::new(Digest::Sha256([3; 32]));
            let mut bytes = made.as_bytes().to_vec();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            prop_assert!(SignedInfo::parse(&bytes).map_or(true, |other| other.digest() != made.digest()));
        }
    }
}
