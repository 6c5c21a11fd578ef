//! What a server tells of itself: a log on standard error, and spans to a collector where one is set.

use std::io;

use eps_transport::spans;
#[cfg(feature = "opentelemetry")]
use eps_transport::telemetry::Telemetry;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Logs on standard error from now on, as JSON; spans are no log.
fn log<S>(levels: &Targets) -> impl tracing_subscriber::Layer<S> + use<S>
where
    S: tracing::Subscriber + for<'s> tracing_subscriber::registry::LookupSpan<'s>,
{
    let levels = levels.clone().with_target(spans::TARGET, LevelFilter::OFF);
    fmt::layer().json().with_writer(io::stderr).with_target(false).with_filter(levels)
}

/// Begins to tell.
#[cfg(not(feature = "opentelemetry"))]
pub(crate) fn begin(levels: &Targets) {
    tracing_subscriber::registry().with(log(levels)).init();
}

/// Begins to tell, the spans to a collector where one is set. They must be ended.
#[cfg(feature = "opentelemetry")]
pub(crate) fn begin(levels: &Targets, collector: Option<&str>) -> Result<Option<Telemetry>, crate::failure::Failure> {
    let telemetry = collector.map(Telemetry::new).transpose();
    let telemetry = telemetry.map_err(|error| crate::failure::Failure::because("OpenTelemetry")(error.into()))?;
    tracing_subscriber::registry().with(log(levels)).with(telemetry.as_ref().map(Telemetry::layer)).init();
    Ok(telemetry)
}
