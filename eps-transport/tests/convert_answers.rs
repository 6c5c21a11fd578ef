//! `eps convert` of the answers of Spine's trackers: Tasks and RequestGroups.

#![cfg(test)]

use std::process::{Command, Output};

use serde_json::Value;

/// The command under test.
const EPS: &str = env!("CARGO_BIN_EXE_eps");

fn convert(answer: &str, options: &[&str]) -> Output {
    let path = format!("{}/../fuzz/seeds/tracker_read/{answer}", env!("CARGO_MANIFEST_DIR"));
    Command::new(EPS).args(["convert", &path, "--now", "2026-03-02T10:15:00Z"]).args(options).output().unwrap()
}

#[test]
fn an_answer_becomes_the_resources_that_clients_get() {
    let cases = [
        ("details.json", "Task", None),
        ("summary.json", "Task", None),
        ("search.json", "RequestGroup", None),
        ("refused.json", "", Some("OperationOutcome")),
    ];
    for (answer, kind, whole) in cases {
        for options in [&[][..], &["--to", "fhir", "--pretty"]] {
            let output = convert(answer, options);
            assert!(output.status.success(), "{answer}: {}", String::from_utf8_lossy(&output.stderr));
            let written: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(written["resourceType"], whole.unwrap_or("Bundle"), "{answer}");
            if whole.is_none() {
                let entries = written["entry"].as_array().unwrap();
                assert_eq!(entries.last().unwrap()["resource"]["resourceType"], kind, "{answer}");
            }
        }
    }
}

#[test]
fn an_answer_has_no_form_in_hl7v3_and_no_table() {
    assert_eq!(convert("details.json", &["--to", "hl7v3"]).status.code(), Some(1));
    assert_eq!(convert("details.json", &["--report"]).status.code(), Some(2));
}
