//! The embedded store: one SQLite file, with its write-ahead log beside it.
//!
//! ```text
//!   callers ──▶ compress ──▶ queue ──▶ one writer: a transaction and a sync for all that wait ──▶ each its outcome
//!                                          ╎
//!   readers ──▶ connections of their own   ╎   checkpoints: a thread copies the log into the file
//! ```
//!
//! Every commit is synced to the disk before it is answered (`synchronous = FULL` on a write-ahead log). Callers that
//! commit at the same time share one sync. Readers wait for nobody.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eps_core::ids::{MessageId, NhsNumber, OdsCode, PrescriptionId};
use eps_core::model::{Date, Timestamp};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};

use super::packed::{pack, unpack};
use super::{
    Answered, Commit, CommitError, Due, JournalRow, Link, Place, Store, StoreError, StoredMessage, StoredRecord,
    Version,
};

mod backup;
mod checkpoint;
mod info;
mod options;
mod schema;
mod upgrade;
mod write;
mod writer;

pub use info::Info;
pub use options::{Options, WritePoint};

use checkpoint::Checkpoints;
use write::Packed;
use writer::Writer;

/// How long a statement waits for another process that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// Read connections that are kept open; more are opened when more callers read at once, and closed again.
const IDLE_READERS: usize = 16;

/// A [`Store`] in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    /// Dropped before the writer, which then is the last to close the file and leaves no log behind.
    readers: Mutex<Vec<Connection>>,
    /// `None` where the store is only read.
    writer: Option<Writer>,
}

impl SqliteStore {
    /// Opens the store at `path`; makes it where there is none, and brings one of an older release up to date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file of a newer release, [`StoreError::Foreign`] for a database of something else,
    /// [`StoreError::ReadOnly`] for a file that may not be written, [`StoreError::Engine`] when it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Options::default())
    }

    /// Opens the store at `path` like [`SqliteStore::open`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let mut db = Connection::open(&path).map_err(engine("opened the file"))?;
        db.busy_timeout(BUSY).map_err(engine("opened the file"))?;
        // SQLite opens what cannot be written all the same, to read it.
        if db.is_readonly(rusqlite::MAIN_DB).map_err(engine("opened the file"))? {
            return Err(StoreError::ReadOnly);
        }
        writer::prepare(&db, &options)?;
        schema::prepare(&mut db)?;
        let checkpoints = Checkpoints::start(path.clone(), &db)?;
        let writer = Writer::start(db, options, checkpoints)?;
        Ok(Self { path, readers: Mutex::default(), writer: Some(writer) })
    }

    /// Opens the store at `path` for reading: nothing is made, upgraded or committed.
    ///
    /// # Errors
    /// [`StoreError::Older`] and [`StoreError::Newer`] for a file of another release, [`StoreError::Foreign`] for a
    /// database of something else, [`StoreError::Engine`] when the file cannot be opened.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let store = Self { path: path.as_ref().to_owned(), readers: Mutex::default(), writer: None };
        let db = store.reader().map_err(engine("opened the file to read"))?;
        schema::check(&db)?;
        lock(&store.readers).push(db);
        Ok(store)
    }

    /// Has SQLite check the whole file: every page, every index against its table. Takes as long as reading the file.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where something does not fit; [`StoreError::Engine`] when the file cannot be read.
    pub fn check_integrity(&self) -> Result<(), StoreError> {
        backup::check(&self.reader().map_err(engine("opened the file to read"))?)
    }

    /// What the file holds.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be read.
    pub fn info(&self) -> Result<Info, StoreError> {
        self.read("counted what is stored", info::of)
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
        backup::open_to_read(&self.path)
    }
}

/// Locks although another holder may have panicked: a connection is in or out of the list, never half.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says what the engine was doing when it failed.
fn engine(doing: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
    move |source| match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::NotADatabase) => StoreError::Foreign,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::TooBig | ErrorCode::Unknown) => StoreError::Damaged,
        _ if is_damage(&source) => StoreError::Damaged,
        _ => StoreError::Engine { doing, source: Arc::new(source) },
    }
}

