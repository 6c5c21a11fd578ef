//! What is written of Spine's answers about prescriptions: Tasks for GET Task, RequestGroups for the prescription search and
//! its details, each with what existing clients look for.

#![cfg(test)]

use eps_core::fhir::{self, ItemUpdate, Outgoing, SignatureVerdict, task_query};
use eps_core::hl7v3;
use eps_core::ids::Guid;
use eps_core::model::{Message, PrescriptionMetadata, Text, Timestamp, TrackerAnswer};
use eps_core::tracker;
use eps_tests::{corpus, files};
use serde_json::{Value, json};

const ITEM: &str = "EA66EE9D-A981-432F-8C27-6907CBD99219";
const OTHER_ITEM: &str = "FB77FF0E-BA92-443A-9D38-7A18DCEAA320";
const NOTIFICATION: &str = "0C880010-CBA3-454B-AE49-8B29EDFBB431";

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302101500").unwrap()
}

/// Ids in order, from 1.
fn ids() -> impl FnMut() -> Guid {
    let mut last = 0_u128;
    move || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    }
}

fn id(number: u128) -> String {
    Guid::from_bytes(number.to_be_bytes()).encode_lower(&mut [0; 36]).to_owned()
}

fn urn(number: u128) -> String {
    format!("urn:uuid:{}", id(number))
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn seed(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../fuzz/seeds/tracker_read/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn tasks(answer: &TrackerAnswer) -> Value {
    json_of(&fhir::write_tasks(answer, None, now(), &mut ids()))
}

#[test]
fn the_details_of_a_prescription_are_a_task() {
    let answer = tracker::read(&seed("details.json")).unwrap();
    let item =
        json!({ "system": "https://fhir.nhs.uk/Id/prescription-order-item-number", "value": ITEM.to_lowercase() });
    let expected = json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "entry": [{ "fullUrl": urn(1), "resource": {
            "resourceType": "Task",
            "id": id(1),
            "extension": [
                { "url": "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-Prescription", "extension": [{
                    "url": "courseOfTherapyType",
                    "valueCoding": {
                        "system": "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
                        "code": "continuous-repeat-dispensing",
                        "display": "Continuous long term (repeat dispensing)",
                    },
                }] },
                { "url": "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-RepeatInformation", "extension": [
                    { "url": "numberOfRepeatsAllowed", "valueInteger": 6 },
                    { "url": "numberOfRepeatsIssued", "valueInteger": 2 },
                ] },
            ],
            "identifier": [{ "system": "https://tools.ietf.org/html/rfc4122", "value": id(1) }],
            "status": "in-progress",
            "businessStatus": { "coding": [{
                "system": "https://fhir.nhs.uk/CodeSystem/EPS-task-business-status",
                "code": "0003",
                "display": "With Dispenser - Active",
            }] },
            "intent": "order",
            "code": { "coding": [{
                "system": "http://hl7.org/fhir/CodeSystem/task-code",
                "code": "fulfill",
                "display": "Fulfill the focal request",
            }] },
            "focus": { "identifier": {
                "system": "https://fhir.nhs.uk/Id/prescription-order-number",
                "value": "9142DC-A99968-11EB9M",
            } },
            "for": { "identifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9449304130" } },
            "authoredOn": "2026-03-01",
            "requester": {
                "identifier": { "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A99968" },
                "display": "A \"SURGERY\"",
            },
            "input": [{
                "extension": [{
                    "url": "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-DispensingInformation",
                    "extension": [{ "url": "dispenseStatus", "valueCoding": {
                        "system": "https://fhir.nhs.uk/CodeSystem/medicationdispense-type",
                        "code": "0004",
                        "display": "Not Dispensed - Owing",
                    } }],
                }],
                "type": { "coding": [
                    { "system": "http://snomed.info/sct", "code": "16076005", "display": "Prescription" }
                ] },
                "valueReference": { "type": "MedicationRequest", "identifier": item },
            }],
            "output": [{
                "type": { "coding": [
                    { "system": "http://snomed.info/sct", "code": "373784005", "display": "Dispensing medication" }
                ] },
                "valueReference": { "type": "MedicationDispense", "identifier": item },
            }],
        } }],
    });
    assert_eq!(tasks(&answer), expected);
}

