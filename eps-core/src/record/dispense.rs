//! A dispenser tells what it supplied, or sets right what it told.

use super::cancel::{cancel_undispensed, fail_pending};
use super::cancellation::WhyFailed;
use super::change::{Cause, Changing};
use super::command::{Notification, NotifiedItem, told_issue};
use super::items::{Active, Handed, Item, Items, Settled, Unsupplied};
use super::policy::item_change_allowed;
use super::refusal::{Invalid, Refusal};
use super::state::{self, Dispensing, Release, State, Told};
use super::timeline::Event;
use super::{Accepted, Effect, Issue, IssueNumber, Periods, Received, Record, Reply, Snapshot};
use crate::codes::{ItemStatus, PrescriptionStatus, TreatmentType};
use crate::model::{Date, Timestamp};

/// What the rules for a notification need to know of the record.
pub(super) struct Facts<'a> {
    told: &'a Notification,
    same_patient: bool,
    treatment: TreatmentType,
    last_issue: IssueNumber,
    today: Date,
    periods: &'a Periods,
}

/// Notes what was supplied.
pub(super) fn decide(
    record: Record,
    told: &Notification,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let number = target(&record, told)?;
    let today = received.at.date();
    let untouched = record.issues.get(number).map(Issue::status) == Some(PrescriptionStatus::WithDispenser);
    let facts = Facts::of(&record, told, today, periods);
    let mut changing = Changing::begin(record);
    changing.record.issues.change(number, |issue| apply(issue, &facts))?;
    if told.replaces.is_none() {
        check_issue(&changing.record, number, told)?;
    }
    let mut effects = vec![Effect::Keep(told.document), Effect::Reimburse(told.document)];
    if completes(told.status) {
        if untouched && told.status == PrescriptionStatus::NotDispensed {
            effects.extend(cancel_undispensed(&mut changing, number)?);
        }
        complete(&mut changing.record, number, told, today, periods)?;
    }
    let event = if told.replaces.is_some() { Event::DispenseAmended } else { Event::Dispensed };
    let cause = Cause { event, issue: number, by: Ok(received), document: Some(told.document) };
    let record = changing.finish(cause)?;
    effects.extend(record.waits_for().filter(|_| record.issues.current() != number).cloned().map(Effect::Wake));
    Ok(Accepted { record, reply: Reply::Done(event), effects })
}

/// What the completion of an issue brings: what waited to cancel it comes too late, and the next issue is released.
pub(super) fn complete(
    record: &mut Record,
    number: IssueNumber,
    told: &Notification,
    today: Date,
    periods: &Periods,
) -> Result<(), Refusal> {
    if number == record.issues.current() {
        fail_pending(record, WhyFailed::Dispensed);
    }
    release_next(record, number, told.at, today, periods)
}

/// The issue that is spoken of: the current one, or the one whose notification is amended.
fn target(record: &Record, told: &Notification) -> Result<IssueNumber, Refusal> {
    match (record.treatment, told.replaces) {
        (TreatmentType::RepeatDispensing, Some(_)) => told_issue(told.repeat),
        (TreatmentType::RepeatDispensing, None)
        | (TreatmentType::Acute | TreatmentType::RepeatPrescribing, Some(_) | None) => Ok(record.issues.current()),
    }
}

/// A notification for repeat dispensing says which issue it is about: the current one.
fn check_issue(record: &Record, current: IssueNumber, told: &Notification) -> Result<(), Refusal> {
    match record.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => Ok(()),
        TreatmentType::RepeatDispensing if told_issue(told.repeat)? == current => Ok(()),
        TreatmentType::RepeatDispensing => Err(Refusal::RepeatMismatch),
    }
}

pub(super) fn completes(status: PrescriptionStatus) -> bool {
    matches!(status, PrescriptionStatus::Dispensed | PrescriptionStatus::NotDispensed)
}

