//! The digest input of a prescription, written from the model.
//!
//! Exactly the bytes that a verifier cuts out of the message that [`super::write`] writes: the same functions write both.
//! Source: the EPS prescription signing specification, "FragmentsToBeHashed".

use super::agent::AGENT;
use super::line_item::ITEM;
use super::out::Out;
use super::parts::Part;
use super::patient::PATIENT;
use crate::model::Prescription;

/// Writes `FragmentsToBeHashed` of a prescription in canonical form.
#[must_use]
pub fn write_fragments(prescription: &Prescription) -> Vec<u8> {
    let mut out = Out::digest();
    out.within("FragmentsToBeHashed", &[], |out| {
        fragment(out, |out| {
            out.time("time", prescription.author.time);
            out.declare_namespace();
            out.guid(prescription.uuid.0);
        });
        fragment(out, |out| AGENT.write(out, &prescription.author.person));
        fragment(out, |out| PATIENT.write(out, &prescription.patient));
        for item in &prescription.line_items {
            fragment(out, |out| ITEM.write(out, item));
        }
    });
    out.finish()
}

/// One `Fragment`, whose first part declares the namespace that the wrapper is not in.
fn fragment<'n>(out: &mut Out<'n>, body: impl FnOnce(&mut Out<'n>)) {
    out.within("Fragment", &[], |out| {
        out.declare_namespace();
        body(out);
    });
}
