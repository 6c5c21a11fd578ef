//! JSON as FHIR needs it: numbers keep their source text, and every value knows where it stands.
//!
//! A document is read in one pass into one array of nodes in document order. Text without escapes is borrowed from the
//! input. JSON Pointers, FHIRPaths, lines and columns are worked out only for the nodes that a problem names.

use crate::problem::{Place, Problems};

mod compact;
mod parse;
mod place;
mod write;

pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_MEMBERS, MAX_NODES, MAX_STRING};
pub(crate) use write::JsonWriter;

/// A parsed document, borrowing from its bytes.
pub struct Json<'a> {
    source: &'a str,
    /// The texts that held escapes, without them, one after the other.
    decoded: String,
    /// The values in document order: a container stands before what it holds. Never empty.
    entries: Vec<Entry>,
}

/// One value. Positions are 32 bits wide; the size limit of a document is far below that.
#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: Kind,
    /// The container; the root is its own.
    parent: u32,
    /// The entry after this value and all it holds.
    end: u32,
    /// The first byte of the value in the source.
    offset: u32,
    label: Label,
}

/// What a value is called in its container.
#[derive(Clone, Copy, Debug)]
enum Label {
    Root,
    Key(Text),
    Index(u32),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Null,
    Bool(bool),
    Number(Text),
    String(Text),
    Array,
    Object,
}

/// A piece of the source or of the decoded texts.
#[derive(Clone, Copy, Debug)]
struct Text {
    start: u32,
    len: u32,
    decoded: bool,
}

impl<'a> Json<'a> {
    /// Reads a document: UTF-8, no byte order mark, nothing after its one value, no key twice in an object.
    ///
    /// # Errors
    /// Problems under `fhir.json.*`, each with its place.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Problems> {
        parse::parse(bytes)
    }

    /// The value that the document is.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { json: self, at: 0 }
    }

    fn text(&self, text: Text) -> &str {
        let from = if text.decoded { self.decoded.as_str() } else { self.source };
        let start = text.start as usize;
        from.get(start..start + text.len as usize).unwrap_or_default()
    }

    /// Whether a text is this one. Most differ in length already; the bytes of the rest need no look at where characters end.
    fn is(&self, text: Text, other: &str) -> bool {
        let from = if text.decoded { self.decoded.as_bytes() } else { self.source.as_bytes() };
        let (start, len) = (text.start as usize, text.len as usize);
        len == other.len() && from.get(start..start + len) == Some(other.as_bytes())
    }

    fn entry(&self, at: u32) -> Option<&Entry> {
        self.entries.get(at as usize)
    }
}

/// Withholds the document: it may hold patient data.
impl std::fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Json({} bytes, {} values)", self.source.len(), self.entries.len())
    }
}

/// One value of a document: cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    json: &'d Json<'d>,
    at: u32,
}

