//! References, line ends and white space in values: from what is written to what is meant.

use std::borrow::Cow;

use crate::xml::chars::is_char;

/// The longest reference that can be right: `&#x10FFFF;` with leading zeros to spare. Longer ones are not searched for
/// their end, so that a text full of `&` costs no more than its length.
const MAX_REFERENCE: usize = 32;

/// A reference that means nothing, from `at` on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadReference {
    pub(super) at: usize,
    pub(super) length: usize,
}

/// Resolves text (XML 1.0 sections 2.11 and 4.4). Bad references are left out and reported.
pub(super) fn text<'a>(raw: &'a str, bad: &mut Vec<BadReference>) -> Cow<'a, str> {
    resolve(raw, bad, |byte| matches!(byte, b'&' | b'\r'), '\n')
}

/// Resolves line ends only, as in comments and CDATA sections.
pub(super) fn line_ends(raw: &str) -> Cow<'_, str> {
    resolve(raw, &mut Vec::new(), |byte| byte == b'\r', '\n')
}

/// Resolves and normalises an attribute value (XML 1.0 section 3.3.3, type CDATA).
pub(super) fn value<'a>(raw: &'a str, bad: &mut Vec<BadReference>) -> Cow<'a, str> {
    resolve(raw, bad, |byte| matches!(byte, b'&' | b'\r' | b'\n' | b'\t'), ' ')
}

fn resolve<'a>(
    raw: &'a str,
    bad: &mut Vec<BadReference>,
    special: impl Fn(u8) -> bool,
    line_end: char,
) -> Cow<'a, str> {
    let bytes = raw.as_bytes();
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|&byte| special(byte))) {
        at += found;
        out.push_str(raw.get(copied..at).unwrap_or_default());
        match bytes.get(at) {
            Some(b'&') => {
                let (length, meant) = reference(bytes.get(at..).unwrap_or_default());
                match meant {
                    Some(c) => out.push(c),
                    None => bad.push(BadReference { at, length }),
                }
                at += length;
            }
            Some(b'\r') => {
                out.push(line_end);
                at += if bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
            }
            _ => {
                out.push(line_end);
                at += 1;
            }
        }
        copied = at;
    }
    if copied == 0 {
        return Cow::Borrowed(raw);
    }
    out.push_str(raw.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The length of the reference at the start of `bytes` and the character it stands for.
fn reference(bytes: &[u8]) -> (usize, Option<char>) {
    let near = bytes.get(..MAX_REFERENCE).unwrap_or(bytes);
    let Some(end) = memchr::memchr(b';', near) else { return (1, None) };
    let meant = match near.get(1..end).unwrap_or_default() {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => None,
    };
    // An unknown name is reported as far as the name goes; a lone `&` as that character.
    let is_name = near.get(1..end).is_some_and(|name| name.iter().all(|&b| b == b'#' || b.is_ascii_alphanumeric()));
    (if meant.is_some() || is_name { end + 1 } else { 1 }, meant)
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let mut code = 0_u32;
    for &digit in digits {
        code = code.checked_mul(radix)?.checked_add(char::from(digit).to_digit(radix)?)?;
    }
    char::from_u32(code).filter(|&c| is_char(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_line_ends_are_resolved() {
        let mut bad = Vec::new();
        assert_eq!(text("a&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;\r\nb\rc\n&#13;", &mut bad), "a&<>\"'A😀\nb\nc\n\r");
        assert_eq!(value("a\t\r\n\n&#9;&#xA;b", &mut bad), "a   \t\nb");
        assert_eq!(line_ends("&amp;\r\n"), "&amp;\n");
        assert_eq!(bad, []);
        assert!(matches!(text("plain\n", &mut bad), Cow::Borrowed("plain\n")));
    }

    #[test]
    fn references_that_mean_nothing_are_reported() {
        for raw in ["&", "&a", "&nbsp;", "&#;", "&#x;", "&#0;", "&#1;", "&#xD800;", "&#xFFFF;", "&#x110000;", "&#X41;"]
        {
            let mut bad = Vec::new();
            text(raw, &mut bad);
            assert_eq!(bad.len(), 1, "{raw}");
        }
        let mut bad = Vec::new();
        assert_eq!(text("x & y; &AMP; z", &mut bad), "x  y;  z");
        assert_eq!(bad, [BadReference { at: 2, length: 1 }, BadReference { at: 7, length: 5 }]);
        let mut bad = Vec::new();
        let long = format!("&#{}65;", "0".repeat(40));
        text(&long, &mut bad);
        assert_eq!(bad.len(), 1);
    }
}
