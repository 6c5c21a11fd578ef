//! The tracker over HTTP: what it wants of a question, what it finds, and the history of a prescription.

#![cfg(test)]

use eps_tests::http::tokens::unsigned as token;
use eps_tests::http::tracked::{history, resources};
use eps_tests::http::{Kind, Order, Reply, Server, Told, release, request_id};
use serde_json::json;

const MESSAGE: &str = "/fhir-prescribing/FHIR/R4/$process-message";
const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const STATUS_HISTORY: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionStatusHistory";

fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Reply {
    server.ask("GET", &format!("/clinical-prescription-tracker{path}"), headers, "")
}

#[test]
fn every_missing_header_is_told_in_order_and_two_of_them_come_from_the_token() {
    let server = Server::start();
    let scope = "urn:nhsd:apim:user-nhs-id:aal3:clinical-prescription-tracker";
    let bare = token(&json!({ "scope": scope }));
    let reply = get(&server, "/RequestGroup?nhsNumber=9990173923", &[("authorization", &bare)]);
    let missing = |name: &str| format!("Missing required header, {name}.");
    let all =
        ["x-request-id", "nhsd-organization-uuid", "nhsd-session-urid", "nhsd-identity-uuid", "nhsd-session-jobrole"];
    assert_eq!((reply.status, reply.issues()), (400, all.map(missing).to_vec()), "{}", reply.text);
    let user = token(&json!({ "scope": scope, "nhsid_useruid": "1", "selected_roleid": "2" }));
    let reply = get(&server, "/RequestGroup?nhsNumber=9990173923", &[("authorization", &user)]);
    let left = ["x-request-id", "nhsd-organization-uuid", "nhsd-session-jobrole"];
    assert_eq!(reply.issues(), left.map(missing));
}

#[test]
fn a_refusal_has_the_form_of_the_tracker() {
    let server = Server::start();
    let nobody = get(&server, "/RequestGroup", &[("apikey", "x")]);
    let scope = "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing";
    let other = get(&server, "/RequestGroup", &[("authorization", &token(&json!({ "scope": scope })))]);
    let unknown = server.track("/F281C0-000X26-4811B5");
    for (reply, status, code, detail, display) in [
        (&nobody, 401, "forbidden", "UNAUTHORIZED", "401: The Server deemed you unauthorized to make this request."),
        (&other, 403, "forbidden", "FORBIDDEN", "403: Failed to Authenticate with the Server."),
        (&server.track(""), 400, "value", "BAD_REQUEST", "400: The Server was unable to process the request."),
        (&unknown, 404, "not-found", "NOT_FOUND", "404: The Server was unable to find the specified resource."),
    ] {
        let issue = &reply.json()["issue"][0];
        assert_eq!((reply.status, &issue["code"], &issue["severity"]), (status, &json!(code), &json!("error")));
        let coding = &issue["details"]["coding"][0];
        assert_eq!(coding["system"], "https://fhir.nhs.uk/CodeSystem/http-error-codes");
        assert_eq!((&coding["code"], &coding["display"]), (&json!(detail), &json!(display)));
        assert!(reply.json()["meta"]["lastUpdated"].as_str().is_some_and(|time| time.starts_with("2026-03-02T")));
        assert_eq!(reply.header("content-type"), Some("application/fhir+json"));
        assert_eq!(reply.header("cache-control"), Some("no-cache"));
        assert_eq!(reply.header("x-correlation-id"), Some(""));
    }
    assert_eq!(unknown.issues(), ["Prescription not found"]);
}

#[test]
fn what_is_wrong_with_a_question_is_told_all_at_once() {
    let server = Server::start();
    let neither = "Missing required query string parameter; either prescriptionId or nhsNumber must be included.";
    let both = "Invalid query string parameters; only prescriptionId or nhsNumber must be provided, not both.";
    let (id_form, id_check) = ("prescriptionId does not match required format.", "prescriptionId checksum is invalid.");
    let (number_form, number_check) = ("nhsNumber does not match required format.", "nhsNumber checksum is invalid.");
    let no_id = "Missing required path parameter: prescriptionId.";
    let cases: [(&str, &[&str]); 13] = [
        ("", &[neither]),
        ("?nhsNumber=&prescriptionId=", &[neither]),
        ("?prescriptionId=EBA388-000X26-44ABAC&nhsNumber=9990173923", &[both]),
        ("?prescriptionId=EBA388-000X26-44ABAC&nhsNumber=99", &[both, number_form, number_check]),
        ("?prescriptionId=EBA388-000X26-44ABAD", &[id_check]),
        ("?prescriptionId=EBA388", &[id_form, id_check]),
        ("?prescriptionId=9142DC-A99968-11EB9+", &[id_form, id_check]),
        ("?nhsNumber=9990173924", &[number_check]),
        ("?nhsNumber=999017392", &[number_form, number_check]),
        ("?nhsNumber=9990173923&lowDate=yesterday", &["lowDate does not match required format."]),
        ("/", &[no_id, id_form, id_check]),
        ("/EBA388-000X26-44ABAD", &[id_check]),
        ("/etc", &[id_form, id_check]),
    ];
    for (query, words) in cases {
        let reply = server.track(query);
        assert_eq!(
            (reply.status, reply.issues()),
            (400, words.iter().map(|word| (*word).to_owned()).collect()),
            "{query}"
        );
        assert_eq!(reply.json()["issue"][0]["code"], "value");
    }
}

