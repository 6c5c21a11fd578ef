//! Spine's JSON answers about prescriptions: the NHS 111 tracker (`nhs111itemsummary`, `nhs111itemdetails`) and the
//! prescription search. One table of fields for both directions; where Spine writes `""`, `"False"` or `"None"` for
//! what is not there, the model has `None`.
//!
//! | To | call |
//! |---|---|
//! | read or write a tracker answer | [`read`], [`write()`] |
//! | read or write a search answer | [`read_search`], [`write_search`] |
//! | tell which of the two a document is | [`kind`] |
//!
//! What Spine adds beside the fields of the model is not kept: `error` and the wrapper `spineResponse` that the NHS API
//! logs around a tracker answer, and `instanceNumbers`, `prescriptionStatuses` and `allPrescriptions` of a search answer,
//! which repeat the issues. Ids of line items are written in capitals, as Spine writes them now.
//!
//! ```
//! use eps_core::tracker;
//! let answer = tracker::read(br#"{"version": "1", "reason": "not found", "statusCode": "1", "prescriptions": {}}"#)?;
//! assert!(!answer.is_good());
//! assert_eq!(tracker::read(&tracker::write(&answer))?, answer);
//! # Ok::<(), eps_core::problem::Problems>(())
//! ```
//!
//! Sources: the tracker answers published with NHS England's Electronic Prescription Service API, and the search answers
//! published with its Clinical Prescription Tracker.

mod answer;
pub(crate) mod components;
pub(crate) mod field;
mod input;
mod search;

use crate::fhir::json::{Json, JsonWriter};
use crate::model::{SearchAnswer, TrackerAnswer};
use crate::problem::Problems;

use input::In;

/// Which of Spine's JSON answers a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "Spine has two JSON answers about prescriptions")]
pub enum AnswerKind {
    /// Of the NHS 111 tracker: [`read`].
    Tracker,
    /// Of the prescription search: [`read_search`].
    Search,
}

/// Which answer a document looks like; `None` where it is neither, FHIR for instance.
#[must_use]
pub fn kind(json: &Json<'_>) -> Option<AnswerKind> {
    let root = json.root();
    if root.get(search::RESPONSE).is_some_and(|response| response.get(search::PRESCRIPTIONS).is_some()) {
        return Some(AnswerKind::Search);
    }
    let answer = answer::unwrapped(root);
    (root.get("resourceType").is_none() && answer.get(answer::STATUS_CODE).is_some()).then_some(AnswerKind::Tracker)
}

/// Reads an answer of the NHS 111 tracker.
///
/// # Errors
/// Every problem found, each with its JSON Pointer, line and column.
pub fn read(bytes: &[u8]) -> Result<TrackerAnswer, Problems> {
    let json = Json::parse(bytes)?;
    let mut input = In::default();
    let answer = answer::read(&mut input, json.root());
    input.finish(answer)
}

/// Writes an answer of the NHS 111 tracker.
#[must_use]
pub fn write(answer: &TrackerAnswer) -> Vec<u8> {
    let mut json = JsonWriter::keeping_empty();
    json.object(|json| answer::write(json, answer));
    json.finish()
}

/// Reads an answer of the prescription search.
///
/// # Errors
/// Every problem found, each with its JSON Pointer, line and column.
pub fn read_search(bytes: &[u8]) -> Result<SearchAnswer, Problems> {
    let json = Json::parse(bytes)?;
    let mut input = In::default();
    let answer = search::read(&mut input, json.root());
    input.finish(answer)
}

/// Writes an answer of the prescription search.
#[must_use]
pub fn write_search(answer: &SearchAnswer) -> Vec<u8> {
    let mut json = JsonWriter::keeping_empty();
    json.object(|json| search::write(json, answer));
    json.finish()
}

#[cfg(test)]
mod tests;
