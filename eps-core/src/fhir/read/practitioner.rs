//! Who prescribes and who answers for it: PractitionerRole, Practitioner and organisations as an `AgentPerson`.

use super::bundle::{Bundle, Reference};
use super::findings::{Condition, Findings, has_system};
use super::json::Node;
use super::{demographics, organisation, rules, system};
use crate::codes::oid;
use crate::ids::{SdsRoleProfileId, SdsUserId};
use crate::model::{AgentPerson, Code, Person, PersonName, Telecom};
use crate::problem::Problem;

/// In which part a practitioner appears. The person's id is chosen by it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Who signs: by professional code.
    Author,
    /// Who answers for it: by prescribing code where there is one.
    ResponsibleParty,
    /// Who cancels: by SDS user id.
    Canceller,
}

/// Reads the person in a role.
pub(super) fn agent_person<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    role: Node<'d>,
    part: Part,
) -> Option<AgentPerson> {
    let role_profile = role_profile(findings, role);
    let job_role = job_role(findings, role);
    let practitioner = role.get("practitioner").map(|element| Practitioner::find(findings, bundle, element));
    let organisation_source = organisation::of_role(findings, bundle, role);
    let secondary = match &practitioner {
        Some(Some(Practitioner::Resource(practitioner))) => Some(*practitioner),
        // Only a prescriber without telecoms of their own has those of the organisation.
        Some(_) | None if part == Part::Canceller => None,
        Some(_) | None => organisation_source.as_ref().map(|source| source.telecom_owner),
    };
    let telecoms = telecoms(findings, role, secondary, part);
    let organisation = organisation_source
        .as_ref()
        .and_then(|source| organisation::represented(findings, bundle, role, source, part != Part::Canceller));
    let organisation_name = organisation_source.as_ref().and_then(|source| source.name);
    let person = match practitioner {
        None => Some(None),
        Some(None) => None,
        Some(Some(practitioner)) => person(findings, role, practitioner, part, organisation_name).map(Some),
    };
    Some(AgentPerson {
        role_profile: role_profile?,
        job_role: job_role?,
        addresses: Vec::new(),
        telecoms,
        person: person?,
        organisation: organisation?,
    })
}

/// The role profile; `Some(None)` where the role has no identifiers at all.
fn role_profile(findings: &mut Findings, role: Node<'_>) -> Option<Option<SdsRoleProfileId>> {
    if role.get("identifier").is_none() {
        return Some(None);
    }
    let value = findings.identifier(role, system::ROLE_PROFILE)?;
    findings.id(value).map(Some)
}

/// The job role; `Some(None)` where the role has no code at all.
pub(super) fn job_role(findings: &mut Findings, role: Node<'_>) -> Option<Option<Code>> {
    let Some(codes) = role.get("code") else { return Some(None) };
    for job_system in system::JOB_ROLES {
        let concepts = findings.list(role, "code");
        let codings =
            concepts.flat_map(|concept| concept.list("coding")).filter(|coding| has_system(*coding, job_system));
        if let Some(coding) = findings.at_most_one(codings, Condition::System(job_system)) {
            return findings.code(coding, "code").map(Some);
        }
    }
    findings.breach(&rules::JOB_ROLE, codes);
    None
}

fn telecoms<'d>(findings: &mut Findings, role: Node<'d>, secondary: Option<Node<'d>>, part: Part) -> Vec<Telecom> {
    let has_telecoms = |node: &Node<'_>| node.get("telecom").is_some();
    match Some(role).filter(has_telecoms).or(secondary.filter(has_telecoms)) {
        Some(owner) => {
            findings.list(owner, "telecom").filter_map(|telecom| demographics::telecom(findings, telecom)).collect()
        }
        None if part == Part::Canceller => Vec::new(),
        None => {
            findings.breach(&rules::ROLE_TELECOM, role);
            Vec::new()
        }
    }
}

