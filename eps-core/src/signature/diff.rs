//! Naming the field that differs: what was signed, beside what arrived.

use std::fmt;

use super::fragments::{is_blank, is_hashed};
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

/// Whether the signature covers a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "a field is signed, or the signature, or neither")]
pub enum Coverage {
    /// The field is hashed: any change breaks the signature.
    Signed,
    /// The field is not covered by the signature: a change leaves it valid.
    NotCovered,
    /// The field is part of the `Signature` itself.
    Signature,
}

/// One field that differs. Values are those of the prescription: `Debug` and `Display` do not show them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Where in the document that arrived; for a missing field, where it should be.
    pub place: Place,
    /// What kind of difference.
    pub kind: DifferenceKind,
    /// Whether the signature covers it.
    pub coverage: Coverage,
    /// Its FHIRPath in the bundle that it was compared with, where that has such a field.
    pub fhir: Option<String>,
    /// Its XPath on the other side.
    pub(super) other: Option<String>,
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
        write!(f, "{} {what}", self.place)?;
        if let Some(path) = &self.fhir {
            write!(f, " (in FHIR: {path})")?;
        }
        match self.coverage {
            Coverage::Signed => Ok(()),
            Coverage::NotCovered => f.write_str("; not covered by the signature"),
            Coverage::Signature => f.write_str("; part of the signature itself"),
        }
    }
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Difference")
            .field("place", &self.place)
            .field("kind", &self.kind)
            .field("coverage", &self.coverage)
            .finish_non_exhaustive()
    }
}

/// Names every signed field in which `received` differs from `signed`.
///
/// Either may be a `ParentPrescription` or a `FragmentsToBeHashed`. What the signature does not cover is not compared.
/// `None` where one of them is neither, or its signed parts cannot be found.
#[must_use]
pub fn explain(received: Element<'_, '_>, signed: Element<'_, '_>) -> Option<Vec<Difference>> {
    let mut comparison = Comparison::new();
    comparison.signed_parts(&Cut::of(received)?, &Cut::of(signed)?);
    comparison.found.truncate(MAX_DIFFERENCES);
    Some(comparison.found)
}

