//! The short-form prescription id and its check character.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::OdsCode;
use crate::problem::Rule;
use crate::rules::ids::{PRESCRIPTION_ID_CHECK, PRESCRIPTION_ID_FORM};

/// The characters of base 37 in the order of their values.
const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+";

/// Why a text is not a short-form prescription id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrescriptionIdError {
    /// It does not have the 20 characters of the form `XXXXXX-XXXXXX-XXXXXC`.
    #[error("a short-form prescription id has 20 characters, not {found}")]
    Length {
        /// The bytes found.
        found: usize,
    },
    /// A character cannot stand where it does.
    #[error("character {} of the short-form prescription id cannot stand there", at + 1)]
    Character {
        /// Its byte, from 0.
        at: usize,
    },
    /// The check character is another than the one the rest asks for.
    #[error("the check character of the short-form prescription id should be {expected}")]
    CheckCharacter {
        /// The right one.
        expected: char,
    },
}

impl PrescriptionIdError {
    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        match self {
            Self::Length { .. } | Self::Character { .. } => &PRESCRIPTION_ID_FORM,
            Self::CheckCharacter { .. } => &PRESCRIPTION_ID_CHECK,
        }
    }
}

/// A prescription id as somebody wrote it: the form is right, the check character may be wrong.
///
/// Normally the short form of Release 2. Messages about prescriptions of Release 1 hold the id of that release instead,
/// a UUID with or without a check character behind it: see [`Self::of_release_1`].
///
/// Public NHS examples hold ids with a wrong check character, and a message that holds one must be readable to be
/// refused well. Everything that stores or routes asks for a [`PrescriptionId`] through [`Self::checked`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WrittenPrescriptionId(Box<str>);

impl WrittenPrescriptionId {
    /// The id as text: 20 ASCII bytes, or 36 or 37 of Release 1.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an id of Release 1: a UUID, normally with a MOD 37-2 check character behind it.
    ///
    /// # Errors
    /// [`PrescriptionIdError`] when it has neither the form nor the length.
    pub fn of_release_1(text: &str) -> Result<Self, PrescriptionIdError> {
        if !matches!(text.len(), 36 | 37) {
            return Err(PrescriptionIdError::Length { found: text.len() });
        }
        for (at, byte) in text.bytes().enumerate() {
            let fits = match at {
                8 | 13 | 18 | 23 => byte == b'-',
                36 => matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'+'),
                _ => byte.is_ascii_hexdigit(),
            };
            if !fits {
                return Err(PrescriptionIdError::Character { at });
            }
        }
        Ok(Self(text.into()))
    }

    /// Whether it is an id of Release 1.
    #[must_use]
    pub fn is_of_release_1(&self) -> bool {
        self.0.len() != 20
    }

    /// Whether its check character is right, in either release; an id of Release 1 may do without one.
    ///
    /// # Errors
    /// [`PrescriptionIdError::CheckCharacter`] when it is not.
    pub fn check(&self) -> Result<(), PrescriptionIdError> {
        if self.0.len() == 36 {
            return Ok(());
        }
        let (body, check) = self.0.split_at(self.0.len() - 1);
        let expected = check_character(body);
        if check.starts_with(expected) { Ok(()) } else { Err(PrescriptionIdError::CheckCharacter { expected }) }
    }

    /// The id, once it is known to be of Release 2 and its check character to be right.
    ///
    /// # Errors
    /// [`PrescriptionIdError::CheckCharacter`] when it is not, [`PrescriptionIdError::Length`] for Release 1.
    pub fn checked(&self) -> Result<PrescriptionId, PrescriptionIdError> {
        if self.is_of_release_1() {
            return Err(PrescriptionIdError::Length { found: self.0.len() });
        }
        self.check().map(|()| PrescriptionId(self.clone()))
    }
}

impl FromStr for WrittenPrescriptionId {
    type Err = PrescriptionIdError;

    fn from_str(text: &str) -> Result<Self, PrescriptionIdError> {
        if text.len() != 20 {
            return Err(PrescriptionIdError::Length { found: text.len() });
        }
        for (at, byte) in text.bytes().enumerate() {
            let fits = match at {
                6 | 13 => byte == b'-',
                0..=5 | 14..=18 => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
                7..=12 => matches!(byte, b'0'..=b'9' | b'A'..=b'Z'),
                _ => matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'+'),
            };
            if !fits {
                return Err(PrescriptionIdError::Character { at });
            }
        }
        Ok(Self(text.into()))
    }
}

/// A short-form prescription id, `XXXXXX-XXXXXX-XXXXXC`: random digits, the prescriber's ODS code padded with zeros,
/// random digits, and an ISO 7064 MOD 37-2 check character. 20 ASCII bytes.
///
/// ```
/// use eps_core::ids::PrescriptionId;
/// assert!("9142DC-A99968-11EB9M".parse::<PrescriptionId>().is_ok());
/// assert!("9142DC-A99968-11EB9N".parse::<PrescriptionId>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PrescriptionId(WrittenPrescriptionId);

