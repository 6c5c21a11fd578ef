//! Why a call did not succeed.

use eps_core::model::Outcome;
use eps_core::problem::Problems;
use hyper::StatusCode;

use super::transport::TransportError;

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No answer came, however often it was asked for. The service may have the message: ask again with the same id.
    #[error("no answer came")]
    NoAnswer(#[from] TransportError),
    /// The service is there and could not answer, however often it was asked.
    #[error("the service answered {status}")]
    Unavailable {
        /// The last status.
        status: StatusCode,
    },
    /// The service refused the message, and says why.
    #[error("the service refused the message ({status}): {}", reasons(outcome))]
    Refused {
        /// The status.
        status: StatusCode,
        /// What it says.
        outcome: Box<Outcome>,
    },
    /// There is no such prescription.
    #[error("there is no such prescription")]
    NotFound,
    /// The answer is none that the service gives.
    #[error("the answer ({status}) cannot be read")]
    Unreadable {
        /// The status.
        status: StatusCode,
        /// What is wrong with it.
        source: Problems,
    },
    /// The service answered something else than was asked for.
    #[error("the answer ({status}) is to another question")]
    Other {
        /// The status.
        status: StatusCode,
    },
    /// FHIR has no form for the message.
    #[error("the message has no form in FHIR")]
    Unwritable(#[from] Problems),
    /// The service gives the application no token.
    #[error("the service gives the application no token ({status} {error})")]
    NoToken {
        /// The status.
        status: StatusCode,
        /// Why, as RFC 6749 has it: `invalid_client`, ...
        error: String,
    },
    /// The token has characters that no header can hold, or the key of the application cannot sign.
    #[error("there is no token that can be sent")]
    Token,
    /// The prescription id or another value cannot stand in a path.
    #[error("the request cannot be made")]
    Request(#[from] hyper::http::Error),
}

impl ClientError {
    /// What kind of failure it is, in a word or two: for counting.
    #[must_use]
    pub fn kind(&self) -> String {
        match self {
            Self::NoAnswer(TransportError::Unreachable(_)) => "unreachable".to_owned(),
            Self::NoAnswer(TransportError::Broken(_)) => "connection broken".to_owned(),
            Self::NoAnswer(TransportError::Withheld) => "answer withheld".to_owned(),
            Self::NoAnswer(TransportError::TooSlow) => "too slow".to_owned(),
            Self::NoAnswer(TransportError::TooLong) => "answer too long".to_owned(),
            Self::Unavailable { status } => status.as_u16().to_string(),
            Self::Refused { status, outcome } => format!("{} {}", status.as_u16(), reasons(outcome)),
            Self::NoToken { status, error } => format!("no token: {} {error}", status.as_u16()),
            Self::NotFound => "not found".to_owned(),
            Self::Unreadable { .. } | Self::Other { .. } => "answer not understood".to_owned(),
            Self::Unwritable(_) | Self::Token | Self::Request(_) => "not sent".to_owned(),
        }
    }
}

/// What an outcome says, without anything that might be about a patient: codes, and the words that go with them.
fn reasons(outcome: &Outcome) -> String {
    let said = outcome.issues.iter().map(|issue| match &issue.coding {
        Some(coding) => coding.display.as_ref().map_or(coding.code.as_str(), |display| display.as_str()),
        None => issue.code.as_str(),
    });
    said.collect::<Vec<_>>().join(", ")
}
