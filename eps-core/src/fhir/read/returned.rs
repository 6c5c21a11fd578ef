//! A rejected Task as a `Return`.

use super::dispenser;
use super::findings::Findings;
use super::json::Node;
use super::task::{ROLE, Task, reason};
use crate::codes::ReturnReason;
use crate::model::Return;

/// Reads why a prescription is given back, and by whom.
pub(super) fn returned(findings: &mut Findings, root: Node<'_>, task: Option<&Task<'_>>) -> Option<Return> {
    let reason = reason(findings, root, ReturnReason::SYSTEM);
    let task = task?;
    let author = dispenser::agent_person(findings, task.role, Some(task.organisation), ROLE);
    Some(Return {
        id: task.id,
        effective_time: task.authored,
        author: author?,
        prescription_id: task.prescription_id.clone(),
        issue: task.issue,
        reason: reason?,
        release: Some(task.focus),
    })
}
