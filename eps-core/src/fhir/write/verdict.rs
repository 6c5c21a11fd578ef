//! What is known of a released prescription's signature.

/// Whether a signature is valid: who writes a release asks whoever verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it may be dispensed or it may not")]
pub enum SignatureVerdict {
    /// It verifies.
    Valid,
    /// It does not, or it could not be verified.
    Invalid,
}
