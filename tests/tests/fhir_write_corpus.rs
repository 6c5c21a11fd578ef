//! The FHIR writer over the published replies of Spine and those of the dispenser pack: what each one means, as the NHS
//! converter has it.

#![cfg(test)]

use std::path::Path;

use eps_core::fhir::{self, Outgoing, SignatureVerdict};
use eps_core::hl7v3;
use eps_core::ids::Guid;
use eps_core::model::{Envelope, Message, ReleaseResponse, ReleaseTemplate, Timestamp};
use eps_tests::wire::{cut_out, filled};
use eps_tests::{corpus, files};
use serde_json::Value;

/// What an outcome says of each error: `issue.code`, then the last part of the system, code and display of its coding.
struct Expected {
    file: &'static str,
    status: u16,
    issues: &'static [&'static str],
}

const fn is(file: &'static str, status: u16, issues: &'static [&'static str]) -> Expected {
    Expected { file, status, issues }
}

const NO_PCT: &str = "processing Spine-ErrorOrWarningCode FAILURE_TO_PROCESS_MESSAGE Unable to process message. \
    Information missing or invalid - Health Care Provider Licensed Organization (PCT) ID is missing";
const NOT_FOUND: &str = "not-found EPS-IssueCode PRESCRIPTION_NOT_FOUND \
    Prescription can not be found. Contact prescriber";

/// Every acknowledgement and rejection, and every cancellation that FHIR answers with an outcome.
const OUTCOMES: &[Expected] = &[
    is("async_error.xml", 400, &[NO_PCT]),
    is(
        "async_multiple_error.xml",
        400,
        &[NO_PCT, "processing Spine-ErrorOrWarningCode FAILURE_TO_PROCESS_MESSAGE Unable to have multiple reasons"],
    ),
    is("async_success.xml", 200, &["informational"]),
    is("cancel_error.xml", 400, &["not-found medicationrequest-status-history R-0008 Prescription/item not found"]),
    is("sync_error.xml", 400, &["invalid Spine-ErrorOrWarningCode 202 Duplicate HL7 ID Error"]),
    is(
        "sync_multiple_error.xml",
        400,
        &[
            "invalid Spine-ErrorOrWarningCode 202 Duplicate HL7 ID Error",
            "invalid Spine-ErrorOrWarningCode 202 Duplicate error",
        ],
    ),
    is(
        "CHAIN002_MCCI_IN010000UK13_Response_0011.xml",
        400,
        &["invalid Spine-ErrorOrWarningCode ERROR Invalid claim. Claim already made for the prescription"],
    ),
    is(
        "CHAIN038_MCCI_IN010000UK13_Response_0006.xml",
        400,
        &["invalid Spine-ErrorOrWarningCode ERROR Prescription not found. Contact Reimbursement Agency"],
    ),
    is("CHAIN056_MCCI_IN010000UK13_Response.xml", 400, &[NOT_FOUND]),
    is(
        "CHAIN058_MCCI_IN010000UK13_Response.xml",
        400,
        &["business-rule EPS-IssueCode MEDICATIONREQUEST_INVALID_STATE_TRANSITION \
           Invalid State Transition for Prescription Item"],
    ),
    is(
        "CHAIN060_MCCI_IN010000UK13_Response.xml",
        400,
        &["value EPS-IssueCode INVALID_DATE_FORMAT Format of date passed is invalid"],
    ),
    is("CHAIN066_MCCI_IN010000UK13_Response.xml", 400, &[NOT_FOUND]),
    is(
        "CHAIN068_MCCI_IN010000UK13_Response.xml",
        400,
        &["invalid Spine-ErrorOrWarningCode ERROR Invalid Dispense History"],
    ),
    is("MCCI_IN010000UK13_Response_AA.xml", 200, &["informational"]),
    is(
        "CHAIN046_PORX_IN110101UK30_Response.xml",
        200,
        &["informational EPS-IssueCode NO_MORE_PRESCRIPTIONS No more prescriptions available"],
    ),
    is(
        "CHAIN050_PORX_IN110101UK30_Response.xml",
        400,
        &["business-rule EPS-IssueCode PRESCRIPTION_EXPIRED Prescription has expired"],
    ),
    is(
        "CHAIN052_PORX_IN110101UK30_Response.xml",
        400,
        &["business-rule EPS-IssueCode PRESCRIPTION_WITH_ANOTHER_DISPENSER Prescription is with another dispenser"],
    ),
    is(
        "CHAIN054_PORX_IN110101UK30_Response.xml",
        400,
        &["processing Spine-ErrorOrWarningCode FAILURE_TO_PROCESS_MESSAGE \
           Unable to process message. Information missing or invalid [Additional info,if any]"],
    ),
];

/// Cancellations that are answered with the item: the result, and the item's status.
const CANCELLATIONS: &[(&str, u16, &str, &str)] =
    &[("cancel_success.xml", 200, "R-0001", "cancelled"), ("cancel_error_dispensed.xml", 400, "R-0004", "completed")];

fn written(envelope: &Envelope, verdict: SignatureVerdict) -> Value {
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &_| verdict;
    let now = Timestamp::parse_hl7("20260302101500").unwrap();
    let mut outgoing = Outgoing { now, ids: &mut ids, verify: &verify, base_path: "https://eps.example" };
    serde_json::from_slice(&fhir::write(envelope, &mut outgoing).unwrap()).unwrap()
}

fn issues(outcome: &Value) -> Vec<String> {
    let last = |system: &Value| system.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let told = |issue: &Value| {
        let code = issue["code"].as_str().unwrap().to_owned();
        let severity = if code == "informational" { "information" } else { "error" };
        assert_eq!(issue["severity"], severity);
        match issue["details"]["coding"].get(0) {
            None => code,
            Some(coding) => {
                let text = |name: &str| coding[name].as_str().unwrap().to_owned();
                format!("{code} {} {} {}", last(&coding["system"]), text("code"), text("display"))
            }
        }
    };
    outcome["issue"].as_array().unwrap().iter().map(told).collect()
}

/// Reads every reply, mended where the pack holds a job role in the place of a role profile id.
fn replies() -> Vec<(String, Envelope)> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let read = |path: &Path, text: &str| {
        let message = cut_out(text).replace("extension=\"R1290\"", "extension=\"100102238986\"");
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let envelope = hl7v3::read(message.as_bytes()).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        (name, envelope)
    };
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    let spine = files(&corpus.join("spine-responses"), &|name| name.ends_with(".xml"));
    let pack = files(&corpus.join("dispenser-pack/responses"), &|_| true);
    let spine = spine.iter().map(|path| read(path, &text(path)));
    spine.chain(pack.iter().map(|path| read(path, &filled(&text(path))))).collect()
}

