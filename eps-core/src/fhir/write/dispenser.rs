//! Who dispenses: a PractitionerRole that names its practitioner by identifier, and the pharmacy.

use super::demographics::in_one;
use super::people::organisation_members;
use crate::codes::system;
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{AgentPerson, Organisation};

/// The contained role.
pub(super) const ROLE: &str = "performer";
/// The contained pharmacy.
pub(super) const PHARMACY: &str = "organisation";

/// Where the pharmacy of a role stands.
#[derive(Clone, Copy)]
pub(super) enum Pharmacy {
    /// It is another resource of the Bundle.
    InBundle(Guid),
    /// It is contained in the same resource.
    Contained,
    /// The message names it elsewhere.
    Elsewhere,
}

/// The members of a PractitionerRole after its id.
pub(super) fn role_members(json: &mut JsonWriter, agent: &AgentPerson, pharmacy: Pharmacy) {
    if let Some(profile) = &agent.role_profile {
        json.identifiers("identifier", system::ROLE_PROFILE, profile.as_str());
    }
    if let Some(person) = &agent.person {
        json.member("practitioner", |json| {
            json.identifier("identifier", system::SDS_USER, person.id.as_str());
            if let Some(name) = &person.name {
                json.text("display", &in_one(name));
            }
        });
    }
    match pharmacy {
        Pharmacy::InBundle(id) => json.reference("organization", id),
        Pharmacy::Contained => json.contained_reference("organization", PHARMACY),
        Pharmacy::Elsewhere => {}
    }
    json.job_role(agent);
    json.telecoms(&agent.telecoms);
}

/// A contained PractitionerRole.
pub(super) fn contained_role(json: &mut JsonWriter, agent: &AgentPerson, pharmacy: Pharmacy) {
    json.object(|json| {
        json.text("resourceType", "PractitionerRole");
        json.text("id", ROLE);
        role_members(json, agent, pharmacy);
    });
}

/// A contained Organization.
pub(super) fn contained_pharmacy(json: &mut JsonWriter, organisation: &Organisation) {
    json.object(|json| {
        json.text("resourceType", "Organization");
        json.text("id", PHARMACY);
        pharmacy_members(json, organisation);
    });
}

/// The members of an Organization that is a pharmacy, after its id.
pub(super) fn pharmacy_members(json: &mut JsonWriter, organisation: &Organisation) {
    organisation_members(json, organisation);
    json.boolean("active", true);
    json.concepts("type", system::ORGANISATION_ROLE, "182", Some("PHARMACY"));
}
