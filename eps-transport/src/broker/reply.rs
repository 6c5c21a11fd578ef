//! Replies: acknowledgements, release responses and release rejections.

use eps_core::codes::{AckCode, CancellationResult, Interaction, InteractionId, ReleaseFault, Severity, oid};
use eps_core::hl7v3;
use eps_core::ids::{Asid, MessageId};
use eps_core::model::{
    Acknowledgement, CancellationResponse, Envelope, ErrorCode, Message, ReleaseKind, ReleaseRejection, ReleaseRequest,
    ReleaseResponse, Text, TextError, Timestamp,
};
use eps_core::problem::{Problem, Problems};
use eps_core::record::{Fault, Refusal};
use eps_core::xml::{Document, Element};

use super::{Broker, BrokerError, ReplyBytes, Request};

/// The error of the message layer for an id that was used before (vocabulary …17.32).
const DUPLICATE_ID: (&str, &str) = ("202", "Duplicate HL7 ID Error");

/// The most errors told of an unreadable message. The caller has all of them.
const MAX_ERRORS: usize = 20;

/// Whom a reply goes to, and what it answers.
struct To<'a> {
    system: Option<&'a Asid>,
    message: MessageId,
    now: Timestamp,
}

impl<'a> To<'a> {
    fn sender_of(request: &Request<'a>) -> Self {
        Self { system: request.envelope.from.as_ref(), message: request.envelope.id, now: request.now }
    }
}

fn error_code(system: &str, code: &str, text: &str) -> Result<ErrorCode, TextError> {
    Ok(ErrorCode {
        system: system.parse()?,
        code: code.parse()?,
        display: Some(Text::new(text)?),
        severity: Severity::Error,
    })
}

impl<S> Broker<S> {
    fn envelope(
        &self,
        to: &To<'_>,
        interaction: InteractionId,
        outcome: Acknowledgement,
        message: Message,
    ) -> Envelope {
        Envelope {
            id: self.ids.next(),
            created: to.now,
            interaction,
            to: to.system.cloned(),
            from: Some(self.asid.clone()),
            author: None,
            acknowledgement: Some(outcome),
            message,
        }
    }

    fn acknowledgement(&self, to: &To<'_>, code: AckCode, errors: Vec<ErrorCode>) -> Envelope {
        let outcome = Acknowledgement { code, errors, refers_to: to.message };
        self.envelope(to, Interaction::Acknowledgement.uk(), outcome, Message::Acknowledgement)
    }

    /// It is done.
    pub(super) fn accept(&self, request: &Request<'_>) -> Envelope {
        self.acknowledgement(&To::sender_of(request), AckCode::Accepted, Vec::new())
    }

    /// The application refuses it.
    pub(super) fn error(&self, request: &Request<'_>, fault: &Fault) -> Result<Envelope, BrokerError> {
        let error = error_code(fault.system, fault.code, &fault.text)?;
        Ok(self.acknowledgement(&To::sender_of(request), AckCode::Error, vec![error]))
    }

    /// The id was used before, with another content.
    pub(super) fn reply_to_reused_id(&self, request: &Request<'_>) -> Result<Envelope, BrokerError> {
        let (code, text) = DUPLICATE_ID;
        let error = error_code(oid::ACKNOWLEDGEMENT_ERROR, code, text)?;
        Ok(self.acknowledgement(&To::sender_of(request), AckCode::Rejected, vec![error]))
    }

    /// Nobody was asked.
    pub(super) fn reply_to_reply(&self, request: &Request<'_>) -> Result<Envelope, BrokerError> {
        let fault = ReleaseFault::InvalidMessage;
        let error = error_code(ReleaseFault::OID, fault.code(), fault.display())?;
        Ok(self.acknowledgement(&To::sender_of(request), AckCode::Error, vec![error]))
    }

