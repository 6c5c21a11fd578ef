//! Signing: the seam to a key, and what must hold before and after its use.

use std::fmt::Debug;

use super::algorithm::{Algorithm, SignedInfo};
use super::certificate::{Certificate, CertificateError};
use super::key::KeyError;
use super::pem::PemError;
use super::policy::Policy;
use super::provider::{BadSignature, Provider};
use crate::model::Timestamp;

mod batch;
#[cfg(any(feature = "rustcrypto", feature = "aws-lc-rs"))]
mod software;

pub use batch::{BatchError, MAX_BATCH, sign_batch};
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
    /// It was not tried, because the signer failed at an earlier one of the batch: a token counts wrong PINs.
    #[error("not signed, because the signer failed before")]
    NotTried,
    /// The signer answered for another number of prescriptions than it was asked for.
    #[error("the signer was asked for {asked} signatures and gave {given}")]
    Answer {
        /// How many were asked for.
        asked: usize,
        /// How many came back.
        given: usize,
    },
    /// What came back is not a signature by the certificate's key over the payload.
    #[error("the signature made does not verify")]
    Verification(#[from] BadSignature),
}

/// What to sign, with the name that tells it from the others of its batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "this is all that a signer may know of a prescription")]
pub struct ToSign {
    /// The prescription's id, or what else its sender calls it. Unique in its batch; a remote service is told it.
    pub id: String,
    /// The payload of `$prepare`.
    pub payload: SignedInfo,
}

/// What a signer made of a batch.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "signers outside of this crate make it")]
pub struct Made {
    /// The certificate of the key that signed, DER.
    pub certificate: Vec<u8>,
    /// For each payload, in order: RSASSA-PKCS1-v1_5 over its bytes, as long as the key's modulus, or why there is none.
    pub values: Vec<Result<Vec<u8>, SignError>>,
}

/// A key that signs prescriptions: a software key, a token, a remote signing service. Open: a host may bring its own.
///
/// A payload is a [`SignedInfo`], so a signer cannot be talked into signing anything else. Callers use [`sign`] or
/// [`sign_batch`], which check what a signer returns; never retry a signature silently, each one is a legal act.
pub trait Signer: Debug + Send + Sync {
    /// The certificate of the key, DER, where it is known before anything is signed. Then nothing is signed with a
    /// certificate that is not in force. A remote service tells it with its answer only.
    fn certificate(&self) -> Option<&[u8]>;

    /// What it can sign with, the preferred one first.
    fn algorithms(&self) -> &[Algorithm];

    /// Signs the payloads, all of offered algorithms and not more than [`MAX_BATCH`], in one user action.
    ///
    /// # Errors
    /// When none of them was signed: the user gave up, the token is gone, the service does not answer.
    fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError>;
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
    if let Some(certificate) = signer.certificate() {
        fit_to_sign(certificate, policy, now)?;
    }
    let made = signer.sign(&[ToSign { id: ONLY.to_owned(), payload: payload.clone() }])?;
    let given = made.values.len();
    let (Some(value), 1) = (made.values.into_iter().next(), given) else {
        return Err(SignError::Answer { asked: 1, given });
    };
    genuine(payload, value?, &fit_to_sign(&made.certificate, policy, now)?, provider)
}

/// What the only one of a batch is called.
const ONLY: &str = "1";

/// The certificate, if it may sign prescriptions at `now`.
fn fit_to_sign(certificate: &[u8], policy: &Policy, now: Timestamp) -> Result<Certificate, SignError> {
    let certificate = Certificate::from_der(certificate.to_vec())?;
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
    Ok(certificate)
}

/// The signature, if the certificate's key made it over the payload.
fn genuine(
    payload: SignedInfo,
    value: Vec<u8>,
    certificate: &Certificate,
    provider: &dyn Provider,
) -> Result<Signed, SignError> {
    provider.rsa_verify(&certificate.key()?, payload.algorithm().hash(), payload.as_bytes(), &value)?;
    Ok(Signed { signed_info: payload, value, certificate: certificate.as_der().to_vec() })
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
            fn certificate(&self) -> Option<&[u8]> {
                Some(&self.0)
            }
            fn algorithms(&self) -> &[Algorithm] {
                &[Algorithm::Rs256]
            }
            fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError> {
                let values = batch.iter().map(|_| Ok(vec![1; 256])).collect();
                Ok(Made { certificate: self.0.clone(), values })
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
