//! The signature zoo: the same again from a seed, and each vector with just the report that is written beside it, from
//! the library under both providers and from the command.

#![cfg(test)]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use eps_core::model::Timestamp;
use eps_core::signature::provider::{AwsLc, RustCrypto};
use eps_core::signature::{
    Code, Crls, Occasion, Policy, Provider, Refused, Report, TrustAnchors, Verified, Verifier, pem,
};
use eps_core::xml::{Document, Element, Limits};
use eps_transport::zoo::{SEED, Zoo};
use serde_json::Value;

const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto::new(), &AwsLc::new()];

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302094000").unwrap()
}

fn zoo() -> &'static Zoo {
    static ZOO: OnceLock<Zoo> = OnceLock::new();
    ZOO.get_or_init(|| Zoo::generate(now(), SEED).unwrap())
}

/// The zoo as files, for as long as the test runs.
fn written() -> (tempfile::TempDir, Vec<Expected>) {
    let folder = tempfile::tempdir().unwrap();
    zoo().write(folder.path()).unwrap();
    let expected = eps_tests::files(folder.path(), &|name| name.ends_with(".json"));
    let expected: Vec<_> = expected.iter().map(|path| Expected::read(path)).collect();
    assert_eq!(expected.len(), zoo().vectors().len());
    (folder, expected)
}

/// What a `NAME.json` says.
struct Expected {
    name: String,
    message: PathBuf,
    files: [Vec<PathBuf>; 3],
    accepted: bool,
    failures: BTreeSet<(String, String)>,
}

impl Expected {
    fn read(path: &Path) -> Self {
        let json: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let trust = path.parent().unwrap().join("trust");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let files = ["trust", "intermediates", "lists"]
            .map(|role| json[role].as_array().unwrap().iter().map(|file| trust.join(text(file))).collect());
        let failure = |failure: &Value| (text(&failure["check"]), text(&failure["rule"]));
        let failures: BTreeSet<_> = json["failures"].as_array().unwrap().iter().map(failure).collect();
        let accepted = json["verdict"] == "accepted";
        assert_eq!(accepted, failures.is_empty(), "{}", path.display());
        assert_eq!((&json["policy"], &json["now"]), (&"production".into(), &"2026-03-02T09:40:00+00:00".into()));
        Self { name: text(&json["name"]), message: path.with_extension("xml"), files, accepted, failures }
    }
}

/// The checks that failed, with their rules; each once.
fn failures(report: &Value) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for check in report["checks"].as_array().unwrap() {
        for failure in check["failures"].as_array().into_iter().flatten() {
            found.insert((check["check"].as_str().unwrap().to_owned(), failure["rule"].as_str().unwrap().to_owned()));
        }
    }
    found
}

fn reading(rule: &str) -> BTreeSet<(String, String)> {
    BTreeSet::from([("reading".to_owned(), rule.to_owned())])
}

fn ders(paths: &[PathBuf], read: fn(&str) -> Result<Vec<Vec<u8>>, pem::PemError>) -> Vec<Vec<u8>> {
    paths.iter().flat_map(|path| read(&std::fs::read_to_string(path).unwrap()).unwrap()).collect()
}

/// The verdict with its whole report, or the rules by which the message cannot be read.
type Found = Result<Result<Verified, Refused>, Vec<&'static str>>;

/// Runs with a verifier for this vector.
fn with_verifier<T>(expected: &Expected, provider: &dyn Provider, run: impl FnOnce(&Verifier<'_>) -> T) -> T {
    let [roots, intermediates, lists] = &expected.files;
    let (roots, intermediates) = (ders(roots, pem::certificates), ders(intermediates, pem::certificates));
    let trust =
        TrustAnchors::new(roots.iter().map(Vec::as_slice), intermediates.iter().map(Vec::as_slice), provider).unwrap();
    let lists = Crls::new(ders(lists, pem::revocation_lists).iter().map(Vec::as_slice), &trust, provider);
    let policy = Policy::production();
    run(&Verifier { provider, trust: &trust, lists: &lists, policy: &policy })
}

fn of_library(expected: &Expected, provider: &dyn Provider) -> Found {
    let bytes = std::fs::read(&expected.message).unwrap();
    let document = Document::parse(&bytes, &Limits::DEFAULT)
        .map_err(|problems| problems.iter().map(|problem| problem.rule.id).collect::<Vec<_>>())?;
    Ok(with_verifier(expected, provider, |it| it.verify(document.root(), Occasion::receipt_unknown(now()))))
}

fn report(verdict: &Result<Verified, Refused>) -> &Report {
    match verdict {
        Ok(verified) => verified.report(),
        Err(refused) => refused.report(),
    }
}

fn told(found: &Found) -> (bool, BTreeSet<(String, String)>) {
    match found {
        Ok(verdict) => (verdict.is_ok(), failures(&serde_json::to_value(report(verdict)).unwrap())),
        Err(rules) => (false, rules.iter().flat_map(|rule| reading(rule)).collect()),
    }
}

/// The command that verifies a vector.
fn command(expected: &Expected) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = ["verify", "--now", "2026-03-02T09:40:00Z"].map(OsString::from).to_vec();
    arguments.push(expected.message.clone().into());
    for (option, files) in ["--trust", "--intermediate", "--crl"].into_iter().zip(&expected.files) {
        arguments.extend(files.iter().flat_map(|file| [option.into(), file.clone().into()]));
    }
    arguments
}

