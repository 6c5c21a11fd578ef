//! The statuses of an issue: one type each, and the transitions between them.
//!
//! ```text
//!  9001 ─▶ 0001 ─▶ 0002 ─┬▶ 0003 ─┬▶ 0006 ─▶ 0008
//!  9000 ─▶ 0000 ─▶  │    ├────────┘    └───▶ 0009
//!                   │    └▶ 0007 ──────────▶ 0008
//!                   └▶ 0004 (expired), 0005 (cancelled)
//! ```
//!
//! A transition takes its status by value and gives the next one, so what is not written here does not compile: nothing
//! that is with one dispenser can be released to another, and nothing can be claimed that was not dispensed. [`State`]
//! is what is stored.

use serde::{Deserialize, Serialize};

use super::DocumentKey;
use super::items::{Active, Handed, Items, Open, Settled, Unsupplied, Void};
use crate::codes::{ItemStatus, PrescriptionStatus};
use crate::ids::{LineItemId, MessageId, OdsCode};
use crate::model::{AgentPerson, Date, Organisation, OtherDispenser, Timestamp};

/// How an issue came to its dispenser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The dispenser.
    pub to: OdsCode,
    /// Who asked for it there: named to others who ask.
    pub holder: Box<AgentPerson>,
    /// When.
    pub at: Timestamp,
    /// The payload id of the release request.
    pub request: MessageId,
    /// The release request.
    pub document: DocumentKey,
}

/// What the last dispense notification in force told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispensing {
    /// The dispenser that sent it, or the one that the issue was released to where it did not say.
    pub by: OdsCode,
    /// Its payload id: amendments and withdrawals name it.
    pub notification: MessageId,
    /// When the medicines were handed over.
    pub at: Timestamp,
    /// The notification.
    pub document: DocumentKey,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The payload id of the claim in force: amendments name it.
    pub id: MessageId,
    /// The day of the first claim, which amendments do not change.
    pub received: Date,
    /// The claim in force.
    pub document: DocumentKey,
    /// The claims that were amended, oldest first.
    pub replaced: Vec<Replaced>,
}

/// A claim that an amendment has replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Its payload id.
    pub id: MessageId,
    /// The claim.
    pub document: DocumentKey,
}

/// A dispenser of which only the code is known.
pub(super) fn agent_of(ods: &OdsCode) -> AgentPerson {
    AgentPerson {
        role_profile: None,
        job_role: None,
        addresses: Vec::new(),
        telecoms: Vec::new(),
        person: None,
        organisation: Organisation {
            ods: Some(ods.clone()),
            kind: None,
            name: None,
            description: None,
            telecom: None,
            address: None,
            licence: None,
            further_licences: Vec::new(),
        },
    }
}

/// 9001: valid from a later day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Future {
    pub(super) items: Items<Open>,
}

/// 9000: an issue of a repeat dispensing prescription whose predecessor is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatFuture {
    pub(super) items: Items<Open>,
}

/// 0000: an issue of a repeat dispensing prescription whose day has not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitingRelease {
    pub(super) items: Items<Open>,
}

/// 0001: ready, and with nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToBeDispensed {
    pub(super) items: Items<Open>,
}

/// 0002: with one dispenser, which has told nothing yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithDispenser {
    pub(super) items: Items<Handed>,
    pub(super) release: Release,
}

/// 0003: part dispensed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithDispenserActive {
    pub(super) items: Items<Active>,
    pub(super) release: Release,
    /// `None` once the only notification of a repeat dispensing issue was withdrawn.
    pub(super) dispensing: Option<Dispensing>,
}

/// 0004: nobody acted on it in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    pub(super) items: Items<Void>,
    pub(super) completed: Date,
    /// Who had it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dispenser: Option<OdsCode>,
}

/// 0005: cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    pub(super) items: Items<Void>,
    pub(super) completed: Date,
    /// Who had it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dispenser: Option<OdsCode>,
}

/// 0006: at least one item dispensed, the others closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispensed {
    pub(super) items: Items<Settled>,
    pub(super) release: Release,
    pub(super) dispensing: Dispensing,
    pub(super) completed: Date,
}

/// 0007: all items closed, none dispensed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDispensed {
    pub(super) items: Items<Unsupplied>,
    pub(super) release: Release,
    pub(super) dispensing: Dispensing,
    pub(super) completed: Date,
}

