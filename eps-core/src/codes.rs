//! The coded vocabularies of EPS: code, display and OID, one table each.
//!
//! Sources: Message Implementation Manual 4.2.00 vocabularies, and the code systems of the FHIR prescribing and
//! dispensing profiles where those are newer. When a code is allowed is not said here.

pub mod oid;
pub(crate) mod system;

/// The organisation type "not specified", which every recipient is given ([`oid::ORGANISATION_TYPE`]).
pub const ORGANISATION_NOT_SPECIFIED: &str = "999";

mod cancelling;
mod dispensing;
mod errors;
mod interaction;
mod person;
mod prescribing;
mod table;

pub use cancelling::{CancellationReason, CancellationResult, ReturnReason, WithdrawReason, WithdrawType};
pub use dispensing::{
    ChargePayment, DispenserEndorsement, ItemStatus, NotDispensedReason, PrescriptionStatus, ReleaseFault,
};
pub(crate) use errors::SpineIssue;
pub use interaction::{Interaction, InteractionId, InteractionVariant};
pub(crate) use person::PersonIdSystem;
pub use prescribing::{
    CourseOfTherapy, DispensingSitePreference, Gender, PrescriberEndorsement, TreatmentType, is_prescription_type,
};
pub use table::UnknownCode;
pub(crate) use table::Vocabulary;
