//! Finding the hashed parts, each by its fixed path and each exactly once.

use super::{MAX_PRESCRIPTION_BYTES, namespace_of, nodes};
use crate::problem::Rule;
use crate::rules::signature::form;
use crate::signature::code::Code;
use crate::signature::policy::Policy;
use crate::signature::report::{Failure, Failures};
use crate::xml::Element;

/// More failures than this are not collected: the document is not a prescription.
pub(super) const MAX_FAILURES: usize = 20;

/// The parts of a `ParentPrescription` that matter to its signature.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'d, 'a> {
    pub(crate) parent: Element<'d, 'a>,
    pub(crate) time: Element<'d, 'a>,
    pub(crate) id: Element<'d, 'a>,
    pub(crate) agent_person: Element<'d, 'a>,
    pub(crate) record_target: Element<'d, 'a>,
    pub(crate) line_items: Vec<Element<'d, 'a>>,
    pub(crate) signature_text: Element<'d, 'a>,
}

impl<'d, 'a> Parts<'d, 'a> {
    /// Finds them, and refuses a document in which they are not unmistakable.
    pub(crate) fn locate(parent: Element<'d, 'a>, policy: &Policy) -> Result<Self, Failures> {
        if parent.span().len() > MAX_PRESCRIPTION_BYTES {
            let why = format_args!("the prescription is longer than {MAX_PRESCRIPTION_BYTES} bytes");
            return Err(Failure::new(Code::Limit, parent.place()).because(why).alone());
        }
        let mut found = Search { failures: Vec::new() };
        found.alone(parent);
        let pertinent = found.one(parent, "pertinentInformation1");
        let prescription = found.below(pertinent, "pertinentPrescription");
        let author = found.below(prescription, "author");
        let parts = (
            found.below(author, "time"),
            prescription.and_then(|prescription| found.id(prescription)),
            found.below(author, "AgentPerson"),
            found.one(parent, "recordTarget"),
            prescription.map(|prescription| found.line_items(prescription, policy)),
            found.below(author, "signatureText"),
        );
        nodes::check(parent, namespace_of(parent, policy), parts.5, &mut found.failures);
        found.failures.truncate(MAX_FAILURES);
        let (Some(time), Some(id), Some(agent_person), Some(record_target), Some(line_items), Some(signature_text)) =
            parts
        else {
            return Err(found.failures); // a part that is missing was reported
        };
        if found.failures.is_empty() {
            Ok(Self { parent, time, id, agent_person, record_target, line_items, signature_text })
        } else {
            Err(found.failures)
        }
    }

    /// The parts that are hashed, in their order.
    pub(crate) fn hashed(&self) -> impl Iterator<Item = Element<'d, 'a>> {
        [self.time, self.id, self.agent_person, self.record_target].into_iter().chain(self.line_items.iter().copied())
    }
}

struct Search {
    failures: Failures,
}

impl Search {
    fn fail(&mut self, at: Element<'_, '_>, why: impl std::fmt::Display) {
        self.fail_by(Code::Structure.rule(), at, why);
    }

    fn fail_by(&mut self, rule: &'static Rule, at: Element<'_, '_>, why: impl std::fmt::Display) {
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(Failure::ruled(Code::Structure, rule, at.place()).because(why));
        }
    }

    /// The element is a `ParentPrescription`, and the only one where it stands.
    fn alone(&mut self, parent: Element<'_, '_>) {
        if parent.name() != "ParentPrescription" {
            self.fail(parent, "the element must be a ParentPrescription");
        }
        let siblings =
            parent.parent().map_or(1, |around| around.children().filter(|it| it.name() == parent.name()).count());
        if siblings > 1 {
            self.fail_by(&form::WRAPPED, parent, "there must be one ParentPrescription");
        }
    }

    /// The one child of this name.
    fn one<'d, 'a>(&mut self, parent: Element<'d, 'a>, name: &str) -> Option<Element<'d, 'a>> {
        let mut named = parent.children().filter(|child| child.name() == name);
        let first = named.next();
        if first.is_none() {
            self.fail(parent, format_args!("{} must have a child {name}", parent.name()));
        }
        for further in named {
            self.fail_by(&form::WRAPPED, further, format_args!("{} must have one child {name}", parent.name()));
        }
        first
    }

    fn below<'d, 'a>(&mut self, parent: Option<Element<'d, 'a>>, name: &str) -> Option<Element<'d, 'a>> {
        parent.and_then(|parent| self.one(parent, name))
    }

    /// The UUID of the prescription. The published rules choose "the first" and "the one without extension": both must be
    /// the same.
    fn id<'d, 'a>(&mut self, prescription: Element<'d, 'a>) -> Option<Element<'d, 'a>> {
        let ids = || prescription.children().filter(|child| child.name() == "id");
        let first = ids().next();
        let Some(first) = first else {
            self.fail(prescription, "pertinentPrescription must have an id");
            return None;
        };
        if ids().filter(|id| id.attribute("extension").is_none()).count() != 1 || first.attribute("extension").is_some()
        {
            self.fail(first, "the first id, and no other, must be the one without an extension");
        }
        Some(first)
    }

    fn line_items<'d, 'a>(&mut self, prescription: Element<'d, 'a>, policy: &Policy) -> Vec<Element<'d, 'a>> {
        let mut items = Vec::with_capacity(policy.max_line_items);
        for wrapper in prescription.children().filter(|child| child.name() == "pertinentInformation2") {
            for indicator in ["negationInd", "inversionInd"] {
                if wrapper.attribute(indicator).is_some_and(|value| value != "false") {
                    self.fail_by(&form::NEGATED, wrapper, format_args!("{indicator} of a line item must be false"));
                }
            }
            if let Some(item) = self.one(wrapper, "pertinentLineItem") {
                self.line_item(item);
                items.push(item);
            }
        }
        if items.is_empty() {
            self.fail(prescription, "there must be a line item");
        }
        if items.len() > policy.max_line_items {
            let why = format_args!("there must be at most {} line items", policy.max_line_items);
            self.failures.push(Failure::new(Code::Limit, prescription.place()).because(why));
        }
        items
    }

    /// What is left out of a line item must be the same under every published rule.
    fn line_item(&mut self, item: Element<'_, '_>) {
        let mut repeats = 0;
        let mut statuses = 0;
        for child in item.children() {
            match child.name() {
                "repeatNumber" => {
                    repeats += 1;
                    self.repeat_number(child);
                }
                "pertinentInformation4" => {
                    statuses += 1;
                    self.status(child);
                }
                _ => {}
            }
        }
        if repeats > 1 || statuses > 1 {
            self.fail(item, "a line item must have at most one repeatNumber and one status");
        }
    }

    fn repeat_number(&mut self, repeat: Element<'_, '_>) {
        let count = |name| repeat.children().filter(|child| child.name() == name).count();
        let (low, high, all) = (count("low"), count("high"), repeat.children().count());
        if low > 1 || high > 1 || low + high != all || repeat.attributes().len() > 0 {
            self.fail(repeat, "repeatNumber must hold one low and one high, and no attributes");
        }
    }

    fn status(&mut self, wrapper: Element<'_, '_>) {
        let count = |name| wrapper.children().filter(|child| child.name() == name).count();
        let status = count("pertinentItemStatus");
        if status != 1 || status + count("seperatableInd") + count("templateId") != wrapper.children().count() {
            self.fail(wrapper, "pertinentInformation4 of a line item must hold its status and nothing else");
        }
    }
}
