//! A message on its way: FHIR to HL7 v3, to the broker, and its reply back to FHIR.

use axum::http::StatusCode;
use eps_core::fhir::{self, Context, IdentifierReferences, Outgoing, SignatureVerdict};
use eps_core::hl7v3;
use eps_core::ids::{CheckCharacters, Guid, MessageId};
use eps_core::model::{Message, ReleaseKind, SignedDocument, Timestamp};
use eps_core::problem::Problems;
use eps_core::signature::{Occasion, Reason, Verifier};
use eps_core::xml::{Document, Limits};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Service;
use super::answer::{Answer, Problem};
use super::caller::Caller;
use super::route::{Call, Product};
use super::scope::Access;
use super::settings::SignatureOnCreate;
use super::validator::Said;
use crate::broker::{BrokerError, PolicyCheck};
use crate::derived::ids_from;
use crate::spans::step;
use crate::store::Store;

/// A request whose caller is known.
pub(super) struct Exchange<'r> {
    pub(super) product: Product,
    pub(super) call: &'r Call,
    pub(super) caller: &'r Caller,
    pub(super) request: Guid,
    pub(super) body: &'r [u8],
    pub(super) now: Timestamp,
}

impl Exchange<'_> {
    /// The refusal of a message that cannot be read; where the FHIR validator has words for it, with all that it says.
    pub(super) fn unreadable(&self, found: &Problems) -> Answer {
        let said = Said::of(self.body);
        if said.speaks_of(found) { said.refusal(Some(found)) } else { Answer::problems(found, self.now) }
    }
}

impl<S: Store + 'static> Service<S> {
    /// How a body is read.
    pub(super) fn context(&self, exchange: &Exchange<'_>) -> Result<Context, Answer> {
        Ok(Context {
            now: exchange.now,
            from: exchange.caller.asid.clone().unwrap_or_else(|| self.asid.clone()),
            to: self.asid.clone(),
            author: exchange.caller.author()?,
            identifier_references: IdentifierReferences::Resolved,
            check_characters: CheckCharacters::Required,
            release_ids: Some(release_ids(exchange.request)),
        })
    }

    /// Takes a message to the broker and brings its answer.
    pub(super) fn exchange(&self, exchange: &Exchange<'_>) -> Result<Answer, Answer> {
        let context = self.context(exchange)?;
        let envelope =
            step("read", || fhir::read(exchange.body, &context)).map_err(|found| exchange.unreadable(&found))?;
        belongs(exchange.call, &envelope.message)?;
        exchange.caller.may(self.access(exchange.product, &envelope.message))?;
        let message = hl7v3::write(&envelope);
        if matches!(envelope.message, Message::Prescription(_)) {
            self.check_signature(&message, exchange.now)?;
        }
        let reply = match step("decide", || self.broker.submit_as(&message, fingerprint(exchange))) {
            Ok(reply) => reply,
            Err(BrokerError::Unreadable { problems, .. }) => return Err(Answer::problems(&problems, exchange.now)),
            Err(BrokerError::Busy) => return Err(Problem::Busy.answer()),
            Err(error) => return Err(failed(&error)),
        };
        step("answer", || self.answer_with(&reply))
    }

    /// What a message asks of its sender.
    fn access(&self, product: Product, message: &Message) -> Access {
        match message {
            Message::Prescription(_) | Message::Cancellation(_) => Access::Prescribing,
            Message::ReleaseRequest(asked) => match asked.kind {
                ReleaseKind::Nominated => Access::NominatedRelease,
                ReleaseKind::Patient(_) if self.settings.leniency.release_by_application => {
                    Access::ReleaseById(product)
                }
                ReleaseKind::Patient(_) => Access::Dispensing,
            },
            Message::DispenseNotification(_)
            | Message::DispenseClaim(_)
            | Message::Return(_)
            | Message::Withdrawal(_)
            | Message::DispenseHistory(_)
            | Message::ReleaseResponse(_)
            | Message::ReleaseRejection(_)
            | Message::CancellationResponse(_)
            | Message::MetadataQuery(_)
            | Message::PrescriptionMetadata(_)
            | Message::DocumentQuery(_)
            | Message::StoredDocument(_)
            | Message::PrescriptionSearch(_)
            | Message::Acknowledgement => Access::Dispensing,
        }
    }

    /// A reply of the broker as FHIR. Ids and time come from the reply, so that the same reply is the same answer.
    fn answer_with(&self, reply: &[u8]) -> Result<Answer, Answer> {
        let reply = hl7v3::read(reply).map_err(|_| Problem::Server.answer())?;
        let mut ids = ids_from(reply.id);
        let now = reply.created;
        let verify = |document: &SignedDocument| self.verdict(document, now);
        let base_path = &self.settings.base_path;
        let mut outgoing = Outgoing { now, ids: &mut ids, verify: &verify, base_path };
        let body = fhir::write(&reply, &mut outgoing).map_err(|_| Problem::Server.answer())?;
        let status = StatusCode::from_u16(fhir::status(&reply)).map_err(|_| Problem::Server.answer())?;
        Ok(Answer::fhir(status, body))
    }

    /// What the check says of a released prescription; without a check all are taken for valid.
    fn verdict(&self, document: &SignedDocument, now: Timestamp) -> SignatureVerdict {
        let Some(check) = &self.signatures else { return SignatureVerdict::Valid };
        match reasons(check, &hl7v3::standalone(document), now) {
            Ok(reasons) if reasons.is_empty() => SignatureVerdict::Valid,
            Ok(_) | Err(_) => SignatureVerdict::Invalid,
        }
    }

    /// One issue for each reason for which an order's signature is refused.
    fn check_signature(&self, message: &[u8], now: Timestamp) -> Result<(), Answer> {
        let Some(check) =
            self.signatures.as_ref().filter(|_| self.settings.verify_on_create == SignatureOnCreate::Verified)
        else {
            return Ok(());
        };
        let reasons = reasons(check, message, now)?;
        if reasons.is_empty() { Ok(()) } else { Err(refused(&reasons)) }
    }
}

