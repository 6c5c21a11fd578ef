//! What is told of prescriptions to those who look for them.

use eps_core::hl7v3;
use eps_core::ids::{CheckCharacters, NhsNumber, PrescriptionId};
use eps_core::model::{Date, DispenseNotification, Message, Prescription, PrescriptionMetadata, SearchAnswer};
use eps_core::record::{DocumentKey, Documents, IssueNumber, Record};
use eps_core::xml::Document;

use super::{Broker, BrokerError, Known};
use crate::store::Store;

/// The most prescriptions that a search gives: those that came last. Nobody has as many in two years.
const MAX_FOUND: u32 = 512;

/// What a search is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a search is for a prescription or for a patient")]
pub enum Wanted {
    /// This prescription.
    Prescription(PrescriptionId),
    /// The prescriptions of this patient.
    OfPatient(NhsNumber),
}

impl<S: Store> Broker<S> {
    /// What a search finds among prescriptions of these days, the first and the last one included. A prescription of which
    /// only a cancellation has come is not found.
    ///
    /// # Errors
    /// [`BrokerError`] when the store or what it holds fails.
    pub fn search(&self, wanted: &Wanted, from: Option<Date>, to: Option<Date>) -> Result<SearchAnswer, BrokerError> {
        let ids = match wanted {
            Wanted::Prescription(id) => vec![id.clone()],
            Wanted::OfPatient(patient) => self.store.of_patient(patient, MAX_FOUND)?,
        };
        let mut answer = SearchAnswer::default();
        for id in ids {
            let Known::Record(record) = self.known(&id)? else { continue };
            let day = record.prescribed().date();
            if from.is_some_and(|from| day < from) || to.is_some_and(|to| day > to) {
                continue;
            }
            if let Some(prescription) = self.prescription_of(&record)? {
                answer.prescriptions.extend(record.found(&prescription, &self.periods));
            }
        }
        Ok(answer)
    }

    /// All that is told of an issue of a prescription, of the current one where none is named; `None` where it is not known.
    ///
    /// # Errors
    /// [`BrokerError`] when the store or what it holds fails.
    pub fn metadata(
        &self,
        id: &PrescriptionId,
        issue: Option<IssueNumber>,
    ) -> Result<Option<PrescriptionMetadata>, BrokerError> {
        let Known::Record(record) = self.known(id)? else { return Ok(None) };
        let Some(prescription) = self.prescription_of(&record)? else { return Ok(None) };
        let number = issue.unwrap_or(record.issues().current());
        let mut notifications = Vec::new();
        for key in record.notifications_of(number) {
            notifications.extend(self.notification(key)?.map(|told| (key, told)));
        }
        let documents = Documents { prescription: &prescription, notifications: &notifications };
        Ok(record.metadata(number, &documents, &self.periods))
    }

    /// The prescription as it was signed; `None` while only its cancellation has come.
    fn prescription_of(&self, record: &Record) -> Result<Option<Prescription>, BrokerError> {
        let Some(uploaded) = record.uploaded() else { return Ok(None) };
        let signed = self.signed_document(&uploaded.signed)?;
        let bytes = hl7v3::standalone(&signed.document);
        let damaged = || BrokerError::DocumentDamaged(uploaded.signed.key);
        let document = Document::parse(&bytes, &self.limits).map_err(|_| damaged())?;
        let element = document.root().children().next().ok_or_else(damaged)?;
        hl7v3::read_prescription(element).map(Some).map_err(|_| damaged())
    }

    /// A notification as it arrived. A store of the first release kept the documents of records alone, which a
    /// notification is whole.
    fn notification(&self, key: DocumentKey) -> Result<Option<DispenseNotification>, BrokerError> {
        let bytes = self.document(key)?;
        let document = Document::parse(&bytes, &self.limits).map_err(|_| BrokerError::DocumentDamaged(key))?;
        let envelope = hl7v3::read_document(&document, CheckCharacters::Required);
        match envelope.map(|envelope| envelope.message) {
            Ok(Message::DispenseNotification(told)) => Ok(Some(*told)),
            Ok(_) => Ok(None),
            Err(_) => Err(BrokerError::DocumentDamaged(key)),
        }
    }
}
