//! Names, telecoms and addresses.

use crate::fhir::json::JsonWriter;
use crate::model::{Address, AddressUse, NameUse, PersonName, Telecom, TelecomUse, Text};

impl JsonWriter {
    /// A member that is a list of names.
    pub(super) fn names<'m>(&mut self, names: impl IntoIterator<Item = &'m PersonName>) {
        self.list("name", |json| names.into_iter().for_each(|name| json.object(|json| json.name_members(name))));
    }

    fn name_members(&mut self, name: &PersonName) {
        match name {
            PersonName::Unstructured { name_use: code, text } => {
                self.optional("use", code.and_then(name_use));
                self.text("text", text.as_str());
            }
            PersonName::Parts { name_use: code, prefixes, given, family, suffixes } => {
                self.optional("use", code.and_then(name_use));
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
        self.optional("use", telecom.telecom_use.and_then(telecom_use));
        self.optional("value", value);
    }

    /// A member that is a list of addresses.
    pub(super) fn addresses<'m>(&mut self, addresses: impl IntoIterator<Item = &'m Address>) {
        self.list("address", |json| {
            addresses.into_iter().for_each(|address| json.object(|json| json.address_members(address)));
        });
    }

    fn address_members(&mut self, address: &Address) {
        self.optional("use", address.address_use.and_then(address_use));
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

/// What a name is used for; FHIR has no code for how a name is written.
fn name_use(code: NameUse) -> Option<&'static str> {
    match code {
        NameUse::Usual => Some("usual"),
        NameUse::Alias => Some("temp"),
        NameUse::Preferred => Some("nickname"),
        NameUse::Previous | NameUse::PreviousBirth => Some("old"),
        NameUse::PreviousMaiden | NameUse::PreviousBachelor => Some("maiden"),
        NameUse::Indigenous | NameUse::Religious | NameUse::Alphabetic | NameUse::Syllabic | NameUse::Ideographic => {
            None
        }
    }
}

/// What a telecom is used for; FHIR has no code for answering services and emergencies.
fn telecom_use(code: TelecomUse) -> Option<&'static str> {
    match code {
        TelecomUse::Home | TelecomUse::PrimaryHome => Some("home"),
        TelecomUse::Workplace => Some("work"),
        TelecomUse::Vacation => Some("temp"),
        TelecomUse::Mobile | TelecomUse::Pager => Some("mobile"),
        TelecomUse::AnsweringService | TelecomUse::Emergency => None,
    }
}

/// What an address is used for; FHIR has no code for how an address is written.
fn address_use(code: AddressUse) -> Option<&'static str> {
    match code {
        AddressUse::Home | AddressUse::PrimaryHome => Some("home"),
        AddressUse::Workplace => Some("work"),
        AddressUse::Temporary | AddressUse::Vacation => Some("temp"),
        AddressUse::Postal => Some("billing"),
        AddressUse::Physical
        | AddressUse::Bad
        | AddressUse::Alphabetic
        | AddressUse::Syllabic
        | AddressUse::Ideographic => None,
    }
}
