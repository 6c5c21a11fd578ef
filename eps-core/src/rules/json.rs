//! The rules of JSON. The limits they name stand beside the [parser](crate::fhir::json).
//!
//! What is no JSON is an `error`, as the NHS service has it, although nothing more can be checked.

const RFC_8259: &str = "RFC 8259, 2 JSON Grammar";
const RFC_8259_UTF8: &str = "RFC 8259, 8.1 Character Encoding";
const RFC_8259_NAMES: &str = "RFC 8259, 4 Objects: names should be unique, and what two of them mean is not defined";
const LIMITS: &str = "this library: what bounds memory and time";

rules! {
    /// The document is JSON.
    SYNTAX = Error("fhir.json.syntax", "invalid") {
        requires: "A FHIR message is one JSON value as RFC 8259 defines it.",
        applies: "every FHIR message",
        fix: "Write the message with a JSON library.",
        source: RFC_8259,
    }
    /// The document is whole.
    TRUNCATED = Error("fhir.json.truncated", "invalid") {
        requires: "The document does not end before its JSON value does.",
        applies: "every FHIR message",
        fix: "Send the whole document; check Content-Length and the connection.",
        source: RFC_8259,
    }
    /// Nothing follows the value.
    TRAILING = Error("fhir.json.trailing", "invalid") {
        requires: "Nothing but white space follows the JSON value.",
        applies: "every FHIR message",
        fix: "Send one JSON value and nothing after it.",
        source: RFC_8259,
    }
    /// The document is UTF-8.
    UTF8 = Error("fhir.json.utf8", "invalid") {
        requires: "A FHIR message is encoded in UTF-8.",
        applies: "every FHIR message",
        fix: "Encode the message in UTF-8.",
        source: RFC_8259_UTF8,
    }
    /// There is no byte order mark.
    BOM = Error("fhir.json.byte-order-mark", "invalid") {
        requires: "A JSON document does not begin with a byte order mark.",
        applies: "every FHIR message",
        fix: "Write the message without a byte order mark.",
        source: RFC_8259_UTF8,
    }
    /// The document is not too large.
    SIZE = Fatal("fhir.json.size", "too-costly") {
        requires: "A FHIR message is 4 MiB (4,194,304 bytes) long at most.",
        applies: "every FHIR message",
        fix: "Send a smaller message.",
        source: LIMITS,
    }
    /// The nesting is not too deep.
    DEPTH = Fatal("fhir.json.depth", "too-costly") {
        requires: "Arrays and objects are nested 64 deep at most.",
        applies: "every FHIR message",
        fix: "Send a message of a known FHIR profile.",
        source: LIMITS,
    }
    /// There are not too many values.
    NODES = Fatal("fhir.json.values", "too-costly") {
        requires: "A FHIR message holds 262,144 values at most.",
        applies: "every FHIR message",
        fix: "Send a smaller message.",
        source: LIMITS,
    }
    /// A text is not too long.
    STRING = Fatal("fhir.json.text-length", "too-costly") {
        requires: "A text is 262,144 bytes long at most.",
        applies: "every FHIR message",
        fix: "Send shorter texts.",
        source: LIMITS,
    }
    /// An object has not too many members.
    MEMBERS = Fatal("fhir.json.members", "too-costly") {
        requires: "An object has 128 members at most.",
        applies: "every FHIR message",
        fix: "Send a message of a known FHIR profile.",
        source: LIMITS,
    }
    /// No key stands twice in an object.
    DUPLICATE_KEY = Fatal("fhir.json.duplicate-key", "invalid") {
        requires: "No key stands twice in an object.",
        applies: "every FHIR message",
        fix: "Send each member of an object once.",
        source: RFC_8259_NAMES,
    }
}
