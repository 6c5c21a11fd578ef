//! The published signed prescriptions, with the CA certificates published beside them, under the test profile.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail and report like the tests themselves"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use eps_core::model::Timestamp;
use eps_core::signature::algorithm::{Algorithm, Digest};
use eps_core::signature::fragments::fragments;
use eps_core::signature::provider::{AwsLc, RustCrypto};
use eps_core::signature::report::{Check, Outcome};
use eps_core::signature::trust::TrustError;
use eps_core::signature::{Crls, Occasion, Policy, Provider, Report, TrustAnchors, Verifier, pem};
use eps_core::xml::{Document, Element, Limits};

const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto::new(), &AwsLc::new()];

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A CA certificate of the corpus, PEM or DER.
fn certificate(folder: &Path, name: &str) -> Vec<u8> {
    let bytes = read(&folder.join("certificates").join(name));
    match std::str::from_utf8(&bytes) {
        Ok(text) if pem::is_pem(&bytes) => pem::certificates(text).unwrap().remove(0),
        _ => bytes,
    }
}

/// The report on a signed prescription, the same from every provider.
fn report(folder: &Path, xml: &[u8], policy: &Policy) -> Report {
    let document = Document::parse(xml, &Limits::DEFAULT).unwrap_or_else(|problems| panic!("{problems}"));
    report_of(folder, document.root(), policy)
}

fn report_of(folder: &Path, prescription: Element<'_, '_>, policy: &Policy) -> Report {
    let anchors = ["NHS_INT_Level1D_Base64_pem.cer", "ca.pem", "revokedCa.pem"].map(|name| certificate(folder, name));
    let list = read(&folder.join("certificates/ca.crl"));
    let occasion = Occasion::receipt_unknown(Timestamp::parse_hl7("20240101120000").unwrap());
    let mut reports: Vec<Report> = PROVIDERS
        .into_iter()
        .map(|provider| {
            let trust = TrustAnchors::new(anchors.iter().map(Vec::as_slice), [], provider).unwrap();
            let lists = Crls::new([list.as_slice()], &trust, provider);
            let verifier = Verifier { provider, trust: &trust, lists: &lists, policy };
            match verifier.verify(prescription, occasion) {
                Ok(verified) => verified.report().clone(),
                Err(refused) => refused.report().clone(),
            }
        })
        .collect();
    reports.dedup();
    assert_eq!(reports.len(), 1, "the providers disagree");
    reports.remove(0)
}

fn reasons(report: &Report) -> Vec<&'static str> {
    report.reasons().into_iter().map(|reason| reason.as_str()).collect()
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.codes().into_iter().map(|code| code.as_str()).collect()
}

