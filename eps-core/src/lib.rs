//! The rules of the Electronic Prescription Service, without I/O, clock or async.
//!
//! ```text
//!  bytes ─▶ hl7v3 / fhir ─▶ Envelope<Message> ─▶ record ─▶ Envelope<Message> ─▶ hl7v3 / fhir ─▶ bytes
//!              read            typed model       decide                            write
//!               └─ rules: every problem at once, each with its place
//!                │
//!                └─ the same bytes ─▶ signature: verified as they arrived, stored and released as they arrived
//! ```
//!
//! | To | start at |
//! |---|---|
//! | check an identifier | [`ids`] |
//! | look up a code | [`codes`] |
//! | read or write a message | [`fhir::read`], [`fhir::write()`], [`hl7v3::read`], [`hl7v3::write()`] |
//! | judge a message without acting on it | [`rules::validate`] |
//! | see what a conversion carries | [`mapping`] |
//! | read what Spine tells of a prescription | [`tracker`] |
//! | sign or verify | [`signature`] |
//! | move a prescription | [`record`] |
//! | see what became of a field | [`mapping`] |
//! | understand a refusal | [`problem`], and the table of [`rules`] |
//! | read XML that others wrote | [`xml`] |
//!
//! Everything is passed in: the time, the random ids, the keys, the certificates. Every reader is total: any bytes give a
//! value or [`problem::Problems`], each with a rule and a place.
//!
//! ```
//! use eps_core::fhir::{Context, IdentifierReferences};
//! use eps_core::ids::CheckCharacters;
//! use eps_core::model::Timestamp;
//! use eps_core::{fhir, hl7v3};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let context = Context {
//!     now: Timestamp::parse_hl7("20260302094000")?,
//!     from: "200000001285".parse()?,
//!     to: "567456789789".parse()?,
//!     author: None,
//!     identifier_references: IdentifierReferences::Refused,
//!     check_characters: CheckCharacters::Required,
//!     release_ids: None,
//! };
//! # let order: &[u8] = include_bytes!("../../eps-transport/data/prescription-order.json");
//! // `order` holds a FHIR R4 prescription-order.
//! let envelope = fhir::read(order, &context)?;
//! let message = hl7v3::write(&envelope);
//! assert_eq!(hl7v3::read(&message)?, envelope);
//!
//! // What is wrong is told with its place.
//! let problems = fhir::read(br#"{"resourceType": "Bundle"}"#, &context).unwrap_err();
//! assert!(problems.iter().all(|problem| problem.to_string().contains("line 1")));
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod codes;
pub mod fhir;
pub mod hl7v3;
pub mod ids;
pub mod mapping;
pub mod model;
pub mod problem;
pub mod record;
pub mod rules;
pub mod signature;
pub mod tracker;
pub mod xml;
