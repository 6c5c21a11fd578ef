//! What a message must obey: every rule with its id, in one table.
//!
//! Each group of rules has a file, named after the reader that checks it; [`TABLE`] holds them all, and `docs/errors.md` is
//! generated from it. A rule that is not in the table cannot be declared with the macro of this module, and the macro has no
//! default: each rule says what must hold, when it applies, how to repair a breach, and who asks for it.

use crate::problem::Rule;

/// Declares rules and the table of them.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $severity:ident($id:literal, $issue:literal) {
        requires: $requires:expr,
        applies: $applies:expr,
        fix: $fix:expr,
        source: $source:expr,
        $(detail: $detail:expr,)?
    })*) => {
        $(
            $(#[$doc])*
            pub static $name: crate::problem::Rule = crate::problem::Rule {
                id: $id,
                severity: crate::problem::Severity::$severity,
                issue: $issue,
                requires: $requires,
                applies: $applies,
                fix: $fix,
                source: $source,
                detail: rules!(@detail $($detail)?),
            };
        )*
        /// The rules of this module.
        pub(in crate::rules) const RULES: &[&crate::problem::Rule] = &[$(&$name),*];
    };
    (@detail $detail:expr) => { Some($detail) };
    (@detail) => { None };
}

pub mod create;
pub mod dosage;
pub mod fhir;
pub mod hl7v3;
pub mod ids;
pub mod json;
pub mod signature;
pub mod tracker;
mod validate;
pub mod xml;

pub use validate::{create_problems, is_xml, validate};

/// The rules of one concern.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Group {
    /// What the rules are about, as a heading.
    pub title: &'static str,
    /// The rules, in the order in which they are declared.
    pub rules: &'static [&'static Rule],
}

/// Every rule of this crate.
pub const TABLE: &[Group] = &[
    Group { title: "Identifiers", rules: ids::RULES },
    Group { title: "JSON", rules: json::RULES },
    Group { title: "FHIR messages", rules: fhir::message::RULES },
    Group { title: "FHIR people and organisations", rules: fhir::people::RULES },
    Group { title: "FHIR prescribing", rules: fhir::prescribing::RULES },
    Group { title: "FHIR dispensing", rules: fhir::dispensing::RULES },
    Group { title: "The query of GET Task", rules: fhir::querying::RULES },
    Group { title: "Writing FHIR", rules: fhir::writing::RULES },
    Group { title: "Structured dosages", rules: dosage::RULES },
    Group { title: "XML", rules: xml::RULES },
    Group { title: "HL7 v3 messages", rules: hl7v3::RULES },
    Group { title: "Creating a prescription", rules: create::RULES },
    Group { title: "Tracker and search answers", rules: tracker::RULES },
    Group { title: "Carrying a signature", rules: signature::RULES },
    Group { title: "Verifying a signature", rules: signature::CODES },
    Group { title: "The form of a signed prescription", rules: signature::FORM },
];

/// The rules of [`TABLE`], one after the other.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    TABLE.iter().flat_map(|group| group.rules).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_rules_share_an_id() {
        let mut ids: Vec<_> = catalogue().map(|rule| rule.id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
