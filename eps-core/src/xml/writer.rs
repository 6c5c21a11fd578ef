//! Writing XML that is canonical from the start.

use super::escape;

/// Writes a document or a part of one, in canonical form: no declaration, no white space of its own, start and end tags
/// for empty elements, attributes sorted, characters escaped as Canonical XML does.
///
/// What it writes is its own exclusive canonical form, if every namespace is declared by [`namespace`](Self::namespace)
/// at the elements that use it first and not around them; it is its own inclusive canonical form in any case.
///
/// Texts and values are normalised so that all canonicalisers agree about them: line ends of every kind become LF in
/// text, runs of tabs and line ends become one space in values, and characters that XML does not allow become U+FFFD.
/// Callers that must not change data refuse such characters before.
///
/// ```
/// use eps_core::xml::Writer;
/// let mut writer = Writer::new(Vec::new());
/// writer.start("a").namespace("", "urn:x").attr("y", "2").attr("x", "<1>");
/// writer.text_element("b", "t & u").empty("c", &[("k", "v")]);
/// assert_eq!(writer.finish(), br#"<a xmlns="urn:x" x="&lt;1>" y="2"><b>t &amp; u</b><c k="v"></c></a>"#);
/// ```
///
/// Names and URIs are given by the program, not by data: that they are names, and that their prefixes are declared, is
/// checked in debug builds only. An end without a start does nothing.
#[derive(Debug)]
pub struct Writer<'n> {
    out: Vec<u8>,
    open: Vec<&'n str>,
    /// Namespaces declared by the open elements, with the depth of the element.
    bound: Vec<Binding<'n>>,
    /// The attributes and declarations of the start tag that is being written.
    tag: Vec<Pending<'n>>,
    in_tag: bool,
    /// Whether the attributes came in another order than the canonical one.
    unsorted: bool,
}

#[derive(Clone, Copy, Debug)]
struct Binding<'n> {
    depth: usize,
    prefix: &'n str,
    uri: &'n str,
}

#[derive(Clone, Copy, Debug)]
struct Pending<'n> {
    /// The prefix that is declared, or the name of the attribute.
    name: &'n str,
    declares: bool,
    /// Where it starts in the output.
    at: usize,
}

impl<'n> Writer<'n> {
    /// A writer that appends to `out`.
    #[must_use]
    pub fn new(out: Vec<u8>) -> Self {
        Self { out, open: Vec::new(), bound: Vec::new(), tag: Vec::new(), in_tag: false, unsorted: false }
    }

    /// Starts an element. Its attributes and declarations come next, in any order.
    pub fn start(&mut self, name: &'n str) -> &mut Self {
        debug_assert!(is_name(name), "{name:?} is not a name");
        self.close_tag();
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        self.open.push(name);
        self.in_tag = true;
        self
    }

    /// Declares a namespace at the element just started, unless it is in force there; the empty prefix is the default.
    pub fn namespace(&mut self, prefix: &'n str, uri: &'n str) -> &mut Self {
        debug_assert!(self.in_tag, "a declaration belongs to a start tag");
        debug_assert!(prefix.is_empty() || (is_name(prefix) && !uri.is_empty()), "{prefix:?} is declared wrongly");
        if self.in_tag && self.uri_of(prefix).unwrap_or_default() != uri {
            self.unsorted |= !self.tag.is_empty();
            self.tag.push(Pending { name: prefix, declares: true, at: self.out.len() });
            self.bound.push(Binding { depth: self.open.len(), prefix, uri });
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape::value(&mut self.out, uri);
            self.out.push(b'"');
        }
        self
    }

    /// Adds an attribute to the element just started. Of two with one name the first counts.
    pub fn attr(&mut self, name: &'n str, value: &str) -> &mut Self {
        debug_assert!(self.in_tag, "an attribute belongs to a start tag");
        debug_assert!(is_name(name), "{name:?} is not a name");
        if self.in_tag {
            let follows = |last: &Pending<'_>| last.declares || last.name < name;
            self.unsorted |= name.contains(':') || !self.tag.last().is_none_or(follows);
            self.tag.push(Pending { name, declares: false, at: self.out.len() });
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape::own_value(&mut self.out, value);
            self.out.push(b'"');
        }
        self
    }