#[test]
fn every_published_answer_is_a_bundle_of_tasks() {
    let Some(corpus) = corpus() else { return };
    let answers = files(&corpus.join("spine-responses/tracker-responses"), &|name| name.ends_with(".json"));
    assert!(!answers.is_empty());
    for path in &answers {
        let answer = tracker::read(&std::fs::read(path).unwrap()).unwrap();
        let written = tasks(&answer);
        if !answer.is_good() {
            let issue = &written["issue"][0];
            assert_eq!((&issue["severity"], &issue["code"]), (&json!("error"), &json!("invalid")));
            let coding = &issue["details"]["coding"][0];
            assert_eq!(coding["system"], "https://fhir.nhs.uk/CodeSystem/Spine-ErrorOrWarningCode");
            let reason = answer.reason.as_ref().unwrap().as_str();
            assert_eq!((&coding["code"], &coding["display"]), (&json!("INVALID"), &json!(reason)));
            continue;
        }
        assert_eq!(written["total"], answer.prescriptions.len(), "{}", path.display());
        let entries = written["entry"].as_array().unwrap();
        for (entry, prescription) in entries.iter().zip(&answer.prescriptions) {
            let task = &entry["resource"];
            assert_eq!(entry["fullUrl"], format!("urn:uuid:{}", task["id"].as_str().unwrap()));
            assert_eq!(task["focus"]["identifier"]["value"], prescription.id.as_str());
            assert_eq!(task["businessStatus"]["coding"][0]["display"], prescription.status.tracker());
            let repeats = task["extension"].as_array().unwrap().len() == 2;
            assert_eq!(repeats, prescription.repeat.is_some_and(|repeat| repeat.high > 1));
            for list in ["input", "output"] {
                assert_eq!(task[list].as_array().unwrap().len(), prescription.items.len());
            }
        }
    }
}

#[test]
fn the_dispenser_that_holds_a_prescription_owns_its_task() {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join("spine-responses/tracker-responses/detail/success-2-lineItems.json");
    let mut answer = tracker::read(&std::fs::read(path).unwrap()).unwrap();
    let owner = |answer: &TrackerAnswer| tasks(answer)["entry"][0]["resource"]["owner"]["identifier"]["value"].clone();
    assert_eq!(owner(&answer), "FB444");
    answer.prescriptions[0].dispensing_pharmacy.as_mut().unwrap().ods = None;
    assert_eq!(owner(&answer), "FF123");
    let task = &tasks(&answer)["entry"][0]["resource"];
    let input = &task["input"][0]["extension"][0]["extension"];
    assert_eq!(input[0], json!({ "url": "dateLastDispensed", "valueDateTime": "2018-04-22T09:57:03+00:00" }));
    let output = &task["output"][0]["extension"][0]["extension"];
    let dates = json!([
        { "url": "dateLastIssuedDispensed", "valueDate": "2018-03-18" },
        { "url": "dateDownloaded", "valueDate": "2018-04-21" },
    ]);
    assert_eq!(output, &dates);
}

#[test]
fn a_query_leaves_only_the_tasks_that_it_asks_for() {
    let answer = tracker::read(&seed("summary.json")).unwrap();
    let patient = answer.prescriptions[0].nhs_number.as_str().to_owned();
    let status = answer.prescriptions[0].status.code();
    let total = |parameters: &[(&str, &str)]| {
        let query = task_query(parameters.iter().copied()).unwrap();
        let written = json_of(&fhir::write_tasks(&answer, Some(&query), now(), &mut ids()));
        assert_eq!(written["total"], written["entry"].as_array().unwrap().len());
        written["total"].as_u64().unwrap()
    };
    let by_patient = ("patient:identifier", &*patient);
    assert_eq!(total(&[by_patient]), answer.prescriptions.len() as u64);
    let with_status = answer.prescriptions.iter().filter(|found| found.status.code() == status).count() as u64;
    assert_eq!(total(&[by_patient, ("business-status", status)]), with_status);
    assert_eq!(total(&[by_patient, ("business-status", "0000")]), 0);
    assert_eq!(total(&[by_patient, ("identifier", answer.prescriptions[0].id.as_str())]), 1);
    assert_eq!(total(&[("patient:identifier", "9449304106x")]), 0);
    let issued = answer.prescriptions[0].issued.unwrap().date();
    assert!(total(&[by_patient, ("authored-on", &format!("eq{issued}"))]) >= 1);
    assert_eq!(total(&[by_patient, ("authored-on", "le2001-01-01")]), 0);
}

