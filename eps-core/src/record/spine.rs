//! Reading records in Spine's own form: JSON as its store keeps it, of any age, also migrated ones that lack issues.
//!
//! Statuses must be consistent with what stands beside them, as for any [`Record`]. What Spine's form does not tell stays
//! unknown: the long form of the prescription's id, the namespaces around the signed document, who asked for a release.
//! Next activity, expiry and index terms are not taken over; they follow from the rest.

use serde_json::Value;

use super::items::{Item, Items};
use super::parts::Parts;
use super::state::{Claim, Dispensing, Release, Replaced, State, agent_of};
use super::{
    Cancellation, CancellationTarget, Change, DocumentKey, Entry, Event, FailedCancellation, Issue, IssueNumber,
    Issues, Nomination, Patient, Record, SignedAt, Snapshot, Statuses, Uploaded, Who, WhyFailed, Window,
};
use crate::codes::{
    CancellationReason, CancellationResult, DispensingSitePreference, Interaction, InteractionId, ItemStatus,
    PrescriptionStatus, TreatmentType,
};
use crate::ids::{Guid, MessageId, OdsCode};
use crate::model::Timestamp;

mod node;
#[cfg(test)]
mod tests;

pub use node::{Misplaced, UnreadableRecord};

use node::{Node, Notes};

/// The version of a record whose log does not tell: the first one stored.
const FIRST_VERSION: u32 = 2;

/// What Spine stores for a prescription type that it does not know; migrated records have none at all.
const NOT_PROVIDED: &str = "NotProvided";

/// Months of a window that is not told.
const WINDOW_MONTHS: u8 = 12;

impl Record {
    /// Reads a record as Spine's store keeps it.
    ///
    /// # Errors
    /// [`UnreadableRecord`] with every place at which something else should stand.
    pub fn from_spine(json: &[u8]) -> Result<Self, UnreadableRecord> {
        let notes = Notes::default();
        let no_json = |_| UnreadableRecord(vec![Misplaced { pointer: String::new(), expected: "a JSON document" }]);
        let value: Value = serde_json::from_slice(json).map_err(no_json)?;
        let record = record(&Node::root(&value, &notes));
        match record {
            Some(record) if notes.is_empty() => Ok(record),
            Some(_) | None => Err(UnreadableRecord(notes.into_problems())),
        }
    }
}

/// Which message brought which document: by the internal ids of the change log.
struct Documents(Vec<(String, MessageId)>);

impl Documents {
    fn of(log: &Node<'_>) -> Self {
        let one = |(message, entry): (&str, Node<'_>)| Some((entry.get("InternalID").text()?, message.parse().ok()?));
        Self(log.members().into_iter().filter_map(one).collect())
    }

    /// The key of a document that Spine names by an internal id: 20 digits, `_`, 6 hexadecimal digits, and more.
    fn key(&self, at: &Node<'_>) -> Option<DocumentKey> {
        at.read("the id of a document", |id| {
            let known = self.0.iter().find(|(internal, _)| internal == id).map(|(_, message)| *message);
            known.or_else(|| unlogged(id)).map(DocumentKey::of)
        })
    }
}

/// The id that stands for a document whose message is not in the log: the same for the same internal id.
fn unlogged(internal: &str) -> Option<MessageId> {
    let (digits, rest) = internal.split_once('_')?;
    // Ids of migrated records have a digit more.
    let hex: String = digits.chars().chain(rest.chars().take_while(|character| *character != '_')).collect();
    let digit = |character: char| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = hex.chars().map(digit).collect::<Option<_>>()?;
    let mut bytes = [0; 16];
    if digits.len() > bytes.len() * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | digit);
    }
    Some(MessageId(Guid::from_bytes(bytes)))
}

