//! Doses, rates and maxima: quantities, ranges and ratios.

use super::unit::plural;
use super::{Part, missing, number, text};
use crate::fhir::json::Node;

/// `doseAndRate`: the first dose quantity, else the first dose range.
pub(super) fn dose(dosage: Node<'_>) -> Part {
    if let Some(dose) = first(dosage, "doseQuantity") {
        quantity(dose)
    } else if let Some(dose) = first(dosage, "doseRange") {
        range(dose, false)
    } else {
        Ok(String::new())
    }
}

/// `doseAndRate`: the first rate ratio, else the first rate range, else the first rate quantity.
pub(super) fn rate(dosage: Node<'_>) -> Part {
    let rate = if let Some(rate) = first(dosage, "rateRatio") {
        rate_ratio(rate)?
    } else if let Some(rate) = first(dosage, "rateRange") {
        range(rate, false)?
    } else if let Some(rate) = first(dosage, "rateQuantity") {
        quantity(rate)?
    } else {
        return Ok(String::new());
    };
    Ok(format!("at a rate of {rate}"))
}

fn rate_ratio(ratio: Node<'_>) -> Part {
    let numerator = quantity(side(ratio, "numerator")?)?;
    let denominator = side(ratio, "denominator")?;
    if number(denominator, "value")? == "1" {
        Ok(format!("{numerator} per {}", text(denominator, "unit")?))
    } else {
        Ok(format!("{numerator} every {}", plural_quantity(denominator)?))
    }
}

/// `maxDosePerPeriod`.
pub(super) fn max_per_period(dosage: Node<'_>) -> Part {
    let Some(ratio) = dosage.get("maxDosePerPeriod") else { return Ok(String::new()) };
    let numerator = quantity(side(ratio, "numerator")?)?;
    let denominator = plural_quantity(side(ratio, "denominator")?)?;
    Ok(format!("up to a maximum of {numerator} in {denominator}"))
}

/// `maxDosePerAdministration`.
pub(super) fn max_per_administration(dosage: Node<'_>) -> Part {
    let Some(most) = dosage.get("maxDosePerAdministration") else { return Ok(String::new()) };
    Ok(format!("up to a maximum of {} per dose", quantity(most)?))
}

/// `maxDosePerLifetime`.
pub(super) fn max_per_lifetime(dosage: Node<'_>) -> Part {
    let Some(most) = dosage.get("maxDosePerLifetime") else { return Ok(String::new()) };
    Ok(format!("up to a maximum of {} for the lifetime of the patient", quantity(most)?))
}

/// The first element of `doseAndRate` with this field.
fn first<'d>(dosage: Node<'d>, field: &'static str) -> Option<Node<'d>> {
    dosage.list("doseAndRate").find_map(|element| element.get(field))
}

fn side<'d>(ratio: Node<'d>, field: &'static str) -> Result<Node<'d>, crate::problem::Problems> {
    ratio.get(field).ok_or_else(|| missing(ratio, field))
}

/// A value and its unit.
pub(super) fn quantity(quantity: Node<'_>) -> Part {
    Ok(format!("{} {}", number(quantity, "value")?, text(quantity, "unit")?))
}

/// A value and its unit, in the plural where it is a unit of time.
pub(super) fn plural_quantity(quantity: Node<'_>) -> Part {
    let value = number(quantity, "value")?;
    Ok(format!("{value} {}", plural(text(quantity, "unit")?, value)))
}

/// A range; either end may be open.
pub(super) fn range(range: Node<'_>, with_plural: bool) -> Part {
    let whole = if with_plural { plural_quantity } else { quantity };
    match (range.get("low"), range.get("high")) {
        (None, None) => Err(missing(range, "low")),
        (Some(low), None) => Ok(format!("at least {}", whole(low)?)),
        (None, Some(high)) => Ok(format!("up to {}", whole(high)?)),
        (Some(low), Some(high)) => {
            let (low_value, high_value) = (number(low, "value")?, number(high, "value")?);
            let (low_text, high_text) = (whole(low)?, whole(high)?);
            // The unit is what follows the value and a space.
            let same = low_text.get(low_value.len()..) == high_text.get(high_value.len()..);
            let low_text = if same { low_value } else { low_text.as_str() };
            Ok(format!("{low_text} to {high_text}"))
        }
    }
}
