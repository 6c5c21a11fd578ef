//! A `LineItem` as a MedicationRequest, with what belongs to the whole prescription repeated in it.

use super::instructions::Instructions;
use crate::codes::{
    CourseOfTherapy, DispensingSitePreference, ItemStatus, PrescriberEndorsement, RequestCategory, TreatmentType,
    system,
};
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{DaysSupply, LineItem, Prescription, RepeatNumber};

/// What all requests of a prescription have in common.
pub(super) struct Shared<'m> {
    pub(super) prescription: &'m Prescription,
    /// Whether Spine hands it to a dispenser.
    pub(super) released: bool,
    /// The resources that it refers to.
    pub(super) patient: Guid,
    pub(super) author: Guid,
    pub(super) responsible: Guid,
}

/// Writes the entry.
pub(super) fn entry(json: &mut JsonWriter, id: Guid, item: &LineItem, said: &Instructions<'_>, shared: &Shared<'_>) {
    let course = course_of_therapy(shared.prescription, item);
    json.entry("MedicationRequest", id, |json| {
        extensions(json, item, said, shared);
        json.order_item(item.id);
        json.text("status", status(item.status.as_ref().map(|status| status.code)));
        json.text("intent", intent(course, shared.released));
        json.product("medicationCodeableConcept", &item.product);
        json.reference("subject", shared.patient);
        json.concepts("category", RequestCategory::SYSTEM, "outpatient", Some("Outpatient"));
        json.reference("requester", shared.author);
        json.group_identifier(&shared.prescription.id, Some(shared.prescription.uuid));
        let course_system = match course {
            CourseOfTherapy::ContinuousRepeatDispensing => CourseOfTherapy::REPEAT_DISPENSING_SYSTEM,
            CourseOfTherapy::Acute | CourseOfTherapy::Continuous => CourseOfTherapy::SYSTEM,
        };
        json.concept("courseOfTherapyType", course_system, course.code(), Some(course.display()));
        if let Some(note) = &said.note {
            json.list_of_one("note", |json| json.text("text", note));
        }
        json.list_of_one("dosageInstruction", |json| json.text("text", item.dosage.as_str()));
        dispense_request(json, item, shared.prescription);
        json.member("substitution", |json| json.boolean("allowedBoolean", false));
        based_on(json, item, course, shared);
    });
}

/// The course of one line. Repeat prescriptions have an issue number in their lines; not all systems send it.
fn course_of_therapy(prescription: &Prescription, item: &LineItem) -> CourseOfTherapy {
    match (prescription.treatment_type, item.repeat) {
        (TreatmentType::RepeatDispensing, _) => CourseOfTherapy::ContinuousRepeatDispensing,
        (TreatmentType::RepeatPrescribing, _) | (TreatmentType::Acute, Some(_)) => CourseOfTherapy::Continuous,
        (TreatmentType::Acute, None) => CourseOfTherapy::Acute,
    }
}

/// The issue of a repeat dispensing prescription is a reflex of its order; to send an order as one is refused.
fn intent(course: CourseOfTherapy, released: bool) -> &'static str {
    match (course, released) {
        (CourseOfTherapy::ContinuousRepeatDispensing, true) => "reflex-order",
        (CourseOfTherapy::ContinuousRepeatDispensing, false) => "original-order",
        (CourseOfTherapy::Acute | CourseOfTherapy::Continuous, _) => "order",
    }
}

/// `MedicationRequest.status` of an item.
pub(super) fn status(status: Option<ItemStatus>) -> &'static str {
    match status {
        Some(ItemStatus::FullyDispensed) => "completed",
        Some(ItemStatus::NotDispensed | ItemStatus::Expired) => "stopped",
        Some(ItemStatus::Cancelled) => "cancelled",
        Some(
            ItemStatus::PartiallyDispensed | ItemStatus::Owing | ItemStatus::ToBeDispensed | ItemStatus::WithDispenser,
        )
        | None => "active",
    }
}

