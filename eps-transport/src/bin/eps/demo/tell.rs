//! Telling the journey on one screen, or as JSON.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use super::journey::{Statuses, Step, Story};
use crate::track;
use crate::verify::difference_json;

/// The journey on one screen.
pub(super) fn text(story: &Story) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_story(&mut text, story);
    text.trim_end().to_owned()
}

fn write_story(out: &mut String, story: &Story) -> std::fmt::Result {
    writeln!(out, "One prescription, from the prescriber's FHIR to the pharmacy's claim: {}\n", story.id)?;
    for (at, step) in story.steps.iter().enumerate() {
        let took = format!("{:.1?}", step.took);
        writeln!(out, "{:>3} {:<9}{took:>9}  {}", at + 1, step.name, step.told)?;
        if let Some(status) = &step.status {
            writeln!(out, "{:24}{}", "", statuses(status))?;
        }
    }
    for difference in &story.differences {
        writeln!(out, "{:24}{}", "", shortened(&difference.place.to_string()))?;
        if let (Some(expected), Some(found)) = (&difference.expected, &difference.found) {
            writeln!(out, "{:24}signed \"{expected}\", arrived \"{found}\"", "")?;
        }
    }
    writeln!(out, "\nTimeline of the record\n{}", track::timeline(&story.record))?;
    writeln!(
        out,
        "Why it matters: the prescription was signed once and stored and released byte for byte, so {}",
        story.pharmacy
    )?;
    writeln!(
        out,
        "verified exactly what the prescriber signed; every answer above was on disk before it was given; and a"
    )?;
    writeln!(
        out,
        "change of one signed field is not \"signature does not match\" but the field, its place and both values."
    )?;
    writeln!(out, "\n{:.2?} in all.", total(story))
}

fn statuses((prescription, items): &Statuses) -> String {
    let items = items.iter().map(|item| item.code()).collect::<Vec<_>>().join(" ");
    format!("now {} {}; items {items}", prescription.code(), prescription.display())
}

/// The end of a long XPath, which says where.
fn shortened(place: &str) -> String {
    const STEPS: usize = 5;
    let path = place.split(" (").next().unwrap_or(place);
    let steps: Vec<_> = path.split('/').collect();
    let from = steps.len().saturating_sub(STEPS);
    let end = steps.get(from..).unwrap_or_default().join("/");
    let position = place.get(path.len()..).unwrap_or_default();
    if from == 0 { place.to_owned() } else { format!(".../{end}{position}") }
}

fn total(story: &Story) -> Duration {
    story.steps.iter().map(|step| step.took).sum()
}

/// The journey for programs.
pub(super) fn json(story: &Story) -> Value {
    json!({
        "prescription": story.id.as_str(),
        "pharmacy": story.pharmacy.as_str(),
        "steps": story.steps.iter().map(step_json).collect::<Vec<_>>(),
        "refusal": {
            "report": story.refused.report(),
            "differences": story.differences.iter().map(difference_json).collect::<Vec<_>>(),
        },
        "timeline": track::timeline_json(&story.record),
        "microseconds": micros(total(story)),
    })
}

fn step_json(step: &Step) -> Value {
    let status = step.status.as_ref().map(|(prescription, items)| {
        json!({
            "prescription": prescription.code(),
            "items": items.iter().map(|item| item.code()).collect::<Vec<_>>(),
        })
    });
    json!({ "step": step.name, "told": step.told, "microseconds": micros(step.took), "status": status })
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
