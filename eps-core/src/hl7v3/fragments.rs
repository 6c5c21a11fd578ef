//! The digest input of a prescription, written from the model.
//!
//! Exactly the bytes that a verifier cuts out of the message that [`super::write`] writes: the same functions write both.
//! Source: the EPS prescription signing specification, "FragmentsToBeHashed".

use super::out::Out;
use super::{agent, line_item, patient};
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
        fragment(out, |out| agent::write(out, &prescription.author.person));
        fragment(out, |out| patient::write(out, &prescription.patient));
        for item in &prescription.line_items {
            fragment(out, |out| line_item::write_item(out, item));
        }
    });
    out.finish()
}

/// One `Fragment`, whose first part declares the namespace that the wrapper is not in.
fn fragment(out: &mut Out<'_>, body: impl FnOnce(&mut Out<'_>)) {
    out.within("Fragment", &[], |out| {
        out.declare_namespace();
        body(out);
    });
}