#[test]
fn found_prescriptions_are_request_groups_behind_the_patient() {
    let answer = tracker::read_search(&seed("search.json")).unwrap();
    let extension = |name: &str| format!("https://fhir.nhs.uk/StructureDefinition/Extension-{name}");
    let expected = json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "entry": [
            { "fullUrl": urn(1), "resource": {
                "resourceType": "Patient",
                "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9449304130" }],
                "name": [{ "prefix": ["MISS"], "given": ["ANN"], "family": "NONE" }],
            }, "search": { "mode": "include" } },
            { "fullUrl": urn(2), "resource": {
                "resourceType": "RequestGroup",
                "extension": [
                    { "url": extension("DM-PrescriptionStatusHistory"), "extension": [{ "url": "status", "valueCoding": {
                        "system": "https://fhir.nhs.uk/CodeSystem/EPS-task-business-status",
                        "code": "0001",
                        "display": "To be Dispensed",
                    } }] },
                    { "url": extension("EPS-RepeatInformation"), "extension": [
                        { "url": "numberOfRepeatsIssued", "valueInteger": 1 },
                    ] },
                    { "url": extension("PendingCancellation"), "extension": [
                        { "url": "prescriptionPendingCancellation", "valueBoolean": true },
                        { "url": "lineItemPendingCancellation", "valueBoolean": false },
                    ] },
                ],
                "identifier": [{
                    "system": "https://fhir.nhs.uk/Id/prescription-order-number",
                    "value": "9142DC-A99968-11EB9M",
                }],
                "subject": { "reference": urn(1) },
                "status": "completed",
                "intent": "reflex-order",
                "authoredOn": "2026-03-01T00:00:00.000Z",
            }, "search": { "mode": "match" } },
        ],
    });
    assert_eq!(json_of(&fhir::write_request_groups(&answer, &mut ids())), expected);
}

#[test]
fn each_issue_is_a_request_group_and_nothing_found_is_an_empty_list() {
    let mut answer = tracker::read_search(&seed("search.json")).unwrap();
    let mut second = answer.prescriptions[0].issues[0].clone();
    second.number = 2;
    answer.prescriptions[0].issues.push(second);
    answer.prescriptions[0].max_repeats = Some(7);
    let written = json_of(&fhir::write_request_groups(&answer, &mut ids()));
    assert_eq!((&written["total"], written["entry"].as_array().unwrap().len()), (&json!(2), 3));
    let repeats = &written["entry"][2]["resource"]["extension"][1]["extension"];
    assert_eq!((&repeats[0]["valueInteger"], &repeats[1]["valueInteger"]), (&json!(2), &json!(7)));
    answer.prescriptions.clear();
    let empty = fhir::write_request_groups(&answer, &mut ids());
    assert_eq!(
        String::from_utf8(empty).unwrap(),
        r#"{"resourceType":"Bundle","type":"searchset","total":0,"entry":[]}"#
    );
}