fn record(root: &Node<'_>) -> Option<Record> {
    let (prescription, log) = (root.get("prescription"), root.get("changeLog"));
    let documents = Documents::of(&log);
    let mut timeline: Vec<Entry> = log.members().iter().filter_map(|(message, at)| entry(message, at)).collect();
    timeline.sort_by_key(|entry| (entry.version, entry.at));
    let logged = timeline.iter().map(|entry| entry.version).max();
    let version = root.get("SCN").parse("a number").or(logged).unwrap_or(0).max(FIRST_VERSION);
    let time = prescription.get("prescriptionTime");
    let prescribed = time.required(time.time(), "a time");
    let treatment = prescription.get("prescriptionTreatmentType");
    let repeats = prescription.get("maxRepeats");
    let all_issues = issues(root, &documents, prescribed);
    let nhs_number = root.get("patient").get("nhsNumber");
    let id = prescription.get("prescriptionID");
    let prescriber = prescription.get("prescribingOrganization");
    let keys =
        root.get("documents").list().iter().filter(|at| !is_notice(at)).filter_map(|at| documents.key(at)).collect();
    // All is read before anything is given up, so that every problem is told.
    let uploaded = uploaded(&prescription, &documents);
    let nomination = nomination(&root.get("nomination"));
    let treatment = treatment.parse("0001, 0002 or 0003").unwrap_or(TreatmentType::Acute);
    let days_supply = prescription.get("daysSupply").parse("days").unwrap_or(0);
    let repeats = repeats.read("1 to 99", |repeats| IssueNumber::try_from(repeats.parse::<u8>().ok()?).ok());
    let pending = cancellations(&prescription.get("pendingCancellations"), &documents);
    let failed = cancellations(&prescription.get("unsuccessfulCancellations"), &documents);
    let failed =
        failed.into_iter().map(|cancellation| FailedCancellation { why: why(&pending, &cancellation), cancellation });
    let failed = failed.collect();
    let birth_date = root.get("patient").get("birthTime").date();
    let nhs_number = nhs_number.required(nhs_number.parse("an NHS number"), "an NHS number");
    let id = id.required(id.parse("a short-form prescription id"), "a short-form prescription id");
    let prescriber = prescriber.required(prescriber.parse("an ODS code"), "an ODS code");
    let issues = all_issues?;
    let last = issues.iter().next_back().map(|(number, _)| number)?;
    let last_issue = match treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => IssueNumber::FIRST,
        TreatmentType::RepeatDispensing => repeats.unwrap_or(last),
    };
    Some(Record {
        id: id?,
        version,
        uploaded,
        documents: keys,
        patient: Patient { nhs_number: nhs_number?, birth_date },
        treatment,
        prescribed: prescribed?,
        prescriber: prescriber?,
        days_supply,
        last_issue,
        nomination,
        issues,
        pending,
        failed,
        timeline,
    })
}

/// Whether a document is the notice of a claim to the reimbursement body. It repeats the claim, which stands beside it.
fn is_notice(document: &Node<'_>) -> bool {
    document.is_text_with(|text| text.starts_with("Notification_"))
}

/// What the prescription itself told, unless only its cancellation has come.
fn uploaded(prescription: &Node<'_>, documents: &Documents) -> Option<Uploaded> {
    let key = prescription.get("prescriptionMsgRef");
    let key = documents.key(&key)?;
    let kind = prescription.get("prescriptionType");
    Some(Uploaded {
        uuid: None,
        signed: SignedAt { key, namespaces: Vec::new() },
        signed_at: prescription.get("signedTime").time().or_else(|| prescription.get("prescriptionTime").time())?,
        prescription_type: if kind.is_present() {
            kind.parse("a prescription type")?
        } else {
            NOT_PROVIDED.parse().ok()?
        },
    })
}

fn nomination(at: &Node<'_>) -> Option<Nomination> {
    let kind = at.get("nominatedPerformerType").parse("P1, P2 or P3");
    let performer = at.get("nominatedPerformer").parse("an ODS code");
    let history = at.get("nominationHistory").list();
    let history: Vec<OdsCode> = history.iter().filter_map(|at| at.parse("an ODS code")).collect();
    let nominated = at.get("nominated").is_true() || performer.is_some();
    nominated.then(|| Nomination { performer, kind: kind.unwrap_or(DispensingSitePreference::Other), history })
}

fn cancellations(at: &Node<'_>, documents: &Documents) -> Vec<Cancellation> {
    at.list().iter().filter_map(|at| cancellation(at, documents)).collect()
}

