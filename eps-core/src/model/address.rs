//! Names, addresses and telephone numbers.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::codes::UnknownCode;

/// Declares a `use` code of HL7 v3 names, addresses or telecoms.
macro_rules! use_codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(clippy::exhaustive_enums, reason = "the value set is fixed by the Message Implementation Manual")]
        pub enum $name {
            $(#[doc = $words] $variant,)*
        }

        impl $name {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code in HL7 v3.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;

            fn from_str(code: &str) -> Result<Self, UnknownCode> {
                match code {
                    $($code => Ok(Self::$variant),)*
                    _ => Err(UnknownCode { vocabulary: stringify!($name) }),
                }
            }
        }
    };
}

use_codes! {
    /// What an address is used for (`AD/@use`).
    AddressUse {
        Home = "H", "Home";
        PrimaryHome = "HP", "Primary home";
        Vacation = "HV", "Vacation home";
        Workplace = "WP", "Workplace";
        Temporary = "TMP", "Temporary";
        Postal = "PST", "Postal";
        Physical = "PHYS", "Physical";
        Bad = "BAD", "Known to be wrong";
        Alphabetic = "ABC", "Alphabetic";
        Syllabic = "SYL", "Syllabic";
        Ideographic = "IDE", "Ideographic";
    }
}

use_codes! {
    /// What a name is used for (`PN/@use`).
    NameUse {
        Usual = "L", "Usual, legal";
        Alias = "A", "Alias";
        Preferred = "PREFERRED", "Preferred";
        Previous = "PREVIOUS", "Previous";
        PreviousBirth = "PREVIOUS-BIRTH", "At birth";
        PreviousMaiden = "PREVIOUS-MAIDEN", "Before marriage";
        PreviousBachelor = "PREVIOUS-BACHELOR", "Before marriage (bachelor)";
        Indigenous = "I", "Indigenous";
        Religious = "R", "Religious";
        Alphabetic = "ABC", "Alphabetic";
        Syllabic = "SYL", "Syllabic";
        Ideographic = "IDE", "Ideographic";
    }
}

use_codes! {
    /// What a telephone number is used for (`TEL/@use`).
    TelecomUse {
        Home = "H", "Home";
        PrimaryHome = "HP", "Primary home";
        Vacation = "HV", "Vacation home";
        Workplace = "WP", "Workplace";
        AnsweringService = "AS", "Answering service";
        Emergency = "EC", "Emergency contact";
        Pager = "PG", "Pager";
        Mobile = "MC", "Mobile";
    }
}

/// A postal address (`AD`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// What it is used for.
    pub address_use: Option<AddressUse>,
    /// `streetAddressLine`s, in order.
    pub lines: Vec<Text>,
    /// The postcode.
    pub postal_code: Option<Text>,
}

impl Address {
    /// Whether it says nothing of a place.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.postal_code.is_none()
    }
}

/// A telephone number or another means of contact (`TEL`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Telecom {
    /// What it is used for.
    pub telecom_use: Option<TelecomUse>,
    /// A URL with its scheme: `tel:01823333444`.
    pub value: Option<Text>,
}

/// A person's name (`PN`): in parts, or as one text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "a name has parts or it has not")]
pub enum PersonName {
    /// In parts.
    Parts {
        /// What it is used for.
        name_use: Option<NameUse>,
        /// `DR`, `MRS` and the like.
        prefixes: Vec<Text>,
        /// Given names, in order.
        given: Vec<Text>,
        /// The family name.
        family: Option<Text>,
        /// `JR`, `FRCGP` and the like.
        suffixes: Vec<Text>,
    },
    /// As one text.
    Unstructured {
        /// What it is used for.
        name_use: Option<NameUse>,
        /// The whole name.
        text: Text,
    },
}