/// 0008: claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    pub(super) items: Items<Settled>,
    pub(super) release: Release,
    pub(super) dispensing: Dispensing,
    pub(super) completed: Date,
    pub(super) claim: Claim,
}

/// 0009: the time to claim has passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoClaimed {
    pub(super) items: Items<Settled>,
    pub(super) release: Release,
    pub(super) dispensing: Dispensing,
    pub(super) completed: Date,
    pub(super) noticed: Date,
}

/// 9005: the cancellation came before the prescription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelledFuture {
    pub(super) cancelled: Date,
}

/// What a dispense notification makes of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Something is still to come.
    Active(Items<Active>),
    /// All is closed, and something was dispensed.
    Dispensed(Items<Settled>),
    /// All is closed, and nothing was dispensed.
    NotDispensed(Items<Unsupplied>),
}

impl Told {
    /// The status that the items ask for; `None` where all of them were cancelled or had expired, which is no
    /// dispensing event.
    pub(super) fn of(items: Items<Active>) -> Option<Self> {
        let some = |wanted: Active| items.iter().any(|item| item.status() == wanted);
        if some(Active::PartiallyDispensed) || some(Active::Owing) || some(Active::WithDispenser) {
            Some(Self::Active(items))
        } else if some(Active::FullyDispensed) {
            items.narrow().ok().map(Self::Dispensed)
        } else if some(Active::NotDispensed) {
            items.narrow().ok().map(Self::NotDispensed)
        } else {
            None
        }
    }

    /// The prescription status of a notification that tells this.
    pub(super) fn status(&self) -> PrescriptionStatus {
        match self {
            Self::Active(_) => PrescriptionStatus::WithDispenserActive,
            Self::Dispensed(_) => PrescriptionStatus::Dispensed,
            Self::NotDispensed(_) => PrescriptionStatus::NotDispensed,
        }
    }

    /// The issue after the notification.
    pub(super) fn into_state(self, release: Release, dispensing: Dispensing) -> State {
        let completed = dispensing.at.date();
        match self {
            Self::Active(items) => {
                State::WithDispenserActive(WithDispenserActive { items, release, dispensing: Some(dispensing) })
            }
            Self::Dispensed(items) => State::Dispensed(Dispensed { items, release, dispensing, completed }),
            Self::NotDispensed(items) => State::NotDispensed(NotDispensed { items, release, dispensing, completed }),
        }
    }
}

impl Future {
    /// Its day has come.
    pub(super) fn ready(self) -> ToBeDispensed {
        ToBeDispensed { items: self.items }
    }
}

impl RepeatFuture {
    /// Its predecessor is complete: it waits for its day, or that day has come.
    pub(super) fn succeed(self, day_has_come: bool) -> State {
        let items = self.items;
        if day_has_come {
            State::ToBeDispensed(ToBeDispensed { items })
        } else {
            State::AwaitingRelease(AwaitingRelease { items })
        }
    }
}

impl AwaitingRelease {
    /// Its day has come.
    pub(super) fn ready(self) -> ToBeDispensed {
        ToBeDispensed { items: self.items }
    }
}

impl ToBeDispensed {
    /// Hands the issue to one dispenser.
    #[must_use]
    pub fn release(self, release: Release) -> WithDispenser {
        WithDispenser { items: self.items.map(Open::handed), release }
    }
}

impl WithDispenserActive {
    /// No more will be supplied: the items are closed as they stand. Where no notification is in force, nothing was
    /// dispensed, and the issue is given back as it is.
    fn close(self) -> Result<(Items<Settled>, Release, Dispensing), Box<Self>> {
        match self.dispensing {
            Some(dispensing) => Ok((self.items.map(Active::closed), self.release, dispensing)),
            None => Err(Box::new(self)),
        }
    }

    /// The last day on which something happened at the dispenser.
    pub(super) fn last_day(&self) -> Date {
        self.dispensing.as_ref().map_or(self.release.at, |dispensing| dispensing.at).date()
    }
}

/// An issue that nobody has, in whichever of its four statuses: what can be cancelled.
pub(super) struct Waiting {
    items: Items<Open>,
    again: fn(Items<Open>) -> State,
}

impl Waiting {
    /// The issue with all its items cancelled.
    pub(super) fn cancel(self, on: Date) -> State {
        State::Cancelled(Cancelled { items: self.items.map(Open::cancelled), completed: on, dispenser: None })
    }

