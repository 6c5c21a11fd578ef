//! What must hold for any bytes, target by target: survival, and what is asserted besides.
//!
//! The fuzzing engine calls [`Target::run`] with bytes of its own making; the tests of the workspace call it with every
//! seed in `seeds/`.
#![forbid(unsafe_code)]

use std::sync::LazyLock;

use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::model::{Envelope, SdsAuthor, Timestamp};
use eps_core::problem::Problems;

pub mod base64;
pub mod canonicalise;
pub mod certificate_path;
pub mod convert_differential;
pub mod fhir_read;
pub mod hl7v3_read;
pub mod revocation_list;
pub mod signature_verify;
mod signatures;
pub mod tracker_read;

/// A fuzz target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of the program and of the folder of seeds.
    pub name: &'static str,
    /// Runs it on these bytes. Panics when what must hold does not.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "fhir_read", run: fhir_read::run },
    Target { name: "hl7v3_read", run: hl7v3_read::run },
    Target { name: "convert_differential", run: convert_differential::run },
    Target { name: "tracker_read", run: tracker_read::run },
    Target { name: "base64", run: base64::run },
    Target { name: "canonicalise", run: canonicalise::run },
    Target { name: "certificate_path", run: certificate_path::run },
    Target { name: "revocation_list", run: revocation_list::run },
    Target { name: "signature_verify", run: signature_verify::run },
];

/// What a FHIR message does not say. Whatever any caller may choose to take is taken, so that as much as possible is reached.
static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context {
    now: Timestamp::from_unix(1_643_673_600),
    from: "200000001285".parse().expect("an ASID"),
    to: "567456789789".parse().expect("an ASID"),
    author: Some(SdsAuthor {
        role_profile: "555254240100".parse().expect("a role profile id"),
        user: "555254239107".parse().expect("a user id"),
        job_role: "R8000".parse().expect("a job role"),
    }),
    identifier_references: IdentifierReferences::Resolved,
    check_characters: CheckCharacters::AsWritten,
    release_ids: Some([MessageId(Guid::from_bytes([1; 16])), MessageId(Guid::from_bytes([2; 16]))]),
});

/// What was accepted is written, read back and written again: the same bytes both times.
///
/// The values themselves may differ once: what canonicalisers treat differently, such as a CR in a text, is normalised
/// when it is written. A text that grows beyond the reader's limits when it is escaped may be refused for that alone.
fn written_is_read_back(envelope: &Envelope) {
    let written = hl7v3::write(envelope);
    match hl7v3::read(&written) {
        Ok(again) => assert!(hl7v3::write(&again) == written, "what is read back is written differently"),
        Err(problems) => {
            let too_large = problems.iter().all(|problem| problem.rule.id.starts_with("xml.limit."));
            assert!(too_large, "what was written is refused: {problems}");
        }
    }
}

/// A refusal names at least one rule of the catalogue, and can be shown.
fn refusal_is_sound(problems: &Problems) {
    assert!(problems.iter().next().is_some(), "a refusal without a reason");
    for problem in problems {
        assert!(!problem.rule.id.is_empty() && !problem.to_string().is_empty());
    }
}
