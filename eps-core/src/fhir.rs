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
mod status_updates;
mod task_query;
mod write;

pub use dosage::dosage_text;
pub(crate) use facts::create_problems;
pub use read::{Context, IdentifierReferences, read, read_answer};
pub use status_updates::{StatusUpdate, StatusUpdateEntry, StatusUpdates, read_status_updates};
pub use task_query::{AskedDate, TaskQuery, TrackerQuestion, task_query};
pub(crate) use write::tells_of_item;
pub use write::{
    ItemUpdate, Outgoing, SignatureVerdict, status, supplier_status_updates, write, write_request_group,
    write_request_groups, write_tasks,
};
