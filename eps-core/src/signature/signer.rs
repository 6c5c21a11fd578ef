//! Signing: the seam to a key, and what must hold before and after its use.

use std::fmt::Debug;

use super::algorithm::{Algorithm, SignedInfo};
use super::certificate::{Certificate, CertificateError};
use super::key::KeyError;
use super::pem::PemError;
use super::policy::Policy;
use super::provider::{BadSignature, Provider};
use crate::model::Timestamp;

#[cfg(any(feature = "rustcrypto", feature = "aws-lc-rs"))]
mod software;

#[cfg(feature = "aws-lc-rs")]
pub use software::AwsLcSigner;
#[cfg(feature = "rustcrypto")]
pub use software::SoftwareSigner;

/// Why a signature was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The private key file is not PEM.
    #[error("the private key cannot be read")]
    Pem(#[from] PemError),
    /// The private key is not an RSA key in PKCS #8, or is damaged.
    #[error("the private key is not an RSA key in PKCS #8")]
    PrivateKey,
    /// The certificate cannot be read.
    #[error("the signing certificate cannot be used")]
    Certificate(#[from] CertificateError),
    /// The certificate's key cannot be used.
    #[error("the key of the signing certificate cannot be used")]
    CertificateKey(#[from] KeyError),
    /// The certificate belongs to another key.
    #[error("the certificate and the private key do not belong together")]
    OtherKey,
    /// The certificate is not, or no longer, in force.
    #[error("the signing certificate is not in force")]
    NotInForce,
    /// The private key may not sign any more, although the certificate is in force.
    #[error("the private key usage period of the signing certificate is over")]
    UsagePeriod,
    /// The certificate is not one for content commitment.
    #[error("the signing certificate is not for content commitment")]
    KeyUsage,
    /// The signer cannot sign with this algorithm.
    #[error("the signer does not offer {}", algorithm.name())]
    Algorithm {
        /// What was asked.
        algorithm: Algorithm,
    },
    /// The token or service behind the signer failed.
    #[error("the signer failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What came back is not a signature by the certificate's key over the payload.
    #[error("the signature made does not verify")]
    Verification(#[from] BadSignature),
}

/// A key that signs prescriptions: a software key, a token, a remote signing service. Open: a host may bring its own.
///
/// The payload is a [`SignedInfo`], so a signer cannot be talked into signing anything else. Callers use [`sign`], which
/// checks what a signer returns; never retry a signature silently, each one is a legal act.
pub trait Signer: Debug + Send + Sync {
    /// The certificate of the key, DER.
    fn certificate(&self) -> &[u8];

    /// What it can sign with, the preferred one first.
    fn algorithms(&self) -> &[Algorithm];

    /// RSASSA-PKCS1-v1_5 over the payload bytes, as long as the key's modulus.
    ///
    /// # Errors
    /// [`SignError::Algorithm`] when the payload names an algorithm that is not offered, [`SignError::Backend`] when the
    /// token or service failed.
    fn sign(&self, payload: &SignedInfo) -> Result<Vec<u8>, SignError>;

    /// Signs several payloads in one user action.
    ///
    /// # Errors
    /// Those of [`Signer::sign`]; then none of the signatures is given.
    fn sign_all(&self, payloads: &[SignedInfo]) -> Result<Vec<Vec<u8>>, SignError> {
        payloads.iter().map(|payload| self.sign(payload)).collect()
    }
}

/// A signature with the certificate of the key that made it. It was verified when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    signed_info: SignedInfo,
    value: Vec<u8>,
    certificate: Vec<u8>,
}

impl Signed {
    /// What was signed.
    #[must_use]
    pub const fn signed_info(&self) -> &SignedInfo {
        &self.signed_info
    }

    /// The signature, as long as the key's modulus.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

/// Signs a payload at `now` and checks the result with the certificate's key before anybody sees it.
///
/// The certificate must be in force at `now`, and what `policy` asks of a certificate must hold: content commitment, the
/// private key usage period. Its path is for the verifier.
///
/// # Errors
/// [`SignError`] by variant.
pub fn sign(
    signer: &dyn Signer,
    payload: SignedInfo,
    policy: &Policy,
    provider: &dyn Provider,
    now: Timestamp,
) -> Result<Signed, SignError> {
    let algorithm = payload.algorithm();
    if !signer.algorithms().contains(&algorithm) {
        return Err(SignError::Algorithm { algorithm });
    }
    let certificate = Certificate::from_der(signer.certificate().to_vec())?;
    let seconds = now.unix();
    if !certificate.in_force_at(seconds) {
        return Err(SignError::NotInForce);
    }
    if policy.private_key_usage_period && !certificate.key_usable_at(seconds) {
        return Err(SignError::UsagePeriod);
    }
    if policy.require_content_commitment && !certificate.allows_content_commitment() {
        return Err(SignError::KeyUsage);
    }
    let value = signer.sign(&payload)?;
    provider.rsa_verify(&certificate.key()?, algorithm.hash(), payload.as_bytes(), &value)?;
    Ok(Signed { signed_info: payload, value, certificate: certificate.into_der() })
}

#[cfg(test)]
mod tests {
    //! One suite, run against every software signer.

    use super::*;
    use crate::signature::algorithm::Digest;
    use crate::signature::testing::{self, Pki, TestKey};

    fn payload() -> SignedInfo {
        SignedInfo::new(Digest::Sha256([5; 32]))
    }

    #[test]
    fn a_signature_verifies_and_is_the_same_from_every_signer() {
        let pki = Pki::new();
        let policy = Policy::production();
        let made: Vec<_> = pki
            .signers()
            .iter()
            .flat_map(|signer| {
                testing::providers().map(|provider| {
                    sign(signer.as_ref(), payload(), &policy, provider.as_ref(), testing::now())
                        .unwrap()
                        .value()
                        .to_vec()
                })
            })
            .collect();
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]), "PKCS #1 v1.5 signatures are deterministic");
        assert_eq!(made[0].len(), 256);
    }

    #[test]
    fn a_certificate_of_another_key_is_refused() {
        let pki = Pki::new();
        let stranger = TestKey::another_rsa(2048);
        for made in testing::software_signers(&stranger, &pki.prescriber) {
            assert!(matches!(made, Err(SignError::OtherKey)), "{made:?}");
        }
    }

    #[test]
    fn an_expired_certificate_does_not_sign() {
        let pki = Pki::new();
        let policy = Policy::production();
        for signer in pki.signers() {
            for provider in testing::providers() {
                let late = testing::now().plus_seconds(4000 * 86_400);
                let result = sign(signer.as_ref(), payload(), &policy, provider.as_ref(), late);
                assert!(matches!(result, Err(SignError::NotInForce)), "{result:?}");
            }
        }
    }

    #[test]
    fn a_signer_that_returns_another_signature_is_found_out() {
        #[derive(Debug)]
        struct Liar(Vec<u8>);
        impl Signer for Liar {
            fn certificate(&self) -> &[u8] {
                &self.0
            }
            fn algorithms(&self) -> &[Algorithm] {
                &[Algorithm::Rs256]
            }
            fn sign(&self, _: &SignedInfo) -> Result<Vec<u8>, SignError> {
                Ok(vec![1; 256])
            }
        }
        let liar = Liar(Pki::new().prescriber);
        for provider in testing::providers() {
            let result = sign(&liar, payload(), &Policy::production(), provider.as_ref(), testing::now());
            assert!(matches!(result, Err(SignError::Verification(_))), "{result:?}");
        }
    }

    #[test]
    fn an_algorithm_that_is_not_offered_is_refused() {
        let pki = Pki::new();
        let old = SignedInfo::new(Digest::Sha1([5; 20]));
        for signer in pki.signers() {
            for provider in testing::providers() {
                let result =
                    sign(signer.as_ref(), old.clone(), &Policy::production(), provider.as_ref(), testing::now());
                assert!(matches!(result, Err(SignError::Algorithm { algorithm: Algorithm::Rs1 })), "{result:?}");
            }
        }
    }

    #[test]
    fn debug_of_a_signer_shows_no_key() {
        for signer in Pki::new().signers() {
            assert!(!format!("{signer:?}").contains("prime"), "{signer:?}");
        }
    }
}
