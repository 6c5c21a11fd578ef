//! What is found wrong while a message is read, and the typed access that finds it.
//!
//! A function that reads something gives `None` when it is absent or cannot be used; in the second case, and where it
//! must be present, it has told a problem. So everything is looked at before anything is refused.

use std::fmt;
use std::str::FromStr;

use super::date::{self, DateError};
use super::json::Node;
use super::rules;
use crate::codes::UnknownCode;
use crate::ids::{CheckCharacters, IdError, PrescriptionIdError, WrittenPrescriptionId};
use crate::model::{Code, Coded, Date, Decimal, Text, TextError, Timestamp};
use crate::problem::{Problem, Problems, Rule};

/// After so many problems no more are kept: nobody reads them, and each takes memory.
const MAX_PROBLEMS: usize = 200;

/// The problems told so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    problems: Vec<Problem>,
    check_characters: CheckCharacters,
    telephones_only: bool,
}

/// Which elements of a list are meant, in the words of the NHS service.
#[derive(Clone, Copy)]
pub(super) enum Condition<'a> {
    /// All of them.
    Any,
    System(&'a str),
    Url(&'a str),
    FullUrl(&'a str),
    Who(&'a str),
    ResourceType(&'a str),
    Name(&'a str),
}

impl fmt::Display for Condition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::System(value) => write!(f, " where system == '{value}'"),
            Self::Url(value) => write!(f, " where url == '{value}'"),
            Self::FullUrl(value) => write!(f, " where fullUrl == '{value}'"),
            Self::Who(value) => write!(f, " where who.reference == '{value}'"),
            Self::Name(value) => write!(f, " where name == '{value}'"),
            Self::ResourceType(value) => write!(f, " where resource.resourceType == '{value}'"),
        }
    }
}

impl Findings {
    /// Nothing told yet.
    pub(super) fn new(check_characters: CheckCharacters) -> Self {
        Self { problems: Vec::new(), check_characters, telephones_only: false }
    }

    /// From here on every telecom is a telephone number, whatever its system: so the NHS service signs orders.
    pub(super) fn take_telephones_only(&mut self) {
        self.telephones_only = true;
    }

    /// Whether every telecom is a telephone number.
    pub(super) fn are_telephones_only(&self) -> bool {
        self.telephones_only
    }

    /// All problems, if there are any.
    pub(super) fn into_problems(self) -> Option<Problems> {
        Problems::from_vec(self.problems)
    }

    /// Keeps a problem. A fact that two parts of the reader come across is told once. Once there are enough, no more
    /// are made: finding the place of each of many thousand would take longer than reading the message.
    pub(super) fn tell(&mut self, problem: impl FnOnce() -> Problem) {
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let problem = problem();
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Keeps a breach of `rule`, told in its own words.
    pub(super) fn breach(&mut self, rule: &'static Rule, node: Node<'_>) {
        self.tell(|| Problem::new(rule, node.place()));
    }

    /// Keeps a breach of `rule` by a value: the words, the value in quotes, and a full stop.
    fn unhandled(&mut self, rule: &'static Rule, node: Node<'_>, words: &str, value: &str) {
        self.tell(|| Problem::new(rule, node.place()).message(format!("{words} '{value}'.")).found(value));
    }

    /// An element of `owner` that must be there and is not.
    pub(super) fn missing(&mut self, owner: Node<'_>, field: &'static str) {
        self.tell(|| Problem::new(&rules::REQUIRED, owner.place()).expected(field));
    }

    /// A node that is not what the model has here.
    pub(super) fn wrong_type(&mut self, node: Node<'_>, expected: &'static str) {
        self.tell(|| Problem::new(&rules::TYPE, node.place()).expected(expected));
    }

    /// A reference that names nothing.
    pub(super) fn no_reference(&mut self, element: Node<'_>) {
        match element.get("reference").filter(|reference| reference.as_str().is_none()) {
            Some(reference) => self.wrong_type(reference, "a string"),
            None => self.missing(element, "reference"),
        }
    }

    /// An element that must be there.
    pub(super) fn required<'d>(&mut self, owner: Node<'d>, field: &'static str) -> Option<Node<'d>> {
        let node = owner.get(field);
        if node.is_none() {
            self.missing(owner, field);
        }
        node
    }

    /// The elements of a list; none where it is absent.
    pub(super) fn list<'d>(&mut self, owner: Node<'d>, field: &str) -> impl Iterator<Item = Node<'d>> + use<'d> {
        let list = owner.get(field);
        if let Some(node) = list.filter(|node| !node.is_array()) {
            self.wrong_type(node, "an array");
        }
        list.into_iter().flat_map(Node::items)
    }

    /// The string that a node is.
    fn string<'d>(&mut self, node: Node<'d>) -> Option<&'d str> {
        let text = node.as_str();
        if text.is_none() {
            self.wrong_type(node, "a string");
        }
        text
    }

    /// A string that may be absent.
    pub(super) fn str<'d>(&mut self, owner: Node<'d>, field: &str) -> Option<&'d str> {
        self.string(owner.get(field)?)
    }

    /// The text of a node; an empty one or one that XML cannot carry is a problem.
    pub(super) fn text_of(&mut self, node: Node<'_>) -> Option<Text> {
        let text = self.string(node)?;
        self.checked_text(node, Text::new(text))
    }

    /// A text made from `node`, if it can stand in a message.
    pub(super) fn checked_text<T>(&mut self, node: Node<'_>, text: Result<T, TextError>) -> Option<T> {
        match text {
            Ok(text) => return Some(text),
            Err(TextError::Empty) => self.breach(&rules::TEXT_EMPTY, node),
            Err(TextError::Character { .. }) => self.breach(&rules::TEXT_CHARACTER, node),
            Err(TextError::WhiteSpace) => self.breach(&rules::CODE_FORM, node),
        }
        None
    }

    /// A text that may be absent.
    pub(super) fn text(&mut self, owner: Node<'_>, field: &str) -> Option<Text> {
        self.text_of(owner.get(field)?)
    }

    /// The texts of a list, empty ones left out.
    pub(super) fn texts(&mut self, owner: Node<'_>, field: &str) -> Vec<Text> {
        let nodes = self.list(owner, field);
        nodes.filter(|node| node.as_str() != Some("")).filter_map(|node| self.text_of(node)).collect()
    }

    /// A code of an open vocabulary that must be there.
    pub(super) fn code(&mut self, owner: Node<'_>, field: &'static str) -> Option<Code> {
        let node = self.required(owner, field)?;
        let text = self.string(node)?;
        self.checked_text(node, text.parse())
    }

    /// A code of a closed vocabulary that must be there.
    pub(super) fn code_of<T>(&mut self, owner: Node<'_>, field: &'static str) -> Option<T>
    where
        T: FromStr<Err = UnknownCode>,
    {
        let node = self.required(owner, field)?;
        let text = self.string(node)?;
        match text.parse() {
            Ok(code) => Some(code),
            Err(UnknownCode { vocabulary, .. }) => {
                self.tell(|| Problem::new(&rules::CODE_UNKNOWN, node.place()).found(text).expected(vocabulary));
                None
            }
        }
    }

    /// A coding of a closed vocabulary with its display.
    pub(super) fn coded<T>(&mut self, coding: Node<'_>) -> Option<Coded<T>>
    where
        T: FromStr<Err = UnknownCode>,
    {
        let display = coding.get("display").filter(|display| display.as_str() != Some(""));
        let display = display.and_then(|display| self.text_of(display));
        let code = self.code_of(coding, "code")?;
        Some(Coded { code, display })
    }

    /// An identifier in the string that a node is.
    pub(super) fn id<T: FromStr<Err = IdError>>(&mut self, node: Node<'_>) -> Option<T> {
        let text = self.string(node)?;
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.tell(|| Problem::new(error.rule(), node.place()).found(text));
                None
            }
        }
    }

    /// A short-form prescription id in the string that a node is. Whoever acts on a message asks for its check
    /// character to be right.
    pub(super) fn prescription_id(&mut self, node: Node<'_>) -> Option<WrittenPrescriptionId> {
        let text = self.string(node)?;
        let checked = text.parse::<WrittenPrescriptionId>().and_then(|id| match self.check_characters {
            CheckCharacters::AsWritten => Ok(id),
            CheckCharacters::Required => id.checked().map(|_| id),
        });
        match checked {
            Ok(id) => Some(id),
            Err(error) => {
                let problem = Problem::new(error.rule(), node.place()).found(text);
                self.tell(|| match error {
                    PrescriptionIdError::CheckCharacter { .. } => problem.expected(error.to_string()),
                    PrescriptionIdError::Length { .. } | PrescriptionIdError::Character { .. } => problem,
                });
                None
            }
        }
    }

    /// A whole number; `None` where it is absent.
    pub(super) fn count(&mut self, owner: Node<'_>, field: &str) -> Option<u32> {
        self.counted(owner, field, Node::as_number)
    }

    /// A whole number, also in quotes: the clients of the NHS service send the repeats of a notification so.
    pub(super) fn quoted_count(&mut self, owner: Node<'_>, field: &str) -> Option<u32> {
        self.counted(owner, field, |node| node.as_number().or(node.as_str()))
    }

    fn counted<'d>(&mut self, owner: Node<'d>, field: &str, digits: fn(Node<'d>) -> Option<&'d str>) -> Option<u32> {
        let node = owner.get(field)?;
        let digits = digits(node).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let count = digits.and_then(|digits| digits.parse().ok()).filter(|count| *count < u32::MAX);
        if count.is_none() {
            let found = node.as_number().or(node.as_str()).unwrap_or_default();
            self.tell(|| Problem::new(&rules::COUNT, node.place()).found(found));
        }
        count
    }

    /// A decimal number in its own digits, which must be there.
    pub(super) fn decimal(&mut self, owner: Node<'_>, field: &'static str) -> Option<Decimal> {
        let node = self.required(owner, field)?;
        let decimal = node.as_number().and_then(|text| text.parse().ok());
        if decimal.is_none() {
            self.breach(&rules::DECIMAL, node);
        }
        decimal
    }

    /// A FHIR `dateTime` in UTC, which must be there.
    pub(super) fn date_time(&mut self, owner: Node<'_>, field: &str) -> Option<Timestamp> {
        self.dated(owner, field, date::date_time, &rules::DATE_TIME_FORM, "Incorrect format for date time string")
    }

    /// A FHIR `date`, which must be there.
    pub(super) fn date(&mut self, owner: Node<'_>, field: &str) -> Option<Date> {
        self.dated(owner, field, date::date, &rules::DATE_FORM, "Incorrect format for date string")
    }

    fn dated<T>(
        &mut self,
        owner: Node<'_>,
        field: &str,
        read: fn(&str) -> Result<T, DateError>,
        form: &'static Rule,
        words: &str,
    ) -> Option<T> {
        let Some(node) = owner.get(field) else {
            // The words are those of the NHS service, which reads an absent date as a text of that name.
            self.tell(|| {
                let problem = Problem::new(&rules::REQUIRED, owner.place()).expected(field.to_owned());
                problem.message(format!("{words} 'undefined'."))
            });
            return None;
        };
        let text = self.string(node)?;
        match read(text) {
            Ok(value) => return Some(value),
            Err(DateError::Form) => self.unhandled(form, node, words, text),
            Err(DateError::Impossible) => self.unhandled(&rules::DATE_IMPOSSIBLE, node, words, text),
        }
        None
    }

    /// A code that `read` knows; another is told in these words.
    pub(super) fn known<T>(
        &mut self,
        node: Node<'_>,
        read: fn(&str) -> Option<T>,
        rule: &'static Rule,
        words: &str,
    ) -> Option<T> {
        let text = self.string(node)?;
        let value = read(text);
        if value.is_none() {
            self.unhandled(rule, node, words, text);
        }
        value
    }

    /// The one element that is meant. `owner` is what should hold it.
    pub(super) fn exactly_one<'d>(
        &mut self,
        owner: Node<'d>,
        candidates: impl Iterator<Item = Node<'d>>,
        condition: Condition<'_>,
    ) -> Option<Node<'d>> {
        let mut candidates = candidates;
        let Some(first) = candidates.next() else {
            let message = || format!("Too few values submitted. Expected 1 element{condition}.");
            self.tell(|| Problem::new(&rules::TOO_FEW_VALUES, owner.place()).message(message()));
            return None;
        };
        if let Some(second) = candidates.next() {
            let message = format!("Too many values submitted. Expected 1 element{condition}.");
            self.tell(|| Problem::new(&rules::TOO_MANY_VALUES, second.place()).message(message));
            return None;
        }
        Some(first)
    }

    /// The element that is meant, if there is one.
    pub(super) fn at_most_one<'d>(
        &mut self,
        candidates: impl Iterator<Item = Node<'d>>,
        condition: Condition<'_>,
    ) -> Option<Node<'d>> {
        let mut candidates = candidates;
        let first = candidates.next()?;
        if let Some(second) = candidates.next() {
            let message = format!("Too many values submitted. Expected at most 1 element{condition}.");
            self.tell(|| Problem::new(&rules::TOO_MANY_VALUES, second.place()).message(message));
            return None;
        }
        Some(first)
    }

    /// The value of the one identifier of a list with this system.
    pub(super) fn identifier<'d>(&mut self, owner: Node<'d>, system: &str) -> Option<Node<'d>> {
        let identifiers = self.required(owner, "identifier")?;
        let candidates = self.list(owner, "identifier").filter(|identifier| has_system(*identifier, system));
        let identifier = self.exactly_one(identifiers, candidates, Condition::System(system))?;
        self.required(identifier, "value")
    }

    /// The value of an identifier element, which must have this system.
    pub(super) fn single_identifier<'d>(&mut self, identifier: Node<'d>, system: &str) -> Option<Node<'d>> {
        let candidates = std::iter::once(identifier).filter(|identifier| has_system(*identifier, system));
        let identifier = self.exactly_one(identifier, candidates, Condition::System(system))?;
        self.required(identifier, "value")
    }

    /// The value of the identifier of a list with this system, if there is one.
    pub(super) fn optional_identifier<'d>(
        &mut self,
        identifiers: impl Iterator<Item = Node<'d>>,
        system: &str,
    ) -> Option<Node<'d>> {
        let candidates = identifiers.filter(|identifier| has_system(*identifier, system));
        self.at_most_one(candidates, Condition::System(system))?.get("value")
    }

    /// The extension with this URL, which must be there.
    pub(super) fn extension<'d>(&mut self, owner: Node<'d>, url: &str) -> Option<Node<'d>> {
        let candidates = self.list(owner, "extension").filter(|extension| extension.str("url") == Some(url));
        self.exactly_one(owner, candidates, Condition::Url(url))
    }

    /// The extension with this URL, if there is one.
    pub(super) fn optional_extension<'d>(&mut self, owner: Node<'d>, url: &str) -> Option<Node<'d>> {
        let candidates = self.list(owner, "extension").filter(|extension| extension.str("url") == Some(url));
        self.at_most_one(candidates, Condition::Url(url))
    }

    /// The one coding of a concept with this system.
    pub(super) fn coding<'d>(&mut self, concept: Node<'d>, system: &str) -> Option<Node<'d>> {
        let candidates = self.list(concept, "coding").filter(|coding| has_system(*coding, system));
        self.exactly_one(concept, candidates, Condition::System(system))
    }
}

/// Whether an identifier or coding has this system. SNOMED CT and two HL7 bases are also taken with `https`.
pub(super) fn has_system(node: Node<'_>, system: &str) -> bool {
    let Some(found) = node.str("system") else { return false };
    if found == system {
        return true;
    }
    let secure = found.strip_prefix("https://");
    let bases = ["snomed.info/sct", "terminology.hl7.org/", "hl7.org/fhir/CodeSystem"];
    let is_known = |rest: &&str| bases.iter().any(|base| rest.starts_with(base));
    secure.filter(is_known).is_some_and(|rest| system.strip_prefix("http://") == Some(rest))
}
