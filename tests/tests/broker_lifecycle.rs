//! The whole life of a prescription on a broker, over both stores: from its upload to its claim, with all that can go
//! wrong between.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::{Arc, Barrier};

use eps_core::codes::{Interaction, WithdrawType};
use eps_core::hl7v3;
use eps_core::model::{Message, SignatureText};
use eps_core::record::DocumentKey;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::provider::AwsLc;
use eps_core::signature::signer::{self, AwsLcSigner};
use eps_core::signature::{Crls, Policy, TrustAnchors, embed, prepare};
use eps_core::xml::{Document, Limits};
use eps_tests::messages::*;
use eps_transport::broker::{Broker, BrokerError, JournalEntry, PolicyCheck};
use eps_transport::clock::{FixedClock, SettableClock};
use eps_transport::pki::ThrowAwayPki;
use eps_transport::store::Store;
use eps_transport::store::memory::MemoryStore;
use eps_transport::store::sqlite::SqliteStore;

fn broker<S: Store>(store: S) -> Broker<S> {
    Broker::new(store, "200000001285".parse().unwrap()).clock(Arc::new(FixedClock(time(NOW))))
}

/// Runs a test over both stores.
macro_rules! over_both_stores {
    ($($(#[$doc:meta])* fn $test:ident($broker:ident) $body:block)*) => {$(
        $(#[$doc])*
        mod $test {
            use super::*;

            fn run<S: Store>($broker: Broker<S>) $body

            #[test]
            fn in_memory() {
                run(broker(MemoryStore::new()));
            }

            #[test]
            fn in_sqlite() {
                let folder = tempfile::tempdir().unwrap();
                run(broker(SqliteStore::open(folder.path().join("eps.db")).unwrap()));
            }
        }
    )*};
}

fn send<S: Store>(broker: &Broker<S>, message: &[u8]) -> String {
    outcome(&broker.submit(message).unwrap())
}

fn status<S: Store>(broker: &Broker<S>, number: u32) -> String {
    let track = broker.track(&prescription_id(number)).unwrap().unwrap();
    let issue = track.record.current().unwrap();
    let items = issue.state().items();
    items.iter().fold(format!("{}:", issue.status().code()), |text, (_, item)| format!("{text} {}", item.code()))
}

/// What the broker told prescribers unasked, oldest first.
fn sent_later<S: Store>(broker: &Broker<S>) -> Vec<Vec<u8>> {
    let journal = broker.store().journal(0, 1000).unwrap();
    let entries = journal.iter().map(|row| JournalEntry::from_bytes(&row.entry).unwrap());
    let sent = entries.flat_map(|entry| entry.message().unwrap().sent.clone());
    sent.map(|sent| broker.document(DocumentKey::of(sent.message)).unwrap()).collect()
}

/// The practice of the prescriber, and another one.
const SURGERY: &str = "A83008";
const OTHER_SURGERY: &str = "B81001";

fn signed_part(upload: &[u8]) -> String {
    let document = Document::parse(upload, &Limits::DEFAULT).unwrap();
    let element = hl7v3::parent_prescription(&document).unwrap();
    String::from_utf8(element.bytes().to_vec()).unwrap()
}

over_both_stores! {
    fn a_prescription_is_released_dispensed_in_part_then_whole_and_claimed(broker) {
        let sent = upload(1, PHARMACY);
        assert_eq!(send(&broker, &sent), "AA");
        assert_eq!(status(&broker, 1), "0001: 0007 0007");

        let reply = broker.submit(&nominated_release(2, PHARMACY)).unwrap();
        assert_eq!(interaction(&reply), Interaction::NominatedReleaseResponse);
        assert_eq!(released(&reply), [signed_part(&sent)]);
        assert_eq!(status(&broker, 1), "0002: 0008 0008");

        assert_eq!(send(&broker, &notify(3, PHARMACY, 1, "0003: 0001 0003")), "AA");
        assert_eq!(status(&broker, 1), "0003: 0001 0003");
        assert_eq!(send(&broker, &notify(4, PHARMACY, 1, "0006: 0001 0001")), "AA");
        assert_eq!(status(&broker, 1), "0006: 0001 0001");
        assert_eq!(send(&broker, &claim(5, PHARMACY, 1)), "AA");
        assert_eq!(status(&broker, 1), "0008: 0001 0001");

        let track = broker.track(&prescription_id(1)).unwrap().unwrap();
        let told: Vec<String> = track.record.timeline().iter().map(|entry| entry.text()).collect();
        assert_eq!(told, [
            "Prescription upload successful",
            "Nominated Release Request successful",
            "Dispense notification successful; Update applied to issue=1",
            "Dispense notification successful; Update applied to issue=1",
            "Dispense claim successful",
        ]);
        assert_eq!(track.next.unwrap().date.to_hl7(), "20260213");
        let documents: Vec<_> = track.record.documents().iter().map(|key| broker.document(*key).unwrap()).collect();
        assert_eq!(documents[0], signed_part(&sent).into_bytes());
        assert_eq!(documents[3], notify(4, PHARMACY, 1, "0006: 0001 0001"));
        let journal = broker.store().journal(0, 10).unwrap();
        let entries: Vec<_> = journal.iter().map(|row| JournalEntry::from_bytes(&row.entry).unwrap()).collect();
        let versions: Vec<u32> = entries.iter().map(|entry| entry.records[0].version).collect();
        assert_eq!(versions, [2, 3, 4, 5, 6]);
        assert_eq!(entries[0].message().unwrap().interaction, "PORX_IN020101SM31");
    }

    fn a_repeated_message_gets_the_same_reply_and_changes_nothing(broker) {
        let messages = [
            upload(1, PHARMACY),
            nominated_release(2, PHARMACY),
            notify(3, PHARMACY, 1, "0006: 0001 0001"),
            claim(4, PHARMACY, 1),
        ];
        let replies = messages.clone().map(|message| broker.submit(&message).unwrap());
        let version = broker.track(&prescription_id(1)).unwrap().unwrap().record.version();
        for (message, reply) in messages.iter().zip(&replies) {
            assert_eq!(&broker.submit(message).unwrap(), reply);
        }
        assert_eq!(broker.track(&prescription_id(1)).unwrap().unwrap().record.version(), version);
        assert_eq!(broker.store().journal(0, 100).unwrap().len(), 4);
    }

    fn another_message_under_the_same_id_is_refused(broker) {
        assert_eq!(send(&broker, &upload(1, PHARMACY)), "AA");
        assert_eq!(send(&broker, &upload(1, OTHER_PHARMACY)), "AR 17.32 202");
        assert_eq!(send(&broker, &notify(1, PHARMACY, 1, "0006: 0001 0001")), "AR 17.32 202");
        assert_eq!(status(&broker, 1), "0001: 0007 0007");
    }

    fn a_prescription_id_is_used_once(broker) {
        assert_eq!(send(&broker, &upload(1, PHARMACY)), "AA");
        let again = request(message_id(2), Message::Prescription(Box::new(prescription(1, PHARMACY))));
        assert_eq!(send(&broker, &again), "AE 17.22 0002");
        assert_eq!(broker.store().journal(0, 10).unwrap().len(), 1);
        assert!(broker.store().answered(message_id(2)).unwrap().is_none());
    }

    fn a_prescription_is_with_one_dispenser(broker) {
        send(&broker, &upload(1, PHARMACY));
        assert_eq!(send(&broker, &release_by_id(2, OTHER_PHARMACY, 1)), "AA");
        let reply = broker.submit(&release_by_id(3, PHARMACY, 1)).unwrap();
        assert_eq!(outcome(&reply), "AE 16.34 0004");
        let Message::ReleaseRejection(rejection) = hl7v3::read(&reply).unwrap().message else { panic!() };
        let other = rejection.other_dispenser.unwrap();
        assert_eq!(other.person.organisation.ods, Some(ods(OTHER_PHARMACY)));
        assert_eq!(other.time, Some(time(NOW)));
        assert_eq!(send(&broker, &nominated_release(4, PHARMACY)), "AE 16.34 0006");
        assert_eq!(status(&broker, 1), "0002: 0008 0008");
    }

    fn of_pharmacies_that_ask_at_once_one_gets_it(broker) {
        const ASKING: u32 = 8;
        for round in 1..=10 {
            send(&broker, &upload(round, PHARMACY));
            let start = Barrier::new(ASKING as usize);
            let outcomes: Vec<String> = std::thread::scope(|scope| {
                let asking: Vec<_> = (0..ASKING)
                    .map(|asking| {
                        let id = 1000 * round + asking;
                        let request = if asking % 2 == 0 {
                            release_by_id(id, OTHER_PHARMACY, round)
                        } else {
                            nominated_release(id, PHARMACY)
                        };
                        let (broker, start) = (&broker, &start);
                        scope.spawn(move || {
                            start.wait();
                            send(broker, &request)
                        })
                    })
                    .collect();
                asking.into_iter().map(|asking| asking.join().unwrap()).collect()
            });
            let got = outcomes.iter().filter(|outcome| *outcome == "AA").count();
            assert_eq!(got, 1, "{outcomes:?}");
        }
    }

    fn the_same_message_sent_at_once_has_one_effect(broker) {
        for round in 1..=20 {
            send(&broker, &upload(round, PHARMACY));
            let release = nominated_release(100 + round, PHARMACY);
            let start = Barrier::new(8);
            let replies: Vec<Vec<u8>> = std::thread::scope(|scope| {
                let sending: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            broker.submit(&release).unwrap()
                        })
                    })
                    .collect();
                sending.into_iter().map(|sending| sending.join().unwrap()).collect()
            });
            assert_eq!(outcome(&replies[0]), "AA");
            assert!(replies.iter().all(|reply| *reply == replies[0]));
        }
        assert_eq!(broker.store().journal(0, 100).unwrap().len(), 40);
    }

    fn a_nominated_release_takes_the_25_oldest(broker) {
        for number in (1..=30).rev() {
            let mut later = prescription(number, PHARMACY);
            later.effective_time = time("20260105100000").plus_seconds(i64::from(number));
            send(&broker, &request(message_id(number), Message::Prescription(Box::new(later))));
        }
        send(&broker, &upload(31, OTHER_PHARMACY));
        let expected = |numbers: std::ops::RangeInclusive<u32>| -> Vec<String> {
            numbers.map(|number| prescription_id(number).as_str().to_owned()).collect()
        };
        let first = broker.submit(&nominated_release(100, PHARMACY)).unwrap();
        assert_eq!(released_ids(&first), expected(1..=25));
        let Message::ReleaseResponse(response) = hl7v3::read(&first).unwrap().message else { panic!() };
        assert_eq!((response.batch.size, response.batch.maximum), (Some(25), Some(25)));
        let rest = broker.submit(&nominated_release(101, PHARMACY)).unwrap();
        assert_eq!(released_ids(&rest), expected(26..=30));
        assert_eq!(send(&broker, &nominated_release(102, PHARMACY)), "AE 16.34 0006");
        assert_eq!(status(&broker, 31), "0001: 0007 0007");
    }

    fn what_is_not_known_is_refused(broker) {
        assert_eq!(send(&broker, &release_by_id(1, PHARMACY, 9)), "AE 16.34 0003");
        assert_eq!(send(&broker, &nominated_release(2, PHARMACY)), "AE 16.34 0006");
        assert_eq!(send(&broker, &notify(3, PHARMACY, 9, "0006: 0001 0001")), "AE 17.22 0005");
        assert_eq!(send(&broker, &claim(4, PHARMACY, 9)), "AE 17.22 0005");
        assert!(broker.track(&prescription_id(9)).unwrap().is_none());
        assert!(broker.store().journal(0, 10).unwrap().is_empty());
    }

    fn what_the_status_does_not_allow_is_refused(broker) {
        send(&broker, &upload(1, PHARMACY));
        assert_eq!(send(&broker, &notify(2, PHARMACY, 1, "0006: 0001 0001")), "AE 17.22 0012");
        assert_eq!(send(&broker, &claim(3, PHARMACY, 1)), "AE 17.22 0015");
        send(&broker, &nominated_release(4, PHARMACY));
        assert_eq!(send(&broker, &notify(5, PHARMACY, 1, "0006: 0001 0006")), "AE 17.22 0013");
        assert_eq!(send(&broker, &notify(6, PHARMACY, 1, "0006: 0001")), "AE 17.22 0014");
        assert_eq!(send(&broker, &notify(7, PHARMACY, 1, "0006: 0001 0003")), "AE 17.22 0012");
        assert_eq!(send(&broker, &notify(8, PHARMACY, 1, "0006: 0001 0001")), "AA");
        assert_eq!(send(&broker, &release_by_id(9, PHARMACY, 1)), "AE 16.34 0005");
        assert_eq!(send(&broker, &claim(10, PHARMACY, 1)), "AA");
        assert_eq!(send(&broker, &claim(11, PHARMACY, 1)), "AE 17.22 0015");
    }

    fn the_patient_of_a_notification_must_be_the_prescriptions(broker) {
        send(&broker, &upload(1, PHARMACY));
        send(&broker, &nominated_release(2, PHARMACY));
        let mut told = notification(3, PHARMACY, 1, "0006: 0001 0001");
        told.nhs_number = "9449305552".parse().unwrap();
        let told = request(message_id(3), Message::DispenseNotification(Box::new(told)));
        assert_eq!(send(&broker, &told), "AE 16.34 5000");
        assert_eq!(status(&broker, 1), "0002: 0008 0008");
    }

    fn the_last_notification_is_amended(broker) {
        send(&broker, &upload(1, PHARMACY));
        send(&broker, &nominated_release(2, PHARMACY));
        send(&broker, &notify(3, PHARMACY, 1, "0006: 0001 0001"));
        for (id, replaces, expected) in [(4, 2, "AE 17.22 0021"), (5, 3, "AA"), (6, 3, "AE 17.22 0021")] {
            let mut told = notification(id, PHARMACY, 1, "0006: 0001 0002");
            told.replaces = Some(message_id(replaces));
            let told = request(message_id(id), Message::DispenseNotification(Box::new(told)));
            assert_eq!(send(&broker, &told), expected);
        }
        assert_eq!(status(&broker, 1), "0006: 0001 0002");
    }

    fn what_nobody_has_is_cancelled(broker) {
        send(&broker, &upload(1, PHARMACY));
        assert_eq!(send(&broker, &cancel(2, SURGERY, 1, Some(1))), "AA 17.19 0001");
        assert_eq!(status(&broker, 1), "0001: 0005 0007");
        assert_eq!(send(&broker, &cancel(3, SURGERY, 1, Some(1))), "AE 17.19 0006");
        assert_eq!(send(&broker, &cancel(4, SURGERY, 1, Some(3))), "AE 17.19 0008");
        assert_eq!(send(&broker, &cancel(5, SURGERY, 1, Some(2))), "AA 17.19 0001");
        assert_eq!(status(&broker, 1), "0005: 0005 0005");
        assert_eq!(send(&broker, &cancel(6, SURGERY, 1, None)), "AE 17.19 0006");
        assert_eq!(send(&broker, &nominated_release(7, PHARMACY)), "AE 16.34 0006");
        assert_eq!(send(&broker, &release_by_id(8, PHARMACY, 1)), "AE 16.34 0001");
        assert!(sent_later(&broker).is_empty());
    }

    fn a_cancellation_waits_for_the_dispenser_and_is_answered_when_it_returns(broker) {
        send(&broker, &upload(1, PHARMACY));
        send(&broker, &nominated_release(2, PHARMACY));
        let reply = broker.submit(&cancel(3, SURGERY, 1, Some(1))).unwrap();
        assert_eq!(outcome(&reply), "AE 17.19 0002");
        let Message::CancellationResponse(response) = hl7v3::read(&reply).unwrap().message else { panic!() };
        assert_eq!(response.performer.unwrap().person.organisation.ods, Some(ods(PHARMACY)));
        assert_eq!(response.request, message_id(3));
        assert_eq!(send(&broker, &cancel(4, OTHER_SURGERY, 1, Some(1))), "AE 17.19 0007");
        assert_eq!(send(&broker, &cancel(5, SURGERY, 1, Some(1))), "AE 17.19 0002");
        assert_eq!(send(&broker, &cancel(6, SURGERY, 1, Some(2))), "AE 17.19 0002");
        assert_eq!(send(&broker, &hand_back(7, OTHER_PHARMACY, 1, None)), "AE 16.34 0004");
        assert!(sent_later(&broker).is_empty());
        assert_eq!(send(&broker, &hand_back(8, PHARMACY, 1, None)), "AA");
        assert_eq!(status(&broker, 1), "0005: 0005 0005");
        // Two items: one answer for each, and one for the prescription.
        let told: Vec<_> = sent_later(&broker)
            .iter()
            .map(|bytes| {
                let envelope = hl7v3::read(bytes).unwrap();
                assert_eq!(envelope.interaction.interaction(), Interaction::SubsequentCancellationResponse);
                assert_eq!(envelope.to.unwrap().as_str(), "200000000117");
                let Message::CancellationResponse(response) = envelope.message else { panic!() };
                (response.request, response.item, response.result.unwrap().code.code())
            })
            .collect();
        assert_eq!(told, [
            (message_id(3), Some(line_item_id(1, 1)), "0001"),
            (message_id(6), Some(line_item_id(1, 2)), "0001"),
            (message_id(6), None, "0001"),
        ]);
        assert_eq!(send(&broker, &hand_back(9, PHARMACY, 1, None)), "AE 17.22 0012");
    }

    fn a_cancellation_that_comes_first_waits_for_its_prescription(broker) {
        assert_eq!(send(&broker, &cancel(1, SURGERY, 2, None)), "AE 17.19 0008");
        assert_eq!(status(&broker, 2), "9005:");
        assert_eq!(send(&broker, &release_by_id(3, PHARMACY, 2)), "AE 16.34 0003");
        assert_eq!(send(&broker, &upload(2, PHARMACY)), "AA");
        assert_eq!(status(&broker, 2), "0005: 0005 0005");
        assert_eq!(broker.track(&prescription_id(2)).unwrap().unwrap().record.version(), 3);
        assert_eq!(sent_later(&broker).len(), 1);
        assert_eq!(outcome(&sent_later(&broker)[0]), "AA 17.19 0001");
        let again = request(message_id(4), Message::Prescription(Box::new(prescription(2, PHARMACY))));
        assert_eq!(send(&broker, &again), "AE 17.22 0002");
    }

    fn a_cancellation_of_another_patient_is_refused(broker) {
        send(&broker, &upload(1, PHARMACY));
        let mut other = cancellation(2, SURGERY, 1, None);
        other.patient.nhs_number = "9449305552".parse().unwrap();
        let reply = broker.submit(&request(message_id(2), Message::Cancellation(Box::new(other)))).unwrap();
        assert_eq!(outcome(&reply), "AE 17.19 5000");
        let Message::CancellationResponse(response) = hl7v3::read(&reply).unwrap().message else { panic!() };
        assert_eq!(
            response.result.unwrap().display.unwrap().as_str(),
            "Unable to process message. Information missing or invalid - Mismatch between prescription and cancellation \
             NHSNumber"
        );
        assert_eq!(status(&broker, 1), "0001: 0007 0007");
    }

    fn what_was_returned_waits_for_nobody_and_can_be_had_by_its_id(broker) {
        send(&broker, &upload(1, PHARMACY));
        send(&broker, &nominated_release(2, PHARMACY));
        assert_eq!(send(&broker, &hand_back(3, PHARMACY, 1, None)), "AA");
        assert_eq!(status(&broker, 1), "0001: 0007 0007");
        assert_eq!(send(&broker, &nominated_release(4, PHARMACY)), "AE 16.34 0006");
        assert_eq!(send(&broker, &release_by_id(5, OTHER_PHARMACY, 1)), "AA");
        assert_eq!(send(&broker, &notify(6, OTHER_PHARMACY, 1, "0003: 0001 0003")), "AA");
        assert_eq!(send(&broker, &hand_back(7, OTHER_PHARMACY, 1, None)), "AE 17.22 0012");
        assert_eq!(send(&broker, &hand_back(8, PHARMACY, 9, None)), "AE 17.22 0005");
    }

    fn notifications_are_withdrawn_one_by_one_or_all_at_once(broker) {
        send(&broker, &upload(1, PHARMACY));
        assert_eq!(send(&broker, &withdraw(2, 1, None, WithdrawType::LastDispense, 1)), "AE 17.22 0012");
        send(&broker, &nominated_release(3, PHARMACY));
        send(&broker, &notify(4, PHARMACY, 1, "0003: 0001 0003"));
        send(&broker, &notify(5, PHARMACY, 1, "0006: 0001 0001"));
        assert_eq!(send(&broker, &withdraw(6, 1, None, WithdrawType::LastDispense, 4)), "AE 17.22 0021");
        assert_eq!(send(&broker, &withdraw(7, 1, None, WithdrawType::LastDispense, 5)), "AA");
        assert_eq!(status(&broker, 1), "0003: 0001 0003");
        send(&broker, &notify(8, PHARMACY, 1, "0006: 0001 0001"));
        assert_eq!(send(&broker, &withdraw(9, 1, None, WithdrawType::AllDispenses, 8)), "AA");
        assert_eq!(status(&broker, 1), "0002: 0008 0008");
        assert_eq!(send(&broker, &hand_back(10, PHARMACY, 1, None)), "AA");
    }

    fn a_history_is_told_anew(broker) {
        send(&broker, &upload(1, PHARMACY));
        send(&broker, &nominated_release(2, PHARMACY));
        send(&broker, &notify(3, PHARMACY, 1, "0003: 0001 0003"));
        let told = |id, text| notification(id, PHARMACY, 1, text);
        let bad = vec![told(4, "0003: 0003 0003"), told(5, "0006: 0001 0003")];
        assert_eq!(send(&broker, &history(6, 1, None, bad)), "AE 17.22 0012");
        assert_eq!(status(&broker, 1), "0003: 0001 0003");
        let good = vec![told(4, "0003: 0003 0003"), told(5, "0006: 0001 0001")];
        assert_eq!(send(&broker, &history(7, 1, None, good)), "AA");
        assert_eq!(status(&broker, 1), "0006: 0001 0001");
        assert_eq!(send(&broker, &withdraw(8, 1, None, WithdrawType::LastDispense, 5)), "AA");
        assert_eq!(status(&broker, 1), "0003: 0003 0003");
        send(&broker, &notify(9, PHARMACY, 1, "0006: 0001 0001"));
        assert_eq!(send(&broker, &claim(10, PHARMACY, 1)), "AA");
        assert_eq!(send(&broker, &history(11, 1, None, vec![told(12, "0006: 0001 0001")])), "AE 17.22 0012");
    }

    fn a_message_that_cannot_be_read_is_refused_with_every_problem(broker) {
        let broken = String::from_utf8(upload(1, PHARMACY)).unwrap();
        let broken = broken.replace("9449304130", "9449304131").replace("20260105100000", "20260230100000");
        let Err(BrokerError::Unreadable { problems, reply }) = broker.submit(broken.as_bytes()) else { panic!() };
        assert!(problems.names("ids.nhs-number") && problems.names("hl7v3.time"), "{problems}");
        let reply = reply.unwrap().0;
        assert!(outcome(&reply).starts_with("AE 16.34 5000 16.34 5000"));
        assert!(!String::from_utf8(reply).unwrap().contains("9449304131"));
        let Err(BrokerError::Unreadable { reply: None, .. }) = broker.submit(b"<not xml") else { panic!() };
        assert!(broker.track(&prescription_id(1)).unwrap().is_none());
        assert!(broker.store().answered(message_id(1)).unwrap().is_none());
    }

    fn a_wrong_check_character_is_refused(broker) {
        let id = prescription_id(1);
        let wrong = if id.as_str().ends_with('A') { "B" } else { "A" };
        let wrong = format!("{}{wrong}", &id.as_str()[..19]);
        let broken = String::from_utf8(upload(1, PHARMACY)).unwrap().replace(id.as_str(), &wrong);
        let Err(BrokerError::Unreadable { problems, .. }) = broker.submit(broken.as_bytes()) else { panic!() };
        assert!(problems.names("ids.prescription-id.check-character"), "{problems}");
    }

    fn a_reply_is_not_answered_as_a_request(broker) {
        let reply = broker.submit(&upload(1, PHARMACY)).unwrap();
        let Err(BrokerError::NotARequest { reply }) = broker.submit(&reply) else { panic!() };
        assert_eq!(outcome(&reply.0), "AE 16.34 5888");
    }
}

