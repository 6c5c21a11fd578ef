//! One caller that floods the server is held back, and others are answered meanwhile.

#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use eps_tests::http::tokens::Issuer;
use eps_tests::http::{Reply, Server, release, request_id};
use eps_transport::http::{Limits, Settings, Tokens};
use eps_transport::store::memory::MemoryStore;
use serde_json::json;

const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";
const SCOPES: &str = "urn:nhsd:apim:app:level3:fhir-dispensing urn:nhsd:apim:app:level3:prescription-status-update";

fn server(limits: Limits) -> Server {
    Server::of(MemoryStore::default(), Tokens::Believed, Settings { limits, ..Settings::default() })
}

/// A token of an application.
fn token(application: &str) -> String {
    format!("Bearer {}", Issuer::default().token(&json!({ "application_id": application, "scope": SCOPES })))
}

fn ask(server: &Server, token: &str) -> Reply {
    let headers = [("authorization", token), ("x-request-id", &request_id())];
    server.ask("POST", RELEASE, &headers, &release("FZ417", None).to_string())
}

/// Whether a release was looked at: nothing waits, and that is said.
fn is_answered(reply: &Reply) -> bool {
    reply.text.contains("NO_MORE_PRESCRIPTIONS")
}

/// Sends the head of a message of 4,000 bytes and goes no further.
fn begin(server: &Server, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).unwrap();
    let id = request_id();
    let head = format!(
        "POST {RELEASE} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nX-Request-ID: {id}\r\nContent-Length: 4000\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// The status line and headers of what comes within this time.
fn answer(stream: &TcpStream, within: Duration) -> Option<String> {
    let mut stream = stream;
    stream.set_read_timeout(Some(within)).unwrap();
    let mut answer = [0; 512];
    let read = stream.read(&mut answer).ok()?;
    Some(String::from_utf8_lossy(&answer[..read]).to_lowercase())
}

/// Waits until so many requests are read or answered, this question among them.
fn until_there_are(server: &Server, requests: usize) {
    let line = format!("eps_requests_in_flight {requests}\n");
    let until = Instant::now() + Duration::from_secs(5);
    while !server.ask("GET", "/metrics", &[], "").text.contains(&line) {
        assert!(Instant::now() < until, "the flood did not come");
    }
}

/// What one application is told by a server with memory for four such messages, while another has begun six of which so
/// many are taken; and what the other is told meanwhile.
fn beside_a_flood(per_caller: usize, taken: usize, patience: Duration) -> (Reply, Vec<String>) {
    let server = server(Limits {
        bodies: 16 * 1024,
        per_caller,
        waiting_per_caller: 2,
        queue_time: patience,
        ..Limits::default()
    });
    let flooding = token("flooding");
    let flood: Vec<_> = (0..6).map(|_| begin(&server, &flooding)).collect();
    until_there_are(&server, taken + 1);
    let reply = ask(&server, &token("other"));
    let told = flood.iter().filter_map(|stream| answer(stream, Duration::from_millis(20)));
    (reply, told.collect())
}

#[test]
fn a_caller_is_answered_while_another_floods_the_server() {
    // Two are read, two wait, and two are refused.
    let (reply, refused) = beside_a_flood(2, 4, Duration::from_secs(10));
    assert!(is_answered(&reply), "{}", reply.text);
    assert_eq!(refused.len(), 2, "{refused:?}");
    for answer in refused {
        assert!(answer.starts_with("http/1.1 429") && answer.contains("retry-after: 1\r\n"), "{answer}");
    }
    // What it is held back from: without a bound of its own the flood takes all the memory there is for bodies.
    assert_eq!(beside_a_flood(6, 6, Duration::from_millis(300)).0.status, 429);
}

#[test]
fn who_calls_too_often_is_told_when_to_come_again_in_the_form_of_each_product() {
    let server = server(Limits { rate_per_caller: NonZeroU32::new(3), ..Limits::default() });
    let (often, other) = (token("often"), token("other"));
    for _ in 0..3 {
        assert!(is_answered(&ask(&server, &often)));
    }
    let refused = ask(&server, &often);
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    assert_eq!(refused.json()["issue"][0]["details"]["coding"][0]["code"], "TOO_MANY_REQUESTS");
    let headers = [("authorization", often.as_str()), ("x-request-id", &request_id())];
    let updates = server.ask("POST", "/prescription-status-update/", &headers, "{}");
    assert_eq!((updates.status, updates.header("retry-after")), (429, Some("1")));
    assert_eq!(updates.json()["type"], "transaction-response", "{}", updates.text);
    assert!(is_answered(&ask(&server, &other)), "others are not held back");
    std::thread::sleep(Duration::from_millis(1100));
    assert!(is_answered(&ask(&server, &often)), "a second later it is taken again");
}

#[test]
fn who_has_no_token_is_counted_by_address() {
    let server = server(Limits { rate_per_caller: NonZeroU32::new(3), ..Limits::default() });
    let statuses: Vec<_> = (0..4).map(|_| server.ask("POST", RELEASE, &[], "{}").status).collect();
    assert_eq!(statuses, [401, 401, 401, 429]);
    assert!(is_answered(&ask(&server, &token("known"))), "an application is not taken for its neighbours");
}
