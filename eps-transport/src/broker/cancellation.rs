//! Cancellations: what the prescriber is answered at once, and later.

use eps_core::codes::CancellationResult;
use eps_core::hl7v3;
use eps_core::model::{Cancellation, CancellationResponse, Coded, Envelope, Message, OtherDispenser, Text};
use eps_core::record::{CancelOf, Command, Effect, Refusal, Reply, SubsequentAnswer};

use super::judge::{Changes, Judged};
use super::{Broker, BrokerError, Request};
use crate::store::Store;

/// The answer to a cancellation.
struct Answer<'a> {
    result: CancellationResult,
    text: &'a str,
    performer: Option<OtherDispenser>,
}

impl<S: Store> Broker<S> {
    pub(super) fn judge_cancellation(
        &self,
        request: &Request<'_>,
        cancellation: &Cancellation,
    ) -> Result<Judged, BrokerError> {
        let cancel = match CancelOf::from_message(cancellation, request.key()) {
            Err(refusal) => return self.refuse_cancellation(request, cancellation, refusal),
            Ok(cancel) => cancel,
        };
        let id = cancel.prescription().clone();
        let changed = match self.decide(request, &id, Command::Cancel(Box::new(cancel)))? {
            Err(refusal) => return self.refuse_cancellation(request, cancellation, refusal),
            Ok(changed) => changed,
        };
        let (result, performer) = match &changed.accepted.reply {
            Reply::Cancellation(answer) => (answer.result, answer.performer.clone()),
            Reply::Done(_) | Reply::Released(_) => (CancellationResult::Cancelled, None),
        };
        let response = self.response(cancellation, request, Answer { result, text: result.display(), performer })?;
        let changes = Changes { changed: vec![changed], later: Vec::new() };
        Ok(Judged { reply: self.cancellation_response(request, response), changed: Some(changes) })
    }

    /// A cancellation is refused with a whole response, whatever the reason.
    fn refuse_cancellation(
        &self,
        request: &Request<'_>,
        cancellation: &Cancellation,
        refusal: Refusal,
    ) -> Result<Judged, BrokerError> {
        let text = refusal.fault().text;
        let (result, performer) = if let Refusal::NotCancelled(not) = refusal {
            (not.result, not.performer)
        } else if refusal == Refusal::PrescriptionNotFound {
            (CancellationResult::NotFound, None)
        } else {
            (CancellationResult::UnableToProcess, None)
        };
        let response = self.response(cancellation, request, Answer { result, text: &text, performer })?;
        Ok(Judged { reply: self.cancellation_response(request, response), changed: None })
    }

    fn response(
        &self,
        asked: &Cancellation,
        request: &Request<'_>,
        answer: Answer<'_>,
    ) -> Result<CancellationResponse, BrokerError> {
        Ok(CancellationResponse {
            id: self.next_id(),
            effective_time: request.now,
            patient: asked.patient.clone(),
            performer: answer.performer,
            author: asked.author.clone(),
            responsible_party: asked.responsible_party.clone(),
            prescription_id: asked.prescription_id.clone(),
            item: asked.item,
            result: Some(Coded { code: answer.result, display: Some(Text::new(answer.text)?) }),
            request: asked.id,
        })
    }

    /// The messages that tell prescribers what became of cancellations that had to wait.
    pub(super) fn answers_later(
        &self,
        request: &Request<'_>,
        effects: &[Effect],
    ) -> Result<Vec<Envelope>, BrokerError> {
        let answers =
            effects.iter().filter_map(|effect| if let Effect::Answer(told) = effect { Some(told) } else { None });
        answers.map(|answer| self.answer_later(request, answer)).collect()
    }

    fn answer_later(&self, request: &Request<'_>, answer: &SubsequentAnswer) -> Result<Envelope, BrokerError> {
        let asked = hl7v3::read(&self.document(answer.cancellation)?)
            .map_err(|_| BrokerError::DocumentDamaged(answer.cancellation))?;
        let Message::Cancellation(cancellation) = &asked.message else {
            return Err(BrokerError::DocumentDamaged(answer.cancellation));
        };
        let (result, performer) = (answer.result, None);
        let told = self.response(cancellation, request, Answer { result, text: result.display(), performer })?;
        let told = CancellationResponse { item: answer.item, ..told };
        Ok(self.subsequent_response(&asked, told, request.now))
    }
}
