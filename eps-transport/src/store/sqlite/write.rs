//! Writing: several commits in one transaction, each whole or not at all.

use std::collections::HashSet;

use eps_core::ids::{MessageId, PrescriptionId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::options::{Hook, WritePoint};
use super::{engine, key, pack};
use crate::store::{Commit, CommitError, Link, RecordWrite, StoreError, StoredMessage, Version};

/// A commit whose values are compressed already: that is done by the caller's thread, not by the one that writes.
pub(super) struct Packed {
    message: Option<PackedMessage>,
    sent: Vec<PackedMessage>,
    records: Vec<PackedRecord>,
    released: Vec<MessageId>,
    /// As it is, for the chain, and compressed.
    journal: (Vec<u8>, Vec<u8>),
}

struct PackedMessage {
    id: MessageId,
    digest: [u8; 32],
    length: i64,
    first: i64,
    last: i64,
    body: Vec<u8>,
}

struct PackedRecord {
    id: PrescriptionId,
    expected: Option<Version>,
    record: Option<PackedBody>,
}

struct PackedBody {
    version: Version,
    pharmacy: Option<String>,
    since: Option<String>,
    due: Option<String>,
    patient: Option<String>,
    body: Option<Vec<u8>>,
}

/// A length for a column. What does not fit into an i64 does not fit into memory either.
fn column(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

impl PackedMessage {
    fn new((id, message): (MessageId, StoredMessage)) -> Result<Self, StoreError> {
        let StoredMessage { mut bytes, document, answer } = message;
        let length = column(bytes.len());
        bytes.extend_from_slice(&answer.reply);
        let body = pack(&bytes)?;
        Ok(Self { id, digest: answer.digest, length, first: column(document.start), last: column(document.end), body })
    }
}

impl PackedRecord {
    fn new(write: RecordWrite) -> Result<Self, StoreError> {
        let RecordWrite { id, expected, record } = write;
        let pack_body = |record: crate::store::StoredRecord| {
            let (pharmacy, since) =
                record.waits.map(|(pharmacy, since)| (String::from(pharmacy), since.to_hl7())).unzip();
            let body = record.body.as_deref().map(pack).transpose()?;
            let (due, patient) = (record.due.map(|due| due.to_hl7()), record.patient.map(String::from));
            Ok(PackedBody { version: record.version, pharmacy, since, due, patient, body })
        };
        Ok(Self { id, expected, record: record.map(pack_body).transpose()? })
    }
}

impl Packed {
    /// Compresses all values of a commit.
    pub(super) fn new(commit: Commit) -> Result<Self, StoreError> {
        let Commit { message, sent, records, released, journal } = commit;
        let packed = pack(&journal)?;
        Ok(Self {
            message: message.map(PackedMessage::new).transpose()?,
            sent: sent
                .into_iter()
                .map(|(id, bytes)| PackedMessage::new((id, StoredMessage::sent(bytes))))
                .collect::<Result<_, _>>()?,
            records: records.into_iter().map(PackedRecord::new).collect::<Result<_, _>>()?,
            released,
            journal: (journal, packed),
        })
    }
}

/// Writes the commits in one transaction; gives one outcome for each, in their order.
///
/// A commit that came too late is left out and does not hurt the others. Where the transaction as a whole fails, none of
/// them is stored and all get that error.
pub(super) fn transaction<'a>(
    db: &mut Connection,
    commits: impl ExactSizeIterator<Item = &'a Packed> + Clone,
    hook: Hook<'_>,
) -> Vec<Result<(), CommitError>> {
    let all = commits.len();
    match try_transaction(db, commits, hook) {
        Ok(outcomes) => outcomes,
        Err(error) => vec![Err(error.into()); all],
    }
}

fn try_transaction<'a>(
    db: &mut Connection,
    commits: impl Iterator<Item = &'a Packed>,
    hook: Hook<'_>,
) -> Result<Vec<Result<(), CommitError>>, StoreError> {
    hook(WritePoint::Begin);
    let transaction =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine("began a transaction"))?;
    let mut journal = Journal::end_of(&transaction)?;
    let outcomes = commits
        .map(|commit| match check(&transaction, commit)? {
            Err(late) => Ok(Err(late)),
            // From here on only the engine can fail, and that undoes the whole transaction.
            Ok(()) => write(&transaction, commit, &mut journal, hook).map(Ok),
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    hook(WritePoint::Commit);
    transaction.commit().map_err(engine("committed a transaction"))?;
    hook(WritePoint::Committed);
    Ok(outcomes)
}

/// Where the journal ends.
struct Journal {
    number: i64,
    link: Link,
}

impl Journal {
    /// Read anew for each transaction: another process may have written to the file.
    fn end_of(db: &Connection) -> Result<Self, StoreError> {
        let last = db
            .prepare_cached("SELECT number, link FROM journal ORDER BY number DESC LIMIT 1")
            .and_then(|mut last| last.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .map_err(engine("read the journal"))?;
        Ok(last.map_or(Self { number: 0, link: Link::START }, |(number, link)| Self { number, link: Link(link) }))
    }
}

/// Whether a commit is still in time.
fn check(db: &Connection, commit: &Packed) -> Result<Result<(), CommitError>, StoreError> {
    let failed = engine("looked for what has changed");
    if let Some(message) = &commit.message {
        let known = db
            .prepare_cached("SELECT 1 FROM message WHERE id = ?1")
            .and_then(|mut known| known.exists([key(message.id)]))
            .map_err(&failed)?;
        if known {
            return Ok(Err(CommitError::AlreadyAnswered(message.id)));
        }
    }
    let mut seen = HashSet::new();
    for record in &commit.records {
        let stored: Option<u32> = db
            .prepare_cached("SELECT version FROM prescription WHERE id = ?1")
            .and_then(|mut stored| stored.query_row([record.id.as_str()], |row| row.get(0)).optional())
            .map_err(&failed)?;
        if stored.map(Version) != record.expected || !seen.insert(&record.id) {
            return Ok(Err(CommitError::RecordMoved(record.id.clone())));
        }
    }
    Ok(Ok(()))
}

/// Writes a commit that is in time.
fn write(db: &Connection, commit: &Packed, journal: &mut Journal, hook: Hook<'_>) -> Result<(), StoreError> {
    if let Some(message) = &commit.message {
        hook(WritePoint::Message);
        write_message(db, message, None, commit.records.len()).map_err(engine("wrote a message"))?;
    }
    let cause = commit.message.as_ref().map(|message| message.id);
    for sent in &commit.sent {
        write_message(db, sent, cause, 0).map_err(engine("wrote what is sent"))?;
    }
    for record in &commit.records {
        hook(WritePoint::Record);
        write_record(db, record).map_err(engine("wrote a record"))?;
    }
    for message in &commit.released {
        hook(WritePoint::Release);
        release(db, *message).map_err(engine("let a message go"))?;
    }
    hook(WritePoint::Journal);
    journal.number += 1;
    journal.link = journal.link.then(&commit.journal.0);
    db.prepare_cached("INSERT INTO journal (number, link, entry) VALUES (?1, ?2, ?3)")
        .and_then(|mut put| put.execute(params![journal.number, journal.link.0, commit.journal.1]))
        .map(drop)
        .map_err(engine("wrote the journal"))
}

fn write_message(
    db: &Connection,
    message: &PackedMessage,
    cause: Option<MessageId>,
    holders: usize,
) -> rusqlite::Result<()> {
    let PackedMessage { id, digest, length, first, last, body } = message;
    db.prepare_cached(
        "INSERT INTO message (id, cause, digest, holders, length, first, last, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![key(*id), cause.map(key), digest, column(holders), length, first, last, body])
    .map(drop)
}

fn write_record(db: &Connection, record: &PackedRecord) -> rusqlite::Result<()> {
    let PackedRecord { id, expected, record } = record;
    let Some(PackedBody { version, pharmacy, since, due, patient, body }) = record else {
        return db.prepare_cached("DELETE FROM prescription WHERE id = ?1")?.execute([id.as_str()]).map(drop);
    };
    let statement = match expected {
        None => {
            "INSERT INTO prescription (id, version, pharmacy, since, due, patient, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        Some(_) => {
            "UPDATE prescription SET version = ?2, pharmacy = ?3, since = ?4, due = ?5, patient = ?6, body = ?7
             WHERE id = ?1"
        }
    };
    db.prepare_cached(statement)?
        .execute(params![id.as_str(), version.0, pharmacy, since, due, patient, body])
        .map(drop)
}

/// One record fewer holds the message; nobody needs what none holds.
fn release(db: &Connection, message: MessageId) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE message SET holders = holders - 1 WHERE id = ?1")?.execute([key(message)])?;
    let gone = db.prepare_cached("DELETE FROM message WHERE id = ?1 AND holders <= 0")?.execute([key(message)])?;
    if gone > 0 {
        db.prepare_cached("DELETE FROM message WHERE cause = ?1")?.execute([key(message)])?;
    }
    Ok(())
}
