//! Cancellations and their answers, returns, withdrawals and rebuilt histories.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::release::other_dispenser;
use super::{
    Organisations, agent_person, any_prescription_id, code, coded, dispense_notification, element_text, line_item_id,
    message_id, nhs_number, patient, prescription_uuid, role_profile_id, timestamp,
};
use crate::codes::{CancellationReason, CancellationResult, ReturnReason, WithdrawReason, WithdrawType};
use crate::model::{
    Cancellation, CancellationResponse, DispenseHistory, HistoryEntry, ReasonForCancellation, Return, Withdrawal,
    WithdrawalAuthor,
};

prop_compose! {
    fn reason_for_cancellation()(
        code in coded(select(CancellationReason::ALL)),
        text in of(element_text()),
    ) -> ReasonForCancellation {
        ReasonForCancellation { code, text }
    }
}

prop_compose! {
    /// A cancellation of a prescription or of one item (PORX_MT135001UK32).
    pub fn cancellation()(
        id in message_id(),
        effective_time in timestamp(),
        patient in patient().boxed(),
        author in agent_person(Organisations::Prescribing).boxed(),
        responsible_party in agent_person(Organisations::Prescribing).boxed(),
        prescription_id in any_prescription_id(),
        item in of(line_item_id()),
        reasons in vec(reason_for_cancellation(), 1..4),
        prescription in of(prescription_uuid()),
    ) -> Cancellation {
        Cancellation {
            id, effective_time, patient, author, responsible_party: Some(responsible_party), prescription_id, item, reasons, prescription,
        }
    }
}

prop_compose! {
    /// What became of a cancellation (PORX_MT135201UK31).
    pub fn cancellation_response()(
        id in message_id(),
        effective_time in timestamp(),
        patient in patient().boxed(),
        performer in of(other_dispenser().boxed()),
        author in agent_person(Organisations::Prescribing).boxed(),
        responsible_party in of(agent_person(Organisations::Prescribing).boxed()),
        prescription_id in any_prescription_id(),
        item in of(line_item_id()),
        result in of(coded(select(CancellationResult::ALL))),
        request in message_id(),
    ) -> CancellationResponse {
        CancellationResponse {
            id, effective_time, patient, performer, author, responsible_party, prescription_id, item, result, request,
        }
    }
}

/// The issue of a repeat.
fn issue() -> impl Strategy<Value = Option<u32>> {
    of(1..100_u32)
}

prop_compose! {
    /// A prescription given back (PORX_MT121301UK31).
    pub fn dispense_return()(
        id in message_id(),
        effective_time in timestamp(),
        author in agent_person(Organisations::Dispensing).boxed(),
        prescription_id in any_prescription_id(),
        issue in issue(),
        reason in coded(select(ReturnReason::ALL)),
        release in of(message_id()),
    ) -> Return {
        Return { id, effective_time, author, prescription_id, issue, reason, release }
    }
}

prop_compose! {
    /// Dispense notifications taken back (PORX_MT136001UK31).
    pub fn withdrawal()(
        id in message_id(),
        effective_time in timestamp(),
        nhs_number in nhs_number(),
        (role_profile, user) in (role_profile_id(), code()),
        prescription_id in any_prescription_id(),
        issue in issue(),
        kind in coded(select(WithdrawType::ALL)),
        reason in coded(select(WithdrawReason::ALL)),
        notifications in vec(message_id(), 0..3),
    ) -> Withdrawal {
        let author = WithdrawalAuthor { role_profile, user };
        Withdrawal { id, effective_time, nhs_number, author, prescription_id, issue, kind, reason, notifications }
    }
}

prop_compose! {
    fn history_entry()(
        sequence in 1..100_u32,
        notification in dispense_notification().boxed(),
    ) -> HistoryEntry {
        HistoryEntry { sequence: Some(sequence), notification }
    }
}

prop_compose! {
    /// The notifications of an issue anew (PORX_MT136002UK31).
    pub fn dispense_history()(
        id in message_id(),
        effective_time in timestamp(),
        notifications in vec(history_entry().boxed(), 1..3),
        prescription_id in any_prescription_id(),
        reason in coded(select(WithdrawReason::ALL)),
        issue in issue(),
    ) -> DispenseHistory {
        DispenseHistory { id, effective_time, notifications, prescription_id, reason, issue }
    }
}
