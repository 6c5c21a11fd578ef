//! Checkpoints: copying the write-ahead log into the file, beside the writing and not between.
//!
//! A thread with a connection of its own copies whenever enough has been written. While others write it never catches up
//! with the end of the log, so once the log is long, the writer copies the little that is left and begins the log anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::engine;
use crate::store::StoreError;

/// Transactions between two checkpoints.
const EVERY: u32 = 64;

/// Pages of the log from which on it is begun anew: 64 MB.
const LONG: i64 = 16 * 1024;

/// How long the writer waits for readers of the old log.
const PATIENCE: Duration = Duration::from_millis(20);

/// The checkpoints of a store, as its writer sees them.
pub(super) struct Checkpoints {
    since: u32,
    begin_anew: Arc<AtomicBool>,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Starts the thread that copies.
    pub(super) fn start(path: PathBuf, writer: &Connection) -> Result<Self, StoreError> {
        // Otherwise every thousandth page would be copied by the writer, while all wait.
        writer.pragma_update(None, "wal_autocheckpoint", 0).map_err(engine("prepared to write"))?;
        let db = Connection::open(path).map_err(engine("opened the file to copy the log"))?;
        let (wake, woken) = sync_channel(1);
        let begin_anew = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&begin_anew);
        let thread = std::thread::Builder::new()
            .name("eps-store-checkpoint".to_owned())
            .spawn(move || run(&db, &woken, &told))
            .map_err(|source| StoreError::Engine { doing: "started to copy the log", source: Arc::new(source) })?;
        Ok(Self { since: 0, begin_anew, wake: Some(wake), thread: Some(thread) })
    }

    /// Counts a transaction, and does what is the writer's part.
    pub(super) fn after_transaction(&mut self, db: &Connection) {
        self.since += 1;
        if self.since >= EVERY {
            self.since = 0;
            // Where the channel is full, the thread is about to copy anyway.
            let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
        }
        if self.begin_anew.swap(false, Ordering::Relaxed) {
            // A reader of the old log may be in the way: then it is tried after the next copy.
            let _ = db.busy_timeout(PATIENCE).and_then(|()| checkpoint(db, "RESTART"));
            let _ = db.busy_timeout(super::BUSY);
        }
    }

    /// Ends the thread, copies all, and closes the writer's connection.
    pub(super) fn close(mut self, db: Connection) {
        self.stop();
        // The log is replayed when the file is opened next, where this fails.
        let _ = checkpoint(&db, "TRUNCATE");
    }

    fn stop(&mut self) {
        drop(self.wake.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(db: &Connection, woken: &Receiver<()>, begin_anew: &AtomicBool) {
    while woken.recv().is_ok() {
        // What fails here fails for the writer too, which tells it: the log grows meanwhile, and nothing is lost.
        if let Ok(pages) = checkpoint(db, "PASSIVE") {
            begin_anew.store(pages >= LONG, Ordering::Relaxed);
        }
    }
}

/// Copies the log; gives the pages that are in it.
fn checkpoint(db: &Connection, how: &str) -> rusqlite::Result<i64> {
    db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| row.get(1))
}
