//! A progress bar on standard error, for people who watch.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};

/// Cells of the bar.
const WIDTH: usize = 40;

/// What is done of one piece of work.
pub(super) struct Progress {
    name: &'static str,
    all: u64,
    done: AtomicU64,
    watched: bool,
}

impl Progress {
    /// A piece of work of so many steps.
    pub(super) fn new(name: &'static str, all: u64) -> Self {
        let progress =
            Self { name, all: all.max(1), done: AtomicU64::new(0), watched: std::io::stderr().is_terminal() };
        progress.draw(0);
        progress
    }

    /// One more step is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // A hundred drawings are enough.
        if done * 100 / self.all != (done - 1) * 100 / self.all {
            self.draw(done);
        }
    }

    fn draw(&self, done: u64) {
        if self.watched {
            let full = usize::try_from(done * WIDTH as u64 / self.all).unwrap_or(WIDTH).min(WIDTH);
            let (full, empty) = ("#".repeat(full), "-".repeat(WIDTH - full));
            // What cannot be drawn is not missed.
            let _ = write!(std::io::stderr(), "\r{:<24}[{full}{empty}] {:>3} %", self.name, done * 100 / self.all);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.watched {
            let _ = write!(std::io::stderr(), "\r{:1$}\r", "", WIDTH + 32);
        }
    }
}
