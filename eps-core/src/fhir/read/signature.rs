//! The signature that a Provenance carries.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::bundle::Bundle;
use super::findings::{Condition, Findings};
use super::json::Node;
use super::rules;
use crate::model::{SignatureText, Timestamp};
use crate::xml::{Document, Limits};

/// The signing time and the signature of the requester of `request`; `now` and none where the order is not signed.
pub(super) fn signature<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    request: Node<'d>,
    now: Timestamp,
) -> Option<(Timestamp, SignatureText)> {
    let signatory = request.get("requester").and_then(|requester| requester.str("reference")).unwrap_or_default();
    let is_theirs = |signature: &Node<'d>| {
        signature.get("who").and_then(|who| who.str("reference")).is_some_and(|who| who == signatory)
    };
    let signatures = bundle.resources("Provenance").flat_map(|provenance| provenance.list("signature"));
    let mut signatures = signatures.filter(is_theirs).peekable();
    if signatures.peek().is_none() {
        return Some((now, SignatureText::NotApplicable));
    }
    let signature = findings.at_most_one(signatures, Condition::Who(signatory))?;
    let when = findings.date_time(signature, "when");
    let element = findings.required(signature, "data").and_then(|data| {
        let element = data.as_str().and_then(element);
        if element.is_none() {
            findings.breach(&rules::SIGNATURE, data);
        }
        element
    });
    Some((when?, SignatureText::Element(element?)))
}

/// The one XML element that Base64 data holds, without what may stand around it.
fn element(data: &str) -> Option<Box<str>> {
    let compact: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let xml = STANDARD.decode(compact).ok()?;
    let document = Document::parse(&xml, &Limits::DEFAULT).ok()?;
    std::str::from_utf8(document.root().bytes()).ok().map(Into::into)
}
