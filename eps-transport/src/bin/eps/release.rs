//! `eps release`: prescriptions for a pharmacy.

use std::path::PathBuf;

use clap::Args;
use eps_core::ids::{MessageId, OdsCode, PrescriptionId};
use eps_core::model::{FailedPrescription, ReleaseAnswer, ReleaseKind};
use eps_transport::client::RequestId;
use eps_transport::pharmacy::Held;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::files;
use crate::held::{pharmacy, write};
use crate::options::Global;
use crate::remote::{Server, issues_json, request, tell, wait};

/// Release what waits for a pharmacy, or one prescription by its id
///
/// What is released is kept in the folder, one file each, for `eps dispense`, `claim`, `return` and `withdraw`.
///
/// eps release --ods FZ417
/// eps release --ods FZ417 --id 5D1B7C-Y90217-3E42AY
#[derive(Args)]
pub(crate) struct Release {
    /// The pharmacy, by ODS code
    #[arg(long, value_name = "ODS")]
    ods: OdsCode,
    /// The prescription that a patient brings
    #[arg(long, value_name = "ID")]
    id: Option<PrescriptionId>,
    /// Where to keep what is released
    #[arg(long, value_name = "DIR", default_value = "held")]
    held: PathBuf,
    /// The id of the request, to ask again for an answer that was lost
    #[arg(long, value_name = "UUID")]
    request_id: Option<RequestId>,
    #[command(flatten)]
    server: Server,
}

impl Release {
    pub(crate) fn run(&self, global: &Global) -> Result<(), Failure> {
        let request = request(self.request_id);
        let kind = self.id.as_ref().map_or(ReleaseKind::Nominated, |id| ReleaseKind::Patient(id.written().clone()));
        let asked = pharmacy(&self.ods)?.release_request(MessageId(request.guid()), global.now(), kind);
        match wait(self.server.pharmacy()?.release(request, &asked))? {
            Ok(answer) => self.tell(request, answer, global),
            Err(error) => tell(self.ods.as_str(), request, Err(error), global.json),
        }
    }

    fn tell(&self, request: RequestId, answer: Option<ReleaseAnswer>, global: &Global) -> Result<(), Failure> {
        let passed = answer.as_ref().map(Held::all_of).unwrap_or_default();
        let failed = answer.map(|answer| answer.failed).unwrap_or_default();
        passed.iter().try_for_each(|held| write(&self.held, held))?;
        if global.json {
            files::print_json(&json!({
                "requestId": request.guid().lower(),
                "passed": passed.iter().map(described).collect::<Vec<_>>(),
                "failed": failed.iter().map(failure_json).collect::<Vec<_>>(),
            }))?;
        } else {
            let mut lines: Vec<_> = passed.iter().map(line).collect();
            lines
                .extend(failed.iter().map(|failed| format!("failed    {}", failed_id(failed).unwrap_or("unreadable"))));
            if lines.is_empty() {
                lines.push(format!("nothing waits for {}", self.ods));
            }
            files::print(lines.join("\n").as_bytes())?;
        }
        if failed.is_empty() { Ok(()) } else { Err(Failure::Refused) }
    }
}

fn line(held: &Held) -> String {
    let prescription = &held.prescription;
    let issue = prescription.repeat.map(|repeat| format!(", issue {} of {}", repeat.low, repeat.high));
    let (id, treatment) = (&prescription.id, prescription.treatment_type.display());
    let items = prescription.line_items.len();
    format!("released  {id}  {treatment}, {items} items{}", issue.unwrap_or_default())
}

fn described(held: &Held) -> Value {
    let prescription = &held.prescription;
    json!({
        "prescription": prescription.id.as_str(),
        "release": held.release.0.lower(),
        "treatmentType": prescription.treatment_type.code(),
        "issue": prescription.repeat.map(|repeat| repeat.low),
        "issues": prescription.repeat.map(|repeat| repeat.high),
        "items": prescription.line_items.len(),
    })
}

fn failed_id(failed: &FailedPrescription) -> Option<&str> {
    failed.prescription.as_ref().map(|prescription| prescription.id.as_str())
}

fn failure_json(failed: &FailedPrescription) -> Value {
    json!({ "prescription": failed_id(failed), "issues": issues_json(&failed.outcome) })
}
