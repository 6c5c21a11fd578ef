//! `DispenseProposalReturn` and `ETPWithdraw`.

use crate::mapping::Row;

const FIXED: &str = "fixed by the message type";
const SHORT: &str = "the short form of the prescription's id";
const ISSUE: &str = "HL7 v3 counts from 1, FHIR the repeats after the first";

/// What both say.
pub(super) const TASK: &[Row] = &[
    Row::defaulted("Task.status", FIXED),
    Row::defaulted("Task.intent", FIXED),
    Row::defaulted("Task.code.coding.code", FIXED),
    Row::defaulted("Task.focus.type", FIXED),
    Row::defaulted("Task.owner.identifier.value", "who asks"),
    Row::derived(
        "//pertinentRepeatInstanceInfo/value/@value",
        "Task.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        ISSUE,
    ),
];

/// `DispenseProposalReturn`.
pub(super) const RETURN: &[Row] = &[
    Row::carried("//DispenseProposalReturn/id/@root", "Task.identifier(rfc4122).value", "the message id"),
    Row::carried("//DispenseProposalReturn/effectiveTime/@value", "Task.authoredOn", "with the marks of a time"),
    Row::carried("//pertinentPrescriptionID/value/@extension", "Task.groupIdentifier.value", SHORT),
    Row::carried("//pertinentPrescriptionID/value/@root", "Task.groupIdentifier.value", "where there is no extension"),
    Row::carried("//representedOrganization/id/@extension", "Task.owner.identifier.value", "who gives it back"),
    Row::carried("//pertinentReturnReason/value/@code", "Task.statusReason.coding.code", "as coded"),
    Row::carried("//pertinentReturnReason/value/@displayName", "Task.statusReason.coding.display", "as written"),
    Row::carried(
        "//priorPrescriptionReleaseResponseRef/id/@root",
        "Task.focus.identifier.value",
        "the release that is reversed",
    ),
];

/// `ETPWithdraw`.
pub(super) const WITHDRAWAL: &[Row] = &[
    Row::carried("//ETPWithdraw/id/@root", "Task.identifier(rfc4122).value", "the message id"),
    Row::carried("//ETPWithdraw/effectiveTime/@value", "Task.authoredOn", "with the marks of a time"),
    Row::carried("//recordTarget/patient/id/@extension", "Task.for.identifier.value", "NHS number"),
    Row::carried(
        "//ETPWithdraw/author/AgentPersonSDS/id/@extension",
        "PractitionerRole.identifier(sds-role-profile-id).value",
        "role profile",
    ),
    Row::carried(
        "//ETPWithdraw/author/AgentPersonSDS/agentPersonSDS/id/@extension",
        "PractitionerRole.practitioner.identifier.value",
        "who takes it back",
    ),
    Row::carried(
        "//ETPWithdraw/author/AgentPersonSDS/agentPersonSDS/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "the NHS service writes the organisation where the user would be",
    ),
    Row::carried(
        "//ETPWithdraw/author/AgentPersonSDS/agentPersonSDS/id/@extension",
        "Task.owner.identifier.value",
        "the NHS service writes the organisation where the user would be",
    ),
    Row::carried("//pertinentWithdrawID/value/@extension", "Task.groupIdentifier.value", SHORT),
    Row::carried("//pertinentWithdrawID/value/@root", "Task.groupIdentifier.value", "where there is no extension"),
    Row::derived(
        "//ETPWithdraw/author/AgentPersonSDS/agentPersonSDS/id/@extension",
        "Task.owner.identifier.system",
        "by the form of the code",
    ),
    Row::selects("//pertinentWithdrawType/value/@code", "FHIR takes back the last notification, and no more"),
    Row::dropped("//pertinentWithdrawType/value/@displayName", "FHIR takes back the last notification, and no more"),
    Row::carried("//pertinentWithdrawReason/value/@code", "Task.statusReason.coding.code", "as coded"),
    Row::carried("//pertinentWithdrawReason/value/@displayName", "Task.statusReason.coding.display", "as written"),
    Row::carried(
        "//pertinentDispenseNotificationRef/id/@root",
        "Task.focus.identifier.value",
        "the notification that is taken back",
    ),
];
