//! The store: what the broker must never lose.
//!
//! ```text
//!            ┌─ record, if its version is still the one that was read
//!  Commit ──▶├─ documents, byte for byte          ──▶ one transaction ──▶ answer
//!            ├─ where the prescription waits
//!            ├─ the message id with its reply
//!            └─ one entry of the journal
//! ```
//!
//! A [`Commit`] happens whole or not at all, and once [`Store::commit`] has returned, a power cut does not undo it.
//! Records, replies and journal entries are bytes here: what they mean is the business of `eps_core::record` and of the
//! broker, so a store is small enough to be written for another engine. [`memory`] is for tests, [`sqlite`] is one file.

use std::error::Error;
use std::sync::Arc;

use eps_core::ids::{MessageId, OdsCode, PrescriptionId};
use eps_core::model::Timestamp;
use eps_core::record::DocumentKey;

#[cfg(test)]
mod contract;
pub mod memory;
mod packed;
pub mod sqlite;

/// The version of a stored record: grows with every change of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a name for a number, nothing more can be in it")]
pub struct Version(pub u32);

/// A record as it is stored.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "every store builds it")]
pub struct StoredRecord {
    /// Which change of the record this is.
    pub version: Version,
    /// The record, as `eps_core::record::Record::to_bytes` writes it.
    pub body: Vec<u8>,
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

/// A prescription's place in the queue of its nominated pharmacy: by prescription time, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_structs, reason = "the place is these two")]
pub struct Place {
    /// The prescription's effective time.
    pub since: Timestamp,
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
    /// The record to store, with its new version.
    pub record: StoredRecord,
    /// The pharmacy in whose queue the prescription waits from now on, and since when it counts; `None`: in no queue.
    pub waits: Option<(OdsCode, Timestamp)>,
}

/// All that one accepted message changes.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "every caller says all of it")]
pub struct Commit {
    /// The message that is answered by this commit.
    pub message: MessageId,
    /// Its digest and the reply it gets from now on.
    pub answer: Answered,
    /// The records it changes.
    pub records: Vec<RecordWrite>,
    /// The documents it brings.
    pub documents: Vec<(DocumentKey, Vec<u8>)>,
    /// What the journal says about it.
    pub journal: Vec<u8>,
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
    /// The file is a database of something else.
    #[error("the file is not a prescription store")]
    Foreign,
    /// What was read back is not what was written.
    #[error("a stored value is damaged")]
    Damaged,
    /// The engine failed.
    #[error("the storage engine failed while it {doing}")]
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

    /// A document, byte for byte.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn document(&self, key: DocumentKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// What was answered to this message id.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn answered(&self, message: MessageId) -> Result<Option<Answered>, StoreError>;

    /// The prescriptions that wait for `pharmacy`, in order, `limit` at most, those after `after` only.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError>;

    /// The journal's entries after number `after`, oldest first, `limit` at most. The first entry has number 1.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    fn journal(&self, after: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;

    /// Stores all of `commit` or nothing of it. Once this has returned `Ok`, it is durable.
    ///
    /// # Errors
    /// [`CommitError::RecordMoved`] and [`CommitError::AlreadyAnswered`] when another commit came first;
    /// [`CommitError::Store`] when the store fails.
    fn commit(&self, commit: Commit) -> Result<(), CommitError>;
}
