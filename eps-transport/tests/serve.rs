//! `eps serve` as a process: it starts, answers, is killed, and starts again with everything that it had answered.

#![cfg(test)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use eps_core::model::Timestamp;
use eps_tests::http::{Order, START_OF_JOURNEYS, Server, passed, release, write_trust};
use eps_transport::client::{Http, Identity, Tls, Transport as _};
use eps_transport::pki::{Randomness, ThrowAwayPki};
use hyper::Request;
use hyper::body::Bytes;
use zeroize::Zeroizing;

const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";

/// A server in a process of its own, which is killed when it is dropped.
struct Process {
    child: Child,
    server: Server,
    /// From the start to the first answer.
    took: Duration,
}

/// Starts a server, and gives its process and the address that it says it listens at.
fn spawn(data: &Path, more: &[&str]) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_eps"))
        .args(["serve", "--listen", "127.0.0.1:0", "--insecure-dev", "--test-controls", "--now", START_OF_JOURNEYS])
        .arg("--data")
        .arg(data)
        .args(more)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = lines.find_map(|line| {
        let (address, _) = line.split_once("listening on ")?.1.split_once(',')?;
        Some(address.to_owned())
    });
    // Read on, so that the server never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address.expect("it says where it listens"))
}

impl Process {
    fn start(data: &Path, more: &[&str]) -> Self {
        let started = Instant::now();
        let (child, address) = spawn(data, more);
        let server = Server::at(address.strip_prefix("http://").unwrap().parse().unwrap());
        assert_eq!(server.ask("GET", "/_ping", &[], "").status, 200);
        let took = started.elapsed();
        Self { child, server, took }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
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
        let process = Process::start(&data, &trust);
        println!("start to first answer, in an unoptimised build: {} ms", process.took.as_millis());
        waiting.send(&process.server);
        held.send(&process.server);
        assert_eq!(passed(&process.server.post(RELEASE, &release("FA090", Some(&held.id)))).0, 1);
    }
    let process = Process::start(&data, &trust);
    println!("start to first answer, with data: {} ms", process.took.as_millis());
    let (total, prescription) = passed(&process.server.post(RELEASE, &release("FZ417", None)));
    assert_eq!(total, 1);
    assert!(prescription.to_string().contains(&waiting.id));
    assert_eq!(process.server.post(RELEASE, &release("FZ417", Some(&held.id))).status, 400, "another dispenser has it");
    assert_eq!(process.server.track(&format!("?prescriptionId={}", held.id)).json()["total"], 1);
}

#[cfg(unix)]
#[test]
fn a_server_that_is_asked_to_end_finishes_and_says_so_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), &[]);
    let asked = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(process.child.wait().unwrap().success());
    assert_eq!(process.server.ask("GET", "/_ping", &[], "").status, 0, "nobody is there any more");
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
        let (mut child, address) = spawn(&folder.path().join(at.to_string()), options);
        let address = address.replace("https://127.0.0.1", "https://localhost");
        assert!(address.starts_with("https://localhost:"), "{address}");
        assert_eq!(ping(&address, known.ca(), Some(known.dispenser())).await, Ok(200));
        assert_eq!(ping(&address, known.ca(), None).await.is_ok(), answers_anybody);
        assert_eq!(ping(&address, known.ca(), Some(stranger.dispenser())).await.is_ok(), answers_anybody);
        assert!(ping(&address, stranger.ca(), None).await.is_err(), "the client does not believe the server");
        let plain = address.replace("https", "http");
        assert!(ping(&plain, known.ca(), None).await.is_err(), "nothing is said in the clear");
        // The server must survive all of them.
        assert_eq!(ping(&address, known.ca(), Some(known.dispenser())).await, Ok(200));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
