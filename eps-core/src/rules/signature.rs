//! The rule of the carrier of a signature. Those of the signature itself stand with the [codes](crate::signature::Code)
//! of the verification report.

pub(super) use crate::signature::code::RULES as CODES;

rules! {
    /// `Provenance.signature.data` cannot be read.
    PROVENANCE = Error("signature.provenance", "value") {
        requires: "Provenance.signature.data must be the base64 of one XML Signature element in UTF-8.",
        applies: "the data of a Provenance signature",
        fix: "Assemble the Signature element after signing and encode its bytes with standard base64.",
        source: "FHIR R4 (4.0.1), Signature.data; NHS England, signing of electronic prescriptions",
    }
}
