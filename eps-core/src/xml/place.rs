//! Where in the document: XPath, line and column, worked out only when somebody asks.

use super::document::{Document, ElementId, Kind};
use super::element::{Attribute, Element};
use crate::problem::{Place, line_and_column};

impl Element<'_, '_> {
    /// Where this element is: XPath with indexes and local names; line and column of its `<`.
    #[must_use]
    pub fn place(self) -> Place {
        place_at(self.document, self.id, self.span().start)
    }

    /// Where its attribute with this local name is; where there is none, where the element is, with `/@name` in the path
    /// all the same.
    #[must_use]
    pub fn attribute_place(self, name: &str) -> Place {
        let found = self.document.attributes_of(self.id).iter().find(|attribute| attribute.local() == name);
        let offset = found.map_or(self.span().start, |attribute| attribute.offset as usize);
        let (line, column) = line_and_column(self.document.input, offset);
        Place::Xml { xpath: format!("{}/@{name}", xpath(self.document, self.id)), line, column }
    }
}

impl Attribute<'_, '_> {
    /// Where this attribute is: XPath, and line and column of its name.
    #[must_use]
    pub fn place(self) -> Place {
        let document = self.owner.document;
        let (line, column) = line_and_column(document.input, self.entry.offset as usize);
        Place::Xml { xpath: format!("{}/@{}", xpath(document, self.owner.id), self.name()), line, column }
    }
}

/// The place of byte `offset` in the element `id`. The elements around it need not be closed yet.
pub(super) fn place_at(document: &Document<'_>, id: u32, offset: usize) -> Place {
    let (line, column) = line_and_column(document.input, offset);
    Place::Xml { xpath: xpath(document, id), line, column }
}

fn xpath(document: &Document<'_>, id: u32) -> String {
    let mut steps = Vec::new();
    let mut at = document.element(ElementId(id));
    while let Some(element) = at {
        at = element.parent();
        steps.push(match at {
            Some(parent) => format!("/{}[{}]", element.name(), index(parent, element)),
            None => format!("/{}", element.name()),
        });
    }
    steps.reverse();
    steps.concat()
}

/// The number of `child` among the children of its name, from 1. Only nodes before it are looked at.
fn index(parent: Element<'_, '_>, child: Element<'_, '_>) -> usize {
    let document = parent.document;
    let mut number = 1;
    let mut at = parent.id.saturating_add(1);
    while at < child.id {
        let node = document.node(at);
        let same = node.kind == Kind::Element && Element { document, id: at }.name() == child.name();
        number += usize::from(same);
        at = node.end.max(at + 1);
    }
    number
}
