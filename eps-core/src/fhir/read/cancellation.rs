//! A prescription-order-update as a `Cancellation`.

use super::bundle::Bundle;
use super::findings::Findings;
use super::json::Node;
use super::practitioner::{self, Part};
use super::{patient, prescription, rules, system};
use crate::codes::{CancellationReason, RequestStatus};
use crate::ids::{LineItemId, MessageId};
use crate::model::{AgentPerson, Cancellation, Coded, ReasonForCancellation, Timestamp};

/// Reads the cancellation of a Bundle.
pub(super) fn cancellation(
    findings: &mut Findings,
    bundle: &Bundle<'_>,
    id: Option<MessageId>,
    now: Timestamp,
) -> Option<Cancellation> {
    let requests: Vec<_> = bundle.resources("MedicationRequest").collect();
    validate(findings, bundle, &requests);
    let [request] = *requests.as_slice() else { return None };
    let reason = reason(findings, request);
    let patient = bundle.only(findings, "Patient").and_then(|node| patient::patient(findings, node));
    let ids = prescription::ids(findings, request);
    let item = findings.identifier(request, system::ORDER_ITEM).and_then(|value| findings.id::<LineItemId>(value));
    let author = findings.required(request, "requester").and_then(|requester| canceller(findings, bundle, requester));
    let responsible_party = match findings.optional_extension(request, system::RESPONSIBLE) {
        Some(extension) => {
            let reference = findings.required(extension, "valueReference");
            reference.and_then(|reference| canceller(findings, bundle, reference))
        }
        None => author.clone(),
    };
    let (prescription, prescription_id) = ids?;
    Some(Cancellation {
        id: id?,
        effective_time: now,
        patient: patient?,
        author: author?,
        responsible_party: Some(responsible_party?),
        prescription_id,
        item: Some(item?),
        reasons: vec![reason?],
        prescription: Some(prescription),
    })
}

/// What the NHS service checks, in its order.
fn validate(findings: &mut Findings, bundle: &Bundle<'_>, requests: &[Node<'_>]) {
    if requests.len() != 1 {
        findings.breach(&rules::ONE_REQUEST, bundle.root.get("entry").unwrap_or(bundle.root));
    }
    for request in requests {
        let status = request.get("status");
        if status.and_then(Node::as_str).and_then(RequestStatus::from_fhir) != Some(RequestStatus::Cancelled) {
            findings.breach(&rules::CANCEL_STATUS, status.unwrap_or(*request));
        }
    }
    for request in requests.iter().filter(|request| request.get("statusReason").is_none()) {
        findings.breach(&rules::CANCEL_REASON, *request);
    }
}

/// Why; its display is what HL7 v3 gives as the canceller's words.
fn reason(findings: &mut Findings, request: Node<'_>) -> Option<ReasonForCancellation> {
    let concept = request.get("statusReason")?;
    let coding = findings.coding(concept, CancellationReason::SYSTEM)?;
    let Coded { code, display } = findings.coded(coding)?;
    Some(ReasonForCancellation { code: Coded { code, display: None }, text: display })
}

fn canceller<'d>(findings: &mut Findings, bundle: &Bundle<'d>, reference: Node<'d>) -> Option<AgentPerson> {
    let role = bundle.resolve(findings, reference)?;
    practitioner::agent_person(findings, bundle, role, Part::Canceller)
}
