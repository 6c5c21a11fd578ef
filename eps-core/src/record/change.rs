//! What every accepted change does: count the version, note the documents, write the log.

use super::refusal::Refusal;
use super::timeline::{Change, Entry, Event, Statuses};
use super::{DocumentKey, IssueNumber, Received, Record, Who};
use crate::codes::Interaction;
use crate::model::Timestamp;

/// The most entries of a change log. Spine stores no event beyond this number.
const MAX_ENTRIES: usize = 512;
/// The first version whose entry may be left out.
const EARLIEST_KEPT: u32 = 16;
/// So many of the newest versions keep their entries.
const RECENT_KEPT: u32 = 16;

/// A record that is being changed, and its statuses before.
pub(super) struct Changing {
    pub(super) record: Record,
    before: Vec<(IssueNumber, Statuses)>,
    also: Vec<(Event, IssueNumber, DocumentKey)>,
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
    pub(super) fn begin(record: Record) -> Self {
        Self { before: statuses(&record), record, also: Vec::new() }
    }

    /// Begins the life of a record.
    pub(super) fn create(record: Record) -> Self {
        Self { record, before: Vec::new(), also: Vec::new() }
    }

    /// Notes what happened besides, to what a document asked for.
    pub(super) fn note(&mut self, event: Event, issue: IssueNumber, document: DocumentKey) {
        self.also.push((event, issue, document));
    }

    /// Ends the change: the record as it is to be stored.
    ///
    /// # Errors
    /// [`Refusal::LogFull`] where the log can take no more.
    pub(super) fn finish(self, cause: Cause<'_>) -> Result<Record, Refusal> {
        let Self { mut record, before, also } = self;
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
        let main = Entry { version, at, event, message, interaction, who, issue, changes };
        let besides = also.into_iter().map(|(event, issue, document)| Entry {
            event,
            message: Some(document.message()),
            interaction: Some(Interaction::SubsequentCancellationResponse.uk()),
            who: Who::default(),
            issue,
            changes: Vec::new(),
            ..main.clone()
        });
        let besides: Vec<_> = besides.collect();
        record.timeline.push(main);
        record.timeline.extend(besides);
        prune(&mut record.timeline, version);
        if record.timeline.len() > MAX_ENTRIES { Err(Refusal::LogFull) } else { Ok(record) }
    }
}

/// Thins out a log that has grown long: of three changes of the same repeating kind in a row, the middle one goes. What
/// is early or recent stays.
fn prune(timeline: &mut Vec<Entry>, version: u32) {
    if version as usize <= MAX_ENTRIES {
        return;
    }
    let kept = EARLIEST_KEPT..=version.saturating_sub(RECENT_KEPT);
    let middle: Vec<u32> = timeline
        .windows(3)
        .filter_map(|three| {
            let [one, two, three] = three else { return None };
            let in_a_row = one.version + 1 == two.version && two.version + 1 == three.version;
            let alike = repeats(two.event) && one.event == two.event && two.event == three.event;
            (in_a_row && alike && kept.contains(&three.version)).then_some(two.version)
        })
        .collect();
    timeline.retain(|entry| middle.binary_search(&entry.version).is_err());
}

/// What may happen to a prescription again and again.
fn repeats(event: Event) -> bool {
    match event {
        Event::Uploaded | Event::NominatedRelease | Event::PatientRelease | Event::Returned => true,
        Event::Dispensed
        | Event::DispenseAmended
        | Event::Claimed
        | Event::ClaimAmended
        | Event::CancelAnswered(_)
        | Event::SubsequentCancellation
        | Event::Withdrawn
        | Event::HistoryRebuilt
        | Event::Administered
        | Event::TimePassed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::samples::at;

    #[test]
    fn of_three_alike_in_a_long_log_the_middle_one_goes() {
        let entry = |version, event| Entry {
            version,
            at: at("20260105100000"),
            event,
            message: None,
            interaction: None,
            who: Who::default(),
            issue: IssueNumber::FIRST,
            changes: Vec::new(),
        };
        let log = |last: u32| -> Vec<Entry> {
            let event = |version| if version < 100 { Event::Returned } else { Event::Dispensed };
            (2..=last).map(|version| entry(version, event(version))).collect()
        };
        let versions = |mut log: Vec<Entry>, version| {
            prune(&mut log, version);
            log.iter().map(|entry| entry.version).collect::<Vec<_>>()
        };
        assert_eq!(versions(log(512), 512).len(), 511);
        let pruned = versions(log(513), 513);
        // Of 2 to 99 those stay that are early, or at an end of the row: 15 to 98 are the middle of three.
        assert_eq!(pruned, (2..15).chain(99..=513).collect::<Vec<_>>());
    }
}
