//! Escaping as Canonical XML 1.0 section 2.3 prescribes.

/// Appends text.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    escape(out, text, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Appends an attribute value, without its quotes.
pub(super) fn value(out: &mut Vec<u8>, value: &str) {
    escape(out, value, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Appends a comment or processing instruction: only CR cannot stand there as itself.
pub(super) fn markup(out: &mut Vec<u8>, text: &str) {
    escape(out, text, |byte| (byte == b'\r').then_some("&#xD;"));
}

#[inline]
fn escape(out: &mut Vec<u8>, text: &str, replacement: impl Fn(u8) -> Option<&'static str>) {
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(replacement) = replacement(byte) {
            out.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
            out.extend_from_slice(replacement.as_bytes());
            copied = at + 1;
        }
    }
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
}
