//! The four items of a prescription and of a notification, each field with the item's number in its name.

use super::input::In;
use super::leaf::{Leaf, leaf};
use super::out::Out;
use super::parts::Part;
use crate::model::{ItemText, NotifiedItem};
use crate::problem::Problem;
use crate::rules::tracker as rules;
use crate::tracker::components;
use crate::xml::Element;

/// The elements of one item.
#[derive(Clone, Copy)]
struct Names {
    product: Leaf,
    quantity: Leaf,
    unit: Leaf,
    dosage: Leaf,
    components: &'static str,
    status: Leaf,
    reason: Leaf,
}

macro_rules! names {
    ($($number:literal)*) => {
        [$(Names {
            product: leaf(concat!("productLineItem", $number)),
            quantity: leaf(concat!("quantityLineItem", $number)),
            unit: leaf(concat!("narrativeLineItem", $number)),
            dosage: leaf(concat!("dosageLineItem", $number)),
            components: concat!("componentsLineItem", $number),
            status: leaf(concat!("statusLineItem", $number)),
            reason: leaf(concat!("nonDispensingReasonLineItem", $number)).omitted(),
        }),*]
    };
}

/// A prescription of Release 2 has four items at most.
const ITEMS: [Names; 4] = names!(1 2 3 4);

impl Part<ItemText> for Names {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n ItemText) {
        let ItemText { product, quantity, unit, dosage } = value;
        self.product.write(out, product);
        self.quantity.write(out, quantity);
        self.unit.write(out, unit);
        self.dosage.write(out, dosage);
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<ItemText> {
        let product = self.product.read(input, parent);
        let quantity = self.quantity.read(input, parent);
        let unit = self.unit.read(input, parent);
        let dosage = self.dosage.read(input, parent);
        Some(ItemText { product: product?, quantity: quantity?, unit: unit?, dosage: dosage? })
    }
}

impl Part<NotifiedItem> for Names {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n NotifiedItem) {
        let NotifiedItem { text, components: supplied, status, reason } = value;
        self.write(out, text);
        out.words(self.components, &components::write(supplied));
        self.status.write(out, status);
        self.reason.write(out, reason);
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<NotifiedItem> {
        let text = self.read(input, parent);
        let components = read_components(input, parent, self.components);
        let status = self.status.read(input, parent);
        let reason = self.reason.read(input, parent);
        Some(NotifiedItem { text: text?, components: components?, status: status?, reason: reason? })
    }
}

/// The products supplied of an item: JSON in the text of an element.
fn read_components(input: &mut In, parent: Element<'_, '_>, name: &'static str) -> Option<Vec<ItemText>> {
    let Some(element) = input.optional(parent, name) else { return Some(Vec::new()) };
    let components = components::read(&element.text());
    if components.is_none() {
        input.report(Problem::new(&rules::COMPONENTS, element.place()));
    }
    components
}

/// Declares the part for four items.
macro_rules! four {
    ($(#[$doc:meta])* $name:ident: $item:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(super) struct $name;

        impl Part<[$item; 4]> for $name {
            fn write<'n>(&self, out: &mut Out<'n>, value: &'n [$item; 4]) {
                ITEMS.iter().zip(value).for_each(|(names, item)| names.write(out, item));
            }

            fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<[$item; 4]> {
                let [first, second, third, fourth] = ITEMS.map(|names| Part::<$item>::read(&names, input, parent));
                Some([first?, second?, third?, fourth?])
            }
        }
    };
}

four! {
    /// The items as prescribed.
    PrescribedItems: ItemText
}
four! {
    /// The items as notified.
    NotifiedItems: NotifiedItem
}
