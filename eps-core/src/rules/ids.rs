//! The rules of identifiers, on either wire.

const NHS_NUMBER_SOURCE: &str = "NHS Data Dictionary, NHS NUMBER";
const PRESCRIPTION_ID_SOURCE: &str =
    "EPS Prescribing Systems Compliance Specification 6.11, prescription id; ISO 7064 MOD 37-2";
const UUID_SOURCE: &str = "RFC 4122, 3; Message Implementation Manual 4.2.00, data type II";
const ODS_SOURCE: &str = "NHS Data Dictionary, ORGANISATION CODE; NHSDigital/eps-spine-shared, validation";
const SDS_SOURCE: &str = "Spine Directory Service: object identifiers 1.2.826.0.1285.0.2.0.65, .67 and .107";

rules! {
    /// An NHS number is 10 digits, the last a modulus 11 check digit.
    NHS_NUMBER = Error("ids.nhs-number", "value") {
        requires: "An NHS number is 10 digits, the last one its modulus 11 check digit.",
        applies: "the patient of every message",
        fix: "Send the patient's NHS number as traced on PDS, without spaces.",
        source: NHS_NUMBER_SOURCE,
    }
    /// A short-form prescription id has the form `XXXXXX-XXXXXX-XXXXXC`.
    PRESCRIPTION_ID_FORM = Error("ids.prescription-id.form", "value") {
        requires: "A short-form prescription id is 6 hexadecimal digits, 6 letters or digits, 5 hexadecimal digits and a check character, in capitals, joined by hyphens.",
        applies: "the short-form id of every prescription",
        fix: "Build the id from random digits and the prescriber's ODS code padded with zeros to 6 characters.",
        source: PRESCRIPTION_ID_SOURCE,
    }
    /// The last character of a short-form prescription id is its MOD 37-2 check character.
    PRESCRIPTION_ID_CHECK = Error("ids.prescription-id.check-character", "value") {
        requires: "The last character of a short-form prescription id is its ISO 7064 MOD 37-2 check character.",
        applies: "the short-form id of every prescription, where the caller requires its check character",
        fix: "Compute the check character over the 17 characters before it, hyphens left out.",
        source: PRESCRIPTION_ID_SOURCE,
    }
    /// A UUID has the form 8-4-4-4-12.
    UUID_FORM = Error("ids.uuid", "value") {
        requires: "A UUID is 32 hexadecimal digits in groups of 8-4-4-4-12.",
        applies: "every id of a message, prescription or line item",
        fix: "Send the id as a UUID with hyphens.",
        source: UUID_SOURCE,
    }
    /// An ODS code is 1 to 8 letters, digits or hyphens.
    ODS_CODE = Error("ids.ods-code", "value") {
        requires: "An ODS organisation code is 1 to 8 letters, digits or hyphens.",
        applies: "every organisation",
        fix: "Send the organisation's code from the Organisation Data Service.",
        source: ODS_SOURCE,
    }
    /// SDS ids and ASIDs are digits.
    SDS_ID = Error("ids.sds", "value") {
        requires: "An SDS user id, SDS role profile id or ASID is 1 to 15 digits.",
        applies: "every system, worker and role profile",
        fix: "Send the id as the Spine Directory Service holds it.",
        source: SDS_SOURCE,
    }
}
