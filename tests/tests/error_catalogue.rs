//! `docs/errors.md` says what the rule table says, with an example of each rule that the library itself gave.

#![cfg(test)]

use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

use eps_core::problem::{Problem, Rule};
use eps_core::rules::{TABLE, catalogue};
use eps_tests::seeds;

/// Cuts what a person need not read whole.
fn short(text: &str) -> String {
    let line = text.replace('\n', " ");
    if line.chars().count() > 160 { line.chars().take(160).chain("...".chars()).collect() } else { line }
}

/// What the first seed of each rule gives.
fn examples() -> HashMap<&'static str, (String, Problem)> {
    let mut examples = HashMap::new();
    for seed in seeds::all() {
        if examples.contains_key(seed.rule) {
            continue;
        }
        let found = seed
            .broken
            .first()
            .and_then(|broken| seeds::problems(broken).into_iter().find(|problem| problem.rule.id == seed.rule));
        if let Some(problem) = found {
            examples.insert(seed.rule, (seed.what, problem));
        }
    }
    examples
}

fn entry(page: &mut String, rule: &Rule, example: Option<&(String, Problem)>) -> std::fmt::Result {
    writeln!(page, "### `{}`\n", rule.id)?;
    writeln!(page, "{}, FHIR issue code `{}`. Applies to {}.\n", rule.severity.code(), rule.issue, rule.applies)?;
    writeln!(page, "- **Rule:** {}", rule.requires.trim_end())?;
    writeln!(page, "- **How to fix:** {}", rule.fix)?;
    writeln!(page, "- **Source:** {}", rule.source)?;
    if let Some((_, problem)) = example {
        writeln!(page, "- **Example:** at `{}`", problem.place)?;
        writeln!(page, "  - says: {}", short(problem.message.as_str()))?;
        if let Some(found) = problem.found.as_ref().filter(|found| !found.as_str().is_empty()) {
            writeln!(page, "  - found: `{}`", short(found.as_str()).replace('`', "'"))?;
        }
        if let Some(expected) = &problem.expected {
            writeln!(page, "  - expected: {}", short(expected))?;
        }
    }
    writeln!(page)
}

fn page() -> String {
    let mut page = String::from(
        "# Errors\n\nEvery refusal names one of these rules. A `fatal` or `error` refuses the message, a `warning` does not. The page is\n\
         generated from the table in the code and from what the library says of one broken message for each rule: after a change, run\n\
         `EPS_BLESS=1 cargo test -p eps-tests --test error_catalogue`.\n\n",
    );
    let examples = examples();
    for group in TABLE {
        writeln!(page, "- {}: {}", group.title, group.rules.len()).unwrap();
    }
    page.push('\n');
    for group in TABLE {
        writeln!(page, "## {}\n", group.title).unwrap();
        for rule in group.rules {
            entry(&mut page, rule, examples.get(rule.id)).unwrap();
        }
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
