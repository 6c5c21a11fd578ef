//! Where the ids of replies come from.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_differ() {
        assert_ne!(RandomIds.next(), RandomIds.next());
    }
}
