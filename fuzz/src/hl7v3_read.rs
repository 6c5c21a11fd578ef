//! The HL7 v3 reader: any bytes are read, or refused with places; what is read is written back to what reads the same.

use eps_core::hl7v3;
use eps_core::problem::Place;

/// Runs the target.
pub fn run(data: &[u8]) {
    match hl7v3::read(data) {
        Ok(envelope) => crate::written_is_read_back(&envelope),
        Err(problems) => {
            crate::refusal_is_sound(&problems);
            let placed = |place: &Place| matches!(place, Place::Xml { .. } | Place::Position { .. });
            assert!(problems.iter().all(|problem| placed(&problem.place)), "a problem without a place: {problems}");
        }
    }
}
