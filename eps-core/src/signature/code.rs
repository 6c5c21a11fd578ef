//! What a verification can find wrong: one code for each, with the rule it breaks and the words of the NHS service.

use std::fmt;

use crate::problem::{Rule, Severity};

const LIMITS: &str = "this library: what bounds memory and time";
const POLICY: &str = "this library: the verification policy";
const SIGNED_PARTS: &str = "NHS EPS FHIR API, coordinator: services/translation/request and services/verification";
const SIGNING_GUIDE: &str = "NHS England, signing of electronic prescriptions: SignedInfo and its algorithms";
const XMLDSIG_SYNTAX: &str = "XML Signature Syntax and Processing 1.1, 4 Core Signature Syntax";
const RSA: &str = "RFC 8017, 8.2 RSASSA-PKCS1-v1_5";
const X509: &str = "RFC 5280, 4 Certificate and Certificate Extensions Profile";
const PATH: &str = "RFC 5280, 6 Certification Path Validation";
const KEY_PERIOD: &str = "RFC 3280, 4.2.1.4 Private Key Usage Period";
const SIGNER: &str = "NHS England, signing certificates: the common name begins with the SDS user id";
const REVOCATION: &str = "RFC 5280, 5 CRL and CRL Extensions Profile, and 6.3 CRL Validation";

/// The reasons that callers of the NHS service's API know, in the order in which that service gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(into = "&'static str")]
#[expect(clippy::exhaustive_enums, reason = "the texts are fixed by the service")]
pub enum Reason {
    /// `Invalid signature format`
    InvalidFormat,
    /// `Invalid certificate`
    InvalidCertificate,
    /// `Signature is invalid`
    SignatureInvalid,
    /// `Signature doesn't match prescription`
    DoesNotMatch,
    /// `Certificate is revoked`
    CertificateRevoked,
    /// `CA certificate is revoked`
    CaRevoked,
    /// `Certificate expired when signed`
    ExpiredWhenSigned,
    /// `Certificate not trusted`
    NotTrusted,
}

impl Reason {
    /// The text, word for word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFormat => "Invalid signature format",
            Self::InvalidCertificate => "Invalid certificate",
            Self::SignatureInvalid => "Signature is invalid",
            Self::DoesNotMatch => "Signature doesn't match prescription",
            Self::CertificateRevoked => "Certificate is revoked",
            Self::CaRevoked => "CA certificate is revoked",
            Self::ExpiredWhenSigned => "Certificate expired when signed",
            Self::NotTrusted => "Certificate not trusted",
        }
    }
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        reason.as_str()
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident, $text:literal, $id:literal, $issue:literal, $reason:ident,
        $requires:literal, $applies:literal, $source:ident, $fix:literal;)+) => {
        /// What is wrong with a signature. The table of this module has the rule and the external reason of each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(into = "&'static str")]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])+ $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, upper case with underscores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The rule of the catalogue.
            #[must_use]
            pub const fn rule(self) -> &'static Rule {
                match self {
                    $(Self::$variant => const {
                        &Rule {
                            id: $id,
                            severity: Severity::Error,
                            issue: $issue,
                            requires: $requires,
                            applies: $applies,
                            fix: $fix,
                            source: $source,
                            detail: None,
                        }
                    },)+
                }
            }

            /// The reason that callers of the NHS service's API see.
            #[must_use]
            pub const fn reason(self) -> Reason {
                match self {
                    $(Self::$variant => Reason::$reason,)+
                }
            }
        }

        pub(crate) const RULES: &[&Rule] = &[$(Code::$variant.rule(),)+];
    };
}

