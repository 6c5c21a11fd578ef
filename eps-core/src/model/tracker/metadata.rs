//! The metadata of a prescription and its clinical view: PORX_IN000006UK99 and PORX_IN000006UK98, which share their shape.

use super::{FoundName, SpineTime};
use crate::codes::{
    CancellationReason, DispensingSitePreference, ItemStatus, NotDispensedReason, PrescriptionStatus, TreatmentType,
};
use crate::ids::{LineItemId, NhsNumber, OdsCode, WrittenPrescriptionId};
use crate::model::{Code, Decimal, Text};

/// All that Spine tells of one issue of a prescription (`PrescriptionJsonQueryResponse`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrescriptionMetadata {
    /// What Spine's index keeps.
    pub index: IndexMetadata,
    /// The issue.
    pub issue: IssueMetadata,
    /// Its line items.
    pub items: Vec<ItemMetadata>,
    /// Everything that happened, oldest first.
    pub history: Vec<HistoryEvent>,
    /// What happened to this issue, oldest first, with the items that it moved.
    pub changes: Vec<StatusChange>,
    /// Where it is and was supplied.
    pub supply: SupplyMetadata,
    /// What holds for all issues.
    pub facts: PrescriptionFacts,
    /// What was written on the prescription.
    pub parent: ParentMetadata,
    /// What was dispensed.
    pub notifications: Vec<NotificationMetadata>,
}

/// `epsIndex`: lists in Spine's own notation, such as `['A83008_0001']`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexMetadata {
    /// The prescribing site with each status.
    pub prescribing_site: Option<Text>,
    /// The nominated pharmacy with each status.
    pub nominated_pharmacy: Option<Text>,
    /// What Spine does next, and when.
    pub next_activity: Option<Text>,
    /// The dispenser with each status.
    pub dispenser: Option<Text>,
}

/// The beginning of `epsRecord`: the issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueMetadata {
    /// The document that released it.
    pub release_request: Option<Code>,
    /// Its status.
    pub status: PrescriptionStatus,
    /// When its nominated pharmacy may download it.
    pub nominated_download: Option<SpineTime>,
    /// When it was released.
    pub downloaded: Option<SpineTime>,
    /// When it was done with.
    pub completed: Option<SpineTime>,
    /// When it expires.
    pub expires: Option<SpineTime>,
    /// When it may be dispensed.
    pub window: DayRange,
    /// Its number, from 1.
    pub number: u32,
}

/// A first and a last day, either of which may be open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub low: Option<SpineTime>,
    /// The last day.
    pub high: Option<SpineTime>,
}

/// `lineItem`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemMetadata {
    /// Its place on the prescription, from 1.
    pub order: u32,
    /// Its id.
    pub id: LineItemId,
    /// The status before.
    pub previous_status: Option<ItemStatus>,
    /// The number of its own issues.
    pub max_repeats: Option<u32>,
    /// Its status.
    pub status: ItemStatus,
}

/// `history`: an event as Spine logs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryEvent {
    /// The sequence number of the change.
    pub number: u32,
    /// The issue.
    pub issue: Option<u32>,
    /// The interaction, one of Spine's own where nobody sent it.
    pub interaction: Option<Code>,
    /// The status of the prescription after it.
    pub status: Option<PrescriptionStatus>,
    /// The status of the issue after it.
    pub issue_status: Option<PrescriptionStatus>,
    /// Who caused it.
    pub person: Option<Code>,
    /// Which system.
    pub system: Option<Code>,
    /// Which organisation.
    pub organisation: Option<Code>,
    /// What happened, in words.
    pub message: Option<Text>,
    /// The message that caused it.
    pub message_id: Option<Code>,
    /// When.
    pub time: Option<SpineTime>,
    /// The receiving system.
    pub to: Option<Code>,
    /// The sending system.
    pub from: Option<Code>,
}

/// A cancellation reason; pending where the dispenser has not given the prescription back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenReason {
    /// Why.
    pub reason: CancellationReason,
    /// Whether the cancellation waits.
    pub pending: bool,
}

/// `filteredHistory`: an event that moved the issue or one of its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// The sequence number of the change.
    pub number: u32,
    /// The document of the event: for a dispense notification, the key that [`NotificationMetadata::document`] repeats.
    pub document: Option<Code>,
    /// When.
    pub time: SpineTime,
    /// The status before.
    pub from: Option<PrescriptionStatus>,
    /// The status after.
    pub to: PrescriptionStatus,
    /// Who caused it.
    pub person: Option<Code>,
    /// Under which role profile; `NotProvided` where it is not known.
    pub role_profile: Option<Code>,
    /// What happened, in words.
    pub message: Text,
    /// Why, for a cancellation of the prescription.
    pub reason: Option<GivenReason>,
    /// Which system.
    pub system: Option<Code>,
    /// Which organisation.
    pub organisation: Option<Code>,
    /// What became of the items.
    pub lines: Vec<LineChange>,
}

