//! The tables, and how a file of an older release becomes one of this release.

use rusqlite::Connection;

use super::engine;
use crate::store::StoreError;

/// What `PRAGMA application_id` says in our files: "EPS" and a 2 for Release 2.
const APPLICATION_ID: i32 = 0x4550_5332;

/// What brings a file from version *n* to *n + 1*, for each *n* from 0. Never change one that was released: add another.
///
/// A prescription's place in the queue stands in its own row, so the queue cannot disagree with the record, and the
/// partial index holds only those that wait: a release reads as many index entries as it answers.
const STEPS: [&str; 1] = ["
    CREATE TABLE prescription (
        id       TEXT    NOT NULL PRIMARY KEY,
        version  INTEGER NOT NULL,
        pharmacy TEXT,
        since    TEXT,
        body     BLOB    NOT NULL,
        CHECK ((pharmacy IS NULL) = (since IS NULL))
    ) STRICT;
    CREATE INDEX prescription_waiting ON prescription (pharmacy, since, id) WHERE pharmacy IS NOT NULL;
    CREATE TABLE document (
        key  BLOB NOT NULL PRIMARY KEY,
        body BLOB NOT NULL
    ) STRICT;
    CREATE TABLE answer (
        message BLOB NOT NULL PRIMARY KEY,
        digest  BLOB NOT NULL,
        reply   BLOB NOT NULL
    ) STRICT;
    CREATE TABLE journal (
        number INTEGER NOT NULL PRIMARY KEY,
        entry  BLOB    NOT NULL
    ) STRICT;
"];

/// Sets how the file is written, and makes or upgrades its tables.
pub(super) fn prepare(db: &mut Connection) -> Result<(), StoreError> {
    check_owner(db)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(engine("turned on the write-ahead log"))?;
    db.pragma_update(None, "synchronous", "FULL").map_err(engine("turned on full syncing"))?;
    upgrade(db)
}

/// Refuses a file that is not ours before anything in it is touched.
fn check_owner(db: &Connection) -> Result<(), StoreError> {
    let number = |name| db.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let owner = number("application_id").map_err(engine("read the header"))?;
    let pages = number("page_count").map_err(engine("read the header"))?;
    let is_new = owner == 0 && pages == 0;
    if is_new || owner == APPLICATION_ID { Ok(()) } else { Err(StoreError::Foreign) }
}

fn upgrade(db: &mut Connection) -> Result<(), StoreError> {
    let failed = engine("upgraded the schema");
    // Immediate: of two processes that start together, one upgrades and the other finds it done.
    let upgrade = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&failed)?;
    let found: u32 = upgrade.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(&failed)?;
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, step) in (1_u32..).zip(STEPS).skip_while(|(version, _)| *version <= found) {
        upgrade.execute_batch(step).map_err(&failed)?;
        upgrade.pragma_update(None, "user_version", version).map_err(&failed)?;
    }
    upgrade.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
    upgrade.commit().map_err(failed)
}
