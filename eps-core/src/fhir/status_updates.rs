//! Status updates: what a pharmacy tells patients of items while it prepares them. A transaction Bundle of Tasks.
//!
//! Source: `NHSDigital/eps-prescription-status-update-api`.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::json::{Json, Node};
use crate::codes::{PatientStatus, system};
use crate::ids::{NhsNumber, is_check_character_right};
use crate::model::Timestamp;
use crate::problem::Problems;

/// The hours that the time of an update may be ahead.
const AHEAD: i64 = 24;
/// The hours that a predicted time may be ahead.
const PREDICTED_AHEAD: i64 = 999;

/// What was told of an item. `Debug` withholds the patient.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever keeps an update keeps all of it")]
pub struct StatusUpdate {
    /// The prescription's short-form id, in capitals. It need not exist.
    pub prescription: String,
    /// The item's id, in capitals.
    pub item: String,
    /// The patient.
    pub patient: NhsNumber,
    /// The pharmacy, in capitals.
    pub pharmacy: String,
    /// The status as it was sent: `Ready to Collect`.
    pub status: String,
    /// Whether nothing more is to be told.
    pub is_last: bool,
    /// The id of the Task.
    pub task: String,
    /// When it holds, as it was sent.
    pub modified: String,
    /// The same in seconds since 1970.
    pub modified_at: i64,
    /// The issue of a repeat dispensing prescription.
    pub issue: Option<i64>,
    /// Where `modified` is a prediction: when it was made, as it was sent.
    pub predicted: Option<String>,
}

impl fmt::Debug for StatusUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusUpdate").field("prescription", &self.prescription).finish_non_exhaustive()
    }
}

/// One entry of a Bundle: an update, or all that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is a pair")]
pub struct StatusUpdateEntry {
    /// Its `fullUrl`.
    pub full_url: Option<String>,
    /// What it tells, or what is wrong with it, in the words of the NHS service.
    pub update: Result<StatusUpdate, Vec<String>>,
}

/// What a Bundle of updates is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is a transaction or it is not")]
pub enum StatusUpdates {
    /// It is no transaction Bundle.
    NoTransaction,
    /// Its entries, in order.
    Entries(Vec<StatusUpdateEntry>),
}

/// Reads a Bundle of status updates, at this time.
///
/// # Errors
/// What makes it no JSON.
pub fn read_status_updates(bytes: &[u8], now: Timestamp) -> Result<StatusUpdates, Problems> {
    let json = Json::parse(bytes)?;
    let root = json.root();
    if root.str("resourceType") != Some("Bundle") || root.str("type") != Some("transaction") {
        return Ok(StatusUpdates::NoTransaction);
    }
    Ok(StatusUpdates::Entries(root.list("entry").map(|entry| read_entry(entry, now)).collect()))
}

fn read_entry(entry: Node<'_>, now: Timestamp) -> StatusUpdateEntry {
    let full_url = text(entry, "fullUrl").map(str::to_owned);
    let update = Fields::of(entry).and_then(|fields| fields.update(now));
    StatusUpdateEntry { full_url, update }
}

/// A text that is not empty.
fn text<'d>(node: Node<'d>, key: &str) -> Option<&'d str> {
    node.str(key).filter(|text| !text.is_empty())
}

/// An identifier's value, with its system.
#[derive(Clone, Copy)]
struct Identified<'d> {
    value: &'d str,
    system: Option<&'d str>,
}

fn identified<'d>(owner: Option<Node<'d>>) -> Option<Identified<'d>> {
    let identifier = owner?.get("identifier")?;
    Some(Identified { value: text(identifier, "value")?, system: identifier.str("system") })
}

/// The fields that every entry has.
struct Fields<'d> {
    full_url: &'d str,
    resource: Node<'d>,
    modified: &'d str,
    item: Identified<'d>,
    patient: Identified<'d>,
    pharmacy: Identified<'d>,
    prescription: Identified<'d>,
    status: Identified<'d>,
    task: &'d str,
    task_status: &'d str,
}

impl<'d> Fields<'d> {
    /// The fields, or the names of those that are missing.
    fn of(entry: Node<'d>) -> Result<Self, Vec<String>> {
        let mut missing = Vec::new();
        let full_url = text(entry, "fullUrl");
        let resource = entry.get("resource").filter(|resource| resource.is_object());
        let coded = |coding: Node<'d>| Some(Identified { value: text(coding, "code")?, system: coding.str("system") });
        let modified = resource.and_then(|task| text(task, "lastModified"));
        let item = identified(resource.and_then(|task| task.get("focus")));
        let patient = identified(resource.and_then(|task| task.get("for")));
        let pharmacy = identified(resource.and_then(|task| task.get("owner")));
        let prescription = identified(resource.and_then(|task| task.list("basedOn").next()));
        let business = resource.and_then(|task| task.get("businessStatus"));
        let status = business.and_then(|status| status.list("coding").next()).and_then(coded);
        let task = resource.and_then(|task| text(task, "id"));
        let task_status = resource.and_then(|task| text(task, "status"));
        let mut note = |there: bool, name: &'static str| missing.extend((!there).then_some(name));
        note(full_url.is_some(), "FullUrl");
        note(resource.is_some(), "Resource");
        if resource.is_some() {
            note(modified.is_some(), "LastModified");
            note(item.is_some(), "LineItemID");
            note(patient.is_some(), "PatientNHSNumber");
            note(pharmacy.is_some(), "PharmacyODSCode");
            note(prescription.is_some(), "PrescriptionID");
            note(status.is_some(), "Status");
            note(task.is_some(), "TaskID");
            note(task_status.is_some(), "TerminalStatus");
        }
        let all = || {
            Some(Self {
                full_url: full_url?,
                resource: resource?,
                modified: modified?,
                item: item?,
                patient: patient?,
                pharmacy: pharmacy?,
                prescription: prescription?,
                status: status?,
                task: task?,
                task_status: task_status?,
            })
        };
        all().ok_or_else(|| vec![format!("Missing required field(s) - {}.", missing.join(", "))])
    }

