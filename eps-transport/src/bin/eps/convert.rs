//! `eps convert`: one wire to the other.

use std::path::PathBuf;

use clap::Args;
use eps_core::xml::{Document, Limits, pretty};
use eps_core::{fhir, hl7v3};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::problems;

/// Convert a FHIR message to HL7 v3
///
/// Prints the HL7 v3 message, or an OperationOutcome that says what is wrong and where.
///
/// eps convert order.json --now 2022-02-01T00:00:00Z
#[derive(Args)]
pub(crate) struct Convert {
    /// The message; `-` is standard input
    file: PathBuf,
    /// Indent the message for people. The signature does not mind
    #[arg(long)]
    pretty: bool,
}

impl Convert {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let envelope = match fhir::read(&bytes, &global.context()) {
            Ok(envelope) => envelope,
            Err(found) => return problems::refuse(&found),
        };
        let message = hl7v3::write(&envelope);
        files::print(&if self.pretty { indented(&message) } else { message })
    }
}

/// The message indented; what was just written is XML.
fn indented(message: &[u8]) -> Vec<u8> {
    match Document::parse(message, &Limits::DEFAULT) {
        Ok(document) => pretty(document.root()),
        Err(_) => message.to_vec(),
    }
}
