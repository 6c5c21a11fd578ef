//! How often a conversion allocates, and how much it holds at once.
//!
//! Counts do not depend on the machine or on what else runs on it, so they may gate a build where times may not.

#![cfg(test)]

use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::ids::CheckCharacters;
use eps_core::model::Timestamp;
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The prescription-order that the command ships: two items.
const ORDER: &[u8] = include_bytes!("../../eps-transport/data/prescription-order.json");

/// The most allocations of a two-item conversion.
const MOST: u64 = 200;

fn context() -> Context {
    Context {
        now: Timestamp::parse_hl7("20260302094000").unwrap(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: IdentifierReferences::Refused,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    }
}

/// The shipped order with so many items.
fn order(items: usize) -> Vec<u8> {
    let mut bundle: Value = serde_json::from_slice(ORDER).unwrap();
    let entries = bundle["entry"].as_array_mut().unwrap();
    let is_request = |entry: &Value| entry["resource"]["resourceType"] == "MedicationRequest";
    let request = entries.iter().find(|entry| is_request(entry)).unwrap().clone();
    entries.retain(|entry| !is_request(entry));
    for at in 0..items {
        let mut request = request.clone();
        let id = format!("a54219b8-f741-4c47-b662-e4f8dfa4900{at}");
        request["fullUrl"] = format!("urn:uuid:{id}").into();
        request["resource"]["identifier"][0]["value"] = id.into();
        entries.push(request);
    }
    serde_json::to_vec(&bundle).unwrap()
}

/// Allocations and bytes held at most while `bytes` are converted.
fn cost(bytes: &[u8]) -> (u64, usize) {
    let context = context();
    let profiler = dhat::Profiler::builder().testing().build();
    let written = fhir::read(bytes, &context).map(|envelope| hl7v3::write(&envelope));
    let stats = dhat::HeapStats::get();
    drop(profiler);
    assert!(written.is_ok());
    (stats.total_blocks, stats.max_bytes)
}

#[test]
fn a_conversion_allocates_little_and_in_proportion_to_its_items() {
    let shipped = cost(ORDER);
    println!("shipped order, 2 items: {} allocations, {} bytes at most", shipped.0, shipped.1);
    let by_items = [1, 2, 3, 4].map(|items| {
        let bytes = order(items);
        let (allocations, peak) = cost(&bytes);
        println!("{items} items, {} bytes: {allocations} allocations, {peak} bytes at most", bytes.len());
        allocations
    });
    assert!(shipped.0 < MOST, "{} allocations, {MOST} at most", shipped.0);
    let [one, two, _, four] = by_items;
    // Each further item costs about the same; vectors that grow may add a few.
    assert!(four - one <= 3 * (two - one) + 12, "{by_items:?}");
}
