//! Every node of the base messages, broken in every generic way: whatever is told of it is in the table, has a place that
//! resolves, and for a generic rule is the very node, or what holds it where something is absent or stands twice.

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
    "fhir.message-header.event",
    "fhir.supply-duration.unit",
    "ids.nhs-number",
    "ids.ods-code",
    "ids.prescription-id.form",
    "ids.sds",
    "ids.uuid",
    "hl7v3.code",
    "hl7v3.number",
    "hl7v3.text",
    "hl7v3.time",
    "tracker.code",
    "tracker.components",
    "tracker.flag",
    "tracker.number",
    "tracker.text",
    "tracker.time",
    "tracker.type",
    "tracker.words",
];

/// Rules about what is absent or stands too often: told on what holds it.
const OF_AN_ABSENCE: &[&str] = &[
    "fhir.element.required",
    "fhir.element.too-many",
    "fhir.telecom.incomplete",
    "hl7v3.attribute.missing",
    "hl7v3.element.missing",
    "hl7v3.element.repeated",
    "hl7v3.line-items",
    "tracker.missing",
];

/// Told of what holds a list in which nothing is what is looked for, and of a reference or Bundle that leads to nothing.
const OF_A_SEARCH: &str = "fhir.element.too-few";

/// Where a rule is told of something else than the node that is broken: rule, end of the node's path, reason.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("hl7v3.element.missing", "/id[2]/@extension", "without its extension it is not the id that is looked for"),
    ("hl7v3.element.missing", "/lineItem[1]/order[1]/@value", METADATA),
    ("hl7v3.element.missing", "/lineItem[1]/ID[1]/@value", METADATA),
    ("hl7v3.element.missing", "/lineItem[1]/status[1]/@value", METADATA),
    (
        "hl7v3.attribute.missing",
        "/value[1]/@root",
        "an id of Release 1 is a root alone; spoilt, it lacks its extension",
    ),
];

const METADATA: &str = "Spine writes an element without a value for one that is absent";

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
        let told: Vec<_> =
            problems.iter().map(|problem| (problem.rule.id, seeds::landed(&step.broken, &problem.place))).collect();
        let of_the_node = told.iter().any(|(_, landed)| landed.as_ref() == Ok(&step.broken.lands));
        for (id, landed) in &told {
            let right = landed.as_ref().is_ok_and(|lands| {
                !is_generic(id) && (*id != OF_A_SEARCH || searched(step, lands))
                    || fits(step, lands)
                    || of_the_node && follows(step, id, lands)
                    || elsewhere(step, id)
            });
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

    /// Nothing was told of a wrong node, and each generic rule of these readers was told.
    fn finish(self, kind: &str, readers: &[&str], at_least: usize) {
        let rules = self.told.iter().map(|(rule, times)| format!("{rule} {times}"));
        let refused = self.nodes - self.accepted;
        println!("{kind}: {} broken, {refused} refused; {}", self.nodes, rules.collect::<Vec<_>>().join(", "));
        assert!(self.wrong.is_empty(), "{}:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(refused >= at_least, "only {refused} are refused");
        let of_these = |id: &&&str| readers.iter().any(|reader| id.starts_with(reader));
        let generic = OF_A_VALUE.iter().chain(OF_AN_ABSENCE).filter(of_these);
        let silent: Vec<_> = generic.filter(|id| !self.told.contains_key(*id)).collect();
        assert!(silent.is_empty(), "no broken node is told of these rules: {silent:?}");
    }
}

fn is_generic(id: &str) -> bool {
    OF_A_VALUE.contains(&id) || OF_AN_ABSENCE.contains(&id)
}

/// The paths of the node told of and of the node broken.
fn paths<'a>(step: &'a Step, lands: &'a Lands) -> Option<(&'a str, &'a str)> {
    match (lands, &step.broken.lands) {
        (Lands::Pointer(at), Lands::Pointer(node)) | (Lands::XPath(at), Lands::XPath(node)) => Some((at, node)),
        _ => None,
    }
}

