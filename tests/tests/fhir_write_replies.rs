//! The FHIR writer over replies: what clients of the NHS service look for, and the shape of what it publishes.

#![cfg(test)]

use std::collections::BTreeSet;

use eps_core::codes::{AckCode, CancellationResult, Interaction, InteractionId, Severity, oid};
use eps_core::fhir::{self, Outgoing, SignatureVerdict};
use eps_core::ids::{Guid, MessageId};
use eps_core::model::{
    Acknowledgement, AgentPerson, CancellationResponse, Coded, Envelope, ErrorCode, Message, Organisation,
    OtherDispenser, Patient, Person, ReleaseRejection, Timestamp,
};
use eps_tests::corpus;
use serde_json::{Value, json};

fn now() -> Timestamp {
    Timestamp::parse_hl7("20220201000000").unwrap()
}

fn id(last: u8) -> MessageId {
    let mut bytes = [0; 16];
    bytes[15] = last;
    MessageId(Guid::from_bytes(bytes))
}

fn envelope(interaction: InteractionId, code: AckCode, errors: Vec<ErrorCode>, message: Message) -> Envelope {
    let acknowledgement = Some(Acknowledgement { code, errors, refers_to: id(1) });
    Envelope { id: id(2), created: now(), interaction, to: None, from: None, author: None, acknowledgement, message }
}

fn written(envelope: &Envelope) -> (u16, Value) {
    let mut last = 100_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &_| SignatureVerdict::Invalid;
    let mut outgoing =
        Outgoing { now: now(), ids: &mut ids, verify: &verify, base_path: "https://eps.example/FHIR/R4" };
    let bytes = fhir::write(envelope, &mut outgoing).unwrap();
    (fhir::status(envelope), serde_json::from_slice(&bytes).unwrap())
}

fn error(system: &str, code: &str, display: &str) -> ErrorCode {
    ErrorCode {
        system: system.parse().unwrap(),
        code: code.parse().unwrap(),
        display: Some(eps_core::model::Text::new(display).unwrap()),
        severity: Severity::Error,
    }
}

fn acknowledged(code: AckCode, errors: Vec<ErrorCode>) -> (u16, Value) {
    written(&envelope(Interaction::Acknowledgement.uk(), code, errors, Message::Acknowledgement))
}

#[test]
fn success_is_an_informational_outcome() {
    let (status, outcome) = acknowledged(AckCode::Accepted, vec![]);
    assert_eq!(status, 200);
    let expected = json!({
        "resourceType": "OperationOutcome",
        "meta": { "lastUpdated": "2022-02-01T00:00:00+00:00" },
        "issue": [{ "code": "informational", "severity": "information" }]
    });
    assert_eq!(outcome, expected);
}

