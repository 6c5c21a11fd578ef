//! A `PrescriptionMetadata` as a Bundle of one RequestGroup: what GET RequestGroup/{id} answers.
//!
//! ```text
//!  patient ─▶ prescriber ─▶ items: MedicationRequests ─▶ dispenser ─▶ supplies: MedicationDispenses ─▶ RequestGroup
//!                                                                                     with the history of the issue
//! ```

use super::tracked::intent;
use crate::codes::{CancellationReason, Gender, NotDispensedReason, TreatmentType, prescription_type_display, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, LineItemId, OdsCode};
use crate::model::{Code, ParentMetadata, PrescriptionMetadata, Text, Timestamp};

mod history;
mod items;
mod supplies;

use items::Item;
use supplies::Supplied;

/// What a pharmacy told a patient of an item while it prepared it: the latest that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever writes the details of a prescription brings each of these")]
pub struct ItemUpdate {
    /// The item.
    pub item: LineItemId,
    /// The status as it was sent: `Ready to Collect`, ...
    pub status: Text,
    /// When.
    pub at: Timestamp,
}

/// Writes what Spine tells of an issue as the searchset Bundle that GET RequestGroup/{id} gives.
///
/// Updates are told of items of a prescription that a dispenser holds. Each resource takes one id. Source: NHS England's
/// electronic-prescription-service-clinical-prescription-tracker.
pub fn write_request_group(
    metadata: &PrescriptionMetadata,
    updates: &[ItemUpdate],
    ids: &mut dyn FnMut() -> Guid,
) -> Vec<u8> {
    let told = Told::new(metadata, updates, ids);
    super::document(4096 + 2048 * (metadata.items.len() + told.supplies.len() + metadata.changes.len()), |json| {
        json.text("resourceType", "Bundle");
        json.text("type", "searchset");
        json.count("total", 1);
        json.list("entry", |json| told.entries(json));
    })
}

/// The prescription and the ids of its resources.
struct Told<'m> {
    metadata: &'m PrescriptionMetadata,
    updates: &'m [ItemUpdate],
    group: Guid,
    patient: Guid,
    prescriber: Guid,
    items: Vec<Item<'m>>,
    dispenser: Guid,
    supplies: Vec<Supplied<'m>>,
}

impl<'m> Told<'m> {
    fn new(metadata: &'m PrescriptionMetadata, updates: &'m [ItemUpdate], ids: &mut dyn FnMut() -> Guid) -> Self {
        let (group, patient, prescriber, dispenser) = (ids(), ids(), ids(), ids());
        let items = Item::all(metadata, ids);
        let supplies = Supplied::all(metadata, ids);
        Self { metadata, updates, group, patient, prescriber, items, dispenser, supplies }
    }

    fn entries(&self, json: &mut JsonWriter) {
        let PrescriptionMetadata { facts, supply, notifications, .. } = self.metadata;
        self.patient(json);
        json.role(self.prescriber, Some(facts.prescriber.as_str()));
        self.items.iter().for_each(|item| item.entry(json, self));
        if !notifications.is_empty() {
            let dispenser = supply.dispenser.as_ref().map(OdsCode::as_str);
            json.role(self.dispenser, dispenser.or_else(|| history::last_notifier(self.metadata)));
            self.supplies.iter().for_each(|supplied| supplied.entry(json, self));
        }
        json.found("RequestGroup", self.group, "match", true, |json| self.group(json));
    }

    fn patient(&self, json: &mut JsonWriter) {
        let PrescriptionMetadata { facts, parent, .. } = self.metadata;
        json.found("Patient", self.patient, "include", true, |json| {
            json.identifiers("identifier", system::NHS_NUMBER, facts.nhs_number.as_str());
            json.found_name(&parent.name);
            json.text("gender", gender(parent.gender.as_ref()).fhir_code());
            if let Some(birth) = parent.birth.or(facts.birth) {
                json.plain("birthDate", format_args!("{}", birth.date()));
            }
            json.found_address(parent);
        });
    }

    fn group(&self, json: &mut JsonWriter) {
        let PrescriptionMetadata { facts, issue, changes, .. } = self.metadata;
        let reason = changes.last().and_then(|change| change.reason);
        json.list("extension", |json| {
            json.prescription_status(issue.status);
            let kind = facts.prescription_type.as_str();
            let words = prescription_type_display(kind);
            json.extension(system::PRESCRIPTION_TYPE, |json| {
                json.coding("valueCoding", system::PRESCRIPTION_TYPES, kind, words.as_deref());
            });
            match facts.treatment_type {
                TreatmentType::Acute => {}
                TreatmentType::RepeatPrescribing | TreatmentType::RepeatDispensing => {
                    json.issues(issue.number, facts.max_repeats);
                }
            }
            let pending = reason.is_some_and(|given| given.pending);
            json.pending(&[(system::part::PRESCRIPTION_PENDING, pending)]);
            if let Some(given) = reason {
                json.extension(system::STATUS_HISTORY, |json| {
                    json.list("extension", |json| {
                        json.extension("cancellationReason", |json| {
                            let given = given.reason;
                            json.coding("valueCoding", CancellationReason::SYSTEM, given.code(), Some(given.display()));
                        });
                    });
                });
            }
            if let Some(reason) = supplies::last(self.metadata).and_then(|(_, notification)| notification.reason) {
                json.extension(system::NOT_DISPENSED, |json| {
                    json.coding("valueCoding", NotDispensedReason::SYSTEM, reason.code(), Some(reason.display()));
                });
            }
        });
        json.identifiers("identifier", system::PRESCRIPTION_NUMBER, facts.id.as_str());
        json.reference("subject", self.patient);
        json.text("status", "active");
        json.text("intent", intent(facts.treatment_type).code());
        json.named("author", system::ODS, facts.prescriber.as_str());
        json.instant("authoredOn", facts.prescribed.timestamp());
        json.list("action", |json| {
            items::action(json, self);
            history::action(json, self);
        });
    }
}

/// The gender that Spine's index keeps.
fn gender(code: Option<&Code>) -> Gender {
    let known = Gender::ALL.iter().find(|gender| code.is_some_and(|code| code.as_str() == gender.tracker_code()));
    known.copied().unwrap_or(Gender::NotKnown)
}

impl JsonWriter {
    /// The entry of a role that names its organisation only.
    fn role(&mut self, id: Guid, ods: Option<&str>) {
        self.found("PractitionerRole", id, "include", true, |json| {
            if let Some(ods) = ods {
                json.named("organization", system::ODS, ods);
            }
        });
    }

    fn found_address(&mut self, parent: &ParentMetadata) {
        let lines = parent.address.iter().flatten().map(Text::as_str);
        let postcode = parent.postcode.as_ref().map(Text::as_str);
        let all: Vec<_> = lines.clone().chain(postcode).collect();
        if all.is_empty() {
            return;
        }
        self.list_of_one("address", |json| {
            json.list("line", |json| lines.for_each(|line| json.element(line)));
            json.optional("postalCode", postcode);
            json.text("text", &all.join(", "));
            json.text("type", "both");
            json.text("use", "home");
        });
    }
}
