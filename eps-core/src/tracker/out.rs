//! Writing an answer: objects whose keys are ids, and groups that stay though they are empty.

/// Writes one JSON object without white space, members in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct JsonWriter {
    out: Vec<u8>,
}

impl JsonWriter {
    /// The document.
    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// A comma, unless the value is the first of its container: a text ends with a quotation mark, so a brace or a bracket
    /// at the end is always a container's own.
    fn separate(&mut self) {
        if !matches!(self.out.last(), None | Some(b'{' | b'[' | b':')) {
            self.out.push(b',');
        }
    }

    fn key(&mut self, key: &str) {
        self.separate();
        self.quoted(key);
        self.out.push(b':');
    }

    /// An object as the document, or as an element of a list.
    pub(super) fn object(&mut self, body: impl FnOnce(&mut Self)) {
        self.separate();
        self.out.push(b'{');
        body(self);
        self.out.push(b'}');
    }

    /// A list as the document.
    pub(super) fn array(&mut self, body: impl FnOnce(&mut Self)) {
        self.out.push(b'[');
        body(self);
        self.out.push(b']');
    }

    /// A member that is an object.
    pub(super) fn member(&mut self, key: &str, body: impl FnOnce(&mut Self)) {
        self.key(key);
        self.object(body);
    }

    /// A member that is a list.
    pub(super) fn list(&mut self, key: &str, body: impl FnOnce(&mut Self)) {
        self.key(key);
        self.out.push(b'[');
        body(self);
        self.out.push(b']');
    }

    /// A member that is a text.
    pub(super) fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        self.quoted(text);
    }

    /// A text as RFC 8259 section 7 quotes it: only what must be escaped is.
    fn quoted(&mut self, text: &str) {
        self.out.push(b'"');
        for byte in text.bytes() {
            match byte {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', byte]),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                0..=0x1F => self.out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
                other => self.out.push(other),
            }
        }
        self.out.push(b'"');
    }
}
