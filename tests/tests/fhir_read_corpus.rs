//! The FHIR reader over the published NHS examples.

#![cfg(test)]

use std::path::{Path, PathBuf};

use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, SdsAuthor, Timestamp};
use eps_core::problem::{Place, Problems};
use eps_tests::{canonical, corpus, files, first_difference};

/// The published requests whose file names pass.
fn examples(wanted: &dyn Fn(&str) -> bool) -> Option<Vec<PathBuf>> {
    let folder = corpus()?.join("nhs-examples");
    Some(files(&folder, &|name| name.ends_with(".json") && wanted(name)))
}

fn is_order(name: &str) -> bool {
    name.contains("Process-Request-Send")
        || name.contains("Prepare-Request")
        || name.contains("Dosages") && name.contains("Request")
}

fn context(identifier_references: IdentifierReferences) -> Context {
    Context {
        now: Timestamp::parse_hl7("20220201000000").unwrap(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: Some(SdsAuthor {
            role_profile: "555254240100".parse().unwrap(),
            user: "555254239107".parse().unwrap(),
            job_role: "UNKNOWN".parse().unwrap(),
        }),
        identifier_references,
        check_characters: eps_core::ids::CheckCharacters::AsWritten,
    }
}

fn read(path: &Path) -> Result<Envelope, Problems> {
    fhir::read(&std::fs::read(path).unwrap(), &context(IdentifierReferences::Resolved))
}

fn told(problems: &Problems) -> Vec<String> {
    problems
        .iter()
        .map(|problem| format!("{} | {} | {}", problem.rule.id, problem.message.as_str(), problem.place))
        .collect()
}

#[test]
fn every_order_that_the_nhs_service_accepts_is_read() {
    let Some(orders) = examples(&|name| is_order(name) && name.contains("200_OK")) else { return };
    let mut read_whole = 0;
    let mut refused = Vec::new();
    for path in &orders {
        match read(path) {
            Ok(envelope) => {
                assert!(matches!(envelope.message, Message::Prescription(_)), "{}", path.display());
                read_whole += 1;
            }
            Err(problems) => refused.push(format!("{}: {:#?}", path.display(), told(&problems))),
        }
    }
    println!("{read_whole} of {} orders read", orders.len());
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(read_whole > 0);
}

#[test]
fn every_order_converts_as_the_nhs_service_converted_it() {
    let Some(orders) = examples(&|name| name.contains("Process-Request-Send") && name.contains("200_OK")) else {
        return;
    };
    let mut same = 0;
    let mut wrong = Vec::new();
    for path in &orders {
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected =
            path.with_file_name(name.replace("Process-Request", "Convert-Response").replace(".json", ".xml"));
        let Ok(expected) = std::fs::read(&expected) else { continue };
        match read(path) {
            Ok(envelope) => match first_difference(&canonical(&expected), &canonical(&hl7v3::write(&envelope))) {
                None => same += 1,
                Some(difference) => wrong.push(format!("{}: {difference}", path.display())),
            },
            Err(problems) => wrong.push(format!("{}: {:#?}", path.display(), told(&problems))),
        }
    }
    println!("{same} orders convert as published");
    assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(same > 0);
}

/// The texts of an `OperationOutcome`: diagnostics, else the display of the details.
fn texts(outcome: &[u8]) -> Vec<String> {
    let outcome: serde_json::Value = serde_json::from_slice(outcome).unwrap();
    let text = |issue: &serde_json::Value| {
        let text = issue.get("diagnostics").or_else(|| issue.pointer("/details/coding/0/display"));
        text.and_then(serde_json::Value::as_str).map(str::to_owned)
    };
    outcome["issue"].as_array().unwrap().iter().filter_map(text).collect()
}

#[test]
fn every_order_that_the_nhs_service_refuses_is_refused_in_its_words() {
    let Some(orders) = examples(&|name| is_order(name) && name.contains("400")) else { return };
    let mut checked = 0;
    for path in &orders {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.contains("INVALID_CHECKSUM") {
            // Spine refuses the check character, not the reader: what is stored or routed asks for a checked id.
            let envelope = read(path).unwrap_or_else(|problems| panic!("{name}: {:#?}", told(&problems)));
            let Message::Prescription(prescription) = envelope.message else { panic!("{name}") };
            assert!(prescription.id.checked().is_err(), "{name}");
            checked += 1;
            continue;
        }
        let problems = read(path).expect_err(name);
        let words: Vec<_> = problems.iter().map(|problem| problem.message.as_str().to_owned()).collect();
        let responses = [name.replace("Request", "Response"), name.replace("Request-Send", "Response")];
        let response = responses.iter().find_map(|name| std::fs::read(path.with_file_name(name)).ok());
        match response {
            Some(response) => assert_eq!(words, texts(&response), "{name}"),
            None => assert!(words.iter().any(|word| word.contains("Expected at most 4.")), "{name}: {words:?}"),
        }
        for problem in &problems {
            let Place::Json { pointer, .. } = &problem.place else { panic!("{name}: a JSON place") };
            let json: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            assert!(json.pointer(pointer).is_some(), "{name}: {pointer}");
        }
        checked += 1;
    }
    println!("{checked} refusals are those of the NHS service");
    assert!(checked > 0);
}

#[test]
fn one_published_order_names_its_organisations_by_identifier_only() {
    let Some(orders) = examples(&|name| name.contains("Process-Request-Send") && name.contains("200_OK")) else {
        return;
    };
    let strict = context(IdentifierReferences::Refused);
    let refused: Vec<_> =
        orders.iter().filter(|path| fhir::read(&std::fs::read(path).unwrap(), &strict).is_err()).collect();
    let [path] = refused.as_slice() else { panic!("{refused:?}") };
    assert!(path.display().to_string().contains("prescription-refactor"));
}
