//! The readers of Spine's JSON answers: any bytes are read or refused; what is read is written and read back as it was, and
//! has a form in FHIR.

use eps_core::fhir::{self, json::Json};
use eps_core::ids::Guid;
use eps_core::model::Timestamp;
use eps_core::tracker;

/// Runs the target.
pub fn run(data: &[u8]) {
    match tracker::read(data) {
        Ok(answer) => {
            is_json(&fhir::write_tasks(&answer, None, Timestamp::from_unix(0), &mut id));
            let written = tracker::write(&answer);
            // The keys that the writer adds for what is absent may take a document over the reader's limits.
            match tracker::read(&written) {
                Ok(again) => assert!(again == answer, "what is read back differs"),
                Err(problems) => assert!(is_too_large(&problems), "what was written is refused: {problems}"),
            }
        }
        Err(problems) => crate::refusal_is_sound(&problems),
    }
    match tracker::read_search(data) {
        Ok(answer) => {
            is_json(&fhir::write_request_groups(&answer, &mut id));
            match tracker::read_search(&tracker::write_search(&answer)) {
                Ok(again) => assert!(again == answer, "what is read back differs"),
                Err(problems) => assert!(is_too_large(&problems), "what was written is refused: {problems}"),
            }
        }
        Err(problems) => crate::refusal_is_sound(&problems),
    }
}

fn id() -> Guid {
    Guid::from_bytes([0; 16])
}

fn is_json(written: &[u8]) {
    if let Err(problems) = Json::parse(written) {
        assert!(is_too_large(&problems), "what was written is no JSON: {problems}");
    }
}

fn is_too_large(problems: &eps_core::problem::Problems) -> bool {
    problems.iter().all(|problem| problem.rule.issue == "too-costly")
}
