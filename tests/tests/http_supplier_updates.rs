//! The status updates of the supplier that has a format of its own: what each status becomes, and who may send it.

#![cfg(test)]

use eps_tests::http::tokens::{Issuer, unsigned};
use eps_tests::http::updates::{ID, SCOPE, application, check_as, said};
use eps_tests::http::{Reply, Server, request_id};
use eps_transport::http::token::Issuers;
use eps_transport::http::{Clients, Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

const PATH: &str = "/custom-prescription-status-update/format-1";

fn message(delivery: &str, items: &[(&str, Option<&str>)]) -> Value {
    let item = |(at, (status, completed)): (usize, &(&str, Option<&str>))| {
        let mut item = json!({ "itemID": format!("3f0f7a52-9a6e-4c55-8a5a-0c5d7b1e2a4{at}"), "status": status });
        item["completedStatus"] = completed.map_or(Value::Null, Value::from);
        item
    };
    json!({
        "MessageType": "PrescriptionStatusChanged",
        "messageDate": "2026-03-01 11:36:47",
        "prescriptionUUID": ID,
        "repeatNo": 3,
        "oDSCode": "FA565",
        "deliveryType": delivery,
        "nHSCHI": "9990173923",
        "items": items.iter().enumerate().map(item).collect::<Vec<_>>(),
    })
}

fn send(server: &Server, body: &Value) -> Reply {
    let headers = [("authorization", application("one")), ("x-request-id", request_id())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    server.ask("POST", PATH, &headers, &body.to_string())
}

/// What is stored: for each item, in order, its status and whether it is the last.
fn stored(server: &Server) -> Vec<(String, String)> {
    let reply = check_as(server, &application("one"), "", &[]);
    let mut items = reply.json()["items"].as_array().unwrap().clone();
    items.sort_by_key(|item| item["LineItemID"].to_string());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    items.iter().map(|item| (text(&item["Status"]), text(&item["TerminalStatus"]))).collect()
}

#[test]
fn every_status_of_the_supplier_becomes_that_of_the_patient() {
    let (pharmacy, remainder) = ("With Pharmacy", "With Pharmacy - Preparing Remainder");
    let (ready, collected) = (["Ready to Collect", "Ready to Dispatch"], ["Collected", "Dispatched"]);
    for (delivery, way) in
        [("Not known", 0), ("In-Store Collection", 0), ("Robot Collection", 1), ("Delivery required", 1)]
    {
        let server = Server::start();
        let table = [
            ("Pending", pharmacy, "in-progress"),
            ("Owed", pharmacy, "in-progress"),
            ("PartOwed", remainder, "in-progress"),
            ("NotDispensed", "Not Dispensed", "completed"),
            ("Cancelled", "Not Dispensed", "completed"),
            ("Expired", "Not Dispensed", "completed"),
            ("ReadyForCollection", ready[way], "in-progress"),
            ("DispensingComplete", collected[way], "completed"),
            ("Collected", collected[way], "completed"),
        ];
        let items = table.map(|(status, ..)| (status, None));
        let reply = send(&server, &message(delivery, &items));
        assert_eq!((reply.status, said(&reply).len()), (201, table.len()), "{delivery}: {}", reply.text);
        let told = table.map(|(_, status, last)| (status.to_owned(), last.to_owned()));
        assert_eq!(stored(&server), told, "{delivery}");
    }
}

#[test]
fn an_item_that_was_completed_without_a_supply_is_dropped() {
    let server = Server::start();
    let complete = |how| ("DispensingComplete", Some(how));
    let dropped = ["Expired", "NotDispensed", "Cancelled"].map(complete);
    let reply = send(&server, &message("Not known", &dropped));
    assert_eq!((reply.status, said(&reply)), (200, vec![]), "nothing is left");
    let reply =
        send(&server, &message("Not known", &[dropped[0], complete("Collected"), ("Expired", Some("Expired"))]));
    assert_eq!(reply.status, 201, "{}", reply.text);
    let told = [("Collected", "completed"), ("Not Dispensed", "completed")];
    assert_eq!(stored(&server), told.map(|(status, last)| (status.to_owned(), last.to_owned())));
}

#[test]
fn what_the_supplier_tells_is_stored_as_that_of_others() {
    let server = Server::start();
    assert_eq!(send(&server, &message("Not known", &[("Pending", None)])).status, 201);
    let items = check_as(&server, &application("one"), &format!("?prescriptionid={ID}"), &[]).json();
    let item = &items["items"][0];
    for (field, value) in [
        ("PrescriptionID", json!(ID)),
        ("LineItemID", json!("3F0F7A52-9A6E-4C55-8A5A-0C5D7B1E2A40")),
        ("PatientNHSNumber", json!("9990173923")),
        ("PharmacyODSCode", json!("FA565")),
        ("LastModified", json!("2026-03-01T11:36:47Z")),
        ("RepeatNo", json!(3)),
        ("ApplicationName", json!("one")),
    ] {
        assert_eq!(item[field], value, "{field}");
    }
}

#[test]
fn a_message_of_the_supplier_that_tells_of_no_items_is_ignored() {
    let server = Server::start();
    let mut other = message("Not known", &[("Pending", None)]);
    other["MessageType"] = "PatientMatched".into();
    for body in [other, json!({}), json!([])] {
        let reply = send(&server, &body);
        assert_eq!((reply.status, reply.json()), (202, json!("Message Ignored")), "{body}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
    }
    assert_eq!(check_as(&server, &application("one"), "", &[]).status, 404);
}

#[test]
fn what_is_wrong_with_a_message_of_the_supplier_is_told_as_to_others() {
    let server = Server::start();
    let told = |change: &dyn Fn(&mut Value)| {
        let mut body = message("Not known", &[("Pending", None)]);
        change(&mut body);
        let reply = send(&server, &body);
        assert_eq!(reply.status, 400, "{}", reply.text);
        said(&reply)[0].2.clone()
    };
    assert_eq!(told(&|body| body["nHSCHI"] = "9990173924".into()), "NHS number is invalid.");
    assert_eq!(told(&|body| body["prescriptionUUID"] = Value::Null), "Missing required field(s) - PrescriptionID.");
    let lost = "Missing required field(s) - Status, TerminalStatus.";
    assert_eq!(told(&|body| body["items"][0]["status"] = "Lost".into()), lost);
    assert_eq!(told(&|body| body["messageDate"] = "soon".into()), "Date format provided for lastModified is invalid.");
    let headers = [("authorization", application("one")), ("x-request-id", request_id())];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let reply = server.ask("POST", PATH, &headers, "{");
    assert_eq!((reply.status, reply.json()["resourceType"].clone()), (400, json!("OperationOutcome")));
}

#[test]
fn a_message_of_the_supplier_that_comes_again_is_a_conflict() {
    let server = Server::start();
    let body = message("Not known", &[("Pending", None), ("Owed", None)]);
    let statuses = [send(&server, &body).status, send(&server, &body).status];
    assert_eq!((statuses, stored(&server).len()), ([201, 409], 2));
}

#[test]
fn the_supplier_comes_with_an_api_key_or_a_token_and_nobody_else() {
    let issuer = Issuer::default();
    let client = |id: &str, key: &str, scope: &str| json!({ "client-id": id, "application-name": id, "api-key": key, "scopes": [scope], "jwks": issuer.jwks() });
    let file = json!({ "clients": [
        client("supplier", "its-own-key", SCOPE),
        client("pharmacy", "another-key", "urn:nhsd:apim:app:level3:fhir-dispensing"),
    ]});
    let clients = Clients::read(file.to_string().as_bytes(), None).unwrap();
    let tokens = Issuers::new(issuer.jwks().to_string().as_bytes(), None, None).unwrap();
    let tokens = Tokens::Verified(Box::new(tokens));
    let server = Server::with(MemoryStore::default(), tokens, Settings::default(), |service| service.clients(clients));
    let body = message("Not known", &[("Pending", None)]).to_string();
    let by = |name: &str, value: &str| {
        server.ask("POST", PATH, &[(name, value), ("x-request-id", &request_id())], &body).status
    };
    assert_eq!([by("apikey", "its-own-key"), by("apikey", "another-key"), by("apikey", "its-own-ke")], [201, 403, 401]);
    assert_eq!([by("x-none", "x"), by("authorization", &unsigned(&json!({ "scope": SCOPE })))], [401, 401]);
    let status_update = server.ask("POST", "/prescription-status-update/", &[("apikey", "its-own-key")], "");
    assert_eq!(status_update.status, 401, "the key is good for that format only");
    assert_eq!(Server::start().ask("POST", PATH, &[("apikey", "any"), ("x-request-id", "1")], &body).status, 201);
}
