//! The MessageHeader of a Bundle.

use crate::codes::{MessageEvent, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, MessageId, OdsCode};

/// Spine as an organisation.
const SPINE: &str = "X2601";

/// Who sends.
#[derive(Clone, Copy)]
pub(super) enum Sender<'m> {
    /// Spine, through the service at this address.
    Spine { base_path: &'m str },
    /// An organisation.
    Organisation { ods: Option<&'m OdsCode>, name: Option<&'m str> },
}

/// A MessageHeader.
pub(super) struct Header<'m> {
    /// What the Bundle tells of.
    pub(super) event: MessageEvent,
    pub(super) sender: Sender<'m>,
    /// The organisation that it goes to.
    pub(super) destination: Option<&'m OdsCode>,
    /// The message itself, which replies name.
    pub(super) message: Option<MessageId>,
    /// The message that is amended.
    pub(super) replaces: Option<MessageId>,
    /// The message that is answered.
    pub(super) answers: Option<MessageId>,
    /// The resources that it is about.
    pub(super) focus: &'m [Guid],
}

impl Header<'_> {
    /// Writes the entry.
    pub(super) fn entry(&self, json: &mut JsonWriter, id: Guid) {
        json.entry("MessageHeader", id, |json| {
            json.list("extension", |json| {
                for (url, id) in [(system::MESSAGE_ID, self.message), (system::REPLACEMENT_OF, self.replaces)] {
                    if let Some(MessageId(id)) = id {
                        json.extension(url, |json| json.guid_identifier("valueIdentifier", system::UUID, id));
                    }
                }
            });
            json.coding("eventCoding", MessageEvent::SYSTEM, self.event.code(), Some(self.event.display()));
            if let Some(ods) = self.destination {
                json.list_of_one("destination", |json| {
                    json.plain("endpoint", format_args!("urn:nhs-uk:addressing:ods:{ods}"));
                    json.named("receiver", system::ODS, ods.as_str());
                });
            }
            self.sender(json);
            if let Some(MessageId(id)) = self.answers {
                json.member("response", |json| {
                    json.guid("identifier", id);
                    json.text("code", "ok");
                });
            }
            json.list("focus", |json| self.focus.iter().for_each(|id| json.reference_element(*id)));
        });
    }

    fn sender(&self, json: &mut JsonWriter) {
        match self.sender {
            Sender::Spine { base_path } => {
                json.member("sender", |json| {
                    json.identifier("identifier", system::ODS, SPINE);
                    json.text("display", "NHS Digital Spine");
                });
                json.member("source", |json| {
                    json.text("name", "NHS Spine");
                    json.text("endpoint", &format!("{base_path}/$process-message"));
                });
            }
            Sender::Organisation { ods: Some(ods), name } => {
                json.member("sender", |json| {
                    json.identifier("identifier", system::ODS, ods.as_str());
                    json.optional("display", name);
                });
                json.member("source", |json| {
                    json.plain("endpoint", format_args!("urn:nhs-uk:addressing:ods:{ods}"));
                });
            }
            Sender::Organisation { ods: None, .. } => {}
        }
    }
}
