//! Products and quantities.

use super::elements::display;
use crate::codes::system;
use crate::fhir::json::JsonWriter;
use crate::model::{Concept, Quantity};

impl JsonWriter {
    /// A member that is a product.
    pub(super) fn product(&mut self, name: &'static str, product: &Concept) {
        self.concept(name, system::SNOMED, product.code.as_str(), display(product));
    }

    /// A member that is a quantity, in its own digits.
    pub(super) fn quantity(&mut self, quantity: &Quantity) {
        self.member("quantity", |json| {
            json.decimal("value", &quantity.value);
            if let Some(unit) = &quantity.unit {
                json.optional("unit", display(unit));
                json.text("system", system::SNOMED);
                json.text("code", unit.code.as_str());
            }
        });
    }
}
