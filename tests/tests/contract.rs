//! The tables of the HTTP contract name tests that exist.

#![cfg(test)]

use std::path::Path;

const TABLE: &str = include_str!("../../docs/contract.md");

/// The source of every test over HTTP.
fn sources() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_test_that_the_contract_names_exists() {
    let sources = sources();
    let rows = TABLE.lines().filter_map(|line| line.strip_suffix(" |")?.strip_prefix("| ")?.rsplit_once(" | "));
    let named: Vec<_> = rows.flat_map(|(_, tests)| tests.split('`').filter(|word| word.contains('_'))).collect();
    assert!(named.len() > 80, "the tables are read");
    let missing: Vec<_> =
        named.into_iter().filter(|test| !sources.contains(&format!("#[test]\nfn {test}()"))).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
