//! Showing a verification: to people with colours where the output is a terminal, to programs as JSON.

use std::io::IsTerminal;

use eps_core::signature::diff::{Coverage, Difference, DifferenceKind};
use eps_core::signature::explain::Comparison;
use serde_json::{Value, json};

use super::Told;

/// The names of the signed parts, in their order; all further ones are line items.
const PARTS: [&str; 4] = ["time", "id", "author", "patient"];

/// Whether to colour: the output is a terminal, and nobody asked otherwise (<https://no-color.org>).
pub(super) fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Everything about one prescription, for people.
pub(super) fn told(told: &Told, values: bool, colour: bool) -> String {
    let mut text = told.report.to_string();
    text.push('\n');
    if let Some(explanation) = &told.explanation {
        text.push_str(&explanation.to_string());
    }
    if let Some(comparison) = &told.comparison {
        text.push_str(&compared(comparison, values));
    }
    for (number, bytes) in told.fragments.iter().flatten().enumerate() {
        let name = PARTS.get(number).map_or_else(|| format!("line item {}", number - 3), |name| (*name).to_owned());
        text.push_str(&format!("fragment     {name}, {} bytes\n{}\n", bytes.len(), String::from_utf8_lossy(bytes)));
    }
    text.push_str(if told.verified { "verdict      verified\n" } else { "verdict      REFUSED\n" });
    if colour { coloured(&text) } else { text }
}

fn compared(comparison: &Comparison, values: bool) -> String {
    let mut text = String::new();
    for difference in &comparison.differences {
        text.push_str(&format!("differs: {difference}\n"));
        if values {
            for (name, value) in [("expected", &difference.expected), ("found", &difference.found)] {
                text.push_str(&value.as_ref().map_or_else(String::new, |it| format!("             {name:<8} {it}\n")));
            }
        }
    }
    if let Some((at, place)) = &comparison.bytes {
        text.push_str(&format!("differs: no value, but the canonical bytes from byte {at} on, at {place}\n"));
    }
    if comparison.differences.is_empty() && comparison.bytes.is_none() {
        text.push_str("differs: nothing\n");
    }
    text
}

/// The first word of each line says what colour it has.
fn coloured(text: &str) -> String {
    let (green, red, yellow, plain) = ("\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[0m");
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let word = line.trim_start();
        let colour = match word {
            _ if word.starts_with("passed") || word.ends_with(" verified") => green,
            _ if word.starts_with("FAILED") || word.starts_with("differs") || word.ends_with(" REFUSED") => red,
            _ if word.starts_with("not ") || word.starts_with("note ") || word.starts_with("explains") => yellow,
            _ => "",
        };
        out.push_str(colour);
        out.push_str(line);
        out.push_str(if colour.is_empty() { "" } else { plain });
        out.push('\n');
    }
    out
}

/// Everything about one prescription, for programs.
pub(super) fn told_json(told: &Told) -> Value {
    let comparison = told.comparison.as_ref();
    let differences = comparison.map(|it| it.differences.iter().map(difference_json).collect::<Vec<_>>());
    let mut value = json!({
        "report": told.report,
        "differences": differences.unwrap_or_default(),
        "explanation": told.explanation,
    });
    if let (Some(object), Some(comparison)) = (value.as_object_mut(), comparison) {
        object.insert("against".to_owned(), json!(comparison.other));
        let bytes = comparison.bytes.as_ref().map(|(at, place)| json!({ "byte": at, "place": place }));
        object.insert("bytesDiffer".to_owned(), json!(bytes));
    }
    if let (Some(object), Some(fragments)) = (value.as_object_mut(), &told.fragments) {
        let texts: Vec<_> = fragments.iter().map(|bytes| String::from_utf8_lossy(bytes)).collect();
        object.insert("fragments".to_owned(), json!(texts));
    }
    value
}

/// A difference for programs. Its values are the caller's own prescription.
pub(crate) fn difference_json(difference: &Difference) -> Value {
    json!({
        "place": difference.place.to_string(),
        "fhir": difference.fhir,
        "kind": match difference.kind {
            DifferenceKind::Changed => "changed",
            DifferenceKind::Missing => "missing",
            DifferenceKind::Added => "added",
        },
        "covered": match difference.coverage {
            Coverage::Signed => "signed",
            Coverage::NotCovered => "not-covered",
            Coverage::Signature => "signature",
        },
        "expected": difference.expected,
        "found": difference.found,
    })
}
