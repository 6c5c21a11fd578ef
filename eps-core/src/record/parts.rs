//! An issue taken apart, and put together again under another status: what an administrative update and an imported
//! record need. Putting it together is the consistency check of Spine: a status without what it must have is refused,
//! and so is a pair of statuses that the table of valid ones has not.

use super::items::{Item, Items, NotAllowed};
use super::state::{
    AwaitingRelease, Cancelled, CancelledFuture, Claim, Claimed, Dispensed, Dispensing, Expired, Future, NoClaimed,
    NotDispensed, Release, RepeatFuture, State, ToBeDispensed, WithDispenser, WithDispenserActive, agent_of,
};
use crate::codes::{ItemStatus, PrescriptionStatus};
use crate::ids::OdsCode;
use crate::model::Date;

/// The parts of an issue.
pub(super) struct Parts {
    pub(super) items: Items<ItemStatus>,
    pub(super) release: Option<Release>,
    pub(super) dispensing: Option<Dispensing>,
    pub(super) completed: Option<Date>,
    pub(super) claim: Option<Claim>,
    pub(super) noticed: Option<Date>,
    /// Who had an issue that has expired or was cancelled.
    pub(super) dispenser: Option<OdsCode>,
}

/// The parts do not make an issue of that status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inconsistent;

impl From<NotAllowed> for Inconsistent {
    fn from(_: NotAllowed) -> Self {
        Self
    }
}

impl Parts {
    fn of<S: Copy + Into<ItemStatus>>(items: Items<S>) -> Self {
        Self {
            items: items.map(Into::into),
            release: None,
            dispensing: None,
            completed: None,
            claim: None,
            noticed: None,
            dispenser: None,
        }
    }

    /// Changes the status of items.
    pub(super) fn with_items(self, change: impl Fn(&Item<ItemStatus>) -> ItemStatus) -> Self {
        Self { items: self.items.map_each(change), ..self }
    }

    /// Puts the issue together under a status.
    pub(super) fn build(self, status: PrescriptionStatus) -> Result<State, Inconsistent> {
        use PrescriptionStatus as P;
        let dispenser = self.last_dispenser();
        Ok(match status {
            P::AwaitingReleaseReady => State::AwaitingRelease(AwaitingRelease { items: self.items.narrow()? }),
            P::ToBeDispensed => State::ToBeDispensed(ToBeDispensed { items: self.items.narrow()? }),
            P::RepeatDispenseFutureInstance => State::RepeatFuture(RepeatFuture { items: self.items.narrow()? }),
            P::PrescriptionFutureInstance => State::Future(Future { items: self.items.narrow()? }),
            P::CancelledFutureInstance => match (self.items.is_empty(), self.completed) {
                (true, Some(cancelled)) => State::CancelledFuture(CancelledFuture { cancelled }),
                (true, None) | (false, _) => return Err(Inconsistent),
            },
            P::WithDispenser => State::WithDispenser(WithDispenser {
                items: self.items.narrow()?,
                release: self.release.ok_or(Inconsistent)?,
            }),
            P::WithDispenserActive => {
                let release = self.release().ok_or(Inconsistent)?;
                let (items, dispensing) = (self.items.narrow()?, self.dispensing);
                State::WithDispenserActive(WithDispenserActive { items, release, dispensing })
            }
            P::Expired => {
                let completed = self.completed.ok_or(Inconsistent)?;
                State::Expired(Expired { items: self.items.narrow()?, completed, dispenser })
            }
            P::Cancelled => {
                let completed = self.completed.ok_or(Inconsistent)?;
                State::Cancelled(Cancelled { items: self.items.narrow()?, completed, dispenser })
            }
            P::Dispensed | P::NotDispensed | P::Claimed | P::NoClaimed => self.build_dispensed(status)?,
        })
    }

