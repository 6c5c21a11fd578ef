//! What vendors' systems send after a prescription: cancellations, notifications, returns, withdrawals and claims.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test message that cannot be built is a failed test"
)]

use serde_json::{Value, json};

use super::{Order, request_id};

const CANCELLATION_REASON: &str = "https://fhir.nhs.uk/CodeSystem/medicationrequest-status-reason";
const ITEM_STATUS: &str = "https://fhir.nhs.uk/CodeSystem/medicationdispense-type";
const STATUS: &str = "https://fhir.nhs.uk/CodeSystem/EPS-task-business-status";
const NOT_DISPENSED: &str = "https://fhir.nhs.uk/CodeSystem/medicationdispense-status-reason";
const TASK_STATUS: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-TaskBusinessStatus";
const REPEATS: &str = "https://fhir.nhs.uk/StructureDefinition/Extension-EPS-RepeatInformation";

/// How a prescription is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "EPS knows these three")]
pub enum Kind {
    /// Once.
    Acute,
    /// Once, and again when it is asked for.
    Repeat,
    /// So many times.
    RepeatDispensing(u32),
}

/// What a notification or a claim tells of the items.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a test says each of these")]
pub struct Told<'t> {
    /// The prescription's status.
    pub status: &'t str,
    /// The status of each item, and how much was supplied.
    pub items: &'t [(&'t str, u32)],
    /// Which issue of how many.
    pub issue: Option<(u32, u32)>,
    /// The message that this one replaces.
    pub replaces: Option<&'t str>,
}

fn coding(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }] })
}

fn identified(system: &str, value: &str) -> Value {
    json!({ "system": format!("https://fhir.nhs.uk/Id/{system}"), "value": value })
}

fn replacement(replaced: &str) -> Value {
    json!([{
        "url": "https://fhir.nhs.uk/StructureDefinition/Extension-replacementOf",
        "valueIdentifier": { "system": "https://tools.ietf.org/html/rfc4122", "value": replaced },
    }])
}

fn repeats((issue, of): (u32, u32)) -> Value {
    json!({ "url": REPEATS, "extension": [
        { "url": "numberOfRepeatsAllowed", "valueInteger": of - 1 },
        { "url": "numberOfRepeatsIssued", "valueInteger": issue - 1 },
    ]})
}

impl Order {
    /// The order as a prescription of this kind.
    #[must_use]
    pub fn of_kind(mut self, kind: Kind) -> Self {
        let requests = self.bundle["entry"].as_array_mut().unwrap().iter_mut().map(|entry| &mut entry["resource"]);
        for request in requests.filter(|resource| resource["resourceType"] == "MedicationRequest") {
            match kind {
                Kind::Acute => {}
                Kind::Repeat => {
                    request["intent"] = "instance-order".into();
                    request["courseOfTherapyType"]["coding"][0]["code"] = "continuous".into();
                }
                Kind::RepeatDispensing(issues) => {
                    request["intent"] = "original-order".into();
                    request["courseOfTherapyType"] = coding(
                        "https://fhir.nhs.uk/CodeSystem/medicationrequest-course-of-therapy",
                        "continuous-repeat-dispensing",
                    );
                    let dispense = &mut request["dispenseRequest"];
                    dispense["numberOfRepeatsAllowed"] = (issues - 1).into();
                    dispense["validityPeriod"] = json!({ "start": "2026-03-02", "end": "2026-08-31" });
                    dispense["expectedSupplyDuration"]["value"] = 28.into();
                }
            }
        }
        self
    }

    /// The order for this patient.
    #[must_use]
    pub fn for_patient(mut self, nhs_number: &str) -> Self {
        let entries = self.bundle["entry"].as_array_mut().unwrap();
        let patient = entries.iter_mut().find(|entry| entry["resource"]["resourceType"] == "Patient").unwrap();
        patient["resource"]["identifier"][0]["value"] = nhs_number.into();
        self
    }

