//! What every FHIR message must obey: its kind, its Bundle, and the form of its elements.

use super::{
    BUNDLE_VALIDATOR, FHIR_TYPES, INVALID_VALUE, LIMITS, MIM_VOCABULARY, PROCESSING_ERRORS, SCOPE, SIGNED, TOO_FEW,
    TOO_MANY, TOTAL, XML_CHARACTERS,
};

rules! {
    /// The resource is one that EPS takes.
    RESOURCE_TYPE = Fatal("fhir.resource-type", "value") {
        requires: "A message is a Bundle, Parameters, a Task or a Claim.",
        applies: "every FHIR message",
        fix: "Send the resource that the operation asks for.",
        source: BUNDLE_VALIDATOR,
    }
    /// The event is one that EPS takes.
    EVENT = Fatal("fhir.message-header.event", "value") {
        requires: "MessageHeader.eventCoding.code must be one of: prescription-order, prescription-order-update, dispense-notification.",
        applies: "the MessageHeader of every Bundle",
        fix: "Send one of these event codes.",
        source: BUNDLE_VALIDATOR,
    }
    /// A release request brings no ids, so its reader needs some.
    UNSUPPORTED = Fatal("fhir.message.unsupported", "not-supported") {
        requires: "A release request is read with ids to give it.",
        applies: "the Parameters of a release request, where the caller gave no ids",
        fix: "Give the reader two fresh UUIDs, `Context::release_ids`; in C, call eps_convert_release.",
        source: SCOPE,
    }
    /// A release response stays on the wire that it came on.
    RELEASE_RESPONSE = Fatal("fhir.message.release-response", "not-supported") {
        requires: "A release response is not read from FHIR: it says what the signed documents say, and does not hold them.",
        applies: "Parameters with passedPrescriptions or failedPrescriptions",
        fix: "Keep the HL7 v3 release response, or send the Parameters of a release request.",
        source: SIGNED,
    }
    /// A bundle is not longer than a message can be.
    ENTRIES = Fatal("fhir.bundle.entries", "too-costly") {
        requires: "A Bundle has 256 entries at most.",
        applies: "every Bundle",
        fix: "Send one message in a Bundle.",
        source: LIMITS,
    }
    /// What the header says that the message is about can be read.
    FOCUS = Error("fhir.message-header.focus", "not-supported") {
        requires: "A resource that MessageHeader.focus names is of a type that EPS messages carry.",
        applies: "the resources of a Bundle that MessageHeader.focus names",
        fix: "Check the spelling of resourceType: a resource of an unknown type would be left out without a word.",
        source: "ours: the NHS service leaves such a resource out, and with a misspelt MedicationRequest its line item",
    }
    /// A contained resource is there.
    CONTAINED_MISSING = Fatal("fhir.contained.missing", "invalid") {
        requires: "A reference that begins with # names a contained resource.",
        applies: "every reference to a contained resource that is followed",
        fix: "Contain the resource with this id.",
        source: PROCESSING_ERRORS,
        detail: INVALID_VALUE,
    }
    /// A contained resource has the right type.
    CONTAINED_TYPE = Fatal("fhir.contained.type", "invalid") {
        requires: "A contained resource has the type that its reference asks for.",
        applies: "every reference to a contained resource that is followed",
        fix: "Refer to the right resource.",
        source: PROCESSING_ERRORS,
        detail: INVALID_VALUE,
    }
    /// A value has the JSON type of its element.
    TYPE = Fatal("fhir.element.type", "structure") {
        requires: "An element has the JSON type that FHIR R4 gives it.",
        applies: "every element that is read",
        fix: "Send texts as strings, repeated elements as arrays, decimals and integers as numbers.",
        source: FHIR_TYPES,
    }
    /// A required element is there.
    REQUIRED = Fatal("fhir.element.required", "invalid") {
        requires: "Required field missing.",
        applies: "every element that HL7 v3 needs",
        fix: "Send the element that `expected` names.",
        source: PROCESSING_ERRORS,
        detail: INVALID_VALUE,
    }
    /// An element that must stand once is there.
    TOO_FEW_VALUES = Fatal("fhir.element.too-few", "invalid") {
        requires: "Too few values submitted. Expected 1 element.",
        applies: "every list from which exactly one element is taken, and every reference that is followed",
        fix: "Send the element that the message describes.",
        source: PROCESSING_ERRORS,
        detail: TOO_FEW,
    }
    /// An element that must stand once is there once.
    TOO_MANY_VALUES = Fatal("fhir.element.too-many", "invalid") {
        requires: "Too many values submitted. Expected 1 element.",
        applies: "every list from which exactly one element is taken",
        fix: "Send only one of these elements.",
        source: PROCESSING_ERRORS,
        detail: TOO_MANY,
    }
    /// A text is not empty.
    TEXT_EMPTY = Fatal("fhir.text.empty", "invalid") {
        requires: "A text has at least one character.",
        applies: "every text that is read",
        fix: "Leave the element out, or fill it.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A text can be written into XML.
    TEXT_CHARACTER = Fatal("fhir.text.character", "invalid") {
        requires: "A text holds only characters that XML 1.0 allows: no control characters but tab and line breaks, no U+FFFE, no U+FFFF.",
        applies: "every text that is read",
        fix: "Remove the character from the text.",
        source: XML_CHARACTERS,
        detail: INVALID_VALUE,
    }
    /// A code has no white space.
    CODE_FORM = Fatal("fhir.code.form", "invalid") {
        requires: "A code holds no white space.",
        applies: "every code that is carried as it is",
        fix: "Send the code as its code system writes it.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A code is in its vocabulary.
    CODE_UNKNOWN = Fatal("fhir.code.unknown", "invalid") {
        requires: "A code is one of its vocabulary.",
        applies: "every code of a closed vocabulary",
        fix: "Send a code of the code system that the profile names.",
        source: MIM_VOCABULARY,
        detail: INVALID_VALUE,
    }
    /// A date-time has the form of FHIR R4.
    DATE_TIME_FORM = Fatal("fhir.date-time.form", "invalid") {
        requires: "A dateTime has the form of FHIR R4: with a time, seconds and Z or an offset are mandatory.",
        applies: "every dateTime and instant that is read",
        fix: "Send YYYY-MM-DDThh:mm:ss+hh:mm.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A date has the form of FHIR R4.
    DATE_FORM = Fatal("fhir.date.form", "invalid") {
        requires: "A date has the form of FHIR R4, without a time.",
        applies: "every date that is read",
        fix: "Send YYYY-MM-DD.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A date exists.
    DATE_IMPOSSIBLE = Fatal("fhir.date.impossible", "invalid") {
        requires: "A date or time exists in the calendar, without leap seconds.",
        applies: "every date and time that is read",
        fix: "Send a day and time that exist.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A count is a whole number.
    COUNT = Fatal("fhir.count", "invalid") {
        requires: "A count is a whole number from 0 to 4,294,967,294, without point or exponent.",
        applies: "every whole number that is read",
        fix: "Send a whole number.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A quantity is a decimal number of reasonable length.
    DECIMAL = Fatal("fhir.quantity.decimal", "invalid") {
        requires: "The value of a quantity is a decimal number of 64 characters at most.",
        applies: "the value of every quantity",
        fix: "Send the value as a JSON number.",
        source: FHIR_TYPES,
        detail: INVALID_VALUE,
    }
    /// A message that is read is read whole.
    INCOMPLETE = Fatal("fhir.incomplete", "exception") {
        requires: "The message could not be read whole.",
        applies: "every FHIR message; it guards against a fault of this library",
        fix: "Report this message to the makers of this library.",
        source: TOTAL,
    }
}
