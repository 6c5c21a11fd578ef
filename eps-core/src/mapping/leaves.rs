//! The values of a document, each with its place and with the path that the tables know it by.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::fhir::json::{Json, Node};
use crate::hl7v3::{NAMESPACE, is_interaction};
use crate::problem::{Place, Problems};
use crate::rules;
use crate::xml::{Document, Element, Limits};

/// One value of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leaf {
    /// Where it is: FHIRPath or XPath, with indexes.
    pub path: String,
    /// The path that the tables know it by.
    pub key: String,
    /// Its text.
    pub value: String,
    /// The number of its line item, from 1; of its resource among those of the type.
    pub group: usize,
}

/// Every value of a message on either wire, in its order.
///
/// # Errors
/// What keeps it from being parsed.
pub fn leaves(bytes: &[u8]) -> Result<Vec<Leaf>, Problems> {
    if rules::is_xml(bytes) {
        return Ok(of_xml(Document::parse(bytes, &Limits::DEFAULT)?.root()));
    }
    Ok(of_json(Json::parse(bytes)?.root()))
}

/// The scalars of a JSON document.
fn of_json(root: Node<'_>) -> Vec<Leaf> {
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

/// The elements that are line items, or name one.
const ITEMS: [&str; 3] = ["pertinentLineItem", "pertinentSuppliedLineItem", "actRef"];

/// The attributes and texts of an XML document. What is of another namespace, the signature, is one value.
fn of_xml(root: Element<'_, '_>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut items: BTreeMap<String, usize> = BTreeMap::new();
    let mut open = vec![(root, step(root).to_owned(), 0)];
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
        for child in element.children() {
            let mut key = key.clone();
            // Writing to a String cannot fail.
            let _ = write!(key, "/{}", step(child));
            let mut group = group;
            if child.children().any(|inner| ITEMS.contains(&inner.name())) {
                let number = items.entry(key.clone()).or_default();
                *number += 1;
                group = *number;
            }
            open.push((child, key, group));
        }
        open.get_mut(before..).unwrap_or_default().reverse();
    }
    leaves
}

/// The step of an element in the paths that tables know. Interactions have one name, not that of their id.
fn step<'d>(element: Element<'d, '_>) -> &'d str {
    if is_interaction(element.name()) { "interaction" } else { element.name() }
}

fn xpath(place: Place) -> String {
    match place {
        Place::Xml { xpath, .. } => xpath,
        Place::Document | Place::Position { .. } | Place::Json { .. } => String::new(),
    }
}
