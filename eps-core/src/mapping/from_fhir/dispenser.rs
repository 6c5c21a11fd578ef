//! Who dispenses, and the pharmacy.

use crate::mapping::Row;

const ADDRESS: &str = "each becomes a line of the address, after its own lines";
const NOT_READ: &str = "not read: no field of the HL7 v3 message says it";
const WORKPLACE: &str = "by code table";

/// The role that asks, and its organisation.
pub(super) const DISPENSER: &[Row] = &[
    Row::carried(
        "PractitionerRole.identifier(sds-role-profile-id).value",
        "//AgentPerson/id/@extension",
        "role profile",
    ),
    Row::carried("PractitionerRole.code.coding.code", "//AgentPerson/code/@code", "job role"),
    Row::carried("PractitionerRole.telecom.value", "//AgentPerson/telecom/@value", "as a tel: URL without white space"),
    Row::carried(
        "PractitionerRole.telecom.value",
        "//representedOrganization/telecom/@value",
        "where the organisation has no telecom",
    ),
    Row::derived("PractitionerRole.telecom.use", "//AgentPerson/telecom/@use", WORKPLACE),
    Row::derived("PractitionerRole.telecom.use", "//representedOrganization/telecom/@use", WORKPLACE),
    Row::carried("PractitionerRole.practitioner.identifier.value", "//agentPerson/id/@extension", "SDS user"),
    Row::selects("PractitionerRole.practitioner.identifier.system", "says what the id is"),
    Row::carried("PractitionerRole.practitioner.display", "//agentPerson/name/text()", "as written"),
    Row::carried(
        "Organization.identifier(ods-organization-code).value",
        "//representedOrganization/id/@extension",
        "ODS code",
    ),
    Row::carried("Organization.name", "//representedOrganization/name/text()", "as written"),
    Row::carried(
        "Organization.telecom.value",
        "//representedOrganization/telecom/@value",
        "as a tel: URL without white space",
    ),
    Row::derived("Organization.telecom.use", "//representedOrganization/telecom/@use", WORKPLACE),
    Row::derived("Organization.address.use", "//representedOrganization/addr/@use", WORKPLACE),
    Row::carried(
        "Organization.address.line",
        "//representedOrganization/addr/streetAddressLine/text()",
        "empty lines are left out",
    ),
    Row::carried("Organization.address.city", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Organization.address.district", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Organization.address.state", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Organization.address.postalCode", "//representedOrganization/addr/postalCode/text()", "as written"),
    Row::dropped("Organization.active", NOT_READ),
    Row::dropped("Organization.type.*", NOT_READ),
];

/// Who pays a pharmacy, which only a notification tells.
pub(super) const PAYER: &[Row] = &[Row::dropped(
    "Organization.extension(Extension-ODS-OrganisationRelationships).*",
    "who pays is asked of notifications",
)];
