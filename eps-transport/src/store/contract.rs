//! What every store must do: one suite, run against each of them.

use std::sync::Barrier;

use eps_core::ids::{Guid, MessageId, OdsCode, PrescriptionId};
use eps_core::model::{Date, Timestamp};
use eps_core::record::DocumentKey;

use super::memory::MemoryStore;
use super::sqlite::{Options, SqliteStore};
use super::{
    Answered, Commit, CommitError, Due, Link, Place, RecordWrite, Store, StoreError, StoredMessage, StoredRecord,
    Version,
};

fn message(number: u32) -> MessageId {
    let mut bytes = [7; 16];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    MessageId(Guid::from_bytes(bytes))
}

fn ods(code: &str) -> OdsCode {
    code.parse().unwrap()
}

fn prescription(number: u32) -> PrescriptionId {
    PrescriptionId::new(number, &ods("A83008"), number)
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse_hl7(text).unwrap()
}

fn day(text: &str) -> Date {
    Date::parse_hl7(text).unwrap()
}

/// A commit of message `number` that changes nothing. The document is the second word of the message.
fn commit(number: u32) -> Commit {
    let answer = Answered { digest: [number.to_be_bytes()[3]; 32], reply: format!("reply {number}").into_bytes() };
    let bytes = format!("message {number}").into_bytes();
    let document = 8..bytes.len();
    Commit {
        message: Some((message(number), StoredMessage { bytes, document, answer })),
        sent: Vec::new(),
        records: Vec::new(),
        released: Vec::new(),
        journal: format!("entry {number}").into_bytes(),
    }
}

/// A commit without a message.
fn time_passes(records: impl IntoIterator<Item = RecordWrite>, released: &[u32]) -> Commit {
    let released = released.iter().copied().map(message).collect();
    Commit { message: None, released, ..with(commit(0), records) }
}

fn write(number: u32, expected: Option<u32>, version: u32) -> RecordWrite {
    let body = Some(format!("{number} v{version}").into_bytes());
    RecordWrite {
        id: prescription(number),
        expected: expected.map(Version),
        record: Some(StoredRecord { version: Version(version), body, waits: None, due: None, patient: None }),
    }
}

/// A write that leaves only the id, or nothing.
fn delete(number: u32, expected: u32, until: Option<&str>) -> RecordWrite {
    let due = until.map(day);
    let record = due.map(|due| StoredRecord {
        version: Version(expected + 1),
        body: None,
        waits: None,
        due: Some(due),
        patient: None,
    });
    RecordWrite { id: prescription(number), expected: Some(Version(expected)), record }
}

fn with(mut commit: Commit, records: impl IntoIterator<Item = RecordWrite>) -> Commit {
    commit.records.extend(records);
    commit
}

fn waiting(mut write: RecordWrite, pharmacy: &str, since: &str) -> RecordWrite {
    write.record.as_mut().unwrap().waits = Some((ods(pharmacy), time(since)));
    write
}

fn due(mut write: RecordWrite, date: &str) -> RecordWrite {
    write.record.as_mut().unwrap().due = Some(day(date));
    write
}

fn of(mut write: RecordWrite, patient: &str) -> RecordWrite {
    write.record.as_mut().unwrap().patient = Some(patient.parse().unwrap());
    write
}

fn body(store: &dyn Store, number: u32) -> Option<Vec<u8>> {
    store.record(&prescription(number)).unwrap().unwrap().body
}

fn entries(store: &dyn Store) -> Vec<(u64, Vec<u8>)> {
    store.journal(0, 1000).unwrap().into_iter().map(|row| (row.number, row.entry)).collect()
}

fn ids(places: &[Place]) -> Vec<PrescriptionId> {
    places.iter().map(|place| place.id.clone()).collect()
}

fn what_is_committed_is_there(store: &dyn Store) {
    let wanted = due(waiting(write(1, None, 2), "FA565", "20260105100000"), "20260705");
    store.commit(with(commit(1), [wanted.clone()])).unwrap();
    assert!(store.record(&prescription(1)).unwrap() == wanted.record);
    let stored = store.message(message(1)).unwrap().unwrap();
    assert!(Some(stored) == commit(1).message.map(|(_, message)| message));
    assert_eq!(store.document(DocumentKey::of(message(1))).unwrap(), Some(b"1".to_vec()));
    let answered = store.answered(message(1)).unwrap().unwrap();
    assert_eq!((answered.digest, answered.reply), ([1; 32], b"reply 1".to_vec()));
    assert_eq!(entries(store), [(1, b"entry 1".to_vec())]);
}

