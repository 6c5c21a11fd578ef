//! A prescriber cancels a prescription or one of its items.
//!
//! | The current issue, or the item on it | What happens | Answer |
//! |---|---|---|
//! | nobody has it | it is cancelled, and all later issues with it | 0001 |
//! | a dispenser has it | the cancellation waits for its return | 0002, 0003 |
//! | it is over | nothing | 0004, 0005, 0006, 0010 |
//! | there is no prescription yet | the cancellation waits for it (status 9005) | 0008 |

use super::cancellation::{Cancellation, CancellationTarget, FailedCancellation, WhyFailed};
use super::change::{Cause, Changing};
use super::command::CancelOf;
use super::refusal::{Invalid, NotCancelled, Refusal};
use super::state::{CancelledFuture, State};
use super::timeline::Event;
use super::{
    Accepted, CancelAnswer, Effect, Issue, IssueNumber, Issues, Patient, Periods, Received, Record, Reply,
    SubsequentAnswer, Window,
};
use crate::codes::{CancellationResult, ItemStatus, PrescriptionStatus, TreatmentType};
use crate::ids::LineItemId;
use crate::model::OtherDispenser;

/// What is to be done with a cancellation of a prescription that is there.
enum Decision {
    Apply,
    /// It waits for the dispenser, and this is the answer for now.
    Wait(CancellationResult),
    Refuse(CancellationResult),
}

/// Cancels, marks for cancellation, or says why neither.
pub(super) fn decide(
    record: Option<Record>,
    asked: CancelOf,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    let Some(record) = record else { return begin(asked, received, periods) };
    if record.patient.nhs_number != asked.nhs_number {
        return Err(Invalid::CancellationNhsNumber.into());
    }
    let cancellation = asked.cancellation;
    let number = record.issues.current();
    let state = record.current().map(Issue::state).ok_or_else(not_found)?;
    let performer = performer(state, cancellation.target);
    if let State::CancelledFuture(_) = state {
        return wait_for_prescription(record, cancellation, received);
    }
    let decision = decision(state, cancellation.target);
    let same = record.pending.iter().find(|pending| pending.target == cancellation.target);
    let (result, why) = match (decision, same) {
        (Decision::Wait(_), Some(pending)) if pending.by != cancellation.by => {
            (CancellationResult::RequestedByAnother, Some(WhyFailed::AlreadyPending))
        }
        (Decision::Wait(result), Some(_)) => (result, Some(WhyFailed::AlreadyPending)),
        (Decision::Wait(result), None) => (result, None),
        (Decision::Refuse(result), _) => return Err(NotCancelled { result, performer }.into()),
        (Decision::Apply, _) => return cancel(record, &cancellation, received),
    };
    let document = cancellation.document;
    let mut changing = Changing::begin(record);
    match why {
        Some(why) => changing.record.failed.push(FailedCancellation { cancellation, why }),
        None => changing.record.pending.push(cancellation),
    }
    answer(changing, number, CancelAnswer { result, performer }, document, received)
}

fn not_found() -> Refusal {
    NotCancelled { result: CancellationResult::NotFound, performer: None }.into()
}

/// Ends a change that a cancellation asked for.
fn answer(
    changing: Changing,
    issue: IssueNumber,
    answer: CancelAnswer,
    document: super::DocumentKey,
    received: &Received,
) -> Result<Accepted, Refusal> {
    let event = Event::CancelAnswered(answer.result);
    let record = changing.finish(Cause { event, issue, by: Ok(received), document: Some(document) })?;
    Ok(Accepted { record, reply: Reply::Cancellation(Box::new(answer)), effects: vec![Effect::Keep(document)] })
}

fn cancel(record: Record, cancellation: &Cancellation, received: &Received) -> Result<Accepted, Refusal> {
    let number = record.issues.current();
    let mut changing = Changing::begin(record);
    apply(&mut changing.record, cancellation)?;
    let done = CancelAnswer { result: CancellationResult::Cancelled, performer: None };
    answer(changing, number, done, cancellation.document, received)
}

/// The dispenser that is named in the answer: where the target's status says that one has had it in hand.
fn performer(state: &State, target: CancellationTarget) -> Option<OtherDispenser> {
    let named = match target {
        CancellationTarget::Prescription => true,
        CancellationTarget::Item(item) => match state.status_of(item)? {
            ItemStatus::FullyDispensed
            | ItemStatus::NotDispensed
            | ItemStatus::PartiallyDispensed
            | ItemStatus::Owing
            | ItemStatus::WithDispenser => true,
            ItemStatus::Cancelled | ItemStatus::Expired | ItemStatus::ToBeDispensed => false,
        },
    };
    state.performer().filter(|_| named)
}

