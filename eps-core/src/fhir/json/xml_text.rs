//! Which characters XML 1.0 can carry.

/// Whether every character is a `Char` of XML 1.0 (section 2.2).
pub(super) fn is_legal(text: &str) -> bool {
    text.bytes().all(is_plain) || text.chars().all(is_char)
}

/// The common case, byte by byte.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=0x7f)
}

/// A `&str` holds no surrogates.
fn is_char(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::is_legal;

    #[test]
    fn control_characters_and_non_characters_are_refused() {
        for legal in ["", "plain", "tab\tand\r\nlines", "\u{7f}\u{85}", "caf\u{e9} \u{1f48a}", "\u{fffd}"] {
            assert!(is_legal(legal), "{legal:?}");
        }
        for illegal in ["\0", "a\u{b}", "\u{c}", "\u{1f}", "\u{1b}[0m", "\u{fffe}", "\u{ffff}"] {
            assert!(!is_legal(illegal), "{illegal:?}");
        }
    }
}
