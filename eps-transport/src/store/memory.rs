//! A store in memory: for tests and demonstrations. It is as durable as the process.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use eps_core::ids::{MessageId, NhsNumber, OdsCode, PrescriptionId};
use eps_core::model::Date;

use super::{
    Commit, CommitError, Due, JournalRow, Link, Place, RecordWrite, Store, StoreError, StoredMessage, StoredRecord,
};

/// A [`Store`] in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    records: HashMap<PrescriptionId, Numbered>,
    /// Counts the records that ever were.
    counted: u64,
    waiting: BTreeSet<(OdsCode, Place)>,
    due: BTreeMap<(Date, u64), PrescriptionId>,
    patients: HashMap<NhsNumber, BTreeMap<u64, PrescriptionId>>,
    /// Each with the number of records that hold it.
    messages: HashMap<MessageId, (StoredMessage, usize)>,
    /// What was sent because of a message.
    sent: HashMap<MessageId, Vec<MessageId>>,
    journal: Vec<JournalRow>,
}

struct Numbered {
    number: u64,
    record: StoredRecord,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A commit is checked before it changes anything, so a panic cannot leave half of one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A record's place in the queue it waits in.
fn place(id: &PrescriptionId, record: &StoredRecord) -> Option<(OdsCode, Place)> {
    record.waits.clone().map(|(pharmacy, since)| (pharmacy, Place { since, id: id.clone() }))
}

impl State {
    fn check(&self, commit: &Commit) -> Result<(), CommitError> {
        if let Some((message, _)) = &commit.message
            && self.messages.contains_key(message)
        {
            return Err(CommitError::AlreadyAnswered(*message));
        }
        let mut seen = HashSet::new();
        for write in &commit.records {
            let stored = self.records.get(&write.id).map(|stored| stored.record.version);
            if stored != write.expected || !seen.insert(&write.id) {
                return Err(CommitError::RecordMoved(write.id.clone()));
            }
        }
        Ok(())
    }

    fn put(&mut self, write: RecordWrite) {
        let RecordWrite { id, record, .. } = write;
        let before = self.records.remove(&id);
        if let Some(Numbered { number, record }) = &before {
            place(&id, record).map(|place| self.waiting.remove(&place));
            record.due.map(|due| self.due.remove(&(due, *number)));
            let theirs = record.patient.as_ref().and_then(|patient| self.patients.get_mut(patient));
            theirs.map(|theirs| theirs.remove(number));
        }
        let Some(record) = record else { return };
        let number = before.map_or_else(
            || {
                self.counted += 1;
                self.counted
            },
            |before| before.number,
        );
        self.waiting.extend(place(&id, &record));
        self.due.extend(record.due.map(|due| ((due, number), id.clone())));
        if let Some(patient) = &record.patient {
            self.patients.entry(patient.clone()).or_default().insert(number, id.clone());
        }
        self.records.insert(id, Numbered { number, record });
    }

    fn release(&mut self, message: MessageId) {
        if let Some((_, holders)) = self.messages.get_mut(&message) {
            *holders = holders.saturating_sub(1);
            if *holders == 0 {
                self.messages.remove(&message);
                for sent in self.sent.remove(&message).unwrap_or_default() {
                    self.messages.remove(&sent);
                }
            }
        }
    }
}

impl Store for MemoryStore {
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        Ok(self.state().records.get(id).map(|stored| stored.record.clone()))
    }

    fn message(&self, message: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        Ok(self.state().messages.get(&message).map(|(message, _)| message.clone()))
    }

    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError> {
        let state = self.state();
        let all: Box<dyn Iterator<Item = &(OdsCode, Place)>> = match after {
            Some(place) => {
                let from = (pharmacy.clone(), place.clone());
                Box::new(state.waiting.range((Bound::Excluded(from), Bound::Unbounded)))
            }
            None => Box::new(state.waiting.iter().skip_while(|(at, _)| at != pharmacy)),
        };
        Ok(all.take_while(|(at, _)| at == pharmacy).take(limit as usize).map(|(_, place)| place.clone()).collect())
    }

    fn due(&self, today: Date, after: Option<&Due>, limit: u32) -> Result<Vec<Due>, StoreError> {
        let state = self.state();
        let from = after.map_or(Bound::Unbounded, |due| Bound::Excluded((due.date, due.number)));
        let due = state.due.range((from, Bound::Unbounded)).take_while(|((date, _), _)| *date <= today);
        let due = due.map(|((date, number), id)| Due { date: *date, number: *number, id: id.clone() });
        Ok(due.take(limit as usize).collect())
    }

    fn of_patient(&self, patient: &NhsNumber, limit: u32) -> Result<Vec<PrescriptionId>, StoreError> {
        let state = self.state();
        let theirs = state.patients.get(patient).into_iter().flat_map(|theirs| theirs.values().rev());
        Ok(theirs.take(limit as usize).cloned().collect())
    }

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<JournalRow>, StoreError> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.state().journal.iter().skip(after).take(limit as usize).cloned().collect())
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let mut state = self.state();
        state.check(&commit)?;
        let Commit { message, sent, records, released, journal } = commit;
        if let Some((id, message)) = message {
            state.messages.insert(id, (message, records.len()));
            state.sent.insert(id, sent.iter().map(|(id, _)| *id).collect());
        }
        for (id, bytes) in sent {
            state.messages.insert(id, (StoredMessage::sent(bytes), 0));
        }
        records.into_iter().for_each(|write| state.put(write));
        released.into_iter().for_each(|message| state.release(message));
        let (number, before) = state.journal.last().map_or((1, Link::START), |last| (last.number + 1, last.link));
        let link = before.then(&journal);
        state.journal.push(JournalRow { number, entry: journal, link });
        Ok(())
    }
}
