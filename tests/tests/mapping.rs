//! The mapping table: it knows every value of every published order, it says what the code does, and the page says it.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use eps_core::mapping::{How, Kind, kind, report};
use eps_core::xml::{Document, Element, Limits};
use eps_core::{fhir, hl7v3};
use eps_tests::request;
use serde_json::Value;

const ORDER: &[u8] = include_bytes!("../../eps-transport/data/prescription-order.json");

fn convert(fhir: &[u8]) -> Option<(Option<Kind>, Vec<u8>)> {
    let envelope = fhir::read(fhir, &request::context()).ok()?;
    Some((kind(&envelope.message), hl7v3::write(&envelope)))
}

#[test]
fn no_value_of_a_published_order_is_unmapped() {
    let Some(corpus) = eps_tests::corpus() else { return };
    let orders = eps_tests::files(&corpus.join("nhs-examples"), &|name| name.ends_with(".json"));
    let mut counts: BTreeMap<How, usize> = BTreeMap::new();
    let (mut converted, mut unknown) = (0, BTreeSet::new());
    for path in orders {
        let order = std::fs::read(path).unwrap();
        let Some((Some(kind), message)) = convert(&order) else { continue };
        converted += 1;
        for line in report(kind, &order, &message).unwrap().lines {
            *counts.entry(line.how).or_default() += 1;
            if line.how == How::Unmapped {
                unknown.insert(format!("{:?} {:?}", line.fhir, line.hl7v3));
            }
        }
    }
    println!("{converted} orders: {counts:?}");
    assert!(converted > 30 && unknown.is_empty(), "{unknown:#?}");
}

/// The values of a message by XPath.
fn values(message: &[u8]) -> BTreeMap<String, String> {
    fn walk(element: Element<'_, '_>, path: &str, found: &mut BTreeMap<String, String>) {
        for attribute in element.attributes() {
            found.insert(format!("{path}/@{}", attribute.name()), attribute.value().to_owned());
        }
        if element.children().next().is_none() && !element.text().is_empty() {
            found.insert(format!("{path}/text()"), element.text().into_owned());
        }
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for child in element.children() {
            let number = numbers.entry(child.name()).or_default();
            *number += 1;
            walk(child, &format!("{path}/{}[{number}]", child.name()), found);
        }
    }
    let document = Document::parse(message, &Limits::DEFAULT).unwrap();
    let mut found = BTreeMap::new();
    walk(document.root(), &format!("/{}", document.root().name()), &mut found);
    found
}

/// Every scalar of a document: its pointer, and its path as a report writes it.
fn scalars(value: &Value, pointer: &str, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, value)| scalars(value, &format!("{pointer}/{key}"), &format!("{path}.{key}"), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(at, value)| scalars(value, &format!("{pointer}/{at}"), &format!("{path}[{at}]"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            found.push((pointer.to_owned(), path.to_owned()));
        }
    }
}

/// Other values in the place of one: most of them are valid in some places.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(value) => vec![Value::Bool(!value)],
        Value::Number(number) => vec![Value::from(number.as_i64().unwrap() + 1)],
        Value::String(text) => {
            let digit = text.rfind(|character: char| character.is_ascii_digit()).map(|at| {
                let next = if text[at..].starts_with('9') { "1" } else { "9" };
                format!("{}{next}{}", &text[..at], &text[at + 1..])
            });
            let codes = ["male", "mobile", "old", "continuous", "billing", "work", "home", "P2", "9990173907"];
            digit.into_iter().chain([format!("{text}X")]).chain(codes.map(str::to_owned)).map(Value::from).collect()
        }
        Value::Null | Value::Array(_) | Value::Object(_) => Vec::new(),
    }
}

/// What says what another value is: changing it makes another message, or none.
const SELECTS: &[&str] = &[".system", ".url", ".reference", ".resourceType", ".fullUrl"];

