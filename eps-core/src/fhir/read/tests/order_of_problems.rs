//! The order in which the problems of a message are told, where many things in it are wrong: first what the NHS service
//! validates, in its order, then what the translation finds.

use super::*;

const NOTIFICATION: &str = include_str!("../../../../../fuzz/seeds/fhir_read/notification.json");
const CLAIM: &str = include_str!("../../../../../fuzz/seeds/fhir_read/claim.json");
const RELEASE: &str = include_str!("../../../../../fuzz/seeds/fhir_read/release.json");
const RETURN: &str = include_str!("../../../../../fuzz/seeds/fhir_read/return.json");
const CANCELLATION: &str = include_str!("../../../../../fuzz/seeds/fhir_read/cancellation.json");

/// The rules that a message breaks after these changes, in the order of the problems.
fn broken(message: &str, changes: &[(&str, Value)]) -> Vec<&'static str> {
    let mut json: Value = serde_json::from_str(message).unwrap();
    for (pointer, value) in changes {
        set(&mut json, pointer, value.clone());
    }
    let problems = read_value(&json).unwrap_err();
    assert_eq!(read_value(&json), Err(problems.clone()), "the order is stable");
    told(&problems).into_iter().map(|(id, ..)| id).collect()
}

/// The pointer of the first resource of a type.
fn first(message: &str, kind: &str, path: &str) -> String {
    let json: Value = serde_json::from_str(message).unwrap();
    let entries = json["entry"].as_array().unwrap();
    let at = entries.iter().position(|entry| entry["resource"]["resourceType"] == kind).unwrap();
    format!("/entry/{at}/resource{path}")
}

#[test]
fn of_an_order() {
    let at = |base: &str, path: &str| format!("{base}{path}");
    let mut order = order();
    let item = order.pointer(&at(SECOND, "/identifier")).unwrap().clone();
    let gmp = json!({ "system": "https://fhir.hl7.org.uk/Id/gmp-number", "value": "G9914273" });
    let changes = [
        (at(FIRST, "/intent"), json!("plan")),
        (at(SECOND, "/medicationReference"), json!({ "reference": "urn:uuid:none" })),
        (at(ORGANISATION, "/telecom/0/use"), Value::Null),
        (at(PRACTITIONER, "/identifier/-"), gmp),
        (at(ROLE, "/organization/reference"), json!("")),
        (at(ROLE, "/identifier"), json!([])),
        (at(FIRST, "/category"), json!([{ "text": "another" }])),
        (at(FIRST, "/authoredOn"), json!("2001-01-01T00:00:00+00:00")),
        (at(SECOND, "/status"), json!("draft")),
        (at(FIRST, "/identifier"), item),
        (at(FIRST, "/dosageInstruction"), json!([])),
        (at(PATIENT, "/gender"), json!("neither")),
    ];
    for (pointer, value) in changes {
        set(&mut order, &pointer, value);
    }
    let expected = [
        "fhir.medication-request.intent",
        "fhir.medication.twice",
        "fhir.telecom.incomplete",
        "fhir.practitioner-role.reference",
        "fhir.element.too-few",
        "fhir.medications.inconsistent",
        "fhir.medications.inconsistent",
        "fhir.practitioner.gmp",
        "fhir.medication-request.status",
        "fhir.medication-request.duplicate-identifier",
        "fhir.dosage-instruction.missing",
        // What the translation finds besides.
        "fhir.patient.gender",
    ];
    let found = broken(&order.to_string(), &[]);
    assert_eq!(found[..expected.len()], expected, "{found:#?}");
}

#[test]
fn of_an_order_with_too_many_items() {
    let mut order = order();
    let entries = order["entry"].as_array_mut().unwrap();
    for copy in 0..3 {
        let mut entry = entries[1].clone();
        entry["fullUrl"] = json!(format!("urn:uuid:copy-{copy}"));
        entry["resource"]["status"] = json!("draft");
        entries.push(entry);
    }
    let found = broken(&order.to_string(), &[]);
    assert_eq!(found[0], "fhir.bundle.too-many-medication-requests");
    assert!(found.contains(&"fhir.medication-request.status"));
}

#[test]
fn of_a_cancellation() {
    let mut json: Value = serde_json::from_str(CANCELLATION).unwrap();
    let at = first(CANCELLATION, "MedicationRequest", "");
    let request = json.pointer_mut(&at).unwrap();
    request["status"] = json!("active");
    request.as_object_mut().unwrap().remove("statusReason");
    let second = json!({ "fullUrl": "urn:uuid:second", "resource": request.clone() });
    let one = ["fhir.cancellation.status", "fhir.cancellation.reason"];
    assert_eq!(broken(&json.to_string(), &[]), one);
    json["entry"].as_array_mut().unwrap().push(second);
    let several = [
        "fhir.cancellation.requests",
        "fhir.cancellation.status",
        "fhir.cancellation.status",
        "fhir.cancellation.reason",
        "fhir.cancellation.reason",
    ];
    assert_eq!(broken(&json.to_string(), &[]), several);
}

