//! Which library this is.

use std::ffi::CStr;

use crate::guard::guard_value;
use crate::text::eps_str;

/// The version of this interface. It grows when a program compiled with an older header could not go on working; functions
/// and statuses may be added without that. Compare it with `eps_abi_version()` at start.
pub const EPS_ABI_VERSION: u32 = 1;

/// The version from the manifest, with the NUL that C wants.
const VERSION: Result<&CStr, std::ffi::FromBytesWithNulError> =
    CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes());

/// The `EPS_ABI_VERSION` of the library that is linked, which may be another than that of the header.
#[unsafe(no_mangle)]
pub extern "C" fn eps_abi_version() -> u32 {
    guard_value(0, || EPS_ABI_VERSION)
}

/// The version of the library, such as `0.1.0`. Static: valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn eps_version() -> eps_str {
    guard_value(eps_str::EMPTY, || VERSION.map_or(eps_str::EMPTY, eps_str::from_static))
}
