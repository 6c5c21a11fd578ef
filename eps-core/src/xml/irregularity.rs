//! What plain elements, attributes and texts of one vocabulary do not have.

use super::document::{Document, Kind, NamespaceId};
use super::element::Element;
use super::place::place_at;
use crate::problem::Place;

/// Something in a subtree that a reader of plain data may want to refuse, because others may read it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Irregularity {
    /// A CDATA section.
    CData,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
    /// Text beside elements.
    MixedContent,
    /// An element in another namespace than the one that was asked.
    ForeignElement,
    /// An attribute with the prefix `xml`: `xml:space`, `xml:lang`, `xml:id`.
    XmlAttribute,
    /// An attribute in any other namespace.
    ForeignAttribute,
}

impl<'d> Element<'d, '_> {
    /// Everything in this element and below it that is not elements of its own namespace, their attributes without
    /// namespace, and plain text; in document order, with its place.
    ///
    /// ```
    /// use eps_core::xml::{Document, Irregularity, Limits};
    /// let document = Document::parse(b"<a><b>1<!-- 2 -->3</b></a>", &Limits::DEFAULT)?;
    /// let (what, place) = document.root().irregularities().next().expect("there is one");
    /// assert_eq!(what, Irregularity::Comment);
    /// assert_eq!(place().to_string(), "/a/b[1] (line 1, column 8)");
    /// # Ok::<(), eps_core::problem::Problems>(())
    /// ```
    pub fn irregularities(self) -> impl Iterator<Item = (Irregularity, impl Fn() -> Place + use<'d>)> + use<'d> {
        let Element { document, id: apex } = self;
        let entry = document.node(apex);
        let namespace = entry.namespace;
        (apex..entry.end).flat_map(move |id| {
            let own = of_node(document, id, namespace).map(|what| (what, document.node(id).span.0));
            own.into_iter().chain(of_attributes(document, id)).map(move |(what, offset)| {
                let holder = if document.node(id).kind == Kind::Element { id } else { document.node(id).parent };
                (what, move || place_at(document, holder, offset as usize))
            })
        })
    }
}

fn of_node(document: &Document<'_>, id: u32, namespace: NamespaceId) -> Option<Irregularity> {
    let entry = document.node(id);
    match entry.kind {
        Kind::Element => (entry.namespace != namespace).then_some(Irregularity::ForeignElement),
        Kind::Text => (!entry.blank && beside_element(document, id)).then_some(Irregularity::MixedContent),
        Kind::CData => Some(Irregularity::CData),
        Kind::Comment => Some(Irregularity::Comment),
        Kind::Instruction => Some(Irregularity::ProcessingInstruction),
    }
}

/// Whether the node next to this text is an element. Between a text and an element further away there is a comment, a
/// CDATA section or a processing instruction, which is irregular itself.
fn beside_element(document: &Document<'_>, id: u32) -> bool {
    let parent = document.node(id).parent;
    let next = document.node(id + 1);
    let before = document.node(id.saturating_sub(1));
    let after_element = id.saturating_sub(1) != parent && (before.kind == Kind::Element || before.parent != parent);
    after_element || (next.parent == parent && next.kind == Kind::Element)
}

fn of_attributes<'d>(document: &'d Document<'_>, id: u32) -> impl Iterator<Item = (Irregularity, u32)> + use<'d> {
    document.attributes_of(id).iter().filter_map(|attribute| match attribute.namespace {
        NamespaceId::NONE => None,
        NamespaceId::XML => Some((Irregularity::XmlAttribute, attribute.offset)),
        NamespaceId(_) => Some((Irregularity::ForeignAttribute, attribute.offset)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Limits;

    fn found(text: &str) -> Vec<Irregularity> {
        let limits = Limits { processing_instructions: true, ..Limits::DEFAULT };
        let document = Document::parse(text.as_bytes(), &limits).unwrap();
        document.root().irregularities().map(|(what, _)| what).collect()
    }

    #[test]
    fn plain_data_is_regular() {
        assert_eq!(found("<a xmlns='u:a' x='1'>\n <b>t &amp; u</b>\n <p:c xmlns:p='u:a'/> </a>"), []);
    }

    #[test]
    fn each_irregularity_is_found() {
        use Irregularity as I;
        assert_eq!(found("<a><![CDATA[]]><b/><!----><?p?></a>"), [I::CData, I::Comment, I::ProcessingInstruction]);
        for mixed in ["<a>t<b/></a>", "<a><b/>t</a>", "<a><b>t</b>t</a>", "<a><b><c/></b>t</a>"] {
            assert_eq!(found(mixed), [I::MixedContent], "{mixed}");
        }
        assert_eq!(
            found("<a xmlns='u:a'><b xmlns=''/><c xmlns='u:c' xml:lang='' p:x='' xmlns:p='u:a'/></a>"),
            [I::ForeignElement, I::ForeignElement, I::XmlAttribute, I::ForeignAttribute]
        );
    }
}
