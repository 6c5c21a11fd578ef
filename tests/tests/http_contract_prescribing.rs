//! The HTTP contract for prescribers, row by row: the prescription exactly as existing clients send it, prepared, signed and
//! cancelled.

#![cfg(test)]

use eps_core::signature::Policy;
use eps_tests::http::existing::{NOMINATED, PRACTICE};
use eps_tests::http::tokens::unsigned;
use eps_tests::http::{Kind, Order, Reply, Server, check_by, passed, request_id};
use eps_transport::http::{Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const PREPARE: &str = "/electronic-prescriptions/FHIR/R4/$prepare";
const MESSAGE: &str = "/electronic-prescriptions/FHIR/R4/$process-message";
const SEVEN: Kind = Kind::RepeatDispensing(7);
const SHA1_APPLICATION: &str = "00000000-0000-4000-8000-0000000000a1";

/// Each kind of prescription, nominated and not, under a number of its own.
fn every_kind() -> impl Iterator<Item = (Kind, Order)> {
    let kinds = [Kind::Acute, Kind::Repeat, SEVEN].into_iter().flat_map(|kind| [(kind, true), (kind, false)]);
    (1..).zip(kinds).map(|(number, (kind, nominated))| (kind, Order::of_clients(number, kind, nominated)))
}

/// A server that takes signatures over SHA-1 and asks one application for them.
fn with_sha1() -> Server {
    let mut policy = Policy::production();
    policy.sha1 = Policy::test_profile().sha1;
    let settings = Settings { sha1_applications: vec![SHA1_APPLICATION.to_owned()], ..Settings::default() };
    Server::with(MemoryStore::default(), Tokens::Believed, settings, |service| service.signatures(check_by(policy)))
}

/// A call of a user of this application.
fn of_application(server: &Server, application: &str, path: &str, body: &Value) -> Reply {
    let token = unsigned(&json!({
        "scope": "urn:nhsd:apim:user-nhs-id:aal3:fhir-prescribing",
        "nhsid_useruid": "555254239107",
        "selected_roleid": "555254240100",
        "application_id": application,
    }));
    server.ask("POST", path, &[("authorization", &token), ("x-request-id", &request_id())], &body.to_string())
}

fn accepted(reply: &Reply) {
    assert_eq!(reply.status, 200, "{}", reply.text);
    let issue = &reply.json()["issue"][0];
    assert_eq!((&issue["code"], &issue["severity"]), (&json!("informational"), &json!("information")));
}

/// Prepares, signs and sends it, as this application.
fn sends(server: &Server, application: &str, order: &Order) {
    let prepared = of_application(server, application, PREPARE, &order.bundle);
    accepted(&of_application(server, application, MESSAGE, &order.sealed(&prepared)));
}

/// The issues of a prescription, as a search gives them.
fn issues(server: &Server, order: &Order) -> Vec<Value> {
    let found = server.track(&format!("?prescriptionId={}", order.id.replace('+', "%2B"))).json();
    let entries = found["entry"].as_array().unwrap().iter().skip(1);
    entries.map(|entry| entry["resource"].clone()).collect()
}

fn status(issue: &Value) -> &Value {
    &issue["extension"][0]["extension"][0]["valueCoding"]["code"]
}

/// Row by row of 3.1, and of the checklist 1, 2, 3 and 4: constant fullUrls and no ids, `https` systems, code and display of
/// different types, no authoredOn, no focus, no verification status, a destination without a nomination.
#[test]
fn the_prescription_that_clients_send_is_accepted_of_every_kind_and_nominated_or_not() {
    let server = Server::start();
    for (kind, order) in every_kind() {
        order.send(&server);
        let found = issues(&server, &order);
        assert!(found.iter().all(|issue| issue["identifier"][0]["value"] == order.id.as_str()));
        assert_eq!(status(&found[0]), "0001", "{kind:?}");
    }
}

/// Checklist 2: the systems of SNOMED CT and HL7 are the same with `http` and with `https`.
#[test]
fn systems_of_snomed_and_hl7_are_the_same_with_https_everywhere() {
    let server = Server::start();
    for (from, to) in [("http://", "https://"), ("https://", "http://")] {
        let mut order = Order::of_clients(if from == "http://" { 1 } else { 2 }, Kind::Acute, true);
        let spelled = ["snomed.info/sct", "terminology.hl7.org/CodeSystem"]
            .iter()
            .fold(order.bundle.to_string(), |text, base| {
                text.replace(&format!("{from}{base}"), &format!("{to}{base}"))
            });
        order.bundle = serde_json::from_str(&spelled).unwrap();
        order.send(&server);
    }
}

/// 3.1: a repeat says nothing of repeats, and a repeat dispensing prescription has one issue more than repeats.
#[test]
fn a_repeat_is_stored_as_one_of_one_and_six_repeats_as_seven_issues() {
    let server = Server::start();
    for (kind, order) in every_kind() {
        order.send(&server);
        let found = issues(&server, &order);
        let counts = |issue: &Value| {
            let parts = issue["extension"][1]["extension"].as_array().cloned().unwrap_or_default();
            parts.iter().filter_map(|part| part["valueInteger"].as_u64()).collect::<Vec<_>>()
        };
        let told: Vec<_> = found.iter().map(counts).collect();
        match kind {
            Kind::Acute => assert_eq!((told, &found[0]["intent"]), (vec![vec![]], &json!("order"))),
            Kind::Repeat => assert_eq!((told, &found[0]["intent"]), (vec![vec![1, 1]], &json!("instance-order"))),
            Kind::RepeatDispensing(_) => {
                assert_eq!(told, (1..=7).map(|issue| vec![issue, 7]).collect::<Vec<_>>());
                assert_eq!(found[0]["intent"], "reflex-order");
            }
        }
    }
}

/// 3.1: fullUrls mean something inside one Bundle only.
#[test]
fn prescriptions_with_the_same_full_urls_are_different_prescriptions() {
    let server = Server::start();
    let [first, second] = [1, 2].map(|number| Order::of_clients(number, Kind::Acute, true));
    assert_eq!(first.bundle["entry"][1]["fullUrl"], second.bundle["entry"][1]["fullUrl"]);
    first.send(&server);
    second.send(&server);
    let reply = server.post(MESSAGE, &first.cancellation_of_clients(REASONS[0]));
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(
        (status(&issues(&server, &first)[0]), status(&issues(&server, &second)[0])),
        (&json!("0005"), &json!("0001"))
    );
}

/// 3.2; checklist 18: read by position.
#[test]
fn prepare_answers_digest_timestamp_and_algorithm_by_position() {
    let server = Server::start();
    let reply = server.post(PREPARE, &Order::of_clients(1, Kind::Acute, false).bundle);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let answer = reply.json();
    let parameters = answer["parameter"].as_array().unwrap();
    let names: Vec<_> = parameters.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect();
    assert_eq!(
        (answer["resourceType"].as_str(), names),
        (Some("Parameters"), vec!["digest", "timestamp", "algorithm"])
    );
    assert_eq!(parameters[1]["valueString"], "2026-03-02T09:00:00+00:00");
    assert_eq!(parameters[2]["valueString"], "RS256");
}

#[test]
fn prepare_asks_the_listed_applications_for_rs1_and_all_others_for_rs256() {
    let server = with_sha1();
    let order = Order::of_clients(1, Kind::Acute, true);
    for (application, algorithm) in [(SHA1_APPLICATION, "RS1"), ("00000000-0000-4000-8000-0000000000a2", "RS256")] {
        let reply = of_application(&server, application, PREPARE, &order.bundle);
        assert_eq!(reply.json()["parameter"][2]["valueString"], algorithm, "{}", reply.text);
    }
    assert_eq!(server.post(PREPARE, &order.bundle).json()["parameter"][2]["valueString"], "RS256", "no application");
}

#[test]
fn prepare_changes_nothing_and_reserves_nothing() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    assert_eq!(server.post(PREPARE, &order.bundle).status, 200);
    assert!(issues(&server, &order).is_empty());
    // The same short id, in another prescription.
    let other = Order::of_clients(1, Kind::Repeat, false);
    assert_eq!(server.post(PREPARE, &other.bundle).status, 200);
    other.send(&server);
    assert_eq!(issues(&server, &other).len(), 1);
}

