//! Coded words and lists of them.

use super::{AS_NEEDED, Part, text};
use crate::fhir::json::Node;
use crate::problem::{Problem, Problems};

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list<W: AsRef<str>>(words: &[W]) -> String {
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push_str(if at + 1 == words.len() { " and " } else { ", " });
        }
        text.push_str(word.as_ref());
    }
    text
}

/// The displays of the codings of a concept; none where it has none.
fn displays(concept: Node<'_>) -> Result<Vec<&str>, Problems> {
    concept.list("coding").map(|coding| text(coding, "display")).collect()
}

/// The displays of a concept, one after the other.
pub(super) fn concept(dosage: Node<'_>, field: &str) -> Part {
    dosage.get(field).map_or_else(|| Ok(String::new()), |concept| Ok(displays(concept)?.concat()))
}

/// `asNeededCodeableConcept`, else `asNeededBoolean`.
pub(super) fn as_needed(dosage: Node<'_>) -> Part {
    if let Some(concept) = dosage.get("asNeededCodeableConcept") {
        let displays = displays(concept)?;
        if displays.is_empty() {
            return Err(Problem::new(&AS_NEEDED, concept.place()).into());
        }
        return Ok(format!("as required for {}", list(&displays)));
    }
    let needed = dosage.get("asNeededBoolean").and_then(Node::as_bool).unwrap_or(false);
    Ok(if needed { "as required".to_owned() } else { String::new() })
}

/// `additionalInstruction`: the displays of all codings of all its concepts.
pub(super) fn additional_instructions(dosage: Node<'_>) -> Part {
    let groups: Vec<_> = dosage.list("additionalInstruction").map(displays).collect::<Result<_, _>>()?;
    Ok(list(&groups.concat()))
}
