//! The coded vocabularies of EPS: code, display, OID and FHIR code system, one table each.
//!
//! Sources: Message Implementation Manual 4.2.00 vocabularies, and the code systems of the FHIR prescribing and
//! dispensing profiles where those are newer. When a code is allowed is not said here.

pub mod fixed;
pub mod oid;
pub(crate) mod system;

/// The organisation type "not specified", which every recipient is given ([`oid::ORGANISATION_TYPE`]).
pub const ORGANISATION_NOT_SPECIFIED: &str = "999";

mod cancelling;
mod dispensing;
mod errors;
mod interaction;
mod messages;
mod patient_status;
mod person;
mod prescribing;
mod prescription_type;
mod replying;
mod supplier_status;
mod table;
mod timing;
mod tracker;
mod uses;

pub use cancelling::{CancellationReason, CancellationResult, ReturnReason, WithdrawReason, WithdrawType};
pub use dispensing::{
    ChargePayment, DispenserEndorsement, ItemStatus, NotDispensedReason, PrescriptionStatus, ReleaseFault,
};
pub(crate) use errors::SpineIssue;
pub use interaction::{Interaction, InteractionId, InteractionVariant};
pub use messages::{
    ExemptionEvidence, MessageEvent, ReimbursementAuthority, RequestCategory, RequestIntent, RequestStatus,
    ResourceType, TaskCode, TaskStatus,
};
pub use patient_status::PatientStatus;
pub(crate) use person::PersonIdSystem;
pub use prescribing::{
    CourseOfTherapy, DispensingSitePreference, Gender, PrescriberEndorsement, TreatmentType, is_prescription_type,
};
pub use prescription_type::prescription_type_display;
pub use replying::{AckCode, Severity};
pub(crate) use replying::{NOT_KNOWN, is_not_known};
pub use supplier_status::{DeliveryType, SupplierStatus};
pub use system::{DISPENSING_INFORMATION, STATUS_HISTORY};
pub use table::UnknownCode;
pub(crate) use table::Vocabulary;
pub use timing::{DayOfWeek, EventTiming, UnitOfTime};
pub use uses::{AddressUse, NameUse, TelecomUse};
