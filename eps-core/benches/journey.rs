//! Convert and prepare a prescription of two items, each beside its floor. Verification is measured by the bench `ratios`.
//!
//! `cargo bench -p eps-core --features aws-lc-rs --bench journey`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a bench that cannot run must stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use eps_core::model::{Envelope, Message};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::{Provider, prepare};
use eps_core::{fhir, hl7v3};
use serde::de::IgnoredAny;

#[path = "support/request.rs"]
mod request;

use request::{ORDER, context};

fn order() -> Envelope {
    fhir::read(ORDER, &context()).unwrap()
}

/// FHIR to HL7 v3; the floor skips the JSON and copies the bytes that are written.
fn convert(c: &mut Criterion) {
    let context = context();
    let written = hl7v3::write(&order());
    let mut group = c.benchmark_group("convert");
    group.throughput(Throughput::Bytes(ORDER.len() as u64));
    group.bench_function("floor", |b| {
        b.iter(|| {
            serde_json::from_slice::<IgnoredAny>(black_box(ORDER)).unwrap();
            black_box(&written).to_vec()
        });
    });
    group.bench_function("fhir-to-hl7v3", |b| {
        b.iter(|| hl7v3::write(&fhir::read(black_box(ORDER), &context).unwrap()));
    });
    group.bench_function("fhir-read", |b| b.iter(|| fhir::read(black_box(ORDER), &context).unwrap()));
    let envelope = order();
    group.bench_function("hl7v3-write", |b| b.iter(|| hl7v3::write(black_box(&envelope))));
    group.bench_function("hl7v3-read", |b| b.iter(|| hl7v3::read(black_box(&written)).unwrap()));
    group.finish();
}

/// FHIR to the payload to sign; the floor skips the JSON and hashes the digest input.
fn prepare(c: &mut Criterion) {
    let context = context();
    let envelope = order();
    let Message::Prescription(prescription) = &envelope.message else { panic!("not a prescription") };
    let fragments = hl7v3::write_fragments(prescription);
    let mut group = c.benchmark_group("prepare");
    for (name, provider) in providers() {
        group.bench_function(format!("floor/{name}"), |b| {
            b.iter(|| {
                serde_json::from_slice::<IgnoredAny>(black_box(ORDER)).unwrap();
                provider.sha256(black_box(&fragments))
            });
        });
        group.bench_function(format!("from-fhir/{name}"), |b| {
            b.iter(|| {
                let envelope = fhir::read(black_box(ORDER), &context).unwrap();
                let Message::Prescription(prescription) = &envelope.message else { panic!("not a prescription") };
                prepare::prepared(&hl7v3::write_fragments(prescription), Algorithm::Rs256, provider.as_ref())
            });
        });
    }
    group.finish();
}

fn providers() -> Vec<(&'static str, Box<dyn Provider>)> {
    vec![
        #[cfg(feature = "aws-lc-rs")]
        ("aws-lc-rs", Box::new(eps_core::signature::provider::AwsLc::new())),
        ("rustcrypto", Box::new(RustCrypto::new())),
    ]
}

criterion_group!(benches, convert, prepare);
criterion_main!(benches);
