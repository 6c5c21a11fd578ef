//! The FHIR reader over the published NHS examples.

use std::path::{Path, PathBuf};

use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, SdsAuthor, Timestamp};
use eps_core::problem::Problems;
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
