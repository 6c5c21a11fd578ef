//! The change log of a record: what happened, when, by which message of whom, and what it changed.

use serde::{Deserialize, Serialize};

use super::IssueNumber;
use crate::codes::{CancellationResult, InteractionId, ItemStatus, PrescriptionStatus};
use crate::ids::{Asid, MessageId, OdsCode, SdsRoleProfileId, SdsUserId};
use crate::model::Timestamp;

/// Who caused a change, as far as the message says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The sending system.
    pub system: Option<Asid>,
    /// The person.
    pub user: Option<SdsUserId>,
    /// The role that the person acted in.
    pub role_profile: Option<SdsRoleProfileId>,
    /// The organisation acted for.
    pub organisation: Option<OdsCode>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The prescription was accepted.
    Uploaded,
    /// It was given to its nominated pharmacy.
    NominatedRelease,
    /// It was given to the pharmacy that asked for it by its id.
    PatientRelease,
    /// A dispenser told what it supplied.
    Dispensed,
    /// A dispenser set right what it had told.
    DispenseAmended,
    /// It was claimed.
    Claimed,
    /// A claim was set right.
    ClaimAmended,
    /// A cancellation was answered.
    CancelAnswered(CancellationResult),
    /// What became later of a cancellation that had to wait.
    SubsequentCancellation,
    /// The dispenser gave it back.
    Returned,
    /// The dispenser took notifications back.
    Withdrawn,
    /// The dispenser sent its notifications anew.
    HistoryRebuilt,
    /// An operator set something right.
    Administered,
    /// Time passed.
    TimePassed,
}

impl Event {
    /// What Spine writes into its log.
    #[must_use]
    pub fn text(self, issue: IssueNumber) -> String {
        match self {
            Self::Uploaded => "Prescription upload successful".to_owned(),
            Self::NominatedRelease => "Nominated Release Request successful".to_owned(),
            Self::PatientRelease => "Release Request successful".to_owned(),
            Self::Dispensed | Self::DispenseAmended => {
                format!("Dispense notification successful; Update applied to issue={issue}")
            }
            Self::Claimed | Self::ClaimAmended => "Dispense claim successful".to_owned(),
            Self::CancelAnswered(result) => result.display().to_owned(),
            Self::SubsequentCancellation => "Subsequent cancellation".to_owned(),
            Self::Returned => "Dispense proposal return successful".to_owned(),
            Self::Withdrawn => "Dispense Withdrawal successful".to_owned(),
            Self::HistoryRebuilt => "Rebuild Dispense History successful".to_owned(),
            Self::Administered => "Administrative update successful".to_owned(),
            Self::TimePassed => "Updated by Urgent Admin Batch worker".to_owned(),
        }
    }
}

/// The statuses of an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statuses {
    /// The issue's.
    pub prescription: PrescriptionStatus,
    /// Each item's, by its position.
    pub items: Vec<(u8, ItemStatus)>,
}

/// A change of one issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which issue.
    pub issue: IssueNumber,
    /// Before; `None` where the issue came to be.
    pub from: Option<Statuses>,
    /// After.
    pub to: Statuses,
}

/// One line of the change log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version of the record after this.
    pub version: u32,
    /// When it was handled.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// The message; `None` where time passed.
    pub message: Option<MessageId>,
    /// Its interaction.
    #[serde(with = "interaction_as_text")]
    pub interaction: Option<InteractionId>,
    /// Who sent it.
    pub who: Who,
    /// The issue it was about.
    pub issue: IssueNumber,
    /// What it changed. Empty where only details changed and no status.
    pub changes: Vec<Change>,
}

impl Entry {
    /// The entry in words.
    #[must_use]
    pub fn text(&self) -> String {
        self.event.text(self.issue)
    }
}

/// An interaction is stored under the id it came with.
mod interaction_as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::codes::InteractionId;

    pub(super) fn serialize<S: Serializer>(id: &Option<InteractionId>, to: S) -> Result<S::Ok, S::Error> {
        id.map(InteractionId::as_str).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<InteractionId>, D::Error> {
        let text: Option<String> = Option::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}
