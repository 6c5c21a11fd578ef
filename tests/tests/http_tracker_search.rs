//! What the tracker answers to a search, field by field, and the headers and refusals that all its answers share.

#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use eps_tests::http::tracked::{extension, resources};
use eps_tests::http::{Kind, Order, Server, request_id};
use eps_transport::http::{Limits, Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const CODES: &str = "https://fhir.nhs.uk/CodeSystem/http-error-codes";

fn issue(outcome: &Value) -> Value {
    assert!(outcome["meta"]["lastUpdated"].is_string(), "{outcome}");
    outcome["issue"][0].clone()
}

#[test]
fn every_answer_of_the_tracker_has_its_headers() {
    let server = Server::start();
    let order = Order::new(1, true);
    order.send(&server);
    for path in [format!("?prescriptionId={}", order.id), format!("/{}", order.id), String::new(), "/x".to_owned()] {
        let id = request_id();
        let headers = [
            ("authorization", "Bearer x"),
            ("x-request-id", &id),
            ("x-correlation-id", "c-1"),
            ("nhsd-organization-uuid", "A83008"),
            ("nhsd-session-jobrole", "R8003"),
        ];
        let with = server.ask("GET", &format!("/clinical-prescription-tracker/RequestGroup{path}"), &headers, "");
        let without = server.track(&path);
        for (name, value) in [
            ("content-type", "application/fhir+json"),
            ("cache-control", "no-cache"),
            ("x-request-id", id.as_str()),
            ("x-correlation-id", "c-1"),
        ] {
            assert_eq!(with.header(name), Some(value), "{path} {name}");
        }
        assert_eq!(without.header("x-correlation-id"), Some(""), "{path}");
    }
}

#[test]
fn a_request_that_comes_too_slowly_is_refused_in_the_form_of_the_tracker() {
    let limits = Limits { body_time: Duration::from_millis(50), ..Limits::default() };
    let server = Server::of(MemoryStore::default(), Tokens::Believed, Settings { limits, ..Settings::default() });
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = "GET /clinical-prescription-tracker/RequestGroup?nhsNumber=9990173923 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                Authorization: Bearer x\r\nX-Request-ID: 1\r\nNHSD-Organization-UUID: 1\r\nNHSD-Session-JobRole: 1\r\n\
                Content-Length: 9\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = Vec::new();
    // The server may close a connection whose body it gave up before all of its answer was read.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let outcome: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    let words = "408: The server has timed out whilst processing the request.";
    let coding = json!([{ "system": CODES, "code": "TIMEOUT", "display": words }]);
    let told = json!({ "severity": "error", "code": "timeout", "details": { "coding": coding } });
    assert_eq!(issue(&outcome), told);
}

#[test]
fn a_failure_is_told_in_the_form_of_the_tracker() {
    let server = Server::start();
    let plan = json!({ "fault": "refuse", "status": 500 }).to_string();
    assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
    let reply = server.track("?nhsNumber=9990173923");
    let words = "500: The Server has encountered an error processing the request.";
    let coding = json!([{ "system": CODES, "code": "SERVER_ERROR", "display": words }]);
    let told = json!({ "severity": "fatal", "code": "exception", "details": { "coding": coding } });
    assert_eq!((reply.status, issue(&reply.json())), (500, told));
    assert_eq!((reply.header("cache-control"), reply.header("x-correlation-id")), (Some("no-cache"), Some("")));
}

#[test]
fn a_plus_of_an_id_is_escaped_in_a_query_and_bare_in_a_path() {
    let server = Server::start();
    let mut orders = (1..500).map(|number| Order::new(number, true));
    let order = orders.find(|order| order.id.ends_with('+')).unwrap();
    order.send(&server);
    let escaped = order.id.replace('+', "%2B");
    assert_eq!(server.track(&format!("?prescriptionId={escaped}")).json()["total"], 1);
    let bare = server.track(&format!("?prescriptionId={}", order.id));
    let wrong = ["prescriptionId does not match required format.", "prescriptionId checksum is invalid."];
    assert_eq!((bare.status, bare.issues()), (400, wrong.map(str::to_owned).to_vec()), "a blank");
    for path in [order.id.clone(), escaped, order.id.to_lowercase()] {
        assert_eq!(server.track(&format!("/{path}")).status, 200, "{path}");
    }
}

#[test]
fn what_a_search_finds_is_told_field_by_field() {
    let server = Server::start();
    let order = Order::new(2, true);
    order.send(&server);
    let found = server.track(&format!("?nhsNumber={}", order.nhs_number())).json();
    let (patient, group) = (&found["entry"][0], &found["entry"][1]);
    assert_eq!((&patient["search"]["mode"], &group["search"]["mode"]), (&json!("include"), &json!("match")));
    let name = json!({ "prefix": ["MS"], "given": ["MARIGOLD ANNE"], "family": "QUILLFEATHER" });
    assert_eq!(
        patient["resource"],
        json!({
            "resourceType": "Patient",
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": order.nhs_number() }],
            "name": [name],
        })
    );
    let coding = |system: &str, code: &str, display: &str| json!({ "system": format!("https://fhir.nhs.uk/CodeSystem/{system}"), "code": code, "display": display });
    let url = |name: &str| format!("https://fhir.nhs.uk/StructureDefinition/Extension-{name}");
    let status = coding("EPS-task-business-status", "0001", "To be Dispensed");
    assert_eq!(
        group["resource"],
        json!({
            "resourceType": "RequestGroup",
            "extension": [
                { "url": url("DM-PrescriptionStatusHistory"), "extension": [{ "url": "status", "valueCoding": status }] },
                { "url": url("PendingCancellation"), "extension": [
                    { "url": "prescriptionPendingCancellation", "valueBoolean": false },
                    { "url": "lineItemPendingCancellation", "valueBoolean": false },
                ]},
            ],
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/prescription-order-number", "value": order.id }],
            "subject": { "reference": patient["fullUrl"] },
            "status": "active",
            "intent": "order",
            "authoredOn": group["resource"]["authoredOn"],
        })
    );
    let authored = group["resource"]["authoredOn"].as_str().unwrap();
    assert!(authored.starts_with("2026-03-02T") && authored.ends_with(".000Z"), "{authored}");
}

#[test]
fn a_search_tells_the_treatment_type_by_intent_and_counts_every_issue() {
    let server = Server::start();
    for (number, kind, intent, total) in [
        (3, Kind::Acute, "order", 1),
        (4, Kind::Repeat, "instance-order", 1),
        (5, Kind::RepeatDispensing(7), "reflex-order", 7),
    ] {
        let order = Order::new(number, true).of_kind(kind);
        order.send(&server);
        let found = server.track(&format!("?prescriptionId={}", order.id.replace('+', "%2B"))).json();
        let groups = resources(&found, "RequestGroup");
        assert_eq!((&found["total"], groups.len()), (&json!(total), total), "{kind:?}");
        for (issue, group) in (1..).zip(groups) {
            assert_eq!(group["intent"], intent);
            let repeats = extension(group, "EPS-RepeatInformation");
            if kind == Kind::Acute {
                assert_eq!(repeats, None);
                continue;
            }
            let parts = repeats.unwrap()["extension"].as_array().unwrap();
            let value = |url: &str| {
                let part = parts.iter().find(|part| part["url"] == url).unwrap();
                part["valueInteger"].as_u64().or_else(|| part["valueUnsignedInt"].as_u64())
            };
            let counts = (value("numberOfRepeatsIssued"), value("numberOfRepeatsAllowed"));
            assert_eq!(counts, (Some(issue), Some(total as u64)), "{kind:?}");
            assert!(group["extension"][2]["url"].as_str().unwrap().ends_with("PendingCancellation"), "the third");
        }
    }
}

#[test]
fn a_search_that_names_one_day_is_open_at_its_other_end() {
    let server = Server::start();
    let order = Order::new(6, true);
    order.send(&server);
    for (days, total) in [
        ("&lowDate=20260302", 1),
        ("&lowDate=20260303", 0),
        ("&highDate=20260302", 1),
        ("&highDate=20260301", 0),
        ("&lowDate=20200101&highDate=20991231", 1),
        ("&lowDate=&highDate=", 1),
    ] {
        assert_eq!(server.track(&format!("?prescriptionId={}{days}", order.id)).json()["total"], total, "{days}");
    }
    for day in ["2026-03-02", "20261301", "202603"] {
        let reply = server.track(&format!("?prescriptionId={}&highDate={day}", order.id));
        assert_eq!(reply.issues(), ["highDate does not match required format."], "{day}");
    }
}

#[test]
fn a_prescription_of_which_only_a_cancellation_has_come_is_not_found() {
    let server = Server::start();
    let order = Order::new(7, true);
    let cancelled = server.post("/fhir-prescribing/FHIR/R4/$process-message", &order.cancellation("0001"));
    assert_eq!(cancelled.status, 400, "it waits for the prescription");
    assert_eq!(server.track(&format!("?prescriptionId={}", order.id)).json()["total"], 0);
    assert_eq!(server.track(&format!("/{}", order.id)).status, 404);
}
