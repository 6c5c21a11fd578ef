//! The broker: answers messages as the Spine does, and forgets nothing that it has answered.
//!
//! ```text
//!  bytes ─▶ parse once ─▶ seen before? ──yes──▶ the same reply, or 202 where the content is another
//!                              │ no
//!                              ▼
//!                  signature ─▶ decide (eps_core::record) ──refused──▶ reply, nothing stored
//!                              │ accepted                    ▲
//!                              ▼                             │ somebody was faster: decide anew
//!                    one commit: record, message, queue, reply, journal ─▶ reply
//! ```
//!
//! A message that was refused changed nothing and is not remembered: sent again, it is judged again, which is what lets a
//! pharmacy that asks for an empty queue ask without a write.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eps_core::codes::InteractionId;
use eps_core::hl7v3;
use eps_core::ids::{Asid, CheckCharacters, MessageId, PrescriptionId};
use eps_core::model::{Envelope, Message, Timestamp};
use eps_core::record::{
    ClaimOf, Command, DocumentKey, NextActivity, Notification, Periods, RebuildOf, Received, Record, Refusal, ReturnOf,
    Who, WithdrawOf, decide,
};
use eps_core::xml::{Document, Limits};
use sha2::{Digest as _, Sha256};

use crate::clock::{Clock, SystemClock};
use crate::spans::step;
use crate::store::{Answered, Commit, CommitError, RecordWrite, Store, StoredMessage, StoredRecord, Version};

mod cancellation;
mod error;
mod ids;
mod journal;
mod judge;
mod passing;
mod release;
mod reply;
mod signature;
mod tracker;

pub use error::{BrokerError, ReplyBytes};
pub use ids::{Ids, RandomIds};
pub use journal::{AcceptedMessage, Becomes, Cause, Hash, JournalEntry, JournalRecord, SentLater};
pub use passing::TimePassed;
pub(crate) use passing::{Passing, due_date};
pub use signature::{PolicyCheck, SignatureCheck, SignatureRefused};
pub use tracker::Wanted;

use ids::Taken;
use judge::{Changed, Changes, Judged};

/// How often a message is decided anew because somebody else changed the same record first. Each time somebody else's
/// message was answered, so even a crowd of 16 at one prescription gets through.
const MAX_ATTEMPTS: u32 = 32;

/// A broker over a store.
pub struct Broker<S> {
    store: S,
    asid: Asid,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    signature: Option<Arc<dyn SignatureCheck>>,
    periods: Periods,
    limits: Limits,
    watch: Option<Arc<dyn Watch>>,
}

/// Counts what a broker does.
pub trait Watch: Send + Sync {
    /// A message was answered for the first time; where it changed anything, its commit took so long.
    fn answered(&self, interaction: InteractionId, commit: Option<Duration>);
}

/// A message that is being answered.
struct Request<'d> {
    document: &'d Document<'d>,
    envelope: &'d Envelope,
    /// What a repeat is told by.
    fingerprint: [u8; 32],
    now: Timestamp,
}

impl Request<'_> {
    /// The key of the document that the message brings.
    fn key(&self) -> DocumentKey {
        DocumentKey::of(self.envelope.id)
    }

    /// The message as it arrived.
    fn bytes(&self) -> &[u8] {
        self.document.input()
    }

    fn document(&self) -> Range<usize> {
        document_of_the_record(self.document)
    }

    /// The message as the record's log names it.
    fn received(&self, message: &Message) -> Received {
        let author = self.envelope.author.as_ref();
        let who = Who {
            system: self.envelope.from.clone(),
            user: author.map(|author| author.user.clone()),
            role_profile: author.map(|author| author.role_profile.clone()),
            organisation: judge::organisation(message).cloned(),
        };
        Received::new(self.envelope.id, self.envelope.interaction, who, self.now)
    }
}

/// The part of a message that is the document of the record: of an upload the signed prescription.
pub(crate) fn document_of_the_record(message: &Document<'_>) -> Range<usize> {
    let whole = 0..message.input().len();
    hl7v3::parent_prescription(message).map_or(whole, |signed| signed.span())
}

