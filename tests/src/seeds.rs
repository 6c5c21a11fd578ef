//! A violation of each rule, at each place where it can occur.
//!
//! A [`Seed`] names its rule, and makes from a valid message one broken message for each node that can break the rule. Each
//! broken message says on which node the rule must be reported.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a seed that cannot be made is a failed test"
)]

use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::problem::{Place, Problem};

mod create;
mod fhir;
mod json;
mod query;
mod signature;
mod tracker;
pub mod walk;
mod xml;

/// One broken message.
#[derive(Debug)]
pub struct Broken {
    /// The message.
    pub bytes: Vec<u8>,
    /// Where the rule must be reported.
    pub lands: Lands,
    /// How the message is judged.
    pub judged: Judged,
}

/// The node that a problem must name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lands {
    /// The value with this JSON Pointer.
    Pointer(String),
    /// The element or attribute with this XPath.
    XPath(String),
    /// A byte within the element with this XPath, of a document that cannot be read further.
    Within(String, usize),
    /// A byte of a document that cannot be read so far.
    Byte(usize),
    /// The document as a whole.
    Document,
}

/// Who judges a broken message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// [`eps_core::rules::validate`].
    Validate,
    /// The same, with a check character taken as written, as a converter does.
    AsWritten,
    /// The same, where references by identifier are refused.
    Strict,
    /// The same, without ids to give a release.
    WithoutIds,
    /// [`eps_core::rules::create_problems`]: many a create-time rule is about a node that the reader refuses first.
    Create,
    /// [`eps_core::fhir::dosage_text`], of `dosageInstruction`.
    Dosage,
    /// [`eps_core::signature::embed`], of the data of a Provenance.
    Provenance,
    /// [`eps_core::signature::Verifier`].
    Signature,
    /// [`eps_core::tracker::read`].
    Tracker,
    /// [`eps_core::tracker::read_search`].
    Search,
    /// [`eps_core::fhir::task_query`], of the query of a URL whose values are not encoded.
    TaskQuery,
}

/// A rule, and the messages that break it.
#[derive(Debug)]
pub struct Seed {
    /// The rule's id.
    pub rule: &'static str,
    /// What is done to which nodes, in words.
    pub what: String,
    /// The broken messages, at least one.
    pub broken: Vec<Broken>,
}

/// Every seed.
#[must_use]
pub fn all() -> Vec<Seed> {
    [json::seeds(), fhir::seeds(), xml::seeds(), create::seeds(), signature::seeds(), tracker::seeds(), query::seeds()]
        .into_iter()
        .flatten()
        .collect()
}

/// When the messages are judged.
pub const NOW: &str = "20260302094000";

/// How FHIR is read for a judgement.
///
/// # Panics
/// Never: its ids are well-formed.
#[must_use]
pub fn context(judged: Judged) -> Context {
    Context {
        now: crate::messages::time(NOW),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: if judged == Judged::Strict {
            IdentifierReferences::Refused
        } else {
            IdentifierReferences::Resolved
        },
        check_characters: if judged == Judged::AsWritten {
            CheckCharacters::AsWritten
        } else {
            CheckCharacters::Required
        },
        release_ids: (judged != Judged::WithoutIds).then(|| [1, 2].map(|id| MessageId(Guid::from_bytes([id; 16])))),
    }
}

