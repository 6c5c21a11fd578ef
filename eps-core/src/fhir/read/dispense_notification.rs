//! A dispense-notification Bundle as a `DispenseNotification`.

use super::bundle::Bundle;
use super::findings::Findings;
use super::json::Node;
use super::{contained, dispenser, line_item, medication, prescription, repeat, rules, system};
use crate::codes::{ItemStatus, NotDispensedReason};
use crate::ids::{LineItemId, MessageId, NhsNumber, OdsCode, PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{
    AgentPerson, Coded, DispenseNotification, RepeatNumber, RequestedQuantity, SuppliedLineItem, Supply, Timestamp,
};

/// What the NHS service calls the role that dispenses.
pub(super) const ROLE: &str = "Bundle.entry(\"PractitionerRole\")";

/// Reads a dispense notification. What belongs to the prescription is read from the first MedicationDispense.
pub(super) fn dispense_notification(
    findings: &mut Findings,
    bundle: &Bundle<'_>,
    header: Node<'_>,
    id: Option<MessageId>,
    now: Timestamp,
) -> Option<DispenseNotification> {
    let dispenses: Vec<_> = bundle.resources("MedicationDispense").collect();
    let Some(first) = dispenses.first().copied() else {
        findings.breach(&rules::NO_MEDICATION_DISPENSE, bundle.root);
        return None;
    };
    let effective_time = findings.date_time(first, "whenHandedOver");
    let nhs_number = nhs_number(findings, bundle, first);
    let dispensed_by = dispensed_by(findings, bundle, first);
    let request = authorising_request(findings, first);
    let repeat = request.and_then(|request| match request.list("basedOn").next() {
        Some(base) => repeat::of_information(findings, base),
        None => Some(None),
    });
    let ids = request.and_then(|request| prescription::ids(findings, request));
    let status = findings.extension(first, system::PRESCRIPTION_STATUS).and_then(|extension| {
        let coding = findings.required(extension, "valueCoding")?;
        findings.coded(coding)
    });
    let reason = reason_for_nothing(findings, &dispenses);
    let care_record_items: Vec<_> = dispenses.iter().map(|dispense| item_id(findings, *dispense)).collect();
    let items = items(findings, bundle, &dispenses);
    let release = findings.required(header, "response").and_then(|response| {
        let identifier = findings.required(response, "identifier")?;
        findings.id(identifier)
    });
    let replaces = replaces(findings, header);
    let (prescription, prescription_id): (PrescriptionUuid, WrittenPrescriptionId) = ids?;
    let (author, reimbursement_authority) = dispensed_by?;
    Some(DispenseNotification {
        id: id?,
        effective_time: effective_time?,
        nhs_number: nhs_number?,
        reimbursement_authority,
        header_id: id?,
        repeat: repeat?,
        author_time: now,
        author,
        items: items?,
        non_dispensing_reason: reason?,
        status: status?,
        prescription_id,
        prescription,
        care_record_items: care_record_items.into_iter().collect::<Option<_>>()?,
        replaces: replaces?,
        release: release?,
        reimbursement_authority_name: None,
        predecessor: None,
    })
}

/// The message that this one amends; `Some(None)` where it amends none.
pub(super) fn replaces(findings: &mut Findings, owner: Node<'_>) -> Option<Option<MessageId>> {
    let Some(extension) = findings.optional_extension(owner, system::REPLACEMENT_OF) else { return Some(None) };
    let identifier = findings.required(extension, "valueIdentifier")?;
    let value = findings.required(identifier, "value")?;
    findings.id(value).map(Some)
}

/// The patient: a Patient of the Bundle, where it has just one, else the subject.
fn nhs_number(findings: &mut Findings, bundle: &Bundle<'_>, first: Node<'_>) -> Option<NhsNumber> {
    let mut patients = bundle.resources("Patient");
    if let (Some(patient), None) = (patients.next(), patients.next()) {
        let value = findings.identifier(patient, system::NHS_NUMBER)?;
        return findings.id(value);
    }
    let subject = findings.required(first, "subject")?;
    let identifier = findings.required(subject, "identifier")?;
    let value = findings.required(identifier, "value")?;
    findings.id(value)
}

/// Who dispensed, and who pays the pharmacy.
fn dispensed_by<'d>(findings: &mut Findings, bundle: &Bundle<'d>, first: Node<'d>) -> Option<(AgentPerson, OdsCode)> {
    // That there is a performer is a rule of validation.
    let actor = first.list("performer").next()?.get("actor")?;
    let role = contained::resolve(findings, first, actor, "PractitionerRole")?;
    let pharmacy = pharmacy(findings, bundle, role);
    let author = dispenser::agent_person(findings, role, pharmacy, ROLE);
    let authority = reimbursement_authority(findings, pharmacy?);
    Some((author?, authority?))
}

