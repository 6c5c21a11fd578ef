//! What is told of a record to those who ask: the metadata of an issue, and what a search finds.

use super::parts::Parts;
use super::timeline::{Change, Entry};
use super::{CancellationTarget, DocumentKey, Event, IndexTerms, Issue, IssueNumber, Periods, Record, Statuses};
use crate::codes::{CancellationResult, Gender, ItemStatus, TreatmentType};
use crate::ids::{LineItemId, MessageId};
use crate::model::{
    Address, Code, Concept, DayRange, DispenseNotification, FoundIssue, FoundName, FoundPrescription, GivenReason,
    HistoryEvent, IndexMetadata, IssueMetadata, ItemMetadata, ItemText, LineChange, LineItem, NotificationMetadata,
    NotifiedItem, ParentMetadata, PersonName, Prescription, PrescriptionFacts, PrescriptionMetadata, Quantity,
    SpinePrescriptionId, StatusChange, SuppliedLineItem, Supply, SupplyMetadata, Text,
};

/// The documents of a record, read.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever asks for the metadata brings each of these")]
pub struct Documents<'d> {
    /// What was signed.
    pub prescription: &'d Prescription,
    /// The dispense notifications, each with its key.
    pub notifications: &'d [(DocumentKey, DispenseNotification)],
}

/// An id as the trackers write it.
fn code(id: MessageId) -> Option<Code> {
    id.to_string().parse().ok()
}

/// Anything that is written without white space.
fn code_of(written: impl ToString) -> Option<Code> {
    written.to_string().parse().ok()
}

fn joined<'t>(texts: impl IntoIterator<Item = &'t Text>, separator: &str) -> Option<Text> {
    let all: Vec<_> = texts.into_iter().map(Text::as_str).collect();
    Text::new(all.join(separator)).ok()
}

impl Record {
    /// The keys of the dispense notifications that an issue has seen, oldest first: those that were amended or withdrawn
    /// too, for its history tells of them.
    pub fn notifications_of(&self, number: IssueNumber) -> impl Iterator<Item = DocumentKey> {
        let told = self.timeline.iter().filter(move |entry| concerns(entry, number) && is_notification(entry.event));
        told.filter_map(|entry| entry.message.map(DocumentKey::of))
    }

    /// All that is told of an issue; `None` where there is no such issue, or where the prescription itself has not come.
    #[must_use]
    pub fn metadata(
        &self,
        number: IssueNumber,
        documents: &Documents<'_>,
        periods: &Periods,
    ) -> Option<PrescriptionMetadata> {
        let issue = self.issues.get(number)?;
        let prescription = documents.prescription;
        let parts = issue.state.clone().parts();
        let items: Vec<_> = parts.items.iter().map(item_metadata).collect();
        Some(PrescriptionMetadata {
            index: index_metadata(&self.index_terms(periods)),
            issue: self.issue_metadata(number, issue, &parts, periods),
            history: self.timeline.iter().map(event).collect(),
            changes: self.changes_of(number, issue, &items),
            items,
            supply: supply_metadata(issue, &parts),
            facts: self.facts(prescription)?,
            parent: parent_metadata(prescription),
            notifications: self.notification_metadata(number, documents),
        })
    }

    fn issue_metadata(&self, number: IssueNumber, issue: &Issue, parts: &Parts, periods: &Periods) -> IssueMetadata {
        let release = parts.release.as_ref();
        IssueMetadata {
            release_request: release.and_then(|release| code(release.request)),
            status: issue.status(),
            nominated_download: issue.nominated_download.map(Into::into),
            downloaded: release.map(|release| release.at.into()),
            completed: parts.completed.map(Into::into),
            expires: Some(self.expiry(number, periods).into()),
            window: DayRange { low: Some(issue.window.low.into()), high: Some(issue.window.high.into()) },
            number: number.get().into(),
        }
    }

    fn facts(&self, prescription: &Prescription) -> Option<PrescriptionFacts> {
        let uploaded = self.uploaded.as_ref()?;
        let document = uploaded.signed.key.message();
        Some(PrescriptionFacts {
            current_issue: Some(self.issues.current().get().into()),
            signed: Some(uploaded.signed_at.into()),
            treatment_type: self.treatment,
            prescription_type: uploaded.prescription_type.clone(),
            prescribed: self.prescribed.into(),
            id: prescription.id.clone(),
            document: code(document),
            prescriber: self.prescriber.clone(),
            days_supply: Some(self.days_supply.into()),
            max_repeats: self.max_repeats(),
            event: code(document),
            lower_age_limit: None,
            higher_age_limit: None,
            nhs_number: self.patient.nhs_number.clone(),
            birth: self.patient.birth_date.map(Into::into),
            nominated: self.nomination.as_ref().and_then(|nomination| nomination.performer.clone()),
            nominated_kind: self.nomination.as_ref().map(|nomination| nomination.kind),
        })
    }

