//! The Patient resource.

use super::findings::{Condition, Findings};
use super::json::Node;
use super::{demographics, rules, system};
use crate::codes::{Gender, fixed};
use crate::ids::OdsCode;
use crate::model::{Date, Patient};

/// Reads a Patient.
pub(super) fn patient(findings: &mut Findings, node: Node<'_>) -> Option<Patient> {
    let nhs_number = findings.identifier(node, system::NHS_NUMBER).and_then(|value| findings.id(value));
    findings.required(node, "address");
    let addresses =
        findings.list(node, "address").filter_map(|address| demographics::address(findings, address)).collect();
    let telecoms =
        findings.list(node, "telecom").filter_map(|telecom| demographics::telecom(findings, telecom)).collect();
    findings.required(node, "name");
    let names = findings.list(node, "name").filter_map(|name| demographics::name(findings, name)).collect();
    let gender = gender(findings, node);
    let birth_date: Option<Date> = findings.date(node, "birthDate");
    let general_practice = general_practice(findings, node);
    Some(Patient {
        nhs_number: nhs_number?,
        addresses,
        telecoms,
        names,
        gender: Some(gender?),
        birth_date: Some(birth_date?),
        general_practice: Some(general_practice?),
        code: None,
        certificate: None,
        deceased: None,
    })
}

fn gender(findings: &mut Findings, node: Node<'_>) -> Option<Gender> {
    let code = findings.required(node, "gender")?;
    findings.known(code, Gender::from_fhir, &rules::GENDER, "Unhandled gender")
}

fn general_practice(findings: &mut Findings, node: Node<'_>) -> Option<OdsCode> {
    let mut practices = findings.list(node, "generalPractitioner").peekable();
    if practices.peek().is_none() {
        return fixed::NO_PRACTICE.parse().ok();
    }
    let practice = findings.exactly_one(node, practices, Condition::Any)?;
    let identifier = findings.required(practice, "identifier")?;
    let value = findings.required(identifier, "value")?;
    findings.id(value)
}
