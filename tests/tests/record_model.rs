//! Whole lives of prescriptions at random, over the broker and a store (`eps_tests::lifecycle`).
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "this is a test that says what it tried")]

use eps_core::record::Periods;
use eps_tests::lifecycle::World;
use eps_transport::journal::{self, Difference};
use eps_transport::store::Store;
use eps_transport::store::memory::MemoryStore;
use eps_transport::store::sqlite::SqliteStore;

/// Steps of one world, and worlds: 20,000 steps.
const STEPS: u64 = 500;
const WORLDS: u64 = 40;

fn lives(seeds: std::ops::Range<u64>) {
    let mut statuses = std::collections::BTreeSet::new();
    let mut done = std::collections::BTreeMap::<String, (u64, u64)>::new();
    let (mut repeats, mut deleted) = (0, 0);
    for seed in seeds {
        let mut world = World::new(MemoryStore::new(), seed);
        world.run(STEPS);
        let tally = world.tally();
        statuses.extend(tally.statuses.keys().copied());
        repeats += tally.repeats;
        deleted += tally.deleted;
        for (act, (well, refused)) in &tally.acts {
            let sum = done.entry(act.clone()).or_default();
            *sum = (sum.0 + well, sum.1 + refused);
        }
    }
    eprintln!("{repeats} repeats, {deleted} deleted, done and refused: {done:?}");
    assert_eq!(statuses.len(), 13, "not every status was reached: {statuses:?}");
    assert!(done.values().all(|(well, refused)| *well > 10 && *refused > 10), "{done:?}");
    assert!(repeats > 100 && deleted > 20);
}

#[test]
fn whatever_comes_to_mind_breaks_nothing() {
    lives(0..WORLDS / 2);
}

#[test]
fn whatever_else_comes_to_mind_breaks_nothing() {
    lives(WORLDS / 2..WORLDS);
}

fn replays(store: &dyn Store) {
    let again = MemoryStore::new();
    journal::replay(store, &again, Periods::SPINE).unwrap();
    let difference = journal::diff(store, &again).unwrap();
    assert!(matches!(difference, Difference::None(entries) if entries > 20));
}

#[test]
fn a_life_in_a_file_survives_restarts_and_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let open = || SqliteStore::open(folder.path().join("eps.db")).unwrap();
    let mut world = World::new(open(), 1000);
    for _ in 0..4 {
        world.run(60);
        world = world.reopen(|broker| {
            drop(broker);
            open()
        });
    }
    replays(world.broker().store());
}
