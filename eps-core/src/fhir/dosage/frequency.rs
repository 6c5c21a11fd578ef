//! How often: frequency and period.

use super::unit::time_span;
use super::{PERIOD, Part, number};
use crate::codes::UnitOfTime;
use crate::fhir::json::Node;
use crate::problem::Problem;

/// `frequency`, `frequencyMax`, `period`, `periodMax` and `periodUnit`.
pub(super) fn frequency_and_period(repeat: Node<'_>) -> Part {
    let has_period = repeat.get("period").is_some() || repeat.get("periodMax").is_some();
    let frequency = repeat.get("frequency").map(|_| number(repeat, "frequency")).transpose()?;
    let most = repeat.get("frequencyMax").map(|_| number(repeat, "frequencyMax")).transpose()?;
    let times = match (frequency, most) {
        (None, None) if has_period => return without_frequency(repeat),
        (None, None) => return Ok(String::new()),
        (Some("1"), None) if has_period && !is_one_unit(repeat) => return period(repeat),
        (Some("1"), None) => "once".to_owned(),
        (Some("2"), None) => "twice".to_owned(),
        (Some(least), Some(most)) => format!("{least} to {most} times"),
        (Some(times), None) => format!("{times} times"),
        (None, Some(most)) => format!("up to {most} times"),
    };
    Ok(if has_period { format!("{times} {}", period(repeat)?) } else { times })
}

/// `daily` and its like.
fn without_frequency(repeat: Node<'_>) -> Part {
    if is_one_unit(repeat) {
        return Ok(UnitOfTime::read(repeat, "periodUnit")?.each().to_owned());
    }
    Err(Problem::new(&PERIOD, repeat.place()).into())
}

/// Whether the period is exactly one unit of time. `1.0` is not: the text counts.
fn is_one_unit(repeat: Node<'_>) -> bool {
    repeat.get("period").and_then(Node::as_number) == Some("1") && repeat.get("periodMax").is_none()
}

fn period(repeat: Node<'_>) -> Part {
    if repeat.get("periodMax").is_some() {
        let least = number(repeat, "period")?;
        Ok(format!("every {least} to {}", time_span(repeat, "periodMax", "periodUnit")?))
    } else if is_one_unit(repeat) {
        Ok(UnitOfTime::read(repeat, "periodUnit")?.one())
    } else {
        Ok(format!("every {}", time_span(repeat, "period", "periodUnit")?))
    }
}
