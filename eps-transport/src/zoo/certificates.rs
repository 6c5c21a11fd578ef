//! Vectors about the certificate, its key, its path and its dates.

use rcgen::{BasicConstraints, CustomExtension, IsCa, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use time::{Duration, OffsetDateTime};

use super::ZooError;
use super::vector::{Fail, Vector};
use super::world::{World, embed, payload, sign};
use crate::pki::keys::PublicKey;
use crate::pki::profile;
use eps_core::signature::algorithm::Algorithm;

const VALIDITY: Fail = ("validity", "signature.certificate.validity");
const KEY_PERIOD: Fail = ("validity", "signature.certificate.key-usage-period");
const PATH: Fail = ("path", "signature.path");
const KEY_USAGE: Fail = ("path", "signature.certificate.key-usage");
const IS_CA: Fail = ("path", "signature.certificate.ca");
const POLICY: Fail = ("path", "signature.certificate.policy");
const KEY_SIZE: Fail = ("key", "signature.key.size");
const EXPONENT: Fail = ("key", "signature.key.exponent");
const KEY_TYPE: Fail = ("key", "signature.key.type");

const DAY: Duration = Duration::days(1);

pub(super) fn vectors(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    Ok([dates(world)?, purposes(world)?, paths(world)?, keys(world)?].concat())
}

/// Moves the dates of a certificate, whose key may be used throughout.
fn dated(world: &mut World, from: Option<OffsetDateTime>, until: Option<OffsetDateTime>) -> Result<String, ZooError> {
    let certificate = world.certificate_that(|params, _| {
        params.not_before = from.unwrap_or(params.not_before);
        params.not_after = until.unwrap_or(params.not_after);
        params.custom_extensions = vec![profile::policies()];
    })?;
    world.signed_with(&certificate)
}

fn dates(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let signed = world.signed_at();
    let over = world.certificate_that(|params, world| {
        let period = (world.period().0, signed - DAY);
        params.custom_extensions = vec![profile::policies(), profile::usage_period(period)];
    })?;
    Ok(vec![
        Vector::new("right", "signed as it should be", world.signed_message()?),
        Vector::new("expired", "the certificate ended a day before", dated(world, None, Some(signed - DAY))?)
            .fails(&[VALIDITY]),
        Vector::new(
            "expired-since-signing",
            "the certificate was in force at signing and has ended since",
            dated(world, None, Some(signed + DAY))?,
        ),
        Vector::new("not-yet-valid", "the certificate began a day later", dated(world, Some(signed + DAY), None)?)
            .fails(&[VALIDITY]),
        Vector::new("first-second", "the certificate began in that second", dated(world, Some(signed), None)?),
        Vector::new("last-second", "the certificate ended in that second", dated(world, None, Some(signed))?),
        Vector::new(
            "private-key-usage-period-over",
            "the certificate is in force, but its key could sign until a day before only",
            world.signed_with(&over)?,
        )
        .fails(&[KEY_PERIOD]),
    ])
}

fn purposes(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let authentication =
        world.certificate_that(|params, _| params.key_usages = vec![KeyUsagePurpose::DigitalSignature])?;
    let no_usage = world.certificate_that(|params, _| params.key_usages = Vec::new())?;
    let ca = world.certificate_that(|params, _| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)))?;
    let no_policy = world.certificate_that(|params, _| params.custom_extensions = Vec::new())?;
    let unknown = world.certificate_that(|params, _| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 826, 0, 1, 999], vec![0x05, 0x00]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    })?;
    Ok(vec![
        Vector::new(
            "authentication-certificate",
            "the other certificate of the card: digital signature, not content commitment",
            world.signed_with(&authentication)?,
        )
        .fails(&[KEY_USAGE]),
        Vector::new("no-key-usage", "the certificate does not say what it is for", world.signed_with(&no_usage)?)
            .fails(&[KEY_USAGE]),
        Vector::new("ca-certificate", "the certificate is that of a CA", world.signed_with(&ca)?).fails(&[IS_CA]),
        Vector::new("no-policy", "the certificate states no policy", world.signed_with(&no_policy)?).fails(&[POLICY]),
        Vector::new(
            "unknown-critical-extension",
            "the certificate has a critical extension that nobody knows",
            world.signed_with(&unknown)?,
        )
        .fails(&[PATH]),
    ])
}

