//! The messages of EPS as FHIR R4 JSON.

use crate::problem::Rule;

pub mod json;

/// The rules of this module, table by table.
pub(crate) const RULES: &[&[&Rule]] = &[json::RULES, json::PARSE_RULES];
