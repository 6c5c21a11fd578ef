//! What a pharmacy's system sends about a prescription: a release request, dispense notifications, a claim, a return and a
//! withdrawal.
//!
//! ```text
//!  release ─▶ Held ─▶ all or in_part ─▶ Supplied ─▶ dispense_notification ─▶ Held::after
//! ```

use eps_core::codes::{
    DispenserEndorsement, ItemStatus, PrescriptionStatus, ReturnReason, TelecomUse, WithdrawReason, WithdrawType,
    fixed::CHARGES_PAID, oid,
};
use eps_core::ids::{Guid, LineItemId, MessageId, OdsCode};
use eps_core::model::{
    AgentPerson, ChargeExemption, ClaimedItem, ClaimedSupply, Coded, DispenseClaim, DispenseNotification, Endorsement,
    LineItem, Organisation, Person, PersonName, Prescription, Quantity, ReleaseKind, ReleaseRequest, RequestedQuantity,
    Return, SuppliedLineItem, Supply, Telecom, Text, Timestamp, Withdrawal, WithdrawalAuthor,
};

mod held;

pub use held::{Held, Supplied, Told};

/// NHS Business Services Authority, which reimburses English pharmacies.
const REIMBURSEMENT_AUTHORITY: &str = "T1450";
/// Its name.
const REIMBURSEMENT_AUTHORITY_NAME: &str = "NHS BUSINESS SERVICES AUTHORITY";
/// A pharmacist's access role.
const PHARMACIST: &str = "R1290";

/// A pharmacy and who acts for it.
#[derive(Clone, Debug)]
pub struct Pharmacy {
    pharmacist: AgentPerson,
    authority: OdsCode,
}

impl Pharmacy {
    /// A pharmacy in whose name this person acts, and who reimburses it.
    #[must_use]
    pub const fn new(pharmacist: AgentPerson, reimbursement_authority: OdsCode) -> Self {
        Self { pharmacist, authority: reimbursement_authority }
    }

    /// A pharmacy in England with an invented pharmacist.
    #[must_use]
    pub fn invented(ods: OdsCode) -> Option<Self> {
        let telecom = Telecom { telecom_use: Some(TelecomUse::Workplace), value: Some(text("tel:01632960123")?) };
        let pharmacist = AgentPerson {
            role_profile: "555086415105".parse().ok(),
            job_role: PHARMACIST.parse().ok(),
            addresses: Vec::new(),
            telecoms: vec![telecom.clone()],
            person: Some(Person {
                id_root: oid::SDS_USER.parse().ok()?,
                id: "555086415104".parse().ok()?,
                name: Some(PersonName::Unstructured { name_use: None, text: text("MADE-UP PHARMACIST")? }),
            }),
            organisation: Organisation {
                ods: Some(ods),
                kind: "999".parse().ok(),
                name: text("A MADE-UP PHARMACY"),
                description: None,
                telecom: Some(telecom),
                address: None,
                licence: None,
                further_licences: Vec::new(),
            },
        };
        Some(Self { pharmacist, authority: REIMBURSEMENT_AUTHORITY.parse().ok()? })
    }

    /// Asks for prescriptions.
    #[must_use]
    pub fn release_request(&self, id: MessageId, now: Timestamp, kind: ReleaseKind) -> ReleaseRequest {
        ReleaseRequest { id, effective_time: now, author: self.pharmacist.clone(), kind }
    }

