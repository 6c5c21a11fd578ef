//! Keys held in memory: for tests, demonstrations and throw-away PKIs. A prescriber's key lives on a token.

use std::fmt;

use zeroize::Zeroizing;

use super::{Made, SignError, Signer, ToSign};
use crate::signature::algorithm::{Algorithm, SignedInfo};
use crate::signature::certificate::Certificate;
use crate::signature::pem;

/// Reads a PKCS #8 private key, PEM or DER; what was decoded is wiped when dropped.
fn pkcs8(key: &[u8]) -> Result<Zeroizing<Vec<u8>>, SignError> {
    if !pem::is_pem(key) {
        return Ok(Zeroizing::new(key.to_vec()));
    }
    let text = std::str::from_utf8(key).map_err(|_| SignError::PrivateKey)?;
    Ok(pem::private_key(text)?)
}

/// The certificate must be that of the key.
fn matching_certificate(certificate: &[u8], modulus: &[u8]) -> Result<Certificate, SignError> {
    let certificate = Certificate::from_der(certificate.to_vec())?;
    if certificate.key()?.modulus() == crate::signature::key::without_leading_zeros(modulus) {
        Ok(certificate)
    } else {
        Err(SignError::OtherKey)
    }
}

/// A key in memory, used through RustCrypto. The key is wiped when dropped; signatures are deterministic.
///
/// It signs SHA-256 only, unless made by [`SoftwareSigner::with_legacy_sha1`].
#[cfg(feature = "rustcrypto")]
pub struct SoftwareSigner {
    key: rsa::PrivateKey,
    certificate: Certificate,
    algorithms: &'static [Algorithm],
}

#[cfg(feature = "rustcrypto")]
impl SoftwareSigner {
    /// A signer from a PKCS #8 private key (PEM or DER) and its certificate (DER).
    ///
    /// # Errors
    /// [`SignError::Pem`], [`SignError::PrivateKey`], [`SignError::Certificate`], [`SignError::CertificateKey`] or
    /// [`SignError::OtherKey`].
    pub fn new(key: &[u8], certificate: &[u8]) -> Result<Self, SignError> {
        use rsa::pkcs8::DecodePrivateKey as _;
        use rsa::traits::PublicKeyParts as _;

        let key = rsa::PrivateKey::from_pkcs8_der(&pkcs8(key)?).map_err(|_| SignError::PrivateKey)?;
        let certificate = matching_certificate(certificate, &key.n().to_be_bytes())?;
        Ok(Self { key, certificate, algorithms: &[Algorithm::Rs256] })
    }

    /// Also signs SHA-1. Only for making test material: no such prescription is accepted any more.
    #[must_use]
    pub fn with_legacy_sha1(mut self) -> Self {
        self.algorithms = &[Algorithm::Rs256, Algorithm::Rs1];
        self
    }
}

#[cfg(feature = "rustcrypto")]
impl Signer for SoftwareSigner {
    fn certificate(&self) -> Option<&[u8]> {
        Some(self.certificate.as_der())
    }

    fn algorithms(&self) -> &[Algorithm] {
        self.algorithms
    }

    fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError> {
        let values = batch.iter().map(|it| self.value(&it.payload)).collect();
        Ok(Made { certificate: self.certificate.as_der().to_vec(), values })
    }
}

#[cfg(feature = "rustcrypto")]
impl SoftwareSigner {
    fn value(&self, payload: &SignedInfo) -> Result<Vec<u8>, SignError> {
        use rsa::Pkcs1v15Sign;
        use sha2::Digest as _;

        let algorithm = payload.algorithm();
        if !self.algorithms.contains(&algorithm) {
            return Err(SignError::Algorithm { algorithm });
        }
        let data = payload.as_bytes();
        let made = match algorithm {
            Algorithm::Rs256 => self.key.sign(Pkcs1v15Sign::new::<sha2::Sha256>(), &sha2::Sha256::digest(data)),
            Algorithm::Rs1 => self.key.sign(Pkcs1v15Sign::new::<sha1::Sha1>(), &sha1::Sha1::digest(data)),
        };
        made.map_err(|error| SignError::Backend(Box::new(error)))
    }
}

#[cfg(feature = "rustcrypto")]
impl fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareSigner").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// A key in memory, used through AWS-LC, which wipes it. It signs SHA-256 only: AWS-LC makes no SHA-1 signatures.
#[cfg(feature = "aws-lc-rs")]
pub struct AwsLcSigner {
    key: aws_lc_rs::rsa::KeyPair,
    certificate: Certificate,
}

#[cfg(feature = "aws-lc-rs")]
impl AwsLcSigner {
    /// A signer from a PKCS #8 private key (PEM or DER) and its certificate (DER).
    ///
    /// # Errors
    /// [`SignError::Pem`], [`SignError::PrivateKey`], [`SignError::Certificate`], [`SignError::CertificateKey`] or
    /// [`SignError::OtherKey`].
    pub fn new(key: &[u8], certificate: &[u8]) -> Result<Self, SignError> {
        use aws_lc_rs::signature::KeyPair as _;

        let key = aws_lc_rs::rsa::KeyPair::from_pkcs8(&pkcs8(key)?).map_err(|_| SignError::PrivateKey)?;
        let modulus = crate::signature::key::RsaKey::from_pkcs1(key.public_key().as_ref())?.modulus().to_vec();
        let certificate = matching_certificate(certificate, &modulus)?;
        Ok(Self { key, certificate })
    }
}

#[cfg(feature = "aws-lc-rs")]
impl Signer for AwsLcSigner {
    fn certificate(&self) -> Option<&[u8]> {
        Some(self.certificate.as_der())
    }

    fn algorithms(&self) -> &[Algorithm] {
        &[Algorithm::Rs256]
    }

    fn sign(&self, batch: &[ToSign]) -> Result<Made, SignError> {
        let values = batch.iter().map(|it| self.value(&it.payload)).collect();
        Ok(Made { certificate: self.certificate.as_der().to_vec(), values })
    }
}

#[cfg(feature = "aws-lc-rs")]
impl AwsLcSigner {
    fn value(&self, payload: &SignedInfo) -> Result<Vec<u8>, SignError> {
        use aws_lc_rs::rand::SystemRandom;
        use aws_lc_rs::signature::RSA_PKCS1_SHA256;

        let algorithm = payload.algorithm();
        if algorithm != Algorithm::Rs256 {
            return Err(SignError::Algorithm { algorithm });
        }
        let mut made = vec![0; self.key.public_modulus_len()];
        // PKCS #1 v1.5 uses no randomness for the signature itself; the parameter is there for PSS.
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), payload.as_bytes(), &mut made)
            .map_err(|error| SignError::Backend(Box::new(error)))?;
        Ok(made)
    }
}

#[cfg(feature = "aws-lc-rs")]
impl fmt::Debug for AwsLcSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsLcSigner").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}
