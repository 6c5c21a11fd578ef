//! `AgentPerson` and the organisations it acts for (UKCT_MT120201UK03 and UK04).

use super::data::{Extension, ODS_CODE, OpenCode, data};
use super::input::In;
use super::out::Out;
use super::out::structure::{AGNT, ORG_INSTANCE, PROV, PSN_INSTANCE};
use super::parts::{At, Content, Part, Within, at, first, further, many, optional, shape, within};
use crate::codes::oid;
use crate::model::{AgentPerson, Licence, Organisation, Person};
use crate::xml::Element;

/// The `AgentPerson` of a participation.
pub(super) const AGENT: At<Within<Agent>> = at("AgentPerson", within(AGNT, Agent));

shape! {
    /// A person in a role at an organisation.
    pub(super) Agent: AgentPerson {
        role_profile: optional(at("id", Extension(oid::SDS_ROLE_PROFILE))),
        job_role: optional(at("code", OpenCode(oid::SDS_JOB_ROLE))),
        addresses: many(data("addr")),
        telecoms: many(data("telecom")),
        person: optional(at("agentPerson", within(PSN_INSTANCE, PersonParts))),
        organisation: at("representedOrganization", within(ORG_INSTANCE, OrganisationParts)),
    }
}

/// `id`, whose root tells its kind, and `name`.
#[derive(Clone, Copy)]
struct PersonParts;

impl Part<Person> for PersonParts {
    fn write<'n>(&self, out: &mut Out<'n>, person: &'n Person) {
        out.id(person.id_root.as_str(), person.id.as_str());
        optional(data("name")).write(out, &person.name);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Person> {
        let id = input.one(element, "id");
        let id_root = id.and_then(|id| input.open_code(id, "root"));
        let extension = id.and_then(|id| input.open_code(id, "extension"));
        let name = optional(data("name")).read(input, element);
        Some(Person { id_root: id_root?, id: extension?, name: name? })
    }
}

shape! {
    /// An organisation; who licenses it stands on the prescriber's side only.
    OrganisationParts: Organisation {
        ods: optional(at("id", ODS_CODE)),
        kind: optional(at("code", OpenCode(oid::ORGANISATION_TYPE))),
        name: optional(data("name")),
        description: optional(data("desc")),
        telecom: first(data("telecom")),
        address: first(data("addr")),
        licence: first(at("healthCareProviderLicense", Licensed)),
        further_licences: further(at("healthCareProviderLicense", Licensed)),
    }
}

shape! {
    /// The organisation that licenses another.
    LicenceParts: Licence {
        ods: optional(at("id", ODS_CODE)),
        kind: optional(at("code", OpenCode(oid::ORGANISATION_TYPE))),
        name: optional(data("name")),
    }
}

/// `healthCareProviderLicense / Organization`; without an organisation it says nothing.
#[derive(Clone, Copy)]
struct Licensed;

impl Licensed {
    const CONTENT: Within<At<Within<LicenceParts>>> =
        within(PROV, at("Organization", within(ORG_INSTANCE, LicenceParts)));
}

impl Content<Licence> for Licensed {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, licence: &'n Licence) {
        Self::CONTENT.write(out, name, licence);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<Licence> {
        Self::CONTENT.read(input, element)
    }

    fn is_there(&self, element: Element<'_, '_>) -> bool {
        In::all(element, "Organization").next().is_some()
    }
}
