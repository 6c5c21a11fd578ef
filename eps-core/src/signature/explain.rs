//! Why a signature does not match: the field that differs, or the mistake that explains the digest.
//!
//! A verification says that a digest differs. What differs can be named when there is another side: the FHIR bundle, the
//! XML that was signed, or the canonical bytes that another system hashed ([`compare`]). Without one, the mistakes that
//! happen in practice are tried, alone and in pairs ([`Explanation::of`]).
//!
//! This costs many times what a verification does, and is asked for by people: a verifier does not do it by itself.

use std::fmt;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::algorithm::{Algorithm, Digest, SignedInfo};
use super::base64;
use super::certificate::Certificate;
use super::fragments::{self, Parts};
use super::outline::{self, Outline};
use super::policy::Policy;
use super::provider::Provider;
use crate::xml::Element;

mod compare;
mod draft;
mod mistake;
mod search;
mod value;

pub use compare::{Comparison, Other, OtherError, compare};
pub use mistake::{Mistake, TimeMistake};
pub use value::ValueMistake;

/// What explains a signature that does not match. Nothing in it is a value of the prescription.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The digest in the signature, as it is written there.
    pub signed_digest: String,
    /// The digest of what arrived, base64.
    pub computed_digest: String,
    /// The mistakes that together make the digest that was signed; empty where it is right, or none was found.
    pub mistakes: Vec<Mistake>,
    /// What was signed in place of `SignedInfo`, where the signature value does not verify and this was found.
    pub value_mistake: Option<ValueMistake>,
}

impl Explanation {
    /// Looks for the mistakes that explain the digest and the signature value of a `ParentPrescription`.
    ///
    /// `None` where its structure is not sound: then there is nothing that could have been hashed. Tries some thousand
    /// digests, and makes some ten RSA operations.
    #[must_use]
    pub fn of(prescription: Element<'_, '_>, policy: &Policy, provider: &dyn Provider) -> Option<Self> {
        let prescription = super::verify::payload(prescription);
        let parts = Parts::locate(prescription, policy).ok()?;
        let outline = Outline::of(parts.signature_text).ok()?;
        let fragments = fragments::canonical(&parts).ok()?;
        let reference = outline.signed_info.child("Reference")?;
        let text = reference.child("DigestValue")?.text();
        let method = reference.child("DigestMethod").and_then(|it| it.attribute("Algorithm"));
        let declared = if method == Some(Algorithm::Rs1.digest_method()) { Algorithm::Rs1 } else { Algorithm::Rs256 };
        let computed = Digest::of(&fragments, declared, provider);
        let mistakes = match base64::decode(&text) {
            Ok(digest) if digest != computed.as_bytes() => {
                search::search(&parts, &search::Target { digest, declared }, provider)
            }
            Ok(_) | Err(_) => Vec::new(),
        };
        Some(Self {
            signed_digest: text.into_owned(),
            computed_digest: computed.to_base64(),
            mistakes,
            value_mistake: value_mistake(&outline, &fragments, provider),
        })
    }

    /// Whether nothing was found.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.mistakes.is_empty() && self.value_mistake.is_none()
    }
}

fn value_mistake(outline: &Outline<'_, '_>, fragments: &[u8], provider: &dyn Provider) -> Option<ValueMistake> {
    let algorithm = outline::algorithm(outline.signed_info).ok()??;
    let signed_info = SignedInfo::new(outline::digest(outline.signed_info, algorithm).ok()?);
    let certificate = Certificate::from_der(outline.certificate.clone()).ok()?;
    let key = certificate.key().ok()?;
    if provider.rsa_verify(&key, algorithm.hash(), signed_info.as_bytes(), &outline.value).is_ok() {
        return None;
    }
    value::search(outline, &signed_info, fragments, &certificate, provider)
}

/// The canonical bytes of each part that is hashed, in their order: time, id, author, patient, line items. Patient data.
///
/// `None` where the parts cannot be found.
#[must_use]
pub fn fragment_bytes(prescription: Element<'_, '_>, policy: &Policy) -> Option<Vec<Vec<u8>>> {
    let parts = Parts::locate(super::verify::payload(prescription), policy).ok()?;
    Some(parts.hashed().map(fragments::canonical_part).collect())
}

/// One line for each mistake, ready for people.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.mistakes {
            writeln!(f, "explains     the digest: {mistake}")?;
        }
        if let Some(mistake) = &self.value_mistake {
            writeln!(f, "explains     the signature value: {mistake}")?;
        }
        Ok(())
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Explanation", 4)?;
        out.serialize_field("signedDigest", &self.signed_digest)?;
        out.serialize_field("computedDigest", &self.computed_digest)?;
        let mistakes: Vec<_> = self.mistakes.iter().map(|it| Named(it.name(), it.to_string())).collect();
        out.serialize_field("mistakes", &mistakes)?;
        out.serialize_field("valueMistake", &self.value_mistake.map(|it| Named(it.name(), it.to_string())))?;
        out.end()
    }
}

/// A mistake for programs.
struct Named(&'static str, String);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Mistake", 2)?;
        out.serialize_field("name", self.0)?;
        out.serialize_field("message", &self.1)?;
        out.end()
    }
}

#[cfg(test)]
mod tests;
