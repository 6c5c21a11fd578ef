//! A broker that is killed at any moment has lost nothing that it answered, and does nothing twice.
//!
//! The test starts itself again as a child: that one submits messages from several threads over one SQLite file and says
//! which it got answered, until it is killed. Then the file is opened and compared with what the child said.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "this is a test")]

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use eps_core::hl7v3;
use eps_core::ids::MessageId;
use eps_core::model::Message;
use eps_tests::messages::*;
use eps_transport::broker::{Broker, JournalEntry};
use eps_transport::clock::FixedClock;
use eps_transport::store::Store;
use eps_transport::store::sqlite::SqliteStore;

/// The file, and where each thread begins: only the child has these.
const FILE: &str = "EPS_CRASH_FILE";
const FROM: &str = "EPS_CRASH_FROM";
/// How often to kill; more than the usual 25 on request.
const ROUNDS: &str = "EPS_CRASH_ROUNDS";
/// Callers of the child. Together they share syncs, so a kill meets commits in company.
const THREADS: u32 = 4;
/// Messages of one prescription's life.
const STEPS: u32 = 4;

fn broker(path: &Path) -> Broker<SqliteStore> {
    let store = SqliteStore::open(path).unwrap();
    Broker::new(store, "200000001285".parse().unwrap()).clock(Arc::new(FixedClock(time(NOW))))
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

/// The child: does nothing when the test is run as usual.
#[test]
fn child() {
    let (Some(file), Ok(from)) = (std::env::var_os(FILE), std::env::var(FROM)) else { return };
    let broker = broker(Path::new(&file));
    std::thread::scope(|scope| {
        for number in from.split(',') {
            let number = number.parse().unwrap();
            let broker = &broker;
            scope.spawn(move || submit_for_ever(broker, number));
        }
    });
}

/// Runs a child that begins at these messages and kills it after a while; gives what it said: message and reply.
fn run_and_kill(file: &Path, from: &[u32], patience: Duration) -> Vec<(u32, MessageId)> {
    let from: Vec<String> = from.iter().map(u32::to_string).collect();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(FILE, file)
        .env(FROM, from.join(","))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut answered = Vec::new();
    let mut lines = output.split(b'\n').map(Result::unwrap).map(|line| String::from_utf8(line).unwrap());
    let said = |line: String| -> Option<(u32, MessageId)> {
        let (number, id) = line.split_once("answered ")?.1.split_once(' ')?;
        Some((number.parse().unwrap(), id.parse().ok()?))
    };
    answered.extend(lines.by_ref().find_map(said));
    assert!(!answered.is_empty(), "the child ended by itself");
    let killer = std::thread::spawn(move || {
        std::thread::sleep(patience);
        child.kill().unwrap();
        child.wait().unwrap()
    });
    answered.extend(lines.filter_map(said));
    assert!(!killer.join().unwrap().success());
    answered
}

/// Every answered message is there once, with the reply that was given.
fn check(broker: &Broker<SqliteStore>, answered: &HashMap<u32, MessageId>) {
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
    let mut journal: HashMap<MessageId, u32> = HashMap::new();
    for (_, entry) in broker.store().journal(0, u32::MAX).unwrap() {
        *journal.entry(JournalEntry::from_bytes(&entry).unwrap().message).or_default() += 1;
    }
    assert!(journal.values().all(|times| *times == 1), "a message had its effect twice");
    assert!(answered.keys().all(|number| journal.contains_key(&message_id(*number))));
}

#[test]
fn a_killed_broker_has_lost_nothing_that_it_answered() {
    let rounds = std::env::var(ROUNDS).map_or(25, |rounds| rounds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eps.db");
    let random = RandomState::new();
    let mut answered: HashMap<u32, MessageId> = HashMap::new();
    let mut from: Vec<u32> = (0..THREADS).map(|thread| thread * STEPS).collect();
    let mut caught_in_the_act = 0;
    for round in 0..rounds {
        let patience = Duration::from_micros(random.hash_one(round) % 120_000);
        for (number, reply) in run_and_kill(&file, &from, patience) {
            let thread = about(number) % THREADS;
            from[thread as usize] = next(number);
            assert_eq!(answered.insert(number, reply), None, "each message is answered once by the children");
        }
        let broker = broker(&file);
        broker.store().check_integrity().unwrap();
        check(&broker, &answered);
        // The next child repeats what this one had in hand: stored or not, it must have one effect.
        let in_hand = from.iter().filter(|number| broker.store().answered(message_id(**number)).unwrap().is_some());
        caught_in_the_act += in_hand.count();
    }
    let broker = broker(&file);
    for number in from {
        let reply = broker.submit(&message(number)).unwrap();
        assert_eq!(outcome(&reply), "AA");
        assert_eq!(broker.submit(&message(number)).unwrap(), reply);
        answered.insert(number, hl7v3::read(&reply).unwrap().id);
    }
    check(&broker, &answered);
    let journal = broker.store().journal(0, u32::MAX).unwrap().len();
    assert_eq!(journal, answered.len(), "the store holds what was answered and nothing else");
    let summary =
        format!("{rounds} kills, {} messages answered, {caught_in_the_act} stored unanswered\n", answered.len());
    std::io::stderr().write_all(summary.as_bytes()).unwrap();
}
