//! What was supplied (`DispenseNotification`, PORX_MT024001UK31).

use serde::{Deserialize, Serialize};

use super::{AgentPerson, Code, Coded, Concept, Quantity, RepeatNumber, Text, Timestamp};
use crate::codes::{ItemStatus, NotDispensedReason, PrescriptionStatus};
use crate::ids::{LineItemId, MessageId, NhsNumber, OdsCode, PrescriptionUuid, WrittenPrescriptionId};

/// A dispenser tells what was supplied on a prescription.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DispenseNotification {
    /// The id of the payload.
    pub id: MessageId,
    /// When it was handed over.
    pub effective_time: Timestamp,
    /// The patient.
    pub nhs_number: NhsNumber,
    /// The reimbursement authority: `T1450` for England, `RQFZ1` for Wales.
    pub reimbursement_authority: OdsCode,
    /// The id of the supply header; systems send the payload's id again.
    pub header_id: MessageId,
    /// Which issue of how many.
    pub repeat: Option<RepeatNumber>,
    /// When it was written.
    pub author_time: Timestamp,
    /// Who dispensed.
    pub author: AgentPerson,
    /// What was supplied on each line item.
    pub items: Vec<SuppliedLineItem>,
    /// Why nothing at all was dispensed.
    pub non_dispensing_reason: Option<Coded<NotDispensedReason>>,
    /// The prescription's status after this event.
    pub status: Coded<PrescriptionStatus>,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// The long form.
    pub prescription: PrescriptionUuid,
    /// The supplied items that the care record element lists.
    pub care_record_items: Vec<LineItemId>,
    /// The notification that this one amends.
    pub replaces: Option<MessageId>,
    /// The release response that brought the prescription.
    pub release: MessageId,
    /// The name of the reimbursement authority.
    pub reimbursement_authority_name: Option<Text>,
    /// The supply header before this one.
    pub predecessor: Option<MessageId>,
}

/// What was supplied on one line item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SuppliedLineItem {
    /// The id of the supplied item, the dispenser's own.
    pub id: LineItemId,
    /// Which issue of how many.
    pub repeat: Option<RepeatNumber>,
    /// The product prescribed.
    pub prescribed: Concept,
    /// The products supplied now; none when nothing was.
    pub supplies: Vec<Supply>,
    /// The quantity prescribed.
    pub requested: RequestedQuantity,
    /// What was supplied so far, all told.
    pub running_total: Option<Quantity>,
    /// Why it was not dispensed.
    pub non_dispensing_reason: Option<Coded<NotDispensedReason>>,
    /// The item's status after this event.
    pub status: Coded<ItemStatus>,
    /// The line item of the prescription.
    pub prescribed_item: LineItemId,
    /// The supplied item before this one.
    pub predecessor: Option<LineItemId>,
}

/// One product supplied.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Supply {
    /// How much.
    pub quantity: Quantity,
    /// Of what.
    pub product: Concept,
    /// Instructions beside the label.
    pub additional_instructions: Option<Text>,
    /// The dosage as labelled.
    pub instructions: Vec<Text>,
}

/// The quantity prescribed, as a dispense notification repeats it (`supplyRequest`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RequestedQuantity {
    /// The act's SNOMED CT code; the NHS converter writes the unit here.
    pub code: Coded<Code>,
    /// The quantity.
    pub quantity: Quantity,
}
