//! Building the arena.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::ops::Range;

use super::MAX_PROBLEMS;
use super::resolve::{self, BadReference};
use super::scope::Scope;
use super::tag::{Malformed, Name, RawAttribute, Tag, is_target};
use crate::problem::{Place, Problem, Problems, Rule, line_and_column};
use crate::xml::chars::{has_text_special, is_blank};
use crate::xml::document::{
    AttributeEntry, Declaration, Document, Entry, Kind, NO_PARENT, NamespaceId, XML_NAMESPACE, prefix,
};
use crate::xml::limits::Limits;
use crate::xml::place::place_at;
use crate::xml::rules;

/// The namespace of `xmlns` attributes, which nothing may be bound to.
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Reading cannot go on; the reason is among the problems.
pub(super) struct Stop;

/// An element that is not closed yet.
struct Open {
    id: u32,
    /// Length of the scope before its own declarations.
    bound: usize,
}

/// What is known of a text: only white space; canonical as it is.
struct Form {
    blank: bool,
    clean: bool,
}

impl Form {
    /// Comments and processing instructions are not text.
    const MARKUP: Self = Self { blank: false, clean: false };
}

/// The document so far. Offsets that come in are offsets in `text`.
pub(super) struct Builder<'a, 'l> {
    document: Document<'a>,
    text: &'a str,
    /// Length of the byte order mark.
    mark: usize,
    limits: &'l Limits,
    open: Vec<Open>,
    scope: Scope<'a>,
    problems: Vec<Problem>,
    bad: Vec<BadReference>,
    root: Option<u32>,
}

/// Whether one name sorts before the next. Their first bytes nearly always tell, without a call to compare the rest.
fn rises(last: &str, next: &str) -> bool {
    match (last.as_bytes().first(), next.as_bytes().first()) {
        (Some(one), Some(other)) if one != other => one < other,
        (None, other) => other.is_some(),
        (Some(_), _) => last < next,
    }
}

