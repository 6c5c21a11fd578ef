//! Resources that stand inside another resource.

use super::findings::Findings;
use super::json::Node;
use super::rules;
use crate::problem::Problem;

/// The contained resource of `owner` that a reference element names by `#id`.
pub(super) fn resolve<'d>(
    findings: &mut Findings,
    owner: Node<'d>,
    element: Node<'d>,
    kind: &'static str,
) -> Option<Node<'d>> {
    let reference = findings.required(element, "reference")?;
    let text = reference.as_str().unwrap_or_default();
    let id = text.strip_prefix('#').unwrap_or(text);
    let found = owner.list("contained").find(|resource| resource.str("id") == Some(id));
    let Some(found) = found else {
        let message = format!("Contained resource with reference {text} not found");
        findings.tell(|| Problem::new(&rules::CONTAINED_MISSING, reference.place()).message(message).found(text));
        return None;
    };
    if found.str("resourceType") != Some(kind) {
        let message = format!("Contained resource with reference {text} is not of type {kind}");
        findings.tell(|| Problem::new(&rules::CONTAINED_TYPE, found.place()).message(message).expected(kind));
        return None;
    }
    Some(found)
}
