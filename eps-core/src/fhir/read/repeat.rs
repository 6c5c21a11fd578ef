//! Which issue of how many. FHIR counts the repeats after the first issue, HL7 v3 the issues.

use super::findings::Findings;
use super::json::Node;
use super::system;
use crate::model::RepeatNumber;

/// The issue that the repeat information of an element speaks of; `Some(None)` where it has none.
pub(super) fn of_information(findings: &mut Findings, owner: Node<'_>) -> Option<Option<RepeatNumber>> {
    let Some(information) = findings.optional_extension(owner, system::REPEAT) else { return Some(None) };
    let issued = part(findings, information, system::part::REPEATS_ISSUED);
    let allowed = part(findings, information, system::part::REPEATS_ALLOWED);
    Some(Some(RepeatNumber { low: issued?.saturating_add(1), high: allowed?.saturating_add(1) }))
}

/// The issue, from 1, that the repeat information of an element speaks of, whatever it says of how many there are.
pub(super) fn issue_of_information(findings: &mut Findings, owner: Node<'_>) -> Option<Option<u32>> {
    let Some(information) = findings.optional_extension(owner, system::REPEAT) else { return Some(None) };
    part(findings, information, system::part::REPEATS_ISSUED).map(|issued| Some(issued.saturating_add(1)))
}

fn part(findings: &mut Findings, information: Node<'_>, url: &str) -> Option<u32> {
    let extension = findings.extension(information, url)?;
    // Published Tasks have the wider type; what it counts is the same.
    if extension.get("valueUnsignedInt").is_some() {
        return findings.count(extension, "valueUnsignedInt");
    }
    findings.required(extension, "valueInteger");
    findings.count(extension, "valueInteger")
}
