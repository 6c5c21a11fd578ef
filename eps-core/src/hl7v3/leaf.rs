//! Leaves of the query messages: elements whose text or `@value` stands for a value, where empty, `False` and `None` stand
//! for nothing.

use std::borrow::Cow;

use super::input::In;
use super::out::Out;
use super::parts::Part;
use crate::problem::Problem;
use crate::tracker::field::Field;
use crate::xml::Element;

/// Where a leaf has its value.
#[derive(Clone, Copy)]
enum Where {
    Text,
    /// The text, between quotation marks.
    Quoted,
    Value,
}

/// An element that stands for a value.
#[derive(Clone, Copy)]
pub(super) struct Leaf {
    name: &'static str,
    /// Another name that Spine has written for it.
    also: &'static str,
    place: Where,
    /// Whether the element is left out where there is no value; else it is written empty.
    omitted: bool,
}

/// An element whose text stands for a value.
pub(super) const fn leaf(name: &'static str) -> Leaf {
    Leaf { name, also: name, place: Where::Text, omitted: false }
}

/// An element whose text stands for a value between quotation marks.
pub(super) const fn quoted(name: &'static str) -> Leaf {
    Leaf { place: Where::Quoted, ..leaf(name) }
}

/// An element whose `@value` stands for a value.
pub(super) const fn value(name: &'static str) -> Leaf {
    Leaf { place: Where::Value, ..leaf(name) }
}

impl Leaf {
    /// The same, left out where there is no value.
    pub(super) const fn omitted(self) -> Self {
        Self { omitted: true, ..self }
    }

    /// The same, also read under another name.
    pub(super) const fn also(self, also: &'static str) -> Self {
        Self { also, ..self }
    }

    fn write_text(&self, out: &mut Out<'_>, text: &str) {
        match self.place {
            Where::Value => out.empty(self.name, &[("value", text)]),
            Where::Quoted if !text.is_empty() => out.words(self.name, &format!("\"{text}\"")),
            Where::Text | Where::Quoted => out.words(self.name, text),
        }
    }

    /// The element and the text that it has.
    fn find<'d, 'a>(&self, input: &mut In, parent: Element<'d, 'a>) -> Option<(Element<'d, 'a>, Cow<'d, str>)> {
        let element = input.optional(parent, self.name).or_else(|| In::all(parent, self.also).next())?;
        let text = match self.place {
            Where::Value => Cow::Borrowed(element.attribute("value").unwrap_or_default()),
            Where::Text | Where::Quoted => element.text(),
        };
        Some((element, text))
    }
}

/// White space as XML has it: answers are indented by a printer that also breaks long texts.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

impl<T: Field> Part<Option<T>> for Leaf {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Option<T>) {
        match value {
            Some(value) => self.write_text(out, &value.show()),
            None if self.omitted => {}
            None => self.write_text(out, ""),
        }
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Option<T>> {
        let Some((element, text)) = self.find(input, parent) else { return Some(None) };
        let mut text = trimmed(&text);
        if let Where::Quoted = self.place {
            text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        }
        if text.is_empty() || (!T::WORDS && matches!(text, "False" | "None")) {
            return Some(None);
        }
        let value = T::parse(text);
        if value.is_none() {
            let place = match self.place {
                Where::Value => element.attribute_place("value"),
                Where::Text | Where::Quoted => element.place(),
            };
            input.report(Problem::new(T::RULE, place).found(text));
        }
        value.map(Some)
    }
}

impl<T: Field> Part<T> for Leaf {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n T) {
        self.write_text(out, &value.show());
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<T> {
        let value: Option<Option<T>> = self.read(input, parent);
        if let Some(None) = value {
            input.missing(parent, self.name);
        }
        value.flatten()
    }
}
