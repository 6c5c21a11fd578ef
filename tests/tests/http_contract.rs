//! The HTTP contract of the EPS APIs, row by row: routes, headers, who may, and the words of refusals.

#![cfg(test)]

use eps_tests::http::tokens::unsigned;
use eps_tests::http::{Order, Reply, Server, passed, release, request_id};
use serde_json::{Value, json};

const MESSAGE: &str = "/fhir-prescribing/FHIR/R4/$process-message";
const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";

fn with_scope(server: &Server, scope: &str, path: &str, body: &Value) -> Reply {
    let token = unsigned(&json!({
        "scope": scope,
        "nhsid_useruid": "555254239107",
        "selected_roleid": "555254240100",
    }));
    server.ask("POST", path, &[("authorization", &token), ("x-request-id", &request_id())], &body.to_string())
}

#[test]
fn anybody_may_ask_how_the_service_is() {
    let server = Server::start();
    let get = |path: &str| server.ask("GET", path, &[("x-request-id", "4B7CF3A4-0000-4000-8000-2F3B4E0A9D11")], "");
    for prefix in ["", "/electronic-prescriptions", "/fhir-prescribing", "/fhir-dispensing"] {
        let ping = get(&format!("{prefix}/_ping"));
        assert_eq!(ping.status, 200);
        assert_eq!(ping.header("content-type"), Some("application/json"));
        assert!(ping.json()["version"].as_str().is_some_and(|version| !version.is_empty()));
        assert_eq!(ping.header("x-request-id"), Some("4B7CF3A4-0000-4000-8000-2F3B4E0A9D11"), "it is mirrored");
        assert_eq!(get(&format!("{prefix}/_status/")).status, 200);
        let metadata = get(&format!("{prefix}/metadata"));
        assert_eq!(metadata.json()["capabilityStatement"]["fhirVersion"], "4.0.1");
    }
    assert_eq!(get("/clinical-prescription-tracker/_ping").status, 200);
    assert_eq!(get("/prescription-status-update/metadata").json()["resourceType"], "CapabilityStatement");
    assert_eq!(get("/_healthcheck").json()["status"], "pass");
}

#[test]
fn what_is_no_route_is_told_so() {
    let server = Server::start();
    for path in ["/", "/fhir-prescribing/FHIR/R4/Patient", "/fhir-prescribing/../etc/passwd", "/FHIR/R4/%2e%2e/_ping"] {
        let reply = server.ask("GET", path, &[], "");
        assert_eq!((reply.status, reply.json()["issue"][0]["code"].clone()), (404, json!("not-found")), "{path}");
    }
    let reply = server.ask("DELETE", "/fhir-dispensing/FHIR/R4/Task", &[], "");
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    assert_eq!(server.ask("GET", "/_poll/x", &[], "").status, 400);
}

#[test]
fn without_a_token_nothing_is_looked_at() {
    let server = Server::start();
    for path in ["$prepare", "$process-message", "Task/$release", "Task", "Claim", "$validate"] {
        let path = format!("/fhir-dispensing/FHIR/R4/{path}");
        for headers in [&[][..], &[("apikey", "x")], &[("authorization", "Basic eDp5")]] {
            let reply = server.ask("POST", &path, headers, "not even JSON");
            assert_eq!((reply.status, reply.issues()), (401, vec!["Invalid access token".to_owned()]), "{path}");
        }
    }
}

#[test]
fn a_request_id_is_a_uuid() {
    let server = Server::start();
    let ask = |headers: &[(&str, &str)]| server.ask("POST", RELEASE, headers, "{}");
    let reply = ask(&[("authorization", "Bearer x")]);
    assert_eq!((reply.status, reply.issues()), (400, vec!["X-Request-ID header missing or malformed".to_owned()]));
    let reply = ask(&[("authorization", "Bearer x"), ("x-request-id", "7")]);
    assert_eq!((reply.status, reply.issues()), (400, vec!["Invalid value - '7' in header 'X-Request-ID'".to_owned()]));
}

#[test]
fn a_prescriber_cannot_release_and_a_dispenser_cannot_prescribe() {
    let server = Server::start();
    let order = Order::new(1, true).bundle;
    let cases = [
        (
            "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing",
            "/fhir-prescribing/FHIR/R4/$prepare",
            order.clone(),
            "prescribing",
        ),
        ("urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing", MESSAGE, order.clone(), "prescribing"),
        ("urn:nhsd:apim:user-nhs-id:aal3:fhir-prescribing", RELEASE, release("FZ417", None), "dispensing"),
        ("", RELEASE, release("FZ417", None), "dispensing"),
    ];
    for (scope, path, body, what) in cases {
        let reply = with_scope(&server, scope, path, &body);
        let words = format!("Your app does not have permission to access {what} functionality.");
        assert_eq!((reply.status, reply.issues()), (403, vec![words]), "{scope} {path}");
    }
    let reply =
        with_scope(&server, "urn:nhsd:apim:app:level3:fhir-dispensing", "/fhir-dispensing/FHIR/R4/Claim", &json!({}));
    assert_eq!(reply.status, 400, "what is no message is told before who may send it");
}