/// The issue after the notification.
pub(super) fn apply(issue: Issue, facts: &Facts<'_>) -> Result<Issue, Refusal> {
    let told = facts.told;
    let before = issue.state.clone();
    let mut issue = match told.replaces {
        None => issue.change(|state| advance(state, facts))?,
        Some(replaced) => {
            let last = last_notification(&before).map(|last| last.notification);
            if last.is_some_and(|last| last != replaced) {
                return Err(Refusal::NotLastDispense);
            }
            issue.change(|state| amend(state, facts))?
        }
    };
    issue.history.push(Snapshot { notification: told.id, before });
    Ok(issue)
}

fn refused(state: &State, told: &Notification) -> Refusal {
    Refusal::StateTransition { from: state.status(), to: told.status }
}

/// The notification that an amendment must name; `None` where the status allows no amendment.
pub(super) fn last_notification(state: &State) -> Option<&Dispensing> {
    match state {
        State::WithDispenserActive(state::WithDispenserActive { dispensing, .. }) => dispensing.as_ref(),
        State::Dispensed(state::Dispensed { dispensing, .. })
        | State::NotDispensed(state::NotDispensed { dispensing, .. })
        | State::Claimed(state::Claimed { dispensing, .. })
        | State::NoClaimed(state::NoClaimed { dispensing, .. }) => Some(dispensing),
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::WithDispenser(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => None,
    }
}

/// A first or further notification, for an issue that a dispenser has.
fn advance(state: State, facts: &Facts<'_>) -> Result<State, Refusal> {
    let from = state.status();
    let (items, release) = match state {
        State::WithDispenser(state::WithDispenser { items, release }) => (items.map(Handed::active), release),
        State::WithDispenserActive(state::WithDispenserActive { items, release, .. }) => (items, release),
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::Dispensed(_)
        | State::NotDispensed(_)
        | State::Claimed(_)
        | State::NoClaimed(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => return Err(refused(&state, facts.told)),
    };
    let now = tell(items, from, facts)?;
    let dispensing = dispensing(&release, facts.told);
    Ok(now.into_state(release, dispensing))
}

/// The notification that replaces the last one. What is claimed keeps its status: only items and dates change, for a
/// while, and only if they still make the same status.
fn amend(state: State, facts: &Facts<'_>) -> Result<State, Refusal> {
    let from = state.status();
    let (items, release) = match state {
        State::WithDispenserActive(state::WithDispenserActive { dispensing: None, .. }) => {
            return Err(Refusal::NotLastDispense);
        }
        State::WithDispenserActive(state::WithDispenserActive { items, release, dispensing: Some(_) }) => {
            (items, release)
        }
        State::Dispensed(state::Dispensed { items, release, .. }) => (items.map(Settled::active), release),
        State::NotDispensed(state::NotDispensed { items, release, .. }) => {
            (items.map(Unsupplied::settled).map(Settled::active), release)
        }
        State::Claimed(claimed) => {
            let items = settle_again(claimed.items, from, claimed.claim.received, facts)?;
            let dispensing = dispensing(&claimed.release, facts.told);
            return Ok(State::Claimed(state::Claimed { items, dispensing, ..claimed }));
        }
        State::NoClaimed(no_claim) => {
            let items = settle_again(no_claim.items, from, no_claim.noticed, facts)?;
            let dispensing = dispensing(&no_claim.release, facts.told);
            return Ok(State::NoClaimed(state::NoClaimed { items, dispensing, ..no_claim }));
        }
        State::AwaitingRelease(_)
        | State::ToBeDispensed(_)
        | State::WithDispenser(_)
        | State::Expired(_)
        | State::Cancelled(_)
        | State::RepeatFuture(_)
        | State::Future(_)
        | State::CancelledFuture(_) => return Err(refused(&state, facts.told)),
    };
    let now = tell(items, from, facts)?;
    let dispensing = dispensing(&release, facts.told);
    Ok(now.into_state(release, dispensing))
}

/// The items of a claimed issue after an amendment that keeps its overall status.
fn settle_again(
    items: Items<Settled>,
    from: PrescriptionStatus,
    since: Date,
    facts: &Facts<'_>,
) -> Result<Items<Settled>, Refusal> {
    let refusal = Refusal::StateTransition { from, to: facts.told.status };
    let active = items.map(Settled::active);
    let before = Told::of(active.clone()).map(|told| told.status());
    let now = tell(active, from, facts)?;
    let in_time = facts.today <= since.plus_days(i64::from(facts.periods.claimed_delete_days));
    if !in_time || before != Some(now.status()) {
        return Err(refusal);
    }
    match now {
        Told::Dispensed(items) => Ok(items),
        Told::NotDispensed(items) => Ok(items.map(Unsupplied::settled)),
        Told::Active(_) => Err(refusal),
    }
}

fn dispensing(release: &Release, told: &Notification) -> Dispensing {
    Dispensing {
        by: told.by.clone().unwrap_or_else(|| release.to.clone()),
        notification: told.id,
        at: told.at,
        document: told.document,
    }
}

/// Checks the notification against the items, in Spine's order, and gives what it tells.
fn tell(items: Items<Active>, from: PrescriptionStatus, facts: &Facts<'_>) -> Result<Told, Refusal> {
    let told = facts.told;
    let transition = Refusal::StateTransition { from, to: told.status };
    if !(completes(told.status) || told.status == PrescriptionStatus::WithDispenserActive) {
        return Err(transition);
    }
    if !facts.same_patient {
        return Err(Invalid::NhsNumber.into());
    }
    if told.items.len() != items.iter().len() {
        return Err(Refusal::ItemNotFound);
    }
    let repeats_agree = |item: &Item<Active>| facts.repeats_agree(item, notified(told, item));
    if items.iter().any(|item| notified(told, item).is_none()) {
        return Err(Refusal::ItemNotFound);
    }
    let disagree = items.iter().any(|item| !repeats_agree(item));
    let items = items.try_map(|item| change(item, told))?;
    if disagree {
        return Err(Refusal::RepeatMismatch);
    }
    let as_told = facts.periods.amended_as_told && told.replaces.is_some();
    match Told::of(items) {
        Some(now) if now.status() == told.status => Ok(now),
        Some(Told::NotDispensed(items)) if as_told && told.status == PrescriptionStatus::Dispensed => {
            Ok(Told::Dispensed(items.map(Unsupplied::settled)))
        }
        Some(_) | None => Err(transition),
    }
}

/// What the notification tells of an item.
fn notified<'a>(told: &'a Notification, item: &Item<Active>) -> Option<&'a NotifiedItem> {
    told.items.iter().find(|notified| notified.prescribed == item.id())
}

