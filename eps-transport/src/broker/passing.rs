//! What time brings to the records of a store: the writing side of `eps_core::record::pass_time`.

use std::collections::BTreeSet;

use eps_core::ids::{MessageId, PrescriptionId};
use eps_core::model::{Date, Timestamp};
use eps_core::record::{DocumentKey, Effect, Passed, Periods, Record, pass_time};

use super::{Becomes, Broker, BrokerError, Cause, JournalEntry, JournalRecord, record_write};
use crate::store::{Commit, CommitError, Due, RecordWrite, Store, StoredRecord, Version};

/// Months after its date at which whatever is left of a prescription is removed: the time to live of Spine's store.
const LIFE_MONTHS: u8 = 18;

/// Months for which the id of a deleted prescription is kept from use, but not beyond [`LIFE_MONTHS`].
const DELETED_MONTHS: u8 = 12;

/// The most records of one batch: one transaction, and one entry of the journal.
const BATCH: u32 = 100;

/// The most activities of a record in one batch: two for each of 99 issues, and some to spare.
const MAX_ACTIVITIES: u32 = 256;

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimePassed {
    /// Records that changed: became ready, expired, or can no longer be claimed.
    pub changed: u64,
    /// Records that were deleted.
    pub deleted: u64,
    /// Deleted records of which nothing is left now.
    pub purged: u64,
    /// Records that could not be changed, because their change log is full. They are tried again.
    pub stuck: u64,
    /// Where the next batch begins; `None` where this was the last.
    pub next: Option<Due>,
}

/// What time brings to one record.
pub(crate) enum Passing {
    Nothing,
    Stuck,
    Write(Box<TimeWrite>),
}

/// A record that time changes.
pub(crate) struct TimeWrite {
    pub(crate) write: RecordWrite,
    pub(crate) told: JournalRecord,
    pub(crate) released: Vec<MessageId>,
}

/// When the store has removed a record at last.
fn end_of_life(record: &Record) -> Date {
    record.prescribed().date().plus_months(LIFE_MONTHS)
}

/// The day on which something is due to a record.
pub(crate) fn due_date(record: &Record, periods: &Periods) -> Date {
    let end = end_of_life(record);
    record.next_activity(periods).map_or(end, |next| next.date.min(end))
}

/// Every message that a record holds: those that changed it, and its documents.
fn messages(record: &Record) -> Vec<MessageId> {
    let logged = record.timeline().iter().filter_map(|entry| entry.message);
    let documents = record.documents().iter().copied().map(DocumentKey::message);
    logged.chain(documents).collect::<BTreeSet<_>>().into_iter().collect()
}

impl TimeWrite {
    /// Nothing is kept of a record that was deleted before.
    fn purge(id: &PrescriptionId, version: Version) -> Box<Self> {
        let told =
            JournalRecord { id: id.clone(), version: version.0, becomes: Some(Becomes::Purged), effects: Vec::new() };
        let write = RecordWrite { id: id.clone(), expected: Some(version), record: None };
        Box::new(Self { write, told, released: Vec::new() })
    }

    /// A record is deleted.
    fn delete(expected: Version, record: &Record, effects: Vec<Effect>, today: Date) -> Box<Self> {
        let version = record.version().saturating_add(1);
        let until = today.plus_months(DELETED_MONTHS).min(end_of_life(record));
        let (becomes, kept) = if until > today {
            let stored =
                StoredRecord { version: Version(version), body: None, waits: None, due: Some(until), patient: None };
            (Becomes::Deleted(until), Some(stored))
        } else {
            (Becomes::Purged, None)
        };
        let id = record.id().clone();
        Box::new(Self {
            write: RecordWrite { id: id.clone(), expected: Some(expected), record: kept },
            told: JournalRecord { id, version, becomes: Some(becomes), effects },
            released: messages(record),
        })
    }
}

