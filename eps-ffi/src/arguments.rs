//! The one way in: pointers become references, slices and slots, after the check for NULL.

use std::ffi::c_void;
use std::ptr::NonNull;

use crate::error::Failure;
use crate::status::eps_status;
use crate::text::eps_bytes;

/// Where a call writes an object that the caller will own: NULL from the start, filled on success only.
pub(crate) struct Slot<T>(NonNull<*mut T>);

impl<T> Slot<T> {
    /// Sets the slot to NULL; it may hold anything before.
    ///
    /// # Safety
    /// `slot` is NULL, or writable as long as the returned value lives.
    pub(crate) unsafe fn new(slot: *mut *mut T) -> Option<Self> {
        let slot = NonNull::new(slot)?;
        // SAFETY: writable by the contract above; what it held is not read.
        unsafe { slot.write(std::ptr::null_mut()) };
        Some(Self(slot))
    }

    pub(crate) fn fill(self, value: T) {
        let owned = Box::into_raw(Box::new(value));
        // SAFETY: writable by the contract of `new`.
        unsafe { self.0.write(owned) };
    }
}

/// A live object or nothing.
///
/// # Safety
/// `handle` is NULL, or points to a live object that nobody changes as long as the reference is used.
pub(crate) unsafe fn borrow<'a, T>(handle: *const T) -> Option<&'a T> {
    // SAFETY: NULL or live by the contract above.
    unsafe { handle.as_ref() }
}

/// A live object to be changed, or nothing.
///
/// # Safety
/// `handle` is NULL, or points to a live object that nobody else uses as long as the reference is used.
pub(crate) unsafe fn borrow_mut<'a, T>(handle: *mut T) -> Option<&'a mut T> {
    // SAFETY: NULL, or live and ours alone by the contract above.
    unsafe { handle.as_mut() }
}

/// The bytes of an input; nothing for NULL.
///
/// # Safety
/// `data` is NULL, or readable for `len` bytes that nobody changes as long as the slice is used.
pub(crate) unsafe fn input<'a>(data: *const c_void, len: usize) -> Result<Option<&'a [u8]>, Failure> {
    if data.is_null() {
        return Ok(None);
    }
    if isize::try_from(len).is_err() {
        return Err(Failure::new(eps_status::LengthTooLarge, "a length is larger than any object can be"));
    }
    // SAFETY: not NULL, not larger than an object can be, and readable by the contract above.
    Ok(Some(unsafe { std::slice::from_raw_parts(data.cast(), len) }))
}

/// The bytes of several inputs, none of which may be NULL.
///
/// # Safety
/// `list` is NULL, or `count` readable elements; each is NULL or readable for its length; nobody changes them as long as the
/// slices are used.
pub(crate) unsafe fn inputs<'a>(
    list: *const eps_bytes,
    count: usize,
    argument: &str,
) -> Result<Vec<&'a [u8]>, Failure> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if list.is_null() {
        return Err(Failure::null(argument));
    }
    if count > isize::MAX.unsigned_abs() / size_of::<eps_bytes>() {
        return Err(Failure::new(eps_status::LengthTooLarge, "a count is larger than any array can be"));
    }
    // SAFETY: not NULL, not larger than an object can be, and readable by the contract above.
    let list = unsafe { std::slice::from_raw_parts(list, count) };
    // SAFETY: each is NULL or readable for its length by the contract above.
    list.iter().map(|bytes| required(unsafe { input(bytes.data, bytes.len) }, argument)).collect()
}

/// Frees an object that a [`Slot`] was filled with.
///
/// # Safety
/// `object` is NULL, or was given by [`Slot::fill`] and not freed yet, and nobody uses it any more.
pub(crate) unsafe fn free<T>(object: *mut T) {
    if !object.is_null() {
        // SAFETY: from `Box::into_raw` in `Slot::fill`, and not freed yet, by the contract above.
        drop(unsafe { Box::from_raw(object) });
    }
}

/// The bytes of an input that must not be NULL.
pub(crate) fn required<'a>(input: Result<Option<&'a [u8]>, Failure>, argument: &str) -> Result<&'a [u8], Failure> {
    input?.ok_or_else(|| Failure::null(argument))
}

/// The text of an input that must not be NULL.
pub(crate) fn text<'a>(input: Result<Option<&'a [u8]>, Failure>, argument: &str) -> Result<&'a str, Failure> {
    let bytes = required(input, argument)?;
    std::str::from_utf8(bytes).map_err(|_| Failure::new(eps_status::NotUtf8, format!("{argument} is not UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_null_until_it_is_filled() {
        let mut dangling = NonNull::<u8>::dangling().as_ptr();
        // SAFETY: a local that outlives the slot.
        let slot = unsafe { Slot::new(&raw mut dangling) }.unwrap();
        assert!(dangling.is_null());
        slot.fill(5);
        // SAFETY: filled above.
        assert_eq!(unsafe { borrow(dangling) }, Some(&5));
        // SAFETY: filled above, and freed once.
        unsafe { free(dangling) };
    }

    #[test]
    fn a_length_that_no_object_has_is_refused_before_it_is_used() {
        // SAFETY: no byte is read, because the length is refused.
        let refused = unsafe { input(NonNull::<c_void>::dangling().as_ptr(), usize::MAX) };
        assert_eq!(refused.err().map(|failure| failure.status), Some(eps_status::LengthTooLarge));
    }
}
