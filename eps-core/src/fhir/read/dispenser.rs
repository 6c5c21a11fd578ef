//! Who dispenses: a PractitionerRole that names its practitioner by identifier, and the pharmacy.

use super::bundle::Reference;
use super::findings::Findings;
use super::json::Node;
use super::{demographics, organisation, practitioner, rules, system};
use crate::codes::oid;
use crate::ids::SdsUserId;
use crate::model::{AgentPerson, Organisation, Person, PersonName};
use crate::problem::Problem;

/// Reads the person in a role at a pharmacy. `path` is what the NHS service calls the role.
pub(super) fn agent_person(
    findings: &mut Findings,
    role: Node<'_>,
    pharmacy: Option<Node<'_>>,
    path: &str,
) -> Option<AgentPerson> {
    // First what the NHS service validates, in its order.
    named_practitioner(findings, role, path);
    let telecom = findings.list(role, "telecom").next();
    if telecom.is_none() {
        let message = format!("Required field {path}.telecom is missing.");
        findings.tell(|| Problem::new(&rules::DISPENSER_TELECOM, role.place()).message(message).expected("telecom"));
    }
    let role_profile = findings.identifier(role, system::ROLE_PROFILE).and_then(|value| findings.id(value));
    let job_role = findings.required(role, "code").and_then(|_| practitioner::job_role(findings, role).flatten());
    let telecoms: Vec<_> = telecom.and_then(|telecom| demographics::telecom(findings, telecom)).into_iter().collect();
    let person = person(findings, role, path);
    let organisation = pharmacy.and_then(|pharmacy| organisation(findings, pharmacy, role));
    Some(AgentPerson {
        role_profile: Some(role_profile?),
        job_role: Some(job_role?),
        addresses: Vec::new(),
        telecoms,
        person: Some(person?),
        organisation: organisation?,
    })
}

/// The SDS user id of the practitioner of a role, whom it names by identifier.
pub(super) fn user(findings: &mut Findings, role: Node<'_>, path: &str) -> Option<SdsUserId> {
    let value = practitioner(findings, role, path)?;
    findings.id(value)
}

/// The value of the SDS user identifier by which a role names its practitioner.
pub(super) fn practitioner<'d>(findings: &mut Findings, role: Node<'d>, path: &str) -> Option<Node<'d>> {
    let identifier = named_practitioner(findings, role, path)?;
    findings.single_identifier(identifier, system::SDS_USER)
}

/// The identifier by which a role names its practitioner.
pub(super) fn named_practitioner<'d>(findings: &mut Findings, role: Node<'d>, path: &str) -> Option<Node<'d>> {
    let practitioner = role.get("practitioner");
    let identifier = practitioner.and_then(|element| match Reference::read(element) {
        Reference::Identifier(identifier) => Some(identifier),
        Reference::Literal(_) | Reference::None => None,
    });
    if identifier.is_none() {
        let place = practitioner.unwrap_or(role).place();
        let message =
            format!("{path}.practitioner populated incorrectly. Please populate with Identifier and Display.");
        findings.tell(|| Problem::new(&rules::DISPENSER_IDENTIFIER, place).message(message));
    }
    identifier
}

fn person(findings: &mut Findings, role: Node<'_>, path: &str) -> Option<Person> {
    let user = user(findings, role, path)?;
    let name = role.get("practitioner").and_then(|practitioner| findings.text(practitioner, "display"));
    let name = name.map(|text| PersonName::Unstructured { name_use: None, text });
    // The professional code's OID stands before an SDS user id: the NHS service's decision D011.
    Some(Person { id_root: oid::PROFESSIONAL_CODE.parse().ok()?, id: user.as_str().parse().ok()?, name })
}

/// The pharmacy; without a telecom it has the role's first one.
fn organisation(findings: &mut Findings, pharmacy: Node<'_>, role: Node<'_>) -> Option<Organisation> {
    let ods = findings.identifier(pharmacy, system::ODS).and_then(|value| findings.id(value));
    let name = pharmacy.get("name").filter(|name| name.as_str() != Some("")).and_then(|name| findings.text_of(name));
    let telecom = findings.list(pharmacy, "telecom").next().or_else(|| role.list("telecom").next());
    let telecom = telecom.and_then(|telecom| demographics::telecom(findings, telecom));
    let address = findings.list(pharmacy, "address").next();
    let address = address.and_then(|address| demographics::address(findings, address));
    Some(Organisation {
        ods: Some(ods?),
        kind: organisation::not_specified(),
        name,
        description: None,
        telecom,
        address,
        licence: None,
        further_licences: Vec::new(),
    })
}
