//! What pharmacies' systems tell patients of their items, and what is answered.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test message that cannot be built is a failed test"
)]

use serde_json::{Value, json};

use super::{Reply, Server, request_id, tokens};

const PATH: &str = "/prescription-status-update/";
const CHECK: &str = "/prescription-status-update/checkprescriptionstatusupdates";
/// What an application needs that sends them.
pub const SCOPE: &str = "urn:nhsd:apim:app:level3:prescription-status-update";
/// The prescription of [`entry`].
pub const ID: &str = "EBA388-000X26-44ABAC";

/// A token of an application of this name, signed by nobody.
#[must_use]
pub fn application(name: &str) -> String {
    tokens::unsigned(&json!({ "scope": SCOPE, "application_name": name, "application_id": "a-1", "sub": "client" }))
}

/// The entry of an update.
#[must_use]
pub fn entry(task: &str, business: &str, status: &str) -> Value {
    let id = |system: &str, value: &str| json!({ "identifier": { "system": format!("https://fhir.nhs.uk/Id/{system}"), "value": value } });
    let coding = json!([{ "system": "https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt", "code": business }]);
    json!({
        "fullUrl": format!("urn:uuid:{task}"),
        "resource": {
            "resourceType": "Task",
            "id": task,
            "basedOn": [id("prescription-order-number", ID)],
            "status": status,
            "businessStatus": { "coding": coding },
            "intent": "order",
            "focus": id("prescription-order-item-number", "3f0f7a52-9a6e-4c55-8a5a-0c5d7b1e2a41"),
            "for": id("nhs-number", "9990173923"),
            "lastModified": "2024-08-19T16:11:13Z",
            "owner": id("ods-organization-code", "fa565"),
        },
        "request": { "method": "POST", "url": "Task" },
    })
}

/// The Bundle of these.
#[must_use]
pub fn bundle(entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

/// Sends a body with this token.
#[must_use]
pub fn send_as(server: &Server, token: &str, body: &Value) -> Reply {
    let headers = [("authorization", token), ("x-request-id", &request_id())];
    server.ask("POST", PATH, &headers, &body.to_string())
}

/// Sends updates as the application `one`.
#[must_use]
pub fn send(server: &Server, entries: &[Value]) -> Reply {
    send_as(server, &application("one"), &bundle(entries))
}

/// Reads updates with this token.
#[must_use]
pub fn check_as(server: &Server, token: &str, query: &str, headers: &[(&str, &str)]) -> Reply {
    let id = request_id();
    let mut all = vec![("authorization", token), ("x-request-id", id.as_str())];
    all.extend(headers);
    server.ask("GET", &format!("{CHECK}{query}"), &all, "")
}

/// What each entry of an answer says: its status, its issue's severity and code, and its words.
#[must_use]
pub fn said(reply: &Reply) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = reply.json()["entry"].as_array().unwrap().clone();
    let entry = |entry: &Value| {
        let issue = &entry["response"]["outcome"]["issue"][0];
        let kind = format!("{}/{}", text(&issue["severity"]), text(&issue["code"]));
        (text(&entry["response"]["status"]), kind, text(&issue["diagnostics"]))
    };
    entries.iter().map(entry).collect()
}
