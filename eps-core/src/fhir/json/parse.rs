//! From bytes to the array of nodes.

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use super::{Entry, Json, Kind, Label, Node, Text};
use crate::problem::{Place, Problem, Problems, Rule, line_and_column};
use crate::rules::json::{BOM, DEPTH, DUPLICATE_KEY, MEMBERS, NODES, SIZE, STRING, SYNTAX, TRAILING, TRUNCATED, UTF8};

/// The largest document read, in bytes: a release of 25 prescriptions of four items is below 2 MiB.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The deepest nesting of arrays and objects: FHIR messages of EPS need fewer than 20.
pub const MAX_DEPTH: usize = 64;
/// The most values in a document, so that its nodes take 16 MiB at most.
pub const MAX_NODES: usize = 256 * 1024;
/// The longest text, in bytes: a signature in Base64 takes about 6,000.
pub const MAX_STRING: usize = 256 * 1024;
/// The most members of one object: the largest FHIR R4 resource has about 60 elements. Lookups by key are linear.
pub const MAX_MEMBERS: usize = 128;
/// After so many repeated keys the rest of the document is not looked at.
const MAX_DUPLICATES: usize = 20;

/// Reads a document; see [`Json::parse`].
pub(super) fn parse(bytes: &[u8]) -> Result<Json<'_>, Problems> {
    let source = decode(bytes)?;
    let mut builder = Builder {
        jiter: Jiter::new(bytes),
        // About one value for every 24 bytes, in the published examples.
        json: Json { source, decoded: String::new(), entries: Vec::with_capacity(bytes.len() / 24 + 16) },
        open: Vec::new(),
        duplicates: Vec::new(),
    };
    if let Err(stop) = builder.run() {
        return Err(stop.into_problem(source).into());
    }
    // Told only now: the path of a place begins with the type of the resource, which may stand anywhere in it.
    let duplicates = builder.duplicates.iter().map(|at| duplicate(Node { json: &builder.json, at: *at })).collect();
    match Problems::from_vec(duplicates) {
        None => Ok(builder.json),
        Some(duplicates) => Err(duplicates),
    }
}

/// The checks that need no parsing.
fn decode(bytes: &[u8]) -> Result<&str, Problems> {
    if bytes.len() > MAX_BYTES {
        return Err(at(&SIZE, bytes, MAX_BYTES).message(text(SIZE.requires)).into());
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(at(&BOM, bytes, 0).message(text(BOM.requires)).into());
    }
    std::str::from_utf8(bytes)
        .map_err(|error| at(&UTF8, bytes, error.valid_up_to()).message(text("the bytes are not UTF-8")).into())
}

fn at(rule: &'static Rule, bytes: &[u8], offset: usize) -> Problem {
    let (line, column) = line_and_column(bytes, offset);
    Problem::new(rule, Place::Position { line, column })
}

/// The words of the NHS service.
fn text(reason: &str) -> String {
    format!("Failed to parse JSON encoded FHIR content: {reason}")
}

