use super::*;
use eps_core::fhir::{Context, IdentifierReferences};
use eps_core::ids::CheckCharacters;
use eps_core::signature::provider::AwsLc;
use eps_core::signature::signer::AwsLcSigner;
use eps_core::{hl7v3, rules};

use crate::pki::{Randomness, ThrowAwayPki};

const KINDS: [Kind; 4] = [Kind::Acute, Kind::Repeat, Kind::RepeatDispensing, Kind::ControlledDrug];

fn now() -> Timestamp {
    Timestamp::parse_hl7("20260302090000").unwrap()
}

fn context() -> Context {
    Context {
        now: now(),
        from: "200000001285".parse().unwrap(),
        to: "567456789789".parse().unwrap(),
        author: None,
        identifier_references: IdentifierReferences::Refused,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    }
}

fn of(kind: Kind, number: u64) -> Order {
    order(&Recipe { kind: Some(kind), ..Recipe::new(1, now()) }, number).unwrap()
}

/// What is wrong but for the signature that an unsigned order has not.
fn errors(bundle: &[u8]) -> Vec<String> {
    let found = rules::validate(bundle, &context());
    let errors = found.iter().filter(|problem| problem.rule.severity.refuses());
    errors.map(|problem| format!("{} {} {}", problem.rule.id, problem.message.as_str(), problem.place)).collect()
}

#[test]
fn every_order_is_valid_and_says_in_fhir_what_it_says() {
    for kind in KINDS {
        for number in 0..60 {
            let order = of(kind, number);
            let bundle = order.bundle().unwrap();
            assert_eq!(errors(&bundle), Vec::<String>::new(), "{kind:?} {number}");
            let read = fhir::read(&bundle, &context()).unwrap().message;
            assert_eq!(read, Message::Prescription(Box::new(order.prescription().clone())), "{kind:?} {number}");
            assert_eq!(hl7v3::read(&hl7v3::write(&order.envelope(None, None))).unwrap().message, read);
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_makes_others() {
    let bundle = |seed, number| order(&Recipe::new(seed, now()), number).unwrap().bundle().unwrap();
    assert_eq!(bundle(7, 3), bundle(7, 3));
    assert_ne!(bundle(7, 3), bundle(8, 3));
    assert_ne!(bundle(7, 3), bundle(7, 4));
}

#[test]
fn kinds_are_what_they_are_called() {
    use eps_core::codes::TreatmentType;
    let treatments = KINDS.map(|kind| of(kind, 5).prescription().treatment_type);
    let expected =
        [TreatmentType::Acute, TreatmentType::RepeatPrescribing, TreatmentType::RepeatDispensing, TreatmentType::Acute];
    assert_eq!(treatments, expected);
    let issues = of(Kind::RepeatDispensing, 5).prescription().repeat.unwrap().high;
    assert!((4..=12).contains(&issues), "{issues}");
    let bundle = String::from_utf8(of(Kind::ControlledDrug, 5).bundle().unwrap()).unwrap();
    assert!(bundle.contains("quantityWords"), "{bundle}");
    let mixed: Vec<_> =
        (0..40).map(|number| order(&Recipe::new(1, now()), number).unwrap().prescription().treatment_type).collect();
    assert!(expected.iter().all(|one| mixed.contains(one)));
}

#[test]
fn nominations_are_as_asked_for() {
    let nominated = |wanted, number| {
        let recipe = Recipe { nominated: wanted, ..Recipe::new(1, now()) };
        order(&recipe, number).unwrap().prescription().nominated_performer.is_some()
    };
    assert!((0..20).all(|number| nominated(Some(true), number) && !nominated(Some(false), number)));
    assert!((0..20).any(|number| nominated(None, number)) && !(0..20).all(|number| nominated(None, number)));
}

#[test]
fn a_signed_order_verifies_and_is_the_same_again() {
    let pki = ThrowAwayPki::generate_from(Randomness::Seed(1), now(), "555254239107", "TEST").unwrap();
    let signer = AwsLcSigner::new(pki.prescriber_key(), pki.prescriber()).unwrap();
    let signed = || {
        let mut order = of(Kind::RepeatDispensing, 2);
        // The signature is verified before it is embedded.
        order.sign(&signer, &Policy::production(), &AwsLc::new()).unwrap();
        order.bundle().unwrap()
    };
    let bundle = signed();
    assert_eq!(bundle, signed());
    assert_eq!(errors(&bundle), Vec::<String>::new());
    let read = fhir::read(&bundle, &context()).unwrap().message;
    let Message::Prescription(prescription) = read else { panic!("no prescription") };
    assert!(matches!(prescription.author.signature, eps_core::model::SignatureText::Element(_)));
}

#[test]
fn a_quantity_in_words_is_a_number_below_one_hundred() {
    let words = [0, 9, 14, 20, 28, 56, 99].map(|number| medicines::in_words(number).unwrap());
    assert_eq!(words, ["zero", "nine", "fourteen", "twenty", "twenty-eight", "fifty-six", "ninety-nine"]);
    assert_eq!(medicines::in_words(100), None);
}
