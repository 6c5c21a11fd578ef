//! Problems as a FHIR `OperationOutcome`.

use serde_json::{Map, Value, json};

use super::{Place, Problem, Problems};

/// The extension that carries the JSON Pointer or XPath, line and column of an issue.
const PLACE_EXTENSION: &str = "https://eps.example/StructureDefinition/place";
/// The extension that carries the stable rule id of an issue.
const RULE_EXTENSION: &str = "https://eps.example/StructureDefinition/rule";

/// The `OperationOutcome` resource for these problems, one issue each, in their order.
#[must_use]
pub fn operation_outcome(problems: &Problems) -> Value {
    let issues: Vec<Value> = problems.iter().map(issue).collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}

fn issue(problem: &Problem) -> Value {
    let mut issue = Map::new();
    issue.insert("extension".into(), extensions(problem));
    issue.insert("severity".into(), problem.rule.severity.code().into());
    issue.insert("code".into(), problem.rule.issue.into());
    if let Some(detail) = &problem.rule.detail {
        let display = detail.display.unwrap_or(problem.message.as_str());
        let mut coding = json!({ "code": detail.code, "display": display });
        // One code of the NHS service stands without a system.
        if let Some(coding) = coding.as_object_mut().filter(|_| !detail.system.is_empty()) {
            coding.insert("system".into(), detail.system.into());
        }
        issue.insert("details".into(), json!({ "coding": [coding] }));
    }
    issue.insert("diagnostics".into(), problem.message.as_str().into());
    match &problem.place {
        Place::Json { fhirpath, .. } => issue.insert("expression".into(), json!([fhirpath])),
        Place::Xml { xpath, .. } => issue.insert("location".into(), json!([xpath])),
        Place::Document | Place::Position { .. } => None,
    };
    Value::Object(issue)
}

fn extensions(problem: &Problem) -> Value {
    let mut all = vec![json!({ "url": RULE_EXTENSION, "valueCode": problem.rule.id })];
    let (path, line, column) = match &problem.place {
        Place::Document => return Value::Array(all),
        Place::Position { line, column } => (None, line, column),
        Place::Json { pointer, line, column, .. } => (Some(("pointer", pointer)), line, column),
        Place::Xml { xpath, line, column } => (Some(("xpath", xpath)), line, column),
    };
    let mut parts: Vec<Value> =
        path.into_iter().map(|(url, value)| json!({ "url": url, "valueString": value })).collect();
    parts.push(json!({ "url": "line", "valueUnsignedInt": line }));
    parts.push(json!({ "url": "column", "valueUnsignedInt": column }));
    all.push(json!({ "url": PLACE_EXTENSION, "extension": parts }));
    Value::Array(all)
}
