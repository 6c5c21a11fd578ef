//! `eps convert` and `eps prepare` give what the NHS converter gave, for every published pair.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::Command;

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
    assert!(!pairs.is_empty(), "the corpus has no {request}");
    pairs
}

fn run(verb: &str, file: &Path, options: &[&str]) -> (bool, Vec<u8>) {
    let output = Command::new(EPS).arg(verb).arg(file).args(options).output().unwrap();
    (output.status.success(), output.stdout)
}

#[test]
fn every_published_prescription_order_converts_as_the_nhs_converter_did() {
    const OPTIONS: &[&str] = &[
        "--now=2022-02-01T00:00:00Z",
        "--from-asid=200000001285",
        "--to-asid=567456789789",
        "--sds-user=555254239107",
        "--sds-role-profile=555254240100",
    ];
    let pairs = pairs("Process-Request-Send", "Convert-Response-Send", ".xml");
    let mut wrong = Vec::new();
    for (request, answer) in &pairs {
        let (done, message) = run("convert", request, OPTIONS);
        if !done {
            wrong.push(format!("{}: {}", request.display(), String::from_utf8_lossy(&message)));
            continue;
        }
        let expected = canonical(&std::fs::read(answer).unwrap());
        if let Some(difference) = first_difference(&expected, &canonical(&message)) {
            wrong.push(format!("{}: {difference}", request.display()));
        }
    }
    println!("{} prescription orders compared, {} differ", pairs.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), pairs.len(), wrong.join("\n\n"));
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