/// The signed document, in a message as another system would write it: prefixes, white space, comments and all.
#[test]
fn a_signed_document_is_released_as_it_was_written() {
    let broker = broker(MemoryStore::new());
    let sent = String::from_utf8(upload(1, PHARMACY)).unwrap();
    let sent = sent.replace("<ParentPrescription ", "<ParentPrescription\n   ");
    let sent = sent.replace("2 tablets 4 times a day", "2 tablets &#52; times a day<!-- four -->");
    assert_eq!(send(&broker, sent.as_bytes()), "AA");
    let reply = broker.submit(&nominated_release(2, PHARMACY)).unwrap();
    let signed = signed_part(sent.as_bytes());
    assert!(signed.contains("&#52;") && signed.contains("<ParentPrescription\n"));
    assert!(String::from_utf8(reply).unwrap().contains(&signed));
}

#[test]
fn a_prescription_waits_for_its_day_and_is_not_released_after_its_expiry() {
    let clock = Arc::new(SettableClock::new(time(NOW)));
    let broker = broker(MemoryStore::new()).clock(clock.clone());
    send(&broker, &upload(1, PHARMACY));
    let mut later = prescription(2, PHARMACY);
    later.effective_time = time("20260301090000");
    send(&broker, &request(message_id(2), Message::Prescription(Box::new(later))));
    assert_eq!(status(&broker, 2), "9001: 0007 0007");
    assert_eq!(send(&broker, &release_by_id(3, PHARMACY, 2)), "AE 16.34 0003");
    clock.set(time("20260706000000"));
    assert_eq!(send(&broker, &release_by_id(4, PHARMACY, 1)), "AE 16.34 0002");
    assert_eq!(send(&broker, &nominated_release(5, PHARMACY)), "AE 16.34 0006");
    clock.set(time("20260705235959"));
    assert_eq!(send(&broker, &nominated_release(6, PHARMACY)), "AA");
}