/// Where what is known of a practitioner stands.
#[derive(Clone, Copy)]
enum Practitioner<'d> {
    /// A resource of the Bundle.
    Resource(Node<'d>),
    /// A reference with an identifier and a display.
    Named(Node<'d>),
}

impl<'d> Practitioner<'d> {
    fn find(findings: &mut Findings, bundle: &Bundle<'d>, element: Node<'d>) -> Option<Self> {
        match Reference::read(element) {
            Reference::Literal(_) => bundle.resolve(findings, element).map(Self::Resource),
            Reference::Identifier(_) => Some(Self::Named(element)),
            Reference::None => {
                findings.no_reference(element);
                None
            }
        }
    }

    fn node(self) -> Node<'d> {
        match self {
            Self::Resource(node) | Self::Named(node) => node,
        }
    }

    /// The identifiers: a list in the resource, one in a reference.
    fn identifiers(self) -> impl Iterator<Item = Node<'d>> {
        let (list, single) = match self {
            Self::Resource(resource) => (Some(resource.list("identifier")), None),
            Self::Named(reference) => (None, reference.get("identifier")),
        };
        list.into_iter().flatten().chain(single)
    }
}

/// The person; one who is only named and acts for an organisation goes by its name.
fn person(
    findings: &mut Findings,
    role: Node<'_>,
    practitioner: Practitioner<'_>,
    part: Part,
    organisation_name: Option<Node<'_>>,
) -> Option<Person> {
    let id = person_id(findings, role, practitioner, part);
    let name = match practitioner {
        Practitioner::Resource(resource) if resource.get("name").is_some() => {
            let names = findings.list(resource, "name");
            let name = findings.exactly_one(resource, names, Condition::Any)?;
            Some(demographics::name(findings, name)?)
        }
        Practitioner::Resource(_) => None,
        Practitioner::Named(reference) => {
            let literal_organisation =
                role.get("organization").is_some_and(|element| Reference::read(element).is_literal());
            let display = match part {
                Part::ResponsibleParty if literal_organisation => organisation_name,
                Part::ResponsibleParty | Part::Author | Part::Canceller => reference.get("display"),
            };
            let text = display.and_then(|display| findings.text_of(display));
            text.map(|text| PersonName::Unstructured { name_use: None, text })
        }
    };
    let id_root = match part {
        Part::Author | Part::ResponsibleParty => oid::PROFESSIONAL_CODE,
        Part::Canceller => oid::SDS_USER,
    };
    Some(Person { id_root: id_root.parse().ok()?, id: id?, name })
}

fn person_id(findings: &mut Findings, role: Node<'_>, practitioner: Practitioner<'_>, part: Part) -> Option<Code> {
    if part == Part::Canceller {
        let users = practitioner.identifiers().filter(|identifier| has_system(*identifier, system::SDS_USER));
        let user = findings.exactly_one(practitioner.node(), users, Condition::System(system::SDS_USER))?;
        let value = findings.required(user, "value")?;
        let user: SdsUserId = findings.id(value)?;
        return user.as_str().parse().ok();
    }
    if part == Part::ResponsibleParty {
        let identifiers = findings.list(role, "identifier");
        let spurious = findings.optional_identifier(identifiers, system::SPURIOUS_CODE);
        let code = spurious.or_else(|| findings.optional_identifier(practitioner.identifiers(), system::DIN));
        if let Some(node) = code.filter(|code| code.as_str() != Some("")) {
            return checked(findings, node, node.as_str().unwrap_or_default());
        }
    }
    professional_code(findings, practitioner)
}

/// The one professional code. A GMC number loses the `C` that some systems put before it.
fn professional_code(findings: &mut Findings, practitioner: Practitioner<'_>) -> Option<Code> {
    let mut codes = Vec::new();
    for code_system in system::PROFESSIONAL_CODES {
        let found = findings.optional_identifier(practitioner.identifiers(), code_system);
        let Some((node, code)) = found.and_then(|node| Some((node, node.as_str()?))) else { continue };
        let is_gmc = code_system == system::GMC;
        let code = if is_gmc { code.strip_prefix(['C', 'c']).unwrap_or(code) } else { code };
        if !code.is_empty() {
            codes.push((node, code));
        }
    }
    let place = practitioner.node().place();
    match codes.as_slice() {
        [(node, code)] => checked(findings, *node, code),
        [] => {
            findings.tell(|| Problem::new(&rules::NO_PROFESSIONAL_CODE, place));
            None
        }
        several => {
            let several: Vec<_> = several.iter().map(|(_, code)| *code).collect();
            let several = several.join(", ");
            let message = format!("{} But got: {several}", rules::PROFESSIONAL_CODES.requires);
            findings.tell(|| Problem::new(&rules::PROFESSIONAL_CODES, place).message(message).found(several));
            None
        }
    }
}

fn checked(findings: &mut Findings, node: Node<'_>, code: &str) -> Option<Code> {
    findings.checked_text(node, code.parse())
}
