//! `eps demo`: the whole life of a prescription on an embedded broker.

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;

mod journey;
mod tell;

/// The prescription that is shipped with the program: invented, unsigned, two items, nominated.
const BUNDLE: &[u8] = include_bytes!("../../../data/prescription-order.json");

/// Run the whole life of a prescription: sign, submit, release, dispense, claim
///
/// Everything happens on an embedded broker in a temporary folder, with keys made for the occasion.
///
/// eps demo --bundle order.json --keep journey.db
#[derive(Args)]
pub(crate) struct Demo {
    /// A FHIR prescription-order to use instead of the one that is shipped. The journey takes place when it is dated,
    /// unless --now says otherwise
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Keep the broker's store in this new file, for `eps track`
    #[arg(long, value_name = "FILE")]
    keep: Option<PathBuf>,
}

impl Demo {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bundle = match &self.bundle {
            Some(path) => files::read(path)?,
            None => BUNDLE.to_vec(),
        };
        let folder = tempfile::tempdir()?;
        let store = self.keep.clone().unwrap_or_else(|| folder.path().join("eps.db"));
        let story = journey::travel(&bundle, &store, global)?;
        if global.json { files::print_json(&tell::json(&story)) } else { files::print(tell::text(&story).as_bytes()) }
    }
}
