//! What surrounds every payload, what the message type fixes, and what FHIR needs beside it.

use crate::mapping::Row;

const CONNECTION: &str = "who sends and receives is said by the connection";
const TRANSMISSION: &str = "of the transmission, not of what is told";
const FIXED: &str = "fixed by the message type";
const OID: &str = "FHIR says by a URL what the value is";
const MADE: &str = "made for the occasion";
const JOINS: &str = "joins resources that HL7 v3 nests";

/// The wrapper.
pub(super) const WRAPPER: &[Row] = &[
    Row::selects("//interactionId/@extension", "says which message it is, as the root element does"),
    Row::dropped("//interaction/id/@root", TRANSMISSION),
    Row::dropped("//interaction/creationTime/@value", TRANSMISSION),
    Row::dropped("//interactionId/@root", FIXED),
    Row::dropped("//versionCode/@code", FIXED),
    Row::dropped("//processingCode/@code", FIXED),
    Row::dropped("//processingModeCode/@code", FIXED),
    Row::dropped("//acceptAckCode/@code", FIXED),
    Row::dropped("*/communicationFunctionRcv/*", CONNECTION),
    Row::dropped("*/communicationFunctionSnd/*", CONNECTION),
    Row::dropped("*/ControlActEvent/author/*", CONNECTION),
    Row::dropped("*/ControlActEvent/author1/*", CONNECTION),
    Row::dropped("//acknowledgement/messageRef/id/@root", "a reply answers the request of its connection"),
];

/// What the message type fixes: read past, whatever it says.
pub(super) const STRUCTURE: &[Row] = &[
    Row::dropped("//@classCode", FIXED),
    Row::dropped("//@moodCode", FIXED),
    Row::dropped("//@typeCode", FIXED),
    Row::dropped("//@determinerCode", FIXED),
    Row::dropped("//@contextControlCode", FIXED),
    Row::dropped("//@contextConductionInd", FIXED),
    Row::dropped("//@inversionInd", FIXED),
    Row::dropped("//@negationInd", FIXED),
    Row::dropped("//@partType", FIXED),
    Row::dropped("//@type", FIXED),
    Row::dropped("//@updateMode", FIXED),
    Row::dropped("//@codeSystem", OID),
    Row::dropped("//id/@root", OID),
    Row::dropped("//value/@root", OID),
    Row::dropped("//id/@nullFlavor", "where there is no value"),
    Row::dropped("//effectiveTime/@nullFlavor", FIXED),
    Row::dropped("//signatureText/@nullFlavor", "where nothing is signed"),
    Row::dropped("//seperatableInd/@value", FIXED),
    Row::dropped("//code/@code", FIXED),
    Row::dropped("//code/@displayName", FIXED),
    Row::dropped("//templateId/@root", FIXED),
    Row::dropped("//templateId/@extension", FIXED),
    Row::dropped("//typeId/@root", FIXED),
    Row::dropped("//typeId/@extension", FIXED),
    Row::dropped("//quantity/@unit", "1: the unit that counts stands in the translation"),
    Row::dropped("//width/@unit", "days"),
    Row::dropped("//translation/@value", "the quantity once more"),
];

/// What FHIR needs and HL7 v3 does not say.
pub(super) const RESOURCES: &[Row] = &[
    Row::defaulted("*.resourceType", "what HL7 v3 says by the name of an element"),
    Row::defaulted("*.id", MADE),
    Row::defaulted("*.fullUrl", MADE),
    Row::defaulted("*.reference", JOINS),
    Row::defaulted("*.url", "what HL7 v3 says by the name of an element"),
    Row::defaulted("*.system", OID),
    Row::defaulted("*.display", "the words of the code"),
    Row::defaulted("*.meta.lastUpdated", "the time of conversion"),
];

/// The parts of a Bundle, and who sends it.
pub(super) const BUNDLE: &[Row] = &[
    Row::defaulted("Bundle.type", FIXED),
    Row::defaulted("Bundle.total", "how many prescriptions there are"),
    Row::defaulted("MessageHeader.eventCoding.code", "by the interaction"),
    Row::defaulted("MessageHeader.sender.identifier.value", "Spine"),
    Row::defaulted("MessageHeader.sender.display", "Spine"),
    Row::defaulted("MessageHeader.source.name", "Spine"),
    Row::defaulted("MessageHeader.source.endpoint", "where the service is"),
    Row::defaulted("MessageHeader.response.code", FIXED),
    Row::defaulted("MedicationRequest.status", FIXED),
    Row::defaulted("MedicationRequest.intent", FIXED),
    Row::defaulted(
        "MedicationRequest.medicationCodeableConcept.coding.code",
        "unknown: the message names the item only",
    ),
];
