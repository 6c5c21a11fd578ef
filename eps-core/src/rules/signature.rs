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

/// What makes the form of a signed prescription or of its signature untrustworthy, in more detail than the
/// [codes](crate::signature::Code) tell: a failure has one of these in place of its code's own rule.
pub mod form {
    const SIGNED_PARTS: &str = "NHS EPS FHIR API, coordinator: services/translation/request and services/verification";
    const XMLDSIG: &str = "XML Signature Syntax and Processing 1.1, 4 Core Signature Syntax";
    const BEST_PRACTICES: &str =
        "XML Signature Best Practices, 2.4 For Implementers: Provide a mechanism to see what is signed";
    const LIMITS: &str = "this library: what bounds memory and time";
    const SIGNING_GUIDE: &str = "NHS England, signing of electronic prescriptions: SignedInfo and its algorithms";

    rules! {
        /// A part that is signed stands twice, so that one could be verified and the other dispensed.
        WRAPPED = Error("signature.structure.wrapped", "structure") {
            requires: "Each signed part, the prescription itself and its signature must stand once, at its own place.",
            applies: "every signed prescription",
            fix: "Send one ParentPrescription with one author, one patient and one Signature.",
            source: BEST_PRACTICES,
        }
        /// Two elements have the same id.
        DUPLICATE_ID = Error("signature.structure.duplicate-id", "structure") {
            requires: "No two elements of a signed prescription may have the same Id attribute.",
            applies: "every signed prescription",
            fix: "Leave Id attributes out: the signature of a prescription refers to none.",
            source: BEST_PRACTICES,
        }
        /// A comment, a CDATA section, a processing instruction, mixed content, or an attribute of the xml namespace.
        CONTENT_KIND = Error("signature.structure.content", "structure") {
            requires: "A signed prescription must hold elements, attributes and plain text only, and no text beside elements.",
            applies: "every node of a signed prescription",
            fix: "Leave comments, CDATA sections, processing instructions and xml: attributes out.",
            source: SIGNED_PARTS,
        }
        /// An element of another namespace.
        NAMESPACE = Error("signature.structure.namespace", "structure") {
            requires: "Every element must be in urn:hl7-org:v3, those of the Signature in the XML Signature namespace.",
            applies: "every element of a signed prescription",
            fix: "Declare the namespaces as the message manual has them.",
            source: SIGNED_PARTS,
        }
        /// A line item is negated or inverted; the signature does not cover that.
        NEGATED = Error("signature.structure.negated", "business-rule") {
            requires: "negationInd and inversionInd of a line item must be false.",
            applies: "the pertinentInformation2 around each line item",
            fix: "Leave a line item out that is not prescribed.",
            source: SIGNED_PARTS,
        }
        /// There is no signature.
        UNSIGNED = Error("signature.format.unsigned", "required") {
            requires: "The prescription must be signed.",
            applies: "signatureText",
            fix: "Prepare, sign and embed the signature.",
            source: SIGNING_GUIDE,
        }
        /// There are several signatures.
        SIGNATURES = Error("signature.format.signatures", "structure") {
            requires: "signatureText must hold one Signature with one SignatureValue.",
            applies: "signatureText",
            fix: "Embed the one signature of the prescriber.",
            source: XMLDSIG,
        }
        /// There are several certificates, or PEM.
        CERTIFICATES = Error("signature.format.certificates", "structure") {
            requires: "KeyInfo must hold one X509Data with one X509Certificate, without PEM lines.",
            applies: "KeyInfo",
            fix: "Embed the signer's own certificate only; CA certificates are configured at the verifier.",
            source: SIGNING_GUIDE,
        }
        /// Base64 that is not strict: foreign characters, wrong padding, or data after the padding.
        BASE64 = Error("signature.format.base64", "value") {
            requires: "SignatureValue and X509Certificate must be standard base64 with padding and nothing after it.",
            applies: "SignatureValue and X509Certificate",
            fix: "Encode with standard base64; white space is allowed, other characters are not.",
            source: "RFC 4648, 4 Base 64 Encoding",
        }
        /// Base64 that is longer than any signature or certificate.
        BASE64_LIMIT = Error("signature.limit.base64", "too-long") {
            requires: "SignatureValue must hold at most 512 bytes, X509Certificate at most 8 KiB.",
            applies: "SignatureValue and X509Certificate",
            fix: "Embed one RSA signature and one certificate.",
            source: LIMITS,
        }
        /// Identifiers of different hashes.
        MIXED = Error("signature.algorithm.mixed", "value") {
            requires: "SignatureMethod and DigestMethod must name the same hash.",
            applies: "SignedInfo",
            fix: "Sign the payload that the prepare operation returned, unchanged.",
            source: SIGNING_GUIDE,
        }
        /// Bytes after the certificate.
        TRAILING = Error("signature.certificate.trailing", "structure") {
            requires: "X509Certificate must hold one certificate and nothing after it.",
            applies: "X509Certificate",
            fix: "Send the DER of the signer's certificate alone.",
            source: "RFC 5280, 4.1 Basic Certificate Fields",
        }
        /// A public exponent with which anybody can sign, or that no library accepts.
        EXPONENT = Error("signature.key.exponent", "value") {
            requires: "The RSA public exponent must be odd, and at least the policy's, normally 65537.",
            applies: "the signer's certificate",
            fix: "Renew the signer's card.",
            source: "RFC 8017, 3.1 RSA Public Key; FIPS 186-5, A.1.1",
        }
    }
    pub(in crate::rules) const TABLE: &[&crate::problem::Rule] = RULES;
}

pub(super) use form::TABLE as FORM;