    fn max_repeats(&self) -> Option<u32> {
        match self.treatment {
            TreatmentType::Acute => None,
            TreatmentType::RepeatPrescribing | TreatmentType::RepeatDispensing => Some(self.last_issue.get().into()),
        }
    }

    /// What happened to an issue, oldest first.
    fn changes_of(&self, number: IssueNumber, issue: &Issue, items: &[ItemMetadata]) -> Vec<StatusChange> {
        let mut last: Option<&Statuses> = None;
        let mut changes = Vec::new();
        for entry in self.timeline.iter().filter(|entry| concerns(entry, number)) {
            let change = change_of(entry, number);
            let from = change.map_or(last, |change| change.from.as_ref());
            // The words of an event are text.
            let (Some(to), Ok(message)) = (change.map(|change| &change.to).or(last), Text::new(entry.text())) else {
                continue;
            };
            let reason = self.reason(issue, entry);
            changes.push(StatusChange {
                number: entry.version,
                document: entry.message.and_then(code),
                time: entry.at.into(),
                from: from.map(|statuses| statuses.prescription),
                to: to.prescription,
                person: entry.who.user.as_ref().and_then(code_of),
                role_profile: entry.who.role_profile.as_ref().and_then(code_of),
                message,
                reason: reason.filter(|(target, _)| *target == CancellationTarget::Prescription).map(|(_, why)| why),
                system: entry.who.system.as_ref().and_then(code_of),
                organisation: entry.who.organisation.as_ref().and_then(code_of),
                lines: line_changes(items, from, to, reason),
            });
            last = Some(to);
        }
        changes
    }

    /// What an event cancelled or marked for cancellation, and why.
    fn reason(&self, issue: &Issue, entry: &Entry) -> Option<(CancellationTarget, GivenReason)> {
        let pending = match entry.event {
            Event::CancelAnswered(CancellationResult::Cancelled) | Event::SubsequentCancellation => false,
            Event::CancelAnswered(CancellationResult::WithDispenser | CancellationResult::WithDispenserActive) => true,
            Event::CancelAnswered(_)
            | Event::Uploaded
            | Event::NominatedRelease
            | Event::PatientRelease
            | Event::Dispensed
            | Event::DispenseAmended
            | Event::Claimed
            | Event::ClaimAmended
            | Event::Returned
            | Event::Withdrawn
            | Event::HistoryRebuilt
            | Event::Administered
            | Event::TimePassed => return None,
        };
        let document = DocumentKey::of(entry.message?);
        let failed = self.failed.iter().filter(|_| pending).map(|failed| &failed.cancellation);
        let mut known = issue.cancellations.iter().chain(&self.pending).chain(failed);
        let cancellation = known.find(|cancellation| cancellation.document == document)?;
        let reason = *cancellation.reasons.first()?;
        Some((cancellation.target, GivenReason { reason, pending }))
    }

    fn notification_metadata(&self, number: IssueNumber, documents: &Documents<'_>) -> Vec<NotificationMetadata> {
        let entries = self.timeline.iter().filter(|entry| concerns(entry, number) && is_notification(entry.event));
        entries
            .filter_map(|entry| {
                let message = entry.message?;
                let told = documents.notifications.iter().find(|(key, _)| *key == DocumentKey::of(message));
                let (_, told) = told?;
                let change = change_of(entry, number);
                Some(NotificationMetadata {
                    id: code(told.id)?,
                    document: code(message),
                    from: change.and_then(|change| change.from.as_ref()).map(|statuses| statuses.prescription),
                    to: change.map(|change| change.to.prescription),
                    time: entry.at.into(),
                    items: in_order(&documents.prescription.line_items, &told.items),
                    status: Some(told.status.code),
                    reason: told.non_dispensing_reason.as_ref().map(|reason| reason.code),
                })
            })
            .collect()
    }

