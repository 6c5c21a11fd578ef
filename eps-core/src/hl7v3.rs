//! HL7 v3: one file per message, each with its reader and its writer; data types and the wrapper beside them.
//!
//! [`read`] takes the bytes of a message and gives an [`Envelope`]; [`write()`] does the reverse. What is written is
//! canonical already (Exclusive C14N: sorted attributes, start and end tags, no white space), so the digest of a
//! prescription is taken over the very bytes that are written: see [`write_fragments`].
//!
//! Source: Message Implementation Manual 4.2.00, with the additions of NHS England's FHIR facade (`SM` interaction ids).

use crate::codes::{Interaction, InteractionId};
use crate::ids::CheckCharacters;
use crate::model::{Envelope, Message, Prescription, Release1Prescription, ReleaseKind, SignedDocument};
use crate::problem::Problems;
use crate::rules::hl7v3 as rules;
use crate::xml::{Document, Element, Limits};

mod agent;
mod cancellation;
mod cancellation_response;
mod data;
mod datatypes;
mod dispense_claim;
mod dispense_history;
mod dispense_notification;
mod dispense_return;
mod elements;
mod facts;
mod fragments;
mod input;
mod leaf;
mod line_item;
mod numbered;
mod out;
mod parent_prescription;
mod parts;
mod patient;
mod prescription_detail;
mod prescription_query;
#[cfg(test)]
mod query_tests;
mod release_1;
mod release_rejection;
mod release_request;
mod release_response;
mod stored_document;
mod withdrawal;
mod wrapper;

pub(crate) use facts::create_problems;
pub use fragments::write_fragments;
pub use wrapper::PROFILE_VERSION;

use input::In;
use out::Out;

/// The namespace of every element of a message but the signature.
pub const NAMESPACE: &str = "urn:hl7-org:v3";

/// Reads a message.
///
/// # Errors
/// Every problem found, each with its XPath, line and column.
pub fn read(bytes: &[u8]) -> Result<Envelope, Problems> {
    read_document(&Document::parse(bytes, &Limits::default())?, CheckCharacters::AsWritten)
}

/// Reads a message for somebody who acts on it: a wrong check character is refused.
///
/// # Errors
/// Every problem found, each with its XPath, line and column.
pub fn read_checked(bytes: &[u8]) -> Result<Envelope, Problems> {
    read_document(&Document::parse(bytes, &Limits::default())?, CheckCharacters::Required)
}

/// Reads a message that is parsed already, so that the same tree can be verified and stored.
///
/// # Errors
/// Every problem found, each with its XPath, line and column.
pub fn read_document(document: &Document<'_>, check_characters: CheckCharacters) -> Result<Envelope, Problems> {
    let mut input = In::new(check_characters);
    let envelope = wrapper::read(&mut input, interaction_element(document.root()));
    input.finish(envelope)
}

/// Reads the payload of an interaction without the wrapper around it: an element such as `DispenseNotification`.
///
/// # Errors
/// Every problem found, each with its XPath, line and column.
pub fn read_payload(element: Element<'_, '_>, interaction: Interaction) -> Result<Message, Problems> {
    let mut input = In::default();
    let message = wrapper::read_payload(&mut input, interaction, wrapper::Payload::Itself(element));
    input.finish(message)
}

/// Reads the `ParentPrescription` of EPS Release 1 that a component of a release holds.
///
/// # Errors
/// Every problem found, each with its XPath, line and column.
pub fn read_release_1_prescription(element: Element<'_, '_>) -> Result<Release1Prescription, Problems> {
    let mut input = In::default();
    let prescription = parts::Part::read(&release_1::Payload, &mut input, element);
    input.finish(prescription)
}

/// The body elements in which Spine answers a query; the interaction stands within.
const REPLY_ELEMENTS: [&str; 4] = [
    "prescriptionDetailQueryResponse",
    "prescriptionClinicalViewResponse",
    "prescriptionDocumentResponse",
    "prescriptionSearchResponse",
];

