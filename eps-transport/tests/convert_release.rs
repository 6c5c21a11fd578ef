//! `eps convert` of HL7 v3 to FHIR: a release response lists as passed what verifies, and says so when nothing did.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use eps_core::codes::{AckCode, Interaction};
use eps_core::hl7v3;
use eps_core::ids::{Guid, MessageId};
use eps_core::model::{
    Acknowledgement, BatchInfo, Envelope, Message, ReleaseResponse, ReleaseTemplate, ReleasedPrescription, Timestamp,
};
use eps_core::xml::{Document, Limits};
use serde_json::Value;

/// The command under test.
const EPS: &str = env!("CARGO_BIN_EXE_eps");

fn run(arguments: &[&str]) -> Output {
    Command::new(EPS).args(arguments).output().unwrap()
}

fn order() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/prescription-order.json")
}

fn id(last: u8) -> MessageId {
    let mut bytes = [0; 16];
    bytes[15] = last;
    MessageId(Guid::from_bytes(bytes))
}

/// The prescription of a message, as a release carries it.
fn released(message: &[u8]) -> ReleasedPrescription {
    let document = Document::parse(message, &Limits::DEFAULT).unwrap();
    let prescription = hl7v3::parent_prescription(&document).unwrap();
    ReleasedPrescription { template: ReleaseTemplate::R2, document: hl7v3::signed_document(prescription).unwrap() }
}

/// Spine's answer that releases these prescriptions.
fn release(prescriptions: Vec<ReleasedPrescription>) -> Vec<u8> {
    let now = Timestamp::parse_hl7("20260302101500").unwrap();
    let response =
        ReleaseResponse { id: id(1), effective_time: now, prescriptions, batch: BatchInfo::default(), request: id(2) };
    hl7v3::write(&Envelope {
        id: id(3),
        created: now,
        interaction: Interaction::NominatedReleaseResponse.uk(),
        to: None,
        from: None,
        author: None,
        acknowledgement: Some(Acknowledgement { code: AckCode::Accepted, errors: Vec::new(), refers_to: id(4) }),
        message: Message::ReleaseResponse(Box::new(response)),
    })
}

/// How many entries are listed as passed and as failed, and what standard error says.
fn listed(output: &Output) -> ([u64; 2], String) {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}{said}", String::from_utf8_lossy(&output.stdout));
    let parameters: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |at: usize, name: &str| {
        let parameter = &parameters["parameter"][at];
        assert_eq!(parameter["name"], name);
        let bundle = &parameter["resource"];
        let entries = bundle["entry"].as_array().map_or(0, Vec::len);
        assert_eq!(bundle["total"], entries);
        entries.try_into().unwrap()
    };
    ([list(0, "passedPrescriptions"), list(1, "failedPrescriptions")], said)
}

#[test]
fn a_release_lists_as_passed_what_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("pki");
    let signed = run(&["sign", order().to_str().unwrap(), "--throw-away", "--save-trust", trust.to_str().unwrap()]);
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    let message = String::from_utf8(signed.stdout).unwrap();
    let dosage = message.split("\"DI\"").nth(1).unwrap().split("<value>").nth(1).unwrap().split('<').next().unwrap();
    let changed = message.replacen(dosage, "Twice as much", 1);
    let path = folder.path().join("release.xml");
    let both = vec![released(message.as_bytes()), released(changed.as_bytes())];
    std::fs::write(&path, release(both)).unwrap();
    let convert = |more: &[&str]| {
        let mut arguments = vec!["convert", path.to_str().unwrap()];
        arguments.extend(more);
        listed(&run(&arguments))
    };

    // Nothing is verified, and a caller is told.
    let (lists, said) = convert(&[]);
    assert_eq!((lists, said.lines().count()), ([2, 0], 1), "{said}");
    assert!(said.contains("signatures were not verified"));

    // The changed one is listed after the outcome that says why it failed.
    let file = |name: &str| trust.join(name).to_str().unwrap().to_owned();
    let [root, ca, root_list, ca_list] = ["root.pem", "signing-ca.pem", "root.crl", "signing-ca.crl"].map(file);
    let chain = ["--trust", &root, "--intermediate", &ca];
    let all = [&chain[..], &["--crl", &root_list, "--crl", &ca_list]].concat();
    assert_eq!(convert(&all), ([1, 2], String::new()));

    // It fails closed: without the revocation lists, without the anchor, nothing passes.
    assert_eq!(convert(&chain), ([0, 4], String::new()));
    assert_eq!(convert(&["--intermediate", &ca]), ([0, 4], String::new()));
    assert_eq!(convert(&["--policy", "production"]), ([0, 4], String::new()));
}

#[test]
fn an_order_comes_back_from_hl7_v3() {
    let folder = tempfile::tempdir().unwrap();
    let converted = |from: &Path, name: &str| {
        let output = run(&["convert", from.to_str().unwrap(), "--now=2026-03-02T09:40:00Z"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.stderr.is_empty(), "only a release is about signatures");
        let path = folder.path().join(name);
        std::fs::write(&path, output.stdout).unwrap();
        path
    };
    let message = converted(&order(), "order.xml");
    let bundle = converted(&message, "order.json");
    let again = converted(&bundle, "again.xml");
    assert_eq!(std::fs::read(&message).unwrap(), std::fs::read(&again).unwrap());
    let bundle: Value = serde_json::from_slice(&std::fs::read(bundle).unwrap()).unwrap();
    assert_eq!(bundle["entry"][0]["resource"]["eventCoding"]["code"], "prescription-order");
}
