//! The journey, step by step, each through the same doors that a vendor's system uses.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eps_core::codes::{AckCode, Interaction, ItemStatus, PrescriptionStatus};
use eps_core::ids::{Guid, LineItemId, MessageId, OdsCode, PrescriptionId};
use eps_core::model::{Envelope, Message, Prescription, ReleaseKind, ReleaseResponse, SignedDocument, Text, Timestamp};
use eps_core::record::Record;
use eps_core::signature::algorithm::Algorithm;
use eps_core::signature::diff::{self, Difference};
use eps_core::signature::{Crls, Policy, Refused, TrustAnchors};
use eps_core::xml::{Document, Element, Limits};
use eps_core::{fhir, hl7v3};
use eps_transport::broker::{Broker, PolicyCheck, SignatureCheck};
use eps_transport::clock::{Clock, SettableClock};
use eps_transport::pharmacy::{Held, Pharmacy, Supplied};
use eps_transport::pki::ThrowAwayPki;
use eps_transport::store::sqlite::SqliteStore;

use crate::failure::Failure;
use crate::options::Global;
use crate::trust::PROVIDER;
use crate::{prepare, sign};

/// Seconds that pass between one event at the pharmacy and the next.
const HOUR: i64 = 3600;

/// The pharmacy that a patient takes a prescription without a nomination to.
const ANY_PHARMACY: &str = "FZ417";

/// What happened.
pub(super) struct Story {
    pub(super) id: PrescriptionId,
    pub(super) pharmacy: OdsCode,
    pub(super) steps: Vec<Step>,
    pub(super) refused: Refused,
    pub(super) differences: Vec<Difference>,
    pub(super) record: Record,
}

/// One step of the journey.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) told: String,
    pub(super) took: Duration,
    /// The prescription's status after the step, and its items', once there is a record.
    pub(super) status: Option<Statuses>,
}

/// The prescription's status and its items', in their order.
pub(super) type Statuses = (PrescriptionStatus, Vec<ItemStatus>);

/// Where the traveller stands: the broker, the clock, and what was told so far.
struct Traveller<'g> {
    global: &'g Global,
    clock: Arc<SettableClock>,
    broker: Broker<SqliteStore>,
    steps: Vec<Step>,
}

/// What a prescriber's system has once the prescription is signed.
struct Signed {
    bytes: Vec<u8>,
    id: PrescriptionId,
    pharmacy: OdsCode,
    /// Whether the prescription waits for that pharmacy, or for whoever brings its id.
    nominated: bool,
}

/// What the pharmacy's system has after the release.
struct Released {
    id: MessageId,
    document: SignedDocument,
    prescription: Prescription,
}

/// What verifies: the throw-away root and signing CA, their revocation lists, the production policy.
fn verification(pki: &ThrowAwayPki) -> Result<PolicyCheck, Failure> {
    let trust = TrustAnchors::new([pki.root()], [pki.signing_ca()], &PROVIDER)
        .map_err(|error| Failure::because("the throw-away certificates")(error.into()))?;
    let lists = Crls::new(pki.revocation_lists().iter().map(Vec::as_slice), &trust, &PROVIDER);
    Ok(PolicyCheck { provider: Arc::new(PROVIDER), trust, lists, policy: Policy::production() })
}

/// Goes the whole way.
pub(super) fn travel(bundle: &[u8], store: &Path, global: &Global) -> Result<Story, Failure> {
    let start = global.fixed_now().or_else(|| dated(bundle, global)).unwrap_or_else(|| global.now());
    let since = Instant::now();
    let pki = crate::pki::throw_away(global, start)?;
    let verification = Arc::new(verification(&pki)?);
    let clock = Arc::new(SettableClock::new(start));
    let store = SqliteStore::open(store)?;
    let broker = Broker::new(store, global.to().clone())
        .clock(Arc::clone(&clock) as Arc<dyn Clock>)
        .verify_on_create(Arc::clone(&verification) as Arc<dyn SignatureCheck>);
    let mut traveller = Traveller { global, clock, broker, steps: Vec::new() };
    let told = "throw-away root, signing CA and prescriber (RSA 2048); an empty broker".to_owned();
    traveller.tell("set up", since, told, None);
    let (mut envelope, mut prescription) = traveller.read(bundle)?;
    traveller.sign(&mut envelope, &mut prescription, &pki, &verification)?;
    let signed = traveller.check(&envelope, &verification)?;
    traveller.submit(&signed)?;
    traveller.clock.advance(HOUR);
    let pharmacy =
        Pharmacy::invented(signed.pharmacy.clone()).ok_or(Failure::Ended("the pharmacy has no valid ODS code"))?;
    let released = traveller.release(&signed, &pharmacy)?;
    traveller.check_again(&released, &verification)?;
    let held = traveller.dispense(&signed, Held::new(released.id, released.prescription), &pharmacy)?;
    traveller.claim(&signed, &held, &pharmacy)?;
    let (refused, differences) = traveller.tamper(&signed, &verification)?;
    let record = traveller.record(&signed.id)?;
    Ok(Story { id: signed.id, pharmacy: signed.pharmacy, steps: traveller.steps, refused, differences, record })
}

