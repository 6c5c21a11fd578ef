//! A store in memory: for tests and demonstrations. It is as durable as the process.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use eps_core::ids::{MessageId, OdsCode, PrescriptionId};
use eps_core::record::DocumentKey;

use super::{Answered, Commit, CommitError, Place, RecordWrite, Store, StoreError, StoredRecord};

/// A [`Store`] in memory.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    records: HashMap<PrescriptionId, (StoredRecord, Option<(OdsCode, Place)>)>,
    waiting: BTreeSet<(OdsCode, Place)>,
    documents: HashMap<DocumentKey, Vec<u8>>,
    answers: HashMap<MessageId, Answered>,
    journal: Vec<Vec<u8>>,
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

impl State {
    fn check(&self, commit: &Commit) -> Result<(), CommitError> {
        if self.answers.contains_key(&commit.message) {
            return Err(CommitError::AlreadyAnswered(commit.message));
        }
        let mut seen = HashSet::new();
        for write in &commit.records {
            let stored = self.records.get(&write.id).map(|(record, _)| record.version);
            if stored != write.expected || !seen.insert(&write.id) {
                return Err(CommitError::RecordMoved(write.id.clone()));
            }
        }
        Ok(())
    }

    fn put(&mut self, write: RecordWrite) {
        let place = write.waits.map(|(pharmacy, since)| (pharmacy, Place { since, id: write.id.clone() }));
        if let Some(place) = &place {
            self.waiting.insert(place.clone());
        }
        if let Some((_, Some(before))) = self.records.insert(write.id, (write.record, place.clone()))
            && place.as_ref() != Some(&before)
        {
            self.waiting.remove(&before);
        }
    }
}

impl Store for MemoryStore {
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        Ok(self.state().records.get(id).map(|(record, _)| record.clone()))
    }

    fn document(&self, key: DocumentKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state().documents.get(&key).cloned())
    }

    fn answered(&self, message: MessageId) -> Result<Option<Answered>, StoreError> {
        Ok(self.state().answers.get(&message).cloned())
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

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        let state = self.state();
        let numbered = (1_u64..).zip(&state.journal).map(|(number, entry)| (number, entry.clone()));
        Ok(numbered.skip_while(|(number, _)| *number <= after).take(limit as usize).collect())
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let mut state = self.state();
        state.check(&commit)?;
        let Commit { message, answer, records, documents, journal } = commit;
        records.into_iter().for_each(|write| state.put(write));
        for (key, bytes) in documents {
            state.documents.insert(key, bytes);
        }
        state.answers.insert(message, answer);
        state.journal.push(journal);
        Ok(())
    }
}