codes! {
    /// A size limit is exceeded.
    Limit, "LIMIT", "signature.limit", "too-long", InvalidFormat,
    "A signed prescription must not be larger than the limits.",
    "every signed prescription", LIMITS,
    "Send one prescription with at most four line items and no needless text.";
    /// The prescription around the signature has not the one structure that can be verified without ambiguity.
    Structure, "STRUCTURE", "signature.structure", "structure", InvalidFormat,
    "A signed prescription must hold each signed part exactly once, at its own place, without comments, CDATA or mixed content.",
    "every signed prescription", SIGNED_PARTS,
    "Write the ParentPrescription as the message manual has it.";
    /// The `Signature` element has not the outline that prescriptions use.
    Format, "FORMAT", "signature.format", "structure", InvalidFormat,
    "Signature must hold SignedInfo, SignatureValue and KeyInfo with one X509Certificate, unprefixed, in strict base64, and nothing else.",
    "the Signature element", XMLDSIG_SYNTAX,
    "Assemble the Signature element as the service documents it, with a single certificate.";
    /// An algorithm identifier is not on the list.
    Algorithm, "ALG", "signature.algorithm", "value", SignatureInvalid,
    "The algorithms must be exclusive canonicalisation with RSA and SHA-256 (or SHA-1, for both hashes).",
    "SignedInfo", SIGNING_GUIDE,
    "Sign the payload that the prepare operation returned, unchanged.";
    /// SHA-1, after it was withdrawn.
    Sha1, "ALG_SHA1", "signature.algorithm.sha1", "value", SignatureInvalid,
    "Prescriptions signed since 4 July 2025 must use SHA-256.",
    "SignedInfo of a prescription signed since 4 July 2025", SIGNING_GUIDE,
    "Prepare and sign with RS256.";
    /// `SignedInfo` is not the template.
    SignedInfoForm, "SIGNEDINFO_FORM", "signature.signed-info", "structure", DoesNotMatch,
    "SignedInfo must be the fixed template with one digest, without further attributes or elements.",
    "SignedInfo", SIGNING_GUIDE,
    "Embed the SignedInfo that the prepare operation returned, unchanged.";
    /// The certificate cannot be read.
    CertificateParse, "CERT_PARSE", "signature.certificate", "structure", InvalidCertificate,
    "X509Certificate must hold one X.509 version 3 certificate in DER, with nothing after it.",
    "KeyInfo", X509,
    "Send the signer's own certificate, base64 of its DER.";
    /// The key is not RSA.
    KeyType, "KEY_TYPE", "signature.key.type", "value", SignatureInvalid,
    "The certificate must hold an RSA key.",
    "the signer's certificate", SIGNING_GUIDE,
    "Sign with an RSA key.";
    /// The key is outside the limits.
    KeySize, "KEY_SIZE", "signature.key.size", "value", SignatureInvalid,
    "The RSA key must be within the limits of the policy, normally 2048 to 4096 bits with an exponent of at least 65537.",
    "the signer's certificate", POLICY,
    "Renew the signer's card with a key of 2048 bits or more.";
    /// The signature value does not verify.
    Signature, "SIGNATURE", "signature.value", "invalid", SignatureInvalid,
    "SignatureValue must be the RSA signature of the certificate's key over SignedInfo.",
    "SignatureValue", RSA,
    "Embed signature and certificate of the same signing operation.";
    /// The prescription is not the one that was signed.
    Content, "CONTENT", "signature.content", "invalid", DoesNotMatch,
    "The digest of the signed parts of the prescription must be the one that was signed.",
    "the signed parts of the prescription", SIGNED_PARTS,
    "Send the prescription exactly as it was prepared; prepare and sign again after any change.";
    /// The signing time cannot be read.
    TimeFormat, "TIME_FORMAT", "signature.time.format", "value", ExpiredWhenSigned,
    "The author time must be 14 digits, YYYYMMDDHHMMSS in UTC.",
    "the author time of the prescription", SIGNED_PARTS,
    "Use the timestamp that the prepare operation returned.";
    /// The signing time has not come yet.
    TimeFuture, "TIME_FUTURE", "signature.time.future", "business-rule", ExpiredWhenSigned,
    "The author time must not be later than the receipt of the prescription.",
    "the author time of the prescription", POLICY,
    "Set the clock of the prescribing system.";
    /// No path leads from the certificate to a trust anchor.
    Chain, "CHAIN", "signature.path", "security", NotTrusted,
    "The certificate must be issued, over verified signatures in force at the signing time, by a configured trust anchor.",
    "the signer's certificate", PATH,
    "Sign with a certificate of the NHS PKI, and configure its CA certificates.";
    /// The signing certificate is a CA certificate.
    IsCa, "EE_IS_CA", "signature.certificate.ca", "security", NotTrusted,
    "The signing certificate must not be a CA certificate.",
    "the signer's certificate", PATH,
    "Sign with the signer's own certificate.";
    /// The certificate is not for content commitment.
    KeyUsage, "KEY_USAGE", "signature.certificate.key-usage", "security", NotTrusted,
    "The key usage of the certificate must include content commitment, and neither certificate nor CRL signing.",
    "the signer's certificate", PATH,
    "Choose the content-commitment certificate of the card, not the authentication one.";
    /// The certificate lacks the policy.
    Policy, "POLICY", "signature.certificate.policy", "security", NotTrusted,
    "The certificate must state a certificate policy that is required.",
    "the signer's certificate, where the policy requires one", PATH,
    "Sign with a certificate issued under the NHS content-commitment policy.";
    /// The certificate was not in force when the prescription was signed.
    TimeCertificate, "TIME_CERT", "signature.certificate.validity", "expired", ExpiredWhenSigned,
    "The certificate must be in force at the signing time.",
    "the signer's certificate and the path above it", PATH,
    "Renew the certificate and sign again.";
    /// The private key may not have been used at the signing time.
    TimeKeyUsage, "TIME_PKUP", "signature.certificate.key-usage-period", "expired", ExpiredWhenSigned,
    "The signing time must be within the private key usage period of the certificate.",
    "a signer's certificate with a private key usage period", KEY_PERIOD,
    "Renew the certificate and sign again.";
    /// The certificate is revoked.
    Revoked, "REVOKED_EE", "signature.certificate.revoked", "security", CertificateRevoked,
    "The certificate must not be revoked at the signing time, nor ever for a compromise.",
    "the signer's certificate", REVOCATION,
    "Sign again with a valid certificate.";
    /// A CA certificate of the path is revoked.
    CaRevoked, "REVOKED_CA", "signature.ca.revoked", "security", CaRevoked,
    "No CA certificate of the path may be revoked at the signing time, nor ever for a compromise.",
    "every CA certificate of the path", REVOCATION,
    "Sign again with a certificate of another CA.";
    /// Whether a certificate is revoked cannot be known, and the policy refuses that.
    RevocationUnknown, "REVOCATION_UNKNOWN", "signature.revocation.unknown", "transient", CertificateRevoked,
    "A fresh revocation list of the issuer, signed by it, must be at hand.",
    "every certificate of the path, where the policy requires to know", POLICY,
    "Fetch the revocation lists of the certificate's issuers and verify again.";
    /// Somebody else signed than the author whom the message names.
    SignerMismatch, "SIGNER_MISMATCH", "signature.signer", "security", NotTrusted,
    "The certificate must be that of the user who is named as the author.",
    "prescriptions whose author's user id is known, where the policy enforces it", SIGNER,
    "Sign with the card of the prescriber whom the message names as its author.";
}

impl From<Code> for &'static str {
    fn from(code: Code) -> Self {
        code.as_str()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
