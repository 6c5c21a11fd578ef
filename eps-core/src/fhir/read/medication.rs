//! Products and quantities.

use super::bundle::Bundle;
use super::findings::Findings;
use super::json::Node;
use super::system;
use crate::model::{Coded, Concept, Quantity};

/// The product of a request or dispense: coded in place, or in a Medication of the Bundle.
pub(super) fn product<'d>(findings: &mut Findings, bundle: &Bundle<'d>, node: Node<'d>) -> Option<Concept> {
    let concept = match (node.get("medicationCodeableConcept"), node.get("medicationReference")) {
        (Some(concept), _) => concept,
        (None, Some(reference)) => {
            let medication = bundle.resolve(findings, reference)?;
            findings.required(medication, "code")?
        }
        (None, None) => {
            findings.missing(node, "medicationCodeableConcept");
            return None;
        }
    };
    let coding = findings.coding(concept, system::SNOMED)?;
    concept_of(findings, coding)
}

/// A coding as a concept.
pub(super) fn concept_of(findings: &mut Findings, coding: Node<'_>) -> Option<Concept> {
    let display = findings.text(coding, "display");
    let code = findings.code(coding, "code")?;
    Some(Coded { code, display })
}

/// A quantity: its value in its own digits, its unit as a SNOMED CT concept.
pub(super) fn quantity(findings: &mut Findings, node: Node<'_>) -> Option<Quantity> {
    let value = findings.decimal(node, "value");
    let display = findings.text(node, "unit");
    let code = findings.code(node, "code");
    Some(Quantity { value: value?, unit: Some(Coded { code: code?, display }) })
}