/// Why reading ended early.
enum Stop {
    Jiter(JiterError),
    Rule(&'static Rule, usize),
}

impl From<JiterError> for Stop {
    fn from(error: JiterError) -> Self {
        Self::Jiter(error)
    }
}

impl Stop {
    fn into_problem(self, source: &str) -> Problem {
        let (rule, reason, offset) = match self {
            Self::Rule(rule, offset) => (rule, rule.requires.to_owned(), offset),
            Self::Jiter(error) => {
                let rule = match &error.error_type {
                    JiterErrorType::JsonError(kind) => rule(kind),
                    JiterErrorType::WrongType { .. } => &SYNTAX,
                };
                (rule, error.error_type.to_string(), error.index)
            }
        };
        let problem = at(rule, source.as_bytes(), offset);
        let message = text(&format!("{reason} at {}", problem.place));
        problem.message(message)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure of the JSON parser is one of syntax")]
fn rule(kind: &JsonErrorType) -> &'static Rule {
    match kind {
        JsonErrorType::EofWhileParsingList
        | JsonErrorType::EofWhileParsingObject
        | JsonErrorType::EofWhileParsingString
        | JsonErrorType::EofWhileParsingValue => &TRUNCATED,
        JsonErrorType::TrailingCharacters => &TRAILING,
        _ => &SYNTAX,
    }
}

/// A container that is not closed yet.
struct Open {
    at: u32,
    is_array: bool,
    /// How many values it holds so far.
    count: u32,
}

fn duplicate(node: Node<'_>) -> Problem {
    let problem = Problem::new(&DUPLICATE_KEY, node.place());
    let message = text(&format!("duplicate key at {}", problem.place));
    problem.message(message)
}

struct Builder<'a> {
    jiter: Jiter<'a>,
    json: Json<'a>,
    open: Vec<Open>,
    /// The values whose key their object has already.
    duplicates: Vec<u32>,
}

impl Builder<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        let peek = self.jiter.peek()?;
        self.value(peek, Label::Root)?;
        while let Some(open) = self.open.last() {
            let (first, is_array) = (open.count == 0, open.is_array);
            let next = if is_array { self.element(first)? } else { self.member(first)? };
            match next {
                Some((peek, label)) => self.value(peek, label)?,
                None => self.close(),
            }
        }
        self.jiter.finish()?;
        Ok(())
    }

    /// The next element of the array that is open.
    fn element(&mut self, first: bool) -> Result<Option<(Peek, Label)>, Stop> {
        let peek = if first { self.jiter.known_array()? } else { self.jiter.array_step()? };
        let index = self.open.last().map_or(0, |open| open.count);
        Ok(peek.map(|peek| (peek, Label::Index(index))))
    }

    /// The next member of the object that is open.
    fn member(&mut self, first: bool) -> Result<Option<(Peek, Label)>, Stop> {
        let key = if first { self.jiter.known_object()? } else { self.jiter.next_key()? };
        let Some(key) = key else { return Ok(None) };
        let key = keep(key, self.json.source, &mut self.json.decoded)
            .ok_or(Stop::Rule(&STRING, self.jiter.current_index()))?;
        let peek = self.jiter.peek()?;
        Ok(Some((peek, Label::Key(key))))
    }

    /// Takes the next value; a container is only opened.
    fn value(&mut self, peek: Peek, label: Label) -> Result<(), Stop> {
        let offset = self.jiter.current_index();
        let at = self.place(label, offset)?;
        let kind = match peek {
            Peek::String => {
                let text = self.jiter.known_str()?;
                let kept = keep(text, self.json.source, &mut self.json.decoded);
                Kind::String(kept.ok_or(Stop::Rule(&STRING, offset))?)
            }
            Peek::Object => self.open(at, false, offset)?,
            Peek::Array => self.open(at, true, offset)?,
            Peek::True | Peek::False => Kind::Bool(self.jiter.known_bool(peek)?),
            Peek::Null => {
                self.jiter.known_null()?;
                Kind::Null
            }
            other => {
                let len = self.jiter.known_number_bytes(other)?.len();
                Kind::Number(Text { start: narrow(offset), len: narrow(len), decoded: false })
            }
        };
        if let Some(entry) = self.json.entries.get_mut(at as usize) {
            entry.kind = kind;
        }
        Ok(())
    }

    /// Makes the entry of a value and looks at its key.
    fn place(&mut self, label: Label, offset: usize) -> Result<u32, Stop> {
        let count = self.json.entries.len();
        if count >= MAX_NODES {
            return Err(Stop::Rule(&NODES, offset));
        }
        let at = narrow(count);
        let mut parent = at;
        let mut repeated = false;
        if let Some(open) = self.open.last_mut() {
            parent = open.at;
            open.count += 1;
            if let Label::Key(key) = label {
                if open.count as usize > MAX_MEMBERS {
                    return Err(Stop::Rule(&MEMBERS, offset));
                }
                repeated = has_key(&self.json, parent, at, key);
            }
        }
        let kind = Kind::Null;
        self.json.entries.push(Entry { kind, parent, end: at + 1, offset: narrow(offset), label });
        if repeated {
            self.duplicate(at)?;
        }
        Ok(at)
    }

    fn duplicate(&mut self, at: u32) -> Result<(), Stop> {
        if self.duplicates.len() >= MAX_DUPLICATES {
            return Err(Stop::Rule(&DUPLICATE_KEY, Node { json: &self.json, at }.offset()));
        }
        self.duplicates.push(at);
        Ok(())
    }

    fn open(&mut self, at: u32, is_array: bool, offset: usize) -> Result<Kind, Stop> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Stop::Rule(&DEPTH, offset));
        }
        self.open.push(Open { at, is_array, count: 0 });
        Ok(if is_array { Kind::Array } else { Kind::Object })
    }

    fn close(&mut self) {
        let end = narrow(self.json.entries.len());
        if let Some(entry) = self.open.pop().and_then(|open| self.json.entries.get_mut(open.at as usize)) {
            entry.end = end;
        }
    }
}

