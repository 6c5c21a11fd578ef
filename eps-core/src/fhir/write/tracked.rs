//! What the answers about prescriptions have in common: times, statuses, organisations.

use crate::codes::{CourseOfTherapy, PrescriptionStatus, RequestIntent, TreatmentType, system};
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{SpineTime, Timestamp};

/// The medicine of a request that is told in words only: SNOMED CT's root.
const ANY_CONCEPT: &str = "138875005";

/// The course of therapy of a prescription.
pub(super) const fn course(treatment: TreatmentType) -> CourseOfTherapy {
    match treatment {
        TreatmentType::Acute => CourseOfTherapy::Acute,
        TreatmentType::RepeatPrescribing => CourseOfTherapy::Continuous,
        TreatmentType::RepeatDispensing => CourseOfTherapy::ContinuousRepeatDispensing,
    }
}

/// The intent by which clients tell the treatment type.
pub(super) const fn intent(treatment: TreatmentType) -> RequestIntent {
    match treatment {
        TreatmentType::Acute => RequestIntent::Order,
        TreatmentType::RepeatPrescribing => RequestIntent::InstanceOrder,
        TreatmentType::RepeatDispensing => RequestIntent::ReflexOrder,
    }
}

impl JsonWriter {
    /// A member that is an instant of the prescription search, to the millisecond, which is always zero.
    pub(super) fn instant(&mut self, name: &'static str, at: Timestamp) {
        let utc = at.utc();
        let (hour, minute, second) = utc.time().as_hms();
        self.plain(name, format_args!("{}T{hour:02}:{minute:02}:{second:02}.000Z", at.date()));
    }

    /// A member that is a `dateTime` as precise as Spine tells it.
    pub(super) fn spine_date_time(&mut self, name: &'static str, time: SpineTime) {
        if time.is_day() {
            self.plain(name, format_args!("{}", time.date()));
        } else {
            self.plain(name, format_args!("{}", time.timestamp()));
        }
    }

    /// A found resource, an entry of a searchset.
    pub(super) fn found(
        &mut self,
        kind: &'static str,
        id: Guid,
        mode: &'static str,
        with_id: bool,
        body: impl FnOnce(&mut Self),
    ) {
        self.object(|json| {
            json.prefixed_guid("fullUrl", "urn:uuid:", id);
            json.member("resource", |json| {
                json.text("resourceType", kind);
                if with_id {
                    json.guid("id", id);
                }
                body(json);
            });
            json.member("search", |json| json.text("mode", mode));
        });
    }

    /// `DM-PrescriptionStatusHistory` with the status of a prescription.
    pub(super) fn prescription_status(&mut self, status: PrescriptionStatus) {
        self.extension(system::STATUS_HISTORY, |json| {
            json.list("extension", |json| {
                json.extension("status", |json| {
                    json.coding("valueCoding", PrescriptionStatus::SYSTEM, status.code(), Some(status.display()));
                });
            });
        });
    }

    /// `PendingCancellation`: whether a cancellation of each of these waits for the dispenser.
    pub(super) fn pending(&mut self, parts: &[(&'static str, bool)]) {
        self.extension(system::PENDING_CANCELLATION, |json| {
            json.list("extension", |json| {
                for (part, pending) in parts {
                    json.extension(part, |json| json.boolean("valueBoolean", *pending));
                }
            });
        });
    }

    /// A medicine in words: which concept it is, the answers do not say.
    pub(super) fn medicine_in_words(&mut self, words: Option<&str>) {
        self.member("medicationCodeableConcept", |json| {
            json.concept_members(system::SNOMED, ANY_CONCEPT, None);
            json.optional("text", words);
        });
    }
}
