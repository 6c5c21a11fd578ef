//! `eps load` against a real server, which is killed in the middle and started again: nothing that was accepted is lost, and
//! nothing is done twice.

#![cfg(test)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

const EPS: &str = env!("CARGO_BIN_EXE_eps");

/// A server that is killed when it is dropped.
struct Server(Child);

impl Server {
    fn start(address: &str, data: &Path) -> (Self, String) {
        let mut process = Command::new(EPS)
            .args(["serve", "--listen", address, "--insecure-dev", "--data"])
            .arg(data)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server ended").unwrap();
            if let Some((_, rest)) = line.split_once("listening on http://") {
                break rest.split(',').next().unwrap().to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        (Self(process), address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL, as a power cut would end it.
        self.0.kill().and_then(|()| self.0.wait()).unwrap();
    }
}

fn load(address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(EPS);
    command.args(["load", "--json", "--server", &format!("http://{address}"), "--attempts", "1"]).args(arguments);
    command
}

/// Looks a ledger up in the store of a server that has ended.
fn check(ledger: &Path, data: &Path) -> Output {
    let mut command = Command::new(EPS);
    command.args(["load", "--json", "--check"]).arg(ledger).arg("--store").arg(data.join("eps.db"));
    command.output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

#[test]
fn a_run_measures_every_step_and_draws_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (server, address) = Server::start("127.0.0.1:0", &data);
    let [ledger, svg] = ["ledger", "load.svg"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    let output =
        load(&address, &["--rate", "20", "--seconds", "2", "--ledger", &ledger, "--svg", &svg]).output().unwrap();
    let run = report(&output);
    let answers = ["create", "release", "dispense", "claim", "return", "cancel"].map(|step| {
        let step = &run["steps"][step];
        assert!(step["p50Microseconds"].as_u64().unwrap() <= step["p999Microseconds"].as_u64().unwrap());
        step["answers"].as_u64().unwrap()
    });
    assert_eq!((answers, &run["errors"]), ([40, 36, 34, 32, 2, 2], &json!({})), "{run}");
    assert_eq!(run["steps"]["track"]["answers"], 12);
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg "));
    let expected = json!({
        "prescriptions": 40, "accepted": 146, "unknown": 0, "arrived": 0, "lost": [], "doubled": []
    });
    assert_eq!(report(&load(&address, &["--check", &ledger]).output().unwrap()), expected, "as its tracker tells");
    drop(server);
    assert_eq!(report(&check(Path::new(&ledger), &data)), expected, "as its store has it");
}

#[test]
fn a_ledger_that_says_more_or_less_than_the_server_did_fails_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (server, address) = Server::start("127.0.0.1:0", &data);
    let ledger = folder.path().join("ledger");
    let run = load(&address, &["--rate", "3", "--seconds", "1", "--ledger", ledger.to_str().unwrap()]).output();
    assert_eq!(report(&run.unwrap())["steps"]["claim"]["answers"], 1);
    drop(server);
    let written = std::fs::read_to_string(&ledger).unwrap();
    assert_eq!(check(&ledger, &data).status.code(), Some(0));
    // What is forgotten was done once too often, and what is made up is lost.
    let claims = |line: &&str| line.contains("claim");
    let forgotten: Vec<_> = written.lines().filter(|line| !claims(line)).collect();
    std::fs::write(&ledger, forgotten.join("\n")).unwrap();
    let output = check(&ledger, &data);
    assert_eq!((output.status.code(), report(&output)["doubled"].as_array().map(Vec::len)), (Some(1), Some(1)));
    let repeated: Vec<_> = written.lines().chain(written.lines().filter(claims)).collect();
    std::fs::write(&ledger, repeated.join("\n")).unwrap();
    let output = check(&ledger, &data);
    assert_eq!((output.status.code(), report(&output)["lost"].as_array().map(Vec::len)), (Some(1), Some(1)));
}

#[test]
fn a_server_that_is_killed_under_load_has_lost_nothing_and_doubled_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ledger = folder.path().join("ledger");
    let (server, address) = Server::start("127.0.0.1:0", &data);
    let running = load(&address, &["--rate", "80", "--seconds", "4", "--ledger", ledger.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Signing ahead takes a while: the run is on once something was accepted.
    while !std::fs::read_to_string(&ledger).unwrap_or_default().contains("accepted") {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(1200));
    drop(server);
    let (server, _) = Server::start(&address, &data);
    let run = report(&running.wait_with_output().unwrap());
    let told = report(&load(&address, &["--check", ledger.to_str().unwrap()]).output().unwrap());
    drop(server);
    let checked = report(&check(&ledger, &data));
    assert_eq!(told, checked, "the tracker and the store agree");
    assert!(checked["accepted"].as_u64() > Some(100), "{run} {checked}");
    assert_eq!((&checked["lost"], &checked["doubled"]), (&json!([]), &json!([])), "{run}");
}
