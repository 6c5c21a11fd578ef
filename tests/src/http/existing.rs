//! Messages exactly as the published clients of the NHS's EPS APIs send them, with every oddity of theirs.
//!
//! They send one item. The ids of their resources are the same in every prescription; no resource has an id; code systems are
//! spelled with `https`, codes and displays do not belong together, numbers and booleans stand as text.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test message that cannot be built is a failed test"
)]

use serde_json::{Value, json};

use super::{Kind, Order, request_id};

/// The pharmacy that they nominate.
pub const NOMINATED: &str = "FA565";
/// The prescriber's practice, which they also name when they return and withdraw.
pub const PRACTICE: &str = "A83008";

const PATIENT: &str = "urn:uuid:78d3c2eb-009e-4ec8-a358-b042954aa9b2";
const ROLE: &str = "urn:uuid:56166769-c1c4-4d07-afa8-132b5dfca666";
const PRACTITIONER: &str = "urn:uuid:a8c85454-f8cb-498d-9629-78e2cb5fa47a";
const ORGANISATION: &str = "urn:uuid:3b4b03a5-52ba-4ba6-9b82-70350aa109d8";
const REQUEST: &str = "urn:uuid:a54219b8-f741-4c47-b662-e4f8dfa49ab6";
const PHARMACY: &str = "urn:uuid:2bf9f37c-d88b-4f86-ad5f-373c1416e04b";
/// The ids of their MessageHeaders; they are not those of the entries.
const HEADER: [&str; 2] = ["urn:uuid:aef77afb-7e3c-427a-8657-2c427f71a272", "3599c0e9-9292-413e-9270-9a1ef1ead99c"];

const ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
const UUID: &str = "https://tools.ietf.org/html/rfc4122";
const SNOMED: &str = "http://snomed.info/sct";
const STRUCTURE: &str = "https://fhir.nhs.uk/StructureDefinition";
const CODES: &str = "https://fhir.nhs.uk/CodeSystem";
const NHS_NUMBER: &str = "9990173923";

/// When they dispense: in microseconds.
const HANDED_OVER: &str = "2026-03-02T09:30:15.123456+00:00";

fn ods(code: &str) -> Value {
    json!({ "system": ODS, "value": code })
}

fn telecom() -> Value {
    json!([{ "system": "phone", "use": "work", "value": "01632960300" }])
}

fn address() -> Value {
    json!([{ "use": "work", "type": "both", "line": ["1 MILL LANE", "FERN HILL", "NR EXAMPLETON"], "city": "EXAMPLETON", "postalCode": "ZZ99 3XZ" }])
}

/// How a notification tells the one item: the prescription's status, the item's, how much, and why nothing.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a test says each of these")]
pub struct Supplied {
    /// The prescription's status.
    pub status: (&'static str, &'static str),
    /// The item's.
    pub item: (&'static str, &'static str),
    /// How much.
    pub quantity: u32,
    /// Why nothing was supplied.
    pub reason: Option<(&'static str, &'static str)>,
}

impl Supplied {
    /// All of it.
    pub const IN_FULL: Self =
        Self { status: ("0006", "Dispensed"), item: ("0001", "Item fully dispensed"), quantity: 1, reason: None };
    /// Nothing, for a reason.
    pub const NOTHING: Self = Self {
        status: ("0007", "Not Dispensed"),
        item: ("0002", "Item not dispensed"),
        quantity: 0,
        reason: Some(("0002", "Clinically unsuitable")),
    };
    /// What they amend it to: nothing of a prescription that stays dispensed, and no reason.
    pub const AMENDED: Self = Self { item: ("0002", "Item not dispensed"), ..Self::IN_FULL };
}

impl Order {
    /// The prescription as existing clients send it, nominated to FA565 or to nobody; a repeat dispensing one has seven issues.
    #[must_use]
    pub fn of_clients(number: u32, kind: Kind, nominated: bool) -> Self {
        let (id, message) = (crate::messages::prescription_id(number).to_string(), request_id());
        let bundle = json!({
            "resourceType": "Bundle",
            "id": message,
            "identifier": { "system": UUID, "value": message },
            "type": "message",
            "entry": [
                { "fullUrl": HEADER[0], "resource": header() },
                { "fullUrl": REQUEST, "resource": request(&id, kind, nominated) },
                { "fullUrl": PATIENT, "resource": patient() },
                { "fullUrl": ORGANISATION, "resource": practice() },
                { "fullUrl": ROLE, "resource": prescriber_role() },
                { "fullUrl": PRACTITIONER, "resource": prescriber() },
            ],
        });
        Self { bundle, id }
    }

