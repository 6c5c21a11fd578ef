//! The measurement for people.

use std::fmt::Write;

use super::store::{Latency, Report, Size};

/// The report on one screen.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut text, report);
    text.trim_end().to_owned()
}

fn write_report(out: &mut String, report: &Report) -> std::fmt::Result {
    let Report { processors, sizes, submissions, open_loop } = report;
    writeln!(out, "{processors} processors\n")?;
    writeln!(out, "signed submissions, {} callers", submissions.callers)?;
    writeln!(out, "  {:<46}{:>8} /s", "verified, answered and on the disk", submissions.per_second)?;
    writeln!(out, "  {:<46}{:>8}", "submissions of one transaction", submissions.group)?;
    writeln!(out, "  {:<46}{:>8}", "p50 / p99", told(&submissions.latency))?;
    writeln!(out, "  {:<46}{:>8} /s", "floor: fdatasync of 4 KB", submissions.syncs_per_second)?;
    for (name, floor) in [
        ("floor: raw SQLite, the same messages", submissions.raw_per_second),
        ("floor: raw SQLite, what the store keeps of them", submissions.raw_stored_per_second),
    ] {
        let share = submissions.per_second * 100 / floor.max(1);
        writeln!(out, "  {name:<46} {floor:>7} /s, of which {share} %")?;
    }
    writeln!(out, "\nsigned submissions at {} /s, from when each was due", open_loop.rate)?;
    writeln!(out, "  {:<46}{:>8}", "p50 / p99", told(&open_loop.latency))?;
    for size in sizes {
        write_size(out, size)?;
    }
    if let [small, large] = sizes.as_slice() {
        let grown = large.release.p99 * 100 / small.release.p99.max(1);
        writeln!(out, "\nthe p99 of a release is {grown} % of what it was with the smaller store")?;
    }
    Ok(())
}

fn write_size(out: &mut String, size: &Size) -> std::fmt::Result {
    writeln!(out, "\n{} stored prescriptions", size.stored)?;
    writeln!(out, "  {:<46}{:>8}", "release of 25, p50 / p99", told(&size.release))?;
    writeln!(out, "  {:<46}{:>8}", "bytes on disk for each", size.bytes_each)?;
    writeln!(out, "  {:<46}{:>8} /s", "filled, without a check of signatures", size.filled_per_second)?;
    let resident = size.resident_bytes.map_or("unknown".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000));
    writeln!(out, "  {:<46}{resident:>8}", "resident memory")
}

fn told(latency: &Latency) -> String {
    let millis = |micros: u64| format!("{}.{:02}", micros / 1000, micros % 1000 / 10);
    format!("{} / {} ms", millis(latency.p50), millis(latency.p99))
}