impl<'d> Node<'d> {
    fn entry(self) -> Option<&'d Entry> {
        self.json.entry(self.at)
    }

    fn kind(self) -> Kind {
        self.entry().map_or(Kind::Null, |entry| entry.kind)
    }

    /// The member of this object with that key; `None` where it is absent or `null`.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.member(key).filter(|node| !node.is_null())
    }

    /// The members of this object in document order; none where it is not an object.
    pub fn members(self) -> impl Iterator<Item = (&'d str, Self)> {
        self.children().filter_map(|node| match node.entry()?.label {
            Label::Key(text) => Some((node.json.text(text), node)),
            Label::Root | Label::Index(_) => None,
        })
    }

    /// The elements of this array; none where it is not an array.
    pub fn items(self) -> impl Iterator<Item = Self> {
        let held = if self.is_array() { self.children() } else { Children { json: self.json, at: 0, end: 0 } };
        held.into_iter()
    }

    /// The elements of the array under this key; none where it is absent or not an array.
    pub fn list(self, key: &str) -> impl Iterator<Item = Self> + use<'d> {
        self.get(key).into_iter().flat_map(Self::items)
    }

    fn children(self) -> Children<'d> {
        let end = match self.kind() {
            Kind::Array | Kind::Object => self.entry().map_or(0, |entry| entry.end),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => 0,
        };
        Children { json: self.json, at: self.at + 1, end }
    }

    /// The text of a string, whatever characters it holds.
    #[must_use]
    pub fn as_str(self) -> Option<&'d str> {
        match self.kind() {
            Kind::String(text) => Some(self.json.text(text)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Array | Kind::Object => None,
        }
    }

    /// The text of the string under this key.
    #[must_use]
    pub fn str(self, key: &str) -> Option<&'d str> {
        self.get(key)?.as_str()
    }

    /// A number as it was written: `12.50` and `1e2` stay that.
    #[must_use]
    pub fn as_number(self) -> Option<&'d str> {
        match self.kind() {
            Kind::Number(text) => Some(self.json.text(text)),
            Kind::Null | Kind::Bool(_) | Kind::String(_) | Kind::Array | Kind::Object => None,
        }
    }

    /// The value of a boolean.
    #[must_use]
    pub fn as_bool(self) -> Option<bool> {
        match self.kind() {
            Kind::Bool(value) => Some(value),
            Kind::Null | Kind::Number(_) | Kind::String(_) | Kind::Array | Kind::Object => None,
        }
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(self) -> bool {
        matches!(self.kind(), Kind::Null)
    }

    /// Whether this is an array.
    #[must_use]
    pub fn is_array(self) -> bool {
        matches!(self.kind(), Kind::Array)
    }

    /// Whether this is an object.
    #[must_use]
    pub fn is_object(self) -> bool {
        matches!(self.kind(), Kind::Object)
    }

    /// The first byte of this value in the document.
    #[must_use]
    pub fn offset(self) -> usize {
        self.entry().map_or(0, |entry| entry.offset as usize)
    }

    /// The container of this value; `None` for the document's own.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let parent = self.entry()?.parent;
        (parent != self.at).then_some(Self { json: self.json, at: parent })
    }

    /// Where this value stands.
    #[must_use]
    pub fn place(self) -> Place {
        place::place(self)
    }

    /// Whether two values are equal, whatever the order of their keys. Numbers are compared as they are written.
    #[must_use]
    pub fn same_as(self, other: Node<'_>) -> bool {
        // An explicit stack: the pairs that are still to compare.
        let mut pairs = vec![(self, other)];
        while let Some((one, two)) = pairs.pop() {
            let same = match (one.kind(), two.kind()) {
                (Kind::Null, Kind::Null) => true,
                (Kind::Bool(one), Kind::Bool(two)) => one == two,
                (Kind::Number(left), Kind::Number(right)) | (Kind::String(left), Kind::String(right)) => {
                    one.json.text(left) == two.json.text(right)
                }
                (Kind::Array, Kind::Array) => {
                    pairs.extend(one.items().zip(two.items()));
                    one.items().count() == two.items().count()
                }
                (Kind::Object, Kind::Object) => {
                    let before = pairs.len();
                    pairs.extend(one.members().filter_map(|(key, node)| Some((node, two.member(key)?))));
                    let count = one.members().count();
                    pairs.len() - before == count && two.members().count() == count
                }
                (Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Array | Kind::Object, _) => {
                    false
                }
            };
            if !same {
                return false;
            }
        }
        true
    }

    /// As [`Self::get`], with `null` being a value.
    fn member(self, key: &str) -> Option<Self> {
        let is = |node: &Self| matches!(node.entry()?.label, Label::Key(text) if node.json.is(text, key)).then_some(());
        self.children().find(|node| is(node).is_some())
    }

    /// This value as JSON without white space, numbers as they were written.
    #[must_use]
    pub fn to_json(self) -> String {
        compact::compact(self)
    }
}

/// Withholds the value: it may be patient data.
impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({})", place::pointer(*self))
    }
}

/// The values that a container holds.
struct Children<'d> {
    json: &'d Json<'d>,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node { json: self.json, at: self.at };
        self.at = node.entry()?.end;
        Some(node)
    }
}
