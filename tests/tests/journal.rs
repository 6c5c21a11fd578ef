//! The journal proves what happened, and the same store is built from it again. And what happens by itself.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "this is a test")]

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use eps_core::ids::{MessageId, NhsNumber, OdsCode, PrescriptionId};
use eps_core::model::{Date, Message, Timestamp};
use eps_core::record::Periods;
use eps_tests::messages::*;
use eps_transport::broker::{Becomes, Broker};
use eps_transport::clock::{Clock, SettableClock};
use eps_transport::journal::{self, Difference, JournalError};
use eps_transport::schedule::{self, Schedule};
use eps_transport::store::memory::MemoryStore;
use eps_transport::store::sqlite::SqliteStore;
use eps_transport::store::{
    Commit, CommitError, Due, JournalRow, Link, Place, Store, StoreError, StoredMessage, StoredRecord,
};

const DAY: i64 = 86_400;

fn broker<S: Store>(store: S, clock: &Arc<SettableClock>) -> Broker<S> {
    Broker::new(store, "200000001285".parse().unwrap()).clock(Arc::clone(clock) as Arc<dyn Clock>)
}

fn send<S: Store>(broker: &Broker<S>, message: &[u8]) -> String {
    outcome(&broker.submit(message).unwrap())
}

fn status<S: Store>(broker: &Broker<S>, number: u32) -> Option<&'static str> {
    let track = broker.track(&prescription_id(number)).unwrap()?;
    track.record.current().map(|issue| issue.status().code())
}

/// Runs a test over both stores.
macro_rules! over_both_stores {
    ($(fn $test:ident($store:ident) $body:block)*) => {$(
        mod $test {
            use super::*;

            fn run<S: Store + 'static>($store: S) $body

            #[test]
            fn in_memory() {
                run(MemoryStore::new());
            }

            #[test]
            fn in_sqlite() {
                let folder = tempfile::tempdir().unwrap();
                run(SqliteStore::open(folder.path().join("eps.db")).unwrap());
            }
        }
    )*};
}

/// Twelve prescriptions in all states, some of them deleted, some waiting: half a year of two pharmacies.
fn half_a_year<S: Store>(broker: &Broker<S>, clock: &SettableClock) {
    for number in 1..=8 {
        assert_eq!(send(broker, &upload(number, PHARMACY)), "AA");
    }
    // One release of eight: four are dispensed and claimed, and deleted long before the others.
    assert_eq!(send(broker, &nominated_release(100, PHARMACY)), "AA");
    for number in 1..=5 {
        assert_eq!(send(broker, &notify(200 + number, PHARMACY, number, "0006: 0001 0001")), "AA");
    }
    for number in 1..=4 {
        assert_eq!(send(broker, &claim(300 + number, PHARMACY, number)), "AA");
    }
    assert_eq!(send(broker, &notify(206, PHARMACY, 6, "0003: 0001 0003")), "AA");
    for number in 9..=11 {
        assert_eq!(send(broker, &upload(number, OTHER_PHARMACY)), "AA");
    }
    assert_eq!(send(broker, &release_by_id(101, PHARMACY, 9)), "AA");
    clock.advance(40 * DAY);
    let passed = schedule::run(broker).unwrap();
    assert_eq!((passed.changed, passed.deleted), (0, 4));
    let mut later = prescription(12, OTHER_PHARMACY);
    later.effective_time = clock.now().plus_seconds(10 * DAY);
    assert_eq!(send(broker, &request(message_id(12), Message::Prescription(Box::new(later)))), "AA");
    clock.advance(10 * DAY);
    assert_eq!(schedule::run(broker).unwrap().changed, 1);
    clock.advance(130 * DAY);
    // What was never dispensed, or handed over and never told of, expires; what was dispensed is not claimed in time.
    assert_eq!(schedule::run(broker).unwrap().changed, 7);
}

