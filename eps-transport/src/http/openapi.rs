//! The OpenAPI document of what is served, written from the table of calls.

use serde_json::{Map, Value, json};

use super::answer::Answer;
use axum::http::StatusCode;

/// A call of the document.
struct Described {
    /// Under which prefixes.
    prefixes: &'static [&'static str],
    path: &'static str,
    method: &'static str,
    summary: &'static str,
    /// What a body is; none where there is no body.
    body: Option<&'static str>,
    /// Names of query parameters.
    query: &'static [&'static str],
    /// Names of headers beside `X-Request-ID`.
    headers: &'static [&'static str],
    /// Whether a token is needed.
    token: bool,
    /// Statuses, with the types of their bodies.
    answers: &'static [(u16, &'static [&'static str])],
}

const SERVICE: &[&str] = &["", "/electronic-prescriptions", "/fhir-prescribing", "/fhir-dispensing"];
const TRACKER: &[&str] = &["", "/clinical-prescription-tracker"];
const UPDATES: &[&str] = &["/prescription-status-update"];
const EVERY: &[&str] = &[
    "",
    "/electronic-prescriptions",
    "/fhir-prescribing",
    "/fhir-dispensing",
    "/clinical-prescription-tracker",
    "/prescription-status-update",
];

const JSON: &str = "application/json";
const FHIR: &str = "application/fhir+json";
const HEALTH: &str = "application/health+json";
/// What every message may be answered with.
const MESSAGE: &[(u16, &[&str])] =
    &[(200, &[FHIR]), (400, &[FHIR]), (401, &[FHIR]), (403, &[FHIR]), (408, &[FHIR]), (413, &[FHIR]), (429, &[FHIR])];
const TEXTS: &[(u16, &[&str])] =
    &[(200, &[JSON, "text/plain"]), (400, &[FHIR]), (401, &[FHIR]), (408, &[FHIR]), (413, &[FHIR]), (429, &[FHIR])];
const CONVERTED: &[(u16, &[&str])] =
    &[(200, &["application/xml"]), (400, &[FHIR]), (401, &[FHIR]), (408, &[FHIR]), (413, &[FHIR]), (429, &[FHIR])];
const FOUND: &[(u16, &[&str])] =
    &[(200, &[FHIR]), (400, &[FHIR]), (401, &[FHIR]), (403, &[FHIR]), (404, &[FHIR]), (408, &[FHIR]), (429, &[FHIR])];
/// A supplier's own format is answered as other updates are; the first answer is to a message that tells of no items.
const CUSTOM: &[(u16, &[&str])] = &[
    (202, &[JSON]),
    (200, &[FHIR]),
    (201, &[FHIR]),
    (400, &[FHIR]),
    (401, &[FHIR]),
    (403, &[FHIR]),
    (408, &[FHIR]),
    (409, &[FHIR]),
    (413, &[FHIR]),
    (429, &[FHIR]),
    (504, &[FHIR]),
];
const LOGGED: &[(u16, &[&str])] = CUSTOM.split_at(1).1;
const READ: &[(u16, &[&str])] = &[(200, &[JSON]), (401, &[FHIR]), (403, &[FHIR]), (404, &[JSON]), (429, &[FHIR])];
const GIVEN: &[(u16, &[&str])] =
    &[(200, &[JSON]), (400, &[JSON]), (401, &[JSON]), (404, &[FHIR]), (413, &[FHIR]), (429, &[JSON, FHIR])];
const WOKEN: &[(u16, &[&str])] =
    &[(200, &[JSON, "text/event-stream"]), (400, &[FHIR]), (401, &[FHIR]), (403, &[FHIR]), (404, &[FHIR])];
const ABOUT: &[(u16, &[&str])] = &[(200, &[JSON, FHIR, HEALTH])];

const fn message(path: &'static str, summary: &'static str, body: &'static str) -> Described {
    Described {
        prefixes: SERVICE,
        path,
        method: "post",
        summary,
        body: Some(body),
        query: &[],
        headers: &["NHSD-Session-URID", "X-Show-Validation-Warnings"],
        token: true,
        answers: MESSAGE,
    }
}

const fn about(prefixes: &'static [&'static str], path: &'static str, summary: &'static str) -> Described {
    Described {
        prefixes,
        path,
        method: "get",
        summary,
        body: None,
        query: &[],
        headers: &[],
        token: false,
        answers: ABOUT,
    }
}

