//! The measurement itself.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eps_core::hl7v3;
use eps_core::model::{Message, Timestamp};
use eps_transport::broker::{Broker, BrokerError};
use eps_transport::clock::FixedClock;
use eps_transport::store::sqlite::{Options, SqliteStore, WritePoint};
use eps_transport::workload::{Workload, WorkloadError};
use serde::Serialize;

use super::floor;
use super::progress::Progress;
use crate::failure::Failure;
use crate::options::Global;

/// Prescriptions of a full release.
const RELEASED: usize = 25;

/// Callers that fill a store: there is nothing to be measured then.
const FILLING: u16 = 32;

/// The most pharmacies that prescriptions are nominated to, in turn.
const PHARMACIES: u32 = 1000;

/// All that was measured.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// The processors that this process may use.
    pub(super) processors: usize,
    pub(super) sizes: Vec<Size>,
    pub(super) submissions: Submissions,
    pub(super) open_loop: OpenLoop,
}

/// A store of some size.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Size {
    pub(super) stored: u64,
    /// Of the file, for each prescription with its message, reply and journal entry.
    pub(super) bytes_each: u64,
    pub(super) filled_per_second: u64,
    pub(super) release: Latency,
    /// Of the process; `None` where the system does not tell.
    pub(super) resident_bytes: Option<u64>,
}

/// Durable, verified submissions by many callers at once, beside the floors.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Submissions {
    pub(super) submissions: u64,
    pub(super) callers: u16,
    pub(super) per_second: u64,
    /// Submissions of one transaction, on average.
    pub(super) group: u64,
    pub(super) latency: Latency,
    /// Blocks of 4 KB that are on the disk one by one.
    pub(super) syncs_per_second: u64,
    /// Rows that SQLite inserts in such groups: the messages as they were submitted.
    pub(super) raw_per_second: u64,
    /// The same with what the store keeps of each submission, compressed.
    pub(super) raw_stored_per_second: u64,
}

/// Submissions that come at their time, whatever became of those before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OpenLoop {
    pub(super) rate: u32,
    pub(super) submissions: u64,
    /// From when a submission was due.
    pub(super) latency: Latency,
}

/// How long it took, in microseconds.
#[derive(Serialize)]
pub(super) struct Latency {
    pub(super) p50: u64,
    pub(super) p99: u64,
    pub(super) most: u64,
}

impl Latency {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort();
        let at = |percent: usize| all.get((all.len() * percent / 100).min(all.len().saturating_sub(1)));
        let micros =
            |took: Option<&Duration>| took.map_or(0, |took| u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        Self { p50: micros(at(50)), p99: micros(at(99)), most: micros(at(100)) }
    }
}

/// So many in so long.
pub(super) fn per_second(count: u64, took: Duration) -> u64 {
    let micros = took.as_micros().max(1);
    u64::try_from(u128::from(count) * 1_000_000 / micros).unwrap_or(u64::MAX)
}

/// Why a thread of the bench could not go on.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error("a message could not be made")]
    Workload(#[from] WorkloadError),
    #[error("a message was not answered")]
    Broker(#[from] BrokerError),
    #[error("a thread has panicked")]
    Panicked,
}

impl From<Stopped> for Failure {
    fn from(error: Stopped) -> Self {
        Self::because("the measurement was stopped")(error.into())
    }
}

/// Measures all.
pub(super) fn measure(options: &super::Store, global: &Global) -> Result<Report, Failure> {
    let folder = match &options.folder {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let bench = Bench { workload: Workload::new(global.now()).map_err(Stopped::from)?, now: global.now(), global };
    // First, while the process has not yet held the messages of the others in memory.
    let sizes = bench.sizes(&folder.path().join("sizes.db"), options)?;
    let submissions = bench.submissions(folder.path(), options)?;
    let open_loop = bench.open_loop(&folder.path().join("open-loop.db"), options)?;
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Report { processors, sizes, submissions, open_loop })
}

struct Bench<'g> {
    workload: Workload,
    now: Timestamp,
    global: &'g Global,
}

