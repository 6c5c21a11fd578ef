//! Verification of a prescription's signature, over the document that arrived.
//!
//! The order of the checks and what each asks for stand in [`Check`]. The verifier is pure: trust anchors, revocation
//! lists, policy and times are arguments.

use std::sync::Arc;

use super::algorithm::{Algorithm, Digest, SignedInfo};
use super::certificate::{Certificate, CertificateError};
use super::code::Code;
use super::fragments::{self, Parts};
use super::key::KeyError;
use super::outline::{self, Outline};
use super::path::{self, Path};
use super::policy::{Policy, Revocation, Sha1, SignerBinding};
use super::provider::Provider;
use super::report::{Check, Failure, Failures, Outcome, Report, RevokedLater, SignerDoubt, Times, Unchecked};
use super::revocation::{Crls, Instants, Standing, Unknown};
use super::trust::{Presented, TrustAnchors};
use crate::codes::oid;
use crate::ids::SdsUserId;
use crate::model::Timestamp;
use crate::problem::Place;
use crate::rules::signature::form::{BASE64_LIMIT, EXPONENT, TRAILING};
use crate::xml::Element;

/// What a verifier is configured with.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a verification needs each of these, and callers must decide")]
pub struct Verifier<'v> {
    /// The cryptographic back end.
    pub provider: &'v dyn Provider,
    /// The CA certificates.
    pub trust: &'v TrustAnchors,
    /// The revocation lists.
    pub lists: &'v Crls,
    /// What is accepted.
    pub policy: &'v Policy,
}

/// When a verification takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Occasion {
    now: Timestamp,
    received: Option<Timestamp>,
}

impl Occasion {
    /// The prescription has just been received.
    #[must_use]
    pub const fn on_receipt(now: Timestamp) -> Self {
        Self { now, received: Some(now) }
    }

    /// The prescription was received earlier, at a time that is on record.
    #[must_use]
    pub const fn received_at(now: Timestamp, received: Timestamp) -> Self {
        Self { now, received: Some(received) }
    }

    /// When the prescription was received is not known.
    #[must_use]
    pub const fn receipt_unknown(now: Timestamp) -> Self {
        Self { now, received: None }
    }
}

/// The proof that a prescription is signed as the policy asks. Only [`Verifier::verify`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    report: Box<Report>,
    signed_at: Timestamp,
    digest: Digest,
}

impl Verified {
    /// The report; every check has passed, or was left out as the policy allows.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }

    /// When it was signed.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// The digest of the signed parts.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }
}

/// The signature is refused. The report says why, and what could not be checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    report: Box<Report>,
}

impl Refused {
    /// The report; at least one check has failed.
    #[must_use]
    pub const fn report(&self) -> &Report {
        &self.report
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the signature is refused:")?;
        self.report.codes().iter().try_for_each(|code| write!(f, " {code}"))
    }
}

impl std::error::Error for Refused {}

impl Verifier<'_> {
    /// Verifies the signature of a `ParentPrescription`, or of the message that has one as its payload.
    ///
    /// The element must come from the bytes that arrived; display and dispensing must use the same tree.
    ///
    /// # Errors
    /// [`Refused`] when any check fails. All that can be checked is checked, so that the report is complete.
    pub fn verify(&self, document: Element<'_, '_>, occasion: Occasion) -> Result<Verified, Refused> {
        self.run(document, occasion, None)
    }

    /// The same where the caller knows the user to whom the directory assigns the author's role profile.
    ///
    /// Otherwise the user whom the message itself names as its author is taken, if it is the message of the prescriber: a
    /// release does not name one.
    ///
    /// # Errors
    /// [`Refused`] when any check fails.
    pub fn verify_author(
        &self,
        document: Element<'_, '_>,
        occasion: Occasion,
        author: &SdsUserId,
    ) -> Result<Verified, Refused> {
        self.run(document, occasion, Some(author.as_str()))
    }

    fn run(&self, document: Element<'_, '_>, occasion: Occasion, author: Option<&str>) -> Result<Verified, Refused> {
        let times = Times { now: occasion.now, received: occasion.received };
        let mut run = Run { verifier: self, report: Box::new(Report::new(self.policy, times)) };
        if let Err(failed) = run.checks(document, author) {
            run.report.stop_after(failed);
        }
        let mut report = run.report;
        report.sort();
        match (report.is_verified(), report.signed_at, report.computed_digest) {
            (true, Some(signed_at), Some(digest)) => Ok(Verified { report, signed_at, digest }),
            _ => Err(Refused { report }),
        }
    }
}

