//! Who prescribes and who answers for it.

use crate::mapping::Row;

const NOT_READ: &str = "not read: no field of the HL7 v3 message says it";
const USER: &str = "a cancellation names people as SDS users";
const PERSON: &str = "of each person who is in this role: author and responsible party";
const ENUM: &str = "by code table";
const ADDRESS: &str = "each becomes a line of the address, after its own lines";

/// The people of an order and of a cancellation, and their organisations.
pub(super) const PRESCRIBERS: &[Row] = &[
    Row::carried("PractitionerRole.identifier(sds-role-profile-id).value", "//AgentPerson/id/@extension", PERSON),
    Row::carried("PractitionerRole.code.coding.code", "//AgentPerson/code/@code", PERSON),
    Row::derived("PractitionerRole.telecom.use", "//AgentPerson/telecom/@use", ENUM),
    Row::carried("PractitionerRole.telecom.value", "//AgentPerson/telecom/@value", PERSON),
    Row::derived(
        "PractitionerRole.telecom.use",
        "//representedOrganization/telecom/@use",
        "where only an identifier names the organisation",
    )
    .unless("PractitionerRole.organization.reference"),
    Row::carried(
        "PractitionerRole.telecom.value",
        "//representedOrganization/telecom/@value",
        "where only an identifier names the organisation",
    )
    .unless("PractitionerRole.organization.reference"),
    Row::carried(
        "PractitionerRole.practitioner.display",
        "//agentPerson/name/text()",
        "where only an identifier names the practitioner",
    ),
    Row::carried(
        "PractitionerRole.practitioner.identifier.value",
        "//agentPerson/id/@extension",
        "where there is no Practitioner",
    ),
    Row::carried(
        "PractitionerRole.organization.display",
        "//representedOrganization/name/text()",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.organization.display",
        "//healthCareProviderLicense/Organization/name/text()",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.organization.display",
        "//agentPerson/name/text()",
        "of a responsible party who is only named",
    ),
    Row::carried(
        "PractitionerRole.organization.identifier.value",
        "//representedOrganization/id/@extension",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.organization.identifier.value",
        "//healthCareProviderLicense/Organization/id/@extension",
        "where there is no Organization",
    ),
    Row::carried(
        "PractitionerRole.healthcareService.display",
        "//representedOrganization/name/text()",
        "where there is no HealthcareService",
    ),
    Row::carried(
        "PractitionerRole.healthcareService.identifier.value",
        "//representedOrganization/id/@extension",
        "where there is no HealthcareService",
    ),
    Row::dropped("Organization.address.type", NOT_READ),
    Row::dropped("Organization.type.*", NOT_READ),
    Row::dropped("HealthcareService.active", NOT_READ),
    Row::dropped("HealthcareService.identifier(ods-organization-code).use", NOT_READ),
    Row::dropped("HealthcareService.providedBy.*", NOT_READ),
    Row::dropped("Location.identifier.value", NOT_READ),
    Row::dropped("Location.mode", NOT_READ),
    Row::dropped("Location.status", NOT_READ),
    Row::selects("PractitionerRole.healthcareService.identifier.system", "says what the code is"),
    Row::selects("PractitionerRole.organization.identifier.system", "says what the code is"),
    Row::selects("PractitionerRole.practitioner.identifier.system", "says what the code is"),
    Row::dropped("PractitionerRole.resourceType", "what refers to it says what it is"),
    Row::dropped("Practitioner.resourceType", "what refers to it says what it is"),
    Row::dropped("Organization.resourceType", "what refers to it says what it is"),
    Row::dropped("HealthcareService.resourceType", "what refers to it says what it is"),
    Row::dropped("Location.resourceType", "what refers to it says what it is"),
    Row::derived("Practitioner.name.use", "//agentPerson/name/@use", ENUM),
    Row::carried("Practitioner.name.prefix", "//agentPerson/name/prefix/text()", PERSON),
    Row::carried("Practitioner.name.given", "//agentPerson/name/given/text()", PERSON),
    Row::carried("Practitioner.name.family", "//agentPerson/name/family/text()", PERSON),
    Row::carried("Practitioner.name.suffix", "//agentPerson/name/suffix/text()", PERSON),
    Row::carried("Practitioner.name.text", "//agentPerson/name/text()", "where the name has no parts"),
    Row::derived("Practitioner.telecom.use", "//AgentPerson/telecom/@use", "where the role has no telecom")
        .unless("PractitionerRole.telecom.value"),
    Row::carried("Practitioner.telecom.value", "//AgentPerson/telecom/@value", "where the role has no telecom")
        .unless("PractitionerRole.telecom.value"),
    Row::carried(
        "Organization.identifier(ods-organization-code).value",
        "//representedOrganization/id/@extension",
        "unless a service is named",
    )
    .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.identifier(ods-organization-code).value",
        "//healthCareProviderLicense/Organization/id/@extension",
        "where it is part of no other, or another is part of it",
    )
    .unless("Organization.partOf.identifier.value"),
    Row::carried("Organization.name", "//representedOrganization/name/text()", "unless a service is named")
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.name",
        "//healthCareProviderLicense/Organization/name/text()",
        "where it is part of no other, or another is part of it",
    )
    .unless("Organization.partOf.identifier.value"),
    Row::derived("Organization.telecom.use", "//representedOrganization/telecom/@use", ENUM),
    Row::carried(
        "Organization.telecom.value",
        "//representedOrganization/telecom/@value",
        "as a tel: URL without white space",
    ),
    Row::derived("Organization.address.use", "//representedOrganization/addr/@use", ENUM)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "Organization.address.line",
        "//representedOrganization/addr/streetAddressLine/text()",
        "empty lines are left out",
    )
    .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.city", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.district", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.state", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS)
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried("Organization.address.postalCode", "//representedOrganization/addr/postalCode/text()", "as written")
        .unless("PractitionerRole.healthcareService.*"),
    Row::carried(
        "HealthcareService.identifier(ods-organization-code).value",
        "//representedOrganization/id/@extension",
        "goes before the organisation",
    ),
    Row::carried("HealthcareService.name", "//representedOrganization/name/text()", "goes before the organisation"),
    Row::derived("HealthcareService.telecom.use", "//representedOrganization/telecom/@use", ENUM),
    Row::carried(
        "HealthcareService.telecom.value",
        "//representedOrganization/telecom/@value",
        "goes before the organisation",
    ),
    Row::derived("Location.address.use", "//representedOrganization/addr/@use", "of a service's or role's location"),
    Row::carried(
        "Location.address.line",
        "//representedOrganization/addr/streetAddressLine/text()",
        "of a service's or role's location",
    ),
    Row::carried("Location.address.city", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Location.address.district", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried("Location.address.state", "//representedOrganization/addr/streetAddressLine/text()", ADDRESS),
    Row::carried(
        "Location.address.postalCode",
        "//representedOrganization/addr/postalCode/text()",
        "of a service's or role's location",
    ),
];

