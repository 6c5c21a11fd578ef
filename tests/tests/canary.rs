//! No NHS number, name or address shows in what a program would log: `Debug` and `Display` of everything on the way.

#![cfg(test)]

use eps_core::model::{Message, SignatureText};
use eps_core::{fhir, hl7v3};
use eps_tests::canaries::{ORDER, canaries, withheld};
use eps_tests::request;
use eps_transport::broker::Broker;
use eps_transport::store::memory::MemoryStore;

#[test]
fn the_canaries_are_in_the_message() {
    let message = String::from_utf8(hl7v3::write(&fhir::read(ORDER.as_bytes(), &request::context()).unwrap())).unwrap();
    assert!(canaries().iter().all(|canary| message.contains(canary)));
}

#[test]
fn models_and_records_withhold_the_patient() {
    let mut envelope = fhir::read(ORDER.as_bytes(), &request::context()).unwrap();
    let Message::Prescription(prescription) = &mut envelope.message else { panic!("not a prescription") };
    // The broker of this test verifies nothing: it asks only that there is a signature.
    let signature = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"></Signature>";
    prescription.author.signature = SignatureText::Element(signature.into());
    let id = prescription.id.checked().unwrap();
    withheld("the envelope", &format!("{envelope:?}{envelope:#?}"));
    let document = eps_core::xml::Document::parse(ORDER.as_bytes(), &eps_core::xml::Limits::DEFAULT);
    withheld("the problems of the XML reader", &format!("{document:?}"));
    let message = hl7v3::write(&envelope);
    let document = eps_core::xml::Document::parse(&message, &eps_core::xml::Limits::DEFAULT).unwrap();
    withheld("the document", &format!("{document:?}{:?}", document.root()));
    let broker = Broker::new(MemoryStore::new(), "567456789789".parse().unwrap());
    let reply = broker.submit(&message);
    withheld("the broker's reply", &String::from_utf8_lossy(&reply.unwrap()));
    let track = broker.track(&id).unwrap();
    assert!(track.is_some(), "the prescription was not stored");
    withheld("the record", &format!("{track:?}"));
}

#[test]
fn refusals_withhold_the_patient() {
    // Break the value of every canary in turn, and everything at once: the problems quote what they found.
    for canary in canaries() {
        let broken = ORDER.replace(&canary, &format!("{canary}\\u0001"));
        let problems = fhir::read(broken.as_bytes(), &request::context()).unwrap_err();
        withheld("problems", &format!("{problems}{problems:?}"));
    }
    let message = String::from_utf8(hl7v3::write(&fhir::read(ORDER.as_bytes(), &request::context()).unwrap())).unwrap();
    let broken = message.replace("birthTime value=\"", "birthTime value=\"x").replace("AgentPerson", "AgentPersona");
    let broker = Broker::new(MemoryStore::new(), "567456789789".parse().unwrap());
    let error = broker.submit(broken.as_bytes()).unwrap_err();
    withheld(
        "the broker's error",
        &format!("{error}{error:?}{:?}", std::error::Error::source(&error).map(|e| e.to_string())),
    );
}
