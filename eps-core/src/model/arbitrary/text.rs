//! Texts, codes and numbers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::codes::oid;
use crate::model::{Code, Coded, Concept, Decimal, NamedCode, Quantity, RepeatNumber, Text};

/// What messages stumble over: markup, quotes, blanks, letters of more than one byte, what looks like an entity.
const PIECES: &[&str] = &[
    " ",
    "  ",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "]]>",
    "&amp;",
    "&#10;",
    "<!--",
    "O'Brien",
    "Siân",
    "Łukasz",
    "Ngũgĩ",
    "李",
    "محمد",
    "אבי",
    "e\u{301}",
    "\u{A0}",
    "½",
    "µg",
    "10 mg/5 ml",
    "😀",
    "\u{FEFF}",
    "\u{FFFD}",
    "\u{7F}",
    "\u{200D}",
];

/// A character that HL7 v3 carries unchanged in an element and in an attribute.
fn character() -> impl Strategy<Value = char> {
    any::<char>().prop_filter("changed on the way, or not allowed in XML", |character| {
        !matches!(character, '\u{0}'..='\u{1F}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{FFFE}' | '\u{FFFF}')
    })
}

/// A text that an attribute carries unchanged: no tab, no line end.
pub fn attribute_text() -> BoxedStrategy<Text> {
    pieces(prop_oneof![
        4 => "[A-Za-z0-9 ,.-]{1,12}",
        2 => select(PIECES).prop_map(str::to_owned),
        1 => character().prop_map(String::from),
    ])
}

/// A text that an element carries unchanged: it may have lines.
pub fn element_text() -> BoxedStrategy<Text> {
    pieces(prop_oneof![
        4 => "[A-Za-z0-9 ,.-]{1,12}",
        2 => select(PIECES).prop_map(str::to_owned),
        1 => select(&["\n", "\t", "\n\n  "][..]).prop_map(str::to_owned),
        1 => character().prop_map(String::from),
    ])
}

/// Boxed, as every strategy that others hold many of: unboxed, a prescription's would not fit the stack.
fn pieces(piece: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Text> {
    vec(piece, 1..6).prop_filter_map("a text", |pieces| Text::new(pieces.concat()).ok()).boxed()
}

/// A code of an open vocabulary.
pub fn code() -> BoxedStrategy<Code> {
    let kind = prop_oneof![
        4 => "[0-9]{1,18}",
        2 => "[A-Z][A-Za-z0-9:._/-]{0,12}",
        1 => vec(character(), 1..4).prop_map(String::from_iter),
    ];
    kind.prop_filter_map("a code", |code| code.parse().ok()).boxed()
}

/// A code of this list, which the program knows to be one.
pub(super) fn code_of(codes: &'static [&'static str]) -> impl Strategy<Value = Code> {
    select(codes).prop_filter_map("a code", |code| code.parse().ok())
}

/// A code with or without the sender's words.
pub fn coded<T: Clone + std::fmt::Debug>(code: impl Strategy<Value = T>) -> impl Strategy<Value = Coded<T>> {
    (code, proptest::option::of(attribute_text())).prop_map(|(code, display)| Coded { code, display })
}

prop_compose! {
    /// A code of a vocabulary that the message names.
    pub fn named_code()(
        system in code_of(&[oid::CHARGE_EXEMPTION, oid::ORGANISATION_TYPE]),
        (code, display) in (code(), proptest::option::of(attribute_text())),
    ) -> NamedCode {
        NamedCode { system, code, display }
    }
}

/// A product or a unit.
pub fn concept() -> impl Strategy<Value = Concept> {
    coded(code())
}

/// A number as an HL7 v3 quantity shows it.
pub fn decimal() -> impl Strategy<Value = Decimal> {
    let kind = prop_oneof![
        4 => "(0|[1-9][0-9]{0,5})",
        3 => "[0-9]{1,4}\\.[0-9]{1,5}",
        1 => "-?[0-9]\\.[0-9]{1,3}[eE][+-]?[0-9]",
    ];
    kind.prop_filter_map("a decimal", |number| number.parse().ok())
}

/// An amount, with or without its unit.
pub fn quantity() -> BoxedStrategy<Quantity> {
    (decimal(), proptest::option::of(concept())).prop_map(|(value, unit)| Quantity { value, unit }).boxed()
}

/// An issue and the number of issues.
pub fn repeat_number() -> impl Strategy<Value = RepeatNumber> {
    prop_oneof![1..=12_u32, Just(999_999_999)]
        .prop_flat_map(|high| (1..=high, Just(high)))
        .prop_map(|(low, high)| RepeatNumber { low, high })
}
