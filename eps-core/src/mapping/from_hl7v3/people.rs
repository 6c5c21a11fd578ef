//! The people of a message, and their organisations.

use crate::mapping::Row;

const ENUM: &str = "by code table";
const BARE: &str = "without the scheme of the URL";
const SCHEME: &str = "by the scheme of the URL";
const NOWHERE: &str = "has no place in the FHIR that is written";
const BY_ID: &str = "by the OID and the form of the id";
const IN_ONE: &str = "the parts of the name in one text";

/// What all people have: a role, and an organisation.
pub(super) const ROLE: &[Row] = &[
    Row::carried(
        "//AgentPerson/id/@extension",
        "PractitionerRole.identifier(sds-role-profile-id).value",
        "role profile",
    ),
    Row::carried("//AgentPerson/code/@code", "PractitionerRole.code.coding.code", "job role"),
    Row::derived("//AgentPerson/code/@code", "PractitionerRole.code.coding.system", "three parts or one"),
    Row::derived("//AgentPerson/telecom/@use", "PractitionerRole.telecom.use", ENUM),
    Row::carried("//AgentPerson/telecom/@value", "PractitionerRole.telecom.value", BARE),
    Row::derived("//AgentPerson/telecom/@value", "PractitionerRole.telecom.system", SCHEME),
    Row::dropped("//AgentPerson/addr/@use", NOWHERE),
    Row::dropped("//AgentPerson/addr/streetAddressLine/text()", NOWHERE),
    Row::dropped("//AgentPerson/addr/postalCode/text()", NOWHERE),
    Row::carried(
        "//representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "ODS code",
    ),
    Row::carried("//representedOrganization/name/text()", "Organization.name", "as written"),
    Row::derived("//representedOrganization/telecom/@use", "Organization.telecom.use", ENUM),
    Row::carried("//representedOrganization/telecom/@value", "Organization.telecom.value", BARE),
    Row::derived("//representedOrganization/telecom/@value", "Organization.telecom.system", SCHEME),
    Row::derived("//representedOrganization/addr/@use", "Organization.address.use", ENUM),
    Row::carried(
        "//representedOrganization/addr/streetAddressLine/text()",
        "Organization.address.line",
        "empty lines are left out",
    ),
    Row::carried("//representedOrganization/addr/postalCode/text()", "Organization.address.postalCode", "as written"),
    Row::carried(
        "//healthCareProviderLicense/Organization/id/@extension",
        "Organization.partOf.identifier.value",
        "who licenses",
    ),
    Row::carried("//healthCareProviderLicense/Organization/name/text()", "Organization.partOf.display", "who licenses"),
    Row::dropped("//representedOrganization/desc/text()", NOWHERE),
];

/// Prescribers, each in a resource of their own.
pub(super) const PRESCRIBERS: &[Row] = &[
    Row::carried("//agentPerson/id/@extension", "Practitioner.identifier(sds-user-id).value", BY_ID),
    Row::carried("//agentPerson/id/@extension", "Practitioner.identifier(professional-code).value", BY_ID),
    Row::carried("//agentPerson/id/@extension", "Practitioner.identifier(gmc-number).value", BY_ID),
    Row::carried("//agentPerson/id/@extension", "Practitioner.identifier(nmc-number).value", BY_ID),
    Row::carried("//agentPerson/id/@extension", "Practitioner.identifier(din-number).value", BY_ID),
    Row::carried("//agentPerson/id/@extension", "PractitionerRole.identifier(nhsbsa-spurious-code).value", BY_ID),
    Row::derived("//agentPerson/id/@extension", "Practitioner.identifier*", BY_ID),
    Row::derived("//agentPerson/id/@extension", "PractitionerRole.identifier(nhsbsa-spurious-code).system", BY_ID),
    Row::selects("//agentPerson/id/@root", "says what the id is"),
    Row::derived("//agentPerson/name/@use", "Practitioner.name.use", ENUM),
    Row::carried("//agentPerson/name/prefix/text()", "Practitioner.name.prefix", "as written"),
    Row::carried("//agentPerson/name/given/text()", "Practitioner.name.given", "as written"),
    Row::carried("//agentPerson/name/family/text()", "Practitioner.name.family", "as written"),
    Row::carried("//agentPerson/name/suffix/text()", "Practitioner.name.suffix", "as written"),
    Row::carried("//agentPerson/name/text()", "Practitioner.name.text", "where the name has no parts"),
];

/// A dispenser, named in the role.
pub(super) const DISPENSER: &[Row] = &[
    Row::carried("//agentPerson/id/@extension", "PractitionerRole.practitioner.identifier.value", "SDS user"),
    Row::dropped("//agentPerson/id/@root", "FHIR says by a URL what the value is"),
    Row::dropped("//agentPerson/name/@use", NOWHERE),
    Row::carried("//agentPerson/name/prefix/text()", "PractitionerRole.practitioner.display", IN_ONE),
    Row::carried("//agentPerson/name/given/text()", "PractitionerRole.practitioner.display", IN_ONE),
    Row::carried("//agentPerson/name/family/text()", "PractitionerRole.practitioner.display", IN_ONE),
    Row::carried("//agentPerson/name/suffix/text()", "PractitionerRole.practitioner.display", IN_ONE),
    Row::carried("//agentPerson/name/text()", "PractitionerRole.practitioner.display", "as written"),
    Row::defaulted("Organization.active", "it asks, so it is"),
    Row::defaulted("Organization.type.coding.code", "a pharmacy"),
];
