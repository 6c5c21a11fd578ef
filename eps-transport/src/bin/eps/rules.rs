//! Which rules a verification follows: a policy by its name, and what is to differ from it.

use clap::{Args, ValueEnum};
use eps_core::model::Timestamp;
use eps_core::signature::Policy;
use eps_core::signature::certificate::PolicyId;
use eps_core::signature::key::{MAX_MODULUS_BITS, MIN_MODULUS_BITS};
use eps_core::signature::policy::{Revocation, Sha1};

use crate::options::instant;

/// The rules to verify by. A report names the policy, and says where something differs from it.
#[derive(Args)]
pub(crate) struct Rules {
    /// Which rules to verify by [default: production]
    #[arg(long, value_enum)]
    policy: Option<Named>,
    /// Take signatures over SHA-1 that were made before this time
    #[arg(long, value_name = "TIME", value_parser = instant)]
    sha1_until: Option<Timestamp>,
    /// The smallest RSA key
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(SMALLEST..=LARGEST))]
    min_key_bits: Option<u32>,
    /// A certificate policy that signers may have, in place of the NHS's for content commitment. Repeatable
    #[arg(long = "accept-policy", value_name = "OID")]
    accepted: Vec<PolicyId>,
    /// Of whose certificates it need not be known whether they are revoked
    #[arg(long, value_enum, value_name = "WHOSE")]
    fail_open: Option<FailOpen>,
    /// How far clocks may differ
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(..=86_400))]
    clock_skew: Option<u32>,
}

const SMALLEST: i64 = MIN_MODULUS_BITS as i64;
const LARGEST: i64 = MAX_MODULUS_BITS as i64;

/// A policy of the library.
#[derive(Clone, Copy, ValueEnum)]
enum Named {
    /// What a live service uses: revocation lists are needed
    Production,
    /// What the published test prescriptions need: SHA-1, 1024-bit keys, no revocation lists
    Test,
}

/// Whose revocation may stay unknown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOpen {
    /// The signer's
    Certificate,
    /// That of the CAs
    Ca,
    /// Both
    Both,
}

impl Rules {
    /// Whether anything is said.
    pub(crate) fn given(&self) -> bool {
        self.policy.is_some() || self.differ()
    }

    fn differ(&self) -> bool {
        let Self { policy: _, sha1_until, min_key_bits, accepted, fail_open, clock_skew } = self;
        sha1_until.is_some()
            || min_key_bits.is_some()
            || !accepted.is_empty()
            || fail_open.is_some()
            || clock_skew.is_some()
    }

    /// The policy.
    pub(crate) fn policy(&self) -> Policy {
        let (mut policy, changed) = match self.policy.unwrap_or(Named::Production) {
            Named::Production => (Policy::production(), "production, changed"),
            Named::Test => (Policy::test_profile(), "test profile, changed"),
        };
        if self.differ() {
            policy.name = changed;
        }
        policy.sha1 = self.sha1_until.map_or(policy.sha1, Sha1::SignedBefore);
        policy.rsa_min_bits = self.min_key_bits.unwrap_or(policy.rsa_min_bits);
        if !self.accepted.is_empty() {
            policy.required_policies.clone_from(&self.accepted);
        }
        if matches!(self.fail_open, Some(FailOpen::Certificate | FailOpen::Both)) {
            policy.revocation_of_certificate = Revocation::FailOpen;
        }
        if matches!(self.fail_open, Some(FailOpen::Ca | FailOpen::Both)) {
            policy.revocation_of_ca = Revocation::FailOpen;
        }
        policy.clock_skew = self.clock_skew.map_or(policy.clock_skew, |skew| time::Duration::seconds(skew.into()));
        policy
    }
}
