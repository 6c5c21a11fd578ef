//! What became of every value of one message.

use serde::Serialize;

use super::leaves::{Leaf, leaves};
use super::pattern::matches;
use super::{Direction, How, Kind, Row, Scope, Table};
use crate::codes::AckCode;
use crate::fhir;
use crate::model::{Envelope, Message};
use crate::problem::Problems;

/// What became of one value of the source, or where one of the result comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// What became of it.
    pub how: How,
    /// Its FHIRPath with indexes; `None` for what has no place there.
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
    /// Which way it goes.
    pub direction: Direction,
    /// The values of the source in their order, then those that only the result has.
    pub lines: Vec<Line>,
}

/// The kind of a message; `None` for what has a form on one wire only.
#[must_use]
pub fn kind(envelope: &Envelope) -> Option<Kind> {
    let refused = || envelope.acknowledgement.as_ref().is_some_and(|reply| reply.code != AckCode::Accepted);
    Some(match &envelope.message {
        Message::Prescription(_) => Kind::PrescriptionOrder,
        Message::Cancellation(_) => Kind::Cancellation,
        Message::CancellationResponse(response) if fhir::tells_of_item(response) => Kind::CancellationResponse,
        Message::CancellationResponse(_) => Kind::CancellationFailure,
        Message::ReleaseRequest(_) => Kind::ReleaseRequest,
        Message::ReleaseResponse(_) if refused() => Kind::ReleaseFailure,
        Message::ReleaseResponse(_) => Kind::ReleaseResponse,
        Message::ReleaseRejection(_) => Kind::ReleaseRejection,
        Message::DispenseNotification(_) => Kind::DispenseNotification,
        Message::DispenseClaim(_) => Kind::Claim,
        Message::Return(_) => Kind::Return,
        Message::Withdrawal(_) => Kind::Withdrawal,
        Message::Acknowledgement => Kind::Acknowledgement,
        Message::PrescriptionMetadata(_) => Kind::Metadata,
        Message::DispenseHistory(_)
        | Message::MetadataQuery(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_) => return None,
    })
}

/// Says for a message and for what was made of it on the other wire what became of every value.
///
/// # Errors
/// What keeps either from being parsed.
pub fn report(table: &Table, source: &[u8], result: &[u8]) -> Result<Report, Problems> {
    let (source, result) = (leaves(source)?, leaves(result)?);
    let mut reached = vec![false; result.len()];
    let line = |how, from: Option<&Leaf>, to: Option<&Leaf>, reason| {
        let (from, to) = (from.map(|leaf| leaf.path.clone()), to.map(|leaf| leaf.path.clone()));
        match table.direction {
            Direction::ToHl7v3 => Line { how, fhir: from, hl7v3: to, reason },
            Direction::ToFhir => Line { how, fhir: to, hl7v3: from, reason },
        }
    };
    let mut lines = Vec::new();
    for leaf in &source {
        let before = lines.len();
        let rows = table.rows_from(&leaf.key);
        let replaced = |row: &Row| !row.unless.is_empty() && source.iter().any(|leaf| matches(row.unless, &leaf.key));
        for row in rows.iter().filter(|row| !replaced(row)) {
            for (at, how) in targets(table.direction, leaf, row, &result) {
                reached.get_mut(at).into_iter().for_each(|reached| *reached = true);
                lines.push(line(how, Some(leaf), result.get(at), row.note));
            }
        }
        if lines.len() == before {
            let (how, reason) = match rows.first() {
                Some(row) if row.to.is_empty() => (row.how, row.note),
                Some(_) => (How::Dropped, "another value of this message takes its place"),
                None => (How::Unmapped, "the table does not know it"),
            };
            lines.push(line(how, Some(leaf), None, reason));
        }
    }
    for (leaf, _) in result.iter().zip(&reached).filter(|(_, reached)| !**reached) {
        let (how, reason) = match table.rows_to(&leaf.key).first() {
            Some(row) if row.how == How::Defaulted => (How::Defaulted, row.note),
            Some(_) => (How::Defaulted, "the source does not say it"),
            None => (How::Unmapped, "the table does not know it"),
        };
        lines.push(line(how, None, Some(leaf), reason));
    }
    Ok(Report { kind: table.kind, direction: table.direction, lines })
}

/// The values of the result that a row sends a value to, and whether each is carried or derived.
fn targets(direction: Direction, source: &Leaf, row: &Row, result: &[Leaf]) -> Vec<(usize, How)> {
    let of_row = |leaf: &Leaf| !row.to.is_empty() && matches(row.to, &leaf.key);
    let belongs = |leaf: &Leaf| row.scope == Scope::Message || leaf.group == source.group;
    let candidates: Vec<_> = result.iter().enumerate().filter(|(_, leaf)| of_row(leaf) && belongs(leaf)).collect();
    let is_same = |target: &Leaf| match direction {
        Direction::ToHl7v3 => same(&source.value, &target.value),
        Direction::ToFhir => same(&target.value, &source.value),
    };
    let same: Vec<_> = candidates.iter().filter(|(_, leaf)| is_same(leaf)).map(|(at, _)| (*at, How::Carried)).collect();
    match row.how {
        How::Carried if !same.is_empty() || !row.unless.is_empty() => same,
        How::Carried | How::Derived => candidates.into_iter().map(|(at, _)| (at, How::Derived)).collect(),
        How::Defaulted | How::Dropped | How::Unmapped => Vec::new(),
    }
}

/// Whether two values are one in the forms of the two wires: UUIDs in capitals, dates without marks, telephone numbers
/// as `tel:` without white space, results of a cancellation without `R-`.
fn same(fhir: &str, hl7v3: &str) -> bool {
    if fhir == hl7v3 {
        return true;
    }
    let id = fhir.strip_prefix("urn:uuid:").unwrap_or(fhir);
    let is_uuid = id.len() == 36 && id.matches('-').count() == 4;
    let compact = || fhir.chars().filter(|character| !character.is_whitespace()).collect::<String>();
    let is_date = || fhir.len() >= 10 && fhir.bytes().take(10).all(|byte| byte.is_ascii_digit() || byte == b'-');
    let digits = || {
        let utc = fhir.trim_end_matches(['Z']).trim_end_matches("+00:00");
        let seconds = utc.split('.').next().unwrap_or_default();
        seconds.chars().filter(char::is_ascii_digit).collect::<String>()
    };
    (is_uuid && id.eq_ignore_ascii_case(hl7v3))
        || hl7v3.strip_prefix("tel:").is_some_and(|number| compact().trim_start_matches("tel:") == number)
        || (is_date() && digits() == hl7v3)
        || fhir.strip_prefix("R-").is_some_and(|result| result == hl7v3)
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