fn cancellation(at: &Node<'_>, documents: &Documents) -> Option<Cancellation> {
    let (id, by, time) = (at.get("cancellationID"), at.get("agentOrganization"), at.get("cancellationTime"));
    let (document, item) = (at.get("cancellationMsgRef"), at.get("cancelLineItemRef"));
    let reason = |at: &Node<'_>| {
        // A code, and words that anybody may have written.
        at.read("a reason: its code and words", |reason| reason.split(':').next()?.trim().parse().ok())
    };
    let reasons: Vec<CancellationReason> = at.get("Reasons").list().iter().filter_map(reason).collect();
    let target = if item.is_present() {
        item.parse("the id of an item").map(CancellationTarget::Item)
    } else {
        Some(CancellationTarget::Prescription)
    };
    let id: Option<MessageId> = id.required(id.parse("a message id"), "a message id");
    let by = by.required(by.parse("an ODS code"), "an ODS code");
    let time = time.required(time.time(), "a time");
    let document = document.required(documents.key(&document), "the id of a document");
    Some(Cancellation { id: id?, document: document?, by: by?, target: target?, at: time?, reasons })
}

/// Why a cancellation had no effect: Spine keeps words for people.
fn why(pending: &[Cancellation], failed: &Cancellation) -> WhyFailed {
    let again = pending.iter().any(|waiting| waiting.target == failed.target);
    if again { WhyFailed::AlreadyPending } else { WhyFailed::Ended }
}

fn issues(root: &Node<'_>, documents: &Documents, prescribed: Option<Timestamp>) -> Option<Issues> {
    let at = root.get("instances");
    let current = root.get("prescription").get("currentInstance");
    let number = |text: &str| IssueNumber::try_from(text.parse::<u8>().ok()?).ok();
    let mut all = Vec::new();
    for (name, at) in at.members() {
        match number(name) {
            Some(number) => all.extend(issue(&at, documents, prescribed).map(|issue| (number, issue))),
            None => at.expected("an issue, by a number from 1 to 99"),
        }
    }
    if all.is_empty() {
        at.required(None::<()>, "the issues");
    }
    let mut issues = Issues::new(all);
    if let Some(number) = current.read("1 to 99", number) {
        issues.current = number;
    }
    Some(issues)
}

fn issue(at: &Node<'_>, documents: &Documents, prescribed: Option<Timestamp>) -> Option<Issue> {
    let status = at.get("prescriptionStatus");
    let release = release(at, documents);
    let parts = Parts { claim: claim(&at.get("claim"), documents), ..parts(at, release.clone(), documents)? };
    let history = history(&at.get("dispenseHistory"), &parts, release, documents);
    let status: PrescriptionStatus = status.required(status.parse("a status"), "a status")?;
    // Spine counts from the day of the cancellation, which a record without its prescription is dated with.
    let dated = prescribed.map(Timestamp::date).filter(|_| status == PrescriptionStatus::CancelledFutureInstance);
    let parts = Parts { completed: parts.completed.or(dated), ..parts };
    let Ok(state) = parts.build(status) else {
        at.get("prescriptionStatus").expected("a status that goes with the items, dates and organisations beside it");
        return None;
    };
    let first = at.get("dispenseWindowLowDate").date().or_else(|| prescribed.map(Timestamp::date))?;
    let high = at.get("dispenseWindowHighDate").date().unwrap_or_else(|| first.plus_months(WINDOW_MONTHS));
    // Older records have another name for it.
    let prior = at.get("priorPreviousIssueDate").time().or_else(|| at.get("previousIssueDate").time());
    Some(Issue {
        nominated_download: at.get("nominatedDownloadDate").date(),
        prior_dispensed: prior,
        previous: at.get("previousStatus").parse("a status"),
        history,
        cancellations: cancellations(&at.get("cancellations"), documents),
        ..Issue::new(Window { low: first, high }, state)
    })
}

/// What an issue or a snapshot of one says of its items, its dispensing and its end.
fn parts(at: &Node<'_>, release: Option<Release>, documents: &Documents) -> Option<Parts> {
    let items = at.get("lineItems").list().iter().map(item).collect::<Option<_>>()?;
    let dispenser = at.get("dispense").get("dispensingOrganization").parse("an ODS code");
    Some(Parts {
        dispensing: dispensing(
            &at.get("dispense"),
            dispenser.as_ref().or(release.as_ref().map(|release| &release.to)),
            documents,
        ),
        items: Items::new(items),
        release,
        completed: at.get("completionDate").date(),
        claim: None,
        noticed: at.get("claim").get("claimReceivedDate").date(),
        dispenser,
    })
}

