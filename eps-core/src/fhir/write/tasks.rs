//! A `TrackerAnswer` as a Bundle of Tasks: what GET Task answers.

use super::outcome::Issue;
use super::tracked::course;
use crate::codes::{CourseOfTherapy, ItemStatus, PrescriptionStatus, TaskCode, TaskStatus, system};
use crate::fhir::json::JsonWriter;
use crate::fhir::task_query::TaskQuery;
use crate::ids::{Guid, OdsCode};
use crate::model::{
    RepeatNumber, SpineTime, Text, Timestamp, TrackedItem, TrackedOrganisation, TrackedPrescription, TrackerAnswer,
};

/// Input of a Task: the prescription.
const PRESCRIPTION: (&str, &str) = ("16076005", "Prescription");
/// Output of a Task: what was dispensed.
const DISPENSING: (&str, &str) = ("373784005", "Dispensing medication");

/// Writes the answer of Spine's NHS 111 tracker as the searchset Bundle that GET Task gives: one Task for each prescription
/// that the query asks for, in the order of the answer. A question that Spine did not answer becomes an OperationOutcome; the
/// NHS service sends either with HTTP 200.
///
/// Each Task takes one id. Source: NHS England's electronic-prescription-service-api, coordinator:
/// `services/translation/response/tracker`.
pub fn write_tasks(
    answer: &TrackerAnswer,
    query: Option<&TaskQuery>,
    now: Timestamp,
    ids: &mut dyn FnMut() -> Guid,
) -> Vec<u8> {
    if !answer.is_good() {
        let reason = answer.reason.as_ref().map(Text::as_str);
        return super::outcome(now, &[Issue::error("invalid", system::SPINE_ISSUE, "INVALID", reason)]);
    }
    let asked_for = |prescription: &&TrackedPrescription| query.is_none_or(|query| query.matches(prescription));
    let prescriptions: Vec<_> = answer.prescriptions.iter().filter(asked_for).collect();
    super::document(2048 * prescriptions.len() + 256, |json| {
        json.text("resourceType", "Bundle");
        json.text("type", "searchset");
        json.count("total", u32::try_from(prescriptions.len()).unwrap_or(u32::MAX));
        json.kept_list("entry", |json| {
            for prescription in prescriptions {
                let id = ids();
                json.entry("Task", id, |json| task(json, id, prescription));
            }
        });
    })
}

/// The state of a Task for the status of its prescription.
pub(super) const fn task_status(status: PrescriptionStatus) -> TaskStatus {
    match status {
        PrescriptionStatus::AwaitingReleaseReady
        | PrescriptionStatus::ToBeDispensed
        | PrescriptionStatus::RepeatDispenseFutureInstance
        | PrescriptionStatus::PrescriptionFutureInstance => TaskStatus::Requested,
        PrescriptionStatus::WithDispenser => TaskStatus::Accepted,
        PrescriptionStatus::WithDispenserActive => TaskStatus::InProgress,
        PrescriptionStatus::Expired => TaskStatus::Failed,
        PrescriptionStatus::Cancelled | PrescriptionStatus::CancelledFutureInstance => TaskStatus::Cancelled,
        PrescriptionStatus::Dispensed
        | PrescriptionStatus::NotDispensed
        | PrescriptionStatus::Claimed
        | PrescriptionStatus::NoClaimed => TaskStatus::Completed,
    }
}

fn task(json: &mut JsonWriter, id: Guid, prescription: &TrackedPrescription) {
    let status = prescription.status;
    extensions(json, prescription);
    json.guid_identifiers("identifier", system::UUID, id);
    json.text("status", task_status(status).fhir_code());
    json.concept("businessStatus", PrescriptionStatus::SYSTEM, status.code(), Some(status.tracker()));
    json.text("intent", "order");
    json.concept("code", TaskCode::SYSTEM, TaskCode::Fulfill.code(), Some(TaskCode::Fulfill.display()));
    json.named("focus", system::PRESCRIPTION_NUMBER, prescription.id.as_str());
    json.named("for", system::NHS_NUMBER, prescription.nhs_number.as_str());
    if let Some(issued) = prescription.issued {
        json.plain("authoredOn", format_args!("{}", issued.date()));
    }
    json.organisation("requester", prescription.prescriber.as_ref());
    // The pharmacy that holds it; where none does, the one that will.
    let holder = prescription.dispensing_pharmacy.as_ref().filter(|pharmacy| pharmacy.ods.is_some());
    json.organisation("owner", holder.or(prescription.nominated_pharmacy.as_ref()));
    json.list("input", |json| prescription.items.iter().for_each(|item| input(json, item, prescription)));
    json.list("output", |json| prescription.items.iter().for_each(|item| output(json, item, prescription)));
}

