//! The messages of EPS as FHIR R4 JSON.
//!
//! ```text
//!  bytes ─▶ json::Json ─▶ read ─▶ Envelope
//! ```

use crate::rules::fhir as rules;

pub mod dosage;
mod facts;
pub mod json;
mod read;

pub use dosage::dosage_text;
pub(crate) use facts::create_problems;
pub use read::{Context, IdentifierReferences, read};