    /// Tells what was supplied on a prescription that came with this release.
    #[must_use]
    pub fn dispense_notification(
        &self,
        (id, now): (MessageId, Timestamp),
        prescription: &Prescription,
        release: MessageId,
        status: PrescriptionStatus,
        supplied: Vec<(LineItemId, Supplied<'_>)>,
    ) -> DispenseNotification {
        DispenseNotification {
            id,
            effective_time: now,
            nhs_number: prescription.patient.nhs_number.clone(),
            reimbursement_authority: self.authority.clone(),
            header_id: id,
            repeat: prescription.repeat,
            author_time: now,
            author: self.pharmacist.clone(),
            care_record_items: supplied.iter().map(|(id, _)| *id).collect(),
            items: supplied.into_iter().map(supplied_item).collect(),
            non_dispensing_reason: None,
            status: displayed(status, status.display()),
            prescription_id: prescription.id.clone(),
            prescription: prescription.uuid,
            replaces: None,
            release,
            reimbursement_authority_name: None,
            predecessor: None,
        }
    }

    /// Claims for everything on the prescription, dispensed in full, with the charge paid.
    #[must_use]
    pub fn claim(
        &self,
        (id, now): (MessageId, Timestamp),
        prescription: &Prescription,
        release: MessageId,
        mut ids: impl FnMut() -> Guid,
    ) -> Option<DispenseClaim> {
        let items = prescription.line_items.iter().map(|item| claimed_item(item, LineItemId(ids())));
        Some(DispenseClaim {
            id,
            effective_time: now,
            reimbursement_authority: self.authority.clone(),
            reimbursement_authority_name: text(REIMBURSEMENT_AUTHORITY_NAME),
            header_id: id,
            repeat: prescription.repeat,
            legal_authenticator_time: now,
            legal_authenticator: self.pharmacist.clone(),
            non_dispensing_reason: None,
            status: displayed(PrescriptionStatus::Dispensed, PrescriptionStatus::Dispensed.display()),
            items: items.collect(),
            prescription_id: prescription.id.clone(),
            prescription: prescription.uuid,
            replaces: None,
            exemption: Some(ChargeExemption { code: CHARGES_PAID.parse().ok()?, evidence_seen: None }),
            release,
            collector: None,
            rejection: None,
            predecessor: None,
        })
    }

    /// Gives a prescription back undispensed.
    #[must_use]
    pub fn give_back(
        &self,
        (id, now): (MessageId, Timestamp),
        prescription: &Prescription,
        release: MessageId,
        reason: ReturnReason,
    ) -> Return {
        Return {
            id,
            effective_time: now,
            author: self.pharmacist.clone(),
            prescription_id: prescription.id.clone(),
            issue: prescription.repeat.map(|repeat| repeat.low),
            reason: displayed(reason, reason.display()),
            release: Some(release),
        }
    }

    /// Takes the last dispense notification back. `None` for a pharmacist without a role profile, or a pharmacy without a
    /// code.
    #[must_use]
    pub fn withdrawal(
        &self,
        (id, now): (MessageId, Timestamp),
        prescription: &Prescription,
        notification: MessageId,
        reason: WithdrawReason,
    ) -> Option<Withdrawal> {
        let kind = WithdrawType::LastDispense;
        Some(Withdrawal {
            id,
            effective_time: now,
            nhs_number: prescription.patient.nhs_number.clone(),
            author: WithdrawalAuthor {
                role_profile: self.pharmacist.role_profile.clone()?,
                user: self.pharmacist.organisation.ods.as_ref()?.as_str().parse().ok()?,
            },
            prescription_id: prescription.id.clone(),
            issue: prescription.repeat.map(|repeat| repeat.low),
            kind: displayed(kind, kind.display()),
            reason: displayed(reason, reason.display()),
            notifications: vec![notification],
        })
    }
}

fn text(words: &str) -> Option<Text> {
    Text::new(words).ok()
}

fn displayed<T>(code: T, display: &str) -> Coded<T> {
    Coded { code, display: text(display) }
}

fn supplied_item((id, supplied): (LineItemId, Supplied<'_>)) -> SuppliedLineItem {
    let Supplied { item, now, status, rest: _ } = supplied;
    let supply = Supply {
        quantity: Quantity { value: now, unit: item.quantity.unit.clone() },
        product: item.product.clone(),
        additional_instructions: None,
        instructions: vec![item.dosage.clone()],
    };
    SuppliedLineItem {
        id,
        repeat: item.repeat,
        prescribed: item.product.clone(),
        supplies: vec![supply],
        requested: RequestedQuantity {
            code: item.quantity.unit.clone().unwrap_or_else(|| item.product.clone()),
            quantity: item.quantity.clone(),
        },
        running_total: None,
        non_dispensing_reason: None,
        status: displayed(status, status.display()),
        prescribed_item: item.id,
        predecessor: None,
    }
}

fn claimed_item(item: &LineItem, id: LineItemId) -> ClaimedItem {
    ClaimedItem {
        id,
        repeat: item.repeat,
        supplies: vec![ClaimedSupply {
            quantity: item.quantity.clone(),
            product: item.product.clone(),
            charge_paid: true,
            endorsements: vec![Endorsement { code: DispenserEndorsement::NoEndorsement, text: None }],
        }],
        running_total: None,
        non_dispensing_reason: None,
        status: displayed(ItemStatus::FullyDispensed, ItemStatus::FullyDispensed.display()),
        prescribed_item: item.id,
        predecessor: None,
    }
}
