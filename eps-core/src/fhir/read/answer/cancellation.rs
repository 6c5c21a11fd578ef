//! A prescription-order-response Bundle as a `CancellationResponse`.

use super::super::bundle::Bundle;
use super::super::findings::Findings;
use super::super::json::Node;
use super::super::{bundle_id, rules, system};
use super::answered;
use super::people::{self, Prefers};
use crate::codes::CancellationResult;
use crate::ids::LineItemId;
use crate::model::{CancellationResponse, Coded, OtherDispenser};

/// Reads what became of a cancellation. Who signed is always told: where HL7 v3 tells of nobody, it is who cancelled.
pub(super) fn response<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    header: Node<'d>,
) -> Option<CancellationResponse> {
    let id = bundle_id(findings, bundle.root);
    let effective_time = findings.date_time(bundle.root, "timestamp");
    let request = answered(findings, header);
    let patient = bundle.only(findings, "Patient").and_then(|node| people::patient(findings, node));
    let order = bundle.only(findings, "MedicationRequest")?;
    let result = result(findings, order);
    let prescription_id = findings.required(order, "groupIdentifier");
    let prescription_id = prescription_id.and_then(|group| findings.required(group, "value"));
    let prescription_id = prescription_id.and_then(|value| findings.prescription_id(value));
    let item = item(findings, order);
    let author = findings.extension(order, system::RESPONSIBLE).and_then(|extension| {
        let reference = findings.required(extension, "valueReference")?;
        people::agent(findings, bundle, reference, Prefers::Acting)
    });
    let signatory = findings.required(order, "requester");
    let signatory = signatory.and_then(|reference| people::agent(findings, bundle, reference, Prefers::Answering));
    let performer = performer(findings, bundle, order);
    Some(CancellationResponse {
        id: id?,
        effective_time: effective_time?,
        patient: patient?,
        performer: performer?,
        author: author?,
        responsible_party: Some(signatory?),
        prescription_id: prescription_id?,
        item: item?,
        result: Some(result?),
        request: request?,
    })
}

fn result(findings: &mut Findings, order: Node<'_>) -> Option<Coded<CancellationResult>> {
    let history = findings.extension(order, system::STATUS_HISTORY)?;
    let status = findings.extension(history, "status")?;
    let coding = findings.required(status, "valueCoding")?;
    let display = findings.text(coding, "display");
    let code = findings.required(coding, "code")?;
    let words = "Unhandled cancellation result";
    let code = findings.known(code, CancellationResult::from_fhir, &rules::CODE_UNKNOWN, words)?;
    Some(Coded { code, display })
}

fn item(findings: &mut Findings, order: Node<'_>) -> Option<Option<LineItemId>> {
    let identifiers = findings.list(order, "identifier");
    match findings.optional_identifier(identifiers, system::ORDER_ITEM) {
        Some(value) => findings.id(value).map(Some),
        None => Some(None),
    }
}

/// The dispenser that holds the prescription; since when, FHIR does not say.
fn performer<'d>(findings: &mut Findings, bundle: &Bundle<'d>, order: Node<'d>) -> Option<Option<OtherDispenser>> {
    let performer = order.get("dispenseRequest").and_then(|dispense| dispense.get("performer"));
    let extension =
        performer.and_then(|performer| findings.optional_extension(performer, system::DISPENSING_PERFORMER));
    let Some(extension) = extension else { return Some(None) };
    let reference = findings.required(extension, "valueReference")?;
    let person = people::agent(findings, bundle, reference, Prefers::Acting)?;
    Some(Some(OtherDispenser { time: None, person }))
}
