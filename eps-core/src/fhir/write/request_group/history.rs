//! What happened to the prescription as an action of the RequestGroup.

use super::Told;
use crate::codes::{PrescriptionStatus, system};
use crate::fhir::json::JsonWriter;
use crate::model::{Code, NotificationMetadata, PrescriptionMetadata, StatusChange};

/// The title that clients look for.
const TITLE: &str = "Prescription status transitions";
/// The title of the events at which clients look for what was supplied.
const NOTIFIED: &str = "Dispense notification successful";

/// The organisation of the last event that a notification caused.
pub(super) fn last_notifier(metadata: &PrescriptionMetadata) -> Option<&str> {
    let notified = metadata.changes.iter().rev().find(|change| title(change) == NOTIFIED)?;
    notified.organisation.as_ref().map(Code::as_str)
}

/// The action that lists the events, oldest first.
pub(super) fn action(json: &mut JsonWriter, told: &Told<'_>) {
    json.object(|json| {
        json.text("title", TITLE);
        json.kept_list("action", |json| told.metadata.changes.iter().for_each(|change| event(json, change, told)));
    });
}

/// What happened, without the details that may follow.
fn title(change: &StatusChange) -> &str {
    let text = change.message.as_str();
    text.split_once(';').map_or(text, |(title, _)| title).trim_end()
}

fn event(json: &mut JsonWriter, change: &StatusChange, told: &Told<'_>) {
    let notification = notification(change, told.metadata);
    json.object(|json| {
        json.text("title", title(change));
        json.instant("timingDateTime", change.time.timestamp());
        json.list("code", |json| {
            let status = change.to;
            json.object(|json| {
                json.concept_members(PrescriptionStatus::SYSTEM, status.code(), Some(status.display()));
            });
            if let Some((_, notification)) = notification {
                json.object(|json| json.concept_members(system::UUID, notification.id.as_str(), None));
            }
        });
        if let Some(organisation) = &change.organisation {
            json.list_of_one("participant", |json| {
                json.list("extension", |json| {
                    json.extension(system::PARTICIPANT_REFERENCE, |json| {
                        json.named("valueReference", system::ODS, organisation.as_str());
                    });
                });
            });
        }
        match notification {
            Some((at, _)) => json.kept_list("action", |json| {
                let supplies = told.supplies.iter().filter(|supplied| supplied.notification == at);
                supplies.for_each(|supplied| json.object(|json| json.reference("resource", supplied.id)));
            }),
            None => json.reference("resource", told.group),
        }
    });
}

/// The notification that caused an event: that of the same document or, where documents are not told, of the same time.
fn notification<'m>(
    change: &StatusChange,
    metadata: &'m PrescriptionMetadata,
) -> Option<(usize, &'m NotificationMetadata)> {
    let all = || metadata.notifications.iter().enumerate();
    let document = change.document.as_ref();
    let by_document = || all().find(|(_, one)| document.is_some() && one.document.as_ref() == document);
    let by_time = || all().find(|(_, one)| title(change) == NOTIFIED && one.time == change.time);
    by_document().or_else(by_time)
}