    /// A cancellation as they send it: the prescription again with another status, and a reason.
    #[must_use]
    pub fn cancellation_of_clients(&self, (code, display): (&str, &str)) -> Value {
        let mut bundle = self.bundle.clone();
        let message = request_id();
        bundle["id"] = message.clone().into();
        bundle["identifier"]["value"] = message.into();
        bundle["entry"][0]["resource"]["eventCoding"]["code"] = "prescription-order-update".into();
        bundle["entry"][0]["resource"]["eventCoding"]["display"] = "Prescription Order Update".into();
        let request = &mut bundle["entry"][1]["resource"];
        request["status"] = "cancelled".into();
        request["statusReason"] = json!({ "coding": [
            { "system": format!("{CODES}/medicationrequest-status-reason"), "code": code, "display": display }
        ]});
        bundle
    }

    /// A release as they ask for it: one prescription by its id.
    #[must_use]
    pub fn release_of_clients(&self, pharmacy: &str) -> Value {
        let mut owner = pharmacy_of(pharmacy, json!(true));
        owner["type"] = json!([{ "coding": [{ "system": format!("{CODES}/organisation-role"), "code": "123" }] }]);
        json!({ "resourceType": "Parameters", "id": request_id(), "parameter": [
            { "name": "status", "valueCode": "accepted" },
            { "name": "group-identifier", "valueIdentifier": {
                "system": "https://fhir.nhs.uk/Id/prescription-order-number", "value": self.id,
            }},
            { "name": "owner", "resource": owner },
            { "name": "agent", "resource": {
                "resourceType": "PractitionerRole",
                "id": "16708936-6397-4e03-b84f-4aaa790633e0",
                "identifier": [{ "system": "https://fhir.nhs.uk/Id/sds-role-profile-id", "value": "555254242105" }],
                "practitioner": sds_user("656005750107"),
                "code": [{ "coding": [{ "system": format!("{CODES}/NHSDigital-SDS-JobRoleCode"), "code": "S8000:G8000:R8000", "display": "Clinical Practitioner Access Role" }] }],
                "telecom": telecom(),
            }},
        ]})
    }

    /// A dispense notification as they send it, and its identifier.
    #[must_use]
    pub fn notification_of_clients(&self, kind: Kind, supplied: &Supplied, replaces: Option<&str>) -> (Value, String) {
        let id = request_id().to_uppercase();
        let mut header = json!({
            "resourceType": "MessageHeader",
            "eventCoding": { "system": format!("{CODES}/message-event"), "code": "dispense-notification", "display": "Dispense Notification" },
            "source": { "endpoint": format!("urn:nhs-uk:addressing:ods:{NOMINATED}") },
            "response": { "identifier": request_id(), "code": "ok" },
        });
        if let Some(replaced) = replaces {
            header["extension"] = json!([{
                "url": format!("{STRUCTURE}/Extension-replacementOf"),
                "valueIdentifier": { "system": UUID, "value": replaced },
            }]);
        }
        let mut organisation = pharmacy_of(NOMINATED, json!(true));
        organisation["extension"] = reimbursement();
        let bundle = json!({
            "resourceType": "Bundle",
            "identifier": { "system": UUID, "value": id },
            "type": "message",
            "entry": [
                { "fullUrl": HEADER[0], "resource": header },
                { "fullUrl": "urn:uuid:4509b70d-d8b8-ea03-1105-64557cb54a29", "resource": self.dispense(kind, supplied) },
                { "fullUrl": PHARMACY, "resource": organisation },
            ],
        });
        (bundle, id)
    }

