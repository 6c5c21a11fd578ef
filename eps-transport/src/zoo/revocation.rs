//! Vectors about revocation: each reason before and after signing, for the prescriber's certificate and for its CA.

use rcgen::{RevocationReason, RevokedCertParams, SerialNumber};
use time::{Duration, OffsetDateTime};

use super::ZooError;
use super::vector::{Fail, Vector};
use super::world::World;
use crate::pki::authority::Authority;
use crate::pki::profile::Period;

const REVOKED: Fail = ("revocation-of-certificate", "signature.certificate.revoked");
const UNKNOWN: Fail = ("revocation-of-certificate", "signature.revocation.unknown");
const CA_REVOKED: Fail = ("revocation-of-ca", "signature.ca.revoked");
const CA_UNKNOWN: Fail = ("revocation-of-ca", "signature.revocation.unknown");

const DAY: Duration = Duration::days(1);
/// The serial number of the signing CA's certificate.
const SIGNING_CA_SERIAL: u64 = 2;

/// Which verdict a reason gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Not from before the revocation.
    FromThenOn,
    /// Whenever it was signed: the key is in doubt.
    Always,
    /// A full list must not say so.
    Unknown,
}

/// Each reason of RFC 5280 section 5.3.1 with its verdict.
const REASONS: [(&str, Option<RevocationReason>, Verdict); 11] = [
    ("no-reason", None, Verdict::FromThenOn),
    ("unspecified", Some(RevocationReason::Unspecified), Verdict::FromThenOn),
    ("key-compromise", Some(RevocationReason::KeyCompromise), Verdict::Always),
    ("ca-compromise", Some(RevocationReason::CaCompromise), Verdict::Always),
    ("affiliation-changed", Some(RevocationReason::AffiliationChanged), Verdict::FromThenOn),
    ("superseded", Some(RevocationReason::Superseded), Verdict::FromThenOn),
    ("cessation-of-operation", Some(RevocationReason::CessationOfOperation), Verdict::FromThenOn),
    ("certificate-hold", Some(RevocationReason::CertificateHold), Verdict::FromThenOn),
    ("remove-from-crl", Some(RevocationReason::RemoveFromCrl), Verdict::Unknown),
    ("privilege-withdrawn", Some(RevocationReason::PrivilegeWithdrawn), Verdict::FromThenOn),
    ("aa-compromise", Some(RevocationReason::AaCompromise), Verdict::Always),
];

pub(super) fn vectors(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let (mut vectors, entries) = of_certificates(world)?;
    let fresh = (world.now - DAY, world.now + DAY * 6);
    let list = world.signing_ca.list(fresh, 1, entries)?;
    world.keep_list("signing-ca.crl", &list);
    vectors.extend(of_lists(world, fresh)?);
    vectors.extend(of_cas(world, fresh)?);
    Ok(vectors)
}

fn entry(serial: SerialNumber, at: OffsetDateTime, reason: Option<RevocationReason>) -> RevokedCertParams {
    RevokedCertParams { serial_number: serial, revocation_time: at, reason_code: reason, invalidity_date: None }
}

