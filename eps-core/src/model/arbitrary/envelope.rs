//! Envelopes: every message under every interaction id that carries it.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::people::display;
use super::text::code_of;
use super::{
    asid, cancellation, cancellation_response, code, dispense_claim, dispense_history, dispense_notification,
    dispense_return, message_id, prescription, release_rejection, release_request, release_response, role_profile_id,
    timestamp, user_id, withdrawal,
};
use crate::codes::{AckCode, Interaction, InteractionId, ReleaseFault, Severity, oid};
use crate::model::{Acknowledgement, Envelope, ErrorCode, Message, ReleaseKind, SdsAuthor};

prop_compose! {
    fn sds_author()(role_profile in role_profile_id(), user in user_id(), job_role in code()) -> SdsAuthor {
        SdsAuthor { role_profile, user, job_role }
    }
}

prop_compose! {
    fn error()(
        system in code_of(&[oid::ACKNOWLEDGEMENT_ERROR, oid::PROCESSING_ERROR, ReleaseFault::OID]),
        code in code(),
        display in display(),
        severity in select(Severity::ALL),
    ) -> ErrorCode {
        ErrorCode { system, code, display, severity }
    }
}

/// How a message was received: without errors where it was accepted, with some where not.
pub fn acknowledgement() -> impl Strategy<Value = Acknowledgement> {
    let outcome = prop_oneof![
        Just((AckCode::Accepted, Vec::new())),
        (select(&[AckCode::Error, AckCode::Rejected][..]), vec(error(), 0..4)),
    ];
    (outcome, message_id()).prop_map(|((code, errors), refers_to)| Acknowledgement { code, errors, refers_to })
}

/// Either id of an interaction.
fn either_id(interaction: Interaction) -> impl Strategy<Value = InteractionId> {
    select(vec![interaction.uk(), interaction.sm()])
}

prop_compose! {
    fn request(message: BoxedStrategy<(InteractionId, Message)>)(
        (interaction, message) in message,
        id in message_id(),
        created in timestamp(),
        to in asid(),
        from in asid(),
        author in of(sds_author().boxed()),
    ) -> Envelope {
        Envelope { id, created, interaction, to: Some(to), from: Some(from), author, acknowledgement: None, message }
    }
}

prop_compose! {
    /// In replies a system may be unknown.
    fn reply(message: BoxedStrategy<(InteractionId, Message)>)(
        (interaction, message) in message,
        id in message_id(),
        created in timestamp(),
        to in of(asid()),
        from in of(asid()),
        author in of(sds_author().boxed()),
        acknowledgement in acknowledgement(),
    ) -> Envelope {
        Envelope { id, created, interaction, to, from, author, acknowledgement: Some(acknowledgement), message }
    }
}

/// A prescription on its way to Spine, urgent or not.
pub fn prescription_envelope() -> impl Strategy<Value = Envelope> {
    let interaction = prop_oneof![
        either_id(Interaction::ParentPrescriptionUrgent),
        either_id(Interaction::ParentPrescriptionRoutine),
    ];
    let message = prescription().prop_map(|prescription| Message::Prescription(Box::new(prescription)));
    request((interaction, message).boxed())
}

/// A release request of either kind.
pub fn release_request_envelope() -> impl Strategy<Value = Envelope> {
    let message = release_request().prop_flat_map(|release| {
        let interaction = match release.kind {
            ReleaseKind::Nominated => Interaction::NominatedReleaseRequest,
            ReleaseKind::Patient(_) => Interaction::PatientReleaseRequest,
        };
        (either_id(interaction), Just(Message::ReleaseRequest(Box::new(release))))
    });
    request(message.boxed())
}

/// Prescriptions on their way to a dispenser.
pub fn release_response_envelope() -> impl Strategy<Value = Envelope> {
    let interaction =
        select(vec![Interaction::NominatedReleaseResponse.uk(), Interaction::PatientReleaseResponse.uk()]);
    let message = release_response().prop_map(|response| Message::ReleaseResponse(Box::new(response)));
    reply((interaction, message).boxed())
}

/// A refusal on its way to a dispenser.
pub fn release_rejection_envelope() -> impl Strategy<Value = Envelope> {
    let message = release_rejection().prop_map(|rejection| Message::ReleaseRejection(Box::new(rejection)));
    reply((Just(Interaction::ReleaseRejection.uk()), message).boxed())
}

/// A dispense notification on its way to Spine.
pub fn dispense_notification_envelope() -> impl Strategy<Value = Envelope> {
    let message =
        dispense_notification().prop_map(|notification| Message::DispenseNotification(Box::new(notification)));
    request((either_id(Interaction::DispenseNotification), message).boxed())
}

/// A claim on its way to Spine, the first or a later one.
pub fn dispense_claim_envelope() -> impl Strategy<Value = Envelope> {
    let interaction =
        prop_oneof![either_id(Interaction::DispenseClaim), either_id(Interaction::DispenseClaimResubmission),];
    let message = dispense_claim().prop_map(|claim| Message::DispenseClaim(Box::new(claim)));
    request((interaction, message).boxed())
}

/// A cancellation on its way to Spine.
pub fn cancellation_envelope() -> impl Strategy<Value = Envelope> {
    let message = cancellation().prop_map(|cancellation| Message::Cancellation(Box::new(cancellation)));
    request((either_id(Interaction::CancellationRequest), message).boxed())
}

/// What became of a cancellation, at once.
pub fn cancellation_response_envelope() -> impl Strategy<Value = Envelope> {
    let message = cancellation_response().prop_map(|response| Message::CancellationResponse(Box::new(response)));
    reply((Just(Interaction::CancellationResponse.uk()), message).boxed())
}

/// What became of a cancellation later, which answers nothing.
pub fn subsequent_cancellation_response_envelope() -> impl Strategy<Value = Envelope> {
    let message = cancellation_response().prop_map(|response| Message::CancellationResponse(Box::new(response)));
    request((either_id(Interaction::SubsequentCancellationResponse), message).boxed())
}

/// A prescription on its way back to Spine.
pub fn return_envelope() -> impl Strategy<Value = Envelope> {
    let message = dispense_return().prop_map(|returned| Message::Return(Box::new(returned)));
    request((either_id(Interaction::DispenseProposalReturn), message).boxed())
}

/// A withdrawal on its way to Spine.
pub fn withdrawal_envelope() -> impl Strategy<Value = Envelope> {
    let message = withdrawal().prop_map(|withdrawal| Message::Withdrawal(Box::new(withdrawal)));
    request((either_id(Interaction::DispenserWithdraw), message).boxed())
}

/// A rebuilt history on its way to Spine.
pub fn dispense_history_envelope() -> impl Strategy<Value = Envelope> {
    let message = dispense_history().prop_map(|history| Message::DispenseHistory(Box::new(history)));
    request((Just(Interaction::RebuildDispenseHistory.uk()), message).boxed())
}

/// An acknowledgement alone.
pub fn acknowledgement_envelope() -> impl Strategy<Value = Envelope> {
    reply(Just((Interaction::Acknowledgement.uk(), Message::Acknowledgement)).boxed())
}

/// Any message.
pub fn envelope() -> impl Strategy<Value = Envelope> {
    prop_oneof![
        prescription_envelope(),
        release_request_envelope(),
        release_response_envelope(),
        release_rejection_envelope(),
        dispense_notification_envelope(),
        dispense_claim_envelope(),
        cancellation_envelope(),
        cancellation_response_envelope(),
        subsequent_cancellation_response_envelope(),
        return_envelope(),
        withdrawal_envelope(),
        dispense_history_envelope(),
        acknowledgement_envelope(),
    ]
}
