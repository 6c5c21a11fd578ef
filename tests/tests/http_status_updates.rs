//! The status updates over HTTP: what is taken, what is refused and how, and what is read back.

#![cfg(test)]

use eps_tests::http::tokens::unsigned as token;
use eps_tests::http::updates::{ID, SCOPE, application, bundle, check_as, entry, said, send, send_as};
use eps_tests::http::{Order, Reply, Server, release, request_id};
use eps_transport::http::{Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const PATH: &str = "/prescription-status-update/";
const CHECK: &str = "/prescription-status-update/checkprescriptionstatusupdates";

fn wrong(words: &str) -> (String, String, String) {
    ("400 Bad Request".to_owned(), "error/value".to_owned(), words.to_owned())
}

fn fine() -> (String, String, String) {
    let words = "Data not committed due to issues in other entries.";
    ("200 OK".to_owned(), "information/informational".to_owned(), words.to_owned())
}

#[test]
fn updates_are_stored_all_of_them_and_read_back_at_once() {
    let server = Server::start();
    for (task, business, status) in [
        ("t1", "With Pharmacy", "in-progress"),
        ("t2", "Ready to Collect", "in-progress"),
        ("t3", "Collected", "completed"),
    ] {
        let reply = send(&server, &[entry(task, business, status)]);
        assert_eq!(reply.status, 201, "{}", reply.text);
        assert_eq!(reply.header("content-type"), Some("application/fhir+json"));
        assert_eq!(reply.header("cache-control"), Some("no-cache"));
        assert_eq!(reply.json()["type"], "transaction-response");
        assert_eq!(reply.json()["entry"][0]["fullUrl"], format!("urn:uuid:{task}"));
        let created = ("201 Created", "information/success", "No issues detected during validation.");
        let created = (created.0.to_owned(), created.1.to_owned(), created.2.to_owned());
        assert_eq!(said(&reply), [created]);
        let check = check_as(&server, &application("one"), &format!("?prescriptionid={ID}"), &[]);
        let items = check.json()["items"].as_array().unwrap().clone();
        let item = items.iter().find(|item| item["TaskID"] == task).unwrap();
        assert_eq!((&item["Status"], &item["TerminalStatus"]), (&json!(business), &json!(status)));
        assert_eq!((&item["PharmacyODSCode"], &item["PrescriptionID"]), (&json!("FA565"), &json!(ID)));
        assert_eq!(item["LineItemID"], "3F0F7A52-9A6E-4C55-8A5A-0C5D7B1E2A41");
        assert_eq!((&item["ApplicationName"], &item["ApplicationID"]), (&json!("one"), &json!("a-1")));
    }
}

#[test]
fn who_may_not_is_refused_before_the_body_is_looked_at() {
    let server = Server::start();
    let scope = "urn:nhsd:apim:user-nhs-id:aal3:fhir-dispensing";
    for (method, path) in [("POST", PATH), ("GET", CHECK)] {
        assert_eq!(server.ask(method, path, &[("apikey", "x")], "").status, 401);
        let other = token(&json!({ "scope": scope, "sub": "1" }));
        assert_eq!(server.ask(method, path, &[("authorization", &other)], "").status, 403);
    }
}

#[test]
fn an_empty_bundle_is_answered_with_an_empty_one() {
    let server = Server::start();
    for body in [bundle(&[]), json!({ "resourceType": "Bundle", "type": "transaction" })] {
        let reply = send_as(&server, &application("one"), &body);
        assert_eq!((reply.status, said(&reply)), (200, vec![]));
    }
}

#[test]
fn an_application_without_a_name_is_refused_where_one_is_required() {
    let nameless = token(&json!({ "scope": SCOPE }));
    let body = bundle(&[entry("t1", "Collected", "completed")]);
    let settings = Settings { named_applications: true, ..Settings::default() };
    let strict = Server::of(MemoryStore::default(), Tokens::Believed, settings);
    let reply = send_as(&strict, &nameless, &body);
    assert_eq!((reply.status, said(&reply)), (400, vec![]));
    let lenient = Server::start();
    assert_eq!(send_as(&lenient, &nameless, &body).status, 201);
    let items = check_as(&lenient, &nameless, "", &[]).json();
    assert_eq!(items["items"][0]["ApplicationName"], "unknown");
}

#[test]
fn a_request_without_an_id_or_of_another_kind_is_refused_with_one_entry() {
    let server = Server::start();
    let body = bundle(&[entry("t1", "Collected", "completed")]).to_string();
    let reply = server.ask("POST", PATH, &[("authorization", &application("one"))], &body);
    assert_eq!((reply.status, said(&reply)), (400, vec![wrong("Missing or empty x-request-id header.")]));
    assert!(reply.json()["entry"][0].get("fullUrl").is_none());
    let words = "Request body does not have resourceType of 'Bundle' and type of 'transaction'.";
    for body in [json!({ "resourceType": "Bundle", "type": "message" }), json!({ "type": "transaction" }), json!([])] {
        let reply = send_as(&server, &application("one"), &body);
        assert_eq!((reply.status, said(&reply)), (400, vec![wrong(words)]), "{body}");
    }
    let headers = [("authorization", application("one")), ("x-request-id", request_id())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let reply = server.ask("POST", PATH, &headers, "no JSON");
    assert_eq!((reply.status, reply.json()["resourceType"].clone()), (400, json!("OperationOutcome")));
}

#[test]
fn what_is_missing_is_named_in_order() {
    let server = Server::start();
    let reply = send(&server, &[json!({}), json!({ "fullUrl": "urn:uuid:x", "resource": {} })]);
    let fields =
        "LastModified, LineItemID, PatientNHSNumber, PharmacyODSCode, PrescriptionID, Status, TaskID, TerminalStatus";
    let told = [
        wrong("Missing required field(s) - FullUrl, Resource."),
        wrong(&format!("Missing required field(s) - {fields}.")),
    ];
    assert_eq!((reply.status, said(&reply)), (400, told.to_vec()));
}

#[test]
fn everything_wrong_with_an_entry_is_told_and_nothing_is_stored() {
    let server = Server::start();
    let follow_up = |status: &str, business: &str, end: &str| {
        format!("Task.status field set to '{status}' but Task.businessStatus value of '{business}' {end}")
    };
    let cases: Vec<(&str, Value, String)> = vec![
        ("/fullUrl", json!("urn:uuid:other"), "Invalid entry fullUrl or task id.".to_owned()),
        ("/resource/status", json!("cancelled"), "Unsupported Task.status 'cancelled'.".to_owned()),
        (
            "/resource/businessStatus/coding/0/code",
            json!("Lost"),
            "Invalid business status. Unsupported Task.businessStatus 'Lost'.".to_owned(),
        ),
        ("/resource/lastModified", json!("yesterday"), "Date format provided for lastModified is invalid.".to_owned()),
        ("/resource/lastModified", json!("2026-03-04T09:00:00Z"), "Invalid lastModified value provided.".to_owned()),
        ("/resource/for/identifier/value", json!("9990173924"), "NHS number is invalid.".to_owned()),
        (
            "/resource/basedOn/0/identifier/value",
            json!("EBA388-000X26-44ABAD"),
            "Prescription ID is invalid.".to_owned(),
        ),
        ("/resource/resourceType", json!("Patient"), "Resource's resourceType is not 'Task'.".to_owned()),
        (
            "/resource/businessStatus/coding/0/code",
            json!("With Pharmacy"),
            follow_up("completed", "With Pharmacy", "requires follow up action."),
        ),
        (
            "/resource/status",
            json!("in-progress"),
            follow_up("in-progress", "Collected", "has no possible follow up action."),
        ),
        ("/resource/focus/identifier/system", json!("x"), "Invalid CodeSystem(s) - LineItemID.".to_owned()),
    ];
    for (pointer, value, words) in cases {
        let mut bad = entry("t1", "Collected", "completed");
        *bad.pointer_mut(pointer).unwrap() = value;
        let reply = send(&server, &[entry("t2", "Collected", "completed"), bad]);
        assert_eq!((reply.status, said(&reply)), (400, vec![fine(), wrong(&words)]), "{pointer}");
    }
    let mut predicted = entry("t1", "Collected", "completed");
    predicted["resource"]["meta"] = json!({ "lastUpdated": "2026-03-04T09:00:00Z" });
    predicted["resource"]["lastModified"] = "2026-04-30T09:00:00Z".into();
    let told = "Invalid lastModified value provided. Invalid meta.lastUpdated value provided.";
    assert_eq!(said(&send(&server, &[predicted.clone()])), [wrong(told)]);
    predicted["resource"]["meta"] = json!({ "lastUpdated": "soon" });
    let told = "Invalid lastModified value provided. Date format provided for meta.lastUpdated is invalid.";
    assert_eq!(said(&send(&server, &[predicted])), [wrong(told)]);
    let mut foreign = entry("t1", "Collected", "completed");
    foreign["resource"]["owner"]["identifier"]["value"] = "FA-5 65".into();
    let reply = send(&server, &[foreign]);
    assert_eq!((reply.status, said(&reply)), (400, vec![wrong(r#"Received invalid ODS codes: ["FA-5 65"]"#)]));
    assert_eq!(check_as(&server, &application("one"), "", &[]).status, 404);
}

#[test]
fn statuses_are_known_in_capitals_and_small_letters_and_stored_as_sent() {
    let server = Server::start();
    assert_eq!(send(&server, &[entry("t1", "Ready to collect", "in-progress")]).status, 201);
    assert_eq!(check_as(&server, &application("one"), "", &[]).json()["items"][0]["Status"], "Ready to collect");
}

#[test]
fn a_task_that_is_known_is_a_conflict() {
    let server = Server::start();
    let (one, two) = (entry("t1", "With Pharmacy", "in-progress"), entry("t2", "Collected", "completed"));
    assert_eq!(send(&server, std::slice::from_ref(&one)).status, 201);
    let reply = send(&server, &[two.clone(), one]);
    assert_eq!(reply.status, 409);
    let words = "Request contains a task id and prescription id identical to a record already in the data store.";
    let known = ("409 Conflict".to_owned(), "error/duplicate".to_owned(), words.to_owned());
    assert_eq!(said(&reply), [fine(), known]);
    let entry = &reply.json()["entry"][1];
    assert_eq!(
        (&entry["response"]["location"], &entry["response"]["lastModified"]),
        (&json!("Task/t1"), &json!("2024-08-19T16:11:13Z"))
    );
    assert!(entry.get("fullUrl").is_none());
    let coding = &entry["response"]["outcome"]["issue"][0]["details"]["coding"][0];
    assert_eq!(coding["code"], "REC_CONFLICT");
    assert_eq!(check_as(&server, &application("one"), "", &[]).json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(send(&server, &[two.clone(), two]).status, 409, "twice in one request");
}

#[test]
fn load_and_failure_are_told_in_a_bundle() {
    let server = Server::start();
    let kinds = [
        (429, "429 Too Many Requests", "error/temporarily-forbidden"),
        (500, "500 Internal Server Error", "fatal/exception"),
    ];
    for (status, line, kind) in kinds {
        let plan = json!({ "fault": "refuse", "status": status }).to_string();
        assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
        let reply = send(&server, &[entry("t1", "Collected", "completed")]);
        let entries = said(&reply);
        assert_eq!((reply.status, entries[0].0.as_str(), entries[0].1.as_str()), (status, line, kind));
    }
}

#[test]
fn an_application_reads_its_own_updates_and_one_that_may_reads_all() {
    let server = Server::start();
    let body = |task: &str| bundle(&[entry(task, "Collected", "completed")]);
    assert_eq!(send_as(&server, &application("one"), &body("t1")).status, 201);
    assert_eq!(send_as(&server, &application("two"), &body("t2")).status, 201);
    let tasks = |reply: &Reply| -> Vec<String> {
        let items = reply.json()["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["TaskID"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(tasks(&check_as(&server, &application("one"), "?nhsnumber=9990173923&odscode=FA565", &[])), ["t1"]);
    let nothing = check_as(&server, &application("one"), "?odscode=FA566", &[]);
    assert_eq!((nothing.status, nothing.json()), (404, json!({ "items": [] })));
    let all = token(&json!({ "scope": SCOPE, "application_name": "all", "show-all-suppliers": true }));
    assert_eq!(tasks(&check_as(&server, &all, "", &[])), ["t1", "t2"]);
    assert_eq!(tasks(&check_as(&server, &all, "", &[("x-override-application-name", "two")])), ["t2"]);
}

#[test]
fn more_updates_than_one_answer_takes_come_page_by_page() {
    let server = Server::start();
    let entries: Vec<_> = (10..30).map(|task| entry(&format!("t{task}"), "Collected", "completed")).collect();
    assert_eq!(send(&server, &entries).status, 201);
    let page = check_as(&server, &application("one"), &format!("?prescriptionid={ID}"), &[]);
    assert_eq!(page.json()["items"].as_array().unwrap().len(), 15);
    let (prescription, task) = ("LastEvaluatedKey-PrescriptionID", "LastEvaluatedKey-TaskID");
    let (prescription, task) = (page.header(prescription).unwrap(), page.header(task).unwrap());
    assert_eq!((prescription, task), (ID, "t24"));
    let from = [("ExclusiveStartKey-PrescriptionID", prescription), ("ExclusiveStartKey-TaskID", task)];
    let rest = check_as(&server, &application("one"), &format!("?prescriptionid={ID}"), &from);
    assert_eq!(rest.json()["items"].as_array().unwrap().len(), 5);
    assert_eq!(rest.header("LastEvaluatedKey-TaskID"), None);
}

#[test]
fn the_details_of_a_prescription_tell_what_the_patient_was_told() {
    let server = Server::start();
    let order = Order::new(1, true);
    order.send(&server);
    let mut update = entry("t1", "Ready to Collect", "in-progress");
    update["resource"]["basedOn"][0]["identifier"]["value"] = order.id.clone().into();
    update["resource"]["focus"]["identifier"]["value"] = order.items()[1].clone().into();
    assert_eq!(send(&server, &[update]).status, 201);
    let told = || {
        let details = server.track(&format!("/{}", order.id)).json();
        let items: Vec<_> =
            details["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect();
        let requests: Vec<_> = items.into_iter().filter(|item| item["resourceType"] == "MedicationRequest").collect();
        let last = |item: &Value| item["extension"].as_array().unwrap().last().unwrap().clone();
        requests.iter().map(last).collect::<Vec<_>>()
    };
    let is_update =
        |extension: &Value| extension["url"].as_str().unwrap().ends_with("Extension-DM-PrescriptionStatusHistory");
    assert!(!told().iter().any(is_update), "nobody holds it yet");
    let path = "/fhir-dispensing/FHIR/R4/Task/$release";
    assert_eq!(server.post(path, &release("FA565", Some(&order.id))).status, 200);
    let extensions = told();
    assert_eq!((is_update(&extensions[0]), is_update(&extensions[1])), (false, true), "{extensions:?}");
    assert_eq!(extensions[1]["extension"][0]["valueCoding"]["code"], "Ready to Collect");
}
