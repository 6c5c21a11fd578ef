//! The verbs that talk to a server, against a real `eps serve` on loopback.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use eps_tests::http::tokens::{self, Issuer};
use eps_tests::http::write_trust;
use eps_tests::process::Process;
use serde_json::{Value, json};

const EPS: &str = env!("CARGO_BIN_EXE_eps");

/// A server in a folder of its own, which ends with the test.
struct Server {
    process: Process,
    folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pki = folder.path().join("pki");
        let made = Command::new(EPS).args(["pki", "init", "--seed", "3", "--out"]).arg(&pki).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let file = |name: &str| text(&pki.join(name));
        let (root, issuing) = (["root.pem", "root.crl"].map(file), ["signing-ca.pem", "signing-ca.crl"].map(file));
        let trust = ["--trust", &root[0], "--intermediate", &issuing[0], "--crl", &root[1], "--crl", &issuing[1]];
        let data = text(&folder.path().join("data"));
        let common = ["--insecure-dev", "--test-controls", "--data", &data];
        let process = Process::start(Path::new(EPS), &[common.as_slice(), &trust].concat());
        Self { process, folder }
    }

    /// Runs a verb against the server, in the server's folder.
    fn eps(&self, arguments: &[&str]) -> Output {
        Command::new(EPS)
            .args(arguments)
            .args(["--server", &self.process.address, "--json"])
            .current_dir(self.folder.path())
            .env_remove("EPS_TOKEN")
            .output()
            .unwrap()
    }

    /// Runs a verb that must succeed.
    fn done(&self, arguments: &[&str]) -> Value {
        let output = self.eps(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        json_of(&output)
    }

    /// Runs a verb that must end with this exit code.
    fn ends(&self, code: i32, arguments: &[&str]) -> Value {
        let output = self.eps(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", told(&output));
        json_of(&output)
    }

    /// Makes signed orders, and gives their ids and files.
    fn orders(&self, seed: &str, more: &[&str]) -> Vec<(String, String)> {
        let arguments = ["generate", "--seed", seed, "--out", "orders", "--sign", "--pki", "pki", "--json"];
        let output = Command::new(EPS).args(arguments).args(more).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
        let value = |order: &Value, name: &str| order[name].as_str().unwrap().to_owned();
        let made = json_of(&output);
        made.as_array().unwrap().iter().map(|order| (value(order, "prescription"), value(order, "file"))).collect()
    }

    /// One acute prescription without a nomination, which the server has.
    fn sent(&self, seed: &str) -> (String, String) {
        let order = self.orders(seed, &["--kind", "acute", "--nominated", "false"]).remove(0);
        assert_eq!(self.done(&["send", &order.1])[0]["accepted"], true);
        order
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What was printed; `null` where nothing was.
fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[test]
fn a_prescription_goes_from_the_order_to_the_claim() {
    let server = Server::start();
    let (id, _) = server.sent("1");
    let released = server.done(&["release", "--ods", "FZ417", "--id", &id]);
    assert_eq!(released["passed"][0]["prescription"], id.as_str());
    assert_eq!(server.done(&["dispense", "--id", &id, "--ods", "FZ417", "--partial"])["accepted"], true);
    assert_eq!(server.done(&["dispense", "--id", &id, "--ods", "FZ417"])["accepted"], true);
    let status = |server: &Server| server.done(&["track", &id])["status"].as_str().unwrap().to_owned();
    assert_eq!(status(&server), "0006");
    assert_eq!(server.done(&["claim", "--id", &id, "--ods", "FZ417"])["accepted"], true);
    assert_eq!(status(&server), "0008");
    let nothing = server.ends(2, &["dispense", "--id", &id, "--ods", "FZ417", "--partial"]);
    assert_eq!(nothing, Value::Null, "nothing is owed any more");
}

#[test]
fn a_prescription_is_given_back_released_by_another_and_its_dispensing_taken_back() {
    let server = Server::start();
    let (id, _) = server.sent("2");
    server.done(&["release", "--ods", "FZ417", "--id", &id]);
    let elsewhere = server.ends(1, &["release", "--ods", "FA090", "--id", &id, "--held", "elsewhere"]);
    assert_eq!(elsewhere["accepted"], false, "{elsewhere}");
    assert_eq!(server.done(&["return", "--id", &id, "--ods", "FZ417", "--reason", "0003"])["accepted"], true);
    assert!(!server.folder.path().join("held").join(format!("{id}.json")).exists(), "it is not held any more");
    server.done(&["release", "--ods", "FA090", "--id", &id, "--held", "elsewhere"]);
    let at = ["--id", &id, "--ods", "FA090", "--held", "elsewhere"];
    server.ends(2, &[&["withdraw"], &at[..]].concat());
    server.done(&[&["dispense"], &at[..]].concat());
    assert_eq!(server.done(&[&["withdraw"], &at[..]].concat())["accepted"], true);
    assert_eq!(server.done(&[&["dispense"], &at[..]].concat())["accepted"], true);
}

#[test]
fn a_prescription_is_cancelled_item_by_item_and_once() {
    let server = Server::start();
    let (id, order) = server.sent("3");
    let cancelled = server.done(&["cancel", &order, "--reason", "0004"]);
    let results: Vec<_> = cancelled.as_array().unwrap().iter().map(|item| item["result"].clone()).collect();
    assert!(!results.is_empty() && results.iter().all(|result| *result == "0001"), "{cancelled}");
    let again = server.ends(1, &["cancel", &order]);
    assert_eq!(again[0]["result"], "0006");
    let tracked = server.done(&["track", &id]);
    assert_eq!(tracked["status"], "0005");
    assert!(tracked["items"].as_array().unwrap().iter().all(|item| item["status"] == "0005"), "{tracked}");
}

#[test]
fn what_waits_for_a_pharmacy_is_released_to_it() {
    let server = Server::start();
    let sent = server.done(&["send", "--seed", "4", "--count", "8", "--nominated", "true", "--pki", "pki"]);
    assert!(sent.as_array().unwrap().iter().all(|order| order["accepted"] == true), "{sent}");
    let released = ["FZ417", "FZ528", "FZ639"].map(|ods| {
        let released = server.done(&["release", "--ods", ods]);
        assert_eq!(server.done(&["release", "--ods", ods])["passed"], json!([]), "nothing waits any more");
        released["passed"].as_array().unwrap().len()
    });
    assert_eq!(released.iter().sum::<usize>(), 8);
}

#[test]
fn a_message_in_a_file_is_sent_as_it_is() {
    let server = Server::start();
    let (id, _) = server.sent("5");
    server.done(&["release", "--ods", "FZ417", "--id", &id]);
    server.done(&["dispense", "--id", &id, "--ods", "FZ417"]);
    let file = server.folder.path().join("claim.json");
    std::fs::write(&file, claim(&server.folder.path().join("held").join(format!("{id}.json")))).unwrap();
    assert_eq!(server.done(&["claim", &text(&file)])["accepted"], true);
    std::fs::write(&file, "{}").unwrap();
    assert_eq!(server.ends(1, &["claim", &text(&file)])["accepted"], false);
}

/// A claim for a prescription that is held, as another system would write it.
fn claim(held: &PathBuf) -> Vec<u8> {
    use eps_core::model::{Envelope, Message};
    use eps_transport::pharmacy::{Held, Pharmacy};
    let held: Held = serde_json::from_slice(&std::fs::read(held).unwrap()).unwrap();
    let pharmacy = Pharmacy::invented("FZ417".parse().unwrap()).unwrap();
    let (id, now) = (held.release, held.prescription.effective_time);
    let mut last = 0;
    let ids = || {
        last += 1;
        eps_core::ids::Guid::from_bytes([last; 16])
    };
    let claim = pharmacy.claim((id, now), &held.prescription, held.release, ids).unwrap();
    let envelope = Envelope {
        id,
        created: now,
        interaction: eps_core::codes::Interaction::DispenseClaim.sm(),
        to: None,
        from: None,
        author: None,
        acknowledgement: None,
        message: Message::DispenseClaim(Box::new(claim)),
    };
    eps_tests::request::write(&envelope).unwrap()
}

#[test]
fn a_request_under_the_same_id_is_answered_the_same_and_done_once() {
    let server = Server::start();
    let (_, order) = server.orders("6", &["--kind", "acute"]).remove(0);
    let id = "4b7cf3a4-0000-4000-8000-2f3b4e0a9d11";
    let first = server.done(&["send", &order, "--request-id", id]);
    assert_eq!(server.done(&["send", &order, "--request-id", id]), first);
    let other = server.ends(1, &["send", &order]);
    assert_eq!(other[0]["accepted"], false, "under another id it is a duplicate: {other}");
}

#[test]
fn what_is_wrong_is_told_by_the_exit_code() {
    let server = Server::start();
    let made = Command::new(EPS)
        .args(["generate", "--seed", "7", "--out", "unsigned", "--json"])
        .current_dir(server.folder.path())
        .output()
        .unwrap();
    let unsigned = json_of(&made)[0]["file"].as_str().unwrap().to_owned();
    let refused = server.ends(1, &["send", &unsigned]);
    assert!(refused[0]["issues"][0]["severity"].is_string(), "{refused}");
    assert_eq!(server.done(&["send", &unsigned, "--pki", "pki"])[0]["accepted"], true, "signed on the way");
    server.ends(3, &["send", "nowhere.json"]);
    server.ends(2, &["send"]);
    server.ends(1, &["release", "--ods", "FZ417", "--id", "5D1B7C-Y90217-3E42AY"]);
    server.ends(1, &["track", "5D1B7C-Y90217-3E42AY"]);
    let nobody = Command::new(EPS).args(["clock", "get", "--server", "http://127.0.0.1:1"]).output().unwrap();
    assert_eq!(nobody.status.code(), Some(3), "{}", told(&nobody));
}

#[test]
fn the_clock_of_a_test_server_is_read_and_moved() {
    let server = Server::start();
    let now = |value: Value| value["now"].as_str().unwrap().to_owned();
    let set = now(server.done(&["clock", "set", "2027-02-28T23:00:00Z"]));
    assert!(set.starts_with("2027-02-28T23:00:0"), "{set}");
    let moved = now(server.done(&["clock", "advance", "2h"]));
    assert!(moved.starts_with("2027-03-01T01:00:"), "{moved}");
    assert!(now(server.done(&["clock", "get"])) >= moved);
    server.ends(1, &["clock", "advance", "soon"]);
}

#[test]
fn verbs_fetch_their_token_from_a_server_that_asks_who_calls_or_take_one_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| std::fs::write(folder.path().join(name), content).unwrap();
    let issuer = Issuer::default();
    let scope = "urn:nhsd:apim:app:level3:fhir-dispensing";
    let clients = json!({ "clients": [{ "client-id": "shop", "scopes": [scope], "jwks": issuer.jwks() }] });
    file("clients.json", clients.to_string().as_bytes());
    file("jwks.json", issuer.jwks().to_string().as_bytes());
    file("key", tokens::key());
    write_trust(folder.path());
    let token =
        issuer.token(&json!({ "scope": scope, "access_mode": "application-restricted", "exp": tokens::now() + 60 }));
    file("token", token.as_bytes());
    file("wrong", b"made up");
    let names = ["data", "jwks.json", "clients.json", "root.pem", "signing-ca.pem", "root.crl", "signing-ca.crl"];
    let [data, jwks, known, root, ca, root_list, ca_list] = names.map(|name| text(&folder.path().join(name)));
    let who = ["--data", &data, "--jwks", &jwks, "--clients", &known];
    let trust = ["--trust", &root, "--intermediate", &ca, "--crl", &root_list, "--crl", &ca_list];
    let process = Process::start(Path::new(EPS), &[who.as_slice(), &trust].concat());
    let release = |who: &[&str]| {
        Command::new(EPS)
            .args(["release", "--ods", "FZ417", "--server", &process.address, "--json"])
            .args(who)
            .current_dir(folder.path())
            .env_remove("EPS_TOKEN")
            .output()
            .unwrap()
    };
    let taken = [vec!["--application", "shop", "--application-key", "key"], vec!["--token", "token"]];
    for who in taken {
        let output = release(&who);
        assert_eq!(output.status.code(), Some(0), "{who:?}: {}", told(&output));
    }
    let output = release(&["--application", "stranger", "--application-key", "key"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("invalid_client"), "{}", told(&output));
    assert_eq!(release(&["--token", "wrong"]).status.code(), Some(1));
    assert_eq!(release(&[]).status.code(), Some(1), "nobody");
    assert_eq!(release(&["--application", "shop"]).status.code(), Some(2), "a key is needed");
}