/// What the library finds wrong with a broken message.
#[must_use]
pub fn problems(broken: &Broken) -> Vec<Problem> {
    match broken.judged {
        Judged::Validate | Judged::AsWritten | Judged::Strict | Judged::WithoutIds => {
            eps_core::rules::validate(&broken.bytes, &context(broken.judged))
        }
        Judged::Create => eps_core::rules::create_problems(&broken.bytes, crate::messages::time(NOW)),
        Judged::Dosage => {
            let json = eps_core::fhir::json::Json::parse(&broken.bytes).unwrap();
            let dosages: Vec<_> = json.root().list("dosageInstruction").collect();
            eps_core::fhir::dosage_text(&dosages).err().into_iter().flatten().collect()
        }
        Judged::Provenance => {
            let data = std::str::from_utf8(&broken.bytes).unwrap();
            eps_core::signature::embed::read_provenance(data).err().into_iter().flatten().collect()
        }
        Judged::Signature => signature::problems(&broken.bytes),
        Judged::Tracker => eps_core::tracker::read(&broken.bytes).err().into_iter().flatten().collect(),
        Judged::Search => eps_core::tracker::read_search(&broken.bytes).err().into_iter().flatten().collect(),
        Judged::TaskQuery => {
            let parameters =
                std::str::from_utf8(&broken.bytes).unwrap().split('&').filter_map(|one| one.split_once('='));
            eps_core::fhir::task_query(parameters).err().into_iter().flatten().collect()
        }
    }
}

/// What is wrong with the place that a problem names, by the checker of [`places`](crate::places).
///
/// # Errors
/// In words, where the parts of the place do not name the same node, or not the one expected.
pub fn check(broken: &Broken, place: &Place) -> Result<(), String> {
    let lands = landed(broken, place)?;
    if lands == broken.lands { Ok(()) } else { Err(format!("{lands:?}, not {:?}", broken.lands)) }
}

/// The node of a broken message that a place names.
///
/// # Errors
/// In words, where the parts of the place do not name the same node.
pub fn landed(broken: &Broken, place: &Place) -> Result<Lands, String> {
    let bytes = &broken.bytes;
    let at = |line, column| crate::places::offset(bytes, line, column).ok_or("no such line and column".to_owned());
    Ok(match place {
        Place::Document => Lands::Document,
        Place::Position { line, column } => Lands::Byte(at(*line, *column)?),
        Place::Json { pointer, fhirpath, line, column } => {
            let nodes = crate::places::json_nodes(std::str::from_utf8(bytes).map_err(|error| error.to_string())?);
            let named: Vec<_> = nodes.iter().filter(|node| node.pointer == *pointer).collect();
            // Where the document is not read to its end, its type may not be known yet.
            let tail = fhirpath.strip_prefix("Resource.");
            let same =
                |node: &str| node == fhirpath || tail.is_some() && node.split_once('.').map(|(_, tail)| tail) == tail;
            if !named.iter().any(|node| same(&node.fhirpath)) {
                return Err(format!("{fhirpath} is not the FHIRPath of {pointer}"));
            }
            let there = at(*line, *column)?;
            // A key that stands twice names two values.
            if !named.iter().any(|node| node.offset == there) {
                return Err(format!("{pointer} is not at {line}:{column}"));
            }
            Lands::Pointer(pointer.clone())
        }
        Place::Xml { xpath, line, column } if matches!(broken.lands, Lands::Within(..)) => {
            Lands::Within(xpath.clone(), at(*line, *column)?)
        }
        Place::Xml { xpath, line, column } => {
            if let Some(found) = xml_offset(bytes, xpath)?
                && found != at(*line, *column)?
            {
                return Err(format!("{xpath} is at byte {found}, not {line}:{column}"));
            }
            Lands::XPath(xpath.clone())
        }
        place => return Err(format!("a new kind of place: {place}")),
    })
}

/// The byte where an XPath leads.
fn xml_offset(bytes: &[u8], xpath: &str) -> Result<Option<usize>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let (element, attribute) = xpath.split_once("/@").map_or((xpath, None), |(element, name)| (element, Some(name)));
    let nodes = crate::places::xml_nodes(text);
    let node = nodes.iter().find(|node| node.xpath == element).ok_or("the XPath names nothing")?;
    match attribute {
        None => Ok(Some(node.start)),
        Some(name) => match node.attributes.iter().find(|(known, ..)| known == name) {
            Some((_, start, _)) => Ok(Some(*start)),
            None => Err(format!("{xpath} names nothing")),
        },
    }
}
