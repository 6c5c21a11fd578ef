//! The patient (`Patient`, COCT_MT050012UK05).

use serde::{Deserialize, Serialize};

use super::{Address, Code, Date, Moment, PersonName, Telecom, Text};
use crate::codes::Gender;
use crate::ids::{NhsNumber, OdsCode};

/// The person a prescription is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Patient {
    /// The NHS number.
    pub nhs_number: NhsNumber,
    /// Addresses; Spine takes exactly one.
    pub addresses: Vec<Address>,
    /// Telephone numbers.
    pub telecoms: Vec<Telecom>,
    /// Names; Spine takes exactly one.
    pub names: Vec<PersonName>,
    /// Administrative gender.
    pub gender: Option<Gender>,
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// The registered GP practice. `V81999` where there is none; `None` is the null flavour of older messages.
    pub general_practice: Option<OdsCode>,
    /// The kind of patient, which EPS does not use.
    pub code: Option<Code>,
    /// The text of a certificate, which EPS does not use.
    pub certificate: Option<Text>,
    /// When the patient died.
    pub deceased: Option<Moment>,
}
