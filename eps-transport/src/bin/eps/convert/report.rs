//! `eps convert --report`: what became of every field.

use std::collections::BTreeMap;
use std::fmt::Write;

use eps_core::mapping::{Direction, Report, Table, report};
use eps_core::model::Envelope;

use crate::failure::Failure;
use crate::{files, problems};

/// Why an answer of Spine's trackers has no report.
pub(super) const NO_TABLE: Failure = Failure::Usage("there is no report for answers in Spine's own JSON");

/// Prints the report of one conversion, in the direction that the source has.
pub(super) fn print(envelope: &Envelope, source: &[u8], result: &[u8], json: bool) -> Result<(), Failure> {
    let direction = Direction::of(source);
    let table = Table::of_message(envelope, direction).ok_or(NO_TABLE)?;
    match report(table, source, result) {
        Ok(report) if json => files::print_json(&report),
        Ok(report) => files::print(table_of(&report).as_bytes()),
        Err(found) => problems::refuse(&found),
    }
}

/// One block a value: what became of it and why, then both paths; the counts at the end.
fn table_of(report: &Report) -> String {
    let mut text = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &report.lines {
        *counts.entry(line.how.word()).or_default() += 1;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<9} {}", line.how.word(), line.reason);
        for (wire, path) in [("FHIR", &line.fhir), ("HL7", &line.hl7v3)] {
            if let Some(path) = path {
                let _ = writeln!(text, "{wire:>9} {path}");
            }
        }
    }
    let counts: Vec<_> = counts.into_iter().map(|(how, count)| format!("{count} {how}")).collect();
    text + &counts.join(", ")
}
