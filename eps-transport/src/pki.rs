//! A throw-away public key infrastructure: a root, a signing CA, one prescriber, and the revocation lists of both CAs.
//!
//! Its certificates follow the profile of NHS signing certificates (content commitment, the NHS content commitment policy,
//! a private key usage period), so that the production policy can be used with it. Its keys live as long as the process,
//! and no more than a demonstration may trust them.

use eps_core::model::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint, CustomExtension,
    DistinguishedName, DnType, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, SerialNumber,
};
use time::{Duration, OffsetDateTime};

/// How long before "now" the certificates begin, so that a slow clock does not matter.
const BACKDATED: Duration = Duration::days(1);
/// How long the CAs are in force.
const CA_LIFE: Duration = Duration::days(3650);
/// How long the prescriber's certificate is in force: NHS smartcard certificates last two years.
const PRESCRIBER_LIFE: Duration = Duration::days(730);
/// How long the prescriber's key may sign: shorter than the certificate, as on NHS smartcards.
const PRESCRIBER_KEY_USAGE: Duration = Duration::days(510);
/// How long a revocation list is fresh.
const LIST_LIFE: Duration = Duration::days(7);
/// Certificates of CAs cannot go deeper than the prescribers they issue.
const NO_FURTHER_CAS: u8 = 0;

/// OID 2.5.29.32, certificate policies.
const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
/// OID 2.5.29.16, private key usage period.
const PRIVATE_KEY_USAGE_PERIOD: &[u64] = &[2, 5, 29, 16];
/// DER of the one policy 1.2.826.0.1275.102.0.3.2.0, NHS content commitment.
const NHS_CONTENT_COMMITMENT: &[u8] =
    &[0x30, 0x0F, 0x30, 0x0D, 0x06, 0x0B, 0x2A, 0x86, 0x3A, 0x00, 0x89, 0x7B, 0x66, 0x00, 0x03, 0x02, 0x00];

/// Why no keys or certificates could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// The library that makes them failed.
    #[error("a certificate, key or revocation list could not be made")]
    Generation(#[from] rcgen::Error),
    /// A thread that made a key ended without one.
    #[error("a key could not be made")]
    Thread,
}

/// A root, a signing CA and one prescriber.
pub struct ThrowAwayPki {
    root: Vec<u8>,
    signing_ca: Vec<u8>,
    prescriber: Vec<u8>,
    prescriber_key: Vec<u8>,
    lists: [Vec<u8>; 2],
}

impl std::fmt::Debug for ThrowAwayPki {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ThrowAwayPki(keys withheld)")
    }
}

impl ThrowAwayPki {
    /// Makes one whose prescriber has this SDS user id and name, in force from a day before `now`.
    ///
    /// # Errors
    /// [`PkiError`] when keys or certificates cannot be made.
    pub fn generate(now: Timestamp, sds_user: &str, name: &str) -> Result<Self, PkiError> {
        let now = now.utc().assume_utc();
        let [root_key, ca_key, prescriber_key] = three_keys()?;
        let root_params = ca_params("Throw-away Root Authority", now, 1);
        let root = root_params.self_signed(&root_key)?.der().to_vec();
        let root_issuer = Issuer::new(root_params, root_key);
        let ca_params = self::ca_params("Throw-away Signing CA", now, 2);
        let signing_ca = ca_params.signed_by(&ca_key, &root_issuer)?.der().to_vec();
        let ca_issuer = Issuer::new(ca_params, ca_key);
        let prescriber_params = prescriber_params(&format!("{sds_user}_{name}"), now);
        let prescriber = prescriber_params.signed_by(&prescriber_key, &ca_issuer)?.der().to_vec();
        let lists = [empty_list(&root_issuer, now)?, empty_list(&ca_issuer, now)?];
        Ok(Self { root, signing_ca, prescriber, prescriber_key: prescriber_key.serialize_der(), lists })
    }