/// How the prescription is issued, and which issue of how many; a single issue is not told.
fn extensions(json: &mut JsonWriter, prescription: &TrackedPrescription) {
    json.list("extension", |json| {
        json.extension(system::EPS_PRESCRIPTION, |json| {
            json.list("extension", |json| {
                let course = course(prescription.treatment_type);
                json.extension("courseOfTherapyType", |json| {
                    json.coding("valueCoding", CourseOfTherapy::SYSTEM, course.code(), Some(course.display()));
                });
            });
        });
        if let Some(RepeatNumber { low, high }) = prescription.repeat.filter(|repeat| repeat.high != 1) {
            json.extension(system::REPEAT, |json| {
                json.list("extension", |json| {
                    json.extension(system::part::REPEATS_ALLOWED, |json| json.count("valueInteger", high));
                    json.extension(system::part::REPEATS_ISSUED, |json| json.count("valueInteger", low));
                });
            });
        }
    });
}

/// An item as it was prescribed.
fn input(json: &mut JsonWriter, item: &TrackedItem, prescription: &TrackedPrescription) {
    json.object(|json| {
        let status = item.details.as_ref().map(|details| details.status);
        json.list("extension", |json| {
            if prescription.dispensed.is_none() && status.is_none() {
                return;
            }
            json.extension(system::DISPENSING_INFORMATION, |json| {
                json.list("extension", |json| {
                    if let Some(dispensed) = prescription.dispensed {
                        json.extension(system::part::LAST_DISPENSED, |json| {
                            json.spine_date_time("valueDateTime", dispensed);
                        });
                    }
                    if let Some(status) = status {
                        json.extension(system::part::DISPENSE_STATUS, |json| {
                            json.coding("valueCoding", ItemStatus::SYSTEM, status.code(), Some(status.tracker()));
                        });
                    }
                });
            });
        });
        line(json, PRESCRIPTION, item, "MedicationRequest");
    });
}

/// An item as it was supplied.
fn output(json: &mut JsonWriter, item: &TrackedItem, prescription: &TrackedPrescription) {
    let TrackedPrescription { last_issue_dispensed, downloaded, claimed, .. } = prescription;
    let dates =
        [("dateLastIssuedDispensed", last_issue_dispensed), ("dateDownloaded", downloaded), ("dateClaimed", claimed)];
    json.object(|json| {
        json.list("extension", |json| {
            if dates.iter().all(|(_, date)| date.is_none()) {
                return;
            }
            json.extension(system::RELEASE_INFORMATION, |json| {
                json.list("extension", |json| {
                    for (part, date) in dates {
                        let Some(date) = date.map(SpineTime::date) else { continue };
                        json.extension(part, |json| json.plain("valueDate", format_args!("{date}")));
                    }
                });
            });
        });
        line(json, DISPENSING, item, "MedicationDispense");
    });
}

fn line(json: &mut JsonWriter, (code, words): (&str, &str), item: &TrackedItem, kind: &'static str) {
    json.concept("type", system::SNOMED, code, Some(words));
    json.member("valueReference", |json| {
        json.text("type", kind);
        json.guid_identifier("identifier", system::ORDER_ITEM, item.id.0);
    });
}

impl JsonWriter {
    /// A member that names an organisation.
    fn organisation(&mut self, name: &'static str, organisation: Option<&TrackedOrganisation>) {
        self.member(name, |json| {
            if let Some(ods) = organisation.and_then(|organisation| organisation.ods.as_ref()).map(OdsCode::as_str) {
                json.identifier("identifier", system::ODS, ods);
            }
            let name = organisation.and_then(|organisation| organisation.name.as_ref());
            json.optional("display", name.map(Text::as_str));
        });
    }
}
