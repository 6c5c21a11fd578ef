//! Where a value stands: JSON Pointer, FHIRPath, line and column.

use std::fmt::Write;

use super::{Label, Node};
use crate::problem::{Place, line_and_column};

/// The place of a value.
pub(super) fn place(node: Node<'_>) -> Place {
    let (line, column) = line_and_column(node.json.source.as_bytes(), node.offset());
    Place::Json { pointer: pointer(node), fhirpath: fhirpath(node), line, column }
}

/// The values from the root, left out, down to this one.
fn way(node: Node<'_>) -> Vec<Node<'_>> {
    let mut way: Vec<_> = std::iter::successors(Some(node), |node| node.parent()).collect();
    way.pop();
    way.reverse();
    way
}

/// The JSON Pointer (RFC 6901) of a value.
pub(super) fn pointer(node: Node<'_>) -> String {
    let mut pointer = String::new();
    for step in way(node) {
        pointer.push('/');
        match step.entry().map(|entry| entry.label) {
            Some(Label::Key(key)) => {
                for character in step.json.text(key).chars() {
                    match character {
                        '~' => pointer.push_str("~0"),
                        '/' => pointer.push_str("~1"),
                        other => pointer.push(other),
                    }
                }
            }
            Some(Label::Index(index)) => pointer.push_str(&index.to_string()),
            Some(Label::Root) | None => {}
        }
    }
    pointer
}

/// The FHIRPath of a value from its document's resource, each list with its index.
fn fhirpath(node: Node<'_>) -> String {
    let resource = node.json.root().str("resourceType").filter(|name| is_identifier(name));
    let mut path = resource.unwrap_or("Resource").to_owned();
    for step in way(node) {
        match step.entry().map(|entry| entry.label) {
            Some(Label::Key(key)) => push_member(&mut path, step.json.text(key)),
            Some(Label::Index(index)) => {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
            Some(Label::Root) | None => {}
        }
    }
    path
}

/// A member by name; a name that is no FHIRPath identifier is delimited.
fn push_member(path: &mut String, key: &str) {
    path.push('.');
    if is_identifier(key) {
        path.push_str(key);
        return;
    }
    path.push('`');
    for character in key.chars() {
        match character {
            '`' | '\\' => path.extend(['\\', character]),
            control if control.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(path, "\\u{:04X}", u32::from(control));
            }
            other => path.push(other),
        }
    }
    path.push('`');
}

fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::super::Json;
    use crate::problem::Place;

    #[test]
    fn a_place_has_pointer_fhirpath_line_and_column() {
        let source =
            b"{\"resourceType\":\"Bundle\",\n \"entry\":[{},{\"resource\":\n  {\"identifier\":[{\"value\": 7}]}}]}";
        let json = Json::parse(source).unwrap();
        let resource = json.root().list("entry").nth(1).unwrap().get("resource").unwrap();
        let value = resource.list("identifier").next().unwrap().get("value").unwrap();
        assert_eq!(
            value.place(),
            Place::Json {
                pointer: "/entry/1/resource/identifier/0/value".into(),
                fhirpath: "Bundle.entry[1].resource.identifier[0].value".into(),
                line: 3,
                column: 28,
            }
        );
    }

    #[test]
    fn awkward_keys_are_escaped() {
        let json = Json::parse(br#"{"a/b~c":{"x`\ny":1}}"#).unwrap();
        let inner = json.root().get("a/b~c").unwrap().get("x`\ny").unwrap();
        let Place::Json { pointer, fhirpath, .. } = inner.place() else { panic!("a JSON place") };
        assert_eq!(pointer, "/a~1b~0c/x`\ny");
        assert_eq!(fhirpath, "Resource.`a/b~c`.`x\\`\\u000Ay`");
    }
}
