//! A value as JSON text without white space.

use super::{Kind, Label, Node};

/// Writes a value as `JSON.stringify` would, but for numbers, which stay as they were written.
pub(super) fn compact(node: Node<'_>) -> String {
    let mut out = String::new();
    // Entries stand in document order, so one walk over them writes the tree; `open` holds the containers to close.
    let mut open: Vec<(u32, char)> = Vec::new();
    let end = node.entry().map_or(node.at, |entry| entry.end);
    for at in node.at..end {
        close(&mut out, &mut open, at);
        if !out.is_empty() && !out.ends_with(['[', '{']) {
            out.push(',');
        }
        let child = Node { at, ..node };
        let Some(entry) = child.entry() else { break };
        if let (Label::Key(key), true) = (entry.label, at != node.at) {
            quoted(&mut out, node.json.text(key));
            out.push(':');
        }
        match entry.kind {
            Kind::Null => out.push_str("null"),
            Kind::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Kind::Number(text) => out.push_str(node.json.text(text)),
            Kind::String(text) => quoted(&mut out, node.json.text(text)),
            Kind::Array => {
                out.push('[');
                open.push((entry.end, ']'));
            }
            Kind::Object => {
                out.push('{');
                open.push((entry.end, '}'));
            }
        }
    }
    close(&mut out, &mut open, end);
    out
}

/// Closes the containers that end before the entry `at`.
fn close(out: &mut String, open: &mut Vec<(u32, char)>, at: u32) {
    while let Some((_, bracket)) = open.pop_if(|(end, _)| *end <= at) {
        out.push(bracket);
    }
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::Json;

    #[test]
    fn a_value_is_written_without_white_space_and_keeps_its_numbers() {
        let source =
            br#" { "a" : [ 1.50 , { } , [ ] , null ] , "b" : "q\"\u0001\\" , "c" : { "d" : true , "e":[[1],2] } } "#;
        let json = Json::parse(source).unwrap();
        let text = r#"{"a":[1.50,{},[],null],"b":"q\"\u0001\\","c":{"d":true,"e":[[1],2]}}"#;
        assert_eq!(json.root().to_json(), text);
        assert_eq!(json.root().get("c").unwrap().get("e").unwrap().to_json(), "[[1],2]");
    }
}
