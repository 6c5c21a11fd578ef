//! The means to break JSON, and the rules of JSON itself.

use serde_json::Value;

use super::{Broken, Judged, Lands, Seed};

/// What is done to a node.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// It becomes this JSON.
    Set(&'static str),
    /// It is taken away.
    Remove,
    /// It stands twice: a copy follows it in its list.
    Twice,
    /// It stands so often.
    Times(usize),
    /// This JSON is added under this key.
    Add(&'static str, &'static str),
}

/// Where the rule is reported, seen from the node that is changed.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// There.
    Here,
    /// At what holds it: the violation is an absence.
    Owner,
    /// So many steps up.
    Up(usize),
    /// At a node below it.
    Below(&'static str),
    /// At one node of the document, whichever is changed.
    Fixed(&'static str),
}

/// A row of the tables: rule, message, nodes, change, place.
pub(super) type Row = (&'static str, fn() -> Value, &'static str, Change, At);

/// A seed for each row.
pub(super) fn seeds_of(rows: &[Row], judged: Judged) -> Vec<Seed> {
    rows.iter().map(|row| seed(row, judged)).collect()
}

fn seed((rule, base, pattern, change, at): &Row, judged: Judged) -> Seed {
    let base = base();
    let mut nodes = vec![String::new()];
    for step in pattern.split('/').skip(1) {
        nodes = nodes.iter().flat_map(|node| expand(&base, node, step)).collect();
    }
    let broken = nodes.iter().map(|node| Broken {
        bytes: serde_json::to_vec_pretty(&changed(&base, node, *change)).unwrap(),
        lands: Lands::Pointer(place(node, *at)),
        judged,
    });
    Seed { rule, what: format!("{change:?} at {pattern}"), broken: broken.collect() }
}

/// The nodes that a step leads to: a key, `a|b` for either, `*` for every item, `[Type]` for the entries with such a resource,
/// `{key=value}` for the items with such a member.
fn expand(base: &Value, node: &str, step: &str) -> Vec<String> {
    let value = base.pointer(node).unwrap();
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    let chosen = |wanted: &dyn Fn(&Value) -> bool| {
        let items = items.iter().enumerate().filter(|(_, item)| wanted(item));
        items.map(|(index, _)| format!("{node}/{index}")).collect()
    };
    if step.contains('|') {
        step.split('|').flat_map(|step| expand(base, node, step)).collect()
    } else if step == "*" {
        chosen(&|_| true)
    } else if let Some(kind) = step.strip_prefix('[').and_then(|step| step.strip_suffix(']')) {
        chosen(&|item| item["resource"]["resourceType"] == kind)
    } else if let Some(step) = step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
        let (key, wanted) = step.split_once('=').unwrap();
        chosen(&|item| item[key].as_str().is_some_and(|found| found.ends_with(wanted)))
    } else {
        let there = base.pointer(&format!("{node}/{step}")).is_some();
        there.then(|| format!("{node}/{step}")).into_iter().collect()
    }
}

pub(super) fn changed(base: &Value, node: &str, change: Change) -> Value {
    let mut document = base.clone();
    let (owner, key) = node.rsplit_once('/').unwrap_or(("", ""));
    match change {
        Change::Set(json) => *document.pointer_mut(node).unwrap() = serde_json::from_str(json).unwrap(),
        Change::Add(key, json) => {
            document.pointer_mut(node).unwrap()[key] = serde_json::from_str(json).unwrap();
        }
        Change::Remove => match document.pointer_mut(owner).unwrap() {
            Value::Object(members) => drop(members.remove(key)),
            Value::Array(items) => drop(items.remove(key.parse().unwrap())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => panic!("{owner} holds nothing"),
        },
        Change::Twice => repeat(&mut document, owner, key, 1),
        Change::Times(times) => repeat(&mut document, owner, key, times - 1),
    }
    document
}

fn repeat(document: &mut Value, owner: &str, key: &str, times: usize) {
    let items = document.pointer_mut(owner).unwrap().as_array_mut().unwrap();
    let at: usize = key.parse().unwrap();
    let copy = items[at].clone();
    items.splice(at..at, std::iter::repeat_n(copy, times));
}

fn place(node: &str, at: At) -> String {
    let up = |steps| (0..steps).fold(node, |node, _| node.rsplit_once('/').unwrap().0).to_owned();
    match at {
        At::Here => node.to_owned(),
        At::Owner => up(1),
        At::Up(steps) => up(steps),
        At::Below(path) => format!("{node}{path}"),
        At::Fixed(pointer) => pointer.to_owned(),
    }
}

const ORDER: &str = include_str!("../../../eps-transport/data/prescription-order.json");

/// Rules about bytes: each message with the byte at which it is wrong.
pub(super) fn seeds() -> Vec<Seed> {
    let limit = 4 * 1024 * 1024;
    let at = |rule, bytes: Vec<u8>, byte| Seed {
        rule,
        what: format!("at byte {byte}"),
        broken: vec![Broken { bytes, lands: Lands::Byte(byte), judged: Judged::Validate }],
    };
    let text = |text: &str| text.as_bytes().to_vec();
    let colon = ORDER.find(':').unwrap();
    let mut utf8 = text(ORDER);
    utf8[colon + 3] = 0xFF;
    let head = "\"resourceType\": \"Bundle\",";
    let twice = ORDER.replacen(head, &format!("{head} \"id\": \"1\", \"id\": \"2\","), 1);
    let members: Vec<_> = (0..=128).map(|number| format!("\"k{number}\":{number}")).collect();
    let many = format!("[{}]", vec!["0"; 256 * 1024].join(","));
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(256 * 1024 + 1));
    vec![
        at("fhir.json.syntax", text(&ORDER.replacen(':', "=", 1)), colon),
        at("fhir.json.truncated", text(&ORDER[..ORDER.len() / 2]), ORDER.len() / 2),
        at("fhir.json.trailing", [ORDER.as_bytes(), b"{}"].concat(), ORDER.len()),
        at("fhir.json.utf8", utf8, colon + 3),
        at("fhir.json.byte-order-mark", [b"\xEF\xBB\xBF", ORDER.as_bytes()].concat(), 0),
        at("fhir.json.size", [ORDER.as_bytes(), &vec![b' '; limit]].concat(), limit),
        at("fhir.json.depth", [vec![b'['; 100], vec![b']'; 100]].concat(), 64),
        at("fhir.json.values", text(&many), 2 * 256 * 1024 - 1),
        at("fhir.json.text-length", text(&long), 6),
        at("fhir.json.members", text(&format!("{{{}}}", members.join(","))), 1196),
        Seed {
            rule: "fhir.json.duplicate-key",
            what: "a second id".to_owned(),
            broken: vec![Broken {
                bytes: text(&twice),
                lands: Lands::Pointer("/id".to_owned()),
                judged: Judged::Validate,
            }],
        },
    ]
}
