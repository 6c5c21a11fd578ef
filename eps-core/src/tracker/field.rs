//! Texts that stand for values: the types of the members of an answer, each with its reading and its writing.
//!
//! Spine writes everything as text, and `""`, `"False"` or `"None"` for nothing.

use std::borrow::Cow;
use std::str::FromStr;

use super::input::In;
use crate::codes::{
    CancellationReason, DispensingSitePreference, ItemStatus, NotDispensedReason, PrescriptionStatus, TreatmentType,
};
use crate::fhir::json::JsonWriter;
use crate::fhir::json::Node;
use crate::ids::{LineItemId, NhsNumber, OdsCode, WrittenPrescriptionId};
use crate::model::{Code, Decimal, GivenReason, SpinePrescriptionId, SpineTime, Text};
use crate::problem::Rule;
use crate::rules::{ids, tracker as rules};

/// What stands before the reason of a cancellation that waits for the dispenser.
const PENDING: &str = "Pending: ";

/// A value that an answer writes as a text.
pub(crate) trait Field: Sized {
    /// The rule that a text breaks which is no such value.
    const RULE: &'static Rule;
    /// Whether `False` and `None` are values and not the lack of one.
    const WORDS: bool = false;

    /// The value that a text stands for.
    fn parse(text: &str) -> Option<Self>;

    /// The text that stands for the value.
    fn show(&self) -> Cow<'_, str>;
}

/// Fields that are read with `FromStr` and shown with a method.
macro_rules! fields {
    ($($type:ty, $rule:expr, $show:expr;)*) => {$(
        impl Field for $type {
            const RULE: &'static Rule = &$rule;

            fn parse(text: &str) -> Option<Self> {
                <$type as FromStr>::from_str(text).ok()
            }

            fn show(&self) -> Cow<'_, str> {
                let show: fn(&Self) -> Cow<'_, str> = $show;
                show(self)
            }
        }
    )*};
}

fields! {
    Code, rules::TEXT, |code| code.as_str().into();
    Decimal, rules::NUMBER, |number| number.as_str().into();
    NhsNumber, ids::NHS_NUMBER, |id| id.as_str().into();
    OdsCode, ids::ODS_CODE, |id| id.as_str().into();
    LineItemId, ids::UUID_FORM, |id| id.to_string().into();
    WrittenPrescriptionId, ids::PRESCRIPTION_ID_FORM, |id| id.as_str().into();
    SpinePrescriptionId, rules::TEXT, |id| id.as_str().into();
}

/// Free text: a patient may be called `None`.
impl Field for Text {
    const RULE: &'static Rule = &rules::TEXT;
    const WORDS: bool = true;

    fn parse(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }

    fn show(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

impl Field for SpineTime {
    const RULE: &'static Rule = &rules::TIME;

    fn parse(text: &str) -> Option<Self> {
        Self::parse_hl7(text).ok()
    }

    fn show(&self) -> Cow<'_, str> {
        self.to_hl7().into()
    }
}

impl Field for u32 {
    const RULE: &'static Rule = &rules::NUMBER;

    fn parse(text: &str) -> Option<Self> {
        let digits = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    }

    fn show(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

impl Field for bool {
    const RULE: &'static Rule = &rules::FLAG;
    const WORDS: bool = true;

    fn parse(text: &str) -> Option<Self> {
        match text {
            "True" => Some(true),
            "False" => Some(false),
            _ => None,
        }
    }

    fn show(&self) -> Cow<'_, str> {
        if *self { "True" } else { "False" }.into()
    }
}

/// The NHS 111 tracker's words for a code.
pub(super) trait Worded: Sized {
    fn from_words(words: &str) -> Option<Self>;
    fn words(self) -> &'static str;
}

macro_rules! worded {
    ($($type:ty),*) => {$(
        impl Worded for $type {
            fn from_words(words: &str) -> Option<Self> {
                Self::from_tracker(words).ok()
            }

            fn words(self) -> &'static str {
                self.tracker()
            }
        }
    )*};
}

worded!(PrescriptionStatus, ItemStatus, TreatmentType);

/// A code that the tracker tells in words.
#[derive(Clone, Copy)]
pub(super) struct InWords<T>(pub(super) T);

impl<T: Worded + Copy> Field for InWords<T> {
    const RULE: &'static Rule = &rules::WORDS;

    fn parse(text: &str) -> Option<Self> {
        T::from_words(text).map(InWords)
    }

    fn show(&self) -> Cow<'_, str> {
        self.0.words().into()
    }
}

/// A code that the search tells as such.
macro_rules! coded {
    ($($type:ty),*) => {$(
        impl Field for $type {
            const RULE: &'static Rule = &rules::CODE;

            fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }

            fn show(&self) -> Cow<'_, str> {
                self.code().into()
            }
        }
    )*};
}

coded!(PrescriptionStatus, TreatmentType, ItemStatus, DispensingSitePreference, NotDispensedReason);

impl Field for GivenReason {
    const RULE: &'static Rule = &rules::CODE;

    fn parse(text: &str) -> Option<Self> {
        let (pending, words) = text.strip_prefix(PENDING).map_or((false, text), |words| (true, words));
        CancellationReason::from_words(words).ok().map(|reason| Self { reason, pending })
    }

    fn show(&self) -> Cow<'_, str> {
        let words = self.reason.display();
        if self.pending { format!("{PENDING}{words}").into() } else { words.into() }
    }
}

/// The value of a node; nothing where Spine says that there is none, and a problem where it cannot be read.
pub(super) fn read<F: Field>(input: &mut In, node: Node<'_>) -> Option<Option<F>> {
    // Other senders write counts and quantities as numbers.
    let Some(text) = node.as_str().or(node.as_number()) else {
        input.breach(&rules::TYPE, node);
        return None;
    };
    if text.is_empty() || (!F::WORDS && matches!(text, "False" | "None")) {
        return Some(None);
    }
    let value = F::parse(text);
    if value.is_none() {
        input.breach(F::RULE, node);
    }
    value.map(Some)
}

/// The value under this key, which may be absent.
pub(super) fn optional<F: Field>(input: &mut In, owner: Node<'_>, key: &'static str) -> Option<Option<F>> {
    match owner.get(key) {
        Some(node) => read(input, node),
        None => Some(None),
    }
}

/// The value under this key, which must be there.
pub(super) fn required<F: Field>(input: &mut In, owner: Node<'_>, key: &'static str) -> Option<F> {
    let value = optional(input, owner, key)?;
    if value.is_none() {
        input.missing(owner, key);
    }
    value
}

/// The code under this key in the tracker's words, which must be there.
pub(super) fn worded<T: Worded + Copy>(input: &mut In, owner: Node<'_>, key: &'static str) -> Option<T> {
    required(input, owner, key).map(|InWords(code)| code)
}

/// Writes a value, or an empty text where there is none.
pub(super) fn write<F: Field>(json: &mut JsonWriter, key: &'static str, value: Option<&F>) {
    json.text(key, &value.map(F::show).unwrap_or_default());
}
