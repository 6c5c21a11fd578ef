//! `eps convert --report`: a report for every kind of message, in both directions.

#![cfg(test)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// One message of each kind on each wire, the kind that its report names, and the direction.
const MESSAGES: &[(&str, &str, &str)] = &[
    ("fhir_read/order.json", "prescription-order", "to-hl7v3"),
    ("fhir_read/cancellation.json", "cancellation", "to-hl7v3"),
    ("fhir_read/release.json", "release-request", "to-hl7v3"),
    ("fhir_read/notification.json", "dispense-notification", "to-hl7v3"),
    ("fhir_read/claim.json", "claim", "to-hl7v3"),
    ("fhir_read/return.json", "return", "to-hl7v3"),
    ("fhir_read/withdrawal.json", "withdrawal", "to-hl7v3"),
    ("hl7v3_read/prescription.xml", "prescription-order", "to-fhir"),
    ("hl7v3_read/cancellation-response.xml", "cancellation-failure", "to-fhir"),
    ("hl7v3_read/cancellation-response-later.xml", "cancellation-failure", "to-fhir"),
    ("hl7v3_read/release-request.xml", "release-request", "to-fhir"),
    ("hl7v3_read/release-response.xml", "release-response", "to-fhir"),
    ("hl7v3_read/release-rejection.xml", "release-rejection", "to-fhir"),
    ("hl7v3_read/dispense-notification.xml", "dispense-notification", "to-fhir"),
    ("hl7v3_read/dispense-claim.xml", "claim", "to-fhir"),
    ("hl7v3_read/return.xml", "return", "to-fhir"),
    ("hl7v3_read/withdrawal.xml", "withdrawal", "to-fhir"),
    ("hl7v3_read/acknowledgement.xml", "acknowledgement", "to-fhir"),
    ("hl7v3_read/prescription-metadata.xml", "metadata", "to-fhir"),
];

/// Messages of which the HL7 v3 is that which the command itself writes.
const WRITTEN: &[(&str, &str)] =
    &[("fhir_read/cancellation.json", "cancellation"), ("fhir_read/withdrawal.json", "withdrawal")];

fn report(message: &str, options: &[&str]) -> Output {
    let path = format!("{}/../fuzz/seeds/{message}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_eps"));
    command.args(["convert", &path, "--now", "2026-03-02T10:15:00Z", "--report"]).args(options).output().unwrap()
}

/// The report of a message that comes by standard input.
fn told_of(message: &[u8]) -> Value {
    let mut eps = Command::new(env!("CARGO_BIN_EXE_eps"));
    eps.args(["convert", "-", "--report", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut eps = eps.spawn().unwrap();
    eps.stdin.take().unwrap().write_all(message).unwrap();
    serde_json::from_slice(&eps.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn every_kind_has_a_report_in_both_directions() {
    for (message, kind, direction) in MESSAGES {
        let output = report(message, &["--json"]);
        assert!(output.status.success(), "{message}: {}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((told["kind"].as_str(), told["direction"].as_str()), (Some(*kind), Some(*direction)), "{message}");
        let lines = told["lines"].as_array().unwrap();
        let of = |how: &str| lines.iter().filter(|line| line["how"] == how).count();
        assert!(of("unmapped") == 0 && of("dropped") > 0 && of("defaulted") > 0, "{message}");
        // Outcomes may carry nothing; what is carried has both paths.
        let is_outcome = matches!(*kind, "acknowledgement" | "cancellation-failure");
        assert!(of("carried") > 0 || is_outcome, "{message}");
        let whole = |line: &&Value| line["fhir"].is_string() && line["hl7v3"].is_string();
        assert!(lines.iter().filter(|line| line["how"] == "carried").all(|line| whole(&line)), "{message}");
    }
}

#[test]
fn a_report_for_people_counts_what_became_of_the_values() {
    for (message, ..) in MESSAGES {
        let output = report(message, &[]);
        assert!(output.status.success(), "{message}: {}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8(output.stdout).unwrap();
        let counts = told.lines().last().unwrap();
        assert!(counts.contains(" dropped") && !told.contains("unmapped"), "{message}: {counts}");
        assert!(told.contains("     FHIR ") && told.contains("      HL7 /"), "{message}");
    }
}

#[test]
fn what_the_command_writes_has_a_report_on_its_way_back() {
    for (message, kind) in WRITTEN {
        let path = format!("{}/../fuzz/seeds/{message}", env!("CARGO_MANIFEST_DIR"));
        let eps = env!("CARGO_BIN_EXE_eps");
        let written = Command::new(eps).args(["convert", &path, "--now", "2026-03-02T10:15:00Z"]).output().unwrap();
        let told = told_of(&written.stdout);
        assert_eq!((told["kind"].as_str(), told["direction"].as_str()), (Some(*kind), Some("to-fhir")), "{message}");
        assert!(told["lines"].as_array().unwrap().iter().all(|line| line["how"] != "unmapped"), "{message}");
    }
}

#[test]
fn a_cancelled_item_is_told_with_both_paths() {
    let seed = format!("{}/../fuzz/seeds/hl7v3_read/cancellation-response.xml", env!("CARGO_MANIFEST_DIR"));
    let seed = std::fs::read_to_string(seed).unwrap();
    let result = "<pertinentInformation3><pertinentResponse><value code=\"0001\" \
        codeSystem=\"2.16.840.1.113883.2.1.3.2.4.17.19\"/></pertinentResponse></pertinentInformation3>";
    let told =
        told_of(seed.replacen("<pertinentInformation4", &format!("{result}<pertinentInformation4"), 1).as_bytes());
    assert_eq!(told["kind"], "cancellation-response");
    let lines = told["lines"].as_array().unwrap();
    let result = lines.iter().find(|line| line["hl7v3"].as_str().is_some_and(|path| path.ends_with("value[1]/@code")));
    assert!(result.is_some_and(|line| line["how"] == "carried" && line["fhir"].is_string()), "{result:?}");
}

#[test]
fn what_has_no_form_in_fhir_has_no_report() {
    assert_eq!(report("hl7v3_read/dispense-history.xml", &[]).status.code(), Some(1));
}
