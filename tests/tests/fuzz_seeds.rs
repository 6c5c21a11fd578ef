//! Every committed seed of every fuzz target, as ordinary tests: what a fuzzer found once is not lost again.

#![cfg(test)]

use std::path::Path;

use eps_fuzz::TARGETS;
use eps_tests::files;

#[test]
fn every_seed_holds_what_its_target_asserts() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    for target in TARGETS {
        let inputs = files(&seeds.join(target.name), &|_| true);
        assert!(!inputs.is_empty(), "{} has no seeds", target.name);
        for input in &inputs {
            let bytes = std::fs::read(input).unwrap();
            let outcome = std::panic::catch_unwind(|| (target.run)(&bytes));
            assert!(outcome.is_ok(), "{} fails on {}", target.name, input.display());
        }
        println!("{}: {} seeds", target.name, inputs.len());
    }
}

#[test]
fn every_target_survives_the_seeds_of_the_others_and_their_pieces() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    for input in files(&seeds, &|_| true) {
        let bytes = std::fs::read(&input).unwrap();
        for target in TARGETS {
            (target.run)(&bytes);
            (target.run)(&bytes[bytes.len() / 2..]);
            (target.run)(&bytes[..bytes.len() / 3]);
        }
    }
}
