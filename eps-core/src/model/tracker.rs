//! What Spine tells about prescriptions it holds: the answers of the NHS 111 tracker, of the prescription search and of
//! the prescription metadata query, and what is asked for.

mod answer;
mod metadata;
mod query;
mod search;
mod spine_time;

pub use answer::{AnswerForm, TrackedDetails, TrackedItem, TrackedOrganisation, TrackedPrescription, TrackerAnswer};
pub use metadata::{
    DayRange, GivenReason, HistoryEvent, IndexMetadata, IssueMetadata, ItemMetadata, ItemText, LineChange,
    NotificationMetadata, NotifiedItem, ParentMetadata, PrescriptionFacts, PrescriptionMetadata, StatusChange,
    SupplyMetadata,
};
pub use query::{DocumentQuery, MetadataQuery, PrescriptionSearch, StoredDocument};
pub use search::{FoundIssue, FoundName, FoundPrescription, SearchAnswer, SpinePrescriptionId};
pub use spine_time::SpineTime;
