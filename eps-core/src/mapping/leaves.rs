//! The values of a document, each with its place and with the path that the tables know it by.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::fhir::json::Node;
use crate::hl7v3::NAMESPACE;
use crate::problem::Place;
use crate::xml::Element;

/// One value.
pub(super) struct Leaf {
    /// Where it is: FHIRPath or XPath, with indexes.
    pub(super) path: String,
    /// The path that the tables know it by.
    pub(super) key: String,
    /// Its text.
    pub(super) value: String,
    /// The number of its line item, from 1; of its resource among those of the type.
    pub(super) group: usize,
}

/// The scalars of a JSON document.
pub(super) fn of_json(root: Node<'_>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut resources: BTreeMap<String, usize> = BTreeMap::new();
    // Values that are still to visit, the next one last.
    let mut open = vec![(root, String::new(), 0)];
    while let Some((node, mut key, mut group)) = open.pop() {
        if let Some(kind) = node.str("resourceType") {
            let number = resources.entry(kind.to_owned()).or_default();
            *number += 1;
            (key, group) = (kind.to_owned(), *number);
        }
        let before = open.len();
        if node.is_object() {
            open.extend(node.members().map(|(name, member)| (member, format!("{key}.{name}"), group)));
        } else if node.is_array() {
            open.extend(node.items().map(|item| (item, format!("{key}{}", discriminator(&key, item)), group)));
        } else if let Some(value) = scalar(node) {
            let path = match node.place() {
                Place::Json { fhirpath, .. } => fhirpath,
                Place::Document | Place::Position { .. } | Place::Xml { .. } => String::new(),
            };
            leaves.push(Leaf { path, key, value, group });
        }
        open.get_mut(before..).unwrap_or_default().reverse();
    }
    leaves
}

fn scalar(node: Node<'_>) -> Option<String> {
    let boolean = || node.as_bool().map(|value| if value { "true" } else { "false" });
    node.as_str().or_else(|| node.as_number()).or_else(boolean).map(str::to_owned)
}

/// What tells one extension or identifier from another: the last part of its URL.
fn discriminator(key: &str, item: Node<'_>) -> String {
    let url = match key.rsplit('.').next() {
        Some("extension" | "modifierExtension") => item.str("url"),
        Some("identifier") => item.str("system"),
        Some(_) | None => None,
    };
    let last = url.and_then(|url| url.rsplit('/').next());
    last.map(|last| format!("({last})")).unwrap_or_default()
}

/// The attributes and texts of an XML document. What is of another namespace, the signature, is one value.
pub(super) fn of_xml(root: Element<'_, '_>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut open = vec![(root, root.name().to_owned(), 0)];
    while let Some((element, key, group)) = open.pop() {
        let path = xpath(element.place());
        if element.namespace() != Some(NAMESPACE) {
            let value = String::from_utf8_lossy(element.bytes()).into_owned();
            let parent = key.rsplit_once('/').map_or("", |(parent, _)| parent);
            leaves.push(Leaf { path, key: format!("{parent}/*"), value, group });
            continue;
        }
        for attribute in element.attributes() {
            let key = format!("{key}/@{}", attribute.name());
            leaves.push(Leaf { path: xpath(attribute.place()), key, value: attribute.value().to_owned(), group });
        }
        let text = element.text();
        if element.children().next().is_none() && !text.trim().is_empty() {
            let key = format!("{key}/text()");
            leaves.push(Leaf { path: format!("{path}/text()"), key, value: text.into_owned(), group });
        }
        let before = open.len();
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for child in element.children() {
            let number = numbers.entry(child.name()).or_default();
            *number += 1;
            let mut key = key.clone();
            // Writing to a String cannot fail.
            let _ = write!(key, "/{}", child.name());
            let is_item = child.children().any(|inner| matches!(inner.name(), "pertinentLineItem" | "actRef"));
            open.push((child, key, if is_item { *number } else { group }));
        }
        open.get_mut(before..).unwrap_or_default().reverse();
    }
    leaves
}

fn xpath(place: Place) -> String {
    match place {
        Place::Xml { xpath, .. } => xpath,
        Place::Document | Place::Position { .. } | Place::Json { .. } => String::new(),
    }
}