/// What is known of one prescription.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Track {
    /// Its record, with the timeline.
    pub record: Record,
    /// What happens to it next by itself.
    pub next: Option<NextActivity>,
}

impl<S: Store> Broker<S> {
    /// A broker that keeps everything in `store` and sends under `asid`, with the time of the operating system, random
    /// ids, Spine's periods, and no check of signatures, which Spine leaves to the dispenser.
    pub fn new(store: S, asid: Asid) -> Self {
        Self {
            store,
            asid,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            signature: None,
            periods: Periods::SPINE,
            limits: Limits::DEFAULT,
            watch: None,
        }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Takes the ids of replies from here.
    #[must_use]
    pub fn ids(self, ids: Arc<dyn Ids>) -> Self {
        Self { ids, ..self }
    }

    /// Refuses prescriptions whose signature does not pass this check.
    #[must_use]
    pub fn verify_on_create(self, check: Arc<dyn SignatureCheck>) -> Self {
        Self { signature: Some(check), ..self }
    }

    /// Counts days by these periods.
    #[must_use]
    pub fn periods(self, periods: Periods) -> Self {
        Self { periods, ..self }
    }

    /// Tells what it does here.
    #[must_use]
    pub fn watch(self, watch: Arc<dyn Watch>) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Answers one message, HL7 v3 with its transmission wrapper. What was accepted is durable when this returns.
    ///
    /// A message that EPS refuses for a business reason gets its reply like any other: an acknowledgement with an error,
    /// or a release rejection.
    ///
    /// # Errors
    /// [`BrokerError::Unreadable`] with every problem, and a reply where the message could be parsed that far;
    /// [`BrokerError::NotARequest`] for a message that is itself a reply; [`BrokerError::Busy`] where others kept changing
    /// the record; the others when the store or what it holds fails. Nothing is stored then.
    pub fn submit(&self, bytes: &[u8]) -> Result<Vec<u8>, BrokerError> {
        self.submit_as(bytes, Sha256::digest(bytes).into())
    }

    /// As [`Self::submit`], for a message that was made from another one: the same message is one with the same
    /// `fingerprint`, whatever was made of it.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn submit_as(&self, bytes: &[u8], fingerprint: [u8; 32]) -> Result<Vec<u8>, BrokerError> {
        let now = self.clock.now();
        let unparsed = |problems| BrokerError::Unreadable { problems, reply: None };
        let document = Document::parse(bytes, &self.limits).map_err(unparsed)?;
        let envelope = hl7v3::read_document(&document, CheckCharacters::Required).map_err(|problems| {
            let reply = self.reply_to_unreadable(&document, &problems, now);
            BrokerError::Unreadable { problems, reply }
        })?;
        self.answer(&Request { document: &document, envelope: &envelope, fingerprint, now })
    }

    /// The same broker, with ids that are remembered: the journal names those of the reply.
    fn with_taken(&self, ids: Arc<Taken>) -> Broker<&S> {
        let Self { store, asid, clock, ids: _, signature, periods, limits, watch } = self;
        Broker {
            store,
            asid: asid.clone(),
            clock: Arc::clone(clock),
            ids,
            signature: signature.clone(),
            periods: *periods,
            limits: *limits,
            watch: watch.clone(),
        }
    }

    /// All that is known of a prescription; `None` where it is not known at all.
    ///
    /// # Errors
    /// [`BrokerError`] when the store or what it holds fails.
    pub fn track(&self, id: &PrescriptionId) -> Result<Option<Track>, BrokerError> {
        match self.known(id)? {
            Known::Nothing | Known::Deleted => Ok(None),
            Known::Record(record) => Ok(Some(Track { next: record.next_activity(&self.periods), record: *record })),
        }
    }

    /// A document that a record names, byte for byte.
    ///
    /// # Errors
    /// [`BrokerError::DocumentMissing`] where there is none; the others when the store fails.
    pub fn document(&self, key: DocumentKey) -> Result<Vec<u8>, BrokerError> {
        self.store.document(key)?.ok_or(BrokerError::DocumentMissing(key))
    }

