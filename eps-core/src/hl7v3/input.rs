//! The reading side of the structures that every payload repeats.
//!
//! Readers collect: each getter gives `None` and notes a problem, so that a reader asks for all of its fields before it
//! gives up on one.

use std::str::FromStr;

use super::{is, rules};
use crate::codes::UnknownCode;
use crate::ids::{CheckCharacters, Guid, IdError, PrescriptionIdError, WrittenPrescriptionId};
use crate::model::{Code, Coded, Date, Text, Timestamp};
use crate::problem::{Problem, Problems, Rule};
use crate::xml::Element;

/// What was found wrong so far.
#[derive(Default)]
pub(super) struct In {
    problems: Vec<Problem>,
    check_characters: CheckCharacters,
}

impl In {
    /// A reader with this rule about check characters.
    pub(super) fn new(check_characters: CheckCharacters) -> Self {
        Self { problems: Vec::new(), check_characters }
    }

    /// The value, if nothing was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match (Problems::from_vec(self.problems), value) {
            (None, Some(value)) => Ok(value),
            (Some(problems), _) => Err(problems),
            // A reader gives no value only after it noted why.
            (None, None) => Err(Problem::new(&rules::MISSING_ELEMENT, crate::problem::Place::Document).into()),
        }
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// The children of this name.
    pub(super) fn all<'d, 'a>(parent: Element<'d, 'a>, name: &str) -> impl Iterator<Item = Element<'d, 'a>> {
        parent.children().filter(move |element| is(*element, name))
    }

    /// The child of this name, if there is one; two are a problem.
    pub(super) fn optional<'d, 'a>(&mut self, parent: Element<'d, 'a>, name: &'static str) -> Option<Element<'d, 'a>> {
        let mut found = Self::all(parent, name);
        let first = found.next();
        if let Some(second) = found.next() {
            self.report(
                Problem::new(&rules::REPEATED_ELEMENT, second.place()).found(name).expected("one such element"),
            );
        }
        first
    }

    /// The child of this name; none and two are problems.
    pub(super) fn one<'d, 'a>(&mut self, parent: Element<'d, 'a>, name: &'static str) -> Option<Element<'d, 'a>> {
        let found = self.optional(parent, name);
        if found.is_none() {
            self.missing(parent, name);
        }
        found
    }

    /// The descendant at this path of children.
    pub(super) fn path<'d, 'a>(&mut self, parent: Element<'d, 'a>, names: &[&'static str]) -> Option<Element<'d, 'a>> {
        names.iter().try_fold(parent, |parent, name| self.one(parent, name))
    }

    /// Notes that a child is missing.
    pub(super) fn missing(&mut self, parent: Element<'_, '_>, name: &'static str) {
        let message = format!("The element {name} is missing.");
        self.report(Problem::new(&rules::MISSING_ELEMENT, parent.place()).message(message).expected(name));
    }

    /// The attribute of this name.
    pub(super) fn attribute<'d>(&mut self, element: Element<'d, '_>, name: &'static str) -> Option<&'d str> {
        let value = element.attribute(name);
        if value.is_none() {
            let message = format!("The attribute {name} is missing.");
            self.report(Problem::new(&rules::MISSING_ATTRIBUTE, element.place()).message(message).expected(name));
        }
        value
    }

    /// The attribute read by `read`; its refusal breaks `rule`.
    pub(super) fn parsed<T, E>(
        &mut self,
        element: Element<'_, '_>,
        attribute: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
        rule: impl FnOnce(&E) -> &'static Rule,
    ) -> Option<T> {
        let text = self.attribute(element, attribute)?;
        match read(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.report(Problem::new(rule(&error), element.attribute_place(attribute)).found(text));
                None
            }
        }
    }

    /// An identifier in an attribute.
    pub(super) fn identifier<T: FromStr<Err = IdError>>(
        &mut self,
        element: Element<'_, '_>,
        attribute: &'static str,
    ) -> Option<T> {
        self.parsed(element, attribute, str::parse, IdError::rule)
    }

    /// `id/@root` as a UUID.
    pub(super) fn guid(&mut self, parent: Element<'_, '_>) -> Option<Guid> {
        let id = self.one(parent, "id")?;
        self.identifier(id, "root")
    }

    /// `id/@root` as a UUID at the end of a path.
    pub(super) fn guid_at(&mut self, parent: Element<'_, '_>, path: &[&'static str]) -> Option<Guid> {
        let parent = self.path(parent, path)?;
        self.guid(parent)
    }

    /// The short-form prescription id in `@extension`.
    pub(super) fn prescription_id(&mut self, element: Element<'_, '_>) -> Option<WrittenPrescriptionId> {
        self.prescription_id_in(element, "extension")
    }

    /// The short-form prescription id in an attribute.
    pub(super) fn prescription_id_in(
        &mut self,
        element: Element<'_, '_>,
        attribute: &'static str,
    ) -> Option<WrittenPrescriptionId> {
        let id = self.parsed(element, attribute, str::parse, PrescriptionIdError::rule)?;
        self.with_check_character(element, attribute, id)
    }

    /// The short-form prescription id in `@extension`, or an id of Release 1 there or alone in `@root`.
    pub(super) fn prescription_id_of_either_release(
        &mut self,
        element: Element<'_, '_>,
    ) -> Option<WrittenPrescriptionId> {
        let attribute = if element.attribute("extension").is_some() { "extension" } else { "root" };
        let text = element.attribute(attribute).unwrap_or_default();
        if text.len() < 36 {
            return self.prescription_id(element);
        }
        let read = WrittenPrescriptionId::of_release_1;
        let id = self.parsed(element, attribute, read, PrescriptionIdError::rule)?;
        self.with_check_character(element, attribute, id)
    }

    /// The id, unless its check character is wrong and that matters.
    fn with_check_character(
        &mut self,
        element: Element<'_, '_>,
        attribute: &'static str,
        id: WrittenPrescriptionId,
    ) -> Option<WrittenPrescriptionId> {
        match (self.check_characters, id.check()) {
            (CheckCharacters::AsWritten, _) | (CheckCharacters::Required, Ok(())) => Some(id),
            (CheckCharacters::Required, Err(error)) => {
                let problem = Problem::new(error.rule(), element.attribute_place(attribute)).found(id.as_str());
                self.report(problem.expected(error.to_string()));
                None
            }
        }
    }

    /// `@code` in a closed vocabulary.
    pub(super) fn vocabulary<T: FromStr<Err = UnknownCode>>(&mut self, element: Element<'_, '_>) -> Option<T> {
        self.parsed(element, "code", str::parse, |_| &rules::CODE)
    }

    /// `@code` in a closed vocabulary, with its words.
    pub(super) fn coded<T: FromStr<Err = UnknownCode>>(&mut self, element: Element<'_, '_>) -> Option<Coded<T>> {
        let code = self.vocabulary(element);
        Some(Coded { display: display(element), code: code? })
    }

    /// `@code` in an open vocabulary.
    pub(super) fn open_code(&mut self, element: Element<'_, '_>, attribute: &'static str) -> Option<Code> {
        self.parsed(element, attribute, str::parse, |_| &rules::TEXT)
    }

    /// `@value` as an instant.
    pub(super) fn time(&mut self, element: Element<'_, '_>) -> Option<Timestamp> {
        self.parsed(element, "value", Timestamp::parse_hl7, |_| &rules::TIME)
    }

    /// `@value` as a day.
    pub(super) fn date(&mut self, element: Element<'_, '_>) -> Option<Date> {
        self.parsed(element, "value", Date::parse_hl7, |_| &rules::TIME)
    }

    /// The child's `@value` as an instant.
    pub(super) fn time_of(&mut self, parent: Element<'_, '_>, name: &'static str) -> Option<Timestamp> {
        let element = self.one(parent, name)?;
        self.time(element)
    }

    /// `@value` as a count.
    pub(super) fn count(&mut self, element: Element<'_, '_>) -> Option<u32> {
        self.parsed(element, "value", parse_count, |_| &rules::NUMBER)
    }

    /// `@value`, or the attribute named, as a boolean.
    pub(super) fn boolean(&mut self, element: Element<'_, '_>, attribute: &'static str) -> Option<bool> {
        let read = |text: &str| match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(()),
        };
        self.parsed(element, attribute, read, |()| &rules::CODE)
    }

    /// A mandatory text.
    pub(super) fn text(&mut self, element: Element<'_, '_>) -> Option<Text> {
        let text = Text::new(element.text().as_ref()).ok();
        if text.is_none() {
            self.report(Problem::new(&rules::TEXT, element.place()));
        }
        text
    }

    /// Reads what may be absent: `Some(None)` when it is, `None` when it is there and wrong.
    pub(super) fn maybe<'d, 'a, T>(
        &mut self,
        element: Option<Element<'d, 'a>>,
        read: impl FnOnce(&mut Self, Element<'d, 'a>) -> Option<T>,
    ) -> Option<Option<T>> {
        match element {
            Some(element) => read(self, element).map(Some),
            None => Some(None),
        }
    }

    /// Reads every element; one that is wrong makes the whole list wrong, after all were looked at.
    pub(super) fn every<'d, 'a: 'd, T>(
        &mut self,
        elements: impl Iterator<Item = Element<'d, 'a>>,
        mut read: impl FnMut(&mut Self, Element<'d, 'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut list = Some(Vec::new());
        for element in elements {
            let item = read(self, element);
            list = list.zip(item).map(|(mut list, item)| {
                list.push(item);
                list
            });
        }
        list
    }
}

/// The sender's words for a code; an empty attribute says nothing.
pub(super) fn display(element: Element<'_, '_>) -> Option<Text> {
    element.attribute("displayName").and_then(|text| Text::new(text).ok())
}

fn parse_count(text: &str) -> Result<u32, ()> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().map_err(drop) } else { Err(()) }
}
