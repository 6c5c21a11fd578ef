//! Records of random lives before NHS England's own library: next activities, expiry, index terms and cancellations.
//!
//! The library (`eps-spine-shared`, MIT, from the Python package index) is run as it is. Without it the test is skipped with
//! a line: `EPS_SPINE_SHARED` names the Python that has it, else `python3` is asked.
#![expect(clippy::unwrap_used, clippy::panic, reason = "this is a test")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command as Process, Stdio};

use eps_core::codes::Interaction;
use eps_core::ids::LineItemId;
use eps_core::model::Timestamp;
use eps_core::record::{CancelOf, Command, DocumentKey, Periods, Received, Record, Refusal, Reply, Who, decide};
use eps_tests::lifecycle::World;
use eps_tests::messages::{cancellation, guid, line_item_id, message_id};
use eps_tests::skip;
use eps_transport::store::memory::MemoryStore;
use serde_json::{Value, json};

fn python() -> Option<String> {
    let python = std::env::var("EPS_SPINE_SHARED").unwrap_or_else(|_| "python3".to_owned());
    let found = Process::new(&python).args(["-c", "import eps_spine_shared"]).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success()).then_some(python)
}

/// What we answer to a cancellation, and what we make of the record by it.
fn cancel(record: &Record, number: u32, item: Option<u8>, now: Timestamp) -> Value {
    let mut asked = cancellation(9999, record.prescriber().as_str(), number, item);
    asked.effective_time = now;
    let id: Option<LineItemId> = asked.item;
    let key = DocumentKey::of(message_id(9999));
    let cancel = Command::Cancel(Box::new(CancelOf::from_message(&asked, key).unwrap()));
    let received = Received::new(message_id(9999), Interaction::CancellationRequest.sm(), Who::default(), now);
    match decide(Some(record.clone()), cancel, &received, &Periods::SPINE) {
        Err(Refusal::NotCancelled(not)) => json!({"item": id, "answer": not.result.code(), "effect": "refused"}),
        Err(other) => panic!("{other}"),
        Ok(accepted) => {
            let Reply::Cancellation(answer) = accepted.reply else { panic!("not an answer to a cancellation") };
            let after = accepted.record;
            let waits = after.pending_cancellations().len() + after.failed_cancellations().len()
                > record.pending_cancellations().len() + record.failed_cancellations().len();
            let issues: BTreeMap<String, &str> =
                after.issues().iter().map(|(number, issue)| (number.to_string(), issue.status().code())).collect();
            let items: BTreeMap<String, Vec<&str>> = after
                .issues()
                .iter()
                .map(|(number, issue)| {
                    (number.to_string(), issue.state().items().iter().map(|(_, status)| status.code()).collect())
                })
                .collect();
            json!({
                "item": id,
                "answer": answer.result.code(),
                "effect": if waits { "waits" } else { "applied" },
                "current": after.issues().current().to_string(),
                "issues": issues,
                "items": items,
            })
        }
    }
}

/// A record with what we make of it.
fn line(record: &Record, number: u32, now: Timestamp) -> Value {
    let issues: BTreeMap<String, Value> = record
        .issues()
        .iter()
        .map(|(number, issue)| {
            let next = record.next_activity_of(number, issue, &Periods::SPINE).term();
            let expiry = record.expiry_date_of(number, issue, &Periods::SPINE).map(|date| date.to_hl7());
            (number.to_string(), json!([next, expiry]))
        })
        .collect();
    let stored: Value = serde_json::from_slice(&record.to_bytes().unwrap()).unwrap();
    let pending = !record.pending_cancellations().is_empty();
    let targets = [None, Some(1), Some(2), Some(3)].into_iter().filter(|_| !pending && record.uploaded().is_some());
    json!({
        "stored": stored,
        "now": now.to_hl7(),
        "changed": record.timeline().last().unwrap().at.to_hl7(),
        "issues": issues,
        "terms": record.index_terms(&Periods::SPINE),
        "cancels": targets.map(|item| cancel(record, number, item, now)).collect::<Vec<_>>(),
    })
}

#[test]
fn spines_own_library_makes_the_same_of_every_record() {
    let Some(python) = python() else {
        return skip("no Python with eps-spine-shared (EPS_SPINE_SHARED)");
    };
    assert_ne!(line_item_id(1, 1), LineItemId(guid(0, 1)));
    let mut lines = String::new();
    for seed in 0..8 {
        let mut world = World::new(MemoryStore::new(), 5000 + seed);
        for _ in 0..40 {
            world.run(8);
            let now = world.now();
            for (number, record) in world.records() {
                lines += &line(record, number, now).to_string();
                lines.push('\n');
            }
        }
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/spine/compare.py");
    let mut compare = Process::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = compare.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = compare.wait_with_output().unwrap();
    feeding.join().unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    eprintln!("{told}");
    assert!(output.status.success(), "{told}");
}
