//! The items as MedicationRequests.

use super::super::medication_request::status;
use super::super::tracked::{course, intent};
use super::Told;
use crate::codes::{CancellationReason, DispensingSitePreference, ItemStatus, PatientStatus, TreatmentType, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, OdsCode};
use crate::model::{GivenReason, ItemMetadata, ItemText, PrescriptionMetadata, Text};

/// The title that clients look for.
const TITLE: &str = "Prescription Line Items(Medications)";

/// An item and the id of its request.
pub(super) struct Item<'m> {
    pub(super) id: Guid,
    pub(super) metadata: &'m ItemMetadata,
    text: Option<&'m ItemText>,
    /// Why it was cancelled or is to be.
    reason: Option<GivenReason>,
}

impl<'m> Item<'m> {
    pub(super) fn all(metadata: &'m PrescriptionMetadata, ids: &mut dyn FnMut() -> Guid) -> Vec<Self> {
        let texts = &metadata.parent.items;
        let item = |item: &'m ItemMetadata| {
            let at = usize::try_from(item.order).ok().and_then(|order| order.checked_sub(1));
            let text = at.and_then(|at| texts.get(at));
            Self { id: ids(), metadata: item, text, reason: reason(metadata, item) }
        };
        metadata.items.iter().map(item).collect()
    }

    pub(super) fn entry(&self, json: &mut JsonWriter, told: &Told<'_>) {
        let PrescriptionMetadata { facts, supply, .. } = told.metadata;
        let course = course(facts.treatment_type);
        json.found("MedicationRequest", self.id, "include", true, |json| {
            self.extensions(json, told);
            json.upper_item(self.metadata);
            json.text("status", status(Some(self.metadata.status)));
            if let Some(GivenReason { reason, .. }) = self.reason {
                json.concept("statusReason", CancellationReason::SYSTEM, reason.code(), Some(reason.display()));
            }
            json.text("intent", intent(facts.treatment_type).code());
            json.medicine_in_words(self.text.and_then(|text| text.product.as_ref()).map(Text::as_str));
            json.reference("subject", told.patient);
            json.reference("requester", told.prescriber);
            json.performer(supply.dispenser.as_ref());
            json.group_identifier(&facts.id, None);
            json.concept("courseOfTherapyType", course.system(), course.code(), Some(course.display()));
            json.dosage_in_words(self.text);
            json.member("dispenseRequest", |json| {
                json.list("extension", |json| {
                    let kind = facts.nominated_kind.unwrap_or(DispensingSitePreference::None);
                    json.extension(system::SITE_TYPE, |json| {
                        let words = Some(kind.display());
                        json.coding("valueCoding", DispensingSitePreference::SYSTEM, kind.code(), words);
                    });
                });
                json.quantity_in_words(self.text);
                json.performer(facts.nominated.as_ref());
            });
            json.member("substitution", |json| json.boolean("allowedBoolean", false));
        });
    }

    fn extensions(&self, json: &mut JsonWriter, told: &Told<'_>) {
        let PrescriptionMetadata { facts, supply, issue, .. } = told.metadata;
        let ItemMetadata { status, max_repeats, id, .. } = self.metadata;
        json.list("extension", |json| {
            json.extension(system::DISPENSING_INFORMATION, |json| {
                json.list("extension", |json| {
                    json.extension(system::part::DISPENSE_STATUS, |json| {
                        let words = Some(status.search_display());
                        json.coding("valueCoding", ItemStatus::SYSTEM, status.code(), words);
                    });
                });
            });
            let pending = self.reason.is_some_and(|given| given.pending);
            json.pending(&[(system::part::ITEM_PENDING, pending)]);
            match facts.treatment_type {
                TreatmentType::Acute | TreatmentType::RepeatPrescribing => {}
                TreatmentType::RepeatDispensing => json.extension(system::REPEAT_REVIEW, |json| {
                    json.list("extension", |json| {
                        let issued = max_repeats.map_or(issue.number, |most| most.min(issue.number));
                        json.extension(system::part::PRESCRIPTIONS_ISSUED, |json| {
                            json.count("valueUnsignedInt", issued);
                        });
                    });
                }),
            }
            // Only of a prescription that a dispenser holds is there anything to tell the patient.
            let update = told.updates.iter().find(|update| update.item == *id).filter(|_| supply.dispenser.is_some());
            if let Some(update) = update {
                json.extension(system::STATUS_HISTORY, |json| {
                    json.list("extension", |json| {
                        json.extension("status", |json| {
                            json.coding("valueCoding", PatientStatus::SYSTEM, update.status.as_str(), None);
                        });
                        json.extension("statusDate", |json| json.instant("valueDateTime", update.at));
                    });
                });
            }
        });
    }
}

/// The reason of the last event that gives one for the item. A cancellation that waited for the dispenser of an item that
/// was dispensed or expired meanwhile waits no longer.
fn reason(metadata: &PrescriptionMetadata, item: &ItemMetadata) -> Option<GivenReason> {
    let lines = metadata.changes.iter().rev().flat_map(|change| &change.lines);
    let given = lines.filter(|line| line.id == item.id).find_map(|line| line.reason)?;
    let waits = match item.status {
        ItemStatus::FullyDispensed | ItemStatus::NotDispensed | ItemStatus::Cancelled | ItemStatus::Expired => false,
        ItemStatus::PartiallyDispensed | ItemStatus::Owing | ItemStatus::ToBeDispensed | ItemStatus::WithDispenser => {
            true
        }
    };
    (waits || !given.pending).then_some(given)
}

/// The action that lists the items.
pub(super) fn action(json: &mut JsonWriter, told: &Told<'_>) {
    json.object(|json| {
        json.text("title", TITLE);
        if let Some(days) = told.metadata.facts.days_supply {
            json.member("timingTiming", |json| {
                json.member("repeat", |json| {
                    json.count("frequency", 1);
                    json.count("period", days);
                    json.text("periodUnit", "d");
                });
            });
        }
        json.list("action", |json| {
            told.items.iter().for_each(|item| json.object(|json| json.reference("resource", item.id)));
        });
    });
}

impl JsonWriter {
    /// The identifier of an item, in capitals as it was sent.
    pub(super) fn upper_item(&mut self, item: &ItemMetadata) {
        self.identifiers("identifier", system::ORDER_ITEM, &item.id.to_string());
    }

    /// A performer. Clients of the NHS service know its identifier as a list.
    fn performer(&mut self, ods: Option<&OdsCode>) {
        let Some(ods) = ods else { return };
        self.member("performer", |json| json.identifiers("identifier", system::ODS, ods.as_str()));
    }

    /// How to take it; empty where nobody says.
    pub(super) fn dosage_in_words(&mut self, text: Option<&ItemText>) {
        let words = text.and_then(|text| text.dosage.as_ref()).map_or("", |words| words.as_str());
        self.list_of_one("dosageInstruction", |json| json.text("text", words));
    }

    /// How much of it; zero of nothing where nobody says.
    pub(super) fn quantity_in_words(&mut self, text: Option<&ItemText>) {
        let quantity = text.and_then(|text| text.quantity.as_ref());
        let unit = text.and_then(|text| text.unit.as_ref()).map_or("", |words| words.as_str());
        self.member("quantity", |json| {
            match quantity {
                Some(value) => json.decimal("value", value),
                None => json.count("value", 0),
            }
            json.text("unit", unit);
            json.text("system", system::UCUM);
            json.text("code", quantity.map_or("0", |value| value.as_str()));
        });
    }
}
