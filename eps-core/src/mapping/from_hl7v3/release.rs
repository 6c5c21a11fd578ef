//! Release requests, their answers and their rejection.

use crate::mapping::Row;

const OF_LINE: &str = "of the same line item";
const COUNT: &str = "HL7 v3 counts the issues, FHIR the repeats after the first";
const NOWHERE: &str = "has no place in the FHIR that is written";

/// `NominatedPrescriptionReleaseRequest` and `PatientPrescriptionReleaseRequest`.
pub(super) const REQUEST: &[Row] = &[
    Row::carried("//NominatedPrescriptionReleaseRequest/id/@root", "Parameters.id", "the payload's id"),
    Row::carried("//PatientPrescriptionReleaseRequest/id/@root", "Parameters.id", "the payload's id"),
    Row::dropped("//effectiveTime/@value", "a release is asked for now"),
    Row::carried(
        "//pertinentPrescriptionID/value/@extension",
        "Parameters.parameter.valueIdentifier.value",
        "the prescription that is asked for",
    ),
    Row::defaulted("Parameters.parameter.name", "the parts of a release request"),
    Row::defaulted("Parameters.parameter.valueCode", "the parts of a release request"),
];

/// `PrescriptionReleaseResponse`. A prescription that cannot be read, or whose signature does not verify, is told of by an
/// outcome.
pub(super) const RESPONSE: &[Row] = &[
    Row::carried("//PrescriptionReleaseResponse/id/@root", "Bundle.identifier.value", "of both collections"),
    Row::carried(
        "//PrescriptionReleaseResponse/effectiveTime/@value",
        "Bundle.meta.lastUpdated",
        "of both collections",
    ),
    Row::carried("//priorDownloadRequestRef/id/@root", "MessageHeader.response.identifier", "in each prescription"),
    Row::selects("//component/templateId/@extension", "says whether it is a prescription of Release 2"),
    Row::selects("//acknowledgement/@typeCode", "what is refused becomes an OperationOutcome"),
    Row::dropped("//pertinentBatchInfo/value/@value", NOWHERE),
    Row::dropped("*/acknowledgementDetail/*", "what is accepted has no errors"),
    Row::dropped("*/justifyingDetectedIssueEvent/*", "what is accepted has no errors"),
    Row::carried(
        "//ParentPrescription/id/@root",
        "MessageHeader.extension(Extension-MessageHeader-messageId).valueIdentifier.value",
        "the message id",
    ),
    Row::carried("//ParentPrescription/id/@root", "Bundle.identifier.value", "the message id"),
    Row::carried(
        "//ParentPrescription/id/@root",
        "OperationOutcome.extension(Extension-Spine-supportingInfo-prescription).valueReference.identifier.value",
        "of a prescription that failed",
    ),
    Row::carried("//pertinentLineItem/id/@root", "MedicationRequest.basedOn.reference", OF_LINE).of_item(),
    Row::carried(
        "//pertinentLineItem/id/@root",
        "MedicationRequest.identifier(prescription-order-item-number).value",
        OF_LINE,
    )
    .of_item(),
    Row::derived(
        "//pertinentPrescription/repeatNumber/low/@value",
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsIssued).valueInteger",
        COUNT,
    ),
    Row::derived(
        "//pertinentPrescription/repeatNumber/high/@value",
        "MedicationRequest.basedOn.extension(Extension-EPS-RepeatInformation).extension(numberOfRepeatsAllowed).valueInteger",
        COUNT,
    ),
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        "ODS code",
    ),
    Row::carried(
        "//pertinentPrescription/author/AgentPerson/representedOrganization/id/@extension",
        "CommunicationRequest.requester.identifier.value",
        "who prescribes, where the patient is told something",
    ),
    Row::derived(
        "//pertinentPrescriptionTreatmentType/value/@code",
        "MedicationRequest.basedOn.*",
        "there for what is repeated",
    ),
    Row::carried("//Patient/id/@extension", "CommunicationRequest.recipient.identifier.value", "who is told"),
    // Prescriptions of Release 1, which go no further.
    Row::dropped("*/pertinentLineItemQuantity/*", "of EPS Release 1, of which only the id is told"),
    Row::dropped("//pertinentLineItem/pertinentInformation5/pertinentItemStatus/value/@code", "of EPS Release 1"),
    Row::dropped(
        "//pertinentLineItem/pertinentInformation5/pertinentItemStatus/value/@displayName",
        "of EPS Release 1",
    ),
    Row::dropped(
        "//pertinentLineItem/pertinentInformation4/pertinentDosageInstructions/value/text()",
        "of EPS Release 1, of which only the id is told",
    ),
    Row::dropped("//GpRegisteredWith/id/@extension", "of EPS Release 1"),
    Row::dropped("//addressKey/text()", NOWHERE),
    Row::dropped("//originalText/text()", NOWHERE),
    Row::defaulted("Parameters.parameter.name", "prescriptions that passed, and that failed"),
    Row::defaulted("OperationOutcome.*", "why a prescription failed"),
];

