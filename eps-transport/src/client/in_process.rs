//! A broker in the same process, behind the REST face without a socket.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response as Answered;
use hyper::Request;
use hyper::body::Bytes;
use tower_service::Service as _;

use super::transport::{Exchanged, Transport, TransportError, whole};
use crate::http::{Service, is_withheld};
use crate::store::Store;

/// A service in the same process.
#[derive(Clone, Debug)]
pub struct InProcess(Router);

impl InProcess {
    /// Answers by this service. Its messages need a tokio runtime.
    pub fn new<S: Store + 'static>(service: Arc<Service<S>>) -> Self {
        Self(service.router())
    }
}

impl Transport for InProcess {
    fn exchange(&self, request: Request<Bytes>) -> Exchanged<'_> {
        let mut router = self.0.clone();
        Box::pin(async move {
            let answered: Result<Answered, Infallible> = router.call(request.map(Body::from)).await;
            match answered {
                Ok(response) if is_withheld(&response) => Err(TransportError::Withheld),
                Ok(response) => whole(response).await,
                Err(never) => match never {},
            }
        })
    }
}
