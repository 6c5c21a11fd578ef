//! When and for how long.

use super::quantity::{plural_quantity, range};
use super::unit::{plural, time_span};
use super::words::list;
use super::{DATE_TIME, DAY_OF_WEEK, EVENT_TIMING, FIELD, Part, TIME_OF_DAY, missing, number, refused};
use crate::codes::{DayOfWeek, EventTiming};
use crate::fhir::json::Node;
use crate::fhir::read::date;
use crate::problem::{Problem, Problems};

/// `duration` and `durationMax`.
pub(super) fn duration(repeat: Node<'_>) -> Part {
    let has_most = repeat.get("durationMax").is_some();
    if repeat.get("duration").is_none() && !has_most {
        return Ok(String::new());
    }
    let mut text = format!("over {}", time_span(repeat, "duration", "durationUnit")?);
    if has_most {
        text.push_str(&format!(" (maximum {})", time_span(repeat, "durationMax", "durationUnit")?));
    }
    Ok(text)
}

/// `offset`, in minutes, and the events it counts from.
pub(super) fn offset_and_when(repeat: Node<'_>) -> Part {
    let events: Vec<_> = repeat.list("when").map(event_timing).collect::<Result<_, _>>()?;
    let mut text = String::new();
    if let Some(offset) = repeat.get("offset") {
        if events.is_empty() {
            return Err(missing(repeat, "when"));
        }
        let minutes = offset.as_number().and_then(|text| text.parse::<u32>().ok());
        let minutes = minutes.ok_or_else(|| Problems::from(Problem::new(&FIELD, offset.place())))?;
        let (number, unit) = match minutes {
            _ if !minutes.is_multiple_of(60) => (minutes, "minute"),
            _ if !minutes.is_multiple_of(24 * 60) => (minutes / 60, "hour"),
            _ => (minutes / (24 * 60), "day"),
        };
        let number = number.to_string();
        text = format!("{number} {} ", plural(unit, &number));
    }
    Ok(text + &list(&events))
}

fn event_timing(node: Node<'_>) -> Result<&'static str, Problems> {
    let event = node.as_str().and_then(EventTiming::from_fhir);
    event.map(EventTiming::display).ok_or_else(|| refused(&EVENT_TIMING, node, "Unhandled EventTiming"))
}

/// `dayOfWeek` and `timeOfDay`.
pub(super) fn days_and_times(repeat: Node<'_>) -> Part {
    let days: Vec<_> = repeat.list("dayOfWeek").map(day_of_week).collect::<Result<_, _>>()?;
    let times: Vec<_> = repeat.list("timeOfDay").map(time_of_day).collect::<Result<_, _>>()?;
    let mut text = String::new();
    if !days.is_empty() {
        text = format!("on {}", list(&days));
    }
    if !times.is_empty() {
        let gap = if text.is_empty() { "" } else { " " };
        text.push_str(&format!("{gap}at {}", list(&times)));
    }
    Ok(text)
}

fn day_of_week(node: Node<'_>) -> Result<&'static str, Problems> {
    let day = node.as_str().and_then(DayOfWeek::from_fhir);
    day.map(DayOfWeek::display).ok_or_else(|| refused(&DAY_OF_WEEK, node, "Unhandled DayOfWeek"))
}

/// `hh:mm`, with seconds where there are any; a fraction is dropped.
fn time_of_day(node: Node<'_>) -> Result<&str, Problems> {
    let refusal = || refused(&TIME_OF_DAY, node, "Invalid time of day");
    let text = node.as_str().ok_or_else(refusal)?;
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, fraction)| (clock, Some(fraction)));
    let is_fraction = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !fraction.is_none_or(is_fraction) || !is_clock(clock.as_bytes()) {
        return Err(refusal());
    }
    Ok(clock.strip_suffix(":00").unwrap_or(clock))
}

/// Whether these bytes are `hh:mm:ss` of a day.
fn is_clock(bytes: &[u8]) -> bool {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = bytes else { return false };
    let hours = matches!((h1, h2), (b'0'..=b'1', b'0'..=b'9') | (b'2', b'0'..=b'3'));
    hours
        && [m1, s1].iter().all(|tens| matches!(tens, b'0'..=b'5'))
        && [m2, s2].iter().all(|ones| ones.is_ascii_digit())
}

/// `boundsDuration`, else `boundsRange`, else `boundsPeriod`.
pub(super) fn bounds(repeat: Node<'_>) -> Part {
    if let Some(duration) = repeat.get("boundsDuration") {
        Ok(format!("for {}", plural_quantity(duration)?))
    } else if let Some(bounds) = repeat.get("boundsRange") {
        Ok(format!("for {}", range(bounds, true)?))
    } else if let Some(period) = repeat.get("boundsPeriod") {
        match (period.get("start"), period.get("end")) {
            (Some(start), Some(end)) => Ok(format!("from {} to {}", day(start)?, day(end)?)),
            (Some(start), None) => Ok(format!("from {}", day(start)?)),
            (None, Some(end)) => Ok(format!("until {}", day(end)?)),
            (None, None) => Err(missing(period, "start")),
        }
    } else {
        Ok(String::new())
    }
}

/// `count` and `countMax`.
pub(super) fn count(repeat: Node<'_>) -> Part {
    if repeat.get("countMax").is_some() {
        return Ok(format!("take {} to {} times", number(repeat, "count")?, number(repeat, "countMax")?));
    }
    if repeat.get("count").is_none() {
        return Ok(String::new());
    }
    Ok(match number(repeat, "count")? {
        "1" => "take once".to_owned(),
        "2" => "take twice".to_owned(),
        times => format!("take {times} times"),
    })
}

/// `timing.event`.
pub(super) fn events(dosage: Node<'_>) -> Part {
    let Some(timing) = dosage.get("timing") else { return Ok(String::new()) };
    let days: Vec<_> = timing.list("event").map(day).collect::<Result<_, _>>()?;
    Ok(if days.is_empty() { String::new() } else { format!("on {}", list(&days)) })
}

/// The UTC day of a date-time, `DD/MM/YYYY`.
fn day(node: Node<'_>) -> Part {
    let time = node.as_str().and_then(|text| date::date_time(text).ok());
    let time = time.ok_or_else(|| refused(&DATE_TIME, node, "Invalid dateTime"))?;
    let day = time.date().calendar();
    Ok(format!("{:02}/{:02}/{:04}", day.day(), u8::from(day.month()), day.year()))
}
