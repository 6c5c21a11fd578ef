//! The settings of `eps serve`: file, environment and command line, and what is wrong with them.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

use eps_tests::http::tokens::Issuer;
use serde_json::{Value, json};

fn check(text: &str, environment: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eps.toml");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_eps"));
    command.args(["--json", "config", "check"]).arg(&file).envs(environment.iter().copied()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_setting_is_told_with_its_source() {
    let text = "data = \"eps-data\"\nlisten = \"127.0.0.1:0\"\ninsecure-dev = true\nmax-body = 1000\nsha1-apps = [\"a\", \"b\"]\n";
    let output = check(text, &[("EPS_SERVE_MAX_BODY", "2000")]);
    assert!(output.status.success(), "{}", told(&output));
    let settings: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = settings["settings"].as_array().unwrap();
    let of = |key: &str| settings.iter().find(|setting| setting["key"] == key).unwrap();
    assert_eq!((&of("max-body")["values"], &of("max-body")["source"]), (&json!(["2000"]), &json!("environment")));
    assert_eq!((&of("sha1-apps")["values"], &of("sha1-apps")["source"]), (&json!(["a", "b"]), &json!("file")));
    assert_eq!(settings.len(), 5);
}

#[test]
fn everything_wrong_with_a_file_is_told() {
    let output =
        check("data = \"d\"\nlisten-on = \"x\"\ninsecure-dev = \"perhaps\"\ntrust = { a = 1 }\nport = 1\n", &[]);
    assert_eq!(output.status.code(), Some(1));
    for words in ["listen-on is no setting", "port is no setting", "insecure-dev is true or false", "trust is neither"]
    {
        assert!(told(&output).contains(words), "{words}: {}", told(&output));
    }
    for (text, words) in [
        ("insecure-dev = true", "--data"),
        ("data = \"d\"\ninsecure-dev = true\nmax-body = -1", "max-body"),
        ("data = \"d\"\njwks = \"no such file\"", "no such file"),
        ("data = \"d\"\ninsecure-dev = true\nstrict = [\"everything\"]", "everything"),
        ("data = ", "configuration"),
    ] {
        let output = check(text, &[]);
        assert!(!output.status.success());
        assert!(told(&output).contains(words), "{text}: {}", told(&output));
    }
}

/// A file of the deployment folder.
fn deployed(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name)).unwrap()
}

#[test]
fn the_example_in_the_deployment_folder_passes_with_the_keys_that_eps_makes() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let made =
        Command::new(env!("CARGO_BIN_EXE_eps")).args(["pki", "init", "--out"]).arg(folder.path()).output().unwrap();
    assert!(made.status.success(), "{}", told(&made));
    std::fs::rename(file("broker.pem"), file("tls.pem")).unwrap();
    std::fs::rename(file("broker.key"), file("tls.key")).unwrap();
    let keys = Issuer::default().jwks();
    let clients = json!({ "clients": [{ "client-id": "pharmacy-system", "scopes": [], "jwks": keys }] });
    std::fs::write(file("jwks.json"), keys.to_string()).unwrap();
    std::fs::write(file("clients.json"), clients.to_string()).unwrap();
    let text = deployed("eps.toml");
    // What is commented out is a setting too, but for what needs another build or another file.
    let settings: Vec<_> = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ") && !rest.contains('.')).unwrap_or(line))
        .collect();
    let text = settings.join("\n").replace("/etc/eps", &folder.path().display().to_string());
    assert!(text.contains("\nrate-per-caller = ") && text.contains("\nstrict = "));
    let output = check(&text, &[]);
    assert!(output.status.success(), "{}", told(&output));
}

#[test]
fn the_unit_in_the_deployment_folder_is_one_that_systemd_takes() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("eps.service");
    std::fs::write(&unit, deployed("eps.service").replace("/usr/local/bin/eps", env!("CARGO_BIN_EXE_eps"))).unwrap();
    let Ok(output) = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output() else {
        return eps_tests::skip("no systemd-analyze: the unit is not verified");
    };
    // Unknown keys are warnings, which name the file.
    assert!(output.status.success() && !told(&output).contains("eps.service"), "{}", told(&output));
}

/// The names that the example has behind a `#`, and the one that stands for all.
#[test]
fn each_leniency_of_the_example_can_be_switched_off_by_its_name() {
    let example = include_str!("../../deploy/eps.toml");
    let strict = example.lines().find_map(|line| line.strip_prefix("# strict = ")).unwrap();
    assert_eq!(strict.matches(',').count() + 1, 6, "{strict}");
    for strict in [strict, "[\"all\"]"] {
        let output = check(&format!("data = \"d\"\ninsecure-dev = true\nstrict = {strict}"), &[]);
        assert!(output.status.success(), "{}", told(&output));
    }
}

#[test]
fn the_command_line_wins_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eps.toml");
    std::fs::write(&file, "data = \"d\"\ninsecure-dev = true\nlisten = \"127.0.0.1:0\"").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_eps"))
        .args(["serve", "--listen", "0.0.0.0:0", "--config"])
        .arg(&file)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("loopback only"), "the listen address of the command line: {}", told(&output));
}