#[test]
fn what_is_not_known_is_found_by_nobody() {
    let server = Server::start();
    for query in ["?nhsNumber=3152699093", "?prescriptionId=EBA388-000X26-44ABAC"] {
        let reply = server.track(query);
        let empty = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [] });
        assert_eq!((reply.status, reply.json()), (200, empty), "{query}");
    }
}

#[test]
fn a_prescription_created_a_moment_ago_is_found_by_either_key() {
    let server = Server::start();
    let order = Order::new(1, true).for_patient("9449304130");
    order.send(&server);
    Order::new(2, true).send(&server);
    for query in [
        format!("?prescriptionId={}", order.id),
        format!("?prescriptionId={}", order.id.to_lowercase()),
        "?nhsNumber=9449304130".to_owned(),
        "?nhsNumber=9449304130&lowDate=20260302&highDate=20260302".to_owned(),
    ] {
        let reply = server.track(&query);
        let found = reply.json();
        assert_eq!((reply.status, &found["total"]), (200, &json!(1)), "{query}: {}", reply.text);
        assert_eq!(found["entry"][0]["resource"]["identifier"][0]["value"], "9449304130");
        assert_eq!(found["entry"][0]["resource"]["name"][0]["family"], "QUILLFEATHER");
        let group = &found["entry"][1]["resource"];
        assert_eq!(group["identifier"][0]["value"], order.id.as_str());
        assert_eq!((&group["intent"], &group["status"]), (&json!("order"), &json!("active")));
        assert_eq!(group["extension"][0]["url"], STATUS_HISTORY);
        assert_eq!(group["extension"][0]["extension"][0]["valueCoding"]["code"], "0001");
    }
    for query in ["?nhsNumber=9449304130&lowDate=20260303", "?nhsNumber=9449304130&highDate=20260301"] {
        assert_eq!(server.track(query).json()["total"], 0, "{query}");
    }
}

#[test]
fn the_details_of_a_new_prescription_have_all_its_resources_in_order() {
    let server = Server::start();
    let order = Order::new(3, true);
    order.send(&server);
    let reply = server.track(&format!("/{}", order.id));
    let details = reply.json();
    assert_eq!((reply.status, &details["total"]), (200, &json!(1)), "{}", reply.text);
    let kinds: Vec<_> =
        details["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]["resourceType"]).collect();
    assert_eq!(kinds, ["Patient", "PractitionerRole", "MedicationRequest", "MedicationRequest", "RequestGroup"]);
    assert_eq!(resources(&details, "Patient")[0]["identifier"][0]["value"], order.nhs_number());
    assert_eq!(resources(&details, "Patient")[0]["gender"], "female");
    let group = resources(&details, "RequestGroup")[0];
    assert_eq!(group["identifier"][0]["value"], order.id.as_str());
    assert_eq!(group["author"]["identifier"]["value"], "Y90217");
    let items: Vec<_> = resources(&details, "MedicationRequest")
        .iter()
        .map(|item| (item["identifier"][0]["value"].clone(), item["medicationCodeableConcept"]["text"].clone()))
        .collect();
    let upper: Vec<_> = order.items().iter().map(|item| item.to_uppercase()).collect();
    assert_eq!(items[0], (json!(upper[0]), json!("Amoxicillin 500mg capsules")));
    assert_eq!(items[1], (json!(upper[1]), json!("Paracetamol 500mg tablets")));
    let events = history(&details);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["title"], "Prescription upload successful");
    assert_eq!(events[0]["code"][0]["coding"][0]["code"], "0001");
    let who = &events[0]["participant"][0]["extension"][0]["valueReference"]["identifier"]["value"];
    assert_eq!(who, "Y90217");
}

