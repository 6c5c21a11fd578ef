//! Generators of valid model values, for property tests of this crate and of those that build on it.
//!
//! ```text
//!  text, ids, time ─▶ people ─▶ prescription, dispensing, release ─▶ envelope ─▶ hl7v3::write ─▶ valid XML
//! ```
//!
//! Every value is one that the Message Implementation Manual's schemas allow, and one that HL7 v3 carries without
//! loss: texts hold no CR, NEL, LS or PS (line ends that canonicalisers treat differently, so the writer turns them
//! into LF), values of attributes hold no tab and no line end either, and quantities have a digit before their point.
//! Within these bounds the values are as unkind as they can be: markup, quotes, blanks at both ends, scripts of the
//! whole of Unicode, everything optional there or not.
//!
//! ```
//! use eps_core::{hl7v3, model::arbitrary};
//! use proptest::prelude::*;
//! proptest!(ProptestConfig::with_cases(8), |(envelope in arbitrary::envelope())| {
//!     prop_assert_eq!(hl7v3::read(&hl7v3::write(&envelope)), Ok(envelope));
//! });
//! ```

mod dispensing;
mod envelope;
mod ids;
mod people;
mod prescription;
mod release;
mod returning;
mod text;
mod time;

pub use dispensing::{dispense_claim, dispense_notification};
pub use envelope::{
    acknowledgement, acknowledgement_envelope, cancellation_envelope, cancellation_response_envelope,
    dispense_claim_envelope, dispense_history_envelope, dispense_notification_envelope, envelope,
    prescription_envelope, release_rejection_envelope, release_request_envelope, release_response_envelope,
    return_envelope, subsequent_cancellation_response_envelope, withdrawal_envelope,
};
pub use ids::{
    any_prescription_id, asid, guid, line_item_id, message_id, nhs_number, ods_code, prescription_id,
    prescription_uuid, role_profile_id, user_id, written_prescription_id,
};
pub use people::{Organisations, address, agent_person, licence, organisation, patient, person, person_name, telecom};
pub use prescription::{line_item, prescription, released_prescription, signature};
pub use release::{release_rejection, release_request, release_response, signed_document};
pub use returning::{cancellation, cancellation_response, dispense_history, dispense_return, withdrawal};
pub use text::{attribute_text, code, coded, concept, decimal, element_text, named_code, quantity, repeat_number};
pub use time::{date, moment, timestamp};
