//! FHIR as properties: generated messages go to FHIR and come back the same, requests as requests and replies as what a client
//! reads, as far as FHIR carries them.

#![cfg(test)]

use eps_core::codes::{Interaction, Severity};
use eps_core::fhir::{self, Outgoing, SignatureVerdict};
use eps_core::hl7v3;
use eps_core::ids::Guid;
use eps_core::model::{
    Answer, BatchInfo, Envelope, Message, Outcome, Prescription, ReleaseKind, ReleaseResponse, ReleaseTemplate,
    ReleasedPrescription, SignedDocument, arbitrary,
};
use eps_core::xml::{Document, Limits};
use eps_tests::{carried, request};
use proptest::prelude::*;

/// Messages of each kind.
const CASES: u32 = 150;

fn fail(problems: &eps_core::problem::Problems) -> TestCaseError {
    TestCaseError::fail(problems.to_string())
}

/// Brings a request to the form that FHIR carries, and compares it with what comes back.
fn comes_back(mut envelope: Envelope) -> Result<(), TestCaseError> {
    let context = request::context();
    match &mut envelope.message {
        Message::Prescription(order) => carried::order(order, context.now),
        Message::ReleaseRequest(request) => {
            let id = match &mut request.kind {
                ReleaseKind::Patient(id) => Some(id),
                ReleaseKind::Nominated => None,
            };
            carried::release_request(&mut request.author, id);
        }
        Message::DispenseNotification(notification) => carried::dispense_notification(notification, context.now),
        Message::DispenseClaim(claim) => carried::dispense_claim(claim),
        Message::Cancellation(cancellation) => carried::cancellation(cancellation, context.now),
        Message::Return(returned) => carried::dispense_return(returned),
        Message::Withdrawal(withdrawal) => carried::withdrawal(withdrawal),
        reply @ (Message::ReleaseResponse(_)
        | Message::ReleaseRejection(_)
        | Message::CancellationResponse(_)
        | Message::DispenseHistory(_)
        | Message::MetadataQuery(_)
        | Message::PrescriptionMetadata(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_)
        | Message::Acknowledgement) => return Err(TestCaseError::fail(format!("no request in FHIR: {reply:?}"))),
    }
    let written = request::write(&envelope).map_err(|problems| fail(&problems))?;
    let read = fhir::read(&written, &context)
        .map_err(|problems| TestCaseError::fail(format!("{problems}\n{}", String::from_utf8_lossy(&written))))?;
    match (&mut envelope.message, &read.message) {
        // A release brings no ids, and is read when it is asked.
        (Message::ReleaseRequest(sent), Message::ReleaseRequest(read)) => {
            (sent.id, sent.effective_time) = (read.id, read.effective_time);
        }
        (Message::DispenseClaim(sent), Message::DispenseClaim(read)) => sent.release = read.release,
        _ => {}
    }
    prop_assert!(
        read.message == envelope.message,
        "{:#?}\nbecame\n{:#?}\n{}",
        envelope.message,
        read.message,
        String::from_utf8_lossy(&written)
    );
    Ok(())
}

fn answer(envelope: &Envelope, verdict: SignatureVerdict) -> Result<Answer, TestCaseError> {
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &SignedDocument| verdict;
    let mut outgoing = Outgoing { now: envelope.created, ids: &mut ids, verify: &verify, base_path: "" };
    let written = fhir::write(envelope, &mut outgoing).map_err(|problems| fail(&problems))?;
    fhir::read_answer(&written)
        .map_err(|problems| TestCaseError::fail(format!("{problems}\n{}", String::from_utf8_lossy(&written))))
}

fn outcome(envelope: &Envelope) -> Result<Outcome, TestCaseError> {
    match answer(envelope, SignatureVerdict::Valid)? {
        Answer::Outcome(outcome) => {
            prop_assert_eq!(outcome.is_good(), fhir::status(envelope) == 200);
            prop_assert_eq!(outcome.time, Some(envelope.created));
            Ok(*outcome)
        }
        other @ (Answer::Cancellation(_) | Answer::Release(_)) => {
            Err(TestCaseError::fail(format!("no outcome: {other:?}")))
        }
    }
}

/// Declares the property of one kind of request.
macro_rules! requests {
    ($($kind:ident: $strategy:expr;)*) => {
        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]
            $(
                #[test]
                fn $kind(envelope in $strategy) {
                    comes_back(envelope)?;
                }
            )*
        }
    };
}

requests! {
    every_order_comes_back: arbitrary::prescription_envelope();
    every_release_request_comes_back: arbitrary::release_request_envelope();
    every_dispense_notification_comes_back: arbitrary::dispense_notification_envelope();
    every_claim_comes_back: arbitrary::dispense_claim_envelope();
    every_cancellation_comes_back: arbitrary::cancellation_envelope();
    every_return_comes_back: arbitrary::return_envelope();
    every_withdrawal_comes_back: arbitrary::withdrawal_envelope();
}

