//! `eps journal`: what a broker did, proved or done again.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use eps_core::ids::PrescriptionId;
use eps_core::record::Periods;
use eps_transport::broker::{Becomes, Cause, JournalRecord};
use eps_transport::journal::{self, Difference, Entry, Verified};
use eps_transport::store::Store;
use eps_transport::store::memory::MemoryStore;
use eps_transport::store::sqlite::SqliteStore;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;

/// Read a broker's journal: show, verify, replay or compare it
#[derive(Args)]
pub(crate) struct Journal {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Show(Show),
    Verify(Verify),
    Replay(Replay),
    Diff(Diff),
}

/// Show the entries, oldest first, checking the chain on the way; with --json one object a line
///
/// eps journal show eps.db --prescription 5D1B7C-Y90217-3E42AY
#[derive(Args)]
struct Show {
    /// The broker's store
    #[arg(value_name = "STORE")]
    store: PathBuf,
    /// Only the entries that changed this prescription
    #[arg(long, value_name = "ID")]
    prescription: Option<PrescriptionId>,
    /// Only the entries after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: u64,
    /// Only so many entries
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Check the chain, and every record, message and reply against it
///
/// Note the last link elsewhere: with --link it proves later that nothing before it was rewritten.
///
/// eps journal verify eps.db
#[derive(Args)]
struct Verify {
    /// The broker's store
    #[arg(value_name = "STORE")]
    store: PathBuf,
    /// A link that was noted before; it must be in the chain
    #[arg(long, value_name = "HEX")]
    link: Option<String>,
}

/// Judge every message again, at the time and with the ids of then; every outcome must be the same
///
/// eps journal replay eps.db --into again.db
#[derive(Args)]
struct Replay {
    /// The broker's store
    #[arg(value_name = "STORE")]
    store: PathBuf,
    /// Keep the store that comes of it in this new file [default: only compare]
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

/// Find where two journals part; exit code 1 where they do
///
/// eps journal diff eps.db backup.db
#[derive(Args)]
struct Diff {
    /// A broker's store
    #[arg(value_name = "STORE")]
    left: PathBuf,
    /// Another one
    #[arg(value_name = "OTHER")]
    right: PathBuf,
}

impl Journal {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match &self.verb {
            Verb::Show(show) => show.run(global),
            Verb::Verify(verify) => verify.run(global),
            Verb::Replay(replay) => replay.run(global),
            Verb::Diff(diff) => diff.run(global),
        }
    }
}

impl Show {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let store = SqliteStore::open_read_only(&self.store)?;
        let shown = journal::entries(&store)
            .filter(|entry| entry.as_ref().map_or(true, |entry| self.wants(entry)))
            .take(self.limit.unwrap_or(usize::MAX));
        files::print_each(shown.map(|entry| {
            let entry = entry?;
            let bytes =
                if global.json { serde_json::to_vec(&entry_json(&entry)) } else { Ok(told(&entry).into_bytes()) };
            bytes.map_err(|error| Failure::Write(error.into()))
        }))
    }

    fn wants(&self, entry: &Entry) -> bool {
        let about = |id: &PrescriptionId| entry.entry.records.iter().any(|record| record.id == *id);
        entry.number > self.after && self.prescription.as_ref().is_none_or(about)
    }
}

impl Verify {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let store = SqliteStore::open_read_only(&self.store)?;
        let found = journal::verify(&store, &Periods::SPINE)?;
        if let Some(link) = &self.link {
            is_in_the_chain(&store, link)?;
        }
        verified(&found, global)
    }
}

fn is_in_the_chain(store: &dyn Store, link: &str) -> Result<(), Failure> {
    for entry in journal::entries(store) {
        if entry?.link.to_string().eq_ignore_ascii_case(link) {
            return Ok(());
        }
    }
    Err(Failure::Ended("the link is not in the chain: the journal was cut or rewritten, or it is another one"))
}