    fn dispense(&self, kind: Kind, supplied: &Supplied) -> Value {
        let coded = |system: &str, (code, display): (&str, &str)| json!({ "coding": [{ "system": format!("{CODES}/{system}"), "code": code, "display": display }] });
        let mut dispense = json!({
            "resourceType": "MedicationDispense",
            "contained": [dispenser_role(), self.contained(kind)],
            "extension": [{
                "url": format!("{STRUCTURE}/Extension-EPS-TaskBusinessStatus"),
                "valueCoding": { "system": format!("{CODES}/EPS-task-business-status"), "code": supplied.status.0, "display": supplied.status.1 },
            }],
            "identifier": [{ "system": "https://fhir.nhs.uk/Id/prescription-dispense-item-number", "value": self.items()[0] }],
            "status": "completed",
            "medicationCodeableConcept": medication(),
            "subject": {
                "type": "Patient",
                "identifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": NHS_NUMBER },
                "display": "MR SOMEBODY ELSE",
            },
            "performer": [{ "actor": { "type": "PractitionerRole", "reference": "#performer" } }],
            "authorizingPrescription": [{ "reference": "#m1" }],
            "type": coded("medicationdispense-type", supplied.item),
            "quantity": { "value": supplied.quantity, "unit": "pre-filled disposable injection", "system": SNOMED, "code": "3318611000001103" },
            "whenHandedOver": HANDED_OVER,
            "dosageInstruction": [{ "text": "3 times a day" }],
        });
        if let Some(reason) = supplied.reason {
            dispense["statusReasonCodeableConcept"] = coded("medicationdispense-status-reason", reason);
        }
        dispense
    }

    /// What stands in a notification for the prescribed item: not a copy of it.
    fn contained(&self, kind: Kind) -> Value {
        let mut request = json!({
            "resourceType": "MedicationRequest",
            "id": "m1",
            "extension": [prescription_type("Secondary Care Prescriber - Medical Prescriber")],
            "identifier": self.requests()[0]["identifier"],
            "status": "active",
            "intent": "order",
            "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/medicationrequest-category", "code": "outpatient", "display": "Outpatient" }] }],
            "medicationCodeableConcept": medication(),
            "subject": { "reference": "urn:uuid:d8a5bf8a-4f5b-4e7d-b4ba-3dc9b0a9a3a7" },
            "authoredOn": HANDED_OVER,
            "requester": { "reference": "urn:uuid:56166769-c1c4-4d07-afa8-132b5dfca666" },
            "groupIdentifier": self.requests()[0]["groupIdentifier"],
            "courseOfTherapyType": { "coding": [course(kind)] },
            "dosageInstruction": [{ "text": "3 times a day" }],
            "dispenseRequest": {
                "validityPeriod": { "start": "2026-03-02", "end": "2026-03-03" },
                "quantity": { "value": 100, "unit": "tablet", "system": "https://snomed.info/sct", "code": "428673006" },
                "performer": { "identifier": ods(NOMINATED) },
            },
            "substitution": { "allowedBoolean": false },
        });
        if kind == Kind::Acute {
            return request;
        }
        request["dispenseRequest"]["numberOfRepeatsAllowed"] = "6".into();
        request["basedOn"] = json!([{ "extension": [{
            "url": format!("{STRUCTURE}/Extension-EPS-RepeatInformation"),
            "extension": [
                { "url": "numberOfRepeatsAllowed", "valueInteger": 6 },
                { "url": "numberOfRepeatsIssued", "valueInteger": 0 },
            ],
        }]}]);
        if let Kind::RepeatDispensing(_) = kind {
            request["extension"].as_array_mut().unwrap().push(json!({
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation",
                "extension": [
                    { "url": "authorisationExpiryDate", "valueDateTime": "2026-12-31" },
                    { "url": "numberOfPrescriptionsIssued", "valueUnsignedInt": 1 },
                ],
            }));
            request["dispenseRequest"]["expectedSupplyDuration"] =
                json!({ "value": 10, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d" });
        }
        request
    }

    /// A return as they send it: by the prescriber, for the prescriber's practice, with an id that nobody knows.
    #[must_use]
    pub fn return_of_clients(&self) -> Value {
        let id = request_id();
        let mut task = self.task_of_clients(&id);
        task["status"] = "rejected".into();
        task["statusReason"] = json!({ "coding": [{
            "system": format!("{CODES}/EPS-task-dispense-return-status-reason"), "code": "0003", "display": "Patient requested release",
        }]});
        task["code"] = json!({ "coding": [{
            "system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill", "display": "Fulfill the focal request",
        }]});
        task["reasonCode"] = json!({ "coding": [{ "system": "https://snomed.info/sct", "code": "33633005", "display": "Prescription of drug" }] });
        task
    }

    /// A withdrawal of a notification as they send it: by the prescriber again.
    #[must_use]
    pub fn withdrawal_of_clients(&self, notification: &str) -> Value {
        let mut task = self.task_of_clients(notification);
        task["status"] = "in-progress".into();
        task["statusReason"] = json!({ "coding": [{
            "system": format!("{CODES}/EPS-task-dispense-withdraw-reason"), "code": "MU", "display": "Medication Update",
        }]});
        task["code"] = json!({ "coding": [{
            "system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "abort",
            "display": "Mark the focal resource as no longer active",
        }]});
        task
    }

    fn task_of_clients(&self, focus: &str) -> Value {
        let mut organisation = pharmacy_of(PRACTICE, json!("true"));
        organisation["id"] = "organization".into();
        organisation["extension"] = reimbursement();
        json!({
            "resourceType": "Task",
            "id": focus,
            "contained": [
                {
                    "resourceType": "PractitionerRole",
                    "id": "requester",
                    "identifier": [{ "system": "https://fhir.nhs.uk/Id/sds-role-profile-id", "value": "555254242105" }],
                    "practitioner": sds_user("656005750107"),
                    "organization": { "reference": "#organization" },
                    "code": [{ "coding": [{ "system": format!("{CODES}/NHSDigital-SDS-JobRoleCode"), "code": "S8000:G8000:R8000", "display": "Clinical Practitioner Access Role" }] }],
                    "telecom": telecom(),
                },
                organisation,
            ],
            "identifier": [{ "system": UUID, "value": request_id() }],
            "groupIdentifier": { "system": "https://fhir.nhs.uk/Id/prescription-order-number", "value": self.id },
            "intent": "order",
            "focus": { "identifier": { "system": UUID, "value": focus } },
            "for": { "identifier": { "system": "https://fhir.nhs.uk/Id/nhs-number", "value": NHS_NUMBER } },
            "authoredOn": HANDED_OVER,
            "requester": { "reference": "#requester" },
        })
    }
}