#[test]
fn each_error_is_an_issue() {
    let errors = vec![
        error(oid::PROCESSING_ERROR, "0001", "words of Spine"),
        error(oid::PROCESSING_ERROR, "9999", "words of Spine"),
        error(oid::ACKNOWLEDGEMENT_ERROR, "202", "Duplicate HL7 ID Error"),
    ];
    for code in [AckCode::Error, AckCode::Rejected] {
        let (status, outcome) = acknowledged(code, errors.clone());
        assert_eq!(status, 400);
        let codings: Vec<_> =
            outcome["issue"].as_array().unwrap().iter().map(|one| &one["details"]["coding"][0]).collect();
        assert_eq!(codings[0]["code"], "PATIENT_DECEASED");
        assert_eq!(codings[0]["display"], "Patient is recorded as dead");
        assert_eq!(codings[1]["display"], "words of Spine");
        assert_eq!((&codings[2]["code"], &codings[2]["display"]), (&json!("202"), &json!("Duplicate HL7 ID Error")));
        assert_eq!(outcome["issue"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn an_error_without_a_code_is_a_server_error() {
    let (status, outcome) = acknowledged(AckCode::Error, vec![]);
    assert_eq!(status, 500);
    assert_eq!(outcome["issue"], json!([{ "code": "invalid", "severity": "error" }]));
}

fn agent(ods: &str, user: &str) -> AgentPerson {
    AgentPerson {
        role_profile: Some(format!("55{user}").parse().unwrap()),
        job_role: Some("S8000:G8000:R8000".parse().unwrap()),
        addresses: Vec::new(),
        telecoms: vec![telecom()],
        person: Some(Person {
            id_root: oid::SDS_USER.parse().unwrap(),
            id: user.parse().unwrap(),
            name: Some(name("MR")),
        }),
        organisation: Organisation {
            ods: Some(ods.parse().unwrap()),
            kind: None,
            name: Some(text("A PLACE")),
            description: None,
            telecom: Some(telecom()),
            address: Some(address()),
            licence: None,
            further_licences: Vec::new(),
        },
    }
}

fn text(text: &str) -> eps_core::model::Text {
    eps_core::model::Text::new(text).unwrap()
}

fn telecom() -> eps_core::model::Telecom {
    eps_core::model::Telecom {
        telecom_use: Some(eps_core::codes::TelecomUse::Workplace),
        value: Some(text("tel:01234567890")),
    }
}

fn address() -> eps_core::model::Address {
    eps_core::model::Address {
        address_use: Some(eps_core::codes::AddressUse::Workplace),
        lines: vec![text("1 ROAD"), text("TOWN")],
        postal_code: Some(text("AA1 1AA")),
    }
}

fn name(prefix: &str) -> eps_core::model::PersonName {
    eps_core::model::PersonName::Parts {
        name_use: Some(eps_core::codes::NameUse::Usual),
        prefixes: vec![text(prefix)],
        given: vec![text("A"), text("B")],
        family: Some(text("C")),
        suffixes: vec![],
    }
}

fn cancelled(result: CancellationResult, code: AckCode) -> (u16, Value) {
    cancelled_saying(result, code, None)
}

fn cancelled_saying(result: CancellationResult, code: AckCode, words: Option<&str>) -> (u16, Value) {
    let response = CancellationResponse {
        id: id(3),
        effective_time: now(),
        patient: Patient {
            nhs_number: "9449304130".parse().unwrap(),
            addresses: vec![address()],
            telecoms: vec![],
            names: vec![name("MS")],
            gender: Some(eps_core::codes::Gender::Female),
            birth_date: Some(now().date()),
            general_practice: Some("A83008".parse().unwrap()),
            code: None,
            certificate: None,
            deceased: None,
        },
        performer: Some(OtherDispenser { time: None, person: agent("VNE51", "7654321") }),
        author: agent("A83008", "1234567"),
        responsible_party: Some(agent("A83008", "1234567")),
        prescription_id: "24F5DA-A83008-7EFE6Z".parse().unwrap(),
        item: Some("A54219B8-F741-4C47-B662-E4F8DFA49AB6".parse().unwrap()),
        result: Some(Coded { code: result, display: words.map(text) }),
        request: id(4),
    };
    let message = Message::CancellationResponse(Box::new(response));
    written(&envelope(Interaction::CancellationResponse.uk(), code, vec![], message))
}

/// The paths of a document, without positions in lists, but for the kind of each resource.
fn shape(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let kind = members.get("resourceType").and_then(Value::as_str).unwrap_or_default();
            members.iter().for_each(|(name, member)| shape(member, &format!("{path}{kind}/{name}"), into));
        }
        Value::Array(elements) => elements.iter().for_each(|element| shape(element, path, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            into.insert(path.to_owned());
        }
    }
}

#[test]
fn clients_find_what_became_of_a_cancellation_at_the_first_place() {
    let (status, bundle) = cancelled(CancellationResult::Cancelled, AckCode::Accepted);
    assert_eq!(status, 200);
    let request = &bundle["entry"][1]["resource"];
    let history = &request["extension"][0]["extension"][0]["valueCoding"];
    assert_eq!((&history["code"], &history["display"]), (&json!("R-0001"), &json!("Prescription/item was cancelled")));
    assert_eq!(request["status"], "cancelled");
    assert_eq!(cancelled(CancellationResult::Dispensed, AckCode::Error).0, 400);
    assert_eq!(cancelled(CancellationResult::InvalidDate, AckCode::Error).0, 500);
}

/// Examples whose status is not what the service itself writes for the code (its `cancellation-response` translation).
const OTHER_STATUS: &[(&str, &str)] =
    &[("0004", "active"), ("0005", "active"), ("0006", "active"), ("0007", "active"), ("0010", "active")];

#[test]
fn answers_to_cancellations_have_the_published_shape() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("nhs-examples/spec/errors/prescription-order-update");
    let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    for result in CancellationResult::ALL {
        let name = format!("R-{}-Cancellation.json", result.code());
        if !folder.join(&name).is_file() {
            continue;
        }
        let published = read(&name);
        // Spine's own words are given only for what it could not process.
        let words = published["issue"][0]["details"]["coding"][0]["display"].as_str();
        let (_, ours) = cancelled_saying(*result, AckCode::Error, words);
        assert_eq!(published["resourceType"], ours["resourceType"], "{name}");
        if published["resourceType"] == "OperationOutcome" {
            assert_eq!(published["issue"], ours["issue"], "{name}");
            continue;
        }
        let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
        shape(&published, "", &mut expected);
        shape(&ours, "", &mut found);
        // The words for job roles are in a table of 392 rows that we do not carry; the rest is data of one or the other.
        let missing: Vec<_> =
            expected.difference(&found).filter(|path| !path.ends_with("/code/coding/display")).collect();
        let allowed = ["name/text", "/suffix", "partOf", "resourceOrganization/type"];
        let missing: Vec<_> =
            missing.into_iter().filter(|path| !allowed.iter().any(|part| path.contains(part))).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
        let status = |bundle: &Value| bundle["entry"][1]["resource"]["status"].clone();
        match OTHER_STATUS.iter().find(|(code, _)| *code == result.code()) {
            Some((_, other)) => {
                assert_eq!(status(&published), *other, "{name}");
                assert_ne!(status(&ours), *other, "{name} is no exception any more");
            }
            None => assert_eq!(status(&published), status(&ours), "{name}"),
        }
    }
}

fn rejected(reason: &str, ack: AckCode) -> (u16, Value) {
    let rejection = ReleaseRejection {
        id: id(5),
        effective_time: now(),
        text: None,
        reason: error(eps_core::codes::ReleaseFault::OID, reason, "words of Spine"),
        other_dispenser: Some(OtherDispenser { time: None, person: agent("VNFKT", "7654321") }),
        request: id(6),
    };
    written(&envelope(Interaction::ReleaseRejection.uk(), ack, vec![], Message::ReleaseRejection(Box::new(rejection))))
}

#[test]
fn a_rejected_release_says_why_and_who_has_the_prescription() {
    // Spine accepts the request and rejects the release.
    for ack in [AckCode::Accepted, AckCode::Error] {
        let (status, outcome) = rejected("0004", ack);
        assert_eq!(status, 400);
        assert_eq!(outcome["issue"][0]["details"]["coding"][0]["code"], "PRESCRIPTION_WITH_ANOTHER_DISPENSER");
        assert_eq!(outcome["contained"][0]["identifier"][0]["value"], "VNFKT");
        let id = outcome["contained"][0]["id"].as_str().unwrap();
        assert_eq!(outcome["extension"][0]["valueReference"]["reference"], format!("#{id}"));
    }
    let (status, outcome) = rejected("0006", AckCode::Error);
    assert_eq!((status, &outcome["issue"][0]["severity"]), (200, &json!("information")));
    assert!(outcome.get("contained").is_none());
}

#[test]
fn a_rejection_has_the_published_shape() {
    let Some(corpus) = corpus() else { return };
    let bytes =
        std::fs::read(corpus.join("nhs-examples/spec/errors/release/with-another-dispenser-error.json")).unwrap();
    let published: Value = serde_json::from_slice(&bytes).unwrap();
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    shape(&published, "", &mut expected);
    shape(&rejected("0004", AckCode::Error).1, "", &mut found);
    assert_eq!(expected, found);
}
