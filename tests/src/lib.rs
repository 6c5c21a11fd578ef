//! What the tests that cross crates share: the corpus of published NHS messages, and canonical comparison.
#![forbid(unsafe_code)]
#![expect(clippy::panic, reason = "what fails here fails the test that asked")]

use std::path::{Path, PathBuf};

use eps_core::xml::{Document, Limits, c14n};

pub mod canaries;
pub mod carried;
pub mod http;
pub mod lifecycle;
pub mod messages;
pub mod movement;
pub mod pack;
pub mod places;
pub mod process;
pub mod request;
pub mod seeds;
pub mod wire;

/// The folder of published NHS messages: `EPS_CORPUS`, or `../shared/corpus` beside the checkout.
///
/// Without it, tests over it are skipped with one clear line, so that a fresh clone passes alone.
#[must_use]
pub fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let folder = std::env::var_os("EPS_CORPUS").map_or(beside, PathBuf::from);
    if folder.join("README.md").is_file() {
        return Some(folder);
    }
    let required = std::env::var_os("EPS_CORPUS_REQUIRED").is_some();
    assert!(!required, "the corpus is required, and is not at {}", folder.display());
    skip(&format!("no corpus at {}", folder.display()));
    None
}

/// The published signing vectors, beside the corpus.
#[must_use]
pub fn vectors() -> Option<PathBuf> {
    corpus().map(|corpus| corpus.join("../spec/vectors")).filter(|folder| folder.is_dir())
}

/// Says in one line what was not tested, and why.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// Every file below a folder whose name passes, sorted.
///
/// # Panics
/// When a folder cannot be read: a test must not pass because of that.
#[must_use]
pub fn files(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries {
            let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().and_then(|name| name.to_str()).is_some_and(wanted) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A message in canonical form without insignificant white space, one start tag a line, for comparison.
///
/// # Panics
/// When the bytes are not XML.
#[must_use]
pub fn canonical(bytes: &[u8]) -> String {
    let document = Document::parse(bytes, &Limits::DEFAULT).unwrap_or_else(|problems| panic!("{problems}"));
    let mut options = c14n::Options::EXCLUSIVE;
    options.drop_blank_text = true;
    String::from_utf8_lossy(&c14n::canonicalise(document.root(), &options)).replace("><", ">\n<")
}

/// The first line where two canonical messages differ, with the lines around it, or nothing.
#[must_use]
pub fn first_difference(expected: &str, found: &str) -> Option<String> {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let at = (0..expected.len().max(found.len())).find(|at| expected.get(*at) != found.get(*at))?;
    let around =
        |lines: &[&str]| lines.get(at.saturating_sub(3)..(at + 3).min(lines.len())).unwrap_or_default().join("\n");
    Some(format!("line {}\nexpected:\n{}\nfound:\n{}", at + 1, around(&expected), around(&found)))
}
