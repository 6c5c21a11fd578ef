//! Splitting a tag into its name and attributes.

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
    /// Where the name starts.
    pub(super) at: usize,
    /// Whether the value holds a character that must be resolved, normalised or escaped.
    pub(super) special: bool,
    /// Whether it is written as one space, the name, `=` and the value in double quotes.
    pub(super) canonical: bool,
}

/// The tag is not well-formed at this offset.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// Reads along a tag of a text. Offsets are those of the text.
pub(super) struct Tag<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tag<'a> {
    /// Starts after the `<` of a tag.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text from `from` to here.
    #[inline]
    fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn malformed<T>(&self, at: usize, what: &'static str) -> Result<T, Malformed> {
        Err(Malformed { at, what })
    }

    /// How far the tag is read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The name that starts here.
    #[inline]
    pub(super) fn name(&mut self) -> Result<Name<'a>, Malformed> {
        let from = self.at;
        self.skip(NAME | HIGH);
        let mut local_at = 0;
        if self.byte() == Some(b':') {
            self.at += 1;
            local_at = self.at - from;
            self.skip(NAME | HIGH);
        }
        let text = self.since(from);
        if !is_qname(text, local_at) {
            return self.malformed(from, "a name was expected here");
        }
        Ok(Name { text, local_at: u32::try_from(local_at).unwrap_or(0) })
    }

    /// The next attribute, or `None` where no attribute starts: at the end of the tag.
    #[inline]
    pub(super) fn attribute(&mut self) -> Result<Option<RawAttribute<'a>>, Malformed> {
        let before = self.at;
        self.skip(WHITE);
        let at = self.at;
        if matches!(self.byte(), Some(b'>' | b'/' | b'?')) {
            return Ok(None);
        }
        if at == before {
            return self.malformed(at, "white space was expected here");
        }
        let name = self.name()?;
        let named = self.at;
        self.skip(WHITE);
        if self.byte() != Some(b'=') {
            return self.malformed(self.at, "an equals sign was expected here");
        }
        self.at += 1;
        self.skip(WHITE);
        let tight = at - before == 1 && self.at - named == 1 && self.byte() == Some(b'"');
        let space = self.text.as_bytes().get(before) == Some(&b' ');
        let (value, special) = self.quoted()?;
        Ok(Some(RawAttribute { name, value, at, special, canonical: tight && space && !special }))
    }

    /// What ends the tag here: whether the element is empty, and the offset after it.
    #[inline]
    pub(super) fn end(&self) -> Result<(bool, usize), Malformed> {
        match self.text.as_bytes().get(self.at..).unwrap_or_default() {
            [b'>', ..] => Ok((false, self.at + 1)),
            [b'/', b'>', ..] => Ok((true, self.at + 2)),
            _ => self.malformed(self.at, "the end of the tag was expected here"),
        }
    }

    /// Goes to the first byte that is in none of `classes`.
    #[inline]
    fn skip(&mut self, classes: u8) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&byte| class(byte) & classes == 0).unwrap_or(rest.len());
    }

    /// The value between quotes, and whether it has a special character.
    #[inline]
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

/// Whether a run of name characters and at most one colon is a name.
fn is_qname(text: &str, local_at: usize) -> bool {
    if text.is_ascii() {
        let starts = |at: usize| text.as_bytes().get(at).is_some_and(|&byte| class(byte) & NAME_START != 0);
        return starts(local_at) && starts(0);
    }
    match local_at.checked_sub(1) {
        Some(colon) => text.get(..colon).is_some_and(is_ncname) && text.get(local_at..).is_some_and(is_ncname),
        None => is_ncname(text),
    }
}

/// Whether `text` may be the target of a processing instruction.
pub(super) fn is_target(text: &str) -> bool {
    is_ncname(text) && text.chars().all(is_name_char) && !text.eq_ignore_ascii_case("xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(&str, &str)>, Malformed> {
        let mut tag = Tag::new(text, 0);
        tag.name()?;
        let mut all = Vec::new();
        while let Some(attribute) = tag.attribute()? {
            all.push((attribute.name.text, attribute.value));
        }
        tag.end()?;
        Ok(all)
    }

    #[test]
    fn attributes_are_split() {
        let found = read("a:b  x='1\"'\n y = \"\" z:é=\"'>\" >").unwrap();
        assert_eq!(found, [("x", "1\""), ("y", ""), ("z:é", "'>")]);
    }

    #[test]
    fn what_is_not_well_formed_is_refused_at_its_offset() {
        let cases = [
            ("", 0),
            (">", 0),
            (" a>", 0),
            ("1a>", 0),
            ("a/b>", 1),
            ("a / >", 2),
            (":a>", 0),
            ("a:>", 0),
            ("a:b:c>", 3),
            ("a:1>", 0),
            ("a", 1),
            ("a x>", 3),
            ("a x=>", 4),
            ("a x=1>", 4),
            ("a x='1", 5),
            ("a x='1'", 7),
            ("a x='1'y='2'>", 7),
            ("a x='<'>", 5),
            ("a =''>", 2),
            ("a \u{D7}=''>", 2),
        ];
        for (text, at) in cases {
            assert_eq!(read(text).map_err(|malformed| malformed.at), Err(at), "{text:?}");
        }
    }
}