/// A file, the reasons of the published verifier, and ours where the two differ.
type Expected = (&'static str, &'static [&'static str], Option<&'static [&'static str]>);

const EXPECTED: [Expected; 6] = [
    ("ValidSignature.xml", &["Certificate not trusted"], None),
    ("SignatureAlgorithmSha256.xml", &["Signature doesn't match prescription", "Certificate not trusted"], None),
    ("SignatureIsInvalid.xml", &["Signature is invalid"], None),
    (
        "SignatureDoesNotMatchPrescription.xml",
        &["Signature is invalid", "Signature doesn't match prescription", "Certificate not trusted"],
        None,
    ),
    // The two mock prescriptions hold comments, which are not signed: here they are refused before anything else.
    (
        "SignatureCertCaNotOnArl.xml",
        &["Signature is invalid", "Certificate expired when signed"],
        Some(&["Invalid signature format"]),
    ),
    (
        "SignatureCertCaOnArl.xml",
        &["Signature is invalid", "Signature doesn't match prescription", "CA certificate is revoked"],
        Some(&["Invalid signature format"]),
    ),
];

#[test]
fn the_published_prescriptions_get_their_verdicts() {
    let Some(folder) = eps_tests::corpus() else { return };
    for (name, published, ours) in EXPECTED {
        let report = report(&folder, &read(&folder.join("signed").join(name)), &Policy::test_profile());
        assert_eq!(reasons(&report), ours.unwrap_or(published), "{name}\n{report}");
    }
    let files = eps_tests::files(&folder.join("signed"), &|name| name.ends_with(".xml"));
    assert_eq!(files.len(), EXPECTED.len(), "every published prescription is in the table");
}

/// The document without its comments.
fn without_comments(xml: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8(xml.to_vec()).unwrap();
    while let Some(start) = text.find("<!--") {
        let end = start + text[start..].find("-->").unwrap() + 3;
        text.replace_range(start..end, "");
    }
    text.into_bytes()
}

#[test]
fn without_their_comments_the_mock_prescriptions_fail_as_published_but_for_the_path() {
    let Some(folder) = eps_tests::corpus() else { return };
    let verdict = |name| {
        let xml = without_comments(&read(&folder.join("signed").join(name)));
        report(&folder, &xml, &Policy::test_profile())
    };
    // The mock CA was not in force either when the prescription claims to be signed, so that no path holds; the published
    // verifier looks at the signing certificate's dates only.
    let not_on_arl = verdict("SignatureCertCaNotOnArl.xml");
    assert_eq!(codes(&not_on_arl), ["SIGNATURE", "TIME_CERT", "CHAIN"], "{not_on_arl}");
    // The list names the serial number of the second mock CA, and was made by the first, which has the same name and
    // another key: it says nothing of the second. Both are anchors here, which no list can revoke.
    let on_arl = verdict("SignatureCertCaOnArl.xml");
    assert_eq!(codes(&on_arl), ["CONTENT", "SIGNATURE"], "{on_arl}");
}

#[test]
fn what_cannot_be_checked_offline_is_named() {
    let Some(folder) = eps_tests::corpus() else { return };
    let xml = read(&folder.join("signed/SignatureIsInvalid.xml"));
    let open = report(&folder, &xml, &Policy::test_profile());
    let why = |report: &Report, check| match &report.entry(check).unwrap().outcome {
        Outcome::NotChecked(why) => why.to_string(),
        other @ (Outcome::Passed | Outcome::Failed(_)) => panic!("{other:?}"),
    };
    assert_eq!(why(&open, Check::RevocationOfCertificate), "no revocation list of this issuer is at hand");
    let sub_ca = "the trust anchor is a sub-CA, whose own issuer is not configured";
    assert_eq!(why(&open, Check::RevocationOfCa), sub_ca);
    let mut closed = Policy::test_profile();
    closed.revocation_of_certificate = eps_core::signature::policy::Revocation::FailClosed;
    let closed = report(&folder, &xml, &closed);
    assert_eq!(codes(&closed), ["SIGNATURE", "REVOCATION_UNKNOWN"]);
}

#[test]
fn under_the_production_policy_a_lost_namespace_is_not_forgiven() {
    let Some(folder) = eps_tests::corpus() else { return };
    let xml = read(&folder.join("signed/ValidSignature.xml"));
    assert_eq!(codes(&report(&folder, &xml, &Policy::production())), ["STRUCTURE"]);
}

#[test]
fn a_certificate_of_version_1_is_no_ca() {
    let Some(folder) = eps_tests::corpus() else { return };
    for provider in PROVIDERS {
        let made = TrustAnchors::new([certificate(&folder, "subCA-dummy.crt").as_slice()], [], provider);
        assert!(matches!(made, Err(TrustError::Certificate { position: 0, .. })), "{made:?}");
    }
}

/// Every signed prescription that the corpus holds, wherever it stands: the digest is computed anew, and the providers
/// write the same report, entry by entry.
#[test]
fn every_signed_prescription_of_the_corpus_has_one_report_whoever_computes() {
    let Some(corpus) = eps_tests::corpus() else { return };
    let mut policy = Policy::test_profile();
    policy.max_line_items = 16;
    let mut totals: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for file in eps_tests::files(&corpus, &|name| name.ends_with(".xml")) {
        let xml = read(&file);
        let Ok(document) = Document::parse(&xml, &Limits::DEFAULT) else { continue };
        let folder = file.strip_prefix(&corpus).unwrap().components().next().unwrap();
        let is_signed = |it: &Element<'_, '_>| it.descendants().any(|inner| inner.name() == "Signature");
        let prescriptions = document.root().descendants().filter(|it| it.name() == "ParentPrescription");
        for prescription in prescriptions.filter(is_signed) {
            let report = report_of(&corpus, prescription, &policy);
            let [equal, other, refused] = totals.entry(folder.as_os_str().to_string_lossy().into_owned()).or_default();
            match (report.computed_digest(), report.signed_digest()) {
                (Some(computed), Some(signed)) if computed == signed => *equal += 1,
                (Some(_), Some(_)) => *other += 1,
                (None, _) | (_, None) => *refused += 1,
            }
        }
    }
    println!("folder: digest equal, digest differs, not hashed: {totals:?}");
    // One of the pack and the examples were changed after signing; some signatures are empty, two hold comments.
    let expected = [("dispenser-pack", [22, 1, 0]), ("nhs-examples", [0, 20, 5]), ("signed", [2, 2, 2])];
    assert!(totals.iter().map(|(folder, of)| (folder.as_str(), *of)).eq(expected), "{totals:?}");
}

/// One row of the index of every published signed prescription.
struct Row {
    file: String,
    number: usize,
    bytes: usize,
    sha256: String,
    digest: String,
    rsa: String,
}

fn index(folder: &Path) -> Vec<Row> {
    let text = String::from_utf8(read(&folder.join("signing/signature-index.tsv"))).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        Row {
            file: columns[1].to_owned(),
            number: columns[2].parse().unwrap(),
            bytes: columns[5].parse().unwrap(),
            sha256: columns[6].to_owned(),
            digest: columns[8].to_owned(),
            rsa: columns[9].to_owned(),
        }
    });
    rows.collect()
}

/// Where the corpus keeps a file of the index.
fn in_corpus(corpus: &Path, file: &str) -> Option<PathBuf> {
    let name = file.rsplit('/').next()?;
    let examples = file.strip_prefix("examples/").map(|rest| corpus.join("nhs-examples").join(rest));
    let signed = file.contains("/signed-prescriptions/").then(|| corpus.join("signed").join(name));
    let pack = file.starts_with("external_configuration/").then(|| corpus.join("dispenser-pack/responses").join(name));
    examples.into_iter().chain(signed).chain(pack).find(|path| path.is_file())
}

/// Whether the outcome of the two checks is the published one; a signature that is not there fails the structure.
fn agrees(row: &Row, prescription: Element<'_, '_>, policy: &Policy) -> bool {
    let (trust, lists) = (TrustAnchors::default(), Crls::none());
    let occasion = Occasion::receipt_unknown(Timestamp::parse_hl7("20240101120000").unwrap());
    let [one, other] = PROVIDERS.map(|provider| {
        Verifier { provider, trust: &trust, lists: &lists, policy }.verify(prescription, occasion).unwrap_err()
    });
    assert_eq!(one, other, "the providers disagree");
    let codes = codes(one.report());
    let has = |code| codes.contains(&code);
    match row.rsa.as_str() {
        "valid" | "invalid" => {
            has("SIGNATURE") == (row.rsa == "invalid") && has("CONTENT") == (row.digest == "differs") && has("CHAIN")
        }
        _ => has("FORMAT") || has("CERT_PARSE"),
    }
}

#[test]
fn every_published_prescription_has_the_published_digest_and_outcome() {
    let (Some(corpus), Some(vectors)) = (eps_tests::corpus(), eps_tests::vectors()) else { return };
    let mut policy = Policy::test_profile();
    policy.max_line_items = 16;
    let (mut equal, mut refused, mut absent) = (0, Vec::new(), 0);
    for row in index(&vectors) {
        let Some(path) = in_corpus(&corpus, &row.file) else {
            absent += 1;
            continue;
        };
        let xml = read(&path);
        let document = Document::parse(&xml, &Limits::DEFAULT).unwrap_or_else(|problems| panic!("{problems}"));
        let mut all = document.root().descendants().filter(|element| element.name() == "ParentPrescription");
        let prescription = all.nth(row.number).unwrap_or_else(|| panic!("{}: too few prescriptions", row.file));
        match fragments(prescription, &policy) {
            Err(_) => refused.push(row.file),
            Ok(bytes) => {
                let digest = Digest::of(&bytes, Algorithm::Rs256, &RustCrypto::new());
                let hex: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!((bytes.len(), &hex), (row.bytes, &row.sha256), "{}", row.file);
                assert!(agrees(&row, prescription, &policy), "{}", row.file);
                equal += 1;
            }
        }
    }
    eprintln!("{equal} prescriptions agree, {absent} of the index are not in the corpus");
    // These two hold comments.
    let names: Vec<_> = refused.iter().filter_map(|file| file.rsplit('/').next()).collect();
    assert_eq!(names, ["SignatureCertCaNotOnArl.xml", "SignatureCertCaOnArl.xml"]);
    assert!(equal >= 54, "{equal}");
}