#[test]
fn a_role_is_one_of_the_tokens() {
    let server = Server::start();
    let roles = json!([{ "person_roleid": "555254240100", "role_code": "R8000" }, { "person_roleid": "555254240101" }]);
    let scope = "urn:nhsd:apim:user-nhs-id:aal3:fhir-prescribing";
    let token = unsigned(&json!({ "scope": scope, "nhsid_useruid": "555254239107", "nhsid_nrbac_roles": roles }));
    let ask = |role: Option<&str>| {
        let id = request_id();
        let mut headers = vec![("authorization", token.as_str()), ("x-request-id", id.as_str())];
        headers.extend(role.map(|role| ("NHSD-Session-URID", role)));
        server.ask("POST", "/fhir-prescribing/FHIR/R4/$prepare", &headers, &Order::new(1, true).bundle.to_string())
    };
    assert_eq!(ask(Some("555254240101")).status, 200);
    let wrong = "Invalid value - '555254240999' in header 'NHSD-Session-URID'".to_owned();
    assert_eq!((ask(Some("555254240999")).status, ask(Some("555254240999")).issues()), (400, vec![wrong]));
    assert_eq!(ask(None).issues(), ["Missing value in header 'NHSD-Session-URID'"], "two roles, and none is chosen");
}

#[test]
fn an_order_that_is_not_signed_or_changed_afterwards_is_refused_with_the_reasons() {
    let server = Server::start();
    let order = Order::new(2, true);
    let reply = server.post(MESSAGE, &order.bundle);
    assert_eq!(reply.status, 400, "{}", reply.text);
    let mut signed = order.signed(&server);
    signed["entry"][1]["resource"]["dosageInstruction"][0]["text"] = "10 capsules three times a day".into();
    let reply = server.post(MESSAGE, &signed);
    assert_eq!((reply.status, reply.issues()), (400, vec!["Signature doesn't match prescription".to_owned()]));
}

#[test]
fn a_message_that_cannot_be_read_is_refused_with_every_problem_and_its_place() {
    let server = Server::start();
    let mut order = Order::new(3, true).bundle;
    order["entry"][1]["resource"]["status"] = "completed".into();
    order["entry"][2]["resource"]["dispenseRequest"]["quantity"]["value"] = "many".into();
    let reply = server.post("/fhir-prescribing/FHIR/R4/$prepare", &order);
    assert_eq!(reply.status, 400);
    let outcome = reply.json();
    let issues = outcome["issue"].as_array().unwrap();
    let expressions: Vec<Value> = issues.iter().map(|issue| issue["expression"][0].clone()).collect();
    assert!(expressions.contains(&json!("Bundle.entry[2].resource.dispenseRequest.quantity.value")), "{expressions:?}");
    assert!(expressions.len() >= 2, "{expressions:?}");
}

#[test]
fn a_repeat_under_the_same_request_id_is_answered_the_same_and_another_one_is_a_duplicate() {
    let server = Server::start();
    let signed = Order::new(4, true).signed(&server).to_string();
    let send = |id: &str, body: &str| {
        server.ask("POST", MESSAGE, &[("authorization", "Bearer x"), ("x-request-id", id)], body)
    };
    let id = request_id();
    let first = send(&id, &signed);
    assert_eq!(first.status, 200, "{}", first.text);
    let again = send(&id, &signed);
    assert_eq!((again.status, &again.text), (200, &first.text));
    let other = send(&request_id(), &signed);
    assert_eq!((other.status, other.issues()), (400, vec!["Duplicate HL7 ID Error".to_owned()]));
    let same_prescription = Order::new(4, true).signed(&server).to_string();
    let duplicate = send(&request_id(), &same_prescription);
    assert_eq!((duplicate.status, duplicate.json()["issue"][0]["code"].clone()), (400, json!("duplicate")));
}

#[test]
fn a_lost_reply_is_given_again() {
    let server = Server::start();
    Order::new(5, true).send(&server);
    let plan = json!({ "fault": "drop-reply" }).to_string();
    assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
    let id = request_id();
    let body = release("FZ417", None).to_string();
    let ask = || server.ask("POST", RELEASE, &[("authorization", "Bearer x"), ("x-request-id", &id)], &body);
    assert_eq!(ask().status, 0, "the connection is closed without a reply");
    let again = ask();
    assert_eq!((again.status, passed(&again).0), (200, 1), "{}", again.text);
    assert_eq!(ask().text, again.text);
}

