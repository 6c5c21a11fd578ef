//! Codes of open vocabularies that mean something to this library.

/// The ODS code of a patient's practice where there is none.
pub const NO_PRACTICE: &str = "V81999";
/// The charge exemption that says that charges were paid ([`super::oid::CHARGE_EXEMPTION`]).
pub const CHARGES_PAID: &str = "0001";
/// The charge exemption of a patient under 16 years of age ([`super::oid::CHARGE_EXEMPTION`]).
pub const UNDER_16: &str = "0002";
/// The charge exemption of a patient of 60 years or over ([`super::oid::CHARGE_EXEMPTION`]).
pub const OVER_60: &str = "0004";
/// Batch information: how many prescriptions a release response holds ([`super::oid::BATCH_INFO`]).
pub const BATCH_SIZE: &str = "1";
/// Batch information: how many one response can hold ([`super::oid::BATCH_INFO`]).
pub const BATCH_MAXIMUM: &str = "2";
/// Prescription types of primary care begin so ([`super::oid::PRESCRIPTION_TYPE`]).
pub const PRIMARY_CARE_TYPES: &str = "01";
/// Days, in the Unified Code for Units of Measure.
pub const DAYS: &str = "d";
