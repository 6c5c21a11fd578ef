//! The one seam between a client and whoever answers it.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Bytes};
use hyper::{Request, Response};

/// The longest answer that is taken: 25 prescriptions with all that may stand in them, and room to spare.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;

/// An answer that is on its way.
pub type Exchanged<'t> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 't>>;

/// Brings one request to a service, and its answer back. Open: a host may bring its own.
pub trait Transport: Send + Sync {
    /// Brings a request there, once. Its URI is a path, with a query where it has one.
    ///
    /// # Errors
    /// [`TransportError`], after which nobody here knows whether the request arrived.
    fn exchange(&self, request: Request<Bytes>) -> Exchanged<'_>;
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// There is nobody at the address.
    #[error("the server cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The connection ended before the answer.
    #[error("the connection ended before the answer")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
    /// The server withheld the answer, as a test server does that is asked to.
    #[error("the answer is withheld")]
    Withheld,
    /// No answer came in time.
    #[error("no answer came in time")]
    TooSlow,
    /// The answer is longer than a client takes.
    #[error("the answer is too long")]
    TooLong,
}

/// The whole of an answer.
pub(super) async fn whole<B>(response: Response<B>) -> Result<Response<Bytes>, TransportError>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (head, body) = response.into_parts();
    match Limited::new(body, LONGEST_ANSWER).collect().await {
        Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(TransportError::TooLong),
        Err(error) => Err(TransportError::Broken(error)),
    }
}
