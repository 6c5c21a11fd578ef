//! The messages of EPS as FHIR R4 JSON.
//!
//! ```text
//!  bytes ─▶ json::Json ─▶ read ─▶ Envelope
//! ```

use crate::problem::Rule;

pub mod dosage;
pub mod json;
mod read;
pub mod rules;

pub use dosage::dosage_text;
pub use read::{Context, IdentifierReferences, read};

/// The rules of this module, table by table.
pub(crate) const RULES: &[&[&Rule]] = &[json::RULES, dosage::RULES, rules::RULES];
