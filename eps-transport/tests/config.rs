//! The settings of `eps serve`: file, environment and command line, and what is wrong with them.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

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

#[test]
fn the_example_in_the_deployment_folder_has_only_settings_that_there_are() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/eps.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_eps")).args(["config", "check"]).arg(file).output().unwrap();
    // The files that it names are not here: that is the only thing that may be wrong.
    let told = told(&output);
    assert!(output.status.success() || told.contains("cannot read"), "{told}");
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