const CALLS: &[Described] = &[
    about(EVERY, "/_ping", "Whether anybody is there"),
    about(EVERY, "/metadata", "What the service can do: a CapabilityStatement"),
    about(EVERY, "/_status", "How the service is"),
    message("/FHIR/R4/$prepare", "The digest of a prescription to be signed", "Bundle"),
    message("/FHIR/R4/$process-message", "An order, a cancellation or a dispense notification", "Bundle"),
    message("/FHIR/R4/Task/$release", "Release what waits for a pharmacy, or one prescription", "Parameters"),
    message("/FHIR/R4/Task", "Return a prescription or withdraw a dispense notification", "Task"),
    message("/FHIR/R4/Claim", "Claim, or amend a claim", "Claim"),
    message("/FHIR/R4/$validate", "Every problem of a message, with its place", "Bundle"),
    message("/FHIR/R4/$verify-signature", "Whether prescriptions are signed as they must be", "Bundle"),
    Described { answers: CONVERTED, ..message("/FHIR/R4/$convert", "A message as HL7 v3", "Bundle") },
    Described { answers: TEXTS, ..message("/FHIR/R4/$dose-to-text", "Dosages in words", "Bundle") },
    Described {
        prefixes: TRACKER,
        query: &["prescriptionId", "nhsNumber", "lowDate", "highDate"],
        headers: &["NHSD-Organization-UUID", "NHSD-Session-JobRole", "NHSD-Session-URID", "NHSD-Identity-UUID"],
        token: true,
        answers: FOUND,
        ..about(TRACKER, "/RequestGroup", "Search for prescriptions")
    },
    Described {
        prefixes: TRACKER,
        query: &["issueNumber"],
        headers: &["NHSD-Organization-UUID", "NHSD-Session-JobRole", "NHSD-Session-URID", "NHSD-Identity-UUID"],
        token: true,
        answers: FOUND,
        ..about(TRACKER, "/RequestGroup/{prescriptionId}", "One prescription with its history")
    },
    Described {
        prefixes: UPDATES,
        headers: &[],
        answers: LOGGED,
        ..message("/", "Tell patients of their items", "Bundle")
    },
    Described {
        prefixes: &[""],
        headers: &["apikey"],
        answers: CUSTOM,
        ..message("/custom-prescription-status-update/format-1", "The same in the format of one supplier", "message")
    },
    Described {
        query: &["prescriptionid", "nhsnumber", "odscode"],
        headers: &["X-Override-Application-Name", "ExclusiveStartKey-PrescriptionID", "ExclusiveStartKey-TaskID"],
        token: true,
        answers: READ,
        ..about(UPDATES, "/checkprescriptionstatusupdates", "What patients were told, for tests")
    },
    Described {
        query: &["after", "wait"],
        headers: &["Last-Event-ID"],
        token: true,
        answers: WOKEN,
        ..about(SERVICE, "/waiting/{ods}", "Wait until prescriptions wait for a pharmacy: events, or a long poll")
    },
    Described {
        prefixes: &[""],
        headers: &[],
        token: false,
        answers: GIVEN,
        ..message("/oauth2/token", "An access token for a signed client assertion", "form")
    },
];

impl Described {
    fn operation(&self) -> Value {
        let parameter = |place: &'static str| move |name: &&str| json!({ "name": name, "in": place, "required": false, "schema": { "type": "string" } });
        let mut parameters: Vec<Value> = self.query.iter().map(parameter("query")).collect();
        parameters.extend(self.headers.iter().map(parameter("header")));
        let needs_id = self.token && self.body.is_some();
        parameters.push(json!({
            "name": "X-Request-ID", "in": "header", "required": needs_id,
            "schema": { "type": "string", "format": "uuid" },
            "description": "A new UUID for each call; the same again asks for the same answer",
        }));
        if let Some((_, name)) = self.path.split_once('{') {
            let name = name.trim_end_matches('}');
            parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
        }
        let content = |types: &[&str]| {
            let types = types.iter().map(|kind| ((*kind).to_owned(), json!({ "schema": {} })));
            types.collect::<Map<_, _>>()
        };
        let answer = |(status, types): &(u16, &[&str])| {
            let words = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
            (status.to_string(), json!({ "description": words, "content": content(types) }))
        };
        let mut operation = json!({
            "summary": self.summary,
            "parameters": parameters,
            "responses": self.answers.iter().map(answer).collect::<Map<_, _>>(),
            "security": if self.token { json!([{ "bearer": [] }]) } else { json!([]) },
        });
        if let (Some(body), Some(members)) = (self.body, operation.as_object_mut()) {
            let kind = if body == "form" { "application/x-www-form-urlencoded" } else { JSON };
            let schema = json!({ "type": "object", "title": body });
            let body = json!({ "required": true, "content": { kind: { "schema": schema } } });
            members.insert("requestBody".to_owned(), body);
        }
        operation
    }
}

/// The document, OpenAPI 3.0.
pub(super) fn document() -> Value {
    let mut paths = Map::new();
    for call in CALLS {
        for prefix in call.prefixes {
            paths.insert(format!("{prefix}{}", call.path), json!({ call.method: call.operation() }));
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Electronic Prescription Service",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The NHS's EPS APIs, answered by `eps serve`. Bodies are FHIR R4; the NHS's implementation guides describe them.",
        },
        "paths": paths,
        "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } } },
    })
}

/// The document as it is served and checked in.
pub(super) fn answer() -> Answer {
    Answer::new(StatusCode::OK, JSON, format!("{:#}\n", document()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::route::{Method, route};

    #[test]
    fn every_path_of_the_document_is_routed_and_takes_its_method() {
        for call in CALLS {
            for prefix in call.prefixes {
                let path = format!("{prefix}{}", call.path).replace("{prescriptionId}", "x").replace("{ods}", "FA565");
                let (_, routed) = route(&path).unwrap_or_else(|| panic!("{path}"));
                let method = if routed.method() == Method::Get { "get" } else { "post" };
                assert_eq!(method, call.method, "{path}");
            }
        }
    }
}
