//! The tables from HL7 v3 to FHIR, one file a kind; what kinds have in common stands beside them.

use super::{Direction, Kind, Row, Table};

mod acknowledgement;
mod cancellation;
mod claim;
mod dispense_notification;
mod metadata;
mod patient;
mod people;
mod prescription;
mod release;
mod task;
mod wrapper;

use patient::PATIENT;
use people::{DISPENSER, PRESCRIBERS, ROLE};
use prescription::PRESCRIPTION;
use wrapper::{BUNDLE, RESOURCES, STRUCTURE, WRAPPER};

const OUTCOME: &str = "OperationOutcome";

/// The tables, in the order of the page.
pub(super) const TABLES: &[Table] = &[
    table(
        Kind::PrescriptionOrder,
        "ParentPrescription",
        "prescription-order",
        &[WRAPPER, prescription::ORDER, PRESCRIPTION, PATIENT, ROLE, PRESCRIBERS, STRUCTURE, BUNDLE, RESOURCES],
    ),
    table(
        Kind::Cancellation,
        "CancellationRequest",
        "prescription-order-update",
        &[WRAPPER, cancellation::REQUEST, PATIENT, ROLE, PRESCRIBERS, STRUCTURE, BUNDLE, RESOURCES],
    ),
    table(
        Kind::CancellationResponse,
        "CancellationResponse, at once or later",
        "prescription-order-response",
        &[WRAPPER, cancellation::RESPONSE, PATIENT, ROLE, PRESCRIBERS, STRUCTURE, BUNDLE, RESOURCES],
    ),
    table(
        Kind::CancellationFailure,
        "CancellationResponse without an item",
        OUTCOME,
        &[WRAPPER, cancellation::FAILURE, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::ReleaseRequest,
        "NominatedPrescriptionReleaseRequest or PatientPrescriptionReleaseRequest",
        "Parameters of $release",
        &[WRAPPER, release::REQUEST, ROLE, DISPENSER, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::ReleaseResponse,
        "PrescriptionReleaseResponse",
        "Parameters",
        &[WRAPPER, release::RESPONSE, PRESCRIPTION, PATIENT, ROLE, PRESCRIBERS, STRUCTURE, BUNDLE, RESOURCES],
    ),
    table(
        Kind::ReleaseFailure,
        "PrescriptionReleaseResponse that is refused",
        OUTCOME,
        &[WRAPPER, release::FAILURE, acknowledgement::ROWS, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::ReleaseRejection,
        "PrescriptionReleaseReject",
        OUTCOME,
        &[WRAPPER, release::REJECTION, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::DispenseNotification,
        "DispenseNotification",
        "dispense-notification",
        &[WRAPPER, dispense_notification::ROWS, ROLE, DISPENSER, STRUCTURE, BUNDLE, RESOURCES],
    ),
    table(Kind::Claim, "DispenseClaim", "Claim", &[WRAPPER, claim::ROWS, ROLE, DISPENSER, STRUCTURE, RESOURCES]),
    table(
        Kind::Return,
        "DispenseProposalReturn",
        "Task, rejected",
        &[WRAPPER, task::RETURN, task::TASK, ROLE, DISPENSER, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::Withdrawal,
        "ETPWithdraw",
        "Task, in progress",
        &[WRAPPER, task::WITHDRAWAL, task::TASK, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::Acknowledgement,
        "application acknowledgement",
        OUTCOME,
        &[WRAPPER, acknowledgement::ROWS, STRUCTURE, RESOURCES],
    ),
    table(
        Kind::Metadata,
        "PrescriptionJsonQueryResponse",
        "RequestGroup",
        &[WRAPPER, metadata::ROWS, STRUCTURE, RESOURCES],
    ),
];

const fn table(kind: Kind, from: &'static str, to: &'static str, parts: &'static [&'static [Row]]) -> Table {
    Table { kind, direction: Direction::ToFhir, from, to, parts }
}
