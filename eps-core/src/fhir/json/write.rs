//! Writing JSON into one buffer, without a tree.

use std::fmt::{self, Write as _};

use crate::ids::Guid;
use crate::model::Decimal;

/// Writes one JSON document. Members come in the order in which they are written; an object or a list that turned out
/// empty is left out with its name, as FHIR asks, unless the writer keeps what is empty, as Spine does.
#[derive(Debug, Default)]
pub(crate) struct JsonWriter {
    out: Vec<u8>,
    keeps_empty: bool,
}

impl JsonWriter {
    /// A writer that keeps empty objects and lists.
    pub(crate) fn keeping_empty() -> Self {
        Self { keeps_empty: true, ..Self::default() }
    }

    /// A writer with room for so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), keeps_empty: false }
    }

    /// The document.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// A comma, unless the value is the first of its container. What ended before is seen by its last byte: a text ends
    /// with a quotation mark, so a brace or a bracket at the end is always a container's own.
    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    /// The name of a member, which may be data too: Spine names members by ids.
    fn name(&mut self, name: &str) {
        self.separate();
        self.quoted(name);
        self.out.push(b':');
    }

    /// What `body` writes between `open` and `close`; where it writes nothing and that is not kept, nothing at all.
    fn container(&mut self, start: usize, open: u8, close: u8, body: impl FnOnce(&mut Self)) {
        self.out.push(open);
        let inside = self.out.len();
        body(self);
        if self.out.len() == inside && !self.keeps_empty {
            self.out.truncate(start);
        } else {
            self.out.push(close);
        }
    }

    /// An object as the document, or as an element of a list.
    pub(crate) fn object(&mut self, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.separate();
        self.container(start, b'{', b'}', body);
    }

    /// A list as the document.
    pub(crate) fn array(&mut self, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.container(start, b'[', b']', body);
    }

    /// A member that is an object.
    pub(crate) fn member(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.name(name);
        self.container(start, b'{', b'}', body);
    }

    /// A member that is a list.
    pub(crate) fn list(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.name(name);
        self.container(start, b'[', b']', body);
    }

    /// A member that is a list, also where it is empty: there are clients that look into it all the same.
    pub(crate) fn kept_list(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.name(name);
        self.out.push(b'[');
        body(self);
        self.out.push(b']');
    }

    /// A member that is a list of one object.
    pub(crate) fn list_of_one(&mut self, name: &str, body: impl FnOnce(&mut Self)) {
        self.list(name, |json| json.object(body));
    }

    /// A text as an element of a list.
    pub(crate) fn element(&mut self, text: &str) {
        self.separate();
        self.quoted(text);
    }

    /// A member that is a text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.quoted(text);
    }

    /// A member that is a text, where there is one.
    pub(crate) fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// A member that is a text of pieces, none of which needs escaping: ids, times, references.
    pub(crate) fn plain(&mut self, name: &str, text: fmt::Arguments<'_>) {
        self.name(name);
        self.out.push(b'"');
        self.push(text);
        self.out.push(b'"');
    }

    /// A member that is a UUID, in small letters.
    pub(crate) fn guid(&mut self, name: &str, id: Guid) {
        self.prefixed_guid(name, "", id);
    }

    /// A member that is a UUID, in small letters, after a prefix.
    pub(crate) fn prefixed_guid(&mut self, name: &str, prefix: &'static str, id: Guid) {
        self.name(name);
        self.out.push(b'"');
        self.out.extend_from_slice(prefix.as_bytes());
        self.out.extend_from_slice(id.encode_lower(&mut [0; 36]).as_bytes());
        self.out.push(b'"');
    }

    /// A member that is bytes in Base64.
    pub(crate) fn base64(&mut self, name: &str, bytes: &[u8]) {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        self.name(name);
        self.out.push(b'"');
        let start = self.out.len();
        self.out.resize(start + bytes.len().div_ceil(3) * 4, 0);
        // The room is what standard Base64 with padding needs.
        let written = self.out.get_mut(start..).and_then(|room| STANDARD.encode_slice(bytes, room).ok());
        self.out.truncate(start + written.unwrap_or_default());
        self.out.push(b'"');
    }

    /// A member that is a count.
    pub(crate) fn count(&mut self, name: &str, count: impl Into<i64>) {
        self.name(name);
        self.push(format_args!("{}", count.into()));
    }

    /// A member that is true or false.
    pub(crate) fn boolean(&mut self, name: &str, value: bool) {
        self.name(name);
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// A member that is a decimal, in the digits of its sender as far as JSON has them: `.5` becomes `0.5`, `007` becomes
    /// `7`, and all else stays, `1.50` and `28.0` and `1e2` included.
    pub(crate) fn decimal(&mut self, name: &str, value: &Decimal) {
        self.name(name);
        let text = value.as_str();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text),
        };
        let significant = digits.trim_start_matches('0');
        let zero = if significant.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) { "" } else { "0" };
        for part in [sign, zero, significant] {
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    fn push(&mut self, text: fmt::Arguments<'_>) {
        // Writing to memory does not fail.
        let _ = Buffer(&mut self.out).write_fmt(text);
    }

    /// A text as RFC 8259 section 7 quotes it: only what must be escaped is.
    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        let mut rest = text.as_bytes();
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F)) {
            let (before, after) = rest.split_at(at);
            self.out.extend_from_slice(before);
            if let Some((escaped, after)) = after.split_first() {
                self.escape(*escaped);
                rest = after;
            }
        }
        self.out.extend_from_slice(rest);
        self.out.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'"' => self.out.extend_from_slice(b"\\\""),
            b'\\' => self.out.extend_from_slice(b"\\\\"),
            b'\n' => self.out.extend_from_slice(b"\\n"),
            b'\r' => self.out.extend_from_slice(b"\\r"),
            b'\t' => self.out.extend_from_slice(b"\\t"),
            control => self.push(format_args!("\\u{control:04x}")),
        }
    }
}

