//! FHIR R4 JSON as a message.
//!
//! ```text
//!  bytes ─▶ json::Json ─▶ validate ─▶ prescription, patient, practitioner, ... ─▶ Envelope
//!           located values  the checks   the translation of the NHS service
//! ```
//!
//! One file per message, shared builders beside them. Both halves look at everything before anything is refused, and
//! every problem names the element it is about.
//!
//! The order of problems is stable: what the NHS service validates comes first, in its order (`fhir.md` section 9), one problem
//! for each element; what the translation finds follows in the order in which it reads. Nothing is told twice. A resource of
//! another type, a Bundle with another number of MessageHeaders than one and an unknown event are told alone.

use super::json::{self, Json, Node};
use super::rules;
use crate::codes::{Interaction, MessageEvent, system};
use crate::ids::{Asid, CheckCharacters, MessageId};
use crate::model::{Envelope, Message, ReleaseKind, SdsAuthor, Timestamp};
use crate::problem::{Problem, Problems};

mod answer;
mod bundle;
mod cancellation;
mod contained;
pub(super) mod date;
mod demographics;
mod dispense_claim;
mod dispense_notification;
mod dispenser;
mod findings;
mod line_item;
mod medication;
mod organisation;
mod patient;
mod practitioner;
mod prescription;
mod release_request;
mod repeat;
mod returned;
mod signature;
mod task;
mod validate;
mod withdrawal;

pub use answer::read_answer;

use bundle::Bundle;
use findings::Findings;

/// What a FHIR message does not say and an envelope needs.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever reads a message decides each of these")]
pub struct Context {
    /// The time of reading, UTC: when the envelope is made, and when an unsigned prescription is written.
    pub now: Timestamp,
    /// The sending system.
    pub from: Asid,
    /// The receiving system.
    pub to: Asid,
    /// Who sends; `None` for unattended systems.
    pub author: Option<SdsAuthor>,
    /// What a role may refer to.
    pub identifier_references: IdentifierReferences,
    /// What to do with a wrong check character of a prescription id.
    pub check_characters: CheckCharacters,
    /// The ids of the message and of its payload for a release request, which brings none: random, new for each
    /// message. Without them releases are refused.
    pub release_ids: Option<[MessageId; 2]>,
}

/// What to do with a PractitionerRole that names its practitioner, organisation or service by identifier and display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "they can be taken or not")]
pub enum IdentifierReferences {
    /// Refuse it, as the validation of the NHS service does.
    #[default]
    Refused,
    /// Take name and code from the reference and the address from the role's location, as the translation of the NHS
    /// service can, and one of its published examples needs.
    Resolved,
}

/// Reads a FHIR message.
///
/// # Errors
/// Everything that is wrong with it, under `fhir.*` and `ids.*`, each with its place.
pub fn read(bytes: &[u8], context: &Context) -> Result<Envelope, Problems> {
    let json = Json::parse(bytes)?;
    let mut findings = Findings::new(context.check_characters);
    let envelope = message(&mut findings, json.root(), context);
    match (findings.into_problems(), envelope) {
        (Some(problems), _) => Err(problems),
        (None, Some(envelope)) => Ok(envelope),
        (None, None) => Err(Problem::new(&rules::INCOMPLETE, json.root().place()).into()),
    }
}

fn message(findings: &mut Findings, root: Node<'_>, context: &Context) -> Option<Envelope> {
    match root.str("resourceType") {
        Some("Bundle") => of_bundle(findings, root, context),
        Some("Parameters") => {
            release_request::refuse_answer(findings, root)?;
            let Some([id, payload_id]) = context.release_ids else {
                let problem = Problem::new(&rules::UNSUPPORTED, root.place());
                findings.tell(|| problem.message("A release request is read with ids to give it; there are none."));
                return None;
            };
            let request = release_request::release_request(findings, root, payload_id, context.now)?;
            let interaction = match request.kind {
                ReleaseKind::Nominated => Interaction::NominatedReleaseRequest,
                ReleaseKind::Patient(_) => Interaction::PatientReleaseRequest,
            };
            Some(envelope(context, id, interaction, Message::ReleaseRequest(Box::new(request))))
        }
        Some("Claim") => {
            let claim = dispense_claim::dispense_claim(findings, root)?;
            Some(envelope(context, claim.id, Interaction::DispenseClaim, Message::DispenseClaim(Box::new(claim))))
        }
        Some("Task") => {
            let (id, interaction, message) = task::task(findings, root)?;
            Some(envelope(context, id, interaction, message))
        }
        found => {
            let place = root.get("resourceType").unwrap_or(root).place();
            let problem = Problem::new(&rules::RESOURCE_TYPE, place);
            let problem = problem.message("Incorrect FHIR resource type. Expected Bundle, Parameters, Task or Claim.");
            findings.tell(|| problem.found(found.unwrap_or_default()));
            None
        }
    }
}

fn of_bundle(findings: &mut Findings, root: Node<'_>, context: &Context) -> Option<Envelope> {
    let bundle = Bundle::new(findings, root)?;
    let header = bundle.only(findings, "MessageHeader")?;
    let event = header.get("eventCoding").and_then(|coding| coding.get("code"));
    let code = event.and_then(Node::as_str);
    match code.and_then(MessageEvent::from_fhir) {
        Some(MessageEvent::PrescriptionOrder) => {
            findings.take_telephones_only();
            validate::prescription::number_of_items(findings, &bundle);
            validate::common(findings, &bundle, context.identifier_references);
            validate::prescription::prescription(findings, &bundle);
            let id = bundle_id(findings, root);
            let prescription = prescription::prescription(findings, &bundle, id, context.now)?;
            Some(envelope(
                context,
                id?,
                Interaction::ParentPrescriptionUrgent,
                Message::Prescription(Box::new(prescription)),
            ))
        }
        Some(MessageEvent::DispenseNotification) => {
            validate::common(findings, &bundle, context.identifier_references);
            validate::dispense_notification::dispense_notification(findings, &bundle);
            let id = bundle_id(findings, root);
            let notification =
                dispense_notification::dispense_notification(findings, &bundle, header, id, context.now)?;
            Some(envelope(
                context,
                id?,
                Interaction::DispenseNotification,
                Message::DispenseNotification(Box::new(notification)),
            ))
        }
        Some(MessageEvent::PrescriptionOrderUpdate) => {
            validate::common(findings, &bundle, context.identifier_references);
            let id = bundle_id(findings, root);
            let cancellation = cancellation::cancellation(findings, &bundle, id, context.now)?;
            Some(envelope(
                context,
                id?,
                Interaction::CancellationRequest,
                Message::Cancellation(Box::new(cancellation)),
            ))
        }
        Some(MessageEvent::PrescriptionOrderResponse) | None => {
            let problem = Problem::new(&rules::EVENT, event.or(header.get("eventCoding")).unwrap_or(header).place());
            findings.tell(|| problem.found(code.unwrap_or_default()));
            None
        }
    }
}

/// The message id that a Bundle brings.
fn bundle_id(findings: &mut Findings, root: Node<'_>) -> Option<MessageId> {
    let identifier = findings.required(root, "identifier")?;
    let value = findings.single_identifier(identifier, system::UUID)?;
    findings.id(value)
}

fn envelope(context: &Context, id: MessageId, interaction: Interaction, message: Message) -> Envelope {
    Envelope {
        id,
        created: context.now,
        interaction: interaction.sm(),
        to: Some(context.to.clone()),
        from: Some(context.from.clone()),
        author: context.author.clone(),
        acknowledgement: None,
        message,
    }
}

#[cfg(test)]
mod tests;
