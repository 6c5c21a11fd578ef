//! Walking a document.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::document::{AttributeEntry, Document, ElementId, Entry, Kind, NamespaceId};

/// An element of a document: a handle that is cheap to copy.
#[derive(Clone, Copy)]
pub struct Element<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) id: u32,
}

/// A child node of an element.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "the XML data model has these")]
pub enum Node<'d, 'a> {
    /// An element.
    Element(Element<'d, 'a>),
    /// Text between two tags, references and line ends resolved.
    Text(&'d str),
    /// The content of a CDATA section, line ends resolved.
    CData(&'d str),
    /// The content of a comment, line ends resolved.
    Comment(&'d str),
    /// A processing instruction: target, white space and data, line ends resolved.
    ProcessingInstruction(&'d str),
}

/// An attribute of an element. Namespace declarations are not attributes.
#[derive(Clone, Copy)]
pub struct Attribute<'d, 'a> {
    pub(super) owner: Element<'d, 'a>,
    pub(super) entry: &'d AttributeEntry<'a>,
}

impl<'d, 'a> Element<'d, 'a> {
    fn entry(self) -> &'d Entry<'a> {
        self.document.node(self.id)
    }

    /// The id by which [`Document::element`] finds this element again.
    #[must_use]
    pub fn id(self) -> ElementId {
        ElementId(self.id)
    }

    /// The document it belongs to.
    #[must_use]
    pub fn document(self) -> &'d Document<'a> {
        self.document
    }

    /// The local name.
    #[must_use]
    #[inline]
    pub fn name(self) -> &'d str {
        let entry = self.entry();
        entry.text.get(entry.local_at as usize..).unwrap_or_default()
    }

    /// The name as written, with its prefix.
    #[must_use]
    pub fn qualified_name(self) -> &'d str {
        &self.entry().text
    }

    /// The prefix; empty where the name has none.
    #[must_use]
    pub fn prefix(self) -> &'d str {
        self.entry().prefix()
    }

    /// The namespace name (a URI), if the element is in a namespace.
    #[must_use]
    pub fn namespace(self) -> Option<&'d str> {
        let id = self.entry().namespace;
        (id != NamespaceId::NONE).then(|| self.document.namespace(id))
    }

    /// The value of the attribute with this name and without a namespace.
    #[must_use]
    #[inline]
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        let all = self.document.attributes_of(self.id);
        let found = all.iter().find(|attribute| attribute.local_at == 0 && attribute.name == name)?;
        Some(&found.value)
    }

    /// The value of the attribute with this local name in this namespace.
    #[must_use]
    pub fn attribute_in(self, namespace: &str, local: &str) -> Option<&'d str> {
        let all = self.document.attributes_of(self.id);
        let found = all.iter().find(|attribute| {
            attribute.local() == local && self.document.namespace(attribute.namespace) == namespace
        })?;
        Some(&found.value)
    }

    /// The attributes in document order.
    pub fn attributes(self) -> impl ExactSizeIterator<Item = Attribute<'d, 'a>> + use<'d, 'a> {
        self.document.attributes_of(self.id).iter().map(move |entry| Attribute { owner: self, entry })
    }

    /// The child elements in document order.
    #[must_use]
    pub fn children(self) -> Children<'d, 'a> {
        Children { document: self.document, next: self.id.saturating_add(1), end: self.entry().end }
    }

    /// The first child element with this local name, whatever its namespace.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.name() == name)
    }

    /// All child nodes in document order.
    #[must_use]
    pub fn nodes(self) -> Nodes<'d, 'a> {
        Nodes { document: self.document, next: self.id.saturating_add(1), end: self.entry().end }
    }

    /// This element and all elements in it, in document order.
    #[must_use]
    pub fn descendants(self) -> Descendants<'d, 'a> {
        Descendants { document: self.document, next: self.id, end: self.entry().end }
    }

    /// The text of this element, CDATA included, without that of its child elements.
    #[must_use]
    pub fn text(self) -> Cow<'d, str> {
        let mut all = Cow::Borrowed("");
        for node in self.nodes() {
            match node {
                Node::Text(text) | Node::CData(text) if all.is_empty() => all = Cow::Borrowed(text),
                Node::Text(text) | Node::CData(text) => all.to_mut().push_str(text),
                Node::Element(_) | Node::Comment(_) | Node::ProcessingInstruction(_) => {}
            }
        }
        all
    }

    /// The element around this one; `None` for the document element.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.document.element(ElementId(self.entry().parent))
    }

    /// Where the element stands in [`Document::input`]: from the `<` of the start tag to after the `>` of the end tag.
    #[must_use]
    pub fn span(self) -> Range<usize> {
        let (start, end) = self.entry().span;
        start as usize..end as usize
    }

    /// The bytes of the element as they came, tags included.
    #[must_use]
    pub fn bytes(self) -> &'a [u8] {
        self.document.input.get(self.span()).unwrap_or_default()
    }

    /// The namespaces declared for this element by itself and the elements around it, as pairs of prefix and URI, sorted
    /// by prefix. The empty prefix is the default namespace. With these declarations the [`bytes`](Self::bytes) of the
    /// element mean the same elsewhere.
    #[must_use]
    pub fn in_scope_namespaces(self) -> Vec<(&'d str, &'d str)> {
        let mut found: Vec<(&'d str, NamespaceId)> = Vec::new();
        let mut at = Some(self);
        while let Some(element) = at {
            for declaration in self.document.declarations_of(element.id) {
                if !found.iter().any(|(prefix, _)| *prefix == declaration.prefix) {
                    found.push((declaration.prefix, declaration.namespace));
                }
            }
            at = element.parent();
        }
        found.retain(|(_, namespace)| *namespace != NamespaceId::NONE);
        found.sort_unstable_by_key(|(prefix, _)| *prefix);
        found.into_iter().map(|(prefix, id)| (prefix, self.document.namespace(id))).collect()
    }
}