    /// The issue with one item cancelled; cancelled itself where no other item is left to dispense.
    pub(super) fn cancel_item(self, cancelled: LineItemId, on: Date) -> State {
        let items = self.items.map_each(|item| if item.id() == cancelled { Open::Cancelled } else { item.status() });
        if items.iter().any(|item| item.status() == Open::ToBeDispensed) {
            (self.again)(items)
        } else {
            Self { items, again: self.again }.cancel(on)
        }
    }
}

impl WithDispenser {
    /// Gives the issue back.
    pub(super) fn give_back(self) -> ToBeDispensed {
        ToBeDispensed { items: self.items.map(Handed::open) }
    }

    /// The issue as that of a repeat dispensing prescription whose only notification was withdrawn.
    pub(super) fn active(self) -> WithDispenserActive {
        WithDispenserActive { items: self.items.map(Handed::active), release: self.release, dispensing: None }
    }
}

impl Dispensed {
    /// Claims it.
    #[must_use]
    pub fn claim(self, claim: Claim) -> Claimed {
        let Self { items, release, dispensing, completed } = self;
        Claimed { items, release, dispensing, completed, claim }
    }
}

impl NotDispensed {
    /// Cancels it: nothing was dispensed, and a cancellation waited.
    pub(super) fn cancel(self, on: Date) -> Cancelled {
        Cancelled { items: self.items.map(Unsupplied::cancelled), completed: on, dispenser: Some(self.dispensing.by) }
    }

    /// Claims it: the fee for an item that was not dispensed may still be due.
    #[must_use]
    pub fn claim(self, claim: Claim) -> Claimed {
        let Self { items, release, dispensing, completed } = self;
        Claimed { items: items.map(Unsupplied::settled), release, dispensing, completed, claim }
    }
}

impl Claimed {
    /// Puts another claim in the place of the one in force.
    #[must_use]
    pub fn amend(mut self, id: MessageId, document: DocumentKey) -> Self {
        self.claim.replaced.push(Replaced { id: self.claim.id, document: self.claim.document });
        Self { claim: Claim { id, document, ..self.claim }, ..self }
    }
}

/// The state of an issue, whatever its status: what is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status")]
#[expect(clippy::exhaustive_enums, reason = "a decision over a status must name every one")]
pub enum State {
    /// 0000
    #[serde(rename = "0000")]
    AwaitingRelease(AwaitingRelease),
    /// 0001
    #[serde(rename = "0001")]
    ToBeDispensed(ToBeDispensed),
    /// 0002
    #[serde(rename = "0002")]
    WithDispenser(WithDispenser),
    /// 0003
    #[serde(rename = "0003")]
    WithDispenserActive(WithDispenserActive),
    /// 0004
    #[serde(rename = "0004")]
    Expired(Expired),
    /// 0005
    #[serde(rename = "0005")]
    Cancelled(Cancelled),
    /// 0006
    #[serde(rename = "0006")]
    Dispensed(Dispensed),
    /// 0007
    #[serde(rename = "0007")]
    NotDispensed(NotDispensed),
    /// 0008
    #[serde(rename = "0008")]
    Claimed(Claimed),
    /// 0009
    #[serde(rename = "0009")]
    NoClaimed(NoClaimed),
    /// 9000
    #[serde(rename = "9000")]
    RepeatFuture(RepeatFuture),
    /// 9001
    #[serde(rename = "9001")]
    Future(Future),
    /// 9005
    #[serde(rename = "9005")]
    CancelledFuture(CancelledFuture),
}

impl State {
    /// The status.
    #[must_use]
    pub fn status(&self) -> PrescriptionStatus {
        match self {
            Self::AwaitingRelease(_) => PrescriptionStatus::AwaitingReleaseReady,
            Self::ToBeDispensed(_) => PrescriptionStatus::ToBeDispensed,
            Self::WithDispenser(_) => PrescriptionStatus::WithDispenser,
            Self::WithDispenserActive(_) => PrescriptionStatus::WithDispenserActive,
            Self::Expired(_) => PrescriptionStatus::Expired,
            Self::Cancelled(_) => PrescriptionStatus::Cancelled,
            Self::Dispensed(_) => PrescriptionStatus::Dispensed,
            Self::NotDispensed(_) => PrescriptionStatus::NotDispensed,
            Self::Claimed(_) => PrescriptionStatus::Claimed,
            Self::NoClaimed(_) => PrescriptionStatus::NoClaimed,
            Self::RepeatFuture(_) => PrescriptionStatus::RepeatDispenseFutureInstance,
            Self::Future(_) => PrescriptionStatus::PrescriptionFutureInstance,
            Self::CancelledFuture(_) => PrescriptionStatus::CancelledFutureInstance,
        }
    }

