//! The HTTP contract of the validator, row by row: who asks for warnings is refused for them, and errors have the words that
//! existing clients know.

#![cfg(test)]

use eps_tests::http::existing::{NOMINATED, Supplied};
use eps_tests::http::{Kind, Order, Reply, Server, request_id};
use serde_json::{Value, json};

const PRODUCTS: [&str; 3] = ["/electronic-prescriptions", "/fhir-prescribing", "/fhir-dispensing"];
const VALIDATE: &str = "/electronic-prescriptions/FHIR/R4/$validate";
const MESSAGE_PROFILE: &str = "https://fhir.nhs.uk/StructureDefinition/NHSDigital-MedicationRequest-Message";

fn ask(server: &Server, path: &str, body: &str, warnings: Option<&str>) -> Reply {
    let id = request_id();
    let mut headers = vec![("authorization", "Bearer x"), ("x-request-id", id.as_str())];
    headers.extend(warnings.map(|warnings| ("x-show-validation-warnings", warnings)));
    server.ask("POST", path, &headers, body)
}

/// The order of 3.1: acute, not nominated, unsigned.
fn order() -> Value {
    Order::of_clients(1, Kind::Acute, false).bundle
}

/// The issues of this severity; every issue has one, and every error has diagnostics.
fn issues(reply: &Reply, severity: &str) -> Vec<Value> {
    let all = reply.json()["issue"].as_array().unwrap().clone();
    for issue in &all {
        assert!(issue["severity"].is_string(), "{issue}");
        assert!(issue["severity"] != "error" || issue["diagnostics"].is_string(), "{issue}");
    }
    all.into_iter().filter(|issue| issue["severity"] == severity).collect()
}

#[test]
fn an_order_that_is_right_has_one_issue_and_that_is_information() {
    let server = Server::start();
    for product in PRODUCTS {
        for warnings in [None, Some("false")] {
            let reply = ask(&server, &format!("{product}/FHIR/R4/$validate"), &order().to_string(), warnings);
            assert_eq!(reply.status, 200, "{}", reply.text);
            assert_eq!(reply.json()["issue"], json!([{ "severity": "information", "code": "informational" }]));
        }
    }
}

/// 3.1 and 4: what clients send has warnings and no error, of every kind.
#[test]
fn no_message_of_existing_clients_has_an_error() {
    let server = Server::start();
    for (number, kind) in (1..).zip([Kind::Acute, Kind::Repeat, Kind::RepeatDispensing(7)]) {
        for nominated in [true, false] {
            let order = Order::of_clients(number, kind, nominated);
            let (notification, id) = order.notification_of_clients(kind, &Supplied::IN_FULL, None);
            let messages = [
                order.bundle.clone(),
                order.signed(&server),
                order.cancellation_of_clients(("0004", "Clinical grounds")),
                order.release_of_clients(NOMINATED),
                notification,
                order.return_of_clients(),
                order.withdrawal_of_clients(&id),
            ];
            for message in messages {
                let reply = ask(&server, VALIDATE, &message.to_string(), None);
                assert_eq!(reply.status, 200, "{kind:?}: {}", reply.text);
            }
        }
    }
}

#[test]
fn with_warnings_the_same_order_is_refused_for_them_and_for_no_error() {
    let server = Server::start();
    let reply = ask(&server, VALIDATE, &order().to_string(), Some("true"));
    assert_eq!(reply.status, 400);
    assert!(issues(&reply, "error").is_empty(), "{}", reply.text);
    let warnings = issues(&reply, "warning");
    assert_eq!(warnings.len(), 6, "one for each resource: {warnings:?}");
    let first = &warnings[0];
    assert!(
        first["diagnostics"]
            .as_str()
            .unwrap()
            .starts_with("Constraint failed: dom-6: 'A resource should have narrative")
    );
    let id = "3599c0e9-9292-413e-9270-9a1ef1ead99c";
    assert_eq!(first["location"][0], format!("Bundle.entry[0].resource/*MessageHeader/{id}*/"));
    assert_eq!(warnings[1]["location"][0], "Bundle.entry[1].resource/*MedicationRequest/null*/");
    assert!(first["location"][1].as_str().unwrap().starts_with("Line[1] Col["), "{first}");
}

