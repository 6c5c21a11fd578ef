//! Releases, dispense notifications and claims, and what becomes of them when one thing is wrong.

use super::*;
use crate::codes::{DispenserEndorsement, ItemStatus, PrescriptionStatus};
use crate::model::{DispenseClaim, DispenseNotification, ReleaseRequest};

const EXT: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-";
const CODES: &str = "https://fhir.nhs.uk/CodeSystem/";
const SHORT: &str = "5D1B7C-Y90217-3E42AY";
const LONG: &str = "9c5e1f3b-7d28-4a64-b1e9-4f8d2c6a0b18";
const LINE: &str = "3f0f7a52-9a6e-4c55-8a5a-0c5d7b1e2a41";

fn id(system: &str, value: &str) -> Value {
    json!({"system": format!("https://fhir.nhs.uk/Id/{system}"), "value": value})
}

fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({"system": format!("{CODES}{system}"), "code": code, "display": display})
}

fn product(code: &str, display: &str) -> Value {
    json!({"coding": [{"system": "http://snomed.info/sct", "code": code, "display": display}]})
}

fn capsules(value: u32) -> Value {
    json!({"value": value, "unit": "capsule", "system": "http://snomed.info/sct", "code": "428641000"})
}

fn role(organisation: &str) -> Value {
    json!({
        "resourceType": "PractitionerRole", "id": "role",
        "identifier": [id("sds-role-profile-id", "999201847365")],
        "practitioner": {"identifier": id("sds-user-id", "999610284735"), "display": "PENNYFEATHER, IVOR"},
        "organization": {"reference": organisation},
        "code": [{"coding": [coding("NHSDigital-SDS-JobRoleCode", "S8000:G8000:R8003", "Health Professional")]}],
        "telecom": [{"system": "phone", "use": "work", "value": "01632 960 301"}]
    })
}

fn pharmacy() -> Value {
    json!({
        "resourceType": "Organization", "id": "pharmacy", "name": "MILL LANE PHARMACY",
        "identifier": [id("ods-organization-code", "FZ417")],
        "address": [{"line": ["1 MILL LANE"], "city": "EXAMPLETON", "postalCode": "ZZ99 3XZ"}],
        "extension": [{"url": format!("{EXT}ODS-OrganisationRelationships"), "extension": [
            {"url": "reimbursementAuthority", "valueIdentifier": id("ods-organization-code", "T1450")}
        ]}]
    })
}

fn release() -> Value {
    json!({"resourceType": "Parameters", "parameter": [
        {"name": "owner", "resource": pharmacy()},
        {"name": "agent", "resource": role("urn:uuid:pharmacy")},
        {"name": "status", "valueCode": "accepted"}
    ]})
}

fn repeat(issued: u32, allowed: u32) -> Value {
    json!({"url": format!("{EXT}EPS-RepeatInformation"), "extension": [
        {"url": "numberOfRepeatsIssued", "valueInteger": issued},
        {"url": "numberOfRepeatsAllowed", "valueInteger": allowed}
    ]})
}

/// A dispense of the prescription's first line, of this brand.
fn dispense(item: &str, brand: &str, quantity: u32) -> Value {
    let request = json!({
        "resourceType": "MedicationRequest", "id": "request",
        "identifier": [id("prescription-order-item-number", LINE)],
        "groupIdentifier": {
            "system": "https://fhir.nhs.uk/Id/prescription-order-number", "value": SHORT,
            "extension": [{"url": format!("{EXT}DM-PrescriptionId"), "valueIdentifier": id("prescription", LONG)}]
        },
        "medicationCodeableConcept": product("39732311000001104", "Amoxicillin 500mg capsules"),
        "dispenseRequest": {"quantity": capsules(21)}
    });
    json!({
        "resourceType": "MedicationDispense",
        "contained": [role("urn:uuid:pharmacy"), request],
        "extension": [{"url": format!("{EXT}EPS-TaskBusinessStatus"), "valueCoding": coding("EPS-task-business-status", "0003", "With Dispenser - Active")}],
        "identifier": [id("prescription-dispense-item-number", item)],
        "medicationCodeableConcept": product(brand, "Amoxicillin 500mg capsules (Maker)"),
        "subject": {"identifier": id("nhs-number", "9990173923")},
        "performer": [{"actor": {"reference": "#role"}}],
        "authorizingPrescription": [{"reference": "#request"}],
        "type": {"coding": [coding("medicationdispense-type", "0003", "Item dispensed - partial")]},
        "quantity": capsules(quantity),
        "whenHandedOver": "2026-03-03T11:15:00+00:00",
        "dosageInstruction": [{"text": "1 capsule three times a day, for 7 days"}]
    })
}