/// The organisation of the role that dispensed.
pub(super) fn pharmacy<'d>(findings: &mut Findings, bundle: &Bundle<'d>, role: Node<'d>) -> Option<Node<'d>> {
    let element = findings.required(role, "organization")?;
    if !super::bundle::Reference::read(element).is_literal() {
        findings.breach(&rules::PHARMACY_REFERENCE, element);
        return None;
    }
    bundle.resolve(findings, element)
}

/// Who pays the pharmacy.
pub(super) fn reimbursement_authority(findings: &mut Findings, pharmacy: Node<'_>) -> Option<OdsCode> {
    let Some(relationships) = findings.optional_extension(pharmacy, system::ODS_RELATIONSHIPS) else {
        findings.breach(&rules::REIMBURSEMENT_AUTHORITY, pharmacy);
        return None;
    };
    let Some(authority) = findings.optional_extension(relationships, system::part::REIMBURSEMENT_AUTHORITY) else {
        findings.breach(&rules::REIMBURSEMENT_AUTHORITY_CODE, relationships);
        return None;
    };
    let identifier = findings.required(authority, "valueIdentifier")?;
    let value = findings.required(identifier, "value")?;
    findings.id(value)
}

/// The MedicationRequest that a dispense fulfils, contained in it.
fn authorising_request<'d>(findings: &mut Findings, dispense: Node<'d>) -> Option<Node<'d>> {
    let Some(element) = findings.list(dispense, "authorizingPrescription").next() else {
        findings.missing(dispense, "authorizingPrescription");
        return None;
    };
    contained::resolve(findings, dispense, element, "MedicationRequest")
}

