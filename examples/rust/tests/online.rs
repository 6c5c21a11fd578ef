//! The programs that call the service, against a service on loopback.

#![cfg(test)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use eps_core::model::Timestamp;
use eps_core::signature::Policy;
use eps_core::signature::provider::RustCrypto;
use eps_core::signature::signer::SoftwareSigner;
use eps_tests::http::Server;
use eps_transport::broker::Broker;
use eps_transport::clock::SystemClock;
use eps_transport::generate::{Recipe, order};
use eps_transport::http::{Service, Settings, Tokens};
use eps_transport::pki::ThrowAwayPki;
use eps_transport::store::memory::MemoryStore;

fn run(program: &str, arguments: &[&str]) -> String {
    let output: Output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Makes orders, and gives their files and ids.
fn orders(folder: &Path) -> Vec<(String, String)> {
    let recipe = Recipe { nominated: Some(false), ..Recipe::new(21, now()) };
    let one = |number| {
        let order = order(&recipe, number).unwrap();
        let id = order.prescription().id.to_string();
        let file = folder.join(format!("{id}.json"));
        std::fs::write(&file, order.bundle().unwrap()).unwrap();
        (file.to_str().unwrap().to_owned(), id)
    };
    (1..4).map(one).collect()
}

fn now() -> Timestamp {
    eps_transport::clock::Clock::now(&SystemClock)
}

/// A server that tells the time as the programs do. It does not verify: whose keys it would trust is not what is shown.
fn server() -> Server {
    let asid: eps_core::ids::Asid = "567456789789".parse().unwrap();
    let broker = Broker::new(MemoryStore::default(), asid.clone());
    Server::serving(Arc::new(Service::new(broker, Arc::new(SystemClock), asid, Tokens::Believed, Settings::default())))
}

#[test]
fn a_prescriber_sends_and_cancels_and_a_pharmacy_dispenses_and_claims() {
    let server = server();
    let address = format!("http://{}", server.address);
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    let made = ThrowAwayPki::generate(now(), "555254239107", "TEST").unwrap();
    std::fs::create_dir_all(&pki).unwrap();
    made.write_prescriber(&pki).unwrap();
    let orders = orders(folder.path());
    let files = orders.iter().map(|(file, _)| file.as_str());
    let arguments: Vec<_> = [address.as_str(), pki.to_str().unwrap()].into_iter().chain(files).collect();
    let told = run(env!("CARGO_BIN_EXE_prescriber_online"), &arguments);
    assert_eq!(told.lines().filter(|line| line.starts_with("accepted ")).count(), 3, "{told}");
    assert!(told.lines().last().unwrap().ends_with(": Prescription/item was cancelled"), "{told}");
    let brought: Vec<_> = orders.iter().take(2).map(|(_, id)| id.as_str()).collect();
    let told = run(env!("CARGO_BIN_EXE_pharmacy_online"), &[&[address.as_str(), "FZ417"], &brought[..]].concat());
    assert_eq!(told.lines().count(), 2, "{told}");
    for id in brought {
        assert!(told.contains(&format!("dispensed and claimed {id}")), "{told}");
    }
}

#[test]
fn a_pharmacy_that_waits_dispenses_what_is_nominated_to_it_as_soon_as_it_is_there() {
    let server = server();
    let mut order = order(&Recipe { nominated: Some(true), ..Recipe::new(22, now()) }, 1).unwrap();
    let made = ThrowAwayPki::generate(now(), "555254239107", "TEST").unwrap();
    let signer = SoftwareSigner::new(made.prescriber_key(), made.prescriber()).unwrap();
    order.sign(&signer, &Policy::production(), &RustCrypto::new()).unwrap();
    let pharmacy = order.prescription().nominated_performer.clone().unwrap();
    let mut waits = Command::new(env!("CARGO_BIN_EXE_pharmacy_online"))
        .args([format!("http://{}", server.address), pharmacy.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let bundle = serde_json::from_slice(&order.bundle().unwrap()).unwrap();
    let sent = server.post("/fhir-prescribing/FHIR/R4/$process-message", &bundle);
    let told = BufReader::new(waits.stdout.take().unwrap()).lines().next();
    waits.kill().and_then(|()| waits.wait()).unwrap();
    assert_eq!(sent.status, 200, "{}", sent.text);
    assert_eq!(told.unwrap().unwrap(), format!("dispensed and claimed {}", order.prescription().id));
}
