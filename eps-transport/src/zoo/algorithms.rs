//! Vectors about algorithms and the form of `SignedInfo`. Each is signed over what it says.

use eps_core::model::Timestamp;
use eps_core::signature::algorithm::Algorithm;
use time::macros::datetime;

use super::ZooError;
use super::vector::{Fail, Vector};
use super::world::{Key, World, between, embed, payload, replace};

const ALGORITHM: Fail = ("algorithms", "signature.algorithm");
const MIXED: Fail = ("algorithms", "signature.algorithm.mixed");
const SHA_1: Fail = ("algorithms", "signature.algorithm.sha1");
const FORM: Fail = ("algorithms", "signature.signed-info");
const VALUE: Fail = ("signature-value", "signature.value");

const XMLDSIG: &str = " xmlns=\"http://www.w3.org/2000/09/xmldsig#\"";
const RSA_SHA_256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA_256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const REFERENCE: &str = "<Reference>";

pub(super) fn vectors(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    Ok([sha_1(world)?, identifiers(world)?, forms(world)?, values(world)?].concat())
}

fn sha_1(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let certificate = world.certificate()?;
    let sign = |world: &World, message: &str, certificate: &[u8]| {
        let payload = payload(message, Algorithm::Rs1)?;
        embed(message, &payload, &world.prescriber.sign_sha1(payload.as_bytes())?, certificate)
    };
    // SHA-1 ended on 4 July 2025; issues of what was signed before are released long after.
    let last_day = datetime!(2025-07-03 12:00 UTC);
    let old = world.certificate_that(|params, _| {
        params.not_before = datetime!(2025-01-01 00:00 UTC);
        params.custom_extensions = vec![crate::pki::profile::policies()];
    })?;
    let unsigned = world.unsigned_at(Timestamp::from_unix(last_day.unix_timestamp()))?;
    Ok(vec![
        Vector::new("sha-1", "RSA with SHA-1, since it ended", sign(world, &world.unsigned()?, &certificate)?)
            .fails(&[SHA_1]),
        Vector::new("sha-1-before-its-end", "RSA with SHA-1, signed on 3 July 2025", sign(world, &unsigned, &old)?),
    ])
}

/// A message whose `SignedInfo` was changed before it was signed.
fn changed(world: &mut World, change: impl FnOnce(&str) -> Result<String, ZooError>) -> Result<String, ZooError> {
    let certificate = world.certificate()?;
    let unsigned = world.unsigned()?;
    let payload = payload(&unsigned, Algorithm::Rs256)?;
    let text = String::from_utf8_lossy(payload.as_bytes()).into_owned();
    let differs = change(&text)?;
    let message = embed(&unsigned, &payload, &world.prescriber.sign(differs.as_bytes())?, &certificate)?;
    replace(&message, &text.replacen(XMLDSIG, "", 1), &differs.replacen(XMLDSIG, "", 1))
}

fn identifiers(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let cases = [
        ("unknown-signature-method", "a signature method that nobody knows", RSA_SHA_256, "urn:example:rsa-sha256"),
        (
            "rsa-sha512",
            "a signature method that prescriptions do not use",
            RSA_SHA_256,
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        ),
        (
            "ecdsa-sha256",
            "a signature method for another kind of key",
            RSA_SHA_256,
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        ),
        (
            "hmac-sha256",
            "a signature method without a private key",
            RSA_SHA_256,
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        ),
        ("unknown-digest-method", "a digest method that nobody knows", SHA_256, "urn:example:sha256"),
        (
            "inclusive-canonicalisation",
            "inclusive canonicalisation",
            EXCLUSIVE,
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        ),
    ];
    let mixed = [
        (
            "mixed-hashes",
            "RSA with SHA-1 over a digest with SHA-256",
            RSA_SHA_256,
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        ),
        (
            "downgraded-digest",
            "a digest with SHA-1 under RSA with SHA-256",
            SHA_256,
            "http://www.w3.org/2000/09/xmldsig#sha1",
        ),
    ];
    let all = cases.map(|case| (case, ALGORITHM)).into_iter().chain(mixed.map(|case| (case, MIXED)));
    all.map(|((name, about, from, to), fail)| {
        let message = changed(world, |text| replace(text, from, to))?;
        Ok(Vector::new(name, about, message).fails(&[fail]))
    })
    .collect()
}

fn forms(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let with_uri = changed(world, |text| replace(text, REFERENCE, "<Reference URI=\"\">"))?;
    let twice = changed(world, |text| {
        let reference = between(text, REFERENCE, "</Reference>")?;
        replace(text, reference, &format!("{reference}{reference}"))
    })?;
    let reordered = changed(world, |text| {
        let method = between(text, "<SignatureMethod", "</SignatureMethod>")?;
        let without = replace(text, method, "")?;
        replace(&without, "</SignedInfo>", &format!("{method}</SignedInfo>"))
    })?;
    let two_transforms = changed(world, |text| {
        let transform = between(text, "<Transform ", "</Transform>")?;
        replace(text, transform, &format!("{transform}{transform}"))
    })?;
    let spaced = changed(world, |text| replace(text, "<DigestValue>", "<DigestValue> "))?;
    let all = [
        ("reference-with-uri", "Reference has a URI", with_uri),
        ("two-references", "there are two References", twice),
        ("reordered-signed-info", "the children of SignedInfo are in another order", reordered),
        ("two-transforms", "there are two Transforms", two_transforms),
        ("white-space-in-digest-value", "there is a blank before the digest", spaced),
    ];
    Ok(all.into_iter().map(|(name, about, message)| Vector::new(name, about, message).fails(&[FORM])).collect())
}

/// Signature values that do not verify.
fn values(world: &mut World) -> Result<Vec<Vector>, ZooError> {
    let certificate = world.certificate()?;
    let unsigned = world.unsigned()?;
    let payload = payload(&unsigned, Algorithm::Rs256)?;
    let right = world.prescriber.sign(payload.as_bytes())?;
    let mut flipped = right.clone();
    flipped.iter_mut().take(1).for_each(|byte| *byte ^= 1);
    let shorter = right.get(..right.len() - 1).unwrap_or_default().to_vec();
    let of = |key: &Key| key.sign(payload.as_bytes());
    let all = [
        ("flipped-bit", "one bit of the signature is another", flipped),
        ("signature-by-another-key", "the signature was made with another key", of(&world.other)?),
        ("truncated-signature-value", "the last byte of the signature is missing", shorter),
        ("longer-signature-value", "there is a byte more before the signature", [&[0], right.as_slice()].concat()),
        ("zero-signature-value", "the signature is zero", vec![0; right.len()]),
    ];
    all.into_iter()
        .map(|(name, about, value)| {
            Ok(Vector::new(name, about, embed(&unsigned, &payload, &value, &certificate)?).fails(&[VALUE]))
        })
        .collect()
}