#[test]
fn of_a_dispense_notification() {
    let at = |path| first(NOTIFICATION, "MedicationDispense", path);
    let pharmacy = first(NOTIFICATION, "Organization", "/extension");
    let found = broken(
        NOTIFICATION,
        &[
            (&at("/whenHandedOver"), json!("tomorrow")),
            (&at("/subject/identifier/value"), json!("9990173923x")),
            (&at("/medicationReference"), json!({ "reference": "urn:uuid:none" })),
            (&at("/contained/0/practitioner"), json!({ "reference": "urn:uuid:none" })),
            (&at("/contained/0/code"), Value::Null),
            (&pharmacy, json!([])),
        ],
    );
    let expected = [
        "fhir.medications.inconsistent",
        "fhir.medications.inconsistent",
        "fhir.medication.twice",
        "fhir.dispenser.practitioner",
        "fhir.reimbursement-authority",
        "fhir.date-time.form",
        "ids.nhs-number",
        "fhir.element.required",
    ];
    assert_eq!(found[..expected.len()], expected, "{found:#?}");
    let found = broken(
        NOTIFICATION,
        &[
            (&at("/contained/0/practitioner"), json!({ "reference": "urn:uuid:none" })),
            (&at("/contained/0/organization"), json!({ "display": "somewhere" })),
        ],
    );
    assert_eq!(found, ["fhir.dispenser.practitioner", "fhir.dispenser.organization"]);
}

#[test]
fn of_a_release() {
    let json: Value = serde_json::from_str(RELEASE).unwrap();
    let parameters = json["parameter"].as_array().unwrap();
    let named = |name: &str| parameters.iter().position(|one| one["name"] == name).unwrap();
    let agent = |path: &str| format!("/parameter/{}/resource{path}", named("agent"));
    let found = broken(
        RELEASE,
        &[
            (&format!("/parameter/{}/resource/resourceType", named("owner")), json!("Patient")),
            (&agent("/practitioner"), json!({ "reference": "urn:uuid:none" })),
            (&agent("/telecom"), json!([])),
            (&agent("/identifier"), json!([])),
        ],
    );
    let expected =
        ["fhir.release.owner", "fhir.dispenser.practitioner", "fhir.dispenser.telecom", "fhir.element.too-few"];
    assert_eq!(found, expected);
}

#[test]
fn of_a_task() {
    let json: Value = serde_json::from_str(RETURN).unwrap();
    let role = json["contained"].as_array().unwrap().iter().position(|one| one["resourceType"] == "PractitionerRole");
    let practitioner = format!("/contained/{}/practitioner", role.unwrap());
    let changes = [
        ("/intent", json!("plan")),
        (&*practitioner, json!({ "reference": "urn:uuid:none" })),
        ("/statusReason", json!({})),
        ("/authoredOn", json!("tomorrow")),
    ];
    let expected = ["fhir.task.intent", "fhir.dispenser.practitioner", "fhir.task.reason", "fhir.date-time.form"];
    assert_eq!(broken(RETURN, &changes), expected);
    let withdrawing = [&changes[..], &[("/status", json!("in-progress"))]].concat();
    let found = broken(RETURN, &withdrawing);
    let expected = ["fhir.task.intent", "fhir.dispenser.practitioner", "fhir.task.code.missing", "fhir.task.reason"];
    assert_eq!(found[..4], expected, "{found:#?}");
    let done = [&changes[..], &[("/status", json!("completed"))]].concat();
    let expected = ["fhir.task.intent", "fhir.dispenser.practitioner", "fhir.task.status", "fhir.date-time.form"];
    assert_eq!(broken(RETURN, &done), expected);
}

#[test]
fn of_a_claim() {
    let json: Value = serde_json::from_str(CLAIM).unwrap();
    let role = json["contained"].as_array().unwrap().iter().position(|one| one["resourceType"] == "PractitionerRole");
    let practitioner = format!("/contained/{}/practitioner", role.unwrap());
    let changes = [
        ("/insurance/0/coverage/identifier/value", json!("T1451")),
        (&*practitioner, json!({ "reference": "urn:uuid:none" })),
        ("/item/0/detail/0/programCode", json!([])),
        ("/created", json!("tomorrow")),
        ("/identifier", json!([])),
    ];
    let found = broken(CLAIM, &changes);
    let expected = [
        "fhir.claim.insurance.authority",
        "fhir.dispenser.practitioner",
        "fhir.claim.endorsement",
        "fhir.element.too-few",
        "fhir.date-time.form",
    ];
    assert_eq!(found[..expected.len()], expected, "{found:#?}");
}
