//! What FHIR does not say: the wrapper, and what the message type fixes.

use crate::mapping::Row;

const SENDER: &str = "who sends and receives is said by the connection";
const FIXED: &str = "fixed by the message type";

/// What says where a value of FHIR belongs, and what nothing reads.
pub(super) const RESOURCES: &[Row] = &[
    Row::selects("*.resourceType", "HL7 v3 says it by the name of an element"),
    Row::selects("*.url", "HL7 v3 says it by the name of an element"),
    Row::selects("*.reference", "joins resources; HL7 v3 nests them"),
    Row::selects("*.fullUrl", "joins resources; HL7 v3 nests them"),
    Row::dropped("*.id", "joins resources; HL7 v3 nests them"),
    Row::dropped("*.meta.lastUpdated", "not read"),
    Row::dropped("*.system", "HL7 v3 says by OID what the value is"),
    Row::selects("*).system", "HL7 v3 says by OID what the value is"),
    Row::dropped("*.coding.display", "the words of a code, where HL7 v3 has the code alone"),
    Row::dropped("*.valueCoding.display", "the words of a code, where HL7 v3 has the code alone"),
];

/// The parts of a Bundle, and who sends it.
pub(super) const BUNDLE: &[Row] = &[
    Row::selects("Bundle.identifier.system", "says that the message has an id"),
    Row::dropped("Bundle.type", "not read"),
    Row::dropped("Bundle.timestamp", "not read"),
    Row::selects("MessageHeader.eventCoding.code", "says which message it is"),
    Row::dropped("MessageHeader.destination.*", SENDER),
    Row::dropped("MessageHeader.sender.*", SENDER),
    Row::dropped("MessageHeader.source.*", SENDER),
    Row::dropped("MessageHeader.reason.*", SENDER),
    Row::dropped("MessageHeader.eventCoding.display", SENDER),
    Row::dropped("MessageHeader.focus.*", SENDER),
    Row::dropped("MessageHeader.response.code", SENDER),
];

/// The fields of HL7 v3 that no field of FHIR moves.
pub(super) const SENDING: &[Row] = &[
    Row::defaulted("//creationTime/@value", "the time of conversion"),
    Row::defaulted("//communicationFunctionRcv/device/id/@extension", SENDER),
    Row::defaulted("//communicationFunctionSnd/device/id/@extension", SENDER),
    Row::defaulted("//ControlActEvent/author/AgentPersonSDS/id/@extension", SENDER),
    Row::defaulted("//agentPersonSDS/id/@extension", SENDER),
    Row::defaulted("//partSDSRole/id/@extension", SENDER),
    Row::defaulted("//agentSystemSDS/id/@extension", SENDER),
    Row::defaulted("//signatureText/@nullFlavor", "the order is not signed"),
    Row::defaulted("//pertinentTokenIssued/value/@value", "no token is issued"),
    Row::defaulted("//representedOrganization/code/@code", "999: not specified"),
    Row::defaulted("//healthCareProviderLicense/Organization/code/@code", "999: not specified"),
    Row::defaulted("//quantity/@unit", FIXED),
    Row::defaulted("//width/@unit", FIXED),
    Row::defaulted("//seperatableInd/@value", FIXED),
    Row::defaulted("//effectiveTime/@nullFlavor", FIXED),
    Row::defaulted("//value/@root", "the OID of what the id is"),
    Row::defaulted("//id/@root", "the OID of what the id is"),
    Row::defaulted("//id/@extension", FIXED),
    Row::defaulted("//code/@code", FIXED),
    Row::defaulted("//code/@displayName", FIXED),
    Row::defaulted("//@codeSystem", "the OID of the code's system"),
    Row::defaulted("//templateId/@root", FIXED),
    Row::defaulted("//templateId/@extension", FIXED),
    Row::defaulted("//typeId/@root", FIXED),
    Row::defaulted("//typeId/@extension", FIXED),
    Row::defaulted("//interactionId/@root", FIXED),
    Row::defaulted("//interactionId/@extension", FIXED),
    Row::defaulted("//versionCode/@code", FIXED),
    Row::defaulted("//processingCode/@code", FIXED),
    Row::defaulted("//processingModeCode/@code", FIXED),
    Row::defaulted("//acceptAckCode/@code", FIXED),
    Row::defaulted("//@classCode", FIXED),
    Row::defaulted("//@moodCode", FIXED),
    Row::defaulted("//@typeCode", FIXED),
    Row::defaulted("//@determinerCode", FIXED),
    Row::defaulted("//@contextControlCode", FIXED),
    Row::defaulted("//@contextConductionInd", FIXED),
    Row::defaulted("//@inversionInd", FIXED),
    Row::defaulted("//@negationInd", FIXED),
];
