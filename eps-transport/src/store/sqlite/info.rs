//! What a file holds, in numbers.

use rusqlite::{Connection, Result, Row};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Info {
    /// The version of its tables.
    pub schema: u32,
    /// Prescriptions with their record.
    pub prescriptions: u64,
    /// Of these, those that wait for a pharmacy.
    pub waiting: u64,
    /// Ids of deleted prescriptions that are still kept from use.
    pub deleted: u64,
    /// Accepted messages, and those that were sent because of them.
    pub messages: u64,
    /// Entries of the journal.
    pub entries: u64,
    /// The size of the file without its log.
    pub bytes: u64,
    /// Of these, what is free for what comes next.
    pub free_bytes: u64,
}

/// The size of the file without its log.
pub(super) fn bytes(db: &Connection) -> Result<u64> {
    let header = |name: &str| db.pragma_query_value(None, name, |row| row.get(0).map(i64::unsigned_abs));
    Ok(header("page_size")?.saturating_mul(header("page_count")?))
}

/// Counts in one transaction, so that the numbers belong together.
pub(super) fn of(db: &Connection) -> Result<Info> {
    let transaction = db.unchecked_transaction()?;
    let number = |row: &Row<'_>| row.get(0).map(i64::unsigned_abs);
    let count = |of: &str| transaction.query_row(&format!("SELECT count(*) FROM {of}"), [], number);
    let free = transaction.pragma_query_value(None, "freelist_count", number)?;
    let page = transaction.pragma_query_value(None, "page_size", number)?;
    Ok(Info {
        schema: transaction.pragma_query_value(None, "user_version", |row| row.get(0))?,
        prescriptions: count("prescription WHERE body IS NOT NULL")?,
        waiting: count("prescription WHERE pharmacy IS NOT NULL")?,
        deleted: count("prescription WHERE body IS NULL")?,
        messages: count("message")?,
        entries: count("journal")?,
        bytes: bytes(&transaction)?,
        free_bytes: page.saturating_mul(free),
    })
}
