//! Finding the rows of a field.

use super::Row;

/// The rows whose pattern matches `key` most closely: one field may have several targets.
pub(super) fn rows_of<'r>(rows: &'r [Row], key: &str, side: fn(&Row) -> &'static str) -> Vec<&'r Row> {
    let matching = rows.iter().filter(|row| !side(row).is_empty() && matches(side(row), key));
    let Some(closest) = matching.map(side).max_by_key(|pattern| pattern.len()) else { return Vec::new() };
    rows.iter().filter(|row| side(row) == closest).collect()
}

/// Whether a pattern of either side matches a path without indexes.
pub(super) fn matches(pattern: &str, key: &str) -> bool {
    if let Some(steps) = pattern.strip_prefix("//") {
        return key.strip_suffix(steps).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    }
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) if pattern.len() < 3 => true,
        (Some(rest), Some(_)) => key.contains(rest.strip_suffix('*').unwrap_or(rest)),
        (Some(rest), None) => key.ends_with(rest),
        (None, Some(start)) => key.starts_with(start),
        (None, None) => key == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_whole_steps() {
        assert!(matches("//id/@root", "A/b/id/@root") && !matches("//id/@root", "A/templateid/@root"));
        assert!(matches("Patient.name.*", "Patient.name.use") && !matches("Patient.name.*", "Patient.names"));
        assert!(matches("*.system", "Patient.identifier.system") && matches("*", "anything"));
        assert!(matches("*.meta.*", "Patient.meta.profile") && !matches("*.id", "Patient.uid"));
    }
}