/// The `ParentPrescription` of a message: `ControlActEvent/subject/ParentPrescription`. The element itself where it is one;
/// any other element is given back, and refused for what it is.
pub(super) fn payload<'d, 'a>(document: Element<'d, 'a>) -> Element<'d, 'a> {
    let below = || document.child("ControlActEvent")?.child("subject")?.child("ParentPrescription");
    if document.name() == "ParentPrescription" { document } else { below().unwrap_or(document) }
}

/// One verification.
struct Run<'r, 'v> {
    verifier: &'r Verifier<'v>,
    report: Box<Report>,
}

/// What the document says, once its structure is known to be sound.
struct Document<'d, 'a> {
    parts: Parts<'d, 'a>,
    fragments: Vec<u8>,
    outline: Outline<'d, 'a>,
}

impl Run<'_, '_> {
    /// Makes the checks in order; the error is the check after which no further one can be made.
    fn checks(&mut self, document: Element<'_, '_>, author: Option<&str>) -> Result<(), Check> {
        let mut document = self.structure(payload(document))?;
        let author = author.or_else(|| named_author(document.parts.parent));
        let time = document.parts.time.attribute("value").and_then(|value| Timestamp::parse_hl7(value).ok());
        self.report.signed_at = time;
        let signed = self.algorithms(&document.outline, time);
        let der = std::mem::take(&mut document.outline.certificate);
        let presented = self.certificate(der, document.outline.certificate_element)?;
        let certificate = &presented.certificate;
        self.key_and_value(certificate, &document.outline, signed);
        self.content(&document, signed);
        let time = self.signing_time(&document.parts, time);
        let path = self.path(&presented, time, document.outline.certificate_element);
        self.validity(certificate, time, document.outline.certificate_element);
        self.revocation(certificate, time, path);
        self.signer(certificate, author, document.outline.certificate_element);
        Ok(())
    }

    fn structure<'d, 'a>(&mut self, parent: Element<'d, 'a>) -> Result<Document<'d, 'a>, Check> {
        let read = || {
            let parts = Parts::locate(parent, self.verifier.policy)?;
            let outline = Outline::of(parts.signature_text)?;
            let fragments = fragments::canonical(&parts)?;
            Ok(Document { parts, fragments, outline })
        };
        let read = read();
        self.note(Check::Structure, read)
    }

    /// Records how a check ended, and stops the verification where it failed.
    fn note<T>(&mut self, check: Check, result: Result<T, Failures>) -> Result<T, Check> {
        match result {
            Ok(value) => {
                self.report.record(check, Outcome::Passed);
                Ok(value)
            }
            Err(failures) => {
                self.report.record(check, Outcome::Failed(failures));
                Err(check)
            }
        }
    }

    /// Records the failures of a check, or that it has passed.
    fn conclude(&mut self, check: Check, failures: Failures) {
        let outcome = if failures.is_empty() { Outcome::Passed } else { Outcome::Failed(failures) };
        self.report.record(check, outcome);
    }

    fn skip(&mut self, check: Check, needs: Check) {
        self.report.record(check, Outcome::NotChecked(Unchecked::After(needs)));
    }

    /// The digest that was signed, if `SignedInfo` is the template for an allowed algorithm.
    fn algorithms(&mut self, outline: &Outline<'_, '_>, time: Option<Timestamp>) -> Option<Digest> {
        let mut failures = Vec::new();
        let mut signed = None;
        match outline::algorithm(outline.signed_info) {
            Err(failed) => failures.extend(failed),
            Ok(None) => failures.push(Failure::new(Code::SignedInfoForm, outline.signed_info.place())),
            Ok(Some(algorithm)) => {
                self.report.algorithm = Some(algorithm);
                if algorithm == Algorithm::Rs1 && !self.accepts_sha1(time) {
                    failures.push(Failure::new(Code::Sha1, outline.signed_info.place()));
                }
                match outline::digest(outline.signed_info, algorithm) {
                    Ok(digest) => signed = Some(digest),
                    Err(failed) => failures.extend(failed),
                }
            }
        }
        self.report.signed_digest = signed;
        self.conclude(Check::Algorithms, failures);
        signed
    }