/// The item's new status, if it may have it.
fn change(item: &Item<Active>, told: &Notification) -> Result<Active, Refusal> {
    let from = ItemStatus::from(item.status());
    let to = notified(told, item).ok_or(Refusal::ItemNotFound)?.status;
    let refusal = Refusal::ItemTransition { order: item.order(), from, to };
    if item_change_allowed(from, to, told.replaces.is_some()) {
        Active::try_from(to).map_err(|_| refusal)
    } else {
        Err(refusal)
    }
}

impl<'a> Facts<'a> {
    pub(super) fn of(record: &Record, told: &'a Notification, today: Date, periods: &'a Periods) -> Self {
        Self {
            told,
            same_patient: record.patient.nhs_number == told.nhs_number,
            treatment: record.treatment,
            last_issue: record.last_issue,
            today,
            periods,
        }
    }
}

impl Facts<'_> {
    /// Repeat dispensing: the item's number of issues, or the prescription's, which is tolerated for an item with fewer. The
    /// counts of a repeat, the item's or else the prescription's, are compared where that is asked for and any are told.
    fn repeats_agree(&self, item: &Item<Active>, notified: Option<&NotifiedItem>) -> bool {
        let told = notified.and_then(|notified| notified.repeats);
        let agrees = |told| item.repeats().map(u32::from) == Some(told) || told == u32::from(self.last_issue.get());
        match self.treatment {
            TreatmentType::Acute => true,
            TreatmentType::RepeatPrescribing => {
                let told = told.or(self.told.repeat.map(|repeat| repeat.high));
                self.periods.repeat_counts_as_told || told.is_none_or(agrees)
            }
            TreatmentType::RepeatDispensing => told.is_some_and(agrees),
        }
    }
}

