//! From bytes to the arena, in one pass.
//!
//! Declarations, comments, CDATA sections, processing instructions and document types are found by quick-xml. Tags and
//! text, which are nearly all of a message, are split here and looked at once: quick-xml would first look for the end of
//! a tag and then for its attributes, and would let names that are no names, `<` in values and attributes without white
//! space between them pass, so that all had to be looked at again.

mod builder;
mod resolve;
mod scope;
mod tag;

use quick_xml::Reader;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::events::Event;

use self::builder::{Builder, Stop};
use super::chars;
use super::document::Document;
use super::limits::Limits;
use super::rules;
use crate::problem::{Place, Problem, Problems, Rule, line_and_column};

/// So many problems are reported at most; a document with more is not read by a person line by line.
pub(super) const MAX_PROBLEMS: usize = 100;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Parses a whole document.
pub(super) fn document<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, Problems> {
    let text = source(bytes, limits)?;
    let mut builder = Builder::new(bytes, text, limits);
    // A stop has reported its reason; what was found before it stands beside it.
    let _: Result<(), Stop> = read(&mut builder, text);
    builder.finish()
}

/// The input as text without its byte order mark, every character of which XML allows.
fn source<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, Problems> {
    // Offsets are kept in 32 bits.
    let most = limits.bytes.min(u32::MAX as usize - 1);
    if bytes.len() > most {
        let (line, column) = line_and_column(bytes, most);
        let problem = Problem::new(&rules::LIMIT_BYTES, Place::Position { line, column });
        return Err(problem.found(bytes.len().to_string()).expected(format!("{most} bytes at most")).into());
    }
    let content = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mark = bytes.len() - content.len();
    let at = |rule: &'static Rule, offset: usize| {
        let (line, column) = line_and_column(bytes, mark + offset);
        Problem::new(rule, Place::Position { line, column })
    };
    let text = std::str::from_utf8(content).map_err(|error| at(&rules::ENCODING, error.valid_up_to()))?;
    if content.starts_with(BYTE_ORDER_MARK) {
        return Err(at(&rules::ROOT, 0).into()); // a second mark is a character before the document element
    }
    let mut problems = Vec::new();
    let mut from = 0;
    while let Some(offset) = chars::illegal_char(text, from) {
        let c = text.get(offset..).and_then(|rest| rest.chars().next()).unwrap_or_default();
        problems.push(at(&rules::CHARACTER, offset).found(format!("U+{:04X}", u32::from(c))));
        from = offset + c.len_utf8();
        if problems.len() == MAX_PROBLEMS {
            break;
        }
    }
    Problems::from_vec(problems).map_or(Ok(text), Err)
}

fn read<'a>(builder: &mut Builder<'a, '_>, text: &'a str) -> Result<(), Stop> {
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..) {
        let length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
        builder.text(at..at + length)?;
        at += length;
        at = match rest.get(length + 1) {
            Some(b'/') => builder.close(at)?,
            Some(b'!' | b'?') => markup(builder, text, at)?,
            Some(_) => builder.open(at)?,
            None if length < rest.len() => return Err(builder.stop(&rules::SYNTAX, at, "a tag was expected here")),
            None => break,
        };
    }
    builder.end_of_input()
}

/// Reads the markup at `at` that is not a tag, and gives the offset after it.
fn markup(builder: &mut Builder<'_, '_>, text: &str, at: usize) -> Result<usize, Stop> {
    let mut reader = Reader::from_str(text.get(at..).unwrap_or_default());
    reader.config_mut().check_comments = true;
    let position = |offset: u64| at + usize::try_from(offset).unwrap_or(usize::MAX);
    let event = match reader.read_event() {
        Ok(event) => event,
        Err(error) => return Err(builder.stop(rule_of(&error), position(reader.error_position()), error.to_string())),
    };
    let end = position(reader.buffer_position());
    match event {
        Event::CData(_) => builder.cdata(at..end)?,
        Event::Comment(_) => builder.comment(at..end)?,
        Event::PI(_) => builder.instruction(at..end)?,
        Event::Decl(_) => builder.declaration(at..end)?,
        Event::DocType(_) => return Err(builder.stop(&rules::DOCTYPE, at, "")),
        Event::Start(_) | Event::End(_) | Event::Empty(_) | Event::Text(_) | Event::GeneralRef(_) | Event::Eof => {
            return Err(builder.stop(&rules::SYNTAX, at, "this is not markup"));
        }
    }
    Ok(end)
}

fn rule_of(error: &Error) -> &'static Rule {
    match error {
        Error::Syntax(SyntaxError::UnclosedDoctype) => &rules::DOCTYPE,
        Error::Syntax(_)
        | Error::IllFormed(_)
        | Error::Io(_)
        | Error::InvalidAttr(_)
        | Error::Escape(_)
        | Error::Encoding(_)
        | Error::Namespace(_) => &rules::SYNTAX,
    }
}

#[cfg(test)]
mod tests;