/// The codes by which an order names them, and who licenses.
pub(super) const CODES: &[Row] = &[
    Row::selects("Organization.partOf.identifier.system", "says what the code is"),
    Row::carried(
        "Organization.partOf.identifier.value",
        "//healthCareProviderLicense/Organization/id/@extension",
        "who licenses",
    ),
    Row::carried("Organization.partOf.display", "//healthCareProviderLicense/Organization/name/text()", "who licenses"),
    Row::carried(
        "PractitionerRole.identifier(nhsbsa-spurious-code).value",
        "//responsibleParty/AgentPerson/agentPerson/id/@extension",
        "goes before every other code of the responsible party",
    ),
    Row::carried(
        "Practitioner.identifier(din-number).value",
        "//responsibleParty/AgentPerson/agentPerson/id/@extension",
        "the responsible party goes by it",
    ),
    Row::carried(
        "Practitioner.identifier(gmc-number).value",
        "//agentPerson/id/@extension",
        "without the C that some systems put before it",
    ),
    Row::carried("Practitioner.identifier(gmp-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(nmc-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(gphc-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(hcpc-number).value", "//agentPerson/id/@extension", PERSON),
    Row::carried("Practitioner.identifier(professional-code).value", "//agentPerson/id/@extension", PERSON),
    Row::dropped("Practitioner.identifier(sds-user-id).*", "an order names people by their professional codes"),
];

/// The codes by which a cancellation names them.
pub(super) const USERS: &[Row] = &[
    Row::dropped("Organization.partOf.*", "a cancellation does not tell who licenses"),
    Row::carried("Practitioner.identifier(sds-user-id).value", "//agentPerson/id/@extension", "SDS user"),
    Row::dropped("PractitionerRole.identifier(nhsbsa-spurious-code).*", USER),
    Row::dropped("Practitioner.identifier(din-number).*", USER),
    Row::dropped("Practitioner.identifier(gmc-number).*", USER),
    Row::dropped("Practitioner.identifier(gphc-number).*", USER),
    Row::dropped("Practitioner.identifier(professional-code).*", USER),
];
