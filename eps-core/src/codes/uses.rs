//! What names, addresses and telephone numbers are used for.
//!
//! Sources: Message Implementation Manual 4.2, data types; the mapping to FHIR is that of the NHS service.

use serde::{Deserialize, Serialize};

use super::UnknownCode;

/// Declares the `use` codes of names, addresses or telecoms: HL7 v3's code, its meaning, the code that FHIR writes for
/// it, and the codes of FHIR that are read as it. FHIR has fewer, so the two directions are not each other's inverse.
macro_rules! use_codes {
    (@written) => { None };
    (@written $written:literal) => { Some($written) };
    ($(#[$doc:meta])* $name:ident {
        $($variant:ident = $code:literal, $words:literal $(, $written:literal $(, reads $($read:literal)|+)?)?;)*
    }) => {
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

            /// The code in FHIR; `None` where FHIR has none for it.
            #[must_use]
            pub const fn fhir_code(self) -> Option<&'static str> {
                match self { $(Self::$variant => use_codes!(@written $($written)?)),* }
            }

            /// What a code of FHIR becomes.
            #[must_use]
            pub fn from_fhir(code: &str) -> Option<Self> {
                match code {
                    $($($($($read)|+ => Some(Self::$variant),)?)?)*
                    _ => None,
                }
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
        Home = "H", "Home", "home", reads "home";
        PrimaryHome = "HP", "Primary home", "home";
        Vacation = "HV", "Vacation home", "temp";
        Workplace = "WP", "Workplace", "work", reads "work";
        Temporary = "TMP", "Temporary", "temp", reads "temp";
        Postal = "PST", "Postal", "billing", reads "billing";
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
        Usual = "L", "Usual, legal", "usual", reads "usual" | "official";
        Alias = "A", "Alias", "temp", reads "temp" | "anonymous";
        Preferred = "PREFERRED", "Preferred", "nickname", reads "nickname";
        Previous = "PREVIOUS", "Previous", "old", reads "old";
        PreviousBirth = "PREVIOUS-BIRTH", "At birth", "old";
        PreviousMaiden = "PREVIOUS-MAIDEN", "Before marriage", "maiden", reads "maiden";
        PreviousBachelor = "PREVIOUS-BACHELOR", "Before marriage (bachelor)", "maiden";
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
        Home = "H", "Home", "home";
        PrimaryHome = "HP", "Primary home", "home", reads "home";
        Vacation = "HV", "Vacation home", "temp", reads "temp";
        Workplace = "WP", "Workplace", "work", reads "work";
        AnsweringService = "AS", "Answering service";
        Emergency = "EC", "Emergency contact";
        Pager = "PG", "Pager", "mobile";
        Mobile = "MC", "Mobile", "mobile", reads "mobile";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fhir_writes_is_read_as_a_code_that_is_written_the_same() {
        for address_use in AddressUse::ALL.iter().filter_map(|code| code.fhir_code()) {
            assert_eq!(AddressUse::from_fhir(address_use).unwrap().fhir_code(), Some(address_use));
        }
        for name_use in NameUse::ALL.iter().filter_map(|code| code.fhir_code()) {
            assert_eq!(NameUse::from_fhir(name_use).unwrap().fhir_code(), Some(name_use));
        }
        for telecom_use in TelecomUse::ALL.iter().filter_map(|code| code.fhir_code()) {
            assert_eq!(TelecomUse::from_fhir(telecom_use).unwrap().fhir_code(), Some(telecom_use));
        }
        assert_eq!(NameUse::from_fhir("official"), Some(NameUse::Usual));
        assert_eq!(NameUse::Indigenous.fhir_code(), None);
        assert_eq!(TelecomUse::from_fhir("old"), None);
    }
}
