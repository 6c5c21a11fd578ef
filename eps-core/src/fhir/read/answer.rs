//! What the service answers, as a client reads it.
//!
//! Answers are read as they are: what a message to Spine must have, an answer may lack. Tasks and RequestGroups are written
//! for other systems to read, and have no reader here.

use super::bundle::Bundle;
use super::findings::Findings;
use super::json::{Json, Node};
use super::rules;
use crate::codes::MessageEvent;
use crate::ids::CheckCharacters;
use crate::model::Answer;
use crate::problem::{Problem, Problems};

mod cancellation;
mod outcome;
mod people;
mod prescription;
mod release;

/// Reads the answer to a request: an OperationOutcome, the Bundle that answers a cancellation, or the Parameters that answer a
/// release.
///
/// ```
/// use eps_core::fhir::read_answer;
/// use eps_core::model::Answer;
/// let answer = br#"{"resourceType": "OperationOutcome", "issue": [{"code": "informational", "severity": "information"}]}"#;
/// let Answer::Outcome(outcome) = read_answer(answer)? else { panic!("an outcome") };
/// assert!(outcome.is_good());
/// # Ok::<(), eps_core::problem::Problems>(())
/// ```
///
/// # Errors
/// Everything that is wrong with it, under `fhir.*` and `ids.*`, each with its place. Check characters of prescription ids are
/// the service's business.
pub fn read_answer(bytes: &[u8]) -> Result<Answer, Problems> {
    let json = Json::parse(bytes)?;
    let root = json.root();
    let mut findings = Findings::new(CheckCharacters::AsWritten);
    let answer = answer(&mut findings, root);
    match (findings.into_problems(), answer) {
        (Some(problems), _) => Err(problems),
        (None, Some(answer)) => Ok(answer),
        (None, None) => Err(Problem::new(&rules::INCOMPLETE, root.place()).into()),
    }
}

fn answer(findings: &mut Findings, root: Node<'_>) -> Option<Answer> {
    match root.str("resourceType") {
        Some("OperationOutcome") => outcome::outcome(findings, root).map(Box::new).map(Answer::Outcome),
        Some("Parameters") => release::release(findings, root).map(Box::new).map(Answer::Release),
        Some("Bundle") => {
            let bundle = Bundle::new(findings, root)?;
            let header = bundle.only(findings, "MessageHeader")?;
            let event = header.get("eventCoding").and_then(|coding| coding.get("code"));
            let code = event.and_then(Node::as_str);
            if code.and_then(MessageEvent::from_fhir) != Some(MessageEvent::PrescriptionOrderResponse) {
                let problem = Problem::new(&rules::EVENT, event.unwrap_or(header).place());
                let message = "An answer's MessageHeader.eventCoding.code is prescription-order-response.";
                findings.tell(|| problem.message(message).found(code.unwrap_or_default()));
                return None;
            }
            cancellation::response(findings, &bundle, header).map(Box::new).map(Answer::Cancellation)
        }
        found => {
            let problem = Problem::new(&rules::RESOURCE_TYPE, root.get("resourceType").unwrap_or(root).place());
            let message = "Incorrect FHIR resource type. Expected Bundle, Parameters or OperationOutcome.";
            findings.tell(|| problem.message(message).found(found.unwrap_or_default()));
            None
        }
    }
}

/// The message that a header answers.
fn answered<T: std::str::FromStr<Err = crate::ids::IdError>>(findings: &mut Findings, header: Node<'_>) -> Option<T> {
    let response = findings.required(header, "response")?;
    let identifier = findings.required(response, "identifier")?;
    findings.id(identifier)
}

/// When a resource was written.
fn last_updated(findings: &mut Findings, resource: Node<'_>) -> Option<crate::model::Timestamp> {
    let meta = findings.required(resource, "meta")?;
    findings.date_time(meta, "lastUpdated")
}
