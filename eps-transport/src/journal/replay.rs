//! Doing it all again: every message of a journal is judged anew, at the time and with the ids of then, into an empty store.
//!
//! Each outcome must be the one in the journal, to the byte. What was deleted cannot be done again: such entries are taken
//! over as they stand, and so is the part of a release that concerned a prescription that is gone.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use eps_core::ids::{Asid, Guid, MessageId, NhsNumber, OdsCode, PrescriptionId};
use eps_core::model::{Date, Timestamp};
use eps_core::record::Periods;

use super::{Entry, JournalError, entries};
use crate::broker::{AcceptedMessage, Becomes, Broker, Cause, Ids, JournalEntry, JournalRecord, Passing};
use crate::clock::FixedClock;
use crate::store::{
    Commit, CommitError, Due, JournalRow, Place, RecordWrite, Store, StoreError, StoredMessage, StoredRecord, Version,
};

/// What a replay did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// Entries whose outcome is the same again.
    pub same: u64,
    /// Entries of which a part was taken over, because it concerned what is deleted.
    pub in_part: u64,
    /// Entries that were taken over whole, because all they concerned is deleted.
    pub taken_over: u64,
}

/// Builds the store of `from` again in `to`, which must be empty, with the periods that the broker had.
///
/// # Errors
/// [`JournalError::Diverged`] and [`JournalError::NotAnswered`] at the first entry whose outcome is another one; the others
/// where the journal is broken or a store fails.
pub fn replay(from: &dyn Store, to: &dyn Store, periods: Periods) -> Result<Replayed, JournalError> {
    if !to.journal(0, 1)?.is_empty() {
        return Err(JournalError::NotEmpty);
    }
    // What is in a journal was accepted then: what a strict broker accepted is accepted in the same way by a lenient one.
    let mut periods = periods;
    periods.returned_by_anybody = true;
    periods.amended_as_told = true;
    periods.repeat_counts_as_told = true;
    let mut replay = Replay { from, to, periods, done: Replayed::default() };
    for entry in entries(from) {
        replay.entry(&entry?)?;
    }
    Ok(replay.done)
}

struct Replay<'s> {
    from: &'s dyn Store,
    to: &'s dyn Store,
    periods: Periods,
    done: Replayed,
}

