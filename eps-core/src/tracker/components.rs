//! The products that a notification tells of an item: a JSON list in the text of an XML element.

use super::field::{optional, write as field};
use super::input::In;
use crate::fhir::json::JsonWriter;
use crate::fhir::json::{Json, Node};
use crate::model::ItemText;

/// Reads the list; `None` where the text is none. The printer of the answers breaks lines within the JSON and indents with
/// tabs: both are taken out first.
pub(crate) fn read(text: &str) -> Option<Vec<ItemText>> {
    let text = text.replace(['\r', '\n', '\t'], "");
    if text.trim_matches(' ').is_empty() {
        return Some(Vec::new());
    }
    let json = Json::parse(text.as_bytes()).ok()?;
    if !json.root().is_array() {
        return None;
    }
    let mut input = In::default();
    let components = input.every(json.root().items(), read_one);
    input.finish(components).ok()
}

fn read_one(input: &mut In, node: Node<'_>) -> Option<ItemText> {
    let node = input.object(node)?;
    let product = optional(input, node, "product");
    let quantity = optional(input, node, "quantity");
    let unit = optional(input, node, "narrative");
    let dosage = optional(input, node, "dosage");
    Some(ItemText { product: product?, quantity: quantity?, unit: unit?, dosage: dosage? })
}

/// Writes the list; nothing where it is empty.
pub(crate) fn write(components: &[ItemText]) -> String {
    if components.is_empty() {
        return String::new();
    }
    let mut json = JsonWriter::keeping_empty();
    json.array(|json| {
        for ItemText { product, quantity, unit, dosage } in components {
            json.object(|json| {
                field(json, "product", product.as_ref());
                field(json, "quantity", quantity.as_ref());
                field(json, "narrative", unit.as_ref());
                field(json, "dosage", dosage.as_ref());
            });
        }
    });
    String::from_utf8(json.finish()).unwrap_or_default()
}
