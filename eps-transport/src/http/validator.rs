//! What the FHIR validator in front of the NHS service says of a message, in its words and its form: the warning that every
//! message has, and the errors that existing clients know. It stands beside what the reader of the message finds.
//!
//! Source: `api-contract.md` 6; the answers of `NHSDigital/validation-service-fhir-r4` as deployed.

use axum::http::StatusCode;
use eps_core::codes::PrescriberEndorsement;
use eps_core::fhir::json::{Json, Node};
use eps_core::problem::{Place, Problem, Problems, operation_outcome};
use eps_core::rules::fhir::TOO_MANY_REQUESTS;
use serde_json::{Value, json};

use super::answer::Answer;

/// The most resources that are looked at, which is the most that a message has.
const MAX_RESOURCES: usize = 256;
/// The most errors that are told.
const MAX_ERRORS: usize = 200;

/// What it says of a message.
#[derive(Debug, Default)]
pub(super) struct Said {
    errors: Vec<Value>,
    warnings: Vec<Value>,
}

impl Said {
    /// What it says of this body; nothing where that is not JSON.
    pub(super) fn of(body: &[u8]) -> Self {
        let Ok(json) = Json::parse(body) else { return Self::default() };
        let resources: Vec<_> = resources(json.root()).take(MAX_RESOURCES).collect();
        Self {
            errors: resources.iter().flat_map(Resource::errors).take(MAX_ERRORS).collect(),
            warnings: resources.iter().filter_map(Resource::without_narrative).collect(),
        }
    }

    /// Whether there are errors.
    pub(super) fn refuses(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Whether it has words of its own for a message of which the reader found this.
    pub(super) fn speaks_of(&self, found: &Problems) -> bool {
        self.refuses() || too_many(found).is_some()
    }

    /// Whether there are warnings.
    pub(super) fn warns(&self) -> bool {
        !self.warnings.is_empty()
    }

    /// The refusal of a message of which the reader found this: all of it, and the warnings too. Too many items are told
    /// alone, as that is found before anything else.
    pub(super) fn refusal(self, found: Option<&Problems>) -> Answer {
        let outcome = match found.and_then(too_many) {
            Some(problem) => alone(problem),
            None => {
                let mut outcome =
                    found.map_or_else(|| json!({ "resourceType": "OperationOutcome", "issue": [] }), operation_outcome);
                if let Some(issues) = outcome.get_mut("issue").and_then(Value::as_array_mut) {
                    issues.extend(self.errors);
                    issues.extend(self.warnings);
                }
                outcome
            }
        };
        Answer::resource(StatusCode::BAD_REQUEST, &outcome)
    }
}

fn too_many(found: &Problems) -> Option<&Problem> {
    found.iter().find(|problem| problem.rule == &TOO_MANY_REQUESTS)
}

/// Clients look for the list; the extension keeps the place of the first item that is too many.
fn alone(problem: &Problem) -> Value {
    let mut outcome = operation_outcome(&problem.clone().into());
    if let Some(issue) = outcome.pointer_mut("/issue/0").and_then(Value::as_object_mut) {
        issue.insert("expression".to_owned(), json!(["Bundle.entry"]));
    }
    outcome
}

/// A resource of a message and the path to it.
struct Resource<'d> {
    node: Node<'d>,
    kind: &'d str,
    path: String,
}

