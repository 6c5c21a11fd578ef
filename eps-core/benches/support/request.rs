//! The request of every bench, and how it is read.

use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::ids::CheckCharacters;
use eps_core::model::Timestamp;

/// The prescription-order that the demo ships: two items, about 14 KB of JSON.
pub(crate) const ORDER: &[u8] = include_bytes!("../../../eps-transport/data/prescription-order.json");

/// The time of every bench.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302093000").unwrap()
}

pub(crate) fn context() -> Context {
    Context {
        now: now(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: IdentifierReferences::Refused,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    }
}