/// When a prescription that is dated on another day begins: the journey takes place then, or it would have expired.
fn dated(bundle: &[u8], global: &Global) -> Option<Timestamp> {
    let envelope = fhir::read(bundle, &global.context()).ok()?;
    let Message::Prescription(prescription) = envelope.message else { return None };
    let begins = prescription.effective_time;
    (begins.date() != global.now().date()).then_some(begins)
}

impl Traveller<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn tell(&mut self, name: &'static str, since: Instant, told: String, status: Option<Statuses>) {
        self.steps.push(Step { name, told, took: since.elapsed(), status });
    }

    /// FHIR comes in and is converted.
    fn read(&mut self, bundle: &[u8]) -> Result<(Envelope, Prescription), Failure> {
        let since = Instant::now();
        let mut context = self.global.context();
        context.now = self.now();
        let envelope =
            fhir::read(bundle, &context).map_err(|found| Failure::because("the prescription-order")(found.into()))?;
        let Message::Prescription(prescription) = &envelope.message else {
            return Err(Failure::Ended("the journey begins with a prescription-order"));
        };
        let prescription = (**prescription).clone();
        let items = prescription.line_items.len();
        self.tell("read", since, format!("FHIR prescription-order, {items} items, {} bytes", bundle.len()), None);
        let since = Instant::now();
        let bytes = hl7v3::write(&envelope);
        let told = format!("HL7 v3 ParentPrescription in {}, {} bytes", envelope.interaction, bytes.len());
        self.tell("convert", since, told, None);
        Ok((envelope, prescription))
    }

    /// The digest is prepared and signed, and the signature embedded.
    fn sign(
        &mut self,
        envelope: &mut Envelope,
        prescription: &mut Prescription,
        pki: &ThrowAwayPki,
        verification: &PolicyCheck,
    ) -> Result<(), Failure> {
        let since = Instant::now();
        prescription.author.time = self.now();
        let payload = prepare::prepared(prescription, Algorithm::Rs256).signed_info;
        let told = format!("SHA-256 digest {}", payload.digest().to_base64());
        self.tell("prepare", since, told, None);
        let since = Instant::now();
        let signer = sign::throw_away_signer(pki)?;
        sign::sign(prescription, &signer, &verification.policy, self.now())?;
        envelope.message = Message::Prescription(Box::new(prescription.clone()));
        self.tell("sign", since, "RS256, embedded in author/signatureText".to_owned(), None);
        Ok(())
    }

    /// The prescriber's system verifies before it sends.
    fn check(&mut self, envelope: &Envelope, verification: &PolicyCheck) -> Result<Signed, Failure> {
        let bytes = hl7v3::write(envelope);
        let since = Instant::now();
        let told = self.verified(&bytes, verification)?;
        self.tell("verify", since, told, None);
        let Message::Prescription(prescription) = &envelope.message else {
            return Err(Failure::Ended("the journey begins with a prescription-order"));
        };
        let id = prescription.id.checked().map_err(|error| Failure::because("the prescription id")(error.into()))?;
        let nominated = prescription.nominated_performer.clone();
        let pharmacy = match &nominated {
            Some(pharmacy) => pharmacy.clone(),
            None => ANY_PHARMACY.parse().map_err(|_| Failure::Ended("the pharmacy has no valid ODS code"))?,
        };
        Ok(Signed { bytes, id, pharmacy, nominated: nominated.is_some() })
    }

    fn verified(&self, bytes: &[u8], verification: &PolicyCheck) -> Result<String, Failure> {
        let document = Document::parse(bytes, &Limits::DEFAULT)
            .map_err(|found| Failure::because("the signed message")(found.into()))?;
        let verified = verification
            .verify(prescription_element(&document), self.now())
            .map_err(|refused| Failure::because("the signature")(refused.into()))?;
        Ok(format!("{} checks passed under the {} policy", verified.report().entries().len(), verification.policy.name))
    }

    fn submit(&mut self, signed: &Signed) -> Result<(), Failure> {
        let since = Instant::now();
        let told = self.accepted(&signed.bytes)?;
        let status = self.status(&signed.id)?;
        let waits =
            if signed.nominated { format!("waits for {}", signed.pharmacy) } else { "waits for its id".to_owned() };
        self.tell("submit", since, format!("{told}; {waits}"), Some(status));
        Ok(())
    }

    /// Submits a message that must be accepted.
    fn accepted(&self, bytes: &[u8]) -> Result<String, Failure> {
        let reply = self.exchange(bytes)?;
        match reply.acknowledgement {
            Some(acknowledgement) if acknowledgement.code == AckCode::Accepted => {
                Ok(format!("{} {}", reply.interaction, acknowledgement.code.code()))
            }
            Some(acknowledgement) => Err(Failure::because("a message of the journey")(
                acknowledgement.errors.iter().map(|error| error.code.as_str()).collect::<Vec<_>>().join(" ").into(),
            )),
            None => Err(Failure::Ended("a reply acknowledges nothing")),
        }
    }

    fn exchange(&self, bytes: &[u8]) -> Result<Envelope, Failure> {
        let reply =
            self.broker.submit(bytes).map_err(|error| Failure::because("a message of the journey")(error.into()))?;
        hl7v3::read(&reply).map_err(|found| Failure::because("a reply of the broker")(found.into()))
    }

    /// The envelope of a message from the pharmacy's system.
    fn pharmacy_sends(&self, id: MessageId, interaction: Interaction, message: Message) -> Vec<u8> {
        let (from, to) = (Some(self.global.from().clone()), Some(self.global.to().clone()));
        let interaction = interaction.uk();
        let created = self.now();
        hl7v3::write(&Envelope { id, created, interaction, to, from, author: None, acknowledgement: None, message })
    }

    /// The pharmacy asks for what waits, and gets the very bytes that were signed.
    fn release(&mut self, signed: &Signed, pharmacy: &Pharmacy) -> Result<Released, Failure> {
        let since = Instant::now();
        let id = MessageId(new_id());
        let (interaction, kind) = if signed.nominated {
            (Interaction::NominatedReleaseRequest, ReleaseKind::Nominated)
        } else {
            (Interaction::PatientReleaseRequest, ReleaseKind::Patient(signed.id.written().clone()))
        };
        let request = Message::ReleaseRequest(Box::new(pharmacy.release_request(id, self.now(), kind)));
        let reply = self.exchange(&self.pharmacy_sends(id, interaction, request))?;
        if let Message::ReleaseRejection(rejection) = &reply.message {
            let why = rejection.reason.display.as_ref().map_or(rejection.reason.code.as_str(), Text::as_str);
            return Err(Failure::because("nothing was released")(why.into()));
        }
        let Message::ReleaseResponse(response) = reply.message else {
            return Err(Failure::Ended("a release was answered with something else"));
        };
        let ReleaseResponse { id, prescriptions, .. } = *response;
        let [released] =
            <[_; 1]>::try_from(prescriptions).map_err(|_| Failure::Ended("the journey releases one prescription"))?;
        let submitted = Document::parse(&signed.bytes, &Limits::DEFAULT)
            .map_err(|found| Failure::because("the signed message")(found.into()))?;
        let original = hl7v3::parent_prescription(&submitted).map(|element| element.bytes());
        if original != Some(released.document.xml.as_bytes()) {
            return Err(Failure::Ended("the released document is not the signed one"));
        }
        let status = self.status(&signed.id)?;
        let told = format!("{}; the signed document, byte for byte", reply.interaction);
        self.tell("release", since, told, Some(status));
        let prescription = prescription_of(&released.document)?;
        Ok(Released { id, document: released.document, prescription })
    }

    /// The pharmacy's system verifies what it received.
    fn check_again(&mut self, released: &Released, verification: &PolicyCheck) -> Result<(), Failure> {
        let since = Instant::now();
        let told = self.verified(&hl7v3::standalone(&released.document), verification)?;
        self.tell("verify", since, format!("at the pharmacy: {told}"), None);
        Ok(())
    }

    /// The last item that can be halved in part and the others in full, then the rest of that one.
    fn dispense(&mut self, signed: &Signed, held: Held, pharmacy: &Pharmacy) -> Result<Held, Failure> {
        let part = held.in_part().ok_or(Failure::Ended("the prescription has no line item"))?;
        let told = part.1.iter().enumerate().filter_map(|(at, supplied)| match supplied.status {
            ItemStatus::PartiallyDispensed => {
                let (now, rest) = (supplied.now.as_str(), supplied.rest.as_str());
                Some(format!("item {} in part: {now}, with {rest} to come", at + 1))
            }
            ItemStatus::Owing => Some(format!("item {} is owed", at + 1)),
            ItemStatus::FullyDispensed
            | ItemStatus::NotDispensed
            | ItemStatus::Cancelled
            | ItemStatus::Expired
            | ItemStatus::ToBeDispensed
            | ItemStatus::WithDispenser => None,
        });
        let told = told.collect::<Vec<_>>().join("; ");
        let status = part.0;
        let id = self.notify(signed, &held, pharmacy, part, told)?;
        let held = held.after(id, status);
        let whole = held.all();
        let id = self.notify(signed, &held, pharmacy, whole, "the rest".to_owned())?;
        Ok(held.after(id, PrescriptionStatus::Dispensed))
    }

    fn notify(
        &mut self,
        signed: &Signed,
        held: &Held,
        pharmacy: &Pharmacy,
        (status, supplied): (PrescriptionStatus, Vec<Supplied<'_>>),
        told: String,
    ) -> Result<MessageId, Failure> {
        self.clock.advance(HOUR);
        let since = Instant::now();
        let id = MessageId(new_id());
        let supplied = supplied.into_iter().map(|supplied| (LineItemId(new_id()), supplied)).collect();
        let notification =
            pharmacy.dispense_notification((id, self.now()), &held.prescription, held.release, status, supplied);
        let message = Message::DispenseNotification(Box::new(notification));
        let answer = self.accepted(&self.pharmacy_sends(id, Interaction::DispenseNotification, message))?;
        let status = self.status(&signed.id)?;
        self.tell("dispense", since, format!("{answer}; {told}"), Some(status));
        Ok(id)
    }

    fn claim(&mut self, signed: &Signed, held: &Held, pharmacy: &Pharmacy) -> Result<(), Failure> {
        self.clock.advance(HOUR);
        let since = Instant::now();
        let id = MessageId(new_id());
        let claim = pharmacy
            .claim((id, self.now()), &held.prescription, held.release, new_id)
            .ok_or(Failure::Ended("the claim could not be written"))?;
        let message = Message::DispenseClaim(Box::new(claim));
        let told = self.accepted(&self.pharmacy_sends(id, Interaction::DispenseClaim, message))?;
        let status = self.status(&signed.id)?;
        self.tell("claim", since, told, Some(status));
        Ok(())
    }

    /// A signed field is changed on the way; the verification refuses and names it.
    fn tamper(&mut self, signed: &Signed, verification: &PolicyCheck) -> Result<(Refused, Vec<Difference>), Failure> {
        let parse = |bytes| {
            Document::parse(bytes, &Limits::DEFAULT)
                .map_err(|found| Failure::because("the changed message")(found.into()))
        };
        let mut envelope =
            hl7v3::read(&signed.bytes).map_err(|found| Failure::because("the signed message")(found.into()))?;
        let Message::Prescription(prescription) = &mut envelope.message else {
            return Err(Failure::Ended("the journey begins with a prescription-order"));
        };
        let dosage = prescription.line_items.first_mut().map(|item| &mut item.dosage);
        let (Some(dosage), Ok(other)) = (dosage, Text::new("Take all of them at once")) else {
            return Err(Failure::Ended("the prescription has no line item"));
        };
        *dosage = other;
        let since = Instant::now();
        let changed = hl7v3::write(&envelope);
        let (changed, original) = (parse(&changed)?, parse(&signed.bytes)?);
        let Err(refused) = verification.verify(changed.root(), self.now()) else {
            return Err(Failure::Ended("a changed prescription was not refused"));
        };
        let (Some(received), Some(original)) =
            (hl7v3::parent_prescription(&changed), hl7v3::parent_prescription(&original))
        else {
            return Err(Failure::Ended("the changed message holds no prescription"));
        };
        let differences = diff::explain(received, original).unwrap_or_default();
        let told = format!("a dosage changed on the way: {}", refused);
        self.tell("refuse", since, told, None);
        Ok((refused, differences))
    }

    fn record(&self, id: &PrescriptionId) -> Result<Record, Failure> {
        let track = self.broker.track(id)?;
        track.map(|track| track.record).ok_or(Failure::Ended("the broker has lost the prescription"))
    }

    fn status(&self, id: &PrescriptionId) -> Result<Statuses, Failure> {
        let record = self.record(id)?;
        let issue = record.current().ok_or(Failure::Ended("the record has no current issue"))?;
        Ok((issue.status(), issue.state().items().into_iter().map(|(_, status)| status).collect()))
    }
}

/// A random id for a message or item of the pharmacy.
fn new_id() -> Guid {
    Guid::from_bytes(*uuid::Uuid::new_v4().as_bytes())
}

/// The model of a released document.
fn prescription_of(document: &SignedDocument) -> Result<Prescription, Failure> {
    let bytes = hl7v3::standalone(document);
    let refused = |found: eps_core::problem::Problems| Failure::because("the released document")(found.into());
    let document = Document::parse(&bytes, &Limits::DEFAULT).map_err(refused)?;
    hl7v3::read_prescription(prescription_element(&document)).map_err(refused)
}

/// A released document stands in a `component` of its own; in a message the verifier finds it through the wrapper.
fn prescription_element<'d, 'a>(document: &'d Document<'a>) -> Element<'d, 'a> {
    document.root().child("ParentPrescription").unwrap_or(document.root())
}
