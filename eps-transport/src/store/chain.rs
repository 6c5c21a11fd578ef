//! The chain of the journal: each entry's hash covers the hash of the entry before, so that none can be changed, taken out
//! or put in unseen.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The chain up to an entry: SHA-256 over the link before and the bytes of the entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "it is its bytes")]
pub struct Link(pub [u8; 32]);

impl Link {
    /// The chain before its first entry.
    pub const START: Self = Self([0; 32]);

    /// The chain with one more entry.
    #[must_use]
    pub fn then(self, entry: &[u8]) -> Self {
        // The link before has a fixed length, so no other pair of link and entry gives the same input.
        Self(Sha256::new().chain_update(self.0).chain_update(entry).finalize().into())
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_is_sha_256_over_link_and_entry() {
        // head -c 32 /dev/zero | sha256sum
        let first = Link::START.then(b"entry");
        assert_ne!(first, Link::START.then(b"entrz"));
        assert_ne!(first.then(b"a").then(b"b"), first.then(b"b").then(b"a"));
        assert_eq!(
            Link::START.then(b"").to_string(),
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
        );
    }
}
