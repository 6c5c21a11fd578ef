//! `eps db` and `eps journal`: a store is backed up, checked, replayed and compared, and what is damaged is found.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use eps_core::record::Periods;
use eps_tests::messages::*;
use eps_transport::broker::Broker;
use eps_transport::clock::{Clock, SettableClock};
use eps_transport::journal::{self, JournalError};
use eps_transport::schedule;
use eps_transport::store::sqlite::SqliteStore;
use rusqlite::types::Value as Stored;
use serde_json::Value;

const DAY: i64 = 86_400;

fn eps(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eps")).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn exit(arguments: &[&str]) -> Option<i32> {
    eps(arguments).status.code()
}

/// A store with 8 prescriptions: two claimed, deleted and one forgotten, one cancelled, one released, the others waiting.
fn store_at(path: &Path) {
    let clock = Arc::new(SettableClock::new(time("20260105110000")));
    let store = SqliteStore::open(path).unwrap();
    let broker = Broker::new(store, "200000001285".parse().unwrap()).clock(Arc::clone(&clock) as Arc<dyn Clock>);
    let send = |message: &[u8]| assert!(outcome(&broker.submit(message).unwrap()).starts_with("AA"));
    for number in 1..=2 {
        send(&upload(number, PHARMACY));
        send(&release_by_id(10 + number, PHARMACY, number));
        send(&notify(20 + number, PHARMACY, number, "0006: 0001 0001"));
        send(&claim(30 + number, PHARMACY, number));
    }
    clock.advance(60 * DAY);
    schedule::run(&broker).unwrap();
    for number in 3..=8 {
        send(&upload(number, PHARMACY));
    }
    send(&cancel(40, "A83008", 8, None));
    send(&release_by_id(41, OTHER_PHARMACY, 3));
}

struct Folder {
    folder: tempfile::TempDir,
    store: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("eps.db");
        store_at(&store);
        Self { folder, store }
    }

    fn file(&self, name: &str) -> String {
        text(&self.folder.path().join(name)).to_owned()
    }
}

#[test]
fn a_store_is_counted_checked_and_copied() {
    let folder = Folder::new();
    let store = text(&folder.store);
    let info = json(&eps(&["db", "info", store, "--json"]));
    assert_eq!((&info["schema"], &info["prescriptions"], &info["waiting"]), (&3.into(), &6.into(), &4.into()));
    assert_eq!((&info["deleted"], &info["messages"], &info["entries"]), (&2.into(), &8.into(), &17.into()));
    assert_eq!(info["bytes"], std::fs::metadata(store).unwrap().len());

    let checked = json(&eps(&["db", "check", store, "--json"]));
    assert_eq!((&checked["entries"], &checked["prescriptions"]), (&17.into(), &6.into()));
    assert_eq!((&checked["messages"], &checked["deletedMessages"]), (&8.into(), &8.into()));

    let backup = folder.file("backup.db");
    let copied = json(&eps(&["db", "backup", store, &backup, "--json"]));
    assert_eq!(copied["holds"]["entries"], info["entries"]);
    assert_eq!(json(&eps(&["db", "check", &backup, "--json"])), checked);
    assert_eq!(exit(&["journal", "diff", store, &backup]), Some(0));
    // A backup replaces nothing.
    assert_eq!(exit(&["db", "backup", store, &backup]), Some(3));
    // The copy got its name when it was whole.
    assert!(!Path::new(&format!("{backup}.part")).exists());
}

