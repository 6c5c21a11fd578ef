/// Why the remote service made no signature.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// The address of the service is not an `https` URL, or `http` on this machine, without query and fragment.
    #[error("the address of the signing service must be an https URL without a query")]
    Address,
    /// The application's key cannot be read.
    #[error("the key of the application is not an RSA key in PKCS #8")]
    ApplicationKey,
    /// The application's key is shorter than the service accepts.
    #[error("the key of the application has {bits} bits; the signing service asks for 4096")]
    ApplicationKeySize {
        /// Its length.
        bits: usize,
    },
    /// The request could not be signed.
    #[error("the request could not be signed with the key of the application")]
    Jwt,
    /// The service could not be reached, or did not answer in time. Whether it took the request is not known.
    #[error("the signing service does not answer")]
    Unreachable(#[source] Box<ureq::Error>),
    /// 401: the access token is missing, wrong or has expired.
    #[error("the signing service does not accept the access token of the user")]
    Unauthorised,
    /// 403: the application or user may not use the service.
    #[error("the signing service is not open to this application or user")]
    Forbidden,
    /// 400 or 422: the service does not accept the request.
    #[error("the signing service does not accept the request (status {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// 404 at the end: the service does not know the token.
    #[error("the signing service does not know the token")]
    UnknownToken,
    /// 410 at the end, or more time has passed than a request is good for.
    #[error("the request to sign has expired")]
    Expired,
    /// 409 at the end, or so says the way to the user: the user did not sign.
    #[error("the user cancelled")]
    Cancelled,
    /// 429 or a status of the 500s: not now.
    #[error("the signing service cannot serve the request now (status {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// Any other status, a redirect among them.
    #[error("the signing service answered with the unexpected status {status}")]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is too long, is not the JSON that is expected, or names an address or token that cannot be used.
    #[error("the answer of the signing service cannot be read: {what}")]
    Answer {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The browser returned with another token or state than it was sent away with.
    #[error("the browser returned from another request to sign")]
    OtherRequest,
    /// Signatures came back for prescriptions that were not asked for, or twice.
    #[error("the signing service answered for other prescriptions than it was asked for")]
    OtherPrescriptions,
    /// The service gave no certificate.
    #[error("the signing service gave no certificate")]
    NoCertificate,
    /// For this prescription of the batch the service gave no signature.
    #[error("the signing service gave no signature for the prescription")]
    NotSigned,
    /// The callback could not be listened for.
    #[error("the callback cannot be listened for")]
    Callback(#[source] std::io::Error),
}

/// What a status of the last step means. NHS England publishes no list: this one is inferred from what HTTP says.
pub(super) const fn of_response(status: u16) -> RemoteError {
    match status {
        404 => RemoteError::UnknownToken,
        409 => RemoteError::Cancelled,
        410 => RemoteError::Expired,
        other => of_status(other),
    }
}

/// What a status means, whatever was asked.
pub(super) const fn of_status(status: u16) -> RemoteError {
    match status {
        400 | 422 => RemoteError::Refused { status },
        401 => RemoteError::Unauthorised,
        403 => RemoteError::Forbidden,
        429 | 500..=599 => RemoteError::Unavailable { status },
        _ => RemoteError::Status { status },
    }
}