fn what_was_never_committed_is_absent(store: &dyn Store) {
    assert!(store.record(&prescription(1)).unwrap().is_none());
    assert!(store.document(DocumentKey::of(message(1))).unwrap().is_none());
    assert!(store.answered(message(1)).unwrap().is_none());
    assert!(store.waiting(&ods("FA565"), None, 25).unwrap().is_empty());
    assert!(store.journal(0, 10).unwrap().is_empty());
}

fn a_record_that_has_moved_is_not_overwritten(store: &dyn Store) {
    store.commit(with(commit(1), [write(1, None, 2)])).unwrap();
    for (expected, number) in [(None, 2), (Some(1), 3), (Some(3), 4)] {
        let late = with(commit(number), [write(1, expected, 9)]);
        assert!(matches!(store.commit(late), Err(CommitError::RecordMoved(id)) if id == prescription(1)));
    }
    let of_nothing = with(commit(5), [write(2, Some(2), 3)]);
    assert!(matches!(store.commit(of_nothing), Err(CommitError::RecordMoved(id)) if id == prescription(2)));
    assert_eq!(store.record(&prescription(1)).unwrap().unwrap().version, Version(2));
    store.commit(with(commit(6), [write(1, Some(2), 3)])).unwrap();
    assert_eq!(body(store, 1).unwrap(), b"1 v3");
}

fn a_commit_happens_whole_or_not_at_all(store: &dyn Store) {
    store.commit(with(commit(1), [write(2, None, 2)])).unwrap();
    let good = due(waiting(write(1, None, 2), "FA565", "20260105100000"), "20260705");
    let half = Commit { released: vec![message(1)], ..with(commit(2), [good, write(2, Some(9), 10)]) };
    assert!(matches!(store.commit(half), Err(CommitError::RecordMoved(_))));
    assert!(store.record(&prescription(1)).unwrap().is_none());
    assert!(store.message(message(2)).unwrap().is_none());
    assert!(store.message(message(1)).unwrap().is_some());
    assert!(store.waiting(&ods("FA565"), None, 25).unwrap().is_empty());
    assert!(store.due(day("20991231"), None, 25).unwrap().is_empty());
    assert_eq!(store.journal(0, 10).unwrap().len(), 1);
}

fn a_record_is_written_once_in_a_commit(store: &dyn Store) {
    let twice = with(commit(1), [write(1, None, 2), write(1, None, 2)]);
    assert!(matches!(store.commit(twice), Err(CommitError::RecordMoved(_))));
    assert!(store.record(&prescription(1)).unwrap().is_none());
}

fn a_message_is_answered_once(store: &dyn Store) {
    store.commit(commit(1)).unwrap();
    let again = with(commit(1), [write(1, None, 2)]);
    assert!(matches!(store.commit(again), Err(CommitError::AlreadyAnswered(id)) if id == message(1)));
    assert!(store.record(&prescription(1)).unwrap().is_none());
}

fn the_queue_is_in_order_and_by_pharmacy(store: &dyn Store) {
    let early = [(4, "20260105100000"), (2, "20260105100001"), (3, "20260105100000"), (1, "20251231235959")];
    let writes = early.map(|(number, since)| waiting(write(number, None, 2), "FA565", since));
    store.commit(with(commit(1), writes)).unwrap();
    let other = waiting(write(5, None, 2), "FA666", "20200101000000");
    store.commit(with(commit(2), [other, write(6, None, 2)])).unwrap();
    let all = store.waiting(&ods("FA565"), None, 25).unwrap();
    let mut same_time = [prescription(3), prescription(4)];
    same_time.sort();
    let [third, fourth] = same_time;
    assert_eq!(ids(&all), [prescription(1), third, fourth, prescription(2)]);
    let first = store.waiting(&ods("FA565"), None, 2).unwrap();
    assert_eq!(first, all[..2]);
    assert_eq!(store.waiting(&ods("FA565"), first.last(), 25).unwrap(), all[2..]);
    assert!(store.waiting(&ods("FA565"), all.last(), 25).unwrap().is_empty());
    assert_eq!(ids(&store.waiting(&ods("FA666"), None, 25).unwrap()), [prescription(5)]);
    assert!(store.waiting(&ods("FA"), None, 25).unwrap().is_empty());
}

