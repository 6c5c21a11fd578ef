//! Naming the field that differs: what was signed, beside what arrived.

use std::fmt;

use super::fragments::{Parts, is_blank, is_hashed};
use super::policy::Policy;
use crate::problem::Place;
use crate::xml::{Element, Node};

/// More differences than this are not listed: the two are different prescriptions.
pub const MAX_DIFFERENCES: usize = 100;

/// How a field of the prescription that arrived differs from what was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a field is changed, missing or added")]
pub enum DifferenceKind {
    /// The value is another.
    Changed,
    /// The field was signed and has not arrived.
    Missing,
    /// The field has arrived and was not signed.
    Added,
}

/// One field that differs. Values are those of the prescription: `Debug` and `Display` do not show them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Where in the document that arrived; for a missing field, where it should be.
    pub place: Place,
    /// What kind of difference.
    pub kind: DifferenceKind,
    /// The value that was signed. Patient data.
    pub expected: Option<String>,
    /// The value that arrived. Patient data.
    pub found: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            DifferenceKind::Changed => "was changed after signing",
            DifferenceKind::Missing => "was removed after signing",
            DifferenceKind::Added => "was added after signing",
        };
        write!(f, "{} {what}", self.place)
    }
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Difference").field("place", &self.place).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Names every signed field in which `received` differs from `signed`.
///
/// Either may be a `ParentPrescription` or a `FragmentsToBeHashed`. What the signature does not cover is not compared.
/// `None` where one of them is neither, or its signed parts cannot be found.
#[must_use]
pub fn explain(received: Element<'_, '_>, signed: Element<'_, '_>) -> Option<Vec<Difference>> {
    let mut comparison = Comparison { found: Vec::new(), open: Vec::new() };
    let (received, signed) = (Cut::of(received)?, Cut::of(signed)?);
    comparison.align((received.holder, received.step), &received.parts, &signed.parts);
    while let Some((received, signed)) = comparison.open.pop() {
        if comparison.found.len() >= MAX_DIFFERENCES {
            break;
        }
        comparison.elements(received, signed);
    }
    comparison.found.truncate(MAX_DIFFERENCES);
    Some(comparison.found)
}

/// The parts that are hashed.
struct Cut<'d, 'a> {
    parts: Vec<Element<'d, 'a>>,
    /// Where a line item that is missing should be, and the steps from there.
    holder: Element<'d, 'a>,
    step: &'static str,
}

impl<'d, 'a> Cut<'d, 'a> {
    fn of(document: Element<'d, 'a>) -> Option<Self> {
        if document.name() == "FragmentsToBeHashed" {
            let parts = document.children().flat_map(Element::children).collect();
            return Some(Self { parts, holder: document, step: "Fragment/" });
        }
        // Which policy a document meets is for the verifier; here its parts need only be there.
        let parts = Parts::locate(document, &Policy::test_profile()).ok()?;
        let holder = parts.id.parent()?;
        Some(Self { parts: parts.hashed().collect(), holder, step: "pertinentInformation2/" })
    }
}

struct Comparison<'r, 's, 'a, 'b> {
    found: Vec<Difference>,
    /// Pairs that are still to be compared, the first one last.
    open: Vec<(Element<'r, 'a>, Element<'s, 'b>)>,
}

impl<'r, 's, 'a, 'b> Comparison<'r, 's, 'a, 'b> {
    fn add(&mut self, place: Place, kind: DifferenceKind, expected: Option<&str>, found: Option<&str>) {
        let (expected, found) = (expected.map(str::to_owned), found.map(str::to_owned));
        self.found.push(Difference { place, kind, expected, found });
    }

