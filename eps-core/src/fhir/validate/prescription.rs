//! The checks that the NHS service makes of a prescription-order, in its order.
//!
//! Those of course of therapy and dosage instructions are made where these are read.

use super::super::bundle::{Bundle, Reference};
use super::super::findings::Findings;
use super::super::json::Node;
use super::super::prescription::course_of_therapy;
use super::super::{rules, system};
use crate::codes::CourseOfTherapy;
use crate::problem::Problem;

/// The NHS service's limit of line items, which is that of Spine.
const MAX_ITEMS: usize = 4;
/// So many different values of one element are quoted.
const MAX_VALUES: usize = 8;

/// One step of a path: a member, or the extension with a URL.
#[derive(Clone, Copy)]
enum Step {
    Member(&'static str),
    Extension(&'static str),
}
use Step::{Extension, Member};

/// What belongs to the prescription and is repeated in each request.
const SHARED: [&[Step]; 11] = [
    &[Member("groupIdentifier")],
    &[Member("category")],
    &[Member("authoredOn")],
    &[Member("subject")],
    &[Member("requester")],
    &[Member("dispenseRequest"), Member("performer")],
    &[Member("dispenseRequest"), Member("validityPeriod")],
    &[Member("dispenseRequest"), Member("expectedSupplyDuration")],
    &[Member("dispenseRequest"), Extension(system::SITE_TYPE)],
    &[Extension(system::PRESCRIPTION_TYPE)],
    &[Extension(system::RESPONSIBLE)],
];

/// Checks a prescription-order.
pub(crate) fn prescription(findings: &mut Findings, bundle: &Bundle<'_>) {
    let requests: Vec<_> = bundle.resources("MedicationRequest").collect();
    if let Some(fifth) = requests.get(MAX_ITEMS) {
        findings.breach(&rules::TOO_MANY_REQUESTS, *fifth);
    }
    let Some(first) = requests.first().copied() else { return };
    for path in SHARED {
        same_in_all(findings, &requests, path);
    }
    if let Some(role) = first.get("requester").and_then(|requester| bundle.resolve(findings, requester)) {
        requester(findings, bundle, first, role);
    }
    // An unknown or mixed course is told where the prescription is read.
    if course_of_therapy(&mut Findings::default(), &requests) == Some(CourseOfTherapy::ContinuousRepeatDispensing) {
        repeat_dispensing(findings, &requests, first);
    }
    for request in &requests {
        let status = request.get("status");
        if status.and_then(Node::as_str) != Some("active") {
            findings.breach(&rules::STATUS, status.unwrap_or(*request));
        }
    }
    different_items(findings, &requests);
}

/// The requester's role, organisation and codes.
fn requester<'d>(findings: &mut Findings, bundle: &Bundle<'d>, request: Node<'d>, role: Node<'d>) {
    let types = request.list("extension").filter(|one| one.str("url") == Some(system::PRESCRIPTION_TYPE));
    let mut codes = types.filter_map(|one| one.get("valueCoding")?.str("code"));
    let is_primary_care = codes.next().is_some_and(|code| code.starts_with("01"));
    let organisation = role.get("organization").filter(|element| Reference::read(*element).is_literal());
    if let (true, Some(element)) = (is_primary_care, organisation) {
        let organisation = bundle.resolve(findings, element);
        if let Some(service) = role.get("healthcareService") {
            findings.breach(&rules::UNEXPECTED_SERVICE, service);
        } else if let Some(organisation) = organisation.filter(|organisation| organisation.get("partOf").is_none()) {
            findings.breach(&rules::PART_OF, organisation);
        }
    }
    let Some(element) = findings.required(role, "practitioner") else { return };
    let identifiers: Vec<_> = match Reference::read(element) {
        Reference::Literal(_) => {
            bundle.resolve(findings, element).into_iter().flat_map(|node| node.list("identifier")).collect()
        }
        Reference::Identifier(identifier) => vec![identifier],
        Reference::None => Vec::new(),
    };
    if let Some(gmp) = identifiers.into_iter().find(|identifier| identifier.str("system") == Some(system::GMP)) {
        findings.breach(&rules::GMP_CODE, gmp);
    }
}

/// What a repeat dispensing prescription needs besides.
fn repeat_dispensing(findings: &mut Findings, requests: &[Node<'_>], first: Node<'_>) {
    same_in_all(findings, requests, &[Member("dispenseRequest"), Member("numberOfRepeatsAllowed")]);
    let review = step(first, Extension(system::REPEAT_REVIEW));
    if review.is_some_and(|review| review.list("extension").next().is_some()) {
        same_in_all(findings, requests, &[Extension(system::REPEAT_REVIEW)]);
    }
    let Some(dispense) = first.get("dispenseRequest") else { return };
    for field in ["validityPeriod", "expectedSupplyDuration"] {
        if dispense.get(field).is_none() {
            let message = format!("Expected MedicationRequest to have a value for dispenseRequest.{field}.");
            findings.tell(Problem::new(&rules::REPEAT_FIELD, dispense.place()).message(message).expected(field));
        }
    }
}

fn different_items(findings: &mut Findings, requests: &[Node<'_>]) {
    let mut known: Vec<&str> = Vec::new();
    for request in requests {
        let identifiers = request.list("identifier").filter(|one| one.str("system") == Some(system::ORDER_ITEM));
        let Some(value) = identifiers.filter_map(|identifier| identifier.get("value")).next() else { continue };
        match value.as_str() {
            Some(text) if known.iter().any(|other| other.eq_ignore_ascii_case(text)) => {
                findings.breach(&rules::DUPLICATE_ITEM, value);
            }
            Some(text) => known.push(text),
            None => {}
        }
    }
}

fn step(node: Node<'_>, step: Step) -> Option<Node<'_>> {
    match step {
        Member(name) => node.get(name),
        Extension(url) => node.list("extension").find(|extension| extension.str("url") == Some(url)),
    }
}

/// The values at the end of a path, a list's elements one by one; `None` where there is none.
fn values<'d>(request: Node<'d>, path: &[Step]) -> Vec<Option<Node<'d>>> {
    let end = path.iter().try_fold(request, |node, next| step(node, *next));
    match end {
        Some(list) if list.is_array() => list.items().map(Some).collect(),
        end => vec![end],
    }
}

/// Tells where the requests differ in what they share.
fn same_in_all(findings: &mut Findings, requests: &[Node<'_>], path: &[Step]) {
    let mut distinct: Vec<Option<Node<'_>>> = Vec::new();
    let mut place = None;
    for request in requests {
        for value in values(*request, path) {
            let known = distinct.iter().any(|other| match (other, value) {
                (Some(other), Some(value)) => other.same_as(value),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            });
            if !known && distinct.len() < MAX_VALUES {
                distinct.push(value);
                if distinct.len() == 2 {
                    place = Some(value.unwrap_or(*request));
                }
            }
        }
    }
    let Some(place) = place else { return };
    let values: Vec<_> = distinct.iter().map(|value| value.map_or_else(|| "null".to_owned(), Node::to_json)).collect();
    let path = path.iter().map(|step| match step {
        Member(name) => (*name).to_owned(),
        Extension(url) => format!("extension(\"{url}\")"),
    });
    let message = format!(
        "Expected all MedicationRequests to have the same value for {}. Received [{}].",
        path.collect::<Vec<_>>().join("."),
        values.join(",")
    );
    findings.tell(Problem::new(&rules::INCONSISTENT, place.place()).message(message));
}