fn a_prescription_moves_and_leaves_the_queue(store: &dyn Store) {
    store.commit(with(commit(1), [waiting(write(1, None, 2), "FA565", "20260105100000")])).unwrap();
    store.commit(with(commit(2), [waiting(write(1, Some(2), 3), "FA565", "20260105100000")])).unwrap();
    assert_eq!(store.waiting(&ods("FA565"), None, 25).unwrap().len(), 1);
    store.commit(with(commit(3), [waiting(write(1, Some(3), 4), "FA666", "20260105100000")])).unwrap();
    assert!(store.waiting(&ods("FA565"), None, 25).unwrap().is_empty());
    assert_eq!(store.waiting(&ods("FA666"), None, 25).unwrap().len(), 1);
    store.commit(with(commit(4), [write(1, Some(4), 5)])).unwrap();
    assert!(store.waiting(&ods("FA666"), None, 25).unwrap().is_empty());
}

fn the_journal_is_read_in_pages(store: &dyn Store) {
    (1..=5).for_each(|number| store.commit(commit(number)).unwrap());
    let numbers =
        |after, limit| -> Vec<u64> { store.journal(after, limit).unwrap().iter().map(|row| row.number).collect() };
    assert_eq!(numbers(0, 2), [1, 2]);
    assert_eq!(numbers(2, 10), [3, 4, 5]);
    assert!(numbers(5, 10).is_empty());
}

fn the_journal_is_chained(store: &dyn Store) {
    (1..=3).for_each(|number| store.commit(commit(number)).unwrap());
    assert!(store.commit(commit(2)).is_err());
    store.commit(time_passes([], &[])).unwrap();
    let mut link = Link::START;
    for row in store.journal(0, 10).unwrap() {
        link = link.then(&row.entry);
        assert_eq!(row.link, link);
    }
    assert_eq!(store.journal(3, 10).unwrap().first().unwrap().link, link);
}

fn what_is_due_comes_by_day_and_then_in_the_order_it_came(store: &dyn Store) {
    let days = [(9, "20260105"), (1, "20260104"), (5, "20260105"), (2, "20260106")];
    let writes = days.map(|(number, date)| due(write(number, None, 2), date));
    store.commit(with(commit(1), writes)).unwrap();
    store.commit(with(commit(2), [write(3, None, 2)])).unwrap();
    let all = store.due(day("20260105"), None, 25).unwrap();
    let ids = |due: &[Due]| due.iter().map(|due| due.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&all), [1, 9, 5].map(prescription));
    let first = store.due(day("20260105"), None, 2).unwrap();
    assert_eq!(first, all[..2]);
    assert_eq!(store.due(day("20260105"), first.last(), 25).unwrap(), all[2..]);
    assert!(store.due(day("20260103"), None, 25).unwrap().is_empty());
    // A record that changes keeps its number, and is due when it now says.
    store.commit(with(commit(3), [due(write(9, Some(2), 3), "20260107"), write(1, Some(2), 3)])).unwrap();
    store.commit(with(commit(4), [due(write(9, Some(3), 4), "20260105")])).unwrap();
    assert_eq!(store.due(day("20260105"), None, 25).unwrap(), all[1..]);
}

fn a_deleted_record_leaves_its_id_and_then_nothing(store: &dyn Store) {
    store.commit(with(commit(1), [due(waiting(write(1, None, 2), "FA565", "20260105100000"), "20260705")])).unwrap();
    store.commit(time_passes([delete(1, 2, Some("20270705"))], &[1])).unwrap();
    let left = store.record(&prescription(1)).unwrap().unwrap();
    assert_eq!((left.version, left.body.is_none(), left.due), (Version(3), true, Some(day("20270705"))));
    assert!(store.waiting(&ods("FA565"), None, 25).unwrap().is_empty());
    assert!(store.message(message(1)).unwrap().is_none());
    let used = with(commit(2), [write(1, None, 2)]);
    assert!(matches!(store.commit(used.clone()), Err(CommitError::RecordMoved(_))));
    store.commit(time_passes([delete(1, 3, None)], &[])).unwrap();
    assert!(store.record(&prescription(1)).unwrap().is_none());
    assert!(store.due(day("20991231"), None, 25).unwrap().is_empty());
    store.commit(used).unwrap();
    assert_eq!(entries(store).len(), 4);
}

