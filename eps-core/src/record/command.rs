//! What is asked of a record, taken from the messages that ask it.

use super::admin::AdminUpdate;
use super::cancellation::{Cancellation, CancellationTarget};
use super::refusal::{Invalid, Refusal};
use super::{DocumentKey, IssueNumber};
use crate::codes::{DispensingSitePreference, ItemStatus, PrescriptionStatus, TreatmentType, WithdrawType};
use crate::ids::{LineItemId, MessageId, NhsNumber, OdsCode, PrescriptionId, PrescriptionUuid};
use crate::model::{
    self, AgentPerson, Code, Date, DaysSupply, DispenseClaim, DispenseHistory, DispenseNotification, Prescription,
    ReleaseRequest, RepeatNumber, Return, SignatureText, Timestamp, Withdrawal,
};

/// What is asked of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Begin it.
    Create(Box<Create>),
    /// Hand the prescription to a dispenser.
    Release(Box<ReleaseTo>),
    /// Note what was dispensed.
    Notify(Box<Notification>),
    /// Note the claim.
    Claim(Box<ClaimOf>),
    /// Cancel it, or an item of it.
    Cancel(Box<CancelOf>),
    /// Take it back from its dispenser.
    Return(ReturnOf),
    /// Take back what was told of its dispensing.
    Withdraw(WithdrawOf),
    /// Note anew all that was dispensed.
    Rebuild(RebuildOf),
    /// Set right what went wrong.
    Administer(Box<AdminUpdate>),
}

/// A prescription arrives.
#[derive(Clone, PartialEq, Eq)]
pub struct Create {
    pub(super) id: PrescriptionId,
    pub(super) uuid: PrescriptionUuid,
    pub(super) document: DocumentKey,
    pub(super) namespaces: Vec<(Box<str>, Box<str>)>,
    pub(super) nhs_number: NhsNumber,
    pub(super) birth_date: Option<Date>,
    pub(super) treatment: TreatmentType,
    pub(super) prescription_type: Code,
    pub(super) prescribed: Timestamp,
    pub(super) signed_at: Option<Timestamp>,
    pub(super) prescriber: OdsCode,
    pub(super) nominated: Option<OdsCode>,
    pub(super) preference: DispensingSitePreference,
    pub(super) repeat: Option<RepeatNumber>,
    pub(super) days_supply: Option<DaysSupply>,
    pub(super) items: Vec<PrescribedItem>,
}

impl std::fmt::Debug for Create {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Create").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A line item of a prescription that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrescribedItem {
    pub(super) id: LineItemId,
    pub(super) repeat: Option<RepeatNumber>,
}

impl Create {
    /// The prescription of a message. `document` names its signed document, and `namespaces` those declared around it.
    ///
    /// # Errors
    /// [`Invalid`] where the id's check character is wrong or the prescriber's organisation is not named.
    pub fn from_message(
        message: &Prescription,
        document: DocumentKey,
        namespaces: Vec<(Box<str>, Box<str>)>,
    ) -> Result<Self, Refusal> {
        let signed = match message.author.signature {
            SignatureText::Element(_) => Some(message.author.time),
            SignatureText::NotApplicable => None,
        };
        Ok(Self {
            id: message.id.checked().map_err(|_| Invalid::PrescriptionIdCheck)?,
            uuid: message.uuid,
            document,
            namespaces,
            nhs_number: message.patient.nhs_number.clone(),
            birth_date: message.patient.birth_date,
            treatment: message.treatment_type,
            prescription_type: message.prescription_type.clone(),
            prescribed: message.effective_time,
            signed_at: signed,
            prescriber: message.author.person.organisation.ods.clone().ok_or(Invalid::Organisation)?,
            nominated: message.nominated_performer.clone(),
            preference: message.site_preference,
            repeat: message.repeat,
            days_supply: message.days_supply,
            items: message.line_items.iter().map(|item| PrescribedItem { id: item.id, repeat: item.repeat }).collect(),
        })
    }

    /// The prescription's id.
    #[must_use]
    pub fn id(&self) -> &PrescriptionId {
        &self.id
    }
}

/// How a dispenser asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "EPS knows these two ways to ask")]
pub enum ReleaseHow {
    /// For whatever waits for it.
    Nominated,
    /// For this prescription, whoever is nominated.
    ById,
}

/// A dispenser asks for the prescription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseTo {
    pub(super) how: ReleaseHow,
    pub(super) to: OdsCode,
    pub(super) holder: Box<AgentPerson>,
    pub(super) request: MessageId,
    pub(super) document: DocumentKey,
}

impl ReleaseTo {
    /// The request of a message, which is stored as `document`.
    ///
    /// # Errors
    /// [`Invalid::Organisation`] where it does not say for which pharmacy.
    pub fn from_message(message: &ReleaseRequest, how: ReleaseHow, document: DocumentKey) -> Result<Self, Refusal> {
        let to = message.author.organisation.ods.clone().ok_or(Invalid::Organisation)?;
        Ok(Self { how, to, holder: Box::new(message.author.clone()), request: message.id, document })
    }

    /// The dispenser that asks.
    #[must_use]
    pub fn to(&self) -> &OdsCode {
        &self.to
    }
}

/// A dispenser tells what it supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    pub(super) id: MessageId,
    pub(super) document: DocumentKey,
    pub(super) at: Timestamp,
    pub(super) by: Option<OdsCode>,
    pub(super) nhs_number: NhsNumber,
    pub(super) repeat: Option<RepeatNumber>,
    pub(super) status: PrescriptionStatus,
    pub(super) items: Vec<NotifiedItem>,
    pub(super) replaces: Option<MessageId>,
}

