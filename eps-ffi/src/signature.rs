//! Signatures: what is to be signed, and whether what was signed holds.

use std::error::Error;
use std::ffi::c_void;

use eps_core::hl7v3;
use eps_core::ids::CheckCharacters;
use eps_core::model::{Message, Timestamp};
use eps_core::problem::Problems;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::trust::TrustError;
use eps_core::signature::{Crls, Occasion, Policy, Provider, Refused, TrustAnchors, Verifier, pem, prepare};
use eps_core::xml::{Document, Limits};

use crate::arguments::{Slot, borrow, borrow_mut, free, input, inputs, required};
use crate::context::eps_context;
use crate::error::{Failure, eps_error};
use crate::guard::{guard, guard_value};
use crate::message::read;
use crate::status::eps_status;
use crate::text::{eps_buffer, eps_bytes};

/// The cryptographic back end that this library was built with.
#[cfg(feature = "aws-lc-rs")]
const PROVIDER: &dyn Provider = &eps_core::signature::provider::AwsLc::new();
#[cfg(not(feature = "aws-lc-rs"))]
const PROVIDER: &dyn Provider = &eps_core::signature::provider::RustCrypto::new();

/// Prepares a prescription for signing: reads an order, FHIR R4 JSON or HL7 v3 XML, and answers the FHIR `Parameters` with
/// `digest` (the payload to sign, base64), `timestamp` and `algorithm` (`RS256`).
///
/// `now` is the time of signing in seconds since 1970, UTC; in FHIR it becomes the author time of an unsigned prescription.
/// On success `*out` is a new buffer of JSON. Returns `EPS_STATUS_NOT_A_PRESCRIPTION` for a message of another kind.
///
/// # Safety
/// `context` is a live context or NULL; `message` is readable for `message_len` bytes or NULL; `out` and `error` are each
/// writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_prepare(
    context: *const eps_context,
    now: i64,
    message: *const c_void,
    message_len: usize,
    out: *mut *mut eps_buffer,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises that a non-NULL `out` is writable.
    let out = unsafe { Slot::new(out) };
    // SAFETY: the caller promises a live context or NULL.
    let context = unsafe { borrow(context) };
    // SAFETY: the caller promises `message_len` readable bytes or NULL.
    let message = unsafe { input(message, message_len) };
    guard(error, || {
        let out = out.ok_or_else(|| Failure::null("out"))?;
        let context = context.ok_or_else(|| Failure::null("context"))?;
        let envelope = read(required(message, "message")?, context, now, CheckCharacters::AsWritten)?;
        let Message::Prescription(prescription) = &envelope.message else {
            return Err(Failure::new(eps_status::NotAPrescription, "the message is not a prescription"));
        };
        let fragments = hl7v3::write_fragments(prescription);
        let prepared = prepare::prepared(&fragments, Algorithm::Rs256, PROVIDER);
        out.fill(eps_buffer::json(&prepared.parameters(prescription.author.time))?);
        Ok(())
    })
}

/// What a verifier accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[non_exhaustive]
pub enum eps_policy {
    /// What a live service uses: SHA-256, keys of 2048 bits, NHS certificate policies, known revocation.
    Production = 1,
    /// What published test prescriptions need: also SHA-1, small keys, unknown revocation. Never for a live service.
    Test = 2,
}

/// A time that is not known. No call takes it for `now`.
pub const EPS_TIME_UNKNOWN: i64 = i64::MIN;

/// CA certificates, revocation lists and a policy. Owned by the caller: free it with `eps_verifier_free`.
///
/// Several threads may verify with one at the same time; only one may use it while its lists are replaced.
pub struct eps_verifier {
    trust: TrustAnchors,
    lists: Crls,
    policy: Policy,
}

