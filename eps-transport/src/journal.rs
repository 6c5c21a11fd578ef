//! Reading the journal: page by page, against the store, against another journal, or by doing it all again.
//!
//! | To | see |
//! |---|---|
//! | read the entries, checking the chain | [`entries`] |
//! | check that the store holds what the journal says | [`verify`] |
//! | build the same store again from the messages | [`replay`] |
//! | find where two journals part | [`diff`] |

use eps_core::ids::{MessageId, PrescriptionId};

use crate::broker::{BrokerError, JournalEntry};
use crate::store::{JournalRow, Link, Store, StoreError};

mod diff;
mod replay;
mod verify;

pub use diff::{Difference, diff};
pub use replay::{Replayed, replay};
pub use verify::{Verified, verify};

/// Entries that are read at once.
const PAGE: u32 = 256;

/// Why a journal is not what it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The chain is broken: an entry was changed, taken out, put in or moved.
    #[error("the chain of the journal is broken at entry {number}")]
    Chain {
        /// The first entry that does not follow from the one before.
        number: u64,
    },
    /// An entry cannot be read. What stands in it is not told.
    #[error("entry {number} of the journal cannot be read")]
    Entry {
        /// Its number.
        number: u64,
    },
    /// A message or its reply is not the one that was journalled.
    #[error("message {message} of entry {number} is not what was answered then")]
    Message {
        /// The entry.
        number: u64,
        /// The message.
        message: MessageId,
    },
    /// A message is missing although one of the records that it changed still holds it.
    #[error("message {message} of entry {number} is missing")]
    MessageMissing {
        /// The entry.
        number: u64,
        /// The message.
        message: MessageId,
    },
    /// A record is not the one that was journalled last.
    #[error("the record of {id} is not what entry {number} left")]
    Record {
        /// The entry that changed it last.
        number: u64,
        /// The prescription.
        id: PrescriptionId,
    },
    /// A record is found by another queue or day than it should be.
    #[error("the record of {id} is filed in the wrong place")]
    Filed {
        /// The prescription.
        id: PrescriptionId,
    },
    /// The store to replay into holds something already.
    #[error("the store to replay into is not empty")]
    NotEmpty,
    /// Done again, an entry has another outcome.
    #[error("entry {number} of the journal has another outcome when it is done again")]
    Diverged {
        /// The entry.
        number: u64,
        /// What it says now; `None` where the message is refused now.
        now: Option<Box<JournalEntry>>,
    },
    /// Done again, a message is not answered at all.
    #[error("entry {number} of the journal cannot be done again")]
    NotAnswered {
        /// The entry.
        number: u64,
        /// Why.
        source: Box<BrokerError>,
    },
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl JournalError {
    /// Whether this tells of what the journal and its store hold; otherwise of reaching them.
    #[must_use]
    pub fn is_of_the_content(&self) -> bool {
        match self {
            Self::Chain { .. }
            | Self::Entry { .. }
            | Self::Message { .. }
            | Self::MessageMissing { .. }
            | Self::Record { .. }
            | Self::Filed { .. }
            | Self::NotEmpty
            | Self::Diverged { .. } => true,
            Self::NotAnswered { source, .. } => source.is_of_the_content(),
            Self::Store(error) => error.is_of_the_content(),
        }
    }
}

/// An entry of a journal whose chain was checked up to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// What it says.
    pub entry: JournalEntry,
    /// The chain up to and with it.
    pub link: Link,
    /// The bytes that the chain covers.
    pub bytes: Vec<u8>,
}

/// The entries of a journal from the first one on, each checked against the one before. Ends at the first error.
pub fn entries(store: &dyn Store) -> impl Iterator<Item = Result<Entry, JournalError>> {
    let mut rows = Rows { store, page: Vec::new().into_iter(), last: 0, link: Link::START, ended: false };
    std::iter::from_fn(move || rows.next_entry())
}

struct Rows<'s> {
    store: &'s dyn Store,
    page: std::vec::IntoIter<JournalRow>,
    last: u64,
    link: Link,
    ended: bool,
}

impl Rows<'_> {
    fn next_entry(&mut self) -> Option<Result<Entry, JournalError>> {
        if self.ended {
            return None;
        }
        let entry = self.row().map(|row| row.and_then(|row| self.check(row)));
        self.ended = !matches!(entry, Some(Ok(_)));
        entry
    }

    fn row(&mut self) -> Option<Result<JournalRow, JournalError>> {
        if self.page.len() == 0 {
            match self.store.journal(self.last, PAGE) {
                Ok(page) => self.page = page.into_iter(),
                Err(error) => return Some(Err(error.into())),
            }
        }
        self.page.next().map(Ok)
    }

    fn check(&mut self, row: JournalRow) -> Result<Entry, JournalError> {
        let JournalRow { number, entry: bytes, link } = row;
        if number != self.last + 1 || link != self.link.then(&bytes) {
            return Err(JournalError::Chain { number: self.last + 1 });
        }
        (self.last, self.link) = (number, link);
        let entry = JournalEntry::from_bytes(&bytes).map_err(|_| JournalError::Entry { number })?;
        Ok(Entry { number, entry, link, bytes })
    }
}