#[test]
fn every_published_reply_is_written_as_the_nhs_service_answers() {
    let replies = replies();
    let mut wrong = Vec::new();
    let mut counts = [0; 3];
    for (name, envelope) in &replies {
        if let Message::ReleaseResponse(response) = &envelope.message {
            counts[2] += 1;
            assert_eq!(fhir::status(envelope), 200, "{name}");
            for verdict in [SignatureVerdict::Valid, SignatureVerdict::Invalid] {
                released(name, response, &written(envelope, verdict), verdict);
            }
            continue;
        }
        let (status, reply) = (fhir::status(envelope), written(envelope, SignatureVerdict::Valid));
        if reply["resourceType"] == "Bundle" {
            counts[1] += 1;
            let request = &reply["entry"][1]["resource"];
            let history = &request["extension"][0]["extension"][0]["valueCoding"];
            let (code, item) = (history["code"].as_str().unwrap(), request["status"].as_str().unwrap());
            if !CANCELLATIONS.contains(&(name, status, code, item)) {
                wrong.push(format!("{name}: {status} {code} {item}"));
            }
            continue;
        }
        counts[0] += 1;
        let found = issues(&reply);
        if !OUTCOMES.iter().any(|one| one.file == name && one.status == status && found == one.issues) {
            wrong.push(format!("{name}: {status} {found:#?}"));
        }
    }
    println!("{counts:?} outcomes, cancellations and releases");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), replies.len(), wrong.join("\n"));
    if !replies.is_empty() {
        assert_eq!(counts[..2], [OUTCOMES.len(), CANCELLATIONS.len()]);
        assert!(counts[2] > 30);
    }
}

