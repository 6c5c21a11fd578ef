//! What every accepted change does: count the version, note the documents, write the log.

use super::refusal::Refusal;
use super::timeline::{Change, Entry, Event, Statuses};
use super::{DocumentKey, IssueNumber, Received, Record, Who};
use crate::model::Timestamp;

/// The most entries of a change log. Spine stores no event beyond this number.
const MAX_ENTRIES: usize = 512;

/// A record that is being changed, and its statuses before.
pub(super) struct Changing {
    pub(super) record: Record,
    before: Vec<(IssueNumber, Statuses)>,
}

/// What the log says of a change beside the statuses.
pub(super) struct Cause<'a> {
    pub(super) event: Event,
    pub(super) issue: IssueNumber,
    pub(super) by: Result<&'a Received, Timestamp>,
    pub(super) document: Option<DocumentKey>,
}

fn statuses(record: &Record) -> Vec<(IssueNumber, Statuses)> {
    record.issues.iter().map(|(number, issue)| (number, issue.statuses())).collect()
}

impl Changing {
    /// Begins a change.
    ///
    /// # Errors
    /// [`Refusal::LogFull`] where the log can take no more.
    pub(super) fn begin(record: Record) -> Result<Self, Refusal> {
        if record.timeline.len() >= MAX_ENTRIES {
            return Err(Refusal::LogFull);
        }
        Ok(Self { before: statuses(&record), record })
    }

    /// Begins the life of a record.
    pub(super) fn create(record: Record) -> Self {
        Self { record, before: Vec::new() }
    }

    /// Ends the change: the record as it is to be stored.
    pub(super) fn finish(self, cause: Cause<'_>) -> Record {
        let Self { mut record, before } = self;
        record.version = record.version.saturating_add(1);
        record.documents.extend(cause.document);
        let changes = statuses(&record)
            .into_iter()
            .map(|(issue, to)| {
                let from = before.iter().find(|(number, _)| *number == issue).map(|(_, from)| from.clone());
                Change { issue, from, to }
            })
            .filter(|change| change.from.as_ref() != Some(&change.to))
            .collect();
        let (at, message, interaction, who) = match cause.by {
            Ok(received) => (received.at, Some(received.message), Some(received.interaction), received.who.clone()),
            Err(time) => (time, None, None, Who::default()),
        };
        let Cause { event, issue, .. } = cause;
        let version = record.version;
        record.timeline.push(Entry { version, at, event, message, interaction, who, issue, changes });
        record
    }
}