/// Formatted text into bytes.
struct Buffer<'a>(&'a mut Vec<u8>);

impl fmt::Write for Buffer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: impl FnOnce(&mut JsonWriter)) -> String {
        let mut json = JsonWriter::default();
        json.object(body);
        String::from_utf8(json.finish()).unwrap()
    }

    #[test]
    fn members_and_elements_are_separated() {
        let json = written(|json| {
            json.text("a", "{");
            json.list("b", |json| {
                json.object(|json| json.count("c", 1));
                json.element("[");
                json.element("x");
            });
            json.boolean("d", true);
        });
        assert_eq!(json, r#"{"a":"{","b":[{"c":1},"[","x"],"d":true}"#);
    }

    #[test]
    fn what_is_empty_is_left_out() {
        let json = written(|json| {
            json.text("a", "b");
            json.member("none", |json| json.list("neither", |json| json.object(|_| {})));
            json.optional("nor", None);
            json.list_of_one("c", |json| json.text("d", "e"));
        });
        assert_eq!(json, r#"{"a":"b","c":[{"d":"e"}]}"#);
    }

    #[test]
    fn one_list_may_be_kept_empty() {
        let json = written(|json| {
            json.kept_list("a", |_| {});
            json.kept_list("b", |json| json.element("c"));
            json.list("d", |_| {});
        });
        assert_eq!(json, r#"{"a":[],"b":["c"]}"#);
    }

    #[test]
    fn what_is_empty_may_be_kept() {
        let mut json = JsonWriter::keeping_empty();
        json.object(|json| {
            json.member("none", |_| {});
            json.list("neither", |json| json.object(|_| {}));
        });
        assert_eq!(json.finish(), br#"{"none":{},"neither":[{}]}"#);
    }

    #[test]
    fn texts_are_escaped_and_read_back() {
        let text = "\"\\ \u{0}\u{8}\u{1f}\n\r\t é 😀 \u{2028}</script>";
        let json = written(|json| json.text("a", text));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], text);
    }

    #[test]
    fn numbers_keep_their_digits() {
        let cases = [
            (".5", "0.5"),
            ("007", "7"),
            ("1.50", "1.50"),
            ("28.0", "28.0"),
            ("1e2", "1e2"),
            ("0", "0"),
            ("00", "0"),
            ("-0.10", "-0.10"),
            ("-.5E-3", "-0.5E-3"),
            ("00.50", "0.50"),
            ("0e5", "0e5"),
        ];
        for (digits, expected) in cases {
            let json = written(|json| json.decimal("a", &digits.parse().unwrap()));
            assert_eq!(json, format!("{{\"a\":{expected}}}"));
            assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
        }
    }

    #[test]
    fn base64_has_its_padding() {
        for (bytes, expected) in [(&b""[..], ""), (b"a", "YQ=="), (b"ab", "YWI="), (b"abc", "YWJj")] {
            assert_eq!(written(|json| json.base64("a", bytes)), format!("{{\"a\":\"{expected}\"}}"));
        }
    }
}
