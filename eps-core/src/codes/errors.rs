//! What Spine's error codes are in FHIR. The same code means different things under different vocabularies.

use super::{ReleaseFault, oid, system};

/// A FHIR issue for a code of Spine (NHS converter, `translation/response/spine-error`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpineIssue {
    /// `issue.code`.
    pub(crate) issue: &'static str,
    /// The system of `issue.details`.
    pub(crate) system: &'static str,
    /// The code of `issue.details`.
    pub(crate) code: &'static str,
    /// Its display; `None` takes Spine's own words.
    pub(crate) display: Option<&'static str>,
}

impl SpineIssue {
    /// What stands for every code that has no row.
    pub(crate) const ERROR: Self = spine("invalid", "ERROR", None);
    /// A signature that does not verify.
    pub(crate) const INVALID_SIGNATURE: Self = spine("invalid", "INVALID_VALUE", Some("Signature is invalid."));
    /// A prescription that another dispenser has.
    pub(crate) const WITH_ANOTHER_DISPENSER: Self =
        eps("business-rule", "PRESCRIPTION_WITH_ANOTHER_DISPENSER", "Prescription is with another dispenser");
    /// Nothing waits for a dispenser: information, and no error.
    pub(crate) const NO_MORE_PRESCRIPTIONS: Self =
        eps("informational", "NO_MORE_PRESCRIPTIONS", "No more prescriptions available");

    /// The issue for a code; `None` where the vocabulary is neither of prescribing nor of dispensing.
    pub(crate) fn of(vocabulary: &str, code: &str) -> Option<Self> {
        let table = match vocabulary {
            oid::PROCESSING_ERROR => PRESCRIBING,
            ReleaseFault::OID => DISPENSING,
            _ => return None,
        };
        Some(table.iter().find(|(known, _)| *known == code).map_or(Self::ERROR, |(_, issue)| *issue))
    }

    /// Whether it is for information only.
    pub(crate) fn is_informational(&self) -> bool {
        self.issue == "informational"
    }
}

const fn eps(issue: &'static str, code: &'static str, display: &'static str) -> SpineIssue {
    SpineIssue { issue, system: system::EPS_ISSUE, code, display: Some(display) }
}

const fn spine(issue: &'static str, code: &'static str, display: Option<&'static str>) -> SpineIssue {
    SpineIssue { issue, system: system::SPINE_ISSUE, code, display }
}

const VERSION_MISMATCH: SpineIssue = spine("conflict", "RESOURCE_VERSION_MISMATCH", Some("Resource version mismatch"));
const DATE_FORMAT: SpineIssue = eps("value", "INVALID_DATE_FORMAT", "Format of date passed is invalid");
const INVALID_MESSAGE: SpineIssue = eps("structure", "INVALID_MESSAGE", "Invalid Message");
const FAILURE: SpineIssue = spine("processing", "FAILURE_TO_PROCESS_MESSAGE", None);

/// Errors of prescribing, cancelling, dispensing and claiming, vocabulary [`oid::PROCESSING_ERROR`].
const PRESCRIBING: &[(&str, SpineIssue)] = &[
    ("0001", eps("business-rule", "PATIENT_DECEASED", "Patient is recorded as dead")),
    ("0002", eps("duplicate", "DUPLICATE_PRESCRIPTION_ID", "Duplicate prescription ID exists")),
    ("0003", eps("business-rule", "MISSING_DIGITAL_SIGNATURE", "Digital signature not found")),
    ("0005", eps("not-found", "PRESCRIPTION_NOT_FOUND", "Prescription can not be found. Contact prescriber")),
    (
        "0007",
        spine(
            "code-invalid",
            "INVALID_RESOURCE_ID",
            Some(
                "The resource ID was not valid. For example a NHS Number is presented which is not a valid NHS Number.",
            ),
        ),
    ),
    ("0008", spine("value", "MISSING_VALUE", None)),
    ("0009", INVALID_MESSAGE),
    (
        "0010",
        eps(
            "business-rule",
            "INVALID_NUMBER_MEDICATIONREQUESTS",
            "Number of items on a prescription should be between 1 and 4",
        ),
    ),
    (
        "0012",
        eps("business-rule", "PRESCRIPTION_INVALID_STATE_TRANSITION", "Invalid State Transition for Prescription"),
    ),
    (
        "0013",
        eps(
            "business-rule",
            "MEDICATIONREQUEST_INVALID_STATE_TRANSITION",
            "Invalid State Transition for Prescription Item",
        ),
    ),
    ("0014", eps("not-found", "MEDICATIONREQUEST_NOT_FOUND", "Prescription Item Not found")),
    ("0015", eps("business-rule", "CLAIM_INVALID_NOT_DISPENSED", "Invalid Claim. Prescription is not Dispensed")),
    ("0018", eps("business-rule", "MISMATCH_AUTHORISED_REPEAT_COUNT", "Mismatch in authorised repeat counts")),
    ("0019", eps("business-rule", "INVALID_REPEAT_COUNT", "Repeat count should be between 1 and 99")),
    (
        "0021",
        eps(
            "business-rule",
            "DISPENSE_AMEND_IDENTIFIER_MISMATCH",
            "Dispense Amendment/Cancellation Request does not pertain to Last Dispense",
        ),
    ),
    ("0099", VERSION_MISMATCH),
    (
        "0100",
        spine(
            "business-rule",
            "CLAIM_AMEND_PERIOD_ISSUE",
            Some("Claim amendment is not permitted outside of the claim period"),
        ),
    ),
    ("5008", eps("duplicate", "DUPLICATE_MEDICATIONREQUEST_ID", "Duplicate item ID exists")),
    ("5009", eps("value", "INVALID_CHECK_DIGIT", "Error in check digit")),
    ("7002", INVALID_MESSAGE),
    ("9006", DATE_FORMAT),
    ("9999", FAILURE),
];

/// Errors of releasing and dispensing, vocabulary [`ReleaseFault::OID`].
const DISPENSING: &[(&str, SpineIssue)] = &[
    ("0001", eps("business-rule", "PRESCRIPTION_CANCELLED", "Prescription has been cancelled")),
    ("0002", eps("business-rule", "PRESCRIPTION_EXPIRED", "Prescription has expired")),
    ("0003", spine("not-found", "RESOURCE_NOT_FOUND", Some("Resource not found"))),
    ("0004", SpineIssue::WITH_ANOTHER_DISPENSER),
    ("0005", eps("business-rule", "PRESCRIPTION_DISPENSED", "Prescription has been dispensed")),
    ("0006", SpineIssue::NO_MORE_PRESCRIPTIONS),
    ("0007", eps("exception", "SERVICE_DISABLED", "Functionality disabled in spine")),
    ("0099", VERSION_MISMATCH),
    ("5000", FAILURE),
    ("5888", eps("invalid", "INVALID_MESSAGE", "Invalid message")),
    ("9006", DATE_FORMAT),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_what_its_vocabulary_says() {
        let name = |oid, code| SpineIssue::of(oid, code).map(|issue| issue.code);
        assert_eq!(name(oid::PROCESSING_ERROR, "0001"), Some("PATIENT_DECEASED"));
        assert_eq!(name(ReleaseFault::OID, "0001"), Some("PRESCRIPTION_CANCELLED"));
        assert_eq!(name(ReleaseFault::OID, "0008"), Some("ERROR"));
        assert_eq!(name(oid::ACKNOWLEDGEMENT_ERROR, "202"), None);
    }
}
