//! `eps bench`: how fast this machine does it, beside what it could do at best.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;

mod floor;
mod progress;
mod store;
mod tell;

/// Measure how fast this machine does it, beside what it could do at best
#[derive(Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Store(Store),
}

/// Measure the broker over its store: signed submissions, latency, releases, size and memory
///
/// Each submission is verified in full and is on the disk when it is answered. Without options this takes some minutes and
/// some 4 GB of disk; this one takes seconds:
///
/// eps bench store --small 5000 --large 20000 --releases 50 --submissions 2000 --seconds 2
#[derive(Args)]
pub(crate) struct Store {
    /// Where the stores are made, in a folder of their own that is removed afterwards: the disk to be measured
    /// [default: the folder for temporary files]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Stored prescriptions when releases are measured first
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    small: u32,
    /// Stored prescriptions when releases are measured again
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    large: u32,
    /// Releases of 25 prescriptions, each time
    #[arg(long, value_name = "N", default_value_t = 500)]
    releases: u16,
    /// Signed submissions
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    submissions: u32,
    /// Callers that submit at once
    #[arg(long, value_name = "N", default_value_t = 64)]
    callers: u16,
    /// Submissions a second for the latency
    #[arg(long, value_name = "N", default_value_t = 1000)]
    rate: u32,
    /// For how long
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u32,
}

impl Bench {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        match &self.verb {
            Verb::Store(store) => {
                let report = store::measure(store, global)?;
                if global.json { files::print_json(&report) } else { files::print(tell::text(&report).as_bytes()) }
            }
        }
    }
}