const FIRST_DISPENSE: &str = "/entry/1/resource";
const SECOND_DISPENSE: &str = "/entry/2/resource";

fn notification() -> Value {
    let header = json!({
        "resourceType": "MessageHeader", "response": {"identifier": "d4e5f607-1829-4a3b-8c4d-5e6f70819203", "code": "ok"},
        "eventCoding": {"system": format!("{CODES}message-event"), "code": "dispense-notification"}
    });
    let entry = |url: &str, resource: Value| json!({"fullUrl": format!("urn:uuid:{url}"), "resource": resource});
    json!({
        "resourceType": "Bundle", "type": "message",
        "identifier": {"system": "https://tools.ietf.org/html/rfc4122", "value": "7b3d9f1a-6c2e-4b85-9a0d-4e7f1c3b5a29"},
        "entry": [
            entry("header", header),
            entry("one", dispense("c0a8b6d4-1e2f-4c3a-9b5d-7f8e6a4c2b10", "39732311000001104", 14)),
            entry("two", dispense("c0a8b6d4-1e2f-4c3a-9b5d-7f8e6a4c2b11", "29859711000001102", 7)),
            entry("pharmacy", {
                let mut pharmacy = pharmacy();
                pharmacy["telecom"] = json!([{"system": "phone", "use": "work", "value": "01632 960300"}]);
                pharmacy
            })
        ]
    })
}

fn claim() -> Value {
    let charges = json!([
        {"coding": [coding("medicationdispense-endorsement", "IP", "Invoice Price")], "text": "£3.20"},
        {"coding": [coding("DM-prescription-charge", "paid-once", "Paid Once")]}
    ]);
    let reference = json!({"identifier": id("prescription-order-item-number", LINE)});
    let detail = json!({
        "extension": [
            {"url": format!("{EXT}ClaimSequenceIdentifier"), "valueIdentifier": id("claim-sequence-identifier", "e1f2a3b4-c5d6-4e7f-8091-a2b3c4d5e6f7")},
            {"url": format!("{EXT}ClaimMedicationRequestReference"), "valueReference": reference}
        ],
        "modifier": [{"coding": [coding("medicationdispense-type", "0001", "Item fully dispensed")]}],
        "programCode": charges,
        "subDetail": [{"productOrService": product("39732311000001104", "Amoxicillin 500mg capsules"), "quantity": capsules(21)}]
    });
    let exemption = json!([{"coding": [
        coding("prescription-charge-exemption", "0004", "is 60 or over"), coding("DM-exemption-evidence", "evidence-seen", "Seen")
    ]}]);
    json!({
        "resourceType": "Claim", "created": "2026-03-04T09:00:00+00:00",
        "contained": [role("#pharmacy"), pharmacy()],
        "identifier": [{"system": "https://tools.ietf.org/html/rfc4122", "value": "0d1e2f3a-4b5c-4d6e-8f70-8192a3b4c5d6"}],
        "provider": {"reference": "#role"},
        "insurance": [{"coverage": {"identifier": id("ods-organization-code", "T1450"), "display": "NHS BUSINESS SERVICES AUTHORITY"}}],
        "prescription": {"extension": [{"url": format!("{EXT}DM-GroupIdentifier"), "extension": [
            {"url": "shortForm", "valueIdentifier": id("prescription-order-number", SHORT)},
            {"url": "UUID", "valueIdentifier": id("prescription", LONG)}
        ]}]},
        "item": [{
            "extension": [{"url": format!("{EXT}EPS-TaskBusinessStatus"), "valueCoding": coding("EPS-task-business-status", "0006", "Dispensed")}],
            "programCode": exemption,
            "detail": [detail]
        }]
    })
}

