//! `eps convert` and `eps prepare` give what the NHS converter gave, for every published pair.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::Command;

use eps_core::model::Message;
use eps_tests::{canonical, corpus, files, first_difference};
use serde_json::Value;

/// The command under test.
const EPS: &str = env!("CARGO_BIN_EXE_eps");

/// Every request of the corpus with its published answer, found by name in the same folder.
fn pairs(request: &str, answer: &str, extension: &str) -> Vec<(PathBuf, PathBuf)> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let requests = files(&corpus.join("nhs-examples"), &|name| name.contains(request) && name.ends_with(".json"));
    let pairs: Vec<_> = requests
        .into_iter()
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.replace(request, answer).replace(".json", extension);
            Some((path.with_file_name(name), path)).filter(|(answer, _)| answer.is_file())
        })
        .map(|(answer, request)| (request, answer))
        .collect();
    assert!(!pairs.is_empty(), "the corpus has no {request} with an answer");
    pairs
}

fn run(verb: &str, file: &Path, options: &[&str]) -> (bool, Vec<u8>) {
    let output = Command::new(EPS).arg(verb).arg(file).args(options).output().unwrap();
    (output.status.success(), output.stdout)
}

/// The kinds of request with a published conversion: how the request and its conversion are named.
const KINDS: [(&str, &str); 8] = [
    ("Process-Request-Send", "Convert-Response-Send"),
    ("Process-Request-Cancel", "Convert-Response-Cancel"),
    ("Process-Request-Dispense-", "Convert-Response-Dispense-"),
    ("Process-Request-DispenseAmend", "Convert-Response-DispenseAmend"),
    ("Claim-Request", "Convert-Response-Claim"),
    ("Task-Request-Release", "Convert-Response-Release"),
    ("Task-Request-Return", "Convert-Response-Return"),
    ("Task-Request-Withdraw", "Convert-Response-Withdraw"),
];

/// Conversions of another version of their request: each names a line item that its request does not.
const STALE: [&str; 2] = ["concurrent-dosage-instructions/1-", "consecutive-dosage-instructions/1-"];
/// That line item.
const STALE_ITEM: &str = "A54219B8-F741-4C47-B662-E4F8DFA49AB6";

fn is_stale(request: &Path, answer: &Path) -> bool {
    let holds = |path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).to_uppercase().contains(STALE_ITEM);
    let name = answer.to_string_lossy().replace('\\', "/");
    STALE.iter().any(|stale| name.contains(&format!("{stale}Convert-Response-Dispense")))
        && holds(answer)
        && !holds(request)
}

/// A message with the random ids of another: a release request brings none of its own.
fn with_ids_of(published: &[u8], message: &[u8]) -> Vec<u8> {
    let ids = |bytes: &[u8]| {
        let envelope = eps_core::hl7v3::read(bytes).unwrap();
        let Message::ReleaseRequest(request) = &envelope.message else { return None };
        Some([envelope.id, request.id])
    };
    let (Some(theirs), Some(ours)) = (ids(published), ids(message)) else { return message.to_vec() };
    let text = String::from_utf8(message.to_vec()).unwrap();
    let text =
        ours.iter().zip(theirs).fold(text, |text, (ours, theirs)| text.replace(&ours.to_string(), &theirs.to_string()));
    text.into_bytes()
}

#[test]
fn every_published_request_converts_as_the_nhs_converter_did() {
    const OPTIONS: &[&str] = &[
        "--now=2022-02-01T00:00:00Z",
        "--from-asid=200000001285",
        "--to-asid=567456789789",
        "--sds-user=555254239107",
        "--sds-role-profile=555254240100",
    ];
    let mut wrong = Vec::new();
    for (request, answer) in KINDS {
        let (mut same, mut stale) = (0, 0);
        let pairs = pairs(request, answer, ".xml");
        for (request, answer) in &pairs {
            if is_stale(request, answer) {
                stale += 1;
                continue;
            }
            let (done, message) = run("convert", request, OPTIONS);
            if !done {
                wrong.push(format!("{}: {}", request.display(), String::from_utf8_lossy(&message)));
                continue;
            }
            let published = std::fs::read(answer).unwrap();
            match first_difference(&canonical(&published), &canonical(&with_ids_of(&published, &message))) {
                Some(difference) => wrong.push(format!("{}: {difference}", request.display())),
                None => same += 1,
            }
        }
        println!("{same} of {} {request} convert as published, {stale} published conversions are stale", pairs.len());
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// Published answers that are wrong, each with the reason.
const WRONG_ANSWERS: &[(&str, &str)] = &[
    (
        "Prepare-Response-Multiple-Dosages",
        "a placeholder: its digest is that of another published request, spec/prepare/eRD-primary-example-res.json",
    ),
    (
        "controlled-drugs/2-Prepare-Response",
        "older than the converter: an unknown GP practice was written as a null flavour then, and is V81999 today",
    ),
];

/// What an OperationOutcome says, issue by issue, without the places that ours adds.
fn told(outcome: &Value) -> Vec<[Value; 3]> {
    let issues = outcome["issue"].as_array().cloned().unwrap_or_default();
    issues.into_iter().map(|issue| ["severity", "code", "details"].map(|field| issue[field].clone())).collect()
}

#[test]
fn every_published_prepare_request_gives_the_published_digest() {
    let pairs = pairs("Prepare-Request", "Prepare-Response", ".json");
    let mut wrong = Vec::new();
    let mut excused = 0;
    for (request, answer) in &pairs {
        let published: Value = serde_json::from_slice(&std::fs::read(answer).unwrap()).unwrap();
        if published["resourceType"] == "OperationOutcome" {
            let (done, answered) = run("prepare", request, &[]);
            let answered: Value = serde_json::from_slice(&answered).unwrap();
            if done || told(&answered) != told(&published) {
                wrong.push(format!("{}: {answered:#}", request.display()));
            }
            continue;
        }
        let parameter = |at: usize| published["parameter"][at]["valueString"].as_str().unwrap_or_default().to_owned();
        let now = format!("--now={}", parameter(1));
        let mut options = vec![now.as_str()];
        if parameter(2) == "RS1" {
            options.push("--legacy-sha1");
        }
        let (done, answered) = run("prepare", request, &options);
        let same = done && serde_json::from_slice::<Value>(&answered).unwrap()["parameter"] == published["parameter"];
        let known = WRONG_ANSWERS.iter().find(|(name, _)| answer.to_string_lossy().contains(name));
        match (same, known) {
            (true, None) => {}
            (false, Some((_, reason))) => {
                excused += 1;
                println!("{}: {reason}", answer.display());
            }
            (true, Some(_)) => wrong.push(format!("{}: is right now", answer.display())),
            (false, None) => {
                wrong.push(format!("{}: {}", request.display(), String::from_utf8_lossy(&answered)));
            }
        }
    }
    println!("{} prepare requests compared, {excused} published answers are wrong", pairs.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), pairs.len(), wrong.join("\n\n"));
}
