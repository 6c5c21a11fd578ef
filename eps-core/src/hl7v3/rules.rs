//! What every HL7 v3 message must obey to be read at all.

use crate::problem::Rule;

/// The root element names an interaction.
pub(super) static INTERACTION: Rule = Rule::fatal(
    "hl7v3.interaction",
    "not-supported",
    "The root element is the id of an EPS interaction in the namespace urn:hl7-org:v3.",
    "Send one of the interactions of the Message Implementation Manual as the root element.",
);
/// `interactionId` repeats the root element.
pub(super) static INTERACTION_MISMATCH: Rule = Rule::error(
    "hl7v3.interaction-id",
    "invalid",
    "interactionId/@extension is the name of the root element.",
    "Write the same interaction id in both places.",
);
/// Elements stand in the HL7 namespace.
pub(super) static NAMESPACE: Rule = Rule::fatal(
    "hl7v3.namespace",
    "structure",
    "Every element of the message is in the namespace urn:hl7-org:v3.",
    "Declare xmlns=\"urn:hl7-org:v3\" on the root element.",
);
/// A mandatory element is there.
pub(super) static MISSING_ELEMENT: Rule = Rule::error(
    "hl7v3.element.missing",
    "required",
    "A mandatory element is there.",
    "Add the element where the Message Implementation Manual puts it.",
);
/// An element stands once.
pub(super) static REPEATED_ELEMENT: Rule = Rule::error(
    "hl7v3.element.repeated",
    "structure",
    "An element that the Message Implementation Manual allows once stands once.",
    "Leave one of the elements.",
);
/// A mandatory attribute is there.
pub(super) static MISSING_ATTRIBUTE: Rule =
    Rule::error("hl7v3.attribute.missing", "required", "A mandatory attribute is there.", "Add the attribute.");
/// A code is in its vocabulary.
pub(super) static CODE: Rule = Rule::error(
    "hl7v3.code",
    "code-invalid",
    "A code is in the vocabulary that the Message Implementation Manual binds.",
    "Send a code of that vocabulary.",
);
/// A time has its form.
pub(super) static TIME: Rule = Rule::error(
    "hl7v3.time",
    "value",
    "A time is 14 digits YYYYMMDDHHmmss in UTC, or 19 characters with the offset +0100 or +0000; a date is 8 digits YYYYMMDD.",
    "Send the time in that form.",
);
/// A number is a number.
pub(super) static NUMBER: Rule = Rule::error(
    "hl7v3.number",
    "value",
    "A count is digits without a sign, a quantity a decimal number.",
    "Send the number in plain decimal.",
);
/// A text is not empty.
pub(super) static TEXT: Rule = Rule::error(
    "hl7v3.text",
    "value",
    "A mandatory text has at least one character, and a code no white space.",
    "Send the text.",
);
/// A prescription has line items.
pub(super) static LINE_ITEMS: Rule = Rule::error(
    "hl7v3.line-items",
    "required",
    "A prescription, a notification and a claim have at least one line item.",
    "Send the line items.",
);

pub(super) const RULES: &[&Rule] = &[
    &INTERACTION,
    &INTERACTION_MISMATCH,
    &NAMESPACE,
    &MISSING_ELEMENT,
    &REPEATED_ELEMENT,
    &MISSING_ATTRIBUTE,
    &CODE,
    &TIME,
    &NUMBER,
    &TEXT,
    &LINE_ITEMS,
];
