//! One X.509 certificate, read strictly, and the facts that the path check needs.

use std::fmt;
use std::ops::Range;

use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::oid_registry as oid;
use x509_parser::prelude::{AlgorithmIdentifier, FromDer as _, X509Certificate, X509Version};

use super::der::{BIT_STRING, Der, NotDer, SEQUENCE};
use super::key::{KeyError, RsaKey, without_leading_zeros};
use super::provider::Hash;
use crate::model::Timestamp;

mod extensions;

pub(crate) use extensions::Extensions;
pub use extensions::PolicyId;

/// The longest certificate, in bytes of DER. NHS signing certificates have 768 to 1,213.
pub const MAX_CERTIFICATE_BYTES: usize = 8 * 1024;

/// Why bytes are not a certificate that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Longer than [`MAX_CERTIFICATE_BYTES`].
    #[error("the certificate is longer than {MAX_CERTIFICATE_BYTES} bytes")]
    TooLong,
    /// Not one DER certificate.
    #[error("the bytes are not one DER certificate")]
    Malformed,
    /// There are bytes after the certificate.
    #[error("there are bytes after the certificate")]
    Trailing,
    /// Not X.509 version 3.
    #[error("the certificate is not of version 3")]
    Version,
    /// The two statements of the signature algorithm differ.
    #[error("the signature algorithm inside and outside of the certificate differ")]
    AlgorithmMismatch,
    /// An extension stands twice.
    #[error("an extension of the certificate is repeated")]
    RepeatedExtension,
    /// An extension that is understood has the wrong content.
    #[error("an extension of the certificate is malformed")]
    Extension,
}

/// One certificate. It is read, not trusted: trust is what [`verify`](super::verify) decides.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: Range<usize>,
    signature: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    serial: Range<usize>,
    public_key: Range<usize>,
    signed_with: Option<Hash>,
    not_before: i64,
    not_after: i64,
    pub(crate) extensions: Extensions,
}

impl Certificate {
    /// Reads one DER certificate of version 3, with nothing after it.
    ///
    /// # Errors
    /// [`CertificateError`] by variant.
    pub fn from_der(der: Vec<u8>) -> Result<Self, CertificateError> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(CertificateError::TooLong);
        }
        require_three_parts(&der)?;
        let (rest, parsed) = X509Certificate::from_der(&der).map_err(|_| CertificateError::Malformed)?;
        if !rest.is_empty() {
            return Err(CertificateError::Malformed);
        }
        if parsed.version() != X509Version::V3 {
            return Err(CertificateError::Version);
        }
        let body = &parsed.tbs_certificate;
        if body.signature != parsed.signature_algorithm {
            return Err(CertificateError::AlgorithmMismatch);
        }
        let within = |part: &[u8]| range_within(&der, part);
        let (tbs, signature) = (within(body.as_ref()), within(&parsed.signature_value.data));
        let (issuer, subject) = (within(body.issuer.as_raw()), within(body.subject.as_raw()));
        let (serial, public_key) = (within(without_leading_zeros(body.raw_serial())), within(body.subject_pki.raw));
        let signed_with = rsa_hash(&parsed.signature_algorithm);
        let (not_before, not_after) = (body.validity.not_before.timestamp(), body.validity.not_after.timestamp());
        let extensions = Extensions::read(body.extensions(), &der)?;
        drop(parsed);
        Ok(Self {
            der,
            tbs,
            signature,
            issuer,
            subject,
            serial,
            public_key,
            signed_with,
            not_before,
            not_after,
            extensions,
        })
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// The whole certificate.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The whole certificate, given away.
    #[must_use]
    pub fn into_der(self) -> Vec<u8> {
        self.der
    }

    /// What its issuer signed.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.part(&self.tbs)
    }

    /// Its issuer's signature.
    pub(crate) fn signature(&self) -> &[u8] {
        self.part(&self.signature)
    }

    /// The hash of its issuer's RSA signature; `None` where it is not RSASSA-PKCS1-v1_5 with a known hash.
    pub(crate) const fn signed_with(&self) -> Option<Hash> {
        self.signed_with
    }

    /// The issuer's distinguished name, DER.
    #[must_use]
    pub fn issuer(&self) -> &[u8] {
        self.part(&self.issuer)
    }

    /// The subject's distinguished name, DER.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        self.part(&self.subject)
    }

    /// The serial number, big-endian without leading zero octets, so that equal numbers are equal bytes.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        self.part(&self.serial)
    }

    pub(crate) fn subject_key_id(&self) -> Option<&[u8]> {
        self.extensions.subject_key_id.as_ref().map(|range| self.part(range))
    }

    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_ref().map(|range| self.part(range))
    }

    /// The value of its CRL distribution points extension.
    pub(crate) fn crl_distribution_points(&self) -> Option<&[u8]> {
        self.extensions.crl_distribution_points.as_ref().map(|range| self.part(range))
    }

    /// The public key.
    ///
    /// # Errors
    /// [`KeyError`] when it is not an RSA key within the limits.
    pub fn key(&self) -> Result<RsaKey<'_>, KeyError> {
        RsaKey::from_spki(self.part(&self.public_key))
    }

    /// Whether `notBefore <= time <= notAfter`; seconds since 1970, UTC.
    pub(crate) const fn in_force_at(&self, time: i64) -> bool {
        self.not_before <= time && time <= self.not_after
    }

    /// Whether the private key usage period, if there is one, covers the time.
    pub(crate) fn key_usable_at(&self, time: i64) -> bool {
        let (from, to) = self.extensions.key_usage_period;
        from.is_none_or(|from| from <= time) && to.is_none_or(|to| time <= to)
    }

    /// Whether key usage is present and includes content commitment, also called non-repudiation.
    #[must_use]
    pub fn allows_content_commitment(&self) -> bool {
        self.extensions.key_usage.is_some_and(|usage| usage.content_commitment)
    }

    /// The first instant at which it is in force.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        Timestamp::from_unix(self.not_before)
    }

    /// The last instant at which it is in force.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        Timestamp::from_unix(self.not_after)
    }

    /// The last common name of the subject. It names a person: not for logs.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        common_name(self.subject())
    }

    /// The last common name of the issuer.
    #[must_use]
    pub fn issuer_common_name(&self) -> Option<String> {
        common_name(self.issuer())
    }

    /// The 12-digit SDS user id at the head of the common name of an NHS signing certificate, where it is there.
    #[must_use]
    pub fn sds_user_id(&self) -> Option<String> {
        let name = self.common_name()?;
        let (id, _) = name.split_once('_')?;
        (id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
    }
}

