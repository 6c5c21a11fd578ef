//! Names, addresses and telephone numbers.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::codes::{AddressUse, NameUse, TelecomUse};

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
