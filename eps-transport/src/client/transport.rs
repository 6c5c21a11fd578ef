//! The one seam between a client and whoever answers it.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Bytes};
use hyper::{Request, Response};

/// The longest answer that is taken: 25 prescriptions with all that may stand in them, and room to spare.
const LONGEST_ANSWER: usize = 32 * 1024 * 1024;

/// An answer that is on its way.
pub type Exchanged<'t> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 't>>;

/// An answer that has begun, on its way.
pub type Opened<'t> = Pin<Box<dyn Future<Output = Result<Response<Arriving>, TransportError>> + Send + 't>>;

/// The rest of an answer that has begun.
pub type Arriving = UnsyncBoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// Brings one request to a service, and its answer back. Open: a host may bring its own.
pub trait Transport: Send + Sync {
    /// Brings a request there, once, and gives its answer as soon as that begins. Its URI is a path, with a query where it
    /// has one.
    ///
    /// # Errors
    /// [`TransportError`], after which nobody here knows whether the request arrived.
    fn open(&self, request: Request<Bytes>) -> Opened<'_>;

    /// Brings a request there, once, and gives its whole answer.
    ///
    /// # Errors
    /// As [`Self::open`].
    fn exchange(&self, request: Request<Bytes>) -> Exchanged<'_> {
        Box::pin(async move { whole(self.open(request).await?).await })
    }
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

/// An answer whose body comes in the form of a transport.
pub(super) fn begun<B>(response: Response<B>) -> Response<Arriving>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    response.map(|body| body.map_err(Into::into).boxed_unsync())
}

/// The whole of an answer.
pub(super) async fn whole(response: Response<Arriving>) -> Result<Response<Bytes>, TransportError> {
    let (head, mut body) = response.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame.map_err(TransportError::Broken)?.data_ref() {
            bytes.extend_from_slice(data);
        }
        if bytes.len() > LONGEST_ANSWER {
            return Err(TransportError::TooLong);
        }
    }
    Ok(Response::from_parts(head, bytes.into()))
}