/// Metadata of a prescription of two items, with these events and notifications.
fn metadata(statuses: [&str; 3], treatment: &str, events: &str, notifications: &str) -> PrescriptionMetadata {
    let [prescription, first, second] = statuses;
    let wrapper = r#"<id root="CBAE0CBC-07AC-48F1-B1BF-A7B19FFCC4A2"/><creationTime value="20260302094000"/>
        <versionCode code="V3NPfIT3.0"/><interactionId root="2.16.840.1.113883.2.1.3.2.4.12" extension="PORX_IN000006UK99"/>
        <processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="NE"/>
        <communicationFunctionRcv><device><id root="1.2.826.0.1285.0.2.0.107" extension="200000001285"/></device></communicationFunctionRcv>
        <communicationFunctionSnd><device><id root="1.2.826.0.1285.0.2.0.107" extension="Not Known"/></device></communicationFunctionSnd>"#;
    let text = format!(
        r#"<PORX_IN000006UK99 xmlns="urn:hl7-org:v3">{wrapper}<ControlActEvent><subject><PrescriptionJsonQueryResponse>
        <epsIndex/><epsRecord><prescriptionStatus>{prescription}</prescriptionStatus><dispenseWindow/><instanceNumber>2</instanceNumber>
        <lineItem><order value="1"/><ID value="{ITEM}"/><lineItemMaxRepeats value="1"/><status value="{first}"/></lineItem>
        <lineItem><order value="2"/><ID value="{OTHER_ITEM}"/><lineItemMaxRepeats value="6"/><status value="{second}"/></lineItem>
        {events}
        <dispensingOrganization>FA565</dispensingOrganization>
        <prescriptionTreatmentType>{treatment}</prescriptionTreatmentType><prescriptionType>0201</prescriptionType>
        <prescriptionTime>20260227000000</prescriptionTime><prescriptionID>9142DC-A99968-11EB9M</prescriptionID>
        <prescribingOrganization>A99968</prescribingOrganization><daysSupply>28</daysSupply><maxRepeats>6</maxRepeats>
        <patientNhsNumber>9449304130</patientNhsNumber><nominatedPerformer>FA565</nominatedPerformer>
        <nominatedPerformerType>P1</nominatedPerformerType>
        <parentPrescription><birthTime>19800420</birthTime><administrativeGenderCode>3</administrativeGenderCode>
        <prefix>MS</prefix><given>ANN</given><family>NONE</family>
        <addrLine1>1 INVENTED STREET</addrLine1><addrLine3>NOWHERE</addrLine3><postalCode>ZZ99 3VZ</postalCode>
        <productLineItem1>Something 5 mg</productLineItem1><quantityLineItem1>28.50</quantityLineItem1>
        <narrativeLineItem1>tablet</narrativeLineItem1><dosageLineItem1>One a day</dosageLineItem1>
        <productLineItem2>Other 5 mg</productLineItem2></parentPrescription>
        {notifications}</epsRecord></PrescriptionJsonQueryResponse></subject></ControlActEvent></PORX_IN000006UK99>"#
    );
    let envelope = hl7v3::read(text.as_bytes()).unwrap_or_else(|problems| panic!("{problems}"));
    let Message::PrescriptionMetadata(metadata) = envelope.message else { panic!("metadata") };
    *metadata
}

/// An event of a prescription.
fn event(document: &str, time: &str, to: &str, message: &str, who: &str, reason: &str, line: &str) -> String {
    format!(
        "<filteredHistory><SCN>2</SCN><internalId>{document}</internalId><timestamp>{time}</timestamp><toStatus>{to}</toStatus>\
         <message>{message}</message>{reason}<agentPersonOrgCode>{who}</agentPersonOrgCode>\
         <lineStatusChangeDict>{line}</lineStatusChangeDict></filteredHistory>"
    )
}

fn details(metadata: &PrescriptionMetadata, updates: &[ItemUpdate]) -> Value {
    json_of(&fhir::write_request_group(metadata, updates, &mut ids()))
}

/// The resources of a type.
fn resources<'v>(bundle: &'v Value, kind: &str) -> Vec<&'v Value> {
    let all = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    all.filter(|resource| resource["resourceType"] == kind).collect()
}

/// The extension with this end of its URL.
fn extension<'v>(resource: &'v Value, name: &str) -> &'v Value {
    let all = resource["extension"].as_array().unwrap();
    all.iter().find(|extension| extension["url"].as_str().unwrap().ends_with(name)).unwrap_or(&Value::Null)
}

/// A prescription of which one item was notified as not dispensed.
fn not_dispensed() -> PrescriptionMetadata {
    let created = event("D1", "20260227114312", "0001", "Prescription upload successful; really", "A99968", "", "");
    let notified = event("D2", "20260228120000", "0003", "Dispense notification successful", "FA565", "", "");
    let notification = format!(
        "<dispenseNotification><dispenseNotificationID>{NOTIFICATION}</dispenseNotificationID>\
         <dispNotifDocumentKey>D2</dispNotifDocumentKey><dispenseNotifDateTime>20260228120000</dispenseNotifDateTime>\
         <statusLineItem1>0002</statusLineItem1><nonDispensingReasonLineItem1>0002</nonDispensingReasonLineItem1>\
         </dispenseNotification>"
    );
    metadata(["0003", "0002", "0008"], "0001", &(created + &notified), &notification)
}

