//! Names (`PN`), addresses (`AD`) and telephone numbers (`TEL`). Message Implementation Manual, data types.

use super::data::{Data, data, read_use};
use super::input::In;
use super::out::Out;
use super::parts::{Content, Part, many, optional};
use crate::model::{Address, PersonName, Telecom, Text};
use crate::xml::Element;

/// Whether any of the element's children of these names has text.
fn has_text(element: Element<'_, '_>, names: &[&str]) -> bool {
    element.children().any(|child| names.contains(&child.name()) && !child.text().is_empty())
}

/// An address without a line or a postcode says nothing, and is neither read nor written.
impl Content<Address> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, address: &'n Address) {
        if address.is_empty() {
            return;
        }
        let code = address.address_use.map(|address_use| ("use", address_use.code()));
        out.within(name, code.as_slice(), |out| {
            many(data("streetAddressLine")).write(out, &address.lines);
            optional(data("postalCode")).write(out, &address.postal_code);
        });
    }

    /// Parts may stand in any order and lines may be empty: Spine sends both.
    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Address> {
        let address_use = read_use(input, element)?;
        let lines = many(data("streetAddressLine")).read(input, element);
        let postal_code = optional(data("postalCode")).read(input, element);
        Some(Address { address_use, lines: lines?, postal_code: postal_code? })
    }

    fn is_there(&self, element: Element<'_, '_>) -> bool {
        has_text(element, &["streetAddressLine", "postalCode"])
    }
}

/// A telecom with neither a use nor a value says nothing, and is neither read nor written.
impl Content<Telecom> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, telecom: &'n Telecom) {
        let telecom_use = telecom.telecom_use.map(|telecom_use| ("use", telecom_use.code()));
        let value = telecom.value.as_ref().map(|value| ("value", value.as_str()));
        match (telecom_use, value) {
            (Some(telecom_use), Some(value)) => out.empty(name, &[telecom_use, value]),
            (None, None) => {}
            (one, other) => out.empty(name, one.or(other).as_slice()),
        }
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Telecom> {
        let telecom_use = read_use(input, element)?;
        let value = element.attribute("value").and_then(|value| Text::new(value).ok());
        Some(Telecom { telecom_use, value })
    }

    fn is_there(&self, element: Element<'_, '_>) -> bool {
        element.attribute("use").is_some() || element.attribute("value").is_some_and(|value| !value.is_empty())
    }
}

/// Names have parts, or are one text; an empty part says nothing.
impl Content<PersonName> for Data {
    fn write<'n>(&self, out: &mut Out<'n>, element: &'static str, name: &'n PersonName) {
        match name {
            PersonName::Unstructured { name_use, text } => {
                let code = name_use.map(|name_use| ("use", name_use.code()));
                out.text_with(element, code.as_slice(), text);
            }
            PersonName::Parts { name_use, prefixes, given, family, suffixes } => {
                let code = name_use.map(|name_use| ("use", name_use.code()));
                out.within(element, code.as_slice(), |out| {
                    many(data("prefix")).write(out, prefixes);
                    many(data("given")).write(out, given);
                    optional(data("family")).write(out, family);
                    many(data("suffix")).write(out, suffixes);
                });
            }
        }
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<PersonName> {
        let name_use = read_use(input, element)?;
        if element.children().next().is_none()
            && let Ok(text) = Text::new(element.text().as_ref())
        {
            return Some(PersonName::Unstructured { name_use, text });
        }
        let prefixes = many(data("prefix")).read(input, element);
        let given = many(data("given")).read(input, element);
        let family = optional(data("family")).read(input, element);
        let suffixes = many(data("suffix")).read(input, element);
        Some(PersonName::Parts { name_use, prefixes: prefixes?, given: given?, family: family?, suffixes: suffixes? })
    }

    /// A name is there however little it says: Spine counts it.
    fn is_there(&self, element: Element<'_, '_>) -> bool {
        element.attribute("nullFlavor").is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Document, Limits};

    #[test]
    fn a_telecom_that_says_nothing_is_left_out() {
        let xml =
            br#"<x xmlns="urn:hl7-org:v3"><telecom/><telecom other="1"/><telecom value=""/><telecom use="WP"/></x>"#;
        let document = Document::parse(xml, &Limits::DEFAULT).unwrap();
        let telecoms: Option<Vec<Telecom>> = many(data("telecom")).read(&mut In::default(), document.root());
        assert_eq!(telecoms.unwrap().len(), 1);
    }
}
