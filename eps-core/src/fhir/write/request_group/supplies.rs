//! What was supplied as MedicationDispenses.

use super::Told;
use crate::codes::{ItemStatus, NotDispensedReason, PrescriptionStatus, system};
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{ItemText, NotificationMetadata, NotifiedItem, PrescriptionMetadata, Text};

/// One product of one item of one notification.
pub(super) struct Supplied<'m> {
    pub(super) id: Guid,
    /// Its notification, by place.
    pub(super) notification: usize,
    /// Whether nothing was notified since.
    is_last: bool,
    /// The item's place on the prescription, from 1.
    order: u32,
    item: &'m NotifiedItem,
    /// What was supplied; none where nothing was.
    product: Option<&'m ItemText>,
}

impl<'m> Supplied<'m> {
    /// Everything supplied, in the order of the notifications.
    pub(super) fn all(metadata: &'m PrescriptionMetadata, ids: &mut dyn FnMut() -> Guid) -> Vec<Self> {
        let last = last(metadata).map(|(at, _)| at);
        let mut supplies = Vec::new();
        for (at, notification) in metadata.notifications.iter().enumerate() {
            for (order, item) in told_of(notification) {
                let mut add = |product| {
                    let is_last = Some(at) == last;
                    supplies.push(Self { id: ids(), notification: at, is_last, order, item, product });
                };
                if item.components.is_empty() {
                    add(None);
                }
                item.components.iter().for_each(|product| add(Some(product)));
            }
        }
        supplies
    }

    pub(super) fn entry(&self, json: &mut JsonWriter, told: &Told<'_>) {
        let request = told.items.iter().find(|item| item.metadata.order == self.order);
        json.found("MedicationDispense", self.id, "include", true, |json| {
            json.list("extension", |json| {
                let status = told.metadata.issue.status;
                json.extension(system::PRESCRIPTION_STATUS, |json| {
                    json.coding("valueCoding", PrescriptionStatus::SYSTEM, status.code(), Some(status.display()));
                });
            });
            if let Some(request) = request {
                json.upper_item(request.metadata);
            }
            json.text("status", if self.is_last { "in-progress" } else { "unknown" });
            if let Some(reason) = self.item.reason {
                let words = Some(reason.display());
                json.concept("statusReasonCodeableConcept", NotDispensedReason::SYSTEM, reason.code(), words);
            }
            json.medicine_in_words(Some(self.words()));
            json.reference("subject", told.patient);
            json.list_of_one("performer", |json| json.reference("actor", told.dispenser));
            if let Some(request) = request {
                json.list("authorizingPrescription", |json| json.reference_element(request.id));
            }
            if let Some(status) = self.item.status {
                json.concept("type", ItemStatus::SYSTEM, status.code(), Some(status.search_display()));
            }
            json.quantity_in_words(self.product);
            json.dosage_in_words(self.product);
        });
    }

    /// The product in words.
    fn words(&self) -> &'m str {
        self.product.and_then(|product| product.product.as_ref()).map_or("", Text::as_str)
    }
}

/// The last notification, and its place.
pub(super) fn last(metadata: &PrescriptionMetadata) -> Option<(usize, &NotificationMetadata)> {
    metadata.notifications.iter().enumerate().max_by_key(|(_, notification)| notification.time)
}

/// The items of which a notification tells, each with its place on the prescription.
fn told_of(notification: &NotificationMetadata) -> impl Iterator<Item = (u32, &NotifiedItem)> {
    let known = |item: &NotifiedItem| item.status.is_some() || item.reason.is_some() || !item.components.is_empty();
    (1..).zip(&notification.items).filter(move |(_, item)| known(item))
}
