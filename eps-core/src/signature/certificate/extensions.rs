//! The extensions of a certificate that the path check processes (RFC 5280 section 4.2).

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use x509_parser::asn1_rs::Oid;
use x509_parser::der_parser::oid;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::time::ASN1Time;

use super::{CertificateError, is_processed, range_within};
use crate::signature::der::{Der, SEQUENCE};

/// RFC 3280 section 4.2.1.4; the parser does not know it.
pub(super) const PRIVATE_KEY_USAGE_PERIOD: Oid<'static> = oid!(2.5.29.16);

/// The key usages that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeyUsage {
    pub(crate) content_commitment: bool,
    pub(crate) certificate_sign: bool,
    pub(crate) crl_sign: bool,
}

/// Basic constraints with `cA` true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CaConstraints {
    pub(crate) path_len: Option<u32>,
}

/// The extensions of one certificate; ranges are into its DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    pub(crate) ca: Option<CaConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) policies: Vec<PolicyId>,
    /// First and last instant, seconds since 1970.
    pub(crate) key_usage_period: (Option<i64>, Option<i64>),
    pub(crate) subject_key_id: Option<Range<usize>>,
    pub(crate) authority_key_id: Option<Range<usize>>,
    /// The value of the CRL distribution points extension.
    pub(crate) crl_distribution_points: Option<Range<usize>>,
    pub(crate) unknown_critical: bool,
}

impl Extensions {
    pub(super) fn read(extensions: &[X509Extension<'_>], der: &[u8]) -> Result<Self, CertificateError> {
        let mut read = Self::default();
        for (at, extension) in extensions.iter().enumerate() {
            if extensions.iter().take(at).any(|earlier| earlier.oid == extension.oid) {
                return Err(CertificateError::RepeatedExtension);
            }
            read.take(extension, der)?;
            read.unknown_critical |= extension.critical && !is_processed(extension);
        }
        Ok(read)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "a foreign enum; what is not processed is judged by criticality"
    )]
    fn take(&mut self, extension: &X509Extension<'_>, der: &[u8]) -> Result<(), CertificateError> {
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => {
                self.ca = constraints.ca.then_some(CaConstraints { path_len: constraints.path_len_constraint });
            }
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = Some(KeyUsage {
                    content_commitment: usage.non_repudiation(),
                    certificate_sign: usage.key_cert_sign(),
                    crl_sign: usage.crl_sign(),
                });
            }
            ParsedExtension::CertificatePolicies(policies) => {
                self.policies = policies.iter().map(|policy| PolicyId(policy.policy_id.as_bytes().to_vec())).collect();
            }
            ParsedExtension::SubjectKeyIdentifier(id) => self.subject_key_id = Some(range_within(der, id.0)),
            ParsedExtension::AuthorityKeyIdentifier(authority) => {
                self.authority_key_id = authority.key_identifier.as_ref().map(|id| range_within(der, id.0));
            }
            ParsedExtension::CRLDistributionPoints(_) => {
                self.crl_distribution_points = Some(range_within(der, extension.value));
            }
            ParsedExtension::ParseError { .. } => return Err(CertificateError::Extension),
            _ if extension.oid == PRIVATE_KEY_USAGE_PERIOD => {
                self.key_usage_period = usage_period(extension.value).ok_or(CertificateError::Extension)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// `PrivateKeyUsagePeriod ::= SEQUENCE { notBefore [0] GeneralizedTime OPTIONAL, notAfter [1] GeneralizedTime OPTIONAL }`
fn usage_period(value: &[u8]) -> Option<(Option<i64>, Option<i64>)> {
    let mut outer = Der::new(value);
    let mut times = Der::new(outer.take(SEQUENCE).ok()?);
    outer.end().ok()?;
    let mut time = |tag| match times.take_optional(tag).ok()? {
        Some(text) => Some(Some(generalized_time(text)?)),
        None => Some(None),
    };
    let period = (time(0x80)?, time(0x81)?);
    times.end().ok()?;
    Some(period)
}

/// `YYYYMMDDHHMMSSZ`, as RFC 5280 section 4.1.2.5.2 restricts it.
fn generalized_time(text: &[u8]) -> Option<i64> {
    use x509_parser::prelude::FromDer as _;

    // The implicit tag is replaced by that of GeneralizedTime, so that the one parser of times reads it.
    let length = u8::try_from(text.len()).ok().filter(|length| *length == 15)?;
    let element = [&[0x18, length], text].concat();
    let (rest, time) = ASN1Time::from_der(&element).ok()?;
    (rest.is_empty() && text.last() == Some(&b'Z')).then(|| time.timestamp())
}

/// The identifier of a certificate policy, for instance `1.2.826.0.1275.102.0.3.2.0`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PolicyId(Vec<u8>);

impl PolicyId {
    /// The content-commitment policy of the NHS PKI, `1.2.826.0.1275.102.0.3.2.0`.
    #[must_use]
    pub fn nhs_content_commitment() -> Self {
        Self(vec![0x2a, 0x86, 0x3a, 0x00, 0x89, 0x7b, 0x66, 0x00, 0x03, 0x02, 0x00])
    }
}

/// The text is not an object identifier in dotted form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an object identifier")]
#[non_exhaustive]
pub struct NotAnIdentifier;

impl FromStr for PolicyId {
    type Err = NotAnIdentifier;

    fn from_str(text: &str) -> Result<Self, NotAnIdentifier> {
        let arcs: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
        let arcs = arcs.map_err(|_| NotAnIdentifier)?;
        match arcs.as_slice() {
            [0 | 1, 0..=39, ..] | [2, 0..=47, ..] => {}
            _ => return Err(NotAnIdentifier),
        }
        Oid::from(&arcs).map(|oid| Self(oid.as_bytes().to_vec())).map_err(|_| NotAnIdentifier)
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Oid::new(self.0.as_slice().into()), f)
    }
}

impl fmt::Debug for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_identifier_reads_back() {
        let id: PolicyId = "1.2.826.0.1275.102.0.3.2.0".parse().unwrap();
        assert_eq!(id, PolicyId::nhs_content_commitment());
        assert_eq!(id.to_string(), "1.2.826.0.1275.102.0.3.2.0");
        for bad in ["", "1", "3.1", "1.40", "1.2.x", "1..2", "1.2.99999999999999999999"] {
            assert_eq!(bad.parse::<PolicyId>(), Err(NotAnIdentifier), "{bad}");
        }
    }

    #[test]
    fn a_usage_period_may_leave_out_either_end() {
        let time = b"20260101000000Z";
        let element = |tag: u8| [&[tag, 15], &time[..]].concat();
        let sequence = |content: &[u8]| [&[0x30, u8::try_from(content.len()).unwrap()], content].concat();
        let seconds = 1_767_225_600;
        assert_eq!(usage_period(&sequence(&element(0x80))), Some((Some(seconds), None)));
        assert_eq!(usage_period(&sequence(&element(0x81))), Some((None, Some(seconds))));
        assert_eq!(usage_period(&sequence(&[])), Some((None, None)));
        assert_eq!(usage_period(&sequence(&[element(0x81), element(0x80)].concat())), None);
        assert_eq!(usage_period(&[0x30, 0, 0]), None);
        assert_eq!(usage_period(&sequence(&[0x80, 3, b'2', b'0', b'Z'])), None);
    }
}