fn header() -> Value {
    json!({
        "resourceType": "MessageHeader",
        "id": HEADER[1],
        "eventCoding": { "system": format!("{CODES}/message-event"), "code": "prescription-order", "display": "Prescription Order" },
        "destination": [{
            "endpoint": format!("urn:nhs-uk:addressing:ods:{NOMINATED}"),
            "receiver": { "identifier": ods(NOMINATED) },
        }],
        "sender": { "identifier": ods(PRACTICE) },
        "source": { "endpoint": format!("urn:nhs-uk:addressing:ods:{PRACTICE}") },
    })
}

fn prescription_type(display: &str) -> Value {
    json!({
        "url": format!("{STRUCTURE}/Extension-DM-PrescriptionType"),
        "valueCoding": { "system": format!("{CODES}/prescription-type"), "code": "1001", "display": display },
    })
}

fn medication() -> Value {
    json!({ "coding": [{ "system": SNOMED, "code": "322341003", "display": "Co-codamol 30mg/500mg tablets" }] })
}

/// Acute ones come without a display.
fn course(kind: Kind) -> Value {
    let system = match kind {
        Kind::Acute | Kind::Repeat => "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
        Kind::RepeatDispensing(_) => "https://fhir.nhs.uk/CodeSystem/medicationrequest-course-of-therapy",
    };
    match kind {
        Kind::Acute => json!({ "system": system, "code": "acute" }),
        Kind::Repeat => json!({ "system": system, "code": "continuous", "display": "Continuous long term therapy" }),
        Kind::RepeatDispensing(_) => json!({
            "system": system, "code": "continuous-repeat-dispensing",
            "display": "Continuous long term (repeat dispensing)",
        }),
    }
}

fn request(id: &str, kind: Kind, nominated: bool) -> Value {
    let mut request = json!({
        "resourceType": "MedicationRequest",
        "extension": [prescription_type("Primary Care Prescriber - Medical Prescriber")],
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/prescription-order-item-number", "value": request_id().to_uppercase() }],
        "status": "active",
        "intent": match kind {
            Kind::Acute => "order",
            Kind::Repeat => "instance-order",
            Kind::RepeatDispensing(_) => "original-order",
        },
        "category": [{ "coding": [{ "system": "https://terminology.hl7.org/CodeSystem/medicationrequest-category", "code": "community", "display": "Community" }] }],
        "medicationCodeableConcept": medication(),
        "subject": { "reference": PATIENT },
        "requester": { "reference": ROLE },
        "groupIdentifier": {
            "system": "https://fhir.nhs.uk/Id/prescription-order-number",
            "value": id,
            "extension": [{
                "url": format!("{STRUCTURE}/Extension-DM-PrescriptionId"),
                "valueIdentifier": { "system": "https://fhir.nhs.uk/Id/prescription", "value": request_id() },
            }],
        },
        "courseOfTherapyType": { "coding": [course(kind)] },
        "dosageInstruction": [{
            "text": "3 times a day",
            "timing": { "repeat": { "frequency": 3, "period": 1, "periodUnit": "d" } },
            "route": { "coding": [{ "system": "https://snomed.info/sct", "code": "26643006", "display": "Oral" }] },
        }],
        "dispenseRequest": {
            "extension": [{
                "url": format!("{STRUCTURE}/Extension-DM-PerformerSiteType"),
                "valueCoding": { "system": format!("{CODES}/dispensing-site-preference"), "code": if nominated { "P1" } else { "0004" } },
            }],
            "validityPeriod": { "start": "2026-03-01", "end": "2026-05-31" },
            "quantity": { "value": 100, "unit": "tablet", "system": "https://snomed.info/sct", "code": "428673006" },
            "expectedSupplyDuration": { "value": 30, "unit": "day", "system": "http://unitsofmeasure.org", "code": "d" },
        },
        "substitution": { "allowedBoolean": false },
    });
    let dispense = request["dispenseRequest"].as_object_mut().unwrap();
    if nominated {
        drop(dispense.insert("performer".to_owned(), json!({ "identifier": ods(NOMINATED) })));
    }
    if let Kind::RepeatDispensing(issues) = kind {
        drop(dispense.insert("numberOfRepeatsAllowed".to_owned(), (issues - 1).into()));
    }
    request
}

