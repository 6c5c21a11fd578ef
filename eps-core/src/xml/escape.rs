//! Escaping as Canonical XML 1.0 section 2.3 prescribes, and the normalisation of what we write ourselves.

/// Appends text.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    replace(out, text, |rest| match rest {
        [b'\r', ..] => Some((1, "&#xD;")),
        _ => text_markup(rest),
    });
}

/// Appends an attribute value, without its quotes.
pub(super) fn value(out: &mut Vec<u8>, value: &str) {
    replace(out, value, |rest| match rest {
        [b'\t', ..] => Some((1, "&#x9;")),
        [b'\n', ..] => Some((1, "&#xA;")),
        [b'\r', ..] => Some((1, "&#xD;")),
        _ => value_markup(rest),
    });
}

/// Appends a comment or processing instruction: only CR cannot stand there as itself.
pub(super) fn markup(out: &mut Vec<u8>, text: &str) {
    replace(out, text, |rest| match rest {
        [b'\r', ..] => Some((1, "&#xD;")),
        _ => None,
    });
}

/// Appends text of ours: every kind of line end becomes LF, what XML does not allow becomes U+FFFD.
///
/// NEL, LS and PS are line ends to some canonicalisers and characters to others, so that nobody may meet them.
pub(super) fn own_text(out: &mut Vec<u8>, text: &str) {
    replace(out, text, |rest| match rest {
        [b'\r', b'\n', ..] => Some((2, "\n")),
        [b'\r', ..] => Some((1, "\n")),
        [0xC2, 0x85, ..] => Some((2, "\n")),
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => Some((3, "\n")),
        _ => text_markup(rest).or_else(|| illegal(rest)),
    });
}

/// Appends a value of ours: a run of tabs and line ends becomes one space, what XML does not allow becomes U+FFFD.
pub(super) fn own_value(out: &mut Vec<u8>, value: &str) {
    replace(out, value, |rest| match rest {
        [b'\t' | b'\n' | b'\r', ..] => {
            let run = rest.iter().take_while(|byte| matches!(byte, b'\t' | b'\n' | b'\r')).count();
            Some((run, " "))
        }
        _ => value_markup(rest).or_else(|| illegal(rest)),
    });
}

fn text_markup(rest: &[u8]) -> Option<(usize, &'static str)> {
    match rest {
        [b'&', ..] => Some((1, "&amp;")),
        [b'<', ..] => Some((1, "&lt;")),
        [b'>', ..] => Some((1, "&gt;")),
        _ => None,
    }
}

fn value_markup(rest: &[u8]) -> Option<(usize, &'static str)> {
    match rest {
        [b'&', ..] => Some((1, "&amp;")),
        [b'<', ..] => Some((1, "&lt;")),
        [b'"', ..] => Some((1, "&quot;")),
        _ => None,
    }
}

fn illegal(rest: &[u8]) -> Option<(usize, &'static str)> {
    match rest {
        [0..0x20, ..] if !matches!(rest.first(), Some(b'\t' | b'\n' | b'\r')) => Some((1, "\u{FFFD}")),
        [0xEF, 0xBF, 0xBE | 0xBF, ..] => Some((3, "\u{FFFD}")),
        _ => None,
    }
}

/// The bytes that something may have to be written for: markup, controls, and the first bytes of the characters named
/// above. Nearly all bytes are none of these.
const SUSPECTS: [bool; 256] = {
    let mut suspects = [false; 256];
    let mut byte: u8 = 0;
    while byte < u8::MAX {
        #[expect(clippy::indexing_slicing, reason = "computed by the compiler, which would refuse to go on")]
        let suspect = &mut suspects[byte as usize];
        *suspect = matches!(byte, 0..0x20 | b'"' | b'&' | b'<' | b'>' | 0xC2 | 0xE2 | 0xEF);
        byte += 1;
    }
    suspects
};

fn is_suspect(byte: u8) -> bool {
    SUSPECTS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Appends `text`, with what `replacement` says in place of the bytes it says it for; it is asked about suspects only.
#[inline]
fn replace(out: &mut Vec<u8>, text: &str, replacement: impl Fn(&[u8]) -> Option<(usize, &'static str)>) {
    let bytes = text.as_bytes();
    let mut copied = 0;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        let Some(skipped) = rest.iter().position(|byte| is_suspect(*byte)) else { break };
        at += skipped;
        let Some((length, instead)) = rest.get(skipped..).and_then(&replacement) else {
            at += 1;
            continue;
        };
        out.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
        out.extend_from_slice(instead.as_bytes());
        at += length;
        copied = at;
    }
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
}
