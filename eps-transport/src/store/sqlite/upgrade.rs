//! What an upgrade needs beside SQL.

use std::collections::HashMap;

use eps_core::record::{Periods, Record};
use rusqlite::{Connection, params};

use super::{engine, pack, unpack};
use crate::broker::due_date;
use crate::store::{Link, StoreError};

/// Version 2: messages are put together from documents and replies, the journal is chained, and the days are reckoned.
///
/// Of an upload, version 1 kept only the signed prescription. It stays readable and is released as ever; what is lost is
/// the replay of such a message from the journal.
pub(super) fn to_2(db: &Connection) -> Result<(), StoreError> {
    let holders = chain(db)?;
    join_messages(db, &holders)?;
    reckon_days(db)
}

/// Version 3: each record is found by its patient.
pub(super) fn to_3(db: &Connection) -> Result<(), StoreError> {
    let failed = engine("looked for the patients");
    let mut rows = db.prepare("SELECT number, body FROM prescription WHERE body IS NOT NULL").map_err(&failed)?;
    let mut rows = rows.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let number: i64 = row.get(0).map_err(&failed)?;
        let body = unpack(&row.get::<_, Vec<u8>>(1).map_err(&failed)?)?;
        let record = Record::from_bytes(&body).map_err(|_| StoreError::Damaged)?;
        db.prepare_cached("UPDATE prescription SET patient = ?2 WHERE number = ?1")
            .and_then(|mut put| put.execute(params![number, record.patient().nhs_number.as_str()]))
            .map_err(&failed)?;
    }
    Ok(())
}

/// Chains the journal. Gives how many records each message changed.
fn chain(db: &Connection) -> Result<HashMap<Vec<u8>, i64>, StoreError> {
    let failed = engine("upgraded the journal");
    let mut holders = HashMap::new();
    let mut link = Link::START;
    let mut rows = db.prepare("SELECT number, entry FROM journal_1 ORDER BY number").map_err(&failed)?;
    let mut rows = rows.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let (number, packed): (i64, Vec<u8>) = (row.get(0).map_err(&failed)?, row.get(1).map_err(&failed)?);
        let entry = unpack(&packed)?;
        link = link.then(&entry);
        let packed_entry = pack(&entry)?;
        db.prepare_cached("INSERT INTO journal (number, link, entry) VALUES (?1, ?2, ?3)")
            .and_then(|mut put| put.execute(params![number, link.0, packed_entry]).map(drop))
            .map_err(&failed)?;
        let entry: serde_json::Value = serde_json::from_slice(&entry).map_err(|_| StoreError::Damaged)?;
        let message = entry.get("message").and_then(serde_json::Value::as_str).and_then(|id| id.parse().ok());
        let records = entry.get("records").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
        if let Some(message) = message {
            holders.insert(super::key(message).to_vec(), i64::try_from(records).unwrap_or(i64::MAX));
        }
    }
    Ok(holders)
}

fn join_messages(db: &Connection, holders: &HashMap<Vec<u8>, i64>) -> Result<(), StoreError> {
    let failed = engine("upgraded the messages");
    let mut rows = db
        .prepare(
            "SELECT message, digest, reply, document.body FROM answer JOIN document ON document.key = answer.message
             ORDER BY answer.rowid",
        )
        .map_err(&failed)?;
    let mut rows = rows.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let column = |index: usize| row.get::<_, Vec<u8>>(index).map_err(&failed);
        let (id, digest) = (column(0)?, column(1)?);
        let (reply, document) = (unpack(&column(2)?)?, unpack(&column(3)?)?);
        let length = i64::try_from(document.len()).map_err(|_| StoreError::Damaged)?;
        let held = holders.get(&id).copied().unwrap_or(1);
        let body = pack(&[document, reply].concat())?;
        db.prepare_cached(
            "INSERT INTO message (id, digest, holders, length, first, last, body) VALUES (?1, ?2, ?3, ?4, 0, ?4, ?5)",
        )
        .and_then(|mut put| put.execute(params![id, digest, held, length, body]))
        .map_err(&failed)?;
    }
    Ok(())
}

fn reckon_days(db: &Connection) -> Result<(), StoreError> {
    let failed = engine("upgraded the records");
    let mut rows =
        db.prepare("SELECT id, version, pharmacy, since, body FROM prescription_1 ORDER BY rowid").map_err(&failed)?;
    let mut rows = rows.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let (id, version): (String, u32) = (row.get(0).map_err(&failed)?, row.get(1).map_err(&failed)?);
        let (pharmacy, since): (Option<String>, Option<String>) =
            (row.get(2).map_err(&failed)?, row.get(3).map_err(&failed)?);
        let body = unpack(&row.get::<_, Vec<u8>>(4).map_err(&failed)?)?;
        let record = Record::from_bytes(&body).map_err(|_| StoreError::Damaged)?;
        let packed_body = pack(&body)?;
        let due = due_date(&record, &Periods::SPINE).to_hl7();
        db.prepare_cached(
            "INSERT INTO prescription (id, version, pharmacy, since, due, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .and_then(|mut put| put.execute(params![id, version, pharmacy, since, due, packed_body]))
        .map_err(&failed)?;
    }
    Ok(())
}
