//! Everything that is wrong with a message.

use crate::fhir::json::Json;
use crate::fhir::{self, Context};
use crate::hl7v3;
use crate::model::Timestamp;
use crate::problem::{Problem, Problems};
use crate::xml::{Document, Limits};

/// Every problem of a FHIR or HL7 v3 message, warnings too: first what its reader finds, then the create-time rules that a
/// prescription breaks, in the order in which Spine looks.
///
/// A message whose first character is `<` is XML. Where the reader has a problem with a node, no create-time rule speaks
/// of the same node: it would say the same thing again, in other words.
#[must_use]
pub fn validate(bytes: &[u8], context: &Context) -> Vec<Problem> {
    if is_xml(bytes) { of_xml(bytes, context) } else { of_json(bytes, context) }
}

/// Every create-time rule that a prescription breaks, whatever its reader says of the same nodes; none where the message
/// is no prescription, or is not well-formed.
#[must_use]
pub fn create_problems(bytes: &[u8], now: Timestamp) -> Vec<Problem> {
    if is_xml(bytes) {
        Document::parse(bytes, &Limits::DEFAULT).map(|document| hl7v3::create_problems(&document, now))
    } else {
        Json::parse(bytes).map(|json| fhir::create_problems(&json, now))
    }
    .unwrap_or_default()
}

/// Whether the first character that is no white space and no byte order mark is `<`.
#[must_use]
pub fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    text.trim_ascii_start().first() == Some(&b'<')
}

fn of_xml(bytes: &[u8], context: &Context) -> Vec<Problem> {
    let document = match Document::parse(bytes, &Limits::DEFAULT) {
        Ok(document) => document,
        Err(problems) => return problems.into_iter().collect(),
    };
    let read = hl7v3::read_document(&document, context.check_characters).err();
    with(read, hl7v3::create_problems(&document, context.now))
}

fn of_json(bytes: &[u8], context: &Context) -> Vec<Problem> {
    let read = fhir::read(bytes, context).err();
    let create = Json::parse(bytes).map(|json| fhir::create_problems(&json, context.now));
    with(read, create.unwrap_or_default())
}

/// The reader's problems, and those of `create` that are about other nodes.
fn with(read: Option<Problems>, create: Vec<Problem>) -> Vec<Problem> {
    let mut all: Vec<_> = read.into_iter().flatten().collect();
    let told = all.len();
    for problem in create {
        if !all.iter().take(told).any(|other| other.place == problem.place) {
            all.push(problem);
        }
    }
    all
}
