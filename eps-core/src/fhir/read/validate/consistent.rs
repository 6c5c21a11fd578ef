//! What several resources of a message must have in common.

use super::super::findings::Findings;
use super::super::json::Node;
use super::super::rules;
use crate::problem::Problem;

/// So many different values of one element are quoted.
const MAX_VALUES: usize = 8;

/// One step of a path: a member, the extension with a URL, or a member of each element of a list.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Member(&'static str),
    Extension(&'static str),
    Each(&'static str, &'static str),
}

/// Takes one step; a list is not entered.
pub(super) fn step(node: Node<'_>, step: Step) -> Option<Node<'_>> {
    match step {
        Step::Member(name) | Step::Each(name, _) => node.get(name),
        Step::Extension(url) => node.list("extension").find(|extension| extension.str("url") == Some(url)),
    }
}

/// The values at the end of a path, a list's elements one by one; `None` where there is none.
fn values<'d>(resource: Node<'d>, path: &[Step]) -> Vec<Option<Node<'d>>> {
    if let [Step::Each(list, member)] = path {
        return resource.list(list).map(|element| element.get(member)).collect();
    }
    let end = path.iter().try_fold(resource, |node, next| step(node, *next));
    match end {
        Some(list) if list.is_array() => list.items().map(Some).collect(),
        end => vec![end],
    }
}

/// Tells where resources differ in what they share.
pub(crate) fn same_in_all(findings: &mut Findings, kind: &str, resources: &[Node<'_>], path: &[Step]) {
    let mut distinct: Vec<Option<Node<'_>>> = Vec::new();
    let mut place = None;
    for resource in resources {
        for value in values(*resource, path) {
            let known = distinct.iter().any(|other| match (other, value) {
                (Some(other), Some(value)) => other.same_as(value),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            });
            if !known && distinct.len() < MAX_VALUES {
                distinct.push(value);
                if distinct.len() == 2 {
                    place = Some(value.unwrap_or(*resource));
                }
            }
        }
    }
    let Some(place) = place else { return };
    let values: Vec<_> = distinct.iter().map(|value| value.map_or_else(|| "null".to_owned(), Node::to_json)).collect();
    let path = path.iter().map(|step| match step {
        Step::Member(name) | Step::Each(name, _) => (*name).to_owned(),
        Step::Extension(url) => format!("extension(\"{url}\")"),
    });
    let message = format!(
        "Expected all {kind}s to have the same value for {}. Received [{}].",
        path.collect::<Vec<_>>().join("."),
        values.join(",")
    );
    findings.tell(|| Problem::new(&rules::INCONSISTENT, place.place()).message(message));
}
