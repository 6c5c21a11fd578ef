//! What can be configured, and what no source settles: the one place to change either.

use crate::codes::ItemStatus;

/// Day and month counts that decide when something happens to a prescription, and what else can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Periods {
    /// Months from the prescription date to the expiry of a first issue.
    pub expiry_months: u8,
    /// Months from the prescription date to the expiry of every later issue.
    pub repeat_expiry_months: u8,
    /// Days from the last dispensing of a part dispensed issue to its end.
    pub active_days: u16,
    /// Days from completion to the end of the time to claim.
    pub no_claim_days: u16,
    /// Days that an expired prescription is kept.
    pub expired_delete_days: u16,
    /// Days that a cancelled prescription is kept.
    pub cancelled_delete_days: u16,
    /// Days that a prescription that was not dispensed is kept.
    pub not_dispensed_delete_days: u16,
    /// Days that a claimed prescription is kept, and in which what was dispensed can still be amended.
    pub claimed_delete_days: u16,
    /// Days before the end of an issue on which its successor can be downloaded.
    pub download_lead_days: u16,
    /// Days that an issue lasts where the prescription does not say.
    pub default_days_supply: u16,
    /// Hours that a prescription may be dated ahead without waiting for its day.
    pub future_hours: u16,
    /// Day of the month after a dispensing up to which its claim can be amended.
    pub claim_amendment_day: u8,
    /// Whether a return is taken from any organisation, and not only from the dispenser that has the prescription: clients
    /// of the NHS's API name the prescriber's organisation in it.
    pub returned_by_anybody: bool,
    /// Whether an amendment may leave a prescription dispensed although none of its items is: clients of the NHS's API send
    /// such amendments.
    pub amended_as_told: bool,
    /// Whether a notification for a repeat prescription may tell other counts of repeats than the prescription has, as Spine
    /// takes them.
    pub repeat_counts_as_told: bool,
}

impl Periods {
    /// The counts that Spine uses.
    pub const SPINE: Self = Self {
        expiry_months: 6,
        repeat_expiry_months: 12,
        active_days: 180,
        no_claim_days: 180,
        expired_delete_days: 90,
        cancelled_delete_days: 180,
        not_dispensed_delete_days: 30,
        claimed_delete_days: 36,
        download_lead_days: 7,
        default_days_supply: 28,
        future_hours: 24,
        claim_amendment_day: 5,
        returned_by_anybody: false,
        amended_as_told: false,
        repeat_counts_as_told: true,
    };
}

impl Default for Periods {
    fn default() -> Self {
        Self::SPINE
    }
}

/// When a dispense notification may change an item's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowed {
    /// In every notification.
    Always,
    /// When it amends the one before.
    Amending,
}

/// The changes of an item's status that a dispense notification may tell: from, to, when.
///
/// Spine takes this table from its configuration, and no public source holds it. These are the changes seen in recorded
/// prescriptions and those that the guidance for dispensers asks for; all others are refused.
const ITEM_CHANGES: [(ItemStatus, ItemStatus, Allowed); 25] = {
    use Allowed::{Always, Amending};
    use ItemStatus::{Cancelled, Expired, FullyDispensed, NotDispensed, Owing, PartiallyDispensed, WithDispenser};
    [
        (WithDispenser, FullyDispensed, Always),
        (WithDispenser, NotDispensed, Always),
        (WithDispenser, PartiallyDispensed, Always),
        (WithDispenser, Owing, Always),
        (WithDispenser, WithDispenser, Always),
        (PartiallyDispensed, FullyDispensed, Always),
        (PartiallyDispensed, PartiallyDispensed, Always),
        (PartiallyDispensed, NotDispensed, Amending),
        (PartiallyDispensed, Owing, Amending),
        (Owing, FullyDispensed, Always),
        (Owing, NotDispensed, Always),
        (Owing, PartiallyDispensed, Always),
        (Owing, Owing, Always),
        (FullyDispensed, FullyDispensed, Always),
        (FullyDispensed, NotDispensed, Amending),
        (FullyDispensed, PartiallyDispensed, Amending),
        (FullyDispensed, Owing, Amending),
        (NotDispensed, NotDispensed, Always),
        (NotDispensed, FullyDispensed, Amending),
        (NotDispensed, PartiallyDispensed, Amending),
        (NotDispensed, Owing, Amending),
        (Cancelled, Cancelled, Always),
        (Cancelled, NotDispensed, Always),
        (Expired, Expired, Always),
        (Expired, NotDispensed, Always),
    ]
};

/// Whether a dispense notification may take an item from one status to another.
pub(super) fn item_change_allowed(from: ItemStatus, to: ItemStatus, amending: bool) -> bool {
    ITEM_CHANGES.iter().any(|(a, b, allowed)| *a == from && *b == to && (amending || *allowed == Allowed::Always))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dispenser_never_sets_an_item_cancelled_expired_or_to_be_dispensed() {
        let set = [ItemStatus::Cancelled, ItemStatus::Expired, ItemStatus::ToBeDispensed];
        for (from, to, amending) in ItemStatus::ALL.iter().flat_map(|from| set.map(|to| (*from, to, true))) {
            let unchanged = from == to && to != ItemStatus::ToBeDispensed;
            assert_eq!(item_change_allowed(from, to, amending), unchanged, "{from:?} {to:?}");
        }
    }

    #[test]
    fn an_amendment_may_do_all_that_a_notification_may() {
        for (from, to) in ItemStatus::ALL.iter().flat_map(|from| ItemStatus::ALL.iter().map(|to| (*from, *to))) {
            assert!(!item_change_allowed(from, to, false) || item_change_allowed(from, to, true));
        }
        assert!(!item_change_allowed(ItemStatus::FullyDispensed, ItemStatus::NotDispensed, false));
        assert!(item_change_allowed(ItemStatus::FullyDispensed, ItemStatus::NotDispensed, true));
    }
}
