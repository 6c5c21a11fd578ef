//! Both wires at once: what FHIR says survives HL7 v3 and the way back, for any bytes that either reader takes.

use eps_core::fhir::{self, Context, Outgoing, SignatureVerdict};
use eps_core::hl7v3;
use eps_core::ids::Guid;
use eps_core::model::{Envelope, Message};
use eps_core::problem::Problems;

use crate::CONTEXT;

/// Runs the target. A message in HL7 v3 is taken as what FHIR can say of it.
pub fn run(data: &[u8]) {
    if let Ok(envelope) = fhir::read(data, &CONTEXT) {
        survives_both_wires(&envelope);
    } else if let Ok(envelope) = hl7v3::read(data)
        && let Ok(written) = write_fhir(&envelope)
        && let Ok(said) = fhir::read(&written, &surroundings(&envelope))
    {
        survives_both_wires(&said);
    }
}

/// FHIR to HL7 v3, to FHIR, to HL7 v3: the same bytes of HL7 v3 both times.
///
/// Bytes are compared because a text may differ once: what canonicalisers treat differently, such as a CR, is normalised
/// when it is written. Texts that grow beyond a reader's limits when they are escaped may be refused for that alone.
fn survives_both_wires(envelope: &Envelope) {
    let first = hl7v3::write(envelope);
    let Some(there) = taken(hl7v3::read(&first)) else { return };
    let written = match write_fhir(&there) {
        Ok(written) => written,
        Err(problems) => panic!("what FHIR said cannot be written as FHIR: {problems}"),
    };
    let Some(back) = taken(fhir::read(&written, &surroundings(&there))) else { return };
    assert!(hl7v3::write(&back) == first, "the way over FHIR changes the message");
}

/// The message, unless it grew too large.
fn taken(read: Result<Envelope, Problems>) -> Option<Envelope> {
    read.map_err(|problems| {
        let too_large = |id: &str| {
            id.starts_with("xml.limit.")
                || matches!(id, "fhir.json.size" | "fhir.json.values" | "fhir.json.text-length")
        };
        assert!(problems.iter().all(|problem| too_large(problem.rule.id)), "what was written is refused: {problems}");
    })
    .ok()
}

fn write_fhir(envelope: &Envelope) -> Result<Vec<u8>, Problems> {
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let verify = |_: &_| SignatureVerdict::Valid;
    let mut outgoing =
        Outgoing { now: envelope.created, ids: &mut ids, verify: &verify, base_path: "https://eps.example" };
    fhir::write(envelope, &mut outgoing)
}

/// What stands around a message and FHIR does not say.
fn surroundings(envelope: &Envelope) -> Context {
    let mut context = CONTEXT.clone();
    context.now = envelope.created;
    context.author.clone_from(&envelope.author);
    if let Some(from) = &envelope.from {
        context.from = from.clone();
    }
    if let Some(to) = &envelope.to {
        context.to = to.clone();
    }
    if let Message::ReleaseRequest(request) = &envelope.message {
        context.release_ids = Some([envelope.id, request.id]);
    }
    context
}
