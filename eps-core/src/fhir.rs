//! The messages of EPS as FHIR R4 JSON.
//!
//! ```text
//!  bytes ─▶ json::Json ─▶ read ─▶ Envelope ─▶ write ─▶ bytes
//! ```

use crate::rules::fhir as rules;

pub mod dosage;
mod facts;
pub mod json;
mod read;
mod write;

pub use dosage::dosage_text;
pub(crate) use facts::create_problems;
pub use read::{Context, IdentifierReferences, read};
pub use write::{Outgoing, SignatureVerdict, status, write};
