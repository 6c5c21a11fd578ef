//! Who sends a message to whom: what a FHIR message does not say and an HL7 v3 message needs.

use std::ffi::c_void;

use eps_core::fhir;
use eps_core::ids::{Asid, CheckCharacters, IdError, MessageId, SdsRoleProfileId, SdsUserId};
use eps_core::model::{Code, SdsAuthor, Timestamp};
use eps_core::problem::{Place, Problem};

use crate::arguments::{Slot, borrow_mut, free, input, text};
use crate::error::{Failure, eps_error};
use crate::guard::{guard, guard_value};
use crate::status::eps_status;

/// Who sends messages to whom. Owned by the caller: free it with `eps_context_free`.
///
/// Several threads may use one for reading messages at the same time; only one may use it while it is changed.
pub struct eps_context {
    from: Asid,
    to: Asid,
    author: Option<SdsAuthor>,
}

impl eps_context {
    /// What the FHIR reader asks for, at the caller's time.
    pub(crate) fn at(
        &self,
        now: i64,
        check_characters: CheckCharacters,
        release_ids: Option<[MessageId; 2]>,
    ) -> fhir::Context {
        let Self { from, to, author } = self;
        fhir::Context {
            now: Timestamp::from_unix(now),
            from: from.clone(),
            to: to.clone(),
            author: author.clone(),
            identifier_references: fhir::IdentifierReferences::Refused,
            check_characters,
            release_ids,
        }
    }
}

/// Makes a context from the accredited system ids (ASIDs) of the sending and the receiving system, 1 to 15 digits each. It
/// has no author, which suits unattended systems.
///
/// # Safety
/// `from_asid` is readable for `from_asid_len` bytes or NULL, `to_asid` likewise; `out` and `error` are each writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_context_new(
    from_asid: *const c_void,
    from_asid_len: usize,
    to_asid: *const c_void,
    to_asid_len: usize,
    out: *mut *mut eps_context,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises that a non-NULL `out` is writable.
    let out = unsafe { Slot::new(out) };
    // SAFETY: the caller promises `from_asid_len` readable bytes or NULL.
    let from = unsafe { input(from_asid, from_asid_len) };
    // SAFETY: the caller promises `to_asid_len` readable bytes or NULL.
    let to = unsafe { input(to_asid, to_asid_len) };
    guard(error, || {
        let out = out.ok_or_else(|| Failure::null("out"))?;
        let from = id(text(from, "from_asid")?)?;
        let to = id(text(to, "to_asid")?)?;
        out.fill(eps_context { from, to, author: None });
        Ok(())
    })
}

/// Says who sends: their SDS user id and SDS role profile id, 1 to 15 digits each, and the code of their job role, such as
/// `R8000`, or `UNKNOWN` where the sender does not know it. The context is unchanged when one of them is refused.
///
/// # Safety
/// `context` is a live context that no other thread uses, or NULL. Each text is readable for its length or NULL; `error` is
/// writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_context_set_author(
    context: *mut eps_context,
    user: *const c_void,
    user_len: usize,
    role_profile: *const c_void,
    role_profile_len: usize,
    job_role: *const c_void,
    job_role_len: usize,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises a live context that nobody else uses, or NULL.
    let context = unsafe { borrow_mut(context) };
    // SAFETY: the caller promises `user_len` readable bytes or NULL.
    let user = unsafe { input(user, user_len) };
    // SAFETY: the caller promises `role_profile_len` readable bytes or NULL.
    let role_profile = unsafe { input(role_profile, role_profile_len) };
    // SAFETY: the caller promises `job_role_len` readable bytes or NULL.
    let job_role = unsafe { input(job_role, job_role_len) };
    guard(error, || {
        let context = context.ok_or_else(|| Failure::null("context"))?;
        let job_role = text(job_role, "job_role")?.parse::<Code>();
        context.author = Some(SdsAuthor {
            user: id::<SdsUserId>(text(user, "user")?)?,
            role_profile: id::<SdsRoleProfileId>(text(role_profile, "role_profile")?)?,
            job_role: job_role
                .map_err(|refusal| Failure::new(eps_status::IdRefused, format!("job_role: {refusal}")))?,
        });
        Ok(())
    })
}

/// Frees a context. NULL is fine.
///
/// # Safety
/// `context` is a context that was not freed yet and that no thread uses, or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_context_free(context: *mut eps_context) {
    // SAFETY: the caller promises a context of ours that was not freed yet, or NULL.
    guard_value((), || unsafe { free(context) });
}

fn id<T: std::str::FromStr<Err = IdError>>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|refusal: IdError| {
        Failure::problems(eps_status::IdRefused, Problem::new(refusal.rule(), Place::Document).found(text))
    })
}
