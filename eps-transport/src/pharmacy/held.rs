//! A prescription that a pharmacy holds, and what it still owes the patient.

use eps_core::codes::{ItemStatus, PrescriptionStatus};
use eps_core::ids::MessageId;
use eps_core::model::{Decimal, LineItem, Prescription, ReleaseAnswer};
use serde::{Deserialize, Serialize};

/// A prescription that a release brought, what is owed of each of its items, and what was told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "it is what a pharmacy's system stores, and all of it")]
pub struct Held {
    /// The release that brought it.
    pub release: MessageId,
    /// What it says.
    pub prescription: Prescription,
    /// What is still to be supplied of each item, in their order.
    pub owed: Vec<Decimal>,
    /// The dispense notifications so far.
    pub notifications: Vec<MessageId>,
}

/// How much of an item is supplied now, and what has become of it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "who supplies says each of these")]
pub struct Supplied<'p> {
    /// The item as prescribed.
    pub item: &'p LineItem,
    /// How much; zero where it was supplied before, or is owed.
    pub now: Decimal,
    /// What has become of it.
    pub status: ItemStatus,
}

impl Held {
    /// Every prescription of a release that may be dispensed.
    #[must_use]
    pub fn all_of(answer: &ReleaseAnswer) -> Vec<Self> {
        answer.passed.iter().map(|prescription| Self::new(answer.id, prescription.clone())).collect()
    }

    /// A prescription of which nothing was supplied yet.
    #[must_use]
    pub fn new(release: MessageId, prescription: Prescription) -> Self {
        let owed = prescription.line_items.iter().map(|item| item.quantity.value.clone()).collect();
        Self { release, prescription, owed, notifications: Vec::new() }
    }

    /// Supplies everything that is owed.
    #[must_use]
    pub fn all(&self) -> (PrescriptionStatus, Vec<Supplied<'_>>) {
        let items = self.prescription.line_items.iter().zip(&self.owed);
        let supplied =
            items.map(|(item, owed)| Supplied { item, now: owed.clone(), status: ItemStatus::FullyDispensed });
        (PrescriptionStatus::Dispensed, supplied.collect())
    }

    /// Supplies half of the last item that can be halved, and the others in full; where none can, the last one is owed.
    /// `None` where nothing is owed.
    #[must_use]
    pub fn in_part(&self) -> Option<(PrescriptionStatus, Vec<Supplied<'_>>)> {
        let none: Decimal = "0".parse().ok()?;
        let last = self.owed.iter().rposition(|owed| !owed.is_zero())?;
        let halved = self.owed.iter().rposition(|owed| halves(owed).is_some());
        let items = self.prescription.line_items.iter().zip(&self.owed).enumerate();
        let supplied = items.map(|(at, (item, owed))| match halves(owed) {
            Some((half, _)) if halved == Some(at) => {
                Supplied { item, now: half, status: ItemStatus::PartiallyDispensed }
            }
            None if halved.is_none() && at == last => Supplied { item, now: none.clone(), status: ItemStatus::Owing },
            Some(_) | None => Supplied { item, now: owed.clone(), status: ItemStatus::FullyDispensed },
        });
        Some((PrescriptionStatus::WithDispenserActive, supplied.collect()))
    }

    /// The same after a dispense notification that supplied everything, or a part as [`Self::in_part`] gives it.
    #[must_use]
    pub fn told(mut self, notification: MessageId, status: PrescriptionStatus) -> Self {
        let in_part = status == PrescriptionStatus::WithDispenserActive;
        let supplied = if in_part { self.in_part() } else { Some(self.all()) };
        let left = supplied.into_iter().flat_map(|(_, supplied)| supplied).zip(&self.owed).map(|(supplied, owed)| {
            match supplied.status {
                ItemStatus::PartiallyDispensed => halves(owed).map(|(_, rest)| rest),
                ItemStatus::Owing => Some(owed.clone()),
                ItemStatus::FullyDispensed
                | ItemStatus::NotDispensed
                | ItemStatus::Cancelled
                | ItemStatus::Expired
                | ItemStatus::ToBeDispensed
                | ItemStatus::WithDispenser => "0".parse().ok(),
            }
        });
        if let Some(left) = left.collect() {
            self.owed = left;
        }
        self.notifications.push(notification);
        self
    }
}

/// A whole quantity of at least 2 in two parts.
#[must_use]
pub fn halves(quantity: &Decimal) -> Option<(Decimal, Decimal)> {
    let whole: u32 = quantity.as_str().parse().ok().filter(|whole| *whole >= 2)?;
    let part = whole / 2;
    Some((part.to_string().parse().ok()?, (whole - part).to_string().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Kind, Recipe, order};

    fn held() -> Held {
        let now = eps_core::model::Timestamp::parse_hl7("20260302090000").unwrap();
        let recipe = Recipe { kind: Some(Kind::Acute), ..Recipe::new(3, now) };
        let order = order(&recipe, 1).unwrap();
        Held::new(order.prescription().message_id, order.prescription().clone())
    }

    fn values(supplied: &[Supplied<'_>]) -> Vec<u32> {
        supplied.iter().map(|one| one.now.as_str().parse().unwrap()).collect()
    }

    #[test]
    fn a_part_and_the_rest_are_the_whole() {
        let held = held();
        let whole: Vec<u32> = values(&held.all().1);
        let (status, part) = held.in_part().unwrap();
        assert_eq!(status, PrescriptionStatus::WithDispenserActive);
        let part = values(&part);
        let id = held.release;
        let after = held.told(id, status);
        let (status, rest) = after.all();
        let sums: Vec<u32> = part.iter().zip(values(&rest)).map(|(part, rest)| part + rest).collect();
        assert_eq!(sums, whole);
        let end = after.clone().told(id, status);
        assert!(end.owed.iter().all(Decimal::is_zero));
        assert!(end.in_part().is_none());
        assert_eq!(end.notifications.len(), 2);
    }

    #[test]
    fn what_cannot_be_halved_is_owed() {
        let mut held = held();
        held.owed.iter_mut().for_each(|owed| *owed = "1".parse().unwrap());
        let (status, part) = held.in_part().unwrap();
        assert_eq!(part.last().map(|one| (one.now.is_zero(), one.status)), Some((true, ItemStatus::Owing)));
        let after = held.clone().told(held.release, status);
        assert_eq!(after.owed.last().map(Decimal::as_str), Some("1"));
    }

    #[test]
    fn halves_are_of_whole_numbers() {
        let half = |text: &str| halves(&text.parse().unwrap()).map(|(one, other)| format!("{one:?} {other:?}"));
        assert_eq!(half("1"), None);
        assert_eq!(half("0.5"), None);
        assert!(half("3").is_some());
    }
}