/// Whether a stored value is none of those that its column can hold, or the tables are not those that our statements were
/// written for: then a statement is not understood.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, QueryReturnedNoRows, SqlInputError,
    };
    matches!(
        error,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | QueryReturnedNoRows
            | SqlInputError { .. }
    )
}

/// The 16 bytes of a message id.
fn key(message: MessageId) -> [u8; 16] {
    message.0.to_bytes()
}

/// What stands in the row of a record.
struct RecordRow {
    version: u32,
    pharmacy: Option<String>,
    since: Option<String>,
    due: Option<String>,
    patient: Option<String>,
    body: Option<Vec<u8>>,
}

impl RecordRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (version, pharmacy, since) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Self { version, pharmacy, since, due: row.get(3)?, patient: row.get(4)?, body: row.get(5)? })
    }

    fn record(self) -> Result<StoredRecord, StoreError> {
        let damaged = || StoreError::Damaged;
        let waits = match (self.pharmacy, self.since) {
            (Some(pharmacy), Some(since)) => {
                let since = Timestamp::parse_hl7(&since).map_err(|_| damaged())?;
                Some((pharmacy.parse().map_err(|_| damaged())?, since))
            }
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(damaged()),
        };
        Ok(StoredRecord {
            version: Version(self.version),
            body: self.body.map(|body| unpack(&body)).transpose()?,
            waits,
            due: self.due.map(|due| Date::parse_hl7(&due).map_err(|_| damaged())).transpose()?,
            patient: self.patient.map(|number| number.parse().map_err(|_| damaged())).transpose()?,
        })
    }
}

/// What stands in the row of a message.
struct MessageRow {
    digest: [u8; 32],
    length: u32,
    first: u32,
    last: u32,
    body: Vec<u8>,
}

impl MessageRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (digest, length, first) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Self { digest, length, first, last: row.get(3)?, body: row.get(4)? })
    }

    fn message(self) -> Result<StoredMessage, StoreError> {
        let mut bytes = unpack(&self.body)?;
        let length = self.length as usize;
        if length > bytes.len() {
            return Err(StoreError::Damaged);
        }
        let reply = bytes.split_off(length);
        let answer = Answered { digest: self.digest, reply };
        Ok(StoredMessage { bytes, document: self.first as usize..self.last as usize, answer })
    }
}

fn read_place((since, id): (String, String)) -> Result<Place, StoreError> {
    let since = Timestamp::parse_hl7(&since).map_err(|_| StoreError::Damaged)?;
    let id = id.parse().map_err(|_| StoreError::Damaged)?;
    Ok(Place { since, id })
}

fn read_due((date, number, id): (String, i64, String)) -> Result<Due, StoreError> {
    let date = Date::parse_hl7(&date).map_err(|_| StoreError::Damaged)?;
    let id = id.parse().map_err(|_| StoreError::Damaged)?;
    Ok(Due { date, number: number.unsigned_abs(), id })
}

/// SQLite numbers rows with an i64; nothing gets that long.
fn row_number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

const RECORD: &str = "SELECT version, pharmacy, since, due, patient, body FROM prescription WHERE id = ?1";
const MESSAGE: &str = "SELECT digest, length, first, last, body FROM message WHERE id = ?1";
const WAITING: &str = "SELECT since, id FROM prescription WHERE pharmacy = ?1 AND (since, id) > (?2, ?3)
    ORDER BY since, id LIMIT ?4";
const DUE: &str = "SELECT due, number, id FROM prescription WHERE due <= ?1 AND (due, number) > (?2, ?3)
    ORDER BY due, number LIMIT ?4";
const OF_PATIENT: &str = "SELECT id FROM prescription WHERE patient = ?1 ORDER BY number DESC LIMIT ?2";
const JOURNAL: &str = "SELECT number, link, entry FROM journal WHERE number > ?1 ORDER BY number LIMIT ?2";

