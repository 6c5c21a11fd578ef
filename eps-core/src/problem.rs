//! Problems: what is wrong, where, what was found and what was expected.
//!
//! Every refusal of this library is a list of [`Problem`]s. Each names a [`Rule`] from a table, so that its id is stable,
//! and a [`Place`], so that a person finds the spot. The rules are in [`rules`](crate::rules).

use std::borrow::Cow;
use std::fmt;

mod operation_outcome;

pub use operation_outcome::operation_outcome;

/// How bad a problem is. The names are those of FHIR `OperationOutcome.issue.severity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the value set is fixed by FHIR R4")]
pub enum Severity {
    /// The message was refused and nothing more was checked.
    Fatal,
    /// The message is refused.
    Error,
    /// The message is accepted; somebody should look.
    Warning,
    /// For information only.
    Information,
}

impl Severity {
    /// Whether a message with such a problem is refused.
    #[must_use]
    pub fn refuses(self) -> bool {
        match self {
            Self::Fatal | Self::Error => true,
            Self::Warning | Self::Information => false,
        }
    }

    /// The FHIR code of this severity.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fatal => "fatal",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
        }
    }
}

/// A code in `issue.details`, as NHS England's services send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DetailCode {
    /// The code system URL.
    pub system: &'static str,
    /// The code.
    pub code: &'static str,
    /// Its display; where `None`, the problem's message stands in its place.
    pub display: Option<&'static str>,
}

impl DetailCode {
    /// Names a code of a system.
    #[must_use]
    pub const fn new(system: &'static str, code: &'static str, display: Option<&'static str>) -> Self {
        Self { system, code, display }
    }
}

/// One rule that a message can break.
///
/// Rules are the `static`s of [`rules::TABLE`](crate::rules::TABLE); two rules never share an id.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Stable id, dotted lower case: `xml.doctype`, `fhir.bundle.no-medication-request`.
    pub id: &'static str,
    /// How bad it is to break it.
    pub severity: Severity,
    /// The FHIR `issue.code`: `value`, `invalid`, `structure`, ...
    pub issue: &'static str,
    /// What must hold, in one sentence. Where the NHS service has a text for the breach, that text, word for word.
    pub requires: &'static str,
    /// To what it applies, and when: a noun phrase that ends «applies to».
    pub applies: &'static str,
    /// How a vendor repairs a message that breaks it, in one sentence.
    pub fix: &'static str,
    /// Who asks for it: the specification and its section, or the file of a public repository.
    pub source: &'static str,
    /// The `issue.details.coding` that the NHS service gives, where it gives one.
    pub detail: Option<DetailCode>,
}

/// Where a problem is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// The document as a whole.
    Document,
    /// A byte of a document that could not be parsed that far. Lines and columns count from 1; a column is a byte.
    Position {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A node of a JSON document.
    Json {
        /// RFC 6901 JSON Pointer.
        pointer: String,
        /// FHIRPath with indexes, from the resource: `Bundle.entry[3].resource.identifier[0].value`.
        fhirpath: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// A node of an XML document.
    Xml {
        /// XPath with indexes, local names only: `/PORX_IN020101SM31/ControlActEvent[1]/subject[1]`.
        xpath: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("the document"),
            Self::Position { line, column } => write!(f, "line {line}, column {column}"),
            Self::Json { fhirpath, line, column, .. } => write!(f, "{fhirpath} (line {line}, column {column})"),
            Self::Xml { xpath, line, column } => write!(f, "{xpath} (line {line}, column {column})"),
        }
    }
}

/// Line and column of a byte offset, both from 1. An offset past the end is the end.
#[must_use]
pub fn line_and_column(text: &[u8], offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1) + 1;
    (line, column)
}

/// A piece of the message that was judged. It may hold patient data, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Found(String);

impl Found {
    /// The text found.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Found({} bytes withheld)", self.0.len())
    }
}

/// One breach of one rule.
///
/// `Display` gives the rule, the place and the message; what was found is shown by callers that may show patient data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// Where.
    pub place: Place,
    /// What is wrong, in one sentence. Where the NHS service has a text for it, that text, word for word.
    pub message: Found,
    /// The offending value.
    pub found: Option<Found>,
    /// What would have been right; the rule's sentence where this is `None`.
    pub expected: Option<Cow<'static, str>>,
}

impl Problem {
    /// A breach of `rule` at `place`, told in the rule's own words.
    #[must_use]
    pub fn new(rule: &'static Rule, place: Place) -> Self {
        Self { rule, place, message: Found(rule.requires.to_owned()), found: None, expected: None }
    }

    /// Says it in other words.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Found(message.into());
        self
    }

    /// Quotes the offending value, cut to 200 characters.
    #[must_use]
    pub fn found(mut self, value: impl AsRef<str>) -> Self {
        self.found = Some(Found(value.as_ref().chars().take(200).collect()));
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        self.expected = Some(what.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.rule.id, self.place, self.rule.requires)
    }
}

/// Why something was refused: at least one problem, in document order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems, if there are any.
    #[must_use]
    pub fn from_vec(problems: Vec<Problem>) -> Option<Self> {
        (!problems.is_empty()).then_some(Self(problems))
    }

    /// All problems, at least one.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// Adds one more.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds all of `other`.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Whether one of them breaks the rule with this id.
    #[must_use]
    pub fn names(&self, rule_id: &str) -> bool {
        self.0.iter().any(|problem| problem.rule.id == rule_id)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_bytes_from_the_line_start() {
        assert_eq!(line_and_column(b"ab\ncd", 0), (1, 1));
        assert_eq!(line_and_column(b"ab\ncd", 4), (2, 2));
        assert_eq!(line_and_column(b"ab\ncd", 99), (2, 3));
    }

    #[test]
    fn debug_withholds_what_was_found() {
        let problem = Problem::new(&crate::rules::ids::NHS_NUMBER, Place::Document).found("9449304106");
        assert!(!format!("{problem:?}").contains("9449304106"));
    }
}
