//! `eps verify`: each check of a signature, and the field that differs.

use std::path::PathBuf;

use clap::Args;
use eps_core::hl7v3;
use eps_core::signature::diff::{self, Difference, DifferenceKind};
use eps_core::signature::{Occasion, Report, Verifier};
use eps_core::xml::{Document, Limits};
use serde_json::json;

use crate::failure::Failure;
use crate::files;
use crate::options::Global;
use crate::problems;
use crate::trust::{PROVIDER, Trust};

/// Verify the signature of a prescription and report every check
///
/// With --against, the report names each signed element that differs from another copy of the prescription.
///
/// eps verify signed.xml --trust root.pem --intermediate signing-ca.pem --crl root.crl --crl signing-ca.crl
#[derive(Args)]
pub(crate) struct Verify {
    /// The HL7 v3 message, or the ParentPrescription alone; `-` is standard input
    file: PathBuf,
    #[command(flatten)]
    trust: Trust,
    /// Another copy of the prescription, such as the one that was signed: name what differs
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

impl Verify {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let bytes = files::read(&self.file)?;
        let loaded = self.trust.load()?;
        let document = match Document::parse(&bytes, &Limits::DEFAULT) {
            Ok(document) => document,
            Err(found) => return refuse(&found, &bytes, global),
        };
        let verifier =
            Verifier { provider: &PROVIDER, trust: &loaded.trust, lists: &loaded.lists, policy: &loaded.policy };
        let verified = verifier.verify(document.root(), Occasion::receipt_unknown(global.now()));
        let report = match &verified {
            Ok(verified) => verified.report(),
            Err(refused) => refused.report(),
        };
        self.print(report, &self.differences(&document)?, global)?;
        if verified.is_ok() { Ok(()) } else { Err(Failure::Refused) }
    }

    /// What differs from the other copy, where there is one.
    fn differences(&self, document: &Document<'_>) -> Result<Vec<Difference>, Failure> {
        let Some(path) = &self.against else { return Ok(Vec::new()) };
        let bytes = files::read(path)?;
        let other = Document::parse(&bytes, &Limits::DEFAULT)
            .map_err(|found| Failure::because("the other copy")(found.into()))?;
        let (Some(received), Some(signed)) = (hl7v3::parent_prescription(document), hl7v3::parent_prescription(&other))
        else {
            return Err(Failure::Usage("both files must hold a ParentPrescription in urn:hl7-org:v3"));
        };
        diff::explain(received, signed).ok_or(Failure::Usage("the signed parts of both copies must be there"))
    }

    fn print(&self, report: &Report, differences: &[Difference], global: &Global) -> Result<(), Failure> {
        if global.json {
            let differences: Vec<_> = differences.iter().map(difference_json).collect();
            return files::print_json(&json!({ "report": report, "differences": differences }));
        }
        let mut text = report.to_string();
        for difference in differences {
            text.push_str(&format!("\ndiffers: {difference}"));
        }
        files::print(text.trim_end().as_bytes())
    }
}

/// A difference for programs. Its values are the caller's own prescription.
pub(crate) fn difference_json(difference: &Difference) -> serde_json::Value {
    json!({
        "place": difference.place.to_string(),
        "kind": match difference.kind {
            DifferenceKind::Changed => "changed",
            DifferenceKind::Missing => "missing",
            DifferenceKind::Added => "added",
        },
        "expected": difference.expected,
        "found": difference.found,
    })
}

fn refuse(found: &eps_core::problem::Problems, bytes: &[u8], global: &Global) -> Result<(), Failure> {
    if global.json {
        return problems::refuse(found);
    }
    files::print(problems::told(found, bytes).as_bytes())?;
    Err(Failure::Refused)
}
