//! The messages of EPS as FHIR R4 JSON.

use crate::problem::Rule;

mod date;
pub mod dosage;
pub mod json;

pub use dosage::dosage_text;

/// The rules of this module, table by table.
pub(crate) const RULES: &[&[&Rule]] = &[json::RULES, json::PARSE_RULES, dosage::RULES];