/// A vector for each reason and time, and the entries of the one list that has them all.
fn of_certificates(world: &mut World) -> Result<(Vec<Vector>, Vec<RevokedCertParams>), ZooError> {
    let (mut vectors, mut entries) = (Vec::new(), Vec::new());
    let signed = world.signed_at();
    let mut add = |world: &mut World, name: String, about: String, mut entry: RevokedCertParams, fails: &[Fail]| {
        let params = world.params();
        let certificate = world.signing_ca.issue(&params, &world.prescriber.public)?;
        entry.serial_number = params.serial_number.unwrap_or(entry.serial_number);
        vectors.push(Vector::new(name, about, world.signed_with(&certificate)?).fails(fails));
        entries.push(entry);
        Ok::<(), ZooError>(())
    };
    let any = || SerialNumber::from(0);
    for (name, reason, verdict) in REASONS {
        for (when, at) in [("before", signed + DAY), ("after", signed - DAY)] {
            let fails: &[Fail] = match verdict {
                Verdict::Always => &[REVOKED],
                Verdict::FromThenOn if when == "after" => &[REVOKED],
                Verdict::FromThenOn => &[],
                Verdict::Unknown => &[UNKNOWN],
            };
            let about = format!("signed a day {when} the certificate was revoked: {name}");
            add(world, format!("revoked-{name}-signed-{when}"), about, entry(any(), at, reason), fails)?;
        }
    }
    let superseded = Some(RevocationReason::Superseded);
    let at_signing = entry(any(), signed, superseded);
    let about = "revoked in the second of signing, which counts as before it";
    add(world, "revoked-at-signing".into(), about.into(), at_signing, &[REVOKED])?;
    let mut invalid = entry(any(), signed + DAY, superseded);
    invalid.invalidity_date = Some(signed - DAY);
    let about = "revoked a day after signing, and known to have been invalid a day before";
    add(world, "revoked-invalid-earlier".into(), about.into(), invalid, &[REVOKED])?;
    Ok((vectors, entries))
}

/// Lists that cannot be used.
fn of_lists(world: &mut World, fresh: Period) -> Result<Vec<Vector>, ZooError> {
    let stale = world.signing_ca.list((world.now - DAY * 8, world.now - DAY), 2, Vec::new())?;
    let future = world.signing_ca.list((world.now + DAY, world.now + DAY * 8), 3, Vec::new())?;
    let forged = world.lookalike.list(fresh, 4, Vec::new())?;
    world.keep_list("signing-ca-stale.crl", &stale);
    world.keep_list("signing-ca-future.crl", &future);
    world.keep_list("signing-ca-forged.crl", &forged);
    let right = world.signed_message()?;
    let with = |name: &str, about: &str, list| Vector::new(name, about, right.clone()).crl(list).fails(&[UNKNOWN]);
    Ok(vec![
        with("no-crl", "there is no revocation list of the signing CA", None),
        with("crl-stale", "the list of the signing CA is out of date", Some("signing-ca-stale.crl")),
        with("crl-from-the-future", "the list of the signing CA is not yet valid", Some("signing-ca-future.crl")),
        with("crl-forged", "the list of the signing CA was signed with another key", Some("signing-ca-forged.crl")),
    ])
}

/// The signing CA on the list of the root, which is the ARL.
fn of_cas(world: &mut World, fresh: Period) -> Result<Vec<Vector>, ZooError> {
    let signed = world.signed_at();
    let empty = world.root.list(fresh, 1, Vec::new())?;
    world.keep_list("root.crl", &empty);
    let right = world.signed_message()?;
    let mut vectors = vec![
        Vector::new("no-arl", "there is no revocation list of the root", right.clone()).arl(None).fails(&[CA_UNKNOWN]),
    ];
    let superseded = RevocationReason::Superseded;
    let cases: [(&str, &'static str, _, _, &[Fail]); 4] = [
        ("before", "root-superseded-later.crl", signed + DAY, superseded, &[]),
        ("after", "root-superseded.crl", signed - DAY, superseded, &[CA_REVOKED]),
        ("before", "root-compromised-later.crl", signed + DAY, RevocationReason::CaCompromise, &[CA_REVOKED]),
        ("after", "root-compromised.crl", signed - DAY, RevocationReason::CaCompromise, &[CA_REVOKED]),
    ];
    for (when, file, at, reason, fails) in cases {
        let list = arl(&world.root, fresh, entry(SerialNumber::from(SIGNING_CA_SERIAL), at, Some(reason)))?;
        world.keep_list(file, &list);
        let name = if reason == superseded { "superseded" } else { "ca-compromise" };
        let about = format!("signed a day {when} the signing CA was revoked: {name}");
        let vector = Vector::new(format!("ca-on-arl-{name}-signed-{when}"), about, right.clone());
        vectors.push(vector.arl(Some(file)).fails(fails));
    }
    Ok(vectors)
}

fn arl(root: &Authority, fresh: Period, entry: RevokedCertParams) -> Result<Vec<u8>, ZooError> {
    Ok(root.list(fresh, 2, vec![entry])?)
}
