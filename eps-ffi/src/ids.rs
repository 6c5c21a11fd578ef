//! Identifiers that a system shows or types in.

use std::ffi::c_void;

use eps_core::ids::{PrescriptionId, PrescriptionIdError};
use eps_core::problem::{Place, Problem};

use crate::arguments::{Slot, input, text};
use crate::error::{Failure, eps_error};
use crate::guard::guard;
use crate::status::eps_status;

/// Checks a short-form prescription id: 20 characters, `XXXXXX-XXXXXX-XXXXXC`, capitals, the last one its check character.
///
/// Returns `EPS_STATUS_OK` or `EPS_STATUS_ID_REFUSED`; the one problem of the error says which rule is broken and, for a wrong
/// check character, which one is expected.
///
/// # Safety
/// `id` is readable for `id_len` bytes or NULL; `error` is writable or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_prescription_id_check(
    id: *const c_void,
    id_len: usize,
    error: *mut *mut eps_error,
) -> eps_status {
    // SAFETY: the caller promises that a non-NULL `error` is writable.
    let error = unsafe { Slot::new(error) };
    // SAFETY: the caller promises `id_len` readable bytes or NULL.
    let id = unsafe { input(id, id_len) };
    guard(error, || {
        let id = text(id, "id")?;
        id.parse::<PrescriptionId>().map(drop).map_err(|refusal| refused(id, refusal))
    })
}

fn refused(id: &str, refusal: PrescriptionIdError) -> Failure {
    let problem = Problem::new(refusal.rule(), Place::Document).message(refusal.to_string()).found(id);
    if let PrescriptionIdError::CheckCharacter { expected } = refusal {
        return Failure::problems(eps_status::IdRefused, problem.expected(expected.to_string()));
    }
    Failure::problems(eps_status::IdRefused, problem)
}
