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
    const SYSTEM: &'static str;

    /// The code.
    fn as_code(self) -> &'static str;
}

/// Declares a closed vocabulary: `Variant = "code", "display";` under its OID.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident ($oid:expr) { $($variant:ident = $code:literal, $display:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        #[expect(clippy::exhaustive_enums, reason = "a decision over a code must name every code")]
        pub enum $name {
            $(#[doc = concat!("`", $code, "` ", $display)] $variant,)*
        }

        impl $name {
            /// The OID of the vocabulary in HL7 v3.
            pub const OID: &'static str = $oid;
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// What the code means, as the vocabulary words it.
            #[must_use]
            pub const fn display(self) -> &'static str {
                match self { $(Self::$variant => $display),* }
            }
        }

        impl $crate::codes::table::Vocabulary for $name {
            const SYSTEM: &'static str = $oid;

            fn as_code(self) -> &'static str {
                self.code()
            }
        }

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
