//! The FHIR reader: any bytes are read or refused; what is read converts to HL7 v3 that is read back.

use std::sync::LazyLock;

use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::model::{SdsAuthor, Timestamp};
use eps_core::problem::operation_outcome;

/// Takes what any caller may choose to take, so that as much as possible is reached.
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

/// Runs the target.
pub fn run(data: &[u8]) {
    match fhir::read(data, &CONTEXT) {
        Ok(envelope) => crate::written_is_read_back(&envelope),
        Err(problems) => {
            crate::refusal_is_sound(&problems);
            let _outcome = operation_outcome(&problems);
        }
    }
}
