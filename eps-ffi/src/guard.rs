//! The one way out: failures become statuses, and no panic passes.
//!
//! Every exported function ends in [`guard`] or [`guard_value`]; a test of this crate reads the sources to see that.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::arguments::Slot;
use crate::error::{Failure, eps_error};
use crate::status::eps_status;

// With `abort` a panic would end the host program: there would be nothing to catch.
#[cfg(panic = "abort")]
compile_error!("eps-ffi must be built with panic = \"unwind\": a panic becomes a status, it does not end the host");

/// Runs the body of a fallible call: its failure becomes a status and, if the caller wants one, an error object; a panic
/// becomes [`eps_status::Panic`].
pub(crate) fn guard(error: Option<Slot<eps_error>>, body: impl FnOnce() -> Result<(), Failure>) -> eps_status {
    let told = || match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => eps_status::Ok,
        Ok(Err(failure)) => tell(failure, error),
        // What the panic said may quote the message, so it is not passed on.
        Err(_) => tell(Failure::new(eps_status::Panic, "the library panicked: please report the call"), error),
    };
    // Building the error object runs code of ours too.
    catch_unwind(AssertUnwindSafe(told)).unwrap_or(eps_status::Panic)
}

fn tell(failure: Failure, error: Option<Slot<eps_error>>) -> eps_status {
    let status = failure.status;
    if let Some(slot) = error {
        slot.fill(eps_error::new(failure));
    }
    status
}

/// Runs the body of a call that cannot fail; a panic becomes `otherwise`.
pub(crate) fn guard_value<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::free;
    use crate::error::{eps_error_message, eps_error_status};

    #[test]
    fn a_panic_becomes_a_status_and_an_error() {
        let mut error: *mut eps_error = std::ptr::null_mut();
        // SAFETY: a local that outlives the slot.
        let slot = unsafe { Slot::new(&raw mut error) };
        let status = guard(slot, || panic!("NHS number 9449304130"));
        assert_eq!(status, eps_status::Panic);
        // SAFETY: filled by `guard`, or NULL.
        assert_eq!(unsafe { eps_error_status(error) }, eps_status::Panic);
        // SAFETY: filled by `guard`, or NULL.
        let message = unsafe { eps_error_message(error) };
        // SAFETY: the view ends in a NUL, and the error lives.
        let message = unsafe { std::ffi::CStr::from_ptr(message.data) };
        assert_eq!(message, c"the library panicked: please report the call");
        // SAFETY: filled by `guard`, and freed once.
        unsafe { free(error) };
        assert_eq!(guard(None, || panic!()), eps_status::Panic);
        assert_eq!(guard_value(7, || panic!()), 7);
    }

    /// The bodies of all exported functions, with their names.
    fn exports() -> Vec<(String, String)> {
        let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        for file in std::fs::read_dir(sources).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for export in text.split("#[unsafe(no_mangle)]\n").skip(1) {
                let (head, rest) = export.split_once('(').unwrap();
                let name = head.rsplit(' ').next().unwrap();
                let body = rest.split_once("\n}\n").unwrap().0;
                found.push((name.to_owned(), body.to_owned()));
            }
        }
        found
    }

    #[test]
    fn every_export_ends_in_the_guard() {
        let exports = exports();
        assert!(exports.len() > 10, "the exports were not found");
        for (name, body) in exports {
            // The last statement of a body is the last line that is indented by one step and opens something.
            let last = body.lines().rfind(|line| {
                line.starts_with("    ") && !line.starts_with("     ") && line.trim() != "})" && line.trim() != "});"
            });
            let last = last.unwrap_or_default().trim();
            assert!(last.starts_with("guard(") || last.starts_with("guard_value("), "{name} ends in {last:?}");
        }
    }
}
