//! A `Cancellation` as a Bundle of prescription-order-update.

use super::header::{Header, Sender};
use super::people::Roles;
use super::{document, elements, patient, refusal};
use crate::codes::{CancellationReason, MessageEvent, system};
use crate::ids::Guid;
use crate::model::{Cancellation, Text};
use crate::problem::Problems;
use crate::rules::fhir as rules;

/// Writes the Bundle. FHIR cancels one item at a time, for one reason.
pub(super) fn write(cancellation: &Cancellation, ids: &mut dyn FnMut() -> Guid) -> Result<Vec<u8>, Problems> {
    let Some(item) = cancellation.item else { return Err(refusal(&rules::CANCELS_ALL)) };
    let [reason] = cancellation.reasons.as_slice() else { return Err(refusal(&rules::CANCELS_FOR_MORE)) };
    let (header, request, patient) = (ids(), ids(), ids());
    let mut roles = Roles::new();
    let canceller = roles.add(&cancellation.author, ids);
    let responsible = cancellation.responsible_party.as_ref().map(|party| roles.add(party, ids));
    let organisation = &cancellation.author.organisation;
    Ok(document(8 * 1024, |json| {
        json.text("resourceType", "Bundle");
        json.guid("id", cancellation.id.0);
        json.guid_identifier("identifier", system::UUID, cancellation.id.0);
        json.text("type", "message");
        json.plain("timestamp", format_args!("{}", cancellation.effective_time));
        json.list("entry", |json| {
            Header {
                event: MessageEvent::PrescriptionOrderUpdate,
                sender: Sender::Organisation {
                    ods: organisation.ods.as_ref(),
                    name: organisation.name.as_ref().map(Text::as_str),
                },
                destination: None,
                message: None,
                replaces: None,
                answers: None,
                focus: &[patient, request],
            }
            .entry(json, header);
            json.entry("MedicationRequest", request, |json| {
                if let Some(responsible) = responsible {
                    json.list("extension", |json| {
                        json.extension(system::RESPONSIBLE, |json| json.reference("valueReference", responsible));
                    });
                }
                json.order_item(item);
                json.text("status", "cancelled");
                json.member("statusReason", |json| {
                    let code = reason.code.code.code();
                    // The display becomes the reason's text in HL7 v3, and comes back as it.
                    let words = reason.text.as_ref().map(Text::as_str).or(elements::display(&reason.code));
                    json.concept_members(CancellationReason::SYSTEM, code, words);
                });
                json.text("intent", "order");
                json.unknown_medicine();
                json.reference("subject", patient);
                json.reference("requester", canceller);
                json.group_identifier(&cancellation.prescription_id, cancellation.prescription);
            });
            patient::entry(json, patient, &cancellation.patient);
            roles.entries(json);
        });
    }))
}
