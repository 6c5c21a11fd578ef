//! The FHIR writer over the published NHS requests: what is read is written, and read again as the same message.

#![cfg(test)]

use std::path::Path;

use eps_core::codes::Interaction;
use eps_core::fhir::{self, Context};
use eps_core::model::{Envelope, Timestamp};
use eps_tests::{corpus, files, request};

fn context() -> Context {
    Context { now: Timestamp::parse_hl7("20220201000000").unwrap(), ..request::context() }
}

/// What is wrong with one message after it was written and read again.
fn difference(path: &Path, envelope: &Envelope) -> Option<String> {
    let written = match request::write(envelope) {
        Ok(written) => written,
        Err(problems) => return Some(format!("{}: not written: {problems}", path.display())),
    };
    match fhir::read(&written, &context()) {
        Ok(again) if again == *envelope => None,
        Ok(again) => {
            let (before, after) = (format!("{:#?}", envelope.message), format!("{:#?}", again.message));
            let lines = before.lines().zip(after.lines()).filter(|(before, after)| before != after);
            let lines: Vec<_> = lines.take(6).map(|(before, after)| format!("{before} became {after}")).collect();
            Some(format!("{}: {}", path.display(), lines.join("\n")))
        }
        Err(problems) => {
            let problems: Vec<_> =
                problems.iter().map(|one| format!("{} {} {}", one.rule.id, one.message.as_str(), one.place)).collect();
            Some(format!("{}: not read again: {problems:#?}", path.display()))
        }
    }
}

#[test]
fn every_published_request_that_is_read_is_written_and_read_again_the_same() {
    let Some(corpus) = corpus() else { return };
    let mut counts = std::collections::BTreeMap::new();
    let mut wrong = Vec::new();
    for folder in ["nhs-examples", "fhir-dispensing"] {
        for path in files(&corpus.join(folder), &|name| name.ends_with(".json")) {
            let Ok(envelope) = fhir::read(&std::fs::read(&path).unwrap(), &context()) else { continue };
            *counts.entry(envelope.interaction.interaction().name()).or_insert(0) += 1;
            wrong.extend(difference(&path, &envelope));
        }
    }
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(
        [Interaction::ParentPrescriptionUrgent, Interaction::DispenseNotification]
            .iter()
            .all(|kind| counts.contains_key(kind.name()))
    );
}
