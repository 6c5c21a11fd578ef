//! Walking through Spine's JSON: every value knows its place, and whatever is wrong is noted there.

use std::cell::RefCell;
use std::str::FromStr;

use serde_json::Value;

use crate::model::{Date, Moment, Timestamp};

/// What is wrong at one place. What was found is not told: it may be patient data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer} is not {expected}")]
#[non_exhaustive]
pub struct Misplaced {
    /// Where: a JSON Pointer.
    pub pointer: String,
    /// What should stand there.
    pub expected: &'static str,
}

/// Everything that is wrong with a record of Spine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableRecord(pub(super) Vec<Misplaced>);

impl UnreadableRecord {
    /// All that is wrong, in the order in which it was read.
    #[must_use]
    pub fn problems(&self) -> &[Misplaced] {
        &self.0
    }
}

impl std::error::Error for UnreadableRecord {}

impl std::fmt::Display for UnreadableRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the record cannot be read")?;
        self.0.iter().try_for_each(|problem| write!(f, "; {problem}"))
    }
}

/// Where problems are noted.
#[derive(Default)]
pub(super) struct Notes(RefCell<Vec<Misplaced>>);

impl Notes {
    pub(super) fn into_problems(self) -> Vec<Misplaced> {
        self.0.into_inner()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }
}

/// A value and its place. Spine writes `false` for what is not there; `null`, an empty text and absence say the same.
#[derive(Clone)]
pub(super) struct Node<'v> {
    value: Option<&'v Value>,
    pointer: String,
    notes: &'v Notes,
}

impl<'v> Node<'v> {
    pub(super) fn root(value: &'v Value, notes: &'v Notes) -> Self {
        Self { value: Some(value), pointer: String::new(), notes }
    }

    /// A member; one of an absent object is absent.
    pub(super) fn get(&self, name: &str) -> Self {
        let value = self.value.and_then(|value| value.get(name)).filter(|value| !is_absent(value));
        self.at(name, value)
    }

    fn at(&self, name: &str, value: Option<&'v Value>) -> Self {
        // RFC 6901.
        let name = name.replace('~', "~0").replace('/', "~1");
        Self { value, pointer: format!("{}/{name}", self.pointer), notes: self.notes }
    }

    pub(super) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    /// Notes that something else should stand here.
    pub(super) fn expected(&self, expected: &'static str) {
        self.notes.0.borrow_mut().push(Misplaced { pointer: self.pointer.clone(), expected });
    }

    /// The text, or the digits of a number.
    pub(super) fn text(&self) -> Option<String> {
        match self.value? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if number.is_u64() => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.expected("a text");
                None
            }
        }
    }

    /// Whether there is a text that passes.
    pub(super) fn is_text_with(&self, passes: impl FnOnce(&str) -> bool) -> bool {
        self.value.and_then(Value::as_str).is_some_and(passes)
    }

    pub(super) fn is_true(&self) -> bool {
        self.value == Some(&Value::Bool(true))
    }

    /// What the text says, where there is one.
    pub(super) fn read<T>(&self, expected: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = self.text()?;
        let value = read(&text);
        if value.is_none() {
            self.expected(expected);
        }
        value
    }

    /// What the text says, where there is one.
    pub(super) fn parse<T: FromStr>(&self, expected: &'static str) -> Option<T> {
        self.read(expected, |text| text.parse().ok())
    }

    pub(super) fn date(&self) -> Option<Date> {
        self.read("a day, YYYYMMDD", |text| Date::parse_hl7(text).ok())
    }

    /// A time; where only the day is known, its beginning.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.read("a time, YYYYMMDDHHmmss, or a day", |text| match Moment::parse_hl7(text).ok()? {
            Moment::Instant(time) => Some(time),
            Moment::Day(day) => Some(day.midnight()),
        })
    }

    /// What must be there.
    pub(super) fn required<T>(&self, value: Option<T>, expected: &'static str) -> Option<T> {
        if value.is_none() && !self.is_present() {
            self.expected(expected);
        }
        value
    }

    /// The members of an array; none of an absent one.
    pub(super) fn list(&self) -> Vec<Self> {
        match self.value {
            Some(Value::Array(all)) => {
                (0..).zip(all).map(|(index, value): (usize, _)| self.at(&index.to_string(), Some(value))).collect()
            }
            None => Vec::new(),
            Some(_) => {
                self.expected("a list");
                Vec::new()
            }
        }
    }

    /// The members of an object with their names; none of an absent one.
    pub(super) fn members(&self) -> Vec<(&'v str, Self)> {
        match self.value {
            Some(Value::Object(all)) => {
                all.iter().map(|(name, value)| (name.as_str(), self.at(name, Some(value)))).collect()
            }
            None => Vec::new(),
            Some(_) => {
                self.expected("an object");
                Vec::new()
            }
        }
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}
