//! What a monitor reads at `/metrics`: the text format of OpenMetrics, and the numbers of what was asked.

#![cfg(test)]

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use eps_tests::canaries::{ask_everything, withheld};
use eps_tests::http::{Order, Server, release};
use eps_transport::http::{Limits, Settings, Tokens};
use eps_transport::store::Store;
use eps_transport::store::memory::MemoryStore;
use eps_transport::store::sqlite::SqliteStore;

/// Samples by name and labels, as they are written.
type Samples = BTreeMap<String, f64>;

/// Reads the format strictly: what a metric is comes before its samples, each metric stands together and once, labels are
/// quoted, a histogram adds up, and the end is marked.
fn read(text: &str) -> Samples {
    let mut samples = Samples::new();
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    let mut current = "";
    let body = text.strip_suffix("# EOF\n").expect("the end is marked");
    for line in body.lines() {
        if let Some(about) = line.strip_prefix("# ") {
            let mut words = about.splitn(3, ' ');
            let (what, name, value) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            match what {
                "TYPE" => assert!(kinds.insert(name, value).is_none(), "{name} comes twice"),
                "UNIT" => assert!(name.ends_with(&format!("_{value}")), "{line}"),
                "HELP" => assert!(!value.is_empty(), "{line}"),
                other => panic!("{other}"),
            }
            current = name;
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) =
            series.split_once('{').map_or((series, ""), |(name, labels)| (name, labels.strip_suffix('}').unwrap()));
        let suffixes: &[&str] = match kinds[current] {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            "gauge" => &[""],
            other => panic!("{other}"),
        };
        assert!(suffixes.iter().any(|suffix| name.strip_suffix(suffix) == Some(current)), "{line} below {current}");
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let (key, value) = label.split_once('=').unwrap();
            assert!(key.bytes().all(|byte| byte.is_ascii_lowercase()), "{line}");
            assert!(value.len() >= 2 && value.starts_with('"') && value.ends_with('"'), "{line}");
        }
        assert!(samples.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{series} comes twice");
    }
    let ends: Vec<_> = samples.iter().filter(|(series, _)| series.contains("le=\"+Inf\"")).collect();
    assert!(!ends.is_empty());
    for (series, all) in ends {
        let (name, labels) = series.split_once("_bucket{").unwrap();
        let rest: Vec<_> = labels.trim_end_matches('}').split(',').filter(|label| !label.starts_with("le=")).collect();
        let count =
            if rest.is_empty() { format!("{name}_count") } else { format!("{name}_count{{{}}}", rest.join(",")) };
        assert_eq!(samples.get(&count), Some(all), "{count}");
    }
    samples
}

fn metrics(server: &Server) -> Samples {
    let reply = server.ask("GET", "/metrics", &[], "");
    assert_eq!(reply.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    withheld("the metrics", &reply.text);
    read(&reply.text)
}

fn server(store: impl Store + 'static, limits: Limits) -> Server {
    Server::of(store, Tokens::Believed, Settings { limits, ..Settings::default() })
}

#[test]
fn a_monitor_reads_requests_times_messages_and_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(SqliteStore::open(folder.path().join("eps.db")).unwrap(), Limits::default());
    Order::new(1, true).send(&server);
    assert_eq!(server.post("/fhir-dispensing/FHIR/R4/Task/$release", &release("FZ417", None)).status, 200);
    assert_eq!(server.ask("GET", "/nowhere/9990173923", &[], "").status, 404);
    let samples = metrics(&server);
    for (series, value) in [
        (r#"eps_requests_total{call="$prepare",product="fhir-prescribing",status="200"}"#, 1.0),
        (r#"eps_requests_total{call="$process-message",product="fhir-prescribing",status="200"}"#, 1.0),
        (r#"eps_requests_total{call="Task/$release",product="fhir-dispensing",status="200"}"#, 1.0),
        (r#"eps_requests_total{call="none",product="none",status="404"}"#, 1.0),
        (r#"eps_request_duration_seconds_count{call="$process-message"}"#, 1.0),
        (r#"eps_messages_total{interaction="PORX_IN020101SM31",effect="stored"}"#, 1.0),
        (r#"eps_messages_total{interaction="PORX_IN060102SM30",effect="stored"}"#, 1.0),
        ("eps_commit_duration_seconds_count", 2.0),
        ("eps_requests_in_flight", 1.0),
        ("eps_working", 0.0),
        ("eps_held_back_total", 0.0),
        (r#"eps_build_info{version="0.1.0"}"#, 1.0),
    ] {
        assert_eq!(samples.get(series), Some(&value), "{series} of {samples:#?}");
    }
    assert!(samples["eps_store_size_bytes"] >= 4096.0);
    assert!(samples["eps_start_time_seconds"] > 1.0e9);
    assert!(samples["eps_commit_duration_seconds_sum"] > 0.0);
}

#[test]
fn whatever_is_asked_the_format_is_kept_and_the_labels_are_few() {
    let server = server(MemoryStore::default(), Limits::default());
    drop(ask_everything(&server));
    let samples = metrics(&server);
    assert!(samples.len() < 1000, "{}", samples.len());
    for number in 0..100 {
        assert_eq!(server.ask("GET", &format!("/nowhere/{number}"), &[], "").status, 404);
    }
    assert!(metrics(&server).len() < samples.len() + 10, "what a client makes up is no label");
}

#[test]
fn a_monitor_reads_how_often_a_caller_was_held_back() {
    let server = server(MemoryStore::default(), Limits { rate_per_caller: NonZeroU32::new(2), ..Limits::default() });
    for _ in 0..5 {
        let _ = server.post("/fhir-dispensing/FHIR/R4/Task/$release", &release("FZ417", None));
    }
    let samples = metrics(&server);
    let refused = r#"eps_requests_total{call="Task/$release",product="fhir-dispensing",status="429"}"#;
    assert_eq!((samples[refused], samples["eps_held_back_total"]), (3.0, 3.0));
}
