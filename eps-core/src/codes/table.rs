//! How a vocabulary becomes an enum: one table, from which code, display and parsing follow.

/// A code that is not in the vocabulary that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the code is not in the vocabulary {vocabulary}")]
#[non_exhaustive]
pub struct UnknownCode {
    /// The name of the vocabulary.
    pub vocabulary: &'static str,
}

/// A closed vocabulary: every code of it is known.
pub(crate) trait Vocabulary: Copy + std::str::FromStr<Err = UnknownCode> {
    /// The OID in HL7 v3.
    const OID: &'static str;

    /// The code.
    fn as_code(self) -> &'static str;
}

/// Declares a closed vocabulary, one row a code: `Variant = "code", "display";`.
///
/// The head says where it is known: `Name("OID")` in HL7 v3, `Name("OID", "URL")` also in FHIR under that code system,
/// `Name(fhir "URL")` in FHIR only, `Name(own)` in a format of its own. Where FHIR writes another code or display, it follows: `, fhir "code", "display"`.
macro_rules! vocabulary {
    (@last $one:literal) => { $one };
    (@last $one:literal, $other:literal) => { $other };
    (@head $oid:literal) => {
        /// The OID of the vocabulary in HL7 v3.
        pub const OID: &'static str = $oid;
    };
    (@head $oid:literal, $system:literal) => {
        vocabulary!(@head $oid);
        vocabulary!(@head fhir $system);
    };
    (@head fhir $system:literal) => {
        /// The URL of the code system in FHIR.
        pub const SYSTEM: &'static str = $system;
    };
    (@head own) => {};
    (@hl7 $name:ident $oid:literal $(, $system:literal)?) => {
        impl $crate::codes::table::Vocabulary for $name {
            const OID: &'static str = $oid;

            fn as_code(self) -> &'static str {
                self.code()
            }
        }
    };
    (@hl7 $name:ident fhir $system:literal) => {};
    (@hl7 $name:ident own) => {};
    ($(#[$doc:meta])* $name:ident ($($head:tt)+) {
        $($variant:ident = $code:literal, $display:literal $(, fhir $fhir:literal $(, $words:literal)?)?;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        #[expect(clippy::exhaustive_enums, reason = "a decision over a code must name every code")]
        pub enum $name {
            $(#[doc = concat!("`", $code, "` ", $display)] $variant,)*
        }

        impl $name {
            vocabulary!(@head $($head)+);
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code; in HL7 v3, where the wires differ.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// What the code means, as the vocabulary words it.
            #[must_use]
            pub const fn display(self) -> &'static str {
                match self { $(Self::$variant => $display),* }
            }

            /// The code in FHIR.
            #[must_use]
            pub const fn fhir_code(self) -> &'static str {
                match self { $(Self::$variant => vocabulary!(@last $code $(, $fhir)?)),* }
            }

            /// What the code means, as FHIR words it.
            #[must_use]
            pub const fn fhir_display(self) -> &'static str {
                match self { $(Self::$variant => vocabulary!(@last $display $($(, $words)?)?)),* }
            }

            /// The value with this code in FHIR.
            #[must_use]
            pub fn from_fhir(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.fhir_code() == code)
            }
        }

        vocabulary!(@hl7 $name $($head)+);

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$variant),)*
                    _ => Err($crate::codes::UnknownCode { vocabulary: stringify!($name) }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::codes::UnknownCode;

            fn try_from(code: String) -> Result<Self, Self::Error> {
                code.parse()
            }
        }

        impl From<$name> for &'static str {
            fn from(value: $name) -> Self {
                value.code()
            }
        }
    };
}

pub(crate) use vocabulary;
