//! A prescription that a pharmacy holds, and what it still owes the patient.

use eps_core::codes::{ItemStatus, PrescriptionStatus};
use eps_core::ids::MessageId;
use eps_core::model::{Decimal, LineItem, Prescription, ReleaseAnswer};
use serde::{Deserialize, Serialize};

/// A prescription that a release brought, and what was told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "it is what a pharmacy's system stores, and all of it")]
pub struct Held {
    /// The release that brought it.
    pub release: MessageId,
    /// What it says.
    pub prescription: Prescription,
    /// The dispense notifications so far.
    pub told: Vec<Told>,
}

/// A dispense notification that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "it is what a pharmacy's system stores, and all of it")]
pub struct Told {
    /// Its id.
    pub id: MessageId,
    /// Whether it supplied everything that was owed, or a part as [`Held::in_part`] gives it.
    pub status: PrescriptionStatus,
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
    /// How much is to come.
    pub rest: Decimal,
}

impl Held {
    /// Every prescription of a release that may be dispensed.
    #[must_use]
    pub fn all_of(answer: &ReleaseAnswer) -> Vec<Self> {
        answer.passed.iter().map(|prescription| Self::new(answer.id, prescription.clone())).collect()
    }

    /// A prescription of which nothing was supplied yet.
    #[must_use]
    pub const fn new(release: MessageId, prescription: Prescription) -> Self {
        Self { release, prescription, told: Vec::new() }
    }

    /// Supplies everything that is owed.
    #[must_use]
    pub fn all(&self) -> (PrescriptionStatus, Vec<Supplied<'_>>) {
        (PrescriptionStatus::Dispensed, self.in_full(&self.owed()))
    }

    /// Supplies half of the last item that can be halved, and the others in full; where none can, the last one is owed.
    /// `None` where nothing is owed.
    #[must_use]
    pub fn in_part(&self) -> Option<(PrescriptionStatus, Vec<Supplied<'_>>)> {
        let supplied = self.partly(&self.owed())?;
        Some((PrescriptionStatus::WithDispenserActive, supplied))
    }

    /// What is still to be supplied of each item, in their order.
    fn owed(&self) -> Vec<Decimal> {
        let whole = self.prescription.line_items.iter().map(|item| item.quantity.value.clone()).collect();
        self.told.iter().fold(whole, |owed, told| {
            let in_part = told.status == PrescriptionStatus::WithDispenserActive;
            let supplied = if in_part { self.partly(&owed) } else { Some(self.in_full(&owed)) };
            supplied.into_iter().flatten().map(|supplied| supplied.rest).collect()
        })
    }

    fn in_full(&self, owed: &[Decimal]) -> Vec<Supplied<'_>> {
        let items = self.prescription.line_items.iter().zip(owed);
        items.filter_map(|(item, owed)| Supplied::in_full(item, owed)).collect()
    }

    fn partly(&self, owed: &[Decimal]) -> Option<Vec<Supplied<'_>>> {
        let last = owed.iter().rposition(|owed| !owed.is_zero())?;
        let halved = owed.iter().rposition(|owed| halves(owed).is_some());
        let items = self.prescription.line_items.iter().zip(owed).enumerate();
        items
            .map(|(at, (item, owed))| match halves(owed) {
                Some((now, rest)) if halved == Some(at) => {
                    Some(Supplied { item, now, status: ItemStatus::PartiallyDispensed, rest })
                }
                None if halved.is_none() && at == last => {
                    Some(Supplied { item, now: none()?, status: ItemStatus::Owing, rest: owed.clone() })
                }
                Some(_) | None => Supplied::in_full(item, owed),
            })
            .collect()
    }

    /// The same after a dispense notification that supplied [`Self::all`] or [`Self::in_part`].
    #[must_use]
    pub fn after(mut self, id: MessageId, status: PrescriptionStatus) -> Self {
        self.told.push(Told { id, status });
        self
    }
}

impl<'p> Supplied<'p> {
    fn in_full(item: &'p LineItem, owed: &Decimal) -> Option<Self> {
        Some(Self { item, now: owed.clone(), status: ItemStatus::FullyDispensed, rest: none()? })
    }
}

/// Zero, which is a decimal.
fn none() -> Option<Decimal> {
    "0".parse().ok()
}

/// A whole quantity of at least 2 in two parts.
fn halves(quantity: &Decimal) -> Option<(Decimal, Decimal)> {
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
        let after = held.after(id, status);
        let (status, rest) = after.all();
        let sums: Vec<u32> = part.iter().zip(values(&rest)).map(|(part, rest)| part + rest).collect();
        assert_eq!(sums, whole);
        let end = after.clone().after(id, status);
        assert!(end.all().1.iter().all(|supplied| supplied.now.is_zero()));
        assert!(end.in_part().is_none());
    }

    #[test]
    fn what_cannot_be_halved_is_owed() {
        let mut held = held();
        held.prescription.line_items.iter_mut().for_each(|item| item.quantity.value = "1".parse().unwrap());
        let (status, part) = held.in_part().unwrap();
        assert_eq!(part.last().map(|one| (one.now.is_zero(), one.status)), Some((true, ItemStatus::Owing)));
        let after = held.clone().after(held.release, status);
        assert_eq!(after.all().1.last().map(|one| one.now.as_str()), Some("1"));
    }

    #[test]
    fn halves_are_of_whole_numbers() {
        let half = |text: &str| {
            let (part, rest) = halves(&text.parse().unwrap())?;
            Some((part.as_str().to_owned(), rest.as_str().to_owned()))
        };
        assert_eq!(half("1"), None);
        assert_eq!(half("0.5"), None);
        assert_eq!(half("3"), Some(("1".to_owned(), "2".to_owned())));
    }
}
