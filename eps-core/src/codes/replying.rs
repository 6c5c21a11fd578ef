//! How a message was received, and how grave what is said about it is (Message Implementation Manual 4.2,
//! MCCI_MT020101UK12).

use serde::{Deserialize, Serialize};

use super::UnknownCode;

/// How a message was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the value set is fixed by HL7 v3")]
pub enum AckCode {
    /// `AA`: accepted and done.
    Accepted,
    /// `AE`: refused by the application.
    Error,
    /// `AR`: refused before it reached the application.
    Rejected,
}

impl AckCode {
    /// The code in HL7 v3.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "AA",
            Self::Error => "AE",
            Self::Rejected => "AR",
        }
    }
}

impl std::str::FromStr for AckCode {
    type Err = UnknownCode;

    /// Some Spine samples say `ER` where they mean `AE`.
    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        match code {
            "AA" => Ok(Self::Accepted),
            "AE" | "ER" => Ok(Self::Error),
            "AR" => Ok(Self::Rejected),
            _ => Err(UnknownCode { vocabulary: "AckCode" }),
        }
    }
}

/// How grave an error of an acknowledgement is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the value set is fixed by the Message Implementation Manual")]
pub enum Severity {
    /// `ER`: an error; what is not said is one.
    #[default]
    Error,
    /// `WG`: a warning.
    Warning,
    /// `IF`: information.
    Information,
}

impl Severity {
    /// Every severity.
    pub const ALL: &'static [Self] = &[Self::Error, Self::Warning, Self::Information];

    /// The code in HL7 v3.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Error => "ER",
            Self::Warning => "WG",
            Self::Information => "IF",
        }
    }

    /// The severity of an issue in FHIR.
    #[must_use]
    pub const fn fhir_code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        let unknown = UnknownCode { vocabulary: "Severity" };
        Self::ALL.iter().copied().find(|known| known.code() == code).ok_or(unknown)
    }
}

/// What a reply writes for a system that is not known.
pub(crate) const NOT_KNOWN: &str = "Not Known";

/// Whether a reply says that it does not know a system; Spine has two ways to say it.
pub(crate) fn is_not_known(system: &str) -> bool {
    matches!(system, NOT_KNOWN | "None")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_what_wrote_it() {
        for code in [AckCode::Accepted, AckCode::Error, AckCode::Rejected] {
            assert_eq!(code.code().parse(), Ok(code));
        }
        for severity in Severity::ALL {
            assert_eq!(severity.code().parse(), Ok(*severity));
        }
        assert_eq!("ER".parse(), Ok(AckCode::Error));
        assert!("ER ".parse::<Severity>().is_err());
        assert!(is_not_known("None") && is_not_known(NOT_KNOWN) && !is_not_known("200000000001"));
    }
}
