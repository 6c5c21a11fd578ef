//! `eps prepare`: the digest that a prescriber signs.

use std::path::PathBuf;

use clap::Args;
use eps_core::model::{Message, Prescription};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::prepare::{self, Prepared};
use eps_core::{fhir, hl7v3};

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::problems;
use crate::trust::PROVIDER;

/// Print the digest of a prescription to be signed
///
/// Prints the Parameters (digest, timestamp, algorithm) that the NHS service answers to $prepare, or an
/// OperationOutcome that says what is wrong and where.
///
/// eps prepare order.json
#[derive(Args)]
pub(crate) struct Prepare {
    /// The prescription-order; `-` is standard input
    file: PathBuf,
    /// Prepare for SHA-1, which the NHS accepts from registered legacy systems only
    #[arg(long)]
    legacy_sha1: bool,
}

impl Prepare {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let algorithm = if self.legacy_sha1 { Algorithm::Rs1 } else { Algorithm::Rs256 };
        match fhir::read(&bytes, &global.context()).map(|envelope| envelope.message) {
            Ok(Message::Prescription(prescription)) => {
                files::print_json(&prepared(&prescription, algorithm).parameters(prescription.author.time))
            }
            Ok(_) => Err(Failure::Usage("only a prescription-order can be prepared for signing")),
            Err(found) => problems::refuse(&found),
        }
    }
}

/// The payload to sign of a prescription.
pub(crate) fn prepared(prescription: &Prescription, algorithm: Algorithm) -> Prepared {
    prepare::prepared(&hl7v3::write_fragments(prescription), algorithm, &PROVIDER)
}