/// Why the prescription in a document is not signed as it must be; nothing where it is.
pub(super) fn reasons(check: &PolicyCheck, document: &[u8], now: Timestamp) -> Result<Vec<Reason>, Answer> {
    let document = Document::parse(document, &Limits::DEFAULT).map_err(|_| Problem::Server.answer())?;
    let prescription = hl7v3::parent_prescription(&document).or_else(|| document.root().children().next());
    let prescription = prescription.ok_or_else(|| Problem::Server.answer())?;
    let PolicyCheck { provider, trust, lists, policy } = check;
    let verifier = Verifier { provider: provider.as_ref(), trust, lists, policy };
    let verified = step("verify", || verifier.verify(prescription, Occasion::on_receipt(now)));
    Ok(verified.err().map(|refused| refused.report().reasons()).unwrap_or_default())
}

/// The outcome of a verification: one issue for each reason.
pub(super) fn signature_outcome(reasons: &[Reason]) -> Value {
    if reasons.is_empty() {
        return super::answer::success();
    }
    let issue = |reason: &Reason| json!({ "severity": "error", "code": "invalid", "diagnostics": reason.as_str() });
    json!({ "resourceType": "OperationOutcome", "issue": reasons.iter().map(issue).collect::<Vec<_>>() })
}

fn refused(reasons: &[Reason]) -> Answer {
    Answer::resource(StatusCode::BAD_REQUEST, &signature_outcome(reasons))
}

/// What failed is for the operator's eyes; its text holds no patient data.
pub(super) fn failed(error: &BrokerError) -> Answer {
    tracing::error!(%error, "a message could not be answered");
    Problem::Server.answer()
}

/// Whether this kind of message is answered at this call.
fn belongs(call: &Call, message: &Message) -> Result<(), Answer> {
    let is_bundle =
        matches!(message, Message::Prescription(_) | Message::Cancellation(_) | Message::DispenseNotification(_));
    let (right, words) = match call {
        Call::Release => {
            (matches!(message, Message::ReleaseRequest(_)), "Incorrect FHIR resource type. Expected Parameters.")
        }
        Call::Task => (
            matches!(message, Message::Return(_) | Message::Withdrawal(_)),
            "Incorrect FHIR resource type. Expected Task.",
        ),
        Call::Claim => (matches!(message, Message::DispenseClaim(_)), "Incorrect FHIR resource type. Expected Claim."),
        Call::ProcessMessage => (is_bundle, "Incorrect FHIR resource type. Expected Bundle."),
        // The other calls bring no message to the broker.
        Call::Ping
        | Call::Metadata
        | Call::Status
        | Call::Healthcheck
        | Call::Metrics
        | Call::OpenApi
        | Call::Prepare
        | Call::Convert
        | Call::Validate
        | Call::VerifySignature
        | Call::DoseToText
        | Call::Search
        | Call::Details(_)
        | Call::Update
        | Call::SupplierUpdate
        | Call::CheckUpdates
        | Call::Waiting(_)
        | Call::Token
        | Call::Poll
        | Call::Clock
        | Call::Faults => (false, "Nothing is answered here."),
    };
    if right { Ok(()) } else { Err(Problem::WrongMessage(words).answer()) }
}

/// What makes two requests the same one: the id that their sender gave them, and every byte of their content.
fn fingerprint(exchange: &Exchange<'_>) -> [u8; 32] {
    Sha256::new().chain_update(exchange.request.to_bytes()).chain_update(exchange.body).finalize().into()
}

/// The ids of a release request, which brings none: those of its request, so that a repeat is the same message.
fn release_ids(request: Guid) -> [MessageId; 2] {
    let mut ids = ids_from(MessageId(request));
    [MessageId(request), MessageId(ids())]
}
