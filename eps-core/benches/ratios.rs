//! Verification and canonicalisation beside the least that they can cost, in one run, with both providers.
//!
//! `cargo bench -p eps-core --features aws-lc-rs --bench ratios` prints each figure with its floor and the limit that it is
//! to keep. The measurements take turns, and of each the shortest round counts: what else runs on the machine can only
//! make one longer.
#![allow(clippy::unwrap_used, clippy::unreachable, clippy::print_stdout, missing_docs, reason = "it prints, or stops")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use eps_core::signature::certificate::Certificate;
use eps_core::signature::provider::{Hash, RustCrypto};
use eps_core::signature::{Crls, Occasion, Policy, Provider, TrustAnchors, Verifier};
use eps_core::xml::{Document, Limits, c14n, pretty};

#[path = "support/floor.rs"]
mod floor;
#[path = "support/request.rs"]
mod request;
#[path = "support/signed.rs"]
mod signed;

use floor::quick_xml_pass;
use request::now;
use signed::Signed;

/// So often everything is measured.
const ROUNDS: usize = 400;
/// So often in a row: a clock is read once for all of them.
const IN_A_ROW: usize = 8;

/// What is measured: how long it took, [`IN_A_ROW`] times.
type Run<'r> = Box<dyn FnMut() -> Duration + 'r>;

fn timed<'r>(mut work: impl FnMut() + 'r) -> Run<'r> {
    Box::new(move || {
        let start = Instant::now();
        (0..IN_A_ROW).for_each(|_| work());
        start.elapsed()
    })
}

/// The shortest time of each, in nanoseconds for once.
fn shortest<const N: usize>(mut runs: [Run<'_>; N]) -> [u128; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..ROUNDS {
        for (best, run) in best.iter_mut().zip(&mut runs) {
            *best = run().min(*best);
        }
    }
    best.map(|best| best.as_nanos() / IN_A_ROW as u128)
}

/// Hundredths, as a number with two places.
fn hundredths(number: u128) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

fn microseconds(nanoseconds: u128) -> String {
    format!("{:>7} µs", hundredths(nanoseconds / 10))
}

/// One line: a time, what it is of the floor, and whether it keeps the limit.
fn tell(name: &str, time: u128, floor: u128, limit: u128) {
    let (ratio, kept) = (hundredths(time * 100 / floor), if time <= limit { "kept" } else { "MISSED" });
    let (time, floor, limit) = (microseconds(time), microseconds(floor), microseconds(limit));
    println!("  {name:<34} {time}   floor {floor}   ratio {ratio}   limit {limit}: {kept}");
}

fn document(message: &[u8]) -> Document<'_> {
    Document::parse(black_box(message), &Limits::DEFAULT).unwrap()
}

fn verify(message: &[u8], provider: &dyn Provider, trust: &TrustAnchors, lists: &Crls, policy: &Policy) {
    let verifier = Verifier { provider, trust, lists, policy };
    black_box(verifier.verify(document(message).root(), Occasion::on_receipt(now())).unwrap());
}

/// From bytes to report under the production policy, with both revocation lists. The floor is one pass over the events and
/// attributes, the hash of the canonical bytes and one RSA-2048 verification; each signature above the prescription that
/// is not known from before may take one more RSA verification.
fn verification(signed: &Signed, name: &str, provider: &dyn Provider) {
    let policy = Policy::production();
    let certificate = Certificate::from_der(signed.certificate.clone()).unwrap();
    let (key, message) = (certificate.key().unwrap(), signed.message.as_slice());
    let trust = signed.trust(provider);
    let lists = signed.lists(&trust, provider);
    let rsa = || provider.rsa_verify(&key, Hash::Sha256, black_box(&signed.payload), &signed.value).unwrap();
    let first_time: Run<'_> = Box::new(|| {
        let sets: Vec<TrustAnchors> = (0..IN_A_ROW).map(|_| signed.trust(provider)).collect();
        let start = Instant::now();
        sets.iter().for_each(|trust| verify(message, provider, trust, &lists, &policy));
        start.elapsed()
    });
    let [bare, rsa, known, first, all] = shortest([
        timed(|| {
            black_box(quick_xml_pass(black_box(message)));
            black_box(provider.sha256(black_box(&signed.fragments)));
            rsa();
        }),
        timed(rsa),
        timed(|| verify(message, provider, &trust, &lists, &policy)),
        first_time,
        timed(|| verify(message, provider, &signed.trust(provider), &lists, &policy)),
    ]);
    println!("{name}: one RSA-2048 verification {}", microseconds(rsa));
    for (what, time, links) in [
        ("verify, path known", known, 0),
        ("verify, prescriber's first", first, 1),
        ("verify, CAs new as well", all, 2),
    ] {
        tell(what, time, bare + links * rsa, bare * 5 / 4 + links * rsa);
    }
}

/// One canonical form, as bytes a second beside the bare pass over the same bytes; three quarters of its speed are wanted.
fn canonicalisation(name: &str, message: &[u8]) {
    let tree = document(message);
    let mut options = c14n::Options::EXCLUSIVE;
    options.drop_blank_text = true;
    let form = |document: &Document<'_>| c14n::canonicalise(document.root(), &options);
    let [bare, canonicalise, both] = shortest([
        timed(|| _ = black_box(quick_xml_pass(black_box(message)))),
        timed(|| _ = black_box(form(black_box(&tree)))),
        timed(|| _ = black_box(form(&document(message)))),
    ]);
    let speed = |time: u128| format!("{} MB/s", message.len() as u128 * 1000 / time);
    println!("{name}, {} bytes: bare pass at {}", message.len(), speed(bare));
    for (what, time) in [("canonicalise", canonicalise), ("parse and canonicalise", both)] {
        tell(&format!("{what}, {}", speed(time)), time, bare, bare * 4 / 3);
    }
}

fn main() {
    let signed = Signed::new();
    println!(
        "a signed prescription of two items, {} bytes; {} bytes hashed",
        signed.message.len(),
        signed.fragments.len()
    );
    #[cfg(feature = "aws-lc-rs")]
    verification(&signed, "aws-lc-rs", &eps_core::signature::provider::AwsLc::new());
    verification(&signed, "RustCrypto", &RustCrypto::new());
    canonicalisation("as written", &signed.message);
    canonicalisation("indented", &pretty(document(&signed.message).root()));
}
