//! For every rule, a violation at every place it can occur: reported on that very node.
//!
//! The places are resolved by [`eps_tests::places`], which shares no code with the library.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use eps_core::rules::{TABLE, catalogue};
use eps_tests::seeds::{self, Seed};

/// Rules without a seed, each with the reason.
const WITHOUT: &[(&str, &str)] = &[
    ("fhir.incomplete", "it guards against a fault of the reader, and no message is known that breaks it"),
    ("fhir.write.cancellation.item", WRITER),
    ("fhir.write.cancellation.reason", WRITER),
    ("fhir.write.claim.line", WRITER),
    ("fhir.write.no-form", WRITER),
    ("fhir.write.withdrawal", WRITER),
];

const WRITER: &str =
    "a writer tells it of a model, which has no document to place it in; the tests of `fhir::write` break it";

/// What a verification finds is told in a report about the signature as a whole, not as problems with a place; the tests of
/// `signature::verify` break a signature for each code.
const REPORTED: &str = "Verifying a signature";

/// Rules that a seed breaks at further nodes too, each with the reason.
const ELSEWHERE_TOO: &[(&str, &str)] = &[
    ("create.missing", "the organisation of the base message is not complete for Spine either"),
    ("fhir.dosage.sequence", "neither of two instructions has its sequence"),
];

fn told(seed: &Seed) -> Vec<String> {
    let mut wrong = Vec::new();
    if seed.broken.is_empty() {
        wrong.push(format!("{}: {} names nothing", seed.rule, seed.what));
    }
    for broken in &seed.broken {
        let problems = seeds::problems(broken);
        let named: Vec<_> = problems.iter().filter(|problem| problem.rule.id == seed.rule).collect();
        let verdicts: Vec<_> = named.iter().map(|problem| seeds::check(broken, &problem.place)).collect();
        // A second report of the same rule elsewhere is misplaced.
        let elsewhere_too = ELSEWHERE_TOO.iter().any(|(rule, _)| *rule == seed.rule);
        let misplaced = verdicts.iter().any(Result::is_err) && !elsewhere_too;
        if misplaced || !verdicts.iter().any(Result::is_ok) {
            let others: Vec<_> = problems.iter().map(ToString::to_string).collect();
            wrong.push(format!("{}: {}: {:?}: {verdicts:?}; all: {others:?}", seed.rule, seed.what, broken.lands));
        }
    }
    wrong
}

#[test]
fn every_violation_is_reported_on_its_node() {
    let seeds = seeds::all();
    let wrong: Vec<_> = seeds.iter().flat_map(told).collect();
    let places: usize = seeds.iter().map(|seed| seed.broken.len()).sum();
    println!("{} seeds, {places} broken messages", seeds.len());
    assert!(wrong.is_empty(), "{} of {places}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_a_seed() {
    let seeded: BTreeSet<_> = seeds::all().iter().map(|seed| seed.rule).collect();
    let reported = TABLE.iter().filter(|group| group.title == REPORTED).flat_map(|group| group.rules);
    let reasons: BTreeMap<_, _> = WITHOUT.iter().copied().chain(reported.map(|rule| (rule.id, REPORTED))).collect();
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    let without: Vec<_> = ids.iter().filter(|id| !seeded.contains(*id) && !reasons.contains_key(*id)).collect();
    assert!(without.is_empty(), "{} rules have no seed: {without:#?}", without.len());
    let stale: Vec<_> = reasons.keys().filter(|id| seeded.contains(*id) || !ids.contains(*id)).collect();
    assert!(stale.is_empty(), "these exceptions no longer apply: {stale:?}");
}

#[test]
fn nothing_is_reported_that_is_not_in_the_table() {
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    for seed in seeds::all() {
        assert!(ids.contains(seed.rule), "{} is not in the table", seed.rule);
        for broken in &seed.broken {
            for problem in seeds::problems(broken) {
                assert!(ids.contains(problem.rule.id), "{} is not in the table", problem.rule.id);
            }
        }
    }
}
