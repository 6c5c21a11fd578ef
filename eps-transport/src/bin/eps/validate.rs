//! `eps validate`: every problem of a message, with its place.

use std::path::PathBuf;

use clap::Args;
use eps_core::problem::Problems;
use eps_core::{fhir, hl7v3};
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::problems;

/// Report every problem of a FHIR or HL7 v3 message with its place
///
/// The exit code is 0 for a message without problems. With --json, an OperationOutcome.
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
        match (check(&bytes, global), global.json) {
            (Ok(()), true) => files::print_json(&json!({
                "resourceType": "OperationOutcome",
                "issue": [{ "severity": "information", "code": "informational" }],
            })),
            (Ok(()), false) => files::print(b"no problems"),
            (Err(found), true) => problems::refuse(&found),
            (Err(found), false) => {
                files::print(problems::told(&found, &bytes).as_bytes())?;
                Err(Failure::Refused)
            }
        }
    }
}

/// XML begins with `<`; all else is read as FHIR's JSON.
fn check(bytes: &[u8], global: &Global) -> Result<(), Problems> {
    if is_xml(bytes) {
        hl7v3::read_checked(bytes).map(drop)
    } else {
        let mut context = global.context();
        context.check_characters = eps_core::ids::CheckCharacters::Required;
        fhir::read(bytes, &context).map(drop)
    }
}

/// Whether the first character that is no white space and no byte order mark is `<`.
pub(crate) fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    text.trim_ascii_start().first() == Some(&b'<')
}