const PROVIDER: AwsLc = AwsLc::new();

/// A prescription signed with throw-away keys, and what verifies it.
fn signed_upload(number: u32) -> (Vec<u8>, PolicyCheck) {
    let now = time(NOW);
    let pki = ThrowAwayPki::generate(now, "555254239107", "INVENTED_PRESCRIBER").unwrap();
    let trust = TrustAnchors::new([pki.root()], [pki.signing_ca()], &PROVIDER).unwrap();
    let lists = Crls::new(pki.revocation_lists().iter().map(Vec::as_slice), &trust, &PROVIDER);
    let policy = Policy::production();
    let mut prescription = prescription(number, PHARMACY);
    prescription.author.time = now;
    let payload = prepare::prepared(&hl7v3::write_fragments(&prescription), Algorithm::Rs256, &PROVIDER).signed_info;
    let signer = AwsLcSigner::new(pki.prescriber_key(), pki.prescriber()).unwrap();
    let signed = signer::sign(&signer, payload, &policy, &PROVIDER, now).unwrap();
    let element = String::from_utf8(embed::signature_element(&signed)).unwrap();
    prescription.author.signature = SignatureText::Element(element.into());
    let bytes = request(message_id(number), Message::Prescription(Box::new(prescription)));
    (bytes, PolicyCheck { provider: Arc::new(PROVIDER), trust, lists, policy })
}

#[test]
fn only_a_valid_signature_is_stored_where_signatures_are_verified() {
    let (sent, check) = signed_upload(1);
    let broker = broker(MemoryStore::new()).verify_on_create(Arc::new(check));
    let changed = String::from_utf8(sent.clone()).unwrap().replace("4 times a day", "8 times a day");
    assert_eq!(send(&broker, changed.as_bytes()), "AE 16.34 5000");
    assert_eq!(send(&broker, &upload(1, PHARMACY)), "AE 16.34 5000");
    assert!(broker.track(&prescription_id(1)).unwrap().is_none());
    assert_eq!(send(&broker, &sent), "AA");
    assert_eq!(released(&broker.submit(&nominated_release(2, PHARMACY)).unwrap()), [signed_part(&sent)]);
}

#[test]
fn a_prescription_without_a_signature_is_refused() {
    let mut unsigned = prescription(1, PHARMACY);
    unsigned.author.signature = SignatureText::NotApplicable;
    let unsigned = request(message_id(1), Message::Prescription(Box::new(unsigned)));
    assert_eq!(send(&broker(MemoryStore::new()), &unsigned), "AE 17.22 0003");
}
