//! How a store is opened.

use std::sync::Arc;

/// Where the writer is: what a fault test kills it at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WritePoint {
    /// Before a transaction begins.
    Begin,
    /// Before a message is written.
    Message,
    /// Before a record is written.
    Record,
    /// Before a message is let go.
    Release,
    /// Before an entry of the journal is written.
    Journal,
    /// Before a transaction is committed.
    Commit,
    /// After a transaction was committed, before anybody is told.
    Committed,
}

pub(super) type Hook<'a> = &'a (dyn Fn(WritePoint) + Send + Sync);

/// How a store is opened: [`Options::default`], then what is to be different.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// The size that the file may have, in bytes; `None`: as large as the disk allows. More is refused with
    /// [`super::StoreError::Full`].
    pub max_bytes: Option<u64>,
    /// Called at every step of writing, by the thread that writes.
    pub on_write: Option<Arc<dyn Fn(WritePoint) + Send + Sync>>,
}

impl Options {
    /// Limits the size of the file.
    #[must_use]
    pub fn max_bytes(self, max_bytes: u64) -> Self {
        Self { max_bytes: Some(max_bytes), ..self }
    }

    /// Calls this at every step of writing.
    #[must_use]
    pub fn on_write(self, hook: impl Fn(WritePoint) + Send + Sync + 'static) -> Self {
        Self { on_write: Some(Arc::new(hook)), ..self }
    }
}