/// Says what was found in order.
pub(crate) fn verified(found: &Verified, global: &Global) -> Result<(), Failure> {
    let Verified { entries, link, records, messages, deleted_messages, .. } = found;
    if global.json {
        return files::print_json(&json!({
            "entries": entries,
            "link": link.to_string(),
            "prescriptions": records,
            "messages": messages,
            "deletedMessages": deleted_messages,
        }));
    }
    let told = format!(
        "in order: {entries} entries, {records} prescriptions, {messages} messages, {deleted_messages} deleted messages\n\
         link {link}"
    );
    files::print(told.as_bytes())
}

impl Replay {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let store = SqliteStore::open_read_only(&self.store)?;
        let done = match &self.into {
            None => journal::replay(&store, &MemoryStore::new(), Periods::SPINE)?,
            Some(path) => journal::replay(&store, &new_store(path)?, Periods::SPINE)?,
        };
        if global.json {
            let into = &self.into;
            return files::print_json(
                &json!({ "same": done.same, "inPart": done.in_part, "takenOver": done.taken_over, "into": into }),
            );
        }
        let told = format!(
            "replayed: {} entries with the same outcome; of deleted prescriptions {} taken over in part, {} whole",
            done.same, done.in_part, done.taken_over
        );
        files::print(told.as_bytes())
    }
}

/// A store in a file that is not there yet.
fn new_store(path: &Path) -> Result<SqliteStore, Failure> {
    if path.exists() {
        return Err(eps_transport::store::StoreError::Exists.into());
    }
    Ok(SqliteStore::open(path)?)
}

impl Diff {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let [left, right] = [&self.left, &self.right].map(SqliteStore::open_read_only);
        let difference = journal::diff(&left?, &right?)?;
        let (common, left, right) = match &difference {
            Difference::None(common) => (*common, None, None),
            Difference::Longer { common, left, right } => (*common, left.as_deref(), right.as_deref()),
            Difference::At { number, left, right } => (number.saturating_sub(1), Some(&**left), Some(&**right)),
        };
        if global.json {
            let json = |entry: Option<&Entry>| entry.map(entry_json);
            files::print_json(&json!({ "common": common, "left": json(left), "right": json(right) }))?;
        } else {
            let mut text = format!("{common} entries are the same");
            for (path, next) in [(&self.left, left), (&self.right, right)] {
                let next = next.map(|entry| format!("\n{} goes on:\n{}", path.display(), told(entry)));
                text.push_str(&next.unwrap_or_default());
            }
            files::print(text.as_bytes())?;
        }
        if matches!(difference, Difference::None(_)) { Ok(()) } else { Err(Failure::Refused) }
    }
}

/// An entry for people: when, what, and what became of which record.
fn told(entry: &Entry) -> String {
    let cause = match &entry.entry.cause {
        Cause::Message(message) => {
            let from = message.from.as_ref().map_or("-", |from| from.as_str());
            format!("{} {} from {from}", message.interaction, message.id)
        }
        Cause::Time => "time passed".to_owned(),
    };
    let at = entry.entry.at.utc();
    let when = format!("{} {:02}:{:02}:{:02}", entry.entry.at.date(), at.hour(), at.minute(), at.second());
    let records: String = entry.entry.records.iter().map(|record| format!("\n{:>8}{}", "", became(record))).collect();
    format!("{:>7} {when}  {cause}{records}", entry.number)
}

fn became(record: &JournalRecord) -> String {
    let becomes = match record.becomes {
        Some(Becomes::Kept(_)) => "kept".to_owned(),
        Some(Becomes::Deleted(until)) => format!("deleted, its id not used before {until}"),
        Some(Becomes::Purged) => "purged".to_owned(),
        None => "kept, by the first schema".to_owned(),
    };
    format!("{} version {}: {becomes}", record.id, record.version)
}

fn entry_json(entry: &Entry) -> Value {
    json!({ "number": entry.number, "link": entry.link.to_string(), "entry": entry.entry })
}