#[test]
fn a_journal_is_shown_proved_and_replayed() {
    let folder = Folder::new();
    let store = text(&folder.store);
    let lines = |arguments: &[&str]| {
        let output = eps(&[&["journal", "show", store, "--json"], arguments].concat());
        assert!(output.status.success());
        let lines: Vec<Value> =
            output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect();
        lines
    };
    let all = lines(&[]);
    assert_eq!(
        all.iter().map(|entry| entry["number"].as_u64().unwrap()).collect::<Vec<_>>(),
        (1..=17).collect::<Vec<_>>()
    );
    let about = lines(&["--prescription", prescription_id(8).as_str()]);
    let interactions: Vec<_> = about.iter().map(|entry| &entry["entry"]["cause"]["message"]["interaction"]).collect();
    assert_eq!(interactions, ["PORX_IN020101SM31", "PORX_IN030101SM32"]);
    assert_eq!(lines(&["--after", "15", "--limit", "1"]), all[15..16]);
    let told = String::from_utf8(eps(&["journal", "show", store, "--after", "8", "--limit", "2"]).stdout).unwrap();
    assert_eq!(told.lines().count(), 5, "{told}");
    assert!(told.contains("time passed") && told.contains("deleted, its id not used before 2027-03-06"), "{told}");

    let verified = json(&eps(&["journal", "verify", store, "--json"]));
    assert_eq!(verified["link"], all[16]["link"]);
    // A link that was noted earlier is still there; one that never was is not.
    let noted = all[3]["link"].as_str().unwrap();
    assert_eq!(exit(&["journal", "verify", store, "--link", noted]), Some(0));
    assert_eq!(exit(&["journal", "verify", store, "--link", &noted.replace(&noted[..1], "x")]), Some(1));

    let again = folder.file("again.db");
    let replayed = json(&eps(&["journal", "replay", store, "--into", &again, "--json"]));
    assert_eq!((&replayed["same"], &replayed["takenOver"]), (&8.into(), &9.into()));
    assert_eq!(json(&eps(&["journal", "replay", store, "--json"]))["same"], replayed["same"]);
    assert_eq!(exit(&["journal", "diff", store, &again]), Some(0));
    assert_eq!(content(Path::new(&again)), content(&folder.store));
    assert_eq!(exit(&["journal", "replay", store, "--into", &again]), Some(3));
}

#[test]
fn two_journals_part() {
    let folder = Folder::new();
    let store = text(&folder.store);
    let other = folder.file("other.db");
    assert_eq!(exit(&["db", "backup", store, &other]), Some(0));
    let broker = Broker::new(SqliteStore::open(&other).unwrap(), "200000001285".parse().unwrap());
    broker.submit(&upload(99, PHARMACY)).unwrap();
    drop(broker);
    let output = eps(&["journal", "diff", store, &other, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let parted: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&parted["common"], &parted["left"], &parted["right"]["number"]),
        (&17.into(), &Value::Null, &18.into())
    );
    let told = String::from_utf8(eps(&["journal", "diff", store, &other]).stdout).unwrap();
    assert!(told.starts_with("17 entries are the same\n") && told.contains("PORX_IN020101SM31"), "{told}");
}

#[test]
fn what_is_not_there_is_no_failed_check() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent.db");
    for arguments in [&["db", "check"][..], &["db", "info"], &["journal", "show"], &["journal", "verify"]] {
        assert_eq!(exit(&[arguments, &[text(&absent)]].concat()), Some(3), "{arguments:?}");
        assert_eq!(exit(arguments), Some(2), "{arguments:?}");
    }
    assert_eq!(exit(&["journal", "diff", text(&absent), text(&absent)]), Some(3));
    assert!(!absent.exists());
    let other = folder.path().join("other.db");
    for content in [&b"not a store"[..], &[0; 4096], &[b'x'; 8192]] {
        std::fs::write(&other, content).unwrap();
        assert_eq!(exit(&["db", "check", text(&other)]), Some(1));
    }
}

/// All that a store holds, table by table: what counts, whichever way the file keeps it.
fn content(path: &Path) -> BTreeMap<&'static str, Vec<Vec<Stored>>> {
    let db = rusqlite::Connection::open(path).unwrap();
    let rows = |table: &str| {
        let mut all = db.prepare(&format!("SELECT * FROM {table} ORDER BY number")).unwrap();
        let columns = all.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
        all.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
    };
    ["prescription", "message", "journal"].map(|table| (table, rows(table))).into()
}

/// As `eps db check` does: the error is one of those that exit with 1.
fn check(path: &Path) -> Result<(), JournalError> {
    let store = SqliteStore::open_read_only(path)?;
    store.check_integrity()?;
    journal::verify(&store, &Periods::SPINE).map(drop)
}

