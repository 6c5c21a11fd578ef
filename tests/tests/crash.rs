//! A broker that is killed at any moment has lost nothing that it answered, and does nothing twice.
//!
//! The test starts itself again as a child: that one submits messages from several threads over one SQLite file and says
//! which it got answered, until it is killed. Then the file is opened and compared with what the child said.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "this is a test")]

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eps_core::hl7v3;
use eps_core::ids::MessageId;
use eps_core::model::Message;
use eps_core::record::Periods;
use eps_tests::messages::*;
use eps_transport::broker::Broker;
use eps_transport::clock::FixedClock;
use eps_transport::journal;
use eps_transport::schedule;
use eps_transport::store::Store;
use eps_transport::store::sqlite::{Options, SqliteStore, WritePoint};

/// The file, and where each thread begins: only the child has these.
const FILE: &str = "EPS_CRASH_FILE";
const FROM: &str = "EPS_CRASH_FROM";
/// Where in the writing the child ends itself, and which time it gets there: `Journal 3`.
const POINT: &str = "EPS_CRASH_POINT";
/// The time until which the child lets time pass, instead of submitting.
const UNTIL: &str = "EPS_CRASH_UNTIL";
/// How often to kill; more than the usual 200 on request.
const ROUNDS: &str = "EPS_CRASH_ROUNDS";
/// Callers of the child. Together they share syncs, so a kill meets commits in company.
const THREADS: u32 = 4;
/// Messages of one prescription's life.
const STEPS: u32 = 4;

fn broker_at(path: &Path, now: &str, options: Options) -> Broker<SqliteStore> {
    let store = SqliteStore::open_with(path, options).unwrap();
    Broker::new(store, "200000001285".parse().unwrap()).clock(Arc::new(FixedClock(time(now))))
}

fn broker(path: &Path) -> Broker<SqliteStore> {
    broker_at(path, NOW, Options::default())
}

/// The prescription that message `number` is about. Each thread has its own prescriptions, 4 messages each.
fn about(number: u32) -> u32 {
    number / STEPS
}

/// Message `number`: of each prescription's life there are four.
fn message(number: u32) -> Vec<u8> {
    let prescription_number = about(number);
    match number % STEPS {
        0 => request(message_id(number), Message::Prescription(Box::new(prescription(prescription_number, PHARMACY)))),
        1 => release_by_id(number, OTHER_PHARMACY, prescription_number),
        2 => notify(number, OTHER_PHARMACY, prescription_number, "0006: 0001 0001"),
        _ => claim(number, OTHER_PHARMACY, prescription_number),
    }
}

/// The message after `number` of the same thread.
fn next(number: u32) -> u32 {
    let last_step = number % STEPS == STEPS - 1;
    if last_step { number + 1 + STEPS * (THREADS - 1) } else { number + 1 }
}

fn submit_for_ever(broker: &Broker<SqliteStore>, mut number: u32) -> ! {
    loop {
        let reply = broker.submit(&message(number)).unwrap();
        assert_eq!(outcome(&reply), "AA");
        let id = hl7v3::read(&reply).unwrap().id;
        // The lock makes the line whole; nothing buffers it, so what is killed has said what it knows.
        let line = format!("answered {number} {id}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        number = next(number);
    }
}

/// Ends the process at a write point, as a power cut would: no destructor runs, nothing is flushed.
fn ending_at(point: &str) -> Options {
    let (name, times) = point.split_once(' ').unwrap();
    let (name, times) = (name.to_owned(), times.parse::<u32>().unwrap());
    let seen = AtomicU32::new(0);
    Options::default().on_write(move |at: WritePoint| {
        if format!("{at:?}") == name && seen.fetch_add(1, Ordering::SeqCst) + 1 == times {
            std::process::abort();
        }
    })
}

/// The child: does nothing when the test is run as usual.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let options = std::env::var(POINT).map_or_else(|_| Options::default(), |point| ending_at(&point));
    if let Ok(until) = std::env::var(UNTIL) {
        schedule::run(&broker_at(Path::new(&file), &until, options)).unwrap();
        return;
    }
    let broker = broker_at(Path::new(&file), NOW, options);
    std::thread::scope(|scope| {
        for number in std::env::var(FROM).unwrap().split(',') {
            let number = number.parse().unwrap();
            let broker = &broker;
            scope.spawn(move || submit_for_ever(broker, number));
        }
    });
}