    /// What a search finds of the record; `None` where the prescription itself has not come.
    #[must_use]
    pub fn found(&self, prescription: &Prescription, periods: &Periods) -> Option<FoundPrescription> {
        let uploaded = self.uploaded.as_ref()?;
        let dispensers: Vec<_> =
            self.issues.iter().filter_map(|(_, issue)| Some(issue.state.dispenser()?.as_str())).collect();
        let completed = self.current().and_then(|issue| issue.state.clone().parts().completed);
        Some(FoundPrescription {
            id: SpinePrescriptionId::Short(prescription.id.clone()),
            message: code(uploaded.signed.key.message()),
            nhs_number: self.patient.nhs_number.clone(),
            name: name(prescription.patient.names.first()),
            prescriber: Some(self.prescriber.clone()),
            nominated: self.nomination.as_ref().and_then(|nomination| nomination.performer.clone()),
            dispensers: dispensers.join("|").parse().ok(),
            next_activity: self.next_activity(periods).and_then(|next| next.activity.name().parse().ok()),
            issues: self.issues.iter().map(|(number, issue)| self.found_issue(number, issue)).collect(),
            prescribed: Some(self.prescribed.into()),
            completed: completed.map(Into::into),
            treatment_type: self.treatment,
            max_repeats: self.max_repeats(),
        })
    }

    fn found_issue(&self, number: IssueNumber, issue: &Issue) -> FoundIssue {
        let waits = |wanted: fn(CancellationTarget) -> bool| {
            number == self.issues.current() && self.pending.iter().any(|pending| wanted(pending.target))
        };
        FoundIssue {
            number: number.get().into(),
            released: issue.state.clone().parts().release.map(|release| release.at.into()),
            status: issue.status(),
            cancellations: u32::try_from(issue.cancellations.len()).unwrap_or(u32::MAX),
            cancellation_pending: waits(|target| target == CancellationTarget::Prescription),
            item_cancellation_pending: waits(|target| target != CancellationTarget::Prescription),
        }
    }
}

fn concerns(entry: &Entry, number: IssueNumber) -> bool {
    entry.issue == number || change_of(entry, number).is_some()
}

fn change_of(entry: &Entry, number: IssueNumber) -> Option<&Change> {
    entry.changes.iter().find(|change| change.issue == number)
}

fn is_notification(event: Event) -> bool {
    matches!(event, Event::Dispensed | Event::DispenseAmended)
}

/// Terms in Spine's own notation.
fn index_metadata(terms: &IndexTerms) -> IndexMetadata {
    let list = |name| {
        let quoted: Vec<_> = terms.get(name)?.iter().map(|term| format!("'{term}'")).collect();
        Text::new(format!("[{}]", quoted.join(", "))).ok()
    };
    IndexMetadata {
        prescribing_site: list("prescribingSiteStatus_bin"),
        nominated_pharmacy: list("nomPharmStatus_bin"),
        next_activity: list("nextActivityNAD_bin"),
        dispenser: list("dispensingSiteStatus_bin"),
    }
}

fn item_metadata(item: &super::items::Item<ItemStatus>) -> ItemMetadata {
    ItemMetadata {
        order: item.order().into(),
        id: item.id(),
        previous_status: item.previous(),
        max_repeats: item.repeats().map(Into::into),
        status: item.status(),
    }
}

fn supply_metadata(issue: &Issue, parts: &Parts) -> SupplyMetadata {
    let dispensing = parts.dispensing.as_ref();
    SupplyMetadata {
        dispenser: issue.state.dispenser().cloned(),
        last_dispensed: dispensing.map(|told| told.at.into()),
        last_notification_document: dispensing.and_then(|told| code(told.document.message())),
        last_notification: dispensing.and_then(|told| code(told.notification)),
        claimed: parts.claim.as_ref().map(|claim| claim.received.into()),
    }
}

fn event(entry: &Entry) -> HistoryEvent {
    let of_issue = change_of(entry, entry.issue).map(|change| change.to.prescription);
    HistoryEvent {
        number: entry.version,
        issue: Some(entry.issue.get().into()),
        interaction: entry.interaction.and_then(|interaction| interaction.as_str().parse().ok()),
        status: of_issue.or_else(|| entry.changes.first().map(|change| change.to.prescription)),
        issue_status: of_issue,
        person: entry.who.user.as_ref().and_then(code_of),
        system: entry.who.system.as_ref().and_then(code_of),
        organisation: entry.who.organisation.as_ref().and_then(code_of),
        message: Text::new(entry.text()).ok(),
        message_id: entry.message.and_then(code),
        time: Some(entry.at.into()),
        to: None,
        from: entry.who.system.as_ref().and_then(code_of),
    }
}

