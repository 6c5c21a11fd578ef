//! Release Parameters as a `ReleaseRequest`.

use super::findings::{Condition, Findings};
use super::json::Node;
use super::{dispenser, rules};
use crate::ids::MessageId;
use crate::model::{ReleaseKind, ReleaseRequest, Timestamp};
use crate::problem::Problem;

/// What the NHS service calls the role that asks.
const AGENT: &str = "Parameters.parameter(\"agent\").resource";

/// The parameters of the answer to a release request.
const ANSWER: [&str; 2] = ["passedPrescriptions", "failedPrescriptions"];

/// Refuses the answer to a release request, which is no request.
pub(super) fn refuse_answer(findings: &mut Findings, root: Node<'_>) -> Option<()> {
    let mut parameters = root.get("parameter").into_iter().flat_map(Node::items);
    let is_answer = |one: &Node<'_>| one.str("name").is_some_and(|name| ANSWER.contains(&name));
    match parameters.find(is_answer) {
        Some(answer) => {
            findings.breach(&rules::RELEASE_RESPONSE, answer);
            None
        }
        None => Some(()),
    }
}

/// Reads a release request: of one prescription with a `group-identifier`, else of whatever waits.
pub(super) fn release_request(
    findings: &mut Findings,
    root: Node<'_>,
    id: MessageId,
    now: Timestamp,
) -> Option<ReleaseRequest> {
    let list = findings.required(root, "parameter")?;
    let named = |name: &'static str| list.items().filter(move |one| one.str("name") == Some(name));
    let owner = named("owner").find_map(|one| one.get("resource")).filter(|one| is(*one, "Organization"));
    if owner.is_none() {
        findings.breach(&rules::OWNER, list);
    }
    let agent = named("agent").find_map(|one| one.get("resource"));
    let author = match agent {
        Some(agent) if is(agent, "PractitionerRole") => dispenser::agent_person(findings, agent, owner, AGENT),
        Some(agent) => {
            let message = "Parameter with name agent has wrong resourceType";
            findings.tell(|| Problem::new(&rules::AGENT, agent.place()).message(message).expected("PractitionerRole"));
            None
        }
        None => {
            findings.tell(|| Problem::new(&rules::AGENT, list.place()).message("Parameter with name agent not found"));
            None
        }
    };
    let groups = named("group-identifier").filter_map(|one| one.get("valueIdentifier"));
    let kind = match findings.at_most_one(groups, Condition::Name("group-identifier")) {
        None => Some(ReleaseKind::Nominated),
        Some(group) => {
            let value = findings.required(group, "value");
            value.and_then(|value| findings.prescription_id(value)).map(ReleaseKind::Patient)
        }
    };
    Some(ReleaseRequest { id, effective_time: now, author: author?, kind: kind? })
}

fn is(resource: Node<'_>, kind: &str) -> bool {
    resource.str("resourceType") == Some(kind)
}
