//! The document as an arena: one list of nodes in document order, one of attributes, one of namespace declarations.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::ops::Range;

use super::element::Element;
use super::limits::Limits;
use super::parse;
use crate::problem::Problems;

/// The namespace that the prefix `xml` is bound to (Namespaces in XML 1.0, section 3).
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// A namespace name of a document, by its position in [`Document::namespaces`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamespaceId(pub(super) u16);

impl NamespaceId {
    /// No namespace.
    pub(super) const NONE: Self = Self(0);
    /// The namespace of the prefix `xml`.
    pub(super) const XML: Self = Self(1);
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Element,
    Text,
    CData,
    Comment,
    Instruction,
}

/// One node. Nodes stand in document order, so that the subtree of node `i` is `i..end`, its first child is `i + 1` and
/// its next sibling is `end`.
pub(super) struct Entry<'a> {
    /// An element's name with its prefix; otherwise the content, references and line ends resolved.
    pub(super) text: Cow<'a, str>,
    pub(super) parent: u32,
    pub(super) end: u32,
    /// First byte in the input, and the byte after the last one.
    pub(super) span: (u32, u32),
    pub(super) attributes: (u32, u32),
    pub(super) declarations: (u32, u32),
    /// Where the local name starts in an element's name.
    pub(super) local_at: u32,
    /// Where the start tag ends, without `>` or `/>`, if it is written in canonical form and declares no namespace.
    pub(super) canonical_tag: Option<NonZeroU32>,
    pub(super) namespace: NamespaceId,
    pub(super) kind: Kind,
    /// Text without a visible character.
    pub(super) blank: bool,
    /// Text whose canonical form is itself.
    pub(super) clean: bool,
}

impl Entry<'_> {
    /// The prefix of an element's name; empty where it has none.
    pub(super) fn prefix(&self) -> &str {
        prefix(&self.text, self.local_at)
    }
}

/// The parent of a node outside the document element.
pub(super) const NO_PARENT: u32 = u32::MAX;

/// Stands for a node that does not exist, so that walking the arena is total.
static NO_ENTRY: Entry<'static> = Entry {
    text: Cow::Borrowed(""),
    parent: NO_PARENT,
    end: 0,
    span: (0, 0),
    attributes: (0, 0),
    declarations: (0, 0),
    local_at: 0,
    canonical_tag: None,
    namespace: NamespaceId::NONE,
    kind: Kind::Text,
    blank: true,
    clean: true,
};

/// One attribute; namespace declarations are not among them.
pub(super) struct AttributeEntry<'a> {
    pub(super) name: &'a str,
    pub(super) value: Cow<'a, str>,
    /// Where the local name starts in `name`.
    pub(super) local_at: u32,
    /// First byte of the name in the input.
    pub(super) offset: u32,
    pub(super) namespace: NamespaceId,
    /// Whether the canonical form of the value is itself.
    pub(super) clean: bool,
}

impl<'a> AttributeEntry<'a> {
    pub(super) fn local(&self) -> &'a str {
        self.name.get(self.local_at as usize..).unwrap_or(self.name)
    }

    pub(super) fn prefix(&self) -> &'a str {
        prefix(self.name, self.local_at)
    }
}

/// One namespace declaration; the empty prefix is the default namespace.
#[derive(Clone, Copy)]
pub(super) struct Declaration<'a> {
    pub(super) prefix: &'a str,
    pub(super) namespace: NamespaceId,
}

/// The prefix of a name whose local part starts at `local_at`.
pub(super) fn prefix(name: &str, local_at: u32) -> &str {
    (local_at as usize).checked_sub(1).and_then(|colon| name.get(..colon)).unwrap_or("")
}

/// A parsed XML document. It borrows the input; see [`Document::parse`].
///
/// `Debug` does not show content, because content may be patient data.
pub struct Document<'a> {
    pub(super) input: &'a [u8],
    pub(super) nodes: Vec<Entry<'a>>,
    pub(super) attributes: Vec<AttributeEntry<'a>>,
    pub(super) declarations: Vec<Declaration<'a>>,
    pub(super) namespaces: Vec<Cow<'a, str>>,
    pub(super) root: u32,
}

/// An element of a document, in four bytes. Good for the document that gave it only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ElementId(pub(super) u32);

impl<'a> Document<'a> {
    /// Parses a whole document: UTF-8 with or without a byte order mark, XML 1.0, namespaces, no document type.
    ///
    /// # Errors
    /// Everything that is wrong, with its place. Broken markup and exceeded limits end the search; see the rules
    /// of [`crate::xml`].
    pub fn parse(bytes: &'a [u8], limits: &Limits) -> Result<Self, Problems> {
        parse::document(bytes, limits)
    }

    /// The document element.
    #[must_use]
    pub fn root(&self) -> Element<'_, 'a> {
        Element { document: self, id: self.root }
    }

    /// The element with this id, which this document gave out before.
    #[must_use]
    pub fn element(&self, id: ElementId) -> Option<Element<'_, 'a>> {
        let node = self.nodes.get(id.0 as usize)?;
        (node.kind == Kind::Element).then_some(Element { document: self, id: id.0 })
    }

    /// The bytes that were parsed, byte order mark included. Spans are ranges of it.
    #[must_use]
    pub fn input(&self) -> &'a [u8] {
        self.input
    }

    pub(super) fn node(&self, id: u32) -> &Entry<'a> {
        self.nodes.get(id as usize).unwrap_or(&NO_ENTRY)
    }

    pub(super) fn attributes_of(&self, id: u32) -> &[AttributeEntry<'a>] {
        self.attributes.get(range(self.node(id).attributes)).unwrap_or_default()
    }

    pub(super) fn declarations_of(&self, id: u32) -> &[Declaration<'a>] {
        self.declarations.get(range(self.node(id).declarations)).unwrap_or_default()
    }

    pub(super) fn namespace(&self, id: NamespaceId) -> &str {
        self.namespaces.get(usize::from(id.0)).map_or("", AsRef::as_ref)
    }
}

fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("root", &self.root())
            .field("bytes", &self.input.len())
            .field("nodes", &self.nodes.len())
            .finish()
    }
}