/// A message with these changes; `null` takes a value away.
fn with(mut json: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, value) in changes {
        match json.pointer_mut(pointer) {
            Some(there) if !value.is_null() => *there = value.clone(),
            _ => set(&mut json, pointer, value.clone()),
        }
    }
    json
}

/// The problems of a message with these changes.
#[track_caller]
fn problems(json: Value, changes: &[(&str, Value)]) -> Vec<(&'static str, String, String)> {
    told(&read_value(&with(json, changes)).expect_err("the change should be refused"))
}

/// Checks that these changes break exactly this rule, there, in these words.
#[track_caller]
fn breaks(json: Value, changes: &[(&str, Value)], id: &str, pointer: &str, message: &str) {
    assert_eq!(problems(json, changes), [(rule_id(id), pointer.to_owned(), message.to_owned())]);
}

#[track_caller]
fn released(json: &Value) -> ReleaseRequest {
    let envelope = read_value(json).unwrap_or_else(|problems| panic!("{:#?}", told(&problems)));
    assert_eq!(envelope.id, context().release_ids.unwrap()[0]);
    let Message::ReleaseRequest(request) = envelope.message else { panic!("a release request") };
    assert_eq!(request.id, context().release_ids.unwrap()[1]);
    *request
}

#[track_caller]
fn notified(json: &Value) -> DispenseNotification {
    let envelope = read_value(json).unwrap_or_else(|problems| panic!("{:#?}", told(&problems)));
    let Message::DispenseNotification(notification) = envelope.message else { panic!("a dispense notification") };
    *notification
}

#[track_caller]
fn claimed(json: &Value) -> DispenseClaim {
    let envelope = read_value(json).unwrap_or_else(|problems| panic!("{:#?}", told(&problems)));
    let Message::DispenseClaim(claim) = envelope.message else { panic!("a claim") };
    *claim
}

#[test]
fn a_release_asks_for_whatever_waits_or_for_one_prescription() {
    let request = released(&release());
    assert_eq!(request.kind, ReleaseKind::Nominated);
    assert_eq!(request.author.person.unwrap().id.as_str(), "999610284735");
    // The pharmacy has no telecom of its own here, so the role's stands for it.
    assert_eq!(request.author.organisation.telecom.unwrap().value.unwrap().as_str(), "tel:01632960301");
    let group = json!({"name": "group-identifier", "valueIdentifier": id("prescription-order-number", SHORT)});
    let one = with(release(), &[("/parameter/-", group.clone())]);
    assert!(matches!(released(&one).kind, ReleaseKind::Patient(id) if id.as_str() == SHORT));
    let twice = problems(release(), &[("/parameter/-", group.clone()), ("/parameter/-", group)]);
    assert_eq!(twice[0].0, "fhir.element.too-many");
    let without_ids = Context { release_ids: None, ..context() };
    let problems = read(release().to_string().as_bytes(), &without_ids).unwrap_err();
    assert!(problems.names("fhir.message.unsupported"));
}

#[test]
fn the_answer_to_a_release_is_not_read_with_or_without_ids() {
    for name in ["passedPrescriptions", "failedPrescriptions"] {
        let answer = json!({"resourceType": "Parameters", "parameter": [{"name": "other"}, {"name": name}]});
        let rule = &rules::RELEASE_RESPONSE;
        breaks(answer.clone(), &[], rule.id, "/parameter/1", rule.requires);
        let without_ids = Context { release_ids: None, ..context() };
        assert!(read(answer.to_string().as_bytes(), &without_ids).unwrap_err().names(rule.id));
    }
}

