//! How much memory a verification holds: what the signed parts take, however large the message around them is, and for
//! reading the message a fixed number of bytes for each of its bytes.
//!
//! Bytes held do not depend on the machine or on what else runs on it, so they may gate a build where times may not.

#![cfg(test)]

use eps_core::model::{Message, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::fragments::MAX_PRESCRIPTION_BYTES;
use eps_core::signature::prepare::prepared;
use eps_core::signature::provider::{AwsLc, RustCrypto};
use eps_core::signature::signer::{self, AwsLcSigner};
use eps_core::signature::{Crls, Occasion, Policy, Provider, TrustAnchors, Verifier, embed};
use eps_core::xml::{Document, Limits};
use eps_core::{fhir, hl7v3};
use eps_tests::request;
use eps_transport::pki::ThrowAwayPki;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The prescription-order that the command ships: two items.
const ORDER: &[u8] = include_bytes!("../../eps-transport/data/prescription-order.json");
const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto::new(), &AwsLc::new()];
/// A verification holds at most so many bytes besides the document that was read.
const MOST_HELD: usize = 32 * 1024;
/// Reading holds at most so many bytes for each byte of a message.
const MOST_READING: usize = 8;

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302094000").unwrap()
}

/// The order, signed.
fn signed(pki: &ThrowAwayPki) -> String {
    let mut envelope = fhir::read(ORDER, &request::context()).unwrap();
    let Message::Prescription(prescription) = &mut envelope.message else { panic!("not an order") };
    prescription.author.time = now();
    let payload = prepared(&hl7v3::write_fragments(prescription), Algorithm::Rs256, &AwsLc::new()).signed_info;
    let signer = AwsLcSigner::new(pki.prescriber_key(), pki.prescriber()).unwrap();
    let signed = signer::sign(&signer, payload, &Policy::production(), &AwsLc::new(), now()).unwrap();
    String::from_utf8(embed::into_message(&hl7v3::write(&envelope), &signed, &AwsLc::new()).unwrap()).unwrap()
}

/// What `work` gives, and the bytes held at most while it runs.
fn held<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let profiler = dhat::Profiler::builder().testing().build();
    let made = work();
    let most = dhat::HeapStats::get().max_bytes;
    drop(profiler);
    (made, most)
}

/// Reads and verifies; bytes held for reading, and for verifying with each provider.
fn cost(pki: &ThrowAwayPki, message: &str) -> (usize, [usize; 2]) {
    let (document, reading) = held(|| Document::parse(message.as_bytes(), &Limits::DEFAULT).unwrap());
    let policy = Policy::production();
    let verifying = PROVIDERS.map(|provider| {
        let trust = TrustAnchors::new([pki.root()], [pki.signing_ca()], provider).unwrap();
        let lists = Crls::new(pki.revocation_lists().iter().map(Vec::as_slice), &trust, provider);
        let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
        let (verified, most) = held(|| verifier.verify(document.root(), Occasion::on_receipt(now())));
        assert!(verified.is_ok(), "{}", verified.unwrap_err().report());
        most
    });
    (reading, verifying)
}

/// One test, because the counter counts for the whole process.
#[test]
fn a_verification_holds_what_the_signed_parts_take_whatever_stands_around_them() {
    let pki = ThrowAwayPki::generate(now(), "555254239107", "MEMORY").unwrap();
    let message = signed(&pki);
    let unsigned_place = "<responsibleParty contextControlCode=";
    assert!(message.contains(unsigned_place) && message.contains("</ControlActEvent>"));
    // Within the prescription, where nothing is signed, and around it, up to the limits of either.
    let within = |bytes: usize| {
        let note = format!("<note value=\"{}\"></note>", "a".repeat(75));
        message.replacen(unsigned_place, &format!("{}{unsigned_place}", note.repeat(bytes / note.len())), 1)
    };
    let around = |bytes: usize| {
        let reason = format!("<reason>{}</reason>", "a".repeat(83));
        message.replacen("</ControlActEvent>", &format!("{}</ControlActEvent>", reason.repeat(bytes / reason.len())), 1)
    };
    let whole = Limits::DEFAULT.bytes;
    let messages = [
        ("as it is", message.clone()),
        ("100 KB within", within(100_000)),
        ("as long as it may be", within(MAX_PRESCRIPTION_BYTES - message.len())),
        ("1 MB around", around(1_000_000)),
        ("4 MiB in all", around(whole - message.len())),
    ];
    let mut verifying = Vec::new();
    for (name, message) in &messages {
        let (reading, of_providers) = cost(&pki, message);
        let each = reading / message.len();
        println!("{name}: {} bytes; read in {reading}, {each} a byte; verified in {of_providers:?}", message.len());
        assert!(reading <= MOST_READING * message.len(), "{name}: {reading} bytes for {}", message.len());
        verifying.push(of_providers);
    }
    assert!(verifying.iter().flatten().all(|most| *most <= MOST_HELD), "{verifying:?}");
    assert!(verifying.iter().all(|most| *most == verifying[0]), "it depends on what is not signed: {verifying:?}");
}
