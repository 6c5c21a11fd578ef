//! The elements that every resource is made of: identifiers, codings, references, extensions, entries.

use crate::codes::system;
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, LineItemId, PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{Coded, RepeatNumber, Text};

/// What UUID references begin with.
const URN: &str = "urn:uuid:";

impl JsonWriter {
    /// A `Coding`'s members.
    fn coding_members(&mut self, system: &str, code: &str, display: Option<&str>) {
        self.text("system", system);
        self.text("code", code);
        self.optional("display", display);
    }

    /// A member that is a `Coding`.
    pub(super) fn coding(&mut self, name: &'static str, system: &str, code: &str, display: Option<&str>) {
        self.member(name, |json| json.coding_members(system, code, display));
    }

    /// The members of a `CodeableConcept` of one coding.
    pub(super) fn concept_members(&mut self, system: &str, code: &str, display: Option<&str>) {
        self.list_of_one("coding", |json| json.coding_members(system, code, display));
    }

    /// A member that is a `CodeableConcept` of one coding.
    pub(super) fn concept(&mut self, name: &'static str, system: &str, code: &str, display: Option<&str>) {
        self.member(name, |json| json.concept_members(system, code, display));
    }

    /// A member that is a list of one such `CodeableConcept`.
    pub(super) fn concepts(&mut self, name: &'static str, system: &str, code: &str, display: Option<&str>) {
        self.list_of_one(name, |json| json.concept_members(system, code, display));
    }

    /// The members of an `Identifier`.
    pub(super) fn identifier_members(&mut self, system: &str, value: &str) {
        self.text("system", system);
        self.text("value", value);
    }

    /// A member that is an `Identifier`.
    pub(super) fn identifier(&mut self, name: &'static str, system: &str, value: &str) {
        self.member(name, |json| json.identifier_members(system, value));
    }

    /// A member that is a list of one `Identifier`.
    pub(super) fn identifiers(&mut self, name: &'static str, system: &str, value: &str) {
        self.list_of_one(name, |json| json.identifier_members(system, value));
    }

    /// A member that is an `Identifier` whose value is a UUID.
    pub(super) fn guid_identifier(&mut self, name: &'static str, system: &str, id: Guid) {
        self.member(name, |json| json.guid_members(system, id));
    }

    /// A member that is a list of one `Identifier` whose value is a UUID.
    pub(super) fn guid_identifiers(&mut self, name: &'static str, system: &str, id: Guid) {
        self.list_of_one(name, |json| json.guid_members(system, id));
    }

    fn guid_members(&mut self, system: &str, id: Guid) {
        self.text("system", system);
        self.guid("value", id);
    }

    /// A member that is a `Reference` with an identifier only.
    pub(super) fn named(&mut self, name: &'static str, system: &str, value: &str) {
        self.member(name, |json| json.identifier("identifier", system, value));
    }

    /// A member that is a `Reference` to a resource of the Bundle.
    pub(super) fn reference(&mut self, name: &'static str, id: Guid) {
        self.member(name, |json| json.prefixed_guid("reference", URN, id));
    }

    /// An element of a list that is a `Reference` to a resource of the Bundle.
    pub(super) fn reference_element(&mut self, id: Guid) {
        self.object(|json| json.prefixed_guid("reference", URN, id));
    }

    /// A member that is a `Reference` to a contained resource.
    pub(super) fn contained_reference(&mut self, name: &'static str, id: &'static str) {
        self.member(name, |json| json.plain("reference", format_args!("#{id}")));
    }

    /// An element of a list of extensions.
    pub(super) fn extension(&mut self, url: &str, body: impl FnOnce(&mut Self)) {
        self.object(|json| {
            json.text("url", url);
            body(json);
        });
    }

    /// An extension whose value is a coding.
    pub(super) fn coding_extension(&mut self, url: &str, system: &str, code: &str, display: Option<&Text>) {
        self.extension(url, |json| json.coding("valueCoding", system, code, display.map(Text::as_str)));
    }

    /// `EPS-RepeatInformation`. FHIR counts the repeats after the first issue, HL7 v3 the issues.
    pub(super) fn repeat_information(&mut self, repeat: RepeatNumber) {
        self.extension(system::REPEAT, |json| {
            json.list("extension", |json| {
                json.extension(system::part::REPEATS_ALLOWED, |json| {
                    json.count("valueInteger", repeat.high.saturating_sub(1));
                });
                json.extension(system::part::REPEATS_ISSUED, |json| {
                    json.count("valueInteger", repeat.low.saturating_sub(1));
                });
            });
        });
    }

    /// `EPS-RepeatInformation` of an answer about a prescription, which counts issues as Spine does.
    pub(super) fn issues(&mut self, issue: u32, issues: Option<u32>) {
        self.extension(system::REPEAT, |json| {
            json.list("extension", |json| {
                json.extension(system::part::REPEATS_ISSUED, |json| json.count("valueInteger", issue));
                if let Some(issues) = issues {
                    json.extension(system::part::REPEATS_ALLOWED, |json| json.count("valueInteger", issues));
                }
            });
        });
    }

    /// `EPS-RepeatInformation` that tells the issue only.
    pub(super) fn issue_information(&mut self, issue: u32) {
        self.extension(system::REPEAT, |json| {
            json.list("extension", |json| {
                json.extension(system::part::REPEATS_ISSUED, |json| {
                    json.count("valueInteger", issue.saturating_sub(1))
                });
            });
        });
    }

    /// A resource's type and id.
    pub(super) fn resource(&mut self, kind: &'static str, id: Guid) {
        self.plain("resourceType", format_args!("{kind}"));
        self.guid("id", id);
    }

    /// An entry of a Bundle.
    pub(super) fn entry(&mut self, kind: &'static str, id: Guid, body: impl FnOnce(&mut Self)) {
        self.object(|json| {
            json.prefixed_guid("fullUrl", URN, id);
            json.member("resource", |json| {
                json.resource(kind, id);
                body(json);
            });
        });
    }

    /// The `groupIdentifier` of a request: the prescription's id in its short form, and in its long form where it is known.
    pub(super) fn group_identifier(&mut self, short: &WrittenPrescriptionId, long: Option<PrescriptionUuid>) {
        self.member("groupIdentifier", |json| {
            if let Some(long) = long {
                json.list("extension", |json| {
                    json.extension(system::PRESCRIPTION_ID, |json| {
                        json.guid_identifier("valueIdentifier", system::PRESCRIPTION_UUID, long.0);
                    });
                });
            }
            json.identifier_members(system::PRESCRIPTION_NUMBER, short.as_str());
        });
    }

    /// The identifier of a prescribed line item.
    pub(super) fn order_item(&mut self, id: LineItemId) {
        self.guid_identifiers("identifier", system::ORDER_ITEM, id.0);
    }
}

/// The words of a coded value.
pub(super) fn display<T>(coded: &Coded<T>) -> Option<&str> {
    coded.display.as_ref().map(Text::as_str)
}