    /// Two elements that stand for the same thing: attributes, text, then their children.
    fn elements(&mut self, received: Element<'r, 'a>, signed: Element<'s, 'b>) {
        for attribute in signed.attributes() {
            let expected = Some(attribute.value());
            let place = || received.attribute_place(attribute.name());
            match received.attributes().find(|other| other.qualified_name() == attribute.qualified_name()) {
                None => self.add(place(), DifferenceKind::Missing, expected, None),
                Some(other) if other.value() != attribute.value() => {
                    self.add(other.place(), DifferenceKind::Changed, expected, Some(other.value()));
                }
                Some(_) => {}
            }
        }
        for attribute in received.attributes() {
            if !signed.attributes().any(|other| other.qualified_name() == attribute.qualified_name()) {
                self.add(attribute.place(), DifferenceKind::Added, None, Some(attribute.value()));
            }
        }
        let (found, expected) = (hashed_text(received), hashed_text(signed));
        if found != expected {
            self.add(received.place(), DifferenceKind::Changed, Some(&expected), Some(&found));
        }
        let children = |parent: Element<'r, 'a>| parent.children().filter(|it| is_hashed(*it)).collect::<Vec<_>>();
        let signed: Vec<_> = signed.children().filter(|it| is_hashed(*it)).collect();
        self.align((received, ""), &children(received), &signed);
    }

    /// Pairs two lists of siblings in order; what has no partner is added or missing. `parent` is where they stand.
    fn align(
        &mut self,
        parent: (Element<'r, 'a>, &'static str),
        received: &[Element<'r, 'a>],
        signed: &[Element<'s, 'b>],
    ) {
        let mut pairs = Vec::new();
        let (mut received, mut signed) = (received, signed);
        loop {
            match (received, signed) {
                ([], []) => break,
                ([one, rest @ ..], []) => {
                    self.add(one.place(), DifferenceKind::Added, None, Some(&summary(*one)));
                    received = rest;
                }
                ([], [other, rest @ ..]) => {
                    self.missing(parent, *other);
                    signed = rest;
                }
                ([one, after @ ..], [other, others @ ..]) => {
                    let ahead = || others.iter().any(|later| same(*one, *later));
                    let kept = || after.iter().any(|later| same(*later, *other));
                    if same(*one, *other) || (one.name() == other.name() && !ahead() && !kept()) {
                        pairs.push((*one, *other));
                        (received, signed) = (after, others);
                    } else if ahead() || !kept() {
                        self.missing(parent, *other);
                        signed = others;
                    } else {
                        self.add(one.place(), DifferenceKind::Added, None, Some(&summary(*one)));
                        received = after;
                    }
                }
            }
        }
        self.open.extend(pairs.into_iter().rev());
    }

    fn missing(&mut self, (parent, step): (Element<'r, 'a>, &'static str), signed: Element<'s, 'b>) {
        let place = match parent.place() {
            Place::Xml { xpath, line, column } => {
                Place::Xml { xpath: format!("{xpath}/{step}{}", signed.name()), line, column }
            }
            unlocated @ (Place::Document | Place::Position { .. } | Place::Json { .. }) => unlocated,
        };
        self.add(place, DifferenceKind::Missing, Some(&summary(signed)), None);
    }
}

/// Whether two siblings stand for the same thing: the same name and, for line items, the same id.
fn same(one: Element<'_, '_>, other: Element<'_, '_>) -> bool {
    let id = |item: Element<'_, '_>| item.child("id").and_then(|id| id.attribute("root")).map(str::to_owned);
    one.name() == other.name() && (one.name() != "pertinentLineItem" || id(one) == id(other))
}

/// The text of an element as it is hashed: kept byte for byte, unless it is white space only.
fn hashed_text(element: Element<'_, '_>) -> String {
    let texts = element.nodes().filter_map(|node| match node {
        Node::Text(text) | Node::CData(text) => Some(text),
        Node::Element(_) | Node::Comment(_) | Node::ProcessingInstruction(_) => None,
    });
    let text: String = texts.collect();
    if is_blank(&text) { String::new() } else { text }
}

/// Whether an element within `top` is hashed with it.
fn counts(element: Element<'_, '_>, top: Element<'_, '_>) -> bool {
    let mut at = Some(element);
    while let Some(element) = at.filter(|element| *element != top) {
        if !is_hashed(element) {
            return false;
        }
        at = element.parent();
    }
    true
}

/// The values in an element, for a person to recognise it by.
fn summary(element: Element<'_, '_>) -> String {
    let values = element.descendants().filter(|it| counts(*it, element)).flat_map(|it| {
        let telling = ["displayName", "value", "extension", "root", "code"];
        let attribute = telling.into_iter().find_map(|name| it.attribute(name)).map(str::to_owned);
        attribute.into_iter().chain(Some(hashed_text(it)).filter(|text| !text.is_empty()))
    });
    values.take(8).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
