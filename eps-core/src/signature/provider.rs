//! The seam to a cryptographic back end.

use std::fmt::Debug;

use super::key::RsaKey;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(feature = "rustcrypto")]
mod rust_crypto;

#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::AwsLc;
#[cfg(feature = "rustcrypto")]
pub use rust_crypto::RustCrypto;

/// A hash function that RSA signatures of prescriptions, certificates and revocation lists are made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "every provider must implement all of them")]
pub enum Hash {
    /// SHA-1: old prescriptions, and certificates under a legacy policy.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384: certificates and revocation lists only.
    Sha384,
    /// SHA-512: certificates and revocation lists only.
    Sha512,
}

/// The signature is not that of this key over these bytes. Why is not said: which check of a document failed is for the
/// report to say, and padding details are for nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
#[non_exhaustive]
pub struct BadSignature;

/// What a cryptographic back end supplies. Open: a host may bring its own.
///
/// An implementation leaves the check of the RSA padding to a maintained library that compares the whole encoded message.
pub trait Provider: Debug + Send + Sync {
    /// SHA-1 of `data`.
    fn sha1(&self, data: &[u8]) -> [u8; 20];

    /// SHA-256 of `data`.
    fn sha256(&self, data: &[u8]) -> [u8; 32];

    /// Checks an RSASSA-PKCS1-v1_5 signature (RFC 8017 section 8.2.2) over the hash of `data`.
    ///
    /// # Errors
    /// [`BadSignature`] when it does not verify; also for SHA-384 with a key below 2048 bits, which no back end offers.
    fn rsa_verify(&self, key: &RsaKey<'_>, hash: Hash, data: &[u8], signature: &[u8]) -> Result<(), BadSignature>;
}

#[cfg(test)]
mod tests {
    //! One suite, run against every provider of this crate.

    use super::*;
    use crate::signature::testing::{TestKey, providers};

    #[test]
    fn digests_are_those_of_the_standard() {
        // FIPS 180-4 examples: the message "abc".
        let sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        for provider in providers() {
            assert_eq!(hex(&provider.sha1(b"abc")), sha1, "{provider:?}");
            assert_eq!(hex(&provider.sha256(b"abc")), sha256, "{provider:?}");
        }
    }

    #[test]
    fn a_signature_verifies_only_over_its_own_bytes_key_and_hash() {
        let (key, other) = (TestKey::rsa(2048), TestKey::another_rsa(2048));
        for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
            let signature = key.sign(hash, b"payload");
            for provider in providers() {
                let verify = |key: &TestKey, hash, data: &[u8], signature: &[u8]| {
                    provider.rsa_verify(&key.public(), hash, data, signature)
                };
                assert_eq!(verify(&key, hash, b"payload", &signature), Ok(()), "{provider:?} {hash:?}");
                assert_eq!(verify(&key, hash, b"payloaD", &signature), Err(BadSignature));
                assert_eq!(verify(&other, hash, b"payload", &signature), Err(BadSignature));
                assert_eq!(verify(&key, Hash::Sha1, b"payload", &signature), Err(BadSignature));
                assert_eq!(verify(&key, hash, b"payload", &[]), Err(BadSignature));
                assert_eq!(verify(&key, hash, b"payload", &signature[1..]), Err(BadSignature));
                let mut longer = signature.clone();
                longer.insert(0, 0);
                assert_eq!(verify(&key, hash, b"payload", &longer), Err(BadSignature), "{provider:?}");
            }
        }
    }

    #[test]
    fn keys_of_three_sizes_verify_with_every_provider() {
        for bits in [2048, 3072, 4096] {
            let key = TestKey::rsa(bits);
            let signature = key.sign(Hash::Sha256, b"payload");
            for provider in providers() {
                let verdict = provider.rsa_verify(&key.public(), Hash::Sha256, b"payload", &signature);
                assert_eq!(verdict, Ok(()), "{provider:?} {bits}");
            }
        }
    }
}
