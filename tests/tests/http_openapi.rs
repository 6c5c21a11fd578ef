//! The OpenAPI document: the one that is checked in is the one that is served, and schemathesis finds nothing that it does
//! not say.

#![cfg(test)]

use std::path::Path;
use std::process::Command;

use eps_tests::http::Server;

#[test]
fn the_document_that_is_checked_in_is_the_one_that_is_served() {
    let server = Server::start();
    let served = server.ask("GET", "/openapi.json", &[], "");
    assert_eq!((served.status, served.header("content-type")), (200, Some("application/json")));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("EPS_BLESS").is_some() {
        std::fs::write(&path, &served.text).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        served.text == checked_in,
        "EPS_BLESS=1 cargo test -p eps-tests --test http_openapi writes docs/openapi.json anew"
    );
}

#[test]
fn schemathesis_finds_no_failure_of_the_server_and_no_answer_that_is_not_described() {
    let Ok(version) = Command::new("schemathesis").arg("--version").output() else {
        println!("SKIPPED: schemathesis (PyPI) is not installed");
        return;
    };
    assert!(version.status.success());
    let server = Server::start();
    // It leaves a folder where it runs.
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new("schemathesis")
        .args(["run", &format!("http://{}/openapi.json", server.address)])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
        .args(["--max-examples", "5", "--phases", "examples,fuzzing", "--seed", "1"])
        .args(["--header", "Authorization: Bearer x"])
        // A long poll waits for longer than schemathesis does.
        .args(["--exclude-path-regex", "/waiting/"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
