//! What the service says of itself.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Service;
use super::answer::{Answer, FHIR};
use super::metrics;
use super::route::Product;
use crate::store::Store;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Source: `fhir.md` 1.11.
const PUBLISHED: &str = "2021-08-13T00:00:00+00:00";

const HEALTH: &str = "application/health+json";

impl<S: Store + 'static> Service<S> {
    pub(super) fn ping() -> Answer {
        let about = json!({ "version": VERSION, "revision": VERSION, "releaseId": VERSION, "commitId": VERSION });
        Answer::json(StatusCode::OK, &about)
    }

    /// Whether the store can be read.
    pub(super) fn status(&self, product: Product) -> Answer {
        let healthy = self.broker.store().journal(0, 1).is_ok();
        let status = if healthy { "pass" } else { "error" };
        let check = json!({
            "status": status,
            "timeout": "false",
            "responseCode": if healthy { 200 } else { 500 },
            "outcome": status,
            "links": {},
        });
        let body = json!({
            "status": status,
            "commitId": VERSION,
            "versionNumber": VERSION,
            "checks": { "validator:status": [check], "spine:status": [check] },
        });
        match product {
            Product::Tracker | Product::StatusUpdate => Answer::new(StatusCode::OK, HEALTH, body.to_string()),
            Product::Combined | Product::Prescribing | Product::Dispensing => Answer::json(StatusCode::OK, &body),
        }
    }

    /// The same, with the status of a check that failed.
    pub(super) fn healthcheck(&self) -> Answer {
        let mut answer = self.status(Product::Combined);
        if self.broker.store().journal(0, 1).is_err() {
            answer.status = StatusCode::INTERNAL_SERVER_ERROR;
        }
        answer
    }

    /// What a monitor counts.
    pub(super) fn metrics(&self) -> Answer {
        let working = self.settings.limits.concurrent - self.work.available_permits();
        let store = self.broker.store().size().unwrap_or(0);
        Answer::new(StatusCode::OK, metrics::TYPE, self.metrics.text(working, store))
    }

    /// The CapabilityStatement of a product.
    pub(super) fn metadata(&self, product: Product) -> Answer {
        let (id, name, calls): (_, _, &[&str]) = match product {
            Product::Combined => {
                ("apim-electronic-prescription-service", "EPS FHIR API", &[PRESCRIBING, DISPENSING].concat())
            }
            Product::Prescribing => ("apim-fhir-prescribing-service", "FHIR Prescribing API", PRESCRIBING),
            Product::Dispensing => ("apim-fhir-dispensing-service", "FHIR Dispensing API", DISPENSING),
            Product::Tracker | Product::StatusUpdate => {
                let statement = statement("prescription-status-update", "Prescription Status Update API", &["Task"]);
                return Answer::new(StatusCode::OK, FHIR, statement.to_string());
            }
        };
        Answer::json(StatusCode::OK, &json!({ "capabilityStatement": statement(id, name, calls) }))
    }
}

const PRESCRIBING: &[&str] = &["prepare", "process-message", "validate", "convert"];
const DISPENSING: &[&str] = &["process-message", "release", "Task", "Claim", "validate", "convert"];

fn statement(id: &str, name: &str, calls: &[&str]) -> Value {
    let named = |call: &&&str| call.chars().next().is_some_and(char::is_uppercase);
    let resources = calls.iter().filter(named);
    let resources: Vec<_> =
        resources.map(|kind| json!({ "type": kind, "interaction": [{ "code": "create" }] })).collect();
    let mut operations: Vec<_> = calls.iter().filter(|call| !named(call)).collect();
    operations.dedup();
    let operations: Vec<_> = operations
        .into_iter()
        .map(|call| json!({ "name": call, "definition": format!("https://fhir.nhs.uk/OperationDefinition/{call}") }))
        .collect();
    json!({
        "resourceType": "CapabilityStatement",
        "id": id,
        "version": VERSION,
        "name": name,
        "status": "active",
        "date": PUBLISHED,
        "kind": "instance",
        "implementation": { "description": name },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [{ "mode": "server", "resource": resources, "operation": operations }],
    })
}