    fn accepts_sha1(&self, signed: Option<Timestamp>) -> bool {
        let policy = self.verifier.policy;
        match (policy.sha1, signed) {
            (Sha1::Allowed, _) => true,
            (Sha1::SignedBefore(end), Some(signed)) => {
                // Received after the end: then it must not have taken longer than a submission may take.
                let received = self.report.times.received.filter(|received| *received >= end);
                let delay = received.map(|received| received.unix() - signed.unix());
                let limit = policy.max_submission_delay.map(|limit| limit.whole_seconds());
                let contradicted = delay.zip(limit).is_some_and(|(delay, limit)| delay > limit);
                signed < end && !contradicted
            }
            (Sha1::Refused, _) | (Sha1::SignedBefore(_), None) => false,
        }
    }

    fn certificate(&mut self, der: Vec<u8>, at: Element<'_, '_>) -> Result<Arc<Presented>, Check> {
        let Verifier { trust, provider, .. } = *self.verifier;
        let read = trust.present(der, provider).map_err(|error| unreadable(error, at.place()).because(error).alone());
        self.report.presented = read.as_ref().ok().cloned();
        self.note(Check::Certificate, read)
    }

    fn key_and_value(&mut self, certificate: &Certificate, outline: &Outline<'_, '_>, signed: Option<Digest>) {
        let policy = self.verifier.policy;
        let at = outline.certificate_element;
        let key = match certificate.key() {
            Ok(key) => key,
            Err(error) => {
                let code = match error {
                    KeyError::NotRsa | KeyError::Malformed => Code::KeyType,
                    KeyError::Modulus { .. } | KeyError::Exponent => Code::KeySize,
                };
                let failure = match error {
                    KeyError::Exponent => Failure::ruled(code, &EXPONENT, at.place()),
                    KeyError::NotRsa | KeyError::Malformed | KeyError::Modulus { .. } => Failure::new(code, at.place()),
                };
                self.conclude(Check::Key, failure.because(error).alone());
                return self.skip(Check::SignatureValue, Check::Key);
            }
        };
        let mut failures = Vec::new();
        if key.bits() < policy.rsa_min_bits {
            let mut failure = Failure::new(Code::KeySize, at.place());
            failure.problem = failure.problem.found(format!("{} bits", key.bits()));
            failures.push(failure);
        }
        if key.exponent_value() < policy.rsa_min_exponent {
            let mut failure = Failure::ruled(Code::KeySize, &EXPONENT, at.place());
            failure.problem = failure.problem.found(format!("exponent {}", key.exponent_value()));
            failures.push(failure);
        }
        self.conclude(Check::Key, failures);
        let Some(digest) = signed else {
            return self.skip(Check::SignatureValue, Check::Algorithms);
        };
        // Over bytes built here: what arrived has been found equal to them, and is not looked at again.
        let payload = SignedInfo::new(digest);
        let hash = digest.algorithm().hash();
        let genuine = outline.value.len() == key.signature_len()
            && self.verifier.provider.rsa_verify(&key, hash, payload.as_bytes(), &outline.value).is_ok();
        let bad = (!genuine).then(|| Failure::new(Code::Signature, outline.value_element.place()));
        self.conclude(Check::SignatureValue, bad.into_iter().collect());
    }

    fn content(&mut self, document: &Document<'_, '_>, signed: Option<Digest>) {
        let Some(signed) = signed else {
            return self.skip(Check::Content, Check::Algorithms);
        };
        let computed = Digest::of(&document.fragments, signed.algorithm(), self.verifier.provider);
        self.report.computed_digest = Some(computed);
        let differs = (computed != signed).then(|| {
            let mut failure = Failure::new(Code::Content, document.parts.parent.place());
            failure.problem = failure.problem.found(computed.to_base64()).expected(signed.to_base64());
            failure
        });
        self.conclude(Check::Content, differs.into_iter().collect());
    }

