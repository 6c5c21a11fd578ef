//! What the vectors are made of: keys, authorities, a prescription, and the hand that signs it.

use std::collections::BTreeMap;

use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::ids::CheckCharacters;
use eps_core::model::{Message, Timestamp};
use eps_core::signature::Policy;
use eps_core::signature::algorithm::{Algorithm, Digest, SignedInfo};
use eps_core::signature::fragments::fragments;
use eps_core::signature::provider::AwsLc;
use eps_core::xml::{Document, Limits};
use rcgen::{CertificateParams, KeyIdMethod, KeyPair, PKCS_RSA_SHA256, PublicKeyData as _, SerialNumber};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use sha2::Digest as _;
use time::{Duration, OffsetDateTime};

use super::ZooError;
use crate::pki::authority::Authority;
use crate::pki::files::{CERTIFICATE, LIST, pem};
use crate::pki::keys::{BITS, PublicKey, Randomness, STANDARD_EXPONENT, seeded};
use crate::pki::profile::{self, Depth, Period};
use crate::pki::{PkiError, ROOT_NAME, SIGNING_CA_NAME};

/// The prescription of every vector: invented, two items.
const ORDER: &[u8] = include_bytes!("../../data/prescription-order.json");
/// The common name of the invented prescriber.
const PRESCRIBER: &str = "555254239107_THROW_AWAY_PRESCRIBER";
/// How long before the verification the prescriptions were signed.
const SIGNED_BEFORE: Duration = Duration::days(10);
/// How the prescriptions stand before they are signed.
const UNSIGNED: &str = "<signatureText nullFlavor=\"NA\"></signatureText>";

/// A key of somebody who signs.
pub(super) struct Key {
    private: rsa::PrivateKey,
    pub(super) public: PublicKey,
}

impl Key {
    fn seeded(seed: u64, label: &str, bits: usize, exponent: u64) -> Result<Self, ZooError> {
        let private =
            rsa::PrivateKey::from_pkcs8_der(&seeded(seed, label, bits, exponent)?).map_err(|_| PkiError::Key)?;
        let der = private.to_public_key().to_pkcs1_der().map_err(|_| PkiError::Key)?;
        Ok(Self { private, public: PublicKey::new(der.as_bytes().to_vec(), &PKCS_RSA_SHA256) })
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub(super) fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, ZooError> {
        let hash = sha2::Sha256::digest(payload);
        Ok(self.private.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), &hash).map_err(PkiError::Rsa)?)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-1.
    pub(super) fn sign_sha1(&self, payload: &[u8]) -> Result<Vec<u8>, ZooError> {
        let hash = sha1::Sha1::digest(payload);
        Ok(self.private.sign(rsa::Pkcs1v15Sign::new::<sha1::Sha1>(), &hash).map_err(PkiError::Rsa)?)
    }

    /// The modulus, big-endian.
    pub(super) fn modulus(&self) -> Vec<u8> {
        self.private.n().to_be_bytes_trimmed_vartime().into_vec()
    }
}

/// Keys, authorities, times and the files that verifiers of the vectors need.
pub(super) struct World {
    /// When the vectors are verified.
    pub(super) now: OffsetDateTime,
    /// When they were signed, but for those that say otherwise.
    pub(super) signed: Timestamp,
    pub(super) root: Authority,
    pub(super) signing_ca: Authority,
    /// The name and key identifier of the signing CA, another key.
    pub(super) lookalike: Authority,
    pub(super) prescriber: Key,
    pub(super) other: Key,
    pub(super) small: Key,
    pub(super) exponent_three: Key,
    serial: u64,
    files: BTreeMap<&'static str, String>,
}

impl World {
    pub(super) fn new(now: Timestamp, seed: u64) -> Result<Self, ZooError> {
        let signed = now.plus_seconds(-SIGNED_BEFORE.whole_seconds());
        let now = now.utc().assume_utc();
        let labels = ["root", "signing CA", "lookalike of the signing CA"];
        let [root_key, ca_key, lookalike_key] = Randomness::Seed(seed).keys(labels)?;
        let period = (now - Duration::days(3650), now + Duration::days(3650));
        let root = Authority::root(profile::ca(ROOT_NAME, period, 1, Depth::Root), root_key)?;
        let mut ca = profile::ca(SIGNING_CA_NAME, period, 2, Depth::Sub);
        ca.key_identifier_method = KeyIdMethod::PreSpecified(key_id(&ca_key));
        let signing_ca = Authority::under(&root, ca.clone(), ca_key)?;
        ca.serial_number = Some(SerialNumber::from(7));
        let lookalike = Authority::under(&root, ca, lookalike_key)?;
        let key = |label, bits, exponent| Key::seeded(seed, label, bits, exponent);
        let mut world = Self {
            now,
            signed,
            root,
            signing_ca,
            lookalike,
            prescriber: key("prescriber", BITS, STANDARD_EXPONENT)?,
            other: key("another prescriber", BITS, STANDARD_EXPONENT)?,
            small: key("prescriber with a small key", BITS / 2, STANDARD_EXPONENT)?,
            exponent_three: key("prescriber with a small exponent", BITS, 3)?,
            serial: 100,
            files: BTreeMap::new(),
        };
        for (name, der) in [
            ("root.pem", world.root.certificate.clone()),
            ("signing-ca.pem", world.signing_ca.certificate.clone()),
            ("lookalike-ca.pem", world.lookalike.certificate.clone()),
        ] {
            world.files.insert(name, pem(CERTIFICATE, &der));
        }
        Ok(world)
    }