    /// Answers until it is answered, by this call or by another one with the same message.
    fn answer(&self, request: &Request<'_>) -> Result<Vec<u8>, BrokerError> {
        let ids = Arc::new(Taken::new(Arc::clone(&self.ids)));
        let broker = self.with_taken(Arc::clone(&ids));
        for _ in 0..MAX_ATTEMPTS {
            if let Some(answered) = self.store.answered(request.envelope.id)? {
                return self.repeat(request, answered);
            }
            ids.forget();
            let Judged { reply, changed } = broker.judge(request)?;
            let bytes = hl7v3::write(&reply);
            let Some(changed) = changed else {
                // The same message may have been accepted on another thread since it was looked up: then the refusal is
                // of its own effect, and its acceptance is the answer.
                let answered = self.store.answered(request.envelope.id)?;
                let Some(answered) = answered else {
                    self.told(request, None);
                    return Ok(bytes);
                };
                return self.repeat(request, answered);
            };
            let commit = self.message_commit(request, &bytes, ids.taken(), changed)?;
            let started = Instant::now();
            match step("store", || self.store.commit(commit)) {
                Ok(()) => {
                    self.told(request, Some(started.elapsed()));
                    return Ok(bytes);
                }
                Err(CommitError::RecordMoved(_) | CommitError::AlreadyAnswered(_)) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(BrokerError::Busy)
    }

    fn told(&self, request: &Request<'_>, commit: Option<Duration>) {
        if let Some(watch) = &self.watch {
            watch.answered(request.envelope.interaction, commit);
        }
    }

    /// All that an accepted message changes.
    fn message_commit(
        &self,
        request: &Request<'_>,
        reply: &[u8],
        ids: Vec<MessageId>,
        changes: Changes,
    ) -> Result<Commit, BrokerError> {
        let Changes { changed, later } = changes;
        let sent: Vec<_> = later.iter().map(|message| (message, hl7v3::write(message))).collect();
        let digest = Hash::of(request.bytes());
        let message = AcceptedMessage {
            id: request.envelope.id,
            interaction: request.envelope.interaction.to_string(),
            from: request.envelope.from.clone(),
            by: Some(self.asid.clone()),
            digest,
            fingerprint: Some(Hash(request.fingerprint)).filter(|fingerprint| *fingerprint != digest),
            reply: Some(Hash::of(reply)),
            ids,
            sent: sent.iter().map(|(message, bytes)| SentLater::of(message, bytes)).collect(),
        };
        let (records, told) = changed
            .into_iter()
            .map(|Changed { expected, accepted }| {
                record_write(expected.map(Version), &accepted.record, accepted.effects, &self.periods)
            })
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .unzip();
        let journal = JournalEntry { at: request.now, cause: Cause::Message(Box::new(message)), records: told };
        let stored = StoredMessage {
            bytes: request.bytes().to_vec(),
            document: request.document(),
            answer: Answered { digest: request.fingerprint, reply: reply.to_vec() },
        };
        Ok(Commit {
            message: Some((request.envelope.id, stored)),
            sent: sent.into_iter().map(|(message, bytes)| (message.id, bytes)).collect(),
            records,
            released: Vec::new(),
            journal: journal.to_bytes()?,
        })
    }

    /// The reply of the first time; another content under the same id is refused.
    fn repeat(&self, request: &Request<'_>, answered: Answered) -> Result<Vec<u8>, BrokerError> {
        if answered.digest == request.fingerprint {
            Ok(answered.reply)
        } else {
            self.reply_to_reused_id(request).map(|reply| hl7v3::write(&reply))
        }
    }

    fn judge(&self, request: &Request<'_>) -> Result<Judged, BrokerError> {
        match &request.envelope.message {
            Message::Prescription(prescription) => self.judge_prescription(request, prescription),
            Message::ReleaseRequest(asked) => self.judge_release(request, asked),
            Message::DispenseNotification(told) => self.judge_other(request, &told.prescription_id, |document| {
                Ok(Command::Notify(Box::new(Notification::from_message(told, document))))
            }),
            Message::DispenseClaim(claim) => self.judge_other(request, &claim.prescription_id, |document| {
                Ok(Command::Claim(Box::new(ClaimOf::from_message(claim, document))))
            }),
            Message::Cancellation(cancellation) => self.judge_cancellation(request, cancellation),
            Message::Return(returned) => self.judge_other(request, &returned.prescription_id, |document| {
                ReturnOf::from_message(returned, document).map(Command::Return)
            }),
            Message::Withdrawal(withdrawal) => self.judge_other(request, &withdrawal.prescription_id, |document| {
                Ok(Command::Withdraw(WithdrawOf::from_message(withdrawal, document)))
            }),
            Message::DispenseHistory(history) => self.judge_other(request, &history.prescription_id, |document| {
                Ok(Command::Rebuild(RebuildOf::from_message(history, document)))
            }),
            Message::ReleaseResponse(_)
            | Message::ReleaseRejection(_)
            | Message::CancellationResponse(_)
            | Message::MetadataQuery(_)
            | Message::PrescriptionMetadata(_)
            | Message::DocumentQuery(_)
            | Message::StoredDocument(_)
            | Message::PrescriptionSearch(_)
            | Message::Acknowledgement => Err(self.not_a_request(request)?),
        }
    }

    fn not_a_request(&self, request: &Request<'_>) -> Result<BrokerError, BrokerError> {
        let reply = ReplyBytes(hl7v3::write(&self.reply_to_reply(request)?));
        Ok(BrokerError::NotARequest { reply })
    }

    /// The record of a prescription, with what the store keeps beside it.
    fn known(&self, id: &PrescriptionId) -> Result<Known, BrokerError> {
        let Some(stored) = self.store.record(id)? else { return Ok(Known::Nothing) };
        match stored.body {
            None => Ok(Known::Deleted),
            Some(body) => Ok(Known::Record(Box::new(Record::from_bytes(&body)?))),
        }
    }

    /// Decides a command on the record of its prescription, as that stands in the store.
    fn decide(
        &self,
        request: &Request<'_>,
        id: &PrescriptionId,
        command: Command,
    ) -> Result<Result<Changed, Refusal>, BrokerError> {
        let record = match self.known(id)? {
            Known::Nothing => None,
            Known::Deleted if matches!(command, Command::Create(_)) => return Ok(Err(Refusal::DuplicatePrescription)),
            Known::Deleted => return Ok(Err(Refusal::PrescriptionNotFound)),
            Known::Record(record) => Some(*record),
        };
        let expected = record.as_ref().map(Record::version);
        let received = request.received(&request.envelope.message);
        Ok(decide(record, command, &received, &self.periods).map(|accepted| Changed::new(expected, accepted)))
    }

    fn next_id(&self) -> MessageId {
        self.ids.next()
    }
}

/// What is known of a prescription id.
enum Known {
    /// It was never used, or that is forgotten.
    Nothing,
    /// Its prescription was deleted. The id is not used again.
    Deleted,
    /// This is its record.
    Record(Box<Record>),
}

/// A record as it is to be stored, and what the journal says of it.
fn record_write(
    expected: Option<Version>,
    record: &Record,
    effects: Vec<eps_core::record::Effect>,
    periods: &Periods,
) -> Result<(RecordWrite, JournalRecord), BrokerError> {
    let (id, body) = (record.id().clone(), record.to_bytes()?);
    let becomes = Some(Becomes::Kept(Hash::of(&body)));
    let told = JournalRecord { id: id.clone(), version: record.version(), becomes, effects };
    let stored = StoredRecord {
        version: Version(record.version()),
        body: Some(body),
        waits: record.waits_for().map(|pharmacy| (pharmacy.clone(), record.prescribed())),
        due: Some(due_date(record, periods)),
        patient: Some(record.patient().nhs_number.clone()),
    };
    Ok((RecordWrite { id, expected, record: Some(stored) }, told))
}