/// 3.3; checklist 7: `<SignedInfo >`, four blanks, a Provenance of 2008 that has the MedicationRequest for its only target.
#[test]
fn the_signature_text_of_clients_is_taken_over_sha256_and_over_sha1() {
    let server = with_sha1();
    for (_, order) in every_kind() {
        sends(&server, SHA1_APPLICATION, &order);
        assert_eq!(status(&issues(&server, &order)[0]), "0001");
    }
    let order = Order::of_clients(7, Kind::Acute, true);
    sends(&server, "00000000-0000-4000-8000-0000000000a2", &order);
    let strict = Server::start();
    let over_sha1 = order.sealed(&of_application(&server, SHA1_APPLICATION, PREPARE, &order.bundle));
    assert_eq!(strict.post(MESSAGE, &over_sha1).status, 400, "production takes no signature over SHA-1");
}

/// 4.1: verified once more at the release.
#[test]
fn a_prescription_signed_over_sha1_is_released() {
    let server = with_sha1();
    for (kind, order) in every_kind() {
        sends(&server, SHA1_APPLICATION, &order);
        let reply = server.post("/fhir-dispensing/FHIR/R4/Task/$release", &order.release_of_clients(NOMINATED));
        assert_eq!((reply.status, passed(&reply).0), (200, 1), "{kind:?}: {}", reply.text);
    }
}

/// 3.3: the client parses and prints the JSON again between the two calls.
#[test]
fn spacing_may_change_between_prepare_and_the_order() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    let signed = order.signed(&server);
    let headers = [("authorization", "Bearer x"), ("x-request-id", &request_id())];
    accepted(&server.ask("POST", MESSAGE, &headers, &serde_json::to_string_pretty(&signed).unwrap()));
}

