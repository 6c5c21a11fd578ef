//! Ids that follow from another id, so that what is written twice is written the same.

use eps_core::ids::{Guid, MessageId};
use sha2::{Digest as _, Sha256};

/// Ids of version 8 (RFC 9562) that follow from one id.
pub(crate) fn ids_from(seed: MessageId) -> impl FnMut() -> Guid {
    ids_of(&seed.0.to_bytes())
}

/// The same of any bytes.
pub(crate) fn ids_of(seed: &[u8]) -> impl FnMut() -> Guid + use<> {
    let (mut last, seed) = (0_u64, seed.to_vec());
    move || {
        last += 1;
        let digest = Sha256::new().chain_update(&seed).chain_update(last.to_be_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
        *version = (*version & 0x0F) | 0x80;
        *variant = (*variant & 0x3F) | 0x80;
        Guid::from_bytes(bytes)
    }
}