    /// Order and status of every item.
    #[must_use]
    pub fn items(&self) -> Vec<(u8, ItemStatus)> {
        match self {
            Self::AwaitingRelease(AwaitingRelease { items })
            | Self::ToBeDispensed(ToBeDispensed { items })
            | Self::RepeatFuture(RepeatFuture { items })
            | Self::Future(Future { items }) => items.statuses(),
            Self::WithDispenser(state) => state.items.statuses(),
            Self::WithDispenserActive(state) => state.items.statuses(),
            Self::Expired(Expired { items, .. }) | Self::Cancelled(Cancelled { items, .. }) => items.statuses(),
            Self::Dispensed(Dispensed { items, .. })
            | Self::Claimed(Claimed { items, .. })
            | Self::NoClaimed(NoClaimed { items, .. }) => items.statuses(),
            Self::NotDispensed(state) => state.items.statuses(),
            Self::CancelledFuture(_) => Vec::new(),
        }
    }

    /// The status of one item; `None` where the issue has no such item.
    #[must_use]
    pub fn status_of(&self, item: LineItemId) -> Option<ItemStatus> {
        match self {
            Self::AwaitingRelease(AwaitingRelease { items })
            | Self::ToBeDispensed(ToBeDispensed { items })
            | Self::RepeatFuture(RepeatFuture { items })
            | Self::Future(Future { items }) => items.status_of(item),
            Self::WithDispenser(state) => state.items.status_of(item),
            Self::WithDispenserActive(state) => state.items.status_of(item),
            Self::Expired(Expired { items, .. }) | Self::Cancelled(Cancelled { items, .. }) => items.status_of(item),
            Self::Dispensed(Dispensed { items, .. })
            | Self::Claimed(Claimed { items, .. })
            | Self::NoClaimed(NoClaimed { items, .. }) => items.status_of(item),
            Self::NotDispensed(state) => state.items.status_of(item),
            Self::CancelledFuture(_) => None,
        }
    }

    /// The dispenser that has the issue, or had it at its end.
    #[must_use]
    pub fn dispenser(&self) -> Option<&OdsCode> {
        match self {
            Self::WithDispenser(state) => Some(&state.release.to),
            Self::WithDispenserActive(WithDispenserActive { release, dispensing, .. }) => {
                Some(dispensing.as_ref().map_or(&release.to, |dispensing| &dispensing.by))
            }
            Self::Dispensed(Dispensed { dispensing, .. })
            | Self::NotDispensed(NotDispensed { dispensing, .. })
            | Self::Claimed(Claimed { dispensing, .. })
            | Self::NoClaimed(NoClaimed { dispensing, .. }) => Some(&dispensing.by),
            Self::Expired(Expired { dispenser, .. }) | Self::Cancelled(Cancelled { dispenser, .. }) => {
                dispenser.as_ref()
            }
            Self::AwaitingRelease(_)
            | Self::ToBeDispensed(_)
            | Self::RepeatFuture(_)
            | Self::Future(_)
            | Self::CancelledFuture(_) => None,
        }
    }

    /// Who has the issue, or had it at its end, and since when: named to others who ask.
    ///
    /// A dispenser that took over with a notification of its own is known by its code only.
    #[must_use]
    pub fn performer(&self) -> Option<OtherDispenser> {
        let (release, dispensing) = match self {
            Self::WithDispenser(WithDispenser { release, .. }) => (release, None),
            Self::WithDispenserActive(WithDispenserActive { release, dispensing, .. }) => {
                (release, dispensing.as_ref())
            }
            Self::Dispensed(Dispensed { release, dispensing, .. })
            | Self::NotDispensed(NotDispensed { release, dispensing, .. })
            | Self::Claimed(Claimed { release, dispensing, .. })
            | Self::NoClaimed(NoClaimed { release, dispensing, .. }) => (release, Some(dispensing)),
            Self::AwaitingRelease(_)
            | Self::ToBeDispensed(_)
            | Self::Expired(_)
            | Self::Cancelled(_)
            | Self::RepeatFuture(_)
            | Self::Future(_)
            | Self::CancelledFuture(_) => return None,
        };
        let taken_over = dispensing.filter(|dispensing| dispensing.by != release.to);
        Some(match taken_over {
            None => OtherDispenser { time: Some(release.at), person: (*release.holder).clone() },
            Some(dispensing) => OtherDispenser { time: Some(dispensing.at), person: agent_of(&dispensing.by) },
        })
    }

