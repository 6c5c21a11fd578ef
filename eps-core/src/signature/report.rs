//! The outcome of a verification, check by check.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::algorithm::{Algorithm, Digest};
use super::certificate::{Certificate, hex};
use super::code::{Code, Reason};
use super::path::PathError;
use super::policy::Policy;
use super::revocation::{ListFacts, RevocationReason, Unknown};
use super::trust::Presented;
use crate::model::Timestamp;
use crate::problem::{Place, Problem, Rule};

mod steps;

pub use steps::{Step, StepKind, StepOutcome};

/// The checks, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "every report has all of them")]
pub enum Check {
    /// The prescription and its `Signature` element have the one structure that can be verified.
    Structure,
    /// The algorithms are allowed, and `SignedInfo` is the template.
    Algorithms,
    /// There is one certificate, and it can be read.
    Certificate,
    /// The digest is that of the prescription.
    Content,
    /// The key made the signature value over `SignedInfo`.
    SignatureValue,
    /// The signing time can be read and has passed.
    SigningTime,
    /// The certificate was in force, and its key in use, at the signing time.
    Validity,
    /// The certificate leads to a trust anchor, and is one for signing prescriptions.
    Path,
    /// The certificate is not revoked.
    RevocationOfCertificate,
    /// The CA certificates below the anchor are not revoked.
    RevocationOfCa,
    /// The key is an RSA key of a permitted size.
    Key,
    /// The certificate is that of the author.
    Signer,
}

impl Check {
    /// Every check, in order.
    pub const ALL: [Self; 12] = [
        Self::Structure,
        Self::Algorithms,
        Self::Certificate,
        Self::Content,
        Self::SignatureValue,
        Self::SigningTime,
        Self::Validity,
        Self::Path,
        Self::RevocationOfCertificate,
        Self::RevocationOfCa,
        Self::Key,
        Self::Signer,
    ];

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Algorithms => "algorithms",
            Self::Certificate => "single certificate",
            Self::Content => "digest",
            Self::SignatureValue => "signature value",
            Self::SigningTime => "signing time",
            Self::Validity => "signing time in certificate validity",
            Self::Path => "certificate path",
            Self::RevocationOfCertificate => "revocation of the certificate",
            Self::RevocationOfCa => "revocation of the CA",
            Self::Key => "key type and size",
            Self::Signer => "signer is the author",
        }
    }
}

/// Why a check was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unchecked {
    /// It needs what an earlier check, which failed, would have established.
    After(Check),
    /// It cannot be known, and the policy accepts that.
    Unknown(Unknown),
    /// The policy does not ask for it.
    NotAsked,
    /// Whether the signer is the author is in doubt, and the policy does not insist.
    Signer(SignerDoubt),
}

/// Why it is in doubt that the author signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerDoubt {
    /// The message does not name the user who is its author, and the caller does not know either.
    NoAuthor,
    /// The common name of the certificate does not begin with a user id, as those of delegated signers do not.
    NoUserInCertificate,
    /// The certificate is another user's.
    Differs,
}

impl fmt::Display for SignerDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAuthor => "the user id of the author is not known",
            Self::NoUserInCertificate => "the certificate does not say whose it is",
            Self::Differs => "the certificate is that of another user than the author",
        })
    }
}

impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(check) => write!(f, "needs the check of {} to pass", check.title()),
            Self::Unknown(why) => why.fmt(f),
            Self::NotAsked => f.write_str("the policy does not ask for it"),
            Self::Signer(doubt) => doubt.fmt(f),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Its code.
    pub code: Code,
    /// The rule that is broken, and where.
    pub problem: Problem,
}

impl Failure {
    pub(crate) fn new(code: Code, place: Place) -> Self {
        Self { code, problem: Problem::new(code.rule(), place) }
    }

    /// With a rule that says more than the code's own.
    pub(crate) fn ruled(code: Code, rule: &'static Rule, place: Place) -> Self {
        Self { code, problem: Problem::new(rule, place) }
    }

    /// Says what is wrong in words that hold nothing of the prescription.
    pub(crate) fn because(mut self, why: impl fmt::Display) -> Self {
        self.problem = self.problem.message(why.to_string());
        self
    }

    /// The only failure of a check.
    pub(crate) fn alone(self) -> Failures {
        vec![self]
    }
}

/// Why a check failed: at least one failure.
pub(crate) type Failures = Vec<Failure>;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a check ends in one of these ways")]
pub enum Outcome {
    /// What the check asks for holds.
    Passed,
    /// It does not: at least one failure.
    Failed(Vec<Failure>),
    /// It was not made.
    NotChecked(Unchecked),
}

/// One check with its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
}

/// What the report says about the times it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) now: Timestamp,
    pub(crate) received: Option<Timestamp>,
}

