//! The FHIR writer over the published NHS requests: what is read is written, and read again as the same message.

#![cfg(test)]

use std::path::Path;

use eps_core::fhir::{self, Context, IdentifierReferences, Outgoing, SignatureVerdict};
use eps_core::ids::Guid;
use eps_core::model::{Envelope, Message, Timestamp};
use eps_core::problem::Problems;
use eps_tests::{corpus, files};

const RELEASE_IDS: [&str; 2] = ["0F7C1B52-6E0A-4C53-9D3E-2B8A4F6C1D07", "6C2E9A14-8B5D-4F70-A1C3-7D9E0B2F4A68"];

fn now() -> Timestamp {
    Timestamp::parse_hl7("20220201000000").unwrap()
}

fn context() -> Context {
    Context {
        now: now(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: IdentifierReferences::Resolved,
        check_characters: eps_core::ids::CheckCharacters::AsWritten,
        release_ids: Some(RELEASE_IDS.map(|id| id.parse().unwrap())),
    }
}

/// Writes a message; ids count upwards.
fn write(envelope: &Envelope) -> Result<Vec<u8>, Problems> {
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &_| SignatureVerdict::Valid;
    fhir::write(
        envelope,
        &mut Outgoing { now: now(), ids: &mut ids, verify: &verify, base_path: "https://eps.example" },
    )
}

/// What tells the messages of one kind from others, by the words of a person.
fn kind(message: &Message) -> &'static str {
    match message {
        Message::Prescription(_) => "orders",
        Message::ReleaseRequest(_) => "release requests",
        Message::DispenseNotification(_) => "dispense notifications",
        Message::DispenseClaim(_) => "claims",
        Message::Cancellation(_) => "cancellations",
        Message::Return(_) => "returns",
        Message::Withdrawal(_) => "withdrawals",
        Message::ReleaseResponse(_)
        | Message::ReleaseRejection(_)
        | Message::CancellationResponse(_)
        | Message::DispenseHistory(_)
        | Message::MetadataQuery(_)
        | Message::PrescriptionMetadata(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_)
        | Message::Acknowledgement => "others",
    }
}

/// What is wrong with one message after it was written and read again.
fn difference(path: &Path, envelope: &Envelope) -> Option<String> {
    let written = match write(envelope) {
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
            *counts.entry(kind(&envelope.message)).or_insert(0) += 1;
            wrong.extend(difference(&path, &envelope));
        }
    }
    println!("{counts:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(counts.contains_key("orders") && counts.contains_key("dispense notifications"));
}
