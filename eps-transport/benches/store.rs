//! The broker over its store: signed submissions by 64 callers and a release of 25, the first beside raw SQLite.
//!
//! `cargo bench -p eps-transport --bench store`. Sizes, latency at a rate and memory are measured by `eps bench store`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a bench that cannot run must stop")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use eps_core::model::Timestamp;
use eps_transport::broker::Broker;
use eps_transport::clock::FixedClock;
use eps_transport::store::sqlite::SqliteStore;
use eps_transport::workload::Workload;

/// Callers at once, which is also the group of the raw inserts: the most that they can share.
const CALLERS: usize = 64;

/// The most submissions of one measurement: each must be signed beforehand.
const MOST: u64 = 4_000;

/// Prescriptions of a release.
const RELEASED: u32 = 25;

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302093000").unwrap()
}

fn broker(folder: &tempfile::TempDir) -> Broker<SqliteStore> {
    let store = SqliteStore::open(folder.path().join("eps.db")).unwrap();
    Broker::new(store, "567456789789".parse().unwrap()).clock(Arc::new(FixedClock(now())))
}

/// Submits all by many callers at once; gives how long it took.
fn submit_all(broker: &Broker<SqliteStore>, messages: &[Vec<u8>]) -> Duration {
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while let Some(message) = messages.get(next.fetch_add(1, Ordering::Relaxed)) {
                    broker.submit(message).unwrap();
                }
            });
        }
    });
    began.elapsed()
}

/// Inserts all, in transactions of `CALLERS`, as durable as the store.
fn insert_all(folder: &tempfile::TempDir, messages: &[Vec<u8>]) -> Duration {
    let mut db = rusqlite::Connection::open(folder.path().join("raw.db")).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.pragma_update(None, "synchronous", "FULL").unwrap();
    db.execute_batch("CREATE TABLE raw (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT").unwrap();
    let began = Instant::now();
    for group in messages.chunks(CALLERS) {
        let transaction = db.transaction().unwrap();
        for message in group {
            let mut insert = transaction.prepare_cached("INSERT INTO raw (body) VALUES (?1)").unwrap();
            insert.execute([message]).unwrap();
        }
        transaction.commit().unwrap();
    }
    began.elapsed()
}

/// Measures so many by measuring what can be signed beforehand, in proportion.
fn in_proportion(wanted: u64, measure: impl FnOnce(u64) -> Duration) -> Duration {
    let count = wanted.clamp(CALLERS as u64, MOST);
    let nanos = measure(count).as_nanos() * u128::from(wanted) / u128::from(count);
    Duration::from_nanos(u64::try_from(nanos).unwrap())
}

fn submissions(c: &mut Criterion) {
    let workload = Workload::new(now()).unwrap();
    let signed: Vec<_> =
        (0..u32::try_from(MOST).unwrap()).map(|number| workload.signed_upload(number, 0).unwrap()).collect();
    let messages = |count: u64| signed.get(..usize::try_from(count).unwrap()).unwrap();
    let mut group = c.benchmark_group("submit");
    group.throughput(Throughput::Elements(1));
    group.bench_function("floor/raw-sqlite", |b| {
        b.iter_custom(|wanted| {
            let folder = tempfile::tempdir().unwrap();
            in_proportion(wanted, |count| insert_all(&folder, messages(count)))
        });
    });
    group.bench_function("signed-64-callers", |b| {
        b.iter_custom(|wanted| {
            let folder = tempfile::tempdir().unwrap();
            let broker = broker(&folder).verify_on_create(Arc::new(workload.check()));
            in_proportion(wanted, |count| submit_all(&broker, messages(count)))
        });
    });
    group.finish();
}

fn releases(c: &mut Criterion) {
    let workload = Workload::new(now()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let broker = broker(&folder);
    let (mut stored, mut asked) = (0, 0);
    c.benchmark_group("release").bench_function("25", |b| {
        b.iter_custom(|wanted| {
            let mut took = Duration::ZERO;
            for _ in 0..wanted {
                let filling: Vec<_> = (0..RELEASED).map(|more| workload.upload(stored + more, 0).unwrap()).collect();
                submit_all(&broker, &filling);
                (stored, asked) = (stored + RELEASED, asked + 1);
                let request = workload.release(asked, 0).unwrap();
                let began = Instant::now();
                broker.submit(&request).unwrap();
                took += began.elapsed();
            }
            took
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = submissions, releases
}
criterion_main!(benches);