/// The report of one verification: every check with its outcome, and the facts that the outcome rests on.
///
/// It holds nothing of the prescription but its signing time and digests. `Display` is for people, `Serialize` for programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub(super) policy: &'static str,
    asks: steps::Asks,
    pub(super) times: Times,
    pub(super) entries: Vec<Entry>,
    pub(super) algorithm: Option<Algorithm>,
    pub(super) signed_digest: Option<Digest>,
    pub(super) computed_digest: Option<Digest>,
    pub(super) signed_at: Option<Timestamp>,
    pub(super) presented: Option<Arc<Presented>>,
    pub(super) path: Vec<Arc<Certificate>>,
    pub(super) lists: Vec<ListFacts>,
    /// Why no path was found.
    pub(super) path_error: Option<PathError>,
    /// Certificates that were revoked after the signing time, for a reason that does not reach back.
    pub(super) revoked_later: Vec<RevokedLater>,
    /// Revoked later; that it was signed before is the signer's claim, with no receipt time to support it.
    pub(super) unproven_time: bool,
}

/// A certificate that was revoked after it signed, for a reason that leaves earlier signatures as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevokedLater {
    /// Of which certificate the list speaks.
    pub check: Check,
    /// Why it was revoked.
    pub reason: RevocationReason,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Display for RevokedLater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: revoked since {} ({}), after the signing time", self.check.title(), self.since, self.reason)
    }
}

impl Report {
    pub(super) fn new(policy: &Policy, times: Times) -> Self {
        Self {
            policy: policy.name,
            asks: steps::Asks::of(policy),
            times,
            entries: Vec::with_capacity(Check::ALL.len()),
            algorithm: None,
            signed_digest: None,
            computed_digest: None,
            signed_at: None,
            presented: None,
            path: Vec::new(),
            lists: Vec::new(),
            path_error: None,
            revoked_later: Vec::new(),
            unproven_time: false,
        }
    }

    pub(super) fn record(&mut self, check: Check, outcome: Outcome) {
        self.entries.push(Entry { check, outcome });
    }

    /// Notes that the checks not recorded so far need `failed` to pass.
    pub(super) fn stop_after(&mut self, failed: Check) {
        for check in Check::ALL {
            if self.entry(check).is_none() {
                self.record(check, Outcome::NotChecked(Unchecked::After(failed)));
            }
        }
    }

    /// Puts the entries, which are made in the order in which they need each other, into the order of the report.
    pub(super) fn sort(&mut self) {
        self.entries.sort_unstable_by_key(|entry| entry.check);
    }

    /// Every check has passed, or was left out because the policy accepts that it cannot be known.
    pub(super) fn is_verified(&self) -> bool {
        self.entries.iter().map(|entry| entry.check).eq(Check::ALL)
            && self.entries.iter().all(|entry| match &entry.outcome {
                Outcome::Passed
                | Outcome::NotChecked(Unchecked::Unknown(_) | Unchecked::NotAsked | Unchecked::Signer(_)) => true,
                Outcome::Failed(_) | Outcome::NotChecked(Unchecked::After(_)) => false,
            })
    }

    /// The checks, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of one check.
    #[must_use]
    pub fn entry(&self, check: Check) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.check == check)
    }

    /// Everything that is wrong, in the order of the checks.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.entries.iter().flat_map(|entry| match &entry.outcome {
            Outcome::Failed(failures) => failures.as_slice(),
            Outcome::Passed | Outcome::NotChecked(_) => &[],
        })
    }

    /// The codes of what is wrong, each once, in the order of the checks.
    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        let mut codes: Vec<Code> = self.failures().map(|failure| failure.code).collect();
        codes.dedup();
        codes
    }

    /// The reasons that callers of the NHS service's API see, in that service's order, each once.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = self.failures().map(|failure| failure.code.reason()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    }

    /// The name of the policy.
    #[must_use]
    pub const fn policy(&self) -> &'static str {
        self.policy
    }

    /// The signing time that the prescription claims, where it can be read.
    #[must_use]
    pub const fn signed_at(&self) -> Option<Timestamp> {
        self.signed_at
    }

    /// When it was verified.
    #[must_use]
    pub const fn verified_at(&self) -> Timestamp {
        self.times.now
    }

    /// The algorithm of the signature, where it is allowed.
    #[must_use]
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// The digest that was signed.
    #[must_use]
    pub const fn signed_digest(&self) -> Option<Digest> {
        self.signed_digest
    }

    /// The digest of the prescription that arrived.
    #[must_use]
    pub const fn computed_digest(&self) -> Option<Digest> {
        self.computed_digest
    }

    /// The signing certificate, trusted or not.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.presented.as_ref().map(|presented| &presented.certificate)
    }

    /// The SHA-256 of the signing certificate.
    #[must_use]
    pub fn fingerprint(&self) -> Option<[u8; 32]> {
        self.presented.as_ref().map(|presented| presented.fingerprint)
    }

    /// The CA certificates from the issuer of the signing certificate to the anchor.
    pub fn path(&self) -> impl Iterator<Item = &Certificate> {
        self.path.iter().map(AsRef::as_ref)
    }

    /// The revocation lists at hand for the path.
    #[must_use]
    pub fn lists(&self) -> &[ListFacts] {
        &self.lists
    }

    /// The certificates of the path that were revoked after the signing time, for reasons that do not reach back.
    #[must_use]
    pub fn revoked_later(&self) -> &[RevokedLater] {
        &self.revoked_later
    }

    /// Whether a certificate was revoked after the signing time that the signer claims, and no receipt time supports the
    /// claim.
    #[must_use]
    pub const fn rests_on_claimed_time(&self) -> bool {
        self.unproven_time
    }
}

