//! Who prescribes: an `AgentPerson` as PractitionerRole, Practitioner and Organization.

use crate::codes::{PersonIdSystem, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, OdsCode};
use crate::model::{AgentPerson, Licence, Organisation, Person, Text};

/// The people of a Bundle, each once.
pub(super) struct Roles<'m>(Vec<Role<'m>>);

/// One person's resources.
pub(super) struct Role<'m> {
    agent: &'m AgentPerson,
    /// The id of the PractitionerRole.
    pub(super) id: Guid,
    practitioner: Guid,
    organisation: Guid,
    /// The id that the same person has in another part.
    also: Option<&'m Person>,
    /// Whether the person signs an order.
    signs: bool,
}

impl<'m> Roles<'m> {
    /// No one yet.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(2))
    }

    /// Adds a person, or finds the same one; the id is that of the PractitionerRole.
    ///
    /// One role profile is one person. Their resources are shared when nothing but the person's id differs, and the
    /// readers of either part find the right one of both; otherwise something would be lost, so there are two of each.
    pub(super) fn add(&mut self, agent: &'m AgentPerson, ids: &mut dyn FnMut() -> Guid) -> Guid {
        if let Some(known) = self.0.iter_mut().find_map(|role| role.shared_with(agent)) {
            return known;
        }
        let role = Role { agent, id: ids(), practitioner: ids(), organisation: ids(), also: None, signs: false };
        let id = role.id;
        self.0.push(role);
        id
    }

    /// Adds who signs an order.
    pub(super) fn add_signatory(&mut self, agent: &'m AgentPerson, ids: &mut dyn FnMut() -> Guid) -> Guid {
        let id = self.add(agent, ids);
        self.0.iter_mut().filter(|role| role.id == id).for_each(|role| role.signs = true);
        id
    }

    /// Every resource's id, in the order of the entries.
    pub(super) fn ids(&self) -> impl Iterator<Item = Guid> {
        let practitioners = self.0.iter().filter(|role| role.agent.person.is_some()).map(|role| role.practitioner);
        let roles = self.0.iter().map(|role| role.id);
        practitioners.chain(roles).chain(self.0.iter().map(|role| role.organisation))
    }

    /// Writes the entries: Practitioners, PractitionerRoles, Organizations.
    pub(super) fn entries(&self, json: &mut JsonWriter) {
        self.0.iter().for_each(|role| role.practitioner_entry(json));
        self.0.iter().for_each(|role| role.role_entry(json));
        for role in &self.0 {
            json.entry("Organization", role.organisation, |json| organisation_members(json, &role.agent.organisation));
        }
    }
}

impl<'m> Role<'m> {
    /// The role's id, where the person is this one.
    fn shared_with(&mut self, agent: &'m AgentPerson) -> Option<Guid> {
        let AgentPerson { role_profile, job_role, addresses: _, telecoms, person, organisation } = self.agent;
        let same_role = role_profile.is_some() && *role_profile == agent.role_profile;
        let same_rest = (job_role, telecoms, organisation) == (&agent.job_role, &agent.telecoms, &agent.organisation);
        if !(same_role && same_rest) {
            return None;
        }
        match (person, &agent.person) {
            (None, None) => Some(self.id),
            (Some(known), Some(other)) if known == other => Some(self.id),
            (Some(known), Some(other)) if known.name == other.name && self.also.is_none_or(|also| also == other) => {
                // Readers take these for who answers for a prescription, and leave them alone for who signs it.
                PersonIdSystem::of(other.id_root.as_str(), other.id.as_str()).is_prescribing_code().then(|| {
                    self.also = Some(other);
                    self.id
                })
            }
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => None,
        }
    }

    /// The identifiers of the person that stand in the role, or in the practitioner.
    fn person_ids(&self, in_role: bool) -> impl Iterator<Item = (&'static str, &'m str)> {
        let system = |person: &Person| PersonIdSystem::of(person.id_root.as_str(), person.id.as_str());
        let signs = self.signs;
        let own = self.agent.person.iter().map(move |person| {
            let system = system(person);
            (if signs { system.of_signatory() } else { system }, &person.id)
        });
        let ids = own.chain(self.also.map(|person| (system(person), &person.id)));
        ids.filter(move |(system, _)| system.is_in_role() == in_role).map(|(system, id)| (system.url(), id.as_str()))
    }

    fn practitioner_entry(&self, json: &mut JsonWriter) {
        let Some(person) = &self.agent.person else { return };
        json.entry("Practitioner", self.practitioner, |json| {
            json.list("identifier", |json| {
                self.person_ids(false).for_each(|(system, id)| json.object(|json| json.identifier_members(system, id)));
            });
            json.names(&person.name);
        });
    }

    fn role_entry(&self, json: &mut JsonWriter) {
        json.entry("PractitionerRole", self.id, |json| {
            json.list("identifier", |json| {
                if let Some(profile) = &self.agent.role_profile {
                    json.object(|json| json.identifier_members(system::ROLE_PROFILE, profile.as_str()));
                }
                self.person_ids(true).for_each(|(system, id)| json.object(|json| json.identifier_members(system, id)));
            });
            if self.agent.person.is_some() {
                json.reference("practitioner", self.practitioner);
            }
            json.job_role(self.agent);
            json.telecoms(&self.agent.telecoms);
            json.reference("organization", self.organisation);
        });
    }
}

impl JsonWriter {
    /// The job role of a PractitionerRole: three parts, or the last of them alone.
    pub(super) fn job_role(&mut self, agent: &AgentPerson) {
        let Some(role) = &agent.job_role else { return };
        let [three_parts, one_part] = system::JOB_ROLES;
        let system = if role.as_str().contains(':') { three_parts } else { one_part };
        self.concepts("code", system, role.as_str(), None);
    }
}

/// The members of an Organization after its id.
pub(super) fn organisation_members(json: &mut JsonWriter, organisation: &Organisation) {
    let Organisation { ods, kind: _, name, description: _, telecom, address, licence, further_licences: _ } =
        organisation;
    if let Some(ods) = ods {
        json.identifiers("identifier", system::ODS, ods.as_str());
    }
    json.optional("name", name.as_ref().map(Text::as_str));
    json.telecoms(telecom);
    json.addresses(address);
    if let Some(Licence { ods, kind: _, name }) = licence {
        json.member("partOf", |json| {
            if let Some(ods) = ods {
                json.identifier("identifier", system::ODS, ods.as_str());
            }
            json.optional("display", name.as_ref().map(Text::as_str));
        });
    }
}

/// The ODS code of a person's organisation.
pub(super) fn ods_of(agent: &AgentPerson) -> Option<&OdsCode> {
    agent.organisation.ods.as_ref()
}
