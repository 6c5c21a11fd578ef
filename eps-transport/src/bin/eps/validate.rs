//! `eps validate`: every problem of a message, with its place.

use std::path::PathBuf;

use clap::Args;
use eps_core::ids::CheckCharacters;
use eps_core::problem::{Problems, operation_outcome};
use eps_core::rules::validate;
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::problems;

/// Report every problem of a FHIR or HL7 v3 message with its place
///
/// Warnings do not change the exit code, which is 0 for a message that would be accepted. With --json, an
/// OperationOutcome.
///
/// eps validate order.json
#[derive(Args)]
pub(crate) struct Validate {
    /// The message; `-` is standard input
    file: PathBuf,
}

impl Validate {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let mut context = global.context();
        context.check_characters = CheckCharacters::Required;
        let found = validate(&bytes, &context);
        let refused = found.iter().any(|problem| problem.rule.severity.refuses());
        match (Problems::from_vec(found), global.json) {
            (None, true) => files::print_json(&json!({
                "resourceType": "OperationOutcome",
                "issue": [{ "severity": "information", "code": "informational" }],
            }))?,
            (None, false) => files::print(b"no problems")?,
            (Some(found), true) => files::print_json(&operation_outcome(&found))?,
            (Some(found), false) => files::print(problems::told(&found, &bytes).as_bytes())?,
        }
        if refused { Err(Failure::Refused) } else { Ok(()) }
    }
}