fn decision(state: &State, target: CancellationTarget) -> Decision {
    match target {
        CancellationTarget::Prescription => whole(state.status()),
        CancellationTarget::Item(item) => match state.status_of(item) {
            None => Decision::Refuse(CancellationResult::NotFound),
            Some(status) => one_item(state.status(), status),
        },
    }
}

fn whole(status: PrescriptionStatus) -> Decision {
    use PrescriptionStatus as P;
    match status {
        P::AwaitingReleaseReady
        | P::ToBeDispensed
        | P::RepeatDispenseFutureInstance
        | P::PrescriptionFutureInstance => Decision::Apply,
        P::WithDispenser => Decision::Wait(CancellationResult::WithDispenser),
        P::WithDispenserActive => Decision::Wait(CancellationResult::WithDispenserActive),
        P::Expired => Decision::Refuse(CancellationResult::Expired),
        P::Cancelled => Decision::Refuse(CancellationResult::AlreadyCancelled),
        P::NotDispensed => Decision::Refuse(CancellationResult::NotDispensed),
        P::Dispensed | P::Claimed | P::NoClaimed => Decision::Refuse(CancellationResult::Dispensed),
        P::CancelledFutureInstance => Decision::Refuse(CancellationResult::NotFound),
    }
}

/// An item that is owed cannot even be marked: Spine does not count it as with the dispenser.
fn one_item(status: PrescriptionStatus, item: ItemStatus) -> Decision {
    match item {
        ItemStatus::ToBeDispensed => Decision::Apply,
        ItemStatus::WithDispenser | ItemStatus::PartiallyDispensed => whole(status),
        ItemStatus::Owing => Decision::Refuse(CancellationResult::WithDispenserActive),
        ItemStatus::FullyDispensed => Decision::Refuse(CancellationResult::Dispensed),
        ItemStatus::NotDispensed => Decision::Refuse(CancellationResult::NotDispensed),
        ItemStatus::Cancelled => Decision::Refuse(CancellationResult::AlreadyCancelled),
        ItemStatus::Expired => Decision::Refuse(CancellationResult::Expired),
    }
}

/// Cancels the target in the current issue and in all later ones that nobody has, and moves on to the first issue that
/// is left to act on. It cannot be undone.
pub(super) fn apply(record: &mut Record, cancellation: &Cancellation) -> Result<(), Refusal> {
    let current = record.issues.current();
    let numbers: Vec<_> = record.issues.iter().map(|(number, _)| number).filter(|number| *number >= current).collect();
    for number in numbers {
        record.issues.change(number, |issue| Ok(issue.cancel(cancellation)))?;
    }
    record.issues.move_on();
    Ok(())
}

impl Issue {
    fn cancel(self, cancellation: &Cancellation) -> Self {
        let on = cancellation.at.date();
        let mut applied = false;
        let changed = self.change(|state| {
            Ok::<_, std::convert::Infallible>(match state.waiting() {
                Err(other) => *other,
                Ok(waiting) => {
                    applied = true;
                    match cancellation.target {
                        CancellationTarget::Prescription => waiting.cancel(on),
                        CancellationTarget::Item(item) => waiting.cancel_item(item, on),
                    }
                }
            })
        });
        let Ok(mut issue) = changed;
        if applied {
            issue.cancellations.push(cancellation.clone());
        }
        issue
    }
}

/// Applies what waited, in order. Every prescriber that can still be told is told later.
pub(super) fn apply_pending(changing: &mut Changing) -> Result<Vec<Effect>, Refusal> {
    let mut effects = Vec::new();
    for cancellation in std::mem::take(&mut changing.record.pending) {
        effects.extend(apply_one_pending(changing, cancellation)?);
    }
    Ok(effects)
}

fn apply_one_pending(changing: &mut Changing, cancellation: Cancellation) -> Result<Vec<Effect>, Refusal> {
    let number = changing.record.issues.current();
    let was_open = status(&changing.record, number) != Some(PrescriptionStatus::Cancelled);
    apply(&mut changing.record, &cancellation)?;
    let now_cancelled = status(&changing.record, number) == Some(PrescriptionStatus::Cancelled);
    let item = cancellation.target.item();
    let missing = item.is_some_and(|item| item_status(&changing.record, number, item).is_none());
    let mut answers = Vec::new();
    if missing {
        answers.push((item, CancellationResult::NotFound));
    } else {
        answers.push((item, CancellationResult::Cancelled));
        if item.is_some() && was_open && now_cancelled {
            answers.push((None, CancellationResult::Cancelled));
        }
    }
    let tell = !cancellation.is_for_death();
    let document = cancellation.document;
    if missing {
        changing.record.failed.push(FailedCancellation { cancellation, why: WhyFailed::ItemNotFound });
    }
    if !tell {
        return Ok(Vec::new());
    }
    changing.note(Event::SubsequentCancellation, number, document);
    let effect = |(item, result)| Effect::Answer(SubsequentAnswer { cancellation: document, item, result });
    Ok(answers.into_iter().map(effect).collect())
}

