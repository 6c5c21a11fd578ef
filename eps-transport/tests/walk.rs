//! The walk of the README runs as it is pasted.

#![cfg(test)]
#![cfg(target_os = "linux")]

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The block of the README that begins with this line.
fn block(first: &str) -> String {
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let start = readme.find(&format!("```\n{first}")).expect("the walk is in the README") + 4;
    let end = readme[start..].find("```").unwrap();
    readme[start..start + end].to_owned()
}

#[test]
fn the_walk_of_the_readme_runs_as_it_is_pasted() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("SKIPPED: curl is not installed");
        return;
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let walk = block("eps pki init --out pki").replace("8080", &free.to_string());
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(Path::new(ROOT).join("eps-transport"), folder.path().join("eps-transport")).unwrap();
    let path = format!(
        "{}:{}",
        Path::new(env!("CARGO_BIN_EXE_eps")).parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    // What a person would see and stop at, the script stops at.
    let script = format!("set -eu\ntrap 'kill %1 2>/dev/null || true' EXIT\n{walk}");
    let output =
        Command::new("bash").args(["-c", &script]).current_dir(folder.path()).env("PATH", path).output().unwrap();
    let (told, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{wrong}");
    for words in [
        r#""name":"algorithm""#,
        r#""waiting":true"#,
        r#""name":"passedPrescriptions""#,
        r#""total":1"#,
        "Prescription status transitions",
        "Nominated Release Request successful",
        r#""now":"#,
    ] {
        assert!(told.contains(words), "{words} is not in:\n{told}\n{wrong}");
    }
}
