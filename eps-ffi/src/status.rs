//! The status that every fallible call returns.

use std::ffi::CStr;

use crate::guard::guard_value;
use crate::text::eps_str;

/// How a call ended. The hundreds say whose matter it is: 0 nobody's, 1 to 99 the calling program's, 100 to 199 the
/// message's, 200 to 299 the signature's, 900 to 999 this library's. A number is never given a second meaning; more
/// may be added, so have a default branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[non_exhaustive]
pub enum eps_status {
    /// Done; outputs are written.
    Ok = 0,
    /// A pointer that must not be NULL is.
    NullArgument = 1,
    /// A text that must be UTF-8 is not.
    NotUtf8 = 2,
    /// A length is larger than any object can be.
    LengthTooLarge = 3,
    /// A number is none of those that the argument can be.
    UnknownChoice = 4,
    /// The bytes are not as many as the argument must have.
    WrongLength = 5,
    /// The message is refused; the error holds every problem with its place.
    MessageRefused = 100,
    /// An identifier is not well formed, or its check character is wrong.
    IdRefused = 101,
    /// The message is well formed, and is not a prescription.
    NotAPrescription = 102,
    /// The signature is refused; the error holds every failure and the report.
    SignatureRefused = 200,
    /// A CA certificate cannot be read, or cannot serve as one.
    CertificateRefused = 201,
    /// Some revocation list cannot be used; the others are in force.
    ListUnused = 202,
    /// A panic was caught: a defect of this library. The handles of the call may be freed, and should not be used again.
    Panic = 900,
    /// A result cannot be expressed: a defect of this library.
    Internal = 901,
}

impl eps_status {
    const ALL: [Self; 14] = [
        Self::Ok,
        Self::NullArgument,
        Self::NotUtf8,
        Self::LengthTooLarge,
        Self::UnknownChoice,
        Self::WrongLength,
        Self::MessageRefused,
        Self::IdRefused,
        Self::NotAPrescription,
        Self::SignatureRefused,
        Self::CertificateRefused,
        Self::ListUnused,
        Self::Panic,
        Self::Internal,
    ];

    /// The name in C.
    const fn name(self) -> &'static CStr {
        match self {
            Self::Ok => c"EPS_STATUS_OK",
            Self::NullArgument => c"EPS_STATUS_NULL_ARGUMENT",
            Self::NotUtf8 => c"EPS_STATUS_NOT_UTF8",
            Self::LengthTooLarge => c"EPS_STATUS_LENGTH_TOO_LARGE",
            Self::MessageRefused => c"EPS_STATUS_MESSAGE_REFUSED",
            Self::UnknownChoice => c"EPS_STATUS_UNKNOWN_CHOICE",
            Self::WrongLength => c"EPS_STATUS_WRONG_LENGTH",
            Self::IdRefused => c"EPS_STATUS_ID_REFUSED",
            Self::NotAPrescription => c"EPS_STATUS_NOT_A_PRESCRIPTION",
            Self::SignatureRefused => c"EPS_STATUS_SIGNATURE_REFUSED",
            Self::CertificateRefused => c"EPS_STATUS_CERTIFICATE_REFUSED",
            Self::ListUnused => c"EPS_STATUS_LIST_UNUSED",
            Self::Internal => c"EPS_STATUS_INTERNAL",
            Self::Panic => c"EPS_STATUS_PANIC",
        }
    }

    /// The status with this number. What comes from C is a number, never this type.
    fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|status| *status as i32 == number)
    }
}

/// The name of a status, such as `EPS_STATUS_OK`; an empty text for a number that is none. Static: valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn eps_status_name(status: i32) -> eps_str {
    guard_value(eps_str::EMPTY, || {
        eps_status::from_number(status).map_or(eps_str::EMPTY, |status| eps_str::from_static(status.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_listed_by_its_name_in_the_header() {
        let header = include_str!("../include/eps.h");
        let in_header = header.matches("  EPS_STATUS_").count();
        assert_eq!(in_header, eps_status::ALL.len());
        for status in eps_status::ALL {
            assert_eq!(eps_status::from_number(status as i32), Some(status));
            let line = format!("  {} = {},", status.name().to_str().unwrap(), status as i32);
            assert!(header.contains(&line), "{line}");
        }
        assert_eq!(eps_status::from_number(-1), None);
    }
}
