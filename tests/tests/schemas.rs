//! What is written is valid against the XML schemas of the Message Implementation Manual, as `xmllint` judges.
//!
//! The schemas know the interactions by their UK ids; a message under an SM id is validated under its UK name.

#![cfg(test)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use eps_core::codes::InteractionId;
use eps_core::model::{Envelope, arbitrary};
use eps_core::{fhir, hl7v3};
use eps_tests::{corpus, files, pack, seeds, skip};
use eps_transport::generate::{self, Recipe};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Generated messages of each kind.
const GENERATED: usize = 500;

/// Messages to be validated: by schema, then by a name for the report.
#[derive(Default)]
struct Batch {
    messages: BTreeMap<&'static str, Vec<(String, Vec<u8>)>>,
}

impl Batch {
    fn add(&mut self, name: String, interaction: InteractionId, written: &[u8]) {
        let uk = interaction.interaction().uk().as_str();
        // The id stands in the root's tags and in interactionId; nothing else in a message looks like it.
        let text = String::from_utf8(written.to_vec()).unwrap().replace(interaction.as_str(), uk);
        self.messages.entry(uk).or_default().push((name, text.into_bytes()));
    }

    fn add_generated(&mut self, strategy: impl Strategy<Value = Envelope>) {
        let mut runner = TestRunner::deterministic();
        for at in 0..GENERATED {
            let (envelope, written) = loop {
                let envelope = strategy.new_tree(&mut runner).unwrap().current();
                let written = hl7v3::write(&envelope);
                if !names_release_1(&written) {
                    break (envelope, written);
                }
            };
            self.add(format!("generated {at}"), envelope.interaction, &written);
        }
    }

    /// Validates everything, and gives how many messages there were.
    fn validate(&self, schemas: &Path) -> usize {
        let wrong = self.invalid(schemas);
        let count: usize = self.messages.values().map(Vec::len).sum();
        assert!(count > 0, "nothing was validated");
        if let Some(Invalid { name, said, message }) = wrong.first() {
            panic!("{} of {count} are invalid, the first:\n{name}:\n{}\n{message}", wrong.len(), said.join("\n"));
        }
        count
    }

    /// What is invalid, after one run of `xmllint` for each schema.
    fn invalid(&self, schemas: &Path) -> Vec<Invalid> {
        let mut wrong = Vec::new();
        for (interaction, messages) in &self.messages {
            let folder = tempfile::tempdir().unwrap();
            for (at, (_, bytes)) in messages.iter().enumerate() {
                std::fs::write(folder.path().join(format!("{at:05}.xml")), bytes).unwrap();
            }
            let schema = schemas.join(format!("{interaction}.xsd"));
            let report = xmllint(&schema, folder.path(), messages.len());
            for (at, (name, bytes)) in messages.iter().enumerate() {
                let file = format!("{at:05}.xml");
                if !report.lines().any(|line| line.ends_with(&format!("{file} validates"))) {
                    let said = report.lines().filter(|line| line.starts_with(&format!("{file}:"))).map(str::to_owned);
                    let message = String::from_utf8_lossy(bytes).into_owned();
                    wrong.push(Invalid { name: format!("{interaction} {name}"), said: said.collect(), message });
                }
            }
        }
        wrong
    }
}

/// A message that breaks its schema, and what `xmllint` says about it.
struct Invalid {
    name: String,
    said: Vec<String>,
    message: String,
}

