//! The answer of the NHS 111 tracker.

use super::field::{InWords, optional, required, worded, write as field};
use super::input::In;
use crate::fhir::json::JsonWriter;
use crate::fhir::json::Node;
use crate::ids::LineItemId;
use crate::model::{
    AnswerForm, RepeatNumber, SpinePrescriptionId, TrackedDetails, TrackedItem, TrackedOrganisation,
    TrackedPrescription, TrackerAnswer,
};
use crate::rules::{ids, tracker as rules};

/// The key that every answer has.
pub(super) const STATUS_CODE: &str = "statusCode";
const PRESCRIPTIONS: &str = "prescriptions";

/// The answer itself: the NHS API puts one into `spineResponse` when it logs it.
pub(super) fn unwrapped(root: Node<'_>) -> Node<'_> {
    root.get("spineResponse").unwrap_or(root)
}

pub(super) fn read(input: &mut In, root: Node<'_>) -> Option<TrackerAnswer> {
    let answer = unwrapped(root);
    if !answer.is_object() {
        input.breach(&rules::ANSWER, answer);
        return None;
    }
    let version = optional(input, answer, "version");
    let status_code = required(input, answer, STATUS_CODE);
    let reason = optional(input, answer, "reason");
    let (form, prescriptions) = match answer.get(PRESCRIPTIONS) {
        Some(summary) => {
            let summary = input.object(summary)?;
            (AnswerForm::Summary, input.every(summary.members(), read_prescription))
        }
        // The details of a prescription stand beside the other keys: whatever is an object.
        None => {
            let details = answer.members().filter(|(_, node)| node.is_object());
            (AnswerForm::Details, input.every(details, read_prescription))
        }
    };
    Some(TrackerAnswer {
        form,
        version: version?,
        status_code: status_code?,
        reason: reason?,
        prescriptions: prescriptions?,
    })
}

pub(super) fn write(json: &mut JsonWriter, answer: &TrackerAnswer) {
    let TrackerAnswer { form, version, status_code, reason, prescriptions } = answer;
    field(json, "version", version.as_ref());
    field(json, "reason", reason.as_ref());
    field(json, STATUS_CODE, Some(status_code));
    match form {
        AnswerForm::Summary => json.member(PRESCRIPTIONS, |json| write_prescriptions(json, prescriptions)),
        AnswerForm::Details => write_prescriptions(json, prescriptions),
    }
}

fn write_prescriptions(json: &mut JsonWriter, prescriptions: &[TrackedPrescription]) {
    for prescription in prescriptions {
        json.member(prescription.id.as_str(), |json| write_prescription(json, prescription));
    }
}

fn read_prescription(input: &mut In, (key, node): (&str, Node<'_>)) -> Option<TrackedPrescription> {
    let node = input.object(node)?;
    let id = key.parse::<SpinePrescriptionId>().ok();
    if id.is_none() {
        input.breach(&rules::TEXT, node);
    }
    let status = worded(input, node, "prescriptionStatus");
    let last_event = optional(input, node, "lastEventDate");
    let issued = optional(input, node, "prescriptionIssueDate");
    let downloaded = optional(input, node, "prescriptionDownloadDate");
    let dispensed = optional(input, node, "prescriptionDispensedDate");
    let claimed = optional(input, node, "prescriptionClaimedDate");
    let last_issue_dispensed = optional(input, node, "prescriptionLastIssueDispensedDate");
    let nhs_number = required(input, node, "patientNhsNumber");
    let release = optional(input, node, "epsVersion");
    let pending_cancellations = optional(input, node, "pendingCancellations");
    let treatment_type = worded(input, node, "prescriptionTreatmentType");
    let repeat = input.maybe(node, "repeatInstance", read_repeat);
    let prescriber = input.maybe(node, "prescriber", read_organisation);
    let nominated_pharmacy = input.maybe(node, "nominatedPharmacy", read_organisation);
    let dispensing_pharmacy = input.maybe(node, "dispensingPharmacy", read_organisation);
    let items = input.maybe(node, "lineItems", |input, items| input.every(items.members(), read_item));
    Some(TrackedPrescription {
        id: id?,
        status: status?,
        treatment_type: treatment_type?,
        repeat: repeat?,
        nhs_number: nhs_number?,
        release: release?,
        pending_cancellations: pending_cancellations?.unwrap_or_default(),
        last_event: last_event?,
        issued: issued?,
        downloaded: downloaded?,
        dispensed: dispensed?,
        claimed: claimed?,
        last_issue_dispensed: last_issue_dispensed?,
        prescriber: prescriber?,
        nominated_pharmacy: nominated_pharmacy?,
        dispensing_pharmacy: dispensing_pharmacy?,
        items: items?.unwrap_or_default(),
    })
}

fn write_prescription(json: &mut JsonWriter, prescription: &TrackedPrescription) {
    let TrackedPrescription {
        id: _,
        status,
        treatment_type,
        repeat,
        nhs_number,
        release,
        pending_cancellations,
        last_event,
        issued,
        downloaded,
        dispensed,
        claimed,
        last_issue_dispensed,
        prescriber,
        nominated_pharmacy,
        dispensing_pharmacy,
        items,
    } = prescription;
    field(json, "prescriptionStatus", Some(&InWords(*status)));
    field(json, "lastEventDate", last_event.as_ref());
    field(json, "prescriptionIssueDate", issued.as_ref());
    field(json, "prescriptionDownloadDate", downloaded.as_ref());
    field(json, "prescriptionDispensedDate", dispensed.as_ref());
    field(json, "prescriptionClaimedDate", claimed.as_ref());
    field(json, "prescriptionLastIssueDispensedDate", last_issue_dispensed.as_ref());
    field(json, "patientNhsNumber", Some(nhs_number));
    field(json, "epsVersion", release.as_ref());
    field(json, "pendingCancellations", Some(pending_cancellations));
    field(json, "prescriptionTreatmentType", Some(&InWords(*treatment_type)));
    if let Some(RepeatNumber { low, high }) = repeat {
        json.member("repeatInstance", |json| {
            field(json, "currentIssue", Some(low));
            field(json, "totalAuthorised", Some(high));
        });
    }
    write_organisation(json, "prescriber", prescriber.as_ref());
    write_organisation(json, "nominatedPharmacy", nominated_pharmacy.as_ref());
    write_organisation(json, "dispensingPharmacy", dispensing_pharmacy.as_ref());
    json.member("lineItems", |json| items.iter().for_each(|item| write_item(json, item)));
}

fn read_repeat(input: &mut In, node: Node<'_>) -> Option<RepeatNumber> {
    let low = required(input, node, "currentIssue");
    let high = required(input, node, "totalAuthorised");
    Some(RepeatNumber { low: low?, high: high? })
}

fn read_organisation(input: &mut In, node: Node<'_>) -> Option<TrackedOrganisation> {
    let name = optional(input, node, "name");
    let address = optional(input, node, "address");
    let phone = optional(input, node, "phone");
    let ods = optional(input, node, "ods");
    Some(TrackedOrganisation { ods: ods?, name: name?, address: address?, phone: phone? })
}

fn write_organisation(json: &mut JsonWriter, key: &'static str, organisation: Option<&TrackedOrganisation>) {
    let Some(TrackedOrganisation { ods, name, address, phone }) = organisation else { return };
    json.member(key, |json| {
        field(json, "name", name.as_ref());
        field(json, "address", address.as_ref());
        field(json, "phone", phone.as_ref());
        field(json, "ods", ods.as_ref());
    });
}

/// An item: a text in a summary, an object in the details.
fn read_item(input: &mut In, (key, node): (&str, Node<'_>)) -> Option<TrackedItem> {
    let id = key.parse::<LineItemId>().ok();
    if id.is_none() {
        input.breach(&ids::UUID_FORM, node);
    }
    let (description, details) = if node.is_object() {
        (optional(input, node, "description"), read_details(input, node).map(Some))
    } else {
        (super::field::read(input, node), Some(None))
    };
    Some(TrackedItem { id: id?, description: description?, details: details? })
}

fn read_details(input: &mut In, node: Node<'_>) -> Option<TrackedDetails> {
    let quantity = optional(input, node, "quantity");
    let unit = optional(input, node, "uom");
    let dosage = optional(input, node, "dosage");
    let status = worded(input, node, "itemStatus");
    let code = optional(input, node, "code");
    Some(TrackedDetails { quantity: quantity?, unit: unit?, dosage: dosage?, status: status?, code: code? })
}

fn write_item(json: &mut JsonWriter, item: &TrackedItem) {
    let TrackedItem { id, description, details } = item;
    let id = id.to_string();
    let Some(TrackedDetails { quantity, unit, dosage, status, code }) = details else {
        json.text(&id, description.as_ref().map_or("", |text| text.as_str()));
        return;
    };
    json.member(&id, |json| {
        field(json, "description", description.as_ref());
        field(json, "quantity", quantity.as_ref());
        field(json, "uom", unit.as_ref());
        field(json, "dosage", dosage.as_ref());
        field(json, "itemStatus", Some(&InWords(*status)));
        field(json, "code", code.as_ref());
    });
}
