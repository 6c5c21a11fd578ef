//! One issue of a prescription. Acute and repeat prescribing prescriptions have one; repeat dispensing has up to 99.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::cancellation::Cancellation;
use super::refusal::Refusal;
use super::state::State;
use super::timeline::Statuses;
use crate::codes::PrescriptionStatus;
use crate::ids::MessageId;
use crate::model::{Date, Timestamp};

/// The number of an issue, 1 to 99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct IssueNumber(u8);

/// A number that is not 1 to 99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an issue has a number from 1 to 99")]
pub struct NoIssueNumber;

impl IssueNumber {
    /// The first issue.
    pub const FIRST: Self = Self(1);
    /// The most issues a prescription can have.
    pub const MAX: u8 = 99;

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The issue after this one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::try_from(self.0.saturating_add(1)).ok()
    }
}

impl TryFrom<u8> for IssueNumber {
    type Error = NoIssueNumber;

    fn try_from(number: u8) -> Result<Self, NoIssueNumber> {
        if (1..=Self::MAX).contains(&number) { Ok(Self(number)) } else { Err(NoIssueNumber) }
    }
}

impl TryFrom<u32> for IssueNumber {
    type Error = NoIssueNumber;

    fn try_from(number: u32) -> Result<Self, NoIssueNumber> {
        u8::try_from(number).map_err(|_| NoIssueNumber)?.try_into()
    }
}

impl From<IssueNumber> for u8 {
    fn from(number: IssueNumber) -> Self {
        number.0
    }
}

impl fmt::Display for IssueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The days on which an issue may be dispensed. They do not limit its expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first day.
    pub low: Date,
    /// The last day.
    pub high: Date,
}

/// The issue before a dispense notification changed it: what a withdrawal of that notification goes back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The payload id of the notification.
    pub notification: MessageId,
    /// The state before it.
    pub before: State,
}

/// One issue: where it stands and how it came there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    pub(super) window: Window,
    pub(super) nominated_download: Option<Date>,
    pub(super) prior_dispensed: Option<Timestamp>,
    pub(super) previous: Option<PrescriptionStatus>,
    pub(super) history: Vec<Snapshot>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) cancellations: Vec<Cancellation>,
    pub(super) state: State,
}

impl Issue {
    /// A new issue.
    pub(super) fn new(window: Window, state: State) -> Self {
        Self {
            window,
            nominated_download: None,
            prior_dispensed: None,
            previous: None,
            history: Vec::new(),
            cancellations: Vec::new(),
            state,
        }
    }

    /// Its state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> PrescriptionStatus {
        self.state.status()
    }

    /// Its status before the last change.
    #[must_use]
    pub fn previous(&self) -> Option<PrescriptionStatus> {
        self.previous
    }

    /// The dispense notifications that changed it, each with the state before, oldest first.
    #[must_use]
    pub fn history(&self) -> &[Snapshot] {
        &self.history
    }

    /// The cancellations that changed it, oldest first.
    #[must_use]
    pub fn cancellations(&self) -> &[Cancellation] {
        &self.cancellations
    }

    /// When the issue before this one was dispensed.
    #[must_use]
    pub fn prior_dispensed(&self) -> Option<Timestamp> {
        self.prior_dispensed
    }

    /// Its statuses, as the change log notes them.
    pub(super) fn statuses(&self) -> Statuses {
        Statuses { prescription: self.status(), items: self.state.items() }
    }

    /// The issue in the state that `change` makes of its present one.
    pub(super) fn change<E>(self, change: impl FnOnce(State) -> Result<State, E>) -> Result<Self, E> {
        let before = self.state.status();
        let state = change(self.state)?;
        let previous = if state.status() == before { self.previous } else { Some(before) };
        Ok(Self { state, previous, ..self })
    }
}

/// All issues of a prescription. Migrated prescriptions can lack early ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issues {
    pub(super) current: IssueNumber,
    all: BTreeMap<IssueNumber, Issue>,
}

impl Issues {
    /// Issues 1 and following.
    pub(super) fn new(issues: impl IntoIterator<Item = (IssueNumber, Issue)>) -> Self {
        Self { current: IssueNumber::FIRST, all: issues.into_iter().collect() }
    }

    /// The number of the issue that can be acted on.
    #[must_use]
    pub fn current(&self) -> IssueNumber {
        self.current
    }

    /// An issue.
    #[must_use]
    pub fn get(&self, number: IssueNumber) -> Option<&Issue> {
        self.all.get(&number)
    }

    /// All issues by number.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (IssueNumber, &Issue)> {
        self.all.iter().map(|(number, issue)| (*number, issue))
    }

    /// Moves on from the current issue, if it is over, to the first that is left to act on, or to the last.
    pub(super) fn move_on(&mut self) {
        let from = self.current;
        let mut later = self.all.range(from..);
        let open = later.clone().find(|(_, issue)| issue.state.is_open());
        if let Some((number, _)) = open.or_else(|| later.next_back()) {
            self.current = *number;
        }
    }

    /// Puts what `change` makes of an issue in its place.
    ///
    /// # Errors
    /// [`Refusal::PrescriptionNotFound`] where there is no such issue; the refusal of `change`.
    pub(super) fn change(
        &mut self,
        number: IssueNumber,
        change: impl FnOnce(Issue) -> Result<Issue, Refusal>,
    ) -> Result<(), Refusal> {
        let issue = self.all.remove(&number).ok_or(Refusal::PrescriptionNotFound)?;
        self.all.insert(number, change(issue)?);
        Ok(())
    }
}
