//! A run as a picture: answers a second, and their latencies, second by second.

use std::fmt::Write;
use std::time::Duration;

use super::Snapshot;
use super::histogram::height;

const WIDTH: u64 = 900;
const PANEL: u64 = 220;
/// Room for the words at the left, and between panels.
const MARGIN: u64 = 70;
/// The latencies that are drawn: share of a thousand, name and colour.
const LINES: [(u64, &str, &str); 3] = [(500, "p50", "#2b7a3d"), (990, "p99", "#c77f0a"), (999, "p99.9", "#b3261e")];
/// The latencies of the scale.
const MARKS: [(Duration, &str); 6] = [
    (Duration::from_micros(100), "0.1 ms"),
    (Duration::from_millis(1), "1 ms"),
    (Duration::from_millis(10), "10 ms"),
    (Duration::from_millis(100), "100 ms"),
    (Duration::from_secs(1), "1 s"),
    (Duration::from_secs(10), "10 s"),
];

/// The picture, an SVG document.
#[must_use]
pub fn svg(run: &Snapshot) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = draw(&mut out, run);
    out
}

fn draw(out: &mut String, run: &Snapshot) -> std::fmt::Result {
    let (width, tall) = (WIDTH + 2 * MARGIN, 2 * PANEL + 3 * MARGIN);
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {tall}" font-family="sans-serif" font-size="13">"#
    )?;
    writeln!(out, r#"<rect width="{width}" height="{tall}" fill="white"/>"#)?;
    throughput(out, run)?;
    latencies(out, run)?;
    writeln!(out, "</svg>")
}

/// Where a second stands.
fn x(second: usize, run: &Snapshot) -> u64 {
    let seconds = run.seconds.len().saturating_sub(1).max(1) as u64;
    MARGIN + second as u64 * WIDTH / seconds
}

/// Where a value stands in a panel whose lower edge is at `bottom`.
fn y(value: u64, most: u64, bottom: u64) -> u64 {
    bottom - (value.min(most) * PANEL) / most.max(1)
}

fn line(out: &mut String, points: impl Iterator<Item = (u64, u64)>, colour: &str) -> std::fmt::Result {
    write!(out, r#"<polyline fill="none" stroke="{colour}" stroke-width="1.5" points=""#)?;
    for (x, y) in points {
        write!(out, "{x},{y} ")?;
    }
    writeln!(out, r#""/>"#)
}

fn mark(out: &mut String, at: u64, words: &str) -> std::fmt::Result {
    let right = MARGIN + WIDTH;
    writeln!(out, r##"<line x1="{MARGIN}" x2="{right}" y1="{at}" y2="{at}" stroke="#dddddd"/>"##)?;
    writeln!(out, r#"<text x="{}" y="{}" text-anchor="end">{words}</text>"#, MARGIN - 6, at + 4)
}

fn throughput(out: &mut String, run: &Snapshot) -> std::fmt::Result {
    let bottom = MARGIN + PANEL;
    let answered = || run.seconds.iter().map(|second| second.latencies.count());
    let failed = || run.seconds.iter().map(|second| second.failed);
    let most = answered().chain(failed()).max().unwrap_or_default().max(1);
    writeln!(out, r#"<text x="{MARGIN}" y="{}">answers a second; failures in red</text>"#, MARGIN - 12)?;
    for value in [0, most / 2, most] {
        mark(out, y(value, most, bottom), &value.to_string())?;
    }
    line(out, answered().enumerate().map(|(at, count)| (x(at, run), y(count, most, bottom))), "#1f4e9c")?;
    line(out, failed().enumerate().map(|(at, count)| (x(at, run), y(count, most, bottom))), "#b3261e")
}

fn latencies(out: &mut String, run: &Snapshot) -> std::fmt::Result {
    let bottom = 2 * (MARGIN + PANEL);
    let (least, most) = (height(Duration::from_micros(100)), height(Duration::from_secs(10)));
    let at = |took: Duration| y(height(took).saturating_sub(least), most - least, bottom);
    writeln!(out, r#"<text x="{MARGIN}" y="{}">latency</text>"#, bottom - PANEL - 12)?;
    for (took, words) in MARKS {
        mark(out, at(took), words)?;
    }
    for (place, (share, name, colour)) in LINES.into_iter().enumerate() {
        let seconds = run.seconds.iter().enumerate();
        let points = seconds
            .filter_map(|(second, counts)| counts.latencies.per_mille(share).map(|took| (x(second, run), at(took))));
        line(out, points, colour)?;
        let across = MARGIN + 80 + 60 * place as u64;
        writeln!(out, r#"<text x="{across}" y="{}" fill="{colour}">{name}</text>"#, bottom - PANEL - 12)?;
    }
    writeln!(
        out,
        r#"<text x="{}" y="{}" text-anchor="end">{} s</text>"#,
        MARGIN + WIDTH,
        bottom + 20,
        run.seconds.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Step, Tally};
    use eps_core::xml::{Document, Limits};

    #[test]
    fn a_picture_is_well_formed_whatever_was_counted() {
        let tally = Tally::default();
        let empty = svg(&tally.snapshot());
        Document::parse(empty.as_bytes(), &Limits::DEFAULT).unwrap();
        tally.begin(std::time::Instant::now());
        for took in [1, 80, 5_000, 99_000_000] {
            tally.answered(Step::Create, Duration::from_micros(took));
        }
        tally.failed("too slow");
        tally.end();
        let drawn = svg(&tally.snapshot());
        Document::parse(drawn.as_bytes(), &Limits::DEFAULT).unwrap();
        assert_eq!(drawn.matches("<polyline").count(), 5);
    }
}
