//! `eps track`: the record of one prescription.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use eps_core::ids::PrescriptionId;
use eps_core::record::{Entry, Record};
use eps_transport::broker::Broker;
use eps_transport::clock::FixedClock;
use eps_transport::store::sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;

/// Show one prescription's record and timeline
///
/// eps demo --keep journey.db && eps track --store journey.db 24F649-A83008-7B5E0Y
#[derive(Args)]
pub(crate) struct Track {
    /// The short-form prescription id
    id: PrescriptionId,
    /// The broker's store
    #[arg(long, value_name = "FILE")]
    store: PathBuf,
}

impl Track {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        if !self.store.is_file() {
            let source = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Failure::Read { path: self.store.clone(), source });
        }
        let store = SqliteStore::open(&self.store).map_err(|error| Failure::Store(error.into()))?;
        let broker = Broker::new(store, global.to().clone()).clock(Arc::new(FixedClock(global.now())));
        let track = broker.track(&self.id).map_err(|error| Failure::Store(error.into()))?;
        let record = track.ok_or(Failure::NotFound)?.record;
        if global.json { files::print_json(&record_json(&record)) } else { files::print(told(&record).as_bytes()) }
    }
}

fn told(record: &Record) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "{}: {}, prescribed by {}", record.id(), record.treatment().display(), record.prescriber());
    if let Some(pharmacy) = record.nomination().and_then(|nomination| nomination.performer.as_ref()) {
        let _ = write!(text, ", nominated to {pharmacy}");
    }
    if let Some(issue) = record.current() {
        let _ = write!(text, "\nstatus {} {}", issue.status().code(), issue.status().display());
    }
    let _ = write!(text, "\n\n{}", timeline(record));
    text.trim_end().to_owned()
}

/// The change log, one line an event: when, what, by whom, and the statuses after it.
pub(crate) fn timeline(record: &Record) -> String {
    record.timeline().iter().map(line).collect()
}

fn line(entry: &Entry) -> String {
    let who = entry.who.organisation.as_ref().map_or("", |organisation| organisation.as_str());
    let after = entry.changes.first().map(|change| {
        let items = change.to.items.iter().map(|(_, status)| status.code()).collect::<Vec<_>>().join(" ");
        format!("{} {}; items {items}", change.to.prescription.code(), change.to.prescription.display())
    });
    let at = entry.at.utc();
    let when = format!("{} {:02}:{:02}", entry.at.date(), at.hour(), at.minute());
    format!("  {when}  {who:<8}{:<60} {}\n", entry.text(), after.unwrap_or_default())
}

/// The change log for programs.
pub(crate) fn timeline_json(record: &Record) -> Value {
    let entry = |entry: &Entry| json!({ "text": entry.text(), "entry": entry });
    record.timeline().iter().map(entry).collect()
}

fn record_json(record: &Record) -> Value {
    json!({
        "prescription": record.id().as_str(),
        "version": record.version(),
        "treatmentType": record.treatment().code(),
        "status": record.current().map(|issue| issue.status().code()),
        "timeline": timeline_json(record),
    })
}