    /// Adds an attribute if there is a value.
    pub fn attr_if(&mut self, name: &'n str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.attr(name, value);
        }
        self
    }

    /// Adds text to the innermost element.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.close_tag();
        escape::own_text(&mut self.out, text);
        self
    }

    /// Adds bytes as they are: an element that came from elsewhere and must not change. They have to be well-formed, and
    /// their prefixes declared here; see [`Element::in_scope_namespaces`](super::Element::in_scope_namespaces).
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.close_tag();
        self.out.extend_from_slice(bytes);
        self
    }

    /// Ends the innermost element.
    pub fn end(&mut self) -> &mut Self {
        self.close_tag();
        debug_assert!(!self.open.is_empty(), "there is no element to end");
        if let Some(name) = self.open.pop() {
            self.out.extend_from_slice(b"</");
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'>');
            while self.bound.pop_if(|binding| binding.depth > self.open.len()).is_some() {}
        }
        self
    }

    /// An element with attributes and nothing in it.
    pub fn empty(&mut self, name: &'n str, attributes: &[(&'n str, &str)]) -> &mut Self {
        self.start(name).attrs(attributes).end()
    }

    /// An element with text and nothing else.
    pub fn text_element(&mut self, name: &'n str, text: &str) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// An element with attributes and what `content` writes.
    pub fn element(
        &mut self,
        name: &'n str,
        attributes: &[(&'n str, &str)],
        content: impl FnOnce(&mut Self),
    ) -> &mut Self {
        self.start(name).attrs(attributes);
        let depth = self.open.len();
        content(self);
        while self.open.len() >= depth {
            self.end();
        }
        self
    }

    /// Adds attributes to the element just started.
    pub fn attrs(&mut self, attributes: &[(&'n str, &str)]) -> &mut Self {
        for (name, value) in attributes {
            self.attr(name, value);
        }
        self
    }

    /// Ends all open elements and gives the bytes back.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn uri_of(&self, prefix: &str) -> Option<&'n str> {
        self.bound.iter().rev().find(|binding| binding.prefix == prefix).map(|binding| binding.uri)
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            if self.unsorted {
                self.sort_tag();
            }
            self.out.push(b'>');
            self.tag.clear();
            self.in_tag = false;
            self.unsorted = false;
        }
    }

    /// Puts declarations and attributes into canonical order and leaves repeated ones out.
    fn sort_tag(&mut self) {
        let Some(first) = self.tag.first().map(|pending| pending.at) else { return };
        let ends = self.tag.iter().skip(1).map(|next| next.at).chain([self.out.len()]);
        let mut sorted: Vec<(Key<'_>, &[u8])> = Vec::with_capacity(self.tag.len());
        for (pending, end) in self.tag.iter().zip(ends) {
            sorted.push((self.key(pending), self.out.get(pending.at..end).unwrap_or_default()));
        }
        sorted.sort_by_key(|(key, _)| *key); // stable: the first of two stays first
        sorted.dedup_by_key(|(key, _)| *key);
        let bytes: Vec<u8> = sorted.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
        self.out.truncate(first);
        self.out.extend_from_slice(&bytes);
    }

    /// Declarations by prefix, then attributes by namespace URI and local name.
    fn key(&self, pending: &Pending<'n>) -> Key<'n> {
        match pending.name.split_once(':') {
            _ if pending.declares => (false, pending.name, ""),
            Some((prefix, local)) => {
                let uri = if prefix == "xml" { Some(super::document::XML_NAMESPACE) } else { self.uri_of(prefix) };
                debug_assert!(uri.is_some(), "{prefix:?} is not declared");
                (true, uri.unwrap_or(prefix), local)
            }
            None => (true, "", pending.name),
        }
    }
}

/// Whether an attribute and not a declaration; namespace URI or declared prefix; local name.
type Key<'n> = (bool, &'n str, &'n str);

fn is_name(name: &str) -> bool {
    let (prefix, local) = name.split_once(':').map_or((None, name), |(prefix, local)| (Some(prefix), local));
    prefix.is_none_or(super::chars::is_ncname) && super::chars::is_ncname(local)
}

#[cfg(test)]
mod tests;
