//! The reply to a document query: `document` (GET_PRESCRIPTION_DOCUMENT_RESPONSE_INUK01).
//!
//! The Message Implementation Manual has no schema of it; the order of the elements is that of NHS England's documentation.

use super::leaf::value;
use super::parts::{At, Within, at, shape, within};
use crate::model::StoredDocument;

/// The payload.
pub(super) const PAYLOAD: At<Within<Stored>> = at("document", within(&[], Stored));

shape! {
    /// A document as Spine stores it.
    pub(super) Stored: StoredDocument {
        prescription_id: value("prescriptionID"),
        document_key: value("documentKey"),
        document_type: value("documentType"),
        content: value("content"),
        kind: value("type"),
    }
}
