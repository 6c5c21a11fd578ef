//! What the query of GET Task can get wrong.

use super::QUERY_VALIDATOR;

rules! {
    /// A query says what is wanted.
    QUERY_EMPTY = Error("fhir.task-query.empty", "invalid") {
        requires: "At least one of the following query parameters must be provided: focus:identifier, identifier, patient:identifier.",
        applies: "the query of GET Task",
        fix: "Ask for a prescription or a patient.",
        source: QUERY_VALIDATOR,
    }
    /// Only dates are asked for more than once.
    QUERY_REPEATED = Error("fhir.task-query.repeated", "invalid") {
        requires: "Invalid combination of query parameters.",
        applies: "each parameter of the query of GET Task but authored-on",
        fix: "Send the parameter once.",
        source: QUERY_VALIDATOR,
    }
    /// An identifier is of the system that belongs to its parameter.
    QUERY_SYSTEM = Error("fhir.task-query.system", "value") {
        requires: "A query parameter has the system of its identifiers or none; authored-on has none.",
        applies: "each parameter of the query of GET Task",
        fix: "Leave the system out, or send the one that the message names.",
        source: QUERY_VALIDATOR,
    }
    /// A date has a prefix and the form of a date.
    QUERY_DATE = Error("fhir.task-query.date", "invalid") {
        requires: "Value for date param authored-on should match pattern /(eq|le|ge)\\d{4}-\\d{2}-\\d{2}/.",
        applies: "each authored-on of the query of GET Task",
        fix: "Send eq, le or ge and a day of the calendar, such as ge2026-03-01.",
        source: QUERY_VALIDATOR,
    }
}
