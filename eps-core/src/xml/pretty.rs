//! XML for people: indented, with a declaration. Not for signing: it changes white space.

use super::document::{Entry, Kind};
use super::element::Element;
use super::escape;

/// Spaces for each level.
const INDENT: usize = 2;

/// The element with what is in it, two spaces for each level, after an XML declaration.
///
/// An element with text only stays on one line; so does everything in an element that has text beside elements.
/// Declarations around the element are added to it. CDATA sections become text.
#[must_use]
pub fn pretty(element: Element<'_, '_>) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_vec();
    out.reserve(element.span().len());
    let document = element.document;
    let end = document.node(element.id).end;
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut at = element.id;
    while at < end {
        close(&mut out, &mut open, at);
        let entry = document.node(at);
        let inline = open.last().is_some_and(|open| open.inline);
        if entry.kind == Kind::Element {
            let this = Element { document, id: at };
            line(&mut out, inline, open.len());
            start(&mut out, this, open.is_empty());
            if entry.end == at + 1 {
                out.extend_from_slice(b"/>");
            } else {
                out.push(b'>');
                open.push(Open { end: entry.end, name: &entry.text, inline: inline || has_text(this) });
            }
        } else {
            leaf(&mut out, entry, inline, open.len());
        }
        at += 1;
    }
    close(&mut out, &mut open, end);
    out.push(b'\n');
    out
}

struct Open<'d> {
    end: u32,
    name: &'d str,
    /// Whether white space in it counts.
    inline: bool,
}

fn line(out: &mut Vec<u8>, inline: bool, depth: usize) {
    if !inline {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', depth * INDENT));
    }
}

fn close(out: &mut Vec<u8>, open: &mut Vec<Open<'_>>, at: u32) {
    while let Some(element) = open.pop_if(|element| element.end <= at) {
        line(out, element.inline, open.len());
        out.extend_from_slice(b"</");
        out.extend_from_slice(element.name.as_bytes());
        out.push(b'>');
    }
}

fn start(out: &mut Vec<u8>, element: Element<'_, '_>, apex: bool) {
    out.push(b'<');
    out.extend_from_slice(element.qualified_name().as_bytes());
    let mut attribute = |before: &str, name: &str, value: &str| {
        out.push(b' ');
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        escape::value(out, value);
        out.push(b'"');
    };
    let document = element.document;
    let own = document.declarations_of(element.id).iter().map(|own| (own.prefix, document.namespace(own.namespace)));
    let declared = if apex { element.in_scope_namespaces() } else { own.collect() };
    for (prefix, uri) in declared {
        attribute(if prefix.is_empty() { "xmlns" } else { "xmlns:" }, prefix, uri);
    }
    for entry in document.attributes_of(element.id) {
        attribute("", entry.name, &entry.value);
    }
}

fn leaf(out: &mut Vec<u8>, entry: &Entry<'_>, inline: bool, depth: usize) {
    match entry.kind {
        Kind::Text | Kind::CData if inline => escape::text(out, &entry.text),
        Kind::Comment | Kind::Instruction => {
            line(out, inline, depth);
            let (before, after) = if entry.kind == Kind::Comment { ("<!--", "-->") } else { ("<?", "?>") };
            out.extend_from_slice(before.as_bytes());
            out.extend_from_slice(entry.text.as_bytes());
            out.extend_from_slice(after.as_bytes());
        }
        Kind::Text | Kind::CData | Kind::Element => {}
    }
}

/// Whether the element has text that is more than indentation: visible, or alone in it.
fn has_text(element: Element<'_, '_>) -> bool {
    let mut blank = true;
    let mut alone = true;
    let mut at = element.id.saturating_add(1);
    while let Some(entry) = element.document.nodes.get(at as usize).filter(|entry| entry.parent == element.id) {
        match entry.kind {
            Kind::Text | Kind::CData => blank &= entry.blank,
            Kind::Element | Kind::Comment | Kind::Instruction => alone = false,
        }
        at = entry.end.max(at + 1);
    }
    !blank || alone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Document, Limits, c14n};

    fn shown(text: &str) -> String {
        String::from_utf8(pretty(Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap().root())).unwrap()
    }

    #[test]
    fn elements_are_indented_and_texts_stay_on_their_line() {
        let text = "<a xmlns='u:a'><b x='&quot;'><c></c>\n\n<!-- n --></b><d> t\n<![CDATA[<]]></d><e> </e></a>";
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"u:a\">\n  <b x=\"&quot;\">\n    \
                        <c/>\n    <!-- n -->\n  </b>\n  <d> t\n&lt;</d>\n  <e> </e>\n</a>\n";
        assert_eq!(shown(text), expected);
        assert_eq!(shown(expected), expected);
    }

    #[test]
    fn mixed_content_keeps_its_white_space() {
        assert_eq!(shown("<a><b>t <c> <d/> </c></b></a>").lines().nth(2), Some("  <b>t <c> <d/> </c></b>"));
    }

    #[test]
    fn an_inner_element_shows_the_namespaces_around_it() {
        let document = Document::parse(b"<a xmlns='u:a' xmlns:p='u:p'><p:b/></a>", &Limits::DEFAULT).unwrap();
        let b = pretty(document.root().child("b").unwrap());
        assert_eq!(String::from_utf8(b).unwrap().lines().nth(1), Some("<p:b xmlns=\"u:a\" xmlns:p=\"u:p\"/>"));
    }

    #[test]
    fn the_data_stays_the_same() {
        let text = "<a><b>&#13;&lt;</b><c x='&#10;'> <d>\u{85}</d></c></a>";
        let stripped = c14n::Options { drop_blank_text: true, ..c14n::Options::EXCLUSIVE };
        let canonical = |text: &str| {
            c14n::canonicalise(Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap().root(), &stripped)
        };
        assert_eq!(canonical(&shown(text)), canonical(text));
    }
}