/// Everything that the journals of two stores name is the same in both.
fn assert_identical(one: &dyn Store, other: &dyn Store) {
    assert!(matches!(journal::diff(one, other).unwrap(), Difference::None(_)));
    for entry in journal::entries(one) {
        let entry = entry.unwrap().entry;
        for record in &entry.records {
            assert!(one.record(&record.id).unwrap() == other.record(&record.id).unwrap(), "{}", record.id);
        }
        if let Some(message) = entry.message() {
            assert!(one.message(message.id).unwrap() == other.message(message.id).unwrap(), "{}", message.id);
        }
    }
    for pharmacy in [PHARMACY, OTHER_PHARMACY].map(ods) {
        assert_eq!(one.waiting(&pharmacy, None, 100).unwrap(), other.waiting(&pharmacy, None, 100).unwrap());
    }
    let today = Date::parse_hl7("20991231").unwrap();
    let due = |store: &dyn Store| -> Vec<(Date, PrescriptionId)> {
        store.due(today, None, 100).unwrap().into_iter().map(|due| (due.date, due.id)).collect()
    };
    let sorted = |mut due: Vec<(Date, PrescriptionId)>| {
        due.sort();
        due
    };
    assert_eq!(sorted(due(one)), sorted(due(other)));
    let verify = |store| journal::verify(store, &Periods::SPINE).unwrap();
    assert_eq!(verify(one), verify(other));
}

