//! Prescriptions in quantity: what benches and load tests send. Each is the shipped, invented one, with ids of its own.

use std::sync::Arc;

use eps_core::fhir::{self, Context, IdentifierReferences};
use eps_core::hl7v3;
use eps_core::ids::{CheckCharacters, Guid, LineItemId, MessageId, OdsCode, PrescriptionId, PrescriptionUuid};
use eps_core::model::{AgentPerson, Envelope, Message, Prescription, ReleaseKind, ReleaseRequest, Timestamp};
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::embed::{self, OtherPrescription};
use eps_core::signature::provider::AwsLc;
use eps_core::signature::signer::{self, AwsLcSigner, SignError};
use eps_core::signature::trust::TrustError;
use eps_core::signature::{Crls, Policy, TrustAnchors, prepare};

use crate::broker::PolicyCheck;
use crate::pki::{PkiError, ThrowAwayPki};

/// The prescription that all others are made of: two items.
const ORDER: &[u8] = include_bytes!("../data/prescription-order.json");

const PROVIDER: AwsLc = AwsLc::new();

/// The prescriber of the throw-away certificate: invented.
const USER: &str = "555254239107";
const NAME: &str = "THROW_AWAY_PRESCRIBER";

/// The systems that send and answer.
const FROM: &str = "200000001285";
const TO: &str = "567456789789";

