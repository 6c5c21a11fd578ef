//! A message as FHIR R4 JSON.
//!
//! ```text
//!  Envelope ─▶ prescription, release_response, ... ─▶ json::JsonWriter ─▶ bytes
//!              one file per message                   one buffer, no tree
//! ```
//!
//! What HL7 v3 says and FHIR has a place for is written there, and nothing else is made up. Members come in the order of
//! the NHS service; what is absent is left out, and never `null`. Where we differ from that service stands in
//! `docs/differences.md`.
//!
//! A release response names signatures that were verified, so whoever writes one brings the verdict. It cannot be read
//! back: the signed documents are XML, and FHIR carries what they say instead of what they are.

use crate::codes::AckCode;
use crate::ids::Guid;
use crate::model::{CancellationResponse, Envelope, Message, SignedDocument, Timestamp};
use crate::problem::{Place, Problem, Problems, Rule};
use crate::rules::fhir as rules;

use super::json::JsonWriter;

mod acknowledgement;
mod cancellation;
mod cancellation_response;
mod demographics;
mod dispense_claim;
mod dispense_notification;
mod dispenser;
mod elements;
mod header;
mod instructions;
mod medication;
mod medication_request;
mod outcome;
mod patient;
mod people;
mod prescription;
mod release_rejection;
mod release_request;
mod release_response;
mod request_group;
mod request_groups;
mod returned;
mod supplier_updates;
mod tasks;
mod tracked;
mod verdict;

pub(crate) use cancellation_response::tells_of_item;
pub use request_group::{ItemUpdate, write_request_group};
pub use request_groups::write_request_groups;
pub use supplier_updates::supplier_status_updates;
pub use tasks::write_tasks;
pub use verdict::SignatureVerdict;

use outcome::Issue;

/// What a message does not say and its FHIR form needs. Writing looks at no clock, makes up no id and verifies nothing.
#[expect(clippy::exhaustive_structs, reason = "whoever writes a message decides each of these")]
pub struct Outgoing<'a> {
    /// The time of writing, UTC.
    pub now: Timestamp,
    /// Random ids, a new one at each call: resources have them, and references name them.
    pub ids: &'a mut dyn FnMut() -> Guid,
    /// What is known of the signature of a prescription that a release holds.
    pub verify: &'a dyn Fn(&SignedDocument) -> SignatureVerdict,
    /// Where the service is: the endpoint of replies is `{base_path}/$process-message`.
    pub base_path: &'a str,
}

impl std::fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("now", &self.now).field("base_path", &self.base_path).finish_non_exhaustive()
    }
}

/// Writes a message: requests as the Bundle, Parameters, Task or Claim that FHIR senders send, replies as what the NHS
/// service answers, metadata as [`write_request_group`] does. [`status`] gives the HTTP status of a reply.
///
/// A query has no message in FHIR, where it is the URL of a GET; nor has a stored document, which holds another message.
///
/// # Errors
/// What FHIR has no form for, under `fhir.write.*`; a model has no lines, so the place is the document.
pub fn write(envelope: &Envelope, outgoing: &mut Outgoing<'_>) -> Result<Vec<u8>, Problems> {
    match &envelope.message {
        Message::Prescription(order) => Ok(document(prescription::USUAL_BYTES, |json| {
            let id = (outgoing.ids)();
            prescription::members(json, id, order, prescription::Occasion::Order, outgoing.ids);
        })),
        Message::ReleaseRequest(request) => Ok(release_request::write(request, outgoing.ids)),
        Message::DispenseNotification(notification) => Ok(dispense_notification::write(notification, outgoing.ids)),
        Message::DispenseClaim(claim) => dispense_claim::write(claim, outgoing.ids),
        Message::Cancellation(cancellation) => cancellation::write(cancellation, outgoing.ids),
        Message::Return(returned) => Ok(returned::write_return(returned, outgoing.ids)),
        Message::Withdrawal(withdrawal) => returned::write_withdrawal(withdrawal, outgoing.ids),
        Message::DispenseHistory(_)
        | Message::MetadataQuery(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_) => Err(refusal(&rules::NO_FORM)),
        Message::PrescriptionMetadata(metadata) => Ok(write_request_group(metadata, &[], outgoing.ids)),
        Message::ReleaseResponse(response) => Ok(match failure(envelope) {
            Some(issues) => outcome(outgoing.now, &issues),
            None => release_response::write(response, outgoing),
        }),
        Message::ReleaseRejection(rejection) => Ok(release_rejection::write(rejection, outgoing.now, (outgoing.ids)())),
        Message::CancellationResponse(response) => Ok(cancellation_response::write(response, outgoing)),
        Message::Acknowledgement => {
            Ok(outcome(outgoing.now, &acknowledgement::issues(envelope.acknowledgement.as_ref())))
        }
    }
}

/// The HTTP status under which a reply is sent; requests are sent under none, and get 200.
#[must_use]
pub fn status(envelope: &Envelope) -> u16 {
    match &envelope.message {
        Message::ReleaseResponse(_) => failure(envelope).map_or(OK, |issues| status_of(&issues)),
        Message::ReleaseRejection(rejection) => status_of(&[release_rejection::issue(rejection)]),
        Message::CancellationResponse(response) => cancellation_status(envelope, response),
        Message::Acknowledgement => status_of(&acknowledgement::issues(envelope.acknowledgement.as_ref())),
        Message::Prescription(_)
        | Message::ReleaseRequest(_)
        | Message::DispenseNotification(_)
        | Message::DispenseClaim(_)
        | Message::Cancellation(_)
        | Message::Return(_)
        | Message::Withdrawal(_)
        | Message::DispenseHistory(_)
        | Message::MetadataQuery(_)
        | Message::PrescriptionMetadata(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_) => OK,
    }
}

const OK: u16 = 200;
const BAD_REQUEST: u16 = 400;
const SERVER_ERROR: u16 = 500;

/// The issues of a release that was not accepted.
fn failure(envelope: &Envelope) -> Option<Vec<Issue<'_>>> {
    let acknowledgement = envelope.acknowledgement.as_ref()?;
    (acknowledgement.code != AckCode::Accepted).then(|| acknowledgement::issues(Some(acknowledgement)))
}

/// A cancellation that did not cancel is a bad request even when it is answered with a Bundle.
fn cancellation_status(envelope: &Envelope, response: &CancellationResponse) -> u16 {
    if !cancellation_response::is_known(response) {
        return SERVER_ERROR;
    }
    match envelope.acknowledgement.as_ref().map(|acknowledgement| acknowledgement.code) {
        Some(AckCode::Accepted) | None => OK,
        Some(AckCode::Error | AckCode::Rejected) => BAD_REQUEST,
    }
}

fn status_of(issues: &[Issue<'_>]) -> u16 {
    if issues.iter().all(Issue::is_informational) {
        OK
    } else if issues.contains(&Issue::UNRECOGNISED) {
        SERVER_ERROR
    } else {
        BAD_REQUEST
    }
}

fn outcome(now: Timestamp, issues: &[Issue<'_>]) -> Vec<u8> {
    document(512, |json| json.outcome(Some(now), issues))
}

fn document(bytes: usize, body: impl FnOnce(&mut JsonWriter)) -> Vec<u8> {
    let mut json = JsonWriter::with_capacity(bytes);
    json.object(body);
    json.finish()
}

fn refusal(rule: &'static Rule) -> Problems {
    Problem::new(rule, Place::Document).into()
}
