//! Draws that a seed decides.

use chacha20::ChaCha20Rng;
use eps_core::ids::Guid;
use rsa::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::GenerateError;

/// A stream of draws.
pub(super) struct Draws(ChaCha20Rng);

impl Draws {
    /// The stream of a seed, a label and a number. The label keeps streams apart, so that one draw more in one leaves the
    /// others as they are.
    pub(super) fn new(seed: u64, label: &str, number: u64) -> Self {
        let digest = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(number.to_be_bytes());
        Self(ChaCha20Rng::from_seed(digest.chain_update(label).finalize().into()))
    }

    /// A number below `end`; 0 where there is none. The bias of the last few of 2^64 is of no account here.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let drawn = self.0.next_u64().checked_rem(u64::from(end)).unwrap_or_default();
        u32::try_from(drawn).unwrap_or_default()
    }

    /// One of a table.
    pub(super) fn pick<'t, T>(&mut self, table: &'t [T]) -> Result<&'t T, GenerateError> {
        let at = self.below(u32::try_from(table.len()).unwrap_or(u32::MAX));
        table.get(at as usize).ok_or_else(GenerateError::of::<T>)
    }

    /// A UUID of version 4 (RFC 9562), as a random one looks.
    pub(super) fn guid(&mut self) -> Guid {
        let mut bytes = [0; 16];
        self.0.fill_bytes(&mut bytes);
        Guid::from_bytes(*uuid::Builder::from_random_bytes(bytes).into_uuid().as_bytes())
    }
}
