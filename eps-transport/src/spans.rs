//! Spans: what a request goes through, for whoever traces it. They name calls, steps and statuses, and nothing of a message.

/// The target of every span, by which a subscriber tells them from logs.
pub const TARGET: &str = "eps::span";

/// Does a step of a request in a span of this name.
#[cfg(feature = "server")]
pub(crate) fn step<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    begin(name).in_scope(work)
}

/// Does a step of a request, which nobody traces here.
#[cfg(not(feature = "server"))]
pub(crate) fn step<T>(_: &'static str, work: impl FnOnce() -> T) -> T {
    work()
}

/// The span of a step.
#[cfg(feature = "server")]
pub(crate) fn begin(name: &'static str) -> tracing::Span {
    tracing::info_span!(target: TARGET, "step", otel.name = name)
}
