//! A `DispenseNotification` as a Bundle, one MedicationDispense for each product supplied.

use super::dispenser::{self, Pharmacy, contained_role, pharmacy_members};
use super::document;
use super::elements::display;
use super::header::{Header, Sender};
use crate::codes::{ItemStatus, MessageEvent, NotDispensedReason, PrescriptionStatus, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, LineItemId};
use crate::model::{DispenseNotification, Quantity, SuppliedLineItem, Supply, Text};

/// The contained request.
const REQUEST: &str = "request";

/// Writes the Bundle.
pub(super) fn write(notification: &DispenseNotification, ids: &mut dyn FnMut() -> Guid) -> Vec<u8> {
    let dispenses = dispenses(notification);
    let (header, pharmacy) = (ids(), ids());
    let focus: Vec<_> = dispenses.iter().map(|_| ids()).collect();
    let organisation = &notification.author.organisation;
    document(4 * 1024 * (dispenses.len() + 1), |json| {
        json.text("resourceType", "Bundle");
        json.guid("id", notification.id.0);
        json.guid_identifier("identifier", system::UUID, notification.id.0);
        json.text("type", "message");
        json.plain("timestamp", format_args!("{}", notification.author_time));
        json.list("entry", |json| {
            Header {
                event: MessageEvent::DispenseNotification,
                sender: Sender::Organisation {
                    ods: organisation.ods.as_ref(),
                    name: organisation.name.as_ref().map(Text::as_str),
                },
                destination: None,
                message: None,
                replaces: notification.replaces,
                answers: Some(notification.release),
                focus: &focus,
            }
            .entry(json, header);
            for (dispense, id) in dispenses.iter().zip(&focus) {
                json.entry("MedicationDispense", *id, |json| dispense.members(json, notification, pharmacy));
            }
            json.entry("Organization", pharmacy, |json| {
                json.list("extension", |json| {
                    json.extension(system::ODS_RELATIONSHIPS, |json| {
                        json.list("extension", |json| {
                            json.extension(system::part::REIMBURSEMENT_AUTHORITY, |json| {
                                let authority = notification.reimbursement_authority.as_str();
                                json.identifier("valueIdentifier", system::ODS, authority);
                            });
                        });
                    });
                });
                pharmacy_members(json, organisation);
            });
        });
    })
}

/// One MedicationDispense.
struct Dispense<'m> {
    id: LineItemId,
    item: &'m SuppliedLineItem,
    /// `None` where nothing was supplied: FHIR tells so with a quantity of zero.
    supply: Option<&'m Supply>,
}

/// A dispense for each supply. The care record lists the ids of all of them, where its sender did as FHIR senders do;
/// else those of one item share the item's.
fn dispenses(notification: &DispenseNotification) -> Vec<Dispense<'_>> {
    let mut dispenses: Vec<_> = Vec::with_capacity(notification.items.len());
    for item in &notification.items {
        let supplies = item.supplies.iter().map(Some);
        let nothing = item.supplies.is_empty().then_some(None);
        dispenses.extend(supplies.chain(nothing).map(|supply| Dispense { id: item.id, item, supply }));
    }
    let listed = &notification.care_record_items;
    let mut starts: Option<LineItemId> = None;
    let fits = dispenses.len() == listed.len()
        && dispenses.iter().zip(listed).all(|(dispense, id)| {
            let first = starts.replace(dispense.item.prescribed_item) != Some(dispense.item.prescribed_item);
            !first || dispense.item.id == *id
        });
    if fits {
        dispenses.iter_mut().zip(listed).for_each(|(dispense, id)| dispense.id = *id);
    }
    dispenses
}

impl Dispense<'_> {
    fn members(&self, json: &mut JsonWriter, notification: &DispenseNotification, pharmacy: Guid) {
        let item = self.item;
        json.list("contained", |json| {
            contained_role(json, &notification.author, Pharmacy::InBundle(pharmacy));
            json.object(|json| self.request(json, notification));
        });
        json.list("extension", |json| {
            let status = &notification.status;
            let words = status.display.as_ref();
            json.coding_extension(system::PRESCRIPTION_STATUS, PrescriptionStatus::SYSTEM, status.code.code(), words);
            if let Some(reason) = &notification.non_dispensing_reason {
                let words = reason.display.as_ref();
                json.coding_extension(system::NOT_DISPENSED, NotDispensedReason::SYSTEM, reason.code.code(), words);
            }
        });
        json.guid_identifiers("identifier", system::DISPENSE_ITEM, self.id.0);
        json.text("status", "completed");
        if let Some(reason) = &item.non_dispensing_reason {
            let (code, words) = (reason.code.code(), display(reason));
            json.concept("statusReasonCodeableConcept", NotDispensedReason::SYSTEM, code, words);
        }
        json.product("medicationCodeableConcept", self.supply.map_or(&item.prescribed, |supply| &supply.product));
        json.named("subject", system::NHS_NUMBER, notification.nhs_number.as_str());
        json.list_of_one("performer", |json| json.contained_reference("actor", dispenser::ROLE));
        json.list_of_one("authorizingPrescription", |json| json.plain("reference", format_args!("#{REQUEST}")));
        json.concept("type", ItemStatus::SYSTEM, item.status.code.code(), display(&item.status));
        self.supplied(json);
        json.plain("whenHandedOver", format_args!("{}", notification.effective_time));
        self.instructions(json);
    }

    fn supplied(&self, json: &mut JsonWriter) {
        match self.supply {
            Some(supply) => json.quantity(&supply.quantity),
            None => {
                let zero = "0".parse().ok();
                let unit = self.item.requested.quantity.unit.clone();
                if let Some(value) = zero {
                    json.quantity(&Quantity { value, unit });
                }
            }
        }
    }

    /// The note and the dosages as labelled, in sequence where there are several.
    fn instructions(&self, json: &mut JsonWriter) {
        let Some(supply) = self.supply else { return };
        if let Some(note) = &supply.additional_instructions {
            json.list_of_one("note", |json| json.text("text", note.as_str()));
        }
        json.list("dosageInstruction", |json| {
            for (sequence, text) in (1..).zip(&supply.instructions) {
                json.object(|json| {
                    if supply.instructions.len() > 1 {
                        json.count("sequence", sequence);
                    }
                    json.text("text", text.as_str());
                });
            }
        });
    }

    /// The request that is fulfilled, as far as the notification repeats it.
    fn request(&self, json: &mut JsonWriter, notification: &DispenseNotification) {
        let item = self.item;
        json.text("resourceType", "MedicationRequest");
        json.text("id", REQUEST);
        if let Some(repeat) = item.repeat {
            json.list("extension", |json| {
                json.extension(system::REPEAT_REVIEW, |json| {
                    json.list("extension", |json| {
                        json.extension(system::part::PRESCRIPTIONS_ISSUED, |json| {
                            json.count("valueUnsignedInt", repeat.low)
                        });
                    });
                });
            });
        }
        json.order_item(item.prescribed_item);
        json.text("status", "active");
        json.text("intent", "order");
        json.product("medicationCodeableConcept", &item.prescribed);
        json.named("subject", system::NHS_NUMBER, notification.nhs_number.as_str());
        if let Some(repeat) = notification.repeat {
            json.list_of_one("basedOn", |json| json.list("extension", |json| json.repeat_information(repeat)));
        }
        json.group_identifier(&notification.prescription_id, Some(notification.prescription));
        json.member("dispenseRequest", |json| {
            if let Some(repeat) = item.repeat {
                json.count("numberOfRepeatsAllowed", repeat.high.saturating_sub(1));
            }
            json.quantity(&item.requested.quantity);
        });
    }
}
