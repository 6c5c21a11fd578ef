//! A Task: a dispenser gives a prescription back, or takes a dispense notification back.

use super::bundle::Reference;
use super::findings::{Condition, Findings, has_system};
use super::json::Node;
use super::{contained, dispenser, repeat, returned, rules, system, withdrawal};
use crate::codes::{Interaction, RequestIntent, ReturnReason, TaskCode, TaskStatus, WithdrawReason};
use crate::ids::{MessageId, WrittenPrescriptionId};
use crate::model::{Coded, Message, Timestamp};

/// What the NHS service calls the role that asks.
pub(super) const ROLE: &str = "Task.contained(\"PractitionerRole\")";

/// What both kinds of Task say.
pub(super) struct Task<'d> {
    /// The id of the message.
    pub(super) id: MessageId,
    /// When it was written.
    pub(super) authored: Timestamp,
    /// The contained role of the requester.
    pub(super) role: Node<'d>,
    /// The contained organisation of the role.
    pub(super) organisation: Node<'d>,
    /// The short form of the prescription's id.
    pub(super) prescription_id: WrittenPrescriptionId,
    /// The message that is undone.
    pub(super) focus: MessageId,
    /// The issue, from 1, where the Task says it.
    pub(super) issue: Option<u32>,
}

/// Reads a Task: its id, interaction and message.
pub(super) fn task(findings: &mut Findings, root: Node<'_>) -> Option<(MessageId, Interaction, Message)> {
    let intent = root.get("intent");
    if intent.and_then(Node::as_str).and_then(RequestIntent::from_fhir) != Some(RequestIntent::Order) {
        findings.breach(&rules::TASK_INTENT, intent.unwrap_or(root));
    }
    // What the NHS service validates comes first, in its order; the rest is told as it is read.
    if let Some(role) = role(findings, root) {
        dispenser::named_practitioner(findings, role, ROLE);
    }
    let status = root.get("status");
    let kind = status.and_then(Node::as_str).and_then(TaskStatus::from_fhir);
    match kind {
        Some(TaskStatus::Rejected) => drop(reason::<ReturnReason>(findings, root, ReturnReason::SYSTEM)),
        Some(TaskStatus::InProgress) => {
            abort(findings, root);
            drop(reason::<WithdrawReason>(findings, root, WithdrawReason::SYSTEM));
        }
        Some(_) | None => findings.breach(&rules::TASK_STATUS, status.unwrap_or(root)),
    }
    let common = common(findings, root);
    match kind {
        Some(TaskStatus::Rejected) => {
            let message = returned::returned(findings, root, common.as_ref());
            let (message, common) = (message?, common?);
            Some((common.id, Interaction::DispenseProposalReturn, Message::Return(Box::new(message))))
        }
        Some(TaskStatus::InProgress) => {
            let message = withdrawal::withdrawal(findings, root, common.as_ref());
            let (message, common) = (message?, common?);
            Some((common.id, Interaction::DispenserWithdraw, Message::Withdrawal(Box::new(message))))
        }
        Some(_) | None => None,
    }
}

fn common<'d>(findings: &mut Findings, root: Node<'d>) -> Option<Task<'d>> {
    let id = findings.identifier(root, system::UUID).and_then(|value| findings.id(value));
    let authored = findings.date_time(root, "authoredOn");
    let role = role(findings, root);
    let organisation = role.and_then(|role| organisation(findings, root, role));
    let group = findings.required(root, "groupIdentifier");
    let prescription_id = group.and_then(|group| findings.required(group, "value"));
    let prescription_id = prescription_id.and_then(|value| findings.prescription_id(value));
    let focus = identifier_of(findings, root, "focus").and_then(|value| findings.id(value));
    let issue = repeat::issue_of_information(findings, root);
    Some(Task {
        id: id?,
        authored: authored?,
        role: role?,
        organisation: organisation?,
        prescription_id: prescription_id?,
        focus: focus?,
        issue: issue?,
    })
}

/// The value of the identifier of a reference.
pub(super) fn identifier_of<'d>(findings: &mut Findings, root: Node<'d>, field: &'static str) -> Option<Node<'d>> {
    let reference = findings.required(root, field)?;
    let identifier = findings.required(reference, "identifier")?;
    findings.required(identifier, "value")
}

fn role<'d>(findings: &mut Findings, root: Node<'d>) -> Option<Node<'d>> {
    let requester = findings.required(root, "requester")?;
    if !Reference::read(requester).is_literal() {
        findings.breach(&rules::TASK_REQUESTER, requester);
        return None;
    }
    contained::resolve(findings, root, requester, "PractitionerRole")
}

fn organisation<'d>(findings: &mut Findings, root: Node<'d>, role: Node<'d>) -> Option<Node<'d>> {
    let element = findings.required(role, "organization")?;
    if !Reference::read(element).is_literal() {
        findings.breach(&rules::TASK_ORGANISATION, element);
        return None;
    }
    contained::resolve(findings, root, element, "Organization")
}

/// A withdrawal says that it aborts.
fn abort(findings: &mut Findings, root: Node<'_>) {
    let Some(concept) = root.get("code") else {
        findings.breach(&rules::TASK_CODE_MISSING, root);
        return;
    };
    let codings = findings.list(concept, "coding").filter(|coding| has_system(*coding, TaskCode::SYSTEM));
    let Some(coding) = findings.exactly_one(concept, codings, Condition::System(TaskCode::SYSTEM)) else { return };
    if coding.str("code").and_then(TaskCode::from_fhir) != Some(TaskCode::Abort) {
        findings.breach(&rules::TASK_CODE, coding.get("code").unwrap_or(coding));
    }
}

/// The reason, of the code system that the status asks for.
pub(super) fn reason<T>(findings: &mut Findings, root: Node<'_>, code_system: &'static str) -> Option<Coded<T>>
where
    T: std::str::FromStr<Err = crate::codes::UnknownCode>,
{
    let concept = root.get("statusReason");
    let coding = concept.and_then(|concept| concept.list("coding").find(|coding| has_system(*coding, code_system)));
    let Some(coding) = coding else {
        let text = format!("Task.reasonCode must have a system of '{code_system}' and a value from that system.");
        let place = concept.unwrap_or(root);
        findings.tell(|| crate::problem::Problem::new(&rules::TASK_REASON, place.place()).message(text));
        return None;
    };
    findings.coded(coding)
}
