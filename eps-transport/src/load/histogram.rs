//! Latencies in classes whose width is at most a 64th of their value.

use std::collections::BTreeMap;
use std::time::Duration;

/// Values below this have a class each; from there on every doubling has half as many classes.
const EXACT: u64 = 128;
/// The classes of one doubling.
const HALF: u64 = EXACT / 2;

/// How many latencies were how long, to a microsecond and less than 2 % of their value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<u64, u64>,
    total: u64,
}

impl Histogram {
    /// Counts one.
    pub fn record(&mut self, took: Duration) {
        *self.counts.entry(class(micros(took))).or_default() += 1;
        self.total += 1;
    }

    /// How many were counted.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.total
    }

    /// The value that so many of a thousand do not exceed.
    #[must_use]
    pub fn per_mille(&self, share: u64) -> Option<Duration> {
        let wanted = (self.total * share).div_ceil(1000).max(1);
        let mut seen = 0;
        let class = self.counts.iter().find_map(|(class, count)| {
            seen += count;
            (seen >= wanted).then_some(*class)
        })?;
        Some(Duration::from_micros(longest_of(class)))
    }

    /// The longest.
    #[must_use]
    pub fn longest(&self) -> Option<Duration> {
        self.counts.last_key_value().map(|(class, _)| Duration::from_micros(longest_of(*class)))
    }

    /// Counts the other's too.
    pub fn add(&mut self, other: &Self) {
        for (class, count) in &other.counts {
            *self.counts.entry(*class).or_default() += count;
        }
        self.total += other.total;
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// The class of a value. Classes grow with the logarithm of their values.
fn class(value: u64) -> u64 {
    if value < EXACT {
        return value;
    }
    let doublings = u64::from(value.ilog2()) - u64::from(EXACT.ilog2()) + 1;
    EXACT + (doublings - 1) * HALF + ((value >> doublings) - HALF)
}

/// The longest value of a class.
fn longest_of(class: u64) -> u64 {
    if class < EXACT {
        return class;
    }
    let doublings = (class - EXACT) / HALF + 1;
    let first = ((class - EXACT) % HALF + HALF) << doublings;
    first + (1 << doublings) - 1
}

/// How far up a value stands on a logarithmic scale, for plots: its class.
pub(super) fn height(took: Duration) -> u64 {
    class(micros(took))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_a_class_that_is_not_much_wider() {
        let large = (12..40).flat_map(|bits| [(1 << bits) - 1, 1 << bits, (1 << bits) + 12_345]);
        for value in (0..5_000).chain(large) {
            let longest = longest_of(class(value));
            assert!(longest >= value && longest - value <= value / 64, "{value} {longest}");
        }
        for value in 1..5_000 {
            assert!(class(value) - class(value - 1) <= 1, "no class is left out: {value}");
        }
    }

    #[test]
    fn percentiles_are_of_what_was_counted() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.per_mille(500), histogram.longest()), (None, None));
        (1..=1000).for_each(|value| histogram.record(Duration::from_micros(value)));
        let near = |share, value: u64| {
            let found = histogram.per_mille(share).unwrap();
            let found = u64::try_from(found.as_micros()).unwrap();
            assert!((value..=value + value / 64).contains(&found), "{share} {found}");
        };
        near(500, 500);
        near(990, 990);
        near(999, 999);
        near(1000, 1000);
        let mut both = histogram.clone();
        both.add(&histogram);
        assert_eq!((both.count(), both.per_mille(500)), (2000, histogram.per_mille(500)));
    }
}
