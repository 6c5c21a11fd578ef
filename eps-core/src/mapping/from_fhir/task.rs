//! The tables of a Task: a return and a withdrawal.

use crate::mapping::Row;

const SYSTEM: &str = "says what the code is";
const KIND: &str = "says which message it is";
const NOT_READ: &str = "not read: no field of the HL7 v3 message says it";
const ISSUE: &str = "FHIR counts the repeats after the first issue, HL7 v3 from 1";

/// What both say.
pub(super) const TASK: &[Row] = &[
    Row::carried("Task.identifier(rfc4122).value", "//interaction/id/@root", "the message id"),
    Row::derived(
        "Task.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        "//pertinentRepeatInstanceInfo/value/@value",
        ISSUE,
    ),
    Row::derived(
        "Task.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueUnsignedInt",
        "//pertinentRepeatInstanceInfo/value/@value",
        ISSUE,
    ),
    Row::selects("Task.status", KIND),
    Row::selects("Task.intent", KIND),
    Row::selects("Task.statusReason.coding.system", SYSTEM),
    Row::selects("PractitionerRole.id", "joins resources; HL7 v3 nests them"),
    Row::selects("Organization.id", "joins resources; HL7 v3 nests them"),
    Row::dropped("Task.code.coding.code", NOT_READ),
    Row::dropped("Task.extension(Extension-EPS-Prescription).*", NOT_READ),
    Row::dropped("Task.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).*", NOT_READ),
    Row::dropped("Task.extension(Extension-Provenance-agent).*", NOT_READ),
    Row::dropped("Task.focus.type", NOT_READ),
    Row::dropped("Task.for.identifier.value", NOT_READ),
    Row::dropped("Task.owner.*", NOT_READ),
    Row::dropped("Task.reasonCode.*", NOT_READ),
];

/// A return.
pub(super) const RETURN: &[Row] = &[
    Row::carried("Task.identifier(rfc4122).value", "//DispenseProposalReturn/id/@root", "the message id"),
    Row::carried("Task.authoredOn", "//DispenseProposalReturn/effectiveTime/@value", "without the marks of a time"),
    Row::carried(
        "Task.groupIdentifier.value",
        "//pertinentPrescriptionID/value/@extension",
        "the short form of the prescription's id",
    ),
    Row::carried("Task.statusReason.coding.code", "//pertinentReturnReason/value/@code", "as coded"),
    Row::carried("Task.statusReason.coding.display", "//pertinentReturnReason/value/@displayName", "as written"),
    Row::carried(
        "Task.focus.identifier.value",
        "//priorPrescriptionReleaseResponseRef/id/@root",
        "the release that is reversed",
    ),
];

/// A withdrawal: HL7 v3 names its author by role profile and user alone.
pub(super) const WITHDRAWAL: &[Row] = &[
    Row::carried("Task.identifier(rfc4122).value", "//ETPWithdraw/id/@root", "the message id"),
    Row::carried("Task.authoredOn", "//ETPWithdraw/effectiveTime/@value", "without the marks of a time"),
    Row::carried("Task.for.identifier.value", "//recordTarget/patient/id/@extension", "NHS number"),
    Row::carried(
        "PractitionerRole.identifier(sds-role-profile-id).value",
        "//ETPWithdraw/author/AgentPersonSDS/id/@extension",
        "role profile",
    ),
    Row::carried(
        "Organization.identifier(ods-organization-code).value",
        "//ETPWithdraw/author/AgentPersonSDS/agentPersonSDS/id/@extension",
        "the NHS service writes the organisation where the user would be",
    ),
    Row::carried(
        "Task.groupIdentifier.value",
        "//pertinentWithdrawID/value/@extension",
        "the short form of the prescription's id",
    ),
    Row::carried("Task.statusReason.coding.code", "//pertinentWithdrawReason/value/@code", "as coded"),
    Row::carried("Task.statusReason.coding.display", "//pertinentWithdrawReason/value/@displayName", "as written"),
    Row::carried(
        "Task.focus.identifier.value",
        "//pertinentDispenseNotificationRef/id/@root",
        "the notification that is taken back",
    ),
    Row::selects("Task.code.coding.code", KIND),
    Row::selects("Task.code.coding.system", SYSTEM),
    Row::selects("PractitionerRole.practitioner.identifier.system", "says what the id is"),
    Row::dropped("PractitionerRole.code.*", "HL7 v3 names the role profile alone"),
    Row::dropped("PractitionerRole.practitioner.display", "HL7 v3 names the role profile alone"),
    Row::dropped("PractitionerRole.practitioner.identifier.value", "HL7 v3 names the role profile alone"),
    Row::dropped("PractitionerRole.telecom.*", "HL7 v3 names the role profile alone"),
    Row::dropped("Organization.active", "HL7 v3 names the code alone"),
    Row::dropped("Organization.address.*", "HL7 v3 names the code alone"),
    Row::dropped("Organization.extension(Extension-ODS-OrganisationRelationships).*", "HL7 v3 names the code alone"),
    Row::dropped("Organization.name", "HL7 v3 names the code alone"),
    Row::dropped("Organization.telecom.*", "HL7 v3 names the code alone"),
    Row::dropped("Organization.type.*", "HL7 v3 names the code alone"),
    Row::defaulted("//pertinentWithdrawType/value/@code", "the last notification"),
    Row::defaulted("//pertinentWithdrawType/value/@displayName", "the last notification"),
];