fn fits(step: &Step, lands: &Lands) -> bool {
    paths(step, lands).is_some_and(|(at, node)| match step.done {
        Done::Changed => at == node,
        Done::Emptied => at == node || holds(step, at, node),
        Done::Removed => holds(step, at, node),
        Done::Doubled => at == node || next(node).is_some_and(|next| at.starts_with(&next)),
    })
}

/// What holds the node: where nothing else is in its list, that which holds the list.
fn holds(step: &Step, at: &str, node: &str) -> bool {
    let owner = |node: &str| node.rsplit_once('/').map(|(owner, _)| owner.to_owned());
    let list = owner(node);
    let emptied = list.as_ref().is_some_and(|list| {
        let broken: Option<serde_json::Value> = serde_json::from_slice(&step.broken.bytes).ok();
        broken.and_then(|broken| broken.pointer(list)?.as_array().map(Vec::is_empty)).unwrap_or_default()
    });
    list.as_deref() == Some(at) || emptied && list.and_then(|list| owner(&list)).as_deref() == Some(at)
}

/// Whether this is above the broken node, or a reference or Bundle.
fn searched(step: &Step, lands: &Lands) -> bool {
    let Some((at, node)) = paths(step, lands) else { return false };
    if node.strip_prefix(at).is_some_and(|rest| rest.starts_with('/')) {
        return true;
    }
    let broken: serde_json::Value = serde_json::from_slice(&step.broken.bytes).unwrap();
    broken.pointer(at).is_some_and(|node| node.get("reference").is_some() || node.get("entry").is_some())
}

/// A node of the wrong kind is told of itself, and then missed by what holds it.
fn follows(step: &Step, id: &str, lands: &Lands) -> bool {
    step.done == Done::Changed
        && OF_AN_ABSENCE.contains(&id)
        && paths(step, lands).is_some_and(|(at, node)| holds(step, at, node))
}

fn elsewhere(step: &Step, id: &str) -> bool {
    let node = match &step.broken.lands {
        Lands::Pointer(node) | Lands::XPath(node) => node,
        Lands::Within(..) | Lands::Byte(_) | Lands::Document => return false,
    };
    ELSEWHERE.iter().any(|(rule, end, _)| *rule == id && node.ends_with(end))
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

fn sound(name: &str, bytes: Vec<u8>, judged: Judged) {
    let base = Broken { bytes, lands: Lands::Document, judged };
    // Spine may refuse it by its own rules: these are not what is looked at here.
    let mut problems = seeds::problems(&base);
    problems.retain(|problem| is_generic(problem.rule.id));
    assert!(problems.is_empty(), "{name}: {problems:?}");
}

#[test]
fn fhir_problems_name_the_node_that_is_broken() {
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    let tally = Tally::of(walk::fhir_bases(), |tally, (name, base)| {
        sound(name, serde_json::to_vec(&base).unwrap(), Judged::Validate);
        walk::json_steps(name, &base, Judged::Validate).for_each(|step| tally.judge(&step, &ids));
    });
    tally.finish("FHIR", &["fhir.", "ids."], 1000);
}

#[test]
fn hl7v3_problems_name_the_node_that_is_broken() {
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    let tally = Tally::of(walk::hl7v3_bases(), |tally, (name, base)| {
        sound(name, base.clone().into_bytes(), Judged::Validate);
        walk::hl7v3_steps(name, &base).iter().for_each(|step| tally.judge(step, &ids));
    });
    tally.finish("HL7 v3", &["hl7v3.", "ids.", "tracker.components"], 1000);
}

#[test]
fn tracker_problems_name_the_node_that_is_broken() {
    let ids: BTreeSet<_> = catalogue().map(|rule| rule.id).collect();
    let tally = Tally::of(walk::tracker_bases(), |tally, (name, base, judged)| {
        sound(name, serde_json::to_vec(&base).unwrap(), judged);
        walk::json_steps(name, &base, judged).for_each(|step| tally.judge(&step, &ids));
    });
    // A component is a text of the XML answers only.
    let readers =
        ["code", "flag", "missing", "number", "text", "time", "type", "words"].map(|rule| format!("tracker.{rule}"));
    tally.finish("tracker", &readers.each_ref().map(String::as_str), 100);
}