/// What became of the items; an item whose cancellation only waits is among them.
fn line_changes(
    items: &[ItemMetadata],
    from: Option<&Statuses>,
    to: &Statuses,
    reason: Option<(CancellationTarget, GivenReason)>,
) -> Vec<LineChange> {
    let status = |statuses: Option<&Statuses>, order: u32| {
        let items = statuses.map(|statuses| statuses.items.as_slice()).unwrap_or_default();
        items.iter().find(|(at, _)| u32::from(*at) == order).map(|(_, status)| *status)
    };
    let line = |item: &ItemMetadata| {
        let ItemMetadata { order, id, .. } = *item;
        let (from, to) = (status(from, order), status(Some(to), order));
        let reason = reason.filter(|(target, _)| *target == CancellationTarget::Item(id)).map(|(_, reason)| reason);
        (from != to || reason.is_some()).then_some(LineChange { order, id, status: None, from, to, reason })
    };
    items.iter().filter_map(line).collect()
}

fn parent_metadata(prescription: &Prescription) -> ParentMetadata {
    let patient = &prescription.patient;
    let address = patient.addresses.first();
    let mut items = prescription.line_items.iter().map(prescribed);
    ParentMetadata {
        birth: patient.birth_date.map(Into::into),
        gender: patient.gender.and_then(|gender: Gender| gender.tracker_code().parse().ok()),
        name: name(patient.names.first()),
        address: address.map(lines).unwrap_or_default(),
        postcode: address.and_then(|address| address.postal_code.clone()),
        items: std::array::from_fn(|_| items.next().unwrap_or_default()),
    }
}

/// The lines that there is room for; what is left stands on the last one.
fn lines(address: &Address) -> [Option<Text>; 3] {
    match address.lines.as_slice() {
        [first, second, rest @ ..] => [Some(first.clone()), Some(second.clone()), joined(rest, ", ")],
        [first] => [Some(first.clone()), None, None],
        [] => Default::default(),
    }
}

fn name(name: Option<&PersonName>) -> FoundName {
    match name {
        Some(PersonName::Parts { prefixes, given, family, suffixes, .. }) => FoundName {
            prefix: joined(prefixes, " "),
            given: joined(given, " "),
            family: family.clone(),
            suffix: joined(suffixes, " "),
        },
        Some(PersonName::Unstructured { text, .. }) => FoundName { family: Some(text.clone()), ..FoundName::default() },
        None => FoundName::default(),
    }
}

fn text_of(product: &Concept, quantity: &Quantity, dosage: Option<Text>) -> ItemText {
    ItemText {
        product: product.display.clone(),
        quantity: Some(quantity.value.clone()),
        unit: quantity.unit.as_ref().and_then(|unit| unit.display.clone()),
        dosage,
    }
}

fn prescribed(item: &LineItem) -> ItemText {
    text_of(&item.product, &item.quantity, Some(item.dosage.clone()))
}

fn supplied(supply: &Supply) -> ItemText {
    text_of(&supply.product, &supply.quantity, joined(&supply.instructions, " "))
}

/// What a notification tells, in the order of the prescription.
fn in_order(prescribed: &[LineItem], told: &[SuppliedLineItem]) -> [NotifiedItem; 4] {
    let find = |id: LineItemId| told.iter().find(|item| item.prescribed_item == id);
    let mut items = prescribed.iter().map(|item| find(item.id).map(notified).unwrap_or_default());
    std::array::from_fn(|_| items.next().unwrap_or_default())
}

fn notified(item: &SuppliedLineItem) -> NotifiedItem {
    let components: Vec<_> = item.supplies.iter().map(supplied).collect();
    NotifiedItem {
        text: components.first().cloned().unwrap_or_default(),
        components,
        status: Some(item.status.code),
        reason: item.non_dispensing_reason.as_ref().map(|reason| reason.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ReleaseHow;
    use crate::record::samples::{self, Life};

    #[test]
    fn what_happened_to_an_issue_is_told_with_its_items() {
        let mut life = Life::of(samples::repeat_dispensing(2));
        life.release("FA666", ReleaseHow::ById).unwrap();
        let second = IssueNumber::FIRST.next().unwrap();
        let of = |number: IssueNumber| {
            let issue = life.record.issues().get(number).unwrap();
            let items: Vec<_> = issue.state.clone().parts().items.iter().map(item_metadata).collect();
            life.record.changes_of(number, issue, &items)
        };
        let told: Vec<_> = of(IssueNumber::FIRST).iter().map(|change| (change.to.code(), change.lines.len())).collect();
        assert_eq!(told, [("0001", 2), ("0002", 2)]);
        let told: Vec<_> = of(second).iter().map(|change| change.to.code()).collect();
        assert_eq!(told, ["9000"]);
    }
}