/// A prescription as a release carries it.
fn document(prescription: Prescription, like: &Envelope) -> ReleasedPrescription {
    let interaction = Interaction::ParentPrescriptionUrgent.uk();
    let message = Message::Prescription(Box::new(prescription));
    let bytes = hl7v3::write(&Envelope { interaction, message, acknowledgement: None, ..like.clone() });
    let document = Document::parse(&bytes, &Limits::DEFAULT).unwrap();
    let element = hl7v3::parent_prescription(&document).unwrap();
    ReleasedPrescription { template: ReleaseTemplate::R2, document: hl7v3::signed_document(element).unwrap() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    #[test]
    fn a_client_reads_what_was_released(
        mut prescription in arbitrary::released_prescription(),
        mut envelope in arbitrary::acknowledgement_envelope(),
        valid in any::<bool>(),
    ) {
        carried::released(&mut prescription);
        let id = prescription.message_id;
        let released = document(prescription.clone(), &envelope);
        envelope.acknowledgement = None;
        envelope.message = Message::ReleaseResponse(Box::new(ReleaseResponse {
            id,
            effective_time: envelope.created,
            prescriptions: vec![released],
            batch: BatchInfo::default(),
            request: envelope.id,
        }));
        let verdict = if valid { SignatureVerdict::Valid } else { SignatureVerdict::Invalid };
        let Answer::Release(read) = answer(&envelope, verdict)? else { return Err(TestCaseError::fail("no release")) };
        prop_assert_eq!((read.id, read.effective_time), (id, envelope.created));
        prop_assert_eq!(read.request, Some(envelope.id));
        prop_assert_eq!((read.passed.len(), read.failed.len()), if valid { (1, 0) } else { (0, 1) });
        for failed in &read.failed {
            prop_assert_eq!(failed.outcome.about, Some(id.0));
            prop_assert!(!failed.outcome.is_good());
        }
        let failed = read.failed.iter().filter_map(|failed| failed.prescription.as_deref());
        let found: Vec<_> = read.passed.iter().chain(failed).collect();
        prop_assert!(found == [&prescription], "{:#?}\nbecame\n{:#?}", prescription, found);
    }

    #[test]
    fn a_client_reads_what_became_of_a_cancellation(mut envelope in arbitrary::cancellation_response_envelope()) {
        let Message::CancellationResponse(response) = &mut envelope.message else {
            return Err(TestCaseError::fail("no answer to a cancellation"));
        };
        carried::cancellation_response(response);
        let response = response.clone();
        let result = response.result.as_ref().map(|result| result.code);
        match answer(&envelope, SignatureVerdict::Valid)? {
            Answer::Cancellation(read) => prop_assert!(read == response, "{response:#?}\nbecame\n{read:#?}"),
            // Without an item to tell of, the outcome says it; what the NHS service does not know is an error.
            Answer::Outcome(outcome) => {
                let known = fhir::status(&envelope) != 500;
                prop_assert_eq!(outcome.cancellation(), result.filter(|_| known));
                prop_assert!(!outcome.is_good());
            }
            Answer::Release(_) => prop_assert!(false, "a release"),
        }
    }

    #[test]
    fn a_client_reads_how_it_went(envelope in arbitrary::acknowledgement_envelope()) {
        let outcome = outcome(&envelope)?;
        let errors = envelope.acknowledgement.as_ref().map(|one| one.errors.as_slice()).unwrap_or_default();
        prop_assert_eq!(outcome.issues.len(), errors.len().max(1));
        for (issue, error) in outcome.issues.iter().zip(errors) {
            let informational = issue.code.as_str() == "informational";
            let severity = if informational { Severity::Information } else { error.severity };
            prop_assert_eq!(issue.severity.code(), severity.fhir_code());
            prop_assert!(issue.coding.is_some());
        }
    }

    #[test]
    fn a_client_reads_why_nothing_was_released(mut envelope in arbitrary::release_rejection_envelope()) {
        let Message::ReleaseRejection(rejection) = &mut envelope.message else {
            return Err(TestCaseError::fail("no rejection"));
        };
        if let Some(other) = &mut rejection.other_dispenser {
            carried::organisation(&mut other.person.organisation);
        }
        rejection.reason.system = eps_core::codes::ReleaseFault::OID.parse().unwrap();
        rejection.reason.code = "0004".parse().unwrap();
        let other = rejection.other_dispenser.clone();
        let outcome = outcome(&envelope)?;
        let told = outcome.other_dispenser.map(|organisation| *organisation);
        match other {
            Some(other) => prop_assert_eq!(told, Some(other.person.organisation)),
            None => prop_assert!(told.and_then(|told| told.name).is_some_and(|name| name.as_str() == "UNKNOWN")),
        }
    }
}
