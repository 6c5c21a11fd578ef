//! Every node of the base messages, broken in every generic way.
//!
//! A table of seeds says for chosen nodes which rule must be told. A walk goes the other way: it breaks each node, and whatever
//! is told of a generic rule must name that node, or what holds it where something is absent. A node that may be changed so
//! without a report is not read, or optional.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use eps_core::model::{Envelope, arbitrary};

use super::json::Change as Json;
use super::xml::Change as Xml;
use super::{Broken, Judged, Lands, create, fhir, json, tracker, xml};
use crate::places::{json_nodes, xml_nodes};

/// A node, broken.
#[derive(Debug)]
pub struct Step {
    /// Which message, what is done, and where.
    pub what: String,
    /// The message; it lands on the node.
    pub broken: Broken,
    /// What is done to the node.
    pub done: Done,
}

/// What is done to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It has another value.
    Changed,
    /// It has no value: it or what holds it is told of.
    Emptied,
    /// It is gone: what held it is told of.
    Removed,
    /// It stands twice: the copy is told of, or in FHIR the list.
    Doubled,
}

impl Done {
    /// What is done by setting this value.
    fn setting(value: &str) -> Self {
        if matches!(value, "" | "\"\"") { Self::Emptied } else { Self::Changed }
    }
}

/// What breaks a value of this JSON type.
const fn values(value: &Value) -> &'static [&'static str] {
    match value {
        Value::String(_) => &["5", "\"\"", "\"a\\u000bb\"", "\"x y\"", "\"2025-02-29\""],
        Value::Number(_) | Value::Bool(_) => &["-1.5", "\"x y\""],
        Value::Object(_) | Value::Array(_) | Value::Null => &["5"],
    }
}

/// The FHIR messages, each with its name.
#[must_use]
pub fn fhir_bases() -> Vec<(&'static str, Value)> {
    vec![
        ("order of four items", four_items()),
        ("repeat dispensing", fhir::repeat_dispensing()),
        ("signed", fhir::signed()),
        ("hospital", fhir::hospital()),
        ("notification", fhir::notification()),
        ("claim", fhir::claim()),
        ("release", fhir::release()),
        ("cancellation", fhir::cancellation()),
        ("return", fhir::returned()),
        ("withdrawal", fhir::withdrawn()),
    ]
}

/// Spine's answers about prescriptions, each with its name and its judge.
#[must_use]
pub fn tracker_bases() -> Vec<(&'static str, Value, Judged)> {
    vec![("details", tracker::details(), Judged::Tracker), ("search", tracker::search(), Judged::Search)]
}

/// The order with four line items.
pub(super) fn four_items() -> Value {
    let mut order = fhir::order();
    let entries = order["entry"].as_array_mut().unwrap();
    for (index, id) in [(1, "aaaaaaaa-0000-4000-8000-000000000001"), (2, "aaaaaaaa-0000-4000-8000-000000000002")] {
        let mut copy = entries[index].clone();
        copy["fullUrl"] = format!("urn:uuid:{id}").into();
        copy["resource"]["identifier"][0]["value"] = id.into();
        entries.insert(3, copy);
    }
    order
}

/// Every node of a JSON message, broken.
pub fn json_steps(name: &str, base: &Value, judged: Judged) -> impl Iterator<Item = Step> {
    let text = serde_json::to_string_pretty(base).unwrap();
    let nodes: Vec<_> =
        json_nodes(&text).into_iter().map(|node| node.pointer).filter(|node| !node.is_empty()).collect();
    nodes.into_iter().flat_map(move |node| {
        let in_list = node.rsplit('/').next().is_some_and(|key| key.parse::<usize>().is_ok());
        let doubled = in_list.then_some((Json::Twice, Done::Doubled));
        let values = values(base.pointer(&node).unwrap());
        let values = values.iter().map(|value| (Json::Set(value), Done::setting(value)));
        let changes: Vec<_> = values.chain([(Json::Remove, Done::Removed)]).chain(doubled).collect();
        changes.into_iter().map(move |(change, done)| Step {
            what: format!("{name}: {change:?} at {node}"),
            broken: Broken {
                bytes: serde_json::to_vec_pretty(&json::changed(base, &node, change)).unwrap(),
                lands: Lands::Pointer(node.clone()),
                judged,
            },
            done,
        })
    })
}

/// Declares a written message and a few generated ones of each kind.
macro_rules! kinds {
    ($($name:literal: $strategy:expr;)*) => {
        /// The HL7 v3 messages, each with its name.
        #[must_use]
        pub fn hl7v3_bases() -> Vec<(&'static str, String)> {
            let mut bases =
                vec![("upload", xml::upload()), ("repeats", create::repeats()), ("metadata", tracker::metadata())];
            $(
                bases.push(($name, include_str!(concat!("../../../fuzz/seeds/hl7v3_read/", $name, ".xml")).to_owned()));
                bases.extend(generated(&$strategy).map(|message| ($name, message)));
            )*
            bases
        }
    };
}

kinds! {
    "prescription": arbitrary::prescription_envelope();
    "release-request": arbitrary::release_request_envelope();
    "release-response": arbitrary::release_response_envelope();
    "release-rejection": arbitrary::release_rejection_envelope();
    "dispense-notification": arbitrary::dispense_notification_envelope();
    "dispense-claim": arbitrary::dispense_claim_envelope();
    "cancellation": arbitrary::cancellation_envelope();
    "cancellation-response": arbitrary::cancellation_response_envelope();
    "cancellation-response-later": arbitrary::subsequent_cancellation_response_envelope();
    "return": arbitrary::return_envelope();
    "withdrawal": arbitrary::withdrawal_envelope();
    "dispense-history": arbitrary::dispense_history_envelope();
    "acknowledgement": arbitrary::acknowledgement_envelope();
}

/// Generated messages of a kind: the same ones each time.
const GENERATED: usize = 2;

fn generated(strategy: &impl Strategy<Value = Envelope>) -> impl Iterator<Item = String> {
    let mut runner = TestRunner::deterministic();
    let messages: Vec<_> = (0..GENERATED)
        .map(|_| eps_core::hl7v3::write(&strategy.new_tree(&mut runner).unwrap().current()))
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect();
    messages.into_iter()
}

/// Every element, text and attribute of an HL7 v3 message, broken.
#[must_use]
pub fn hl7v3_steps(name: &str, base: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for node in xml_nodes(base).iter().skip(1) {
        let mut step = |attribute: Option<&str>, change, done| {
            let place = attribute.map_or(node.xpath.clone(), |name| format!("{}/@{name}", node.xpath));
            steps.push(Step {
                what: format!("{name}: {change:?} at {place}"),
                broken: Broken {
                    bytes: xml::changed(base, node, attribute, change).into_bytes(),
                    lands: Lands::XPath(place),
                    judged: Judged::Validate,
                },
                done,
            });
        };
        step(None, Xml::Remove, Done::Removed);
        step(None, Xml::Twice, Done::Doubled);
        if node.text.is_some() {
            for text in ["", "x y", "20250229"] {
                step(None, Xml::Text(text), Done::setting(text));
            }
        }
        for (attribute, start, _) in &node.attributes {
            // A namespace is no attribute of the message.
            if base[*start..].starts_with("xmlns") || base[*start..].starts_with("xsi:") {
                continue;
            }
            step(Some(attribute), Xml::Remove, Done::Removed);
            for value in ["", "x y", "20250229"] {
                step(Some(attribute), Xml::Set(value), Done::setting(value));
            }
        }
    }
    steps
}