impl PrescriptionId {
    /// The id of a prescription by `prescriber` with these random digits; only their lowest 24 and 20 bits count.
    #[must_use]
    pub fn new(first: u32, prescriber: &OdsCode, last: u32) -> Self {
        let organisation: String = prescriber
            .as_str()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|character| character.to_ascii_uppercase())
            .take(6)
            .collect();
        let mut id = format!("{:06X}-{organisation:0>6}-{:05X}", first & 0xFF_FFFF, last & 0xF_FFFF);
        id.push(check_character(&id));
        Self(WrittenPrescriptionId(id.into()))
    }

    /// The id as text, 20 ASCII bytes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The id as a message writes it.
    #[must_use]
    pub fn written(&self) -> &WrittenPrescriptionId {
        &self.0
    }
}

/// Whether the last character of an id is the check character of those before it. Nothing else of its form is looked at.
#[must_use]
pub fn is_check_character_right(id: &str) -> bool {
    let mut characters = id.chars();
    let last = characters.next_back();
    let body = characters.as_str();
    let known = |character: char| character == '-' || character.is_ascii_alphanumeric();
    !body.is_empty() && body.chars().all(known) && last == Some(check_character(body))
}

/// ISO 7064 MOD 37-2 over the characters of `body` that are not hyphens.
fn check_character(body: &str) -> char {
    let sum = body.chars().filter_map(|character| character.to_digit(36)).fold(0, |sum, value| (sum + value) * 2 % 37);
    let check = (38 - sum) % 37;
    ALPHABET.get(check as usize).map_or('+', |byte| char::from(*byte))
}

impl FromStr for PrescriptionId {
    type Err = PrescriptionIdError;

    fn from_str(text: &str) -> Result<Self, PrescriptionIdError> {
        text.parse::<WrittenPrescriptionId>()?.checked()
    }
}

macro_rules! text_conversions {
    ($name:ident, $read:expr) => {
        impl TryFrom<String> for $name {
            type Error = PrescriptionIdError;

            fn try_from(text: String) -> Result<Self, PrescriptionIdError> {
                let read: fn(&str) -> Result<Self, PrescriptionIdError> = $read;
                read(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text_conversions!(WrittenPrescriptionId, |text| text.parse().or_else(|error| {
    // What is stored may be of either release; the error is that of the release in use.
    WrittenPrescriptionId::of_release_1(text).map_err(|_| error)
}));
text_conversions!(PrescriptionId, str::parse);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_ids_have_right_check_characters() {
        for id in [
            "9142DC-A99968-11EB9M",
            "C0C3E6-A83008-93D8FL",
            "A0548B-A99968-451485",
            "63C604-0RWH20-6953DH",
            "4243A0-A99968-4E149+",
            "83C40E-A23856-00123W",
        ] {
            assert_eq!(id.parse::<PrescriptionId>().unwrap().as_str(), id);
        }
    }

    #[test]
    fn a_wrong_check_character_is_readable_but_not_a_prescription_id() {
        let written: WrittenPrescriptionId = "561479-395879-521272".parse().unwrap();
        assert!(matches!(written.checked(), Err(PrescriptionIdError::CheckCharacter { .. })));
    }

    #[test]
    fn an_id_of_release_1_is_a_uuid_with_a_check_character() {
        let id = WrittenPrescriptionId::of_release_1("9361DA95-2251-E8D4-E050-D20AE3A22B74M").unwrap();
        assert!(id.is_of_release_1());
        assert_eq!(id.check(), Ok(()));
        assert!(id.checked().is_err());
        assert!(WrittenPrescriptionId::of_release_1("9361DA95-2251-E8D4-E050-D20AE3A22B74N").unwrap().check().is_err());
        assert!(WrittenPrescriptionId::of_release_1("9361DA95-2251-E8D4-E050-D20AE3A22B74").unwrap().check().is_ok());
        assert!(WrittenPrescriptionId::of_release_1("9361DA95_2251-E8D4-E050-D20AE3A22B74").is_err());
        assert!(WrittenPrescriptionId::of_release_1("9142DC-A99968-11EB9M").is_err());
        assert_eq!(WrittenPrescriptionId::try_from(id.as_str().to_owned()), Ok(id));
    }

    #[test]
    fn one_wrong_character_is_refused() {
        let good = "9142DC-A99968-11EB9M";
        for at in 0..good.len() {
            for other in ALPHABET {
                let mut bytes = good.as_bytes().to_vec();
                if bytes[at] == *other {
                    continue;
                }
                bytes[at] = *other;
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.parse::<PrescriptionId>().is_err(), "{text}");
            }
        }
    }

    #[test]
    fn a_new_id_is_a_right_one() {
        let ods: OdsCode = "RBA".parse().unwrap();
        let id = PrescriptionId::new(0x1234_5678, &ods, 7);
        assert_eq!(id.as_str().parse::<PrescriptionId>(), Ok(id.clone()));
        assert!(id.as_str().starts_with("345678-000RBA-00007"));
    }
}
