//! The dispenser test pack and Spine's own replies are read, and what is read is written and read back the same.

#![cfg(test)]

use std::path::Path;

use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, ReleaseTemplate};
use eps_core::problem::Problems;
use eps_core::xml::{Document, Limits};
use eps_tests::pack::{self, Fault};
use eps_tests::wire::{cut_out, filled};
use eps_tests::{corpus, files};

/// Reads every file, and checks that writing and reading again changes nothing. A file with faults is refused for them
/// alone, and read once they are mended.
fn read_all(
    folder: &str,
    wanted: &dyn Fn(&str) -> bool,
    message: impl Fn(&str) -> String,
    read: impl Fn(&Path, &str) -> Result<Envelope, Problems>,
    faults: &[Fault],
) {
    let Some(corpus) = corpus() else { return };
    let paths = files(&corpus.join(folder), wanted);
    let mut wrong = Vec::new();
    let mut met = vec![false; faults.len()];
    for path in &paths {
        let mut text = message(&std::fs::read_to_string(path).unwrap());
        let unmended = text.clone();
        let mut rules = Vec::new();
        for (fault, met) in faults.iter().zip(&mut met).filter(|(fault, _)| unmended.contains(fault.text)) {
            text = text.replace(fault.text, fault.mended);
            rules.push(fault.rule);
            *met = true;
        }
        if let Err(problems) = read(path, &text).and_then(identity) {
            wrong.push(format!("{}: {problems}", path.display()));
        }
        if !rules.is_empty() {
            let problems = read(path, &unmended).unwrap_err();
            assert!(problems.iter().all(|problem| rules.contains(&problem.rule.id)), "{}: {problems}", path.display());
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), paths.len(), wrong.join("\n\n"));
    assert!(!paths.is_empty());
    for (fault, met) in faults.iter().zip(met) {
        assert!(met, "no file of {folder} has {} any more ({})", fault.text, fault.reason);
    }
    println!("{} of {folder}", paths.len());
}

/// A message with its wrapper.
fn whole(_: &Path, text: &str) -> Result<Envelope, Problems> {
    hl7v3::read(text.as_bytes())
}

fn identity(envelope: Envelope) -> Result<(), Problems> {
    let read = hl7v3::read(&hl7v3::write(&envelope))?;
    assert_eq!(read, envelope);
    Ok(())
}

#[test]
fn every_request_of_the_pack_is_read() {
    read_all("dispenser-pack/requests", &|_| true, pack::declared, pack::read, pack::REQUEST_FAULTS);
}

#[test]
fn every_response_of_the_pack_is_read() {
    read_all("dispenser-pack/responses", &|_| true, |text| cut_out(&filled(text)), whole, &[pack::ROLE_PROFILE]);
}

#[test]
fn every_reply_of_spine_is_read() {
    read_all("spine-responses", &|name| name.ends_with(".xml"), cut_out, whole, &[]);
}

/// Prescriptions of Release 1 in the pack's releases.
#[test]
fn every_prescription_of_release_1_is_read() {
    let Some(corpus) = corpus() else { return };
    let mut found = 0;
    for path in files(&corpus.join("dispenser-pack/responses"), &|_| true) {
        let text = cut_out(&filled(&std::fs::read_to_string(&path).unwrap()));
        let text = text.replace(pack::ROLE_PROFILE.text, pack::ROLE_PROFILE.mended);
        let Message::ReleaseResponse(response) = whole(&path, &text).unwrap().message else { continue };
        for released in response.prescriptions.iter().filter(|released| released.template == ReleaseTemplate::R1) {
            let document = hl7v3::standalone(&released.document);
            let document = Document::parse(&document, &Limits::DEFAULT).unwrap();
            let prescription = document.root().children().next().unwrap();
            let prescription = hl7v3::read_release_1_prescription(prescription)
                .unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
            assert!(prescription.id.check().is_ok(), "{}", path.display());
            assert!(prescription.status.is_some() && prescription.line_items.iter().all(|item| item.status.is_some()));
            found += 1;
        }
    }
    assert!(found > 0, "the pack holds prescriptions of Release 1");
    println!("{found} prescriptions of Release 1");
}
