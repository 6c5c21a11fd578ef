//! OperationOutcomes.

use crate::codes::{SpineIssue, system};
use crate::fhir::json::JsonWriter;
use crate::ids::Guid;
use crate::model::{ErrorCode, Text, Timestamp};

/// One issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Issue<'m> {
    /// `issue.code`.
    code: &'m str,
    severity: &'static str,
    details: Option<Details<'m>>,
}

/// The coding of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Details<'m> {
    system: Option<&'m str>,
    code: &'m str,
    display: Option<&'m str>,
}

impl<'m> Issue<'m> {
    /// All is well.
    pub(super) const SUCCESS: Self = Self { code: "informational", severity: "information", details: None };
    /// A reply that says nothing that anybody knows.
    pub(super) const UNRECOGNISED: Self = Self { code: "invalid", severity: "error", details: None };

    /// What Spine's code means; its own code and words where it means nothing in FHIR.
    pub(super) fn of(error: &'m ErrorCode) -> Self {
        let words = error.display.as_ref().map(Text::as_str);
        match SpineIssue::of(error.system.as_str(), error.code.as_str()) {
            Some(known) if known.is_informational() => Self::known(known, words),
            Some(known) => Self { severity: error.severity.fhir_code(), ..Self::known(known, words) },
            None => Self {
                code: "invalid",
                severity: error.severity.fhir_code(),
                details: Some(Details { system: Some(system::SPINE_ISSUE), code: error.code.as_str(), display: words }),
            },
        }
    }

    /// A known issue; where it has no words of its own, these.
    pub(super) fn known(issue: SpineIssue, words: Option<&'m str>) -> Self {
        let severity = if issue.is_informational() { "information" } else { "error" };
        let display = issue.display.or(words);
        let details = Details { system: Some(issue.system), code: issue.code, display };
        Self { code: issue.issue, severity, details: Some(details) }
    }

    /// An error with a coding.
    pub(super) fn error(code: &'m str, system: &'m str, detail: &'m str, display: Option<&'m str>) -> Self {
        let details = Details { system: Some(system), code: detail, display };
        Self { code, severity: "error", details: Some(details) }
    }

    /// A warning without a coding.
    pub(super) fn warning(code: &'m str) -> Self {
        Self { code, severity: "warning", details: None }
    }

    /// Whether it is for information only.
    pub(super) fn is_informational(&self) -> bool {
        self.code == "informational"
    }

    /// Writes the issue's members.
    pub(super) fn members(&self, json: &mut JsonWriter) {
        json.text("code", self.code);
        json.text("severity", self.severity);
        if let Some(Details { system, code, display }) = self.details {
            json.member("details", |json| {
                json.list_of_one("coding", |json| {
                    json.optional("system", system);
                    json.text("code", code);
                    json.optional("display", display);
                });
            });
        }
    }
}

impl JsonWriter {
    /// `meta.lastUpdated`.
    pub(super) fn last_updated(&mut self, time: Timestamp) {
        self.member("meta", |json| json.plain("lastUpdated", format_args!("{time}")));
    }

    /// The members of an outcome, `resourceType` to `issue`.
    pub(super) fn outcome(&mut self, now: Option<Timestamp>, issues: &[Issue<'_>]) {
        self.text("resourceType", "OperationOutcome");
        if let Some(now) = now {
            self.last_updated(now);
        }
        self.list("issue", |json| issues.iter().for_each(|issue| json.object(|json| issue.members(json))));
    }

    /// The extension that says which prescription an outcome is about.
    pub(super) fn about_prescription(&mut self, id: Guid) {
        self.list("extension", |json| {
            json.extension(system::SUPPORTING_PRESCRIPTION, |json| {
                json.member("valueReference", |json| json.guid_identifier("identifier", system::UUID, id));
            });
        });
    }
}
