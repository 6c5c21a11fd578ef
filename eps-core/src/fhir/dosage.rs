//! A structured FHIR dosage as English text.
//!
//! HL7 v3 carries only the dosage's own `text`; this text is for people who check one against the other, and for
//! `$dose-to-text`. The words are those of the NHS service. Each part of a dosage has its function, in the order in
//! which the parts are written.

use std::collections::BTreeMap;

use super::json::Node;
use crate::problem::{Problem, Problems, Rule};
use crate::rules::dosage::{
    AS_NEEDED, DATE_TIME, DAY_OF_WEEK, EVENT_TIMING, FIELD, PERIOD, SEQUENCE, TIME_OF_DAY, UNIT_OF_TIME,
};

mod frequency;
mod quantity;
mod timing;
mod unit;
mod words;

/// After so many problems no more dosages are looked at.
const MAX_PROBLEMS: usize = 200;

/// A part of the text; empty where the dosage says nothing about it.
type Part = Result<String, Problems>;

/// The text of these dosages, the elements of a `dosageInstruction` list. None give an empty text.
///
/// ```
/// use eps_core::fhir::{dosage_text, json::Json};
/// let json = br#"[{
///     "timing": {"repeat": {"frequency": 4, "period": 1, "periodUnit": "d"}},
///     "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]
/// }]"#;
/// let json = Json::parse(json)?;
/// let dosages: Vec<_> = json.root().items().collect();
/// assert_eq!(dosage_text(&dosages)?, "1 tablet - 4 times a day");
/// # Ok::<(), eps_core::problem::Problems>(())
/// ```
///
/// # Errors
/// Problems under `fhir.dosage.*`: all of them, in the words of the NHS service, each with its place.
pub fn dosage_text(dosages: &[Node<'_>]) -> Result<String, Problems> {
    if let [dosage] = dosages {
        return one(*dosage);
    }
    let mut problems = Vec::new();
    let mut groups: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for dosage in dosages {
        if problems.len() >= MAX_PROBLEMS {
            break;
        }
        match sequence(*dosage) {
            Ok(sequence) => match one(*dosage) {
                Ok(text) => groups.entry(sequence).or_default().push(text),
                Err(more) => problems.extend(more),
            },
            Err(more) => problems.extend(more),
        }
    }
    match Problems::from_vec(problems) {
        Some(problems) => Err(problems),
        None => {
            let groups: Vec<_> = groups.into_values().map(|group| group.join(", and ")).collect();
            Ok(groups.join(", then "))
        }
    }
}

fn sequence(dosage: Node<'_>) -> Result<u64, Problems> {
    let sequence = dosage.get("sequence");
    let number = sequence.and_then(Node::as_number).and_then(|text| text.parse().ok());
    number.ok_or_else(|| Problem::new(&SEQUENCE, sequence.unwrap_or(dosage).place()).into())
}

/// The text of one dosage.
fn one(dosage: Node<'_>) -> Part {
    let repeat = dosage.get("timing").and_then(|timing| timing.get("repeat"));
    let of_repeat = |part: fn(Node<'_>) -> Part| repeat.map_or_else(|| Ok(String::new()), part);
    let mut method = String::new();
    let mut rest = String::new();
    let mut problems = Vec::new();
    match words::concept(dosage, "method") {
        Ok(text) => method = text,
        Err(more) => problems.extend(more),
    }
    let parts = [
        quantity::dose(dosage),
        quantity::rate(dosage),
        of_repeat(timing::duration),
        of_repeat(frequency::frequency_and_period),
        of_repeat(timing::offset_and_when),
        of_repeat(timing::days_and_times),
        words::concept(dosage, "route"),
        words::concept(dosage, "site"),
        words::as_needed(dosage),
        of_repeat(timing::bounds),
        of_repeat(timing::count),
        timing::events(dosage),
        quantity::max_per_period(dosage),
        quantity::max_per_administration(dosage),
        quantity::max_per_lifetime(dosage),
        words::additional_instructions(dosage),
        Ok(dosage.str("patientInstruction").unwrap_or_default().to_owned()),
    ];
    for part in parts {
        match part {
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                if !rest.is_empty() {
                    rest.push_str(" - ");
                }
                rest.push_str(&text);
            }
            Err(more) => problems.extend(more),
        }
    }
    if let Some(problems) = Problems::from_vec(problems) {
        return Err(problems);
    }
    if !method.is_empty() && !rest.is_empty() {
        method.push(' ');
    }
    Ok(method + &rest)
}

/// The problem of a field that `owner` should have.
fn missing(owner: Node<'_>, field: &'static str) -> Problems {
    Problem::new(&FIELD, owner.place()).expected(field).into()
}

/// A number of `owner` as it was written.
fn number<'d>(owner: Node<'d>, field: &'static str) -> Result<&'d str, Problems> {
    owner.get(field).and_then(Node::as_number).ok_or_else(|| missing(owner, field))
}

/// A text of `owner`, not an empty one.
fn text<'d>(owner: Node<'d>, field: &'static str) -> Result<&'d str, Problems> {
    owner.str(field).filter(|text| !text.is_empty()).ok_or_else(|| missing(owner, field))
}

/// The refusal of a value, in the words of the NHS service: what it says and the value.
fn refused(rule: &'static Rule, node: Node<'_>, words: &str) -> Problems {
    let value = node.as_str().or(node.as_number()).unwrap_or_default();
    Problem::new(rule, node.place()).message(format!("{words} {value}")).found(value).into()
}

#[cfg(test)]
mod tests;
