//! A `CancellationResponse` as a Bundle of prescription-order-response, or as an OperationOutcome where there is no item
//! to tell of.

use super::Outgoing;
use super::header::{Header, Sender};
use super::outcome::Issue;
use super::patient;
use super::people::{Roles, ods_of};
use crate::codes::{CancellationResult, MessageEvent, system};
use crate::fhir::json::JsonWriter;
use crate::ids::{Guid, OdsCode};
use crate::model::{CancellationResponse, Coded, Text};

/// What a result becomes.
enum Outcome {
    /// A MedicationRequest of this status.
    Status(&'static str),
    /// An issue of this code.
    Issue(&'static str),
    /// The NHS service knows no answer.
    Unknown,
}

fn outcome(result: CancellationResult) -> Outcome {
    match result {
        CancellationResult::Cancelled | CancellationResult::AlreadyCancelled => Outcome::Status("cancelled"),
        CancellationResult::WithDispenser | CancellationResult::WithDispenserActive => Outcome::Status("active"),
        CancellationResult::Dispensed => Outcome::Status("completed"),
        CancellationResult::Expired | CancellationResult::NotDispensed => Outcome::Status("stopped"),
        CancellationResult::RequestedByAnother => Outcome::Status("unknown"),
        CancellationResult::NotFound => Outcome::Issue("not-found"),
        CancellationResult::Disabled => Outcome::Issue("not-supported"),
        CancellationResult::UnableToProcess => Outcome::Issue("processing"),
        CancellationResult::InvalidMessage => Outcome::Issue("invalid"),
        CancellationResult::IncompatibleVersion | CancellationResult::InvalidDate => Outcome::Unknown,
    }
}

/// The words for a result: those of the table, but for failures that Spine words itself.
fn words(result: &Coded<CancellationResult>) -> &str {
    let own = result.display.as_ref().map(Text::as_str);
    match result.code {
        CancellationResult::UnableToProcess => own.unwrap_or(result.code.display()),
        CancellationResult::Cancelled
        | CancellationResult::WithDispenser
        | CancellationResult::WithDispenserActive
        | CancellationResult::Dispensed
        | CancellationResult::Expired
        | CancellationResult::AlreadyCancelled
        | CancellationResult::RequestedByAnother
        | CancellationResult::NotFound
        | CancellationResult::Disabled
        | CancellationResult::NotDispensed
        | CancellationResult::IncompatibleVersion
        | CancellationResult::InvalidDate
        | CancellationResult::InvalidMessage => result.code.display(),
    }
}

/// Whether the NHS service knows an answer for the result.
pub(super) fn is_known(response: &CancellationResponse) -> bool {
    response.result.as_ref().is_some_and(|result| !matches!(outcome(result.code), Outcome::Unknown))
}

/// Whether the answer is a Bundle that tells of the item, and no outcome.
pub(crate) fn tells_of_item(response: &CancellationResponse) -> bool {
    response.result.as_ref().is_some_and(|result| matches!(outcome(result.code), Outcome::Status(_)))
}

/// Writes the answer.
pub(super) fn write(response: &CancellationResponse, outgoing: &mut Outgoing<'_>) -> Vec<u8> {
    let mut json = JsonWriter::with_capacity(8 * 1024);
    json.object(|json| {
        let Some(result) = &response.result else {
            return json.outcome(Some(outgoing.now), &[Issue::UNRECOGNISED]);
        };
        let code = format!("R-{}", result.code.code());
        match outcome(result.code) {
            Outcome::Status(status) => {
                bundle(json, response, Said { code: &code, words: words(result), status }, outgoing)
            }
            Outcome::Issue(issue) => {
                let words = Some(words(result));
                json.outcome(None, &[Issue::error(issue, CancellationResult::SYSTEM, &code, words)]);
            }
            Outcome::Unknown => json.outcome(Some(outgoing.now), &[Issue::UNRECOGNISED]),
        }
    });
    json.finish()
}

/// What became of the item.
#[derive(Clone, Copy)]
struct Said<'m> {
    code: &'m str,
    words: &'m str,
    status: &'static str,
}

/// The people of the answer.
struct People {
    canceller: Guid,
    prescriber: Guid,
    dispenser: Option<Guid>,
}

fn bundle(json: &mut JsonWriter, response: &CancellationResponse, said: Said<'_>, outgoing: &mut Outgoing<'_>) {
    let Outgoing { ids, base_path, .. } = outgoing;
    let (header, request, patient) = (ids(), ids(), ids());
    let mut roles = Roles::new();
    let canceller = roles.add(&response.author, ids);
    // Without a person, it is the canceller's own.
    let prescriber = response.responsible_party.as_ref().filter(|party| party.person.is_some());
    let prescriber = prescriber.map_or(canceller, |party| roles.add(party, ids));
    let dispenser = response.performer.as_ref().map(|other| roles.add(&other.person, ids));
    json.text("resourceType", "Bundle");
    json.text("type", "message");
    json.guid_identifier("identifier", system::UUID, response.id.0);
    json.plain("timestamp", format_args!("{}", response.effective_time));
    json.list("entry", |json| {
        Header {
            event: MessageEvent::PrescriptionOrderResponse,
            sender: Sender::Spine { base_path },
            destination: ods_of(&response.author),
            message: Some(response.id),
            replaces: None,
            answers: Some(response.request),
            focus: &[patient, request],
        }
        .entry(json, header);
        let people = People { canceller, prescriber, dispenser };
        json.entry("MedicationRequest", request, |json| medication_request(json, response, said, &people, patient));
        patient::entry(json, patient, &response.patient);
        roles.entries(json);
    });
}

fn medication_request(
    json: &mut JsonWriter,
    response: &CancellationResponse,
    said: Said<'_>,
    people: &People,
    patient: Guid,
) {
    json.list("extension", |json| {
        // Clients look for this one at the first place.
        json.extension(system::STATUS_HISTORY, |json| {
            json.list("extension", |json| {
                json.extension("status", |json| {
                    json.coding("valueCoding", CancellationResult::SYSTEM, said.code, Some(said.words));
                });
                json.extension("statusDate", |json| {
                    json.plain("valueDateTime", format_args!("{}", response.effective_time));
                });
            });
        });
        json.extension(system::RESPONSIBLE, |json| json.reference("valueReference", people.canceller));
    });
    if let Some(item) = response.item {
        json.order_item(item);
    }
    json.text("status", said.status);
    json.text("intent", "order");
    json.unknown_medicine();
    json.reference("subject", patient);
    json.reference("requester", people.prescriber);
    json.group_identifier(&response.prescription_id, None);
    if let (Some(other), Some(role)) = (&response.performer, people.dispenser) {
        json.member("dispenseRequest", |json| {
            json.member("performer", |json| {
                json.list("extension", |json| {
                    json.extension(system::DISPENSING_PERFORMER, |json| json.reference("valueReference", role));
                });
                if let Some(ods) = ods_of(&other.person).map(OdsCode::as_str) {
                    json.identifier("identifier", system::ODS, ods);
                }
                json.optional("display", other.person.organisation.name.as_ref().map(Text::as_str));
            });
        });
    }
}

impl JsonWriter {
    /// A medicine that the message does not name, where FHIR asks for one.
    pub(super) fn unknown_medicine(&mut self) {
        self.concept("medicationCodeableConcept", system::SNOMED, "763158003", Some("Medicinal product"));
    }
}
