//! What is found wrong in an answer, and the typed access that finds it.

use crate::fhir::json::Node;
use crate::problem::{Place, Problem, Problems, Rule};
use crate::rules::tracker as rules;

/// After so many problems no more are kept: nobody reads them, and each takes memory.
const MAX_PROBLEMS: usize = 200;

/// The problems told so far.
#[derive(Debug, Default)]
pub(super) struct In {
    problems: Vec<Problem>,
}

impl In {
    /// The value, if nothing was wrong.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        match (Problems::from_vec(self.problems), value) {
            (None, Some(value)) => Ok(value),
            (Some(problems), _) => Err(problems),
            // A reader gives no value only after it noted why.
            (None, None) => Err(Problem::new(&rules::ANSWER, Place::Document).into()),
        }
    }

    /// Notes a breach of `rule` by a value.
    pub(super) fn breach(&mut self, rule: &'static Rule, node: Node<'_>) {
        if self.problems.len() < MAX_PROBLEMS {
            let problem = Problem::new(rule, node.place());
            self.problems.push(match node.as_str().or(node.as_number()) {
                Some(found) => problem.found(found),
                None => problem,
            });
        }
    }

    /// Notes that a member is missing.
    pub(super) fn missing(&mut self, owner: Node<'_>, key: &'static str) {
        if self.problems.len() < MAX_PROBLEMS {
            let message = format!("The member {key} is missing.");
            self.problems.push(Problem::new(&rules::MISSING, owner.place()).message(message).expected(key));
        }
    }

    /// The object that a node is.
    pub(super) fn object<'d>(&mut self, node: Node<'d>) -> Option<Node<'d>> {
        if !node.is_object() {
            self.breach(&rules::TYPE, node);
            return None;
        }
        Some(node)
    }

    /// The object under this key, if it is there.
    pub(super) fn maybe<'d, T>(
        &mut self,
        owner: Node<'d>,
        key: &str,
        read: impl FnOnce(&mut Self, Node<'d>) -> Option<T>,
    ) -> Option<Option<T>> {
        match owner.get(key) {
            Some(node) => self.object(node).and_then(|node| read(self, node)).map(Some),
            None => Some(None),
        }
    }

    /// Reads each of a list; one that is wrong makes the whole wrong, after all were looked at.
    pub(super) fn every<I, T>(
        &mut self,
        list: impl Iterator<Item = I>,
        mut read: impl FnMut(&mut Self, I) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut all = Some(Vec::new());
        for item in list {
            let item = read(self, item);
            all = all.zip(item).map(|(mut all, item)| {
                all.push(item);
                all
            });
        }
        all
    }
}
