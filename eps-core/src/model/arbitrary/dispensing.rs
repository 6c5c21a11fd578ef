//! Dispense notifications and claims.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::{
    Organisations, address, agent_person, any_prescription_id, code, coded, concept, element_text, line_item_id,
    message_id, named_code, nhs_number, ods_code, person_name, prescription_uuid, quantity, repeat_number, telecom,
    timestamp,
};
use crate::codes::{DispenserEndorsement, ItemStatus, NotDispensedReason, PrescriptionStatus};
use crate::ids::{PrescriptionUuid, WrittenPrescriptionId};
use crate::model::{
    ChargeExemption, ClaimedItem, ClaimedSupply, Coded, Collector, DispenseClaim, DispenseNotification, Endorsement,
    RequestedQuantity, SuppliedLineItem, Supply,
};

/// Both forms of a prescription's id; in Release 1 they are one.
fn prescription_ids() -> impl Strategy<Value = (WrittenPrescriptionId, PrescriptionUuid)> {
    (any_prescription_id(), prescription_uuid()).prop_map(|(id, uuid)| {
        let one = id.as_str().get(..36).and_then(|text| text.parse().ok()).map(PrescriptionUuid);
        (id, one.unwrap_or(uuid))
    })
}

fn reason() -> impl Strategy<Value = Option<Coded<NotDispensedReason>>> {
    of(coded(select(NotDispensedReason::ALL)))
}

prop_compose! {
    fn supply()(
        quantity in quantity(),
        product in concept(),
        additional_instructions in of(element_text()),
        instructions in vec(element_text(), 1..3),
    ) -> Supply {
        Supply { quantity, product, additional_instructions, instructions }
    }
}

prop_compose! {
    fn supplied_line_item()(
        id in line_item_id(),
        repeat in of(repeat_number()),
        prescribed in concept(),
        supplies in vec(supply().boxed(), 0..3),
        requested in (concept(), quantity()),
        running_total in of(quantity()),
        non_dispensing_reason in reason(),
        status in coded(select(ItemStatus::ALL)),
        (prescribed_item, predecessor) in (line_item_id(), of(line_item_id())),
    ) -> SuppliedLineItem {
        let requested = RequestedQuantity { code: requested.0, quantity: requested.1 };
        SuppliedLineItem {
            id, repeat, prescribed, supplies, requested, running_total, non_dispensing_reason, status, prescribed_item,
            predecessor,
        }
    }
}

prop_compose! {
    /// A dispense notification of one to four items (PORX_MT024001UK31).
    pub fn dispense_notification()(
        id in message_id(),
        effective_time in timestamp(),
        nhs_number in nhs_number(),
        (reimbursement_authority, reimbursement_authority_name) in (ods_code(), of(element_text())),
        (header_id, predecessor) in (message_id(), of(message_id())),
        repeat in of(repeat_number()),
        author_time in timestamp(),
        author in agent_person(Organisations::Dispensing).boxed(),
        items in vec(supplied_line_item().boxed(), 1..5),
        non_dispensing_reason in reason(),
        status in coded(select(PrescriptionStatus::ALL)),
        (prescription_id, prescription) in prescription_ids(),
        care_record_items in vec(line_item_id(), 1..5),
        replaces in of(message_id()),
        release in message_id(),
    ) -> DispenseNotification {
        DispenseNotification {
            id, effective_time, nhs_number, reimbursement_authority, header_id, repeat, author_time, author, items,
            non_dispensing_reason, status, prescription_id, prescription, care_record_items, replaces, release,
            reimbursement_authority_name, predecessor,
        }
    }
}

prop_compose! {
    fn endorsement()(code in select(DispenserEndorsement::ALL), text in of(element_text())) -> Endorsement {
        Endorsement { code, text }
    }
}

prop_compose! {
    fn claimed_supply()(
        quantity in quantity(),
        product in concept(),
        charge_paid in any::<bool>(),
        endorsements in vec(endorsement(), 1..3),
    ) -> ClaimedSupply {
        ClaimedSupply { quantity, product, charge_paid, endorsements }
    }
}

prop_compose! {
    fn claimed_item()(
        id in line_item_id(),
        repeat in of(repeat_number()),
        supplies in vec(claimed_supply().boxed(), 0..3),
        running_total in of(quantity()),
        non_dispensing_reason in reason(),
        status in coded(select(ItemStatus::ALL)),
        (prescribed_item, predecessor) in (line_item_id(), of(line_item_id())),
    ) -> ClaimedItem {
        ClaimedItem {
            id, repeat, supplies, running_total, non_dispensing_reason, status, prescribed_item, predecessor,
        }
    }
}

prop_compose! {
    fn collector()(
        role in named_code(),
        name in person_name(),
        telecom in of(telecom()),
        address in of(address()),
    ) -> Collector {
        Collector { role, name, telecom, address }
    }
}

prop_compose! {
    fn charge_exemption()(
        code in prop_oneof![super::text::code_of(&["0001", "0002", "0004"]), code()],
        evidence_seen in of(any::<bool>()),
    ) -> ChargeExemption {
        ChargeExemption { code, evidence_seen }
    }
}

prop_compose! {
    /// A claim of one to four items (PORX_MT142001UK31).
    pub fn dispense_claim()(
        id in message_id(),
        effective_time in timestamp(),
        reimbursement_authority in ods_code(),
        reimbursement_authority_name in of(element_text()),
        header_id in message_id(),
        repeat in of(repeat_number()),
        legal_authenticator_time in timestamp(),
        legal_authenticator in agent_person(Organisations::Dispensing).boxed(),
        non_dispensing_reason in reason(),
        status in coded(select(PrescriptionStatus::ALL)),
        items in vec(claimed_item().boxed(), 1..5),
        (prescription_id, prescription) in prescription_ids(),
        replaces in of(message_id()),
        exemption in of(charge_exemption().boxed()),
        release in message_id(),
        (collector, rejection, predecessor) in (
            of(collector().prop_map(Box::new).boxed()), of(message_id()), of(message_id()),
        ),
    ) -> DispenseClaim {
        DispenseClaim {
            id, effective_time, reimbursement_authority, reimbursement_authority_name, header_id, repeat,
            legal_authenticator_time, legal_authenticator, non_dispensing_reason, status, items, prescription_id,
            prescription, replaces, exemption, release, collector, rejection, predecessor,
        }
    }
}
