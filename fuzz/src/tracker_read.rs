//! The readers of Spine's JSON answers: any bytes are read or refused; what is read is written and read back as it was.

use eps_core::tracker;

/// Runs the target.
pub fn run(data: &[u8]) {
    match tracker::read(data) {
        Ok(answer) => {
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
        Ok(answer) => match tracker::read_search(&tracker::write_search(&answer)) {
            Ok(again) => assert!(again == answer, "what is read back differs"),
            Err(problems) => assert!(is_too_large(&problems), "what was written is refused: {problems}"),
        },
        Err(problems) => crate::refusal_is_sound(&problems),
    }
}

fn is_too_large(problems: &eps_core::problem::Problems) -> bool {
    problems.iter().all(|problem| problem.rule.issue == "too-costly")
}
