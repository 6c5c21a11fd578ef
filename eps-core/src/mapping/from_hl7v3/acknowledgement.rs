//! Application acknowledgements.

use crate::mapping::Row;

const ISSUE: &str = "NHS England's code for Spine's, or Spine's own";
const WORDS: &str = "where NHS England has no words for the code";
const SYSTEM: &str = "says what the code is";

/// The errors of an acknowledgement, in the transmission or in the act.
pub(super) const ROWS: &[Row] = &[
    Row::selects("//acknowledgement/@typeCode", "success, or errors and where they stand"),
    Row::derived("//acknowledgementDetail/@typeCode", "OperationOutcome.issue.severity", "by code table"),
    Row::derived("//acknowledgementDetail/code/@code", "OperationOutcome.issue.*", ISSUE),
    Row::selects("//acknowledgementDetail/code/@codeSystem", SYSTEM),
    Row::carried("//acknowledgementDetail/code/@displayName", "OperationOutcome.issue.details.coding.display", WORDS),
    Row::derived("//justifyingDetectedIssueEvent/code/@code", "OperationOutcome.issue.*", ISSUE),
    Row::selects("//justifyingDetectedIssueEvent/code/@codeSystem", SYSTEM),
    Row::carried(
        "//justifyingDetectedIssueEvent/code/@displayName",
        "OperationOutcome.issue.details.coding.display",
        WORDS,
    ),
    Row::derived(
        "//justifyingDetectedIssueEvent/code/qualifier/@code",
        "OperationOutcome.issue.severity",
        "by code table",
    ),
    Row::defaulted("OperationOutcome.issue.*", "success, where there is no error"),
];