#[test]
fn the_details_have_every_resource_in_its_place() {
    let written = details(&not_dispensed(), &[]);
    assert_eq!((&written["type"], &written["total"]), (&json!("searchset"), &json!(1)));
    let entries = written["entry"].as_array().unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect();
    let expected = [
        "Patient",
        "PractitionerRole",
        "MedicationRequest",
        "MedicationRequest",
        "PractitionerRole",
        "MedicationDispense",
        "RequestGroup",
    ];
    assert_eq!(kinds, expected);
    for (at, entry) in entries.iter().enumerate() {
        // Clients cut references after nine characters.
        assert_eq!(entry["fullUrl"].as_str().unwrap().get(9..), entry["resource"]["id"].as_str());
        let mode = if at + 1 == entries.len() { "match" } else { "include" };
        assert_eq!(entry["search"]["mode"], mode);
    }
    let patient = &entries[0]["resource"];
    assert_eq!((&patient["gender"], &patient["birthDate"]), (&json!("other"), &json!("1980-04-20")));
    let address = json!([{
        "line": ["1 INVENTED STREET", "NOWHERE"],
        "postalCode": "ZZ99 3VZ",
        "text": "1 INVENTED STREET, NOWHERE, ZZ99 3VZ",
        "type": "both",
        "use": "home",
    }]);
    assert_eq!(patient["address"], address);
}