impl<S: Store> Broker<S> {
    /// Does what is due, up to now by the broker's clock, to the first records after `after`, in the order of their days;
    /// all of the batch or nothing. Ask again with [`TimePassed::next`] until that is `None`.
    ///
    /// It can be left off at any point and begun anew: what was done is no longer due.
    ///
    /// # Errors
    /// [`BrokerError`] when the store or what it holds fails. Nothing of the batch is stored then.
    pub fn pass_time(&self, after: Option<&Due>) -> Result<TimePassed, BrokerError> {
        let now = self.clock.now();
        let page = self.store.due(now.date(), after, BATCH)?;
        let mut done = TimePassed::default();
        let mut writes = Vec::with_capacity(page.len());
        for due in &page {
            match self.passing(&due.id, now)? {
                Passing::Nothing => {}
                Passing::Stuck => done.stuck += 1,
                Passing::Write(write) => writes.push(*write),
            }
        }
        self.commit_passing(writes, now, &mut done)?;
        if page.len() >= BATCH as usize {
            done.next = page.into_iter().next_back();
        }
        Ok(done)
    }

    /// What is due to one record.
    pub(crate) fn passing(&self, id: &PrescriptionId, now: Timestamp) -> Result<Passing, BrokerError> {
        let today = now.date();
        let Some(stored) = self.store.record(id)? else { return Ok(Passing::Nothing) };
        let Some(body) = stored.body else {
            let is_due = stored.due.is_some_and(|due| due <= today);
            return Ok(if is_due { Passing::Write(TimeWrite::purge(id, stored.version)) } else { Passing::Nothing });
        };
        let mut record = Record::from_bytes(&body)?;
        let mut effects = Vec::new();
        for _ in 0..MAX_ACTIVITIES {
            match pass_time(record, now, &self.periods) {
                Ok(Passed::Changed(accepted)) => {
                    record = accepted.record;
                    effects.extend(accepted.effects);
                }
                Ok(Passed::Delete(record)) => {
                    return Ok(Passing::Write(TimeWrite::delete(stored.version, &record, effects, today)));
                }
                Ok(Passed::Nothing(record)) if end_of_life(&record) <= today => {
                    return Ok(Passing::Write(TimeWrite::delete(stored.version, &record, effects, today)));
                }
                Ok(Passed::Nothing(record)) => return self.passed(stored.version, &record, effects),
                // The only refusal of time is a full log.
                Err(_) => return Ok(Passing::Stuck),
            }
        }
        Ok(Passing::Stuck)
    }

    fn passed(&self, expected: Version, record: &Record, effects: Vec<Effect>) -> Result<Passing, BrokerError> {
        if record.version() == expected.0 {
            return Ok(Passing::Nothing);
        }
        let (write, told) = record_write(Some(expected), record, effects, &self.periods)?;
        Ok(Passing::Write(Box::new(TimeWrite { write, told, released: Vec::new() })))
    }

    /// Commits a batch, without those records that somebody else has changed meanwhile. What is still due to these is found
    /// again by the next run.
    fn commit_passing(
        &self,
        mut writes: Vec<TimeWrite>,
        now: Timestamp,
        done: &mut TimePassed,
    ) -> Result<(), BrokerError> {
        while !writes.is_empty() {
            let records = writes.iter().map(|write| write.told.clone()).collect();
            let commit = Commit {
                message: None,
                sent: Vec::new(),
                records: writes.iter().map(|write| write.write.clone()).collect(),
                released: writes.iter().flat_map(|write| write.released.iter().copied()).collect(),
                journal: JournalEntry { at: now, cause: Cause::Time, records }.to_bytes()?,
            };
            match self.store.commit(commit) {
                Ok(()) => {
                    writes.iter().for_each(|write| done.count(write));
                    return Ok(());
                }
                Err(CommitError::RecordMoved(id)) => writes.retain(|write| write.write.id != id),
                // There is no message.
                Err(CommitError::AlreadyAnswered(_)) => return Err(BrokerError::Busy),
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl TimePassed {
    fn count(&mut self, write: &TimeWrite) {
        match write.told.becomes {
            Some(Becomes::Kept(_)) | None => self.changed += 1,
            Some(Becomes::Deleted(_)) => self.deleted += 1,
            // At the end of its life a record is deleted and purged at once.
            Some(Becomes::Purged) if !write.released.is_empty() => self.deleted += 1,
            Some(Becomes::Purged) => self.purged += 1,
        }
    }
}