impl PartialEq for Element<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.document.input, other.document.input)
    }
}

impl Eq for Element<'_, '_> {}

impl fmt::Debug for Element<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.qualified_name())
    }
}

impl<'d> Attribute<'d, '_> {
    /// The local name.
    #[must_use]
    pub fn name(self) -> &'d str {
        self.entry.local()
    }

    /// The name as written, with its prefix.
    #[must_use]
    pub fn qualified_name(self) -> &'d str {
        self.entry.name
    }

    /// The namespace name (a URI), if the attribute has a prefix.
    #[must_use]
    pub fn namespace(self) -> Option<&'d str> {
        let id = self.entry.namespace;
        (id != NamespaceId::NONE).then(|| self.owner.document.namespace(id))
    }

    /// The value, normalised as XML 1.0 section 3.3.3 says for an attribute without a declared type.
    #[must_use]
    pub fn value(self) -> &'d str {
        &self.entry.value
    }
}

impl fmt::Debug for Attribute<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.qualified_name())
    }
}

/// The child elements of an element. See [`Element::children`].
#[derive(Clone)]
pub struct Children<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

impl<'d, 'a> Iterator for Children<'d, 'a> {
    type Item = Element<'d, 'a>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let id = self.next;
            let entry = self.document.nodes.get(id as usize)?;
            self.next = entry.end;
            if entry.kind == Kind::Element {
                return Some(Element { document: self.document, id });
            }
        }
        None
    }
}

/// The child nodes of an element. See [`Element::nodes`].
#[derive(Clone)]
pub struct Nodes<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

impl<'d, 'a> Iterator for Nodes<'d, 'a> {
    type Item = Node<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let id = self.next;
        let entry = self.document.nodes.get(id as usize)?;
        self.next = entry.end;
        Some(match entry.kind {
            Kind::Element => Node::Element(Element { document: self.document, id }),
            Kind::Text => Node::Text(&entry.text),
            Kind::CData => Node::CData(&entry.text),
            Kind::Comment => Node::Comment(&entry.text),
            Kind::Instruction => Node::ProcessingInstruction(&entry.text),
        })
    }
}

/// An element and all elements in it. See [`Element::descendants`].
#[derive(Clone)]
pub struct Descendants<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

impl<'d, 'a> Iterator for Descendants<'d, 'a> {
    type Item = Element<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let id = self.next;
            self.next += 1;
            if self.document.nodes.get(id as usize)?.kind == Kind::Element {
                return Some(Element { document: self.document, id });
            }
        }
        None
    }
}