    /// The root's certificate, DER.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// The signing CA's certificate, DER.
    #[must_use]
    pub fn signing_ca(&self) -> &[u8] {
        &self.signing_ca
    }

    /// The prescriber's certificate, DER.
    #[must_use]
    pub fn prescriber(&self) -> &[u8] {
        &self.prescriber
    }

    /// The prescriber's private key, PKCS #8 DER.
    #[must_use]
    pub fn prescriber_key(&self) -> &[u8] {
        &self.prescriber_key
    }

    /// The revocation lists of the root and of the signing CA, DER. Nothing is revoked.
    #[must_use]
    pub fn revocation_lists(&self) -> &[Vec<u8>; 2] {
        &self.lists
    }
}

/// Three RSA-2048 keys, made side by side: each takes a noticeable part of a second.
fn three_keys() -> Result<[KeyPair; 3], PkiError> {
    let make = || KeyPair::generate_for(&PKCS_RSA_SHA256);
    std::thread::scope(|scope| {
        let (second, third) = (scope.spawn(make), scope.spawn(make));
        let first = make()?;
        let second = second.join().map_err(|_| PkiError::Thread)??;
        let third = third.join().map_err(|_| PkiError::Thread)??;
        Ok([first, second, third])
    })
}

fn named(common_name: &str, unit: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "nhs");
    name.push(DnType::OrganizationalUnitName, unit);
    name.push(DnType::CommonName, common_name);
    name
}

fn ca_params(common_name: &str, now: OffsetDateTime, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(common_name, "CA");
    params.serial_number = Some(SerialNumber::from(serial));
    params.not_before = now - BACKDATED;
    params.not_after = now + CA_LIFE;
    params.is_ca = IsCa::Ca(match serial {
        1 => BasicConstraints::Unconstrained,
        _ => BasicConstraints::Constrained(NO_FURTHER_CAS),
    });
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![distribution_point("arl")];
    params
}

fn prescriber_params(common_name: &str, now: OffsetDateTime) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = named(common_name, "People");
    params.serial_number = Some(SerialNumber::from(3));
    params.not_before = now - BACKDATED;
    params.not_after = now + PRESCRIBER_LIFE;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::ContentCommitment];
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![distribution_point("crl")];
    let mut policies = CustomExtension::from_oid_content(CERTIFICATE_POLICIES, NHS_CONTENT_COMMITMENT.to_vec());
    policies.set_criticality(true);
    let usage = usage_period(now - BACKDATED, now + PRESCRIBER_KEY_USAGE);
    params.custom_extensions = vec![policies, CustomExtension::from_oid_content(PRIVATE_KEY_USAGE_PERIOD, usage)];
    params
}

fn distribution_point(name: &str) -> CrlDistributionPoint {
    CrlDistributionPoint { uris: vec![format!("http://crl.invalid/throw-away/{name}.crl")] }
}

/// DER of `SEQUENCE { [0] notBefore, [1] notAfter }`, both GeneralizedTime.
fn usage_period(from: OffsetDateTime, until: OffsetDateTime) -> Vec<u8> {
    const TIME_LENGTH: u8 = 15;
    let mut der = vec![0x30, 2 * (2 + TIME_LENGTH)];
    for (tag, time) in [(0x80, from), (0x81, until)] {
        let time = Timestamp::from_unix(time.unix_timestamp()).to_hl7();
        der.extend_from_slice(&[tag, TIME_LENGTH]);
        der.extend_from_slice(time.as_bytes());
        der.push(b'Z');
    }
    der
}

fn empty_list(issuer: &Issuer<'_, KeyPair>, now: OffsetDateTime) -> Result<Vec<u8>, PkiError> {
    let params = CertificateRevocationListParams {
        this_update: now - BACKDATED,
        next_update: now + LIST_LIFE,
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(params.signed_by(issuer)?.der().to_vec())
}