    /// The signing time, if it can be used for the checks that follow.
    fn signing_time(&mut self, parts: &Parts<'_, '_>, time: Option<Timestamp>) -> Option<Timestamp> {
        let at = || parts.time.attribute_place("value");
        let latest = self.report.times.received.unwrap_or(self.report.times.now);
        let latest = latest.plus_seconds(self.verifier.policy.clock_skew.whole_seconds());
        let failure = match time {
            None => Some(Failure::new(Code::TimeFormat, at())),
            Some(time) if time > latest => Some(Failure::new(Code::TimeFuture, at())),
            Some(_) => None,
        };
        self.conclude(Check::SigningTime, failure.into_iter().collect());
        time
    }

    fn path(&mut self, presented: &Presented, time: Option<Timestamp>, at: Element<'_, '_>) -> Option<Path> {
        let Some(time) = time else {
            self.skip(Check::Path, Check::SigningTime);
            return None;
        };
        let Verifier { trust, policy, .. } = *self.verifier;
        let mut failures = purposes(&presented.certificate, policy, at);
        let found = path::find(presented, trust, policy, time.unix());
        if let Ok(path) = &found {
            self.report.path = path.cas(trust).map(|ca| ca.certificate.clone()).collect();
        }
        if let Err(error) = &found {
            failures.insert(0, Failure::new(Code::Chain, at.place()).because(error));
            self.report.path_error = Some(*error);
        }
        let sound = failures.is_empty();
        self.conclude(Check::Path, failures);
        found.ok().filter(|_| sound)
    }

    fn validity(&mut self, certificate: &Certificate, time: Option<Timestamp>, at: Element<'_, '_>) {
        let Some(time) = time else {
            return self.skip(Check::Validity, Check::SigningTime);
        };
        let mut failures = Vec::new();
        if !certificate.in_force_at(time.unix()) {
            failures.push(Failure::new(Code::TimeCertificate, at.place()));
        }
        if self.verifier.policy.private_key_usage_period && !certificate.key_usable_at(time.unix()) {
            failures.push(Failure::new(Code::TimeKeyUsage, at.place()));
        }
        self.conclude(Check::Validity, failures);
    }

    /// Only for a certificate whose path holds: what another certificate's issuer says does not matter.
    fn revocation(&mut self, certificate: &Certificate, time: Option<Timestamp>, path: Option<Path>) {
        let (Some(time), Some(path)) = (time, path) else {
            self.skip(Check::RevocationOfCertificate, Check::Path);
            return self.skip(Check::RevocationOfCa, Check::Path);
        };
        let Verifier { trust, lists, policy, .. } = *self.verifier;
        let times = self.report.times;
        let instants =
            Instants { signed: time.unix(), received: times.received.map(Timestamp::unix), now: times.now.unix() };
        let own = path.issuer().map_or(Standing::Unknown(Unknown::NoList), |issuer| {
            self.report.lists.extend(lists.of_issuer(issuer));
            lists.standing(certificate, issuer, instants, policy)
        });
        self.judge(Check::RevocationOfCertificate, Code::Revoked, own, policy.revocation_of_certificate);
        let mut of_cas = Standing::Good;
        for (ca, issuer) in path.links() {
            let Some(ca) = trust.get(ca) else { continue };
            self.report.lists.extend(lists.of_issuer(issuer));
            of_cas = of_cas.worse(lists.standing(&ca.certificate, issuer, instants, policy));
        }
        let anchor = path.anchor().and_then(|anchor| trust.get(anchor));
        if anchor.is_none_or(|anchor| !anchor.is_self_issued()) {
            of_cas = of_cas.worse(Standing::Unknown(Unknown::SubCaIsAnchor));
        }
        self.judge(Check::RevocationOfCa, Code::CaRevoked, of_cas, policy.revocation_of_ca);
    }

