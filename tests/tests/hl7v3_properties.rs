//! HL7 v3 as properties: what is written is read back the same and is canonical, and no bytes bring the reader down.

#![cfg(test)]

use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, arbitrary};
use eps_core::problem::Place;
use eps_core::xml::{Document, Limits, c14n};
use proptest::prelude::*;
use proptest::sample::Index;

/// Messages of each kind.
const CASES: u32 = 500;

fn read_after_write_is_the_same(envelope: Envelope) -> Result<(), TestCaseError> {
    let written = hl7v3::write(&envelope);
    let read = hl7v3::read(&written);
    prop_assert_eq!(read, Ok(envelope), "{}", String::from_utf8_lossy(&written));
    Ok(())
}

fn what_is_written_is_canonical(envelope: &Envelope) -> Result<(), TestCaseError> {
    let written = hl7v3::write(envelope);
    let document = Document::parse(&written, &Limits::DEFAULT).map_err(|problems| fail(&problems))?;
    let canonical = c14n::canonicalise(document.root(), &c14n::Options::EXCLUSIVE);
    prop_assert_eq!(String::from_utf8_lossy(&canonical), String::from_utf8_lossy(&written));
    Ok(())
}

fn fail(problems: &eps_core::problem::Problems) -> TestCaseError {
    TestCaseError::fail(problems.to_string())
}

/// Declares the properties of one kind of message.
macro_rules! properties {
    ($($kind:ident: $strategy:expr;)*) => {$(
        mod $kind {
            use super::*;

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(CASES))]

                #[test]
                fn is_read_back_the_same(envelope in $strategy) {
                    read_after_write_is_the_same(envelope)?;
                }

                #[test]
                fn is_written_in_canonical_form(envelope in $strategy) {
                    what_is_written_is_canonical(&envelope)?;
                }
            }
        }
    )*};
}

properties! {
    prescription: arbitrary::prescription_envelope();
    release_request: arbitrary::release_request_envelope();
    release_response: arbitrary::release_response_envelope();
    release_rejection: arbitrary::release_rejection_envelope();
    dispense_notification: arbitrary::dispense_notification_envelope();
    dispense_claim: arbitrary::dispense_claim_envelope();
    cancellation: arbitrary::cancellation_envelope();
    cancellation_response: arbitrary::cancellation_response_envelope();
    subsequent_cancellation_response: arbitrary::subsequent_cancellation_response_envelope();
    dispense_return: arbitrary::return_envelope();
    withdrawal: arbitrary::withdrawal_envelope();
    dispense_history: arbitrary::dispense_history_envelope();
    acknowledgement: arbitrary::acknowledgement_envelope();
}

/// What the schemas require, and systems leave out all the same: it must be readable to be answered.
fn leave_out(mut envelope: Envelope) -> Envelope {
    match &mut envelope.message {
        Message::Prescription(prescription) => prescription.responsible_party.person = None,
        Message::ReleaseRequest(request) => request.author.person = None,
        Message::ReleaseRejection(rejection) => {
            rejection.other_dispenser.iter_mut().for_each(|other| other.time = None);
        }
        Message::DispenseNotification(notification) => {
            notification.care_record_items.clear();
            notification.items.iter_mut().flat_map(|item| &mut item.supplies).for_each(|supply| {
                supply.instructions.clear();
            });
        }
        Message::DispenseClaim(claim) => {
            claim.items.iter_mut().flat_map(|item| &mut item.supplies).for_each(|supply| supply.endorsements.clear());
        }
        Message::Cancellation(cancellation) => {
            cancellation.author.person = None;
            cancellation.responsible_party = None;
        }
        Message::CancellationResponse(response) => {
            response.performer.iter_mut().for_each(|performer| performer.time = None);
        }
        Message::Return(returned) => returned.author.person = None,
        Message::DispenseHistory(history) => {
            history.notifications.iter_mut().for_each(|entry| entry.sequence = None);
        }
        Message::ReleaseResponse(_)
        | Message::Withdrawal(_)
        | Message::MetadataQuery(_)
        | Message::PrescriptionMetadata(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_)
        | Message::Acknowledgement => {}
    }
    envelope
}

/// A released prescription in a message of its own.
fn released(envelope: Envelope, prescription: eps_core::model::Prescription) -> Envelope {
    Envelope { message: Message::Prescription(Box::new(prescription)), ..envelope }
}

