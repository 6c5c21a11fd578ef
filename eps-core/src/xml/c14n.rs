//! Canonical XML: Exclusive XML Canonicalization 1.0 and Canonical XML 1.0 of a subtree in its document.

use super::document::{AttributeEntry, Document, Entry, Kind, NO_PARENT, NamespaceId};
use super::element::Element;
use super::escape;

/// Which canonicalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two that XML signatures of the service may name")]
pub enum Method {
    /// Exclusive XML Canonicalization 1.0, <http://www.w3.org/2001/10/xml-exc-c14n#>.
    Exclusive,
    /// Canonical XML 1.0, <http://www.w3.org/TR/2001/REC-xml-c14n-20010315>.
    Inclusive,
}

/// How to canonicalise. [`Options::EXCLUSIVE`] is what the service's signatures use.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Options<'o> {
    /// Which canonicalisation.
    pub method: Method,
    /// Whether comments are kept (the algorithm whose URI ends in `WithComments`).
    pub comments: bool,
    /// Whether texts of nothing but space, tab, CR and LF are left out, as `xsl:strip-space` does it.
    pub drop_blank_text: bool,
    /// Prefixes treated the inclusive way by the exclusive method (its `InclusiveNamespaces PrefixList`); the empty
    /// prefix is `#default`.
    pub inclusive_prefixes: &'o [&'o str],
    /// Elements for which this is false are left out with all that is in them.
    pub keep: Option<&'o dyn Fn(Element<'_, '_>) -> bool>,
}

impl Options<'_> {
    /// Exclusive, without comments, nothing left out.
    pub const EXCLUSIVE: Self = Self {
        method: Method::Exclusive,
        comments: false,
        drop_blank_text: false,
        inclusive_prefixes: &[],
        keep: None,
    };
    /// Inclusive, without comments, nothing left out.
    pub const INCLUSIVE: Self = Self { method: Method::Inclusive, ..Self::EXCLUSIVE };
}

impl<'o> Options<'o> {
    /// The same with a filter: elements for which it is false are left out with all that is in them.
    #[must_use]
    pub fn keeping<'n>(self, keep: &'n dyn Fn(Element<'_, '_>) -> bool) -> Options<'n>
    where
        'o: 'n,
    {
        Options { keep: Some(keep), ..self }
    }
}

/// The canonical form of an element in its document.
#[must_use]
pub fn canonicalise(element: Element<'_, '_>, options: &Options<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(element.span().len());
    canonicalise_into(&mut out, element, options);
    out
}

/// Appends the canonical form of an element in its document to `out`.
pub fn canonicalise_into(out: &mut Vec<u8>, element: Element<'_, '_>, options: &Options<'_>) {
    let mut canon = Canoniser::new(out, element.document, options);
    canon.subtree(element.id);
}

/// The canonical form of a whole document, with the comments and processing instructions around the document element.
#[must_use]
pub fn canonicalise_document(document: &Document<'_>, options: &Options<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(document.input.len());
    let mut canon = Canoniser::new(&mut out, document, options);
    let mut at = 0;
    while let Some(entry) = document.nodes.get(at as usize) {
        if at == document.root {
            canon.subtree(at);
        } else if entry.kind != Kind::Comment || options.comments {
            // A line end stands between such a node and the document element.
            if at > document.root {
                canon.out.push(b'\n');
            }
            canon.leaf(at, entry);
            if at < document.root {
                canon.out.push(b'\n');
            }
        }
        at = entry.end.max(at + 1);
    }
    out
}

/// An element whose end tag is still to be written.
struct Open<'d> {
    end: u32,
    name: &'d str,
    /// Length of the rendered namespaces before its own.
    rendered: usize,
}

/// Texts and CDATA sections side by side.
struct Run {
    end: u32,
    blank: bool,
}