/// Names every field in which `received` differs from `signed`: those that are signed first, then those that the signature
/// does not cover. A `FragmentsToBeHashed` has none of the latter.
///
/// Also of a prescription that a verifier refuses for its structure. `None` where the signed parts cannot be found.
#[must_use]
pub fn everything(received: Element<'_, '_>, signed: Element<'_, '_>) -> Option<Vec<Difference>> {
    let mut comparison = Comparison::new();
    let (one, other) = (Cut::of(received)?, Cut::of(signed)?);
    let items = comparison.signed_parts(&one, &other);
    if one.whole && other.whole {
        comparison.rest(received, signed, (&one.parts, &other.parts));
        for (received, signed) in items {
            comparison.unhashed(received, signed);
        }
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
    /// There is more around the parts.
    whole: bool,
}

impl<'d, 'a> Cut<'d, 'a> {
    /// Which policy a document meets, and whether it is sound, is for the verifier; here its parts need only be there.
    fn of(document: Element<'d, 'a>) -> Option<Self> {
        if document.name() == "FragmentsToBeHashed" {
            let parts = document.children().flat_map(Element::children).collect();
            return Some(Self { parts, holder: document, step: "Fragment/", whole: false });
        }
        let holder = document.child("pertinentInformation1")?.child("pertinentPrescription")?;
        let author = holder.child("author")?;
        let id = holder.children().find(|child| child.name() == "id" && child.attribute("extension").is_none());
        let mut parts = vec![author.child("time")?, id?, author.child("AgentPerson")?, document.child("recordTarget")?];
        let wrappers = holder.children().filter(|child| child.name() == "pertinentInformation2");
        parts.extend(wrappers.filter_map(|wrapper| wrapper.child("pertinentLineItem")));
        Some(Self { parts, holder, step: "pertinentInformation2/", whole: true })
    }
}

type Pair<'r, 's, 'a, 'b> = (Element<'r, 'a>, Element<'s, 'b>);

struct Comparison {
    found: Vec<Difference>,
    coverage: Coverage,
}

impl Comparison {
    const fn new() -> Self {
        Self { found: Vec::new(), coverage: Coverage::Signed }
    }

    /// Compares what is hashed; the pairs are those of the parts.
    fn signed_parts<'r, 's, 'a, 'b>(
        &mut self,
        received: &Cut<'r, 'a>,
        signed: &Cut<'s, 'b>,
    ) -> Vec<Pair<'r, 's, 'a, 'b>> {
        let pairs = self.align((received.holder, received.step), &received.parts, &signed.parts);
        self.subtrees(pairs.clone(), &|it| is_hashed(it), &|it| is_hashed(it));
        pairs
    }

    /// Compares what is not hashed, but for what lies within line items.
    fn rest(
        &mut self,
        received: Element<'_, '_>,
        signed: Element<'_, '_>,
        (parts, others): (&[Element<'_, '_>], &[Element<'_, '_>]),
    ) {
        self.coverage = Coverage::NotCovered;
        self.subtrees(vec![(received, signed)], &|it| !parts.contains(&it), &|it| !others.contains(&it));
    }

    /// Compares what of a line item is not hashed.
    fn unhashed(&mut self, received: Element<'_, '_>, signed: Element<'_, '_>) {
        self.coverage = Coverage::NotCovered;
        let (one, other) = (unhashed(received), unhashed(signed));
        let pairs = self.align((received, ""), &one, &other);
        self.subtrees(pairs, &|_| true, &|_| true);
    }

    /// Compares pairs with all that is in them and counts, the first pair first.
    fn subtrees<'r, 's, 'a, 'b>(
        &mut self,
        pairs: Vec<Pair<'r, 's, 'a, 'b>>,
        counts: &dyn Fn(Element<'r, 'a>) -> bool,
        counts_there: &dyn Fn(Element<'s, 'b>) -> bool,
    ) {
        let mut open = pairs;
        open.reverse();
        while let Some((received, signed)) = open.pop() {
            if self.found.len() >= MAX_DIFFERENCES {
                return;
            }
            self.values(received, signed);
            let one: Vec<_> = received.children().filter(|it| counts(*it)).collect();
            let other: Vec<_> = signed.children().filter(|it| counts_there(*it)).collect();
            open.extend(self.align((received, ""), &one, &other).into_iter().rev());
        }
    }

    fn add(&mut self, at: Element<'_, '_>, place: Place, kind: DifferenceKind, there: There<'_>) {
        let within = |element: Element<'_, '_>| element.namespace() == Some(super::algorithm::XMLDSIG);
        let coverage =
            if self.coverage == Coverage::NotCovered && within(at) { Coverage::Signature } else { self.coverage };
        let There { expected, found, other } = there;
        let (expected, found) = (expected.map(str::to_owned), found.map(str::to_owned));
        let other = other.and_then(xpath);
        self.found.push(Difference { place, kind, coverage, fhir: None, other, expected, found });
    }

    /// Two elements that stand for the same thing: attributes and text.
    fn values(&mut self, received: Element<'_, '_>, signed: Element<'_, '_>) {
        for attribute in signed.attributes() {
            let expected = Some(attribute.value());
            let there = |found| There { expected, found, other: Some(attribute.place()) };
            match received.attributes().find(|other| other.qualified_name() == attribute.qualified_name()) {
                None => {
                    let place = received.attribute_place(attribute.name());
                    self.add(received, place, DifferenceKind::Missing, there(None));
                }
                Some(other) if other.value() != attribute.value() => {
                    self.add(received, other.place(), DifferenceKind::Changed, there(Some(other.value())));
                }
                Some(_) => {}
            }
        }
        for attribute in received.attributes() {
            if !signed.attributes().any(|other| other.qualified_name() == attribute.qualified_name()) {
                let there = There { expected: None, found: Some(attribute.value()), other: None };
                self.add(received, attribute.place(), DifferenceKind::Added, there);
            }
        }
        let (found, expected) = (hashed_text(received), hashed_text(signed));
        if found != expected {
            let there = There { expected: Some(&expected), found: Some(&found), other: Some(signed.place()) };
            self.add(received, received.place(), DifferenceKind::Changed, there);
        }
    }

    /// Pairs two lists of siblings in order; what has no partner is added or missing. `parent` is where they stand.
    fn align<'r, 's, 'a, 'b>(
        &mut self,
        parent: (Element<'r, 'a>, &'static str),
        received: &[Element<'r, 'a>],
        signed: &[Element<'s, 'b>],
    ) -> Vec<Pair<'r, 's, 'a, 'b>> {
        let mut pairs = Vec::new();
        let (mut received, mut signed) = (received, signed);
        loop {
            match (received, signed) {
                ([], []) => return pairs,
                ([one, rest @ ..], []) => {
                    self.added(*one);
                    received = rest;
                }
                ([], [other, rest @ ..]) => {
                    self.missing(parent, *other);
                    signed = rest;
                }
                ([one, after @ ..], [other, others @ ..]) => {
                    let ahead = || others.iter().any(|later| same(*one, *later));
                    let kept = || after.iter().any(|later| same(*later, *other));
                    // What follows goes on alike: only this one's id was changed, be it into that of a neighbour.
                    let goes_on = || match (after.first(), others.first()) {
                        (Some(next), Some(there)) => received.len() == signed.len() && same(*next, *there),
                        (None, None) => true,
                        (Some(_), None) | (None, Some(_)) => false,
                    };
                    let stands_for = || one.name() == other.name() && (goes_on() || (!ahead() && !kept()));
                    if same(*one, *other) || stands_for() {
                        pairs.push((*one, *other));
                        (received, signed) = (after, others);
                    } else if ahead() || !kept() {
                        self.missing(parent, *other);
                        signed = others;
                    } else {
                        self.added(*one);
                        received = after;
                    }
                }
            }
        }
    }

    fn added(&mut self, one: Element<'_, '_>) {
        let there = There { expected: None, found: Some(&summary(one)), other: None };
        self.add(one, one.place(), DifferenceKind::Added, there);
    }

    fn missing(&mut self, (parent, step): (Element<'_, '_>, &'static str), signed: Element<'_, '_>) {
        let place = match parent.place() {
            Place::Xml { xpath, line, column } => {
                Place::Xml { xpath: format!("{xpath}/{step}{}", signed.name()), line, column }
            }
            unlocated @ (Place::Document | Place::Position { .. } | Place::Json { .. }) => unlocated,
        };
        let there = There { expected: Some(&summary(signed)), found: None, other: Some(signed.place()) };
        self.add(parent, place, DifferenceKind::Missing, there);
    }
}

/// The two values, and where the other side has it.
struct There<'v> {
    expected: Option<&'v str>,
    found: Option<&'v str>,
    other: Option<Place>,
}

fn xpath(place: Place) -> Option<String> {
    match place {
        Place::Xml { xpath, .. } => Some(xpath),
        Place::Document | Place::Position { .. } | Place::Json { .. } => None,
    }
}

/// The status of a line item, and the `low` of its repeat number.
fn unhashed<'d, 'a>(item: Element<'d, 'a>) -> Vec<Element<'d, 'a>> {
    item.children().chain(item.children().flat_map(Element::children)).filter(|it| !is_hashed(*it)).collect()
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