#[test]
fn an_item_is_a_request_in_words() {
    let written = details(&not_dispensed(), &[]);
    let requests = resources(&written, "MedicationRequest");
    let ods = |code: &str| json!([{ "system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": code }]);
    let expected = json!({
        "resourceType": "MedicationRequest",
        "id": id(5),
        "extension": [
            { "url": "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-DispensingInformation", "extension": [{
                "url": "dispenseStatus",
                "valueCoding": {
                    "system": "https://fhir.nhs.uk/CodeSystem/medicationdispense-type",
                    "code": "0002",
                    "display": "Item not dispensed",
                },
            }] },
            { "url": "https://fhir.nhs.uk/StructureDefinition/Extension-PendingCancellation", "extension": [
                { "url": "lineItemPendingCancellation", "valueBoolean": false },
            ] },
        ],
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/prescription-order-item-number", "value": ITEM }],
        "status": "stopped",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{ "system": "http://snomed.info/sct", "code": "138875005" }],
            "text": "Something 5 mg",
        },
        "subject": { "reference": urn(2) },
        "requester": { "reference": urn(3) },
        "performer": { "identifier": ods("FA565") },
        "groupIdentifier": {
            "system": "https://fhir.nhs.uk/Id/prescription-order-number",
            "value": "9142DC-A99968-11EB9M",
        },
        "courseOfTherapyType": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
            "code": "acute",
            "display": "Short course (acute) therapy",
        }] },
        "dosageInstruction": [{ "text": "One a day" }],
        "dispenseRequest": {
            "extension": [{
                "url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PerformerSiteType",
                "valueCoding": {
                    "system": "https://fhir.nhs.uk/CodeSystem/dispensing-site-preference",
                    "code": "P1",
                    "display": "Other (e.g. Community Pharmacy)",
                },
            }],
            "quantity": {
                "value": 28.5,
                "unit": "tablet",
                "system": "http://unitsofmeasure.org",
                "code": "28.50",
            },
            "performer": { "identifier": ods("FA565") },
        },
        "substitution": { "allowedBoolean": false },
    });
    assert_eq!(*requests[0], expected);
    assert_eq!(requests[1]["dispenseRequest"]["quantity"]["value"], 0);
    assert_eq!(requests[1]["dosageInstruction"], json!([{ "text": "" }]));
    let text = String::from_utf8(fhir::write_request_group(&not_dispensed(), &[], &mut ids())).unwrap();
    assert!(text.contains(r#""value":28.50,"#), "digits are kept");
}

#[test]
fn a_notification_is_found_through_its_event() {
    let written = details(&not_dispensed(), &[]);
    let [dispense] = resources(&written, "MedicationDispense")[..] else { panic!("one") };
    let [group] = resources(&written, "RequestGroup")[..] else { panic!("one") };
    let history = &group["action"][1];
    assert_eq!(history["title"], "Prescription status transitions");
    let events = history["action"].as_array().unwrap();
    let titles: Vec<_> = events.iter().map(|event| event["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Prescription upload successful", "Dispense notification successful"]);
    assert_eq!(events[0]["resource"]["reference"], urn(1));
    assert_eq!(events[0]["timingDateTime"], "2026-02-27T11:43:12.000Z");
    let status = json!({ "coding": [{
        "system": "https://fhir.nhs.uk/CodeSystem/EPS-task-business-status",
        "code": "0003",
        "display": "With Dispenser - Active",
    }] });
    let sent = json!({ "coding": [{ "system": "https://tools.ietf.org/html/rfc4122", "code": NOTIFICATION }] });
    assert_eq!(events[1]["code"], json!([status, sent]));
    assert_eq!(events[1]["participant"][0]["extension"][0]["valueReference"]["identifier"]["value"], "FA565");
    let reference = format!("urn:uuid:{}", dispense["id"].as_str().unwrap());
    assert_eq!(events[1]["action"], json!([{ "resource": { "reference": reference } }]));
    assert_eq!(dispense["identifier"][0]["value"], ITEM);
    assert_eq!(dispense["type"]["coding"][0]["display"], "Item not dispensed");
    let reason = &dispense["statusReasonCodeableConcept"]["coding"][0];
    assert_eq!((&reason["code"], &reason["display"]), (&json!("0002"), &json!("Clinically unsuitable")));
    assert_eq!((&dispense["status"], &dispense["quantity"]["value"]), (&json!("in-progress"), &json!(0)));
    assert_eq!(extension(dispense, "EPS-TaskBusinessStatus")["valueCoding"]["code"], "0003");
    // Where documents are not told, times must do.
    let mut undocumented = not_dispensed();
    undocumented.notifications[0].document = None;
    assert_eq!(resources(&details(&undocumented, &[]), "RequestGroup")[0]["action"], group["action"]);
}

#[test]
fn a_cancelled_item_gives_its_reason() {
    let line = format!(
        "<line><order>1</order><id>{ITEM}</id><toStatus>0005</toStatus>\
         <cancellationReason>Clinical grounds</cancellationReason></line>"
    );
    let cancelled = event("D1", "20260227114312", "0005", "Prescription/item was cancelled", "A99968", "", &line);
    let written = details(&metadata(["0005", "0005", "0005"], "0001", &cancelled, ""), &[]);
    let requests = resources(&written, "MedicationRequest");
    let status = &extension(requests[0], "DispensingInformation")["extension"][0]["valueCoding"];
    assert_eq!((&status["code"], &status["display"]), (&json!("0005"), &json!("Item Cancelled")));
    let reason = &requests[0]["statusReason"]["coding"][0];
    assert_eq!((&reason["code"], &reason["display"]), (&json!("0004"), &json!("Clinical grounds")));
    assert_eq!(requests[1].get("statusReason"), None);
    assert!(resources(&written, "MedicationDispense").is_empty());
    assert_eq!(resources(&written, "PractitionerRole").len(), 1);
}

#[test]
fn a_cancellation_that_waits_is_told_until_the_item_is_done_with() {
    let reason = "<cancellationReason>Pending: Clinical grounds</cancellationReason>";
    let line = format!("<line><order>1</order><id>{ITEM}</id><toStatus>0008</toStatus>{reason}</line>");
    let message = "Prescription/item was not cancelled. With dispenser. Marked for cancellation";
    let marked = event("D1", "20260227114312", "0002", message, "A99968", reason, &line);
    let pending = |status| {
        let written = details(&metadata(["0002", status, "0008"], "0002", &marked, ""), &[]);
        let group = resources(&written, "RequestGroup")[0].clone();
        assert_eq!(extension(&group, "PendingCancellation")["extension"][0]["valueBoolean"], true);
        let mut histories = group["extension"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["url"].as_str().unwrap().ends_with("DM-PrescriptionStatusHistory"));
        let given = histories.next_back().unwrap()["extension"][0].clone();
        assert_eq!((&given["url"], &given["valueCoding"]["code"]), (&json!("cancellationReason"), &json!("0004")));
        let request = resources(&written, "MedicationRequest")[0].clone();
        let waits = extension(&request, "PendingCancellation")["extension"][0]["valueBoolean"].clone();
        (waits, request.get("statusReason").is_some())
    };
    assert_eq!(pending("0008"), (json!(true), true));
    assert_eq!(pending("0001"), (json!(false), false));
}

#[test]
fn repeat_dispensing_tells_its_issue() {
    let written = details(&metadata(["9000", "0007", "0007"], "0003", "", ""), &[]);
    let group = resources(&written, "RequestGroup")[0];
    let repeats = &extension(group, "EPS-RepeatInformation")["extension"];
    assert_eq!((&repeats[0]["valueInteger"], &repeats[1]["valueInteger"]), (&json!(2), &json!(6)));
    let kind = &extension(group, "DM-PrescriptionType")["valueCoding"];
    assert_eq!(kind["display"], "Primary Care Prescriber - Medical Prescriber (Wales)");
    assert_eq!(
        group["action"][0]["timingTiming"]["repeat"],
        json!({ "frequency": 1, "period": 28, "periodUnit": "d" })
    );
    assert_eq!(group["action"][1]["action"], json!([]));
    let issued: Vec<_> = resources(&written, "MedicationRequest")
        .iter()
        .map(|request| extension(request, "MedicationRepeatInformation")["extension"][0]["valueUnsignedInt"].clone())
        .collect();
    assert_eq!(issued, [1, 2], "an item has its own maximum");
}

#[test]
fn a_pharmacys_update_is_told_of_its_item_while_a_dispenser_holds_it() {
    let update = ItemUpdate {
        item: OTHER_ITEM.parse().unwrap(),
        status: Text::new("Ready to Collect").unwrap(),
        at: Timestamp::parse_hl7("20260228093000").unwrap(),
    };
    let mut metadata = not_dispensed();
    let updated = |metadata: &PrescriptionMetadata| {
        let written = details(metadata, std::slice::from_ref(&update));
        let told: Vec<_> = resources(&written, "MedicationRequest")
            .iter()
            .map(|request| extension(request, "DM-PrescriptionStatusHistory").clone())
            .collect();
        told
    };
    let history = json!([
        { "url": "status", "valueCoding": {
            "system": "https://fhir.nhs.uk/CodeSystem/task-businessStatus-nppt",
            "code": "Ready to Collect",
        } },
        { "url": "statusDate", "valueDateTime": "2026-02-28T09:30:00.000Z" },
    ]);
    let told = updated(&metadata);
    assert_eq!((&told[0], &told[1]["extension"]), (&Value::Null, &history));
    metadata.supply.dispenser = None;
    assert!(updated(&metadata).iter().all(Value::is_null));
}

#[test]
fn metadata_of_spine_are_converted_like_any_message() {
    let bytes =
        std::fs::read(format!("{}/../fuzz/seeds/hl7v3_read/prescription-metadata.xml", env!("CARGO_MANIFEST_DIR")));
    let envelope = hl7v3::read(&bytes.unwrap()).unwrap();
    let Message::PrescriptionMetadata(metadata) = &envelope.message else { panic!("metadata") };
    let verify = |_: &_| SignatureVerdict::Invalid;
    let mut next = ids();
    let mut outgoing = Outgoing { now: now(), ids: &mut next, verify: &verify, base_path: "" };
    let written = fhir::write(&envelope, &mut outgoing).unwrap();
    assert_eq!(json_of(&written), details(metadata, &[]));
    assert_eq!(fhir::status(&envelope), 200);
}

#[test]
fn a_query_is_no_fhir_message() {
    use eps_core::model::DocumentQuery;
    let bytes =
        std::fs::read(format!("{}/../fuzz/seeds/hl7v3_read/prescription-metadata.xml", env!("CARGO_MANIFEST_DIR")));
    let mut envelope = hl7v3::read(&bytes.unwrap()).unwrap();
    envelope.message = Message::DocumentQuery(Box::new(DocumentQuery {
        prescription_id: "9142DC-A99968-11EB9M".parse().unwrap(),
        document_key: Text::new("2026_A_1").unwrap(),
    }));
    let verify = |_: &_| SignatureVerdict::Invalid;
    let mut next = ids();
    let mut outgoing = Outgoing { now: now(), ids: &mut next, verify: &verify, base_path: "" };
    assert!(fhir::write(&envelope, &mut outgoing).unwrap_err().names("fhir.write.no-form"));
}
