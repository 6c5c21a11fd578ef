//! Names (`PN`), addresses (`AD`) and telephone numbers (`TEL`). Message Implementation Manual, data types.

use super::input::{In, optional_text};
use super::out::Out;
use super::rules;
use crate::model::{Address, PersonName, Telecom, Text};
use crate::problem::Problem;
use crate::xml::Element;

pub(super) fn write_address(out: &mut Out<'_>, address: &Address) {
    let code = address.address_use.map(|address_use| ("use", address_use.code()));
    out.within("addr", code.as_slice(), |out| {
        address.lines.iter().for_each(|line| out.text("streetAddressLine", line));
        if let Some(postal_code) = &address.postal_code {
            out.text("postalCode", postal_code);
        }
    });
}

/// Parts may stand in any order and lines may be empty: Spine sends both.
pub(super) fn read_address(input: &mut In, element: Element<'_, '_>) -> Option<Address> {
    let address_use = read_use(input, element)?;
    let lines = In::all(element, "streetAddressLine").filter_map(optional_text).collect();
    let postal_code = input.optional(element, "postalCode").and_then(optional_text);
    Some(Address { address_use, lines, postal_code })
}

/// A telecom with neither a use nor a value says nothing, and is not written.
pub(super) fn write_telecom(out: &mut Out<'_>, telecom: &Telecom) {
    let telecom_use = telecom.telecom_use.map(|telecom_use| ("use", telecom_use.code()));
    let value = telecom.value.as_ref().map(|value| ("value", value.as_str()));
    match (telecom_use, value) {
        (Some(telecom_use), Some(value)) => out.empty("telecom", &[telecom_use, value]),
        (None, None) => {}
        (one, other) => out.empty("telecom", one.or(other).as_slice()),
    }
}

/// A `telecom` with neither a use nor a value says nothing.
pub(super) fn read_telecoms(input: &mut In, parent: Element<'_, '_>) -> Option<Vec<Telecom>> {
    let telecoms = input.every(In::all(parent, "telecom"), |input, element| {
        let telecom_use = read_use(input, element)?;
        let value = element.attribute("value").and_then(|value| Text::new(value).ok());
        Some(Telecom { telecom_use, value })
    })?;
    Some(telecoms.into_iter().filter(|telecom| telecom.telecom_use.is_some() || telecom.value.is_some()).collect())
}

pub(super) fn write_name(out: &mut Out<'_>, name: &PersonName) {
    match name {
        PersonName::Unstructured { name_use, text } => {
            let code = name_use.map(|name_use| ("use", name_use.code()));
            out.text_with("name", code.as_slice(), text);
        }
        PersonName::Parts { name_use, prefixes, given, family, suffixes } => {
            let code = name_use.map(|name_use| ("use", name_use.code()));
            out.within("name", code.as_slice(), |out| {
                prefixes.iter().for_each(|prefix| out.text("prefix", prefix));
                given.iter().for_each(|given| out.text("given", given));
                family.iter().for_each(|family| out.text("family", family));
                suffixes.iter().for_each(|suffix| out.text("suffix", suffix));
            });
        }
    }
}

/// Names have parts, or are one text; an empty part says nothing.
pub(super) fn read_name(input: &mut In, element: Element<'_, '_>) -> Option<PersonName> {
    let name_use = read_use(input, element)?;
    if element.children().next().is_none()
        && let Some(text) = optional_text(element)
    {
        return Some(PersonName::Unstructured { name_use, text });
    }
    let parts = |name| In::all(element, name).filter_map(optional_text).collect();
    Some(PersonName::Parts {
        name_use,
        prefixes: parts("prefix"),
        given: parts("given"),
        family: input.optional(element, "family").and_then(optional_text),
        suffixes: parts("suffix"),
    })
}

/// `@use`, if it is there.
fn read_use<T: std::str::FromStr>(input: &mut In, element: Element<'_, '_>) -> Option<Option<T>> {
    let Some(code) = element.attribute("use") else { return Some(None) };
    let parsed = code.parse().ok();
    if parsed.is_none() {
        input.report(Problem::new(&rules::CODE, element.attribute_place("use")).found(code));
    }
    parsed.map(Some)
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
        let telecoms = read_telecoms(&mut In::default(), document.root()).unwrap();
        assert_eq!(telecoms.len(), 1);
    }
}
