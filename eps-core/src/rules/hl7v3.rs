//! What every HL7 v3 message must obey to be read at all.

const MIM_INTERACTIONS: &str = "Message Implementation Manual 4.2.00, interactions";
const MIM_WRAPPER: &str = "Message Implementation Manual 4.2.00, transmission wrapper (SendMessagePayload)";
const MIM_SCHEMAS: &str = "Message Implementation Manual 4.2.00, schemas of the payloads";
const MIM_DATATYPES: &str = "Message Implementation Manual 4.2.00, data types";
const MIM_VOCABULARY: &str = "Message Implementation Manual 4.2.00, vocabularies";

rules! {
    /// The root element names an interaction.
    INTERACTION = Fatal("hl7v3.interaction", "not-supported") {
        requires: "The root element is the id of an EPS interaction in the namespace urn:hl7-org:v3.",
        applies: "the root element of every message",
        fix: "Send one of the interactions of the Message Implementation Manual as the root element.",
        source: MIM_INTERACTIONS,
    }
    /// Search results are JSON.
    SEARCH_RESULTS = Fatal("hl7v3.search-results", "not-supported") {
        requires: "The results of a prescription search are JSON; in XML Spine says only why there are none.",
        applies: "PRESCRIPTIONSEARCHRESPONSE_SM01",
        fix: "Ask for the results as JSON.",
        source: "NHSDigital/electronic-prescription-service-clinical-prescription-tracker, packages/prescriptionSearch/tests/examples",
    }
    /// `interactionId` repeats the root element.
    INTERACTION_MISMATCH = Error("hl7v3.interaction-id", "invalid") {
        requires: "interactionId/@extension is the name of the root element.",
        applies: "the wrapper of every message",
        fix: "Write the same interaction id in both places.",
        source: MIM_WRAPPER,
    }
    /// Elements stand in the HL7 namespace.
    NAMESPACE = Fatal("hl7v3.namespace", "structure") {
        requires: "Every element of the message is in the namespace urn:hl7-org:v3.",
        applies: "every element of a message",
        fix: "Declare xmlns=\"urn:hl7-org:v3\" on the root element.",
        source: MIM_WRAPPER,
    }
    /// A mandatory element is there.
    MISSING_ELEMENT = Error("hl7v3.element.missing", "required") {
        requires: "A mandatory element is there.",
        applies: "every element that the schema of the payload makes mandatory and the model needs",
        fix: "Add the element where the Message Implementation Manual puts it.",
        source: MIM_SCHEMAS,
    }
    /// An element stands once.
    REPEATED_ELEMENT = Error("hl7v3.element.repeated", "structure") {
        requires: "An element that the Message Implementation Manual allows once stands once.",
        applies: "every element that the schema of the payload allows once",
        fix: "Leave one of the elements.",
        source: MIM_SCHEMAS,
    }
    /// A mandatory attribute is there.
    MISSING_ATTRIBUTE = Error("hl7v3.attribute.missing", "required") {
        requires: "A mandatory attribute is there.",
        applies: "every attribute that a data type makes mandatory and the model needs",
        fix: "Add the attribute.",
        source: MIM_DATATYPES,
    }
    /// A code is in its vocabulary.
    CODE = Error("hl7v3.code", "code-invalid") {
        requires: "A code is in the vocabulary that the Message Implementation Manual binds.",
        applies: "every code of a closed vocabulary",
        fix: "Send a code of that vocabulary.",
        source: MIM_VOCABULARY,
    }
    /// A time has its form.
    TIME = Error("hl7v3.time", "value") {
        requires: "A time is 14 digits YYYYMMDDHHmmss in UTC, or 19 characters with the offset +0100 or +0000; a date is 8 digits YYYYMMDD.",
        applies: "every time and date that is read",
        fix: "Send the time in that form.",
        source: MIM_DATATYPES,
    }
    /// A number is a number.
    NUMBER = Error("hl7v3.number", "value") {
        requires: "A count is digits without a sign, a quantity a decimal number.",
        applies: "every number and quantity that is read",
        fix: "Send the number in plain decimal.",
        source: MIM_DATATYPES,
    }
    /// A text is not empty.
    TEXT = Error("hl7v3.text", "value") {
        requires: "A mandatory text has at least one character, and a code no white space.",
        applies: "every text and code that is read",
        fix: "Send the text.",
        source: MIM_DATATYPES,
    }
    /// A prescription has line items.
    LINE_ITEMS = Error("hl7v3.line-items", "required") {
        requires: "A prescription, a notification and a claim have at least one line item.",
        applies: "every prescription, dispense notification and claim",
        fix: "Send the line items.",
        source: MIM_SCHEMAS,
    }
}
