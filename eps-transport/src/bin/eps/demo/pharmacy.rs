//! What the nominated pharmacy sends: a release request, dispense notifications and a claim.

use eps_core::codes::{DispenserEndorsement, ItemStatus, PrescriptionStatus, oid};
use eps_core::ids::{Guid, LineItemId, MessageId, OdsCode};
use eps_core::model::{
    AgentPerson, ChargeExemption, ClaimedItem, ClaimedSupply, Coded, Decimal, DispenseClaim, DispenseNotification,
    Endorsement, LineItem, Organisation, Person, PersonName, Prescription, Quantity, ReleaseKind, ReleaseRequest,
    RequestedQuantity, SuppliedLineItem, Supply, Telecom, Text, Timestamp,
};

/// NHS Business Services Authority, which reimburses English pharmacies.
const REIMBURSEMENT_AUTHORITY: &str = "T1450";
/// A pharmacist's access role.
const PHARMACIST: &str = "R1290";
/// "Patient has paid appropriate charges".
const CHARGES_PAID: &str = "0001";

/// The pharmacy that dispenses.
pub(super) struct Pharmacy {
    pharmacist: AgentPerson,
    authority: OdsCode,
}

/// How much of an item is supplied now, and what has become of it.
pub(super) struct Supplied<'p> {
    pub(super) item: &'p LineItem,
    /// `None` where it was supplied before.
    pub(super) now: Option<Decimal>,
    pub(super) status: ItemStatus,
}

impl Pharmacy {
    /// A pharmacy with an invented pharmacist.
    pub(super) fn new(ods: OdsCode) -> Option<Self> {
        let telecom = Telecom { telecom_use: None, value: Some(text("tel:01632960123")?) };
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
    pub(super) fn release_request(&self, id: MessageId, now: Timestamp, kind: ReleaseKind) -> ReleaseRequest {
        ReleaseRequest { id, effective_time: now, author: self.pharmacist.clone(), kind }
    }

    /// Tells what was supplied.
    pub(super) fn dispense_notification(
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

    /// Claims for everything on the prescription, dispensed in full.
    pub(super) fn claim(
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
            reimbursement_authority_name: text("NHS BUSINESS SERVICES AUTHORITY"),
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
}

fn text(words: &str) -> Option<Text> {
    Text::new(words).ok()
}

fn displayed<T>(code: T, display: &str) -> Coded<T> {
    Coded { code, display: text(display) }
}

fn supplied_item((id, supplied): (LineItemId, Supplied<'_>)) -> SuppliedLineItem {
    let Supplied { item, now, status } = supplied;
    let supply = now.map(|value| Supply {
        quantity: Quantity { value, unit: item.quantity.unit.clone() },
        product: item.product.clone(),
        additional_instructions: None,
        instructions: vec![item.dosage.clone()],
    });
    SuppliedLineItem {
        id,
        repeat: item.repeat,
        prescribed: item.product.clone(),
        supplies: supply.into_iter().collect(),
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
