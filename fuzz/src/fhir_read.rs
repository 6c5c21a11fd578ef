//! The FHIR readers: any bytes are read or refused; a request that is read converts to HL7 v3 that is read back, and an answer is
//! the same when it is read again.

use eps_core::fhir;
use eps_core::problem::operation_outcome;

use crate::CONTEXT;

/// Runs the target.
pub fn run(data: &[u8]) {
    match fhir::read(data, &CONTEXT) {
        Ok(envelope) => crate::written_is_read_back(&envelope),
        Err(problems) => {
            crate::refusal_is_sound(&problems);
            let _outcome = operation_outcome(&problems);
        }
    }
    match fhir::read_answer(data) {
        Ok(answer) => assert!(fhir::read_answer(data).is_ok_and(|again| again == answer), "the answer differs"),
        Err(problems) => crate::refusal_is_sound(&problems),
    }
}