fn a_message_is_kept_while_a_record_holds_it(store: &dyn Store) {
    store.commit(with(commit(1), [write(1, None, 2), write(2, None, 2)])).unwrap();
    store.commit(time_passes([delete(1, 2, None)], &[1])).unwrap();
    assert!(store.message(message(1)).unwrap().is_some());
    assert!(matches!(store.commit(commit(1)), Err(CommitError::AlreadyAnswered(_))));
    store.commit(time_passes([delete(2, 2, None)], &[1, 7])).unwrap();
    assert!(store.message(message(1)).unwrap().is_none());
    store.commit(commit(1)).unwrap();
}

fn what_is_sent_is_kept_as_long_as_the_message(store: &dyn Store) {
    let sent = Commit { sent: vec![(message(70), b"later".to_vec())], ..with(commit(1), [write(1, None, 2)]) };
    store.commit(sent).unwrap();
    assert_eq!(store.document(DocumentKey::of(message(70))).unwrap(), Some(b"later".to_vec()));
    store.commit(with(commit(2), [write(1, Some(2), 3)])).unwrap();
    store.commit(time_passes([delete(1, 3, None)], &[1, 2])).unwrap();
    assert!(store.document(DocumentKey::of(message(70))).unwrap().is_none());
}

fn large_values_come_back(store: &dyn Store) {
    let mut large = commit(1);
    let bytes: Vec<u8> =
        (0..600_000_u32).flat_map(|number| (number.wrapping_mul(2_654_435_761)).to_be_bytes()).collect();
    let stored = StoredMessage {
        document: 1..bytes.len() - 1,
        answer: Answered { digest: [1; 32], reply: bytes.clone() },
        bytes: bytes.clone(),
    };
    large.message = Some((message(1), stored.clone()));
    store.commit(large).unwrap();
    assert!(store.message(message(1)).unwrap() == Some(stored));
    assert!(store.document(DocumentKey::of(message(1))).unwrap().as_deref() == bytes.get(1..bytes.len() - 1));
}

fn of_many_at_once_one_wins(store: &dyn Store) {
    const CALLERS: u32 = 8;
    store.commit(with(commit(0), [write(0, None, 2)])).unwrap();
    for round in 0..10 {
        let start = Barrier::new(CALLERS as usize);
        let won = std::thread::scope(|scope| {
            let callers: Vec<_> = (1..=CALLERS)
                .map(|caller| {
                    let start = &start;
                    let own = write(1000 * (round + 1) + caller, None, 2);
                    let shared = write(0, Some(2 + round), 3 + round);
                    let commit = with(commit(100 * (round + 1) + caller), [own, shared]);
                    scope.spawn(move || {
                        start.wait();
                        store.commit(commit)
                    })
                })
                .collect();
            let outcomes: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
            for (caller, outcome) in (1..).zip(&outcomes) {
                let own = store.record(&prescription(1000 * (round + 1) + caller)).unwrap();
                assert_eq!(own.is_some(), outcome.is_ok());
                assert!(matches!(outcome, Ok(()) | Err(CommitError::RecordMoved(_))), "{outcome:?}");
            }
            outcomes.into_iter().filter(Result::is_ok).count()
        });
        assert_eq!(won, 1);
    }
    assert_eq!(store.journal(0, 100).unwrap().len(), 11);
}

/// Runs each behaviour against a new store of each kind.
fn a_patient_has_prescriptions_until_they_are_deleted(store: &dyn Store) {
    let (one, other) = ("9449304130", "9990548609");
    store.commit(with(commit(1), [of(write(1, None, 2), one), of(write(2, None, 2), other)])).unwrap();
    store.commit(with(commit(2), [of(write(3, None, 2), one)])).unwrap();
    store.commit(with(commit(3), [of(write(1, Some(2), 3), one)])).unwrap();
    let found = |patient: &str, limit| store.of_patient(&patient.parse().unwrap(), limit).unwrap();
    assert_eq!(found(one, 9), [prescription(3), prescription(1)], "those that came last first");
    assert_eq!(found(one, 1), [prescription(3)]);
    assert_eq!(found("9000000009", 9), []);
    assert_eq!(store.record(&prescription(1)).unwrap().unwrap().patient, Some(one.parse().unwrap()));
    store.commit(time_passes([delete(3, 2, Some("20290101")), delete(2, 2, None)], &[])).unwrap();
    assert_eq!((found(one, 9), found(other, 9)), (vec![prescription(1)], vec![]));
}

