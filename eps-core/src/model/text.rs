//! Words, codes and numbers as messages carry them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text cannot stand in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// HL7 v3 `ST` has at least one character.
    #[error("the text is empty")]
    Empty,
    /// The character at this byte is not legal in XML 1.0, section 2.2.
    #[error("the character at byte {at} is not allowed in XML")]
    Character {
        /// Its byte, from 0.
        at: usize,
    },
    /// A code (`CS`) has no white space.
    #[error("a code holds no white space")]
    WhiteSpace,
}

/// A text that is not empty and holds only characters that XML 1.0 allows. `Debug` withholds it: it may name a person.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(Box<str>);

impl Text {
    /// The text, if it can stand in a message.
    ///
    /// # Errors
    /// [`TextError::Empty`] and [`TextError::Character`].
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, TextError> {
        let text = text.into();
        match illegal_in_xml(&text) {
            Some(at) => Err(TextError::Character { at }),
            None if text.is_empty() => Err(TextError::Empty),
            None => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first byte of a character that XML 1.0 does not allow.
fn illegal_in_xml(text: &str) -> Option<usize> {
    // Almost every text has neither control characters nor the two noncharacters, so look at bytes first.
    let suspicious = |byte: u8| (byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0xEF;
    if !text.bytes().any(suspicious) {
        return None;
    }
    text.char_indices()
        .find(|(_, character)| {
            matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
        })
        .map(|(at, _)| at)
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes withheld)", self.0.len())
    }
}

/// A code of an open vocabulary: not empty, legal in XML, no white space.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code(Box<str>);

impl Code {
    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let Text(text) = Text::new(text)?;
        if text.chars().any(char::is_whitespace) { Err(TextError::WhiteSpace) } else { Ok(Self(text)) }
    }
}

/// A code with the display that the sender wrote beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Coded<T> {
    /// The code.
    pub code: T,
    /// The sender's words for it.
    pub display: Option<Text>,
}

impl<T> Coded<T> {
    /// A code without words.
    pub const fn bare(code: T) -> Self {
        Self { code, display: None }
    }
}

/// A code of a vocabulary that the message names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NamedCode {
    /// The OID of the vocabulary.
    pub system: Code,
    /// The code.
    pub code: Code,
    /// The sender's words for it.
    pub display: Option<Text>,
}

/// A SNOMED CT or dm+d concept: a product or a unit.
pub type Concept = Coded<Code>;

/// Why a text is not a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a decimal number has digits, at most one point, and at most an exponent")]
#[non_exhaustive]
pub struct DecimalError;

/// A decimal number in the very digits its sender wrote: `2.50` stays `2.50`. Up to 64 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal(Box<str>);

impl Decimal {
    /// Longer numbers mean nothing as a quantity of medicine.
    const MAX_BYTES: usize = 64;

    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        let mantissa = self.0.split(['e', 'E']).next().unwrap_or_default();
        mantissa.bytes().all(|byte| !matches!(byte, b'1'..=b'9'))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = whole.len() + fraction.len() > 0 && all_digits(whole) && all_digits(fraction);
        let exponent = exponent.is_none_or(|exponent| {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && all_digits(exponent)
        });
        let complete = !mantissa.ends_with('.');
        if digits && exponent && complete && text.len() <= Self::MAX_BYTES {
            Ok(Self(text.into()))
        } else {
            Err(DecimalError)
        }
    }
}

/// An amount of something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Quantity {
    /// How much.
    pub value: Decimal,
    /// Of which unit. Always sent; some systems leave it out.
    pub unit: Option<Concept>,
}

macro_rules! string_conversions {
    ($($name:ident: $error:ty, $parse:expr;)*) => {$(
        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, $error> {
                let parse: fn(String) -> Result<Self, $error> = $parse;
                parse(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }
    )*};
}

string_conversions! {
    Text: TextError, |text| Text::new(text);
    Code: TextError, |text| text.parse();
    Decimal: DecimalError, |text| text.parse();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_what_xml_can_carry() {
        assert!(Text::new("Señor O'Brien & Söhne 😀\n").is_ok());
        assert_eq!(Text::new(""), Err(TextError::Empty));
        assert_eq!(Text::new("a\u{1}"), Err(TextError::Character { at: 1 }));
        assert_eq!(Text::new("é\u{FFFE}"), Err(TextError::Character { at: 2 }));
        assert!(Text::new("\u{FEFF}").is_ok());
    }

    #[test]
    fn debug_withholds_texts() {
        assert!(!format!("{:?}", Text::new("LEGASSICK").unwrap()).contains("LEGASSICK"));
    }

    #[test]
    fn a_decimal_keeps_its_digits() {
        for good in ["28", "28.0", ".5", "0.10", "-1", "1e2", "1.5E-3", "00"] {
            assert_eq!(good.parse::<Decimal>().unwrap().as_str(), good);
        }
        for bad in ["", ".", "1.", "1e", "e1", "+1", "1.2.3", "١", "1 ", "0x1", "--1", "NaN"] {
            assert!(bad.parse::<Decimal>().is_err(), "{bad:?}");
        }
        assert!("0.00e9".parse::<Decimal>().unwrap().is_zero());
        assert!(!"0.01".parse::<Decimal>().unwrap().is_zero());
    }

    #[test]
    fn a_code_has_no_white_space() {
        assert!("S8000:G8000:R8000".parse::<Code>().is_ok());
        assert_eq!("R 8000".parse::<Code>(), Err(TextError::WhiteSpace));
    }
}