/// Makes a verifier for a policy (`EPS_POLICY_PRODUCTION` or `EPS_POLICY_TEST`) from CA certificates: `anchors` are trusted,
/// `intermediates` are believed as far as a path leads to an anchor. Each is either PEM with any number of certificates, or
/// DER with one. `intermediates` may be NULL for none.
///
/// The signatures between them are verified once, here. Without revocation lists the production policy accepts nothing: see
/// `eps_verifier_set_revocation_lists`.
///
/// # Safety
/// `anchors` is readable for `anchors_len` bytes or NULL, `intermediates` likewise; `out` and `error` are each writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_verifier_new(
    policy: i32,
    anchors: *const c_void,
    anchors_len: usize,
    intermediates: *const c_void,
    intermediates_len: usize,
    out: *mut *mut eps_verifier,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises that a non-NULL `out` is writable.
    let out = unsafe { Slot::new(out) };
    // SAFETY: the caller promises `anchors_len` readable bytes or NULL.
    let anchors = unsafe { input(anchors, anchors_len) };
    // SAFETY: the caller promises `intermediates_len` readable bytes or NULL.
    let intermediates = unsafe { input(intermediates, intermediates_len) };
    guard(error, || {
        let out = out.ok_or_else(|| Failure::null("out"))?;
        let policy = policy_of(policy)?;
        let anchors = certificates(required(anchors, "anchors")?)?;
        let intermediates = intermediates?.map(certificates).transpose()?.unwrap_or_default();
        let [anchors, intermediates] = [&anchors, &intermediates].map(|list| list.iter().map(Vec::as_slice));
        let trust = TrustAnchors::new(anchors, intermediates, PROVIDER).map_err(|refusal| refused_ca(&refusal))?;
        out.fill(eps_verifier { trust, lists: Crls::none(), policy });
        Ok(())
    })
}

/// Replaces the revocation lists of a verifier by others, each verified with the CA that signed it. Each of the `count` elements
/// of `lists` is either PEM with any number of lists, or DER with one.
///
/// A list that cannot be used must not switch off the others, so all that can be used are in force when the call returns;
/// if some cannot, it returns `EPS_STATUS_LIST_UNUSED` and the message of the error names each, counted from 0 in the order given. In all other
/// failures the verifier is unchanged. `lists` may be NULL with a `count` of 0.
///
/// # Safety
/// `verifier` is a live verifier that no other thread uses, or NULL; `lists` are `count` readable elements or NULL, whose bytes
/// are readable for their lengths or NULL; `error` is writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_verifier_set_revocation_lists(
    verifier: *mut eps_verifier,
    lists: *const eps_bytes,
    count: usize,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises a live verifier that nobody else uses, or NULL.
    let verifier = unsafe { borrow_mut(verifier) };
    // SAFETY: the caller promises `count` readable elements, each with its readable bytes, or NULLs.
    let lists = unsafe { inputs(lists, count, "lists") };
    guard(error, || {
        let verifier = verifier.ok_or_else(|| Failure::null("verifier"))?;
        let ders: Vec<Vec<u8>> = lists?.into_iter().flat_map(revocation_lists).collect();
        verifier.lists = Crls::new(ders.iter().map(Vec::as_slice), &verifier.trust, PROVIDER);
        let unused: Vec<String> = verifier.lists.unused().iter().map(ToString::to_string).collect();
        if unused.is_empty() { Ok(()) } else { Err(Failure::new(eps_status::ListUnused, unused.join("\n"))) }
    })
}

