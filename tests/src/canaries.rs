//! What must show nowhere: the patient of the shipped order.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "an order without a patient is a failed test")]

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::{Order, Server, Told, release, request_id};

/// The shipped order.
pub const ORDER: &str = include_str!("../../eps-transport/data/prescription-order.json");

/// The NHS number, the names and the address lines of the shipped order's patient.
#[must_use]
pub fn canaries() -> [String; 5] {
    let order: Value = serde_json::from_str(ORDER).unwrap();
    let entries = order["entry"].as_array().unwrap();
    let patient = entries.iter().map(|entry| &entry["resource"]).find(|one| one["resourceType"] == "Patient").unwrap();
    let name = &patient["name"][0];
    let address = &patient["address"][0];
    let texts = [
        &patient["identifier"][0]["value"],
        &name["family"],
        &name["given"][0],
        &address["line"][0],
        &address["postalCode"],
    ];
    texts.map(|text| text.as_str().unwrap().to_owned())
}

/// Calls of every kind that are answered well, and the same broken in many ways, each with the patient in it. Gives the
/// statuses that came back.
#[must_use]
pub fn ask_everything(server: &Server) -> BTreeSet<u16> {
    let order = Order::new(1, false);
    order.send(server);
    let (dispensing, when) = ("/fhir-dispensing/FHIR/R4", "2026-03-02T10:00:00+00:00");
    let items = [("0001", 1); 4];
    let told = Told { status: "0006", items: &items, issue: None, replaces: None };
    let (notification, id) = order.notification("FZ417", when, &told);
    let messages = [
        ("/Task/$release", release("FZ417", Some(&order.id))),
        ("/$process-message", notification),
        ("/Task", order.withdrawal("FZ417", &id, None)),
        ("/Task", order.returned("FZ417")),
        ("/Claim", order.claim("FZ417", when, &told).0),
        ("/$process-message", order.cancellation("0001")),
        ("/$convert", order.bundle.clone()),
        ("/$validate", order.bundle.clone()),
        ("/$prepare", order.bundle.clone()),
        ("/$dose-to-text", order.bundle.clone()),
        ("/$verify-signature", order.signed(server)),
    ];
    let mut statuses: BTreeSet<_> =
        messages.iter().map(|(path, body)| server.post(&format!("{dispensing}{path}"), body).status).collect();
    let tracked =
        [format!("?nhsNumber={}", order.nhs_number()), format!("/{}", order.id), format!("/{}", order.nhs_number())];
    statuses.extend(tracked.iter().map(|query| server.track(query).status));
    statuses.extend(broken(server));
    statuses
}

/// Every path is asked with the patient where he does not belong.
fn broken(server: &Server) -> Vec<u16> {
    let [number, family, ..] = canaries();
    let paths =
        ["/FHIR/R4/$prepare", "/FHIR/R4/$process-message", "/FHIR/R4/Task/$release", "/FHIR/R4/Task", "/FHIR/R4/Claim"]
            .into_iter()
            .chain(["/FHIR/R4/$convert", "/FHIR/R4/$validate", "/FHIR/R4/$verify-signature", "/FHIR/R4/$dose-to-text"])
            .chain(["/prescription-status-update/", "/oauth2/token", "/_eps/clock", "/_eps/faults", "/metrics"]);
    let half = ORDER.get(..ORDER.len() / 2).unwrap_or_default();
    let bodies =
        [half.to_owned(), ORDER.replace(&family, "\\u0001"), format!("<a>{number}</a>"), format!("\"{family}\"")];
    let (id, bearer) = (request_id(), format!("Bearer {family}"));
    let headers = [
        vec![("authorization", "Bearer x"), ("x-request-id", id.as_str())],
        vec![("authorization", bearer.as_str()), ("x-request-id", number.as_str())],
        vec![("authorization", "Bearer x"), ("x-request-id", id.as_str()), ("nhsd-session-urid", family.as_str())],
        vec![("x-request-id", number.as_str())],
    ];
    let mut statuses = Vec::new();
    for path in paths {
        for headers in &headers {
            statuses.extend(bodies.iter().map(|body| server.ask("POST", path, headers, body).status));
        }
        statuses.push(server.ask("GET", &format!("{path}?nhsNumber={number}&name={family}"), &headers[0], "").status);
    }
    for path in ["", "/RequestGroup", "/waiting", "/prescription-status-update", "/_poll"] {
        statuses.push(
            server.ask("GET", &format!("{path}/{number}{family}?nhsnumber={number}&wait=0"), &headers[0], "").status,
        );
    }
    let check = format!("/checkprescriptionstatusupdates?nhsnumber={number}");
    statuses.push(server.ask("GET", &check, &headers[0], "").status);
    statuses
}

/// Asserts that nothing of the patient shows, in upper or lower case.
pub fn withheld(what: &str, shown: &str) {
    let shown = shown.to_lowercase();
    for canary in canaries() {
        assert!(!shown.contains(&canary.to_lowercase()), "{what} shows {} bytes of the patient", canary.len());
    }
}
