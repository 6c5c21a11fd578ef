//! Finding the rows of a field.

use super::Row;

/// The rows whose pattern on one side matches `key` most closely.
pub(super) fn closest(
    rows: impl Iterator<Item = &'static Row>,
    key: &str,
    side: fn(&Row) -> &'static str,
) -> Vec<&'static Row> {
    let mut found: Vec<&Row> = Vec::new();
    for row in rows.filter(|row| !side(row).is_empty() && matches(side(row), key)) {
        match found.first().map(|known| weight(side(known)).cmp(&weight(side(row)))) {
            Some(std::cmp::Ordering::Greater) => continue,
            Some(std::cmp::Ordering::Less) => found.clear(),
            Some(std::cmp::Ordering::Equal) | None => {}
        }
        found.push(row);
    }
    found
}

/// How closely a pattern matches: a whole path before what holds of everything below an element or a field, and that before
/// any other; then by its length.
fn weight(pattern: &str) -> (u8, usize) {
    let below_element = pattern.starts_with("*/") && pattern.ends_with("/*");
    let below_field = pattern.strip_suffix(".*").is_some_and(|field| field.contains('.') && !field.starts_with('*'));
    let is_whole = !pattern.contains('*') && !pattern.starts_with("//");
    (if is_whole { 2 } else { u8::from(below_element || below_field) }, pattern.len())
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
