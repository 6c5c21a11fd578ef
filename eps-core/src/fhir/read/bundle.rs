//! The resources of a Bundle and the references between them.

use super::findings::{Condition, Findings};
use super::json::Node;
use super::rules;
use crate::codes::ResourceType;

/// Resources are looked up by walking over all of them.
const MAX_ENTRIES: usize = 256;

/// A Bundle with its entries at hand.
pub(super) struct Bundle<'d> {
    /// The Bundle itself.
    pub(super) root: Node<'d>,
    entries: Vec<Entry<'d>>,
}

/// One resource of a Bundle.
#[derive(Clone, Copy)]
pub(super) struct Entry<'d> {
    /// What references name.
    pub(super) full_url: &'d str,
    /// `resourceType`.
    pub(super) kind: &'d str,
    /// Its position in the Bundle, from 0.
    pub(super) index: usize,
    /// The resource.
    pub(super) resource: Node<'d>,
}

/// A reference from one resource to another.
#[derive(Clone, Copy)]
pub(super) enum Reference<'d> {
    /// To a resource of the same Bundle.
    Literal(&'d str),
    /// By a business identifier; the resource is not sent.
    Identifier(Node<'d>),
    /// Neither.
    None,
}

impl<'d> Reference<'d> {
    /// What a reference element says: a `reference` that is not empty goes before an identifier.
    pub(super) fn read(element: Node<'d>) -> Self {
        match (element.str("reference"), element.get("identifier")) {
            (Some(url), _) if !url.is_empty() => Self::Literal(url),
            (_, Some(identifier)) => Self::Identifier(identifier),
            (_, None) => Self::None,
        }
    }

    pub(super) fn is_literal(self) -> bool {
        matches!(self, Self::Literal(_))
    }
}

impl<'d> Bundle<'d> {
    /// Indexes the entries of a Bundle.
    pub(super) fn new(findings: &mut Findings, root: Node<'d>) -> Option<Self> {
        let list = findings.required(root, "entry")?;
        if list.items().nth(MAX_ENTRIES).is_some() {
            findings.breach(&rules::ENTRIES, list);
            return None;
        }
        let mut entries = Vec::with_capacity(24);
        for (index, entry) in findings.list(root, "entry").enumerate() {
            let Some(resource) = entry.get("resource") else { continue };
            let full_url = findings.str(entry, "fullUrl").unwrap_or_default();
            let kind = findings.str(resource, "resourceType").unwrap_or_default();
            entries.push(Entry { full_url, kind, index, resource });
        }
        Some(Self { root, entries })
    }

    /// Indexes the entries of a Bundle that may have none.
    pub(super) fn searchset(findings: &mut Findings, root: Node<'d>) -> Option<Self> {
        match root.get("entry") {
            Some(_) => Self::new(findings, root),
            None => Some(Self { root, entries: Vec::new() }),
        }
    }

    /// All entries, in their order.
    pub(super) fn all(&self) -> impl Iterator<Item = Entry<'d>> {
        self.entries.iter().copied()
    }

    /// The entries with resources of this type, in their order.
    pub(super) fn entries(&self, kind: &'static str) -> impl Iterator<Item = Entry<'d>> {
        self.entries.iter().copied().filter(move |entry| entry.kind == kind)
    }

    /// The entries that the header names as what the message is about.
    pub(super) fn focus(&self) -> impl Iterator<Item = Entry<'d>> {
        let named: Vec<_> = self
            .resources(ResourceType::MessageHeader.code())
            .flat_map(|header| header.list("focus"))
            .filter_map(|focus| focus.str("reference"))
            .collect();
        self.entries.iter().copied().filter(move |entry| named.contains(&entry.full_url))
    }

    /// The resources of this type, in their order.
    pub(super) fn resources(&self, kind: &'static str) -> impl Iterator<Item = Node<'d>> {
        self.entries(kind).map(|entry| entry.resource)
    }

    /// The one resource of this type.
    pub(super) fn only(&self, findings: &mut Findings, kind: &'static str) -> Option<Node<'d>> {
        findings.exactly_one(self.root, self.resources(kind), Condition::ResourceType(kind))
    }

    /// The resource that a reference element names; an identifier is no name of one.
    pub(super) fn resolve(&self, findings: &mut Findings, element: Node<'d>) -> Option<Node<'d>> {
        let url = match Reference::read(element) {
            Reference::Literal(url) => url,
            Reference::Identifier(_) | Reference::None => {
                findings.no_reference(element);
                return None;
            }
        };
        let candidates = self.entries.iter().filter(|entry| entry.full_url == url).map(|entry| entry.resource);
        findings.exactly_one(element, candidates, Condition::FullUrl(url))
    }
}
