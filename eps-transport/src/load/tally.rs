//! What a run counts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Histogram, Step};

/// Counts that many tasks write.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    start: Option<Instant>,
    took: Option<Duration>,
    steps: BTreeMap<Step, Histogram>,
    errors: BTreeMap<String, u64>,
    seconds: Vec<Second>,
}

/// What was answered in one second.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Second {
    /// Latencies of all steps.
    pub latencies: Histogram,
    /// Failures.
    pub failed: u64,
}

/// Everything that was counted so far.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Snapshot {
    /// Since the start, or until the end.
    pub elapsed: Duration,
    /// Latencies by step.
    pub steps: BTreeMap<Step, Histogram>,
    /// Failures by kind.
    pub errors: BTreeMap<String, u64>,
    /// Second by second.
    pub seconds: Vec<Second>,
}

impl Snapshot {
    /// The latencies of all steps.
    #[must_use]
    pub fn all(&self) -> Histogram {
        let mut all = Histogram::default();
        self.steps.values().for_each(|one| all.add(one));
        all
    }

    /// Failures of every kind.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

impl Tally {
    pub(super) fn begin(&self, start: Instant) {
        self.lock().start = Some(start);
    }

    pub(super) fn end(&self) {
        let mut counts = self.lock();
        counts.took = counts.start.map(|start| start.elapsed());
    }

    pub(super) fn answered(&self, step: Step, took: Duration) {
        let mut counts = self.lock();
        counts.steps.entry(step).or_default().record(took);
        counts.now(|second| second.latencies.record(took));
    }

    pub(super) fn failed(&self, kind: &str) {
        let mut counts = self.lock();
        match counts.errors.get_mut(kind) {
            Some(count) => *count += 1,
            None => drop(counts.errors.insert(kind.to_owned(), 1)),
        }
        counts.now(|second| second.failed += 1);
    }

    /// Everything that was counted so far.
    pub fn snapshot(&self) -> Snapshot {
        let counts = self.lock();
        Snapshot {
            elapsed: counts.took.or_else(|| counts.start.map(|start| start.elapsed())).unwrap_or_default(),
            steps: counts.steps.clone(),
            errors: counts.errors.clone(),
            seconds: counts.seconds.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // A count more or less is whole whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// Counts something in the second that it is.
    fn now(&mut self, count: impl FnOnce(&mut Second)) {
        let elapsed = self.start.map(|start| start.elapsed().as_secs()).unwrap_or_default();
        let at = usize::try_from(elapsed).unwrap_or_default();
        if self.seconds.len() <= at {
            self.seconds.resize_with(at + 1, Second::default);
        }
        if let Some(second) = self.seconds.get_mut(at) {
            count(second);
        }
    }
}