fn item(at: &Node<'_>) -> Option<Item<ItemStatus>> {
    let (id, order, status) = (at.get("ID"), at.get("order"), at.get("status"));
    let repeats = at.get("maxRepeats").parse("1 to 99");
    let id = id.required(id.parse("a GUID"), "a GUID");
    let order = order.required(order.parse("1 to 4"), "1 to 4");
    let status: Option<ItemStatus> = status.required(status.parse("a status"), "a status");
    Some(Item::new(id?, order?, repeats, status?))
}

/// How the issue came to its dispenser. Who asked there is not told; nor is the hour.
fn release(at: &Node<'_>, documents: &Documents) -> Option<Release> {
    let by = at.get("dispenseHistory").get("release").get("dispense").get("dispensingOrganization");
    let by = if by.is_present() { by } else { at.get("dispense").get("dispensingOrganization") };
    let document = documents.key(&at.get("releaseRequestMsgRef"))?;
    let to: OdsCode = by.parse("an ODS code")?;
    let holder = Box::new(agent_of(&to));
    Some(Release { holder, to, at: at.get("releaseDate").time()?, request: document.message(), document })
}

/// The notification in force, where there is one.
fn dispensing(at: &Node<'_>, by: Option<&OdsCode>, documents: &Documents) -> Option<Dispensing> {
    let id = at.get("lastDispenseNotificationGuid").parse("a message id")?;
    let (day, document) = (at.get("lastDispenseDate"), at.get("lastDispenseNotificationMsgRef"));
    let day = day.required(day.time(), "the day of the dispensing");
    let document = document.required(documents.key(&document), "the id of a document");
    Some(Dispensing { by: by?.clone(), notification: id, at: day?, document: document? })
}

fn claim(at: &Node<'_>, documents: &Documents) -> Option<Claim> {
    let id = at.get("claimGUID").parse("a message id")?;
    let (day, document) = (at.get("claimReceivedDate"), at.get("dispenseClaimMsgRef"));
    let day = day.required(day.date(), "the day of the claim");
    let document = document.required(documents.key(&document), "the id of a document");
    let replaced = at.get("historicClaimGUIDs").list().into_iter().zip(at.get("historicDispenseClaimMsgRef").list());
    let one = |(id, document): (Node<'_>, Node<'_>)| {
        Some(Replaced { id: id.parse("a message id")?, document: documents.key(&document)? })
    };
    Some(Claim { id, received: day?, document: document?, replaced: replaced.filter_map(one).collect() })
}