#[test]
fn a_planned_refusal_says_when_to_come_again_and_changes_nothing() {
    let server = Server::start();
    Order::new(6, true).send(&server);
    for status in [429, 503, 500] {
        let plan = json!({ "fault": "refuse", "status": status, "times": 1 }).to_string();
        assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
        let reply = server.post(RELEASE, &release("FZ417", None));
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("retry-after").is_some(), status != 500);
    }
    assert_eq!(passed(&server.post(RELEASE, &release("FZ417", None))).0, 1);
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let server = Server::start();
    let long = " ".repeat(5 * 1024 * 1024);
    let headers = [("authorization", "Bearer x"), ("x-request-id", "4b7cf3a4-0000-4000-8000-2f3b4e0a9d11")];
    assert_eq!(server.ask("POST", RELEASE, &headers, &long).status, 413);
}

#[test]
fn a_release_by_id_is_given_to_any_pharmacy_and_to_one_only() {
    let server = Server::start();
    let order = Order::new(7, true);
    order.send(&server);
    let (total, prescription) = passed(&server.post(RELEASE, &release("FA090", Some(&order.id))));
    assert_eq!(total, 1);
    let entries = prescription["entry"].as_array().unwrap();
    let request = entries.iter().find(|entry| entry["resource"]["resourceType"] == "MedicationRequest").unwrap();
    assert_eq!(request["resource"]["groupIdentifier"]["value"], order.id.as_str());
    let refused = server.post(RELEASE, &release("FZ417", Some(&order.id)));
    assert_eq!(refused.status, 400, "{}", refused.text);
}

#[test]
fn the_validator_tells_warnings_to_those_who_ask() {
    let server = Server::start();
    let order = Order::new(8, false).bundle.to_string();
    let ask = |body: &str, warnings: &str| {
        let id = request_id();
        let headers =
            [("authorization", "Bearer x"), ("x-request-id", id.as_str()), ("x-show-validation-warnings", warnings)];
        server.ask("POST", "/fhir-dispensing/FHIR/R4/$validate", &headers, body)
    };
    let severities = |reply: &Reply| -> Vec<String> {
        let issues = reply.json()["issue"].as_array().unwrap().clone();
        issues.iter().map(|issue| issue["severity"].as_str().unwrap().to_owned()).collect()
    };
    let quiet = ask(&order, "false");
    assert_eq!((quiet.status, severities(&quiet)), (200, vec!["information".to_owned()]));
    let told = ask(&order, "true");
    assert_eq!(told.status, 400);
    assert!(severities(&told).iter().all(|severity| severity == "warning"), "{}", told.text);
    let broken = ask("foo", "false");
    let words = "Failed to parse JSON encoded FHIR content";
    assert_eq!((broken.status, broken.issues().iter().filter(|told| told.contains(words)).count()), (400, 1));
}

#[test]
fn a_conversion_and_a_dosage_can_be_asked_for() {
    let server = Server::start();
    let order = Order::new(9, true).bundle;
    let converted = server.post("/FHIR/R4/$convert", &order);
    assert_eq!((converted.status, converted.header("content-type")), (200, Some("application/xml")));
    assert!(converted.text.contains("PORX_IN020101SM31"));
    let text = server.post("/FHIR/R4/$dose-to-text", &order);
    assert_eq!(text.json().as_array().map(Vec::len), Some(2), "{}", text.text);
    let verified = server.post("/FHIR/R4/$verify-signature", &Order::new(10, true).signed(&server));
    assert_eq!(
        verified.json()["parameter"][0]["part"][1]["resource"]["issue"][0]["code"],
        "informational",
        "{}",
        verified.text
    );
}

#[test]
fn the_clock_of_a_test_server_moves() {
    let server = Server::start();
    let now = |reply: &Reply| reply.json()["now"].as_str().unwrap().to_owned();
    assert!(now(&server.ask("GET", "/_eps/clock", &[], "")).starts_with("2026-03-02T09:00"));
    let moved = server.ask("POST", "/_eps/clock", &[], &json!({ "advance": "30d" }).to_string());
    assert!(now(&moved).starts_with("2026-04-01T09:00"), "{}", moved.text);
    let set = server.ask("POST", "/_eps/clock", &[], &json!({ "set": "2027-02-28T23:59:58Z" }).to_string());
    assert!(now(&set).starts_with("2027-02-28T23:59"), "{}", set.text);
    assert_eq!(server.ask("POST", "/_eps/clock", &[], r#"{"advance":"soon"}"#).status, 400);
}
