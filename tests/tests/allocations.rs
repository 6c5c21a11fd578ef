//! How often a conversion allocates, and how much it holds at once.
//!
//! Counts do not depend on the machine or on what else runs on it, so they may gate a build where times may not.

#![cfg(test)]

use eps_core::{fhir, hl7v3};
use eps_tests::request;
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The prescription-order that the command ships: two items.
const ORDER: &[u8] = include_bytes!("../../eps-transport/data/prescription-order.json");

/// The other requests that FHIR brings.
const OTHERS: [(&str, &[u8]); 6] = [
    ("release request", include_bytes!("../../fuzz/seeds/fhir_read/release.json")),
    ("notification", include_bytes!("../../fuzz/seeds/fhir_read/notification.json")),
    ("claim", include_bytes!("../../fuzz/seeds/fhir_read/claim.json")),
    ("cancellation", include_bytes!("../../fuzz/seeds/fhir_read/cancellation.json")),
    ("return", include_bytes!("../../fuzz/seeds/fhir_read/return.json")),
    ("withdrawal", include_bytes!("../../fuzz/seeds/fhir_read/withdrawal.json")),
];

/// The replies, as HL7 v3 brings them.
const REPLIES: [(&str, &[u8]); 4] = [
    ("release response", include_bytes!("../../fuzz/seeds/hl7v3_read/release-response.xml")),
    ("release rejection", include_bytes!("../../fuzz/seeds/hl7v3_read/release-rejection.xml")),
    ("cancellation response", include_bytes!("../../fuzz/seeds/hl7v3_read/cancellation-response.xml")),
    ("acknowledgement", include_bytes!("../../fuzz/seeds/hl7v3_read/acknowledgement.xml")),
];

/// The most allocations of a conversion of two items.
const MOST: u64 = 200;

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

/// What `convert` makes, with its allocations and the bytes held at most.
fn cost(convert: impl FnOnce() -> Vec<u8>) -> (Vec<u8>, u64, usize) {
    let profiler = dhat::Profiler::builder().testing().build();
    let written = convert();
    let stats = dhat::HeapStats::get();
    drop(profiler);
    (written, stats.total_blocks, stats.max_bytes)
}

fn to_hl7v3(fhir: &[u8]) -> (Vec<u8>, u64, usize) {
    let context = request::context();
    cost(|| hl7v3::write(&fhir::read(fhir, &context).unwrap()))
}

fn to_fhir(hl7v3: &[u8]) -> (Vec<u8>, u64, usize) {
    cost(|| request::write(&hl7v3::read(hl7v3).unwrap()).unwrap())
}

/// One test, because the counter counts for the whole process.
#[test]
fn a_conversion_allocates_little_and_in_proportion_to_its_items() {
    for (name, fhir) in [("shipped order, 2 items", ORDER)].into_iter().chain(OTHERS) {
        let (hl7v3, there, peak_there) = to_hl7v3(fhir);
        let (_, back, peak_back) = to_fhir(&hl7v3);
        println!("{name}: to HL7 v3 {there} allocations, {peak_there} bytes at most; to FHIR {back}, {peak_back}");
        assert!(there < MOST && back < MOST, "{name}: {there} to HL7 v3, {back} to FHIR, {MOST} at most");
    }
    for (name, hl7v3) in REPLIES {
        let (_, allocations, peak) = to_fhir(hl7v3);
        println!("{name}: to FHIR {allocations} allocations, {peak} bytes at most");
        assert!(allocations < MOST, "{name}: {allocations} to FHIR, {MOST} at most");
    }
    let by_items = [1, 2, 3, 4].map(|items| {
        let bytes = order(items);
        let (_, allocations, peak) = to_hl7v3(&bytes);
        println!("{items} items, {} bytes: {allocations} allocations, {peak} bytes at most", bytes.len());
        allocations
    });
    let [one, two, _, four] = by_items;
    // Each further item costs about the same; vectors that grow may add a few.
    assert!(four - one <= 3 * (two - one) + 12, "{by_items:?}");
}
