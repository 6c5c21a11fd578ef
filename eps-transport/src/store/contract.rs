//! What every store must do: one suite, run against each of them.

use std::sync::Barrier;

use eps_core::ids::{Guid, MessageId, OdsCode, PrescriptionId};
use eps_core::model::Timestamp;
use eps_core::record::DocumentKey;

use super::memory::MemoryStore;
use super::sqlite::SqliteStore;
use super::{Answered, Commit, CommitError, Place, RecordWrite, Store, StoredRecord, Version};

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

/// A commit of message `number` that changes nothing.
fn commit(number: u32) -> Commit {
    Commit {
        message: message(number),
        answer: Answered { digest: [number.to_be_bytes()[3]; 32], reply: format!("reply {number}").into_bytes() },
        records: Vec::new(),
        documents: Vec::new(),
        journal: format!("entry {number}").into_bytes(),
    }
}

fn write(number: u32, expected: Option<u32>, version: u32) -> RecordWrite {
    RecordWrite {
        id: prescription(number),
        expected: expected.map(Version),
        record: StoredRecord { version: Version(version), body: format!("{number} v{version}").into_bytes() },
        waits: None,
    }
}

fn with(mut commit: Commit, records: impl IntoIterator<Item = RecordWrite>) -> Commit {
    commit.records.extend(records);
    commit
}

fn waiting(write: RecordWrite, pharmacy: &str, since: &str) -> RecordWrite {
    RecordWrite { waits: Some((ods(pharmacy), time(since))), ..write }
}

fn ids(places: &[Place]) -> Vec<PrescriptionId> {
    places.iter().map(|place| place.id.clone()).collect()
}

fn what_is_committed_is_there(store: &dyn Store) {
    let document = (DocumentKey::of(message(1)), b"<ParentPrescription/>\r\n".to_vec());
    let first = Commit { documents: vec![document.clone()], ..with(commit(1), [write(1, None, 2)]) };
    store.commit(first).unwrap();
    let stored = store.record(&prescription(1)).unwrap().unwrap();
    assert_eq!((stored.version, stored.body), (Version(2), b"1 v2".to_vec()));
    assert_eq!(store.document(document.0).unwrap(), Some(document.1));
    let answered = store.answered(message(1)).unwrap().unwrap();
    assert_eq!((answered.digest, answered.reply), ([1; 32], b"reply 1".to_vec()));
    assert_eq!(store.journal(0, 10).unwrap(), [(1, b"entry 1".to_vec())]);
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
    assert_eq!(store.record(&prescription(1)).unwrap().unwrap().body, b"1 v3");
}

fn a_commit_happens_whole_or_not_at_all(store: &dyn Store) {
    store.commit(with(commit(1), [write(2, None, 2)])).unwrap();
    let key = DocumentKey::of(message(2));
    let half = with(commit(2), [waiting(write(1, None, 2), "FA565", "20260105100000"), write(2, Some(9), 10)]);
    let half = Commit { documents: vec![(key, b"document".to_vec())], ..half };
    assert!(matches!(store.commit(half), Err(CommitError::RecordMoved(_))));
    assert!(store.record(&prescription(1)).unwrap().is_none());
    assert!(store.document(key).unwrap().is_none());
    assert!(store.answered(message(2)).unwrap().is_none());
    assert!(store.waiting(&ods("FA565"), None, 25).unwrap().is_empty());
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
        |after, limit| -> Vec<u64> { store.journal(after, limit).unwrap().iter().map(|(number, _)| *number).collect() };
    assert_eq!(numbers(0, 2), [1, 2]);
    assert_eq!(numbers(2, 10), [3, 4, 5]);
    assert!(numbers(5, 10).is_empty());
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
