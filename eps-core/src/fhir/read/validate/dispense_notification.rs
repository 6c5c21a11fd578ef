//! The checks that the NHS service makes of a dispense-notification, in its order.

use super::super::bundle::Bundle;
use super::super::dispense_notification::{ROLE, pharmacy, reimbursement_authority};
use super::super::findings::Findings;
use super::super::json::Node;
use super::super::{contained, dispenser, rules, system};
use super::consistent::{Step, same_in_all};
use super::one_medication;
use crate::problem::Problem;

/// What the messages call a dispense.
const KIND: &str = "MedicationDispense";

/// What is the same in every dispense.
const SHARED: [&[Step]; 4] = [
    &[Step::Member("whenHandedOver")],
    &[Step::Member("subject"), Step::Member("identifier"), Step::Member("value")],
    &[Step::Extension(system::REPEAT)],
    &[Step::Each("performer", "actor")],
];

/// Checks a dispense-notification.
pub(crate) fn dispense_notification(findings: &mut Findings, bundle: &Bundle<'_>) {
    let dispenses: Vec<_> = bundle.resources(KIND).collect();
    for path in SHARED {
        same_in_all(findings, KIND, &dispenses, path);
    }
    let is_performed = |dispense: &Node<'_>| dispense.list("performer").any(|one| one.get("actor").is_some());
    for dispense in dispenses.iter().filter(|dispense| !is_performed(dispense)) {
        let message = "Expected MedicationDispense to have a value for performer.ofType(PractitionerRole).";
        findings.tell(|| Problem::new(&rules::PERFORMER, dispense.place()).message(message).expected("performer"));
    }
    one_medication(findings, bundle, KIND);
    let Some(first) = dispenses.first().copied() else { return };
    let performer = first.list("performer").next().and_then(|performer| performer.get("actor"));
    let role = performer.and_then(|actor| contained::resolve(findings, first, actor, "PractitionerRole"));
    let Some(role) = role else { return };
    dispenser::named_practitioner(findings, role, ROLE);
    if let Some(pharmacy) = pharmacy(findings, bundle, role) {
        reimbursement_authority(findings, pharmacy);
    }
}
