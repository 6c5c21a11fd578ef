//! The messages of EPS as FHIR R4 JSON.
//!
//! ```text
//!  bytes ─▶ json::Json ─▶ read ─▶ Envelope
//! ```

use crate::rules::fhir as rules;

pub mod dosage;
pub mod json;
mod read;

pub use dosage::dosage_text;
pub use read::{Context, IdentifierReferences, read};