fn run(expected: &Expected, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eps")).args(command(expected)).arg("--json").args(more).output().unwrap()
}

fn of_command(expected: &Expected) -> (bool, BTreeSet<(String, String)>) {
    let output = run(expected, &[]);
    let json: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{}: {error}", expected.name));
    let found = match json["resourceType"].as_str() {
        Some("OperationOutcome") => {
            let issues = json["issue"].as_array().unwrap();
            issues.iter().flat_map(|issue| reading(issue["extension"][0]["valueCode"].as_str().unwrap())).collect()
        }
        // Of a message with several prescriptions each is reported.
        _ => match json["prescriptions"].as_array() {
            Some(all) => all.iter().flat_map(|one| failures(&one["report"])).collect(),
            None => failures(&json["report"]),
        },
    };
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {:?}", expected.name, output.status);
    (output.status.success(), found)
}

#[test]
fn every_vector_gets_the_report_that_is_written_beside_it_and_both_providers_the_same() {
    let (_folder, all) = written();
    let mut wrong = Vec::new();
    let mut reports = 0;
    for expected in &all {
        let right = (expected.accepted, expected.failures.clone());
        let [one, other] = PROVIDERS.map(|provider| of_library(expected, provider));
        // Not the verdicts alone: every entry, time, digest, certificate and list of the two reports.
        assert!(one == other, "{}: the providers disagree: {one:?} {other:?}", expected.name);
        let found = told(&one);
        if found != right {
            wrong.push(format!("{}: {found:?}, expected {right:?}", expected.name));
        }
        reports += usize::from(one.is_ok());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} vectors as expected, {reports} of them with a report, by both providers alike", all.len());
}

/// The vector is about reading and verifying the same prescription: the one that was moved would verify.
#[test]
fn the_original_that_was_moved_is_not_taken_for_the_prescription() {
    let (_folder, all) = written();
    let expected = all.iter().find(|expected| expected.name == "wrapped-original-elsewhere").unwrap();
    let bytes = std::fs::read(&expected.message).unwrap();
    let document = Document::parse(&bytes, &Limits::DEFAULT).unwrap();
    let named = |element: &Element<'_, '_>| element.name() == "ParentPrescription";
    let prescriptions: Vec<_> = document.root().descendants().filter(named).collect();
    let [changed, original] = prescriptions[..] else { panic!("{prescriptions:?}") };
    for provider in PROVIDERS {
        with_verifier(expected, provider, |verifier| {
            let verify = |element| verifier.verify(element, Occasion::receipt_unknown(now()));
            assert!(verify(original).is_ok());
            assert_eq!(verify(document.root()), verify(changed));
            assert_eq!(report(&verify(changed)).codes(), [Code::Content]);
        });
    }
}

#[test]
fn the_command_says_the_same() {
    let (_folder, all) = written();
    for expected in &all {
        assert_eq!(of_command(expected), (expected.accepted, expected.failures.clone()), "{}", expected.name);
    }
}