fn start(file: &Path, settings: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(FILE, file)
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn listed(from: &[u32]) -> String {
    from.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}

/// What a child says: message and reply.
fn answers(child: &mut Child) -> impl Iterator<Item = (u32, MessageId)> + use<> {
    let output = BufReader::new(child.stdout.take().unwrap());
    let lines = output.split(b'\n').map(Result::unwrap).map(|line| String::from_utf8(line).unwrap());
    lines.filter_map(|line| {
        let (number, id) = line.split_once("answered ")?.1.split_once(' ')?;
        Some((number.parse().unwrap(), id.parse().ok()?))
    })
}

/// Runs a child that begins at these messages and kills it after a while; gives what it said.
fn run_and_kill(file: &Path, from: &[u32], patience: Duration) -> Vec<(u32, MessageId)> {
    let mut child = start(file, &[(FROM, &listed(from))]);
    let mut said = answers(&mut child);
    let mut answered = vec![said.next().expect("the child ended by itself")];
    let killer = std::thread::spawn(move || {
        std::thread::sleep(patience);
        child.kill().unwrap();
        child.wait().unwrap()
    });
    answered.extend(said);
    assert!(!killer.join().unwrap().success());
    answered
}

/// Every answered message is there once, with the reply that was given.
fn check(broker: &Broker<SqliteStore>, answered: &[(u32, MessageId)]) {
    for (number, reply) in answered {
        let id = message_id(*number);
        let remembered = broker.store().answered(id).unwrap().expect("an answered message is remembered");
        assert_eq!(hl7v3::read(&remembered.reply).unwrap().id, *reply);
        let record = broker.track(&prescription_id(about(*number))).unwrap().expect("it has a record").record;
        assert_eq!(record.timeline().iter().filter(|entry| entry.message == Some(id)).count(), 1);
        for key in record.documents() {
            assert!(!broker.document(*key).unwrap().is_empty());
        }
    }
}

/// Each message was journalled once; the chain holds, and so does all that it covers.
fn check_journal(broker: &Broker<SqliteStore>, answered: &HashMap<u32, MessageId>) {
    let verified = journal::verify(broker.store(), &Periods::SPINE).unwrap();
    let mut times: HashMap<MessageId, u32> = HashMap::new();
    for entry in journal::entries(broker.store()) {
        *times.entry(entry.unwrap().entry.message().unwrap().id).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "a message had its effect twice");
    assert!(answered.keys().all(|number| times.contains_key(&message_id(*number))));
    assert_eq!(verified.messages, times.len() as u64);
}

/// A crowd of callers, where each is, and what was answered so far.
struct Crowd {
    from: Vec<u32>,
    answered: HashMap<u32, MessageId>,
}

impl Crowd {
    fn new() -> Self {
        Self { from: (0..THREADS).map(|thread| thread * STEPS).collect(), answered: HashMap::new() }
    }

    fn note(&mut self, said: &[(u32, MessageId)]) {
        for (number, reply) in said {
            let thread = about(*number) % THREADS;
            self.from[thread as usize] = next(*number);
            assert_eq!(self.answered.insert(*number, *reply), None, "each message is answered once by the children");
        }
    }

    /// Asks again what was in hand: stored or not, it has one effect and one reply.
    fn finish(mut self, file: &Path) -> usize {
        let broker = broker(file);
        for number in self.from.clone() {
            let reply = broker.submit(&message(number)).unwrap();
            assert_eq!(outcome(&reply), "AA");
            assert_eq!(broker.submit(&message(number)).unwrap(), reply);
            self.answered.insert(number, hl7v3::read(&reply).unwrap().id);
        }
        broker.store().check_integrity().unwrap();
        check(&broker, &self.answered.iter().map(|(number, reply)| (*number, *reply)).collect::<Vec<_>>());
        check_journal(&broker, &self.answered);
        let journal = broker.store().journal(0, u32::MAX).unwrap().len();
        assert_eq!(journal, self.answered.len(), "the store holds what was answered and nothing else");
        self.answered.len()
    }
}

#[test]
fn a_killed_broker_has_lost_nothing_that_it_answered() {
    let rounds = std::env::var(ROUNDS).map_or(200, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eps.db");
    let random = RandomState::new();
    let mut crowd = Crowd::new();
    let mut caught_in_the_act = 0;
    for round in 0..rounds {
        let patience = Duration::from_micros(random.hash_one(round) % 20_000);
        let said = run_and_kill(&file, &crowd.from, patience);
        crowd.note(&said);
        let broker = broker(&file);
        check(&broker, &said);
        // The next child repeats what this one had in hand.
        let in_hand =
            crowd.from.iter().filter(|number| broker.store().answered(message_id(**number)).unwrap().is_some());
        caught_in_the_act += in_hand.count();
    }
    let answered = crowd.finish(&file);
    let summary = format!("{rounds} kills, {answered} messages answered, {caught_in_the_act} stored unanswered\n");
    std::io::stderr().write_all(summary.as_bytes()).unwrap();
}

#[test]
fn a_broker_that_ends_at_any_write_point_has_lost_nothing_that_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eps.db");
    let mut crowd = Crowd::new();
    let points = [
        WritePoint::Begin,
        WritePoint::Message,
        WritePoint::Record,
        WritePoint::Journal,
        WritePoint::Commit,
        WritePoint::Committed,
    ];
    let stored = || broker(&file).store().journal(0, u32::MAX).unwrap().len();
    for point in points {
        for times in [1, 2, 7] {
            let before = stored();
            let mut child = start(&file, &[(FROM, &listed(&crowd.from)), (POINT, &format!("{point:?} {times}"))]);
            let said: Vec<_> = answers(&mut child).collect();
            assert!(!child.wait().unwrap().success(), "{point:?}");
            crowd.note(&said);
            check(&broker(&file), &said);
            if times == 1 {
                // Only what was committed is there; nobody was told of it.
                assert_eq!(stored() > before, point == WritePoint::Committed, "{point:?}");
            }
        }
    }
    crowd.finish(&file);
}

#[test]
fn a_schedule_that_ends_at_any_write_point_goes_on_where_it_was() {
    const PRESCRIPTIONS: u32 = 250;
    /// Expired on 5 July 2026, deleted 90 days later.
    const UNTIL_DELETED: &str = "20261010120000";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eps.db");
    let uploads = broker(&file);
    for number in 0..PRESCRIPTIONS {
        assert_eq!(outcome(&uploads.submit(&upload(number, PHARMACY)).unwrap()), "AA");
    }
    drop(uploads);
    schedule::run(&broker_at(&file, "20260706120000", Options::default())).unwrap();
    let whole = folder.path().join("whole.db");
    SqliteStore::open_read_only(&file).unwrap().backup(&whole).unwrap();
    let points = [
        WritePoint::Begin,
        WritePoint::Record,
        WritePoint::Release,
        WritePoint::Journal,
        WritePoint::Commit,
        WritePoint::Committed,
    ];
    for point in points {
        let mut child = start(&file, &[(UNTIL, UNTIL_DELETED), (POINT, &format!("{point:?} 1"))]);
        assert!(!child.wait().unwrap().success(), "{point:?}");
    }
    for file in [&file, &whole] {
        schedule::run(&broker_at(file, UNTIL_DELETED, Options::default())).unwrap();
    }
    let stores = [&file, &whole].map(|file| SqliteStore::open(file).unwrap());
    for store in &stores {
        let verified = journal::verify(store, &Periods::SPINE).unwrap();
        assert_eq!((verified.records, verified.messages), (0, 0));
        assert_eq!(verified.deleted_messages, u64::from(PRESCRIPTIONS));
    }
    // Whether it was interrupted or not, the same was done in the same order.
    let [file, whole] = &stores;
    assert!(matches!(journal::diff(file, whole).unwrap(), journal::Difference::None(_)));
}
