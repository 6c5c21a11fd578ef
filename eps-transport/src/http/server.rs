//! Listening: connections, their limits, and an end that finishes what was accepted.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Service;
use super::handle::{GRACE, handle, is_withheld};
use crate::store::Store;

impl<S: Store + 'static> Service<S> {
    /// The service as an axum router, to be put beside others. With [`ConnectInfo`] it tells callers apart that have no token.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(handle::<S>).with_state(self)
    }

    /// Follows the journal for pharmacies that wait, for ever.
    #[cfg(feature = "client")]
    pub(crate) fn follow(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        super::waking::tail(self)
    }

    /// Answers connections until `stop` is ready, then finishes the requests that have arrived.
    ///
    /// # Errors
    /// When no more connections can be accepted.
    pub async fn serve(self: Arc<Self>, listener: TcpListener, stop: impl Future<Output = ()>) -> io::Result<()> {
        let limits = self.settings.limits;
        let room = Arc::new(Semaphore::new(limits.connections));
        let ending = GracefulShutdown::new();
        let tls = self.tls.clone();
        let tail = tokio::spawn(super::waking::tail(Arc::clone(&self)));
        let router = Arc::clone(&self).router();
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(limits.header_time).max_buf_size(limits.headers);
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &room) => accepted,
                () = &mut stop => break,
            };
            let (stream, peer, place) = match accepted {
                Ok(accepted) => accepted,
                // The peer gave up, or files ran out for a moment: others may still come.
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    continue;
                }
            };
            let (router, http, watcher, tls) = (router.clone(), http.clone(), ending.watcher(), tls.clone());
            tokio::spawn(async move {
                let service = service_fn(move |request| answer(router.clone(), peer, request));
                // A peer that breaks off is no news, nor is one that does not speak TLS.
                match tls {
                    None => drop(watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await),
                    Some(tls) => {
                        let accepted = tokio::time::timeout(limits.header_time, tls.accept(stream)).await;
                        let Ok(Ok(stream)) = accepted else { return };
                        drop(watcher.watch(http.serve_connection(TokioIo::new(stream), service)).await);
                    }
                }
                drop(place);
            });
        }
        drop(listener);
        self.waking.end();
        tokio::select! {
            () = ending.shutdown() => {}
            () = tokio::time::sleep(GRACE) => tracing::warn!("some connections did not end in time"),
        }
        tail.abort();
        Ok(())
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}

/// A reply that is withheld ends its connection.
#[derive(Debug, thiserror::Error)]
#[error("the reply is withheld")]
struct Withheld;

async fn answer(router: Router, peer: SocketAddr, request: Request<Incoming>) -> Result<Response<Body>, Withheld> {
    use tower_service::Service as _;
    let (mut router, mut request) = (router, request.map(Body::new));
    request.extensions_mut().insert(ConnectInfo(peer));
    let response: Result<_, Infallible> = router.call(request).await;
    match response {
        Ok(response) if is_withheld(&response) => Err(Withheld),
        Ok(response) => Ok(response),
        Err(never) => match never {},
    }
}
