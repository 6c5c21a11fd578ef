//! The checks that the NHS service makes of a prescription-order, in its order.
//!
//! That of the course of therapy is made where it is read.

use super::super::bundle::{Bundle, Reference};
use super::super::findings::Findings;
use super::super::json::Node;
use super::super::prescription::course_of_therapy;
use super::super::{line_item, rules, system};
use super::consistent::Step::{Extension, Member};
use super::consistent::{Step, same_in_all, step};
use crate::codes::{CourseOfTherapy, RequestStatus, fixed};
use crate::problem::Problem;

/// The NHS service's limit of line items, which is that of Spine.
const MAX_ITEMS: usize = 4;
/// What the messages call a request.
const KIND: &str = "MedicationRequest";

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

/// Checks that a prescription has not too many items, which the NHS service does before all else.
pub(crate) fn number_of_items(findings: &mut Findings, bundle: &Bundle<'_>) {
    if let Some(fifth) = bundle.resources("MedicationRequest").nth(MAX_ITEMS) {
        findings.breach(&rules::TOO_MANY_REQUESTS, fifth);
    }
}

/// Checks a prescription-order.
pub(crate) fn prescription(findings: &mut Findings, bundle: &Bundle<'_>) {
    let requests: Vec<_> = bundle.resources("MedicationRequest").collect();
    let Some(first) = requests.first().copied() else { return };
    for path in SHARED {
        same_in_all(findings, KIND, &requests, path);
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
        if status.and_then(Node::as_str).and_then(RequestStatus::from_fhir) != Some(RequestStatus::Active) {
            findings.breach(&rules::STATUS, status.unwrap_or(*request));
        }
    }
    different_items(findings, &requests);
    for request in &requests {
        line_item::dosage_instructions(findings, *request);
    }
}

/// The requester's role, organisation and codes.
fn requester<'d>(findings: &mut Findings, bundle: &Bundle<'d>, request: Node<'d>, role: Node<'d>) {
    let types = request.list("extension").filter(|one| one.str("url") == Some(system::PRESCRIPTION_TYPE));
    let mut codes = types.filter_map(|one| one.get("valueCoding")?.str("code"));
    let is_primary_care = codes.next().is_some_and(|code| code.starts_with(fixed::PRIMARY_CARE_TYPES));
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
    same_in_all(findings, KIND, requests, &[Member("dispenseRequest"), Member("numberOfRepeatsAllowed")]);
    let review = step(first, Extension(system::REPEAT_REVIEW));
    if review.is_some_and(|review| review.list("extension").next().is_some()) {
        same_in_all(findings, KIND, requests, &[Extension(system::REPEAT_REVIEW)]);
    }
    let Some(dispense) = first.get("dispenseRequest") else { return };
    for field in ["validityPeriod", "expectedSupplyDuration"] {
        if dispense.get(field).is_none() {
            let message = format!("Expected MedicationRequest to have a value for dispenseRequest.{field}.");
            findings.tell(|| Problem::new(&rules::REPEAT_FIELD, dispense.place()).message(message).expected(field));
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
