//! `docs/errors.md` says what the rule tables say.

#![cfg(test)]

use std::fmt::Write;
use std::path::Path;

use eps_core::rules::catalogue;

fn page() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery refusal names one of these rules. The page is generated from the tables in the code: after a change, run\n\
         `EPS_BLESS=1 cargo test -p eps-tests --test error_catalogue`.\n\n\
         | Id | Severity | FHIR issue code | What must hold | Applies to | How to repair a message that breaks it | Source |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let mut rules: Vec<_> = catalogue().collect();
    rules.sort_by_key(|rule| rule.id);
    for rule in rules {
        let cell = |text: &str| text.replace('|', "\\|");
        let (id, severity, issue) = (rule.id, rule.severity.code(), rule.issue);
        let [requires, applies, fix, source] = [rule.requires, rule.applies, rule.fix, rule.source].map(cell);
        writeln!(page, "| `{id}` | {severity} | `{issue}` | {requires} | {applies} | {fix} | {source} |").unwrap();
    }
    page
}

#[test]
fn the_error_page_lists_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors.md");
    let page = page();
    if std::env::var_os("EPS_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/errors.md is out of date: run EPS_BLESS=1 cargo test -p eps-tests --test error_catalogue"
    );
}

#[test]
fn every_rule_says_what_must_hold_and_how_to_repair() {
    for rule in catalogue() {
        assert!(rule.requires.len() > 10 && rule.fix.ends_with('.'), "{}", rule.id);
        assert!(rule.applies.len() > 5 && !rule.applies.ends_with('.'), "{}", rule.id);
        assert!(rule.source.contains(&[',', ':'][..]), "{}: a specification and its section", rule.id);
        let lower =
            rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
        assert!(lower && rule.id.contains('.'), "{}", rule.id);
    }
}