/// Shows the serial number and the issuer; the subject names a person.
impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("serial", &hex(self.serial()))
            .field("issuer", &self.issuer_common_name())
            .finish_non_exhaustive()
    }
}

/// The parser tolerates more elements after the three of a certificate; DER does not.
fn require_three_parts(der: &[u8]) -> Result<(), CertificateError> {
    let read = || {
        let mut outer = Der::new(der);
        let mut parts = Der::new(outer.take(SEQUENCE)?);
        parts.take(SEQUENCE)?;
        parts.take(SEQUENCE)?;
        parts.take(BIT_STRING)?;
        parts.end()?;
        Ok::<_, NotDer>(outer.is_empty())
    };
    match read() {
        Ok(true) => Ok(()),
        Ok(false) => Err(CertificateError::Trailing),
        Err(_) => Err(CertificateError::Malformed),
    }
}

/// Where `part`, a subslice of `whole`, stands in it. For any other slice the range may be empty or out of bounds, and
/// reading it gives nothing.
pub(crate) fn range_within(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    start..start.saturating_add(part.len())
}

/// The hash of an RSASSA-PKCS1-v1_5 signature algorithm.
pub(crate) fn rsa_hash(algorithm: &AlgorithmIdentifier<'_>) -> Option<Hash> {
    [
        (oid::OID_PKCS1_SHA256WITHRSA, Hash::Sha256),
        (oid::OID_PKCS1_SHA384WITHRSA, Hash::Sha384),
        (oid::OID_PKCS1_SHA512WITHRSA, Hash::Sha512),
        (oid::OID_PKCS1_SHA1WITHRSA, Hash::Sha1),
    ]
    .into_iter()
    .find_map(|(known, hash)| (algorithm.algorithm == known).then_some(hash))
}

fn common_name(name: &[u8]) -> Option<String> {
    let (_, name) = x509_parser::x509::X509Name::from_der(name).ok()?;
    name.iter_common_name().last()?.as_str().ok().map(str::to_owned)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

/// Whether a critical extension is one that the path check processes.
fn is_processed(extension: &X509Extension<'_>) -> bool {
    matches!(
        extension.parsed_extension(),
        ParsedExtension::BasicConstraints(_)
            | ParsedExtension::KeyUsage(_)
            | ParsedExtension::CertificatePolicies(_)
            | ParsedExtension::CRLDistributionPoints(_)
            | ParsedExtension::AuthorityKeyIdentifier(_)
            | ParsedExtension::SubjectKeyIdentifier(_)
    ) || extension.oid == extensions::PRIVATE_KEY_USAGE_PERIOD
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::testing::{self, Pki};

    #[test]
    fn the_facts_of_a_signing_certificate_are_read() {
        let pki = Pki::new();
        let certificate = Certificate::from_der(pki.prescriber.clone()).unwrap();
        assert_eq!(certificate.common_name().unwrap(), "000000000001_A_PRESCRIBER");
        assert_eq!(certificate.sds_user_id().unwrap(), "000000000001");
        assert!(certificate.allows_content_commitment());
        assert!(certificate.in_force_at(testing::now().unix()));
        assert_eq!(certificate.key().unwrap().bits(), 2048);
        assert_eq!(certificate.signed_with(), Some(Hash::Sha256));
        let issuer = Certificate::from_der(pki.sub_ca.clone()).unwrap();
        assert_eq!(certificate.issuer(), issuer.subject());
        for provider in testing::providers() {
            let (key, tbs) = (issuer.key().unwrap(), certificate.tbs());
            provider.rsa_verify(&key, Hash::Sha256, tbs, certificate.signature()).unwrap();
        }
    }

    #[test]
    fn trailing_bytes_and_long_certificates_are_refused() {
        let mut der = Pki::new().prescriber;
        der.push(0);
        assert_eq!(Certificate::from_der(der), Err(CertificateError::Trailing));
        assert_eq!(Certificate::from_der(vec![0; MAX_CERTIFICATE_BYTES + 1]), Err(CertificateError::TooLong));
        assert_eq!(Certificate::from_der(Vec::new()), Err(CertificateError::Malformed));
    }

    #[test]
    fn debug_names_the_issuer_and_not_the_person() {
        let certificate = Certificate::from_der(Pki::new().prescriber).unwrap();
        let shown = format!("{certificate:?}");
        assert!(shown.contains("EPS test sub-CA") && !shown.contains("PRESCRIBER"), "{shown}");
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_certificate_is_read_or_refused(at in 0_usize..1400, to: u8) {
            let mut der = testing::shared_pki().prescriber.clone();
            if let Some(byte) = der.get_mut(at) {
                *byte = to;
            }
            if let Ok(certificate) = Certificate::from_der(der) {
                let _facts = (certificate.key().is_ok(), certificate.common_name(), certificate.serial().len());
            }
        }
    }
}
