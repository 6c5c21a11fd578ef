//! What a signature covers: the parts of a `ParentPrescription` that are hashed, cut out and canonicalised.
//!
//! ```text
//!  ParentPrescription ─▶ Parts: found by fixed path, each exactly once ─▶ FragmentsToBeHashed, exclusive C14N
//! ```
//!
//! The published verifiers differ on documents that no prescribing system writes: comments, CDATA, a second author. Such
//! a document is refused, so that what was hashed, what is shown and what is dispensed cannot be three different things.

use super::code::Code;
use super::policy::{Namespace, Policy};
use super::report::{Failure, Failures};
use crate::hl7v3::NAMESPACE as HL7;
use crate::problem::Problems;
use crate::xml::Element;
use crate::xml::c14n::{self, Options};

mod nodes;
mod parts;

pub(crate) use nodes::is_blank;
pub(crate) use parts::Parts;

/// The longest `ParentPrescription`, in bytes. Published ones have up to some 20,000.
pub const MAX_PRESCRIPTION_BYTES: usize = 256 * 1024;
/// The longest canonical form of the hashed parts, in bytes. Published ones have 4,052 to 10,562.
pub const MAX_FRAGMENTS_BYTES: usize = 128 * 1024;

/// White-space-only text does not count, and the Spine rewrites status and issue number after signing.
const OPTIONS: Options<'_> = Options { drop_blank_text: true, keep: Some(&is_hashed), ..Options::EXCLUSIVE };

/// Whether an element of a hashed part is hashed: all are but an item's status and the `low` of its repeat number.
pub(crate) fn is_hashed(element: Element<'_, '_>) -> bool {
    let within = |name| element.parent().is_some_and(|parent| parent.name() == name);
    match element.name() {
        "pertinentInformation4" => !within("pertinentLineItem"),
        "low" => !within("repeatNumber"),
        _ => true,
    }
}

/// The canonical `FragmentsToBeHashed` of a `ParentPrescription`: the digest input.
///
/// # Errors
/// Every reason why the document cannot be signed or verified; rules `signature.limit` and `signature.structure`.
pub fn fragments(parent_prescription: Element<'_, '_>, policy: &Policy) -> Result<Vec<u8>, Problems> {
    Parts::locate(parent_prescription, policy).and_then(|parts| canonical(&parts)).map_err(into_problems)
}

/// The problems of failures; of none, that the structure is not right.
pub(crate) fn into_problems(failures: Failures) -> Problems {
    let mut failures = failures.into_iter().map(|failure| failure.problem);
    let first = failures
        .next()
        .unwrap_or_else(|| crate::problem::Problem::new(Code::Structure.rule(), crate::problem::Place::Document));
    let mut problems = Problems::from(first);
    failures.for_each(|problem| problems.push(problem));
    problems
}

/// The bytes that each part gets at most: its `Fragment`, its namespace, and a share of `FragmentsToBeHashed`.
const AROUND_A_PART: usize = 64;

/// The canonical `FragmentsToBeHashed` of the parts.
pub(crate) fn canonical(parts: &Parts<'_, '_>) -> Result<Vec<u8>, Failures> {
    // Not that of the whole prescription: what is not signed takes no memory here.
    let signed: usize = parts.hashed().map(|part| part.span().len() + AROUND_A_PART).sum();
    let mut out = Vec::with_capacity(signed.min(MAX_FRAGMENTS_BYTES));
    out.extend_from_slice(b"<FragmentsToBeHashed><Fragment>");
    cut(&mut out, parts.time);
    cut(&mut out, parts.id);
    for part in [parts.agent_person, parts.record_target].into_iter().chain(parts.line_items.iter().copied()) {
        out.extend_from_slice(b"</Fragment><Fragment>");
        cut(&mut out, part);
    }
    out.extend_from_slice(b"</Fragment></FragmentsToBeHashed>");
    if out.len() > MAX_FRAGMENTS_BYTES {
        let why = format_args!("the signed parts are longer than {MAX_FRAGMENTS_BYTES} bytes");
        return Err(Failure::new(Code::Limit, parts.parent.place()).because(why).alone());
    }
    Ok(out)
}

/// The canonical form of one part.
pub(crate) fn canonical_part(part: Element<'_, '_>) -> Vec<u8> {
    let mut out = Vec::new();
    cut(&mut out, part);
    out
}

/// Appends one part. Under the test profile it may have lost its namespace; it was in HL7's when it was signed.
fn cut(out: &mut Vec<u8>, part: Element<'_, '_>) {
    let at = out.len();
    c14n::canonicalise_into(out, part, &OPTIONS);
    if part.namespace().is_none() {
        let after_name = at + 1 + part.name().len();
        out.splice(after_name..after_name, format!(" xmlns=\"{HL7}\"").into_bytes());
    }
}

/// The namespace that every element of this prescription must be in.
fn namespace_of<'d>(parent: Element<'d, '_>, policy: &Policy) -> Option<&'d str> {
    match (parent.namespace(), policy.namespace) {
        (None, Namespace::Hl7OrNone) => None,
        (Some(_) | None, Namespace::Hl7 | Namespace::Hl7OrNone) => Some(HL7),
    }
}

#[cfg(test)]
mod tests;
