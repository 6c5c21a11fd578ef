//! What became of every value of one message.

use serde::Serialize;

use super::leaves::{self, Leaf};
use super::pattern::{matches, rows_of};
use super::{How, Kind, Row, Scope};
use crate::fhir::json::Json;
use crate::model::Message;
use crate::problem::Problems;
use crate::xml::{Document, Limits};

/// What became of one value of the source, or where one of the result comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// What became of it.
    pub how: How,
    /// Its FHIRPath with indexes; `None` for what the result has and the source has not.
    pub fhir: Option<String>,
    /// Its XPath with indexes; `None` for what has no place there.
    pub hl7v3: Option<String>,
    /// Why.
    pub reason: &'static str,
}

/// What became of every value of a source, and where every value of its result comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The kind of message.
    pub kind: Kind,
    /// The values of the source in their order, then those that only the result has.
    pub lines: Vec<Line>,
}

/// The kind of a message, where it has a table.
#[must_use]
pub fn kind(message: &Message) -> Option<Kind> {
    matches!(message, Message::Prescription(_)).then_some(Kind::PrescriptionOrder)
}

/// Says for a FHIR message and the HL7 v3 message that was made of it what became of every value.
///
/// # Errors
/// What keeps either from being parsed.
pub fn report(kind: Kind, fhir: &[u8], hl7v3: &[u8]) -> Result<Report, Problems> {
    let (json, xml) = (Json::parse(fhir)?, Document::parse(hl7v3, &Limits::DEFAULT)?);
    let (source, result) = (leaves::of_json(json.root()), leaves::of_xml(xml.root()));
    let rows = kind.rows();
    let found: Vec<_> = result.iter().map(|leaf| rows_of(rows, &leaf.key, |row| row.hl7v3)).collect();
    let mut reached = vec![false; result.len()];
    let mut lines = Vec::new();
    for leaf in &source {
        let before = lines.len();
        let rows = rows_of(rows, &leaf.key, |row| row.fhir);
        let replaced = |row: &&&Row| !row.unless.is_empty() && source.iter().any(|leaf| matches(row.unless, &leaf.key));
        for row in rows.iter().filter(|row| !replaced(row)) {
            for (at, how) in targets(leaf, row, &result, &found) {
                reached.get_mut(at).into_iter().for_each(|reached| *reached = true);
                let target = result.get(at).map(|target| target.path.clone());
                lines.push(Line { how, fhir: Some(leaf.path.clone()), hl7v3: target, reason: row.note });
            }
        }
        if lines.len() == before {
            let (how, reason) = match rows.first() {
                Some(row) if row.to_hl7v3 == How::Dropped => (How::Dropped, row.note),
                Some(_) => (How::Dropped, "another value of this message takes its place"),
                None => (How::Unmapped, "the table does not know it"),
            };
            lines.push(Line { how, fhir: Some(leaf.path.clone()), hl7v3: None, reason });
        }
    }
    for ((leaf, rows), _) in result.iter().zip(&found).zip(&reached).filter(|(_, reached)| !**reached) {
        let (how, reason) = match rows.first() {
            Some(row) if row.to_hl7v3 == How::Defaulted => (How::Defaulted, row.note),
            Some(_) => (How::Defaulted, "the source does not say it"),
            None => (How::Unmapped, "the table does not know it"),
        };
        lines.push(Line { how, fhir: None, hl7v3: Some(leaf.path.clone()), reason });
    }
    Ok(Report { kind, lines })
}

/// The values of the result that a row sends a value to, and whether each is carried or derived.
fn targets(source: &Leaf, row: &Row, result: &[Leaf], found: &[Vec<&Row>]) -> Vec<(usize, How)> {
    let of_row = |rows: &Vec<&Row>| !row.hl7v3.is_empty() && rows.iter().any(|found| found.hl7v3 == row.hl7v3);
    let candidates: Vec<_> = result
        .iter()
        .zip(found)
        .enumerate()
        .filter(|(_, (leaf, rows))| of_row(rows) && (row.scope == Scope::Message || leaf.group == source.group))
        .map(|(at, (leaf, _))| (at, leaf))
        .collect();
    let same = candidates.iter().filter(|(_, leaf)| same(&source.value, &leaf.value));
    let same: Vec<_> = same.map(|(at, _)| (*at, How::Carried)).collect();
    match row.to_hl7v3 {
        How::Carried if !same.is_empty() || !row.unless.is_empty() => same,
        How::Carried | How::Derived => candidates.into_iter().map(|(at, _)| (at, How::Derived)).collect(),
        How::Defaulted | How::Dropped | How::Unmapped => Vec::new(),
    }
}

/// Whether two values are one in the forms of the two wires: UUIDs in capitals, dates without marks, telephone numbers
/// as `tel:` without white space.
fn same(fhir: &str, hl7v3: &str) -> bool {
    if fhir == hl7v3 {
        return true;
    }
    let is_uuid = fhir.len() == 36 && fhir.matches('-').count() == 4;
    let compact = || fhir.chars().filter(|character| !character.is_whitespace()).collect::<String>();
    let is_date = || fhir.len() >= 10 && fhir.bytes().take(10).all(|byte| byte.is_ascii_digit() || byte == b'-');
    let digits = || {
        let utc = fhir.trim_end_matches(['Z']).trim_end_matches("+00:00");
        let seconds = utc.split('.').next().unwrap_or_default();
        seconds.chars().filter(char::is_ascii_digit).collect::<String>()
    };
    (is_uuid && fhir.eq_ignore_ascii_case(hl7v3))
        || hl7v3.strip_prefix("tel:").is_some_and(|number| compact().trim_start_matches("tel:") == number)
        || (is_date() && digits() == hl7v3)
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn values_are_the_same_in_the_forms_of_both_wires() {
        assert!(same("2021-05-28T14:19:40+00:00", "20210528141940") && same("1974-08-21", "19740821"));
        assert!(same("01632 960147", "tel:01632960147") && !same("01632", "01632960"));
        assert!(same("0e36a275-da3e-4bfa-9846-838ffe7b8e8b", "0E36A275-DA3E-4BFA-9846-838FFE7B8E8B"));
        assert!(!same("anne", "ANNE") && !same("2021-05-28T14:19:40+01:00", "20210528141940"));
    }
}