/// An offset in 32 bits; the input is checked to be shorter.
fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl<'a, 'l> Builder<'a, 'l> {
    pub(super) fn new(input: &'a [u8], text: &'a str, limits: &'l Limits) -> Self {
        // What a message with white space needs; a denser one makes the lists grow.
        let nodes = (input.len() / 24).min(limits.nodes);
        Self {
            document: Document {
                input,
                nodes: Vec::with_capacity(nodes),
                attributes: Vec::with_capacity(nodes / 2),
                declarations: Vec::new(),
                namespaces: vec![Cow::Borrowed(""), Cow::Borrowed(XML_NAMESPACE)],
                root: 0,
            },
            text,
            mark: input.len() - text.len(),
            limits,
            open: Vec::new(),
            scope: Scope::new(),
            problems: Vec::new(),
            bad: Vec::new(),
            root: None,
        }
    }

    /// The document, unless there is a problem.
    pub(super) fn finish(mut self) -> Result<Document<'a>, Problems> {
        match (Problems::from_vec(self.problems), self.root) {
            (Some(problems), _) => Err(problems),
            (None, Some(root)) => {
                self.document.root = root;
                Ok(self.document)
            }
            (None, None) => Err(Problem::new(&rules::ROOT, Place::Document).into()),
        }
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        let text: &'a str = self.text;
        text.get(range).unwrap_or_default()
    }

    /// The place of an offset: in the innermost open element, or nowhere in particular.
    fn place(&self, offset: usize) -> Place {
        let offset = self.mark + offset;
        match self.open.last() {
            Some(open) => place_at(&self.document, open.id, offset),
            None => {
                let (line, column) = line_and_column(self.document.input, offset);
                Place::Position { line, column }
            }
        }
    }

    /// Reports what ends the reading.
    pub(super) fn stop(&mut self, rule: &'static Rule, offset: usize, message: impl Into<String>) -> Stop {
        let message = message.into();
        let mut problem = Problem::new(rule, self.place(offset));
        if !message.is_empty() {
            problem = problem.message(message);
        }
        self.problems.push(problem);
        Stop
    }

    /// Reports what does not hinder reading on, unless it was enough.
    fn report(&mut self, problem: Problem) -> Result<(), Stop> {
        self.problems.push(problem);
        if self.problems.len() < MAX_PROBLEMS { Ok(()) } else { Err(Stop) }
    }

    fn malformed(&mut self, malformed: &Malformed) -> Stop {
        self.stop(&rules::SYNTAX, malformed.at, malformed.what)
    }

    fn limit(&mut self, rule: &'static Rule, offset: usize, most: usize) -> Stop {
        let problem = Problem::new(rule, self.place(offset)).expected(format!("{most} at most"));
        self.problems.push(problem);
        Stop
    }

    #[inline]
    fn push(&mut self, entry: Entry<'a>, offset: usize) -> Result<u32, Stop> {
        if self.document.nodes.len() >= self.limits.nodes {
            return Err(self.limit(&rules::LIMIT_NODES, offset, self.limits.nodes));
        }
        let id = short(self.document.nodes.len());
        self.document.nodes.push(entry);
        Ok(id)
    }

    #[inline]
    fn leaf(&mut self, kind: Kind, text: Cow<'a, str>, form: Form, span: Range<usize>) -> Result<(), Stop> {
        let entry = Entry {
            text,
            parent: self.open.last().map_or(NO_PARENT, |open| open.id),
            end: short(self.document.nodes.len() + 1),
            span: (short(self.mark + span.start), short(self.mark + span.end)),
            attributes: (0, 0),
            declarations: (0, 0),
            local_at: 0,
            canonical_tag: None,
            namespace: NamespaceId::NONE,
            kind,
            blank: form.blank,
            clean: form.clean,
        };
        self.push(entry, span.start).map(|_| ())
    }

    /// The text between two pieces of markup.
    pub(super) fn text(&mut self, span: Range<usize>) -> Result<(), Stop> {
        if span.is_empty() {
            return Ok(());
        }
        let start = span.start;
        let raw = self.slice(span.clone());
        let indent = raw.bytes().position(|byte| !matches!(byte, b' ' | b'\n' | b'\t')).unwrap_or(raw.len());
        if self.open.is_empty() {
            let Some(visible) = raw.bytes().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) else {
                return Ok(());
            };
            return Err(self.stop(&rules::ROOT, start + visible, ""));
        }
        if raw.len() > self.limits.text {
            return Err(self.limit(&rules::LIMIT_TEXT, start, self.limits.text));
        }
        if indent == raw.len() {
            return self.leaf(Kind::Text, Cow::Borrowed(raw), Form { blank: true, clean: true }, span);
        }
        if !has_text_special(raw) {
            return self.leaf(Kind::Text, Cow::Borrowed(raw), Form { blank: false, clean: true }, span);
        }
        if let Some(at) = memchr::memmem::find(raw.as_bytes(), b"]]>") {
            return Err(self.stop(&rules::SYNTAX, start + at, "']]>' must not stand in text"));
        }
        let text = resolve::text(raw, &mut self.bad);
        self.report_references(start, raw)?;
        let form = Form { blank: is_blank(&text), clean: false };
        self.leaf(Kind::Text, text, form, span)
    }

    fn report_references(&mut self, base: usize, raw: &'a str) -> Result<(), Stop> {
        for bad in std::mem::take(&mut self.bad) {
            let found = raw.get(bad.at..bad.at + bad.length).unwrap_or_default();
            self.report(Problem::new(&rules::REFERENCE, self.place(base + bad.at)).found(found))?;
        }
        Ok(())
    }

    /// A CDATA section.
    pub(super) fn cdata(&mut self, span: Range<usize>) -> Result<(), Stop> {
        if self.open.is_empty() {
            return Err(self.stop(&rules::ROOT, span.start, ""));
        }
        let raw = self.slice(span.start + "<![CDATA[".len()..span.end - "]]>".len());
        if raw.len() > self.limits.text {
            return Err(self.limit(&rules::LIMIT_TEXT, span.start, self.limits.text));
        }
        let form = Form { blank: is_blank(raw), clean: false };
        self.leaf(Kind::CData, resolve::line_ends(raw), form, span)
    }

    /// A comment.
    pub(super) fn comment(&mut self, span: Range<usize>) -> Result<(), Stop> {
        let raw = self.slice(span.start + "<!--".len()..span.end - "-->".len());
        self.leaf(Kind::Comment, resolve::line_ends(raw), Form::MARKUP, span)
    }

    /// A processing instruction.
    pub(super) fn instruction(&mut self, span: Range<usize>) -> Result<(), Stop> {
        let raw = self.slice(span.start + "<?".len()..span.end - "?>".len());
        let white = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        let (target, data) = raw.split_once(white).unwrap_or((raw, ""));
        if !is_target(target) {
            return Err(self.stop(&rules::SYNTAX, span.start, "a processing instruction needs a target"));
        }
        if !self.limits.processing_instructions {
            return self.report(Problem::new(&rules::INSTRUCTION, self.place(span.start)).found(target));
        }
        let data = resolve::line_ends(data.trim_start_matches(white));
        let text = if data.is_empty() { Cow::Borrowed(target) } else { Cow::Owned(format!("{target} {data}")) };
        self.leaf(Kind::Instruction, text, Form::MARKUP, span)
    }

    /// The XML declaration.
    pub(super) fn declaration(&mut self, span: Range<usize>) -> Result<(), Stop> {
        if span.start != 0 {
            return Err(self.stop(&rules::DECLARATION, span.start, ""));
        }
        let mut tag = Tag::new(self.text, "<?".len());
        tag.name().map_err(|malformed| self.malformed(&malformed))?;
        // In this order, each at most once; the version is not optional.
        let mut next = 0;
        while let Some(item) = tag.attribute().map_err(|malformed| self.malformed(&malformed))? {
            let (order, rule, good) = match item.name.text {
                "version" => (0, &rules::DECLARATION, item.value == "1.0"),
                "encoding" => (1, &rules::ENCODING, item.value.eq_ignore_ascii_case("utf-8")),
                "standalone" => (2, &rules::DECLARATION, matches!(item.value, "yes" | "no")),
                _ => (0, &rules::DECLARATION, false),
            };
            let in_place = order >= next && (next > 0 || order == 0);
            if !in_place || !good {
                let rule = if in_place { rule } else { &rules::DECLARATION };
                self.report(Problem::new(rule, self.place(item.at)).found(item.value))?;
            }
            next = order + 1;
        }
        if next == 0 || tag.at() + "?>".len() != span.end {
            self.report(Problem::new(&rules::DECLARATION, self.place(0)))?;
        }
        Ok(())
    }

    /// A start tag, or an element without content, at `start`. Gives the offset after it.
    pub(super) fn open(&mut self, start: usize) -> Result<usize, Stop> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.stop(&rules::ROOT, start, ""));
        }
        if self.open.len() >= self.limits.depth {
            return Err(self.limit(&rules::LIMIT_DEPTH, start, self.limits.depth));
        }
        let mut tag = Tag::new(self.text, start + 1);
        let name = tag.name().map_err(|malformed| self.malformed(&malformed))?;
        let id = self.element(name, start)?;
        let bound = self.scope.len();
        self.open.push(Open { id, bound });
        let prefixed = self.attributes(&mut tag, id)?;
        let (empty, end) = tag.end().map_err(|malformed| self.malformed(&malformed))?;
        self.resolve_element_prefix(id, start)?;
        if prefixed {
            self.resolve_attribute_prefixes(id)?;
        }
        if empty {
            self.leave(end);
        }
        Ok(end)
    }

    fn element(&mut self, name: Name<'a>, start: usize) -> Result<u32, Stop> {
        let entry = Entry {
            text: Cow::Borrowed(name.text),
            parent: self.open.last().map_or(NO_PARENT, |open| open.id),
            end: short(self.document.nodes.len() + 1),
            span: (short(self.mark + start), short(self.mark + start)),
            attributes: (0, 0),
            declarations: (0, 0),
            local_at: name.local_at,
            canonical_tag: None,
            namespace: NamespaceId::NONE,
            kind: Kind::Element,
            blank: false,
            clean: true,
        };
        let id = self.push(entry, start)?;
        self.root.get_or_insert(id);
        Ok(id)
    }

    /// Closes the innermost element, which ends before `end`.
    fn leave(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        self.scope.truncate(open.bound);
        let after = short(self.document.nodes.len());
        if let Some(entry) = self.document.nodes.get_mut(open.id as usize) {
            entry.end = after;
            entry.span.1 = short(self.mark + end);
        }
    }

    /// An end tag at `start`. Gives the offset after it.
    pub(super) fn close(&mut self, start: usize) -> Result<usize, Stop> {
        let Some(open) = self.open.last() else { return Err(self.stop(&rules::TAGS, start, "")) };
        let name = self.document.node(open.id).text.as_bytes();
        let rest = self.text.as_bytes().get(start + "</".len()..).unwrap_or_default();
        let Some(behind) = rest.strip_prefix(name) else { return Err(self.stop(&rules::TAGS, start, "")) };
        let white = behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        if behind.get(white) != Some(&b'>') {
            return Err(self.stop(&rules::TAGS, start, ""));
        }
        let end = start + "</".len() + name.len() + white + 1;
        self.leave(end);
        Ok(end)
    }

    /// The end of the input.
    pub(super) fn end_of_input(&mut self) -> Result<(), Stop> {
        match (self.open.is_empty(), self.root) {
            (false, _) => Err(self.stop(&rules::TAGS, self.text.len(), "an element has no end tag")),
            (true, None) => Err(self.stop(&rules::ROOT, self.text.len(), "there is no element")),
            (true, Some(_)) => Ok(()),
        }
    }

    /// Reads the attributes; says whether any has a prefix.
    fn attributes(&mut self, tag: &mut Tag<'a>, id: u32) -> Result<bool, Stop> {
        let first = self.document.attributes.len();
        let first_declaration = self.document.declarations.len();
        let mut count = 0;
        // Whether the tag is what its canonical form would be, and whether the names rise.
        let (mut canonical, mut sorted) = (true, true);
        let (mut last, mut prefixed) = ("", false);
        let end = loop {
            let end = tag.at();
            let Some(raw) = tag.attribute().map_err(|malformed| self.malformed(&malformed))? else { break end };
            let offset = raw.at;
            count += 1;
            if count > self.limits.attributes {
                return Err(self.limit(&rules::LIMIT_ATTRIBUTES, offset, self.limits.attributes));
            }
            sorted &= rises(last, raw.name.text);
            last = raw.name.text;
            prefixed |= raw.name.local_at != 0;
            canonical &= raw.canonical;
            self.attribute(raw, offset, first_declaration)?;
        };
        let declarations = (short(first_declaration), short(self.document.declarations.len()));
        canonical &= sorted && !prefixed && end == tag.at() && declarations.0 == declarations.1;
        let attributes = (short(first), short(self.document.attributes.len()));
        if let Some(entry) = self.document.nodes.get_mut(id as usize) {
            entry.attributes = attributes;
            entry.declarations = declarations;
            entry.canonical_tag = NonZeroU32::new(short(self.mark + end)).filter(|_| canonical);
        }
        // Names that rise are different.
        if !sorted {
            self.refuse_duplicates(first)?;
        }
        Ok(prefixed)
    }

    fn attribute(&mut self, raw: RawAttribute<'a>, offset: usize, first_declaration: usize) -> Result<(), Stop> {
        if raw.value.len() > self.limits.text {
            return Err(self.limit(&rules::LIMIT_TEXT, offset, self.limits.text));
        }
        let mut value = Cow::Borrowed(raw.value);
        if raw.special {
            value = resolve::value(raw.value, &mut self.bad);
            self.report_references(offset, raw.value)?;
        }
        let Name { text: name, local_at } = raw.name;
        if name.starts_with("xmlns") {
            match (name, prefix(name, local_at)) {
                ("xmlns", _) => return self.declare("", value, offset, first_declaration),
                (_, "xmlns") => {
                    let declared = name.get(local_at as usize..).unwrap_or_default();
                    return self.declare(declared, value, offset, first_declaration);
                }
                (_, _) => {}
            }
        }
        let offset = short(self.mark + offset);
        let namespace = NamespaceId::NONE;
        let entry = AttributeEntry { name, value, local_at, offset, namespace, clean: !raw.special };
        self.document.attributes.push(entry);
        Ok(())
    }

    fn refuse_duplicates(&mut self, first: usize) -> Result<(), Stop> {
        let own = self.document.attributes.get(first..).unwrap_or_default();
        let mut twice = Vec::new();
        for (at, one) in own.iter().enumerate().skip(1) {
            if own.iter().take(at).any(|other| other.name == one.name) {
                twice.push((one.name, one.offset as usize - self.mark));
            }
        }
        for (name, offset) in twice {
            self.report(Problem::new(&rules::DUPLICATE_ATTRIBUTE, self.place(offset)).found(name))?;
        }
        Ok(())
    }

    /// A namespace declaration. Those from `first` on are the element's own.
    fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>, offset: usize, first: usize) -> Result<(), Stop> {
        let own = self.document.declarations.get(first..).unwrap_or_default();
        if own.iter().any(|other| other.prefix == prefix) {
            return self.report(Problem::new(&rules::DUPLICATE_ATTRIBUTE, self.place(offset)).found(prefix));
        }
        let allowed = match (prefix, &*uri) {
            ("xml", XML_NAMESPACE) => return Ok(()), // says what is so anyway
            ("xml" | "xmlns", _) | (_, XML_NAMESPACE | XMLNS_NAMESPACE) => false,
            (prefix, uri) => prefix.is_empty() || !uri.is_empty(),
        };
        if !allowed {
            self.report(Problem::new(&rules::NAMESPACE, self.place(offset)).found(uri))?;
            return Ok(());
        }
        if uri.len() > self.limits.namespace_bytes {
            return Err(self.limit(&rules::LIMIT_NAMESPACES, offset, self.limits.namespace_bytes));
        }
        let namespace = self.intern(uri, offset)?;
        if self.scope.len() >= self.limits.namespaces {
            return Err(self.limit(&rules::LIMIT_NAMESPACES, offset, self.limits.namespaces));
        }
        let declaration = Declaration { prefix, namespace };
        self.document.declarations.push(declaration);
        self.scope.bind(declaration);
        Ok(())
    }

    fn intern(&mut self, uri: Cow<'a, str>, offset: usize) -> Result<NamespaceId, Stop> {
        let known = &mut self.document.namespaces;
        let at = known.iter().position(|other| *other == uri).unwrap_or(known.len());
        if at == known.len() {
            known.push(uri);
        }
        // "" and the xml namespace are always there.
        match u16::try_from(at) {
            Ok(id) if at < self.limits.namespaces.saturating_add(2) => Ok(NamespaceId(id)),
            Ok(_) | Err(_) => Err(self.limit(&rules::LIMIT_NAMESPACES, offset, self.limits.namespaces)),
        }
    }

    /// Gives the element its namespace.
    fn resolve_element_prefix(&mut self, id: u32, start: usize) -> Result<(), Stop> {
        let Some(entry) = self.document.nodes.get_mut(id as usize) else { return Ok(()) };
        match self.scope.resolve(entry.prefix()) {
            Some(namespace) => entry.namespace = namespace,
            None => {
                let prefix = entry.prefix().to_owned();
                return self.report(Problem::new(&rules::PREFIX, self.place(start)).found(prefix));
            }
        }
        Ok(())
    }

    /// Gives the attributes of the element, the last one read, their namespaces.
    fn resolve_attribute_prefixes(&mut self, id: u32) -> Result<(), Stop> {
        let mut undeclared = Vec::new();
        let first = self.document.node(id).attributes.0 as usize;
        let own = self.document.attributes.get_mut(first..).unwrap_or_default();
        for attribute in own.iter_mut().filter(|attribute| attribute.local_at != 0) {
            match self.scope.resolve(attribute.prefix()) {
                Some(namespace) => attribute.namespace = namespace,
                None => undeclared.push((attribute.prefix(), attribute.offset as usize - self.mark)),
            }
        }
        for (prefix, offset) in undeclared {
            self.report(Problem::new(&rules::PREFIX, self.place(offset)).found(prefix))?;
        }
        self.refuse_same_expanded_names(first)
    }

    /// Namespaces in XML 1.0, section 6.3: different prefixes do not make one attribute two.
    fn refuse_same_expanded_names(&mut self, first: usize) -> Result<(), Stop> {
        let own = self.document.attributes.get(first..).unwrap_or_default();
        let mut twice = Vec::new();
        for (at, one) in own.iter().enumerate().filter(|(_, one)| one.namespace != NamespaceId::NONE) {
            let same = |other: &AttributeEntry<'_>| {
                other.namespace == one.namespace && other.local() == one.local() && other.name != one.name
            };
            if own.iter().take(at).any(same) {
                twice.push((one.name, one.offset as usize - self.mark));
            }
        }
        for (name, offset) in twice {
            self.report(Problem::new(&rules::DUPLICATE_ATTRIBUTE, self.place(offset)).found(name))?;
        }
        Ok(())
    }
}