/// The element of the interaction: the root, or what stands within the body element of a query's answer.
fn interaction_element<'d, 'a>(root: Element<'d, 'a>) -> Element<'d, 'a> {
    let within = REPLY_ELEMENTS.contains(&root.name()).then(|| root.children().next());
    within.flatten().unwrap_or(root)
}

/// Reads a `ParentPrescription` element, wherever it stands.
///
/// # Errors
/// Every problem found, each with its XPath, line and column.
pub fn read_prescription(element: Element<'_, '_>) -> Result<Prescription, Problems> {
    let mut input = In::default();
    let prescription = parts::Part::read(&parent_prescription::Payload, &mut input, element);
    input.finish(prescription)
}

/// The `ParentPrescription` element of a message that carries one.
#[must_use]
pub fn parent_prescription<'d, 'a>(document: &'d Document<'a>) -> Option<Element<'d, 'a>> {
    let root = document.root();
    if is(root, "ParentPrescription") {
        return Some(root);
    }
    let child = |parent: Element<'d, 'a>, name| parent.children().find(|element| is(*element, name));
    child(child(child(root, "ControlActEvent")?, "subject")?, "ParentPrescription")
}

/// The signed document of a `ParentPrescription` element: its bytes, and the namespaces in scope around it.
#[must_use]
pub fn signed_document(element: Element<'_, '_>) -> Option<SignedDocument> {
    let xml = std::str::from_utf8(element.bytes()).ok()?.into();
    let outside = element.parent().map(Element::in_scope_namespaces).unwrap_or_default();
    let namespaces = outside.into_iter().map(|(prefix, uri)| (prefix.into(), uri.into())).collect();
    Some(SignedDocument { xml, namespaces })
}

/// The bytes of a document that holds the signed document alone, as the only child of a `component`.
#[must_use]
pub fn standalone(document: &SignedDocument) -> Vec<u8> {
    let mut out = Out::bare();
    release_response::write_document(&mut out, document);
    out.finish()
}

/// Writes a message in canonical form.
#[must_use]
pub fn write(envelope: &Envelope) -> Vec<u8> {
    let mut out = Out::message();
    wrapper::write(&mut out, envelope);
    out.finish()
}

/// The interaction that carries a message which is not a reply.
#[must_use]
pub fn request_interaction(message: &Message) -> Option<Interaction> {
    Some(match message {
        Message::Prescription(_) => Interaction::ParentPrescriptionUrgent,
        Message::ReleaseRequest(request) => match request.kind {
            ReleaseKind::Nominated => Interaction::NominatedReleaseRequest,
            ReleaseKind::Patient(_) => Interaction::PatientReleaseRequest,
        },
        Message::DispenseNotification(_) => Interaction::DispenseNotification,
        Message::DispenseClaim(_) => Interaction::DispenseClaim,
        Message::Cancellation(_) => Interaction::CancellationRequest,
        Message::Return(_) => Interaction::DispenseProposalReturn,
        Message::Withdrawal(_) => Interaction::DispenserWithdraw,
        Message::DispenseHistory(_) => Interaction::RebuildDispenseHistory,
        Message::MetadataQuery(_) => Interaction::MetadataQuery,
        Message::DocumentQuery(_) => Interaction::DocumentQuery,
        Message::PrescriptionSearch(_) => Interaction::PrescriptionSearch,
        Message::ReleaseResponse(_)
        | Message::ReleaseRejection(_)
        | Message::CancellationResponse(_)
        | Message::PrescriptionMetadata(_)
        | Message::StoredDocument(_)
        | Message::Acknowledgement => return None,
    })
}

/// Whether a text is an interaction id that this module reads.
#[must_use]
pub fn is_interaction(id: &str) -> bool {
    id.parse::<InteractionId>().is_ok()
}

/// Whether an element is the HL7 v3 element of this name.
fn is(element: Element<'_, '_>, name: &str) -> bool {
    element.name() == name && element.namespace() == Some(NAMESPACE)
}
