//! The tables from FHIR to HL7 v3, one file a kind; what kinds have in common stands beside them.

use super::{Direction, Kind, Row, Table};

mod claim;
mod dispense_notification;
mod dispenser;
mod order_update;
mod patient;
mod people;
mod prescription_order;
mod release_request;
mod sending;
mod task;

use dispenser::{DISPENSER, PAYER};
use patient::PATIENT;
use people::{CODES, PRESCRIBERS, USERS};
use sending::{BUNDLE, RESOURCES, SENDING};

/// The tables, in the order of the page.
pub(super) const TABLES: &[Table] = &[
    table(
        Kind::PrescriptionOrder,
        "prescription-order",
        "ParentPrescription",
        &[BUNDLE, prescription_order::ROWS, PATIENT, PRESCRIBERS, CODES, RESOURCES, SENDING],
    ),
    table(
        Kind::Cancellation,
        "prescription-order-update",
        "CancellationRequest",
        &[BUNDLE, order_update::ROWS, PATIENT, PRESCRIBERS, USERS, RESOURCES, SENDING],
    ),
    table(
        Kind::ReleaseRequest,
        "Parameters of $release",
        "NominatedPrescriptionReleaseRequest or PatientPrescriptionReleaseRequest",
        &[release_request::ROWS, DISPENSER, PAYER, RESOURCES, SENDING],
    ),
    table(
        Kind::DispenseNotification,
        "dispense-notification",
        "DispenseNotification",
        &[BUNDLE, dispense_notification::ROWS, DISPENSER, RESOURCES, SENDING],
    ),
    table(Kind::Claim, "Claim", "DispenseClaim", &[claim::ROWS, DISPENSER, PAYER, RESOURCES, SENDING]),
    table(
        Kind::Return,
        "Task, rejected",
        "DispenseProposalReturn",
        &[task::RETURN, task::TASK, DISPENSER, PAYER, RESOURCES, SENDING],
    ),
    table(Kind::Withdrawal, "Task, in progress", "ETPWithdraw", &[task::WITHDRAWAL, task::TASK, RESOURCES, SENDING]),
];

const fn table(kind: Kind, from: &'static str, to: &'static str, parts: &'static [&'static [Row]]) -> Table {
    Table { kind, direction: Direction::ToHl7v3, from, to, parts }
}
