//! What the tracker tells.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "an answer of another form is a failed test")]

use serde_json::Value;

/// The resources of this type, in order.
#[must_use]
pub fn resources<'r>(bundle: &'r Value, kind: &str) -> Vec<&'r Value> {
    let entries = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
    entries.filter(|resource| resource["resourceType"] == kind).collect()
}

/// The actions of what happened, oldest first.
#[must_use]
pub fn history(bundle: &Value) -> Vec<&Value> {
    let group = bundle["entry"].as_array().unwrap().last().unwrap();
    let mut actions = group["resource"]["action"].as_array().unwrap().iter();
    let transitions = actions.find(|action| action["title"] == "Prescription status transitions").unwrap();
    transitions["action"].as_array().unwrap().iter().collect()
}

/// The extension of this name, by the end of its URL.
#[must_use]
pub fn extension<'r>(resource: &'r Value, name: &str) -> Option<&'r Value> {
    let mut all = resource["extension"].as_array()?.iter();
    all.find(|one| one["url"].as_str().is_some_and(|url| url.ends_with(name)))
}
