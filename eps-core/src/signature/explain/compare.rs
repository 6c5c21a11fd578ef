//! What arrived beside the other side: a FHIR bundle, another copy of the XML, or canonical bytes.

use crate::fhir::{self, Context};
use crate::hl7v3;
use crate::mapping::{self, Direction, Table};
use crate::model::Message;
use crate::problem::Problems;
use crate::signature::diff::{self, Difference};
use crate::signature::fragments::{self, Parts};
use crate::signature::policy::Policy;
use crate::xml::{Document, Element, Limits};

/// What the other side was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Other {
    /// A prescription-order in FHIR.
    Fhir,
    /// A message of HL7 v3, or a `ParentPrescription` alone.
    Prescription,
    /// A `FragmentsToBeHashed`, as another system hashed it.
    Fragments,
}

/// How two prescriptions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// What the other side was.
    pub other: Other,
    /// Every field that differs, those that are signed first.
    pub differences: Vec<Difference>,
    /// Where the canonical bytes of the other side leave ours although no value differs: the byte, from 0, and the element
    /// of the fragments in which it stands. Only canonical bytes can differ so.
    pub bytes: Option<(usize, String)>,
}

/// Why there is nothing to compare.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OtherError {
    /// The other side cannot be read.
    #[error("the other side cannot be read")]
    Unreadable(#[source] Problems),
    /// The other side is neither a prescription nor its fragments.
    #[error("the other side holds no prescription")]
    NoPrescription,
    /// What arrived does not hold the parts that are signed.
    #[error("the signed parts cannot be found")]
    NoParts,
}

/// Names every field in which a prescription differs from the other side; what that is, its bytes tell.
///
/// `context` says what a FHIR bundle does not; a bundle without a signature is taken to be of `context.now`.
///
/// # Errors
/// [`OtherError`] when there is nothing to compare.
pub fn compare(received: Element<'_, '_>, other: &[u8], context: &Context) -> Result<Comparison, OtherError> {
    let received = crate::signature::verify::payload(received);
    let first = other.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'{') {
        return with_fhir(received, other, context);
    }
    let document = Document::parse(other, &Limits::DEFAULT).map_err(OtherError::Unreadable)?;
    if document.root().name() == "FragmentsToBeHashed" {
        return with_fragments(received, document.root(), other);
    }
    let signed = crate::signature::verify::payload(document.root());
    if signed.name() != "ParentPrescription" {
        return Err(OtherError::NoPrescription);
    }
    let differences = diff::everything(received, signed).ok_or(OtherError::NoParts)?;
    Ok(Comparison { other: Other::Prescription, differences, bytes: None })
}

fn with_fragments(received: Element<'_, '_>, signed: Element<'_, '_>, bytes: &[u8]) -> Result<Comparison, OtherError> {
    let differences = diff::everything(received, signed).ok_or(OtherError::NoParts)?;
    let mut comparison = Comparison { other: Other::Fragments, differences, bytes: None };
    if comparison.differences.is_empty()
        && let Ok(parts) = Parts::locate(received, &Policy::test_profile())
        && let Ok(ours) = fragments::canonical(&parts)
        && ours != bytes
    {
        comparison.bytes = Some(leaving(&ours, bytes));
    }
    Ok(comparison)
}

/// The first byte that differs, and the innermost element of ours around it.
fn leaving(ours: &[u8], theirs: &[u8]) -> (usize, String) {
    let at = ours.iter().zip(theirs).take_while(|(one, other)| one == other).count();
    let path = Document::parse(ours, &Limits::DEFAULT).ok().and_then(|document| {
        let around = document.root().descendants().filter(|element| element.span().contains(&at)).last();
        around.map(|element| element.place().to_string())
    });
    (at, path.unwrap_or_else(|| "the end".to_owned()))
}

fn with_fhir(received: Element<'_, '_>, bundle: &[u8], context: &Context) -> Result<Comparison, OtherError> {
    let envelope = fhir::read(bundle, context).map_err(OtherError::Unreadable)?;
    if !matches!(envelope.message, Message::Prescription(_)) {
        return Err(OtherError::NoPrescription);
    }
    let written = hl7v3::write(&envelope);
    let document = Document::parse(&written, &Limits::DEFAULT).map_err(OtherError::Unreadable)?;
    let signed = hl7v3::parent_prescription(&document).ok_or(OtherError::NoPrescription)?;
    let mut differences = diff::everything(received, signed).ok_or(OtherError::NoParts)?;
    if let Some(table) = Table::of_message(&envelope, Direction::ToHl7v3)
        && let Ok(report) = mapping::report(table, bundle, &written)
    {
        differences.iter_mut().for_each(|difference| difference.fhir = in_fhir(difference, &report));
    }
    Ok(Comparison { other: Other::Fhir, differences, bytes: None })
}

/// Where the bundle says what the other side has at this place: the value itself, or the first one below the element.
fn in_fhir(difference: &Difference, report: &mapping::Report) -> Option<String> {
    let path = difference.other.as_deref()?;
    let is_it = |line: &&mapping::Line| {
        line.hl7v3
            .as_deref()
            .and_then(|place| place.strip_prefix(path))
            .is_some_and(|rest| matches!(rest, "" | "/text()"))
    };
    let below = |line: &&mapping::Line| {
        let rest = line.hl7v3.as_deref().and_then(|place| place.strip_prefix(path));
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let named = || report.lines.iter().filter(|line| line.fhir.is_some());
    named().find(is_it).or_else(|| named().find(below)).and_then(|line| line.fhir.clone())
}