impl Bench<'_> {
    fn broker(&self, path: &Path, options: Options) -> Result<Broker<SqliteStore>, Failure> {
        let store = SqliteStore::open_with(path, options)?;
        Ok(Broker::new(store, self.global.to().clone()).clock(Arc::new(FixedClock(self.now))))
    }

    /// Fills a store to one size and then to another, with releases at each. These prescriptions are not verified.
    fn sizes(&self, path: &Path, options: &super::Store) -> Result<Vec<Size>, Failure> {
        let broker = self.broker(path, Options::default())?;
        let full = u32::try_from(RELEASED).unwrap_or(u32::MAX);
        let pharmacies = u16::try_from((options.small / full).clamp(1, PHARMACIES)).unwrap_or(u16::MAX);
        let mut stored = 0;
        let mut asked = 0;
        let mut sizes = Vec::new();
        for size in [options.small, options.large] {
            let filled_per_second = self.fill(&broker, stored..size, pharmacies)?;
            stored = stored.max(size);
            let info = broker.store().info()?;
            let releases = options.releases.min(pharmacies);
            let release = self.releases(&broker, &mut asked, releases)?;
            sizes.push(Size {
                stored: info.prescriptions,
                bytes_each: info.bytes / info.prescriptions.max(1),
                filled_per_second,
                release,
                resident_bytes: resident(),
            });
        }
        Ok(sizes)
    }

    fn fill(
        &self,
        broker: &Broker<SqliteStore>,
        numbers: std::ops::Range<u32>,
        pharmacies: u16,
    ) -> Result<u64, Failure> {
        let count = u64::from(numbers.end.saturating_sub(numbers.start));
        let progress = Progress::new("filling the store", count);
        let began = Instant::now();
        let next = AtomicU32::new(numbers.start);
        at_once(FILLING, || {
            while let Some(number) = claim(&next, numbers.end) {
                let pharmacy = u16::try_from(number % u32::from(pharmacies)).unwrap_or(0);
                broker.submit(&self.workload.upload(number, pharmacy)?)?;
                progress.step();
            }
            Ok(())
        })?;
        Ok(per_second(count, began.elapsed()))
    }

    /// Releases of 25 by one pharmacy after the other.
    fn releases(&self, broker: &Broker<SqliteStore>, asked: &mut u32, releases: u16) -> Result<Latency, Failure> {
        let progress = Progress::new("releasing", releases.into());
        let mut took = Vec::new();
        for pharmacy in 0..releases {
            *asked += 1;
            let request = self.workload.release(*asked, pharmacy).map_err(Stopped::from)?;
            let began = Instant::now();
            let reply = broker.submit(&request).map_err(Stopped::from)?;
            took.push(began.elapsed());
            progress.step();
            let reply = hl7v3::read(&reply).map_err(|found| Failure::because("a reply")(found.into()))?;
            let Message::ReleaseResponse(response) = reply.message else {
                return Err(Failure::Ended("a pharmacy got no prescriptions"));
            };
            if response.prescriptions.len() != RELEASED {
                return Err(Failure::Ended(
                    "a pharmacy did not get 25 prescriptions: more must be stored for as many releases",
                ));
            }
        }
        Ok(Latency::of(took))
    }

    /// The signed messages, made beforehand by all processors.
    fn signed(&self, count: u32) -> Result<Vec<Vec<u8>>, Failure> {
        let progress = Progress::new("signing", count.into());
        let next = AtomicU32::new(0);
        let processors =
            std::thread::available_parallelism().map_or(1, |all| u16::try_from(all.get()).unwrap_or(u16::MAX));
        let made = at_once(processors, || {
            let mut made = Vec::new();
            while let Some(number) = claim(&next, count) {
                made.push(self.workload.signed_upload(number, 0)?);
                progress.step();
            }
            Ok(made)
        })?;
        Ok(made.into_iter().flatten().collect())
    }

    fn submissions(&self, folder: &Path, options: &super::Store) -> Result<Submissions, Failure> {
        let syncs_per_second = floor::syncs(folder)?;
        let messages = self.signed(options.submissions)?;
        let path = folder.join("submissions.db");
        let transactions = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&transactions);
        let count = move |at| {
            if at == WritePoint::Committed {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        };
        let broker =
            self.broker(&path, Options::default().on_write(count))?.verify_on_create(Arc::new(self.workload.check()));
        let progress = Progress::new("submitting", messages.len() as u64);
        let next = AtomicU32::new(0);
        let began = Instant::now();
        let took = at_once(options.callers, || {
            let mut took = Vec::new();
            while let Some(message) = claim(&next, options.submissions).and_then(|at| messages.get(at as usize)) {
                let began = Instant::now();
                broker.submit(message)?;
                took.push(began.elapsed());
                progress.step();
            }
            Ok(took)
        })?;
        let per_second = per_second(messages.len() as u64, began.elapsed());
        all_stored(&broker, messages.len())?;
        drop((broker, progress));
        let group = messages.len() as u64 / transactions.load(Ordering::Relaxed).max(1);
        let raw = |name: &str, rows: &[Vec<u8>]| {
            floor::inserts(&folder.join(name), rows, usize::try_from(group).unwrap_or(1))
        };
        Ok(Submissions {
            submissions: messages.len() as u64,
            callers: options.callers,
            per_second,
            group,
            latency: Latency::of(took.into_iter().flatten().collect()),
            syncs_per_second,
            raw_per_second: raw("raw.db", &messages)?,
            raw_stored_per_second: raw("raw-stored.db", &floor::stored_rows(&path)?)?,
        })
    }

    fn open_loop(&self, path: &Path, options: &super::Store) -> Result<OpenLoop, Failure> {
        let count = options.rate.saturating_mul(options.seconds);
        let messages = self.signed(count)?;
        let broker = self.broker(path, Options::default())?.verify_on_create(Arc::new(self.workload.check()));
        let progress = Progress::new("submitting at a rate", messages.len() as u64);
        let next = AtomicU32::new(0);
        let between = Duration::from_secs(1) / options.rate.max(1);
        let began = Instant::now();
        let took = at_once(options.callers, || {
            let mut took = Vec::new();
            while let Some(number) = claim(&next, count) {
                let Some(message) = messages.get(number as usize) else { break };
                let due = began + between * number;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                broker.submit(message)?;
                took.push(due.elapsed());
                progress.step();
            }
            Ok(took)
        })?;
        all_stored(&broker, messages.len())?;
        let latency = Latency::of(took.into_iter().flatten().collect());
        Ok(OpenLoop { rate: options.rate, submissions: messages.len() as u64, latency })
    }
}

/// Whether every submission was accepted.
fn all_stored(broker: &Broker<SqliteStore>, count: usize) -> Result<(), Failure> {
    let stored = broker.store().info()?.prescriptions;
    if stored == count as u64 { Ok(()) } else { Err(Failure::Ended("a submission was refused")) }
}

/// The next number below `end`.
fn claim(next: &AtomicU32, end: u32) -> Option<u32> {
    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < end)
}

/// Does the same on so many threads; gives what each of them made, or the first failure.
fn at_once<T: Send>(threads: u16, work: impl Fn() -> Result<T, Stopped> + Sync) -> Result<Vec<T>, Stopped> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(&work)).collect();
        let panicked = |_| Err(Stopped::Panicked);
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    })
}

/// The memory of this process that is in use, in bytes; Linux tells it.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
