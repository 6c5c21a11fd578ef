//! Character classes of XML 1.0 (fifth edition) and Namespaces in XML 1.0.

/// Space, tab, LF or CR.
pub(super) const WHITE: u8 = 1;
/// May start an `NCName`.
pub(super) const NAME_START: u8 = 2;
/// May stand in an `NCName`.
pub(super) const NAME: u8 = 4;
/// A byte of a character outside ASCII.
pub(super) const HIGH: u8 = 8;
/// Is not itself in a canonical attribute value, or is normalised when read: `& < " TAB LF CR`.
pub(super) const VALUE_SPECIAL: u8 = 16;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        #[expect(clippy::indexing_slicing, reason = "a byte indexes 256 entries; evaluated when compiling")]
        {
            table[byte as usize] = classify(byte);
        }
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

const fn classify(byte: u8) -> u8 {
    let place = match byte {
        b' ' | b'\t' | b'\n' | b'\r' => WHITE,
        b'A'..=b'Z' | b'a'..=b'z' | b'_' => NAME_START | NAME,
        b'0'..=b'9' | b'-' | b'.' => NAME,
        0x80..=0xFF => HIGH,
        _ => 0,
    };
    let special = match byte {
        b'&' | b'<' | b'"' | b'\t' | b'\n' | b'\r' => VALUE_SPECIAL,
        _ => 0,
    };
    place | special
}

/// The classes of one byte.
#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Whether `text` is white space only, or nothing.
#[inline]
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| class(byte) & WHITE != 0)
}

/// Whether `text` holds one of `& > CR`, which is not itself in canonical text. A `<` is not looked for.
#[inline]
pub(super) fn has_text_special(text: &str) -> bool {
    memchr::memchr3(b'&', b'>', b'\r', text.as_bytes()).is_some()
}

/// Whether XML 1.0 allows the character in a document (production `Char`).
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Whether the character may start a name (production `NameStartChar`, without the colon).
pub(super) fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// Whether the character may stand in a name (production `NameChar`, without the colon).
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether `text` is a name without a colon (production `NCName`).
pub(super) fn is_ncname(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
}

/// Offset of the first character from `from` on that XML 1.0 does not allow.
///
/// The bytes are those of UTF-8 text, so that only control characters, U+FFFE and U+FFFF can be wrong.
pub(super) fn illegal_char(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..)?;
    let control = |byte: u8| byte < 0x20 && byte != b'\t' && byte != b'\n' && byte != b'\r';
    // Without a branch, so that the usual document is passed over in vector registers.
    let controls = bytes.iter().fold(false, |seen, &byte| seen | control(byte));
    let first = if controls { bytes.iter().position(|&byte| control(byte)) } else { None };
    let noncharacter =
        memchr::memchr_iter(0xEF, bytes).find(|&at| matches!(bytes.get(at + 1..at + 3), Some([0xBF, 0xBE | 0xBF])));
    let found = match (first, noncharacter) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other)?,
    };
    Some(from + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_productions() {
        for byte in 0..0x80_u8 {
            let c = char::from(byte);
            assert_eq!(class(byte) & NAME_START != 0, is_name_start(c), "{c:?}");
            assert_eq!(class(byte) & NAME != 0, is_name_char(c), "{c:?}");
        }
    }

    #[test]
    fn illegal_characters_are_found_in_order() {
        assert_eq!(illegal_char("a\tb\r\n\u{E9}\u{FFFD}\u{1F600}", 0), None);
        assert_eq!(illegal_char("a\u{FFFF}\u{1}", 0), Some(1));
        assert_eq!(illegal_char("a\u{1}\u{FFFE}", 0), Some(1));
        assert_eq!(illegal_char("a\u{1}\u{FFFE}", 2), Some(2));
    }

    #[test]
    fn names_of_other_scripts_are_names() {
        assert!(is_ncname("préscription"));
        assert!(is_ncname("処方"));
        assert!(!is_ncname("-a"));
        assert!(!is_ncname("\u{B7}a"));
        assert!(!is_ncname(""));
        assert!(!is_ncname("a:b"));
    }
}