#[test]
fn each_rule_of_the_command_can_be_set_and_the_report_says_that_it_was() {
    let (_folder, all) = written();
    let found = |name: &str, more: &[&str]| {
        let output = run(all.iter().find(|expected| expected.name == name).unwrap(), more);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let report = &json["report"];
        let codes: Vec<_> = report["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        (codes.join(" "), report["policy"].as_str().unwrap().to_owned())
    };
    let cases: [(&str, &[&str], &str); 11] = [
        ("sha-1", &["--sha1-until", "2027-01-01T00:00:00Z"], ""),
        ("sha-1-before-its-end", &["--sha1-until", "2025-01-01T00:00:00Z"], "ALG_SHA1"),
        ("rsa-1024", &["--min-key-bits", "1024"], ""),
        ("right", &["--min-key-bits", "3072"], "CHAIN KEY_SIZE"),
        ("right", &["--accept-policy", "1.2.826.0.1.2"], "POLICY"),
        ("right", &["--accept-policy", "1.2.3", "--accept-policy", "1.2.826.0.1275.102.0.3.2.0"], ""),
        ("no-crl", &["--fail-open", "certificate"], ""),
        ("no-crl", &["--fail-open", "ca"], "REVOCATION_UNKNOWN"),
        ("no-arl", &["--fail-open", "both"], ""),
        ("signed-in-the-future", &["--clock-skew", "3600"], ""),
        ("signed-within-the-skew", &["--clock-skew", "59"], "TIME_FUTURE"),
    ];
    for (name, more, codes) in cases {
        assert_eq!(found(name, more), (codes.to_owned(), "production, changed".to_owned()), "{name} {more:?}");
    }
    assert_eq!(found("no-policy", &["--policy", "test"]).1, "test profile");
    assert_eq!(run(&all[0], &["--min-key-bits", "512"]).status.code(), Some(2));
}

/// `script` gives the command a terminal; the colours are those of the first words.
#[test]
fn a_report_is_coloured_on_a_terminal_only_and_shows_no_value() {
    let (_folder, all) = written();
    let expected = all.iter().find(|expected| expected.name == "text-changed").unwrap();
    let right = expected.message.with_file_name("right.xml");
    let quoted = |argument: OsString| format!("'{}'", argument.to_str().unwrap());
    let mut line: Vec<_> = command(expected).into_iter().map(quoted).collect();
    line.insert(0, quoted(env!("CARGO_BIN_EXE_eps").into()));
    line.extend(["--against".to_owned(), quoted(right.into())]);
    let on_terminal = |variables: &str| {
        let command = format!("{variables} {}", line.join(" "));
        let output = Command::new("script").args(["-qec", &command, "/dev/null"]).output();
        output.map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let Ok(coloured) = on_terminal("NO_COLOR=") else {
        return eps_tests::skip("no script (apt-get install bsdutils)");
    };
    let (green, red, yellow) = ("\x1b[32m", "\x1b[31m", "\x1b[33m");
    assert!(coloured.contains(&format!("{green}passed       structure")), "{coloured}");
    assert!(coloured.contains(&format!("{red}FAILED       digest: CONTENT")), "{coloured}");
    assert!(coloured.contains(&format!("{red}differs: ")) && coloured.contains(&format!("{yellow}not checked")));
    let plain = on_terminal("NO_COLOR=1").unwrap();
    assert!(plain.contains("FAILED       digest: CONTENT") && !plain.contains('\x1b'), "{plain}");
    for text in [coloured, plain] {
        assert!(text.contains("pertinentDosageInstructions") && !text.contains("three times a day"), "{text}");
    }
}

#[test]
fn a_seed_gives_the_same_vectors_again_and_another_seed_others() {
    let again = Zoo::generate(now(), SEED).unwrap();
    let files = |zoo: &Zoo| {
        let folder = tempfile::tempdir().unwrap();
        zoo.write(folder.path()).unwrap();
        let all = eps_tests::files(folder.path(), &|_| true);
        all.iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(files(zoo()), files(&again));
    let other = Zoo::generate(now(), SEED + 1).unwrap();
    assert_ne!(zoo().vectors()[0].message(), other.vectors()[0].message());
}

#[test]
fn the_zoo_holds_every_kind_that_it_should() {
    let names: BTreeSet<_> = zoo().vectors().iter().map(|vector| vector.name()).collect();
    for name in [
        "right",
        "expired",
        "not-yet-valid",
        "revoked-key-compromise-signed-before",
        "revoked-superseded-signed-after",
        "ca-on-arl-superseded-signed-after",
        "same-name-issuer",
        "two-certificates",
        "sha-1",
        "unknown-signature-method",
        "wrapped-second-prescription",
        "duplicate-prescription-id",
        "duplicate-id-attributes",
        "white-space-in-text",
        "truncated",
        "huge-prescription",
        "deep",
    ] {
        assert!(names.contains(name), "{name}");
    }
    assert!(names.len() > 100, "{}", names.len());
}