fn extensions(json: &mut JsonWriter, item: &LineItem, said: &Instructions<'_>, shared: &Shared<'_>) {
    let prescription = shared.prescription;
    json.list("extension", |json| {
        json.extension(system::RESPONSIBLE, |json| json.reference("valueReference", shared.responsible));
        let prescription_type = prescription.prescription_type.as_str();
        json.coding_extension(system::PRESCRIPTION_TYPE, system::PRESCRIPTION_TYPES, prescription_type, None);
        for endorsement in &item.endorsements {
            json.extension(system::ENDORSEMENT, |json| {
                json.concept("valueCodeableConcept", PrescriberEndorsement::SYSTEM, endorsement.code.code(), None);
            });
        }
        if prescription.review_date.is_some() || item.repeat.is_some() {
            json.extension(system::REPEAT_REVIEW, |json| {
                json.list("extension", |json| {
                    if let Some(date) = prescription.review_date {
                        json.extension(system::part::REVIEW_DATE, |json| {
                            json.plain("valueDateTime", format_args!("{date}"));
                        });
                    }
                    if let Some(RepeatNumber { low, .. }) = item.repeat {
                        json.extension(system::part::PRESCRIPTIONS_ISSUED, |json| json.count("valueUnsignedInt", low));
                    }
                });
            });
        }
        if let Some(words) = &said.quantity_words {
            json.extension(system::CONTROLLED_DRUG, |json| {
                json.list("extension", |json| {
                    json.extension(system::part::QUANTITY_IN_WORDS, |json| json.text("valueString", words));
                });
            });
        }
        dispensing_information(json, item, prescription);
    });
}

/// What was dispensed so far.
fn dispensing_information(json: &mut JsonWriter, item: &LineItem, prescription: &Prescription) {
    if item.status.is_none() && prescription.previous_issue_date.is_none() {
        return;
    }
    json.extension(system::DISPENSING_INFORMATION, |json| {
        json.list("extension", |json| {
            if let Some(time) = prescription.previous_issue_date {
                json.extension(system::part::LAST_DISPENSED, |json| {
                    json.plain("valueDateTime", format_args!("{}", time.date()))
                });
            }
            if let Some(status) = &item.status {
                let words = status.display.as_ref();
                json.coding_extension(system::part::DISPENSE_STATUS, ItemStatus::SYSTEM, status.code.code(), words);
            }
        });
    });
}

fn dispense_request(json: &mut JsonWriter, item: &LineItem, prescription: &Prescription) {
    json.member("dispenseRequest", |json| {
        json.list("extension", |json| {
            let preference = prescription.site_preference.code();
            json.coding_extension(system::SITE_TYPE, DispensingSitePreference::SYSTEM, preference, None);
        });
        validity_period(json, prescription);
        json.count("numberOfRepeatsAllowed", item.repeat.map_or(0, |repeat| repeat.high.saturating_sub(1)));
        json.quantity(&item.quantity);
        if let Some(DaysSupply { days: Some(days), .. }) = prescription.days_supply {
            json.member("expectedSupplyDuration", |json| {
                json.text("unit", "days");
                json.count("value", days);
                json.text("system", system::UCUM);
                json.text("code", "d");
            });
        }
        if let Some(performer) = &prescription.nominated_performer {
            json.named("performer", system::ODS, performer.as_str());
        }
    });
}

/// The days of repeat dispensing. A prescription that begins at another time than it was signed at says so here too.
fn validity_period(json: &mut JsonWriter, prescription: &Prescription) {
    let Prescription { effective_time, author, days_supply, .. } = prescription;
    let (low, high) = days_supply.map_or((None, None), |supply| (supply.low, supply.high));
    let midnight = effective_time.date().midnight() == *effective_time;
    json.member("validityPeriod", |json| {
        match low {
            Some(low) if midnight || low != effective_time.date() => json.plain("start", format_args!("{low}")),
            Some(_) => json.plain("start", format_args!("{effective_time}")),
            None if *effective_time != author.time => json.plain("start", format_args!("{effective_time}")),
            None => {}
        }
        if let Some(high) = high {
            json.plain("end", format_args!("{high}"));
        }
    });
}

/// The issue of the prescription; the reference points at no entry, as the NHS service writes it.
fn based_on(json: &mut JsonWriter, item: &LineItem, course: CourseOfTherapy, shared: &Shared<'_>) {
    let repeats = match course {
        CourseOfTherapy::Acute => false,
        CourseOfTherapy::Continuous | CourseOfTherapy::ContinuousRepeatDispensing => shared.released,
    };
    let Some(repeat) = shared.prescription.repeat.filter(|_| repeats) else { return };
    json.list_of_one("basedOn", |json| {
        json.list("extension", |json| json.repeat_information(repeat));
        json.prefixed_guid("reference", "urn:uuid:", item.id.0);
    });
}
