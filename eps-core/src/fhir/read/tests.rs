//! A whole prescription order, and what becomes of it when one thing in it is wrong.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{PersonName, Prescription, RepeatNumber, SignatureText};
use crate::problem::Place;

mod dispensing;
mod order_of_problems;
mod people;
mod therapy;

/// The order that the project ships: two items, acute, nominated, unsigned.
const ORDER: &str = include_str!("../../../../eps-transport/data/prescription-order.json");

/// The positions of its resources in the Bundle.
const HEADER: &str = "/entry/0/resource";
const FIRST: &str = "/entry/1/resource";
const SECOND: &str = "/entry/2/resource";
const PATIENT: &str = "/entry/3/resource";
const ROLE: &str = "/entry/4/resource";
const PRACTITIONER: &str = "/entry/5/resource";
const ORGANISATION: &str = "/entry/6/resource";

pub(crate) fn context() -> Context {
    Context {
        now: Timestamp::parse_hl7("20260302094000").unwrap(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: IdentifierReferences::Refused,
        check_characters: CheckCharacters::AsWritten,
        release_ids: Some(
            ["5B0C1C3E-8D5F-4A0E-9B57-6C2E0F1A7D31", "A1E4C2B7-3F69-4D08-8C15-7B9D2E6F4A53"]
                .map(|id| id.parse().unwrap()),
        ),
    }
}

fn order() -> Value {
    serde_json::from_str(ORDER).unwrap()
}

/// Sets the value that a pointer names; `null` takes it away.
fn set(json: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = json.pointer_mut(parent).unwrap_or_else(|| panic!("no {parent}"));
    match (parent, value) {
        (Value::Object(members), Value::Null) => {
            members.remove(key).unwrap_or_else(|| panic!("no {pointer}"));
        }
        (Value::Array(items), Value::Null) => {
            items.remove(key.parse().unwrap());
        }
        (Value::Array(items), value) if key == "-" => items.push(value),
        (parent, value) => parent[if key.is_empty() { "" } else { key }] = value,
    }
}

/// The order with these changes.
fn changed(changes: &[(String, Value)]) -> Value {
    let mut json = order();
    for (pointer, value) in changes {
        match pointer.rsplit_once('/') {
            Some((parent, index)) if index.parse::<usize>().is_ok() && !value.is_null() => {
                let index: usize = index.parse().unwrap();
                json.pointer_mut(parent).unwrap()[index] = value.clone();
            }
            _ => set(&mut json, pointer, value.clone()),
        }
    }
    json
}

fn read_value(json: &Value) -> Result<Envelope, Problems> {
    read(json.to_string().as_bytes(), &context())
}

fn prescription_of(json: &Value) -> Prescription {
    let envelope = read_value(json).unwrap_or_else(|problems| panic!("{:#?}", told(&problems)));
    let Message::Prescription(prescription) = envelope.message else { panic!("a prescription") };
    *prescription
}

/// Rule, pointer and message of each problem.
fn told(problems: &Problems) -> Vec<(&'static str, String, String)> {
    let told = problems.iter().map(|problem| {
        let pointer = match &problem.place {
            Place::Json { pointer, .. } => pointer.clone(),
            place @ (Place::Document | Place::Position { .. } | Place::Xml { .. }) => place.to_string(),
        };
        (problem.rule.id, pointer, problem.message.as_str().to_owned())
    });
    told.collect()
}

/// Checks that these changes break exactly this rule, there, in these words.
#[track_caller]
fn refused(changes: &[(&str, &str, Value)], id: &str, pointer: &str, message: &str) {
    let changes: Vec<_> = changes.iter().map(|(base, path, value)| (format!("{base}{path}"), value.clone())).collect();
    let json = changed(&changes);
    let problems = read_value(&json).expect_err("the change should be refused");
    assert_eq!(told(&problems), [(id, pointer.to_owned(), message.to_owned())].map(|(a, b, c)| (rule_id(a), b, c)));
}

/// The id as the catalogue holds it: what a test expects is catalogued.
fn rule_id(id: &str) -> &'static str {
    crate::rules::catalogue().find(|rule| rule.id == id).unwrap_or_else(|| panic!("{id} is not catalogued")).id
}

const PARTY: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-DM-ResponsiblePractitioner";
const INCORRECT: &str = "populated incorrectly. Please populate with Reference to resource within Bundle.";

