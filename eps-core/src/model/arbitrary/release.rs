//! Releases: requests, responses and rejections.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::people::display;
use super::text::code_of;
use super::{
    Organisations, agent_person, any_prescription_id, code, element_text, message_id, prescription,
    released_prescription, timestamp,
};
use crate::codes::{Interaction, ReleaseFault, Severity, oid};
use crate::hl7v3;
use crate::model::{
    BatchInfo, Envelope, ErrorCode, Message, OtherDispenser, Prescription, ReleaseKind, ReleaseRejection,
    ReleaseRequest, ReleaseResponse, ReleaseTemplate, ReleasedPrescription, SignedDocument,
};
use crate::xml::{Document, Limits};

prop_compose! {
    /// A request for whatever waits, or for one prescription (PORX_MT121001UK30, PORX_MT121002UK30).
    pub fn release_request()(
        id in message_id(),
        effective_time in timestamp(),
        author in agent_person(Organisations::Dispensing).boxed(),
        kind in prop_oneof![
            Just(ReleaseKind::Nominated),
            any_prescription_id().prop_map(ReleaseKind::Patient),
        ],
    ) -> ReleaseRequest {
        ReleaseRequest { id, effective_time, author, kind }
    }
}

/// A prescription as a signed document: written in a message, and cut out of it as the broker does.
pub fn signed_document() -> impl Strategy<Value = SignedDocument> {
    let prescription = prop_oneof![prescription(), released_prescription()];
    (prescription, message_id(), timestamp()).prop_filter_map("a document", |(prescription, id, created)| {
        document_of(Envelope {
            id,
            created,
            interaction: Interaction::ParentPrescriptionUrgent.uk(),
            to: None,
            from: None,
            author: None,
            acknowledgement: None,
            message: Message::Prescription(Box::<Prescription>::new(prescription)),
        })
    })
}

fn document_of(envelope: Envelope) -> Option<SignedDocument> {
    let bytes = hl7v3::write(&envelope);
    let document = Document::parse(&bytes, &Limits::DEFAULT).ok()?;
    hl7v3::signed_document(hl7v3::parent_prescription(&document)?)
}

prop_compose! {
    fn released()(
        template in select(&[ReleaseTemplate::R2, ReleaseTemplate::R1][..]),
        document in signed_document().boxed(),
    ) -> ReleasedPrescription {
        ReleasedPrescription { template, document }
    }
}

prop_compose! {
    /// A response with one to three prescriptions (PORX_MT122002UK31).
    pub fn release_response()(
        id in message_id(),
        effective_time in timestamp(),
        prescriptions in vec(released().boxed(), 1..4),
        size in of(1..26_u32),
        maximum in of(1..26_u32),
        request in message_id(),
    ) -> ReleaseResponse {
        ReleaseResponse { id, effective_time, prescriptions, batch: BatchInfo { size, maximum }, request }
    }
}

prop_compose! {
    pub(super) fn other_dispenser()(
        time in timestamp(),
        person in agent_person(Organisations::Dispensing).boxed(),
    ) -> OtherDispenser {
        OtherDispenser { time: Some(time), person }
    }
}

prop_compose! {
    /// A refusal to release (PORX_MT121201UK30).
    pub fn release_rejection()(
        id in message_id(),
        effective_time in timestamp(),
        text in of(element_text()),
        reason_system in code_of(&[ReleaseFault::OID, oid::PROCESSING_ERROR]),
        reason in code(),
        reason_display in display(),
        other_dispenser in of(other_dispenser().boxed()),
        request in message_id(),
    ) -> ReleaseRejection {
        let reason = ErrorCode { system: reason_system, code: reason, display: reason_display, severity: Severity::Error };
        ReleaseRejection { id, effective_time, text, reason, other_dispenser, request }
    }
}