#[test]
fn a_mail_address_and_a_fax_are_what_they_are_but_in_an_order() {
    let cases = [
        ("email", "pharmacy@example.org", "mailto:pharmacy@example.org"),
        ("email", "mailto:pharmacy@example.org", "mailto:pharmacy@example.org"),
        ("fax", "01632 960 302", "fax:01632960302"),
        ("sms", "07700 900 123", "tel:07700900123"),
        ("phone", "tel:01632 960 301", "tel:01632960301"),
    ];
    for (system, value, url) in cases {
        let telecom = json!({"system": system, "use": "work", "value": value});
        let request = released(&with(release(), &[("/parameter/1/resource/telecom/0", telecom.clone())]));
        assert_eq!(request.author.telecoms[0].value.as_ref().unwrap().as_str(), url);
        let mut order = order();
        order.pointer_mut(PATIENT).unwrap()["telecom"] = json!([telecom]);
        let signed = prescription_of(&order).patient.telecoms[0].value.clone().unwrap();
        assert!(signed.as_str().starts_with("tel:"), "{}", signed.as_str());
    }
}

#[test]
fn a_release_names_the_pharmacy_and_who_asks() {
    let owner = "Required parameter owner is missing.";
    breaks(
        release(),
        &[("/parameter/0/resource/resourceType", json!("Group"))],
        "fhir.release.owner",
        "/parameter",
        owner,
    );
    let agent = "Parameter with name agent not found";
    breaks(release(), &[("/parameter/1/name", json!("agency"))], "fhir.release.agent", "/parameter", agent);
    let wrong = "Parameter with name agent has wrong resourceType";
    let path = "/parameter/1/resource";
    breaks(release(), &[("/parameter/1/resource/resourceType", json!("Person"))], "fhir.release.agent", path, wrong);
    breaks(
        release(),
        &[("/parameter/1/resource/practitioner", json!({"reference": "urn:uuid:x"}))],
        "fhir.dispenser.practitioner",
        "/parameter/1/resource/practitioner",
        "Parameters.parameter(\"agent\").resource.practitioner populated incorrectly. Please populate with Identifier and Display.",
    );
    breaks(
        release(),
        &[("/parameter/1/resource/telecom", Value::Null)],
        "fhir.dispenser.telecom",
        path,
        "Required field Parameters.parameter(\"agent\").resource.telecom is missing.",
    );
}

#[test]
fn dispenses_of_one_line_are_supplies_of_one_item() {
    let notification = notified(&notification());
    let [item] = notification.items.as_slice() else { panic!("one item") };
    let brands: Vec<_> = item.supplies.iter().map(|supply| supply.product.code.as_str()).collect();
    assert_eq!(brands, ["39732311000001104", "29859711000001102"]);
    assert_eq!(item.requested.quantity.value.as_str(), "21");
    assert_eq!(item.status.code, ItemStatus::PartiallyDispensed);
    assert_eq!(notification.care_record_items.len(), 2);
    assert_eq!(notification.status.code, PrescriptionStatus::WithDispenserActive);
    assert_eq!(notification.reimbursement_authority.as_str(), "T1450");
    assert_eq!(notification.nhs_number.as_str(), "9990173923");
    assert_eq!(notification.author_time, context().now);
    assert_eq!(notification.release.to_string(), "D4E5F607-1829-4A3B-8C4D-5E6F70819203");
    assert_eq!((notification.repeat, notification.replaces), (None, None));
}

