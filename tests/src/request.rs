//! Requests on their way between the wires: what surrounds them, and how they become FHIR.

use eps_core::fhir::{self, Context, IdentifierReferences, Outgoing, SignatureVerdict};
use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::model::{Envelope, Timestamp};
use eps_core::problem::Problems;

/// What a FHIR message does not say. Whatever may be taken is taken, so that as much as possible is read.
///
/// # Panics
/// Never: its ids and its time are well-formed.
#[must_use]
#[expect(clippy::unwrap_used, reason = "literals that the tests themselves prove well-formed")]
pub fn context() -> Context {
    Context {
        now: Timestamp::parse_hl7("20260302094000").unwrap(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: IdentifierReferences::Resolved,
        check_characters: CheckCharacters::AsWritten,
        release_ids: Some([[1; 16], [2; 16]].map(|bytes| MessageId(Guid::from_bytes(bytes)))),
    }
}

/// Writes a message as FHIR, at the time when it was made; ids count upwards, and every signature is taken for valid.
///
/// # Errors
/// What FHIR has no form for.
pub fn write(envelope: &Envelope) -> Result<Vec<u8>, Problems> {
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &_| SignatureVerdict::Valid;
    let now = envelope.created;
    fhir::write(envelope, &mut Outgoing { now, ids: &mut ids, verify: &verify, base_path: "https://eps.example" })
}