/// Releases the issue after `complete` if it waits for that; notes in any case when `complete` was dispensed.
///
/// The day counts from the prescription date, so an issue that was dispensed late makes the next one ready at once.
pub(super) fn release_next(
    record: &mut Record,
    complete: IssueNumber,
    at: Timestamp,
    today: Date,
    periods: &Periods,
) -> Result<(), Refusal> {
    let Some(next) = complete.next().filter(|next| record.issues.get(*next).is_some()) else { return Ok(()) };
    let elapsed = i64::from(record.days_supply) * i64::from(complete.get()) - i64::from(periods.download_lead_days);
    let download = record.prescribed.date().plus_days(elapsed);
    let mut released = false;
    record.issues.change(next, |mut issue| {
        issue.prior_dispensed = Some(at);
        let waits = issue.status() == PrescriptionStatus::RepeatDispenseFutureInstance;
        if waits {
            issue.nominated_download = Some(download);
            issue.window.low = at.date();
            released = true;
        }
        issue.change(|state| {
            Ok(if let State::RepeatFuture(future) = state { future.succeed(download < today) } else { state })
        })
    })?;
    if released {
        record.issues.current = next;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::MessageId;
    use crate::record::ReleaseHow;
    use crate::record::samples::{self, Life};

    fn life() -> Life {
        Life::of(samples::with_dispenser())
    }

    fn last(life: &Life) -> MessageId {
        last_notification(life.record.current().unwrap().state()).unwrap().notification
    }

    fn amend(life: &mut Life, text: &str) -> Result<Accepted, Refusal> {
        let replaced = last(life);
        life.notify_with(text, |told| told.replaces = Some(replaced))
    }

    #[test]
    fn part_is_dispensed_and_then_the_rest() {
        let mut life = life();
        let accepted = life.notify("0003: 0001 0003").unwrap();
        assert_eq!(accepted.reply, Reply::Done(Event::Dispensed));
        assert_eq!(life.statuses(), "0003: 0001 0003");
        life.notify("0003: 0001 0003").unwrap();
        life.notify("0006: 0001 0001").unwrap();
        assert_eq!(life.statuses(), "0006: 0001 0001");
        let issue = life.record.current().unwrap();
        assert_eq!(issue.previous(), Some(PrescriptionStatus::WithDispenserActive));
        let before: Vec<_> = issue.history().iter().map(|snapshot| snapshot.before.status().code()).collect();
        assert_eq!(before, ["0002", "0003", "0003"]);
        let entry = life.record.timeline().last().unwrap();
        assert_eq!(entry.text(), "Dispense notification successful; Update applied to issue=1");
        assert_eq!(entry.version, life.record.version());
    }

    #[test]
    fn each_status_of_the_prescription_needs_its_items() {
        for (told, code) in [
            ("0003: 0001 0004", None),
            ("0003: 0008 0001", None),
            ("0006: 0001 0002", None),
            ("0007: 0002 0002", None),
            ("0006: 0001 0003", Some("0012")),
            ("0006: 0002 0002", Some("0012")),
            ("0007: 0001 0002", Some("0012")),
            ("0003: 0001 0001", Some("0012")),
            ("0002: 0008 0008", Some("0012")),
            ("0008: 0001 0001", Some("0012")),
            ("0006: 0001 0006", Some("0013")),
            ("0006: 0001 0005", Some("0013")),
            ("0003: 0001 0007", Some("0013")),
            ("0006: 0001", Some("0014")),
            ("0006: 0001 0001 0001", Some("0014")),
        ] {
            let refusal = life().notify(told).err().map(|refusal| refusal.fault().code);
            assert_eq!(refusal, code, "{told}");
        }
    }

    #[test]
    fn an_item_named_twice_hides_no_other() {
        let refusal = life().notify_with("0006: 0001 0001", |told| told.items[1] = told.items[0]).unwrap_err();
        assert_eq!(refusal, Refusal::ItemNotFound);
    }

    #[test]
    fn what_is_closed_stays_closed_unless_it_is_amended() {
        let mut life = life();
        life.notify("0003: 0001 0004").unwrap();
        let refusal = life.notify("0003: 0003 0004").unwrap_err();
        assert!(matches!(refusal, Refusal::ItemTransition { order: 1, .. }), "{refusal:?}");
        amend(&mut life, "0003: 0003 0004").unwrap();
        assert_eq!(life.statuses(), "0003: 0003 0004");
    }

    #[test]
    fn only_an_issue_with_a_dispenser_can_be_told_about() {
        for record in
            [samples::acute(), samples::dispensed(), samples::claimed(), samples::expired(), samples::cancelled()]
        {
            let refusal = Life::of(record).notify("0006: 0001 0001").unwrap_err();
            assert_eq!(refusal.fault().code, "0012");
        }
    }

    #[test]
    fn the_patient_must_be_the_same() {
        let refusal =
            life().notify_with("0006: 0001 0001", |told| told.nhs_number = "9449305552".parse().unwrap()).unwrap_err();
        assert_eq!(refusal, Invalid::NhsNumber.into());
    }

    #[test]
    fn the_sender_of_a_notification_becomes_the_dispenser() {
        let mut life = life();
        life.notify_with("0003: 0001 0003", |told| told.by = Some(samples::ods("VNFKT"))).unwrap();
        assert_eq!(life.record.current().unwrap().state().dispenser(), Some(&samples::ods("VNFKT")));
    }

    #[test]
    fn only_the_last_notification_can_be_amended() {
        let mut life = life();
        life.notify("0003: 0001 0003").unwrap();
        let first = last(&life);
        life.notify("0006: 0001 0001").unwrap();
        let refusal = life.notify_with("0006: 0001 0002", |told| told.replaces = Some(first)).unwrap_err();
        assert_eq!(refusal, Refusal::NotLastDispense);
        amend(&mut life, "0007: 0002 0002").unwrap();
        assert_eq!(life.statuses(), "0007: 0002 0002");
        let before_any = samples::with_dispenser();
        let refusal = Life::of(before_any).notify_with("0006: 0001 0001", |told| told.replaces = Some(first));
        assert_eq!(refusal.unwrap_err().fault().code, "0012");
    }

    #[test]
    fn what_is_claimed_can_be_amended_for_36_days_if_its_status_stays() {
        let mut life = Life::of(samples::claimed());
        amend(&mut life, "0006: 0001 0002").unwrap();
        assert_eq!(life.statuses(), "0008: 0001 0002");
        assert_eq!(amend(&mut life, "0007: 0002 0002").unwrap_err().fault().code, "0012");
        life = life.at("20260213235959");
        amend(&mut life, "0006: 0001 0001").unwrap();
        life = life.at("20260214000000");
        assert_eq!(amend(&mut life, "0006: 0001 0002").unwrap_err().fault().code, "0012");
    }

    #[test]
    fn repeat_dispensing_names_its_issue_and_its_repeats() {
        let ready = || {
            let mut life = Life::of(samples::repeat_dispensing(3));
            life.release("FA565", ReleaseHow::Nominated).unwrap();
            life
        };
        for change in [
            (|told| told.repeat = None) as fn(&mut Notification),
            |told| told.repeat = Some(crate::model::RepeatNumber { low: 2, high: 3 }),
            |told| told.items[1].repeats = Some(2),
            |told| told.items[1].repeats = None,
        ] {
            assert_eq!(ready().notify_with("0006: 0001 0001", change).unwrap_err(), Refusal::RepeatMismatch);
        }
        let mut life = ready();
        life.notify("0006: 0001 0001").unwrap();
        assert_eq!(life.record.issues().current().get(), 2);
    }
}
