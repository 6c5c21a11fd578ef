//! Messages: checked, and converted from one wire to the other.

use std::ffi::c_void;

use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::model::Envelope;
use eps_core::problem::Problems;
use eps_core::xml::{Document, Limits};
use eps_core::{fhir, hl7v3, rules};

use crate::arguments::{Slot, borrow, input, required};
use crate::context::eps_context;
use crate::error::{Failure, eps_error};
use crate::guard::guard;
use crate::status::eps_status;
use crate::text::eps_buffer;

/// Ids for a message that is read and not sent.
const NO_IDS: [MessageId; 2] = [MessageId(Guid::from_bytes([0; 16])); 2];

/// Reads a message in either wire, to be judged and not sent: HL7 v3 if it begins as XML does, else FHIR.
pub(crate) fn read(
    message: &[u8],
    context: &eps_context,
    now: i64,
    check_characters: CheckCharacters,
) -> Result<Envelope, Problems> {
    if rules::is_xml(message) {
        hl7v3::read_document(&Document::parse(message, &Limits::DEFAULT)?, check_characters)
    } else {
        fhir::read(message, &context.at(now, check_characters, Some(NO_IDS)))
    }
}

/// Reads a message, FHIR R4 JSON or HL7 v3 XML, and reports every problem found.
///
/// `now` is the time of reading in seconds since 1970, UTC. Returns `EPS_STATUS_OK` when the message can be read whole, else
/// `EPS_STATUS_MESSAGE_REFUSED`. A prescription id with a wrong check character is refused. A signature is not verified: see
/// `eps_verify`.
///
/// # Safety
/// `context` is a live context or NULL; `message` is readable for `message_len` bytes or NULL; `error` is writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_validate(
    context: *const eps_context,
    now: i64,
    message: *const c_void,
    message_len: usize,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises a live context or NULL.
    let context = unsafe { borrow(context) };
    // SAFETY: the caller promises `message_len` readable bytes or NULL.
    let message = unsafe { input(message, message_len) };
    guard(error, || {
        let context = context.ok_or_else(|| Failure::null("context"))?;
        read(required(message, "message")?, context, now, CheckCharacters::Required)?;
        Ok(())
    })
}

/// Converts a FHIR R4 message, JSON, to HL7 v3 XML in canonical form.
///
/// `now` is the time of conversion in seconds since 1970, UTC: the creation time of the message, and of an unsigned
/// prescription. Prescription ids are taken as they are written: see `eps_validate`. A release request is refused, because
/// it brings no ids to send it under: see `eps_convert_release`. On success `*out` is a new buffer. Returns `EPS_STATUS_MESSAGE_REFUSED` with every problem and its place when
/// the message cannot be converted.
///
/// # Safety
/// `context` is a live context or NULL; `message` is readable for `message_len` bytes or NULL; `out` and `error` are each
/// writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_convert(
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
    guard(error, || convert(context, now, message, None, out))
}

/// The number of random bytes that `eps_convert_release` asks for.
pub const EPS_RANDOM_LEN: usize = 32;

/// Converts a message as `eps_convert` does, a release request too: it is sent under ids made of `EPS_RANDOM_LEN` random bytes.
///
/// Take fresh bytes from the system's random source for each request: two requests with the same ids are one request, and
/// get the same answer. To repeat a request whose answer was lost, send the same converted message again.
///
/// # Safety
/// `context` is a live context or NULL; `random` is readable for `random_len` bytes or NULL, `message` for `message_len`; `out` and
/// `error` are each writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_convert_release(
    context: *const eps_context,
    now: i64,
    random: *const c_void,
    random_len: usize,
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
    // SAFETY: the caller promises `random_len` readable bytes or NULL.
    let random = unsafe { input(random, random_len) };
    // SAFETY: the caller promises `message_len` readable bytes or NULL.
    let message = unsafe { input(message, message_len) };
    guard(error, || {
        let ids = ids_of(required(random, "random")?)?;
        convert(context, now, message, Some(ids), out)
    })
}

/// FHIR to HL7 v3, for both ways of conversion.
fn convert(
    context: Option<&eps_context>,
    now: i64,
    message: Result<Option<&[u8]>, Failure>,
    release_ids: Option<[MessageId; 2]>,
    out: Option<Slot<eps_buffer>>,
) -> Result<(), Failure> {
    let out = out.ok_or_else(|| Failure::null("out"))?;
    let context = context.ok_or_else(|| Failure::null("context"))?;
    let context = context.at(now, CheckCharacters::AsWritten, release_ids);
    let envelope = fhir::read(required(message, "message")?, &context)?;
    out.fill(eps_buffer::new(hl7v3::write(&envelope)));
    Ok(())
}

/// Two UUIDs of version 4 (RFC 9562) from random bytes.
fn ids_of(random: &[u8]) -> Result<[MessageId; 2], Failure> {
    match random.as_chunks::<16>() {
        ([first, second], []) => Ok([*first, *second].map(version_4)),
        _ => Err(Failure::new(eps_status::WrongLength, "random must be EPS_RANDOM_LEN bytes")),
    }
}

fn version_4(mut bytes: [u8; 16]) -> MessageId {
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = (*version & 0x0F) | 0x40;
    *variant = (*variant & 0x3F) | 0x80;
    MessageId(Guid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_bytes_become_ids_of_version_4() {
        let mut random = [0xFF; EPS_RANDOM_LEN];
        random[16..].fill(0);
        let ids = ids_of(&random).ok().map(|ids| ids.map(|id| id.to_string()));
        let expected = ["FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF", "00000000-0000-4000-8000-000000000000"];
        assert_eq!(ids, Some(expected.map(str::to_owned)));
        for wrong in [0, 16, 31, 33, 48] {
            assert!(ids_of(&vec![0; wrong]).is_err_and(|failure| failure.status == eps_status::WrongLength), "{wrong}");
        }
    }
}
