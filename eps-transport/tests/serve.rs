//! `eps serve` as a process: it starts, answers, is killed, and starts again with everything that it had answered.

#![cfg(test)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use eps_core::model::Timestamp;
use eps_tests::http::{Order, START_OF_JOURNEYS, Server, passed, release, request_id, write_trust};
use eps_tests::process::Process;
use eps_transport::client::{Http, Identity, Tls, Transport as _};
use eps_transport::pki::{Randomness, ThrowAwayPki};
use hyper::Request;
use hyper::body::Bytes;
use zeroize::Zeroizing;

const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";

fn spawn(data: &Path, more: &[&str]) -> Process {
    let folder = data.display().to_string();
    let common = ["--insecure-dev", "--test-controls", "--now", START_OF_JOURNEYS, "--data", &folder];
    Process::start(Path::new(env!("CARGO_BIN_EXE_eps")), &[&common, more].concat())
}

/// Starts a server that answers, and says how long that took.
fn start(data: &Path, more: &[&str]) -> (Process, Server) {
    let started = Instant::now();
    let process = spawn(data, more);
    let server = process.server();
    assert_eq!(server.ask("GET", "/_ping", &[], "").status, 200);
    println!("start to first answer, in an unoptimised build: {} ms", started.elapsed().as_millis());
    (process, server)
}

#[test]
fn what_was_answered_is_there_after_the_server_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (data, pki) = (folder.path().join("data"), folder.path().join("pki"));
    write_trust(&pki);
    let file = |name: &str| pki.join(name).display().to_string();
    let trust = [
        ["--trust", &file("root.pem")],
        ["--intermediate", &file("signing-ca.pem")],
        ["--crl", &file("root.crl")],
        ["--crl", &file("signing-ca.crl")],
    ];
    let trust: Vec<&str> = trust.iter().flatten().copied().collect();
    let (waiting, held) = (Order::new(1, true), Order::new(2, false));
    {
        let (_process, server) = start(&data, &trust);
        waiting.send(&server);
        held.send(&server);
        assert_eq!(passed(&server.post(RELEASE, &release("FA090", Some(&held.id)))).0, 1);
    }
    let (_process, server) = start(&data, &trust);
    let (total, prescription) = passed(&server.post(RELEASE, &release("FZ417", None)));
    assert_eq!(total, 1);
    assert!(prescription.to_string().contains(&waiting.id));
    assert_eq!(server.post(RELEASE, &release("FZ417", Some(&held.id))).status, 400, "another dispenser has it");
    assert_eq!(server.track(&format!("?prescriptionId={}", held.id)).json()["total"], 1);
}

#[cfg(unix)]
#[test]
fn a_message_that_is_on_its_way_when_the_server_is_asked_to_end_is_answered_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let order = Order::new(3, true);
    {
        let (process, server) = start(&data, &[]);
        let (body, id) = (order.signed(&server).to_string(), request_id());
        let mut stream = TcpStream::connect(server.address).unwrap();
        let head = format!(
            "POST /fhir-prescribing/FHIR/R4/$process-message HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\
             X-Request-ID: {id}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let (first, rest) = body.split_at(body.len() / 2);
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(first.as_bytes()).unwrap();
        // It is being read: this question and it.
        while !server.ask("GET", "/metrics", &[], "").text.contains("eps_requests_in_flight 2\n") {}
        process.terminate();
        while server.ask("GET", "/_ping", &[], "").status != 0 {}
        stream.write_all(rest.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(process.ended().0.success());
    }
    let (_process, server) = start(&data, &[]);
    assert_eq!(passed(&server.post(RELEASE, &release("FZ417", None))).0, 1);
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_end_finishes_and_says_so_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let (process, server) = start(folder.path(), &[]);
    process.terminate();
    assert!(process.ended().0.success());
    assert_eq!(server.ask("GET", "/_ping", &[], "").status, 0, "nobody is there any more");
}

#[test]
fn a_server_that_believes_any_token_listens_on_loopback_only() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_eps"))
        .args(["serve", "--listen", "0.0.0.0:0", "--insecure-dev", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("loopback only"));
}

/// Asks for a sign of life over TLS, as whoever this is. Gives the status, or why there is none.
async fn ping(address: &str, root: &[u8], identity: Option<(&[u8], &[u8])>) -> Result<u16, String> {
    let identity = identity.map(|(certificate, key)| Identity {
        certificates: vec![certificate.to_vec()],
        key: Zeroizing::new(key.to_vec()),
    });
    let http = Http::new(address, &Tls { roots: vec![root.to_vec()], identity }).unwrap();
    let answer = http.exchange(Request::get("/_ping").body(Bytes::new()).unwrap()).await;
    answer.map(|answer| answer.status().as_u16()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_server_with_a_client_authority_answers_only_callers_that_it_certified() {
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    let now = Timestamp::from_unix(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().try_into().unwrap());
    let made = |seed| {
        let pki = ThrowAwayPki::generate_from(Randomness::Seed(seed), now, "555254239107", "TLS").unwrap();
        pki.mutual_tls(Randomness::Seed(seed), now, "FZ417").unwrap()
    };
    let (known, stranger) = (made(1), made(2));
    known.write(&pki).unwrap();
    let file = |name: &str| pki.join(name).display().to_string();
    let (certificate, key, authority) = (file("broker.pem"), file("broker.key"), file("tls-ca.pem"));
    let own = ["--tls-certificate", &certificate, "--tls-key", &key];
    let mutual = [own[0], own[1], own[2], own[3], "--client-ca", &authority];
    for (at, options, answers_anybody) in [(0, &own[..], true), (1, &mutual[..], false)] {
        let process = spawn(&folder.path().join(at.to_string()), options);
        let address = process.address.replace("https://127.0.0.1", "https://localhost");
        assert!(address.starts_with("https://localhost:"), "{address}");
        assert_eq!(ping(&address, known.ca(), Some(known.dispenser())).await, Ok(200));
        assert_eq!(ping(&address, known.ca(), None).await.is_ok(), answers_anybody);
        assert_eq!(ping(&address, known.ca(), Some(stranger.dispenser())).await.is_ok(), answers_anybody);
        assert!(ping(&address, stranger.ca(), None).await.is_err(), "the client does not believe the server");
        let plain = address.replace("https", "http");
        assert!(ping(&plain, known.ca(), None).await.is_err(), "nothing is said in the clear");
        // The server must survive all of them.
        assert_eq!(ping(&address, known.ca(), Some(known.dispenser())).await, Ok(200));
    }
}
