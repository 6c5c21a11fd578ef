//! OpenTelemetry: spans of requests, sent to a collector as OTLP over HTTP.
//!
//! ```text
//!  spans ─▶ layer (only ours) ─▶ batches, on a thread of their own ─▶ POST {endpoint}/v1/traces
//! ```
//!
//! A caller's `traceparent` is taken up, and nothing else of what it sends: its `tracestate` could hold anything.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Request, Response};
use hyper::body::Bytes;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;
use ureq::Agent;
use ureq::tls::TlsConfig;

use crate::spans;

/// The name of the service, and of what made the spans.
const NAME: &str = "eps";

/// How long the collector may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What sends spans to a collector.
#[derive(Debug)]
pub struct Telemetry(SdkTracerProvider);

impl Telemetry {
    /// Sends to the collector at this address, `http://127.0.0.1:4318` for instance. It starts a thread.
    ///
    /// # Errors
    /// Where this is no address.
    pub fn new(endpoint: &str) -> Result<Self, ExporterBuildError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector::new())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(TIMEOUT)
            .build()?;
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_service_name(NAME).with_attribute(version).build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    /// What a subscriber needs to hand spans over.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer(NAME));
        let ours = Targets::new().with_target(spans::TARGET, LevelFilter::INFO);
        layer.with_location(false).with_threads(false).with_target(false).with_filter(ours)
    }

    /// Sends what is still here, and ends.
    pub fn end(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Makes a span a part of the trace that its caller names.
pub(crate) fn follow(span: &Span, headers: &HeaderMap) {
    let context = TraceContextPropagator::new().extract(&Parent(headers));
    // Nobody may be listening.
    let _ = span.set_parent(context);
}

/// The one header that is taken up.
struct Parent<'h>(&'h HeaderMap);

impl Parent<'_> {
    const NAME: &'static str = "traceparent";
}

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.get(Self::NAME).filter(|_| key.eq_ignore_ascii_case(Self::NAME));
        value.and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        vec![Self::NAME]
    }
}

/// The way to the collector. It waits for the answer: batches have a thread of their own.
#[derive(Debug)]
struct Collector(Agent);

impl Collector {
    fn new() -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().unversioned_rustls_crypto_provider(provider).build();
        let config = Agent::config_builder().tls_config(tls).timeout_global(Some(TIMEOUT));
        Self(config.http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).build().into())
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, mut body) = self.0.run(request.map(Vec::from))?.into_parts();
        Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
    }
}

impl HttpClient for Collector {
    fn send_bytes<'c, 'f>(
        &'c self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.send(request) })
    }
}
