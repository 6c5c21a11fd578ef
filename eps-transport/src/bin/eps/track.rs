//! `eps track`: the record of one prescription.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use eps_core::codes::PrescriptionStatus;
use eps_core::ids::PrescriptionId;
use eps_core::record::{Entry, Record};
use eps_transport::broker::Broker;
use eps_transport::client::{ClientError, Tracked};
use eps_transport::clock::FixedClock;
use eps_transport::store::sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::remote::{Server, failure, wait};

/// Show one prescription's record and timeline, of a store or as a server's tracker tells it
///
/// eps track 5D1B7C-Y90217-3E42AY --server http://127.0.0.1:8080
/// eps demo --keep journey.db && eps track --store journey.db 5D1B7C-Y90217-3E42AY
#[derive(Args)]
pub(crate) struct Track {
    /// The short-form prescription id
    id: PrescriptionId,
    /// The broker's store, instead of a server
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    store: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

impl Track {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match &self.store {
            Some(store) => self.of_store(store, global),
            None => self.of_server(global),
        }
    }

    fn of_server(&self, global: &Global) -> Result<(), Failure> {
        let client = self.server.prescriber()?;
        let tracked = wait(client.track(&self.id))?.map_err(|error| {
            let is_refusal = matches!(error, ClientError::Refused { .. });
            if is_refusal { Failure::because("the call")(error.into()) } else { failure(error) }
        })?;
        if global.json {
            files::print_json(&tracked)
        } else {
            files::print(tracked_text(&self.id, &tracked).as_bytes())
        }
    }

    fn of_store(&self, path: &Path, global: &Global) -> Result<(), Failure> {
        let track = open(path, global)?.track(&self.id)?;
        let record = track.ok_or(Failure::NotFound)?.record;
        if global.json { files::print_json(&record_json(&record)) } else { files::print(told(&record).as_bytes()) }
    }
}

/// A broker over a store that is there.
pub(crate) fn open(path: &Path, global: &Global) -> Result<Broker<SqliteStore>, Failure> {
    if !path.is_file() {
        let source = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(Failure::Read { path: path.to_owned(), source });
    }
    let store = SqliteStore::open(path)?;
    Ok(Broker::new(store, global.to().clone()).clock(Arc::new(FixedClock(global.now()))))
}

/// What the tracker tells: the statuses, and one line an event.
fn tracked_text(id: &PrescriptionId, tracked: &Tracked) -> String {
    let status = |code: &str| {
        code.parse()
            .map_or_else(|_| code.to_owned(), |status: PrescriptionStatus| format!("{code} {}", status.display()))
    };
    let items = tracked.items.iter().map(|item| item.status.as_str()).collect::<Vec<_>>().join(" ");
    let mut lines = vec![format!("{id}: status {}; items {items}", status(&tracked.status)), String::new()];
    lines.extend(tracked.history.iter().map(|event| {
        let who = event.organisation.as_deref().unwrap_or_default();
        format!("  {}  {who:<8}{:<60} {}", event.time, event.title, status(&event.status))
    }));
    lines.join("\n")
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