#[test]
fn the_order_that_is_shipped_is_read_whole() {
    let prescription = prescription_of(&order());
    assert!(prescription.id.checked().is_ok());
    assert_eq!(prescription.id.as_str(), "5D1B7C-Y90217-3E42AY");
    assert_eq!(prescription.nominated_performer.as_ref().unwrap().as_str(), "FZ417");
    assert_eq!(prescription.line_items.len(), 2);
    assert_eq!(prescription.line_items[0].dosage.as_str(), "1 capsule three times a day, for 7 days");
    assert_eq!(prescription.line_items[1].quantity.value.as_str(), "32");
    assert_eq!(prescription.author.signature, SignatureText::NotApplicable);
    assert_eq!(prescription.author.time, context().now);
    assert_eq!(prescription.effective_time, context().now);
    assert_eq!(prescription.author.person.person.as_ref().unwrap().id.as_str(), "9914273");
    assert_eq!(prescription.responsible_party.person.as_ref().unwrap().id.as_str(), "990418");
    assert_eq!(prescription.repeat, None);
    let address = &prescription.patient.addresses[0];
    let lines: Vec<_> = address.lines.iter().map(crate::model::Text::as_str).collect();
    assert_eq!(lines, ["7 ORCHARD ROW", "LITTLE MARLOW END", "EXAMPLETON", "EXAMPLESHIRE"]);
    assert_eq!(prescription.patient.telecoms[0].value.as_ref().unwrap().as_str(), "tel:01632960147");
}

#[test]
fn what_is_no_message_is_refused() {
    let refusal = |json: Value| told(&read_value(&json).unwrap_err());
    assert_eq!(refusal(json!({"resourceType": "Patient"}))[0].0, "fhir.resource-type");
    assert_eq!(refusal(json!([]))[0].0, "fhir.resource-type");
    assert_eq!(refusal(json!({"resourceType": "Bundle"}))[0].0, "fhir.element.required");
    let many = json!({"resourceType": "Bundle", "entry": vec![json!({}); 257]});
    assert_eq!(refusal(many)[0], ("fhir.bundle.entries", "/entry".into(), "A Bundle has 256 entries at most.".into()));
    let header = "Too few values submitted. Expected 1 element where resource.resourceType == 'MessageHeader'.";
    assert_eq!(refusal(json!({"resourceType": "Bundle", "entry": []}))[0].2, header);
    assert_eq!(read(b"", &context()).unwrap_err().iter().next().unwrap().rule.id, "fhir.json.truncated");
}

#[test]
fn the_event_decides_what_a_bundle_is() {
    let event = "MessageHeader.eventCoding.code must be one of: prescription-order, prescription-order-update, dispense-notification.";
    let code = "/entry/0/resource/eventCoding/code";
    refused(&[(HEADER, "/eventCoding/code", json!("prescription-song"))], "fhir.message-header.event", code, event);
    refused(&[(HEADER, "/eventCoding", Value::Null)], "fhir.message-header.event", HEADER, event);
    let update = [
        (HEADER, "/eventCoding/code", json!("prescription-order-update")),
        (FIRST, "/status", json!("cancelled")),
        (FIRST, "/statusReason", json!({})),
        (SECOND, "/status", json!("cancelled")),
        (SECOND, "/statusReason", json!({})),
    ];
    let requests = "The Bundle must contain exactly one MedicationRequest if MessageHeader.eventCoding.code is 'prescription-order-update'.";
    refused(&update, "fhir.cancellation.requests", "/entry", requests);
}

#[test]
fn a_bundle_holds_one_to_four_requests() {
    let mut none = order();
    none["entry"].as_array_mut().unwrap().drain(1..3);
    let problems = told(&read_value(&none).unwrap_err());
    assert_eq!(problems[0].0, "fhir.bundle.no-medication-request");
    let mut five = order();
    for at in 0..3 {
        let mut request = five["entry"][2].clone();
        request["fullUrl"] = json!(format!("urn:uuid:{at}"));
        request["resource"]["identifier"][0]["value"] = json!(format!("b7c4b6a1-2f37-4f0e-9d6c-61f8a9e3d75{}", 3 + at));
        five["entry"].as_array_mut().unwrap().push(request);
    }
    let message = "Bundle contains too many resources of type MedicationRequest. Expected at most 4.";
    let problems = told(&read_value(&five).unwrap_err());
    assert_eq!(problems, [("fhir.bundle.too-many-medication-requests", "/entry/9/resource".into(), message.into())]);
}

