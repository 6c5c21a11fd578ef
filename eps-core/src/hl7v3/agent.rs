//! `AgentPerson` and the organisations it acts for (UKCT_MT120201UK03 and UK04).

use super::datatypes::{read_address, read_name, read_telecoms, write_address, write_name, write_telecom};
use super::input::{In, optional_text};
use super::out::Out;
use super::out::structure::{AGNT, ORG_INSTANCE, PSN_INSTANCE};
use crate::codes::oid;
use crate::model::{AgentPerson, Code, Licence, Organisation, Person, Text};
use crate::xml::Element;

pub(super) fn write(out: &mut Out<'_>, agent: &AgentPerson) {
    out.within("AgentPerson", AGNT, |out| {
        if let Some(role_profile) = &agent.role_profile {
            out.id(oid::SDS_ROLE_PROFILE, role_profile.as_str());
        }
        if let Some(job_role) = &agent.job_role {
            out.code("code", oid::SDS_JOB_ROLE, job_role.as_str());
        }
        agent.telecoms.iter().for_each(|telecom| write_telecom(out, telecom));
        if let Some(person) = &agent.person {
            out.within("agentPerson", PSN_INSTANCE, |out| {
                out.id(person.id_root.as_str(), person.id.as_str());
                person.name.iter().for_each(|name| write_name(out, name));
            });
        }
        write_organisation(out, &agent.organisation);
    });
}

fn write_organisation(out: &mut Out<'_>, organisation: &Organisation) {
    out.within("representedOrganization", ORG_INSTANCE, |out| {
        write_identity(out, organisation.ods.as_ref(), organisation.kind.as_ref(), organisation.name.as_ref());
        organisation.telecom.iter().for_each(|telecom| write_telecom(out, telecom));
        organisation
            .address
            .iter()
            .filter(|address| !address.is_empty())
            .for_each(|address| write_address(out, address));
        if let Some(licence) = &organisation.licence {
            out.within("healthCareProviderLicense", &[("classCode", "PROV")], |out| {
                out.within("Organization", ORG_INSTANCE, |out| {
                    write_identity(out, licence.ods.as_ref(), licence.kind.as_ref(), licence.name.as_ref());
                });
            });
        }
    });
}

fn write_identity(out: &mut Out<'_>, ods: Option<&crate::ids::OdsCode>, kind: Option<&Code>, name: Option<&Text>) {
    if let Some(ods) = ods {
        out.id(oid::ODS, ods.as_str());
    }
    if let Some(kind) = kind {
        out.code("code", oid::ORGANISATION_TYPE, kind.as_str());
    }
    if let Some(name) = name {
        out.text("name", name);
    }
}

/// Reads the `AgentPerson` below a participation.
pub(super) fn read(input: &mut In, participation: Element<'_, '_>) -> Option<AgentPerson> {
    let agent = input.one(participation, "AgentPerson")?;
    let role_profile = input.optional_id(agent);
    let job_role = read_code(input, agent);
    let telecoms = read_telecoms(input, agent);
    let person = input.optional(agent, "agentPerson");
    let person = input.maybe(person, read_person);
    let organisation =
        input.one(agent, "representedOrganization").and_then(|element| read_organisation(input, element));
    Some(AgentPerson {
        role_profile: role_profile?,
        job_role: job_role?,
        telecoms: telecoms?,
        person: person?,
        organisation: organisation?,
    })
}

fn read_person(input: &mut In, element: Element<'_, '_>) -> Option<Person> {
    let id = input.one(element, "id");
    let id_root = id.and_then(|id| input.open_code(id, "root"));
    let extension = id.and_then(|id| input.open_code(id, "extension"));
    let name = input.optional(element, "name");
    let name = input.maybe(name, read_name);
    Some(Person { id_root: id_root?, id: extension?, name: name? })
}

fn read_organisation(input: &mut In, element: Element<'_, '_>) -> Option<Organisation> {
    let ods = input.optional_id(element);
    let kind = read_code(input, element);
    let name = input.optional(element, "name").and_then(optional_text);
    let telecoms = read_telecoms(input, element);
    let address = input.optional(element, "addr");
    // An address without a line or a postcode says nothing.
    let address = input.maybe(address, read_address).map(|address| address.filter(|address| !address.is_empty()));
    let licence = In::all(element, "healthCareProviderLicense").find_map(|licence| {
        let organisation = In::all(licence, "Organization").next()?;
        read_licence(input, organisation)
    });
    Some(Organisation {
        ods: ods?,
        kind: kind?,
        name,
        telecom: telecoms?.into_iter().next(),
        address: address?,
        licence,
    })
}

fn read_licence(input: &mut In, element: Element<'_, '_>) -> Option<Licence> {
    let ods = input.optional_id(element);
    let kind = read_code(input, element);
    let name = input.optional(element, "name").and_then(optional_text);
    Some(Licence { ods: ods?, kind: kind?, name })
}

/// `code/@code`, if the element is there and says something.
fn read_code(input: &mut In, parent: Element<'_, '_>) -> Option<Option<Code>> {
    let code = input.optional(parent, "code").filter(|code| code.attribute("code").is_some());
    input.maybe(code, |input, code| input.open_code(code, "code"))
}