#[test]
fn a_dispense_notification_counts_issues_as_hl7_v3_does() {
    let information = json!([{"url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation", "extension": [
        {"url": "numberOfPrescriptionsIssued", "valueUnsignedInt": 2}
    ]}]);
    let request = "/entry/1/resource/contained/1";
    let changed = with(
        notification(),
        &[
            (&format!("{request}/basedOn"), json!([{"extension": [repeat(1, 5)]}])),
            (&format!("{request}/extension"), information),
            (&format!("{request}/dispenseRequest/numberOfRepeatsAllowed"), json!(5)),
        ],
    );
    let notification = notified(&changed);
    assert_eq!(notification.repeat, Some(RepeatNumber { low: 2, high: 6 }));
    assert_eq!(notification.items[0].repeat, Some(RepeatNumber { low: 2, high: 6 }));
}

#[test]
fn an_amendment_names_what_it_replaces() {
    let earlier = json!([{"url": format!("{EXT}replacementOf"), "valueIdentifier": {"value": "11111111-2222-4333-8444-555555555555"}}]);
    let amended = with(notification(), &[("/entry/0/resource/extension", earlier.clone())]);
    assert_eq!(notified(&amended).replaces.unwrap().to_string(), "11111111-2222-4333-8444-555555555555");
    let amended = with(claim(), &[("/extension", earlier)]);
    assert_eq!(claimed(&amended).replaces.unwrap().to_string(), "11111111-2222-4333-8444-555555555555");
}

#[test]
fn dispenses_of_one_notification_agree() {
    let second = |path: &str| format!("{SECOND_DISPENSE}{path}");
    let handed_over = problems(notification(), &[(&second("/whenHandedOver"), json!("2026-03-04"))]);
    let message = "Expected all MedicationDispenses to have the same value for whenHandedOver. Received [\"2026-03-03T11:15:00+00:00\",\"2026-03-04\"].";
    assert_eq!(handed_over, [("fhir.medications.inconsistent", second("/whenHandedOver"), message.to_owned())]);
    let subject = problems(notification(), &[(&second("/subject/identifier/value"), json!("9449304130"))]);
    assert!(
        subject[0]
            .2
            .starts_with("Expected all MedicationDispenses to have the same value for subject.identifier.value.")
    );
    let actor = problems(notification(), &[(&second("/performer/0/actor/reference"), json!("#other"))]);
    assert!(actor[0].2.starts_with("Expected all MedicationDispenses to have the same value for performer."));
    let performer = "Expected MedicationDispense to have a value for performer.ofType(PractitionerRole).";
    let changes = [(&*second("/performer"), Value::Null)];
    breaks(notification(), &changes, "fhir.medication-dispense.performer", SECOND_DISPENSE, performer);
    let reason =
        |code: &str| json!({"url": format!("{EXT}DM-PrescriptionNonDispensingReason"), "valueCoding": {"code": code}});
    let paths = [format!("{FIRST_DISPENSE}/extension/-"), second("/extension/-")];
    breaks(
        notification(),
        &[(&paths[0], reason("0008")), (&paths[1], reason("0001"))],
        "fhir.not-dispensed-reasons",
        &second("/extension/1/valueCoding"),
        rules::REASONS_DIFFER.requires,
    );
    // A reason that only some give is no reason for the whole prescription.
    assert_eq!(notified(&with(notification(), &[(&paths[0], reason("0008"))])).non_dispensing_reason, None);
}

#[test]
fn contained_resources_are_found() {
    let actor = "/entry/1/resource/performer/0/actor/reference";
    let both = [(actor, json!("#x")), ("/entry/2/resource/performer/0/actor/reference", json!("#x"))];
    breaks(notification(), &both, "fhir.contained.missing", actor, "Contained resource with reference #x not found");
    let both = [(actor, json!("#request")), ("/entry/2/resource/performer/0/actor/reference", json!("#request"))];
    breaks(
        notification(),
        &both,
        "fhir.contained.type",
        "/entry/1/resource/contained/1",
        "Contained resource with reference #request is not of type PractitionerRole",
    );
    let named = json!({"identifier": {"value": "FZ417"}});
    breaks(
        notification(),
        &[("/entry/1/resource/contained/0/organization", named.clone())],
        "fhir.dispenser.organization",
        "/entry/1/resource/contained/0/organization",
        "fhirContainedPractitionerRole.organization should be a Reference",
    );
    breaks(
        claim(),
        &[("/contained/0/organization", named)],
        "fhir.claim.organization",
        "/contained/0/organization",
        "practitioner.organization should be a reference",
    );
}

