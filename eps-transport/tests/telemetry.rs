//! The spans of `eps serve`, as a collector receives them.

#![cfg(test)]
#![cfg(all(unix, feature = "opentelemetry"))]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::any;
use eps_tests::canaries::{ask_everything, canaries, withheld};
use eps_tests::http::{Order, START_OF_JOURNEYS, request_id};
use eps_tests::process::Process;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// What was sent to a collector: path, type and body.
type Sent = (String, String, Bytes);

/// A collector on loopback: its address, and all that it is sent.
fn collector() -> (String, mpsc::Receiver<Sent>) {
    let (to, sent) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            let take = move |uri: Uri, headers: HeaderMap, body: Bytes| {
                let kind = headers["content-type"].to_str().unwrap().to_owned();
                // The test may be over.
                let _ = to.send((uri.path().to_owned(), kind, body));
                std::future::ready(StatusCode::OK)
            };
            axum::serve(listener, Router::new().fallback(any(take))).await.unwrap();
        });
    });
    (format!("http://{}", told.recv().unwrap()), sent)
}

/// Everything that a server sends to a collector until it has ended.
fn spans(
    options: &[&str],
    environment: &[(&str, &str)],
    sent: &mpsc::Receiver<Sent>,
    ask: impl FnOnce(&Process),
) -> Vec<Span> {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let common = ["--data", &data, "--insecure-dev", "--test-controls", "--now", START_OF_JOURNEYS];
    let process =
        Process::start_in(Path::new(env!("CARGO_BIN_EXE_eps")), &[common.as_slice(), options].concat(), environment);
    ask(&process);
    process.terminate();
    let (status, log) = process.ended();
    assert!(status.success(), "{log}");
    let mut spans = Vec::new();
    for (path, kind, body) in sent.try_iter() {
        assert_eq!((path.as_str(), kind.as_str()), ("/v1/traces", "application/x-protobuf"));
        withheld("what is sent to the collector", &String::from_utf8_lossy(&body));
        let request = ExportTraceServiceRequest::decode(body).unwrap();
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        spans.extend(scopes.flat_map(|scope| scope.spans));
    }
    spans
}

fn attribute(span: &Span, name: &str) -> Option<String> {
    let value = span.attributes.iter().find(|pair| pair.key == name)?.value.clone()?.value?;
    if let Value::IntValue(number) = value {
        return Some(number.to_string());
    }
    if let Value::StringValue(text) = value { Some(text) } else { None }
}

#[test]
fn a_collector_is_told_of_every_request_and_its_steps_and_of_no_patient() {
    let (address, sent) = collector();
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let order = Order::new(7, true);
    let spans = spans(&["--otlp-endpoint", &address], &[], &sent, |process| {
        let server = process.server();
        let [number, family, ..] = canaries();
        let (parent, state) = (format!("00-{trace}-b7ad6b7169203331-01"), format!("eps={number}{family}"));
        let headers = [
            ("authorization", "Bearer x"),
            ("x-request-id", &request_id()),
            ("traceparent", &parent),
            ("tracestate", &state),
        ];
        let signed = order.signed(&server).to_string();
        let reply = server.ask("POST", "/fhir-prescribing/FHIR/R4/$process-message", &headers, &signed);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let statuses = ask_everything(&server);
        assert!([200, 400, 401, 404, 405].iter().all(|status| statuses.contains(status)), "{statuses:?}");
    });
    let sent =
        spans.iter().find(|span| span.parent_span_id == [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]).unwrap();
    assert_eq!((sent.name.as_str(), sent.kind, sent.trace_state.as_str()), ("POST $process-message", 2, ""));
    assert_eq!(sent.trace_id.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), trace);
    for (name, value) in [
        ("http.request.method", "POST"),
        ("http.route", "$process-message"),
        ("http.response.status_code", "200"),
        ("eps.product", "fhir-prescribing"),
    ] {
        assert_eq!(attribute(sent, name).as_deref(), Some(value), "{name}");
    }
    assert!(sent.end_time_unix_nano > sent.start_time_unix_nano);
    // Its steps hang below it, the store's below the decision.
    let named = |name: &str| spans.iter().find(|span| span.trace_id == sent.trace_id && span.name == name).unwrap();
    for name in ["wait", "body", "queue", "work"] {
        assert_eq!(named(name).parent_span_id, sent.span_id, "{name}");
    }
    for name in ["read", "decide", "answer"] {
        assert_eq!(named(name).parent_span_id, named("work").span_id, "{name}");
    }
    assert_eq!(named("store").parent_span_id, named("decide").span_id);
    // Refusals and unknown paths are told of too, by the name of the call and never by the path.
    let names: BTreeSet<_> = spans.iter().map(|span| span.name.as_str()).collect();
    for name in ["GET RequestGroup", "GET RequestGroup/{id}", "GET none", "POST oauth2/token", "POST Claim"] {
        assert!(names.contains(name), "{name} of {names:?}");
    }
    for id in [order.id.as_str(), Order::new(1, false).id.as_str()] {
        assert!(!format!("{spans:?}").contains(id), "the id of a prescription");
    }
}

#[test]
fn the_general_variable_of_opentelemetry_names_the_collector_and_an_absent_one_stops_nobody() {
    let (address, sent) = collector();
    let ping = |process: &Process| assert_eq!(process.server().ask("GET", "/_ping", &[], "").status, 200);
    let told = spans(&[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)], &sent, ping);
    assert_eq!(told.iter().map(|span| span.name.as_str()).collect::<Vec<_>>(), ["GET _ping"]);
    assert!(spans(&["--otlp-endpoint", "http://127.0.0.1:1"], &[], &sent, ping).is_empty());
}
