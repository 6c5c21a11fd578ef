//! Every conversion of a request, both ways, from bytes to bytes, with messages and bytes a second.
//!
//! `cargo bench -p eps-core --bench conversions`; the elements of the throughput are messages. A prescription is also tried
//! with one to eight items, and with long texts: time must follow the size.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that cannot run must stop")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use eps_core::fhir::{self, Context, IdentifierReferences, Outgoing, SignatureVerdict};
use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::{hl7v3, tracker};
use serde::de::IgnoredAny;

#[path = "support/floor.rs"]
mod floor;
#[path = "support/request.rs"]
mod request;

use request::ORDER;

const REQUESTS: [(&str, &[u8]); 7] = [
    ("order", ORDER),
    ("release-request", include_bytes!("../../fuzz/seeds/fhir_read/release.json")),
    ("notification", include_bytes!("../../fuzz/seeds/fhir_read/notification.json")),
    ("claim", include_bytes!("../../fuzz/seeds/fhir_read/claim.json")),
    ("cancellation", include_bytes!("../../fuzz/seeds/fhir_read/cancellation.json")),
    ("return", include_bytes!("../../fuzz/seeds/fhir_read/return.json")),
    ("withdrawal", include_bytes!("../../fuzz/seeds/fhir_read/withdrawal.json")),
];
const REPLIES: [(&str, &[u8]); 4] = [
    ("release-response", include_bytes!("../../fuzz/seeds/hl7v3_read/release-response.xml")),
    ("release-rejection", include_bytes!("../../fuzz/seeds/hl7v3_read/release-rejection.xml")),
    ("cancellation-response", include_bytes!("../../fuzz/seeds/hl7v3_read/cancellation-response.xml")),
    ("acknowledgement", include_bytes!("../../fuzz/seeds/hl7v3_read/acknowledgement.xml")),
];
const TRACKER: &[u8] = include_bytes!("../../fuzz/seeds/tracker_read/details.json");

/// Whatever may be taken is taken.
fn context() -> Context {
    Context {
        identifier_references: IdentifierReferences::Resolved,
        check_characters: CheckCharacters::AsWritten,
        release_ids: Some([[1; 16], [2; 16]].map(|bytes| MessageId(Guid::from_bytes(bytes)))),
        ..request::context()
    }
}

fn to_hl7v3(fhir: &[u8], context: &Context) -> Vec<u8> {
    hl7v3::write(&fhir::read(fhir, context).unwrap())
}

fn to_fhir(hl7v3: &[u8]) -> Vec<u8> {
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &_| SignatureVerdict::Valid;
    let mut outgoing =
        Outgoing { now: request::now(), ids: &mut ids, verify: &verify, base_path: "https://eps.example" };
    fhir::write(&hl7v3::read(hl7v3).unwrap(), &mut outgoing).unwrap()
}

fn both(bytes: usize) -> Throughput {
    Throughput::ElementsAndBytes { elements: 1, bytes: bytes as u64 }
}

/// Each kind of request, beside skipping its JSON and copying the bytes that are written.
fn requests(c: &mut Criterion) {
    let context = context();
    for (name, fhir) in REQUESTS {
        let hl7v3 = to_hl7v3(fhir, &context);
        let mut group = c.benchmark_group(name);
        group.throughput(both(fhir.len()));
        group.bench_function("floor", |b| {
            b.iter(|| {
                serde_json::from_slice::<IgnoredAny>(black_box(fhir)).unwrap();
                black_box(&hl7v3).clone()
            });
        });
        group.bench_function("fhir-to-hl7v3", |b| b.iter(|| to_hl7v3(black_box(fhir), &context)));
        group.throughput(both(hl7v3.len()));
        group.bench_function("hl7v3-to-fhir", |b| b.iter(|| to_fhir(black_box(&hl7v3))));
        group.finish();
    }
}

/// Each kind of reply, beside a pass over its XML.
fn replies(c: &mut Criterion) {
    for (name, hl7v3) in REPLIES {
        let mut group = c.benchmark_group(name);
        group.throughput(both(hl7v3.len()));
        group.bench_function("floor", |b| b.iter(|| floor::quick_xml_pass(black_box(hl7v3))));
        group.bench_function("hl7v3-to-fhir", |b| b.iter(|| to_fhir(black_box(hl7v3))));
        group.finish();
    }
}

/// What Spine tells of a prescription, read and written again.
fn answers(c: &mut Criterion) {
    let mut group = c.benchmark_group("tracker-answer");
    group.throughput(both(TRACKER.len()));
    group.bench_function("floor", |b| b.iter(|| serde_json::from_slice::<IgnoredAny>(black_box(TRACKER)).unwrap()));
    group.bench_function("read-and-write", |b| b.iter(|| tracker::write(&tracker::read(black_box(TRACKER)).unwrap())));
    group.finish();
}

/// The order with so many items, each with a dosage of `filler` more bytes.
fn order(items: usize, filler: usize) -> Vec<u8> {
    let mut bundle: serde_json::Value = serde_json::from_slice(ORDER).unwrap();
    let entries = bundle.get_mut("entry").and_then(serde_json::Value::as_array_mut).unwrap();
    let is_request = |entry: &serde_json::Value| {
        entry.pointer("/resource/resourceType").is_some_and(|kind| kind == "MedicationRequest")
    };
    let mut request = entries.iter().find(|entry| is_request(entry)).unwrap().clone();
    entries.retain(|entry| !is_request(entry));
    let dosage = request.pointer_mut("/resource/dosageInstruction/0/text").unwrap();
    *dosage = format!("one capsule{}", " at breakfast".repeat(filler / 13)).into();
    for at in 0..items {
        let id = format!("a54219b8-f741-4c47-b662-e4f8dfa4{at:04}");
        *request.pointer_mut("/fullUrl").unwrap() = format!("urn:uuid:{id}").into();
        *request.pointer_mut("/resource/identifier/0/value").unwrap() = id.into();
        entries.push(request.clone());
    }
    serde_json::to_vec(&bundle).unwrap()
}

fn sizes(c: &mut Criterion) {
    let context = context();
    let mut group = c.benchmark_group("order-by-size");
    for (items, filler) in [(1, 0), (2, 0), (3, 0), (4, 0), (2, 1_000), (2, 10_000), (2, 100_000)] {
        let fhir = order(items, filler);
        group.throughput(Throughput::Bytes(fhir.len() as u64));
        let id = BenchmarkId::new("fhir-to-hl7v3", format!("{items}-items-{filler}-more-bytes"));
        group.bench_function(id, |b| b.iter(|| to_hl7v3(black_box(&fhir), &context)));
    }
    group.finish();
}

criterion_group!(benches, requests, replies, answers, sizes);
criterion_main!(benches);
