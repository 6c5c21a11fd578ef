//! What came over the wire, and templates of it, as HL7 v3 messages.

use crate::pack::{ASID, GUID, TIME};

/// A template with its placeholders filled.
#[must_use]
pub fn filled(template: &str) -> String {
    let mut parts = template.split("__");
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let (Some(name), Some(rest)) = (parts.next(), parts.next()) {
        text += match name {
            name if name.contains("TIMESTAMP") => TIME,
            name if name.contains("ASID") || name.contains("SND") => ASID,
            _ => GUID,
        };
        text += rest;
    }
    text
}

/// The HL7 v3 part of what came over the wire: the element of the first interaction.
#[must_use]
pub fn cut_out(wire: &str) -> String {
    let Some(start) = ["PORX_IN", "MCCI_IN"].iter().filter_map(|id| element_of(wire, id)).min() else {
        return wire.to_owned();
    };
    let name: String =
        wire[start + 1..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '_')).collect();
    let end_tag = format!("</{name}>");
    let end = wire.rfind(&end_tag).map_or(wire.len(), |end| end + end_tag.len());
    // The namespaces may be declared further out.
    let (tag, rest) = wire[start..end].split_at(name.len() + 1);
    let start_tag = rest.split('>').next().unwrap_or_default();
    let outside: String = ["xmlns", "xmlns:hl7"]
        .iter()
        .filter(|name| !start_tag.contains(&format!("{name}=")))
        .map(|name| format!(" {name}=\"urn:hl7-org:v3\""))
        .collect();
    format!("{tag}{outside}{rest}")
}

/// Where an element whose name begins with this starts, with or without a prefix.
fn element_of(wire: &str, id: &str) -> Option<usize> {
    wire.match_indices(id).find_map(|(at, _)| {
        let before = &wire[..at];
        let start = before.rfind('<')?;
        let prefix = &before[start + 1..];
        (prefix.is_empty() || (prefix.ends_with(':') && prefix[..prefix.len() - 1].chars().all(char::is_alphanumeric)))
            .then_some(start)
    })
}