/// 3.3: one issue per reason.
#[test]
fn a_signature_that_is_refused_is_answered_with_its_reasons() {
    let server = Server::start();
    let mut signed = Order::of_clients(1, Kind::Acute, true).signed(&server);
    signed["entry"][1]["resource"]["dosageInstruction"][0]["text"] = "4 times a day".into();
    let reply = server.post(MESSAGE, &signed);
    assert_eq!((reply.status, reply.issues()), (400, vec!["Signature doesn't match prescription".to_owned()]));
    assert_eq!(
        (&reply.json()["issue"][0]["severity"], &reply.json()["issue"][0]["code"]),
        (&json!("error"), &json!("invalid"))
    );
}

/// The reasons of 3.4.
const REASONS: [(&str, &str); 9] = [
    ("0001", "Prescribing Error"),
    ("0002", "Clinical contra-indication"),
    ("0003", "Change to medication treatment regime"),
    ("0004", "Clinical grounds"),
    ("0005", "At the Patients request"),
    ("0006", "At the Pharmacists request"),
    ("0007", "Notification of Death"),
    ("0008", "Patient deducted - other reason"),
    ("0009", "Patient deducted - registered with new practice"),
];

/// The words that clients read of a cancellation: the first extension of the first MedicationRequest.
fn read(reply: &Reply) -> Value {
    let answer = reply.json();
    assert_eq!((reply.status, &answer["resourceType"]), (200, &json!("Bundle")), "{}", reply.text);
    let entries = answer["entry"].as_array().unwrap();
    let request = entries.iter().find(|entry| entry["resource"]["resourceType"] == "MedicationRequest").unwrap();
    let status = &request["resource"]["extension"][0]["extension"][0];
    assert_eq!((&status["url"], &status["valueCoding"]["code"]), (&json!("status"), &json!("R-0001")));
    status["valueCoding"]["display"].clone()
}

/// 3.4; checklist 18.
#[test]
fn a_prescription_is_cancelled_for_each_of_the_nine_reasons() {
    let server = Server::start();
    for (number, reason) in (1..).zip(REASONS) {
        let order = Order::of_clients(number, Kind::Acute, true);
        order.send(&server);
        let cancellation = order.cancellation_of_clients(reason);
        let headers =
            [("authorization", "Bearer x"), ("x-request-id", &*request_id()), ("NHSD-Session-URID", "555254240100")];
        let reply = server.ask("POST", MESSAGE, &headers, &cancellation.to_string());
        assert_eq!(read(&reply), "Prescription/item was cancelled", "{reason:?}");
        let details = server.track(&format!("/{}", order.id)).json();
        let entries = details["entry"].as_array().unwrap();
        let item = entries.iter().find(|entry| entry["resource"]["resourceType"] == "MedicationRequest").unwrap();
        assert_eq!(item["resource"]["statusReason"]["coding"][0]["code"], reason.0);
    }
}

#[test]
fn a_cancellation_takes_every_kind_nominated_or_not_and_closes_all_issues() {
    let server = Server::start();
    for (kind, order) in every_kind() {
        order.send(&server);
        let reply = server.post(MESSAGE, &order.cancellation_of_clients(REASONS[3]));
        assert_eq!(read(&reply), "Prescription/item was cancelled", "{kind:?}");
        let found = issues(&server, &order);
        assert_eq!(found.len(), if kind == SEVEN { 7 } else { 1 });
        assert!(found.iter().all(|issue| status(issue) == "0005"), "{kind:?} {found:?}");
    }
}

/// 2.1 and checklist 5: the headers of a prescriber's system, which sends no role.
#[test]
fn a_prescribing_call_needs_no_role_header_and_any_content_type_will_do() {
    let server = Server::start();
    let id = request_id();
    let token = unsigned(&json!({
        "scope": "urn:nhsd:apim:user-nhs-id:aal3:fhir-prescribing openid",
        "nhsid_useruid": "555254239107",
        "nhsid_nrbac_roles": [{ "person_roleid": "555254240100", "org_code": PRACTICE }],
        "unknown": { "claim": true },
    }));
    let order = Order::of_clients(1, Kind::Acute, false).bundle.to_string();
    for (content, accept) in [("application/json", "*/*"), ("application/fhir+json", "image/png")] {
        let headers = [
            ("AUTHORIZATION", token.as_str()),
            ("X-Request-Id", id.as_str()),
            ("x-correlation-id", "5f1e7a90-0000-4000-8000-000000000001"),
            ("Content-Type", content),
            ("accept", accept),
            ("x-user-org-code", "Auto001"),
        ];
        let reply = server.ask("POST", PREPARE, &headers, &order);
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.header("x-request-id"), Some(id.as_str()));
        assert_eq!(reply.header("x-correlation-id"), Some("5f1e7a90-0000-4000-8000-000000000001"));
        assert_eq!(reply.header("content-type"), Some("application/fhir+json; fhirVersion=4.0"));
    }
}
