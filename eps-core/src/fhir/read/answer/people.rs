//! Patients, professionals and organisations as an answer tells of them: whatever is there.

use super::super::bundle::{Bundle, Reference};
use super::super::findings::{Findings, has_system};
use super::super::json::Node;
use super::super::{demographics, organisation as organisations, practitioner, rules, system};
use crate::codes::{Gender, fixed, oid};
use crate::ids::OdsCode;
use crate::model::{AgentPerson, Code, Date, Licence, Organisation, Patient, Person};

/// Which of a person's ids is meant, where two people share their resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefers {
    /// Who signs or acts: any but a prescribing code.
    Acting,
    /// Who answers for it: a prescribing code.
    Answering,
}

/// Reads a Patient. One without a practice is said to have that of nobody.
pub(super) fn patient(findings: &mut Findings, node: Node<'_>) -> Option<Patient> {
    let nhs_number = findings.identifier(node, system::NHS_NUMBER).and_then(|value| findings.id(value));
    let addresses = findings.list(node, "address").filter_map(|one| demographics::address(findings, one)).collect();
    let telecoms = findings.list(node, "telecom").filter_map(|one| demographics::telecom(findings, one)).collect();
    let names = findings.list(node, "name").filter_map(|one| demographics::name(findings, one)).collect();
    let gender: Option<Option<Gender>> = match node.get("gender") {
        Some(code) => findings.known(code, Gender::from_fhir, &rules::GENDER, "Unhandled gender").map(Some),
        None => Some(None),
    };
    let birth_date: Option<Option<Date>> = match node.get("birthDate") {
        Some(_) => findings.date(node, "birthDate").map(Some),
        None => Some(None),
    };
    let practice = findings.list(node, "generalPractitioner").next();
    let practice = practice.and_then(|practice| practice.get("identifier")?.get("value"));
    let practice = match practice.filter(|value| value.as_str() != Some(fixed::NO_PRACTICE)) {
        Some(value) => findings.id::<OdsCode>(value).map(Some),
        None => Some(None),
    };
    Some(Patient {
        nhs_number: nhs_number?,
        addresses,
        telecoms,
        names,
        gender: gender?,
        birth_date: birth_date?,
        general_practice: practice?,
        code: None,
        certificate: None,
        deceased: None,
    })
}

/// Reads the person in the role that a reference names.
pub(super) fn agent<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    reference: Node<'d>,
    prefers: Prefers,
) -> Option<AgentPerson> {
    let role = bundle.resolve(findings, reference)?;
    let identifiers = findings.list(role, "identifier");
    let role_profile = match findings.optional_identifier(identifiers, system::ROLE_PROFILE) {
        Some(value) => findings.id(value).map(Some),
        None => Some(None),
    };
    let job_role = practitioner::job_role(findings, role);
    let telecoms = findings.list(role, "telecom").filter_map(|one| demographics::telecom(findings, one)).collect();
    let person = match role.get("practitioner") {
        Some(element) => {
            let practitioner = bundle.resolve(findings, element);
            practitioner.and_then(|practitioner| person(findings, role, practitioner, prefers)).map(Some)
        }
        None => Some(None),
    };
    let organisation = findings.required(role, "organization").and_then(|element| {
        let resource = bundle.resolve(findings, element)?;
        organisation(findings, resource)
    });
    Some(AgentPerson {
        role_profile: role_profile?,
        job_role: job_role?,
        addresses: Vec::new(),
        telecoms,
        person: person?,
        organisation: organisation?,
    })
}

fn person(findings: &mut Findings, role: Node<'_>, practitioner: Node<'_>, prefers: Prefers) -> Option<Person> {
    let is_known = |one: &Node<'_>| {
        let known = [system::SDS_USER, system::DIN].into_iter().chain(system::PROFESSIONAL_CODES);
        known.into_iter().any(|known| has_system(*one, known))
    };
    let own = practitioner.list("identifier").filter(is_known);
    let in_role = role.list("identifier").filter(|one| has_system(*one, system::SPURIOUS_CODE));
    let all: Vec<_> = own.chain(in_role).collect();
    let answers = |one: &&Node<'_>| has_system(**one, system::SPURIOUS_CODE) || has_system(**one, system::DIN);
    let preferred = match prefers {
        Prefers::Acting => all.iter().find(|one| !answers(one)),
        Prefers::Answering => all.iter().find(answers),
    };
    let Some(identifier) = preferred.or(all.first()).copied() else {
        findings.missing(practitioner, "identifier");
        return None;
    };
    let id: Option<Code> = findings.code(identifier, "value");
    let root = if has_system(identifier, system::SDS_USER) { oid::SDS_USER } else { oid::PROFESSIONAL_CODE };
    let name = findings.list(practitioner, "name").next();
    let name = name.and_then(|name| demographics::name(findings, name));
    Some(Person { id_root: root.parse().ok()?, id: id?, name })
}

/// Reads an Organization.
pub(super) fn organisation(findings: &mut Findings, node: Node<'_>) -> Option<Organisation> {
    let identifiers = findings.list(node, "identifier");
    let ods = match findings.optional_identifier(identifiers, system::ODS) {
        Some(value) => findings.id(value).map(Some),
        None => Some(None),
    };
    let name = findings.text(node, "name");
    let telecom = findings.list(node, "telecom").next();
    let telecom = telecom.and_then(|telecom| demographics::telecom(findings, telecom));
    let address = findings.list(node, "address").next();
    let address = address.and_then(|address| demographics::address(findings, address));
    let licence = match node.get("partOf") {
        Some(parent) => licence(findings, parent).map(Some),
        None => Some(None),
    };
    Some(Organisation {
        ods: ods?,
        kind: organisations::not_specified(),
        name,
        description: None,
        telecom,
        address,
        licence: licence?,
        further_licences: Vec::new(),
    })
}

fn licence(findings: &mut Findings, parent: Node<'_>) -> Option<Licence> {
    let ods = match Reference::read(parent) {
        Reference::Identifier(identifier) => match identifier.get("value") {
            Some(value) => findings.id(value).map(Some),
            None => Some(None),
        },
        Reference::Literal(_) | Reference::None => Some(None),
    };
    let name = findings.text(parent, "display");
    Some(Licence { ods: ods?, kind: organisations::not_specified(), name })
}