#[test]
fn what_is_not_json_has_one_error_that_says_so() {
    let server = Server::start();
    let reply = ask(&server, VALIDATE, "foo", Some("false"));
    assert_eq!(reply.status, 400);
    let says =
        |issue: &&Value| issue["diagnostics"].as_str().unwrap().contains("Failed to parse JSON encoded FHIR content");
    assert_eq!(issues(&reply, "error").iter().filter(says).count(), 1, "{}", reply.text);
}

/// With the header, every message of sections 3 and 4 is refused, whatever is called; without it, warnings are dropped.
#[test]
fn every_other_call_refuses_a_message_that_has_warnings_when_they_are_asked_for() {
    let server = Server::start();
    let order = Order::of_clients(1, Kind::Acute, true);
    let signed = order.signed(&server);
    let (notification, id) = order.notification_of_clients(Kind::Acute, &Supplied::IN_FULL, None);
    let calls = [
        ("$prepare", order.bundle.clone()),
        ("$process-message", signed),
        ("Task/$release", order.release_of_clients(NOMINATED)),
        ("Task", order.return_of_clients()),
        ("Task/$release", order.release_of_clients(NOMINATED)),
        ("$process-message", notification),
        ("Task", order.withdrawal_of_clients(&id)),
    ];
    for (call, body) in calls {
        let path = format!("/fhir-dispensing/FHIR/R4/{call}");
        let refused = ask(&server, &path, &body.to_string(), Some("true"));
        assert_eq!(refused.status, 400, "{call}: {}", refused.text);
        assert!(!issues(&refused, "warning").is_empty() && issues(&refused, "error").is_empty(), "{}", refused.text);
        let taken = ask(&server, &path, &body.to_string(), Some("false"));
        assert_eq!(taken.status, 200, "{call}: {}", taken.text);
    }
}

/// The errors of an order that was changed so, told by `$validate` and by `$prepare` alike, with all warnings besides.
fn errors(change: impl Fn(&mut Value)) -> Vec<Value> {
    let server = Server::start();
    let mut order = order();
    change(&mut order["entry"][1]["resource"]);
    let [validated, prepared] = ["$validate", "$prepare"].map(|call| {
        let reply = ask(&server, &format!("/fhir-prescribing/FHIR/R4/{call}"), &order.to_string(), None);
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert_eq!(issues(&reply, "warning").len(), 6, "warnings are not left out of a refusal: {}", reply.text);
        issues(&reply, "error").into_iter().filter(|issue| issue["location"].is_array()).collect::<Vec<_>>()
    });
    assert_eq!(validated, prepared);
    validated
}

fn words(errors: &[Value]) -> Vec<&str> {
    errors.iter().map(|error| error["diagnostics"].as_str().unwrap()).collect()
}

fn remove(resource: &mut Value, member: &str) {
    assert!(resource.as_object_mut().unwrap().remove(member).is_some());
}

#[test]
fn more_than_four_items_are_the_only_issue() {
    let server = Server::start();
    let mut order = order();
    for number in 0..4 {
        let mut copy = order["entry"][1].clone();
        copy["fullUrl"] = format!("urn:uuid:{number}").into();
        copy["resource"]["identifier"][0]["value"] = request_id().into();
        order["entry"].as_array_mut().unwrap().push(copy);
    }
    for call in ["$validate", "$prepare", "$process-message"] {
        let reply = ask(&server, &format!("/fhir-prescribing/FHIR/R4/{call}"), &order.to_string(), None);
        assert_eq!(reply.status, 400);
        let answer = reply.json();
        let all = answer["issue"].as_array().unwrap();
        assert_eq!(all.len(), 1, "{}", reply.text);
        assert_eq!((&all[0]["severity"], &all[0]["code"]), (&json!("error"), &json!("processing")));
        assert_eq!(all[0]["expression"], json!(["Bundle.entry"]));
        let words = "Bundle contains too many resources of type MedicationRequest. Expected at most 4.";
        assert_eq!(all[0]["diagnostics"], words);
    }
}