#[test]
fn requests_are_active_orders_with_one_product_and_ids_of_their_own() {
    refused(
        &[(SECOND, "/intent", json!("plan"))],
        "fhir.medication-request.intent",
        "/entry/2/resource/intent",
        "MedicationRequest.intent must be order, original-order or instance-order.",
    );
    refused(
        &[(FIRST, "/status", json!("draft"))],
        "fhir.medication-request.status",
        "/entry/1/resource/status",
        "MedicationRequest.status must be active.",
    );
    refused(
        &[(FIRST, "/medicationReference", json!({"reference": "urn:uuid:x"}))],
        "fhir.medication.twice",
        FIRST,
        "MedicationRequest cannot contain both medicationReference and medicationCodeableConcept fields.",
    );
    refused(
        &[(SECOND, "/identifier/0/value", json!("3F0F7A52-9A6E-4C55-8A5A-0C5D7B1E2A41"))],
        "fhir.medication-request.duplicate-identifier",
        "/entry/2/resource/identifier/0/value",
        "Expected all MedicationRequests to have a different value for identifier.",
    );
}

#[test]
fn requests_agree_on_what_belongs_to_the_prescription() {
    let changes: [(&str, Value, &str, &str, &str); 6] = [
        ("/authoredOn", json!("2026-03-02"), "authoredOn", "null,\"2026-03-02\"", "/authoredOn"),
        ("/subject/display", json!("X"), "subject", "", "/subject"),
        ("/groupIdentifier/value", json!("5D1B7C-Y90217-3E42AX"), "groupIdentifier", "", "/groupIdentifier"),
        ("/dispenseRequest/performer", Value::Null, "dispenseRequest.performer", "", ""),
        (
            "/dispenseRequest/expectedSupplyDuration/value",
            json!(14),
            "dispenseRequest.expectedSupplyDuration",
            "",
            "/dispenseRequest/expectedSupplyDuration",
        ),
        (
            "/extension/0/valueCoding/display",
            json!("X"),
            "extension(\"https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionType\")",
            "",
            "/extension/0",
        ),
    ];
    for (path, value, name, values, pointer) in changes {
        let json = changed(&[(format!("{SECOND}{path}"), value)]);
        let problems = told(&read_value(&json).unwrap_err());
        let [(id, place, message)] = problems.as_slice() else { panic!("{path}: {problems:?}") };
        assert_eq!(*id, "fhir.medications.inconsistent");
        assert_eq!(*place, format!("{SECOND}{pointer}"));
        let start = format!("Expected all MedicationRequests to have the same value for {name}. Received [{values}");
        assert!(message.starts_with(&start) && message.ends_with("]."), "{message}");
    }
    // A list counts element by element, so one request can disagree with itself.
    let category = json!({"coding": [{"code": "outpatient"}]});
    let json =
        changed(&[(format!("{FIRST}/category/-"), category.clone()), (format!("{SECOND}/category/-"), category)]);
    assert_eq!(told(&read_value(&json).unwrap_err())[0].1, "/entry/1/resource/category/1");
}

#[test]
fn the_order_of_keys_is_no_difference() {
    let mut json = order().to_string();
    let subject = "\"requester\":{\"reference\":\"urn:uuid:5a8e6c1d-0b43-4d1a-a7d5-2e9f8c7b6974\"}";
    let turned = [
        "\"requester\":{\"type\":\"P\",\"reference\":\"urn:uuid:5a8e6c1d-0b43-4d1a-a7d5-2e9f8c7b6974\"}",
        "\"requester\":{\"reference\":\"urn:uuid:5a8e6c1d-0b43-4d1a-a7d5-2e9f8c7b6974\",\"type\":\"P\"}",
    ];
    for turned in turned {
        assert!(json.contains(subject));
        json = json.replacen(subject, turned, 1);
    }
    assert!(read(json.as_bytes(), &context()).is_ok());
}