/// Changes each value of an order in every way, and compares what changes in the result with what the report declares.
/// Gives how many values could be changed, and what the report says wrongly.
fn disagreements(order: &Value) -> (usize, Vec<String>) {
    let bytes = serde_json::to_vec(order).unwrap();
    let (_, message) = convert(&bytes).unwrap();
    let before = values(&message);
    let report = report(Kind::PrescriptionOrder, &bytes, &message).unwrap();
    let mut found = Vec::new();
    scalars(order, "", "Bundle", &mut found);
    let (mut tried, mut wrong) = (0, Vec::new());
    for (pointer, path) in found.iter().filter(|(_, path)| !SELECTS.iter().any(|end| path.ends_with(end))) {
        let lines: Vec<_> = report.lines.iter().filter(|line| line.fhir.as_ref() == Some(path)).collect();
        assert!(!lines.is_empty(), "{path} is not in the report");
        let declared: BTreeSet<&str> = lines.iter().filter_map(|line| line.hl7v3.as_deref()).collect();
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut converted = false;
        for other in others(order.pointer(pointer).unwrap()) {
            let mut changed = order.clone();
            *changed.pointer_mut(pointer).unwrap() = other;
            let Some((_, message)) = convert(&serde_json::to_vec(&changed).unwrap()) else { continue };
            converted = true;
            let after = values(&message);
            let same = |path: &String| before.get(path) == after.get(path);
            reached.extend(before.keys().chain(after.keys()).filter(|path| !same(path)).cloned());
        }
        tried += usize::from(converted);
        // A course of therapy adds elements that the report of the original cannot name.
        reached.retain(|path| !path.contains("/repeatNumber["));
        let undeclared: Vec<_> = reached.iter().filter(|path| !declared.contains(path.as_str())).collect();
        let silent: Vec<_> = declared.iter().filter(|path| converted && !reached.contains(**path)).collect();
        if !undeclared.is_empty() || !silent.is_empty() {
            wrong.push(format!("{path}: changes also {undeclared:?}, does not change {silent:?}"));
        }
    }
    (tried, wrong)
}

#[test]
fn the_table_says_what_the_code_does() {
    let two_items: Value = serde_json::from_slice(ORDER).unwrap();
    let mut one_item = two_items.clone();
    one_item["entry"].as_array_mut().unwrap().remove(2);
    let (tried_one, wrong_one) = disagreements(&one_item);
    let (tried_two, mut wrong_two) = disagreements(&two_items);
    // Acute and continuous requests together are acute, so that one of two changes nothing.
    let (course, others): (Vec<_>, Vec<_>) =
        wrong_two.drain(..).partition(|wrong| wrong.contains(".courseOfTherapyType.coding[0].code:"));
    println!("{tried_one} and {tried_two} values changed");
    assert!(wrong_one.is_empty() && others.is_empty(), "{}\n{}", wrong_one.join("\n"), others.join("\n"));
    assert!(course.len() == 2 && tried_one > 70 && tried_two > 90, "{tried_one} and {tried_two} values changed");
}

fn page() -> String {
    let mut page = String::from(
        "# What becomes of each field\n\nThe page is generated from the tables in the code: after a change, run\n\
         `EPS_BLESS=1 cargo test -p eps-tests --test mapping`. `eps convert FILE --report` says the same for one message.\n\n\
         FHIR paths start at a resource; extensions and identifiers go by the last part of their URL; `*` stands for anything.\n\
         Where several lines match a field, the longest path is meant.\n",
    );
    for kind in Kind::ALL {
        writeln!(page, "\n## {}\n\n| FHIR | HL7 v3 | To HL7 v3 | Note |\n|---|---|---|---|", kind.title()).unwrap();
        for row in kind.rows() {
            let cell = |text: &str| if text.is_empty() { String::from("-") } else { format!("`{text}`") };
            let (fhir, hl7v3) = (cell(row.fhir), cell(row.hl7v3));
            writeln!(page, "| {fhir} | {hl7v3} | {} | {} |", row.to_hl7v3.word(), row.note).unwrap();
        }
    }
    page
}

#[test]
fn the_mapping_page_says_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mapping.md");
    let page = page();
    if std::env::var_os("EPS_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/mapping.md is out of date: run EPS_BLESS=1 cargo test -p eps-tests --test mapping");
}
