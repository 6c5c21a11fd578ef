//! What a FHIR message can get wrong.

use serde_json::{Value, json};

use super::json::At::{Below, Fixed, Here, Owner, Up};
use super::json::Change::{Add, Remove, Set, Times, Twice};
use super::json::{Row, seeds_of};
use super::walk::four_items;
use super::{Judged, Seed};

pub(super) fn order() -> Value {
    serde_json::from_str(include_str!("../../../eps-transport/data/prescription-order.json")).unwrap()
}

/// The order as repeat dispensing, six issues of seven days.
pub(super) fn repeat_dispensing() -> Value {
    let mut order = order();
    for entry in order["entry"].as_array_mut().unwrap() {
        let request = &mut entry["resource"];
        if request["resourceType"] == "MedicationRequest" {
            request["courseOfTherapyType"]["coding"][0]["code"] = json!("continuous-repeat-dispensing");
            let dispense = &mut request["dispenseRequest"];
            dispense["numberOfRepeatsAllowed"] = json!(5);
            dispense["validityPeriod"] = json!({"start": "2026-03-02", "end": "2026-12-01"});
        }
    }
    order
}

pub(super) fn notification() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/notification.json")).unwrap()
}

pub(super) fn claim() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/claim.json")).unwrap()
}

pub(super) fn release() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/release.json")).unwrap()
}

pub(super) fn signed() -> Value {
    let mut order = order();
    let who = order["entry"][1]["resource"]["requester"].clone();
    let provenance = json!({"fullUrl": "urn:uuid:provenance", "resource": {
        "resourceType": "Provenance",
        "signature": [{"who": who, "when": "2026-03-02T09:00:00+00:00", "data": "PFNpZ25hdHVyZS8+"}],
    }});
    order["entry"].as_array_mut().unwrap().push(provenance);
    order
}

fn without(mut bundle: Value, index: usize) -> Value {
    drop(bundle["entry"].as_array_mut().unwrap().remove(index));
    bundle
}

fn one_request() -> Value {
    without(order(), 2)
}

fn one_dispense() -> Value {
    without(notification(), 2)
}

fn with(mut bundle: Value, resource: &Value) -> Value {
    let full_url = format!("urn:uuid:{}", resource["resourceType"].as_str().unwrap());
    bundle["entry"].as_array_mut().unwrap().push(json!({"fullUrl": full_url, "resource": resource}));
    bundle
}

fn responsible() -> Value {
    let mut order = order();
    for index in [1, 2] {
        let requester = order["entry"][index]["resource"]["requester"].clone();
        let extensions = order["entry"][index]["resource"]["extension"].as_array_mut().unwrap();
        extensions.push(json!({
            "url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-ResponsiblePractitioner",
            "valueReference": requester,
        }));
    }
    order
}

fn told() -> Value {
    with(order(), &json!({"resourceType": "CommunicationRequest", "payload": [{"contentString": "Hello"}]}))
}

/// A hospital prescribes through a service, which has its address from a location.
pub(super) fn hospital() -> Value {
    let mut order = order();
    for index in [1, 2] {
        order["entry"][index]["resource"]["extension"][0]["valueCoding"]["code"] = json!("1001");
    }
    order["entry"][4]["resource"]["healthcareService"] = json!([{"reference": "urn:uuid:HealthcareService"}]);
    let service = json!({
        "resourceType": "HealthcareService",
        "identifier": [{"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "A99968"}],
        "name": "OUTPATIENTS",
        "telecom": [{"system": "phone", "use": "work", "value": "01632 960300"}],
        "location": [{"reference": "urn:uuid:Location"}],
    });
    let address = json!({"line": ["1 WARD ROAD"], "postalCode": "ZZ99 3VZ"});
    with(with(order, &service), &json!({"resourceType": "Location", "address": address}))
}

fn not_dispensed() -> Value {
    let mut notification = notification();
    for index in [1, 2] {
        let extensions = notification["entry"][index]["resource"]["extension"].as_array_mut().unwrap();
        extensions.push(json!({
            "url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-PrescriptionNonDispensingReason",
            "valueCoding": {"system": "https://fhir.nhs.uk/CodeSystem/medicationdispense-status-reason", "code": "0004"},
        }));
    }
    notification
}

fn every_other_day() -> Value {
    let mut request = dosage();
    request["dosageInstruction"][0]["timing"]["repeat"]["period"] = json!(2);
    request
}

fn dosage() -> Value {
    json!({"resourceType": "MedicationRequest", "dosageInstruction": [{
        "timing": {"event": ["2026-03-02"], "repeat": {
            "frequency": 1, "period": 1, "periodUnit": "d", "when": ["MORN"], "dayOfWeek": ["mon"], "timeOfDay": ["08:00:00"],
        }},
        "asNeededCodeableConcept": {"coding": [{"display": "pain"}]},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
    }]})
}

/// The order with one request, which it cancels.
pub(super) fn cancellation() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/cancellation.json")).unwrap()
}

/// A Task that gives the prescription back.
pub(super) fn returned() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/return.json")).unwrap()
}

