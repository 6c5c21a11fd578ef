//! Showing what is wrong with a message: to people with the line and a caret, to programs as an OperationOutcome.

use std::fmt::Write;

use eps_core::problem::{Place, Problem, Problems, operation_outcome};

use crate::failure::Failure;
use crate::files;

/// Characters of a line that are shown around the place; longer lines are cut.
const WINDOW: usize = 100;

/// Prints the OperationOutcome and ends in refusal.
pub(crate) fn refuse(problems: &Problems) -> Result<(), Failure> {
    files::print_json(&operation_outcome(problems))?;
    Err(Failure::Refused)
}

/// The problems for people: rule, place, the offending line with a caret, what was expected, how to fix it.
pub(crate) fn told(problems: &Problems, input: &[u8]) -> String {
    let mut text = String::new();
    for problem in problems {
        // Writing to a String cannot fail.
        let _ = tell(&mut text, problem, input);
    }
    let warnings = problems.iter().filter(|problem| !problem.rule.severity.refuses()).count();
    let problems = problems.iter().count() - warnings;
    let several = |count, word| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let total = match (problems, warnings) {
        (0, _) => several(warnings, "warning"),
        (_, 0) => several(problems, "problem"),
        (_, _) => format!("{}, {}", several(problems, "problem"), several(warnings, "warning")),
    };
    text.push_str(&total);
    text
}

fn tell(text: &mut String, problem: &Problem, input: &[u8]) -> std::fmt::Result {
    writeln!(text, "{}: {} [{}]", problem.rule.severity.code(), problem.message.as_str(), problem.rule.id)?;
    writeln!(text, "  at {}", problem.place)?;
    if let Place::Json { pointer, .. } = &problem.place {
        writeln!(text, "     {pointer}")?;
    }
    if let Some((line, column)) = position(&problem.place) {
        quote(text, input, line, column)?;
    }
    if let Some(found) = &problem.found {
        writeln!(text, "  found     {}", found.as_str())?;
    }
    if let Some(expected) = &problem.expected {
        writeln!(text, "  expected  {expected}")?;
    }
    writeln!(text, "  fix       {}\n", problem.rule.fix)
}

fn position(place: &Place) -> Option<(usize, usize)> {
    match place {
        Place::Position { line, column } | Place::Json { line, column, .. } | Place::Xml { line, column, .. } => {
            Some((*line, *column))
        }
        Place::Document | _ => None,
    }
}

/// The line with a caret under the column, cut to what fits a terminal.
fn quote(text: &mut String, input: &[u8], line: usize, column: usize) -> std::fmt::Result {
    let Some(bytes) = input.split(|byte| *byte == b'\n').nth(line.saturating_sub(1)) else { return Ok(()) };
    let at = column.saturating_sub(1).min(bytes.len());
    let from = at.saturating_sub(WINDOW / 2);
    let shown = |range: std::ops::Range<usize>| {
        let part = bytes.get(range.start..range.end.min(bytes.len())).unwrap_or_default();
        String::from_utf8_lossy(part).replace(['\t', '\r'], " ")
    };
    let before = shown(from..at);
    writeln!(text, "  {line:>5} | {before}{}", shown(at..from + WINDOW))?;
    writeln!(text, "        | {}^", " ".repeat(before.chars().count()))
}