/// The notifications in force, oldest first: each snapshot names the notification before its own.
fn history(at: &Node<'_>, now: &Parts, release: Option<Release>, documents: &Documents) -> Vec<Snapshot> {
    let mut snapshots = Vec::new();
    let mut last = now.dispensing.as_ref().map(|told| told.notification);
    let all: Vec<(MessageId, Node<'_>)> =
        at.members().into_iter().filter_map(|(name, at)| Some((name.parse().ok()?, at))).collect();
    while let Some(notification) = last {
        // Whatever is told twice ends the way back.
        let seen = snapshots.iter().any(|snapshot: &Snapshot| snapshot.notification == notification);
        let Some((_, at)) = all.iter().find(|(id, _)| *id == notification).filter(|_| !seen) else { break };
        last = at.get("dispense").get("lastDispenseNotificationGuid").parse("a message id");
        if let Some(before) = snapshot(at, release.clone(), documents) {
            snapshots.push(Snapshot { notification, before });
        }
    }
    snapshots.reverse();
    snapshots
}

fn snapshot(at: &Node<'_>, release: Option<Release>, documents: &Documents) -> Option<State> {
    let status = at.get("prescriptionStatus").parse("a status")?;
    let state = parts(at, release, documents)?.build(status);
    if state.is_err() {
        at.get("prescriptionStatus").expected("a status that goes with the items, dates and organisations beside it");
    }
    state.ok()
}

/// One line of the change log.
fn entry(message: &str, at: &Node<'_>) -> Option<Entry> {
    let told = at.get("Response Parameters");
    let quoted = |at: Node<'_>| at.text().map(|text| text.trim_matches('"').to_owned());
    let issue = at.get("instance").read("1 to 99", |number| IssueNumber::try_from(number.parse::<u8>().ok()?).ok());
    // Those within Spine have ids that are not in the manual.
    let known = at.get("interactionID").text().and_then(|id| id.parse::<InteractionId>().ok());
    let time = at.get("timePreparedForUpdate");
    let time = time.required(time.time(), "a time")?;
    let result = quoted(told.get("cancellationResponseCode")).and_then(|code| code.parse().ok());
    let who = Who {
        system: at.get("agentSystemSDS").text().and_then(|system| system.parse().ok()),
        user: at.get("agentPerson").text().and_then(|user| user.parse().ok()),
        role_profile: at.get("agentRoleProfileCodeId").text().and_then(|role| role.parse().ok()),
        organisation: at.get("agentPersonOrgCode").text().and_then(|organisation| organisation.parse().ok()),
    };
    Some(Entry {
        version: at.get("SCN").parse("a number").unwrap_or(FIRST_VERSION),
        at: time,
        event: event(known, &at.get("InternalID"), result),
        message: message.parse().ok(),
        interaction: known,
        who,
        issue: issue.unwrap_or(IssueNumber::FIRST),
        changes: changes(&at.get("preChangeStatusDict"), &at.get("postChangeStatusDict")),
    })
}

/// What a message did that was accepted. What no message did was done by an operator or, in a batch, by time.
fn event(interaction: Option<InteractionId>, internal: &Node<'_>, result: Option<CancellationResult>) -> Event {
    let Some(interaction) = interaction.map(InteractionId::interaction) else {
        let in_a_batch = internal.text().is_some_and(|id| id.ends_with("BATCH"));
        return if in_a_batch { Event::TimePassed } else { Event::Administered };
    };
    match interaction {
        Interaction::ParentPrescriptionUrgent | Interaction::ParentPrescriptionRoutine => Event::Uploaded,
        Interaction::NominatedReleaseRequest => Event::NominatedRelease,
        Interaction::PatientReleaseRequest => Event::PatientRelease,
        Interaction::DispenseNotification => Event::Dispensed,
        Interaction::DispenseClaim | Interaction::DispenseClaimResubmission => Event::Claimed,
        // Spine logs a cancellation under the interaction of the later answer.
        Interaction::CancellationRequest
        | Interaction::CancellationResponse
        | Interaction::SubsequentCancellationResponse => {
            Event::CancelAnswered(result.unwrap_or(CancellationResult::Cancelled))
        }
        Interaction::DispenseProposalReturn => Event::Returned,
        Interaction::DispenserWithdraw => Event::Withdrawn,
        Interaction::RebuildDispenseHistory => Event::HistoryRebuilt,
        Interaction::NominatedReleaseResponse
        | Interaction::PatientReleaseResponse
        | Interaction::ReleaseRejection
        | Interaction::MetadataQuery
        | Interaction::MetadataReply
        | Interaction::ClinicalViewQuery
        | Interaction::ClinicalViewReply
        | Interaction::DocumentQuery
        | Interaction::DocumentReply
        | Interaction::PrescriptionSearch
        | Interaction::PrescriptionSearchReply
        | Interaction::Acknowledgement => Event::Administered,
    }
}

/// The issues whose statuses a message changed; Spine tells this only of the later years.
fn changes(before: &Node<'_>, after: &Node<'_>) -> Vec<Change> {
    let change = |(name, to): (&str, Node<'_>)| {
        let number = name.strip_prefix("issue")?.parse::<u8>().ok()?;
        let from = before.get(name);
        let from = if from.is_present() { statuses(&from) } else { None };
        let to = statuses(&to)?;
        let changed = from.as_ref() != Some(&to);
        changed.then_some(Change { issue: IssueNumber::try_from(number).ok()?, from, to })
    };
    after.members().into_iter().filter_map(change).collect()
}

fn statuses(at: &Node<'_>) -> Option<Statuses> {
    let item = |(order, status): (&str, Node<'_>)| Some((order.parse().ok()?, status.parse("a status")?));
    let mut items: Vec<_> = at.get("lineItems").members().into_iter().filter_map(item).collect();
    items.sort_by_key(|(order, _)| *order);
    Some(Statuses { prescription: at.get("prescription").parse("a status")?, items })
}
