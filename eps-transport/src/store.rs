//! The store: what the broker must never lose.
//!
//! ```text
//!            ┌─ the message with its reply
//!  Commit ──▶├─ records, each if its version is still the one that was read      ──▶ one transaction ──▶ answer
//!            ├─ where each prescription waits, and when something is next due
//!            └─ one entry of the journal, chained to the one before
//! ```
//!
//! A [`Commit`] happens whole or not at all, and once [`Store::commit`] has returned, a power cut does not undo it.
//! Records, replies and journal entries are bytes here: what they mean is the business of `eps_core::record` and of the
//! broker, so a store is small enough to be written for another engine. [`memory`] is for tests, [`sqlite`] is one file.
//!
//! A message is kept for as long as a record that it changed: each record holds it, and when the last one lets it go, it
//! is deleted with its reply.

use std::error::Error;
use std::ops::Range;
use std::sync::Arc;

use eps_core::ids::{MessageId, NhsNumber, OdsCode, PrescriptionId};
use eps_core::model::{Date, Timestamp};
use eps_core::record::DocumentKey;
use sha2::{Digest as _, Sha256};

mod chain;
#[cfg(test)]
mod contract;
pub mod memory;
mod packed;
pub mod sqlite;

pub use chain::Link;

/// The version of a stored record: grows with every change of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a name for a number, nothing more can be in it")]
pub struct Version(pub u32);

/// A record as it is stored, with what it is found by.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every store builds it")]
pub struct StoredRecord {
    /// Which change of the record this is.
    pub version: Version,
    /// The record, as `eps_core::record::Record::to_bytes` writes it; `None` once the prescription was deleted and only
    /// its id is kept from being used again.
    pub body: Option<Vec<u8>>,
    /// The pharmacy in whose queue the prescription waits, and since when it counts; `None`: in no queue.
    pub waits: Option<(OdsCode, Timestamp)>,
    /// The day on which something happens to it by itself.
    pub due: Option<Date>,
    /// The patient, under whose number it is found; `None` once the prescription was deleted.
    pub patient: Option<NhsNumber>,
}

/// What was answered to a message, kept for the day it comes again.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every store builds it")]
pub struct Answered {
    /// SHA-256 of the bytes that were answered.
    pub digest: [u8; 32],
    /// The reply, byte for byte.
    pub reply: Vec<u8>,
}

/// An accepted message.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every store builds it")]
pub struct StoredMessage {
    /// The message, byte for byte.
    pub bytes: Vec<u8>,
    /// The part of it that is the document of the record: of an upload the signed prescription, otherwise all.
    pub document: Range<usize>,
    /// Its digest, and the reply it gets from now on.
    pub answer: Answered,
}

impl StoredMessage {
    /// A message that the broker sent: it is its own document, and nobody was answered.
    #[must_use]
    pub fn sent(bytes: Vec<u8>) -> Self {
        let answer = Answered { digest: Sha256::digest(&bytes).into(), reply: Vec::new() };
        Self { document: 0..bytes.len(), bytes, answer }
    }

    /// The document; `None` where the range is none of the bytes.
    #[must_use]
    pub fn document(&self) -> Option<&[u8]> {
        self.bytes.get(self.document.clone())
    }
}

/// A prescription's place in the queue of its nominated pharmacy: by prescription time, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the place is these two")]
pub struct Place {
    /// The prescription's effective time.
    pub since: Timestamp,
    /// Which prescription.
    pub id: PrescriptionId,
}

/// A prescription to which something is due: by day, then in the order in which the records came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every store builds it")]
pub struct Due {
    /// The day.
    pub date: Date,
    /// Counts the records of a store.
    pub number: u64,
    /// Which prescription.
    pub id: PrescriptionId,
}

/// One changed record of a commit.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "every caller says all of it")]
pub struct RecordWrite {
    /// Which prescription.
    pub id: PrescriptionId,
    /// The version it was decided on; `None` where there must be no record yet.
    pub expected: Option<Version>,
    /// The record from now on, with its new version; `None`: nothing of it is kept.
    pub record: Option<StoredRecord>,
}

/// All that one accepted message changes, or the passing of time.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "every caller says all of it")]
pub struct Commit {
    /// The message that is answered by this commit; `None` where time passed.
    pub message: Option<(MessageId, StoredMessage)>,
    /// What is sent to others because of the message: kept as the documents of these ids, for as long as the message.
    pub sent: Vec<(MessageId, Vec<u8>)>,
    /// The records it changes.
    pub records: Vec<RecordWrite>,
    /// Messages that a record lets go: one mention for each record. The last one deletes the message.
    pub released: Vec<MessageId>,
    /// What the journal says about it.
    pub journal: Vec<u8>,
}

/// An entry of the journal.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every store builds it")]
pub struct JournalRow {
    /// Its number, from 1 without gaps.
    pub number: u64,
    /// What it says.
    pub entry: Vec<u8>,
    /// The chain up to and with this entry.
    pub link: Link,
}

