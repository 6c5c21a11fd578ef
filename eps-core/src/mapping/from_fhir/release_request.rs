//! The table of the Parameters of `$release`.

use crate::mapping::Row;

/// The rows, in the order of the payload.
pub(super) const ROWS: &[Row] = &[
    Row::selects("Parameters.parameter.name", "says what the parameter is, and whether one prescription is asked for"),
    Row::carried(
        "Parameters.parameter.valueIdentifier.value",
        "//pertinentPrescriptionID/value/@extension",
        "the prescription that is asked for",
    ),
    Row::dropped("PractitionerRole.organization.reference", "the owner is the organisation"),
    Row::dropped("Parameters.parameter.valueCode", "not read"),
    Row::defaulted("//interaction/id/@root", "made for the occasion"),
    Row::defaulted("//NominatedPrescriptionReleaseRequest/id/@root", "made for the occasion"),
    Row::defaulted("//PatientPrescriptionReleaseRequest/id/@root", "made for the occasion"),
    Row::defaulted("//effectiveTime/@value", "the time of conversion"),
];
