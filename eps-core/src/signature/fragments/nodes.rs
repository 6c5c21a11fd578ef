//! What every node of a signed prescription must be, wherever it stands.

use std::collections::HashSet;

use crate::problem::Rule;
use crate::rules::signature::form;
use crate::signature::algorithm::XMLDSIG;
use crate::signature::code::Code;
use crate::signature::report::{Failure, Failures};
use crate::xml::{Element, Node};

/// Goes once over all nodes of a `ParentPrescription`, of which `signature_text` holds the signature.
pub(super) fn check(
    parent: Element<'_, '_>,
    namespace: Option<&str>,
    signature_text: Option<Element<'_, '_>>,
    failures: &mut Failures,
) {
    let signature = signature_text.map_or(0..0, |text| text.span());
    let mut fail = |rule, at: Element<'_, '_>, why: &str| {
        if failures.len() < super::parts::MAX_FAILURES {
            failures.push(Failure::ruled(Code::Structure, rule, at.place()).because(why));
        }
    };
    let mut ids = HashSet::new();
    for element in parent.descendants() {
        let span = element.span();
        // The element that holds the signature is HL7's, what is in it is not.
        let in_signature = signature.start < span.start && span.end <= signature.end;
        if element.namespace() != if in_signature { Some(XMLDSIG) } else { namespace } {
            fail(&form::NAMESPACE, element, "the element is not in the namespace of its place");
        }
        if let Some((rule, why)) = misplaced(element, in_signature) {
            fail(rule, element, why);
        }
        for attribute in element.attributes() {
            if attribute.qualified_name().starts_with("xml:") {
                fail(&form::CONTENT_KIND, element, "attributes of the xml namespace are not allowed");
            }
            if matches!(attribute.name(), "Id" | "ID" | "id") && !ids.insert(attribute.value()) {
                fail(&form::DUPLICATE_ID, element, "another element has the same id");
            }
        }
        if let Some(why) = content(element) {
            fail(&form::CONTENT_KIND, element, why);
        }
    }
}

/// Elements whose name decides what is hashed, in a place where the published rules treat them differently.
fn misplaced(element: Element<'_, '_>, in_signature: bool) -> Option<(&'static Rule, &'static str)> {
    let within = |name| element.parent().is_some_and(|parent| parent.name() == name);
    match element.name() {
        "Signature" if !in_signature || !within("signatureText") => {
            Some((&form::WRAPPED, "there must be no other Signature"))
        }
        "repeatNumber" if !within("pertinentLineItem") && !within("pertinentPrescription") => {
            Some((Code::Structure.rule(), "repeatNumber must be that of the prescription or of a line item"))
        }
        "pertinentItemStatus" if !within("pertinentInformation4") => {
            Some((Code::Structure.rule(), "pertinentItemStatus must be that of a line item"))
        }
        _ => None,
    }
}

/// Elements hold elements or text; comments, CDATA sections and processing instructions stand nowhere.
fn content(element: Element<'_, '_>) -> Option<&'static str> {
    let (mut has_element, mut has_text) = (false, false);
    for node in element.nodes() {
        match node {
            Node::Element(_) => has_element = true,
            Node::Text(text) => has_text = has_text || !is_blank(text),
            Node::CData(_) => return Some("a CDATA section is not allowed in a signed prescription"),
            Node::Comment(_) => return Some("a comment is not allowed in a signed prescription"),
            Node::ProcessingInstruction(_) => return Some("a processing instruction is not allowed"),
        }
    }
    (has_element && has_text).then_some("text must not stand beside elements")
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}