/// The entries of one list of a release, by resource type.
fn listed(parameters: &Value, at: usize, name: &str, response: &ReleaseResponse) -> Vec<Value> {
    let parameter = &parameters["parameter"][at];
    let bundle = &parameter["resource"];
    assert_eq!((&parameter["name"], &bundle["type"]), (&name.into(), &"searchset".into()));
    assert_eq!(bundle["identifier"]["value"], response.id.0.to_string().to_lowercase());
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    assert_eq!(bundle["total"], entries.len());
    let resource = |entry: Value| {
        let resource = entry["resource"].clone();
        assert_eq!(entry["fullUrl"], format!("urn:uuid:{}", resource["id"].as_str().unwrap()));
        resource
    };
    entries.into_iter().map(resource).collect()
}

/// A release lists each prescription once: as passed, or after the outcome that says why it failed. One of EPS Release 1 is
/// a warning, whatever is said of signatures.
fn released(name: &str, response: &ReleaseResponse, parameters: &Value, verdict: SignatureVerdict) {
    let passed = listed(parameters, 0, "passedPrescriptions", response);
    let failed = listed(parameters, 1, "failedPrescriptions", response);
    let (new, old): (Vec<_>, Vec<_>) =
        response.prescriptions.iter().partition(|one| one.template == ReleaseTemplate::R2);
    let warnings: Vec<_> = failed.iter().filter(|one| one["issue"][0]["severity"] == "warning").collect();
    assert_eq!(warnings.len(), old.len(), "{name}");
    let about = |one: &&Value| one["extension"][0]["valueReference"]["identifier"]["value"].is_string();
    assert!(warnings.iter().all(about), "{name}: which prescription is it about?");
    let (passes, fails) = match verdict {
        SignatureVerdict::Valid => (new.len(), 0),
        SignatureVerdict::Invalid => (0, new.len()),
    };
    assert_eq!((passed.len(), failed.len()), (passes, 2 * fails + old.len()), "{name}");
    assert!(passed.iter().all(|one| one["resourceType"] == "Bundle" && one["type"] == "message"), "{name}");
    let failed: Vec<_> = failed.iter().filter(|one| one["issue"][0]["severity"] != "warning").collect();
    for pair in failed.chunks(2) {
        let [outcome, bundle] = pair else { panic!("{name}: an outcome without its prescription") };
        assert_eq!(issues(outcome), ["invalid Spine-ErrorOrWarningCode INVALID_VALUE Signature is invalid."], "{name}");
        assert_eq!(outcome["issue"][0]["expression"], serde_json::json!(["Provenance.signature.data"]));
        assert_eq!(outcome["extension"][0]["valueReference"]["identifier"], bundle["identifier"], "{name}");
    }
    let bundles = passed.iter().chain(failed.iter().copied()).filter(|one| one["resourceType"] == "Bundle");
    bundles.for_each(|bundle| in_order(name, bundle));
}

/// The order of entries that the NHS service gives its Bundles.
const ORDER: &[&str] = &[
    "MessageHeader",
    "MedicationRequest",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "HealthcareService",
    "Location",
    "Provenance",
];

fn in_order(name: &str, bundle: &Value) {
    let rank = |entry: &Value| ORDER.iter().position(|kind| entry["resource"]["resourceType"] == *kind).unwrap_or(0);
    let ranks: Vec<_> = bundle["entry"].as_array().unwrap().iter().map(rank).collect();
    assert!(ranks.is_sorted(), "{name}: {ranks:?}");
    assert_eq!(bundle["entry"][0]["resource"]["resourceType"], "MessageHeader", "{name}");
}