#[test]
fn it_is_known_who_pays_the_pharmacy() {
    breaks(
        notification(),
        &[("/entry/3/resource/extension", Value::Null)],
        "fhir.reimbursement-authority",
        "/entry/3/resource",
        "The dispense notification is missing the reimbursement authority and it should be provided.",
    );
    breaks(
        notification(),
        &[("/entry/3/resource/extension/0/extension/0/url", json!("other"))],
        "fhir.reimbursement-authority.code",
        "/entry/3/resource/extension/0",
        "The dispense notification is missing the ODS code for reimbursement authority and it should be provided.",
    );
}

#[test]
fn a_notification_without_a_dispense_is_refused() {
    let mut none = notification();
    none["entry"].as_array_mut().unwrap().drain(1..3);
    let problems = told(&read_value(&none).unwrap_err());
    assert_eq!(problems[0].0, "fhir.bundle.no-medication-dispense");
}

#[test]
fn a_claim_is_read_whole() {
    let claim = claimed(&claim());
    assert_eq!(claim.reimbursement_authority_name.unwrap().as_str(), "NHS BUSINESS SERVICES AUTHORITY");
    let exemption = claim.exemption.unwrap();
    assert_eq!((exemption.code.as_str(), exemption.evidence_seen), ("0004", Some(true)));
    assert_eq!(claim.status.code, PrescriptionStatus::Dispensed);
    assert_eq!(claim.prescription_id.as_str(), SHORT);
    let supply = &claim.items[0].supplies[0];
    assert!(supply.charge_paid);
    assert_eq!(supply.endorsements[0].code, DispenserEndorsement::InvoicePrice);
    assert_eq!(supply.endorsements[0].text.as_ref().unwrap().as_str(), "£3.20");
    assert_eq!(claim.legal_authenticator_time, claim.effective_time);
    assert_eq!(claim.release.to_string(), "FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF");
}

#[test]
fn a_claim_tells_its_issue_in_the_item_or_as_it_once_did_in_the_detail() {
    let new = with(claim(), &[("/item/0/extension/-", repeat(1, 5)), ("/item/0/detail/0/extension/-", repeat(2, 5))]);
    let new = claimed(&new);
    assert_eq!((new.repeat.unwrap().low, new.items[0].repeat.unwrap().low), (2, 3));
    let old = with(
        claim(),
        &[
            ("/item/0/detail/0/extension/-", repeat(1, 5)),
            ("/item/0/detail/0/subDetail/0/extension", json!([repeat(2, 5)])),
        ],
    );
    let old = claimed(&old);
    assert_eq!((old.repeat.unwrap().low, old.items[0].repeat.unwrap().low), (2, 3));
}

#[test]
fn a_claim_is_insured_endorsed_and_charged() {
    let insurance = claim()["insurance"][0].clone();
    breaks(
        claim(),
        &[("/insurance/-", insurance)],
        "fhir.claim.insurance",
        "/insurance",
        "Expected 1 item(s) in Claim.insurance, but received 2.",
    );
    breaks(
        claim(),
        &[("/insurance/0/coverage/identifier/value", json!("T1451"))],
        "fhir.claim.insurance.authority",
        "/insurance/0/coverage/identifier/value",
        "Claim.insurance[0].coverage.identifier.value must be one of: 'T1450', 'RQFZ1'.",
    );
    breaks(
        claim(),
        &[("/item/0/detail/0/programCode/0/coding/0/system", json!("x"))],
        "fhir.claim.endorsement",
        "/item/0/detail/0",
        "The claim is missing the required endorsement code.",
    );
    breaks(
        claim(),
        &[("/item/0/detail/0/programCode/1/coding/0/code", json!("paid-thrice"))],
        "fhir.claim.charge",
        "/item/0/detail/0/programCode/1/coding/0/code",
        "Unsupported prescription charge code",
    );
}

