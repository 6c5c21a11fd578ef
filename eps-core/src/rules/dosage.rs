//! The rules that a structured dosage breaks when it cannot be told in words.

const STRINGIFY: &str = "NHS EPS FHIR API, coordinator: services/translation/request/dosage";
const R4_TYPES: &str = "FHIR R4 (4.0.1), 2.24 Data Types";
const UNITS_OF_TIME: &str = "FHIR R4 (4.0.1), value set units-of-time";
const EVENT_TIMINGS: &str = "FHIR R4 (4.0.1), value set event-timing";
const DAYS_OF_WEEK: &str = "FHIR R4 (4.0.1), value set days-of-week";

rules! {
    /// What a dosage says is complete.
    FIELD = Error("fhir.dosage.field", "required") {
        requires: "Null or undefined dosage element - required field not populated.",
        applies: "every quantity, coding and range of a structured dosage",
        fix: "Give every quantity its value and unit, every coding its display, and every maximum its minimum.",
        source: STRINGIFY,
    }
    /// Several dosages have their sequence.
    SEQUENCE = Error("fhir.dosage.sequence", "required") {
        requires: "Multiple dosage instructions but sequence not specified",
        applies: "a list of several dosages",
        fix: "Give each of several dosages an integer sequence; equal ones are taken together.",
        source: STRINGIFY,
    }
    /// A period without a frequency is one unit of time.
    PERIOD = Error("fhir.dosage.period", "value") {
        requires: "Period or periodMax specified without a frequency and period is not 1.",
        applies: "Timing.repeat of a dosage with a period",
        fix: "Give the frequency as well.",
        source: STRINGIFY,
    }
    /// The reason of an as-needed dosage is coded.
    AS_NEEDED = Error("fhir.dosage.as-needed", "required") {
        requires: "No entries in asNeededCodeableConcept.",
        applies: "every asNeededCodeableConcept",
        fix: "Give a coding with a display, or asNeededBoolean.",
        source: STRINGIFY,
    }
    /// A unit of time is one of UCUM's `s`, `min`, `h`, `d`, `wk`, `mo`, `a`.
    UNIT_OF_TIME = Error("fhir.dosage.unit-of-time", "value") {
        requires: "A unit of time is one of s, min, h, d, wk, mo, a.",
        applies: "every unit of time in a structured dosage",
        fix: "Send one of these codes.",
        source: UNITS_OF_TIME,
    }
    /// The event that a dose is tied to is one of FHIR's.
    EVENT_TIMING = Error("fhir.dosage.event-timing", "value") {
        requires: "Timing.repeat.when is a code of the FHIR R4 value set event-timing.",
        applies: "every code in Timing.repeat.when",
        fix: "Send a code of this value set.",
        source: EVENT_TIMINGS,
    }
    /// A day is one of `mon` to `sun`.
    DAY_OF_WEEK = Error("fhir.dosage.day-of-week", "value") {
        requires: "A day of the week is one of mon, tue, wed, thu, fri, sat, sun.",
        applies: "every code in Timing.repeat.dayOfWeek",
        fix: "Send one of these codes.",
        source: DAYS_OF_WEEK,
    }
    /// A time of day is `hh:mm:ss`.
    TIME_OF_DAY = Error("fhir.dosage.time-of-day", "value") {
        requires: "A time of day has the form hh:mm:ss, with or without a fraction.",
        applies: "every time in Timing.repeat.timeOfDay",
        fix: "Send hours, minutes and seconds.",
        source: R4_TYPES,
    }
    /// A date in a timing is a FHIR `dateTime`.
    DATE_TIME = Error("fhir.dosage.date-time", "value") {
        requires: "A date in a timing is a FHIR R4 dateTime that exists.",
        applies: "every date in Timing.event and Timing.repeat.boundsPeriod",
        fix: "Send YYYY-MM-DD, or a time with seconds and its offset from UTC.",
        source: R4_TYPES,
    }
}
