//! Judging the signature of a prescription that arrives.

use eps_core::model::Timestamp;
use eps_core::xml::Element;

/// The signature does not pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("the signature is refused")]
#[expect(clippy::exhaustive_structs, reason = "the sender is told no more than this")]
pub struct SignatureRefused;

/// Judges the signature of a prescription, over the very tree that was read from the bytes that arrived.
pub trait SignatureCheck: Send + Sync {
    /// Judges the `ParentPrescription` element of a prescription received at `now`.
    ///
    /// # Errors
    /// [`SignatureRefused`] where it is not signed as it must be.
    fn check(&self, prescription: Element<'_, '_>, now: Timestamp) -> Result<(), SignatureRefused>;
}
