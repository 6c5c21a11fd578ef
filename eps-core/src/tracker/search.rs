//! The answer of the prescription search.

use super::field::{optional, required, write as field};
use super::input::In;
use crate::fhir::json::JsonWriter;
use crate::fhir::json::Node;
use crate::model::{FoundIssue, FoundName, FoundPrescription, SearchAnswer};
use crate::rules::tracker as rules;

pub(super) const RESPONSE: &str = "Response";
pub(super) const PRESCRIPTIONS: &str = "prescriptions";
const ISSUES: &str = "issueDetail";

pub(super) fn read(input: &mut In, root: Node<'_>) -> Option<SearchAnswer> {
    let Some(response) = root.get(RESPONSE).filter(|node| node.is_object()) else {
        input.breach(&rules::ANSWER, root);
        return None;
    };
    let prescriptions = list(input, response, PRESCRIPTIONS)?;
    Some(SearchAnswer { prescriptions: input.every(prescriptions.items(), read_prescription)? })
}

pub(super) fn write(json: &mut JsonWriter, answer: &SearchAnswer) {
    json.member(RESPONSE, |json| {
        json.list(PRESCRIPTIONS, |json| {
            answer.prescriptions.iter().for_each(|found| json.object(|json| write_prescription(json, found)));
        });
    });
}

/// The list under this key, which must be there.
fn list<'d>(input: &mut In, owner: Node<'d>, key: &'static str) -> Option<Node<'d>> {
    let Some(node) = owner.get(key) else {
        input.missing(owner, key);
        return None;
    };
    if !node.is_array() {
        input.breach(&rules::TYPE, node);
        return None;
    }
    Some(node)
}

fn read_prescription(input: &mut In, node: Node<'_>) -> Option<FoundPrescription> {
    let node = input.object(node)?;
    let id = required(input, node, "prescriptionID");
    let message = optional(input, node, "messageID");
    let nhs_number = required(input, node, "patientID");
    let prefix = optional(input, node, "prefix");
    let suffix = optional(input, node, "suffix");
    let given = optional(input, node, "given");
    let family = optional(input, node, "family");
    let prescriber = optional(input, node, "prescriberOrg");
    let nominated = optional(input, node, "nominatedOrg");
    let dispensers = optional(input, node, "dispenserOrg");
    let next_activity = optional(input, node, "nextActivity");
    let issues = list(input, node, ISSUES).and_then(|issues| input.every(issues.items(), read_issue));
    let prescribed = optional(input, node, "prescribedDate");
    let completed = optional(input, node, "completedDate");
    let treatment_type = required(input, node, "prescriptionTreatmentType");
    let max_repeats = optional(input, node, "maxRepeats");
    Some(FoundPrescription {
        id: id?,
        message: message?,
        nhs_number: nhs_number?,
        name: FoundName { prefix: prefix?, given: given?, family: family?, suffix: suffix? },
        prescriber: prescriber?,
        nominated: nominated?,
        dispensers: dispensers?,
        next_activity: next_activity?,
        issues: issues?,
        prescribed: prescribed?,
        completed: completed?,
        treatment_type: treatment_type?,
        max_repeats: max_repeats?,
    })
}

fn write_prescription(json: &mut JsonWriter, found: &FoundPrescription) {
    let FoundPrescription {
        id,
        message,
        nhs_number,
        name: FoundName { prefix, given, family, suffix },
        prescriber,
        nominated,
        dispensers,
        next_activity,
        issues,
        prescribed,
        completed,
        treatment_type,
        max_repeats,
    } = found;
    field(json, "prescriptionID", Some(id));
    field(json, "messageID", message.as_ref());
    field(json, "patientID", Some(nhs_number));
    field(json, "prefix", prefix.as_ref());
    field(json, "suffix", suffix.as_ref());
    field(json, "given", given.as_ref());
    field(json, "family", family.as_ref());
    field(json, "prescriberOrg", prescriber.as_ref());
    field(json, "nominatedOrg", nominated.as_ref());
    field(json, "dispenserOrg", dispensers.as_ref());
    field(json, "nextActivity", next_activity.as_ref());
    json.list(ISSUES, |json| issues.iter().for_each(|issue| json.object(|json| write_issue(json, issue))));
    field(json, "prescribedDate", prescribed.as_ref());
    field(json, "completedDate", completed.as_ref());
    field(json, "prescriptionTreatmentType", Some(treatment_type));
    field(json, "maxRepeats", max_repeats.as_ref());
}

fn read_issue(input: &mut In, node: Node<'_>) -> Option<FoundIssue> {
    let node = input.object(node)?;
    let number = required(input, node, "instanceNumber");
    let released = optional(input, node, "releaseDate");
    let status = required(input, node, "prescriptionStatus");
    let cancellations = optional::<u32>(input, node, "cancellations");
    let cancellation_pending = optional(input, node, "prescCancPending");
    let item_cancellation_pending = optional(input, node, "liCancPending");
    Some(FoundIssue {
        number: number?,
        released: released?,
        status: status?,
        cancellations: cancellations?.unwrap_or_default(),
        cancellation_pending: cancellation_pending?.unwrap_or_default(),
        item_cancellation_pending: item_cancellation_pending?.unwrap_or_default(),
    })
}

fn write_issue(json: &mut JsonWriter, issue: &FoundIssue) {
    let FoundIssue { number, released, status, cancellations, cancellation_pending, item_cancellation_pending } = issue;
    field(json, "instanceNumber", Some(number));
    field(json, "releaseDate", released.as_ref());
    field(json, "prescriptionStatus", Some(status));
    field(json, "cancellations", Some(cancellations));
    field(json, "prescCancPending", Some(cancellation_pending));
    field(json, "liCancPending", Some(item_cancellation_pending));
}
