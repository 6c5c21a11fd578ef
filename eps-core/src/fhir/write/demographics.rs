//! Names, telecoms and addresses.

use crate::codes::{AddressUse, NameUse, TelecomUse};
use crate::fhir::json::JsonWriter;
use crate::model::{Address, PersonName, Telecom, Text};

impl JsonWriter {
    /// A member that is a list of names.
    pub(super) fn names<'m>(&mut self, names: impl IntoIterator<Item = &'m PersonName>) {
        self.list("name", |json| names.into_iter().for_each(|name| json.object(|json| json.name_members(name))));
    }

    fn name_members(&mut self, name: &PersonName) {
        match name {
            PersonName::Unstructured { name_use: code, text } => {
                self.optional("use", code.and_then(NameUse::fhir_code));
                self.text("text", text.as_str());
            }
            PersonName::Parts { name_use: code, prefixes, given, family, suffixes } => {
                self.optional("use", code.and_then(NameUse::fhir_code));
                self.optional("family", family.as_ref().map(Text::as_str));
                self.texts("given", given);
                self.texts("prefix", prefixes);
                self.texts("suffix", suffixes);
            }
        }
    }

    /// A member that is a list of texts.
    fn texts(&mut self, name: &'static str, texts: &[Text]) {
        self.list(name, |json| texts.iter().for_each(|text| json.element(text.as_str())));
    }

    /// A member that is a list of telecoms.
    pub(super) fn telecoms<'m>(&mut self, telecoms: impl IntoIterator<Item = &'m Telecom>) {
        self.list("telecom", |json| {
            telecoms.into_iter().for_each(|telecom| json.object(|json| json.telecom_members(telecom)));
        });
    }

    fn telecom_members(&mut self, telecom: &Telecom) {
        let (system, value) = match telecom.value.as_ref().map(Text::as_str) {
            Some(url) => match url.split_once(':') {
                Some(("mailto", address)) => (Some("email"), Some(address)),
                Some(("fax", number)) => (Some("fax"), Some(number)),
                Some((_, number)) => (Some("phone"), Some(number)),
                None => (Some("phone"), Some(url)),
            },
            None => (None, None),
        };
        self.optional("system", system);
        self.optional("use", telecom.telecom_use.and_then(TelecomUse::fhir_code));
        self.optional("value", value);
    }

    /// A member that is a list of addresses.
    pub(super) fn addresses<'m>(&mut self, addresses: impl IntoIterator<Item = &'m Address>) {
        self.list("address", |json| {
            addresses.into_iter().for_each(|address| json.object(|json| json.address_members(address)));
        });
    }

    fn address_members(&mut self, address: &Address) {
        self.optional("use", address.address_use.and_then(AddressUse::fhir_code));
        self.texts("line", &address.lines);
        self.optional("postalCode", address.postal_code.as_ref().map(Text::as_str));
    }
}

/// The whole name as one text, for a reference's display.
pub(super) fn in_one(name: &PersonName) -> String {
    match name {
        PersonName::Unstructured { text, .. } => text.as_str().to_owned(),
        PersonName::Parts { prefixes, given, family, suffixes, .. } => {
            let parts: Vec<_> = prefixes.iter().chain(given).chain(family).chain(suffixes).map(Text::as_str).collect();
            parts.join(" ")
        }
    }
}