    /// The MedicationRequests.
    #[must_use]
    pub fn requests(&self) -> Vec<&Value> {
        let resources = self.bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
        resources.filter(|resource| resource["resourceType"] == "MedicationRequest").collect()
    }

    /// The identifiers of the items.
    #[must_use]
    pub fn items(&self) -> Vec<String> {
        let requests = self.requests();
        requests.iter().map(|request| request["identifier"][0]["value"].as_str().unwrap().to_owned()).collect()
    }

    /// The patient's NHS number.
    #[must_use]
    pub fn nhs_number(&self) -> String {
        let resources = self.bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
        let patient = resources.into_iter().find(|resource| resource["resourceType"] == "Patient").unwrap();
        patient["identifier"][0]["value"].as_str().unwrap().to_owned()
    }

    /// A cancellation of the first item, for this reason.
    #[must_use]
    pub fn cancellation(&self, reason: &str) -> Value {
        let mut bundle = self.bundle.clone();
        bundle["identifier"]["value"] = request_id().into();
        let entries = bundle["entry"].as_array_mut().unwrap();
        entries[0]["resource"]["eventCoding"]["code"] = "prescription-order-update".into();
        for entry in entries.iter_mut().filter(|entry| entry["resource"]["resourceType"] == "MedicationRequest") {
            entry["resource"]["status"] = "cancelled".into();
            entry["resource"]["statusReason"] = coding(CANCELLATION_REASON, reason);
        }
        // One message cancels one item: the first.
        let is_request = |entry: &Value| entry["resource"]["resourceType"] == "MedicationRequest";
        let first = entries.iter().position(is_request).unwrap();
        let mut place = 0..;
        entries.retain(|entry| place.next() == Some(first) || !is_request(entry));
        bundle
    }

    /// A dispense notification by this pharmacy, and its identifier.
    #[must_use]
    pub fn notification(&self, pharmacy: &str, when: &str, told: &Told<'_>) -> (Value, String) {
        let id = request_id().to_uppercase();
        let mut bundle: Value =
            serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/notification.json")).unwrap();
        bundle["identifier"]["value"] = id.clone().into();
        let mut entries = std::mem::take(bundle["entry"].as_array_mut().unwrap());
        let (mut organisation, template) = (entries.pop().unwrap(), entries.swap_remove(1));
        entries.truncate(1);
        organisation["resource"]["identifier"][0]["value"] = pharmacy.into();
        entries[0]["resource"]["response"]["identifier"] = request_id().into();
        if let Some(replaced) = told.replaces {
            entries[0]["resource"]["extension"] = replacement(replaced);
        }
        for (at, (request, (status, supplied))) in self.requests().into_iter().zip(told.items).enumerate() {
            let mut dispense = template.clone();
            dispense["fullUrl"] = format!("urn:uuid:dispense-{at}").into();
            let resource = &mut dispense["resource"];
            resource["identifier"][0]["value"] = request_id().into();
            resource["subject"]["identifier"]["value"] = self.nhs_number().into();
            resource["whenHandedOver"] = when.into();
            resource["extension"][0] =
                json!({ "url": TASK_STATUS, "valueCoding": { "system": STATUS, "code": told.status } });
            resource["type"] = coding(ITEM_STATUS, status);
            resource["medicationCodeableConcept"] = request["medicationCodeableConcept"].clone();
            resource["quantity"] = request["dispenseRequest"]["quantity"].clone();
            resource["quantity"]["value"] = (*supplied).into();
            if *status == "0002" {
                resource["statusReasonCodeableConcept"] = coding(NOT_DISPENSED, "0002");
            }
            let contained = &mut resource["contained"][1];
            for part in ["identifier", "groupIdentifier", "medicationCodeableConcept"] {
                contained[part] = request[part].clone();
            }
            contained["dispenseRequest"]["quantity"] = request["dispenseRequest"]["quantity"].clone();
            if let Some((issue, of)) = told.issue {
                contained["dispenseRequest"]["numberOfRepeatsAllowed"] = (of - 1).into();
                contained["basedOn"] = json!([{ "extension": [repeats((issue, of))] }]);
                contained["extension"] = json!([{
                    "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation",
                    "extension": [{ "url": "numberOfPrescriptionsIssued", "valueUnsignedInt": issue }],
                }]);
            }
            entries.push(dispense);
        }
        entries.push(organisation);
        bundle["entry"] = entries.into();
        (bundle, id)
    }