/// Why nothing at all was dispensed: only where every dispense gives a reason, and then the same.
fn reason_for_nothing(findings: &mut Findings, dispenses: &[Node<'_>]) -> Option<Option<Coded<NotDispensedReason>>> {
    let reasons: Vec<_> = dispenses
        .iter()
        .map(|dispense| findings.optional_extension(*dispense, system::NOT_DISPENSED)?.get("valueCoding"))
        .collect();
    let Some(reasons) = reasons.into_iter().collect::<Option<Vec<_>>>() else { return Some(None) };
    let first = *reasons.first()?;
    for reason in &reasons {
        if reason.str("code") != first.str("code") {
            findings.breach(&rules::REASONS_DIFFER, *reason);
            return None;
        }
    }
    findings.coded(first).map(Some)
}

fn item_id(findings: &mut Findings, dispense: Node<'_>) -> Option<LineItemId> {
    let value = findings.identifier(dispense, system::DISPENSE_ITEM)?;
    findings.id(value)
}

/// One item for each line of the prescription: several dispenses of one line are several supplies of it.
fn items<'d>(findings: &mut Findings, bundle: &Bundle<'d>, dispenses: &[Node<'d>]) -> Option<Vec<SuppliedLineItem>> {
    let mut items: Vec<SuppliedLineItem> = Vec::with_capacity(dispenses.len());
    let mut complete = true;
    for dispense in dispenses {
        let request = authorising_request(findings, *dispense);
        let line = request.and_then(|request| {
            let value = findings.identifier(request, system::ORDER_ITEM)?;
            findings.id::<LineItemId>(value)
        });
        let (Some(request), Some(line)) = (request, line) else {
            complete = false;
            continue;
        };
        let supply = supply(findings, bundle, *dispense);
        let known = items.iter_mut().find(|item| item.prescribed_item == line);
        match (known, supply) {
            (Some(item), Some(supply)) => item.supplies.push(supply),
            (None, supply) => match item(findings, bundle, *dispense, request, line) {
                Some(mut item) => {
                    complete &= supply.is_some();
                    item.supplies.extend(supply);
                    items.push(item);
                }
                None => complete = false,
            },
            (Some(_), None) => complete = false,
        }
    }
    complete.then_some(items)
}

/// One line without its supplies.
fn item<'d>(
    findings: &mut Findings,
    bundle: &Bundle<'d>,
    dispense: Node<'d>,
    request: Node<'d>,
    line: LineItemId,
) -> Option<SuppliedLineItem> {
    let id = item_id(findings, dispense);
    let repeat = repeat_of_line(findings, request);
    let prescribed = medication::product(findings, bundle, request);
    let quantity = findings.required(request, "dispenseRequest");
    let quantity = quantity.and_then(|dispense| findings.required(dispense, "quantity"));
    let quantity = quantity.and_then(|quantity| medication::quantity(findings, quantity));
    let reason = dispense.get("statusReasonCodeableConcept").filter(|concept| concept.list("coding").next().is_some());
    let reason = match reason {
        None => Some(None),
        Some(concept) => {
            let coding = findings.coding(concept, NotDispensedReason::SYSTEM);
            coding.and_then(|coding| findings.coded(coding)).map(Some)
        }
    };
    let status = findings.required(dispense, "type");
    let status = status.and_then(|concept| findings.coding(concept, ItemStatus::SYSTEM));
    let status = status.and_then(|coding| findings.coded(coding));
    let quantity = quantity?;
    let code = quantity.unit.clone()?;
    Some(SuppliedLineItem {
        id: id?,
        repeat: repeat?,
        prescribed: prescribed?,
        supplies: Vec::new(),
        requested: RequestedQuantity { code, quantity },
        running_total: None,
        non_dispensing_reason: reason?,
        status: status?,
        prescribed_item: line,
        predecessor: None,
    })
}

/// The issue of a line. The number issued counts from 1 here, the number allowed from 0.
fn repeat_of_line(findings: &mut Findings, request: Node<'_>) -> Option<Option<RepeatNumber>> {
    let Some(information) = findings.optional_extension(request, system::REPEAT_REVIEW) else { return Some(None) };
    let Some(issued) = findings.optional_extension(information, system::part::PRESCRIPTIONS_ISSUED) else {
        return Some(None);
    };
    findings.required(issued, "valueUnsignedInt");
    let low = findings.count(issued, "valueUnsignedInt");
    let dispense = findings.required(request, "dispenseRequest")?;
    findings.required(dispense, "numberOfRepeatsAllowed");
    let allowed = findings.quoted_count(dispense, "numberOfRepeatsAllowed");
    Some(Some(RepeatNumber { low: low?, high: allowed?.saturating_add(1) }))
}

fn supply<'d>(findings: &mut Findings, bundle: &Bundle<'d>, dispense: Node<'d>) -> Option<Supply> {
    let quantity =
        findings.required(dispense, "quantity").and_then(|quantity| medication::quantity(findings, quantity));
    let product = medication::product(findings, bundle, dispense);
    let dosage = line_item::dosage(findings, dispense);
    Some(Supply { quantity: quantity?, product: product?, additional_instructions: None, instructions: vec![dosage?] })
}
