//! An OperationOutcome.

use super::super::findings::Findings;
use super::super::json::Node;
use super::super::{rules, system};
use super::{last_updated, people};
use crate::ids::Guid;
use crate::model::{Code, Organisation, Outcome, OutcomeCoding, OutcomeIssue, Text};
use crate::problem::Severity;

/// Reads the outcome.
pub(super) fn outcome(findings: &mut Findings, root: Node<'_>) -> Option<Outcome> {
    findings.required(root, "issue");
    let time = match root.get("meta").filter(|meta| meta.get("lastUpdated").is_some()) {
        Some(_) => last_updated(findings, root).map(Some),
        None => Some(None),
    };
    let issues: Vec<_> = findings.list(root, "issue").map(|node| issue(findings, node)).collect();
    let other_dispenser = other_dispenser(findings, root);
    let about = about(findings, root);
    Some(Outcome {
        time: time?,
        issues: issues.into_iter().collect::<Option<_>>()?,
        other_dispenser: other_dispenser?,
        about: about?,
    })
}

fn severity(code: &str) -> Option<Severity> {
    let all = [Severity::Fatal, Severity::Error, Severity::Warning, Severity::Information];
    all.into_iter().find(|severity| severity.code() == code)
}

fn issue(findings: &mut Findings, node: Node<'_>) -> Option<OutcomeIssue> {
    let code = findings.code(node, "code");
    let severity = findings
        .required(node, "severity")
        .and_then(|node| findings.known(node, severity, &rules::CODE_UNKNOWN, "Unhandled issue severity"));
    let coding = match node.get("details").and_then(|details| details.list("coding").next()) {
        Some(node) => coding(findings, node).map(Some),
        None => Some(None),
    };
    let diagnostics = said(findings, node, "diagnostics");
    let expressions = findings.texts(node, "expression");
    Some(OutcomeIssue { severity: severity?, code: code?, coding: coding?, diagnostics, expressions })
}

fn coding(findings: &mut Findings, node: Node<'_>) -> Option<OutcomeCoding> {
    let system: Option<Option<Code>> = match node.get("system") {
        Some(_) => findings.code(node, "system").map(Some),
        None => Some(None),
    };
    let code = findings.code(node, "code");
    let display = said(findings, node, "display");
    Some(OutcomeCoding { system: system?, code: code?, display })
}

/// A text that is there and not empty.
fn said(findings: &mut Findings, owner: Node<'_>, field: &str) -> Option<Text> {
    let node = owner.get(field).filter(|node| node.as_str() != Some(""))?;
    findings.text_of(node)
}

/// The contained organisation to which the outcome points.
fn other_dispenser(findings: &mut Findings, root: Node<'_>) -> Option<Option<Box<Organisation>>> {
    let Some(extension) = findings.optional_extension(root, system::SUPPORTING_INFO) else { return Some(None) };
    let reference = findings.required(extension, "valueReference")?;
    let organisation = super::super::contained::resolve(findings, root, reference, "Organization")?;
    people::organisation(findings, organisation).map(Box::new).map(Some)
}

/// The prescription that the outcome is about.
fn about(findings: &mut Findings, root: Node<'_>) -> Option<Option<Guid>> {
    let Some(extension) = findings.optional_extension(root, system::SUPPORTING_PRESCRIPTION) else { return Some(None) };
    let reference = findings.required(extension, "valueReference")?;
    let identifier = findings.required(reference, "identifier")?;
    let value = findings.required(identifier, "value")?;
    findings.id(value).map(Some)
}