#[test]
fn a_future_issue_of_a_new_repeat_dispensing_prescription_is_shown() {
    let server = Server::start();
    let order = Order::new(4, true).of_kind(Kind::RepeatDispensing(7));
    order.send(&server);
    let reply = server.track(&format!("/{}?issueNumber=2", order.id));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let group = &reply.json();
    let group = resources(group, "RequestGroup")[0];
    assert_eq!(group["intent"], "reflex-order");
    assert_eq!(group["extension"][0]["extension"][0]["valueCoding"]["code"], "9000");
    let repeats = &group["extension"][2]["extension"];
    let value = |url: &str| {
        let part = repeats.as_array().unwrap().iter().find(|part| part["url"] == url).unwrap();
        part["valueInteger"].as_u64().or_else(|| part["valueUnsignedInt"].as_u64()).unwrap()
    };
    assert_eq!((value("numberOfRepeatsIssued"), value("numberOfRepeatsAllowed")), (2, 7));
    for query in ["?issueNumber=8", "?issueNumber=0", "?issueNumber=x"] {
        assert_eq!(server.track(&format!("/{}{query}", order.id)).status, 404, "{query}");
    }
    assert_eq!(server.track(&format!("/{}?issueNumber=", order.id)).status, 200);
    assert_eq!(server.track(&format!("?prescriptionId={}", order.id)).json()["total"], 7, "one for each issue");
}

#[test]
fn what_was_not_dispensed_is_in_the_history_with_its_notification_and_reason() {
    let server = Server::start();
    let order = Order::new(5, true);
    order.send(&server);
    assert_eq!(server.post(RELEASE, &release("FA565", Some(&order.id))).status, 200);
    let told = Told { status: "0007", items: &[("0002", 0), ("0002", 0)], issue: None, replaces: None };
    let (notification, id) = order.notification("FA565", "2026-03-02T09:30:00+00:00", &told);
    let reply = server.post("/fhir-dispensing/FHIR/R4/$process-message", &notification);
    assert_eq!((reply.status, reply.issues()), (200, vec!["informational".to_owned()]), "{}", reply.text);
    let details = server.track(&format!("/{}", order.id)).json();
    let events = history(&details);
    let event = events.iter().find(|event| event["title"] == "Dispense notification successful").unwrap();
    assert_eq!(event["code"][1]["coding"][0], json!({ "system": "https://tools.ietf.org/html/rfc4122", "code": id }));
    let referenced = event["action"][0]["resource"]["reference"].as_str().unwrap();
    let dispense = resources(&details, "MedicationDispense");
    let dispense =
        dispense.iter().find(|dispense| format!("urn:uuid:{}", dispense["id"].as_str().unwrap()) == referenced);
    let dispense = dispense.unwrap();
    assert_eq!(dispense["identifier"][0]["value"], order.items()[0].to_uppercase());
    assert_eq!(
        (&dispense["type"]["coding"][0]["code"], &dispense["type"]["coding"][0]["display"]),
        (&json!("0002"), &json!("Item not dispensed"))
    );
    let reason = &dispense["statusReasonCodeableConcept"]["coding"][0];
    assert_eq!((&reason["code"], &reason["display"]), (&json!("0002"), &json!("Clinically unsuitable")));
    let roles = resources(&details, "PractitionerRole");
    assert_eq!(roles[1]["organization"]["identifier"]["value"], "FA565", "the dispenser");
}

#[test]
fn a_cancelled_item_is_shown_with_its_reason() {
    let server = Server::start();
    let order = Order::new(6, true);
    order.send(&server);
    assert_eq!(server.post(MESSAGE, &order.cancellation("0004")).status, 200);
    let details = server.track(&format!("/{}", order.id)).json();
    let item = resources(&details, "MedicationRequest")[0];
    let status = &item["extension"][0]["extension"][0]["valueCoding"];
    assert_eq!((&status["code"], &status["display"]), (&json!("0005"), &json!("Item Cancelled")));
    let reason = &item["statusReason"]["coding"][0];
    assert_eq!((&reason["code"], &reason["display"]), (&json!("0004"), &json!("Clinical grounds")));
    assert_eq!(history(&details)[1]["title"], "Prescription/item was cancelled");
}

#[test]
fn a_cancellation_that_waits_for_the_dispenser_is_shown_as_pending() {
    let server = Server::start();
    let order = Order::new(7, true);
    order.send(&server);
    assert_eq!(server.post(RELEASE, &release("FA565", Some(&order.id))).status, 200);
    assert_eq!(server.post(MESSAGE, &order.cancellation("0001")).status, 400, "it is with a dispenser");
    let details = server.track(&format!("/{}", order.id)).json();
    let item = resources(&details, "MedicationRequest")[0];
    let extensions = item["extension"].as_array().unwrap();
    let pending = extensions.iter().find(|one| one["url"].as_str().unwrap().ends_with("PendingCancellation")).unwrap();
    assert_eq!(pending["extension"][0]["valueBoolean"], true);
    assert_eq!(item["performer"]["identifier"][0]["value"], "FA565");
    let found = server.track(&format!("?prescriptionId={}", order.id)).json();
    let group = resources(&found, "RequestGroup")[0]["extension"].as_array().unwrap().last().unwrap();
    assert_eq!(group["extension"][1]["valueBoolean"], true, "{group}");
}

#[test]
fn only_a_get_asks_the_tracker() {
    let server = Server::start();
    let id = request_id();
    let reply = server.ask("POST", "/clinical-prescription-tracker/RequestGroup", &[("x-request-id", &id)], "{}");
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, HEAD")));
}
