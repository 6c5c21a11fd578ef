//! The checks that the NHS service makes of every Bundle before it translates it, in its order.

use super::bundle::{Bundle, Reference};
use super::findings::Findings;
use super::json::Node;
use super::{IdentifierReferences, rules, system};
use crate::codes::{RequestIntent, ResourceType};
use crate::problem::Problem;

pub(super) mod consistent;
pub(super) mod dispense_notification;
pub(super) mod prescription;

/// Checks what all events have in common.
pub(super) fn common(findings: &mut Findings, bundle: &Bundle<'_>, references: IdentifierReferences) {
    focus(findings, bundle);
    medications(findings, bundle);
    telecoms(findings, bundle);
    let extensions = bundle.resources("MedicationRequest").flat_map(|request| request.list("extension"));
    let responsible = extensions.filter(|one| one.str("url") == Some(system::RESPONSIBLE));
    let responsible: Vec<_> = responsible.filter_map(|one| one.get("valueReference")?.str("reference")).collect();
    for entry in bundle.entries("PractitionerRole") {
        role(findings, entry.resource, responsible.contains(&entry.full_url), references);
        resolved(findings, bundle, entry.resource);
    }
}

/// A resource of a type that nobody reads would be left out without a word, though the message is about it.
fn focus(findings: &mut Findings, bundle: &Bundle<'_>) {
    for entry in bundle.focus().filter(|entry| entry.kind.parse::<ResourceType>().is_err()) {
        let place = entry.resource.get("resourceType").unwrap_or(entry.resource).place();
        findings.tell(|| Problem::new(&rules::FOCUS, place).found(entry.kind));
    }
}

fn medications(findings: &mut Findings, bundle: &Bundle<'_>) {
    for request in bundle.resources("MedicationRequest") {
        let is_refused = |intent: &Node<'_>| {
            let intent = intent.as_str().and_then(RequestIntent::from_fhir);
            matches!(intent, Some(RequestIntent::Plan | RequestIntent::ReflexOrder))
        };
        if let Some(intent) = request.get("intent").filter(is_refused) {
            findings.breach(&rules::INTENT, intent);
        }
    }
    one_medication(findings, bundle, "MedicationRequest");
}

/// A request or a dispense has its medication in one of the two fields.
pub(super) fn one_medication(findings: &mut Findings, bundle: &Bundle<'_>, kind: &'static str) {
    for resource in bundle.resources(kind) {
        if resource.get("medicationReference").is_some() && resource.get("medicationCodeableConcept").is_some() {
            let message =
                format!("{kind} cannot contain both medicationReference and medicationCodeableConcept fields.");
            findings.tell(|| Problem::new(&rules::MEDICATION_TWICE, resource.place()).message(message));
        }
    }
}

/// Each telecom of an organisation, practitioner or role has a value and a use.
fn telecoms(findings: &mut Findings, bundle: &Bundle<'_>) {
    for kind in ["Organization", "Practitioner", "PractitionerRole"] {
        for entry in bundle.entries(kind) {
            for (at, telecom) in entry.resource.list("telecom").enumerate() {
                for field in ["value", "use"] {
                    let value = telecom.get(field);
                    if let Some(value) = value.filter(|value| value.as_str().is_none()) {
                        findings.wrong_type(value, "a string");
                    } else if value.and_then(Node::as_str).is_none_or(str::is_empty) {
                        let path = format!("bundle.entry[{}].resource.telecom[{at}].{field}", entry.index);
                        let message = format!("Required field {path} is missing.");
                        findings.tell(|| {
                            Problem::new(&rules::TELECOM_FIELD, telecom.place()).message(message).expected(field)
                        });
                    }
                }
            }
        }
    }
}

/// The references of a role.
fn role(findings: &mut Findings, role: Node<'_>, is_responsible: bool, references: IdentifierReferences) {
    if let Some(practitioner) = role.get("practitioner") {
        if is_responsible {
            let literal = Reference::read(practitioner).is_literal();
            if literal == practitioner.get("identifier").is_some() {
                findings.breach(&rules::RESPONSIBLE_REFERENCE, practitioner);
            }
        } else {
            literal(findings, practitioner, references, || "practitionerRole.practitioner".to_owned());
        }
    }
    let organisation = role.get("organization").unwrap_or(role);
    literal(findings, organisation, references, || "practitionerRole.organization".to_owned());
    for (at, service) in role.list("healthcareService").enumerate() {
        literal(findings, service, references, || format!("practitionerRole.healthcareService[{at}]"));
    }
}

/// A role's practitioner is there, and a role that has identifiers has one role profile, whoever refers to it.
fn resolved<'d>(findings: &mut Findings, bundle: &Bundle<'d>, role: Node<'d>) {
    if let Some(practitioner) = role.get("practitioner").filter(|element| Reference::read(*element).is_literal()) {
        bundle.resolve(findings, practitioner);
    }
    if role.get("identifier").is_some() {
        findings.identifier(role, system::ROLE_PROFILE);
    }
}

/// A reference that must name a resource of the Bundle.
fn literal(findings: &mut Findings, element: Node<'_>, references: IdentifierReferences, path: impl Fn() -> String) {
    let fits = match (Reference::read(element), references) {
        (Reference::Literal(_), _) => true,
        // What has identifiers but is no reference, a role without an organisation, is refused all the same.
        (Reference::Identifier(identifier), IdentifierReferences::Resolved) => identifier.is_object(),
        (Reference::Identifier(_), IdentifierReferences::Refused) | (Reference::None, _) => false,
    };
    if !fits {
        let message =
            format!("{} populated incorrectly. Please populate with Reference to resource within Bundle.", path());
        findings.tell(|| Problem::new(&rules::ROLE_REFERENCE, element.place()).message(message));
    }
}
