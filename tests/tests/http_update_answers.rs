//! What applications are answered that tell patients of their items, beside what is wrong with an entry: how many there
//! are, who else sent them, and how long it took.

#![cfg(test)]

use std::time::Duration;

use eps_tests::http::tokens::unsigned;
use eps_tests::http::updates::{ID, SCOPE, application, bundle, check_as, entry, said, send, send_as};
use eps_tests::http::{Server, request_id};
use eps_transport::http::{Limits, Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

fn items(server: &Server, query: &str, headers: &[(&str, &str)]) -> Vec<Value> {
    let reply = check_as(server, &application("one"), query, headers);
    reply.json()["items"].as_array().unwrap().clone()
}

#[test]
fn an_update_that_takes_too_long_is_answered_504_in_a_bundle() {
    let limits = Limits { update_time: Duration::from_millis(50), ..Limits::default() };
    let server = Server::of(MemoryStore::default(), Tokens::Believed, Settings { limits, ..Settings::default() });
    let plan = json!({ "fault": "delay", "milliseconds": 2000 }).to_string();
    assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
    let reply = send(&server, &[entry("t1", "Collected", "completed")]);
    let words = "The Server has timed out while processing the request sent by the client.";
    let told = ("504 The request timed out".to_owned(), "fatal/timeout".to_owned(), words.to_owned());
    assert_eq!((reply.status, said(&reply)), (504, vec![told]));
    assert!(reply.json()["entry"][0].get("fullUrl").is_none());
}

#[test]
fn refusals_for_load_and_failure_have_one_entry_without_a_full_url_and_all_headers() {
    let server = Server::start();
    for (status, diagnostics) in
        [(429, Value::Null), (500, json!("The Server has encountered an error processing the request."))]
    {
        let plan = json!({ "fault": "refuse", "status": status }).to_string();
        assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
        let id = request_id();
        let headers =
            [("authorization", application("one")), ("x-request-id", id.clone()), ("x-correlation-id", "c".to_owned())];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let body = bundle(&[entry("t1", "Collected", "completed")]).to_string();
        let reply = server.ask("POST", "/prescription-status-update/", &headers, &body);
        let told = &reply.json()["entry"];
        assert_eq!((reply.status, told.as_array().unwrap().len()), (status, 1), "{}", reply.text);
        assert!(told[0].get("fullUrl").is_none());
        assert!(told[0]["response"]["outcome"]["meta"]["lastUpdated"].is_string());
        assert_eq!(told[0]["response"]["outcome"]["issue"][0]["diagnostics"], diagnostics);
        for (name, value) in [
            ("content-type", "application/fhir+json"),
            ("cache-control", "no-cache"),
            ("x-request-id", id.as_str()),
            ("x-correlation-id", "c"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{status} {name}");
        }
    }
}

#[test]
fn more_than_99_entries_are_stored_all_of_them_or_none() {
    let server = Server::start();
    let entries: Vec<_> = (100..220).map(|task| entry(&format!("t{task}"), "Collected", "completed")).collect();
    let mut doubled = entries.clone();
    doubled.push(entry("t100", "Collected", "completed"));
    let reply = send(&server, &doubled);
    let told = said(&reply);
    assert_eq!((reply.status, told.len()), (409, 121));
    assert_eq!(
        (told[0].0.as_str(), told[120].0.as_str()),
        ("200 OK", "409 Conflict"),
        "the second is the one too many"
    );
    assert_eq!(check_as(&server, &application("one"), "", &[]).status, 404, "nothing is stored");
    let reply = send(&server, &entries);
    assert_eq!((reply.status, said(&reply).len()), (201, 120));
    assert!(said(&reply).iter().all(|(status, ..)| status == "201 Created"));
}

#[test]
fn every_pair_of_statuses_that_goes_together_is_taken_and_no_other() {
    let server = Server::start();
    for (business, completed, in_progress) in [
        ("With Pharmacy", false, true),
        ("With Pharmacy - Preparing Remainder", false, true),
        ("Ready to Collect - Partial", false, true),
        ("Ready to Dispatch - Partial", false, true),
        ("Ready to Collect", true, true),
        ("Ready to Dispatch", true, true),
        ("Collected", true, false),
        ("Dispatched", true, false),
        ("Not Dispensed", true, false),
    ] {
        for (status, goes) in [("completed", completed), ("in-progress", in_progress)] {
            let reply = send(&server, &[entry(&request_id(), business, status)]);
            assert_eq!(reply.status == 201, goes, "{business}, {status}: {}", reply.text);
        }
    }
}

#[test]
fn all_fields_of_an_update_are_stored() {
    let server = Server::start();
    let mut update = entry("t1", "Ready to collect", "in-progress");
    let task = &mut update["resource"];
    task["basedOn"][0]["identifier"]["value"] = ID.to_lowercase().into();
    task["owner"]["identifier"]["value"] = " fa565 ".into();
    task["lastModified"] = "2026-03-20T09:00:00Z".into();
    task["meta"] = json!({ "lastUpdated": "2026-03-02T08:00:00Z" });
    task["input"] = json!([{ "type": { "text": "Repeat Number" }, "valueInteger": 4 }]);
    let id = request_id();
    let headers = [("authorization", application("one")), ("x-request-id", id.clone())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let reply = server.ask("POST", "/prescription-status-update/", &headers, &bundle(&[update]).to_string());
    assert_eq!(reply.status, 201, "{}", reply.text);
    let two_years = 1_772_442_000 + 2 * 365 * 24 * 60 * 60;
    let stored = items(&server, "", &[]);
    let mut item = stored[0].clone();
    let expires = item["ExpiryTime"].take().as_i64().unwrap();
    assert!((two_years..two_years + 3600).contains(&expires), "{expires}");
    assert_eq!(
        item,
        json!({
            "PrescriptionID": ID,
            "LineItemID": "3F0F7A52-9A6E-4C55-8A5A-0C5D7B1E2A41",
            "PatientNHSNumber": "9990173923",
            "PharmacyODSCode": "FA565",
            "Status": "Ready to collect",
            "TerminalStatus": "in-progress",
            "TaskID": "t1",
            "LastModified": "2026-03-20T09:00:00Z",
            "RepeatNo": 4,
            "RequestID": id,
            "ApplicationName": "one",
            "ApplicationID": "a-1",
            "PostDatedLastModifiedSetAt": "2026-03-02T08:00:00Z",
            "ExpiryTime": null,
        })
    );
    // Without these three, they are not there; an application that its token does not name is unknown.
    let nameless = unsigned(&json!({ "scope": SCOPE }));
    assert_eq!(send_as(&server, &nameless, &bundle(&[entry("t2", "Collected", "completed")])).status, 201);
    let other = check_as(&server, &nameless, "", &[]).json()["items"][0].clone();
    assert_eq!((&other["ApplicationName"], &other["ApplicationID"]), (&json!("unknown"), &json!("unknown")));
    assert!(other.get("RepeatNo").is_none() && other.get("PostDatedLastModifiedSetAt").is_none(), "{other}");
}

#[test]
fn the_prescription_need_not_exist_and_a_prediction_may_be_999_hours_ahead() {
    let server = Server::start();
    let ahead = |hours: i64, predicted: bool| {
        let mut update = entry(&request_id(), "Ready to Collect", "in-progress");
        let start = 1_772_442_000;
        let at = eps_core::model::Timestamp::from_unix(start + hours * 3600);
        update["resource"]["lastModified"] = at.to_string().into();
        if predicted {
            update["resource"]["meta"] = json!({ "lastUpdated": "2026-03-02T09:00:00Z" });
        }
        send(&server, &[update]).status
    };
    assert_eq!([ahead(24, false), ahead(25, false), ahead(999, true), ahead(1000, true)], [201, 400, 201, 400]);
}

#[test]
fn every_wrong_identifier_system_and_every_foreign_ods_code_is_named() {
    let server = Server::start();
    let mut systems = entry("t1", "Collected", "completed");
    for pointer in [
        "/focus/identifier/system",
        "/for/identifier/system",
        "/owner/identifier/system",
        "/basedOn/0/identifier/system",
        "/businessStatus/coding/0/system",
    ] {
        *systems["resource"].pointer_mut(pointer).unwrap() = "x".into();
    }
    let told = said(&send(&server, &[systems]));
    let words = "Invalid CodeSystem(s) - LineItemID, PatientNHSNumber, PharmacyODSCode, PrescriptionID, Status.";
    assert_eq!(told[0].2, words);
    let foreign = |task: &str, code: &str| {
        let mut update = entry(task, "Collected", "completed");
        update["resource"]["owner"]["identifier"]["value"] = code.into();
        update
    };
    let reply = send(&server, &[foreign("t1", "a-1"), foreign("t2", "fa565"), foreign("t3", "b c")]);
    assert_eq!((reply.status, said(&reply)[0].2.as_str()), (400, r#"Received invalid ODS codes: ["A-1","B C"]"#));
    assert!(reply.json()["entry"][0].get("fullUrl").is_none());
}

#[test]
fn updates_and_a_failure_to_read_them_come_in_plain_json() {
    let server = Server::start();
    assert_eq!(send(&server, &[entry("t1", "Collected", "completed")]).status, 201);
    let plan = json!({ "fault": "refuse", "status": 500 }).to_string();
    assert_eq!(server.ask("POST", "/_eps/faults", &[], &plan).status, 200);
    let read = || check_as(&server, &application("one"), "?prescriptionid=EBA388-000X26-44ABA%43", &[]);
    let (failed, found) = (read(), read());
    assert_eq!((failed.status, failed.json()), (500, json!({ "message": "A system error has occurred" })));
    assert_eq!((found.status, found.json()["items"].as_array().unwrap().len()), (200, 1), "values are decoded");
    for reply in [failed, found] {
        assert_eq!(reply.header("content-type"), Some("application/json"));
    }
}
