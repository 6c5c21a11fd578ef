//! Line items under the statuses that their prescription's status allows.
//!
//! | Prescription | Items | Type |
//! |---|---|---|
//! | 0000, 0001, 9000, 9001 | 0005, 0006, 0007 | [`Open`] |
//! | 0002 | 0005, 0006, 0008 | [`Handed`] |
//! | 0003 | 0001 to 0006, 0008 | [`Active`] |
//! | 0004, 0005 | 0005, 0006 | [`Void`] |
//! | 0006, 0008, 0009 | 0001, 0002, 0005, 0006 | [`Settled`] |
//! | 0007 | 0002, 0005, 0006 | [`Unsupplied`] |
//! | 9005 | none | |
//!
//! This is the whole of Spine's table of valid pairs. A pair that is not in it has no type, so it can neither be reached
//! nor be read back from a store.

use serde::{Deserialize, Serialize};

use crate::codes::ItemStatus;
use crate::ids::LineItemId;

/// An item status that the status of its prescription does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the prescription's status does not allow the item status {}", .0.code())]
pub struct NotAllowed(pub(super) ItemStatus);

/// Declares the item statuses that go with a prescription status.
macro_rules! item_statuses {
    ($(#[$doc:meta])* $name:ident { $($variant:ident),* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "ItemStatus", into = "ItemStatus")]
        #[expect(clippy::exhaustive_enums, reason = "a decision over a status must name every one")]
        pub enum $name {
            $(#[doc = concat!("[`ItemStatus::", stringify!($variant), "`]")] $variant,)*
        }

        impl From<$name> for ItemStatus {
            fn from(status: $name) -> Self {
                match status { $($name::$variant => Self::$variant),* }
            }
        }

        impl TryFrom<ItemStatus> for $name {
            type Error = NotAllowed;

            fn try_from(status: ItemStatus) -> Result<Self, NotAllowed> {
                let all = [$(Self::$variant),*];
                all.into_iter().find(|known| ItemStatus::from(*known) == status).ok_or(NotAllowed(status))
            }
        }
    };
}

item_statuses! {
    /// An item of an issue that nobody has yet.
    Open { ToBeDispensed, Cancelled, Expired }
}
item_statuses! {
    /// An item of an issue that a dispenser has and has not begun.
    Handed { WithDispenser, Cancelled, Expired }
}
item_statuses! {
    /// An item of an issue that is part dispensed.
    Active { FullyDispensed, NotDispensed, PartiallyDispensed, Owing, Cancelled, Expired, WithDispenser }
}
item_statuses! {
    /// An item of an issue that was dispensed as far as it ever will be.
    Settled { FullyDispensed, NotDispensed, Cancelled, Expired }
}
item_statuses! {
    /// An item of an issue of which nothing was dispensed.
    Unsupplied { NotDispensed, Cancelled, Expired }
}
item_statuses! {
    /// An item of an issue that ended before a dispenser had anything to tell.
    Void { Cancelled, Expired }
}

impl Open {
    /// The item once its issue is handed to a dispenser.
    pub(super) fn handed(self) -> Handed {
        match self {
            Self::ToBeDispensed => Handed::WithDispenser,
            Self::Cancelled => Handed::Cancelled,
            Self::Expired => Handed::Expired,
        }
    }

    /// The item once its issue has expired.
    pub(super) fn expired(self) -> Void {
        match self {
            Self::Cancelled => Void::Cancelled,
            Self::ToBeDispensed | Self::Expired => Void::Expired,
        }
    }

    /// The item once its issue is cancelled.
    pub(super) fn cancelled(self) -> Void {
        match self {
            Self::ToBeDispensed | Self::Cancelled => Void::Cancelled,
            Self::Expired => Void::Expired,
        }
    }
}

impl Handed {
    /// The item once its issue is given back.
    pub(super) fn open(self) -> Open {
        match self {
            Self::WithDispenser => Open::ToBeDispensed,
            Self::Cancelled => Open::Cancelled,
            Self::Expired => Open::Expired,
        }
    }

    /// The item as part of an issue that is being dispensed.
    pub(super) fn active(self) -> Active {
        match self {
            Self::WithDispenser => Active::WithDispenser,
            Self::Cancelled => Active::Cancelled,
            Self::Expired => Active::Expired,
        }
    }

    /// The item once its issue has expired.
    pub(super) fn expired(self) -> Void {
        match self {
            Self::Cancelled => Void::Cancelled,
            Self::WithDispenser | Self::Expired => Void::Expired,
        }
    }
}

impl Active {
    /// The item once no more will be supplied: what was supplied in part counts as dispensed, what is owed as not.
    pub(super) fn closed(self) -> Settled {
        match self {
            Self::FullyDispensed | Self::PartiallyDispensed => Settled::FullyDispensed,
            Self::NotDispensed | Self::Owing => Settled::NotDispensed,
            Self::Cancelled => Settled::Cancelled,
            Self::Expired | Self::WithDispenser => Settled::Expired,
        }
    }

    /// The item once its issue has expired with no notification in force.
    pub(super) fn expired(self) -> Void {
        match self {
            Self::Cancelled => Void::Cancelled,
            Self::FullyDispensed
            | Self::NotDispensed
            | Self::PartiallyDispensed
            | Self::Owing
            | Self::Expired
            | Self::WithDispenser => Void::Expired,
        }
    }
}

impl Settled {
    /// The item as part of an issue that is being dispensed.
    pub(super) fn active(self) -> Active {
        match self {
            Self::FullyDispensed => Active::FullyDispensed,
            Self::NotDispensed => Active::NotDispensed,
            Self::Cancelled => Active::Cancelled,
            Self::Expired => Active::Expired,
        }
    }
}

impl Unsupplied {
    /// The item once its issue is cancelled.
    pub(super) fn cancelled(self) -> Void {
        match self {
            Self::NotDispensed | Self::Cancelled => Void::Cancelled,
            Self::Expired => Void::Expired,
        }
    }

    /// The item as part of an issue that is settled.
    pub(super) fn settled(self) -> Settled {
        match self {
            Self::NotDispensed => Settled::NotDispensed,
            Self::Cancelled => Settled::Cancelled,
            Self::Expired => Settled::Expired,
        }
    }
}

/// A line item of an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item<S> {
    id: LineItemId,
    order: u8,
    repeats: Option<u8>,
    status: S,
    previous: Option<ItemStatus>,
}

impl<S> Item<S> {
    /// An item as it was prescribed.
    pub(super) fn new(id: LineItemId, order: u8, repeats: Option<u8>, status: S) -> Self {
        Self { id, order, repeats, status, previous: None }
    }

    /// The id of the prescribed item.
    pub fn id(&self) -> LineItemId {
        self.id
    }

    /// Its position on the prescription, from 1.
    pub fn order(&self) -> u8 {
        self.order
    }

    /// In how many issues it is to be dispensed, where that was said.
    pub fn repeats(&self) -> Option<u8> {
        self.repeats
    }

    /// Its status.
    pub fn status(&self) -> S
    where
        S: Copy,
    {
        self.status
    }

    /// Its status before that.
    pub fn previous(&self) -> Option<ItemStatus> {
        self.previous
    }

    fn become_<T: Copy + Into<ItemStatus>>(self, status: T) -> Item<T>
    where
        S: Into<ItemStatus>,
    {
        let before = self.status.into();
        let previous = if before == status.into() { self.previous } else { Some(before) };
        Item { id: self.id, order: self.order, repeats: self.repeats, status, previous }
    }
}

/// The line items of an issue, in the order of the prescription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Items<S>(Vec<Item<S>>);

impl<S: Copy + Into<ItemStatus>> Items<S> {
    /// These items.
    pub(super) fn new(items: Vec<Item<S>>) -> Self {
        Self(items)
    }

    /// The items in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Item<S>> {
        self.0.iter()
    }

    /// Each item under the status that `change` gives it.
    pub(super) fn map<T: Copy + Into<ItemStatus>>(self, change: impl Fn(S) -> T) -> Items<T> {
        self.map_each(|item| change(item.status))
    }

    /// Each item under the status that `change` gives it, which may depend on which item it is.
    pub(super) fn map_each<T: Copy + Into<ItemStatus>>(self, change: impl Fn(&Item<S>) -> T) -> Items<T> {
        let changed = self.0.into_iter().map(|item| {
            let status = change(&item);
            item.become_(status)
        });
        Items(changed.collect())
    }

    /// Each item under its new status, as far as its own type allows: `change` decides item by item.
    pub(super) fn try_map<T: Copy + Into<ItemStatus>, E>(
        self,
        mut change: impl FnMut(&Item<S>) -> Result<T, E>,
    ) -> Result<Items<T>, E> {
        let changed = self.0.into_iter().map(|item| {
            let status = change(&item)?;
            Ok(item.become_(status))
        });
        changed.collect::<Result<_, E>>().map(Items)
    }

    /// The same items if every status is one of the narrower type.
    pub(super) fn narrow<T>(self) -> Result<Items<T>, NotAllowed>
    where
        T: Copy + Into<ItemStatus> + TryFrom<ItemStatus, Error = NotAllowed>,
    {
        self.try_map(|item| T::try_from(item.status.into()))
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The status of one item.
    pub(super) fn status_of(&self, id: LineItemId) -> Option<ItemStatus> {
        self.0.iter().find(|item| item.id == id).map(|item| item.status.into())
    }

    /// Order and status of every item.
    pub(super) fn statuses(&self) -> Vec<(u8, ItemStatus)> {
        self.0.iter().map(|item| (item.order, item.status.into())).collect()
    }
}

impl<'a, S> IntoIterator for &'a Items<S> {
    type Item = &'a Item<S>;
    type IntoIter = std::slice::Iter<'a, Item<S>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