struct Canoniser<'d, 'a, 'o> {
    out: &'o mut Vec<u8>,
    document: &'d Document<'a>,
    options: &'o Options<'o>,
    /// The namespace declarations written by the open elements, innermost last.
    rendered: Vec<(&'d str, NamespaceId)>,
    /// The declarations to write for the element at hand.
    declare: Vec<(&'d str, NamespaceId)>,
    /// The attributes of the element at hand, sorted.
    sorted: Vec<&'d AttributeEntry<'a>>,
    run: Run,
}

impl<'d, 'a, 'o> Canoniser<'d, 'a, 'o> {
    fn new(out: &'o mut Vec<u8>, document: &'d Document<'a>, options: &'o Options<'o>) -> Self {
        Self {
            out,
            document,
            options,
            rendered: Vec::new(),
            declare: Vec::new(),
            sorted: Vec::new(),
            run: Run { end: 0, blank: false },
        }
    }

    fn subtree(&mut self, apex: u32) {
        let document = self.document;
        let end = document.node(apex).end;
        let mut open: Vec<Open<'d>> = Vec::new();
        let mut at = apex;
        while at < end {
            self.close(&mut open, at);
            let entry = document.node(at);
            if entry.kind != Kind::Element {
                self.leaf(at, entry);
                at += 1;
            } else if self.options.keep.is_none_or(|keep| keep(Element { document, id: at })) {
                let rendered = self.rendered.len();
                self.start(at, entry, at == apex);
                open.push(Open { end: entry.end, name: &entry.text, rendered });
                at += 1;
            } else {
                at = entry.end.max(at + 1);
            }
        }
        self.close(&mut open, end);
    }

    /// Writes the end tags of the elements that end at or before `at`.
    fn close(&mut self, open: &mut Vec<Open<'d>>, at: u32) {
        while let Some(element) = open.pop_if(|element| element.end <= at) {
            self.out.extend_from_slice(b"</");
            self.out.extend_from_slice(element.name.as_bytes());
            self.out.push(b'>');
            self.rendered.truncate(element.rendered);
        }
    }

    fn leaf(&mut self, id: u32, entry: &Entry<'_>) {
        match entry.kind {
            Kind::Text | Kind::CData if self.options.drop_blank_text && self.in_blank_run(id) => {}
            Kind::Text | Kind::CData if entry.clean => self.out.extend_from_slice(entry.text.as_bytes()),
            Kind::Text | Kind::CData => escape::text(self.out, &entry.text),
            Kind::Comment if self.options.comments => {
                self.out.extend_from_slice(b"<!--");
                escape::markup(self.out, &entry.text);
                self.out.extend_from_slice(b"-->");
            }
            Kind::Instruction => {
                self.out.extend_from_slice(b"<?");
                escape::markup(self.out, &entry.text);
                self.out.extend_from_slice(b"?>");
            }
            Kind::Comment | Kind::Element => {}
        }
    }

    /// Whether this text, and the text and CDATA directly beside it, is white space only: together they are one text
    /// node of the XPath data model. Nodes come in order, so that a run is met at its start and looked at once.
    fn in_blank_run(&mut self, id: u32) -> bool {
        if id >= self.run.end {
            let parent = self.document.node(id).parent;
            let from = self.document.nodes.get(id as usize..).unwrap_or_default();
            let run = from.iter().take_while(|e| e.parent == parent && matches!(e.kind, Kind::Text | Kind::CData));
            self.run = Run { end: id, blank: true };
            for entry in run {
                self.run = Run { end: entry.end, blank: self.run.blank && entry.blank };
            }
        }
        self.run.blank
    }

    fn start(&mut self, id: u32, entry: &'d Entry<'a>, apex: bool) {
        if let Some(tag) = self.canonical_tag(entry, apex) {
            self.out.extend_from_slice(tag);
            self.out.push(b'>');
            return;
        }
        self.collect_attributes(id, entry, apex);
        self.collect_declarations(id, entry, apex);
        self.out.push(b'<');
        self.out.extend_from_slice(entry.text.as_bytes());
        let document = self.document;
        for (prefix, namespace) in self.declare.drain(..) {
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape::value(self.out, document.namespace(namespace));
            self.out.push(b'"');
            self.rendered.push((prefix, namespace));
        }
        for attribute in self.sorted.drain(..) {
            self.out.push(b' ');
            self.out.extend_from_slice(attribute.name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            if attribute.clean {
                self.out.extend_from_slice(attribute.value.as_bytes());
            } else {
                escape::value(self.out, &attribute.value);
            }
            self.out.push(b'"');
        }
        self.out.push(b'>');
    }

    /// The start tag as it came, without its end, if it is already canonical and needs no declaration here.
    fn canonical_tag(&self, entry: &Entry<'_>, apex: bool) -> Option<&'a [u8]> {
        let end = entry.canonical_tag?.get();
        let at_home = match self.options.method {
            Method::Exclusive => self.in_force(entry.prefix(), entry.namespace),
            Method::Inclusive => !apex,
        };
        let plain = at_home && (!apex || self.options.inclusive_prefixes.is_empty());
        self.document.input.get(entry.span.0 as usize..end as usize).filter(|_| plain)
    }

    /// The attributes, by namespace URI and then by local name; those without a namespace come first.
    fn collect_attributes(&mut self, id: u32, entry: &'d Entry<'a>, apex: bool) {
        let document = self.document;
        self.sorted.extend(document.attributes_of(id));
        if apex && self.options.method == Method::Inclusive {
            self.inherit_xml_attributes(entry.parent);
        }
        let key = |attribute: &AttributeEntry<'a>| (document.namespace(attribute.namespace), attribute.local());
        if !self.sorted.is_sorted_by(|one, other| key(one) <= key(other)) {
            self.sorted.sort_unstable_by(|one, other| key(one).cmp(&key(other)));
        }
    }

    /// Canonical XML 1.0 section 2.4: the apex takes over the nearest `xml:` attributes of the elements around it.
    fn inherit_xml_attributes(&mut self, mut around: u32) {
        let document = self.document;
        while around != NO_PARENT {
            for attribute in document.attributes_of(around) {
                let known = |other: &&AttributeEntry<'_>| {
                    other.namespace == NamespaceId::XML && other.local() == attribute.local()
                };
                if attribute.namespace == NamespaceId::XML && !self.sorted.iter().any(known) {
                    self.sorted.push(attribute);
                }
            }
            around = document.node(around).parent;
        }
    }

    /// The namespace declarations to write: sorted by prefix, those already in force left out.
    fn collect_declarations(&mut self, id: u32, entry: &'d Entry<'a>, apex: bool) {
        let document = self.document;
        match self.options.method {
            Method::Exclusive => {
                self.need(entry.prefix(), entry.namespace);
                for at in 0..self.sorted.len() {
                    if let Some(attribute) = self.sorted.get(at).filter(|attribute| attribute.local_at != 0) {
                        self.need(attribute.prefix(), attribute.namespace);
                    }
                }
                if !self.options.inclusive_prefixes.is_empty() {
                    let listed = self.options.inclusive_prefixes;
                    self.need_declared(id, apex, |prefix| listed.contains(&prefix));
                }
            }
            Method::Inclusive if apex || !document.declarations_of(id).is_empty() => {
                self.need_declared(id, apex, |_| true);
            }
            Method::Inclusive => {}
        }
        self.declare.sort_unstable_by_key(|(prefix, _)| *prefix);
    }

    /// Needs what the element itself declares; for the apex, what is declared around it as well.
    fn need_declared(&mut self, id: u32, apex: bool, wanted: impl Fn(&str) -> bool) {
        let document = self.document;
        let mut met: Vec<&str> = Vec::new();
        let mut at = id;
        while at != NO_PARENT {
            for declaration in document.declarations_of(at) {
                if !met.contains(&declaration.prefix) && wanted(declaration.prefix) {
                    met.push(declaration.prefix);
                    self.need(declaration.prefix, declaration.namespace);
                }
            }
            at = if apex { document.node(at).parent } else { NO_PARENT };
        }
    }

    /// Declares the prefix unless it stands for this namespace already.
    fn need(&mut self, prefix: &'d str, namespace: NamespaceId) {
        if !self.in_force(prefix, namespace) && !self.declare.contains(&(prefix, namespace)) {
            self.declare.push((prefix, namespace));
        }
    }

    /// Whether the prefix stands for this namespace by what is written so far.
    fn in_force(&self, prefix: &str, namespace: NamespaceId) -> bool {
        // Most prefixes are empty, and a call to compare nothing costs more than all the rest here.
        let same = |other: &str| other.len() == prefix.len() && (prefix.is_empty() || other == prefix);
        let written = self.rendered.iter().rev().find(|(other, _)| same(other));
        let none = prefix.is_empty() && namespace == NamespaceId::NONE;
        written.map_or(none, |(_, id)| *id == namespace) || namespace == NamespaceId::XML
    }
}

#[cfg(test)]
mod tests;
