//! Where the ids of replies come from.

use std::sync::{Arc, Mutex, PoisonError};

use eps_core::ids::{Guid, MessageId};

/// Makes ids that no other message has.
pub trait Ids: Send + Sync {
    /// A new id.
    fn next(&self) -> MessageId;
}

/// Random ids: UUID version 4.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct RandomIds;

impl Ids for RandomIds {
    fn next(&self) -> MessageId {
        MessageId(Guid::from_bytes(uuid::Uuid::new_v4().into_bytes()))
    }
}

/// A function makes the ids.
impl<F: Fn() -> MessageId + Send + Sync> Ids for F {
    fn next(&self) -> MessageId {
        self()
    }
}

/// Ids of another source that are remembered.
pub(super) struct Taken {
    from: Arc<dyn Ids>,
    taken: Mutex<Vec<MessageId>>,
}

impl Taken {
    pub(super) fn new(from: Arc<dyn Ids>) -> Self {
        Self { from, taken: Mutex::default() }
    }

    /// Those that were taken.
    pub(super) fn taken(&self) -> Vec<MessageId> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Begins anew.
    pub(super) fn forget(&self) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Ids for Taken {
    fn next(&self) -> MessageId {
        let id = self.from.next();
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(id);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_differ() {
        assert_ne!(RandomIds.next(), RandomIds.next());
    }
}