/// A Task that takes a dispense notification back.
pub(super) fn withdrawn() -> Value {
    serde_json::from_str(include_str!("../../../fuzz/seeds/fhir_read/withdrawal.json")).unwrap()
}

pub(super) fn seeds() -> Vec<Seed> {
    let rows = [ROWS, DISPENSING, UPDATES].concat();
    let mut seeds = seeds_of(&rows, Judged::Validate);
    seeds.extend(seeds_of(STRICT, Judged::Strict));
    seeds.extend(seeds_of(DOSAGES, Judged::Dosage));
    let without_ids: Row = ("fhir.message.unsupported", release, "/parameter/2", Remove, Fixed(""));
    seeds.extend(seeds_of(&[without_ids], Judged::WithoutIds));
    seeds
}

const ROWS: &[Row] = &[
    ("fhir.element.too-few", order, "/entry/[Patient]", Remove, Fixed("")),
    ("fhir.element.too-many", order, "/entry/[Patient]", Twice, Fixed("/entry/4/resource")),
    ("fhir.bundle.too-many-medication-requests", order, "/entry/1", Times(4), Fixed("/entry/5/resource")),
    ("fhir.bundle.no-medication-request", one_request, "/entry/[MedicationRequest]", Remove, Fixed("")),
    (
        "fhir.dosage-instruction.sequence",
        order,
        "/entry/[MedicationRequest]/resource/dosageInstruction/0",
        Twice,
        Owner,
    ),
    (
        "fhir.course-of-therapy.unknown",
        one_request,
        "/entry/1/resource/courseOfTherapyType/coding/0/code",
        Set("\"x\""),
        Here,
    ),
    (
        "fhir.communication-request.too-long",
        told,
        "/entry/[CommunicationRequest]/resource/payload/0",
        Times(1025),
        Fixed("/entry/7/resource/payload/1024"),
    ),
    ("fhir.medications.inconsistent", order, "/entry/2/resource/groupIdentifier/value", Set("\"X\""), Owner),
    ("fhir.medications.inconsistent", order, "/entry/2/resource/subject/reference", Set("\"urn:x\""), Owner),
    ("fhir.medications.inconsistent", order, "/entry/2/resource/requester/reference", Set("\"urn:x\""), Owner),
    ("fhir.medications.inconsistent", order, "/entry/2/resource/category", Remove, Owner),
    ("fhir.medications.inconsistent", order, "/entry/2/resource/dispenseRequest/performer", Remove, Up(2)),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource",
        Add("authoredOn", "\"2026-03-01\""),
        Below("/authoredOn"),
    ),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource",
        Add("category", r#"[{"text": "other"}]"#),
        Below("/category/0"),
    ),
    ("fhir.medications.inconsistent", four_items, "/entry/2|3|4/resource/category", Remove, Owner),
    ("fhir.medications.inconsistent", four_items, "/entry/2|3|4/resource/groupIdentifier/value", Set("\"X\""), Owner),
    ("fhir.medications.inconsistent", four_items, "/entry/2|3|4/resource/subject/reference", Set("\"urn:x\""), Owner),
    ("fhir.medications.inconsistent", four_items, "/entry/2|3|4/resource/requester/reference", Set("\"urn:x\""), Owner),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource/dispenseRequest/performer/identifier/value",
        Set("\"FZ418\""),
        Up(2),
    ),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource/dispenseRequest",
        Add("validityPeriod", r#"{"start": "2026-03-02"}"#),
        Below("/validityPeriod"),
    ),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource/dispenseRequest/expectedSupplyDuration/value",
        Set("8"),
        Owner,
    ),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource/dispenseRequest/extension/0/valueCoding/code",
        Set("\"P2\""),
        Up(2),
    ),
    (
        "fhir.medications.inconsistent",
        four_items,
        "/entry/2|3|4/resource/extension/0/valueCoding/code",
        Set("\"0102\""),
        Up(2),
    ),
    (
        "fhir.medications.inconsistent",
        responsible,
        "/entry/2/resource/extension/1/valueReference/reference",
        Set("\"urn:x\""),
        Up(2),
    ),
    (
        "fhir.medications.inconsistent",
        repeat_dispensing,
        "/entry/2/resource/dispenseRequest/numberOfRepeatsAllowed",
        Set("4"),
        Here,
    ),
    ("fhir.location.address", hospital, "/entry/[Location]/resource/address", Remove, Owner),
    ("fhir.resource-type", order, "/resourceType", Set("\"Patient\""), Here),
    ("fhir.message-header.event", order, "/entry/[MessageHeader]/resource/eventCoding/code", Set("\"other\""), Here),
    ("fhir.element.type", order, "/entry/[MedicationRequest]/resource/dosageInstruction/*/text", Set("5"), Here),
    ("fhir.element.required", order, "/entry/1/resource/groupIdentifier/value", Remove, Owner),
    ("fhir.text.empty", order, "/entry/[MedicationRequest]/resource/dosageInstruction/*/text", Set("\"\""), Here),
    (
        "fhir.text.character",
        order,
        "/entry/[MedicationRequest]/resource/dosageInstruction/*/text",
        Set("\"a\\u000bb\""),
        Here,
    ),
    ("fhir.text.character", order, "/entry/[Organization]/resource/name", Set("\"a\\u000bb\""), Here),
    (
        "fhir.code.form",
        order,
        "/entry/[MedicationRequest]/resource/medicationCodeableConcept/coding/*/code",
        Set("\"3 9\""),
        Here,
    ),
    ("fhir.code.unknown", order, "/entry/1/resource/dispenseRequest/extension/*/valueCoding/code", Set("\"P9\""), Here),
    (
        "fhir.date-time.form",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/validityPeriod/start",
        Set("\"today\""),
        Here,
    ),
    (
        "fhir.date-time.form",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/validityPeriod/end",
        Set("\"today\""),
        Here,
    ),
    ("fhir.date-time.form", signed, "/entry/[Provenance]/resource/signature/*/when", Set("\"today\""), Here),
    ("fhir.date.form", order, "/entry/[Patient]/resource/birthDate", Set("\"21 August\""), Here),
    ("fhir.date.impossible", order, "/entry/[Patient]/resource/birthDate", Set("\"2025-02-29\""), Here),
    ("fhir.count", repeat_dispensing, "/entry/1/resource/dispenseRequest/numberOfRepeatsAllowed", Set("1.5"), Here),
    (
        "fhir.quantity.decimal",
        order,
        "/entry/[MedicationRequest]/resource/dispenseRequest/quantity/value",
        Set("\"21\""),
        Here,
    ),
    ("fhir.name.use", order, "/entry/[Patient]/resource/name/*/use", Set("\"pet\""), Here),
    ("fhir.name.use", order, "/entry/[Practitioner]/resource/name/*/use", Set("\"pet\""), Here),
    ("fhir.telecom.use", order, "/entry/[Patient]/resource/telecom/*/use", Set("\"sea\""), Here),
    ("fhir.telecom.use", order, "/entry/[Organization]/resource/telecom/*/use", Set("\"sea\""), Here),
    ("fhir.telecom.use", order, "/entry/[PractitionerRole]/resource/telecom/*/use", Set("\"sea\""), Here),
    ("fhir.address.use", order, "/entry/[Patient]/resource/address/*/use", Set("\"sea\""), Here),
    ("fhir.address.use", order, "/entry/[Organization]/resource/address/*/use", Set("\"sea\""), Here),
    ("fhir.patient.gender", order, "/entry/[Patient]/resource/gender", Set("\"F\""), Here),
    ("fhir.practitioner-role.telecom", order, "/entry/[PractitionerRole]/resource/telecom", Remove, Owner),
    (
        "fhir.practitioner-role.code",
        order,
        "/entry/[PractitionerRole]/resource/code/*/coding/*/system",
        Set("\"urn:x\""),
        Up(4),
    ),
    ("fhir.practitioner.no-professional-code", order, "/entry/[Practitioner]/resource/identifier/1", Remove, Up(2)),
    (
        "fhir.practitioner.professional-codes",
        order,
        "/entry/[Practitioner]/resource/identifier/0",
        Set(r#"{"system": "https://fhir.hl7.org.uk/Id/nmc-number", "value": "1"}"#),
        Up(2),
    ),
    ("fhir.organization.name", order, "/entry/[Organization]/resource/name", Remove, Owner),
    ("fhir.signature.format", signed, "/entry/[Provenance]/resource/signature/*/data", Set("\"no XML\""), Here),
    (
        "fhir.course-of-therapy.mixed",
        order,
        "/entry/2/resource/courseOfTherapyType/coding/*/code",
        Set("\"continuous-repeat-dispensing\""),
        Here,
    ),
    ("fhir.bundle.entries", order, "/entry/[Organization]", Times(300), Fixed("/entry")),
    (
        "fhir.message-header.focus",
        order,
        "/entry/[MedicationRequest]/resource/resourceType",
        Set("\"MedicationRequests\""),
        Here,
    ),
    ("fhir.medication-request.intent", order, "/entry/[MedicationRequest]/resource/intent", Set("\"plan\""), Here),
    (
        "fhir.medication.twice",
        order,
        "/entry/[MedicationRequest]/resource",
        Add("medicationReference", r#"{"reference": "urn:uuid:medicine"}"#),
        Here,
    ),
    ("fhir.telecom.incomplete", order, "/entry/[Organization]/resource/telecom/*/value", Remove, Owner),
    ("fhir.telecom.incomplete", order, "/entry/[PractitionerRole]/resource/telecom/*/value", Remove, Owner),
    ("fhir.telecom.incomplete", order, "/entry/[Organization]/resource/telecom/*/use", Remove, Owner),
    ("fhir.telecom.incomplete", order, "/entry/[PractitionerRole]/resource/telecom/*/use", Remove, Owner),
    ("fhir.medication-request.status", order, "/entry/[MedicationRequest]/resource/status", Set("\"draft\""), Here),
    (
        "fhir.practitioner-role.unexpected-service",
        order,
        "/entry/[PractitionerRole]/resource",
        Add("healthcareService", r#"[{"reference": "urn:uuid:service"}]"#),
        Below("/healthcareService"),
    ),
    ("fhir.organization.part-of", order, "/entry/[Organization]/resource/partOf", Remove, Owner),
    (
        "fhir.practitioner.gmp",
        order,
        "/entry/[Practitioner]/resource/identifier/1/system",
        Set("\"https://fhir.hl7.org.uk/Id/gmp-number\""),
        Up(1),
    ),
    (
        "fhir.repeat-dispensing.incomplete",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/expectedSupplyDuration",
        Remove,
        Owner,
    ),
    (
        "fhir.repeats-allowed",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/numberOfRepeatsAllowed",
        Remove,
        Owner,
    ),
    (
        "fhir.supply-duration.unit",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/expectedSupplyDuration/code",
        Set("\"wk\""),
        Here,
    ),
    (
        "fhir.medication-request.duplicate-identifier",
        order,
        "/entry/2/resource/identifier/0/value",
        Set("\"3f0f7a52-9a6e-4c55-8a5a-0c5d7b1e2a41\""),
        Here,
    ),
    (
        "fhir.dosage-instruction.missing",
        order,
        "/entry/[MedicationRequest]/resource/dosageInstruction",
        Set("[]"),
        Here,
    ),
    ("ids.nhs-number", order, "/entry/[Patient]/resource/identifier/*/value", Set("\"9990173924\""), Here),
    ("ids.prescription-id.form", order, "/entry/1/resource/groupIdentifier/value", Set("\"5D1B7C\""), Here),
    (
        "ids.prescription-id.check-character",
        order,
        "/entry/1/resource/groupIdentifier/value",
        Set("\"5D1B7C-Y90217-3E42AZ\""),
        Here,
    ),
    ("ids.uuid", order, "/identifier/value", Set("\"1\""), Here),
    ("ids.uuid", order, "/entry/[MedicationRequest]/resource/identifier/*/value", Set("\"1\""), Here),
    ("ids.ods-code", order, "/entry/[Organization]/resource/identifier/*/value", Set("\"A 1\""), Here),
    ("ids.ods-code", order, "/entry/[Patient]/resource/generalPractitioner/*/identifier/value", Set("\"A 1\""), Here),
    ("ids.sds", order, "/entry/[PractitionerRole]/resource/identifier/*/value", Set("\"A1\""), Here),
];

const STRICT: &[Row] = &[
    (
        "fhir.responsible-practitioner.reference",
        responsible,
        "/entry/[PractitionerRole]/resource/practitioner",
        Set("{}"),
        Here,
    ),
    (
        "fhir.practitioner-role.reference",
        order,
        "/entry/[PractitionerRole]/resource/organization",
        Set(r#"{"identifier": {"value": "Y90217"}}"#),
        Here,
    ),
];

const DISPENSING: &[Row] = &[
    ("fhir.contained.type", claim, "/provider/reference", Set("\"#pharmacy\""), Fixed("/contained/1")),
    ("fhir.bundle.no-medication-dispense", one_dispense, "/entry/[MedicationDispense]", Remove, Fixed("")),
    ("fhir.claim.endorsement", claim, "/item/0/detail/0/programCode/0", Remove, Up(2)),
    ("fhir.claim.organization", claim, "/contained/0/organization/reference", Remove, Owner),
    ("fhir.claim.too-long", claim, "/item/0/detail/0/subDetail/0", Times(65), Up(2)),
    (
        "fhir.dispenser.organization",
        notification,
        "/entry/1/resource/contained/0/organization/reference",
        Remove,
        Owner,
    ),
    (
        "fhir.medications.inconsistent",
        notification,
        "/entry/2/resource/whenHandedOver",
        Set("\"2026-03-04T11:15:00+00:00\""),
        Here,
    ),
    (
        "fhir.not-dispensed-reasons",
        not_dispensed,
        "/entry/2/resource/extension/1/valueCoding/code",
        Set("\"0005\""),
        Owner,
    ),
    ("fhir.claim.charge", claim, "/item/*/detail/*/programCode/1/coding/0/code", Set("\"free\""), Here),
    ("fhir.claim.insurance", claim, "/insurance/0", Twice, Owner),
    ("fhir.claim.insurance.authority", claim, "/insurance/0/coverage/identifier/value", Set("\"X1\""), Here),
    ("fhir.contained.missing", claim, "/provider/reference", Set("\"#nobody\""), Here),
    ("fhir.message.release-response", release, "/parameter/0/name", Set("\"passedPrescriptions\""), Owner),
    ("fhir.message.release-response", release, "/parameter/1/name", Set("\"failedPrescriptions\""), Owner),
    ("fhir.release.owner", release, "/parameter/0", Remove, Owner),
    ("fhir.release.agent", release, "/parameter/1", Remove, Owner),
    (
        "fhir.medication-dispense.performer",
        notification,
        "/entry/[MedicationDispense]/resource/performer",
        Remove,
        Owner,
    ),
    (
        "fhir.medication.twice",
        notification,
        "/entry/[MedicationDispense]/resource",
        Add("medicationReference", r##"{"reference": "#x"}"##),
        Here,
    ),
    ("fhir.reimbursement-authority", notification, "/entry/[Organization]/resource/extension", Remove, Owner),
    (
        "fhir.reimbursement-authority.code",
        notification,
        "/entry/[Organization]/resource/extension/0/extension/0",
        Remove,
        Up(2),
    ),
    ("fhir.dispenser.telecom", release, "/parameter/1/resource/telecom", Remove, Owner),
    ("fhir.dispenser.practitioner", release, "/parameter/1/resource/practitioner/identifier", Remove, Owner),
];

/// Cancellations, returns and withdrawals.
const UPDATES: &[Row] = &[
    ("fhir.cancellation.requests", cancellation, "/entry/1", Twice, Fixed("/entry")),
    ("fhir.cancellation.requests", cancellation, "/entry/1", Remove, Fixed("/entry")),
    ("fhir.cancellation.status", cancellation, "/entry/1/resource/status", Set("\"active\""), Here),
    ("fhir.cancellation.status", cancellation, "/entry/1/resource/status", Remove, Owner),
    ("fhir.cancellation.reason", cancellation, "/entry/1/resource/statusReason", Remove, Owner),
    ("fhir.task.intent", returned, "/intent", Set("\"plan\""), Here),
    ("fhir.task.intent", withdrawn, "/intent", Remove, Owner),
    ("fhir.task.requester", returned, "/requester/reference", Remove, Owner),
    ("fhir.task.requester", withdrawn, "/requester/reference", Set("\"\""), Owner),
    ("fhir.task.organization", returned, "/contained/0/organization/reference", Remove, Owner),
    ("fhir.task.organization", withdrawn, "/contained/0/organization/reference", Remove, Owner),
    ("fhir.task.status", returned, "/status", Set("\"ready\""), Here),
    ("fhir.task.status", returned, "/status", Remove, Owner),
    ("fhir.task.code.missing", withdrawn, "/code", Remove, Owner),
    ("fhir.task.code", withdrawn, "/code/coding/0/code", Set("\"fulfill\""), Here),
    ("fhir.task.code", withdrawn, "/code/coding/0/code", Remove, Owner),
    ("fhir.task.reason", returned, "/statusReason", Remove, Owner),
    ("fhir.task.reason", withdrawn, "/statusReason/coding/0/system", Set("\"urn:x\""), Up(3)),
    ("fhir.dispenser.practitioner", returned, "/contained/0/practitioner/identifier", Remove, Owner),
    ("fhir.dispenser.practitioner", withdrawn, "/contained/0/practitioner/identifier", Remove, Owner),
];

const DOSAGES: &[Row] = &[
    ("fhir.dosage.period", every_other_day, "/dosageInstruction/0/timing/repeat/frequency", Remove, Owner),
    ("fhir.dosage.field", dosage, "/dosageInstruction/0/doseAndRate/0/doseQuantity/value", Remove, Owner),
    ("fhir.dosage.field", dosage, "/dosageInstruction/0/doseAndRate/0/doseQuantity/unit", Remove, Owner),
    ("fhir.dosage.sequence", dosage, "/dosageInstruction/0", Twice, Here),
    ("fhir.dosage.as-needed", dosage, "/dosageInstruction/0/asNeededCodeableConcept/coding", Set("[]"), Owner),
    ("fhir.dosage.unit-of-time", dosage, "/dosageInstruction/0/timing/repeat/periodUnit", Set("\"moon\""), Here),
    ("fhir.dosage.event-timing", dosage, "/dosageInstruction/0/timing/repeat/when/0", Set("\"TEA\""), Here),
    ("fhir.dosage.day-of-week", dosage, "/dosageInstruction/0/timing/repeat/dayOfWeek/0", Set("\"noday\""), Here),
    ("fhir.dosage.time-of-day", dosage, "/dosageInstruction/0/timing/repeat/timeOfDay/0", Set("\"24:00:00\""), Here),
    ("fhir.dosage.date-time", dosage, "/dosageInstruction/0/timing/event/0", Set("\"today\""), Here),
];
