//! Judging the signature of a prescription that arrives.

use std::sync::Arc;

use eps_core::model::Timestamp;
use eps_core::signature::{Crls, Occasion, Policy, Provider, Refused, TrustAnchors, Verified, Verifier};
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

/// Judges signatures by a policy.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a verification needs each of these, and callers must decide")]
pub struct PolicyCheck {
    /// The cryptographic back end.
    pub provider: Arc<dyn Provider>,
    /// The CA certificates.
    pub trust: TrustAnchors,
    /// The revocation lists.
    pub lists: Crls,
    /// What is accepted.
    pub policy: Policy,
}

impl PolicyCheck {
    /// Verifies a prescription received at `now`, with the whole report.
    ///
    /// # Errors
    /// [`Refused`] when any check fails.
    pub fn verify(&self, prescription: Element<'_, '_>, now: Timestamp) -> Result<Verified, Refused> {
        let Self { provider, trust, lists, policy } = self;
        let verifier = Verifier { provider: provider.as_ref(), trust, lists, policy };
        verifier.verify(prescription, Occasion::on_receipt(now))
    }
}

impl SignatureCheck for PolicyCheck {
    fn check(&self, prescription: Element<'_, '_>, now: Timestamp) -> Result<(), SignatureRefused> {
        self.verify(prescription, now).map(drop).map_err(|_| SignatureRefused)
    }
}
