//! Bad input ends in a refusal with a stable rule id and a place, exit code 1 and nothing else on standard output.

#![cfg(test)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// The command under test.
const EPS: &str = env!("CARGO_BIN_EXE_eps");

/// Runs `eps VERB - --json` on these bytes; gives the exit code and what was printed.
fn run(verb: &str, input: &[u8]) -> (Option<i32>, Value) {
    let mut child = Command::new(EPS)
        .args([verb, "-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses early may close its input: that is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let printed = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("not JSON alone: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    });
    (output.status.code(), printed)
}

/// The rule ids of an OperationOutcome, each of whose issues must have a place.
fn rules(outcome: &Value) -> Vec<String> {
    let issues = outcome["issue"].as_array().unwrap();
    issues
        .iter()
        .map(|issue| {
            let extensions = issue["extension"].as_array().unwrap();
            let placed = extensions.iter().any(|one| one["url"].as_str().unwrap().ends_with("/place"));
            assert!(placed, "no place: {issue}");
            let rule = extensions.iter().find(|one| one["url"].as_str().unwrap().ends_with("/rule")).unwrap();
            rule["valueCode"].as_str().unwrap().to_owned()
        })
        .collect()
}

/// Asserts that this input is refused under this rule.
fn refused(verb: &str, input: &[u8], rule: &str) {
    let (code, outcome) = run(verb, input);
    assert_eq!(code, Some(1), "{outcome}");
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    let rules = rules(&outcome);
    assert!(rules.iter().any(|found| found == rule), "expected {rule}, found {rules:?}");
}

const ORDER: &[u8] = include_bytes!("../data/prescription-order.json");

fn order() -> Value {
    serde_json::from_slice(ORDER).unwrap()
}

#[test]
fn the_shipped_prescription_order_has_no_problems() {
    let (code, outcome) = run("validate", ORDER);
    assert_eq!(code, Some(0), "{outcome}");
}

#[test]
fn json_that_is_no_json_is_refused_where_it_ends() {
    refused("convert", &ORDER[..ORDER.len() / 2], "fhir.json.truncated");
    refused("convert", b"", "fhir.json.truncated");
    refused("convert", b"{\"resourceType\": Bundle}", "fhir.json.syntax");
    refused("convert", b"{\"resourceType\": \"\xFF\xFE\"}", "fhir.json.utf8");
    let deep = [b"[".repeat(5000), b"]".repeat(5000)].concat();
    refused("convert", &deep, "fhir.json.depth");
    let long = format!("{{\"resourceType\":\"Bundle\",\"id\":\"{}\"}}", "x".repeat(40 * 1024 * 1024));
    refused("convert", long.as_bytes(), "fhir.json.size");
}

#[test]
fn a_bundle_that_is_no_prescription_order_is_refused() {
    let mut event = order();
    event["entry"][0]["resource"]["eventCoding"]["code"] = json!("prescription-disorder");
    refused("convert", event.to_string().as_bytes(), "fhir.message-header.event");
    let mut empty = order();
    empty["entry"].as_array_mut().unwrap().retain(|entry| entry["resource"]["resourceType"] != "MedicationRequest");
    refused("convert", empty.to_string().as_bytes(), "fhir.bundle.no-medication-request");
    refused("convert", br#"{"resourceType":"Patient"}"#, "fhir.resource-type");
}

#[test]
fn wrong_check_characters_are_refused() {
    let wrong = String::from_utf8_lossy(ORDER).into_owned();
    let id = order()["entry"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|entry| entry["resource"]["groupIdentifier"]["value"].as_str().map(str::to_owned));
    let id = id.unwrap();
    let other = if id.ends_with('A') { 'B' } else { 'A' };
    let wrong = wrong.replace(&id, &format!("{}{other}", &id[..id.len() - 1]));
    refused("validate", wrong.as_bytes(), "ids.prescription-id.check-character");
    let mut number = order();
    for entry in number["entry"].as_array_mut().unwrap() {
        if entry["resource"]["resourceType"] == "Patient" {
            entry["resource"]["identifier"][0]["value"] = json!("9999999990");
        }
    }
    refused("convert", number.to_string().as_bytes(), "ids.nhs-number");
}

#[test]
fn xml_that_is_no_message_is_refused_where_it_goes_wrong() {
    let message = "<PORX_IN020101UK31 xmlns=\"urn:hl7-org:v3\"><id root=\"A\"/></PORX_IN020101UK31>";
    refused("validate", &message.as_bytes()[..40], "xml.syntax");
    refused("validate", b"<a>\xC3\x28</a>", "xml.encoding");
    refused("validate", b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "xml.doctype");
    refused("validate", b"<PORX_IN999999UK99 xmlns=\"urn:hl7-org:v3\"/>", "hl7v3.interaction");
    refused("validate", b"<PORX_IN020101UK31 xmlns=\"urn:other\"/>", "hl7v3.namespace");
    refused("validate", b"<PORX_IN020101UK31/>", "hl7v3.namespace");
    refused("validate", message.as_bytes(), "ids.uuid");
    let deep = [b"<a>".repeat(5000), b"</a>".repeat(5000)].concat();
    refused("validate", &deep, "xml.limit.depth");
    let long = format!("<a>{}</a>", "<b/>".repeat(10 * 1024 * 1024));
    refused("validate", long.as_bytes(), "xml.limit.bytes");
}

#[test]
fn a_file_that_is_not_there_is_an_input_failure() {
    let output = Command::new(EPS).args(["convert", "/does/not/exist.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("/does/not/exist.json"));
}

#[test]
fn a_wrong_command_line_is_a_usage_failure() {
    let output = Command::new(EPS).args(["convert"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