/// Why there is nothing to send.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkloadError {
    /// A key or certificate could not be made.
    #[error("the keys and certificates could not be made")]
    Pki(#[from] PkiError),
    /// The certificates are not those of authorities.
    #[error("the certificates cannot be used")]
    Trust(#[from] TrustError),
    /// A prescription was not signed.
    #[error("a prescription could not be signed")]
    Sign(#[from] SignError),
    /// The signature is not that of its prescription.
    #[error("a signature could not be embedded")]
    Embed(#[from] OtherPrescription),
    /// The shipped prescription is not what this code was written for.
    #[error("the shipped prescription cannot be used")]
    Order,
}

/// Makes prescriptions by number: the same number has the same ids.
pub struct Workload {
    envelope: Envelope,
    prescription: Prescription,
    prescriber: OdsCode,
    signer: AwsLcSigner,
    check: PolicyCheck,
    now: Timestamp,
}

/// What an id is of.
#[derive(Clone, Copy)]
enum Kind {
    Upload = 1,
    Release,
    Prescription,
    Item,
}

fn guid(kind: Kind, number: u32, order: u8) -> Guid {
    let [a, b, c, d] = number.to_be_bytes();
    Guid::from_bytes([kind as u8, order, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d])
}

impl Workload {
    /// Prescriptions that are written, signed and sent at `now`, with keys made for the occasion.
    ///
    /// # Errors
    /// [`WorkloadError`] when something cannot be made.
    pub fn new(now: Timestamp) -> Result<Self, WorkloadError> {
        let pki = ThrowAwayPki::generate(now, USER, NAME)?;
        let trust = TrustAnchors::new([pki.root()], [pki.signing_ca()], &PROVIDER)?;
        let lists = Crls::new(pki.revocation_lists().iter().map(Vec::as_slice), &trust, &PROVIDER);
        let check = PolicyCheck { provider: Arc::new(PROVIDER), trust, lists, policy: Policy::production() };
        let signer = AwsLcSigner::new(pki.prescriber_key(), pki.prescriber())?;
        let (envelope, prescription) = shipped(now)?;
        let prescriber = prescription.author.person.organisation.ods.clone().ok_or(WorkloadError::Order)?;
        let mut workload = Self { envelope, prescription, prescriber, signer, check, now };
        workload.prescription = workload.signed(0, 0)?;
        Ok(workload)
    }

    /// What verifies the signatures.
    #[must_use]
    pub fn check(&self) -> PolicyCheck {
        self.check.clone()
    }

    /// The short form of the id of a prescription. Numbers of 24 bits are told apart.
    #[must_use]
    pub fn id(&self, number: u32) -> PrescriptionId {
        PrescriptionId::new(number, &self.prescriber, number)
    }

    /// A pharmacy by number.
    ///
    /// # Errors
    /// None is known: every number has a code.
    pub fn pharmacy(number: u16) -> Result<OdsCode, WorkloadError> {
        format!("F{number:04X}").parse().map_err(|_| WorkloadError::Order)
    }

    /// The message that sends a prescription, nominated to a pharmacy, with the signature of another one.
    ///
    /// # Errors
    /// As [`Self::pharmacy`].
    pub fn upload(&self, number: u32, pharmacy: u16) -> Result<Vec<u8>, WorkloadError> {
        Ok(self.message(number, self.prescription(number, pharmacy)?))
    }

    /// The message that sends a prescription with its own signature.
    ///
    /// # Errors
    /// [`WorkloadError`] when it cannot be signed.
    pub fn signed_upload(&self, number: u32, pharmacy: u16) -> Result<Vec<u8>, WorkloadError> {
        Ok(self.message(number, self.signed(number, pharmacy)?))
    }

    /// The message in which a pharmacy asks for what waits.
    ///
    /// # Errors
    /// As [`Self::pharmacy`].
    pub fn release(&self, number: u32, pharmacy: u16) -> Result<Vec<u8>, WorkloadError> {
        let id = MessageId(guid(Kind::Release, number, 0));
        let mut author: AgentPerson = self.prescription.author.person.clone();
        author.organisation.ods = Some(Self::pharmacy(pharmacy)?);
        let asked = ReleaseRequest { id, effective_time: self.now, author, kind: ReleaseKind::Nominated };
        let message = Message::ReleaseRequest(Box::new(asked));
        let interaction = hl7v3::request_interaction(&message).ok_or(WorkloadError::Order)?.uk();
        Ok(hl7v3::write(&Envelope { id, interaction, message, ..self.envelope.clone() }))
    }

    fn prescription(&self, number: u32, pharmacy: u16) -> Result<Prescription, WorkloadError> {
        let mut prescription = self.prescription.clone();
        prescription.message_id = MessageId(guid(Kind::Upload, number, 0));
        prescription.uuid = PrescriptionUuid(guid(Kind::Prescription, number, 0));
        prescription.id = self.id(number).written().clone();
        prescription.nominated_performer = Some(Self::pharmacy(pharmacy)?);
        for (order, item) in (1..).zip(&mut prescription.line_items) {
            item.id = LineItemId(guid(Kind::Item, number, order));
        }
        Ok(prescription)
    }

    fn signed(&self, number: u32, pharmacy: u16) -> Result<Prescription, WorkloadError> {
        let mut prescription = self.prescription(number, pharmacy)?;
        let fragments = hl7v3::write_fragments(&prescription);
        let payload = prepare::prepared(&fragments, Algorithm::Rs256, &PROVIDER).signed_info;
        let signed = signer::sign(&self.signer, payload, &self.check.policy, &PROVIDER, self.now)?;
        embed::into_prescription(&mut prescription, &signed, &PROVIDER)?;
        Ok(prescription)
    }

    fn message(&self, number: u32, prescription: Prescription) -> Vec<u8> {
        let id = MessageId(guid(Kind::Upload, number, 0));
        let message = Message::Prescription(Box::new(prescription));
        hl7v3::write(&Envelope { id, message, ..self.envelope.clone() })
    }
}

/// The shipped prescription, as if it were written at `now`.
fn shipped(now: Timestamp) -> Result<(Envelope, Prescription), WorkloadError> {
    let context = Context {
        now,
        from: FROM.parse().map_err(|_| WorkloadError::Order)?,
        to: TO.parse().map_err(|_| WorkloadError::Order)?,
        author: None,
        identifier_references: IdentifierReferences::Refused,
        check_characters: CheckCharacters::Required,
        release_ids: None,
    };
    let envelope = fhir::read(ORDER, &context).map_err(|_| WorkloadError::Order)?;
    let Message::Prescription(prescription) = &envelope.message else { return Err(WorkloadError::Order) };
    let mut prescription = (**prescription).clone();
    prescription.effective_time = now;
    prescription.author.time = now;
    Ok((envelope, prescription))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::Broker;
    use crate::clock::FixedClock;
    use crate::store::memory::MemoryStore;

    #[test]
    fn what_is_signed_is_verified_stored_and_released() {
        let now = Timestamp::parse_hl7("20260302093000").unwrap();
        let workload = Workload::new(now).unwrap();
        let broker = Broker::new(MemoryStore::new(), TO.parse().unwrap())
            .clock(Arc::new(FixedClock(now)))
            .verify_on_create(Arc::new(workload.check()));
        for number in 1..=3 {
            broker.submit(&workload.signed_upload(number, 7).unwrap()).unwrap();
        }
        // The signature of another one does not do.
        broker.submit(&workload.upload(4, 7).unwrap()).unwrap();
        let known = (1..=4).filter(|number| broker.track(&workload.id(*number)).unwrap().is_some());
        assert_eq!(known.count(), 3);
        let reply = hl7v3::read(&broker.submit(&workload.release(1, 7).unwrap()).unwrap()).unwrap();
        let Message::ReleaseResponse(response) = reply.message else { panic!("not a release response") };
        assert_eq!(response.prescriptions.len(), 3);
    }
}
