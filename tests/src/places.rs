//! Finding places in documents without the library: JSON Pointers, FHIRPaths, XPaths, lines and columns.
//!
//! What the library reports is checked against this, so it shares nothing with it: a scan of the text, and no more than the
//! tests need. Documents that are not well-formed have offsets only.
#![expect(clippy::indexing_slicing, reason = "a document that this cannot scan fails the test that asked")]

/// A value of a JSON document.
#[derive(Debug)]
pub struct JsonNode {
    /// RFC 6901 JSON Pointer.
    pub pointer: String,
    /// FHIRPath with indexes, from the resource type.
    pub fhirpath: String,
    /// The value's first byte.
    pub offset: usize,
}

/// Every value of a JSON document, in document order.
///
/// # Panics
/// When the text is not JSON.
#[must_use]
pub fn json_nodes(text: &str) -> Vec<JsonNode> {
    let root: serde_json::Value = serde_json::from_str(text).unwrap_or(serde_json::Value::Null);
    let name = root.get("resourceType").and_then(|name| name.as_str()).unwrap_or("Resource").to_owned();
    let mut scan = Scan { text: text.as_bytes(), at: 0, found: Vec::new() };
    scan.value(String::new(), name);
    scan.found
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    found: Vec<JsonNode>,
}

impl Scan<'_> {
    fn peek(&mut self) -> u8 {
        while self.byte().is_ascii_whitespace() {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while self.byte() != b'"' {
            assert!(self.at < self.text.len(), "a text does not end");
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let literal = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_slice(literal).unwrap_or_default()
    }

    fn value(&mut self, pointer: String, fhirpath: String) {
        let first = self.peek();
        self.found.push(JsonNode { pointer: pointer.clone(), fhirpath: fhirpath.clone(), offset: self.at });
        match first {
            b'{' => {
                self.at += 1;
                while self.peek() != b'}' {
                    let key = self.string();
                    assert_eq!(self.peek(), b':');
                    self.at += 1;
                    let escaped = key.replace('~', "~0").replace('/', "~1");
                    let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                        && !key.starts_with(|first: char| first.is_ascii_digit());
                    let path = if plain { format!("{fhirpath}.{key}") } else { format!("{fhirpath}.`{key}`") };
                    self.value(format!("{pointer}/{escaped}"), path);
                    if self.peek() == b',' {
                        self.at += 1;
                        self.peek();
                    }
                }
                self.at += 1;
            }
            b'[' => {
                self.at += 1;
                let mut index = 0;
                while self.peek() != b']' {
                    self.value(format!("{pointer}/{index}"), format!("{fhirpath}[{index}]"));
                    index += 1;
                    if self.peek() == b',' {
                        self.at += 1;
                    }
                }
                self.at += 1;
            }
            b'"' => {
                self.string();
            }
            _ => {
                while !matches!(self.byte(), b',' | b'}' | b']' | 0) && !self.byte().is_ascii_whitespace() {
                    self.at += 1;
                }
            }
        }
    }
}

/// An element of an XML document.
#[derive(Debug)]
pub struct XmlNode {
    /// XPath with indexes, local names only.
    pub xpath: String,
    /// The local names from the document element to this one.
    pub path: Vec<String>,
    /// The first byte of the start tag.
    pub start: usize,
    /// The byte after the end tag.
    pub end: usize,
    /// The byte after the start tag.
    end_of_tag: usize,
    /// The bytes of the text, of an element that has an end tag and no children.
    pub text: Option<std::ops::Range<usize>>,
    /// Local name, first byte of the name, and the bytes of the value, of each attribute.
    pub attributes: Vec<(String, usize, std::ops::Range<usize>)>,
}

/// Every element of an XML document, in document order.
///
/// # Panics
/// When the text is not well-formed.
#[must_use]
pub fn xml_nodes(text: &str) -> Vec<XmlNode> {
    let mut found: Vec<XmlNode> = Vec::new();
    let mut open: Vec<(usize, Vec<(String, usize)>)> = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|next| at + next) {
        let rest = text.get(start..).unwrap_or_default();
        let ends =
            |mark: &str| start + rest.find(mark).map_or_else(|| panic!("{mark} is missing"), |end| end + mark.len());
        if rest.starts_with("<!--") {
            at = ends("-->");
        } else if rest.starts_with("<?") {
            at = ends("?>");
        } else if rest.starts_with("<![CDATA[") {
            at = ends("]]>");
        } else if rest.starts_with("</") {
            at = ends(">");
            let (element, _) = open.pop().unwrap_or_else(|| panic!("an end tag without a start tag"));
            found[element].end = at;
            if element + 1 == found.len() {
                found[element].text = Some(found[element].end_of_tag..start);
            }
        } else {
            let (name, attributes, end, empty) = start_tag(text, start);
            let mut path = open.last().map(|(parent, _)| found[*parent].path.clone()).unwrap_or_default();
            let mut xpath = open.last().map(|(parent, _)| found[*parent].xpath.clone()).unwrap_or_default();
            path.push(name.clone());
            match open.last_mut() {
                None => xpath = format!("/{name}"),
                Some((_, counts)) => {
                    let known = counts.iter().position(|(known, _)| *known == name);
                    let index = known.unwrap_or_else(|| {
                        counts.push((name.clone(), 0));
                        counts.len() - 1
                    });
                    counts[index].1 += 1;
                    xpath = format!("{xpath}/{name}[{}]", counts[index].1);
                }
            }
            found.push(XmlNode { xpath, path, start, end, end_of_tag: end, text: None, attributes });
            if !empty {
                open.push((found.len() - 1, Vec::new()));
            }
            at = end;
        }
    }
    found
}

type StartTag = (String, Vec<(String, usize, std::ops::Range<usize>)>, usize, bool);

fn start_tag(text: &str, start: usize) -> StartTag {
    let bytes = text.as_bytes();
    let local = |range: std::ops::Range<usize>| {
        let name = &text[range];
        name.rsplit(':').next().unwrap_or(name).to_owned()
    };
    let name_end = |from: usize| {
        (from..bytes.len())
            .find(|at| matches!(bytes[*at], b' ' | b'\n' | b'\t' | b'\r' | b'=' | b'>' | b'/'))
            .unwrap_or(from)
    };
    let end = name_end(start + 1);
    let name = local(start + 1..end);
    let mut attributes = Vec::new();
    let mut at = end;
    loop {
        match bytes[at] {
            b'>' => return (name, attributes, at + 1, false),
            b'/' => return (name, attributes, at + 2, true),
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                let end = name_end(at);
                let quote = end + text[end..].find(['"', '\'']).unwrap_or_else(|| panic!("an attribute has no value"));
                let close = quote
                    + 1
                    + text[quote + 1..].find(bytes[quote] as char).unwrap_or_else(|| panic!("a quote is open"));
                attributes.push((local(at..end), at, quote + 1..close));
                at = close + 1;
            }
        }
    }
}

/// The byte at a line and a column, both from 1; a column is a byte.
#[must_use]
pub fn offset(text: &[u8], line: usize, column: usize) -> Option<usize> {
    let starts =
        std::iter::once(0).chain(text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1));
    starts.into_iter().nth(line.checked_sub(1)?).map(|start| start + column - 1).filter(|at| *at <= text.len())
}
