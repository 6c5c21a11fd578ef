//! What the disk and SQLite do at best: the floors of the measurement.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::progress::Progress;
use super::store::per_second;
use crate::failure::Failure;

/// For how long the disk is measured.
const SYNCING: Duration = Duration::from_secs(2);

/// A page of the log.
const BLOCK: [u8; 4096] = [0x5a; 4096];

/// Blocks a second that are appended to a file, each on the disk before the next.
pub(super) fn syncs(folder: &Path) -> Result<u64, Failure> {
    let mut file = File::create_new(folder.join("syncs"))?;
    let (began, mut syncs) = (Instant::now(), 0);
    while began.elapsed() < SYNCING {
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(per_second(syncs, began.elapsed()))
}

/// Rows a second that SQLite inserts into one table, `group` of them in a transaction, each transaction on the disk before
/// the next: as durable as the store, with nothing to find anything by.
pub(super) fn inserts(path: &Path, rows: &[Vec<u8>], group: usize) -> Result<u64, Failure> {
    let progress = Progress::new("raw SQLite", rows.len() as u64);
    let failed = |error: rusqlite::Error| Failure::Store(error.into());
    let mut db = Connection::open(path).map_err(failed)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    db.execute_batch("CREATE TABLE raw (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT").map_err(failed)?;
    let began = Instant::now();
    for rows in rows.chunks(group.max(1)) {
        let transaction = db.transaction().map_err(failed)?;
        {
            let mut insert = transaction.prepare_cached("INSERT INTO raw (body) VALUES (?1)").map_err(failed)?;
            for row in rows {
                insert.execute(params![row]).map_err(failed)?;
                progress.step();
            }
        }
        transaction.commit().map_err(failed)?;
    }
    Ok(per_second(rows.len() as u64, began.elapsed()))
}

/// What each submission has put into the tables of a store, as it stands there.
pub(super) fn stored_rows(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let failed = |error: rusqlite::Error| Failure::Store(error.into());
    let db = Connection::open(path).map_err(failed)?;
    let mut all = db
        .prepare(
            "SELECT message.body, prescription.body, journal.entry FROM journal
             JOIN message ON message.number = journal.number JOIN prescription ON prescription.number = journal.number",
        )
        .map_err(failed)?;
    let row = |row: &rusqlite::Row<'_>| Ok([row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?].concat());
    all.query_map([], row).and_then(Iterator::collect).map_err(failed)
}
