//! The check of the certificate path, step by step: what was asked of each certificate on it.

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::{Check, Outcome, Report};
use crate::signature::certificate::Certificate;
use crate::signature::code::Code;
use crate::signature::path::PathError;
use crate::signature::policy::Policy;

/// What is asked of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "RFC 5280 section 6.1 and the NHS certificate profile ask for these")]
pub enum StepKind {
    /// It is configured as a trust anchor.
    Anchor,
    /// Its own signature was made by the key of its issuer.
    IssuerSignature,
    /// It was in force at the signing time; for the signer's own this is a check of its own.
    InForce,
    /// The signer's is not that of a CA; all above are.
    BasicConstraints,
    /// The signer's is for content commitment, those above for signing certificates.
    KeyUsage,
    /// It allows as many CAs below as there are.
    PathLength,
    /// Its key is of a permitted size; for the signer's own this is a check of its own.
    Key,
    /// It states a required policy.
    Policies,
    /// It has no critical extension that is not processed.
    CriticalExtensions,
    /// Its issuer leads to a trust anchor.
    WayToAnchor,
}

impl StepKind {
    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Anchor => "trust anchor",
            Self::IssuerSignature => "signed by its issuer",
            Self::InForce => "in force at the signing time",
            Self::BasicConstraints => "basic constraints",
            Self::KeyUsage => "key usage",
            Self::PathLength => "path length",
            Self::Key => "key size",
            Self::Policies => "policies",
            Self::CriticalExtensions => "critical extensions",
            Self::WayToAnchor => "way to a trust anchor",
        }
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a step ends in one of these ways")]
pub enum StepOutcome {
    /// What it asks for holds.
    Passed,
    /// It does not; where the search for a path ended, why.
    Failed(Option<PathError>),
    /// The policy does not ask for it.
    NotAsked,
}

/// One step of the check of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Which certificate: 0 is the signer's, 1 that of its issuer, and so on up to the anchor.
    pub certificate: usize,
    /// What is asked of it.
    pub kind: StepKind,
    /// How it ended.
    pub outcome: StepOutcome,
}

/// What the policy asked for, as far as the steps depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asks {
    content_commitment: bool,
    policies: bool,
}

impl Asks {
    pub(super) fn of(policy: &Policy) -> Self {
        Self { content_commitment: policy.require_content_commitment, policies: !policy.required_policies.is_empty() }
    }
}

impl Report {
    /// The steps of the check of the path: first those of the signer's certificate, then those of each CA above it. Empty
    /// where the certificate could not be read.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        let Some(entry) = self.entry(Check::Path) else { return Vec::new() };
        let failed: Vec<Code> = match &entry.outcome {
            Outcome::Passed => Vec::new(),
            Outcome::Failed(failures) => failures.iter().map(|failure| failure.code).collect(),
            Outcome::NotChecked(_) => return Vec::new(),
        };
        let Some(certificate) = self.certificate() else { return Vec::new() };
        let mut steps = self.of_signer(certificate, &failed);
        match self.path_error {
            Some(error) if is_of_signer(error) => {}
            Some(error) => {
                steps.push(Step {
                    certificate: 1,
                    kind: StepKind::WayToAnchor,
                    outcome: StepOutcome::Failed(Some(error)),
                });
            }
            None => (1..=self.path.len()).for_each(|at| steps.extend(self.of_ca(at))),
        }
        steps
    }

    fn of_signer(&self, certificate: &Certificate, failed: &[Code]) -> Vec<Step> {
        let judged = |code, asked| match (failed.contains(&code), asked) {
            (true, _) => StepOutcome::Failed(None),
            (false, true) => StepOutcome::Passed,
            (false, false) => StepOutcome::NotAsked,
        };
        let signature = self.path_error.filter(|error| is_of_signer(*error));
        let signature = signature.map_or(StepOutcome::Passed, |error| StepOutcome::Failed(Some(error)));
        let unknown = certificate.extensions.unknown_critical;
        [
            (StepKind::IssuerSignature, signature),
            (StepKind::BasicConstraints, judged(Code::IsCa, true)),
            (StepKind::KeyUsage, judged(Code::KeyUsage, self.asks.content_commitment)),
            (StepKind::Policies, judged(Code::Policy, self.asks.policies)),
            (StepKind::CriticalExtensions, if unknown { StepOutcome::Failed(None) } else { StepOutcome::Passed }),
        ]
        .into_iter()
        .map(|(kind, outcome)| Step { certificate: 0, kind, outcome })
        .collect()
    }

    /// Of the CAs only those of a path that holds are known, so that each of its steps has passed.
    fn of_ca(&self, certificate: usize) -> impl Iterator<Item = Step> {
        let origin = if certificate == self.path.len() { StepKind::Anchor } else { StepKind::IssuerSignature };
        let asked = [
            origin,
            StepKind::InForce,
            StepKind::BasicConstraints,
            StepKind::KeyUsage,
            StepKind::PathLength,
            StepKind::Key,
            StepKind::CriticalExtensions,
        ];
        asked.into_iter().map(move |kind| Step { certificate, kind, outcome: StepOutcome::Passed })
    }
}

/// Whether the search ended at the signer's own certificate.
fn is_of_signer(error: PathError) -> bool {
    match error {
        PathError::UnknownIssuer | PathError::Signature => true,
        PathError::Sha1 | PathError::CaNotInForce | PathError::CaKey | PathError::NoAnchor | PathError::PathLength => {
            false
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            StepOutcome::Passed => "passed",
            StepOutcome::Failed(_) => "FAILED",
            StepOutcome::NotAsked => "not asked",
        };
        match self.certificate {
            0 => write!(f, "{outcome:<9}  signer: {}", self.kind.title())?,
            number => write!(f, "{outcome:<9}  CA {number}: {}", self.kind.title())?,
        }
        match self.outcome {
            StepOutcome::Failed(Some(error)) => write!(f, " ({error})"),
            StepOutcome::Passed | StepOutcome::Failed(None) | StepOutcome::NotAsked => Ok(()),
        }
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Step", 4)?;
        out.serialize_field("certificate", &self.certificate)?;
        out.serialize_field("step", &self.kind)?;
        let (outcome, why) = match self.outcome {
            StepOutcome::Passed => ("passed", None),
            StepOutcome::Failed(why) => ("failed", why.map(|error| error.to_string())),
            StepOutcome::NotAsked => ("not-asked", None),
        };
        out.serialize_field("outcome", outcome)?;
        out.serialize_field("why", &why)?;
        out.end()
    }
}
