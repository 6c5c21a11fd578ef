//! The claim for reimbursement (`DispenseClaim`, PORX_MT142001UK31).

use serde::{Deserialize, Serialize};

use super::{
    Address, AgentPerson, Code, Coded, Concept, NamedCode, PersonName, Quantity, RepeatNumber, Telecom, Text, Timestamp,
};
use crate::codes::fixed::CHARGES_PAID;
use crate::codes::{DispenserEndorsement, ItemStatus, NotDispensedReason, PrescriptionStatus};
use crate::ids::{LineItemId, MessageId, OdsCode, PrescriptionUuid, WrittenPrescriptionId};

/// A dispenser claims what a prescription has earned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DispenseClaim {
    /// The id of the payload.
    pub id: MessageId,
    /// When it was claimed.
    pub effective_time: Timestamp,
    /// The reimbursement authority: `T1450` for England, `RQFZ1` for Wales.
    pub reimbursement_authority: OdsCode,
    /// Its name.
    pub reimbursement_authority_name: Option<Text>,
    /// The id of the supply header; systems send the payload's id again.
    pub header_id: MessageId,
    /// Which issue of how many.
    pub repeat: Option<RepeatNumber>,
    /// When it was authenticated.
    pub legal_authenticator_time: Timestamp,
    /// Who answers for the claim.
    pub legal_authenticator: AgentPerson,
    /// Why nothing at all was dispensed.
    pub non_dispensing_reason: Option<Coded<NotDispensedReason>>,
    /// The prescription's status.
    pub status: Coded<PrescriptionStatus>,
    /// What is claimed on each line item.
    pub items: Vec<ClaimedItem>,
    /// The short form of the prescription's id.
    pub prescription_id: WrittenPrescriptionId,
    /// The long form.
    pub prescription: PrescriptionUuid,
    /// The claim that this one amends.
    pub replaces: Option<MessageId>,
    /// Why the patient paid no charge, or that they did.
    pub exemption: Option<ChargeExemption>,
    /// `sequelTo`: mandatory, and a placeholder in practice.
    pub release: MessageId,
    /// Who collected the medicine.
    pub collector: Option<Box<Collector>>,
    /// The rejection that a resubmission answers.
    pub rejection: Option<MessageId>,
    /// The supply header before this one.
    pub predecessor: Option<MessageId>,
}

/// Why a patient pays no charge (`coveringChargeExempt`). The vocabulary is open: see [`crate::codes::oid::CHARGE_EXEMPTION`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ChargeExemption {
    /// The code; `0001` says that charges were paid.
    pub code: Code,
    /// Whether the dispenser saw evidence; `None` where the claim does not say.
    pub evidence_seen: Option<bool>,
}

impl ChargeExemption {
    /// Whether the code says that the patient paid, so is not exempt.
    #[must_use]
    pub fn charge_paid(&self) -> bool {
        self.code.as_str() == CHARGES_PAID
    }
}

/// Who collected the medicine (`receiver`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Collector {
    /// The code that says who they are to the patient.
    pub role: NamedCode,
    /// The name.
    pub name: PersonName,
    /// How to reach them.
    pub telecom: Option<Telecom>,
    /// Where they live.
    pub address: Option<Address>,
}

/// What is claimed on one line item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClaimedItem {
    /// The id of the claimed item.
    pub id: LineItemId,
    /// Which issue of how many.
    pub repeat: Option<RepeatNumber>,
    /// The products supplied.
    pub supplies: Vec<ClaimedSupply>,
    /// What was supplied, all told.
    pub running_total: Option<Quantity>,
    /// Why it was not dispensed.
    pub non_dispensing_reason: Option<Coded<NotDispensedReason>>,
    /// The item's status.
    pub status: Coded<ItemStatus>,
    /// The line item of the prescription.
    pub prescribed_item: LineItemId,
    /// The supplied item before this one.
    pub predecessor: Option<LineItemId>,
}

/// One product supplied and claimed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClaimedSupply {
    /// How much.
    pub quantity: Quantity,
    /// Of what.
    pub product: Concept,
    /// Whether the patient paid a charge for it.
    pub charge_paid: bool,
    /// The dispenser's endorsements.
    pub endorsements: Vec<Endorsement>,
}

/// A dispenser's endorsement with its supporting text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endorsement {
    /// The endorsement.
    pub code: DispenserEndorsement,
    /// What supports it; required for some.
    pub text: Option<Text>,
}
