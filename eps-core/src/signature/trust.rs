//! The CA certificates that a verifier is configured with, with the links between them verified once.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A certificate that came with a message, with the CAs whose keys signed it. Nothing in it depends on time or policy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Presented {
    pub(crate) certificate: Certificate,
    /// SHA-256 of its DER.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) links: Vec<Link>,
}

/// The last bytes of a certificate, which are its signature: enough to find it by, and no copy of it.
type Tail = [u8; 32];

/// Certificates by their tails.
type Remembered = HashMap<Tail, Arc<Presented>>;

/// So many candidates of one name are tried as the issuer of a certificate; each trial costs an RSA operation.
const MAX_CANDIDATE_ISSUERS: usize = 16;
/// So many certificates are remembered: those of all prescribers whom one broker sees within days, in some 8 MB.
const MAX_REMEMBERED: usize = 4096;

/// Trust anchors and intermediate CA certificates.
///
/// Their signatures are verified when the set is built; validity dates, path lengths and key sizes are judged for each
/// signature, at its signing time. Certificates that come with a message never enter the set.
///
/// A prescriber signs many prescriptions with one certificate. That a CA of the set signed it is remembered, so that the
/// same bytes are parsed and verified once; everything that depends on time or policy is judged each time.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    cas: Vec<Ca>,
    remembered: Arc<RwLock<Remembered>>,
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
        let links: Vec<Vec<Link>> = cas.iter().map(|ca| links_above(ca, &cas, provider)).collect();
        for (ca, links) in cas.iter_mut().zip(links) {
            ca.links = links;
        }
        Ok(Self { cas, remembered: Arc::default() })
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

    /// Whether a CA of the set, by name and key identifier, may have issued `certificate`.
    pub(crate) fn may_have_issued(&self, certificate: &Certificate) -> bool {
        self.cas.iter().any(|ca| may_have_issued(&ca.certificate, certificate))
    }

    /// Reads a certificate that came with a message, and finds the CAs that signed it.
    pub(crate) fn present(&self, der: Vec<u8>, provider: &dyn Provider) -> Result<Arc<Presented>, CertificateError> {
        let known = self.remembered.read().unwrap_or_else(PoisonError::into_inner).get(&tail(&der)).cloned();
        if let Some(known) = known.filter(|known| known.certificate.as_der() == der) {
            return Ok(known);
        }
        let certificate = Certificate::from_der(der)?;
        let fingerprint = provider.sha256(certificate.as_der());
        let links = links_of(&certificate, &self.cas, provider);
        let presented = Arc::new(Presented { certificate, fingerprint, links });
        // Only what a CA of the set did sign: nobody else can fill the memory.
        if !presented.links.is_empty() {
            self.remember(&presented);
        }
        Ok(presented)
    }

    fn remember(&self, presented: &Arc<Presented>) {
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(tail(presented.certificate.as_der()), Arc::clone(presented));
    }

    /// Those whose subject is `name`, DER.
    pub(crate) fn named<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = (usize, &'a Ca)> {
        self.cas.iter().enumerate().filter(move |(_, ca)| ca.certificate.subject() == name)
    }
}

fn tail(der: &[u8]) -> Tail {
    der.last_chunk().copied().unwrap_or_default()
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

fn links_above(ca: &Ca, cas: &[Ca], provider: &dyn Provider) -> Vec<Link> {
    // At an anchor the path ends.
    if ca.is_anchor { Vec::new() } else { links_of(&ca.certificate, cas, provider) }
}

/// The CAs that signed a certificate. Names are not unique: every candidate is tried.
fn links_of(certificate: &Certificate, cas: &[Ca], provider: &dyn Provider) -> Vec<Link> {
    let candidates = cas.iter().enumerate().filter(|(_, ca)| may_have_issued(&ca.certificate, certificate));
    let linked = |(issuer, ca): (usize, &Ca)| {
        is_signed_by(certificate, &ca.certificate, provider).map(|hash| Link { issuer, hash })
    };
    candidates.take(MAX_CANDIDATE_ISSUERS).filter_map(linked).collect()
}

/// The hash of the signature, if `issuer`'s key made it.
fn is_signed_by(certificate: &Certificate, issuer: &Certificate, provider: &dyn Provider) -> Option<Hash> {
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

    #[test]
    fn only_certificates_that_a_ca_signed_are_remembered() {
        let (pki, other) = (Pki::new(), Pki::lookalike());
        for provider in providers() {
            let provider = provider.as_ref();
            let set = TrustAnchors::new([pki.root.as_slice()], [pki.sub_ca.as_slice()], provider).unwrap();
            let known = || set.remembered.read().unwrap().len();
            assert!(set.present(other.prescriber.clone(), provider).unwrap().links.is_empty());
            assert_eq!(known(), 0);
            let first = set.present(pki.prescriber.clone(), provider).unwrap();
            assert_eq!((first.links.len(), known()), (1, 1));
            assert!(Arc::ptr_eq(&first, &set.present(pki.prescriber.clone(), provider).unwrap()));
            // Another certificate with the signature of this one is not taken for it.
            let mut other = pki.prescriber.clone();
            let name = other.windows(12).position(|bytes| bytes == b"A_PRESCRIBER").unwrap();
            other[name] = b'B';
            let other = set.present(other, provider).unwrap();
            assert!(other.links.is_empty() && other.certificate != first.certificate);
        }
    }

    #[test]
    fn so_many_certificates_are_remembered_and_no_more() {
        let pki = Pki::new();
        for provider in providers() {
            let provider = provider.as_ref();
            let set = TrustAnchors::new([pki.root.as_slice()], [pki.sub_ca.as_slice()], provider).unwrap();
            let known = || set.remembered.read().unwrap().len();
            let links = set.present(pki.prescriber.clone(), provider).unwrap().links.clone();
            for number in 1..MAX_REMEMBERED {
                // Another certificate each time: the last bytes are its signature.
                let mut der = pki.prescriber.clone();
                der.iter_mut().rev().zip(number.to_be_bytes()).for_each(|(byte, other)| *byte = other);
                let certificate = Certificate::from_der(der).unwrap();
                set.remember(&Arc::new(Presented { certificate, fingerprint: [0; 32], links: links.clone() }));
            }
            assert_eq!(known(), MAX_REMEMBERED);
            // The next one makes room; what is forgotten is verified again.
            set.remember(&Arc::new(Presented {
                certificate: Certificate::from_der(pki.sub_ca.clone()).unwrap(),
                fingerprint: [0; 32],
                links,
            }));
            assert_eq!(known(), 1);
            assert_eq!(set.present(pki.prescriber.clone(), provider).unwrap().links.len(), 1);
        }
    }
}
