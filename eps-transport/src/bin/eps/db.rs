//! `eps db`: what keeps a broker's store safe.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use eps_core::record::Periods;
use eps_transport::journal;
use eps_transport::store::sqlite::{self, SqliteStore};
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::journal::verified;
use crate::options::Global;

/// Check, copy or count a broker's store, also while it is in use
#[derive(Args)]
pub(crate) struct Db {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Check(Check),
    Backup(Backup),
    Info(Info),
}

/// Check every page and index of the file, then every record, message and reply against the journal
///
/// eps db check eps.db
#[derive(Args)]
struct Check {
    /// The broker's store
    #[arg(value_name = "STORE")]
    store: PathBuf,
}

/// Copy a store, as it is at this moment, into a new file, and check the copy
///
/// eps db backup eps.db backup.db
#[derive(Args)]
struct Backup {
    /// The broker's store
    #[arg(value_name = "STORE")]
    store: PathBuf,
    /// The new file; one that is there is not replaced
    #[arg(value_name = "TO")]
    to: PathBuf,
}

/// Tell the schema of a store, how much it holds, and its size
///
/// eps db info eps.db
#[derive(Args)]
struct Info {
    /// The broker's store
    #[arg(value_name = "STORE")]
    store: PathBuf,
}

impl Db {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match &self.verb {
            Verb::Check(check) => check.run(global),
            Verb::Backup(backup) => backup.run(global),
            Verb::Info(info) => info.run(global),
        }
    }
}

impl Check {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let store = SqliteStore::open_read_only(&self.store)?;
        store.check_integrity()?;
        verified(&journal::verify(&store, &Periods::SPINE)?, global)
    }
}

impl Backup {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        SqliteStore::open_read_only(&self.store)?.backup(&self.to)?;
        let info = SqliteStore::open_read_only(&self.to)?.info()?;
        if global.json {
            files::print_json(&json!({ "backup": self.to, "holds": info }))
        } else {
            files::print(format!("{}: copied and checked; {}", self.to.display(), told(&info)).as_bytes())
        }
    }
}

impl Info {
    fn run(&self, global: &Global) -> Result<(), Failure> {
        let info = SqliteStore::open_read_only(&self.store)?.info()?;
        if global.json {
            files::print_json(&info)
        } else {
            files::print(format!("{}: schema {}; {}", self.store.display(), info.schema, told(&info)).as_bytes())
        }
    }
}

fn told(info: &sqlite::Info) -> String {
    format!(
        "{} prescriptions ({} wait), {} deleted ids, {} messages, {} journal entries; {} bytes, of which {} free",
        info.prescriptions, info.waiting, info.deleted, info.messages, info.entries, info.bytes, info.free_bytes
    )
}
