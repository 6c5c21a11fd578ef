//! Convert, prepare and verify a prescription of two items, each beside its floor.
//!
//! `cargo bench -p eps-core --features aws-lc-rs --bench journey`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a bench that cannot run must stop")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use eps_core::model::Message;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::certificate::Certificate;
use eps_core::signature::provider::{Hash, RustCrypto};
use eps_core::signature::{Crls, Occasion, Provider, Verifier, prepare};
use eps_core::xml::{Document, Limits};
use eps_core::{fhir, hl7v3};
use serde::de::IgnoredAny;

#[path = "support/mod.rs"]
mod support;

use support::{ORDER, Signed, context, now, order, quick_xml_pass};

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

/// Verification from bytes, with the whole path; the floor reads the XML, hashes it, and verifies one RSA-2048 signature.
fn verify(c: &mut Criterion) {
    let signed = Signed::new();
    let policy = Signed::policy();
    let (certificate, payload, value) = signature_of(&signed.message);
    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Bytes(signed.message.len() as u64));
    for (name, provider) in providers() {
        let provider = provider.as_ref();
        let trust = signed.trust(provider);
        let lists = Crls::none();
        let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
        let key = certificate.key().unwrap();
        group.bench_function(format!("floor/{name}"), |b| {
            b.iter(|| {
                black_box(quick_xml_pass(black_box(&signed.message)));
                black_box(provider.sha256(&signed.message));
                provider.rsa_verify(&key, Hash::Sha256, &payload, &value).unwrap();
            });
        });
        group.bench_function(format!("from-bytes/{name}"), |b| {
            b.iter(|| {
                let document = Document::parse(black_box(&signed.message), &Limits::DEFAULT).unwrap();
                verifier.verify(document.root(), Occasion::on_receipt(now())).unwrap()
            });
        });
        // A trust set remembers the certificates that it has verified; this is the first prescription of a prescriber.
        group.bench_function(format!("from-bytes-first-time/{name}"), |b| {
            b.iter_batched(
                || signed.trust(provider),
                |trust| {
                    let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
                    let document = Document::parse(black_box(&signed.message), &Limits::DEFAULT).unwrap();
                    verifier.verify(document.root(), Occasion::on_receipt(now())).unwrap()
                },
                BatchSize::SmallInput,
            );
        });
        group.bench_function(format!("rsa-2048/{name}"), |b| {
            b.iter(|| provider.rsa_verify(&key, Hash::Sha256, black_box(&payload), &value).unwrap());
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

/// The certificate, payload and signature value of a message.
fn signature_of(message: &[u8]) -> (Certificate, Vec<u8>, Vec<u8>) {
    use base64::Engine as _;
    let document = Document::parse(message, &Limits::DEFAULT).unwrap();
    let text = |name: &str| {
        let element = document.root().descendants().find(|element| element.name() == name).unwrap();
        base64::engine::general_purpose::STANDARD.decode(element.text().as_bytes()).unwrap()
    };
    let digest = document.root().descendants().find(|element| element.name() == "DigestValue").unwrap().text();
    let digest = eps_core::signature::algorithm::Digest::from_base64(&digest, Algorithm::Rs256).unwrap();
    let payload = eps_core::signature::algorithm::signed_info(digest);
    (Certificate::from_der(text("X509Certificate")).unwrap(), payload, text("SignatureValue"))
}

criterion_group!(benches, convert, prepare, verify);
criterion_main!(benches);