    /// Here are the prescriptions.
    pub(super) fn release(&self, request: &Request<'_>, asked: &ReleaseRequest, response: ReleaseResponse) -> Envelope {
        let to = To::sender_of(request);
        let interaction = match asked.kind {
            ReleaseKind::Nominated => Interaction::NominatedReleaseResponse,
            ReleaseKind::Patient(_) => Interaction::PatientReleaseResponse,
        };
        let outcome = Acknowledgement { code: AckCode::Accepted, errors: Vec::new(), refers_to: to.message };
        self.envelope(&to, interaction.uk(), outcome, Message::ReleaseResponse(Box::new(response)))
    }

    /// What became of a cancellation, to the one who asked for it.
    pub(super) fn cancellation_response(&self, request: &Request<'_>, response: CancellationResponse) -> Envelope {
        let to = To::sender_of(request);
        let done = response.result.as_ref().is_some_and(|result| result.code == CancellationResult::Cancelled);
        let code = if done { AckCode::Accepted } else { AckCode::Error };
        let outcome = Acknowledgement { code, errors: Vec::new(), refers_to: to.message };
        let message = Message::CancellationResponse(Box::new(response));
        self.envelope(&to, Interaction::CancellationResponse.uk(), outcome, message)
    }

    /// What became of a cancellation later. The message that was `asked` is long answered.
    pub(super) fn subsequent_response(
        &self,
        asked: &Envelope,
        response: CancellationResponse,
        now: Timestamp,
    ) -> Envelope {
        let to = To { system: asked.from.as_ref(), message: asked.id, now };
        let done = response.result.as_ref().is_some_and(|result| result.code == CancellationResult::Cancelled);
        let code = if done { AckCode::Accepted } else { AckCode::Error };
        let outcome = Acknowledgement { code, errors: Vec::new(), refers_to: to.message };
        let message = Message::CancellationResponse(Box::new(response));
        self.envelope(&to, Interaction::SubsequentCancellationResponse.uk(), outcome, message)
    }

    /// There is no prescription, and why.
    pub(super) fn reject_release(
        &self,
        request: &Request<'_>,
        asked: &ReleaseRequest,
        refusal: &Refusal,
    ) -> Result<Envelope, BrokerError> {
        let to = To::sender_of(request);
        let fault = refusal.fault();
        let rejection = ReleaseRejection {
            id: self.ids.next(),
            effective_time: to.now,
            text: None,
            reason: error_code(fault.system, fault.code, &fault.text)?,
            other_dispenser: refusal.other_dispenser().cloned(),
            request: asked.id,
        };
        let outcome = Acknowledgement { code: AckCode::Error, errors: Vec::new(), refers_to: to.message };
        let message = Message::ReleaseRejection(Box::new(rejection));
        Ok(self.envelope(&to, Interaction::ReleaseRejection.uk(), outcome, message))
    }

    /// The message could be parsed and not be read. `None` where it does not say what its id is.
    pub(super) fn reply_to_unreadable(
        &self,
        document: &Document<'_>,
        problems: &Problems,
        now: Timestamp,
    ) -> Option<ReplyBytes> {
        let root = document.root();
        let message = child(root, "id")?.attribute("root")?.parse().ok()?;
        let system: Option<Asid> = sender(root).and_then(|id| id.attribute("extension")?.parse().ok());
        let errors = problems.iter().take(MAX_ERRORS).map(problem_code).collect::<Result<_, _>>().ok()?;
        let to = To { system: system.as_ref(), message, now };
        Some(ReplyBytes(hl7v3::write(&self.acknowledgement(&to, AckCode::Error, errors))))
    }
}

/// A problem as Spine tells it. The rule is told and not what was found, which may be patient data.
fn problem_code(problem: &Problem) -> Result<ErrorCode, TextError> {
    let fault = ReleaseFault::UnableToProcess;
    let text = format!("{} - {}: {}", fault.display(), problem.place, problem.rule.requires);
    error_code(ReleaseFault::OID, fault.code(), &text)
}

fn child<'d, 'a>(parent: Element<'d, 'a>, name: &str) -> Option<Element<'d, 'a>> {
    parent.children().find(|element| element.name() == name)
}

fn sender<'d, 'a>(root: Element<'d, 'a>) -> Option<Element<'d, 'a>> {
    child(child(child(root, "communicationFunctionSnd")?, "device")?, "id")
}
