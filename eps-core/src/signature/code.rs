//! What a verification can find wrong: one code for each, with the rule it breaks and the words of the NHS service.

use std::fmt;

use crate::problem::Rule;

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
        $requires:literal, $fix:literal;)+) => {
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
                    $(Self::$variant => const { &Rule::error($id, $issue, $requires, $fix) },)+
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
    "Send one prescription with at most four line items and no needless text.";
    /// The prescription around the signature has not the one structure that can be verified without ambiguity.
    Structure, "STRUCTURE", "signature.structure", "structure", InvalidFormat,
    "A signed prescription must hold each signed part exactly once, at its own place, without comments, CDATA or mixed content.",
    "Write the ParentPrescription as the message manual has it.";
    /// The `Signature` element has not the outline that prescriptions use.
    Format, "FORMAT", "signature.format", "structure", InvalidFormat,
    "Signature must hold SignedInfo, SignatureValue and KeyInfo with one X509Certificate, unprefixed, in strict base64, and nothing else.",
    "Assemble the Signature element as the service documents it, with a single certificate.";
    /// An algorithm identifier is not on the list.
    Algorithm, "ALG", "signature.algorithm", "value", SignatureInvalid,
    "The algorithms must be exclusive canonicalisation with RSA and SHA-256 (or SHA-1, for both hashes).",
    "Sign the payload that the prepare operation returned, unchanged.";
    /// SHA-1, after it was withdrawn.
    Sha1, "ALG_SHA1", "signature.algorithm.sha1", "value", SignatureInvalid,
    "Prescriptions signed since 4 July 2025 must use SHA-256.",
    "Prepare and sign with RS256.";
    /// `SignedInfo` is not the template.
    SignedInfoForm, "SIGNEDINFO_FORM", "signature.signed-info", "structure", DoesNotMatch,
    "SignedInfo must be the fixed template with one digest, without further attributes or elements.",
    "Embed the SignedInfo that the prepare operation returned, unchanged.";
    /// The certificate cannot be read.
    CertificateParse, "CERT_PARSE", "signature.certificate", "structure", InvalidCertificate,
    "X509Certificate must hold one X.509 version 3 certificate in DER, with nothing after it.",
    "Send the signer's own certificate, base64 of its DER.";
    /// The key is not RSA.
    KeyType, "KEY_TYPE", "signature.key.type", "value", SignatureInvalid,
    "The certificate must hold an RSA key.",
    "Sign with an RSA key.";
    /// The key is outside the limits.
    KeySize, "KEY_SIZE", "signature.key.size", "value", SignatureInvalid,
    "The RSA key must be within the limits of the policy, normally 2048 to 4096 bits with an exponent of at least 65537.",
    "Renew the signer's card with a key of 2048 bits or more.";
    /// The signature value does not verify.
    Signature, "SIGNATURE", "signature.value", "invalid", SignatureInvalid,
    "SignatureValue must be the RSA signature of the certificate's key over SignedInfo.",
    "Embed signature and certificate of the same signing operation.";
    /// The prescription is not the one that was signed.
    Content, "CONTENT", "signature.content", "invalid", DoesNotMatch,
    "The digest of the signed parts of the prescription must be the one that was signed.",
    "Send the prescription exactly as it was prepared; prepare and sign again after any change.";
    /// The signing time cannot be read.
    TimeFormat, "TIME_FORMAT", "signature.time.format", "value", ExpiredWhenSigned,
    "The author time must be 14 digits, YYYYMMDDHHMMSS in UTC.",
    "Use the timestamp that the prepare operation returned.";
    /// The signing time has not come yet.
    TimeFuture, "TIME_FUTURE", "signature.time.future", "business-rule", ExpiredWhenSigned,
    "The author time must not be later than the receipt of the prescription.",
    "Set the clock of the prescribing system.";
    /// No path leads from the certificate to a trust anchor.
    Chain, "CHAIN", "signature.path", "security", NotTrusted,
    "The certificate must be issued, over verified signatures in force at the signing time, by a configured trust anchor.",
    "Sign with a certificate of the NHS PKI, and configure its CA certificates.";
    /// The signing certificate is a CA certificate.
    IsCa, "EE_IS_CA", "signature.certificate.ca", "security", NotTrusted,
    "The signing certificate must not be a CA certificate.",
    "Sign with the signer's own certificate.";
    /// The certificate is not for content commitment.
    KeyUsage, "KEY_USAGE", "signature.certificate.key-usage", "security", NotTrusted,
    "The key usage of the certificate must include content commitment, and neither certificate nor CRL signing.",
    "Choose the content-commitment certificate of the card, not the authentication one.";
    /// The certificate lacks the policy.
    Policy, "POLICY", "signature.certificate.policy", "security", NotTrusted,
    "The certificate must state a certificate policy that is required.",
    "Sign with a certificate issued under the NHS content-commitment policy.";
    /// The certificate was not in force when the prescription was signed.
    TimeCertificate, "TIME_CERT", "signature.certificate.validity", "expired", ExpiredWhenSigned,
    "The certificate must be in force at the signing time.",
    "Renew the certificate and sign again.";
    /// The private key may not have been used at the signing time.
    TimeKeyUsage, "TIME_PKUP", "signature.certificate.key-usage-period", "expired", ExpiredWhenSigned,
    "The signing time must be within the private key usage period of the certificate.",
    "Renew the certificate and sign again.";
    /// The certificate is revoked.
    Revoked, "REVOKED_EE", "signature.certificate.revoked", "security", CertificateRevoked,
    "The certificate must not be revoked at the signing time, nor ever for a compromise.",
    "Sign again with a valid certificate.";
    /// A CA certificate of the path is revoked.
    CaRevoked, "REVOKED_CA", "signature.ca.revoked", "security", CaRevoked,
    "No CA certificate of the path may be revoked at the signing time, nor ever for a compromise.",
    "Sign again with a certificate of another CA.";
    /// Whether a certificate is revoked cannot be known, and the policy refuses that.
    RevocationUnknown, "REVOCATION_UNKNOWN", "signature.revocation.unknown", "transient", CertificateRevoked,
    "A fresh revocation list of the issuer, signed by it, must be at hand.",
    "Fetch the revocation lists of the certificate's issuers and verify again.";
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
