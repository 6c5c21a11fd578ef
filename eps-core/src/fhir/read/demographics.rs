//! Names, telecoms and addresses.

use super::findings::Findings;
use super::json::Node;
use super::rules;
use crate::codes::{AddressUse, NameUse, TelecomUse};
use crate::model::{Address, PersonName, Telecom, Text};

/// A `HumanName`: its parts, or its text where it has none.
pub(super) fn name(findings: &mut Findings, node: Node<'_>) -> Option<PersonName> {
    let name_use = node
        .get("use")
        .and_then(|code| findings.known(code, NameUse::from_fhir, &rules::NAME_USE, "Unhandled name use"));
    let in_parts = ["prefix", "given", "family", "suffix"].iter().any(|part| node.get(part).is_some());
    if !in_parts && node.get("text").is_some() {
        return Some(PersonName::Unstructured { name_use, text: findings.text(node, "text")? });
    }
    Some(PersonName::Parts {
        name_use,
        prefixes: findings.texts(node, "prefix"),
        given: findings.texts(node, "given"),
        family: findings.text(node, "family"),
        suffixes: findings.texts(node, "suffix"),
    })
}

/// A `ContactPoint` as a URL without white space: of a mail address, a fax, or a telephone, which is whatever has another
/// system. In an order all are telephones, since the NHS service signs them so.
pub(super) fn telecom(findings: &mut Findings, node: Node<'_>) -> Option<Telecom> {
    let telecom_use = node
        .get("use")
        .and_then(|code| findings.known(code, TelecomUse::from_fhir, &rules::TELECOM_USE, "Unhandled telecom use"));
    let scheme = match node.str("system") {
        Some("email") if !findings.are_telephones_only() => "mailto:",
        Some("fax") if !findings.are_telephones_only() => "fax:",
        Some(_) | None => "tel:",
    };
    let value = findings.str(node, "value").filter(|value| !value.is_empty());
    let value = value.and_then(|value| {
        let prefix = if value.trim_start().starts_with(scheme) { "" } else { scheme };
        let mut url = String::with_capacity(prefix.len() + value.len());
        url.push_str(prefix);
        url.extend(value.chars().filter(|character| !character.is_whitespace()));
        let place = node.get("value").unwrap_or(node);
        findings.checked_text(place, Text::new(url))
    });
    Some(Telecom { telecom_use, value })
}

/// An `Address`: city, district and state become lines after its own; empty lines are left out.
pub(super) fn address(findings: &mut Findings, node: Node<'_>) -> Option<Address> {
    let address_use = node
        .get("use")
        .and_then(|code| findings.known(code, AddressUse::from_fhir, &rules::ADDRESS_USE, "Unhandled address use"));
    let mut lines = findings.texts(node, "line");
    for field in ["city", "district", "state"] {
        lines.extend(node.get(field).filter(|part| part.as_str() != Some("")).and_then(|part| findings.text_of(part)));
    }
    let postal_code = findings.text(node, "postalCode");
    Some(Address { address_use, lines, postal_code })
}
