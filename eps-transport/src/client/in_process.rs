//! A broker in the same process, behind the REST face without a socket.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::response::Response as Answered;
use hyper::Request;
use hyper::body::Bytes;
use tokio::task::AbortHandle;
use tower_service::Service as _;

use super::transport::{Opened, Transport, TransportError, begun};
use crate::http::{Service, is_withheld};
use crate::store::Store;

/// A service in the same process.
#[derive(Clone)]
pub struct InProcess {
    router: Router,
    follower: Arc<Follower>,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl InProcess {
    /// Answers by this service. Its messages need a tokio runtime.
    pub fn new<S: Store + 'static>(service: Arc<Service<S>>) -> Self {
        let follows = Box::pin(Arc::clone(&service).follow());
        Self { router: service.router(), follower: Arc::new(Follower(Mutex::new(Following::NotYet(follows)))) }
    }
}

/// What follows the journal for pharmacies that wait, from the first message until the last client is gone.
struct Follower(Mutex<Following>);

enum Following {
    NotYet(Pin<Box<dyn Future<Output = ()> + Send>>),
    Since(AbortHandle),
}

impl Follower {
    /// Begins to follow, within a runtime.
    fn begin(&self) {
        // It is one or the other, never between.
        let mut following = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Following::NotYet(follows) = &mut *following {
            let follows = std::mem::replace(follows, Box::pin(std::future::ready(())));
            *following = Following::Since(tokio::spawn(follows).abort_handle());
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        if let Following::Since(follows) = self.0.get_mut().unwrap_or_else(PoisonError::into_inner) {
            follows.abort();
        }
    }
}

impl Transport for InProcess {
    fn open(&self, request: Request<Bytes>) -> Opened<'_> {
        let mut router = self.router.clone();
        Box::pin(async move {
            self.follower.begin();
            let answered: Result<Answered, Infallible> = router.call(request.map(Body::from)).await;
            match answered {
                Ok(response) if is_withheld(&response) => Err(TransportError::Withheld),
                Ok(response) => Ok(begun(response)),
                Err(never) => match never {},
            }
        })
    }
}
