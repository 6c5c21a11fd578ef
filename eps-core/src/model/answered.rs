//! What the FHIR service answers, as a client reads it.

use super::{CancellationResponse, Code, Organisation, Prescription, Text, Timestamp};
use crate::codes::CancellationResult;
use crate::ids::{Guid, MessageId};
use crate::problem::Severity;

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "who reads answers must decide about every one")]
pub enum Answer {
    /// How it went.
    Outcome(Box<Outcome>),
    /// What became of a cancellation.
    Cancellation(Box<CancellationResponse>),
    /// Prescriptions for a dispenser.
    Release(Box<ReleaseAnswer>),
}

/// How a request went (OperationOutcome).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// When it was told.
    pub time: Option<Timestamp>,
    /// What there is to say.
    pub issues: Vec<OutcomeIssue>,
    /// The dispenser that has the prescription, where another one does.
    pub other_dispenser: Option<Box<Organisation>>,
    /// The message of the prescription that it is about, within a release.
    pub about: Option<Guid>,
}

impl Outcome {
    /// Whether the request was accepted: nothing is said but for information.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.issues.is_empty() && self.issues.iter().all(|issue| issue.code.as_str() == "informational")
    }

    /// What became of a cancellation that is answered with an outcome.
    #[must_use]
    pub fn cancellation(&self) -> Option<CancellationResult> {
        let codings = self.issues.iter().filter_map(|issue| issue.coding.as_ref());
        let mut results = codings.filter(|coding| coding.is_of(CancellationResult::SYSTEM));
        results.find_map(|coding| CancellationResult::from_fhir(coding.code.as_str()))
    }
}

/// One thing that an outcome says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeIssue {
    /// How grave it is.
    pub severity: Severity,
    /// The code of FHIR: `informational`, `value`, `not-found`, ...
    pub code: Code,
    /// The code of the NHS service.
    pub coding: Option<OutcomeCoding>,
    /// More about it, in words.
    pub diagnostics: Option<Text>,
    /// The elements of the request that it is about.
    pub expressions: Vec<Text>,
}

/// A code of the NHS service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeCoding {
    /// The code system; one code of the service has none.
    pub system: Option<Code>,
    /// The code.
    pub code: Code,
    /// The code in words.
    pub display: Option<Text>,
}

impl OutcomeCoding {
    /// Whether it is of a code system.
    fn is_of(&self, system: &str) -> bool {
        self.system.as_ref().is_some_and(|own| own.as_str() == system)
    }
}

/// Prescriptions for a dispenser: what they say. The signed documents, which FHIR does not carry, stay with the service, and
/// so the verdict on their signatures is the service's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseAnswer {
    /// The id of the response: dispense notifications and returns name it.
    pub id: MessageId,
    /// When they were released.
    pub effective_time: Timestamp,
    /// The request that is answered, where a prescription says it.
    pub request: Option<MessageId>,
    /// Prescriptions that may be dispensed.
    pub passed: Vec<Prescription>,
    /// Prescriptions that must not be dispensed.
    pub failed: Vec<FailedPrescription>,
}

/// A prescription that must not be dispensed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedPrescription {
    /// Why.
    pub outcome: Outcome,
    /// What it says, where it could be read.
    pub prescription: Option<Box<Prescription>>,
}