#[test]
fn codes_out_of_their_sets_are_refused_in_the_words_of_the_nhs_service() {
    for (base, path, id, message) in [
        (PATIENT, "/gender", "fhir.patient.gender", "Unhandled gender 'x'."),
        (PATIENT, "/name/0/use", "fhir.name.use", "Unhandled name use 'x'."),
        (PATIENT, "/telecom/0/use", "fhir.telecom.use", "Unhandled telecom use 'x'."),
        (PATIENT, "/address/0/use", "fhir.address.use", "Unhandled address use 'x'."),
        (PATIENT, "/birthDate", "fhir.date.form", "Incorrect format for date string 'x'."),
    ] {
        refused(&[(base, path, json!("x"))], id, &format!("{base}{path}"), message);
    }
    refused(
        &[(PATIENT, "/birthDate", json!("1974-02-30"))],
        "fhir.date.impossible",
        "/entry/3/resource/birthDate",
        "Incorrect format for date string '1974-02-30'.",
    );
    let site = "/dispenseRequest/extension/0/valueCoding/code";
    refused(
        &[(FIRST, site, json!("P9")), (SECOND, site, json!("P9"))],
        "fhir.code.unknown",
        "/entry/1/resource/dispenseRequest/extension/0/valueCoding/code",
        "A code is one of its vocabulary.",
    );
    refused(
        &[(ROLE, "/code/0/coding/0/system", json!("https://example.org/roles"))],
        "fhir.practitioner-role.code",
        "/entry/4/resource/code",
        rules::JOB_ROLE.requires,
    );
}

#[test]
fn identifiers_are_checked() {
    for (base, path, value, id) in [
        (PATIENT, "/identifier/0/value", "9990173924", "ids.nhs-number"),
        (ROLE, "/identifier/0/value", "12 34", "ids.sds"),
        (ORGANISATION, "/identifier/0/value", "Y 90217", "ids.ods-code"),
        (SECOND, "/identifier/0/value", "not-a-uuid", "ids.uuid"),
        ("", "/identifier/value", "f2a7c9d1", "ids.uuid"),
    ] {
        let json = changed(&[(format!("{base}{path}"), json!(value))]);
        let problems = told(&read_value(&json).unwrap_err());
        assert_eq!((problems[0].0, problems[0].1.as_str()), (id, format!("{base}{path}").as_str()));
    }
    let short = "/groupIdentifier/value";
    let json = changed(&[
        (format!("{FIRST}{short}"), json!("5D1B7C-Y90217-3E42A")),
        (format!("{SECOND}{short}"), json!("5D1B7C-Y90217-3E42A")),
    ]);
    assert_eq!(told(&read_value(&json).unwrap_err())[0].0, "ids.prescription-id.form");
    // A wrong check character is read; who stores or routes refuses it.
    let json = changed(&[
        (format!("{FIRST}{short}"), json!("5D1B7C-Y90217-3E42AA")),
        (format!("{SECOND}{short}"), json!("5D1B7C-Y90217-3E42AA")),
    ]);
    assert!(prescription_of(&json).id.checked().is_err());
    let strict = Context { check_characters: CheckCharacters::Required, ..context() };
    let problems = told(&read(json.to_string().as_bytes(), &strict).unwrap_err());
    assert_eq!(
        (problems[0].0, problems[0].1.as_str()),
        ("ids.prescription-id.check-character", "/entry/1/resource/groupIdentifier/value")
    );
    assert!(read(ORDER.as_bytes(), &strict).is_ok());
}

#[test]
fn texts_and_numbers_are_checked() {
    let dosage = "/dosageInstruction/0/text";
    let there = "/entry/1/resource/dosageInstruction/0/text";
    refused(&[(FIRST, dosage, json!(""))], "fhir.text.empty", there, rules::TEXT_EMPTY.requires);
    refused(&[(FIRST, dosage, json!("a\u{b}"))], "fhir.text.character", there, rules::TEXT_CHARACTER.requires);
    refused(&[(FIRST, dosage, json!(5))], "fhir.element.type", there, rules::TYPE.requires);
    let product = "/medicationCodeableConcept/coding/0/code";
    let there = "/entry/1/resource/medicationCodeableConcept/coding/0/code";
    refused(&[(FIRST, product, json!("3973 2311"))], "fhir.code.form", there, rules::CODE_FORM.requires);
    let quantity = "/dispenseRequest/quantity/value";
    let there = "/entry/1/resource/dispenseRequest/quantity/value";
    refused(&[(FIRST, quantity, json!("21"))], "fhir.quantity.decimal", there, rules::DECIMAL.requires);
    refused(&[(ORGANISATION, "/name", Value::Null)], "fhir.organization.name", ORGANISATION, "Name must be provided.");
    let exact = ORDER.replacen("\"value\": 21", "\"value\": 2.10e1", 1);
    let envelope = read(exact.as_bytes(), &context()).unwrap();
    let Message::Prescription(prescription) = envelope.message else { panic!("a prescription") };
    assert_eq!(prescription.line_items[0].quantity.value.as_str(), "2.10e1");
}