impl Store for SqliteStore {
    fn size(&self) -> Result<u64, StoreError> {
        self.read("measured the store", info::bytes)
    }

    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        let row = self.read("read a record", |db| {
            db.prepare_cached(RECORD)?.query_row([id.as_str()], RecordRow::of).optional()
        })?;
        row.map(RecordRow::record).transpose()
    }

    fn message(&self, message: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        let row = self.read("read a message", |db| {
            db.prepare_cached(MESSAGE)?.query_row([key(message)], MessageRow::of).optional()
        })?;
        row.map(MessageRow::message).transpose()
    }

    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError> {
        let (since, id) = after.map_or((String::new(), ""), |place| (place.since.to_hl7(), place.id.as_str()));
        let rows: Vec<_> = self.read("read a queue", |db| {
            db.prepare_cached(WAITING)?
                .query_map(params![pharmacy.as_str(), since, id, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        rows.into_iter().map(read_place).collect()
    }

    fn due(&self, today: Date, after: Option<&Due>, limit: u32) -> Result<Vec<Due>, StoreError> {
        let (date, number) = after.map_or((String::new(), 0), |due| (due.date.to_hl7(), row_number(due.number)));
        let rows: Vec<_> = self.read("read what is due", |db| {
            db.prepare_cached(DUE)?
                .query_map(params![today.to_hl7(), date, number, limit], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        })?;
        rows.into_iter().map(read_due).collect()
    }

    fn of_patient(&self, patient: &NhsNumber, limit: u32) -> Result<Vec<PrescriptionId>, StoreError> {
        let ids: Vec<String> = self.read("looked for a patient's prescriptions", |db| {
            db.prepare_cached(OF_PATIENT)?.query_map(params![patient.as_str(), limit], |row| row.get(0))?.collect()
        })?;
        ids.into_iter().map(|id| id.parse().map_err(|_| StoreError::Damaged)).collect()
    }

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<JournalRow>, StoreError> {
        let rows: Vec<(i64, [u8; 32], Vec<u8>)> = self.read("read the journal", |db| {
            db.prepare_cached(JOURNAL)?
                .query_map(params![row_number(after), limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })?;
        let row = |(number, link, entry): (i64, [u8; 32], Vec<u8>)| {
            Ok(JournalRow { number: number.unsigned_abs(), entry: unpack(&entry)?, link: Link(link) })
        };
        rows.into_iter().map(row).collect()
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let writer = self.writer.as_ref().ok_or(StoreError::ReadOnly)?;
        writer.commit(Packed::new(commit)?)
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
        assert!(matches!(SqliteStore::open_read_only(&path), Err(StoreError::Newer { found: 99, .. })));
    }

    #[test]
    fn a_database_of_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Foreign)));
        std::fs::write(&path, vec![b'x'; 4096]).unwrap();
        assert!(matches!(SqliteStore::open(&path), Err(StoreError::Foreign)));
    }

    #[test]
    fn every_query_goes_by_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("eps.db")).unwrap();
        for query in [RECORD, MESSAGE, WAITING, DUE, OF_PATIENT, JOURNAL] {
            let db = store.reader().unwrap();
            let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let nothing = vec![rusqlite::types::Null; plan.parameter_count()];
            let steps = plan.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{query}: {steps:?}");
        }
    }

    #[test]
    fn a_closed_store_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("eps.db")).unwrap();
        assert!(store.journal(0, 1).unwrap().is_empty());
        drop(store);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_journal_can_only_be_appended_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eps.db");
        let store = SqliteStore::open(&path).unwrap();
        let entry =
            Commit { message: None, sent: vec![], records: vec![], released: vec![], journal: b"entry".to_vec() };
        store.commit(entry).unwrap();
        let db = Connection::open(&path).unwrap();
        for change in ["DELETE FROM journal", "UPDATE journal SET entry = x'00'"] {
            assert!(db.execute(change, []).unwrap_err().to_string().contains("append-only"));
        }
    }
}
