//! The digest input as other software may have made it: the parts of a prescription, written in any of many wrong forms.
//!
//! Without a deviation the bytes are those of [`fragments`](crate::signature::fragments), which a test holds to.

use std::borrow::Cow;

use crate::signature::fragments::{Parts, is_blank};
use crate::xml::{Element, Node as XmlNode};

/// Where the HL7 v3 namespace is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// On each part: right.
    Parts,
    Nowhere,
    Root,
    Everywhere,
}

/// How text and values are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaping {
    Canonical,
    None,
    Twice,
    Quotes,
}

/// The case of UUIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Upper,
}

/// How the digest input is written. [`Form::RIGHT`] is as the service wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one deviation, and any two may meet")]
pub(super) struct Form {
    pub(super) blank_kept: bool,
    pub(super) trimmed: bool,
    pub(super) joined: bool,
    pub(super) collapsed: bool,
    pub(super) crlf: bool,
    pub(super) indent: Option<&'static str>,
    pub(super) id_first: bool,
    pub(super) grouped: bool,
    /// The children of element number `.0` (in document order) at positions `.1` and the next are exchanged.
    pub(super) swapped: Option<(usize, usize)>,
    pub(super) items: Option<Vec<usize>>,
    pub(super) attributes_as_written: bool,
    pub(super) status_kept: bool,
    pub(super) low_kept: bool,
    pub(super) repeat_dropped: bool,
    pub(super) declared: Declared,
    pub(super) inherited: bool,
    pub(super) self_closed: bool,
    pub(super) declaration: bool,
    pub(super) final_newline: bool,
    pub(super) unwrapped: bool,
    pub(super) escaping: Escaping,
    /// How often markup in values is unescaped (negative) or escaped (positive) before all else.
    pub(super) text_escapes: i8,
    pub(super) latin1: bool,
    pub(super) uuids: Option<Case>,
    pub(super) time: Option<String>,
}

impl Form {
    pub(super) const RIGHT: Self = Self {
        blank_kept: false,
        trimmed: false,
        joined: false,
        collapsed: false,
        crlf: false,
        indent: None,
        id_first: false,
        grouped: false,
        swapped: None,
        items: None,
        attributes_as_written: false,
        status_kept: false,
        low_kept: false,
        repeat_dropped: false,
        declared: Declared::Parts,
        inherited: false,
        self_closed: false,
        declaration: false,
        final_newline: false,
        unwrapped: false,
        escaping: Escaping::Canonical,
        text_escapes: 0,
        latin1: false,
        uuids: None,
        time: None,
    };
}

/// An element of the parts, with all that was in it.
struct Node<'d> {
    name: &'d str,
    prefix: &'d str,
    namespace: &'d str,
    attributes: Vec<Attribute<'d>>,
    content: Vec<Content<'d>>,
    number: usize,
}

struct Attribute<'d> {
    name: &'d str,
    namespace: &'d str,
    value: &'d str,
}

enum Content<'d> {
    Node(Node<'d>),
    Text(&'d str),
}

/// The parts of one prescription, ready to be written in any form.
pub(super) struct Draft<'d> {
    time: Node<'d>,
    id: Node<'d>,
    /// Author, patient, then the line items.
    rest: Vec<Node<'d>>,
    /// What is declared around the parts, but for the namespace of HL7 v3.
    inherited: Vec<(&'d str, &'d str)>,
    /// For each element, in document order: how many children it has.
    pub(super) children: Vec<(crate::xml::ElementId, usize)>,
}

const HL7: &str = crate::hl7v3::NAMESPACE;

impl<'d> Draft<'d> {
    pub(super) fn of(parts: &Parts<'d, '_>) -> Self {
        let mut children = Vec::new();
        let mut build = |element| build(element, &mut children);
        let (time, id) = (build(parts.time), build(parts.id));
        let rest = parts.hashed().skip(2).map(build).collect();
        let mut inherited = parts.record_target.in_scope_namespaces();
        inherited.retain(|(prefix, _)| !prefix.is_empty());
        Self { time, id, rest, inherited, children }
    }

    /// How many line items there are.
    pub(super) fn items(&self) -> usize {
        self.rest.len().saturating_sub(2)
    }

    /// The digest input in this form.
    pub(super) fn write(&self, form: &Form) -> Vec<u8> {
        let mut out = Out { draft: self, form, text: String::with_capacity(8 * 1024), rendered: Vec::new() };
        out.whole();
        if form.latin1 {
            return out.text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        }
        out.text.into_bytes()
    }
}

/// The element and what is in it. The depth is bounded by the limits of the reader.
fn build<'d>(element: Element<'d, '_>, children: &mut Vec<(crate::xml::ElementId, usize)>) -> Node<'d> {
    let number = children.len();
    children.push((element.id(), element.children().count()));
    let attributes = element.attributes();
    let attributes = attributes.map(|it| Attribute {
        name: it.qualified_name(),
        namespace: it.namespace().unwrap_or_default(),
        value: it.value(),
    });
    let attributes = attributes.collect();
    let content = element.nodes().filter_map(|node| match node {
        XmlNode::Element(child) => Some(Content::Node(build(child, children))),
        XmlNode::Text(text) | XmlNode::CData(text) => Some(Content::Text(text)),
        XmlNode::Comment(_) | XmlNode::ProcessingInstruction(_) => None,
    });
    let content = content.collect();
    Node {
        name: element.qualified_name(),
        prefix: element.prefix(),
        namespace: element.namespace().unwrap_or(HL7),
        attributes,
        content,
        number,
    }
}