fn paths(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let params = world.params();
    let forged = world.lookalike.issue(&params, &world.prescriber.public)?;
    let params = world.params();
    let of_root = world.root.issue(&params, &world.prescriber.public)?;
    let right = world.signed_message()?;
    Ok(vec![
        Vector::new(
            "same-name-issuer",
            "issued by a CA with the name and key identifier of the signing CA, and another key",
            world.signed_with(&forged)?,
        )
        .fails(&[PATH]),
        Vector::new(
            "same-name-issuer-beside",
            "two CAs of one name are configured, and the second one issued the certificate",
            right.clone(),
        )
        .intermediates(&["lookalike-ca.pem", "signing-ca.pem"]),
        Vector::new("issued-by-the-root", "the anchor itself issued the certificate", world.signed_with(&of_root)?),
        Vector::new("no-intermediate", "the signing CA is not configured", right).intermediates(&[]).fails(&[PATH]),
    ])
}

fn keys(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let unsigned = world.unsigned()?;
    let payload = payload(&unsigned, Algorithm::Rs256)?;
    let params = world.params();
    let small = world.signing_ca.issue(&params, &world.small.public)?;
    let params = world.params();
    let three = world.signing_ca.issue(&params, &world.exponent_three.public)?;
    let params = world.params();
    let elliptic =
        world.signing_ca.issue(&params, &PublicKey::new(P_256_BASE_POINT.to_vec(), &PKCS_ECDSA_P256_SHA256))?;
    let params = world.params();
    let one = world.signing_ca.issue(&params, &exponent_one(&world.prescriber.modulus()))?;
    // Whoever raises to the power of one gets back what was written down here: nobody's key is needed.
    let nobodys = encoded(payload.as_bytes(), world.prescriber.modulus().len());
    Ok(vec![
        Vector::new("rsa-1024", "an RSA key of 1024 bits", sign(&unsigned, &world.small, &small)?).fails(&[KEY_SIZE]),
        Vector::new("exponent-3", "an RSA key with the exponent 3", sign(&unsigned, &world.exponent_three, &three)?)
            .fails(&[EXPONENT]),
        Vector::new(
            "exponent-1",
            "an RSA key with the exponent 1, under which everybody can sign",
            embed(&unsigned, &payload, &nobodys, &one)?,
        )
        .fails(&[EXPONENT]),
        Vector::new(
            "elliptic-curve-key",
            "a key on P-256 under the identifier of RSA",
            embed(&unsigned, &payload, &[1; 64], &elliptic)?,
        )
        .fails(&[KEY_TYPE]),
    ])
}

/// The base point of P-256 (SP 800-186), uncompressed: the public key of the private key 1.
const P_256_BASE_POINT: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03,
    0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe,
    0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce,
    0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
];

/// DER of `RSAPublicKey` with a 2048-bit modulus and the exponent 1.
fn exponent_one(modulus: &[u8]) -> PublicKey {
    let head = [0x30, 0x82, 0x01, 0x08, 0x02, 0x82, 0x01, 0x01, 0x00];
    PublicKey::new([head.as_slice(), modulus, &[0x02, 0x01, 0x01]].concat(), &PKCS_RSA_SHA256)
}

/// EMSA-PKCS1-v1_5 of the SHA-256 of a payload (RFC 8017 section 9.2).
fn encoded(payload: &[u8], length: usize) -> Vec<u8> {
    use sha2::Digest as _;
    let info = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    let hash = sha2::Sha256::digest(payload);
    let padding = vec![0xff; length.saturating_sub(3 + info.len() + hash.len())];
    [&[0x00, 0x01], padding.as_slice(), &[0x00], &info, &hash].concat()
}
