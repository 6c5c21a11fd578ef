//! A `SearchAnswer` as a Bundle of RequestGroups: what GET RequestGroup answers.

use super::tracked::intent;
use crate::codes::{TreatmentType, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, NhsNumber};
use crate::model::{FoundIssue, FoundName, FoundPrescription, SearchAnswer, Text};

/// Writes what the prescription search found as the searchset Bundle that GET RequestGroup gives: the patient first, then one
/// RequestGroup for each issue of each prescription. Where nothing was found, there are no entries.
///
/// The patient and each issue take one id. Clients read the patient's NHS number at the first place, and take every other
/// resource for a RequestGroup. Source: NHS England's electronic-prescription-service-clinical-prescription-tracker.
pub fn write_request_groups(answer: &SearchAnswer, ids: &mut dyn FnMut() -> Guid) -> Vec<u8> {
    let issues: usize = answer.prescriptions.iter().map(|found| found.issues.len()).sum();
    super::document(2048 * (issues + 1), |json| {
        json.text("resourceType", "Bundle");
        json.text("type", "searchset");
        json.count("total", u32::try_from(issues).unwrap_or(u32::MAX));
        json.kept_list("entry", |json| {
            let patients = patients(json, answer, ids);
            for found in &answer.prescriptions {
                let patient = patients.iter().find(|(number, _)| **number == found.nhs_number).map(|(_, id)| *id);
                for issue in &found.issues {
                    json.found("RequestGroup", ids(), "match", false, |json| group(json, found, issue, patient));
                }
            }
        });
    })
}

/// Writes the patient; a search finds one, and where it found more, each has an entry.
fn patients<'m>(
    json: &mut JsonWriter,
    answer: &'m SearchAnswer,
    ids: &mut dyn FnMut() -> Guid,
) -> Vec<(&'m NhsNumber, Guid)> {
    let mut known: Vec<(&NhsNumber, Guid)> = Vec::with_capacity(1);
    for found in &answer.prescriptions {
        if known.iter().any(|(number, _)| **number == found.nhs_number) {
            continue;
        }
        let id = ids();
        json.found("Patient", id, "include", false, |json| {
            json.identifiers("identifier", system::NHS_NUMBER, found.nhs_number.as_str());
            json.found_name(&found.name);
        });
        known.push((&found.nhs_number, id));
    }
    known
}

fn group(json: &mut JsonWriter, found: &FoundPrescription, issue: &FoundIssue, patient: Option<Guid>) {
    json.list("extension", |json| {
        json.prescription_status(issue.status);
        match found.treatment_type {
            TreatmentType::Acute => {}
            TreatmentType::RepeatPrescribing | TreatmentType::RepeatDispensing => {
                json.issues(issue.number, found.max_repeats);
            }
        }
        json.pending(&[
            (system::part::PRESCRIPTION_PENDING, issue.cancellation_pending),
            (system::part::ITEM_PENDING, issue.item_cancellation_pending),
        ]);
    });
    json.identifiers("identifier", system::PRESCRIPTION_NUMBER, found.id.as_str());
    if let Some(patient) = patient {
        json.reference("subject", patient);
    }
    json.text("status", if found.is_purged_next() { "completed" } else { "active" });
    json.text("intent", intent(found.treatment_type).code());
    if let Some(prescribed) = found.prescribed {
        json.instant("authoredOn", prescribed.timestamp());
    }
}

impl JsonWriter {
    /// A patient's name: each part where it is known.
    pub(super) fn found_name(&mut self, name: &FoundName) {
        let FoundName { prefix, given, family, suffix } = name;
        self.list_of_one("name", |json| {
            for (part, text) in [("prefix", prefix), ("suffix", suffix), ("given", given)] {
                json.list(part, |json| text.iter().for_each(|text| json.element(text.as_str())));
            }
            json.optional("family", family.as_ref().map(Text::as_str));
        });
    }
}
