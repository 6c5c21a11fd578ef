//! Why the broker has no ordinary reply.

use std::fmt;

use eps_core::model::TextError;
use eps_core::problem::Problems;
use eps_core::record::{DocumentKey, StoredRecordError};

use crate::store::StoreError;

/// A reply that goes with an error.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is its bytes")]
pub struct ReplyBytes(pub Vec<u8>);

impl fmt::Debug for ReplyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplyBytes({} bytes)", self.0.len())
    }
}

/// Why a message was not answered in the ordinary way. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The message could not be read.
    #[error("the message cannot be read")]
    Unreadable {
        /// All that is wrong with it.
        #[source]
        problems: Problems,
        /// The acknowledgement to send; `None` where the message does not even say what to answer to.
        reply: Option<ReplyBytes>,
    },
    /// The message is itself a reply: the broker asks nobody anything.
    #[error("the message is not a request")]
    NotARequest {
        /// The acknowledgement to send.
        reply: ReplyBytes,
    },
    /// Others changed the same record each time before this message could. It can be sent again.
    #[error("other messages kept changing the same prescription")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored record cannot be read.
    #[error(transparent)]
    Record(#[from] StoredRecordError),
    /// The journal could not be written or read.
    #[error("an entry of the journal is not what it should be")]
    Journal(#[from] serde_json::Error),
    /// A record names a document that is not there.
    #[error("document {} is missing", .0.message())]
    DocumentMissing(DocumentKey),
    /// A stored prescription is not text.
    #[error("document {} is not text", .0.message())]
    DocumentDamaged(DocumentKey),
    /// A reply would have held something that no message can.
    #[error("the reply cannot be written")]
    Reply(#[from] TextError),
}

impl BrokerError {
    /// Whether this tells of the message or of what the store holds; otherwise of reaching the store.
    #[must_use]
    pub fn is_of_the_content(&self) -> bool {
        match self {
            Self::Unreadable { .. }
            | Self::NotARequest { .. }
            | Self::Record(_)
            | Self::Journal(_)
            | Self::DocumentMissing(_)
            | Self::DocumentDamaged(_)
            | Self::Reply(_) => true,
            Self::Busy => false,
            Self::Store(error) => error.is_of_the_content(),
        }
    }
}
