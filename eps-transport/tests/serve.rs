//! `eps serve` as a process: it starts, answers, is killed, and starts again with everything that it had answered.

#![cfg(test)]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use eps_tests::http::{Order, START_OF_JOURNEYS, Server, passed, release, write_trust};

const RELEASE: &str = "/fhir-dispensing/FHIR/R4/Task/$release";

/// A server in a process of its own, which is killed when it is dropped.
struct Process {
    child: Child,
    server: Server,
    /// From the start to the first answer.
    took: Duration,
}

impl Process {
    fn start(data: &Path, more: &[&str]) -> Self {
        let started = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_eps"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--insecure-dev",
                "--test-controls",
                "--now",
                START_OF_JOURNEYS,
                "--data",
            ])
            .arg(data)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find_map(|line| {
            let rest = line.split_once("listening on http://")?.1.to_owned();
            rest.split_once(',').map(|(address, _)| address.parse::<SocketAddr>().unwrap())
        });
        // Read on, so that the server never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let server = Server::at(address.expect("it says where it listens"));
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
