//! Names, telecoms and addresses.

use super::findings::Findings;
use super::json::Node;
use super::rules;
use crate::model::{Address, AddressUse, NameUse, PersonName, Telecom, TelecomUse, Text};

/// A `HumanName`: its parts, or its text where it has none.
pub(super) fn name(findings: &mut Findings, node: Node<'_>) -> Option<PersonName> {
    let name_use =
        node.get("use").and_then(|code| findings.known(code, name_use, &rules::NAME_USE, "Unhandled name use"));
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

fn name_use(code: &str) -> Option<NameUse> {
    match code {
        "usual" | "official" => Some(NameUse::Usual),
        "temp" | "anonymous" => Some(NameUse::Alias),
        "nickname" => Some(NameUse::Preferred),
        "old" => Some(NameUse::Previous),
        "maiden" => Some(NameUse::PreviousMaiden),
        _ => None,
    }
}

/// A `ContactPoint`. Whatever its system, the value becomes a `tel:` URL without white space, as the NHS service does.
pub(super) fn telecom(findings: &mut Findings, node: Node<'_>) -> Option<Telecom> {
    let telecom_use = node
        .get("use")
        .and_then(|code| findings.known(code, telecom_use, &rules::TELECOM_USE, "Unhandled telecom use"));
    let value = findings.str(node, "value").filter(|value| !value.is_empty());
    let value = value.and_then(|value| {
        let prefix = if value.trim_start().starts_with("tel:") { "" } else { "tel:" };
        let mut url = String::with_capacity(prefix.len() + value.len());
        url.push_str(prefix);
        url.extend(value.chars().filter(|character| !character.is_whitespace()));
        let place = node.get("value").unwrap_or(node);
        findings.checked_text(place, Text::new(url))
    });
    Some(Telecom { telecom_use, value })
}

fn telecom_use(code: &str) -> Option<TelecomUse> {
    match code {
        "home" => Some(TelecomUse::PrimaryHome),
        "work" => Some(TelecomUse::Workplace),
        "temp" => Some(TelecomUse::Vacation),
        "mobile" => Some(TelecomUse::Mobile),
        _ => None,
    }
}

/// An `Address`: city, district and state become lines after its own; empty lines are left out.
pub(super) fn address(findings: &mut Findings, node: Node<'_>) -> Option<Address> {
    let address_use = node
        .get("use")
        .and_then(|code| findings.known(code, address_use, &rules::ADDRESS_USE, "Unhandled address use"));
    let mut lines = findings.texts(node, "line");
    for field in ["city", "district", "state"] {
        lines.extend(node.get(field).filter(|part| part.as_str() != Some("")).and_then(|part| findings.text_of(part)));
    }
    let postal_code = findings.text(node, "postalCode");
    Some(Address { address_use, lines, postal_code })
}

fn address_use(code: &str) -> Option<AddressUse> {
    match code {
        "home" => Some(AddressUse::Home),
        "work" => Some(AddressUse::Workplace),
        "temp" => Some(AddressUse::Temporary),
        "billing" => Some(AddressUse::Postal),
        _ => None,
    }
}
