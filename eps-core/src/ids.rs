//! Identifiers that cannot be wrong once built.
//!
//! Parsing is the only way in. What must be readable although its check character is wrong has a type of its own
//! ([`WrittenPrescriptionId`]), so that nothing can mistake it for a checked one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::problem::Rule;
use crate::rules::ids::{NHS_NUMBER, ODS_CODE, SDS_ID, UUID_FORM};

mod prescription_id;

pub use prescription_id::{PrescriptionId, PrescriptionIdError, WrittenPrescriptionId, is_check_character_right};

/// What to do with a short-form prescription id whose check character is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is taken or it is not")]
pub enum CheckCharacters {
    /// Read it as written: public NHS examples hold such ids, and converting is not accepting.
    #[default]
    AsWritten,
    /// Refuse it, as whoever stores or routes must.
    Required,
}

/// An identifier that is not well formed. Which rule it breaks is said by [`IdError::rule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", rule.requires)]
pub struct IdError {
    rule: &'static Rule,
}

impl IdError {
    /// The rule that the identifier breaks.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }
}

/// Declares a newtype over a string that `check` has accepted.
macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $rule:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let check: fn(&[u8]) -> bool = $check;
                if check(text.as_bytes()) { Ok(Self(text.into())) } else { Err(IdError { rule: &$rule }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.into()
            }
        }
    };
}

/// Shows the identifier: it names a system, an organisation or a worker, not a patient.
macro_rules! shown {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

fn digits(text: &[u8], least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}

checked_text!(
    /// An NHS number: 10 ASCII digits whose last is a modulus 11 check digit. `Debug` withholds it.
    ///
    /// There is no `Display`: who needs the digits asks for [`NhsNumber::as_str`] and answers for where they go.
    NhsNumber,
    NHS_NUMBER,
    |text| digits(text, 10, 10) && nhs_number_check(text)
);

impl fmt::Debug for NhsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NhsNumber(withheld)")
    }
}

/// Modulus 11 with weights 10 to 2; a remainder that asks for 10 is never issued.
fn nhs_number_check(text: &[u8]) -> bool {
    let sum: u32 = text.iter().zip((1..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    sum.is_multiple_of(11)
}

checked_text!(
    /// An organisation's code in the Organisation Data Service: 1 to 8 letters, digits or hyphens.
    OdsCode,
    ODS_CODE,
    |text| (1..=8).contains(&text.len()) && text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
);
shown!(OdsCode);

checked_text!(
    /// An accredited system's id: digits, 12 in practice. OID 1.2.826.0.1285.0.2.0.107.
    Asid,
    SDS_ID,
    |text| digits(text, 1, 15)
);
shown!(Asid);

checked_text!(
    /// An SDS user id: digits, 12 in practice. OID 1.2.826.0.1285.0.2.0.65.
    SdsUserId,
    SDS_ID,
    |text| digits(text, 1, 15)
);
shown!(SdsUserId);

checked_text!(
    /// An SDS role profile id: digits, 12 in practice. OID 1.2.826.0.1285.0.2.0.67.
    SdsRoleProfileId,
    SDS_ID,
    |text| digits(text, 1, 15)
);
shown!(SdsRoleProfileId);

/// A UUID as EPS uses it: read in either case, written in capitals in HL7 v3 and in small letters in FHIR.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Guid(uuid::Uuid);

impl Guid {
    /// The id with these 16 bytes, however they were made.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// The 16 bytes of the id.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        *self.0.as_bytes()
    }

    /// The id as FHIR writes it.
    #[must_use]
    pub fn lower(&self) -> String {
        self.0.hyphenated().to_string()
    }

    /// Writes the id as HL7 v3 does, in capitals, into a buffer of the caller.
    #[must_use]
    pub fn encode_upper<'a>(&self, buffer: &'a mut [u8; 36]) -> &'a str {
        self.0.hyphenated().encode_upper(buffer)
    }

    /// Writes the id as FHIR does, in small letters, into a buffer of the caller.
    #[must_use]
    pub fn encode_lower<'a>(&self, buffer: &'a mut [u8; 36]) -> &'a str {
        self.0.hyphenated().encode_lower(buffer)
    }
}

impl FromStr for Guid {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        // The crate also reads braces, URNs and the form without hyphens; EPS does not.
        (text.len() == 36)
            .then(|| uuid::Uuid::try_parse(text).ok())
            .flatten()
            .map(Self)
            .ok_or(IdError { rule: &UUID_FORM })
    }
}

impl TryFrom<String> for Guid {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Guid> for String {
    fn from(id: Guid) -> Self {
        id.to_string()
    }
}

/// The capitals of HL7 v3.
impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.encode_upper(&mut [0; 36]))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

/// Declares a UUID that names one kind of thing.
macro_rules! guid_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        #[expect(clippy::exhaustive_structs, reason = "a name for a UUID, nothing more can be in it")]
        pub struct $name(pub Guid);

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

guid_newtype!(
    /// The id of a message or of its payload.
    MessageId
);
guid_newtype!(
    /// The long form of a prescription's id: the first `id` of `pertinentPrescription`.
    PrescriptionUuid
);
guid_newtype!(
    /// The id of a line item, as prescribed or as supplied.
    LineItemId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_nhs_number_is_checked() {
        for good in ["9449304130", "9449305552", "9990548609"] {
            assert!(good.parse::<NhsNumber>().is_ok(), "{good}");
        }
        for bad in ["9449304131", "944930413", "94493041300", "944930413\n", "٩٤٤٩٣٠٤١٣٠", ""] {
            assert!(bad.parse::<NhsNumber>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn debug_withholds_the_nhs_number() {
        let number: NhsNumber = "9449304130".parse().unwrap();
        assert!(!format!("{number:?}").contains("9449304130"));
    }

    #[test]
    fn a_uuid_is_read_in_either_case_and_shown_in_capitals() {
        let id: Guid = "ea66ee9d-a981-432f-8c27-6907cbd99219".parse().unwrap();
        assert_eq!(id.to_string(), "EA66EE9D-A981-432F-8C27-6907CBD99219");
        assert_eq!(id.lower(), "ea66ee9d-a981-432f-8c27-6907cbd99219");
        assert!("{ea66ee9d-a981-432f-8c27-6907cbd99219}".parse::<Guid>().is_err());
        assert!("ea66ee9da981432f8c276907cbd99219".parse::<Guid>().is_err());
    }

    #[test]
    fn sds_ids_and_ods_codes_are_bounded() {
        assert!("200000001285".parse::<Asid>().is_ok());
        assert!("2000000012851234".parse::<Asid>().is_err());
        assert!("".parse::<SdsUserId>().is_err());
        assert!("A99968".parse::<OdsCode>().is_ok());
        assert!("A99 68".parse::<OdsCode>().is_err());
        assert!("A99968123".parse::<OdsCode>().is_err());
    }
}
