//! The CA certificates that a verifier is configured with, with the links between them verified once.

use std::sync::Arc;

use super::certificate::{Certificate, CertificateError};
use super::key::KeyError;
use super::pem::{self, PemError};
use super::provider::{Hash, Provider};

/// Why a certificate cannot serve as a CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// It cannot be read.
    #[error("CA certificate {position} cannot be read")]
    Certificate {
        /// Which one of those given for the role, from 0.
        position: usize,
        /// What is wrong.
        source: CertificateError,
    },
    /// It lacks basic constraints with `cA` true, or its key usage lacks `keyCertSign`.
    #[error("certificate {position} is not that of a CA")]
    NotACa {
        /// Which one of those given for the role, from 0.
        position: usize,
    },
    /// It has a critical extension that is not processed here, such as name constraints.
    #[error("CA certificate {position} has a critical extension that is not supported")]
    CriticalExtension {
        /// Which one of those given for the role, from 0.
        position: usize,
    },
    /// Its key cannot be used.
    #[error("the key of CA certificate {position} cannot be used")]
    Key {
        /// Which one of those given for the role, from 0.
        position: usize,
        /// What is wrong.
        source: KeyError,
    },
    /// A text that should hold certificates is not PEM.
    #[error("the CA certificates are not PEM")]
    Pem(#[from] PemError),
}

/// A verified signature of one CA certificate by another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    /// Index of the issuer.
    pub(crate) issuer: usize,
    pub(crate) hash: Hash,
}

#[derive(Clone, Debug)]
pub(crate) struct Ca {
    /// Shared with the reports that name it.
    pub(crate) certificate: Arc<Certificate>,
    pub(crate) is_anchor: bool,
    pub(crate) links: Vec<Link>,
}

impl Ca {
    /// Whether issuer and subject are the same name.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.certificate.issuer() == self.certificate.subject()
    }
}

/// Trust anchors and intermediate CA certificates.
///
/// Their signatures are verified when the set is built; validity dates, path lengths and key sizes are judged for each
/// signature, at its signing time. Certificates that come with a message never enter the set.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    cas: Vec<Ca>,
}

impl TrustAnchors {
    /// Builds the set from DER certificates. An anchor is trusted by decree: a root, or by explicit choice a sub-CA.
    ///
    /// # Errors
    /// [`TrustError`] when one of them cannot serve as a CA.
    pub fn new<'a>(
        anchors: impl IntoIterator<Item = &'a [u8]>,
        intermediates: impl IntoIterator<Item = &'a [u8]>,
        provider: &dyn Provider,
    ) -> Result<Self, TrustError> {
        let mut cas = Vec::new();
        for (position, der) in anchors.into_iter().enumerate() {
            cas.push(Ca { certificate: ca_certificate(position, der)?, is_anchor: true, links: Vec::new() });
        }
        for (position, der) in intermediates.into_iter().enumerate() {
            cas.push(Ca { certificate: ca_certificate(position, der)?, is_anchor: false, links: Vec::new() });
        }
        let links: Vec<Vec<Link>> = cas.iter().map(|ca| links_of(ca, &cas, provider)).collect();
        for (ca, links) in cas.iter_mut().zip(links) {
            ca.links = links;
        }
        Ok(Self { cas })
    }

    /// Builds the set from PEM texts.
    ///
    /// # Errors
    /// [`TrustError`] when one of them is not PEM or cannot serve as a CA.
    pub fn from_pem(anchors: &str, intermediates: Option<&str>, provider: &dyn Provider) -> Result<Self, TrustError> {
        let anchors = pem::certificates(anchors)?;
        let intermediates = intermediates.map(pem::certificates).transpose()?.unwrap_or_default();
        Self::new(anchors.iter().map(Vec::as_slice), intermediates.iter().map(Vec::as_slice), provider)
    }

    /// The number of CA certificates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cas.len()
    }

    /// Whether there are none; then no signature is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cas.is_empty()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Ca> {
        self.cas.get(index)
    }

    /// Those that, by name and key identifier, may have issued `certificate`. Names are not unique: try every one.
    pub(crate) fn candidates<'a>(&'a self, certificate: &'a Certificate) -> impl Iterator<Item = (usize, &'a Ca)> {
        self.cas.iter().enumerate().filter(|(_, ca)| may_have_issued(&ca.certificate, certificate))
    }

    /// Those whose subject is `name`, DER.
    pub(crate) fn named<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = (usize, &'a Ca)> {
        self.cas.iter().enumerate().filter(move |(_, ca)| ca.certificate.subject() == name)
    }
}

fn ca_certificate(position: usize, der: &[u8]) -> Result<Arc<Certificate>, TrustError> {
    let certificate =
        Certificate::from_der(der.to_vec()).map_err(|source| TrustError::Certificate { position, source })?;
    let extensions = &certificate.extensions;
    if extensions.ca.is_none() || extensions.key_usage.is_some_and(|usage| !usage.certificate_sign) {
        return Err(TrustError::NotACa { position });
    }
    if extensions.unknown_critical {
        return Err(TrustError::CriticalExtension { position });
    }
    certificate.key().map_err(|source| TrustError::Key { position, source })?;
    Ok(Arc::new(certificate))
}

/// Issuer name equals subject name, and the key identifiers agree where both exist.
fn may_have_issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    let agree = match (certificate.authority_key_id(), issuer.subject_key_id()) {
        (Some(authority), Some(subject)) => authority == subject,
        (None, _) | (_, None) => true,
    };
    agree && issuer.subject() == certificate.issuer()
}

fn links_of(ca: &Ca, cas: &[Ca], provider: &dyn Provider) -> Vec<Link> {
    if ca.is_anchor {
        return Vec::new(); // the path ends here
    }
    let linked = |(issuer, candidate): (usize, &Ca)| {
        if !may_have_issued(&candidate.certificate, &ca.certificate) {
            return None;
        }
        is_signed_by(&ca.certificate, &candidate.certificate, provider).map(|hash| Link { issuer, hash })
    };
    cas.iter().enumerate().filter_map(linked).collect()
}

/// The hash of the signature, if `issuer`'s key made it.
pub(crate) fn is_signed_by(certificate: &Certificate, issuer: &Certificate, provider: &dyn Provider) -> Option<Hash> {
    let hash = certificate.signed_with()?;
    let key = issuer.key().ok()?;
    provider.rsa_verify(&key, hash, certificate.tbs(), certificate.signature()).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::testing::{Pki, providers};

    #[test]
    fn a_prescribers_certificate_is_no_anchor() {
        let pki = Pki::new();
        for provider in providers() {
            let made = TrustAnchors::new([pki.root.as_slice()], [pki.prescriber.as_slice()], provider.as_ref());
            assert_eq!(made.map(|_| ()), Err(TrustError::NotACa { position: 0 }));
        }
    }

    #[test]
    fn links_are_verified_when_the_set_is_built() {
        let (pki, other) = (Pki::new(), Pki::lookalike());
        for provider in providers() {
            let set = TrustAnchors::new([pki.root.as_slice()], [pki.sub_ca.as_slice()], provider.as_ref()).unwrap();
            assert_eq!(set.get(1).unwrap().links.len(), 1);
            let set = TrustAnchors::new([other.root.as_slice()], [pki.sub_ca.as_slice()], provider.as_ref()).unwrap();
            assert!(set.get(1).unwrap().links.is_empty(), "a root of the same name with another key");
        }
    }
}