#[test]
fn a_claimed_line_has_not_too_many_products() {
    let product = claim()["item"][0]["detail"][0]["subDetail"][0].clone();
    breaks(
        claim(),
        &[("/item/0/detail/0/subDetail", Value::from(vec![product; 65]))],
        "fhir.claim.too-long",
        "/item/0/detail/0",
        rules::CLAIM_TOO_LONG.requires,
    );
}

/// A Task that returns a prescription.
fn return_task() -> Value {
    let mut role = role("#pharmacy");
    role["id"] = json!("role");
    json!({
        "resourceType": "Task",
        "contained": [role, {
            "resourceType": "Organization",
            "id": "pharmacy",
            "identifier": [id("ods-organization-code", "FA565")],
            "name": "High Street Pharmacy"
        }],
        "identifier": [{"system": "https://tools.ietf.org/html/rfc4122", "value": LONG}],
        "status": "rejected",
        "intent": "order",
        "groupIdentifier": id("prescription-order-number", SHORT),
        "focus": {"identifier": {"value": LINE}},
        "for": {"identifier": id("nhs-number", "9449304106")},
        "authoredOn": "2026-03-02T09:40:00+00:00",
        "requester": {"reference": "#role"},
        "statusReason": {"coding": [coding("EPS-task-dispense-return-status-reason", "0003", "Patient requested release")]}
    })
}

#[test]
fn a_rejected_task_returns_and_one_in_progress_withdraws() {
    let mut task = return_task();
    let envelope = read(task.to_string().as_bytes(), &context()).unwrap();
    let crate::model::Message::Return(returned) = envelope.message else { panic!("a return") };
    assert_eq!((returned.reason.code, returned.issue), (crate::codes::ReturnReason::PatientRequest, None));
    task["status"] = json!("in-progress");
    task["code"] = json!({"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "abort"}]});
    task["statusReason"] = json!({"coding": [coding("EPS-task-dispense-withdraw-reason", "MU", "Medication Update")]});
    task["extension"] = json!([{"url": format!("{EXT}EPS-RepeatInformation"), "extension": [
        {"url": "numberOfRepeatsAllowed", "valueInteger": 6}, {"url": "numberOfRepeatsIssued", "valueInteger": 2}
    ]}]);
    let envelope = read(task.to_string().as_bytes(), &context()).unwrap();
    let crate::model::Message::Withdrawal(withdrawal) = envelope.message else { panic!("a withdrawal") };
    assert_eq!((withdrawal.author.user.as_str(), withdrawal.issue), ("FA565", Some(3)));
}

#[test]
fn a_task_is_refused_where_it_is_wrong() {
    breaks(
        return_task(),
        &[("/intent", json!("plan"))],
        "fhir.task.intent",
        "/intent",
        "Task.intent must be one of: 'order'.",
    );
    let status = "Task.status must be one of: 'in-progress', 'rejected'.";
    breaks(return_task(), &[("/status", json!("ready"))], "fhir.task.status", "/status", status);
    let reason = "Task.reasonCode must have a system of 'https://fhir.nhs.uk/CodeSystem/EPS-task-dispense-return-status-reason' and a value from that system.";
    breaks(return_task(), &[("/statusReason/coding", json!([]))], "fhir.task.reason", "/statusReason", reason);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn a_dispensing_message_with_anything_in_the_place_of_anything_is_read_or_refused_where_it_is(
        which in 0..3_usize, changes in prop::collection::vec((any::<prop::sample::Index>(), other()), 1..4)
    ) {
        let mut json = [release, notification, claim][which]();
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
}
