//! One prescription as the tracker tells it, field by field: its items, what was supplied of them, its history, and what
//! the patient was told.

#![cfg(test)]

use eps_tests::http::tracked::{extension, history, resources};
use eps_tests::http::updates::{entry, send};
use eps_tests::http::{Kind, Order, Server, Told, release};
use eps_transport::http::{Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use eps_transport::updates::UpdateLog;
use serde_json::{Value, json};

const MESSAGE: &str = "/electronic-prescriptions/FHIR/R4/$process-message";
const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const TASK: &str = "/fhir-dispensing/FHIR/R4/Task";
const PHARMACY: &str = "FA565";

fn details(server: &Server, order: &Order) -> Value {
    let reply = server.track(&format!("/{}", order.id));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

fn accept(server: &Server, path: &str, body: &Value) {
    let reply = server.post(path, body);
    assert_eq!(reply.status, 200, "{}", reply.text);
}

fn sent(server: &Server, number: u32, kind: Kind) -> Order {
    let order = Order::new(number, true).of_kind(kind);
    order.send(server);
    order
}

fn notify(server: &Server, order: &Order, told: &Told<'_>) -> String {
    let (notification, id) = order.notification(PHARMACY, "2026-03-02T09:30:00+00:00", told);
    accept(server, MESSAGE, &notification);
    id
}

fn told(status: &'static str, items: &'static [(&'static str, u32)]) -> Told<'static> {
    Told { status, items, issue: None, replaces: None }
}

fn code(system: &str, code: &str, display: &str) -> Value {
    json!({ "system": format!("https://fhir.nhs.uk/CodeSystem/{system}"), "code": code, "display": display })
}

fn url(name: &str) -> String {
    format!("https://fhir.nhs.uk/StructureDefinition/Extension-{name}")
}

fn reference(resource: &Value) -> Value {
    json!({ "reference": format!("urn:uuid:{}", resource["id"].as_str().unwrap()) })
}

#[test]
fn every_entry_is_referenced_by_its_id_and_the_last_one_is_the_match() {
    let server = Server::start();
    let details = details(&server, &sent(&server, 1, Kind::Acute));
    let entries = details["entry"].as_array().unwrap();
    for (at, entry) in entries.iter().enumerate() {
        let id = entry["resource"]["id"].as_str().unwrap();
        assert_eq!(entry["fullUrl"], format!("urn:uuid:{id}"));
        assert_eq!(entry["search"]["mode"], if at + 1 == entries.len() { "match" } else { "include" });
    }
}

#[test]
fn the_patient_of_the_details_has_name_birth_gender_and_address() {
    let server = Server::start();
    let order = sent(&server, 2, Kind::Acute);
    let details = details(&server, &order);
    let mut patient = resources(&details, "Patient")[0].clone();
    patient["id"].take();
    // As the signed prescription has them, whose HL7 v3 knows one given name and no city.
    let lines = ["7 ORCHARD ROW", "LITTLE MARLOW END", "EXAMPLETON, EXAMPLESHIRE"];
    let address = json!({
        "line": lines, "postalCode": "ZZ99 3WZ", "type": "both", "use": "home",
        "text": format!("{}, ZZ99 3WZ", lines.join(", ")),
    });
    assert_eq!(
        patient,
        json!({
            "resourceType": "Patient",
            "id": null,
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": order.nhs_number() }],
            "name": [{ "prefix": ["MS"], "given": ["MARIGOLD ANNE"], "family": "QUILLFEATHER" }],
            "gender": "female",
            "birthDate": "1974-08-21",
            "address": [address],
        })
    );
}

#[test]
fn an_item_is_told_field_by_field() {
    let server = Server::start();
    let order = sent(&server, 3, Kind::Acute);
    let details = details(&server, &order);
    let roles = resources(&details, "PractitionerRole");
    let ods = |code: &str| json!({ "identifier": [{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": code }] });
    let mut item = resources(&details, "MedicationRequest")[0].clone();
    item["id"].take();
    let status = code("medicationdispense-type", "0007", "Item to be dispensed");
    let site = code("dispensing-site-preference", "P1", "Other (e.g. Community Pharmacy)");
    let course = "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy";
    assert_eq!(
        item,
        json!({
            "resourceType": "MedicationRequest",
            "id": null,
            "extension": [
                { "url": url("EPS-DispensingInformation"), "extension": [{ "url": "dispenseStatus", "valueCoding": status }] },
                { "url": url("PendingCancellation"), "extension": [{ "url": "lineItemPendingCancellation", "valueBoolean": false }] },
            ],
            "identifier": [{
                "system": "https://fhir.nhs.uk/Id/prescription-order-item-number",
                "value": order.items()[0].to_uppercase(),
            }],
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {
                "coding": [{ "system": "http://snomed.info/sct", "code": "138875005" }],
                "text": "Amoxicillin 500mg capsules",
            },
            "subject": reference(resources(&details, "Patient")[0]),
            "requester": reference(roles[0]),
            "groupIdentifier": { "system": "https://fhir.nhs.uk/Id/prescription-order-number", "value": order.id },
            "courseOfTherapyType": { "coding": [{ "system": course, "code": "acute", "display": "Short course (acute) therapy" }] },
            "dosageInstruction": [{ "text": "1 capsule three times a day, for 7 days" }],
            "dispenseRequest": {
                "extension": [{ "url": url("DM-PerformerSiteType"), "valueCoding": site }],
                "quantity": { "value": 21, "unit": "capsule", "system": "http://unitsofmeasure.org", "code": "21" },
                "performer": ods("FZ417"),
            },
            "substitution": { "allowedBoolean": false },
        })
    );
    assert_eq!(roles[0]["organization"]["identifier"]["value"], "Y90217");
    accept(&server, RELEASE, &release(PHARMACY, Some(&order.id)));
    let released = self::details(&server, &order);
    assert_eq!(resources(&released, "MedicationRequest")[0]["performer"], ods(PHARMACY), "a list inside a reference");
}

#[test]
fn an_item_tells_its_course_of_therapy_and_its_issue() {
    let server = Server::start();
    for (number, kind, intent, system, display) in [
        (4, Kind::Repeat, "instance-order", "http://terminology.hl7.org", "Continuous long term therapy"),
        (
            5,
            Kind::RepeatDispensing(7),
            "reflex-order",
            "https://fhir.nhs.uk",
            "Continuous long term (repeat dispensing)",
        ),
    ] {
        let order = sent(&server, number, kind);
        let details = details(&server, &order);
        let item = resources(&details, "MedicationRequest")[0];
        let course = &item["courseOfTherapyType"]["coding"][0];
        assert_eq!((&item["intent"], &course["display"]), (&json!(intent), &json!(display)));
        assert!(course["system"].as_str().unwrap().starts_with(system), "{course}");
        let issued = extension(item, "UKCore-MedicationRepeatInformation");
        let issued = issued.map(|issued| issued["extension"][0]["valueUnsignedInt"].clone());
        assert_eq!(issued, matches!(kind, Kind::RepeatDispensing(_)).then(|| json!(1)));
        let group = resources(&details, "RequestGroup")[0];
        assert!(group["extension"][2]["url"].as_str().unwrap().ends_with("EPS-RepeatInformation"));
    }
    let unnominated = Order::new(6, false);
    unnominated.send(&server);
    let details = details(&server, &unnominated);
    let dispense = &resources(&details, "MedicationRequest")[0]["dispenseRequest"];
    let site = code("dispensing-site-preference", "0004", "None");
    assert_eq!((dispense.get("performer"), &dispense["extension"][0]["valueCoding"]), (None, &site));
}

#[test]
fn what_was_supplied_is_told_field_by_field_and_of_earlier_notifications_too() {
    let server = Server::start();
    let order = sent(&server, 7, Kind::Acute);
    accept(&server, RELEASE, &release(PHARMACY, Some(&order.id)));
    notify(&server, &order, &told("0003", &[("0003", 14), ("0004", 0)]));
    // A notification is ordered by when it came.
    assert_eq!(server.ask("POST", "/_eps/clock", &[], &json!({ "advance": "1h" }).to_string()).status, 200);
    notify(&server, &order, &told("0006", &[("0001", 7), ("0001", 32)]));
    let details = details(&server, &order);
    let supplies = resources(&details, "MedicationDispense");
    let told: Vec<_> = supplies
        .iter()
        .map(|one| {
            let status = one["type"]["coding"][0]["display"].clone();
            (one["status"].clone(), status, one["quantity"]["value"].clone())
        })
        .collect();
    let row = |status: &str, display: &str, quantity: u32| (json!(status), json!(display), json!(quantity));
    assert_eq!(
        told,
        [
            row("unknown", "Item dispensed - partial", 14),
            row("unknown", "Item not dispensed - owing", 0),
            row("in-progress", "Item fully dispensed", 7),
            row("in-progress", "Item fully dispensed", 32),
        ]
    );
    let roles = resources(&details, "PractitionerRole");
    let request = resources(&details, "MedicationRequest")[0];
    let last = supplies[2];
    let status = code("EPS-task-business-status", "0006", "Dispensed");
    assert_eq!(last["extension"], json!([{ "url": url("EPS-TaskBusinessStatus"), "valueCoding": status }]));
    assert_eq!(supplies[0]["extension"], last["extension"], "the prescription's status now");
    assert_eq!(last["identifier"], request["identifier"]);
    assert_eq!(last["performer"], json!([{ "actor": reference(roles[1]) }]));
    assert_eq!(last["authorizingPrescription"], json!([reference(request)]));
    assert_eq!(last["subject"], reference(resources(&details, "Patient")[0]));
    assert_eq!(last["medicationCodeableConcept"]["coding"][0]["code"], "138875005");
    assert_eq!(last["medicationCodeableConcept"]["text"], "Amoxicillin 500mg capsules");
    assert_eq!(last["quantity"]["code"], "7");
    assert!(last["dosageInstruction"][0]["text"].is_string() && last.get("statusReasonCodeableConcept").is_none());
}

#[test]
fn the_group_has_type_author_supply_and_its_items() {
    let server = Server::start();
    let order = sent(&server, 8, Kind::Acute);
    let details = details(&server, &order);
    let group = resources(&details, "RequestGroup")[0];
    let kind = &extension(group, "DM-PrescriptionType").unwrap()["valueCoding"];
    assert_eq!(kind["code"], "0101");
    assert!(kind["display"].as_str().is_some_and(|words| words.contains("Medical Prescriber")), "{kind}");
    let urls: Vec<_> = group["extension"].as_array().unwrap().iter().map(|one| one["url"].clone()).collect();
    let order_of = ["DM-PrescriptionStatusHistory", "DM-PrescriptionType", "PendingCancellation"].map(url);
    assert_eq!(urls, order_of);
    assert_eq!((&group["status"], &group["intent"]), (&json!("active"), &json!("order")));
    assert_eq!(group["subject"], reference(resources(&details, "Patient")[0]));
    let lines = &group["action"][0];
    assert_eq!(lines["title"], "Prescription Line Items(Medications)");
    // Only repeat dispensing says for how long an issue is; for the others it is Spine's 28 days.
    assert_eq!(lines["timingTiming"]["repeat"], json!({ "frequency": 1, "period": 28, "periodUnit": "d" }));
    let items: Vec<_> = lines["action"].as_array().unwrap().iter().map(|one| one["resource"].clone()).collect();
    let requests: Vec<_> = resources(&details, "MedicationRequest").into_iter().map(reference).collect();
    assert_eq!(items, requests);
}

#[test]
fn every_event_has_its_title_status_time_and_who_caused_it() {
    let server = Server::start();
    let order = sent(&server, 9, Kind::Acute);
    accept(&server, RELEASE, &release("FZ417", None));
    accept(&server, TASK, &order.returned("FZ417"));
    accept(&server, RELEASE, &release(PHARMACY, Some(&order.id)));
    assert_eq!(server.post(MESSAGE, &order.cancellation("0001")).status, 400);
    let id = notify(&server, &order, &told("0003", &[("0003", 14), ("0001", 32)]));
    accept(&server, TASK, &order.withdrawal(PHARMACY, &id, None));
    let whole = told("0006", &[("0001", 21), ("0001", 32)]);
    notify(&server, &order, &whole);
    let (claim, _) = order.claim(PHARMACY, "2026-03-02T09:40:00+00:00", &whole);
    accept(&server, "/fhir-dispensing/FHIR/R4/Claim", &claim);
    let details = details(&server, &order);
    let group = resources(&details, "RequestGroup")[0];
    let told: Vec<_> = history(&details)
        .iter()
        .map(|event| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let who = &event["participant"][0]["extension"][0];
            // The HL7 v3 of a withdrawal names a person and no organisation.
            let named = event["title"] != "Dispense Withdrawal successful";
            let kind = "RequestOrchestration.action.participant.typeReference";
            assert_eq!(text(&who["url"]).ends_with(kind), named, "{event}");
            let time = text(&event["timingDateTime"]);
            assert!(time.starts_with("2026-03-02T") && time.ends_with(".000Z"), "{time}");
            let notified = event["title"] == "Dispense notification successful";
            assert_eq!(event["code"].as_array().unwrap().len(), if notified { 2 } else { 1 });
            assert_eq!(event["resource"] == reference(group), !notified, "{event}");
            let who = text(&who["valueReference"]["identifier"]["value"]);
            (text(&event["title"]), text(&event["code"][0]["coding"][0]["code"]), who)
        })
        .collect();
    let row = |title: &str, status: &str, who: &str| (title.to_owned(), status.to_owned(), who.to_owned());
    let pending = "Prescription/item was not cancelled. With dispenser. Marked for cancellation";
    assert_eq!(
        told,
        [
            row("Prescription upload successful", "0001", "Y90217"),
            row("Nominated Release Request successful", "0002", "FZ417"),
            row("Dispense proposal return successful", "0001", "FZ417"),
            row("Release Request successful", "0002", PHARMACY),
            row(pending, "0002", "Y90217"),
            row("Dispense notification successful", "0003", PHARMACY),
            row("Dispense Withdrawal successful", "0002", ""),
            row("Dispense notification successful", "0006", PHARMACY),
            row("Dispense claim successful", "0008", PHARMACY),
        ]
    );
}

#[test]
fn what_time_brought_is_in_the_history_and_in_the_statuses() {
    let server = Server::start();
    let order = sent(&server, 10, Kind::Acute);
    let advanced = server.ask("POST", "/_eps/clock", &[], &json!({ "advance": "190d" }).to_string());
    assert_eq!(advanced.status, 200);
    let details = details(&server, &order);
    let last = history(&details).last().copied().unwrap();
    assert_eq!(last["title"], "Updated by Urgent Admin Batch worker");
    assert_eq!(last["code"][0]["coding"][0], code("EPS-task-business-status", "0004", "Expired"));
    let item = resources(&details, "MedicationRequest")[0];
    assert_eq!(
        (&item["status"], &item["extension"][0]["extension"][0]["valueCoding"]["display"]),
        (&json!("stopped"), &json!("Expired"))
    );
}

#[test]
fn a_cancellation_of_an_item_is_told_of_that_item_alone() {
    let server = Server::start();
    let order = sent(&server, 11, Kind::Acute);
    accept(&server, MESSAGE, &order.cancellation("0004"));
    let details = details(&server, &order);
    let items = resources(&details, "MedicationRequest");
    let given = code("medicationrequest-status-reason", "0004", "Clinical grounds");
    assert_eq!((&items[0]["status"], &items[0]["statusReason"]), (&json!("cancelled"), &json!({ "coding": [given] })));
    assert_eq!((&items[1]["status"], items[1].get("statusReason")), (&json!("active"), None));
    let group = resources(&details, "RequestGroup")[0];
    assert_eq!(group["extension"].as_array().unwrap().len(), 3, "the prescription itself was not cancelled: {group}");
}

/// An update of an item of this order by a pharmacy.
fn update(order: &Order, item: usize, pharmacy: &str, status: &str, at: &str) -> Value {
    let mut update = entry(&eps_tests::http::request_id(), status, "in-progress");
    let task = &mut update["resource"];
    task["basedOn"][0]["identifier"]["value"] = order.id.clone().into();
    task["focus"]["identifier"]["value"] = order.items()[item].clone().into();
    task["owner"]["identifier"]["value"] = pharmacy.into();
    task["lastModified"] = at.into();
    update
}

/// What the details say that the patient was told of each item.
fn shown(server: &Server, order: &Order) -> [Value; 2] {
    let details = details(server, order);
    let items = resources(&details, "MedicationRequest");
    [0, 1].map(|at| {
        let told = extension(items[at], "DM-PrescriptionStatusHistory");
        told.map_or(Value::Null, |told| told["extension"][0]["valueCoding"]["code"].clone())
    })
}

#[test]
fn the_latest_that_the_dispenser_told_the_patient_is_shown_and_nothing_of_others() {
    let server = Server::start();
    let order = sent(&server, 12, Kind::Acute);
    let updates = [
        update(&order, 0, PHARMACY, "Ready to Collect", "2026-03-01T10:00:00Z"),
        update(&order, 0, PHARMACY, "With Pharmacy", "2026-03-01T09:00:00Z"),
        update(&order, 0, PHARMACY, "Ready to Dispatch", "2026-03-02T23:00:00Z"),
        update(&order, 1, "FZ417", "With Pharmacy", "2026-03-01T09:00:00Z"),
    ];
    assert_eq!(send(&server, &updates).status, 201);
    assert_eq!(shown(&server, &order), [Value::Null, Value::Null], "nobody holds it");
    accept(&server, RELEASE, &release(PHARMACY, Some(&order.id)));
    let ready = json!("Ready to Collect");
    assert_eq!(shown(&server, &order), [ready.clone(), Value::Null], "not the future one, not another pharmacy's");
    // Predicted, and overtaken by what was told after the prediction was made.
    let mut predicted = update(&order, 1, PHARMACY, "Ready to Collect", "2026-03-02T08:00:00Z");
    predicted["resource"]["meta"] = json!({ "lastUpdated": "2026-03-01T08:00:00Z" });
    assert_eq!(send(&server, &[predicted]).status, 201);
    assert_eq!(shown(&server, &order), [ready.clone(), ready.clone()]);
    let later = update(&order, 1, PHARMACY, "With Pharmacy", "2026-03-01T09:00:00Z");
    assert_eq!(send(&server, &[later]).status, 201);
    assert_eq!(shown(&server, &order), [ready, json!("With Pharmacy")]);
    let details = details(&server, &order);
    let told = extension(resources(&details, "MedicationRequest")[1], "DM-PrescriptionStatusHistory").unwrap();
    let system = "https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt";
    assert_eq!(told["extension"][0]["valueCoding"], json!({ "system": system, "code": "With Pharmacy" }));
    assert_eq!(told["extension"][1], json!({ "url": "statusDate", "valueDateTime": "2026-03-01T09:00:00.000Z" }));
}

#[test]
fn the_details_are_told_also_when_the_status_updates_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("updates.db");
    let log = UpdateLog::open(&path).unwrap();
    let server =
        Server::with(MemoryStore::default(), Tokens::Believed, Settings::default(), |service| service.updates(log));
    let order = sent(&server, 13, Kind::Acute);
    accept(&server, RELEASE, &release(PHARMACY, Some(&order.id)));
    let told = update(&order, 0, PHARMACY, "With Pharmacy", "2026-03-01T09:00:00Z");
    assert_eq!(send(&server, &[told]).status, 201);
    assert_eq!(shown(&server, &order), [json!("With Pharmacy"), Value::Null]);
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP TABLE status_update").unwrap();
    assert_eq!(shown(&server, &order), [Value::Null, Value::Null]);
    let more = update(&order, 0, PHARMACY, "Ready to Collect", "2026-03-01T09:00:00Z");
    assert_eq!(send(&server, &[more]).status, 500, "and what cannot be stored is refused");
}
