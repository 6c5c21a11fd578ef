//! The rules of the Electronic Prescription Service, without I/O, clock or async.
#![forbid(unsafe_code)]

pub mod codes;
pub mod fhir;
pub mod hl7v3;
pub mod ids;
pub mod model;
pub mod problem;
pub mod record;
pub mod signature;
pub mod xml;
