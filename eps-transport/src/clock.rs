//! The time, as something that is passed in: a test or a test server can stop it and move it.

use std::sync::atomic::{AtomicI64, Ordering};

use eps_core::model::Timestamp;
use time::OffsetDateTime;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now, in UTC, at a precision of one second.
    fn now(&self) -> Timestamp;
}

/// The time of the operating system.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = OffsetDateTime::now_utc();
        Timestamp::new(time::PrimitiveDateTime::new(now.date(), now.time()))
    }
}

/// A time that stands still.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it is its time")]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A time that stands still until it is set or moved, from any thread.
#[derive(Debug)]
pub struct SettableClock {
    unix: AtomicI64,
}

impl SettableClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { unix: AtomicI64::new(now.unix()) }
    }

    /// Sets the time, forwards or back.
    pub fn set(&self, now: Timestamp) {
        self.unix.store(now.unix(), Ordering::SeqCst);
    }

    /// Moves the time by so many seconds; gives the new time.
    pub fn advance(&self, seconds: i64) -> Timestamp {
        let before = self.unix.fetch_add(seconds, Ordering::SeqCst);
        Timestamp::from_unix(before.saturating_add(seconds))
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.unix.load(Ordering::SeqCst))
    }
}

/// A time that runs on from wherever it was set: the clock of a test server.
pub struct MovableClock {
    from: std::sync::Arc<dyn Clock>,
    /// Seconds to be added.
    ahead: AtomicI64,
}

impl MovableClock {
    /// A clock that runs with another one, and shows the same until it is moved.
    #[must_use]
    pub fn new(from: std::sync::Arc<dyn Clock>) -> Self {
        Self { from, ahead: AtomicI64::new(0) }
    }

    /// Sets the time, forwards or back.
    pub fn set(&self, now: Timestamp) {
        self.ahead.store(now.unix().saturating_sub(self.from.now().unix()), Ordering::SeqCst);
    }

    /// Moves the time by so many seconds; gives the new time.
    pub fn advance(&self, seconds: i64) -> Timestamp {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
        self.now()
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        self.from.now().plus_seconds(self.ahead.load(Ordering::SeqCst))
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settable_clock_is_set_and_moved() {
        let clock = SettableClock::new(Timestamp::parse_hl7("20260105235959").unwrap());
        assert_eq!(clock.advance(1).to_hl7(), "20260106000000");
        assert_eq!(clock.now().to_hl7(), "20260106000000");
        clock.set(Timestamp::parse_hl7("20250105000000").unwrap());
        assert_eq!(clock.now().to_hl7(), "20250105000000");
    }

    #[test]
    fn a_movable_clock_runs_on_from_where_it_was_set() {
        let base = std::sync::Arc::new(SettableClock::new(Timestamp::parse_hl7("20260105120000").unwrap()));
        let clock = MovableClock::new(std::sync::Arc::clone(&base) as std::sync::Arc<dyn Clock>);
        assert_eq!(clock.now().to_hl7(), "20260105120000");
        clock.set(Timestamp::parse_hl7("20260628235959").unwrap());
        base.advance(1);
        assert_eq!(clock.now().to_hl7(), "20260629000000");
        assert_eq!(clock.advance(-86_400).to_hl7(), "20260628000000");
    }

    #[test]
    fn the_system_clock_moves_forward() {
        let first = SystemClock.now();
        assert!(first <= SystemClock.now());
        assert!(first.to_hl7().as_str() > "20250101000000");
    }
}
