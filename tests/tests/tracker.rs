//! The published answers of the NHS 111 tracker: all are read, and reading what was written gives the same answer.

#![cfg(test)]

use eps_core::tracker;
use eps_tests::{corpus, files};

#[test]
fn every_published_answer_is_read_and_written_back() {
    let Some(corpus) = corpus() else { return };
    let answers = files(&corpus.join("spine-responses/tracker-responses"), &|name| name.ends_with(".json"));
    assert!(!answers.is_empty());
    for path in &answers {
        let bytes = std::fs::read(path).unwrap();
        let answer = tracker::read(&bytes).unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
        assert_eq!(tracker::read(&tracker::write(&answer)).as_ref(), Ok(&answer), "{}", path.display());
        let found = answer.prescriptions.len();
        assert_eq!(found > 0, answer.is_good(), "{}", path.display());
    }
    println!("{} tracker answers", answers.len());
}
