//! From bytes to the arena, in one pass over quick-xml's events.
//!
//! quick-xml tells where markup starts and ends. Names, attributes, references, namespaces, line ends and the limits
//! are checked here, by what XML 1.0 and Namespaces in XML 1.0 say.

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
use super::limits::{self, Limits};
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
        let problem = Problem::new(&limits::BYTES, Place::Position { line, column });
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
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false; // the builder compares them
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true; // the builder resolves references
    config.check_comments = true;
    let position = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    loop {
        let start = position(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = position(reader.error_position()).max(start);
                return Err(builder.stop(rule_of(&error), at, error.to_string()));
            }
        };
        let span = start..position(reader.buffer_position());
        match event {
            Event::Text(_) | Event::GeneralRef(_) => builder.characters(start),
            Event::Start(_) => builder.open(span, false)?,
            Event::Empty(_) => builder.open(span, true)?,
            Event::End(_) => builder.close(span)?,
            Event::CData(_) => builder.cdata(span)?,
            Event::Comment(_) => builder.comment(span)?,
            Event::PI(_) => builder.instruction(span)?,
            Event::Decl(_) => builder.declaration(span)?,
            Event::DocType(_) => return Err(builder.stop(&rules::DOCTYPE, start, "")),
            Event::Eof => return builder.end_of_input(),
        }
    }
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
