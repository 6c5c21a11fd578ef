//! What comes out: views of bytes, and the buffers that own them.

use std::ffi::{CStr, c_char, c_void};

use serde::Serialize;

use crate::arguments::{borrow, free};
use crate::error::Failure;
use crate::guard::guard_value;
use crate::status::eps_status;

/// A view of bytes that something else owns: each function that returns one says what, and for how long it lives.
///
/// `data` is never NULL and a NUL follows the last byte, which `len` does not count, so that texts can be printed with `%s`.
/// Texts are UTF-8. A value quoted from a message may hold NULs itself: then only `len` tells the whole.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct eps_str {
    /// The first byte.
    pub data: *const c_char,
    /// The number of bytes, without the NUL that follows them.
    pub len: usize,
}

impl eps_str {
    pub(crate) const EMPTY: Self = Self::from_static(c"");

    pub(crate) const fn from_static(text: &'static CStr) -> Self {
        Self { data: text.as_ptr(), len: text.count_bytes() }
    }
}

/// Bytes of the caller, for calls that take several at once.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct eps_bytes {
    /// The first byte.
    pub data: *const c_void,
    /// The number of bytes.
    pub len: usize,
}

/// Bytes of ours with a NUL behind them.
pub(crate) struct Text(Vec<u8>);

impl Text {
    /// Takes the bytes over; the one more byte costs at most one reallocation.
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let mut bytes = bytes.into();
        bytes.reserve_exact(1);
        bytes.push(0);
        Self(bytes)
    }

    pub(crate) fn view(&self) -> eps_str {
        eps_str { data: self.0.as_ptr().cast(), len: self.0.len() - 1 }
    }
}

/// Bytes that a call produced, such as a converted message. Owned by the caller: free it with `eps_buffer_free`.
/// It never changes and may be read from several threads.
pub struct eps_buffer(Text);

impl eps_buffer {
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Text::new(bytes))
    }

    /// A value as JSON.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Failure> {
        let bytes = serde_json::to_vec(value);
        bytes.map(Self::new).map_err(|_| Failure::new(eps_status::Internal, "a result cannot be written as JSON"))
    }
}

/// The bytes of a buffer, valid until the buffer is freed; an empty text for NULL.
///
/// # Safety
/// `buffer` is a live buffer or NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_buffer_bytes(buffer: *const eps_buffer) -> eps_str {
    // SAFETY: the caller promises a live buffer or NULL.
    let buffer = unsafe { borrow(buffer) };
    guard_value(eps_str::EMPTY, || buffer.map_or(eps_str::EMPTY, |buffer| buffer.0.view()))
}

/// Frees a buffer. NULL is fine.
///
/// # Safety
/// `buffer` is a buffer that was not freed yet, or NULL. Views of its bytes are not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn eps_buffer_free(buffer: *mut eps_buffer) {
    // SAFETY: the caller promises a buffer of ours that was not freed yet, or NULL.
    guard_value((), || unsafe { free(buffer) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_followed_by_a_nul_that_is_not_counted() {
        let buffer = eps_buffer::new("id");
        // SAFETY: a live buffer.
        let view = unsafe { eps_buffer_bytes(&raw const buffer) };
        // SAFETY: the view ends in a NUL, and the buffer lives.
        let text = unsafe { CStr::from_ptr(view.data) };
        assert_eq!((text, view.len), (c"id", 2));
    }

    #[test]
    fn null_is_an_empty_buffer_and_can_be_freed() {
        // SAFETY: NULL is allowed.
        let view = unsafe { eps_buffer_bytes(std::ptr::null()) };
        assert_eq!(view.len, 0);
        assert!(!view.data.is_null());
        // SAFETY: NULL is allowed.
        unsafe { eps_buffer_free(std::ptr::null_mut()) };
    }
}