    /// The update, or everything that is wrong with it, in the order of the NHS service.
    fn update(&self, now: Timestamp) -> Result<StatusUpdate, Vec<String>> {
        let mut told = Vec::new();
        let mut tell = |wrong: bool, words: String| told.extend(wrong.then_some(words));
        let predicted = self.resource.get("meta").and_then(|meta| text(meta, "lastUpdated"));
        let (modified_at, predicted_at) = (seconds(self.modified), predicted.map(seconds));
        let ahead = |at: Option<i64>, hours: i64| at.is_some_and(|at| at > now.plus_seconds(hours * 3600).unix());
        let known = PatientStatus::of(self.status.value);
        let patient: Option<NhsNumber> = self.patient.value.parse().ok();
        let is_last = match self.task_status {
            "completed" => Some(true),
            "in-progress" => Some(false),
            _ => None,
        };
        let id = format!("urn:uuid:{}", self.task);
        tell(self.full_url != id, "Invalid entry fullUrl or task id.".to_owned());
        tell(is_last.is_none(), format!("Unsupported Task.status '{}'.", self.task_status));
        tell(known.is_none(), "Invalid business status.".to_owned());
        tell(modified_at.is_none(), "Date format provided for lastModified is invalid.".to_owned());
        let hours = if predicted.is_some() { PREDICTED_AHEAD } else { AHEAD };
        tell(ahead(modified_at, hours), "Invalid lastModified value provided.".to_owned());
        if let Some(at) = predicted_at {
            tell(at.is_none(), "Date format provided for meta.lastUpdated is invalid.".to_owned());
            tell(ahead(at, AHEAD), "Invalid meta.lastUpdated value provided.".to_owned());
        }
        tell(patient.is_none(), "NHS number is invalid.".to_owned());
        let prescription = self.prescription.value.to_ascii_uppercase();
        tell(!is_check_character_right(&prescription), "Prescription ID is invalid.".to_owned());
        tell(self.resource.str("resourceType") != Some("Task"), "Resource's resourceType is not 'Task'.".to_owned());
        told.extend(disagreement(known, self.status.value, is_last));
        told.extend(self.wrong_systems());
        match (patient, modified_at, is_last) {
            (Some(patient), Some(modified_at), Some(is_last)) if told.is_empty() => Ok(StatusUpdate {
                prescription,
                item: self.item.value.to_ascii_uppercase(),
                patient,
                pharmacy: self.pharmacy.value.trim().to_ascii_uppercase(),
                status: self.status.value.to_owned(),
                is_last,
                task: self.task.to_owned(),
                modified: self.modified.to_owned(),
                modified_at,
                issue: self.issue(),
                predicted: predicted.map(str::to_owned),
            }),
            _ => Err(told),
        }
    }

    fn issue(&self) -> Option<i64> {
        let mut inputs = self.resource.list("input");
        let input =
            inputs.find(|input| input.get("type").and_then(|kind| kind.str("text")) == Some("Repeat Number"))?;
        input.get("valueInteger")?.as_number()?.parse().ok()
    }

    fn wrong_systems(&self) -> Option<String> {
        let wanted = [
            ("LineItemID", self.item, system::ORDER_ITEM),
            ("PatientNHSNumber", self.patient, system::NHS_NUMBER),
            ("PharmacyODSCode", self.pharmacy, system::ODS),
            ("PrescriptionID", self.prescription, system::PRESCRIPTION_NUMBER),
            ("Status", self.status, PatientStatus::SYSTEM),
        ];
        let wrong = wanted.into_iter().filter(|(_, found, wanted)| found.system != Some(*wanted));
        let wrong: Vec<_> = wrong.map(|(name, ..)| name).collect();
        (!wrong.is_empty()).then(|| format!("Invalid CodeSystem(s) - {}.", wrong.join(", ")))
    }
}

/// Why the two statuses do not go together.
fn disagreement(known: Option<PatientStatus>, sent: &str, is_last: Option<bool>) -> Option<String> {
    let Some(status) = known else { return Some(format!("Unsupported Task.businessStatus '{sent}'.")) };
    match is_last? {
        true if !status.may_be_last() => Some(format!(
            "Task.status field set to 'completed' but Task.businessStatus value of '{sent}' requires follow up action."
        )),
        false if status.is_last_only() => Some(format!(
            "Task.status field set to 'in-progress' but Task.businessStatus value of '{sent}' has no possible follow up \
             action."
        )),
        true | false => None,
    }
}

fn seconds(text: &str) -> Option<i64> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}
