//! Splitting a tag into its name and attributes.
//!
//! quick-xml finds where a tag ends; what stands inside is split here, because its own attribute reader lets names that
//! are no names, `<` in values and attributes without white space between them pass.

use crate::xml::chars::{HIGH, NAME, NAME_START, VALUE_SPECIAL, WHITE, class, is_name_char, is_ncname};

/// A name with an optional prefix.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    /// Where the local name starts; 0 without a prefix.
    pub(super) local_at: u32,
}

/// An attribute as written.
pub(super) struct RawAttribute<'a> {
    pub(super) name: Name<'a>,
    /// Between the quotes.
    pub(super) value: &'a str,
    /// Where the name starts in the tag.
    pub(super) at: usize,
    /// Whether the value holds a character that must be resolved, normalised or escaped.
    pub(super) special: bool,
}

/// The tag is not well-formed at this offset in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// Reads along the content of a tag, from after `<` to before `>` or `/>`.
pub(super) struct Tag<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tag<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text from `from` to here.
    fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn malformed<T>(&self, at: usize, what: &'static str) -> Result<T, Malformed> {
        Err(Malformed { at, what })
    }

    /// The name that starts here.
    pub(super) fn name(&mut self) -> Result<Name<'a>, Malformed> {
        let from = self.at;
        let mut colon = None;
        let mut high = false;
        while let Some(byte) = self.byte() {
            let classes = class(byte);
            if classes & (NAME | HIGH) != 0 {
                high |= classes & HIGH != 0;
            } else if byte == b':' && colon.is_none() {
                colon = Some(self.at - from);
            } else {
                break;
            }
            self.at += 1;
        }
        let text = self.since(from);
        let local_at = colon.map_or(0, |colon| colon + 1);
        if !legal(text, local_at, high) {
            return self.malformed(from, "a name was expected here");
        }
        Ok(Name { text, local_at: u32::try_from(local_at).unwrap_or(0) })
    }

    /// The next attribute, or `None` at the end of the tag.
    pub(super) fn attribute(&mut self) -> Result<Option<RawAttribute<'a>>, Malformed> {
        let before = self.at;
        self.skip_white();
        let Some(_) = self.byte() else { return Ok(None) };
        let at = self.at;
        if at == before {
            return self.malformed(at, "white space was expected here");
        }
        let name = self.name()?;
        self.skip_white();
        if self.byte() != Some(b'=') {
            return self.malformed(self.at, "an equals sign was expected here");
        }
        self.at += 1;
        self.skip_white();
        let (value, special) = self.quoted()?;
        Ok(Some(RawAttribute { name, value, at, special }))
    }

    fn skip_white(&mut self) {
        while self.byte().is_some_and(|byte| class(byte) & WHITE != 0) {
            self.at += 1;
        }
    }

    /// The value between quotes, and whether it has a special character.
    fn quoted(&mut self) -> Result<(&'a str, bool), Malformed> {
        let Some(quote @ (b'"' | b'\'')) = self.byte() else {
            return self.malformed(self.at, "a quoted value was expected here");
        };
        self.at += 1;
        let from = self.at;
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let mut seen = 0;
        let Some(length) = rest.iter().position(|&byte| {
            let end = byte == quote;
            seen |= if end { 0 } else { class(byte) };
            end
        }) else {
            return self.malformed(from, "the value that starts here has no end");
        };
        self.at += length;
        let value = self.since(from);
        self.at += 1;
        let special = seen & VALUE_SPECIAL != 0;
        if special && let Some(less) = memchr::memchr(b'<', value.as_bytes()) {
            return self.malformed(from + less, "'<' must not stand in a value");
        }
        Ok((value, special))
    }
}

fn legal(text: &str, local_at: usize, high: bool) -> bool {
    let starts = |at: usize| text.as_bytes().get(at).is_some_and(|&byte| class(byte) & NAME_START != 0);
    if high {
        let (prefix, local) = match local_at.checked_sub(1) {
            Some(colon) => (text.get(..colon), text.get(local_at..)),
            None => (None, Some(text)),
        };
        return prefix.is_none_or(is_ncname) && local.is_some_and(is_ncname);
    }
    starts(local_at) && starts(0)
}

/// Whether `text` may be the target of a processing instruction.
pub(super) fn is_target(text: &str) -> bool {
    is_ncname(text) && text.chars().all(is_name_char) && !text.eq_ignore_ascii_case("xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(&str, &str)>, Malformed> {
        let mut tag = Tag::new(text);
        tag.name()?;
        let mut all = Vec::new();
        while let Some(attribute) = tag.attribute()? {
            all.push((attribute.name.text, attribute.value));
        }
        Ok(all)
    }

    #[test]
    fn attributes_are_split() {
        let found = read("a:b  x='1\"'\n y = \"\" z:é=\"'>\" ").unwrap();
        assert_eq!(found, [("x", "1\""), ("y", ""), ("z:é", "'>")]);
    }

    #[test]
    fn what_is_not_well_formed_is_refused_at_its_offset() {
        let cases = [
            ("", 0),
            (" a", 0),
            ("1a", 0),
            ("a/b", 1),
            (":a", 0),
            ("a:", 0),
            ("a:b:c", 3),
            ("a:1", 0),
            ("a x", 3),
            ("a x=", 4),
            ("a x=1", 4),
            ("a x='1", 5),
            ("a x='1'y='2'", 7),
            ("a x='<'", 5),
            ("a =''", 2),
            ("a \u{D7}=''", 2),
        ];
        for (text, at) in cases {
            assert_eq!(read(text).map_err(|malformed| malformed.at), Err(at), "{text:?}");
        }
    }
}