fn patient() -> Value {
    json!({
        "resourceType": "Patient",
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/nhs-number", "value": NHS_NUMBER }],
        "name": [{ "use": "usual", "family": "EXAMPLE", "given": ["ANNA"], "prefix": ["MS"] }],
        "gender": "female",
        "birthDate": "1999-01-04",
        "address": [{ "use": "home", "line": ["1 MILL LANE", "FERN HILL", "EXAMPLETON"], "postalCode": "ZZ99 3XZ" }],
        "generalPractitioner": [{ "identifier": ods(PRACTICE) }],
    })
}

fn practice() -> Value {
    json!({
        "resourceType": "Organization",
        "identifier": [ods(PRACTICE)],
        "name": "FERN HILL SURGERY",
        "address": address(),
        "telecom": telecom(),
        "partOf": { "identifier": ods("RBA"), "display": "EXAMPLETON NHS TRUST" },
    })
}

fn prescriber_role() -> Value {
    json!({
        "resourceType": "PractitionerRole",
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/sds-role-profile-id", "value": "100102238986" }],
        "practitioner": { "reference": PRACTITIONER },
        "organization": { "reference": ORGANISATION },
        "code": [{ "coding": [{ "system": format!("{CODES}/NHSDigital-SDS-JobRoleCode"), "code": "S8000:G8000:R8000", "display": "Clinical Practitioner Access Role" }] }],
        "telecom": telecom(),
    })
}

fn prescriber() -> Value {
    json!({
        "resourceType": "Practitioner",
        "identifier": [
            { "system": "https://fhir.nhs.uk/Id/sds-user-id", "value": "555086689106" },
            { "system": "https://fhir.hl7.org.uk/Id/nmc-number", "value": "999999" },
        ],
        "name": [{ "family": "PENNYFEATHER", "given": ["IVOR"], "prefix": ["DR"] }],
    })
}

/// An organisation that dispenses; `active` as a boolean or as text.
fn pharmacy_of(code: &str, active: Value) -> Value {
    json!({
        "resourceType": "Organization",
        "identifier": [ods(code)],
        "active": active,
        "type": [{ "coding": [{ "system": format!("{CODES}/organisation-role"), "code": "182", "display": "PHARMACY" }] }],
        "name": "MILL LANE PHARMACY",
        "address": address(),
        "telecom": telecom(),
    })
}

fn reimbursement() -> Value {
    json!([{
        "url": format!("{STRUCTURE}/Extension-ODS-OrganisationRelationships"),
        "extension": [{ "url": "reimbursementAuthority", "valueIdentifier": ods("T1450") }],
    }])
}

fn sds_user(id: &str) -> Value {
    json!({ "identifier": { "system": "https://fhir.nhs.uk/Id/sds-user-id", "value": id }, "display": "IVOR PENNYFEATHER" })
}

fn dispenser_role() -> Value {
    json!({
        "resourceType": "PractitionerRole",
        "id": "performer",
        "identifier": [{ "system": "https://fhir.nhs.uk/Id/sds-role-profile-id", "value": "555086415105" }],
        "practitioner": sds_user("3415870201"),
        "organization": { "reference": PHARMACY },
        "code": [{ "coding": [{ "system": format!("{CODES}/NHSDigital-SDS-JobRoleCode"), "code": "S8000:G8000:R8000", "display": "Clinical Practitioner Access Role" }] }],
        "telecom": telecom(),
    })
}
