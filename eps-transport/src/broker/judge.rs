//! Judging a request: what it changes, and what it is answered.

use eps_core::hl7v3;
use eps_core::ids::{OdsCode, WrittenPrescriptionId};
use eps_core::model::{Envelope, Message, Prescription};
use eps_core::record::{Accepted, Command, Create, DocumentKey, Invalid, Refusal};

use super::{Broker, BrokerError, Request};
use crate::store::Store;

/// A judged request.
pub(super) struct Judged {
    pub(super) reply: Envelope,
    /// What is to be stored; `None` where the request was refused.
    pub(super) changed: Option<Changes>,
}

/// What an accepted request changes.
pub(super) struct Changes {
    pub(super) changed: Vec<Changed>,
    /// What others are told because of it.
    pub(super) later: Vec<Envelope>,
}

/// A changed record.
pub(super) struct Changed {
    /// The version that it was decided on; `None` where there was no record.
    pub(super) expected: Option<u32>,
    pub(super) accepted: Accepted,
}

impl Changed {
    pub(super) fn new(expected: Option<u32>, accepted: Accepted) -> Self {
        Self { expected, accepted }
    }
}

/// The organisation that a message comes from.
pub(super) fn organisation(message: &Message) -> Option<&OdsCode> {
    match message {
        Message::Prescription(prescription) => prescription.author.person.organisation.ods.as_ref(),
        Message::ReleaseRequest(asked) => asked.author.organisation.ods.as_ref(),
        Message::DispenseNotification(told) => told.author.organisation.ods.as_ref(),
        Message::DispenseClaim(claim) => claim.legal_authenticator.organisation.ods.as_ref(),
        Message::Cancellation(cancellation) => cancellation.author.organisation.ods.as_ref(),
        Message::Return(returned) => returned.author.organisation.ods.as_ref(),
        Message::ReleaseResponse(_)
        | Message::ReleaseRejection(_)
        | Message::CancellationResponse(_)
        | Message::Withdrawal(_)
        | Message::DispenseHistory(_)
        | Message::MetadataQuery(_)
        | Message::PrescriptionMetadata(_)
        | Message::DocumentQuery(_)
        | Message::StoredDocument(_)
        | Message::PrescriptionSearch(_)
        | Message::Acknowledgement => None,
    }
}

impl<S: Store> Broker<S> {
    pub(super) fn judge_prescription(
        &self,
        request: &Request<'_>,
        prescription: &Prescription,
    ) -> Result<Judged, BrokerError> {
        let element = hl7v3::parent_prescription(request.document);
        let Some((element, signed)) = element.and_then(|element| Some((element, hl7v3::signed_document(element)?)))
        else {
            return self.refuse(request, &Invalid::Signature.into());
        };
        let refused = self.signature.as_ref().map(|check| check.check(element, request.now));
        let create = match refused {
            Some(Err(_)) => Err(Invalid::Signature.into()),
            Some(Ok(())) | None => Create::from_message(prescription, request.key(), signed.namespaces),
        };
        match create {
            Err(refusal) => self.refuse(request, &refusal),
            Ok(create) => {
                let id = create.id().clone();
                let judged = self.decide(request, &id, Command::Create(Box::new(create)))?;
                self.acknowledge(request, judged)
            }
        }
    }

    /// Judges a message that is answered with an acknowledgement and kept whole.
    pub(super) fn judge_other(
        &self,
        request: &Request<'_>,
        id: &WrittenPrescriptionId,
        command: impl FnOnce(DocumentKey) -> Result<Command, Refusal>,
    ) -> Result<Judged, BrokerError> {
        let id = id.checked().map_err(|_| Refusal::from(Invalid::PrescriptionIdCheck));
        match id.and_then(|id| Ok((id, command(request.key())?))) {
            Err(refusal) => self.refuse(request, &refusal),
            Ok((id, command)) => {
                let judged = self.decide(request, &id, command)?;
                self.acknowledge(request, judged)
            }
        }
    }

    /// Answers with an acknowledgement.
    fn acknowledge(&self, request: &Request<'_>, judged: Result<Changed, Refusal>) -> Result<Judged, BrokerError> {
        match judged {
            Ok(changed) => {
                let later = self.answers_later(request, &changed.accepted.effects)?;
                Ok(Judged { reply: self.accept(request), changed: Some(Changes { changed: vec![changed], later }) })
            }
            Err(refusal) => self.refuse(request, &refusal),
        }
    }

    /// Answers with the error of a refusal.
    fn refuse(&self, request: &Request<'_>, refusal: &Refusal) -> Result<Judged, BrokerError> {
        Ok(Judged { reply: self.error(request, &refusal.fault())?, changed: None })
    }
}
