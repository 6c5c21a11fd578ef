//! Status updates in the format of one supplier, written as the Bundle of Tasks that every other one sends.
//!
//! Source: `NHSDigital/eps-prescription-status-update-api`, `cpsuLambda`, `format_1`.

use crate::codes::{DeliveryType, PatientStatus, SupplierStatus, TaskStatus, system};
use crate::fhir::json::{Json, JsonWriter, Node};
use crate::ids::Guid;
use crate::problem::Problems;

/// The messages that tell of items; a supplier sends others too.
const CHANGED: &str = "PrescriptionStatusChanged";

/// Reads `{MessageType, messageDate, prescriptionUUID, repeatNo, oDSCode, deliveryType, nHSCHI, items}` and writes the
/// transaction Bundle of it; `None` where the message tells of no items. What is missing or not known is missing in the Bundle,
/// whose reader tells so. Each Task takes one id.
///
/// # Errors
/// What makes it no JSON.
pub fn supplier_status_updates(bytes: &[u8], ids: &mut dyn FnMut() -> Guid) -> Result<Option<Vec<u8>>, Problems> {
    let json = Json::parse(bytes)?;
    let message = json.root();
    if message.str("MessageType") != Some(CHANGED) {
        return Ok(None);
    }
    let delivery = message.str("deliveryType").and_then(|delivery| delivery.parse().ok());
    let told = Told { message, delivery: delivery.unwrap_or(DeliveryType::NotKnown) };
    Ok(Some(super::document(512 + bytes.len() * 2, |json| {
        json.text("resourceType", "Bundle");
        json.text("type", "transaction");
        json.list("entry", |json| {
            for item in message.list("items").filter(|item| !is_over(*item)) {
                told.entry(json, item, ids());
            }
        });
    })))
}

fn status(item: Node<'_>, key: &str) -> Option<SupplierStatus> {
    item.str(key).and_then(|status| status.parse().ok())
}

/// Whether the item was completed without a supply, of which the patient was told already.
fn is_over(item: Node<'_>) -> bool {
    status(item, "status") == Some(SupplierStatus::DispensingComplete)
        && status(item, "completedStatus").is_some_and(SupplierStatus::is_without_supply)
}

/// A message about items.
struct Told<'d> {
    message: Node<'d>,
    delivery: DeliveryType,
}

impl Told<'_> {
    fn entry(&self, json: &mut JsonWriter, item: Node<'_>, id: Guid) {
        json.object(|json| {
            json.prefixed_guid("fullUrl", "urn:uuid:", id);
            json.member("resource", |json| self.task(json, item, id));
            json.member("request", |json| {
                json.text("method", "POST");
                json.text("url", "Task");
            });
        });
    }

    fn task(&self, json: &mut JsonWriter, item: Node<'_>, id: Guid) {
        let told = |key| self.message.str(key).unwrap_or_default();
        json.text("resourceType", "Task");
        json.guid("id", id);
        json.list("basedOn", |json| {
            let prescription = told("prescriptionUUID");
            json.object(|json| json.identifier("identifier", system::PRESCRIPTION_NUMBER, prescription));
        });
        if let Some(status) = status(item, "status") {
            let patient = status.patient(self.delivery);
            json.text("status", if status.is_last() { TaskStatus::Completed } else { TaskStatus::InProgress }.code());
            json.concept("businessStatus", PatientStatus::SYSTEM, patient.code(), None);
        }
        json.text("intent", "order");
        json.named("focus", system::ORDER_ITEM, item.str("itemID").unwrap_or_default());
        json.named("for", system::NHS_NUMBER, told("nHSCHI"));
        json.text("lastModified", &instant(told("messageDate")));
        json.named("owner", system::ODS, told("oDSCode"));
        let repeat: Option<u32> =
            self.message.get("repeatNo").and_then(Node::as_number).and_then(|number| number.parse().ok());
        if let Some(repeat) = repeat {
            json.list_of_one("input", |json| {
                json.member("type", |json| json.text("text", "Repeat Number"));
                json.count("valueInteger", repeat);
            });
        }
    }
}

/// A time as FHIR writes it; the supplier also writes `2024-04-12 11:36:47`, in UTC.
fn instant(text: &str) -> String {
    match text.split_once(' ') {
        Some((day, time)) => format!("{day}T{time}Z"),
        None => text.to_owned(),
    }
}
