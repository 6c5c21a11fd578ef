//! Published HL7 v3 messages are read, and what is read is written back the same.

#![cfg(test)]

use eps_core::hl7v3;
use eps_tests::{canonical, corpus, files, first_difference};

/// Reads, writes and compares every file; gives how many there were.
fn round_trips(wanted: &dyn Fn(&str) -> bool) -> usize {
    let Some(corpus) = corpus() else { return 0 };
    let messages = files(&corpus.join("nhs-examples"), wanted);
    let mut wrong = Vec::new();
    for path in &messages {
        let bytes = std::fs::read(path).unwrap();
        match hl7v3::read(&bytes) {
            Ok(envelope) => {
                let written = hl7v3::write(&envelope);
                if let Some(difference) = first_difference(&canonical(&bytes), &canonical(&written)) {
                    wrong.push(format!("{}: {difference}", path.display()));
                }
                assert_eq!(hl7v3::read(&written), Ok(envelope), "{}", path.display());
            }
            Err(problems) => wrong.push(format!("{}: {problems}", path.display())),
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), messages.len(), wrong.join("\n\n"));
    assert!(!messages.is_empty());
    messages.len()
}

#[test]
fn every_published_prescription_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| name.contains("Convert-Response-Send") && name.ends_with(".xml"));
    println!("{count} prescriptions");
}

#[test]
fn every_published_dispense_notification_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| name.contains("Convert-Response-Dispense") && name.ends_with(".xml"));
    println!("{count} dispense notifications");
}

#[test]
fn every_published_claim_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| {
        (name.contains("Convert-Response-Claim") || name.contains("Convert-Response-Amend")) && name.ends_with(".xml")
    });
    println!("{count} claims");
}

#[test]
fn every_published_release_request_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| name.contains("Convert-Response-Release") && name.ends_with(".xml"));
    println!("{count} release requests");
}

#[test]
fn every_published_cancellation_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| name.contains("Convert-Response-Cancel") && name.ends_with(".xml"));
    println!("{count} cancellations");
}

#[test]
fn every_published_return_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| name.contains("Convert-Response-Return") && name.ends_with(".xml"));
    println!("{count} returns");
}

#[test]
fn every_published_withdrawal_is_read_and_written_back_the_same() {
    let count = round_trips(&|name| name.contains("Convert-Response-Withdraw") && name.ends_with(".xml"));
    println!("{count} withdrawals");
}