#[test]
fn a_changed_byte_is_found_wherever_it_counts() {
    let folder = Folder::new();
    // Without the pages that what is deleted left free.
    let compact = folder.file("compact.db");
    rusqlite::Connection::open(&folder.store).unwrap().execute("VACUUM INTO ?1", [&compact]).unwrap();
    let whole = std::fs::read(&compact).unwrap();
    let before = content(Path::new(&compact));
    let path = folder.folder.path().join("changed.db");
    let (mut found, mut harmless) = (0, 0);
    for at in (0..100).chain((100..whole.len()).step_by(151)) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        std::fs::write(&path, &changed).unwrap();
        match check(&path) {
            Err(error) => {
                assert!(error.is_of_the_content(), "byte {at}: {error:?}");
                found += 1;
            }
            // Room that nothing uses, and the counters of the engine.
            Ok(()) => {
                assert_eq!(content(&path), before, "byte {at}");
                harmless += 1;
            }
        }
    }
    assert!(found > 100 && harmless > 0, "{found} found, {harmless} harmless");
}

/// `eps track` opens the store to write.
fn changed_track(whole: &[u8], at: usize, path: &Path) {
    let mut changed = whole.to_vec();
    changed[at] ^= 0x20;
    std::fs::write(path, &changed).unwrap();
    let code = exit(&["track", "--store", text(path), prescription_id(4).as_str()]);
    assert!(matches!(code, Some(0 | 1)), "track at byte {at}: {code:?}");
}

#[test]
fn no_verb_takes_damage_for_a_store_that_cannot_be_reached() {
    let folder = Folder::new();
    let whole = std::fs::read(&folder.store).unwrap();
    let path = folder.folder.path().join("changed.db");
    let verbs =
        [&["db", "check"][..], &["db", "info"], &["journal", "show"], &["journal", "verify"], &["journal", "replay"]];
    let page = 4096;
    // The header of the file, then of each page, then what is in it; and a file that was cut.
    let places = [0, 5, 16, 18, 22, 40, 60, 70]
        .into_iter()
        .chain((1..whole.len() / page).map(|number| number * page + number * 7));
    for at in places {
        changed_track(&whole, at, &path);
        for (verb, flip) in verbs.iter().zip([0x80, 0x01, 0x10, 0xff, 0x40]) {
            let mut changed = whole.clone();
            changed[at] ^= flip;
            std::fs::write(&path, &changed).unwrap();
            let code = exit(&[verb, &[text(&path)][..]].concat());
            assert!(matches!(code, Some(0 | 1)), "{verb:?} at byte {at}: {code:?}");
        }
    }
    for length in [50, 100, page, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(exit(&["db", "check", text(&path)]), Some(1), "cut to {length}");
    }
}

#[test]
fn a_small_bench_measures_all() {
    let folder = tempfile::tempdir().unwrap();
    let folder = text(folder.path());
    let sizes = ["--small", "100", "--large", "200", "--releases", "2", "--submissions", "40", "--callers", "8"];
    let arguments = ["bench", "store", "--json", "--folder", folder, "--rate", "20", "--seconds", "1"];
    let report = json(&eps(&[&arguments[..], &sizes].concat()));
    let positive = |at: &str| assert!(report.pointer(at).and_then(Value::as_u64).unwrap() > 0, "{at}");
    for at in ["perSecond", "group", "latency/p99", "syncsPerSecond", "rawPerSecond", "rawStoredPerSecond"] {
        positive(&format!("/submissions/{at}"));
    }
    for at in ["/openLoop/latency/p50", "/sizes/0/release/p99", "/sizes/1/bytesEach", "/sizes/1/filledPerSecond"] {
        positive(at);
    }
    assert_eq!((&report["sizes"][0]["stored"], &report["sizes"][1]["stored"]), (&100.into(), &200.into()));
    assert_eq!(report["openLoop"]["submissions"], 20);
    assert!(std::fs::read_dir(folder).unwrap().next().is_none(), "the stores are removed");
    // What cannot be measured is told.
    assert_eq!(exit(&["bench", "store", "--small", "10", "--large", "10", "--releases", "1"]), Some(1));
}