    fn task(&self, seed: &str, pharmacy: &str) -> Value {
        let mut task: Value = serde_json::from_str(seed).unwrap();
        task["identifier"][0]["value"] = request_id().into();
        task["groupIdentifier"]["value"] = self.id.clone().into();
        task["for"]["identifier"]["value"] = self.nhs_number().into();
        task["focus"]["identifier"]["value"] = request_id().into();
        task["contained"][1]["identifier"][0]["value"] = pharmacy.into();
        task
    }

    /// A return by this pharmacy.
    #[must_use]
    pub fn returned(&self, pharmacy: &str) -> Value {
        self.task(include_str!("../../../fuzz/seeds/fhir_read/return.json"), pharmacy)
    }

    /// A withdrawal of a notification, of this issue of how many.
    #[must_use]
    pub fn withdrawal(&self, pharmacy: &str, notification: &str, issue: Option<(u32, u32)>) -> Value {
        let mut task = self.task(include_str!("../../../fuzz/seeds/fhir_read/withdrawal.json"), pharmacy);
        task["focus"]["identifier"]["value"] = notification.into();
        if let Some(issue) = issue {
            task["extension"] = json!([repeats(issue)]);
        }
        task
    }

    /// A claim by this pharmacy, and its identifier.
    #[must_use]
    pub fn claim(&self, pharmacy: &str, when: &str, told: &Told<'_>) -> (Value, String) {
        let id = request_id().to_uppercase();
        let mut claim: Value = serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/claim.json")).unwrap();
        claim["identifier"][0]["value"] = id.clone().into();
        claim["created"] = when.into();
        claim["contained"][1]["identifier"][0]["value"] = pharmacy.into();
        let group = &self.requests()[0]["groupIdentifier"];
        let ids = &mut claim["prescription"]["extension"][0]["extension"];
        ids[0]["valueIdentifier"]["value"] = group["value"].clone();
        ids[1]["valueIdentifier"]["value"] = group["extension"][0]["valueIdentifier"]["value"].clone();
        if let Some(replaced) = told.replaces {
            claim["extension"] = replacement(replaced);
        }
        let item = &mut claim["item"][0];
        item["extension"][0]["valueCoding"]["code"] = told.status.into();
        let template = item["detail"][0].take();
        let details = self.requests().into_iter().zip(told.items).map(|(request, (status, supplied))| {
            let mut detail = template.clone();
            detail["extension"][0]["valueIdentifier"]["value"] = request_id().into();
            detail["extension"][1]["valueReference"]["identifier"] =
                identified("prescription-order-item-number", request["identifier"][0]["value"].as_str().unwrap());
            detail["modifier"][0] = coding(ITEM_STATUS, status);
            detail["subDetail"][0]["productOrService"] = request["medicationCodeableConcept"].clone();
            detail["subDetail"][0]["quantity"] = request["dispenseRequest"]["quantity"].clone();
            detail["subDetail"][0]["quantity"]["value"] = (*supplied).into();
            if let Some(issue) = told.issue {
                detail["extension"].as_array_mut().unwrap().push(repeats(issue));
            }
            detail
        });
        item["detail"] = details.collect();
        if let Some(issue) = told.issue {
            item["extension"].as_array_mut().unwrap().push(repeats(issue));
        }
        (claim, id)
    }
}
