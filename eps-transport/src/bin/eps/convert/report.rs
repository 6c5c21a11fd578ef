//! `eps convert --report`: what became of every field.

use std::collections::BTreeMap;
use std::fmt::Write;

use eps_core::mapping::{Report, kind, report};
use eps_core::model::Message;

use crate::failure::Failure;
use crate::{files, problems};

/// Why a message has no report.
pub(super) const NO_TABLE: Failure = Failure::Usage("there is a report for prescription orders in FHIR only");

/// Prints the report of one conversion.
pub(super) fn print(message: &Message, fhir: &[u8], hl7v3: &[u8], json: bool) -> Result<(), Failure> {
    let kind = kind(message).ok_or(NO_TABLE)?;
    match report(kind, fhir, hl7v3) {
        Ok(report) if json => files::print_json(&report),
        Ok(report) => files::print(table(&report).as_bytes()),
        Err(found) => problems::refuse(&found),
    }
}

/// One block a value: what became of it and why, then both paths; the counts at the end.
fn table(report: &Report) -> String {
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
