//! Every node of the base messages, broken in every generic way: whatever is told of it is in the table, has a place that
//! resolves, and for a generic rule is the node itself, or what holds it where something is absent or stands twice.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use eps_core::rules::catalogue;
use eps_tests::seeds::walk::{self, Done, Step};
use eps_tests::seeds::{self, Broken, Judged, Lands};

/// Rules about the value of one node: told on that node.
const OF_A_VALUE: &[&str] = &[
    "fhir.element.type",
    "fhir.text.empty",
    "fhir.text.character",
    "fhir.code.form",
    "fhir.code.unknown",
    "fhir.date-time.form",
    "fhir.date.form",
    "fhir.date.impossible",
    "fhir.count",
    "fhir.quantity.decimal",
    "fhir.name.use",
    "fhir.telecom.use",
    "fhir.address.use",
    "fhir.patient.gender",
    "fhir.medication-request.status",
    "fhir.medication-request.intent",
    "fhir.message-header.event",
    "fhir.supply-duration.unit",
    "fhir.course-of-therapy.unknown",
    "ids.nhs-number",
    "ids.ods-code",
    "ids.prescription-id.form",
    "ids.sds",
    "ids.uuid",
    "hl7v3.code",
    "hl7v3.number",
    "hl7v3.text",
    "hl7v3.time",
];

/// Rules about what is absent or stands too often: told on what holds it. A reference that leads nowhere is told on the
/// reference, not on what it should lead to, so `fhir.element.too-few` is not among them.
const OF_AN_ABSENCE: &[&str] = &[
    "fhir.element.required",
    "fhir.element.too-many",
    "fhir.telecom.incomplete",
    "hl7v3.attribute.missing",
    "hl7v3.element.missing",
    "hl7v3.element.repeated",
    "hl7v3.line-items",
];

#[derive(Default)]
struct Tally {
    nodes: usize,
    accepted: usize,
    told: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

impl Tally {
    fn judge(&mut self, step: &Step, ids: &BTreeSet<&str>) {
        self.nodes += 1;
        let problems = seeds::problems(&step.broken);
        self.accepted += usize::from(!problems.iter().any(|problem| is_generic(problem.rule.id)));
        for problem in &problems {
            let id = problem.rule.id;
            let landed = seeds::landed(&step.broken, &problem.place);
            let right = match &landed {
                Ok(lands) => !is_generic(id) || fits(step, lands),
                Err(_) => false,
            };
            if ids.contains(id) && right {
                *self.told.entry(id).or_default() += 1;
            } else {
                self.wrong.push(format!("{id}: {}: {landed:?}", step.what));
            }
        }
    }

    /// Judges bases side by side, for there are many steps.
    fn of<B: Send>(bases: Vec<B>, judge: impl Fn(&mut Self, B) + Sync) -> Self {
        let judge = &judge;
        let tallies: Vec<Self> = std::thread::scope(|scope| {
            let judged = |base| {
                scope.spawn(move || {
                    let mut tally = Self::default();
                    judge(&mut tally, base);
                    tally
                })
            };
            let threads: Vec<_> = bases.into_iter().map(judged).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        tallies.into_iter().fold(Self::default(), |mut all, one| {
            all.nodes += one.nodes;
            all.accepted += one.accepted;
            one.told.into_iter().for_each(|(rule, times)| *all.told.entry(rule).or_default() += times);
            all.wrong.extend(one.wrong);
            all
        })
    }

    fn finish(self, kind: &str, at_least: usize) {
        let rules = self.told.iter().map(|(rule, times)| format!("{rule} {times}"));
        let refused = self.nodes - self.accepted;
        println!("{kind}: {} broken, {refused} refused; {}", self.nodes, rules.collect::<Vec<_>>().join(", "));
        assert!(self.wrong.is_empty(), "{}:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(refused >= at_least, "only {refused} are refused");
    }
}

fn is_generic(id: &str) -> bool {
    OF_A_VALUE.contains(&id) || OF_AN_ABSENCE.contains(&id)
}

fn fits(step: &Step, lands: &Lands) -> bool {
    let (at, node) = match (lands, &step.broken.lands) {
        (Lands::Pointer(at), Lands::Pointer(node)) | (Lands::XPath(at), Lands::XPath(node)) => (at, node),
        _ => return false,
    };
    let above = |at: &str| node.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    match step.done {
        Done::Changed => at == node || above(at),
        Done::Removed => at != node && above(at),
        Done::Doubled => above(at) || next(node).is_some_and(|next| at.starts_with(&next)),
    }
}

/// The place of the copy of an element, in XML or in JSON.
fn next(node: &str) -> Option<String> {
    let after = |index: &str| index.parse::<usize>().ok().map(|index| index + 1);
    match node.strip_suffix(']').and_then(|node| node.rsplit_once('[')) {
        Some((path, index)) => Some(format!("{path}[{}]", after(index)?)),
        None => {
            let (path, index) = node.rsplit_once('/')?;
            Some(format!("{path}/{}", after(index)?))
        }
    }
}

fn sound(name: &str, bytes: Vec<u8>) {
    let base = Broken { bytes, lands: Lands::Document, judged: Judged::Validate };
    // Spine may refuse it by its own rules: these are not what is looked at here.
    let mut problems = seeds::problems(&base);
    problems.retain(|problem| is_generic(problem.rule.id));
    assert!(problems.is_empty(), "{name}: {problems:?}");
}

#[test]
fn fhir_problems_name_the_node_that_is_broken() {
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    let tally = Tally::of(walk::fhir_bases(), |tally, (name, base)| {
        sound(name, serde_json::to_vec(&base).unwrap());
        walk::fhir_steps(name, &base).for_each(|step| tally.judge(&step, &ids));
    });
    tally.finish("FHIR", 1000);
}

#[test]
fn hl7v3_problems_name_the_node_that_is_broken() {
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    let tally = Tally::of(walk::hl7v3_bases(), |tally, (name, base)| {
        sound(name, base.clone().into_bytes());
        walk::hl7v3_steps(name, &base).iter().for_each(|step| tally.judge(step, &ids));
    });
    tally.finish("HL7 v3", 1000);
}