#[test]
fn so_many_problems_are_told_and_no_more() {
    let json = changed(&[(format!("{PATIENT}/address/0/line"), json!(vec![1; 100_000]))]);
    assert_eq!(read_value(&json).unwrap_err().iter().count(), 200);
}

/// A Provenance with this signature data, Base64.
fn signed(data: &str) -> Vec<(String, Value)> {
    let who = json!({"reference": "urn:uuid:5a8e6c1d-0b43-4d1a-a7d5-2e9f8c7b6974"});
    let signature = json!({"when": "2026-03-02T10:00:00+01:00", "who": who, "data": data});
    vec![(
        "/entry/-".into(),
        json!({"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Provenance", "signature": [signature]}}),
    )]
}

#[test]
fn the_requesters_signature_is_taken_as_it_is() {
    use base64::Engine;
    let encode = |xml: &str| base64::engine::general_purpose::STANDARD.encode(xml);
    let xml =
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignatureValue>QQ==</SignatureValue></Signature>";
    let prescription = prescription_of(&changed(&signed(&encode(&format!("<?xml version=\"1.0\"?>\n{xml}\n")))));
    assert_eq!(prescription.author.signature, SignatureText::Element(xml.into()));
    assert_eq!(prescription.author.time.to_hl7(), "20260302090000");
    for bad in ["%%%".to_owned(), encode("no XML"), encode("<a><b></a>"), encode("<!DOCTYPE a><a/>")] {
        let problems = told(&read_value(&changed(&signed(&bad))).unwrap_err());
        let place = "/entry/7/resource/signature/0/data".to_owned();
        assert_eq!(problems, [("fhir.signature.format", place, "Invalid signature format.".to_owned())]);
    }
    let twice = [signed(&encode(xml)), signed(&encode(xml))].concat();
    let problems = told(&read_value(&changed(&twice)).unwrap_err());
    assert_eq!(problems[0].0, "fhir.element.too-many");
}

#[test]
fn all_problems_are_told_together() {
    let json = changed(&[
        (format!("{FIRST}/status"), json!("draft")),
        (format!("{PATIENT}/gender"), json!("x")),
        (format!("{PATIENT}/birthDate"), json!("x")),
        (format!("{ORGANISATION}/telecom/0/use"), Value::Null),
    ]);
    let problems = told(&read_value(&json).unwrap_err());
    let ids: Vec<_> = problems.iter().map(|(id, ..)| *id).collect();
    assert_eq!(
        ids,
        ["fhir.telecom.incomplete", "fhir.medication-request.status", "fhir.patient.gender", "fhir.date.form"]
    );
}

/// Pointers to every value of a document.
fn pointers(json: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), json)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                open.extend(members.iter().map(|(key, value)| (format!("{pointer}/{key}"), value)))
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(at, value)| (format!("{pointer}/{at}"), value)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        found.push(pointer);
    }
    found.sort();
    found
}

/// A value to stand in the place of another.
fn other() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!("")),
        Just(json!("x")),
        Just(json!(-1)),
        Just(json!(1.5)),
        Just(json!([])),
        Just(json!({})),
        Just(json!([{}])),
        Just(json!(true)),
        Just(json!("\u{0}")),
        Just(json!({"reference": "urn:uuid:5a8e6c1d-0b43-4d1a-a7d5-2e9f8c7b6974"})),
        Just(json!([{"reference": "urn:uuid:e4c1a5d8-9b2f-4e7c-8d6a-1b3f5c7e9a96"}])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn an_order_with_anything_in_the_place_of_anything_is_read_or_refused_where_it_is(
        changes in prop::collection::vec((any::<prop::sample::Index>(), other()), 1..4)
    ) {
        let mut json = order();
        for (at, value) in changes {
            let all = pointers(&json);
            let target = json.pointer_mut(&all[at.index(all.len())]).unwrap();
            *target = value;
        }
        if let Err(problems) = read_value(&json) {
            for (id, pointer, _) in told(&problems) {
                prop_assert!(json.pointer(&pointer).is_some(), "{}: {}", id, pointer);
                prop_assert!(id != rules::INCOMPLETE.id, "read neither a value nor a problem");
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100), cut in any::<prop::sample::Index>()) {
        let _ = read(&bytes, &context());
        let at = cut.index(ORDER.trim_end().len());
        let problems = read(&ORDER.as_bytes()[..at], &context()).unwrap_err();
        prop_assert!(problems.names("fhir.json.truncated"));
    }
}