over_both_stores! {
    fn replay_builds_the_identical_store(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        half_a_year(&broker, &clock);
        let again = MemoryStore::new();
        let replayed = journal::replay(broker.store(), &again, Periods::SPINE).unwrap();
        // Four uploads, notifications and claims are gone with their prescriptions, and so is the day of their deletion;
        // half of what was released with them is still there.
        assert_eq!((replayed.taken_over, replayed.in_part), (13, 1));
        assert_identical(broker.store(), &again);
        // The copy is a store like any other: from it the same is built again, and the life of both goes on alike.
        let folder = tempfile::tempdir().unwrap();
        let third = SqliteStore::open(folder.path().join("eps.db")).unwrap();
        assert_eq!(journal::replay(&again, &third, Periods::SPINE).unwrap(), replayed);
        assert_identical(&again, &third);
        clock.advance(600 * DAY);
        let copy = super::broker(&again, &clock);
        assert_eq!(schedule::run(&broker).unwrap(), schedule::run(&copy).unwrap());
        assert_identical(broker.store(), &again);
        assert_eq!(journal::verify(&again, &Periods::SPINE).unwrap().messages, 0);
    }

    fn a_replay_of_what_was_not_deleted_is_the_same_throughout(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        for number in 1..=30 {
            send(&broker, &upload(number, PHARMACY));
        }
        send(&broker, &nominated_release(100, PHARMACY));
        clock.advance(3600);
        send(&broker, &nominated_release(101, PHARMACY));
        send(&broker, &notify(102, PHARMACY, 3, "0006: 0001 0001"));
        clock.advance(181 * DAY);
        schedule::run(&broker).unwrap();
        let again = MemoryStore::new();
        let replayed = journal::replay(broker.store(), &again, Periods::SPINE).unwrap();
        assert_eq!((replayed.in_part, replayed.taken_over), (0, 0));
        assert_eq!(replayed.same, 34);
        assert_identical(broker.store(), &again);
        let Err(JournalError::NotEmpty) = journal::replay(broker.store(), &again, Periods::SPINE) else { panic!() };
    }

    fn replay_tells_when_the_rules_have_changed(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        send(&broker, &upload(1, PHARMACY));
        send(&broker, &nominated_release(2, PHARMACY));
        clock.advance(181 * DAY);
        schedule::run(&broker).unwrap();
        let mut longer = Periods::SPINE;
        longer.expiry_months = 7;
        let diverged = journal::replay(broker.store(), &MemoryStore::new(), longer);
        assert!(matches!(diverged, Err(JournalError::Diverged { number: 3, .. })), "{diverged:?}");
    }

    fn two_journals_part_where_they_differ(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let one = broker(store, &clock);
        let other = broker(MemoryStore::new(), &clock);
        send(&one, &upload(1, PHARMACY));
        journal::replay(one.store(), other.store(), Periods::SPINE).unwrap();
        assert_eq!(journal::diff(one.store(), other.store()).unwrap(), Difference::None(1));
        send(&one, &upload(2, PHARMACY));
        let Difference::Longer { common: 1, left: Some(left), right: None } =
            journal::diff(one.store(), other.store()).unwrap()
        else {
            panic!()
        };
        assert_eq!(left.entry.message().unwrap().id, message_id(2));
        send(&other, &upload(3, PHARMACY));
        let Difference::At { number: 2, left, right } = journal::diff(one.store(), other.store()).unwrap() else {
            panic!()
        };
        assert_eq!([left, right].map(|entry| entry.entry.message().unwrap().id), [2, 3].map(message_id));
    }

    fn what_was_changed_behind_the_broker_is_found(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        half_a_year(&broker, &clock);
        let store = broker.store();
        let verified = journal::verify(store, &Periods::SPINE).unwrap();
        assert_eq!((verified.records, verified.messages, verified.deleted_messages), (8, 12, 12));
        let found = |tampering: Tampering| {
            journal::verify(&Tampered { store, tampering }, &Periods::SPINE).unwrap_err()
        };
        for number in 1..=verified.entries {
            assert!(matches!(found(Tampering::Entry(number)), JournalError::Chain { number: at } if at == number));
            let taken_out = found(Tampering::TakenOut(number));
            // The end of the chain cannot prove itself: that is what the link is noted elsewhere for.
            let expected = if number == verified.entries { None } else { Some(number) };
            assert!(matches!(taken_out, JournalError::Chain { number: at } if Some(at) == expected)
                || matches!(taken_out, JournalError::Record { .. }) && expected.is_none(), "{number}: {taken_out:?}");
        }
        assert!(matches!(found(Tampering::Reply(message_id(9))), JournalError::Message { message, .. } if message == message_id(9)));
        assert!(matches!(found(Tampering::Message(message_id(9))), JournalError::Message { .. }));
        assert!(matches!(found(Tampering::NoMessage(message_id(100))), JournalError::MessageMissing { .. }));
        assert!(matches!(found(Tampering::Body(prescription_id(6))), JournalError::Record { id, .. } if id == prescription_id(6)));
        assert!(matches!(found(Tampering::NoRecord(prescription_id(6))), JournalError::Record { .. }));
        assert!(matches!(found(Tampering::NoRecord(prescription_id(1))), JournalError::Record { .. }));
        assert!(matches!(found(Tampering::Filed(prescription_id(6))), JournalError::Filed { .. }));
    }

    fn a_future_prescription_becomes_ready_by_itself(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        let mut later = prescription(1, PHARMACY);
        later.effective_time = time(NOW).plus_seconds(10 * DAY);
        send(&broker, &request(message_id(1), Message::Prescription(Box::new(later))));
        assert_eq!(status(&broker, 1), Some("9001"));
        for (days, expected) in [(0, "AE 16.34 0006"), (9, "AE 16.34 0006"), (1, "AA")] {
            clock.advance(days * DAY);
            schedule::run(&broker).unwrap();
            let id = 100 + u32::try_from(clock.now().unix() / DAY % 1000).unwrap();
            assert_eq!(send(&broker, &nominated_release(id, PHARMACY)), expected);
        }
    }

    fn a_prescription_is_deleted_in_time_and_its_id_is_not_used_again(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        send(&broker, &upload(1, PHARMACY));
        // Prescribed on 5 January: expires on 5 July, is deleted on 3 October, and forgotten on 5 July 2027.
        for (day, expected) in [
            ("20260704", Some("0001")),
            ("20260705", Some("0004")),
            ("20261002", Some("0004")),
            ("20261003", None),
        ] {
            clock.set(time(&format!("{day}235959")));
            schedule::run(&broker).unwrap();
            assert_eq!(status(&broker, 1), expected, "{day}");
        }
        assert!(broker.store().message(message_id(1)).unwrap().is_none());
        let again = |id| request(message_id(id), Message::Prescription(Box::new(prescription(1, PHARMACY))));
        assert_eq!(send(&broker, &again(2)), "AE 17.22 0002");
        assert_eq!(send(&broker, &release_by_id(3, PHARMACY, 1)), "AE 17.22 0005");
        clock.set(time("20270704235959"));
        assert_eq!(schedule::run(&broker).unwrap().purged, 0);
        clock.set(time("20270705000000"));
        assert_eq!(schedule::run(&broker).unwrap().purged, 1);
        assert_eq!(schedule::run(&broker).unwrap(), eps_transport::broker::TimePassed::default());
        assert!(broker.store().record(&prescription_id(1)).unwrap().is_none());
        assert_eq!(journal::entries(broker.store()).count(), 4);
    }

    fn much_is_done_in_bounded_batches_and_in_the_order_of_the_days(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        for number in 1..=250 {
            let mut dated = prescription(number, PHARMACY);
            // The later ones are older.
            dated.effective_time = time(NOW).plus_seconds(-DAY * i64::from(number / 50));
            send(&broker, &request(message_id(number), Message::Prescription(Box::new(dated))));
        }
        clock.set(time("20260801000000"));
        let first = broker.pass_time(None).unwrap();
        assert_eq!(first.changed, 100);
        // It can be left off, and begun anew elsewhere.
        assert_eq!(schedule::run(&broker).unwrap().changed, 150);
        let entries: Vec<_> = journal::entries(broker.store()).skip(250).map(|entry| entry.unwrap().entry).collect();
        assert_eq!(entries.iter().map(|entry| entry.records.len()).collect::<Vec<_>>(), [100, 100, 50]);
        let all = entries.iter().flat_map(|entry| &entry.records);
        let prescribed: Vec<Timestamp> =
            all.map(|record| broker.track(&record.id).unwrap().unwrap().record.prescribed()).collect();
        assert!(prescribed.is_sorted());
        assert!(entries[0].records.iter().all(|record| matches!(record.becomes, Some(Becomes::Kept(_)))));
    }

    fn time_and_messages_do_not_lose_each_other(store) {
        const PRESCRIPTIONS: u32 = 40;
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = broker(store, &clock);
        for number in 1..=PRESCRIPTIONS {
            send(&broker, &upload(number, PHARMACY));
        }
        // On the day of their expiry all are asked for while the schedule runs.
        clock.set(time("20260705000000"));
        let start = Barrier::new(2);
        let (given, expired) = std::thread::scope(|scope| {
            let asking = scope.spawn(|| {
                start.wait();
                let released = |number: &u32| send(&broker, &release_by_id(1000 + number, PHARMACY, *number)) == "AA";
                (1..=PRESCRIPTIONS).rev().filter(released).count()
            });
            start.wait();
            let mut changed = 0;
            for _ in 0..20 {
                changed += schedule::run(&broker).unwrap().changed;
            }
            (asking.join().unwrap(), changed)
        });
        schedule::run(&broker).unwrap();
        assert!((1..=PRESCRIPTIONS).all(|number| status(&broker, number) == Some("0004")));
        assert!(given as u64 + expired >= u64::from(PRESCRIPTIONS));
        journal::verify(broker.store(), &Periods::SPINE).unwrap();
        assert_identical(broker.store(), &{
            let again = MemoryStore::new();
            journal::replay(broker.store(), &again, Periods::SPINE).unwrap();
            again
        });
    }

    fn a_schedule_runs_when_the_clock_is_moved(store) {
        let clock = Arc::new(SettableClock::new(time(NOW)));
        let broker = Arc::new(broker(store, &clock));
        send(&broker, &upload(1, PHARMACY));
        let (told, runs) = channel();
        let told = move |run: Result<_, _>| told.send(run.unwrap()).unwrap();
        let schedule = Schedule::start(Arc::clone(&broker), Duration::from_secs(3600), told).unwrap();
        assert_eq!(runs.recv_timeout(Duration::from_secs(20)).unwrap().changed, 0);
        clock.set(time("20260705000000"));
        schedule.wake();
        assert_eq!(runs.recv_timeout(Duration::from_secs(20)).unwrap().changed, 1);
        assert_eq!(status(&broker, 1), Some("0004"));
        drop(schedule);
        assert!(runs.recv().is_err(), "the thread has ended");
    }
}