/// What an event did to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChange {
    /// The item's place on the prescription, from 1.
    pub order: u32,
    /// The item's id.
    pub id: LineItemId,
    /// Its status as the event tells it; empty in all known answers.
    pub status: Option<ItemStatus>,
    /// The status before.
    pub from: Option<ItemStatus>,
    /// The status after.
    pub to: Option<ItemStatus>,
    /// Why, for a cancellation of the item.
    pub reason: Option<GivenReason>,
}

/// Where the issue is and was supplied, and whether it was claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupplyMetadata {
    /// The dispenser that holds it.
    pub dispenser: Option<OdsCode>,
    /// When it was dispensed last.
    pub last_dispensed: Option<SpineTime>,
    /// The document of the last dispense notification.
    pub last_notification_document: Option<Code>,
    /// The last dispense notification.
    pub last_notification: Option<Code>,
    /// When it was claimed.
    pub claimed: Option<SpineTime>,
}

/// What holds for all issues of the prescription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrescriptionFacts {
    /// The issue that is current, from 1.
    pub current_issue: Option<u32>,
    /// When it was signed.
    pub signed: Option<SpineTime>,
    /// How it is issued.
    pub treatment_type: TreatmentType,
    /// Who prescribes in which setting.
    pub prescription_type: Code,
    /// When it was prescribed.
    pub prescribed: SpineTime,
    /// Its short form id.
    pub id: WrittenPrescriptionId,
    /// The key of the document that holds it.
    pub document: Option<Code>,
    /// Who prescribed.
    pub prescriber: OdsCode,
    /// How long an issue lasts, in days.
    pub days_supply: Option<u32>,
    /// The number of issues.
    pub max_repeats: Option<u32>,
    /// The message that brought it.
    pub event: Option<Code>,
    /// The day before which the patient is below the age limit.
    pub lower_age_limit: Option<SpineTime>,
    /// The day after which the patient is above the age limit.
    pub higher_age_limit: Option<SpineTime>,
    /// The patient.
    pub nhs_number: NhsNumber,
    /// The patient's day of birth.
    pub birth: Option<SpineTime>,
    /// The nominated dispenser.
    pub nominated: Option<OdsCode>,
    /// What kind of dispenser is nominated.
    pub nominated_kind: Option<DispensingSitePreference>,
}

/// `parentPrescription`: what was written on the prescription, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParentMetadata {
    /// The patient's day of birth.
    pub birth: Option<SpineTime>,
    /// The patient's gender as Spine's index codes it: 1 male, 2 female, 3 other, 4 unknown.
    pub gender: Option<Code>,
    /// The patient's name.
    pub name: FoundName,
    /// The lines of the patient's address.
    pub address: [Option<Text>; 3],
    /// The patient's postcode.
    pub postcode: Option<Text>,
    /// The items in the order of the prescription.
    pub items: [ItemText; 4],
}

/// A product in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemText {
    /// What.
    pub product: Option<Text>,
    /// How much.
    pub quantity: Option<Decimal>,
    /// Of which unit.
    pub unit: Option<Text>,
    /// How to take it.
    pub dosage: Option<Text>,
}

/// `dispenseNotification`: what was dispensed at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationMetadata {
    /// The id of the notification as its sender wrote it.
    pub id: Code,
    /// The key of its document.
    pub document: Option<Code>,
    /// The status of the prescription before.
    pub from: Option<PrescriptionStatus>,
    /// The status of the prescription after.
    pub to: Option<PrescriptionStatus>,
    /// When.
    pub time: SpineTime,
    /// The items in the order of the prescription.
    pub items: [NotifiedItem; 4],
    /// The status of the prescription as notified.
    pub status: Option<PrescriptionStatus>,
    /// Why nothing of it was dispensed.
    pub reason: Option<NotDispensedReason>,
}

/// What a notification tells of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifiedItem {
    /// What was supplied, in words.
    pub text: ItemText,
    /// What was supplied, one entry for each product.
    pub components: Vec<ItemText>,
    /// The status of the item as notified; none where the notification does not tell of it.
    pub status: Option<ItemStatus>,
    /// Why it was not dispensed.
    pub reason: Option<NotDispensedReason>,
}
