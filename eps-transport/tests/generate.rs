//! `eps generate` from the outside: orders that the other verbs take, and the same files from the same seed.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

const NOW: &str = "2026-03-02T09:00:00Z";

fn eps(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eps")).args(arguments).output().unwrap()
}

fn generate(out: &Path, more: &[&str]) -> serde_json::Value {
    let arguments = ["generate", "--seed", "5", "--now", NOW, "--json", "--out", out.to_str().unwrap()];
    let output = eps(&[&arguments, more].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn the_same_seed_makes_the_same_signed_files_which_verify_with_the_certificates_beside_them() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = folders.each_ref().map(|folder| folder.path());
    let made = generate(one, &["--count", "4", "--sign"]);
    generate(other, &["--count", "4", "--sign"]);
    assert_eq!(files(one), files(other));
    assert_eq!(files(&one.join("pki")), files(&other.join("pki")));
    assert_eq!(files(one).len(), 4);
    let pki = |name: &str| one.join("pki").join(name).to_str().unwrap().to_owned();
    for order in made.as_array().unwrap() {
        let file = order["file"].as_str().unwrap();
        let validated = eps(&["validate", file, "--now", NOW]);
        assert!(validated.status.success(), "{}", String::from_utf8_lossy(&validated.stdout));
        let converted = eps(&["convert", file, "--now", NOW]);
        let message = one.join("message.xml");
        std::fs::write(&message, converted.stdout).unwrap();
        let [root, ca, list, root_list] = ["root.pem", "signing-ca.pem", "signing-ca.crl", "root.crl"].map(pki);
        let verified = eps(&[
            "verify",
            message.to_str().unwrap(),
            "--now",
            NOW,
            "--trust",
            &root,
            "--intermediate",
            &ca,
            "--crl",
            &list,
            "--crl",
            &root_list,
        ]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
}

#[test]
fn orders_are_of_the_kind_and_nomination_that_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, treatment) in [("acute", "0001"), ("repeat", "0002"), ("erd", "0003"), ("controlled-drug", "0001")] {
        let made = generate(&folder.path().join(kind), &["--kind", kind, "--count", "3", "--nominated", "true"]);
        for order in made.as_array().unwrap() {
            assert_eq!(order["treatmentType"], treatment);
            assert!(order["nominated"].is_string(), "{order}");
        }
    }
}

#[test]
fn the_keys_of_a_folder_can_sign() {
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    let made = eps(&["pki", "init", "--seed", "9", "--now", NOW, "--out", pki.to_str().unwrap()]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let orders = folder.path().join("orders");
    let made = generate(&orders, &["--sign", "--pki", pki.to_str().unwrap()]);
    let order = std::fs::read_to_string(made[0]["file"].as_str().unwrap()).unwrap();
    assert!(order.contains("\"Provenance\""), "{order}");
    assert!(!orders.join("pki").exists());
    assert_eq!(eps(&["generate", "--seed", "1", "--out", "x", "--pki", "y"]).status.code(), Some(2));
}