impl Replay<'_> {
    fn entry(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let (commit, outcome) = match &entry.entry.cause {
            Cause::Message(message) => self.message(entry, message)?,
            Cause::Time => self.time(entry)?,
        };
        match outcome {
            Outcome::Same => self.done.same += 1,
            Outcome::InPart => self.done.in_part += 1,
            Outcome::TakenOver => self.done.taken_over += 1,
        }
        self.to.commit(commit).map_err(|error| match error {
            CommitError::Store(error) => error.into(),
            CommitError::RecordMoved(_) | CommitError::AlreadyAnswered(_) => diverged(entry, None),
        })
    }

    fn broker<'t>(&self, tap: &'t Tap<'_>, at: Timestamp, by: Asid, ids: &[MessageId]) -> Broker<&'t Tap<'t>>
    where
        Self: 't,
    {
        // The lifetime of the tap is shortened to that of the reference.
        let tap: &'t Tap<'t> = tap;
        let ids = Given(Mutex::new(ids.iter().copied().collect()));
        Broker::new(tap, by).clock(Arc::new(FixedClock(at))).ids(Arc::new(ids)).periods(self.periods)
    }

    /// Whether a record of an entry is of a prescription that cannot be built again: it goes on here without a beginning.
    fn is_gone(&self, record: &JournalRecord) -> Result<bool, JournalError> {
        // The first version of a record is 2.
        let goes_on = record.version > 2 || !matches!(record.becomes, Some(Becomes::Kept(_)) | None);
        let known = self.to.record(&record.id)?;
        Ok(goes_on && known.is_none_or(|known| known.body.is_none()))
    }

    fn message(&self, entry: &Entry, message: &AcceptedMessage) -> Result<(Commit, Outcome), JournalError> {
        let Some(stored) = self.from.message(message.id)? else {
            let journal = entry.bytes.clone();
            let commit = Commit { message: None, sent: Vec::new(), records: Vec::new(), released: Vec::new(), journal };
            return Ok((commit, Outcome::TakenOver));
        };
        let tap = Tap { to: self.to, only: named(&entry.entry), caught: Mutex::default() };
        let by = message.by.clone().ok_or_else(|| diverged(entry, None))?;
        let broker = self.broker(&tap, entry.entry.at, by, &message.ids);
        broker
            .submit_as(&stored.bytes, message.fingerprint().0)
            .map_err(|error| JournalError::NotAnswered { number: entry.number, source: Box::new(error) })?;
        let again = tap.caught().ok_or_else(|| diverged(entry, None))?;
        if again.journal == entry.bytes {
            return Ok((again, Outcome::Same));
        }
        // Only what concerns deleted prescriptions may differ.
        let now = JournalEntry::from_bytes(&again.journal).map_err(|_| JournalError::Entry { number: entry.number })?;
        if now.records != self.left(&entry.entry)? || now.records.len() == entry.entry.records.len() {
            return Err(diverged(entry, Some(now)));
        }
        let commit = Commit { message: Some((message.id, stored)), journal: entry.bytes.clone(), ..again };
        Ok((commit, Outcome::InPart))
    }

    fn time(&self, entry: &Entry) -> Result<(Commit, Outcome), JournalError> {
        let tap = Tap { to: self.to, only: HashSet::new(), caught: Mutex::default() };
        let nobody = self.nobody(entry)?;
        let broker = self.broker(&tap, entry.entry.at, nobody, &[]);
        let mut commit = Commit {
            message: None,
            sent: Vec::new(),
            records: Vec::new(),
            released: Vec::new(),
            journal: entry.bytes.clone(),
        };
        let mut gone = 0;
        for record in &entry.entry.records {
            if self.is_gone(record)? && !matches!(record.becomes, Some(Becomes::Purged)) {
                gone += 1;
                commit.records.extend(self.take_over(record));
                continue;
            }
            let passing = broker.passing(&record.id, entry.entry.at);
            let passing =
                passing.map_err(|error| JournalError::NotAnswered { number: entry.number, source: Box::new(error) })?;
            match passing {
                Passing::Write(write) if write.told == *record => {
                    commit.records.push(write.write);
                    commit.released.extend(write.released);
                }
                // The end of life of what was gone already.
                Passing::Nothing if self.to.record(&record.id)?.is_none() => gone += 1,
                Passing::Write(_) | Passing::Nothing | Passing::Stuck => return Err(diverged(entry, None)),
            }
        }
        let outcome = match gone {
            0 => Outcome::Same,
            all if all == entry.entry.records.len() => Outcome::TakenOver,
            _ => Outcome::InPart,
        };
        Ok((commit, outcome))
    }

    /// Time passes without anybody who answers; a broker has a name all the same.
    fn nobody(&self, entry: &Entry) -> Result<Asid, JournalError> {
        "000000000000".parse().map_err(|_| diverged(entry, None))
    }

    /// What is left of a prescription that is gone: its id, until its day.
    fn take_over(&self, record: &JournalRecord) -> Option<RecordWrite> {
        match record.becomes {
            Some(Becomes::Deleted(until)) => Some(RecordWrite {
                id: record.id.clone(),
                expected: None,
                record: Some(StoredRecord {
                    version: Version(record.version),
                    body: None,
                    waits: None,
                    due: Some(until),
                    patient: None,
                }),
            }),
            Some(Becomes::Kept(_) | Becomes::Purged) | None => None,
        }
    }

    /// The records of an entry whose prescriptions are not gone.
    fn left(&self, entry: &JournalEntry) -> Result<Vec<JournalRecord>, JournalError> {
        let mut left = Vec::new();
        for record in &entry.records {
            if !self.is_gone(record)? {
                left.push(record.clone());
            }
        }
        Ok(left)
    }
}

enum Outcome {
    Same,
    InPart,
    TakenOver,
}

fn diverged(entry: &Entry, now: Option<JournalEntry>) -> JournalError {
    JournalError::Diverged { number: entry.number, now: now.map(Box::new) }
}

/// The records that an entry names.
fn named(entry: &JournalEntry) -> HashSet<PrescriptionId> {
    entry.records.iter().map(|record| record.id.clone()).collect()
}

/// The ids of then, in their order. When they are used up, the outcome is another one anyway.
struct Given(Mutex<VecDeque<MessageId>>);

impl Ids for Given {
    fn next(&self) -> MessageId {
        let next = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        next.unwrap_or(MessageId(Guid::from_bytes([0; 16])))
    }
}

/// The store that is being built, as one message saw it: only what the entry names waits, and what is committed is caught.
struct Tap<'s> {
    to: &'s dyn Store,
    only: HashSet<PrescriptionId>,
    caught: Mutex<Option<Commit>>,
}

impl Tap<'_> {
    fn caught(&self) -> Option<Commit> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Store for Tap<'_> {
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        self.to.record(id)
    }

    fn message(&self, message: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        self.to.message(message)
    }

    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError> {
        let mut places = Vec::new();
        for id in &self.only {
            let waits = self.to.record(id)?.and_then(|record| record.waits);
            places.extend(waits.filter(|(at, _)| at == pharmacy).map(|(_, since)| Place { since, id: id.clone() }));
        }
        places.retain(|place| after.is_none_or(|after| place > after));
        places.sort();
        places.truncate(limit as usize);
        Ok(places)
    }

    fn due(&self, today: Date, after: Option<&Due>, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.to.due(today, after, limit)
    }

    fn of_patient(&self, patient: &NhsNumber, limit: u32) -> Result<Vec<PrescriptionId>, StoreError> {
        self.to.of_patient(patient, limit)
    }

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<JournalRow>, StoreError> {
        self.to.journal(after, limit)
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        *self.caught.lock().unwrap_or_else(PoisonError::into_inner) = Some(commit);
        Ok(())
    }
}
