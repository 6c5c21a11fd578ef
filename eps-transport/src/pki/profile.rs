//! What the certificates say: the profile of NHS signing certificates, their CAs, and TLS.

use eps_core::model::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SanType, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use super::PkiError;

/// How long before "now" the certificates begin, so that a slow clock does not matter.
pub(super) const BACKDATED: Duration = Duration::days(1);
/// How long the CAs are in force.
const CA_LIFE: Duration = Duration::days(3650);
/// How long the prescriber's certificate is in force: NHS smartcard certificates last two years.
const PRESCRIBER_LIFE: Duration = Duration::days(730);
/// How long the prescriber's key may sign: shorter than the certificate, as on NHS smartcards.
const PRESCRIBER_KEY_USAGE: Duration = Duration::days(510);
/// How long a TLS certificate is in force.
const TLS_LIFE: Duration = Duration::days(365);
/// Certificates of CAs cannot go deeper than the prescribers they issue.
const NO_FURTHER_CAS: u8 = 0;

/// OID 2.5.29.32, certificate policies.
const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
/// OID 2.5.29.16, private key usage period.
const PRIVATE_KEY_USAGE_PERIOD: &[u64] = &[2, 5, 29, 16];
/// DER of the one policy 1.2.826.0.1275.102.0.3.2.0, NHS content commitment.
const NHS_CONTENT_COMMITMENT: &[u8] =
    &[0x30, 0x0F, 0x30, 0x0D, 0x06, 0x0B, 0x2A, 0x86, 0x3A, 0x00, 0x89, 0x7B, 0x66, 0x00, 0x03, 0x02, 0x00];

/// From when until when.
pub(crate) type Period = (OffsetDateTime, OffsetDateTime);

/// What a CA may issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Further CAs.
    Root,
    /// People or machines only.
    Sub,
}

/// When CAs made at `now` are in force.
pub(super) fn ca_period(now: OffsetDateTime) -> Period {
    (now - BACKDATED, now + CA_LIFE)
}

/// When a prescriber's certificate made at `now` is in force.
pub(super) fn prescriber_period(now: OffsetDateTime) -> Period {
    (now - BACKDATED, now + PRESCRIBER_LIFE)
}

/// When a prescriber's key made at `now` may sign.
pub(super) fn prescriber_key_period(now: OffsetDateTime) -> Period {
    (now - BACKDATED, now + PRESCRIBER_KEY_USAGE)
}

/// When a TLS certificate made at `now` is in force.
pub(super) fn tls_period(now: OffsetDateTime) -> Period {
    (now - BACKDATED, now + TLS_LIFE)
}

/// A CA.
pub(crate) fn ca(common_name: &str, period: Period, serial: u64, depth: Depth) -> CertificateParams {
    let mut params = named(common_name, "CA", period, SerialNumber::from(serial));
    params.is_ca = IsCa::Ca(match depth {
        Depth::Root => BasicConstraints::Unconstrained,
        Depth::Sub => BasicConstraints::Constrained(NO_FURTHER_CAS),
    });
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.crl_distribution_points = vec![distribution_point("arl")];
    params
}

/// A prescriber: content commitment, the NHS policy for it, and a period in which the key may sign.
pub(crate) fn prescriber(
    common_name: &str,
    period: Period,
    key_period: Period,
    serial: SerialNumber,
) -> CertificateParams {
    let mut params = named(common_name, "People", period, serial);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
    params.crl_distribution_points = vec![distribution_point("crl")];
    params.custom_extensions = vec![policies(), usage_period(key_period)];
    params
}

/// A dispenser's machine that connects to the broker, or the broker itself: mutual TLS.
pub(super) fn tls(
    common_name: &str,
    names: Vec<SanType>,
    purpose: ExtendedKeyUsagePurpose,
    (period, serial): (Period, u64),
) -> CertificateParams {
    let mut params = named(common_name, "Devices", period, SerialNumber::from(serial));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    params.extended_key_usages = vec![purpose];
    params.subject_alt_names = names;
    params.crl_distribution_points = vec![distribution_point("tls")];
    params
}

/// A DNS name for [`tls`].
pub(super) fn dns(name: &str) -> Result<SanType, PkiError> {
    Ok(SanType::DnsName(name.try_into()?))
}

fn named(common_name: &str, unit: &str, (from, until): Period, serial: SerialNumber) -> CertificateParams {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "nhs");
    name.push(DnType::OrganizationalUnitName, unit);
    name.push(DnType::CommonName, common_name);
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.serial_number = Some(serial);
    (params.not_before, params.not_after) = (from, until);
    params.use_authority_key_identifier_extension = true;
    params
}

fn distribution_point(name: &str) -> CrlDistributionPoint {
    CrlDistributionPoint { uris: vec![format!("http://crl.invalid/throw-away/{name}.crl")] }
}

/// Certificate policies, critical, as NHS certificates have them.
pub(crate) fn policies() -> CustomExtension {
    let mut policies = CustomExtension::from_oid_content(CERTIFICATE_POLICIES, NHS_CONTENT_COMMITMENT.to_vec());
    policies.set_criticality(true);
    policies
}

/// Private key usage period: `SEQUENCE { [0] notBefore, [1] notAfter }`, both GeneralizedTime.
pub(crate) fn usage_period((from, until): Period) -> CustomExtension {
    const TIME_LENGTH: u8 = 15;
    let mut der = vec![0x30, 2 * (2 + TIME_LENGTH)];
    for (tag, time) in [(0x80, from), (0x81, until)] {
        let time = Timestamp::from_unix(time.unix_timestamp()).to_hl7();
        der.extend_from_slice(&[tag, TIME_LENGTH]);
        der.extend_from_slice(time.as_bytes());
        der.push(b'Z');
    }
    CustomExtension::from_oid_content(PRIVATE_KEY_USAGE_PERIOD, der)
}
