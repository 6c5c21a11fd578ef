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
    let mut requests = bundle.resources("MedicationRequest");
    let (Some(request), None) = (requests.next(), requests.next()) else {
        findings.breach(&rules::ONE_REQUEST, bundle.root.get("entry").unwrap_or(bundle.root));
        return None;
    };
    let status = request.get("status");
    if status.and_then(Node::as_str).and_then(RequestStatus::from_fhir) != Some(RequestStatus::Cancelled) {
        findings.breach(&rules::CANCEL_STATUS, status.unwrap_or(request));
    }
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

/// Why; its display is what HL7 v3 gives as the canceller's words.
fn reason(findings: &mut Findings, request: Node<'_>) -> Option<ReasonForCancellation> {
    let Some(concept) = request.get("statusReason") else {
        findings.breach(&rules::CANCEL_REASON, request);
        return None;
    };
    let coding = findings.coding(concept, CancellationReason::SYSTEM)?;
    let Coded { code, display } = findings.coded(coding)?;
    Some(ReasonForCancellation { code: Coded { code, display: None }, text: display })
}

fn canceller<'d>(findings: &mut Findings, bundle: &Bundle<'d>, reference: Node<'d>) -> Option<AgentPerson> {
    let role = bundle.resolve(findings, reference)?;
    practitioner::agent_person(findings, bundle, role, Part::Canceller)
}