/// `PrescriptionReleaseResponse` whose acknowledgement refuses it.
pub(super) const FAILURE: &[Row] =
    &[Row::dropped("*PrescriptionReleaseResponse*", "what is refused is told by the errors alone")];

/// `PrescriptionReleaseReject`.
pub(super) const REJECTION: &[Row] = &[
    Row::dropped("//acknowledgement/@typeCode", "the reason says what is rejected"),
    Row::dropped("*/acknowledgementDetail/*", "the reason says what is rejected"),
    Row::dropped("*/justifyingDetectedIssueEvent/*", "the reason says what is rejected"),
    Row::derived("//pertinentRejectionReason/value/@code", "OperationOutcome.issue.code", ISSUE),
    Row::derived("//pertinentRejectionReason/value/@code", "OperationOutcome.issue.severity", ISSUE),
    Row::derived("//pertinentRejectionReason/value/@code", "OperationOutcome.issue.details.coding.code", ISSUE),
    Row::derived("//pertinentRejectionReason/value/@code", "OperationOutcome.issue.details.coding.system", ISSUE),
    Row::derived("//pertinentRejectionReason/value/@code", "OperationOutcome.issue.details.coding.display", ISSUE),
    Row::selects("//pertinentRejectionReason/value/@codeSystem", "says what the code is"),
    Row::carried(
        "//pertinentRejectionReason/value/@displayName",
        "OperationOutcome.issue.details.coding.display",
        "where NHS England has no words for the code",
    ),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/id/@extension",
        "Organization.identifier(ods-organization-code).value",
        OTHER,
    ),
    Row::carried("//performer/AgentPerson/representedOrganization/name/text()", "Organization.name", OTHER),
    Row::derived("//performer/AgentPerson/representedOrganization/telecom/@use", "Organization.telecom.use", OTHER),
    Row::carried("//performer/AgentPerson/representedOrganization/telecom/@value", "Organization.telecom.value", OTHER),
    Row::derived(
        "//performer/AgentPerson/representedOrganization/telecom/@value",
        "Organization.telecom.system",
        OTHER,
    ),
    Row::derived("//performer/AgentPerson/representedOrganization/addr/@use", "Organization.address.use", OTHER),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/addr/streetAddressLine/text()",
        "Organization.address.line",
        OTHER,
    ),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/addr/postalCode/text()",
        "Organization.address.postalCode",
        OTHER,
    ),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/healthCareProviderLicense/Organization/id/@extension",
        "Organization.partOf.identifier.value",
        OTHER,
    ),
    Row::carried(
        "//performer/AgentPerson/representedOrganization/healthCareProviderLicense/Organization/name/text()",
        "Organization.partOf.display",
        OTHER,
    ),
    Row::dropped("*/pertinentRejectionReason/performer*", "the outcome names the organisation"),
    Row::defaulted("Organization.identifier(ods-organization-code).value", "UNKNOWN, where nobody is named"),
    Row::defaulted("Organization.name", "UNKNOWN, where nobody is named"),
    Row::dropped("//PrescriptionReleaseReject/id/@root", NOWHERE),
    Row::dropped("//PrescriptionReleaseReject/effectiveTime/@value", NOWHERE),
    Row::dropped("//priorPrescriptionReleaseRequestRef/id/@root", "a reply answers the request of its connection"),
    Row::dropped("//pertinentRejectionReason/text/text()", NOWHERE),
];

const OTHER: &str = "the dispenser who has the prescription";
const ISSUE: &str = "NHS England's code for Spine's, or Spine's own";
