//! Codes of open vocabularies that mean something to this library.

/// The ODS code of a patient's practice where there is none.
pub const NO_PRACTICE: &str = "V81999";
/// The charge exemption that says that charges were paid ([`super::oid::CHARGE_EXEMPTION`]).
pub const CHARGES_PAID: &str = "0001";
/// Prescription types of primary care begin so ([`super::oid::PRESCRIPTION_TYPE`]).
pub const PRIMARY_CARE_TYPES: &str = "01";
/// Days, in the Unified Code for Units of Measure.
pub const DAYS: &str = "d";
