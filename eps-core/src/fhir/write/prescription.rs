//! A `Prescription` as a Bundle of prescription-order: as its prescriber sends it, or as a dispenser gets it.

use std::borrow::Cow;

use super::header::{Header, Sender};
use super::instructions::Instructions;
use super::medication_request::{self, Shared};
use super::patient;
use super::people::{Roles, ods_of};
use crate::codes::{MessageEvent, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, MessageId};
use crate::model::{Prescription, SignatureText, Text};

/// About so many bytes are a prescription of two items.
pub(super) const USUAL_BYTES: usize = 12 * 1024;

/// Why a prescription is written.
#[derive(Clone, Copy)]
pub(super) enum Occasion<'m> {
    /// Its prescriber sends it.
    Order,
    /// Spine hands it to a dispenser.
    Release {
        /// The request that is answered.
        request: MessageId,
        /// Where the service is.
        base_path: &'m str,
    },
}

/// Writes the members of the Bundle with this id.
pub(super) fn members(
    json: &mut JsonWriter,
    bundle: Guid,
    prescription: &Prescription,
    occasion: Occasion<'_>,
    ids: &mut dyn FnMut() -> Guid,
) {
    let instructions: Vec<_> =
        prescription.line_items.iter().map(|item| Instructions::parse(item.additional_instructions.as_ref())).collect();
    let (header, patient) = (ids(), ids());
    let requests: Vec<_> = prescription.line_items.iter().map(|_| ids()).collect();
    let mut roles = Roles::new();
    let author = match occasion {
        Occasion::Order => roles.add_signatory(&prescription.author.person, ids),
        Occasion::Release { .. } => roles.add(&prescription.author.person, ids),
    };
    let responsible = roles.add(&prescription.responsible_party, ids);
    let told = Told::gather(&instructions, ids);
    json.resource("Bundle", bundle);
    json.last_updated(prescription.effective_time);
    json.guid_identifier("identifier", system::UUID, prescription.message_id.0);
    json.text("type", "message");
    json.list("entry", |json| {
        let focus: Vec<_> = std::iter::once(patient).chain(requests.iter().copied()).collect();
        message_header(json, prescription, occasion, &focus, header);
        told.entries(json, prescription, patient);
        let shared = Shared {
            prescription,
            released: matches!(occasion, Occasion::Release { .. }),
            patient,
            author,
            responsible,
        };
        for ((item, id), said) in prescription.line_items.iter().zip(&requests).zip(&instructions) {
            medication_request::entry(json, *id, item, said, &shared);
        }
        patient::entry(json, patient, &prescription.patient);
        roles.entries(json);
        let targets = std::iter::once(header).chain(told.ids()).chain(requests.iter().copied());
        provenance(json, prescription, author, targets.chain([patient]).chain(roles.ids()), ids);
    });
}

fn message_header(
    json: &mut JsonWriter,
    prescription: &Prescription,
    occasion: Occasion<'_>,
    focus: &[Guid],
    id: Guid,
) {
    let (sender, message, answers) = match occasion {
        Occasion::Order => {
            let organisation = &prescription.author.person.organisation;
            let name = organisation.name.as_ref().map(Text::as_str);
            (Sender::Organisation { ods: organisation.ods.as_ref(), name }, None, None)
        }
        Occasion::Release { request, base_path } => {
            (Sender::Spine { base_path }, Some(prescription.message_id), Some(request))
        }
    };
    let destination = prescription.nominated_performer.as_ref();
    Header { event: MessageEvent::PrescriptionOrder, sender, destination, message, replaces: None, answers, focus }
        .entry(json, id);
}

/// What is told to the patient, of all line items: a CommunicationRequest, and a List of the patient's other medicines.
struct Told<'m> {
    notices: Vec<&'m Cow<'m, str>>,
    medicines: Vec<&'m Cow<'m, str>>,
    communication: Option<Guid>,
    list: Option<Guid>,
}

impl<'m> Told<'m> {
    fn gather(instructions: &'m [Instructions<'m>], ids: &mut dyn FnMut() -> Guid) -> Self {
        let notices: Vec<_> = instructions.iter().flat_map(|said| &said.notices).collect();
        let medicines: Vec<_> = instructions.iter().flat_map(|said| &said.medicines).collect();
        let communication = (!notices.is_empty() || !medicines.is_empty()).then(&mut *ids);
        let list = (!medicines.is_empty()).then(ids);
        Self { notices, medicines, communication, list }
    }

    fn ids(&self) -> impl Iterator<Item = Guid> + use<> {
        self.communication.into_iter().chain(self.list)
    }

    fn entries(&self, json: &mut JsonWriter, prescription: &Prescription, patient: Guid) {
        let Some(communication) = self.communication else { return };
        json.entry("CommunicationRequest", communication, |json| {
            json.text("status", "unknown");
            json.reference("subject", patient);
            json.list("payload", |json| {
                for notice in &self.notices {
                    json.object(|json| json.text("contentString", notice));
                }
                if let Some(list) = self.list {
                    json.object(|json| json.reference("contentReference", list));
                }
            });
            if let Some(ods) = ods_of(&prescription.author.person) {
                json.named("requester", system::ODS, ods.as_str());
            }
            json.list_of_one("recipient", |json| {
                json.identifier("identifier", system::NHS_NUMBER, prescription.patient.nhs_number.as_str());
            });
        });
        let Some(list) = self.list else { return };
        json.entry("List", list, |json| {
            json.text("status", "current");
            json.text("mode", "snapshot");
            json.list("entry", |json| {
                for medicine in &self.medicines {
                    json.object(|json| json.member("item", |json| json.text("display", medicine)));
                }
            });
        });
    }
}

/// The signature, in the bytes in which the message holds it, over everything before.
fn provenance(
    json: &mut JsonWriter,
    prescription: &Prescription,
    author: Guid,
    targets: impl Iterator<Item = Guid>,
    ids: &mut dyn FnMut() -> Guid,
) {
    let SignatureText::Element(signature) = &prescription.author.signature else { return };
    let when = prescription.author.time;
    json.entry("Provenance", ids(), |json| {
        json.list_of_one("agent", |json| json.reference("who", author));
        json.plain("recorded", format_args!("{when}"));
        json.list_of_one("signature", |json| {
            json.reference("who", author);
            json.plain("when", format_args!("{when}"));
            json.base64("data", signature.as_bytes());
            json.list_of_one("type", |json| {
                json.text("code", "1.2.840.10065.1.12.1.1");
                json.text("system", system::SIGNATURE_TYPE);
            });
        });
        json.list("target", |json| targets.for_each(|id| json.reference_element(id)));
    });
}