/// The resources that a message consists of.
fn resources(root: Node<'_>) -> impl Iterator<Item = Resource<'_>> {
    let entries = root.list("entry").enumerate().map(|(at, entry)| (format!("Bundle.entry[{at}].resource"), entry));
    let parameters =
        root.list("parameter").enumerate().map(|(at, part)| (format!("Parameters.parameter[{at}].resource"), part));
    let inner = entries.chain(parameters).filter_map(|(path, holder)| Some((path, holder.get("resource")?)));
    let whole = match root.str("resourceType") {
        Some(kind @ ("Task" | "Claim")) => Some((kind.to_owned(), root)),
        Some(_) | None => None,
    };
    whole.into_iter().chain(inner).filter_map(|(path, node)| {
        let kind = node.str("resourceType")?;
        let id = node.str("id").unwrap_or("null");
        Some(Resource { node, kind, path: format!("{path}/*{kind}/{id}*/") })
    })
}

/// The profile that a prescribed item must have.
const PROFILE: &str = "https://fhir.nhs.uk/StructureDefinition/NHSDigital-MedicationRequest-Message";
/// FHIR's own definition of one.
const BASE: &str = "http://hl7.org/fhir/StructureDefinition/MedicationRequest|4.0.1";
const ONE_MEDICATION: &str = "Constraint failed: eps-1: 'medication[x] - Only one of medicationReference or \
                              medicationCodeableConcept should be provided' (defined in \
                              https://fhir.nhs.uk/StructureDefinition/NHSDigital-MedicationRequest)";
const NARRATIVE: &str = "Constraint failed: dom-6: 'A resource should have narrative for robust management' (defined in \
                         http://hl7.org/fhir/StructureDefinition/DomainResource) (Best Practice Recommendation)";

impl Resource<'_> {
    /// The best practice that no message of EPS follows.
    fn without_narrative(&self) -> Option<Value> {
        let location = location(self.node, &self.path)?;
        let warning =
            json!({ "severity": "warning", "code": "processing", "diagnostics": NARRATIVE, "location": location });
        self.node.get("text").is_none().then_some(warning)
    }

    /// What is wrong with a prescribed item.
    fn errors(&self) -> Vec<Value> {
        if self.kind != "MedicationRequest" {
            return Vec::new();
        }
        let mut errors = Vec::new();
        let mut tell = |node, path: &str, code, words: String| errors.extend(error(node, path, code, &words));
        let (node, path) = (self.node, self.path.as_str());
        if node.list("dosageInstruction").next().is_none() {
            tell(node, path, MINIMUM, minimum("dosageInstruction", PROFILE));
        }
        let dispense = node.get("dispenseRequest").filter(|dispense| dispense.get("quantity").is_none());
        if let Some(dispense) = dispense {
            tell(dispense, &format!("{path}.dispenseRequest"), MINIMUM, minimum("dispenseRequest.quantity", PROFILE));
        }
        if node.get("medicationCodeableConcept").or(node.get("medicationReference")).is_none() {
            tell(node, path, MINIMUM, minimum("medication[x]", BASE));
            tell(node, path, MINIMUM, minimum("medication[x]", PROFILE));
            tell(node, path, CONSTRAINT, ONE_MEDICATION.to_owned());
        }
        for (at, extension) in node.list("extension").enumerate() {
            let concept = extension.get("valueCodeableConcept");
            let Some((coding, code)) = concept.and_then(unknown_endorsement) else { continue };
            let path = format!("{path}.extension[{at}].value.ofType(CodeableConcept)");
            let coded = format!("{}#{code}", PrescriberEndorsement::SYSTEM);
            tell(coding, &format!("{path}.coding[0]"), UNKNOWN_CODE, format!("Unknown code '{coded}'"));
            tell(extension, &path, NOT_IN_SET, format!("{NO_ENDORSEMENT} (codes = {coded})"));
        }
        errors
    }
}

/// The words end in a bracket that nothing opened; so does the validator's.
const NO_ENDORSEMENT: &str = "None of the codings provided are in the value set 'NHSBSAPrescriptionEndorsement' \
                              (https://fhir.nhs.uk/ValueSet/DM-prescription-endorsement|4.0.2), and a coding from this value \
                              set is required)";

fn unknown_endorsement(concept: Node<'_>) -> Option<(Node<'_>, &str)> {
    let coding = concept.list("coding").find(|coding| coding.str("system") == Some(PrescriberEndorsement::SYSTEM))?;
    let code = coding.str("code")?;
    code.parse::<PrescriberEndorsement>().is_err().then_some((coding, code))
}

fn minimum(element: &str, profile: &str) -> String {
    format!("MedicationRequest.{element}: minimum required = 1, but only found 0 (from {profile})")
}

const MINIMUM: &str = "Validation_VAL_Profile_Minimum";
const CONSTRAINT: &str = "https://fhir.nhs.uk/StructureDefinition/NHSDigital-MedicationRequest#eps-1";
const UNKNOWN_CODE: &str = "Terminology_PassThrough_TX_Message";
const NOT_IN_SET: &str = "Terminology_TX_NoValid_1_CC";

/// An error in the validator's form: its message's id, line and column, and the path with them once more.
fn error(node: Node<'_>, path: &str, id: &str, words: &str) -> Option<Value> {
    let Place::Json { line, column, .. } = node.place() else { return None };
    let of = |name: &str| format!("http://hl7.org/fhir/StructureDefinition/{name}");
    Some(json!({
        "extension": [
            { "url": of("operationoutcome-issue-line"), "valueInteger": line },
            { "url": of("operationoutcome-issue-col"), "valueInteger": column },
            { "url": of("operationoutcome-message-id"), "valueString": id },
        ],
        "severity": "error",
        "code": "processing",
        "details": { "coding": [{ "system": "http://hl7.org/fhir/java-core-messageId", "code": id }] },
        "diagnostics": words,
        "location": location(node, path)?,
    }))
}

fn location(node: Node<'_>, path: &str) -> Option<[String; 2]> {
    let Place::Json { line, column, .. } = node.place() else { return None };
    Some([path.to_owned(), format!("Line[{line}] Col[{column}]")])
}