#[test]
fn an_order_without_dosage_instruction_is_refused_in_the_words_of_the_validator() {
    let told = errors(|request| remove(request, "dosageInstruction"));
    let expected =
        format!("MedicationRequest.dosageInstruction: minimum required = 1, but only found 0 (from {MESSAGE_PROFILE})");
    assert_eq!(words(&told), [expected]);
}

#[test]
fn an_order_without_quantity_is_refused_in_the_words_of_the_validator() {
    let told = errors(|request| remove(&mut request["dispenseRequest"], "quantity"));
    let expected = format!(
        "MedicationRequest.dispenseRequest.quantity: minimum required = 1, but only found 0 (from {MESSAGE_PROFILE})"
    );
    assert_eq!(words(&told), [expected]);
}

#[test]
fn an_order_without_medication_is_refused_in_the_words_of_the_validator() {
    let told = errors(|request| remove(request, "medicationCodeableConcept"));
    let from = |profile: &str| {
        format!("MedicationRequest.medication[x]: minimum required = 1, but only found 0 (from {profile})")
    };
    let only_one = "Constraint failed: eps-1: 'medication[x] - Only one of medicationReference or medicationCodeableConcept should \
                    be provided' (defined in https://fhir.nhs.uk/StructureDefinition/NHSDigital-MedicationRequest)";
    let base = "http://hl7.org/fhir/StructureDefinition/MedicationRequest|4.0.1";
    assert_eq!(words(&told), [from(base), from(MESSAGE_PROFILE), only_one.to_owned()]);
}

#[test]
fn an_unknown_endorsement_is_refused_in_the_words_of_the_validator() {
    let told = errors(|request| {
        let coding =
            json!({ "system": "https://fhir.nhs.uk/CodeSystem/medicationrequest-endorsement", "code": "ACBSET" });
        request["extension"].as_array_mut().unwrap().push(json!({
            "url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionEndorsement",
            "valueCodeableConcept": { "coding": [coding] },
        }));
    });
    let expected = [
        "Unknown code 'https://fhir.nhs.uk/CodeSystem/medicationrequest-endorsement#ACBSET'",
        "None of the codings provided are in the value set 'NHSBSAPrescriptionEndorsement' \
         (https://fhir.nhs.uk/ValueSet/DM-prescription-endorsement|4.0.2), and a coding from this value set is required) (codes = \
         https://fhir.nhs.uk/CodeSystem/medicationrequest-endorsement#ACBSET)",
    ];
    assert_eq!(words(&told), expected);
}

#[test]
fn an_error_has_a_message_id_line_column_and_location() {
    let told = errors(|request| remove(request, "dosageInstruction"));
    let error = &told[0];
    let (line, column) = (
        error["extension"][0]["valueInteger"].as_u64().unwrap(),
        error["extension"][1]["valueInteger"].as_u64().unwrap(),
    );
    let urls: Vec<_> = error["extension"].as_array().unwrap().iter().map(|one| one["url"].as_str().unwrap()).collect();
    let url = |name: &str| format!("http://hl7.org/fhir/StructureDefinition/operationoutcome-{name}");
    assert_eq!(urls, [url("issue-line"), url("issue-col"), url("message-id")]);
    let id = "Validation_VAL_Profile_Minimum";
    assert_eq!(error["extension"][2]["valueString"], id);
    assert_eq!(
        error["details"]["coding"],
        json!([{ "system": "http://hl7.org/fhir/java-core-messageId", "code": id }])
    );
    assert_eq!(error["code"], "processing");
    let place = "Bundle.entry[1].resource/*MedicationRequest/null*/";
    assert_eq!(error["location"], json!([place, format!("Line[{line}] Col[{column}]")]));
}
