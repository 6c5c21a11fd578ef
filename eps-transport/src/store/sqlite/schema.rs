//! The tables, and how a file of an older release becomes one of this release.

use rusqlite::Connection;

use super::{engine, upgrade};
use crate::store::StoreError;

/// What `PRAGMA application_id` says in our files: "EPS" and a 2 for Release 2.
const APPLICATION_ID: i32 = 0x4550_5332;

/// What a step does beside SQL.
type Then = fn(&Connection) -> Result<(), StoreError>;

/// One step from a version to the next: SQL, and then what SQL cannot do.
struct Step {
    sql: &'static str,
    then: Option<Then>,
    finally: &'static str,
}

/// What brings a file from version *n* to *n + 1*, for each *n* from 0. Never change one that was released: add another.
///
/// A prescription's place in the queue and its day stand in its own row, so they cannot disagree with the record, and the
/// partial indexes hold only what waits and what is due: a release reads as many index entries as it answers.
///
/// Version 2 keeps a message whole beside its reply (a release is compressed with its request), counts the records that
/// hold it, chains the journal and knows when something is due.
///
/// Version 3 finds prescriptions by their patient.
const STEPS: [Step; 3] = [
    Step {
        sql: "
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
",
        then: None,
        finally: "",
    },
    Step {
        sql: "
    ALTER TABLE prescription RENAME TO prescription_1;
    DROP INDEX prescription_waiting;
    CREATE TABLE prescription (
        number   INTEGER NOT NULL PRIMARY KEY,
        id       TEXT    NOT NULL UNIQUE,
        version  INTEGER NOT NULL,
        pharmacy TEXT,
        since    TEXT,
        due      TEXT,
        body     BLOB,
        CHECK ((pharmacy IS NULL) = (since IS NULL))
    ) STRICT;
    CREATE INDEX prescription_waiting ON prescription (pharmacy, since, id) WHERE pharmacy IS NOT NULL;
    CREATE INDEX prescription_due ON prescription (due, number) WHERE due IS NOT NULL;
    CREATE TABLE message (
        number  INTEGER NOT NULL PRIMARY KEY,
        id      BLOB    NOT NULL UNIQUE,
        cause   BLOB,
        digest  BLOB    NOT NULL,
        holders INTEGER NOT NULL,
        length  INTEGER NOT NULL,
        first   INTEGER NOT NULL,
        last    INTEGER NOT NULL,
        body    BLOB    NOT NULL
    ) STRICT;
    CREATE INDEX message_caused ON message (cause) WHERE cause IS NOT NULL;
    ALTER TABLE journal RENAME TO journal_1;
    CREATE TABLE journal (
        number INTEGER NOT NULL PRIMARY KEY,
        link   BLOB    NOT NULL,
        entry  BLOB    NOT NULL
    ) STRICT;
    CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
    CREATE TRIGGER journal_is_not_cut BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
",
        then: Some(upgrade::to_2),
        finally: "
    DROP TABLE prescription_1;
    DROP TABLE document;
    DROP TABLE answer;
    DROP TABLE journal_1;
",
    },
    Step {
        sql: "ALTER TABLE prescription ADD COLUMN patient TEXT;",
        then: Some(upgrade::to_3),
        finally: "CREATE INDEX prescription_patient ON prescription (patient, number) WHERE patient IS NOT NULL;",
    },
];

/// The version that this release writes.
fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Sets how the file is written, and makes or upgrades its tables.
pub(super) fn prepare(db: &mut Connection) -> Result<(), StoreError> {
    if !is_ours(db)? && !is_new(db)? {
        return Err(StoreError::Foreign);
    }
    db.pragma_update(None, "journal_mode", "WAL").map_err(engine("turned on the write-ahead log"))?;
    db.pragma_update(None, "synchronous", "FULL").map_err(engine("turned on full syncing"))?;
    upgrade(db)
}

/// Refuses a file that this release cannot read as it is.
pub(super) fn check(db: &Connection) -> Result<(), StoreError> {
    if !is_ours(db)? {
        return Err(StoreError::Foreign);
    }
    let (found, known) = (version(db)?, known());
    match found.cmp(&known) {
        std::cmp::Ordering::Less => Err(StoreError::Older { found, known }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::Newer { found, known }),
    }
}

/// Finds damage that the engine overlooks: the text of a table or an index is not the one that was written.
pub(super) fn check_text(db: &Connection) -> Result<(), StoreError> {
    let failed = engine("read the schema");
    let mut new = Connection::open_in_memory().map_err(&failed)?;
    upgrade(&mut new)?;
    if text(db).map_err(&failed)? == text(&new).map_err(&failed)? { Ok(()) } else { Err(StoreError::Damaged) }
}

/// What was written to make each table, index and trigger.
fn text(db: &Connection) -> rusqlite::Result<Vec<[Option<String>; 4]>> {
    let mut all = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")?;
    let rows = all.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    rows.collect()
}

fn header(db: &Connection, name: &str) -> Result<i32, StoreError> {
    db.pragma_query_value(None, name, |row| row.get(0)).map_err(engine("read the header"))
}

fn is_ours(db: &Connection) -> Result<bool, StoreError> {
    Ok(header(db, "application_id")? == APPLICATION_ID)
}

fn is_new(db: &Connection) -> Result<bool, StoreError> {
    Ok(header(db, "application_id")? == 0 && header(db, "page_count")? == 0)
}

fn version(db: &Connection) -> Result<u32, StoreError> {
    db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(engine("read the header"))
}

fn upgrade(db: &mut Connection) -> Result<(), StoreError> {
    // Beforehand without a lock: a file that is up to date is opened without writing to it.
    if is_ours(db)? && version(db)? == known() {
        return Ok(());
    }
    let failed = engine("upgraded the schema");
    // Immediate: of two processes that start together, one upgrades and the other finds it done.
    let upgrade = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(&failed)?;
    let (found, known) = (version(&upgrade)?, known());
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, step) in (1_u32..).zip(&STEPS).skip_while(|(version, _)| *version <= found) {
        upgrade.execute_batch(step.sql).map_err(&failed)?;
        step.then.map_or(Ok(()), |then| then(&upgrade))?;
        upgrade.execute_batch(step.finally).map_err(&failed)?;
        upgrade.pragma_update(None, "user_version", version).map_err(&failed)?;
    }
    upgrade.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
    upgrade.commit().map_err(failed)
}
