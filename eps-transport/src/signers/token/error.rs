use cryptoki::error::{Error, RvError};

/// Why a token does not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The library cannot be loaded or initialised.
    #[error("the PKCS #11 library cannot be used")]
    Module(#[source] Error),
    /// There is no token with this label.
    #[error("there is no token with this label")]
    NoToken,
    /// There are several tokens with this label.
    #[error("there are several tokens with this label")]
    SeveralTokens,
    /// The PIN is wrong. The token counts how often, so that it must not be tried again unasked.
    #[error("the PIN is wrong; it was tried once")]
    PinIncorrect,
    /// The token was given too many wrong PINs.
    #[error("the token is locked, after too many wrong PINs")]
    PinLocked,
    /// The PIN has expired, was never set, or must be changed first.
    #[error("the PIN of the token must be set first")]
    PinUnusable,
    /// The token was taken out.
    #[error("the token was removed")]
    Removed,
    /// The token asks for its PIN again.
    #[error("the token has logged out")]
    LoggedOut,
    /// The user ended it at the token or its reader.
    #[error("it was cancelled at the token")]
    Cancelled,
    /// The token holds no certificate for content commitment.
    #[error("the token holds no certificate for content commitment")]
    NoCertificate,
    /// Every such certificate has expired or is not yet in force.
    #[error("the signing certificate of the token is not in force")]
    NotInForce,
    /// Several such certificates are in force, and nothing says which one to use.
    #[error("the token holds several signing certificates that are in force")]
    SeveralCertificates,
    /// The key of the certificate is not there, or is not an RSA key that signs.
    #[error("the token does not hold the key of its signing certificate")]
    NoKey,
    /// The token makes no RSASSA-PKCS1-v1_5 signatures that can be used here.
    #[error("the token offers no mechanism that can be used")]
    Mechanism,
    /// Anything else that went wrong.
    #[error("the token failed")]
    Token(#[source] Error),
}

impl TokenError {
    /// Whether further signatures in the same session are pointless, or harm: the card counts wrong PINs.
    pub(super) const fn ends_the_session(&self) -> bool {
        match self {
            Self::PinIncorrect
            | Self::PinLocked
            | Self::PinUnusable
            | Self::Removed
            | Self::LoggedOut
            | Self::Cancelled => true,
            Self::Module(_)
            | Self::NoToken
            | Self::SeveralTokens
            | Self::NoCertificate
            | Self::NotInForce
            | Self::SeveralCertificates
            | Self::NoKey
            | Self::Mechanism
            | Self::Token(_) => false,
        }
    }
}

impl From<Error> for TokenError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library names every error of its standard; few need words")]
    fn from(error: Error) -> Self {
        let Error::Pkcs11(code, _) = &error else { return Self::Token(error) };
        match code {
            RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => Self::PinIncorrect,
            RvError::PinLocked => Self::PinLocked,
            RvError::PinExpired | RvError::UserPinNotInitialized => Self::PinUnusable,
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::SessionHandleInvalid
            | RvError::SessionClosed => Self::Removed,
            RvError::UserNotLoggedIn => Self::LoggedOut,
            RvError::FunctionCanceled | RvError::Cancel => Self::Cancelled,
            _ => Self::Token(error),
        }
    }
}
