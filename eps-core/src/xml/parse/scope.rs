//! The namespace declarations in force while reading.

use crate::xml::document::{Declaration, NamespaceId};

/// The declarations of the open elements, innermost last.
pub(super) struct Scope<'a> {
    bindings: Vec<Declaration<'a>>,
}

impl<'a> Scope<'a> {
    pub(super) fn new() -> Self {
        Self { bindings: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets what an element declared that is closed now.
    pub(super) fn truncate(&mut self, length: usize) {
        self.bindings.truncate(length);
    }

    pub(super) fn bind(&mut self, declaration: Declaration<'a>) {
        self.bindings.push(declaration);
    }

    /// The namespace of an element with this prefix; `None` where nobody declared it.
    pub(super) fn resolve(&self, prefix: &str) -> Option<NamespaceId> {
        let mut inner_first = self.bindings.iter().rev();
        if prefix.is_empty() {
            let default = inner_first.find(|declaration| declaration.prefix.is_empty());
            return Some(default.map_or(NamespaceId::NONE, |declaration| declaration.namespace));
        }
        match inner_first.find(|declaration| declaration.prefix == prefix) {
            Some(declaration) => Some(declaration.namespace),
            None => (prefix == "xml").then_some(NamespaceId::XML),
        }
    }
}
