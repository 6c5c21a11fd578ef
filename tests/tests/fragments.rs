//! The digest input that is written from the model is the one that a verifier cuts out of the document.

#![cfg(test)]

use eps_core::hl7v3;
use eps_core::model::{Envelope, Message, Prescription, arbitrary};
use eps_core::signature::Policy;
use eps_core::signature::fragments::fragments;
use eps_core::xml::{Document, Limits};
use eps_tests::{corpus, files};
use proptest::prelude::*;

/// What a verifier hashes of the prescription in a message.
fn cut_out(message: &[u8]) -> String {
    let document = Document::parse(message, &Limits::DEFAULT).unwrap();
    let prescription = hl7v3::parent_prescription(&document).unwrap();
    let bytes = fragments(prescription, &Policy::production()).unwrap_or_else(|problems| panic!("{problems}"));
    String::from_utf8(bytes).unwrap()
}

/// What a signer hashes of the prescription in a message.
fn written(prescription: &Prescription) -> String {
    String::from_utf8(hl7v3::write_fragments(prescription)).unwrap()
}

fn prescription(envelope: &Envelope) -> &Prescription {
    let Message::Prescription(prescription) = &envelope.message else { panic!("no prescription") };
    prescription
}

#[test]
fn published_prescriptions_have_the_fragments_that_are_written_from_their_models() {
    let Some(corpus) = corpus() else { return };
    let wanted = |name: &str| name.contains("Convert-Response-Send") && name.ends_with(".xml");
    let messages = files(&corpus.join("nhs-examples"), &wanted);
    assert!(!messages.is_empty());
    for path in &messages {
        let published = std::fs::read(path).unwrap();
        let envelope = hl7v3::read(&published).unwrap_or_else(|problems| panic!("{}: {problems}", path.display()));
        let expected = written(prescription(&envelope));
        assert_eq!(cut_out(&published), expected, "{}", path.display());
        assert_eq!(cut_out(&hl7v3::write(&envelope)), expected, "{}", path.display());
    }
    println!("{} prescriptions", messages.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn generated_prescriptions_have_the_fragments_that_are_written_from_their_models(
        envelope in arbitrary::prescription_envelope(),
    ) {
        prop_assert_eq!(cut_out(&hl7v3::write(&envelope)), written(prescription(&envelope)));
    }

    /// Statuses and the current issue come and go without a trace.
    #[test]
    fn what_spine_rewrites_is_not_in_the_fragments(
        envelope in arbitrary::prescription_envelope(),
        prescription in arbitrary::released_prescription(),
    ) {
        let mut sent = prescription.clone();
        sent.status = None;
        for item in &mut sent.line_items {
            item.status = None;
            item.repeat.iter_mut().for_each(|repeat| repeat.low = 1);
        }
        let fragments = written(&prescription);
        prop_assert_eq!(written(&sent), fragments.as_str());
        let message = Message::Prescription(Box::new(prescription));
        prop_assert_eq!(cut_out(&hl7v3::write(&Envelope { message, ..envelope })), fragments);
    }
}