    /// Whether the certificate is that of the author, as far as both are known (NHS signing certificates name the user).
    fn signer(&mut self, certificate: &Certificate, author: Option<&str>, at: Element<'_, '_>) {
        let binding = self.verifier.policy.signer_binding;
        if binding == SignerBinding::Off {
            return self.report.record(Check::Signer, Outcome::NotChecked(Unchecked::NotAsked));
        }
        let doubt = match author.map(|author| (author, certificate.sds_user_id())) {
            None => Some(SignerDoubt::NoAuthor),
            Some((_, None)) => Some(SignerDoubt::NoUserInCertificate),
            Some((author, Some(signer))) => (author != signer).then_some(SignerDoubt::Differs),
        };
        let outcome = match doubt {
            None => Outcome::Passed,
            Some(doubt @ (SignerDoubt::Differs | SignerDoubt::NoUserInCertificate))
                if binding == SignerBinding::Enforce =>
            {
                Outcome::Failed(Failure::new(Code::SignerMismatch, at.place()).because(doubt).alone())
            }
            Some(doubt) => Outcome::NotChecked(Unchecked::Signer(doubt)),
        };
        self.report.record(Check::Signer, outcome);
    }

    fn judge(&mut self, check: Check, code: Code, standing: Standing, mode: Revocation) {
        let outcome = match (standing, mode) {
            (Standing::Good, _) => Outcome::Passed,
            (Standing::RevokedLater { reason, since }, _) => {
                self.report.unproven_time |= self.report.times.received.is_none();
                self.report.revoked_later.push(RevokedLater { check, reason, since: Timestamp::from_unix(since) });
                Outcome::Passed
            }
            (Standing::Revoked { reason, since }, _) => {
                let why = format_args!("revoked since {}: {reason}", Timestamp::from_unix(since)).to_string();
                Outcome::Failed(Failure::new(code, Place::Document).because(why).alone())
            }
            (Standing::Unknown(why), Revocation::FailOpen) if why != Unknown::TooOld => {
                Outcome::NotChecked(Unchecked::Unknown(why))
            }
            (Standing::Unknown(why), Revocation::FailOpen | Revocation::FailClosed) => {
                Outcome::Failed(Failure::new(Code::RevocationUnknown, Place::Document).because(why).alone())
            }
        };
        self.report.record(check, outcome);
    }
}

/// The user whom the message of a prescriber names as its author. Above a prescription that is released stands somebody
/// else's.
fn named_author<'d>(prescription: Element<'d, '_>) -> Option<&'d str> {
    let act = prescription.parent().filter(|it| it.name() == "subject")?.parent();
    let user = act?.child("author")?.child("AgentPersonSDS")?.child("agentPersonSDS")?.child("id")?;
    user.attribute("extension").filter(|_| user.attribute("root") == Some(oid::SDS_USER))
}

/// Why a certificate cannot be read, with the rule that says it best.
fn unreadable(error: CertificateError, at: Place) -> Failure {
    match error {
        CertificateError::TooLong => Failure::ruled(Code::Limit, &BASE64_LIMIT, at),
        CertificateError::Trailing => Failure::ruled(Code::CertificateParse, &TRAILING, at),
        CertificateError::Malformed
        | CertificateError::Version
        | CertificateError::AlgorithmMismatch
        | CertificateError::RepeatedExtension
        | CertificateError::Extension => Failure::new(Code::CertificateParse, at),
    }
}

/// What the certificate must be for, wherever its path leads.
fn purposes(certificate: &Certificate, policy: &Policy, at: Element<'_, '_>) -> Failures {
    let extensions = &certificate.extensions;
    let mut failures = Vec::new();
    let mut fail = |code, why: &str| failures.push(Failure::new(code, at.place()).because(why));
    if extensions.unknown_critical {
        fail(Code::Chain, "the certificate has a critical extension that is not supported");
    }
    if extensions.ca.is_some() {
        fail(Code::IsCa, "the certificate is that of a CA");
    } else if extensions.key_usage.is_some_and(|usage| usage.certificate_sign || usage.crl_sign) {
        fail(Code::KeyUsage, "the key usage is that of a CA");
    }
    if policy.require_content_commitment && !certificate.allows_content_commitment() {
        fail(Code::KeyUsage, "the key usage does not include content commitment");
    }
    let required = &policy.required_policies;
    if !required.is_empty() && !extensions.policies.iter().any(|stated| required.contains(stated)) {
        fail(Code::Policy, "the certificate states none of the required policies");
    }
    failures
}

#[cfg(test)]
mod tests;
