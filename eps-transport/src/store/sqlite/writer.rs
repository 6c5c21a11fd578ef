//! The one thread that writes: it takes all commits that wait, writes them in one transaction with one sync, and tells
//! each caller its outcome.
//!
//! While the disk syncs, the callers of the next transaction gather, so that the group grows with the load by itself and
//! a lone caller waits for nobody.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::checkpoint::Checkpoints;
use super::engine;
use super::options::Options;
use super::write::{self, Packed};
use crate::store::{CommitError, StoreError};

/// Commits that may wait for the writer. More callers than this wait to put theirs into the queue.
const QUEUE: usize = 1024;

/// The most commits of one transaction: what is written in a few milliseconds.
const GROUP: usize = 256;

/// A commit on its way to the disk.
struct Ticket {
    commit: Packed,
    outcome: SyncSender<Result<(), CommitError>>,
}

/// The writing thread.
pub(super) struct Writer {
    /// `None` only while it is dropped.
    queue: Option<SyncSender<Ticket>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread with its connection.
    pub(super) fn start(db: Connection, options: Options, checkpoints: Checkpoints) -> Result<Self, StoreError> {
        let (queue, tickets) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("eps-store-writer".to_owned())
            .spawn(move || run(db, &tickets, &options, checkpoints))
            .map_err(|source| StoreError::Engine { doing: "started to write", source: std::sync::Arc::new(source) })?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Has a commit written; returns when it is on the disk or refused.
    pub(super) fn commit(&self, commit: Packed) -> Result<(), CommitError> {
        let (outcome, told) = sync_channel(1);
        let interrupted = || CommitError::from(StoreError::Interrupted);
        let queue = self.queue.as_ref().ok_or_else(interrupted)?;
        queue.send(Ticket { commit, outcome }).map_err(|_| interrupted())?;
        told.recv().map_err(|_| interrupted())?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        // A thread that panicked has told its callers so; there is nobody to tell now.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run(mut db: Connection, tickets: &Receiver<Ticket>, options: &Options, mut checkpoints: Checkpoints) {
    let quiet = |_| {};
    let hook = options.on_write.as_deref().unwrap_or(&quiet);
    let mut group = Vec::with_capacity(GROUP);
    while let Ok(first) = tickets.recv() {
        group.push(first);
        group.extend(tickets.try_iter().take(GROUP - 1));
        let outcomes = write::transaction(&mut db, group.iter().map(|ticket| &ticket.commit), hook);
        for (ticket, outcome) in group.drain(..).zip(outcomes) {
            // A caller that went away is not told.
            let _ = ticket.outcome.send(outcome);
        }
        checkpoints.after_transaction(&db);
    }
    checkpoints.close(db);
}

/// Prepares the connection of the writer.
pub(super) fn prepare(db: &Connection, options: &Options) -> Result<(), StoreError> {
    let failed = engine("prepared to write");
    db.set_prepared_statement_cache_capacity(32);
    db.pragma_update(None, "temp_store", "MEMORY").map_err(&failed)?;
    db.pragma_update(None, "cache_size", -CACHE_KIB).map_err(&failed)?;
    if let Some(bytes) = options.max_bytes {
        let page: u32 = db.pragma_query_value(None, "page_size", |row| row.get(0)).map_err(&failed)?;
        let pages = i64::try_from(bytes / u64::from(page.max(1))).unwrap_or(i64::MAX).max(1);
        // This pragma answers with the limit, which is never below the size the file has.
        db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).map_err(&failed)?;
    }
    Ok(())
}

/// The writer's page cache: the inner pages of every index of some million prescriptions, and what was written last.
const CACHE_KIB: i64 = 32 * 1024;