    /// The files that verifiers of the vectors need, by name.
    pub(super) fn into_files(self) -> BTreeMap<&'static str, String> {
        self.files
    }

    /// Keeps a revocation list for verifiers.
    pub(super) fn keep_list(&mut self, name: &'static str, der: &[u8]) {
        self.files.insert(name, pem(LIST, der));
    }

    /// The time of signing, for certificates and lists.
    pub(super) fn signed_at(&self) -> OffsetDateTime {
        self.signed.utc().assume_utc()
    }

    /// When an ordinary certificate is in force.
    pub(super) fn period(&self) -> Period {
        (self.now - Duration::days(365), self.now + Duration::days(365))
    }

    /// What an ordinary certificate says; each has a serial number of its own.
    pub(super) fn params(&mut self) -> CertificateParams {
        self.serial += 1;
        profile::prescriber(PRESCRIBER, self.period(), self.period(), SerialNumber::from(self.serial))
    }

    /// An ordinary certificate of the prescriber.
    pub(super) fn certificate(&mut self) -> Result<Vec<u8>, ZooError> {
        self.certificate_that(|_, _| {})
    }

    /// A certificate of the prescriber that differs from an ordinary one.
    pub(super) fn certificate_that(
        &mut self,
        differs: impl FnOnce(&mut CertificateParams, &Self),
    ) -> Result<Vec<u8>, ZooError> {
        let mut params = self.params();
        differs(&mut params, self);
        Ok(self.signing_ca.issue(&params, &self.prescriber.public)?)
    }

    /// The message, not yet signed, with the author time of the vectors.
    pub(super) fn unsigned(&self) -> Result<String, ZooError> {
        self.unsigned_at(self.signed)
    }

    /// The message, not yet signed, with another author time.
    pub(super) fn unsigned_at(&self, time: Timestamp) -> Result<String, ZooError> {
        let context = Context {
            now: self.signed,
            from: "200000001285".parse().map_err(|_| ZooError::Order)?,
            to: "567456789789".parse().map_err(|_| ZooError::Order)?,
            author: None,
            identifier_references: IdentifierReferences::Refused,
            check_characters: CheckCharacters::Required,
            release_ids: None,
        };
        let mut envelope = fhir::read(ORDER, &context).map_err(|_| ZooError::Order)?;
        let Message::Prescription(prescription) = &mut envelope.message else { return Err(ZooError::Order) };
        prescription.author.time = time;
        String::from_utf8(hl7v3::write(&envelope)).map_err(|_| ZooError::Order)
    }

    /// The message of the vectors, signed as it should be.
    pub(super) fn signed_with(&self, certificate: &[u8]) -> Result<String, ZooError> {
        sign(&self.unsigned()?, &self.prescriber, certificate)
    }

    /// The same with a new ordinary certificate.
    pub(super) fn signed_message(&mut self) -> Result<String, ZooError> {
        let certificate = self.certificate()?;
        self.signed_with(&certificate)
    }
}

fn key_id(key: &KeyPair) -> Vec<u8> {
    sha1::Sha1::digest(key.der_bytes()).to_vec()
}

/// What is to be signed of a message.
pub(super) fn payload(message: &str, algorithm: Algorithm) -> Result<SignedInfo, ZooError> {
    let document = Document::parse(message.as_bytes(), &Limits::DEFAULT).map_err(|_| ZooError::Order)?;
    let parent = hl7v3::parent_prescription(&document).ok_or(ZooError::Order)?;
    let fragments = fragments(parent, &Policy::production()).map_err(|_| ZooError::Order)?;
    Ok(SignedInfo::new(Digest::of(&fragments, algorithm, &AwsLc::new())))
}

/// Signs a message with SHA-256.
pub(super) fn sign(message: &str, key: &Key, certificate: &[u8]) -> Result<String, ZooError> {
    let payload = payload(message, Algorithm::Rs256)?;
    let value = key.sign(payload.as_bytes())?;
    embed(message, &payload, &value, certificate)
}

/// Puts a signature into a message, whatever it is worth.
pub(super) fn embed(message: &str, payload: &SignedInfo, value: &[u8], certificate: &[u8]) -> Result<String, ZooError> {
    let element = eps_core::signature::embed::assemble(payload, value, certificate);
    let element = String::from_utf8(element).map_err(|_| ZooError::Order)?;
    replace(message, UNSIGNED, &format!("<signatureText>{element}</signatureText>"))
}

/// Replaces the first occurrence, which must be there.
pub(super) fn replace(text: &str, from: &str, to: &str) -> Result<String, ZooError> {
    if text.contains(from) { Ok(text.replacen(from, to, 1)) } else { Err(ZooError::Mark(from.to_owned())) }
}

/// The text from one mark to the next other one, both included.
pub(super) fn between<'t>(text: &'t str, from: &str, to: &str) -> Result<&'t str, ZooError> {
    let missing = |mark: &str| ZooError::Mark(mark.to_owned());
    let rest = text.find(from).and_then(|at| text.get(at..)).ok_or_else(|| missing(from))?;
    rest.find(to).and_then(|at| rest.get(..at + to.len())).ok_or_else(|| missing(to))
}
