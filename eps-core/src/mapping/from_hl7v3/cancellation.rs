//! Cancellations and their responses.

use crate::mapping::Row;

const NOWHERE: &str = "has no place in the FHIR that is written";
const TOLD: &str = "what became of the item";

/// `CancellationRequest`.
pub(super) const REQUEST: &[Row] = &[
    Row::carried("//CancellationRequest/id/@root", "Bundle.identifier.value", "the message id"),
    Row::carried("//CancellationRequest/id/@root", "Bundle.id", "the message id"),
    Row::carried("//CancellationRequest/effectiveTime/@value", "Bundle.timestamp", "with the marks of a time"),
    Row::carried(
        "//pertinentLineItemRef/id/@root",
        "MedicationRequest.identifier(prescription-order-item-number).value",
        "the one item that is cancelled",
    ),
    Row::carried(
        "//pertinentPrescriptionID/value/@root",
        "MedicationRequest.groupIdentifier.value",
        "where there is no extension",
    ),
    Row::carried(
        "//pertinentPrescriptionID/value/@extension",
        "MedicationRequest.groupIdentifier.value",
        "the short form of the prescription's id",
    ),
    Row::carried(
        "//pertinentOriginalPrescriptionRef/id/@root",
        "MedicationRequest.groupIdentifier.extension(Extension-DM-PrescriptionId).valueIdentifier.value",
        "the long form of the prescription's id",
    ),
    Row::carried(
        "//pertinentCancellationReason/value/@code",
        "MedicationRequest.statusReason.coding.code",
        "the one reason",
    ),
    Row::carried(
        "//pertinentCancellationReason/value/@displayName",
        "MedicationRequest.statusReason.coding.display",
        "where the reason has no text",
    ),
    Row::carried(
        "//pertinentCancellationReason/text/text()",
        "MedicationRequest.statusReason.coding.display",
        "the words of the sender",
    ),
    Row::carried(
        "//CancellationRequest/author/AgentPerson/representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "ODS code",
    ),
    Row::carried(
        "//CancellationRequest/author/AgentPerson/representedOrganization/id/@extension",
        "MessageHeader.sender.identifier.value",
        "who cancels sends",
    ),
    Row::carried(
        "//CancellationRequest/author/AgentPerson/representedOrganization/id/@extension",
        "MessageHeader.source.endpoint",
        "who cancels sends",
    ),
    Row::carried(
        "//CancellationRequest/author/AgentPerson/representedOrganization/name/text()",
        "Organization.name",
        "as written",
    ),
    Row::carried(
        "//CancellationRequest/author/AgentPerson/representedOrganization/name/text()",
        "MessageHeader.sender.display",
        "who cancels sends",
    ),
];

/// `CancellationResponse` that tells of an item.
pub(super) const RESPONSE: &[Row] = &[
    Row::dropped("//acknowledgement/@typeCode", "the result says whether the item is cancelled"),
    Row::dropped("*/acknowledgementDetail/*", "the result says whether the item is cancelled"),
    Row::dropped("*/justifyingDetectedIssueEvent/*", "the result says whether the item is cancelled"),
    Row::carried("//CancellationResponse/id/@root", "Bundle.identifier.value", "the message id"),
    Row::carried(
        "//CancellationResponse/id/@root",
        "MessageHeader.extension(Extension-MessageHeader-messageId).valueIdentifier.value",
        "the message id",
    ),
    Row::carried("//CancellationResponse/effectiveTime/@value", "Bundle.timestamp", "with the marks of a time"),
    Row::carried(
        "//CancellationResponse/effectiveTime/@value",
        "MedicationRequest.extension(Extension-DM-PrescriptionStatusHistory).extension(statusDate).valueDateTime",
        "with the marks of a time",
    ),
    Row::carried(
        "//pertinentResponse/value/@code",
        "MedicationRequest.extension(Extension-DM-PrescriptionStatusHistory).extension(status).valueCoding.code",
        "after R-",
    ),
    Row::derived(
        "//pertinentResponse/value/@code",
        "MedicationRequest.extension(Extension-DM-PrescriptionStatusHistory).extension(status).valueCoding.display",
        "the words of the code",
    ),
    Row::derived("//pertinentResponse/value/@code", "MedicationRequest.status", TOLD),
    Row::dropped("//pertinentResponse/value/@displayName", "the words of the code are NHS England's"),
    Row::carried(
        "//pertinentLineItemRef/id/@root",
        "MedicationRequest.identifier(prescription-order-item-number).value",
        "the item that was to be cancelled",
    ),
    Row::carried(
        "//pertinentPrescriptionID/value/@root",
        "MedicationRequest.groupIdentifier.value",
        "where there is no extension",
    ),
    Row::carried(
        "//pertinentPrescriptionID/value/@extension",
        "MedicationRequest.groupIdentifier.value",
        "the short form of the prescription's id",
    ),
    Row::carried("//pertinentCancellationRequestRef/id/@root", "MessageHeader.response.identifier", "what is answered"),
    Row::carried(
        "//CancellationResponse/author/AgentPerson/representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "ODS code",
    ),
    Row::carried(
        "//CancellationResponse/author/AgentPerson/representedOrganization/id/@extension",
        "MessageHeader.destination.receiver.identifier.value",
        "who cancelled is answered",
    ),
    Row::carried(
        "//CancellationResponse/author/AgentPerson/representedOrganization/id/@extension",
        "MessageHeader.destination.endpoint",
        "who cancelled is answered",
    ),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "ODS code",
    ),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/id/@extension",
        "MedicationRequest.dispenseRequest.performer.identifier.value",
        "the dispenser who has it",
    ),
    Row::carried("//performer/AgentPerson/representedOrganization/name/text()", "Organization.name", "as written"),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/name/text()",
        "MedicationRequest.dispenseRequest.performer.display",
        "the dispenser who has it",
    ),
    Row::dropped("//performer/time/@value", NOWHERE),
];

/// `CancellationResponse` that tells of no item: an outcome.
pub(super) const FAILURE: &[Row] = &[
    Row::carried("//pertinentResponse/value/@code", "OperationOutcome.issue.details.coding.code", "after R-"),
    Row::derived(
        "//pertinentResponse/value/@code",
        "OperationOutcome.issue.details.coding.display",
        "the words of the code",
    ),
    Row::derived(
        "//pertinentResponse/value/@code",
        "OperationOutcome.issue.details.coding.system",
        "where it is known",
    ),
    Row::derived("//pertinentResponse/value/@code", "OperationOutcome.issue.code", "by code table"),
    Row::derived("//pertinentResponse/value/@code", "OperationOutcome.meta.lastUpdated", "where nobody knows the code"),
    Row::carried(
        "//pertinentResponse/value/@displayName",
        "OperationOutcome.issue.details.coding.display",
        "of what Spine was unable to process",
    ),
    Row::dropped("*CancellationResponse*", "an outcome tells the result alone"),
    Row::dropped("//acknowledgement/@typeCode", "the result says whether the item is cancelled"),
    Row::dropped("*/acknowledgementDetail/*", "an outcome tells the result alone"),
    Row::dropped("*/justifyingDetectedIssueEvent/*", "an outcome tells the result alone"),
    Row::defaulted("OperationOutcome.*", "an error"),
];
