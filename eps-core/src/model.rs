//! What people mean: prescriptions, releases, dispense notifications, claims, and the envelope they travel in.
//!
//! Neither wire shows here. The types follow the Message Implementation Manual's payloads, since HL7 v3 is what is
//! signed; FHIR is read into them and written from them.
#![expect(
    clippy::exhaustive_structs,
    reason = "a message is all of its fields; a new one must be considered everywhere"
)]

mod address;
mod agent;
mod answered;
#[cfg(any(test, feature = "proptest"))]
pub mod arbitrary;
mod cancellation;
mod claim;
mod dispense;
mod envelope;
mod patient;
mod prescription;
mod release;
mod release_1;
mod returned;
mod text;
mod time;
mod tracker;

pub use address::{Address, PersonName, Telecom};
pub use agent::{AgentPerson, Licence, Organisation, Person};
pub use answered::{Answer, FailedPrescription, Outcome, OutcomeCoding, OutcomeIssue, ReleaseAnswer};
pub use cancellation::{Cancellation, CancellationResponse, ReasonForCancellation};
pub use claim::{ChargeExemption, ClaimedItem, ClaimedSupply, Collector, DispenseClaim, Endorsement};
pub use dispense::{DispenseNotification, RequestedQuantity, SuppliedLineItem, Supply};
pub use envelope::{Acknowledgement, Envelope, ErrorCode, Message, SdsAuthor};
pub use patient::Patient;
pub use prescription::{
    AdditionalInstructions, Author, CareEvent, DaysSupply, Exemptions, LineItem, PrescribersEndorsement, Prescription,
    RepeatNumber, SignatureText, TemporaryExemption,
};
pub use release::{
    BatchInfo, OtherDispenser, ReleaseKind, ReleaseRejection, ReleaseRequest, ReleaseResponse, ReleaseTemplate,
    ReleasedPrescription, SignedDocument,
};
pub use release_1::Release1Prescription;
pub use returned::{DispenseHistory, HistoryEntry, Return, Withdrawal, WithdrawalAuthor};
pub use text::{Code, Coded, Concept, Decimal, DecimalError, NamedCode, Quantity, Text, TextError};
pub use time::{Date, DatePrecision, Moment, TimeError, Timestamp};
pub use tracker::{
    AnswerForm, DayRange, DocumentQuery, FoundIssue, FoundName, FoundPrescription, GivenReason, HistoryEvent,
    IndexMetadata, IssueMetadata, ItemMetadata, ItemText, LineChange, MetadataQuery, NotificationMetadata,
    NotifiedItem, ParentMetadata, PrescriptionFacts, PrescriptionMetadata, PrescriptionSearch, SearchAnswer,
    SpinePrescriptionId, SpineTime, StatusChange, StoredDocument, SupplyMetadata, TrackedDetails, TrackedItem,
    TrackedOrganisation, TrackedPrescription, TrackerAnswer,
};