/// Whether a member with this key stands in the object `parent` before the entry `before`.
///
/// The object is still open, so its `end` is not set: its members are walked from its first to `before`.
fn has_key(json: &Json<'_>, parent: u32, before: u32, key: Text) -> bool {
    let name = json.text(key);
    let mut at = parent + 1;
    while at < before {
        let Some(entry) = json.entry(at) else { return false };
        if matches!(entry.label, Label::Key(other) if json.is(other, name)) {
            return true;
        }
        at = entry.end;
    }
    false
}

/// Positions fit: a document is not longer than [`MAX_BYTES`].
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Where a text that the parser gave can be found again; `None` where it is too long.
///
/// The parser gives text without escapes from the source itself, and other text from a buffer that it reuses.
fn keep(text: &str, source: &str, decoded: &mut String) -> Option<Text> {
    if text.len() > MAX_STRING {
        return None;
    }
    let distance = (text.as_ptr() as usize).checked_sub(source.as_ptr() as usize);
    let (start, is_decoded) = match distance.filter(|start| start + text.len() <= source.len()) {
        Some(start) => (start, false),
        None => {
            decoded.push_str(text);
            (decoded.len() - text.len(), true)
        }
    };
    Some(Text { start: narrow(start), len: narrow(text.len()), decoded: is_decoded })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(bytes: &[u8]) -> (&'static str, Place, String) {
        let problems = Json::parse(bytes).unwrap_err();
        let first = problems.iter().next().unwrap();
        (first.rule.id, first.place.clone(), first.message.as_str().to_owned())
    }

    #[test]
    fn a_second_key_is_told_of_its_resource_whose_type_comes_later() {
        let (rule, place, _) = refusal(br#"{"id":"1","id":"2","resourceType":"Bundle"}"#);
        assert_eq!(rule, "fhir.json.duplicate-key");
        let Place::Json { pointer, fhirpath, column, .. } = place else { panic!("{place:?}") };
        assert_eq!((pointer.as_str(), fhirpath.as_str(), column), ("/id", "Bundle.id", 16));
    }

    #[test]
    fn values_keep_their_text_and_borrow_it() {
        let source = br#"{"a":"plain","b":"q\"\u00e9\ud83d\udc8a","n":-12.50e+01,"t":[true,false,null]}"#;
        let json = Json::parse(source).unwrap();
        let root = json.root();
        assert_eq!(root.str("a"), Some("plain"));
        assert_eq!(root.str("b"), Some("q\"\u{e9}\u{1f48a}"));
        assert_eq!(root.get("n").unwrap().as_number(), Some("-12.50e+01"));
        let bools: Vec<_> = root.list("t").map(Node::as_bool).collect();
        assert_eq!(bools, [Some(true), Some(false), None]);
        assert_eq!(json.decoded, "q\"\u{e9}\u{1f48a}");
    }

    #[test]
    fn a_null_member_is_an_absent_one() {
        let json = Json::parse(br#"{"a":null,"b":1}"#).unwrap();
        assert!(json.root().get("a").is_none());
        assert_eq!(json.root().members().count(), 2);
    }

    #[test]
    fn syntax_errors_are_located() {
        let (id, place, message) = refusal(b"{\"a\": 1,\n \"b\" 2}");
        assert_eq!((id, place), ("fhir.json.syntax", Place::Position { line: 2, column: 6 }));
        assert_eq!(message, "Failed to parse JSON encoded FHIR content: expected `:` at line 2, column 6");
    }

    #[test]
    fn each_kind_of_bad_document_names_its_rule() {
        let deep = [b"[".repeat(MAX_DEPTH + 1), b"]".repeat(MAX_DEPTH + 1)].concat();
        let long = [b"\"", &vec![b'x'; MAX_STRING + 1][..], b"\""].concat();
        let many = [b"[", &b"0,".repeat(MAX_NODES)[..], b"0]"].concat();
        let members: String = (0..=MAX_MEMBERS).map(|at| format!("\"k{at}\":0,")).collect();
        let cases: [(&[u8], &str); 21] = [
            (b"", "fhir.json.truncated"),
            (b"{\"a\":[1,", "fhir.json.truncated"),
            (b"{\"a\":\"x", "fhir.json.truncated"),
            (b"{\"a\":tru", "fhir.json.truncated"),
            (b"{} {}", "fhir.json.trailing"),
            (b"\xef\xbb\xbf{}", "fhir.json.byte-order-mark"),
            (b"{\"a\":\"\xff\"}", "fhir.json.utf8"),
            (b"{\"a\":1,}", "fhir.json.syntax"),
            (b"[01]", "fhir.json.syntax"),
            (b"[1.]", "fhir.json.syntax"),
            (b"[NaN]", "fhir.json.syntax"),
            (b"[\"\x01\"]", "fhir.json.syntax"),
            (b"[\"\\ud800\"]", "fhir.json.syntax"),
            (b"[\"\\x\"]", "fhir.json.syntax"),
            (b"<a/>", "fhir.json.syntax"),
            (b"{\"a\":1,\"b\":2,\"\\u0061\":3}", "fhir.json.duplicate-key"),
            (&deep, "fhir.json.depth"),
            (&long, "fhir.json.text-length"),
            (&many, "fhir.json.values"),
            (format!("{{{members}\"k\":0}}").leak().as_bytes(), "fhir.json.members"),
            (vec![b' '; MAX_BYTES + 1].leak(), "fhir.json.size"),
        ];
        for (bytes, id) in cases {
            assert_eq!(refusal(bytes).0, id, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
        }
    }

    #[test]
    fn every_duplicate_key_is_told_with_its_place() {
        let problems = Json::parse(br#"{"a":1,"a":2,"b":{"c":1,"d":[],"c":2}}"#).unwrap_err();
        let places: Vec<_> = problems.iter().map(|problem| problem.place.to_string()).collect();
        assert_eq!(places, ["Resource.a (line 1, column 12)", "Resource.b.c (line 1, column 36)"]);
    }

    #[test]
    fn the_greatest_depth_is_read() {
        let deep = [b"[".repeat(MAX_DEPTH), b"]".repeat(MAX_DEPTH)].concat();
        assert!(Json::parse(&deep).is_ok());
    }

    /// Any JSON value, not too deep.
    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec((".{0,4}", inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Every node below this one, with itself.
    fn all(node: Node<'_>) -> Vec<Node<'_>> {
        let mut all = vec![node];
        let mut at = 0;
        while let Some(next) = all.get(at).copied() {
            all.extend(next.items());
            all.extend(next.members().map(|(_, child)| child));
            at += 1;
        }
        all
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_a_located_problem(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Err(problems) = Json::parse(&bytes) {
                prop_assert!(problems.iter().all(|problem| problem.rule.id.starts_with("fhir.json.")));
            }
        }

        #[test]
        fn any_json_like_text_is_judged_as_serde_json_judges_it(text in r#"[\[\]{}",:0-9.eE+\-truefalsn\\ ]{0,24}"#) {
            // serde_json takes repeated keys and refuses numbers out of the range of a float.
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            match Json::parse(text.as_bytes()) {
                Ok(_) => prop_assert!(theirs, "{text}"),
                Err(problems) => prop_assert!(!theirs || problems.names("fhir.json.duplicate-key"), "{text}"),
            }
        }

        #[test]
        fn what_is_read_is_what_was_written(value in any_json()) {
            let text = serde_json::to_string_pretty(&value).unwrap();
            let json = Json::parse(text.as_bytes()).unwrap();
            let back: serde_json::Value = serde_json::from_str(&json.root().to_json()).unwrap();
            prop_assert_eq!(&back, &value);
            prop_assert!(json.root().same_as(json.root()));
        }

        #[test]
        fn every_pointer_lands_on_its_node(value in any_json()) {
            let text = serde_json::to_string(&value).unwrap();
            let json = Json::parse(text.as_bytes()).unwrap();
            for node in all(json.root()) {
                let Place::Json { pointer, column, .. } = node.place() else { panic!("a JSON place") };
                let target = value.pointer(&pointer).unwrap();
                let here: serde_json::Value = serde_json::from_str(&node.to_json()).unwrap();
                prop_assert_eq!(target, &here);
                prop_assert!(text[column - 1..].starts_with(&serde_json::to_string(target).unwrap()));
            }
        }
    }
}
