//! What hardly any FHIR message says, said by one that is changed a little.

use serde_json::{Value, json};

use super::one_item;
use crate::seeds::walk;

/// Where the resources of an order of one item stand.
const REQUEST: &str = "/entry/1/resource";
const PATIENT: &str = "/entry/2/resource";
const ROLE: &str = "/entry/3/resource";
const PRACTITIONER: &str = "/entry/4/resource";
const ORGANISATION: &str = "/entry/5/resource";

/// The base of this name.
fn base(name: &str) -> Value {
    let bases = walk::fhir_bases();
    bases.into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn order(name: &str) -> Value {
    one_item(&base(name)).unwrap()
}

/// A message with these members set; `null` takes one away.
fn with(mut message: Value, at: &str, members: &Value) -> Value {
    let resource = message.pointer_mut(at).unwrap().as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            resource.remove(name)
        } else {
            resource.insert(name.clone(), value.clone())
        };
    }
    message
}

fn identifier(system: &str, value: &str) -> Value {
    json!({"system": system, "value": value})
}

/// The messages, each with its name.
pub(super) fn messages() -> Vec<(String, Value)> {
    let plain = || order("order of four items");
    let mut messages = vec![
        ("names in parts", names(plain(), &json!([{"given": ["ANN"], "family": "NONE", "suffix": ["OBE"]}]))),
        ("names in one", names(plain(), &json!([{"text": "ANN NONE"}]))),
        ("states", states(plain())),
        ("states of a service", states(order("hospital"))),
        ("no telecom in the role", role_without_telecom(plain())),
        ("by identifier", role_by_identifier(plain())),
        ("no licence", with(plain(), ORGANISATION, &json!({"partOf": null}))),
        ("a medicine by reference", medicine_by_reference(plain())),
        ("repeats of the base", repeats_of_the_base(order("repeat dispensing"))),
        ("a claim of a repeat", claim_of_a_repeat()),
        ("nothing dispensed", not_dispensed()),
    ];
    for (name, code) in [("gmp", "G9999999"), ("nmc", "12A3456B"), ("hcpc", "AB123456"), ("gphc", "2083469")] {
        let system = format!("https://fhir.hl7.org.uk/Id/{name}-number");
        messages.push((name, with(plain(), PRACTITIONER, &json!({"identifier": [identifier(&system, code)]}))));
    }
    messages.into_iter().map(|(name, message)| (name.to_owned(), message)).collect()
}

fn names(order: Value, names: &Value) -> Value {
    let order = with(order, PATIENT, &json!({ "name": names }));
    with(order, PRACTITIONER, &json!({ "name": names }))
}

fn states(mut order: Value) -> Value {
    for entry in order["entry"].as_array_mut().unwrap() {
        let address = match entry["resource"]["resourceType"].as_str().unwrap() {
            "Patient" | "Organization" => &mut entry["resource"]["address"][0],
            "Location" => &mut entry["resource"]["address"],
            _ => continue,
        };
        address["city"] = json!("OLD TOWN");
        address["district"] = json!("FAR COUNTY");
        address["state"] = json!("ENGLAND");
    }
    order
}

fn role_without_telecom(order: Value) -> Value {
    let telecom = json!([{"system": "phone", "value": "01632 960221", "use": "work"}]);
    with(with(order, ROLE, &json!({"telecom": null})), PRACTITIONER, &json!({ "telecom": telecom }))
}

fn role_by_identifier(order: Value) -> Value {
    let ods = identifier("https://fhir.nhs.uk/Id/ods-organization-code", "Y90217");
    let gmc = identifier("https://fhir.hl7.org.uk/Id/gmc-number", "C9914273");
    let members = json!({
        "organization": {"identifier": ods, "display": "FERN HILL SURGERY"},
        "practitioner": {"identifier": gmc, "display": "DR THISTLEWOOD"},
    });
    with(order, ROLE, &members)
}

fn medicine_by_reference(mut order: Value) -> Value {
    let medicine = order.pointer(REQUEST).unwrap()["medicationCodeableConcept"].clone();
    let reference = "urn:uuid:0d5e9c0a-52f4-4a57-8b1e-5a8f4b7c9d21";
    let entry = json!({"fullUrl": reference, "resource": {"resourceType": "Medication", "code": medicine}});
    order["entry"].as_array_mut().unwrap().push(entry);
    let members = json!({"medicationCodeableConcept": null, "medicationReference": {"reference": reference}});
    with(order, REQUEST, &members)
}

fn repeats(allowed: u32, issued: u32) -> Value {
    json!({"url": "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-RepeatInformation", "extension": [
        {"url": "numberOfRepeatsAllowed", "valueInteger": allowed},
        {"url": "numberOfRepeatsIssued", "valueInteger": issued},
    ]})
}

fn repeats_of_the_base(order: Value) -> Value {
    let base = json!([{"extension": [repeats(3, 0)], "reference": "urn:uuid:0d5e9c0a-52f4-4a57-8b1e-5a8f4b7c9d22"}]);
    with(order, REQUEST, &json!({ "basedOn": base }))
}

/// A claim that amends another, with the issue told of the line only.
fn claim_of_a_repeat() -> Value {
    let mut claim = base("claim");
    let replaced = identifier("https://tools.ietf.org/html/rfc4122", "0d5e9c0a-52f4-4a57-8b1e-5a8f4b7c9d23");
    claim["extension"] = json!([
        {"url": "https://fhir.nhs.uk/StructureDefinition/Extension-replacementOf", "valueIdentifier": replaced},
    ]);
    claim["item"][0]["detail"][0]["extension"].as_array_mut().unwrap().push(repeats(5, 1));
    claim
}

/// A notification that nothing was dispensed of the prescription.
fn not_dispensed() -> Value {
    let mut notification = base("notification");
    for entry in notification["entry"].as_array_mut().unwrap() {
        if entry["resource"]["resourceType"] == "MedicationDispense" {
            entry["resource"]["extension"].as_array_mut().unwrap().push(json!({
                "url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionNonDispensingReason",
                "valueCoding": {
                    "system": "https://fhir.nhs.uk/CodeSystem/medicationdispense-status-reason",
                    "code": "0004", "display": "Illegal NHS prescription",
                },
            }));
        }
    }
    let mut seen = 0;
    notification["entry"].as_array_mut().unwrap().retain(|entry| {
        seen += usize::from(entry["resource"]["resourceType"] == "MedicationDispense");
        seen < 2 || entry["resource"]["resourceType"] != "MedicationDispense"
    });
    notification
}
