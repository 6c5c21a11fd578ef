//! A server at an address, over HTTP/1.1 with or without TLS. Connections are kept and used again.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::uri::{Authority, PathAndQuery, Scheme, Uri};
use hyper::{Request, http};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::transport::{Opened, Transport, TransportError, begun};

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(20);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

/// A server at an address.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    scheme: Scheme,
    authority: Authority,
    /// What stands before every path, without a slash at its end.
    prefix: String,
}

/// Whom a client believes, and who it says it is.
#[derive(Default)]
#[expect(clippy::exhaustive_structs, reason = "whoever calls over TLS decides each of these")]
pub struct Tls {
    /// Certificates of the authorities that are believed, DER; those of the public web where there are none.
    pub roots: Vec<Vec<u8>>,
    /// Who the client is, for mutual TLS.
    pub identity: Option<Identity>,
}

/// Who a client is.
#[expect(clippy::exhaustive_structs, reason = "mutual TLS needs both")]
pub struct Identity {
    /// Its certificate and those between it and an authority that the server believes, DER, its own first.
    pub certificates: Vec<Vec<u8>>,
    /// Its private key, PKCS #8 DER.
    pub key: zeroize::Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tls({} roots, {})", self.roots.len(), if self.identity.is_some() { "an identity" } else { "nobody" })
    }
}

/// An address that cannot be called.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It is no URL.
    #[error("the address is not a URL")]
    Url(#[from] http::uri::InvalidUri),
    /// It is a URL of something else.
    #[error("the address does not begin with http:// or https:// and a host, or has a query")]
    Scheme,
    /// A certificate or key of [`Tls`] cannot be used.
    #[error("a certificate or key for TLS cannot be used")]
    Tls(#[from] rustls::Error),
    /// A key of [`Tls`] is no PKCS #8 key.
    #[error("the private key for TLS is not PKCS #8")]
    Key,
}

impl Http {
    /// The server at a URL such as `https://eps.example:8443` or `http://127.0.0.1:8080/below`.
    ///
    /// # Errors
    /// [`AddressError`] where it cannot be called.
    pub fn new(address: &str, tls: &Tls) -> Result<Self, AddressError> {
        let uri: Uri = address.parse()?;
        let is_web = [Some("http"), Some("https")].contains(&uri.scheme_str());
        if !is_web || uri.query().is_some() {
            return Err(AddressError::Scheme);
        }
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(AddressError::Scheme);
        };
        let path = parts.path_and_query.as_ref().map_or("", PathAndQuery::path);
        let prefix = path.trim_end_matches('/').to_owned();
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(configured(tls)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { client, scheme, authority, prefix })
    }

    /// The same request with the whole address.
    fn addressed(&self, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, http::Error> {
        let (mut head, body) = request.into_parts();
        let path = head.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        head.uri = Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(format!("{}{path}", self.prefix))
            .build()?;
        Ok(Request::from_parts(head, Full::new(body)))
    }
}

impl Transport for Http {
    fn open(&self, request: Request<Bytes>) -> Opened<'_> {
        Box::pin(async move {
            let request = self.addressed(request).map_err(|error| TransportError::Unreachable(error.into()))?;
            match self.client.request(request).await {
                Ok(response) => Ok(begun(response)),
                Err(error) if error.is_connect() => Err(TransportError::Unreachable(error.into())),
                Err(error) => Err(TransportError::Broken(error.into())),
            }
        })
    }
}

fn configured(tls: &Tls) -> Result<ClientConfig, AddressError> {
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let builder = if tls.roots.is_empty() {
        builder.with_webpki_roots()
    } else {
        let mut roots = RootCertStore::empty();
        for root in &tls.roots {
            roots.add(CertificateDer::from(root.clone()))?;
        }
        builder.with_root_certificates(roots)
    };
    let Some(Identity { certificates, key }) = &tls.identity else { return Ok(builder.with_no_client_auth()) };
    let key = PrivateKeyDer::try_from(key.to_vec()).map_err(|_| AddressError::Key)?;
    let certificates = certificates.iter().cloned().map(CertificateDer::from).collect();
    Ok(builder.with_client_auth_cert(certificates, key)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_stands_before_every_path() {
        let at = |address: &str, path: &str| {
            let http = Http::new(address, &Tls::default()).unwrap();
            let request = Request::get(path).body(Bytes::new()).unwrap();
            http.addressed(request).unwrap().uri().to_string()
        };
        assert_eq!(at("http://127.0.0.1:8080", "/_ping"), "http://127.0.0.1:8080/_ping");
        assert_eq!(at("https://eps.example/below/", "/a?b=c"), "https://eps.example/below/a?b=c");
    }

    #[test]
    fn only_addresses_of_the_web_are_called() {
        for address in ["", "127.0.0.1:8080", "ftp://eps.example", "/path", "http://eps.example?a=b"] {
            assert!(Http::new(address, &Tls::default()).is_err(), "{address}");
        }
        let tls = Tls { roots: vec![vec![1, 2, 3]], identity: None };
        assert!(matches!(Http::new("https://eps.example", &tls), Err(AddressError::Tls(_))));
    }
}