    fn build_dispensed(self, status: PrescriptionStatus) -> Result<State, Inconsistent> {
        let release = self.release().ok_or(Inconsistent)?;
        let Self { items, dispensing, completed, claim, noticed, .. } = self;
        let dispensing = dispensing.ok_or(Inconsistent)?;
        let completed = completed.unwrap_or(dispensing.at.date());
        Ok(match status {
            PrescriptionStatus::NotDispensed => {
                State::NotDispensed(NotDispensed { items: items.narrow()?, release, dispensing, completed })
            }
            PrescriptionStatus::Claimed => {
                let claim = claim.ok_or(Inconsistent)?;
                State::Claimed(Claimed { items: items.narrow()?, release, dispensing, completed, claim })
            }
            PrescriptionStatus::NoClaimed => {
                let noticed = noticed.unwrap_or(completed);
                State::NoClaimed(NoClaimed { items: items.narrow()?, release, dispensing, completed, noticed })
            }
            PrescriptionStatus::Dispensed
            | PrescriptionStatus::AwaitingReleaseReady
            | PrescriptionStatus::ToBeDispensed
            | PrescriptionStatus::WithDispenser
            | PrescriptionStatus::WithDispenserActive
            | PrescriptionStatus::Expired
            | PrescriptionStatus::Cancelled
            | PrescriptionStatus::RepeatDispenseFutureInstance
            | PrescriptionStatus::PrescriptionFutureInstance
            | PrescriptionStatus::CancelledFutureInstance => {
                State::Dispensed(Dispensed { items: items.narrow()?, release, dispensing, completed })
            }
        })
    }

    /// The release, or what a notification alone says of it.
    fn release(&self) -> Option<Release> {
        self.release.clone().or_else(|| {
            self.dispensing.as_ref().map(|told| Release {
                to: told.by.clone(),
                holder: Box::new(agent_of(&told.by)),
                at: told.at,
                request: told.notification,
                document: told.document,
            })
        })
    }

    fn last_dispenser(&self) -> Option<OdsCode> {
        let told = self.dispensing.as_ref().map(|told| &told.by);
        told.or(self.release.as_ref().map(|release| &release.to)).or(self.dispenser.as_ref()).cloned()
    }
}

impl State {
    /// Takes the issue apart.
    pub(super) fn parts(self) -> Parts {
        match self {
            Self::AwaitingRelease(AwaitingRelease { items })
            | Self::ToBeDispensed(ToBeDispensed { items })
            | Self::RepeatFuture(RepeatFuture { items })
            | Self::Future(Future { items }) => Parts::of(items),
            Self::WithDispenser(WithDispenser { items, release }) => {
                Parts { release: Some(release), ..Parts::of(items) }
            }
            Self::WithDispenserActive(WithDispenserActive { items, release, dispensing }) => {
                Parts { release: Some(release), dispensing, ..Parts::of(items) }
            }
            Self::Expired(Expired { items, completed, dispenser })
            | Self::Cancelled(Cancelled { items, completed, dispenser }) => {
                Parts { completed: Some(completed), dispenser, ..Parts::of(items) }
            }
            Self::Dispensed(Dispensed { items, release, dispensing, completed }) => Parts {
                release: Some(release),
                dispensing: Some(dispensing),
                completed: Some(completed),
                ..Parts::of(items)
            },
            Self::NotDispensed(NotDispensed { items, release, dispensing, completed }) => Parts {
                release: Some(release),
                dispensing: Some(dispensing),
                completed: Some(completed),
                ..Parts::of(items)
            },
            Self::Claimed(Claimed { items, release, dispensing, completed, claim }) => Parts {
                release: Some(release),
                dispensing: Some(dispensing),
                completed: Some(completed),
                claim: Some(claim),
                ..Parts::of(items)
            },
            Self::NoClaimed(NoClaimed { items, release, dispensing, completed, noticed }) => Parts {
                release: Some(release),
                dispensing: Some(dispensing),
                completed: Some(completed),
                noticed: Some(noticed),
                ..Parts::of(items)
            },
            Self::CancelledFuture(CancelledFuture { cancelled }) => {
                Parts { completed: Some(cancelled), ..Parts::of(Items::<ItemStatus>::new(Vec::new())) }
            }
        }
    }
}