macro_rules! contract {
    ($($behaviour:ident)*) => {
        mod memory {
            $(#[test] fn $behaviour() { super::$behaviour(&super::MemoryStore::new()); })*
        }

        mod sqlite {
            $(#[test] fn $behaviour() {
                let folder = tempfile::tempdir().unwrap();
                super::$behaviour(&super::SqliteStore::open(folder.path().join("eps.db")).unwrap());
            })*
        }
    };
}

contract! {
    what_is_committed_is_there
    what_was_never_committed_is_absent
    a_record_that_has_moved_is_not_overwritten
    a_commit_happens_whole_or_not_at_all
    a_record_is_written_once_in_a_commit
    a_message_is_answered_once
    the_queue_is_in_order_and_by_pharmacy
    a_prescription_moves_and_leaves_the_queue
    the_journal_is_read_in_pages
    the_journal_is_chained
    what_is_due_comes_by_day_and_then_in_the_order_it_came
    a_deleted_record_leaves_its_id_and_then_nothing
    a_message_is_kept_while_a_record_holds_it
    a_patient_has_prescriptions_until_they_are_deleted
    what_is_sent_is_kept_as_long_as_the_message
    large_values_come_back
    of_many_at_once_one_wins
}

#[test]
fn what_was_committed_to_sqlite_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("eps.db");
    let store = SqliteStore::open(&path).unwrap();
    store.commit(with(commit(1), [waiting(write(1, None, 2), "FA565", "20260105100000")])).unwrap();
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.record(&prescription(1)).unwrap().unwrap().version, Version(2));
    assert_eq!(ids(&store.waiting(&ods("FA565"), None, 25).unwrap()), [prescription(1)]);
    assert_eq!(store.answered(message(1)).unwrap().unwrap().reply, b"reply 1");
}

/// A stand-in for a full disk: nothing of what was answered is lost, and where room is made, it goes on.
#[test]
fn a_full_file_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("eps.db");
    let store = SqliteStore::open_with(&path, Options::default().max_bytes(300_000)).unwrap();
    // Random enough to fill the file.
    let filler = |number: u32| -> Vec<u8> {
        let words = (0..2_000).map(|word| (number * 2_000 + word).wrapping_mul(2_654_435_761));
        words.flat_map(u32::to_be_bytes).collect()
    };
    let full = |number: u32| {
        let mut record = write(number, None, 2);
        record.record.as_mut().unwrap().body = Some(filler(number));
        with(commit(number), [record])
    };
    let stored = (1..1000).take_while(|number| store.commit(full(*number)).is_ok()).count();
    assert!((5..100).contains(&stored), "{stored}");
    let stored = u32::try_from(stored).unwrap();
    let refused = store.commit(full(stored + 1));
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Full))), "{refused:?}");
    drop(store);
    let store = SqliteStore::open(&path).unwrap();
    store.check_integrity().unwrap();
    for number in 1..=stored {
        assert_eq!(body(&store, number), Some(filler(number)));
        assert!(store.answered(message(number)).unwrap().is_some());
    }
    assert!(store.record(&prescription(stored + 1)).unwrap().is_none());
    assert_eq!(store.journal(0, 1000).unwrap().len(), stored as usize);
    store.commit(full(stored + 1)).unwrap();
}

#[test]
fn a_backup_is_the_store_of_one_moment_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("eps.db")).unwrap();
    (1..=50).for_each(|number| store.commit(with(commit(number), [write(number, None, 2)])).unwrap());
    let copy = folder.path().join("copy.db");
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            (51..=150).for_each(|number| store.commit(with(commit(number), [write(number, None, 2)])).unwrap());
        });
        store.backup(&copy).unwrap();
        writing.join().unwrap();
    });
    let copy_again = store.backup(&copy);
    assert!(matches!(copy_again, Err(StoreError::Exists)));
    let copied = SqliteStore::open_read_only(&copy).unwrap();
    let journal = copied.journal(0, 1000).unwrap();
    assert!((50..=150).contains(&journal.len()));
    for row in &journal {
        let number = u32::try_from(row.number).unwrap();
        assert_eq!(body(&copied, number), Some(format!("{number} v2").into_bytes()));
    }
    assert!(copied.record(&prescription(u32::try_from(journal.len()).unwrap() + 1)).unwrap().is_none());
    assert!(matches!(copied.commit(commit(999)), Err(CommitError::Store(StoreError::ReadOnly))));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_str().unwrap().ends_with(".part")), "{names:?}");
}
