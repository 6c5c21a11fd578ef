//! A Task in progress as a `Withdrawal`.

use super::findings::Findings;
use super::json::Node;
use super::task::{ROLE, Task, identifier_of, reason};
use super::{dispenser, system};
use crate::codes::{WithdrawReason, WithdrawType};
use crate::model::{Coded, Text, Withdrawal, WithdrawalAuthor};

/// Reads which dispense notification is taken back, why and by whom. Like the NHS service, only the last one is, and
/// the organisation's code stands where the user's would.
pub(super) fn withdrawal(findings: &mut Findings, root: Node<'_>, task: Option<&Task<'_>>) -> Option<Withdrawal> {
    let reason = reason(findings, root, WithdrawReason::SYSTEM);
    let nhs_number = identifier_of(findings, root, "for").and_then(|value| findings.id(value));
    let task = task?;
    let role_profile = findings.identifier(task.role, system::ROLE_PROFILE).and_then(|value| findings.id(value));
    // HL7 v3 has no place for the practitioner, and the NHS service asks for one all the same, whoever it is: where a
    // withdrawal comes from HL7 v3, it is whom that names as the user.
    let practitioner = dispenser::practitioner(findings, task.role, ROLE);
    let ods = findings.identifier(task.organisation, system::ODS);
    let user = ods.and_then(|value| findings.checked_text(value, value.as_str().unwrap_or_default().parse()));
    practitioner?;
    let kind = WithdrawType::LastDispense;
    Some(Withdrawal {
        id: task.id,
        effective_time: task.authored,
        nhs_number: nhs_number?,
        author: WithdrawalAuthor { role_profile: role_profile?, user: user? },
        prescription_id: task.prescription_id.clone(),
        issue: task.issue,
        kind: Coded { code: kind, display: Text::new(kind.display()).ok() },
        reason: reason?,
        notifications: vec![task.focus],
    })
}