/// One line for each check. Nothing of the patient or the prescription is shown.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for entry in &self.entries {
            let title = entry.check.title();
            match &entry.outcome {
                Outcome::Passed => writeln!(f, "passed       {title}")?,
                Outcome::NotChecked(why) => writeln!(f, "not checked  {title}: {why}")?,
                Outcome::Failed(failures) => {
                    for failure in failures {
                        let message = failure.problem.message.as_str();
                        writeln!(f, "FAILED       {title}: {} ({message})", failure.code)?;
                        writeln!(f, "             {} at {}", failure.problem.rule.id, failure.problem.place)?;
                    }
                }
            }
            if entry.check == Check::Path {
                for step in self.steps() {
                    writeln!(f, "             {step}")?;
                }
            }
        }
        if let (Some(signed), Some(computed)) = (&self.signed_digest, &self.computed_digest)
            && signed != computed
        {
            writeln!(f, "digest       signed {}, computed {}", signed.to_base64(), computed.to_base64())?;
        }
        for later in &self.revoked_later {
            writeln!(f, "note         {later}")?;
        }
        if self.unproven_time {
            writeln!(f, "note         a certificate was revoked later; no receipt time supports the signing time")?;
        }
        write!(f, "policy       {}", self.policy)
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Report", 17)?;
        out.serialize_field("verified", &self.is_verified())?;
        out.serialize_field("codes", &self.codes())?;
        out.serialize_field("reasons", &self.reasons())?;
        out.serialize_field("checks", &self.entries)?;
        out.serialize_field("policy", self.policy)?;
        out.serialize_field("verifiedAt", &self.times.now.to_string())?;
        out.serialize_field("receivedAt", &self.times.received.map(|time| time.to_string()))?;
        out.serialize_field("signedAt", &self.signed_at.map(|time| time.to_string()))?;
        out.serialize_field("restsOnClaimedTime", &self.unproven_time)?;
        out.serialize_field("algorithm", &self.algorithm.map(Algorithm::name))?;
        out.serialize_field("signedDigest", &self.signed_digest.map(|digest| digest.to_base64()))?;
        out.serialize_field("computedDigest", &self.computed_digest.map(|digest| digest.to_base64()))?;
        let facts = self.presented.as_ref().map(|it| Facts(&it.certificate, Some(hex(&it.fingerprint))));
        out.serialize_field("certificate", &facts)?;
        let path: Vec<_> = self.path().map(|certificate| Facts(certificate, None)).collect();
        out.serialize_field("path", &path)?;
        out.serialize_field("pathSteps", &self.steps())?;
        out.serialize_field("revokedLater", &self.revoked_later)?;
        out.serialize_field("revocationLists", &self.lists)?;
        out.end()
    }
}

/// A certificate as a program sees it; the subject of a signing certificate names a person and is left out.
struct Facts<'c>(&'c Certificate, Option<String>);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(certificate, fingerprint) = self;
        let mut out = serializer.serialize_struct("Certificate", 5)?;
        out.serialize_field("serial", &hex(certificate.serial()))?;
        out.serialize_field("issuer", &certificate.issuer_common_name())?;
        out.serialize_field("notBefore", &certificate.not_before().to_string())?;
        out.serialize_field("notAfter", &certificate.not_after().to_string())?;
        out.serialize_field("sha256", fingerprint)?;
        out.end()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Entry", 3)?;
        out.serialize_field("check", &self.check)?;
        match &self.outcome {
            Outcome::Passed => out.serialize_field("outcome", "passed")?,
            Outcome::NotChecked(why) => {
                out.serialize_field("outcome", "not-checked")?;
                out.serialize_field("why", &why.to_string())?;
            }
            Outcome::Failed(failures) => {
                out.serialize_field("outcome", "failed")?;
                out.serialize_field("failures", failures)?;
            }
        }
        out.end()
    }
}

impl Serialize for RevokedLater {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("RevokedLater", 3)?;
        out.serialize_field("check", &self.check)?;
        out.serialize_field("reason", &self.reason.to_string())?;
        out.serialize_field("since", &self.since.to_string())?;
        out.end()
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Failure", 5)?;
        out.serialize_field("code", &self.code)?;
        out.serialize_field("rule", self.problem.rule.id)?;
        out.serialize_field("reason", &self.code.reason())?;
        out.serialize_field("place", &self.problem.place.to_string())?;
        out.serialize_field("message", self.problem.message.as_str())?;
        out.end()
    }
}