/// How a store was tampered with.
enum Tampering {
    Entry(u64),
    TakenOut(u64),
    Reply(MessageId),
    Message(MessageId),
    NoMessage(MessageId),
    Body(PrescriptionId),
    NoRecord(PrescriptionId),
    Filed(PrescriptionId),
}

/// A store that somebody tampered with.
struct Tampered<'s, S> {
    store: &'s S,
    tampering: Tampering,
}

impl<S: Store> Store for Tampered<'_, S> {
    fn record(&self, id: &PrescriptionId) -> Result<Option<StoredRecord>, StoreError> {
        let mut stored = self.store.record(id)?;
        match (&self.tampering, &mut stored) {
            (Tampering::Body(at), Some(stored)) if at == id => {
                let body = String::from_utf8(stored.body.take().unwrap()).unwrap();
                stored.body = Some(body.replace("9449304130", "9449305552").into_bytes());
            }
            (Tampering::Filed(at), Some(stored)) if at == id => stored.due = Some(Date::parse_hl7("20260101").unwrap()),
            (Tampering::NoRecord(at), _) if at == id => return Ok(None),
            _ => {}
        }
        Ok(stored)
    }

    fn message(&self, message: MessageId) -> Result<Option<StoredMessage>, StoreError> {
        let mut stored = self.store.message(message)?;
        match (&self.tampering, &mut stored) {
            (Tampering::Reply(at), Some(stored)) if *at == message => stored.answer.reply.push(b' '),
            (Tampering::Message(at), Some(stored)) if *at == message => stored.bytes[100] ^= 1,
            (Tampering::NoMessage(at), _) if *at == message => return Ok(None),
            _ => {}
        }
        Ok(stored)
    }

    fn waiting(&self, pharmacy: &OdsCode, after: Option<&Place>, limit: u32) -> Result<Vec<Place>, StoreError> {
        self.store.waiting(pharmacy, after, limit)
    }

    fn due(&self, today: Date, after: Option<&Due>, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.store.due(today, after, limit)
    }

    fn of_patient(&self, patient: &NhsNumber, limit: u32) -> Result<Vec<PrescriptionId>, StoreError> {
        self.store.of_patient(patient, limit)
    }

    fn journal(&self, after: u64, limit: u32) -> Result<Vec<JournalRow>, StoreError> {
        let mut rows = self.store.journal(after, limit)?;
        if let Tampering::Entry(number) = self.tampering {
            rows.iter_mut().filter(|row| row.number == number).for_each(|row| row.entry[10] ^= 1);
        }
        // Even by somebody who numbers the rest anew.
        if let Tampering::TakenOut(number) = self.tampering {
            rows.retain(|row| row.number != number);
            rows.iter_mut().filter(|row| row.number > number).for_each(|row| row.number -= 1);
        }
        Ok(rows)
    }

    fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        self.store.commit(commit)
    }
}

/// The link that is noted elsewhere tells what the chain alone cannot: that its end was cut off.
#[test]
fn the_last_link_covers_the_whole_journal() {
    let clock = Arc::new(SettableClock::new(time(NOW)));
    let broker = broker(MemoryStore::new(), &clock);
    let mut links = vec![Link::START];
    for number in 1..=3 {
        send(&broker, &upload(number, PHARMACY));
        links.push(journal::verify(broker.store(), &Periods::SPINE).unwrap().link);
    }
    let ends: Vec<Link> = journal::entries(broker.store()).map(|entry| entry.unwrap().link).collect();
    assert_eq!(ends, links[1..]);
}