/// One change of bytes on the way.
#[derive(Clone, Debug)]
enum Damage {
    Truncate(Index),
    Flip(Index, u8),
    Remove(Index, u8),
    Repeat(Index, u8),
    Insert(Index, &'static [u8]),
}

/// Bytes that mean something to XML.
const MARKUP: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"\"",
    b"</a>",
    b"<![CDATA[",
    b"<!DOCTYPE a>",
    b"<?a?>",
    b"<!--",
    b"\xFF",
    b"\0",
    b"&#0;",
    b"&x;",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        1 => at().prop_map(Damage::Truncate),
        4 => (at(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        1 => (at(), any::<u8>()).prop_map(|(at, length)| Damage::Remove(at, length)),
        1 => (at(), any::<u8>()).prop_map(|(at, length)| Damage::Repeat(at, length)),
        2 => (at(), proptest::sample::select(MARKUP)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    let piece = |at: &Index, length: u8, bytes: &[u8]| {
        let start = at.index(bytes.len());
        start..(start + usize::from(length)).min(bytes.len())
    };
    match damage {
        _ if bytes.is_empty() => {}
        Damage::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Flip(at, bits) => {
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
        }
        Damage::Remove(at, length) => drop(bytes.drain(piece(at, *length, bytes))),
        Damage::Repeat(at, length) => bytes.extend_from_within(piece(at, *length, bytes)),
        Damage::Insert(at, inserted) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, inserted.iter().copied());
        }
    }
}

/// A line and a column within the bytes, or right after their end.
fn lies_within(bytes: &[u8], line: usize, column: usize) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    line > 0 && lines.nth(line - 1).is_some_and(|line| (1..=line.len() + 1).contains(&column))
}

/// Whatever the bytes are: a message that is written back to what reads the same, or problems, each with its place.
fn is_read_or_refused_with_places(bytes: &[u8]) -> Result<(), TestCaseError> {
    let envelope = match hl7v3::read(bytes) {
        Ok(envelope) => envelope,
        Err(problems) => {
            for problem in &problems {
                match &problem.place {
                    Place::Position { line, column } => prop_assert!(lies_within(bytes, *line, *column), "{}", problem),
                    Place::Xml { xpath, line, column } => {
                        prop_assert!(xpath.starts_with('/'), "{}", problem);
                        prop_assert!(lies_within(bytes, *line, *column), "{}", problem);
                    }
                    Place::Document | Place::Json { .. } => prop_assert!(false, "no place in XML: {}", problem),
                    _ => prop_assert!(false, "a place of a kind that this test does not know: {}", problem),
                }
            }
            return Ok(());
        }
    };
    let written = hl7v3::write(&envelope);
    let again = hl7v3::read(&written).map_err(|problems| fail(&problems))?;
    let rewritten = hl7v3::write(&again);
    prop_assert_eq!(String::from_utf8_lossy(&rewritten), String::from_utf8_lossy(&written));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn what_the_schemas_require_may_be_absent(envelope in arbitrary::envelope().prop_map(leave_out)) {
        read_after_write_is_the_same(envelope)?;
    }

    #[test]
    fn a_released_prescription_is_read_back_the_same(
        envelope in arbitrary::prescription_envelope(),
        prescription in arbitrary::released_prescription(),
    ) {
        read_after_write_is_the_same(released(envelope, prescription))?;
    }

    #[test]
    fn damaged_messages_are_read_or_refused_with_places(
        envelope in arbitrary::envelope(),
        damages in proptest::collection::vec(damage(), 1..4),
    ) {
        let mut bytes = hl7v3::write(&envelope);
        damages.iter().for_each(|damage| apply(&mut bytes, damage));
        is_read_or_refused_with_places(&bytes)?;
    }

    #[test]
    fn any_bytes_are_refused_with_places(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        is_read_or_refused_with_places(&bytes)?;
    }
}

#[test]
fn a_message_cut_anywhere_is_refused_with_a_place() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tree = arbitrary::release_request_envelope().new_tree(&mut runner).unwrap();
    let bytes = hl7v3::write(&proptest::strategy::ValueTree::current(&tree));
    for end in 0..bytes.len() {
        assert!(hl7v3::read(&bytes[..end]).is_err(), "{end}");
        is_read_or_refused_with_places(&bytes[..end]).unwrap();
    }
}