    /// The issue as long as nobody has it; any other is given back as it is.
    pub(super) fn waiting(self) -> Result<Waiting, Box<Self>> {
        let (items, again): (_, fn(Items<Open>) -> Self) = match self {
            Self::AwaitingRelease(AwaitingRelease { items }) => {
                (items, |items| Self::AwaitingRelease(AwaitingRelease { items }))
            }
            Self::ToBeDispensed(ToBeDispensed { items }) => {
                (items, |items| Self::ToBeDispensed(ToBeDispensed { items }))
            }
            Self::RepeatFuture(RepeatFuture { items }) => (items, |items| Self::RepeatFuture(RepeatFuture { items })),
            Self::Future(Future { items }) => (items, |items| Self::Future(Future { items })),
            other @ (Self::WithDispenser(_)
            | Self::WithDispenserActive(_)
            | Self::Expired(_)
            | Self::Cancelled(_)
            | Self::Dispensed(_)
            | Self::NotDispensed(_)
            | Self::Claimed(_)
            | Self::NoClaimed(_)
            | Self::CancelledFuture(_)) => return Err(Box::new(other)),
        };
        Ok(Waiting { items, again })
    }

    /// Whether somebody can still act on the issue, now or later.
    pub(super) fn is_open(&self) -> bool {
        match self {
            Self::AwaitingRelease(_)
            | Self::ToBeDispensed(_)
            | Self::WithDispenser(_)
            | Self::WithDispenserActive(_)
            | Self::RepeatFuture(_)
            | Self::Future(_) => true,
            Self::Expired(_)
            | Self::Cancelled(_)
            | Self::Dispensed(_)
            | Self::NotDispensed(_)
            | Self::Claimed(_)
            | Self::NoClaimed(_)
            | Self::CancelledFuture(_) => false,
        }
    }

    /// The issue once the time to act on it has passed; what is complete stays as it is.
    pub(super) fn expire(self, today: Date) -> Self {
        let open = |items: Items<Open>| {
            Self::Expired(Expired { items: items.map(Open::expired), completed: today, dispenser: None })
        };
        match self {
            Self::AwaitingRelease(AwaitingRelease { items })
            | Self::ToBeDispensed(ToBeDispensed { items })
            | Self::RepeatFuture(RepeatFuture { items })
            | Self::Future(Future { items }) => open(items),
            Self::WithDispenser(WithDispenser { items, release }) => Self::Expired(Expired {
                items: items.map(Handed::expired),
                completed: today,
                dispenser: Some(release.to),
            }),
            Self::WithDispenserActive(state) => match state.close() {
                Ok((items, release, dispensing)) => {
                    Self::Dispensed(Dispensed { items, release, dispensing, completed: today })
                }
                Err(active) => Self::Expired(Expired {
                    items: active.items.map(Active::expired),
                    completed: today,
                    dispenser: Some(active.release.to),
                }),
            },
            Self::CancelledFuture(_) => {
                Self::Expired(Expired { items: Items::new(Vec::new()), completed: today, dispenser: None })
            }
            complete @ (Self::Expired(_)
            | Self::Cancelled(_)
            | Self::Dispensed(_)
            | Self::NotDispensed(_)
            | Self::Claimed(_)
            | Self::NoClaimed(_)) => complete,
        }
    }

    /// The issue once the time to claim has passed.
    pub(super) fn no_claim(self, today: Date) -> Self {
        let (items, release, dispensing) = match self {
            Self::WithDispenserActive(state) => match state.close() {
                Ok(closed) => closed,
                Err(state) => return Self::WithDispenserActive(*state),
            },
            Self::Dispensed(Dispensed { items, release, dispensing, .. }) => (items, release, dispensing),
            other @ (Self::AwaitingRelease(_)
            | Self::ToBeDispensed(_)
            | Self::WithDispenser(_)
            | Self::Expired(_)
            | Self::Cancelled(_)
            | Self::NotDispensed(_)
            | Self::Claimed(_)
            | Self::NoClaimed(_)
            | Self::RepeatFuture(_)
            | Self::Future(_)
            | Self::CancelledFuture(_)) => return other,
        };
        Self::NoClaimed(NoClaimed { items, release, dispensing, completed: today, noticed: today })
    }
}