fn status(record: &Record, number: IssueNumber) -> Option<PrescriptionStatus> {
    record.issues.get(number).map(Issue::status)
}

fn item_status(record: &Record, number: IssueNumber, item: LineItemId) -> Option<ItemStatus> {
    record.issues.get(number)?.state().status_of(item)
}

/// What waited has no effect any more.
pub(super) fn fail_pending(record: &mut Record, why: WhyFailed) {
    let pending = std::mem::take(&mut record.pending);
    record.failed.extend(pending.into_iter().map(|cancellation| FailedCancellation { cancellation, why }));
}

/// An issue was given back as not dispensed while its cancellation waited: it is cancelled, and all later ones with it.
pub(super) fn cancel_undispensed(changing: &mut Changing, number: IssueNumber) -> Result<Vec<Effect>, Refusal> {
    let waits = |pending: &Cancellation| pending.target == CancellationTarget::Prescription;
    let Some(cancellation) = changing.record.pending.iter().find(|pending| waits(pending)).cloned() else {
        return Ok(Vec::new());
    };
    let on = cancellation.at.date();
    changing.record.issues.change(number, |issue| {
        let mut issue = issue.change(|state| {
            Ok::<_, Refusal>(match state {
                State::NotDispensed(state) => State::Cancelled(state.cancel(on)),
                other @ (State::AwaitingRelease(_)
                | State::ToBeDispensed(_)
                | State::WithDispenser(_)
                | State::WithDispenserActive(_)
                | State::Expired(_)
                | State::Cancelled(_)
                | State::Dispensed(_)
                | State::Claimed(_)
                | State::NoClaimed(_)
                | State::RepeatFuture(_)
                | State::Future(_)
                | State::CancelledFuture(_)) => other,
            })
        })?;
        issue.cancellations.push(cancellation);
        Ok(issue)
    })?;
    apply_pending(changing)
}

/// The cancellation is the first that is heard of the prescription.
fn begin(asked: CancelOf, received: &Received, periods: &Periods) -> Result<Accepted, Refusal> {
    let CancelOf { cancellation, nhs_number, birth_date, prescription } = asked;
    let today = received.at.date();
    let window = Window { low: today, high: today };
    let waits = State::CancelledFuture(CancelledFuture { cancelled: today });
    let document = cancellation.document;
    let record = Record {
        id: prescription,
        version: super::create::UNSTORED,
        uploaded: None,
        documents: Vec::new(),
        patient: Patient { nhs_number, birth_date },
        treatment: TreatmentType::Acute,
        prescribed: cancellation.at.date().midnight(),
        prescriber: cancellation.by.clone(),
        days_supply: periods.default_days_supply,
        last_issue: IssueNumber::FIRST,
        nomination: None,
        issues: Issues::new([(IssueNumber::FIRST, Issue::new(window, waits))]),
        pending: vec![cancellation],
        failed: Vec::new(),
        timeline: Vec::new(),
    };
    answer(Changing::create(record), IssueNumber::FIRST, unknown(), document, received)
}

fn unknown() -> CancelAnswer {
    CancelAnswer { result: CancellationResult::NotFound, performer: None }
}

/// One more cancellation of a prescription that has not come. One for the whole of it makes all later ones idle.
fn wait_for_prescription(record: Record, cancellation: Cancellation, received: &Received) -> Result<Accepted, Refusal> {
    let document = cancellation.document;
    let covers = |pending: &&Cancellation| {
        pending.target == CancellationTarget::Prescription || pending.target == cancellation.target
    };
    let covering = record.pending.iter().find(covers).map(|pending| pending.by == cancellation.by);
    let mut changing = Changing::begin(record);
    let answered = match covering {
        None => {
            changing.record.pending.push(cancellation);
            unknown()
        }
        Some(same_organisation) => {
            let why = WhyFailed::AlreadyPending;
            changing.record.failed.push(FailedCancellation { cancellation, why });
            let another = CancelAnswer { result: CancellationResult::RequestedByAnother, performer: None };
            if same_organisation { unknown() } else { another }
        }
    };
    let waits = State::CancelledFuture(CancelledFuture { cancelled: received.at.date() });
    changing.record.issues.change(IssueNumber::FIRST, |issue| issue.change(|_| Ok(waits)))?;
    answer(changing, IssueNumber::FIRST, answered, document, received)
}
