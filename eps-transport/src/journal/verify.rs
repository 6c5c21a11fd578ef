//! Does the store hold what the journal says?

use std::collections::HashMap;

use eps_core::ids::{MessageId, PrescriptionId};
use eps_core::record::{Periods, Record};
use eps_core::xml::{Document, Limits};

use super::{Entry, JournalError, entries};
use crate::broker::{AcceptedMessage, Becomes, Hash, JournalRecord, document_of_the_record, due_date};
use crate::store::{Link, Store, StoredMessage, StoredRecord};

/// What was found in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The entries.
    pub entries: u64,
    /// The chain up to the last of them. Who keeps this elsewhere can tell later whether the journal was rewritten.
    pub link: Link,
    /// The prescriptions that are kept.
    pub records: u64,
    /// The messages that are kept.
    pub messages: u64,
    /// The messages that were deleted with their prescriptions.
    pub deleted_messages: u64,
}

/// What an entry said last of a record.
struct Last {
    number: u64,
    version: u32,
    becomes: Option<Becomes>,
    /// The last entry that deleted it.
    deleted: u64,
}

/// Checks the chain, and every record, message and reply against the hashes in it; and that each record is found by the
/// queue and the day that follow from it.
///
/// Takes some hundred bytes of memory for each prescription.
///
/// # Errors
/// The first [`JournalError`].
pub fn verify(store: &dyn Store, periods: &Periods) -> Result<Verified, JournalError> {
    let mut records: HashMap<PrescriptionId, Last> = HashMap::new();
    let mut missing: Vec<(u64, MessageId, Vec<PrescriptionId>)> = Vec::new();
    let mut verified = Verified { entries: 0, link: Link::START, records: 0, messages: 0, deleted_messages: 0 };
    for entry in entries(store) {
        let Entry { number, entry, link, .. } = entry?;
        (verified.entries, verified.link) = (number, link);
        if let Some(message) = entry.message() {
            if message_is_there(store, number, message)? {
                verified.messages += 1;
            } else {
                missing.push((number, message.id, entry.records.iter().map(|record| record.id.clone()).collect()));
            }
        }
        for record in entry.records {
            note(&mut records, number, record);
        }
    }
    for (number, message, held_by) in missing {
        let deleted = |id| records.get(id).is_some_and(|last: &Last| last.deleted > number);
        if !held_by.iter().all(deleted) {
            return Err(JournalError::MessageMissing { number, message });
        }
        verified.deleted_messages += 1;
    }
    for (id, last) in records {
        verified.records += u64::from(record_is_there(store, id, &last, periods)?);
    }
    Ok(verified)
}

fn note(records: &mut HashMap<PrescriptionId, Last>, number: u64, record: JournalRecord) {
    let JournalRecord { id, version, becomes, .. } = record;
    let before = records.get(&id).map_or(0, |last| last.deleted);
    let deleted = match becomes {
        Some(Becomes::Deleted(_) | Becomes::Purged) => number,
        Some(Becomes::Kept(_)) | None => before,
    };
    records.insert(id, Last { number, version, becomes, deleted });
}

/// Whether a message is kept; an error where another one is kept in its place.
fn message_is_there(store: &dyn Store, number: u64, message: &AcceptedMessage) -> Result<bool, JournalError> {
    let Some(stored) = store.message(message.id)? else { return Ok(false) };
    // The first schema kept of an upload the signed part only, and no hash of a reply.
    let is_right = message
        .reply
        .is_none_or(|reply| Hash::of(&stored.bytes) == message.digest && Hash::of(&stored.answer.reply) == reply);
    for sent in &message.sent {
        let kept = store.message(sent.message)?;
        if kept.is_none_or(|kept| Hash::of(&kept.bytes) != sent.hash) {
            return Err(JournalError::Message { number, message: sent.message });
        }
    }
    let is_right = is_right && stored.answer.digest == message.fingerprint().0 && names_its_document(&stored);
    if is_right { Ok(true) } else { Err(JournalError::Message { number, message: message.id }) }
}

/// Whether the part of a message that is released is the signed prescription in it.
fn names_its_document(stored: &StoredMessage) -> bool {
    Document::parse(&stored.bytes, &Limits::DEFAULT)
        .is_ok_and(|message| document_of_the_record(&message) == stored.document)
}

/// Whether a record is kept; an error where it is not what the journal left.
fn record_is_there(
    store: &dyn Store,
    id: PrescriptionId,
    last: &Last,
    periods: &Periods,
) -> Result<bool, JournalError> {
    let stored = store.record(&id)?;
    let version = stored.as_ref().map(|stored| stored.version.0);
    let body = stored.as_ref().and_then(|stored| stored.body.as_ref());
    let is_right = match last.becomes {
        Some(Becomes::Kept(hash)) => version == Some(last.version) && body.is_some_and(|body| Hash::of(body) == hash),
        None => version == Some(last.version) && body.is_some(),
        Some(Becomes::Deleted(_)) => version == Some(last.version) && body.is_none(),
        Some(Becomes::Purged) => stored.is_none(),
    };
    if !is_right {
        return Err(JournalError::Record { number: last.number, id });
    }
    match stored {
        Some(StoredRecord { body: Some(body), waits, due, patient, .. }) => {
            let record = Record::from_bytes(&body);
            let filed = record.is_ok_and(|record| {
                let waiting = record.waits_for().map(|pharmacy| (pharmacy.clone(), record.prescribed()));
                waiting == waits
                    && due == Some(due_date(&record, periods))
                    && patient.as_ref() == Some(&record.patient().nhs_number)
            });
            if filed { Ok(true) } else { Err(JournalError::Filed { id }) }
        }
        Some(StoredRecord { body: None, .. }) | None => Ok(false),
    }
}