/// Whether a message holds an id of Release 1 with its check character: a UUID and one more, which no schema allows and
/// Spine takes.
fn names_release_1(message: &[u8]) -> bool {
    let text = String::from_utf8_lossy(message);
    text.split("root=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .any(|root| root.len() == 37 && root.contains('-'))
}

/// What `xmllint` says about the files `00000.xml` and so on.
fn xmllint(schema: &Path, folder: &Path, count: usize) -> String {
    assert!(schema.is_file(), "there is no schema {}", schema.display());
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .args((0..count).map(|at| format!("{at:05}.xml")))
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The folder of schemas, where there are both the corpus and `xmllint`.
fn schemas() -> Option<PathBuf> {
    let schemas = corpus()?.join("schemas/Schemas");
    let found = Command::new("xmllint").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        assert!(std::env::var_os("EPS_CORPUS_REQUIRED").is_none(), "xmllint is required (Debian: libxml2-utils)");
        skip("no xmllint, so nothing was validated against the schemas (Debian: libxml2-utils)");
        return None;
    }
    Some(schemas)
}

#[test]
fn what_is_written_after_reading_a_published_message_is_valid() {
    let Some(schemas) = schemas() else { return };
    let kinds = ["Send", "Dispense", "Claim", "Release", "Cancel", "Return", "Withdraw"]
        .map(|kind| format!("Convert-Response-{kind}"));
    let wanted = |name: &str| name.ends_with(".xml") && kinds.iter().any(|kind| name.contains(kind));
    let mut batch = Batch::default();
    for path in files(&corpus().unwrap().join("nhs-examples"), &wanted) {
        let bytes = std::fs::read(&path).unwrap();
        let envelope = hl7v3::read(&bytes).unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
        batch.add(format!("{} as published", path.display()), envelope.interaction, &bytes);
        batch.add(format!("{} as written", path.display()), envelope.interaction, &hl7v3::write(&envelope));
    }
    println!("{} messages are valid, as published and as written", batch.validate(&schemas) / 2);
}

/// What `xmllint` says about requests of the dispenser test pack, and why they are so.
const INVALID_REQUESTS: &[(&str, &str)] = &[
    (
        "suppliedLineItemQuantity': Missing child element(s)",
        "the pack's notifications do not tell what is on the label",
    ),
    (
        "is not a valid value of the union type '{urn:hl7-org:v3}uid'",
        "an id of Release 1 has its check character in it",
    ),
    ("representedOrganization': This element is not expected", "the pack leaves the author to whoever uses it"),
];

#[test]
fn what_is_written_after_reading_a_request_of_the_dispenser_pack_is_valid() {
    let Some(schemas) = schemas() else { return };
    let mut batch = Batch::default();
    let paths = files(&corpus().unwrap().join("dispenser-pack/requests"), &|_| true);
    for path in &paths {
        let mut text = pack::declared(&std::fs::read_to_string(path).unwrap());
        for fault in pack::REQUEST_FAULTS {
            text = text.replace(fault.text, fault.mended);
        }
        let envelope = pack::read(path, &text).unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
        batch.add(path.display().to_string(), envelope.interaction, &hl7v3::write(&envelope));
    }
    let invalid = batch.invalid(&schemas);
    let said = || invalid.iter().flat_map(|invalid| invalid.said.iter().map(|line| (&invalid.name, line)));
    let known = |line: &str| INVALID_REQUESTS.iter().any(|(text, _)| line.contains(text));
    let unknown: Vec<_> = said().filter(|(_, line)| !known(line)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    for (text, reason) in INVALID_REQUESTS {
        assert!(said().any(|(_, line)| line.contains(text)), "no request is so any more: {text} ({reason})");
    }
    println!("{} of {} requests of the dispenser pack are valid", paths.len() - invalid.len(), paths.len());
}

#[test]
fn what_is_written_from_a_published_fhir_request_is_valid() {
    let Some(schemas) = schemas() else { return };
    let corpus = corpus().unwrap();
    let is_request = |name: &str| name.ends_with(".json") && (name.contains("Request-") || name.ends_with("-req.json"));
    let mut requests = files(&corpus.join("nhs-examples"), &is_request);
    requests.extend(files(&corpus.join("fhir-dispensing"), &|name| name.ends_with(".json")));
    let context = seeds::context(seeds::Judged::AsWritten);
    let mut batch = Batch::default();
    for path in requests {
        // Those that are refused are named by the test of the reader.
        let Ok(envelope) = fhir::read(&std::fs::read(&path).unwrap(), &context) else { continue };
        batch.add(path.display().to_string(), envelope.interaction, &hl7v3::write(&envelope));
    }
    println!("{} messages written from FHIR are valid", batch.validate(&schemas));
}

/// Declares the test of one kind of generated message.
macro_rules! generated_messages_are_valid {
    ($($name:ident: $strategy:expr;)*) => {$(
        #[test]
        fn $name() {
            let Some(schemas) = schemas() else { return };
            let mut batch = Batch::default();
            batch.add_generated($strategy);
            println!("{} generated messages are valid", batch.validate(&schemas));
        }
    )*};
}

generated_messages_are_valid! {
    generated_prescriptions_are_valid: arbitrary::prescription_envelope();
    generated_release_requests_are_valid: arbitrary::release_request_envelope();
    generated_release_responses_are_valid: arbitrary::release_response_envelope();
    generated_release_rejections_are_valid: arbitrary::release_rejection_envelope();
    generated_dispense_notifications_are_valid: arbitrary::dispense_notification_envelope();
    generated_dispense_claims_are_valid: arbitrary::dispense_claim_envelope();
    generated_cancellations_are_valid: arbitrary::cancellation_envelope();
    generated_cancellation_responses_are_valid: arbitrary::cancellation_response_envelope();
    generated_later_cancellation_responses_are_valid: arbitrary::subsequent_cancellation_response_envelope();
    generated_returns_are_valid: arbitrary::return_envelope();
    generated_withdrawals_are_valid: arbitrary::withdrawal_envelope();
    generated_histories_are_valid: arbitrary::dispense_history_envelope();
    generated_acknowledgements_are_valid: arbitrary::acknowledgement_envelope();
}

#[test]
fn prescriptions_that_are_made_up_are_valid() {
    let Some(schemas) = schemas() else { return };
    let mut batch = Batch::default();
    let recipe = Recipe::new(1, eps_core::model::Timestamp::parse_hl7("20260302090000").unwrap());
    for number in 0..100 {
        let order = generate::order(&recipe, number).unwrap();
        let asid = |text: &str| Some(text.parse().unwrap());
        let envelope = order.envelope(asid("200000001285"), asid("567456789789"));
        let envelope = Envelope { author: seeds::context(seeds::Judged::AsWritten).author, ..envelope };
        batch.add(format!("order {number}"), envelope.interaction, &hl7v3::write(&envelope));
    }
    assert_eq!(batch.validate(&schemas), 100);
}

/// The judge itself is judged: a message that breaks its schema must not pass.
#[test]
fn a_message_without_its_mandatory_parts_is_found_invalid() {
    let Some(schemas) = schemas() else { return };
    let mut runner = TestRunner::deterministic();
    let mut envelope = arbitrary::dispense_notification_envelope().new_tree(&mut runner).unwrap().current();
    if let eps_core::model::Message::DispenseNotification(notification) = &mut envelope.message {
        notification.care_record_items.clear();
    }
    let mut batch = Batch::default();
    batch.add("without care record items".to_owned(), envelope.interaction, &hl7v3::write(&envelope));
    let verdict = std::panic::catch_unwind(|| batch.validate(&schemas));
    assert!(verdict.is_err());
}
