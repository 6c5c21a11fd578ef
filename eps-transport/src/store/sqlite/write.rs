//! Writing: several commits in one transaction, each whole or not at all.

use eps_core::ids::{MessageId, PrescriptionId};
use eps_core::record::DocumentKey;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::{engine, key, pack};
use crate::store::{Commit, CommitError, RecordWrite, StoreError, Version};

/// A commit whose values are compressed already: that is done by the caller's thread, outside the writer's lock.
pub(super) struct Packed {
    message: MessageId,
    digest: [u8; 32],
    reply: Vec<u8>,
    records: Vec<PackedRecord>,
    documents: Vec<(DocumentKey, Vec<u8>)>,
    journal: Vec<u8>,
}

struct PackedRecord {
    id: PrescriptionId,
    expected: Option<Version>,
    version: Version,
    body: Vec<u8>,
    pharmacy: Option<String>,
    since: Option<String>,
}

impl PackedRecord {
    fn new(write: RecordWrite) -> Result<Self, StoreError> {
        let RecordWrite { id, expected, record, waits } = write;
        let (pharmacy, since) = waits.map(|(pharmacy, since)| (String::from(pharmacy), since.to_hl7())).unzip();
        Ok(Self { id, expected, version: record.version, body: pack(&record.body)?, pharmacy, since })
    }
}

impl Packed {
    /// Compresses all values of a commit.
    pub(super) fn new(commit: Commit) -> Result<Self, StoreError> {
        let Commit { message, answer, records, documents, journal } = commit;
        Ok(Self {
            message,
            digest: answer.digest,
            reply: pack(&answer.reply)?,
            records: records.into_iter().map(PackedRecord::new).collect::<Result<_, _>>()?,
            documents: documents
                .into_iter()
                .map(|(key, bytes)| Ok((key, pack(&bytes)?)))
                .collect::<Result<_, StoreError>>()?,
            journal: pack(&journal)?,
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
) -> Vec<Result<(), CommitError>> {
    let all = commits.len();
    match try_transaction(db, commits) {
        Ok(outcomes) => outcomes,
        Err(error) => vec![Err(error.into()); all],
    }
}

fn try_transaction<'a>(
    db: &mut Connection,
    commits: impl Iterator<Item = &'a Packed>,
) -> Result<Vec<Result<(), CommitError>>, StoreError> {
    let mut transaction =
        db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(engine("began a transaction"))?;
    let outcomes = commits
        .map(|commit| match write(&mut transaction, commit) {
            // A failing engine spoils the transaction; a conflict only this commit.
            Err(CommitError::Store(error)) => Err(error),
            outcome @ (Ok(()) | Err(CommitError::RecordMoved(_) | CommitError::AlreadyAnswered(_))) => Ok(outcome),
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    transaction.commit().map_err(engine("committed a transaction"))?;
    Ok(outcomes)
}

/// Writes one commit within the transaction, or nothing of it.
fn write(transaction: &mut Transaction<'_>, commit: &Packed) -> Result<(), CommitError> {
    let part = transaction.savepoint().map_err(engine("began a commit"))?;
    let written = part
        .prepare_cached("INSERT INTO answer (message, digest, reply) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .and_then(|mut put| put.execute(params![key(commit.message), commit.digest, commit.reply]))
        .map_err(engine("wrote a reply"))?;
    if written == 0 {
        return Err(CommitError::AlreadyAnswered(commit.message));
    }
    for record in &commit.records {
        if write_record(&part, record).map_err(engine("wrote a record"))? == 0 {
            return Err(CommitError::RecordMoved(record.id.clone()));
        }
    }
    for (document, body) in &commit.documents {
        part.prepare_cached("INSERT INTO document (key, body) VALUES (?1, ?2)")
            .and_then(|mut put| put.execute(params![key(document.message()), body]))
            .map_err(engine("wrote a document"))?;
    }
    part.prepare_cached("INSERT INTO journal (entry) VALUES (?1)")
        .and_then(|mut put| put.execute([&commit.journal]))
        .map_err(engine("wrote the journal"))?;
    part.commit().map_err(|error| engine("ended a commit")(error).into())
}

/// Writes a record if it still has the version it was decided on; gives the rows written, 0 or 1.
fn write_record(db: &Connection, record: &PackedRecord) -> rusqlite::Result<usize> {
    let PackedRecord { id, expected, version, body, pharmacy, since } = record;
    match expected {
        None => db
            .prepare_cached(
                "INSERT INTO prescription (id, version, pharmacy, since, body) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![id.as_str(), version.0, pharmacy, since, body]),
        Some(expected) => db
            .prepare_cached(
                "UPDATE prescription SET version = ?2, pharmacy = ?3, since = ?4, body = ?5
                 WHERE id = ?1 AND version = ?6",
            )?
            .execute(params![id.as_str(), version.0, pharmacy, since, body, expected.0]),
    }
}