struct Out<'o, 'd> {
    draft: &'o Draft<'d>,
    form: &'o Form,
    text: String,
    /// The declarations in force, prefix and namespace.
    rendered: Vec<(&'o str, &'o str)>,
}

impl<'o, 'd> Out<'o, 'd> {
    fn whole(&mut self) {
        let (draft, form) = (self.draft, self.form);
        if form.declaration {
            self.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        }
        let head = if form.id_first { [&draft.id, &draft.time] } else { [&draft.time, &draft.id] };
        let (before, items) = draft.rest.split_at(draft.rest.len().min(2));
        let ordered: Vec<&Node<'_>> = match &form.items {
            Some(order) => order.iter().filter_map(|at| items.get(*at)).collect(),
            None => items.iter().collect(),
        };
        if !form.unwrapped {
            self.text.push_str("<FragmentsToBeHashed");
            if form.declared == Declared::Root {
                self.text.push_str(" xmlns=\"");
                self.text.push_str(HL7);
                self.text.push('"');
                self.rendered.push(("", HL7));
            }
            self.text.push('>');
        }
        self.fragment(&head);
        for node in before.iter().chain(ordered) {
            self.fragment(&[node]);
        }
        if !form.unwrapped {
            self.line(0);
            self.text.push_str("</FragmentsToBeHashed>");
        }
        if form.final_newline {
            self.text.push('\n');
        }
    }

    fn fragment(&mut self, nodes: &[&'o Node<'d>]) {
        let depth = if self.form.unwrapped { 0 } else { 2 };
        if !self.form.unwrapped {
            self.line(1);
            self.text.push_str("<Fragment>");
        }
        for node in nodes {
            self.line(depth);
            self.node(node, "", depth, true);
        }
        if !self.form.unwrapped {
            self.line(1);
            self.text.push_str("</Fragment>");
        }
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.form.indent {
            self.text.push('\n');
            (0..depth).for_each(|_| self.text.push_str(indent));
        }
    }

    fn node(&mut self, node: &'o Node<'d>, parent: &str, depth: usize, is_part: bool) {
        let before = self.rendered.len();
        self.text.push('<');
        self.text.push_str(node.name);
        self.declarations(node, is_part);
        self.attributes(node, parent);
        let children = self.content(node);
        let empty = children.is_empty();
        if empty && self.form.self_closed {
            self.text.push_str("/>");
        } else {
            self.text.push('>');
            let mut has_element = false;
            for child in children {
                match child {
                    Content::Node(child) => {
                        has_element = true;
                        self.line(depth + 1);
                        self.node(child, node.name, depth + 1, false);
                    }
                    Content::Text(text) => self.escaped(&self.changed_text(text), false),
                }
            }
            if has_element {
                self.line(depth);
            }
            self.text.push_str("</");
            self.text.push_str(node.name);
            self.text.push('>');
        }
        self.rendered.truncate(before);
    }

    /// What of an element is written.
    fn content(&self, node: &'o Node<'d>) -> Vec<&'o Content<'d>> {
        let form = self.form;
        let written = |content: &&Content<'_>| match content {
            Content::Text(text) => (form.blank_kept || !is_blank(text)) && !(form.trimmed && text.trim().is_empty()),
            Content::Node(child) => match (node.name, child.name) {
                ("pertinentLineItem", "pertinentInformation4") => form.status_kept,
                ("repeatNumber", "low") => form.low_kept,
                ("pertinentLineItem", "repeatNumber") => !form.repeat_dropped,
                _ => true,
            },
        };
        let mut content: Vec<_> = node.content.iter().filter(written).collect();
        if form.grouped {
            content = grouped(content);
        }
        if let Some((number, at)) = form.swapped
            && number == node.number
        {
            let elements: Vec<usize> = content
                .iter()
                .enumerate()
                .filter(|(_, it)| matches!(it, Content::Node(_)))
                .map(|(position, _)| position)
                .collect();
            if let (Some(one), Some(next)) = (elements.get(at), elements.get(at + 1)) {
                content.swap(*one, *next);
            }
        }
        content
    }

    fn declarations(&mut self, node: &'o Node<'d>, is_part: bool) {
        let form = self.form;
        let mut wanted: Vec<(&'o str, &'o str)> = vec![(node.prefix, node.namespace)];
        let prefixed = node.attributes.iter().filter_map(|it| Some((it.name.split_once(':')?.0, it.namespace)));
        wanted.extend(prefixed.filter(|(prefix, _)| *prefix != "xml"));
        if is_part && form.inherited {
            wanted.extend(self.draft.inherited.iter().copied());
        }
        wanted.sort_unstable();
        wanted.dedup();
        for (prefix, uri) in wanted {
            let in_force = self.rendered.iter().rev().find(|(known, _)| *known == prefix);
            let is_hl7 = prefix.is_empty() && uri == HL7;
            let due = match form.declared {
                Declared::Nowhere if is_hl7 => false,
                Declared::Everywhere if is_hl7 => true,
                Declared::Nowhere | Declared::Everywhere | Declared::Parts | Declared::Root => {
                    in_force != Some(&(prefix, uri))
                }
            };
            if due {
                self.text.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
                self.text.push_str(prefix);
                self.text.push_str("=\"");
                self.text.push_str(uri);
                self.text.push('"');
                self.rendered.push((prefix, uri));
            }
        }
    }

    fn attributes(&mut self, node: &'o Node<'d>, parent: &str) {
        let mut all: Vec<&Attribute<'_>> = node.attributes.iter().collect();
        if !self.form.attributes_as_written {
            all.sort_by_key(|it| (it.namespace, it.name.rsplit(':').next()));
        }
        for attribute in all {
            self.text.push(' ');
            self.text.push_str(attribute.name);
            self.text.push_str("=\"");
            let is_time = parent.is_empty() && node.name == "time" && attribute.name == "value";
            match &self.form.time {
                Some(time) if is_time => self.text.push_str(time),
                Some(_) | None => self.escaped(&self.changed_value(attribute.value), true),
            }
            self.text.push('"');
        }
    }

    fn changed_value<'v>(&self, value: &'v str) -> Cow<'v, str> {
        match self.form.uuids {
            Some(case) if is_uuid(value) => Cow::Owned(match case {
                Case::Lower => value.to_ascii_lowercase(),
                Case::Upper => value.to_ascii_uppercase(),
            }),
            Some(_) | None => {
                let value = if self.form.trimmed { value.trim() } else { value };
                self.markup(self.squeezed(value))
            }
        }
    }

    fn changed_text<'v>(&self, text: &'v str) -> Cow<'v, str> {
        let text = if self.form.trimmed { text.trim() } else { text };
        let text = self.squeezed(text);
        let text = if self.form.crlf { Cow::Owned(text.replace('\n', "\r\n")) } else { text };
        self.markup(text)
    }

    fn squeezed<'v>(&self, text: &'v str) -> Cow<'v, str> {
        match (self.form.collapsed, self.form.joined) {
            (true, _) => squeezed(text, |_| true),
            (false, true) => squeezed(text, |run| run.contains('\n')),
            (false, false) => Cow::Borrowed(text),
        }
    }

    fn markup<'v>(&self, text: Cow<'v, str>) -> Cow<'v, str> {
        match self.form.text_escapes {
            0 => text,
            1.. => Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
            ..0 => Cow::Owned(
                text.replace("&lt;", "<")
                    .replace("&gt;", ">")
                    .replace("&quot;", "\"")
                    .replace("&apos;", "'")
                    .replace("&amp;", "&"),
            ),
        }
    }

    fn escaped(&mut self, text: &str, is_value: bool) {
        let escaping = self.form.escaping;
        for c in text.chars() {
            let reference = match (c, is_value) {
                ('&', _) => "&amp;",
                ('<', _) => "&lt;",
                ('>', false) => "&gt;",
                ('"', true) => "&quot;",
                ('\r', _) => "&#xD;",
                ('\t', true) => "&#x9;",
                ('\n', true) => "&#xA;",
                ('"', false) if escaping == Escaping::Quotes => "&quot;",
                ('\'', _) if escaping == Escaping::Quotes => "&apos;",
                _ => {
                    self.text.push(c);
                    continue;
                }
            };
            match escaping {
                Escaping::None => self.text.push(c),
                Escaping::Twice => {
                    self.text.push_str("&amp;");
                    self.text.push_str(reference.trim_start_matches('&'));
                }
                Escaping::Canonical | Escaping::Quotes => self.text.push_str(reference),
            }
        }
    }
}

/// Siblings of one name stand together, where the first of them stood.
fn grouped<'o, 'd>(content: Vec<&'o Content<'d>>) -> Vec<&'o Content<'d>> {
    let name = |it: &Content<'d>| match it {
        Content::Node(node) => Some(node.name),
        Content::Text(_) => None,
    };
    let mut order: Vec<Option<&str>> = Vec::new();
    for item in &content {
        if !order.contains(&name(item)) {
            order.push(name(item));
        }
    }
    let place = |item: &&Content<'d>| order.iter().position(|known| *known == name(item));
    let mut content = content;
    content.sort_by_key(place);
    content
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value
            .char_indices()
            .all(|(at, c)| if matches!(at, 8 | 13 | 18 | 23) { c == '-' } else { c.is_ascii_hexdigit() })
}

/// Each run of white space that is meant as one blank.
fn squeezed(text: &str, meant: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_space) {
        let (before, from) = rest.split_at(at);
        let run = from.find(|c| !is_space(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(run);
        made.push_str(before);
        made.push_str(if meant(run) { " " } else { run });
        rest = after;
    }
    made.push_str(rest);
    if made == text { Cow::Borrowed(text) } else { Cow::Owned(made) }
}
