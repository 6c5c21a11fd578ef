//! The Parameters that answer a release as a `ReleaseAnswer`.

use super::super::bundle::Bundle;
use super::super::bundle_id;
use super::super::findings::{Condition, Findings};
use super::super::json::Node;
use super::{last_updated, outcome, prescription};
use crate::ids::MessageId;
use crate::model::{FailedPrescription, Outcome, Prescription, ReleaseAnswer};

/// Reads both lists, in whichever order they come.
pub(super) fn release(findings: &mut Findings, root: Node<'_>) -> Option<ReleaseAnswer> {
    let passed = list(findings, root, "passedPrescriptions");
    let failed = list(findings, root, "failedPrescriptions");
    let (passed, failed) = (passed?, failed?);
    let id = bundle_id(findings, passed.root);
    let effective_time = last_updated(findings, passed.root);
    let (mut request, mut prescriptions, mut failures) = (None, Some(Vec::new()), Some(Vec::new()));
    for entry in passed.entries("Bundle") {
        let read = prescription::released(findings, entry.resource);
        keep(read, &mut request, &mut prescriptions);
    }
    let mut entries = failed.all().peekable();
    while let Some(entry) = entries.next() {
        // A prescription stands behind the outcome that says why it failed.
        let (outcome, bundle) = match entry.kind {
            "OperationOutcome" => {
                let outcome = outcome::outcome(findings, entry.resource);
                (outcome, entries.next_if(|next| next.kind == "Bundle"))
            }
            "Bundle" => (Some(Outcome::default()), Some(entry)),
            _ => continue,
        };
        let mut read = Some(Vec::new());
        if let Some(bundle) = bundle {
            keep(prescription::released(findings, bundle.resource), &mut request, &mut read);
        }
        let failure = outcome
            .zip(read)
            .map(|(outcome, read)| FailedPrescription { outcome, prescription: read.into_iter().next().map(Box::new) });
        failures = failures.zip(failure).map(|(mut all, one)| {
            all.push(one);
            all
        });
    }
    Some(ReleaseAnswer { id: id?, effective_time: effective_time?, request, passed: prescriptions?, failed: failures? })
}

/// The Bundle under a name.
fn list<'d>(findings: &mut Findings, root: Node<'d>, name: &'static str) -> Option<Bundle<'d>> {
    let parameters = findings.list(root, "parameter").filter(|one| one.str("name") == Some(name));
    let parameter = findings.exactly_one(root, parameters, Condition::Name(name))?;
    let resource = findings.required(parameter, "resource")?;
    Bundle::searchset(findings, resource)
}

/// Keeps what was read; once something could not be read, nothing is whole.
fn keep(
    read: Option<(Prescription, Option<MessageId>)>,
    request: &mut Option<MessageId>,
    all: &mut Option<Vec<Prescription>>,
) {
    match (read, all.as_mut()) {
        (Some((prescription, answers)), Some(all)) => {
            *request = request.or(answers);
            all.push(prescription);
        }
        (None, _) => *all = None,
        (Some(_), None) => {}
    }
}
