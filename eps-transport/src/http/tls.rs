//! TLS: the server's certificate, and those of callers where they need one.

use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// Why a server cannot speak TLS with what it was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file holds no certificate or key in PEM, or a broken one.
    #[error("the {what} is not one in PEM")]
    Pem {
        /// Which file.
        what: &'static str,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
    /// There is no certificate in the file.
    #[error("there is no {0} in the file")]
    Empty(&'static str),
    /// The certificate and the key cannot be used, or do not belong together.
    #[error("the certificate and the key cannot be used")]
    Certificate(#[source] rustls::Error),
    /// The callers' authority cannot be used.
    #[error("the authority of the callers' certificates cannot be used")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How connections are made private.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// TLS 1.2 and 1.3 with this certificate chain and key. With `callers`, an authority, a caller must show a certificate
    /// that it issued. All are PEM.
    ///
    /// # Errors
    /// [`TlsError`] where one of them cannot be used.
    pub fn new(chain: &[u8], key: &[u8], callers: Option<&[u8]>) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|source| TlsError::Pem { what: "key", source })?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Certificate)?;
        let builder = match callers {
            None => builder.with_no_client_auth(),
            Some(callers) => builder.with_client_cert_verifier(verifier(callers, provider)?),
        };
        let mut config =
            builder.with_single_cert(certificates(chain, "certificate")?, key).map_err(TlsError::Certificate)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    /// The connection made private.
    ///
    /// # Errors
    /// When the caller does not speak TLS as it must, or shows no certificate that is needed.
    pub(super) async fn accept(
        &self,
        stream: tokio::net::TcpStream,
    ) -> io::Result<tokio_rustls::server::TlsStream<tokio::net::TcpStream>> {
        self.0.accept(stream).await
    }
}

fn verifier(
    callers: &[u8],
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(callers, "authority")? {
        roots.add(certificate).map_err(|error| TlsError::Authority(Box::new(error)))?;
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    verifier.map_err(|error| TlsError::Authority(Box::new(error)))
}

fn certificates(pem: &[u8], what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|source| TlsError::Pem { what, source })?;
    if all.is_empty() { Err(TlsError::Empty(what)) } else { Ok(all) }
}
