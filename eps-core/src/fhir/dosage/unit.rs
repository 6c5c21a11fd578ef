//! Units, and units of time.

use super::{Part, UNIT_OF_TIME, refused};
use crate::codes::UnitOfTime;
use crate::fhir::json::Node;
use crate::problem::{Problem, Problems};

impl UnitOfTime {
    /// The unit in a field of `repeat`.
    pub(super) fn read(repeat: Node<'_>, field: &'static str) -> Result<Self, Problems> {
        let Some(node) = repeat.get(field) else {
            let problem = Problem::new(&UNIT_OF_TIME, repeat.place()).message("Unhandled unit of time undefined");
            return Err(problem.expected(field).into());
        };
        let unit = node.as_str().and_then(Self::from_fhir);
        unit.ok_or_else(|| refused(&UNIT_OF_TIME, node, "Unhandled unit of time"))
    }

    /// Once in each unit.
    pub(super) fn each(self) -> &'static str {
        match self {
            Self::Second => "every second",
            Self::Minute => "every minute",
            Self::Hour => "hourly",
            Self::Day => "daily",
            Self::Week => "weekly",
            Self::Month => "monthly",
            Self::Year => "annually",
        }
    }

    /// The name with its indefinite article.
    pub(super) fn one(self) -> String {
        let article = if self == Self::Hour { "an" } else { "a" };
        format!("{article} {}", self.display())
    }
}

/// The unit as it stands after this number. Only the seven names of units of time take an `s`.
pub(super) fn plural(unit: &str, number: &str) -> String {
    let is_time = UnitOfTime::ALL.iter().any(|known| known.display() == unit);
    let ending = if is_time && number != "1" { "s" } else { "" };
    format!("{unit}{ending}")
}

/// A number of a field of `repeat` with its unit of time.
pub(super) fn time_span(repeat: Node<'_>, field: &'static str, unit_field: &'static str) -> Part {
    let number = super::number(repeat, field)?;
    let unit = UnitOfTime::read(repeat, unit_field)?;
    Ok(format!("{number} {}", plural(unit.display(), number)))
}