/// What a notification tells of one line item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotifiedItem {
    pub(super) prescribed: LineItemId,
    pub(super) status: ItemStatus,
    pub(super) repeats: Option<u32>,
}

impl Notification {
    /// The notification of a message, which is stored as `document`.
    #[must_use]
    pub fn from_message(message: &DispenseNotification, document: DocumentKey) -> Self {
        Self {
            id: message.id,
            document,
            at: message.effective_time,
            by: message.author.organisation.ods.clone(),
            nhs_number: message.nhs_number.clone(),
            repeat: message.repeat,
            status: message.status.code,
            items: message
                .items
                .iter()
                .map(|item| NotifiedItem {
                    prescribed: item.prescribed_item,
                    status: item.status.code,
                    repeats: item.repeat.map(|repeat| repeat.high),
                })
                .collect(),
            replaces: message.replaces,
        }
    }
}

/// A dispenser claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimOf {
    pub(super) id: MessageId,
    pub(super) document: DocumentKey,
    pub(super) at: Timestamp,
    pub(super) repeat: Option<RepeatNumber>,
    pub(super) replaces: Option<MessageId>,
}

impl ClaimOf {
    /// The claim of a message, which is stored as `document`.
    #[must_use]
    pub fn from_message(message: &DispenseClaim, document: DocumentKey) -> Self {
        Self {
            id: message.id,
            document,
            at: message.effective_time,
            repeat: message.repeat,
            replaces: message.replaces,
        }
    }
}

/// A prescriber cancels.
#[derive(Clone, PartialEq, Eq)]
pub struct CancelOf {
    pub(super) cancellation: Cancellation,
    pub(super) nhs_number: NhsNumber,
    pub(super) birth_date: Option<Date>,
    pub(super) prescription: PrescriptionId,
}

impl std::fmt::Debug for CancelOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CancelOf").field("cancellation", &self.cancellation).finish_non_exhaustive()
    }
}

impl CancelOf {
    /// The cancellation of a message, which is stored as `document`.
    ///
    /// # Errors
    /// [`Invalid`] where the id's check character is wrong or the organisation that cancels is not named.
    pub fn from_message(message: &model::Cancellation, document: DocumentKey) -> Result<Self, Refusal> {
        let cancellation = Cancellation {
            id: message.id,
            document,
            by: message.author.organisation.ods.clone().ok_or(Invalid::Organisation)?,
            target: message.item.map_or(CancellationTarget::Prescription, CancellationTarget::Item),
            at: message.effective_time,
            reasons: message.reasons.iter().map(|reason| reason.code.code).collect(),
        };
        Ok(Self {
            cancellation,
            nhs_number: message.patient.nhs_number.clone(),
            birth_date: message.patient.birth_date,
            prescription: message.prescription_id.checked().map_err(|_| Invalid::PrescriptionIdCheck)?,
        })
    }

    /// The id of the prescription.
    #[must_use]
    pub fn prescription(&self) -> &PrescriptionId {
        &self.prescription
    }
}

/// A dispenser gives the prescription back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnOf {
    pub(super) document: DocumentKey,
    pub(super) by: OdsCode,
    pub(super) issue: Option<u32>,
}

impl ReturnOf {
    /// The return of a message, which is stored as `document`.
    ///
    /// # Errors
    /// [`Invalid::Organisation`] where it does not say which pharmacy returns.
    pub fn from_message(message: &Return, document: DocumentKey) -> Result<Self, Refusal> {
        let by = message.author.organisation.ods.clone().ok_or(Invalid::Organisation)?;
        Ok(Self { document, by, issue: message.issue })
    }
}

/// A dispenser takes back what it told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawOf {
    pub(super) document: DocumentKey,
    pub(super) nhs_number: NhsNumber,
    pub(super) issue: Option<u32>,
    pub(super) kind: WithdrawType,
    pub(super) notifications: Vec<MessageId>,
}

impl WithdrawOf {
    /// The withdrawal of a message, which is stored as `document`.
    #[must_use]
    pub fn from_message(message: &Withdrawal, document: DocumentKey) -> Self {
        Self {
            document,
            nhs_number: message.nhs_number.clone(),
            issue: message.issue,
            kind: message.kind.code,
            notifications: message.notifications.clone(),
        }
    }
}

/// A dispenser tells anew all that it supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuildOf {
    pub(super) document: DocumentKey,
    pub(super) issue: Option<u32>,
    pub(super) notifications: Vec<Notification>,
}

impl RebuildOf {
    /// The history of a message, which is stored as `document`, in the order of its sequence numbers where it has any.
    #[must_use]
    pub fn from_message(message: &DispenseHistory, document: DocumentKey) -> Self {
        let mut entries: Vec<_> = message.notifications.iter().collect();
        entries.sort_by_key(|entry| entry.sequence);
        let told = |entry: &&model::HistoryEntry| Notification::from_message(&entry.notification, document);
        Self { document, issue: message.issue, notifications: entries.iter().map(told).collect() }
    }
}

/// The issue that a message about a repeat dispensing prescription speaks of.
///
/// # Errors
/// [`Refusal::RepeatMismatch`] where it does not say, or says something impossible.
pub(super) fn told_issue(repeat: Option<RepeatNumber>) -> Result<IssueNumber, Refusal> {
    let low = repeat.ok_or(Refusal::RepeatMismatch)?.low;
    IssueNumber::try_from(low).map_err(|_| Refusal::RepeatMismatch)
}
