//! A `ReleaseResponse` as Parameters: prescriptions whose signatures are valid, and those that the dispenser must not
//! dispense.

use super::Outgoing;
use super::outcome::Issue;
use super::prescription::{self, Occasion, USUAL_BYTES};
use super::verdict::SignatureVerdict;
use crate::codes::{SpineIssue, system};
use crate::fhir::json::JsonWriter;
use crate::hl7v3;
use crate::ids::Guid;
use crate::model::{Prescription, ReleaseResponse, ReleaseTemplate, ReleasedPrescription};
use crate::problem::Problems;
use crate::xml::{Document, Element, Limits};

/// Writes the Parameters.
pub(super) fn write(response: &ReleaseResponse, outgoing: &mut Outgoing<'_>) -> Vec<u8> {
    let (passed, failed): (Vec<_>, Vec<_>) = response
        .prescriptions
        .iter()
        .map(|released| Judged::of(released, outgoing))
        .partition(|judged| matches!(judged, Judged::Passed(_)));
    let mut json = JsonWriter::with_capacity(USUAL_BYTES * response.prescriptions.len() + 1024);
    json.object(|json| {
        json.text("resourceType", "Parameters");
        json.list("parameter", |json| {
            for (name, judged) in [("passedPrescriptions", passed), ("failedPrescriptions", failed)] {
                json.object(|json| {
                    json.text("name", name);
                    json.member("resource", |json| collection(json, &judged, response, outgoing));
                });
            }
        });
    });
    json.finish()
}

/// A released prescription, read and judged.
enum Judged {
    Passed(Box<Prescription>),
    /// Its signature does not verify, or it cannot be read.
    Failed(Option<Box<Prescription>>),
    /// Of EPS Release 1: unsigned, and FHIR has no form for it. Its id, where it can be read.
    Old(Option<Guid>),
}

impl Judged {
    fn of(released: &ReleasedPrescription, outgoing: &Outgoing<'_>) -> Self {
        match released.template {
            ReleaseTemplate::R1 => {
                let prescription = read(released, hl7v3::read_release_1_prescription);
                Self::Old(prescription.map(|prescription| prescription.message_id.0))
            }
            ReleaseTemplate::R2 => {
                match (read(released, hl7v3::read_prescription), (outgoing.verify)(&released.document)) {
                    (Some(prescription), SignatureVerdict::Valid) => Self::Passed(Box::new(prescription)),
                    (prescription, SignatureVerdict::Valid | SignatureVerdict::Invalid) => {
                        Self::Failed(prescription.map(Box::new))
                    }
                }
            }
        }
    }

    /// How many entries it makes.
    fn entries(&self) -> u32 {
        match self {
            Self::Failed(Some(_)) => 2,
            Self::Passed(_) | Self::Failed(None) | Self::Old(_) => 1,
        }
    }
}

fn read<T>(released: &ReleasedPrescription, reader: impl FnOnce(Element<'_, '_>) -> Result<T, Problems>) -> Option<T> {
    let bytes = hl7v3::standalone(&released.document);
    let document = Document::parse(&bytes, &Limits::DEFAULT).ok()?;
    reader(document.root().children().next()?).ok()
}

/// A Bundle of prescriptions; a failed one stands after the outcome that says why.
fn collection(json: &mut JsonWriter, judged: &[Judged], response: &ReleaseResponse, outgoing: &mut Outgoing<'_>) {
    json.resource("Bundle", (outgoing.ids)());
    json.last_updated(response.effective_time);
    json.guid_identifier("identifier", system::UUID, response.id.0);
    json.text("type", "searchset");
    json.count("total", judged.iter().map(Judged::entries).sum::<u32>());
    let occasion = Occasion::Release { request: response.request, base_path: outgoing.base_path };
    json.list("entry", |json| {
        for one in judged {
            match one {
                Judged::Passed(prescription) => bundle(json, prescription, occasion, outgoing),
                Judged::Failed(prescription) => {
                    let issue = Issue::known(SpineIssue::INVALID_SIGNATURE, None);
                    let about = prescription.as_ref().map(|prescription| prescription.message_id.0);
                    outcome(json, &issue, Some("Provenance.signature.data"), about, outgoing);
                    if let Some(prescription) = prescription {
                        bundle(json, prescription, occasion, outgoing);
                    }
                }
                // The NHS service leaves these out without a word.
                Judged::Old(id) => outcome(json, &Issue::warning("not-supported"), None, *id, outgoing),
            }
        }
    });
}

fn bundle(json: &mut JsonWriter, prescription: &Prescription, occasion: Occasion<'_>, outgoing: &mut Outgoing<'_>) {
    let id = (outgoing.ids)();
    json.object(|json| {
        json.prefixed_guid("fullUrl", "urn:uuid:", id);
        json.member("resource", |json| prescription::members(json, id, prescription, occasion, outgoing.ids));
    });
}

fn outcome(
    json: &mut JsonWriter,
    issue: &Issue<'_>,
    expression: Option<&str>,
    about: Option<Guid>,
    outgoing: &mut Outgoing<'_>,
) {
    let id = (outgoing.ids)();
    json.object(|json| {
        json.prefixed_guid("fullUrl", "urn:uuid:", id);
        json.member("resource", |json| {
            json.resource("OperationOutcome", id);
            json.last_updated(outgoing.now);
            if let Some(about) = about {
                json.about_prescription(about);
            }
            json.list_of_one("issue", |json| {
                issue.members(json);
                if let Some(expression) = expression {
                    json.list("expression", |json| json.element(expression));
                }
            });
        });
    });
}
