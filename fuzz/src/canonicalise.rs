//! The XML reader and the canonicaliser: any bytes are read or refused; canonicalised twice is canonicalised once.

use eps_core::xml::c14n::{self, Options};
use eps_core::xml::{Document, Limits};

/// Limits that a canonical form keeps whenever its document kept the default ones: declarations are repeated, attributes
/// and texts are escaped.
fn generous() -> Limits {
    let mut limits = Limits::DEFAULT;
    limits.bytes = usize::MAX;
    limits.text = usize::MAX;
    limits.attributes = usize::MAX;
    limits.nodes = usize::MAX;
    limits
}

/// Runs the target.
pub fn run(data: &[u8]) {
    let Ok(document) = Document::parse(data, &Limits::DEFAULT) else { return };
    let mut stripped = Options::EXCLUSIVE;
    stripped.drop_blank_text = true;
    for options in [Options::EXCLUSIVE, Options::INCLUSIVE, stripped] {
        let once = c14n::canonicalise(document.root(), &options);
        let again = Document::parse(&once, &generous()).expect("a canonical form is a document");
        assert!(c14n::canonicalise(again.root(), &options) == once, "canonicalised twice is another form");
    }
}
