//! The embedded store: one SQLite file, with its write-ahead log beside it.
//!
//! Every commit is synced to the disk before it is answered (`synchronous = FULL` on a write-ahead log). Callers that
//! commit at the same time share one sync: each puts its commit into a queue, whoever gets the writer next writes the
//! whole queue in one transaction, and the others find their outcome waiting. Readers have connections of their own and
//! wait for nobody.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eps_core::ids::{MessageId, OdsCode, PrescriptionId};
use eps_core::model::Timestamp;
use eps_core::record::DocumentKey;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::packed::{pack, unpack};
use super::{Answered, Commit, CommitError, Place, Store, StoreError, StoredRecord, Version};

mod schema;
mod write;

use write::Packed;

/// How long a statement waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// Read connections that are kept open; more are opened when more callers read at once, and closed again.
const IDLE_READERS: usize = 16;

/// A [`Store`] in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    writer: Mutex<Connection>,
    queue: Mutex<Vec<Arc<Ticket>>>,
    readers: Mutex<Vec<Connection>>,
}

/// A commit on its way to the disk.
struct Ticket {
    commit: Packed,
    outcome: Mutex<Option<Result<(), CommitError>>>,
}

impl SqliteStore {
    /// Opens the store at `path`; makes it where there is none, and brings one of an older release up to date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a newer release, [`StoreError::Foreign`] for a database of something else,
    /// [`StoreError::Engine`] when the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let mut writer = Connection::open(&path).map_err(engine("opened the file"))?;
        writer.busy_timeout(BUSY).map_err(engine("opened the file"))?;
        schema::prepare(&mut writer)?;
        Ok(Self { path, writer: Mutex::new(writer), queue: Mutex::default(), readers: Mutex::default() })
    }

    /// Has SQLite check the whole file: every page, every index against its table. Takes as long as reading the file.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where something does not fit; [`StoreError::Engine`] when the file cannot be read.
    pub fn check_integrity(&self) -> Result<(), StoreError> {
        let verdict: String =
            self.read("checked the file", |db| db.pragma_query_value(None, "integrity_check", |row| row.get(0)))?;
        if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged) }
    }

    /// Reads with a connection that no one else uses meanwhile.
    fn read<T>(
        &self,
        doing: &'static str,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let idle = lock(&self.readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.reader().map_err(engine("opened the file to read"))?,
        };
        let result = query(&connection).map_err(engine(doing));
        let mut readers = lock(&self.readers);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        Ok(connection)
    }

    /// Writes all commits that wait, in one transaction, and leaves each its outcome.
    fn write_queue(&self, writer: &mut Connection) {
        let batch = std::mem::take(&mut *lock(&self.queue));
        if batch.is_empty() {
            return;
        }
        let outcomes = write::transaction(writer, batch.iter().map(|ticket| &ticket.commit));
        for (ticket, outcome) in batch.iter().zip(outcomes) {
            *lock(&ticket.outcome) = Some(outcome);
        }
    }
}

/// Locks although another holder may have panicked: a transaction that was not committed is rolled back by its drop, and
/// nothing else is half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says what the engine was doing when it failed.
fn engine(doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |source| StoreError::Engine { doing, source: Arc::new(source) }
}

/// The 16 bytes of a message id or document key.
fn key(message: MessageId) -> [u8; 16] {
    message.0.to_bytes()
}

fn place(row: &Row<'_>) -> rusqlite::Result<(String, String)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn read_place((since, id): (String, String)) -> Result<Place, StoreError> {
    let since = Timestamp::parse_hl7(&since).map_err(|_| StoreError::Damaged)?;
    let id = id.parse().map_err(|_| StoreError::Damaged)?;
    Ok(Place { since, id })
}

impl Store for SqliteStore {
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        let row: Option<(u32, Vec<u8>)> = self.read("read a record", |db| {
            db.prepare_cached("SELECT version, body FROM prescription WHERE id = ?1")?
                .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        row.map(|(version, body)| Ok(StoredRecord { version: Version(version), body: unpack(&body)? })).transpose()
    }

    fn document(&self, document: DocumentKey) -> Result<Option<Vec<u8>>, StoreError> {
        let body: Option<Vec<u8>> = self.read("read a document", |db| {
            db.prepare_cached("SELECT body FROM document WHERE key = ?1")?
                .query_row([key(document.message())], |row| row.get(0))
                .optional()
        })?;
        body.map(|body| unpack(&body)).transpose()
    }

    fn answered(&self, message: MessageId) -> Result<Option<Answered>, StoreError> {
        let row: Option<([u8; 32], Vec<u8>)> = self.read("read a reply", |db| {
            db.prepare_cached("SELECT digest, reply FROM answer WHERE message = ?1")?
                .query_row([key(message)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })?;
        row.map(|(digest, reply)| Ok(Answered { digest, reply: unpack(&reply)? })).transpose()
    }

    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError> {
        let (since, id) = after.map_or((String::new(), ""), |place| (place.since.to_hl7(), place.id.as_str()));
        let rows: Vec<(String, String)> = self.read("read a queue", |db| {
            db.prepare_cached(
                "SELECT since, id FROM prescription WHERE pharmacy = ?1 AND (since, id) > (?2, ?3)
                 ORDER BY since, id LIMIT ?4",
            )?
            .query_map(params![pharmacy.as_str(), since, id, limit], place)?
            .collect()
        })?;
        rows.into_iter().map(read_place).collect()
    }

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        // SQLite numbers rows with an i64; no journal gets that long.
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let rows: Vec<(i64, Vec<u8>)> = self.read("read the journal", |db| {
            db.prepare_cached("SELECT number, entry FROM journal WHERE number > ?1 ORDER BY number LIMIT ?2")?
                .query_map(params![after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let entry = |(number, entry): (i64, Vec<u8>)| Ok((number.unsigned_abs(), unpack(&entry)?));
        rows.into_iter().map(entry).collect()
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let ticket = Arc::new(Ticket { commit: Packed::new(commit)?, outcome: Mutex::default() });
        lock(&self.queue).push(Arc::clone(&ticket));
        {
            // Whoever holds the writer took the queue before this ticket was in it, or with it.
            let mut writer = lock(&self.writer);
            if lock(&ticket.outcome).is_none() {
                self.write_queue(&mut writer);
            }
        }
        lock(&ticket.outcome).take().unwrap_or(Err(StoreError::Interrupted.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_newer_release_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eps.db");
        drop(SqliteStore::open(&path).unwrap());
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Newer { found: 99, .. })));
    }

    #[test]
    fn a_database_of_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Foreign)));
        std::fs::write(&path, vec![b'x'; 4096]).unwrap();
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Engine { .. })));
    }

    #[test]
    fn every_query_goes_by_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("eps.db")).unwrap();
        for query in [
            "SELECT version, body FROM prescription WHERE id = 'a'",
            "SELECT body FROM document WHERE key = x'00'",
            "SELECT digest, reply FROM answer WHERE message = x'00'",
            "SELECT since, id FROM prescription WHERE pharmacy = 'a' AND (since, id) > ('', '') ORDER BY since, id LIMIT 25",
            "SELECT number, entry FROM journal WHERE number > 7 ORDER BY number LIMIT 25",
        ] {
            let db = store.reader().unwrap();
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let steps: Vec<String> = plan.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
            assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{query}: {steps:?}");
        }
    }
}