/// Why a store could not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file was written by a newer release.
    #[error("the store has schema version {found}; this release knows versions up to {known}")]
    Newer {
        /// The version of the file.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// The file was written by an older release, and is not brought up to date because it is only read.
    #[error("the store has schema version {found} and is brought up to date, to {known}, when it is opened to write")]
    Older {
        /// The version of the file.
        found: u32,
        /// The version of this release.
        known: u32,
    },
    /// The file is no database, or one of something else.
    #[error("the file is not a prescription store, or its beginning is damaged")]
    Foreign,
    /// What was read back is not what was written.
    #[error("the store is damaged: what was read is not what was written")]
    Damaged,
    /// The disk is full, or the file is as large as it may become. What was answered before is safe.
    #[error("there is no room for more: the disk is full, or the store has the size it may have")]
    Full,
    /// The file, its folder or the store is open for reading only.
    #[error("the store can only be read")]
    ReadOnly,
    /// The file was to be new.
    #[error("the file exists already")]
    Exists,
    /// The engine failed.
    #[error("the storage engine failed when it {doing}")]
    Engine {
        /// What it was doing, in the past tense.
        doing: &'static str,
        /// What the engine said.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The commit was taken over by another thread that did not live to finish it: nothing is known of its outcome.
    #[error("the commit was interrupted")]
    Interrupted,
}

impl StoreError {
    /// Whether this tells of what is in the file; otherwise of reaching it.
    #[must_use]
    pub fn is_of_the_content(&self) -> bool {
        match self {
            Self::Newer { .. } | Self::Older { .. } | Self::Foreign | Self::Damaged => true,
            Self::Full | Self::ReadOnly | Self::Exists | Self::Engine { .. } | Self::Interrupted => false,
        }
    }
}

/// Why a commit did not happen. Nothing of it is stored.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Another message changed the record since it was read: read again and decide anew.
    #[error("the record of {0} has changed since it was read")]
    RecordMoved(PrescriptionId),
    /// The same message id has been answered in the meantime: its answer stands.
    #[error("message {0} has already been answered")]
    AlreadyAnswered(MessageId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps records, documents, replies and the journal. Open: a host may bring its own.
pub trait Store: Send + Sync {
    /// The record of a prescription.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError>;

    /// An accepted message with its reply; `None` where it was never accepted, or where its last record let it go.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn message(&self, message: MessageId) -> Result<Option<StoredMessage>, StoreError>;

    /// What was answered to this message id.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn answered(&self, message: MessageId) -> Result<Option<Answered>, StoreError> {
        Ok(self.message(message)?.map(|message| message.answer))
    }

    /// A document, byte for byte.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn document(&self, key: DocumentKey) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut message) = self.message(key.message())? else { return Ok(None) };
        let Range { start, end } = message.document;
        if start > end || end > message.bytes.len() {
            return Err(StoreError::Damaged);
        }
        message.bytes.truncate(end);
        message.bytes.drain(..start);
        Ok(Some(message.bytes))
    }

    /// The prescriptions that wait for `pharmacy`, in order, `limit` at most, those after `after` only.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError>;

    /// The prescriptions to which something is due on `today` or before, in order, `limit` at most, those after `after`
    /// only.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn due(&self, today: Date, after: Option<&Due>, limit: u32) -> Result<Vec<Due>, StoreError>;

    /// The prescriptions of a patient, those that came last first, `limit` at most.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn of_patient(&self, patient: &NhsNumber, limit: u32) -> Result<Vec<PrescriptionId>, StoreError>;

    /// The journal's entries after number `after`, oldest first, `limit` at most. The first entry has number 1.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn journal(&self, after: u64, limit: u32) -> Result<Vec<JournalRow>, StoreError>;

    /// Stores all of `commit` or nothing of it. Once this has returned `Ok`, it is durable.
    ///
    /// # Errors
    /// [`CommitError::RecordMoved`] and [`CommitError::AlreadyAnswered`] when another commit came first;
    /// [`CommitError::Store`] when the store fails.
    fn commit(&self, commit: Commit) -> Result<(), CommitError>;

    /// How many bytes it takes up, for a monitor; 0 where that is not known.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn size(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl<S: Store + ?Sized> Store for &S {
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        (**self).record(id)
    }

    fn message(&self, message: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        (**self).message(message)
    }

    fn answered(&self, message: MessageId) -> Result<Option<Answered>, StoreError> {
        (**self).answered(message)
    }

    fn document(&self, key: DocumentKey) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).document(key)
    }

    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError> {
        (**self).waiting(pharmacy, after, limit)
    }

    fn due(&self, today: Date, after: Option<&Due>, limit: u32) -> Result<Vec<Due>, StoreError> {
        (**self).due(today, after, limit)
    }

    fn of_patient(&self, patient: &NhsNumber, limit: u32) -> Result<Vec<PrescriptionId>, StoreError> {
        (**self).of_patient(patient, limit)
    }

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<JournalRow>, StoreError> {
        (**self).journal(after, limit)
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        (**self).commit(commit)
    }

    fn size(&self) -> Result<u64, StoreError> {
        (**self).size()
    }
}