/// Verifies the signature of a prescription, HL7 v3 XML: a message that carries a `ParentPrescription`, or that element.
///
/// `now` is the time of verification, `received` when the prescription was received, both in seconds since 1970, UTC;
/// `EPS_TIME_UNKNOWN` for `received` when it is not on record. Pass the very bytes that arrived, and use no others
/// afterwards.
///
/// Returns `EPS_STATUS_OK` only if every check has passed, or was left out because the policy accepts that it cannot be made;
/// `*report` is then a new buffer with the report, JSON. Returns `EPS_STATUS_SIGNATURE_REFUSED` when a check has failed:
/// `eps_error_report` has the report, and each failure is a problem of the error.
///
/// # Safety
/// `verifier` is a live verifier or NULL; `message` is readable for `message_len` bytes or NULL; `report` and `error` are each
/// writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_verify(
    verifier: *const eps_verifier,
    now: i64,
    received: i64,
    message: *const c_void,
    message_len: usize,
    report: *mut *mut eps_buffer,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises that a non-NULL `report` is writable.
    let report = unsafe { Slot::new(report) };
    // SAFETY: the caller promises a live verifier or NULL.
    let verifier = unsafe { borrow(verifier) };
    // SAFETY: the caller promises `message_len` readable bytes or NULL.
    let message = unsafe { input(message, message_len) };
    guard(error, || {
        let report = report.ok_or_else(|| Failure::null("report"))?;
        let eps_verifier { trust, lists, policy } = verifier.ok_or_else(|| Failure::null("verifier"))?;
        let document = Document::parse(required(message, "message")?, &Limits::DEFAULT)?;
        let verifier = Verifier { provider: PROVIDER, trust, lists, policy };
        let verified =
            verifier.verify(document.root(), occasion(now, received)).map_err(|refusal| refused(&refusal))?;
        report.fill(eps_buffer::json(verified.report())?);
        Ok(())
    })
}

/// Frees a verifier. NULL is fine.
///
/// # Safety
/// `verifier` is a verifier that was not freed yet and that no thread uses, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_verifier_free(verifier: *mut eps_verifier) {
    // SAFETY: the caller promises a verifier of ours that was not freed yet, or NULL.
    guard_value((), || unsafe { free(verifier) });
}

/// What comes from C is a number, never the enum.
fn policy_of(number: i32) -> Result<Policy, Failure> {
    const PRODUCTION: i32 = eps_policy::Production as i32;
    const TEST: i32 = eps_policy::Test as i32;
    match number {
        PRODUCTION => Ok(Policy::production()),
        TEST => Ok(Policy::test_profile()),
        _ => Err(Failure::new(eps_status::UnknownChoice, "the policy is none of eps_policy")),
    }
}

fn occasion(now: i64, received: i64) -> Occasion {
    let now = Timestamp::from_unix(now);
    match received {
        EPS_TIME_UNKNOWN => Occasion::receipt_unknown(now),
        received => Occasion::received_at(now, Timestamp::from_unix(received)),
    }
}

/// The DER certificates of a PEM text, or the one that the bytes are.
fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    match std::str::from_utf8(bytes) {
        Ok(text) if pem::is_pem(bytes) => pem::certificates(text).map_err(|refusal| refused_ca(&refusal.into())),
        _ => Ok(vec![bytes.to_vec()]),
    }
}

/// The DER lists of a PEM text, or the one that the bytes are. What is broken counts as one list, which is then found unusable.
fn revocation_lists(bytes: &[u8]) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok().filter(|_| pem::is_pem(bytes));
    text.and_then(|text| pem::revocation_lists(text).ok()).unwrap_or_else(|| vec![bytes.to_vec()])
}

/// What is wrong with a CA certificate, and why.
fn refused_ca(refusal: &TrustError) -> Failure {
    let mut message = refusal.to_string();
    let mut cause = refusal.source();
    while let Some(deeper) = cause {
        message.push_str(": ");
        message.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    Failure::new(eps_status::CertificateRefused, message)
}

fn refused(refusal: &Refused) -> Failure {
    let report = refusal.report();
    let problems = Problems::from_vec(report.failures().map(|failure| failure.problem.clone()).collect());
    let failure = match problems {
        Some(problems) => Failure::problems(eps_status::SignatureRefused, problems),
        None => Failure::new(eps_status::SignatureRefused, refusal.to_string()),
    };
    failure.with_report(report)
}
