//! What a monitor counts, in the text format of OpenMetrics, which Prometheus reads.
//!
//! Labels are calls, products, statuses and interactions: a bounded number, and nothing of a message.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use eps_core::codes::InteractionId;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::route::{Call, Product};
use crate::broker::Watch;

/// The type of what is told.
pub(super) const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the classes of times, in seconds: finer where the service should be.
const TIMES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What is told of a path that leads nowhere.
const NONE: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    call: &'static str,
    product: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Called {
    call: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Message {
    interaction: &'static str,
    effect: &'static str,
}

/// What is counted.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    times: Family<Called, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    held_back: Counter,
    messages: Family<Message, Counter>,
    commits: Histogram,
    working: Gauge,
    store: Gauge,
}

fn histogram() -> Histogram {
    Histogram::new(TIMES)
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("eps");
        let metrics = Self {
            requests: Family::default(),
            times: Family::new_with_constructor(histogram),
            in_flight: Gauge::default(),
            held_back: Counter::default(),
            messages: Family::default(),
            commits: histogram(),
            working: Gauge::default(),
            store: Gauge::default(),
            registry: Registry::default(),
        };
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What runs", version);
        registry.register_with_unit("start_time", "When it started, since 1970", Unit::Seconds, started());
        registry.register("requests", "Requests answered", metrics.requests.clone());
        let (times, commits) = (metrics.times.clone(), metrics.commits.clone());
        registry.register_with_unit("request_duration", "Time until a request is answered", Unit::Seconds, times);
        registry.register("requests_in_flight", "Requests that are read or answered now", metrics.in_flight.clone());
        registry.register("held_back", "Requests refused because their caller had enough", metrics.held_back.clone());
        registry.register("messages", "Messages that the broker answered", metrics.messages.clone());
        registry.register("working", "Messages that are worked on now", metrics.working.clone());
        registry.register_with_unit("commit_duration", "Time until a change is durable", Unit::Seconds, commits);
        registry.register_with_unit("store_size", "Size of the store, 0 in memory", Unit::Bytes, metrics.store.clone());
        Self { registry, ..metrics }
    }

    /// A request is here, until this is dropped.
    pub(super) fn here(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// A request was answered.
    pub(super) fn answered(&self, routed: Option<&(Product, Call)>, status: u16, took: Duration) {
        let (product, call) = routed.map_or((NONE, NONE), |(product, call)| (product.name(), call.name()));
        self.requests.get_or_create(&Request { call, product, status }).inc();
        self.times.get_or_create(&Called { call }).observe(took.as_secs_f64());
    }

    /// A caller was held back.
    pub(super) fn held_back(&self) {
        self.held_back.inc();
    }

    /// All that was counted, with what is only looked at now.
    pub(super) fn text(&self, working: usize, store: u64) -> String {
        self.working.set(i64::try_from(working).unwrap_or(i64::MAX));
        self.store.set(i64::try_from(store).unwrap_or(i64::MAX));
        let mut told = String::new();
        // Writing to a text does not fail.
        let _ = text::encode(&mut told, &self.registry);
        told
    }
}

impl Watch for Metrics {
    fn answered(&self, interaction: InteractionId, commit: Option<Duration>) {
        let effect = if commit.is_some() { "stored" } else { "none" };
        self.messages.get_or_create(&Message { interaction: interaction.as_str(), effect }).inc();
        if let Some(took) = commit {
            self.commits.observe(took.as_secs_f64());
        }
    }
}

fn started() -> Gauge {
    let gauge: Gauge = Gauge::default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge.set(i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
    gauge
}

/// A request that is here.
pub(super) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
