//! What a verifier accepts: one value, given by the caller, named in every report.

use time::Duration;
use time::macros::datetime;

use super::certificate::PolicyId;
use crate::model::Timestamp;

/// Whether signatures with SHA-1 are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sha1 {
    /// Never.
    Refused,
    /// If signed before this instant, and not known to have been received later than the submission delay allows.
    /// Issues of a repeat dispensing prescription are released long after they were signed.
    SignedBefore(Timestamp),
    /// Always: test material only.
    Allowed,
}

/// What to do when it cannot be known whether a certificate is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Revocation {
    /// Refuse; the request can be repeated when a fresh list is at hand.
    FailClosed,
    /// Accept, and say in the report that it was not checked.
    FailOpen,
}

/// What to do where the signer's certificate is not that of the author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one either asks, or insists, or does not")]
pub enum SignerBinding {
    /// Do not look.
    Off,
    /// Say in the report what was found, and accept: certificates of delegated and remote signing may follow no pattern.
    Log,
    /// Refuse, wherever the user id of the author is known.
    Enforce,
}

/// Which elements count as HL7 v3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// Those in `urn:hl7-org:v3`.
    Hl7,
    /// Those, and elements in no namespace: some published test prescriptions have lost theirs.
    Hl7OrNone,
}

/// The settings of a verification.
///
/// Begin with [`Policy::production`] and change what must differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// Its name, quoted in every report.
    pub name: &'static str,
    /// Signatures over SHA-1.
    pub sha1: Sha1,
    /// Certificates and revocation lists signed over SHA-1.
    pub sha1_certificates: bool,
    /// The smallest RSA modulus, in bits.
    pub rsa_min_bits: u32,
    /// The smallest RSA public exponent.
    pub rsa_min_exponent: u32,
    /// Whether key usage must include content commitment.
    pub require_content_commitment: bool,
    /// The certificate must state one of these; an empty list asks for none.
    pub required_policies: Vec<PolicyId>,
    /// Whether the private key usage period is enforced.
    pub private_key_usage_period: bool,
    /// When nothing is known of the signing certificate.
    pub revocation_of_certificate: Revocation,
    /// When nothing is known of a CA certificate.
    pub revocation_of_ca: Revocation,
    /// How long past its `nextUpdate` a revocation list is still believed.
    pub list_grace: Duration,
    /// The age at which not even [`Revocation::FailOpen`] goes on without a newer list. `None`: never.
    pub fail_open_list_age: Option<Duration>,
    /// Whether the signer must be the author.
    pub signer_binding: SignerBinding,
    /// How far clocks may differ.
    pub clock_skew: Duration,
    /// How long after signing a prescription may arrive, where its certificate was revoked in between. `None`: for ever.
    pub max_submission_delay: Option<Duration>,
    /// The largest number of line items.
    pub max_line_items: usize,
    /// Not to be chosen by callers: production code has no way to accept elements without a namespace.
    pub(crate) namespace: Namespace,
}

impl Policy {
    /// What a live service uses.
    #[must_use]
    pub fn production() -> Self {
        Self {
            name: "production",
            sha1: Sha1::SignedBefore(Timestamp::new(datetime!(2025-07-04 00:00))),
            sha1_certificates: false,
            rsa_min_bits: 2048,
            rsa_min_exponent: 65537,
            require_content_commitment: true,
            required_policies: vec![PolicyId::nhs_content_commitment()],
            private_key_usage_period: true,
            revocation_of_certificate: Revocation::FailClosed,
            revocation_of_ca: Revocation::FailClosed,
            list_grace: Duration::ZERO,
            fail_open_list_age: Some(Duration::days(7)),
            signer_binding: SignerBinding::Log,
            clock_skew: Duration::minutes(5),
            max_submission_delay: Some(Duration::hours(24)),
            max_line_items: 4,
            namespace: Namespace::Hl7,
        }
    }

    /// What the published test prescriptions need: 1024-bit keys, SHA-1, certificates of mock CAs without policies or
    /// content commitment, no revocation lists at hand, elements without a namespace. Never for a live service.
    #[must_use]
    pub fn test_profile() -> Self {
        Self {
            name: "test profile",
            sha1: Sha1::Allowed,
            rsa_min_bits: 1024,
            rsa_min_exponent: 3,
            require_content_commitment: false,
            required_policies: Vec::new(),
            revocation_of_certificate: Revocation::FailOpen,
            revocation_of_ca: Revocation::FailOpen,
            fail_open_list_age: None,
            max_submission_delay: None,
            namespace: Namespace::Hl7OrNone,
            ..Self::production()
        }
    }
}
