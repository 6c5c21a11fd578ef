//! A prescription arrives.

use super::cancel::{apply_pending, fail_pending};
use super::cancellation::WhyFailed;
use super::change::{Cause, Changing};
use super::command::{Create, PrescribedItem};
use super::items::{Item, Items, Open};
use super::refusal::{Invalid, Refusal};
use super::state::{Future, RepeatFuture, State, ToBeDispensed};
use super::timeline::Event;
use super::{
    Accepted, Effect, Issue, IssueNumber, Issues, Nomination, Patient, Periods, Received, Record, Reply, SignedAt,
    Uploaded, Window,
};
use crate::codes::TreatmentType;
use crate::model::{Date, Timestamp};
use crate::rules::create::{self as rules, Fact, Facts, ItemFacts};

/// The version of a record before its first change; the first stored version is one more.
pub(super) const UNSTORED: u32 = 1;

/// Begins a record, or takes over one that only cancellations have begun, which are applied then.
pub(super) fn decide(
    before: Option<Record>,
    create: Create,
    received: &Received,
    periods: &Periods,
) -> Result<Accepted, Refusal> {
    if before.as_ref().is_some_and(|before| before.uploaded.is_some()) {
        return Err(Refusal::DuplicatePrescription);
    }
    let today = received.at.date();
    let signed_at = create.signed_at.ok_or(Refusal::SignatureMissing)?;
    check(&create, received.at)?;
    let birth_date = create.birth_date.ok_or_else(|| Invalid::Create(rules::BIRTH_TIME.requires.into()))?;
    let last = last_issue(&create);
    let days_supply = days_supply(&create, periods);
    let window = window(&create, today);
    let first = first_state(&create, window, received.at, periods);
    let issues = issues(&create, window, last, first);
    let document = create.document;
    let record = Record {
        id: create.id,
        version: UNSTORED,
        uploaded: Some(Uploaded {
            uuid: Some(create.uuid),
            signed: SignedAt { key: document, namespaces: create.namespaces },
            signed_at,
            prescription_type: create.prescription_type,
        }),
        documents: Vec::new(),
        patient: Patient { nhs_number: create.nhs_number, birth_date: Some(birth_date) },
        treatment: create.treatment,
        prescribed: create.prescribed,
        prescriber: create.prescriber,
        days_supply,
        last_issue: last,
        nomination: create.nominated.map(|performer| Nomination {
            performer: Some(performer),
            kind: create.preference,
            history: Vec::new(),
        }),
        issues,
        pending: Vec::new(),
        failed: Vec::new(),
        timeline: Vec::new(),
    };
    let mut effects = vec![Effect::Keep(document)];
    let mut changing = Changing::create(record);
    if let Some(before) = before {
        effects.extend(take_over(&mut changing, before)?);
    }
    let cause = Cause { event: Event::Uploaded, issue: IssueNumber::FIRST, by: Ok(received), document: Some(document) };
    let record = changing.finish(cause)?;
    effects.extend(record.waits_for().cloned().map(Effect::Wake));
    Ok(Accepted { record, reply: Reply::Done(Event::Uploaded), effects })
}

/// Takes over what was noted before the prescription came, and applies the cancellations that waited for it. Those of
/// another patient have no effect.
fn take_over(changing: &mut Changing, before: Record) -> Result<Vec<Effect>, Refusal> {
    let record = &mut changing.record;
    record.version = before.version;
    record.documents = before.documents;
    record.timeline = before.timeline;
    record.pending = before.pending;
    record.failed = before.failed;
    if before.patient.nhs_number == record.patient.nhs_number {
        apply_pending(changing)
    } else {
        fail_pending(record, WhyFailed::OtherPatient);
        Ok(Vec::new())
    }
}

/// The first create-time rule that the prescription breaks, as Spine finds it. Warnings are only logged there.
fn check(create: &Create, now: Timestamp) -> Result<(), Refusal> {
    let breaches = rules::check(&facts(create), now);
    match breaches.into_iter().find(|breach| breach.rule.severity.refuses()) {
        Some(breach) => Err(Invalid::Create(breach.text).into()),
        None => Ok(()),
    }
}

/// What the types have not proved already.
fn facts(create: &Create) -> Facts<'_, ()> {
    let count = |count: Option<u32>| Fact { value: count.map(|count| count.to_string().into()), at: () };
    let day = |day: Option<Date>| Fact { value: day.map(|day| day.to_hl7().into()), at: () };
    let supply = create.days_supply.as_ref();
    Facts {
        person: None,
        organisation: None,
        role_profile: None,
        role: None,
        licence: None,
        practice: None,
        nhs_number: None,
        birth: Some(day(create.birth_date)),
        id: None,
        prescribed: None,
        treatment: Some(Fact::said(create.treatment.code(), ())),
        prescription_type: Some(Fact::said(create.prescription_type.as_str(), ())),
        signed: None,
        signature: None,
        event: None,
        repeat_low: count(create.repeat.map(|repeat| repeat.low)),
        repeat_high: count(create.repeat.map(|repeat| repeat.high)),
        performer: create.nominated.as_ref().map(|performer| Fact::said(performer.as_str(), ())),
        performer_type: Some(Fact::said(create.preference.code(), ())),
        days: count(supply.and_then(|supply| supply.days)),
        window_low: day(supply.and_then(|supply| supply.low)),
        window_high: day(supply.and_then(|supply| supply.high)),
        items: create.items.iter().map(item_facts).collect(),
        prescription: (),
    }
}

fn item_facts(item: &PrescribedItem) -> ItemFacts<'static, ()> {
    let count = |count: Option<u32>| Fact { value: count.map(|count| count.to_string().into()), at: () };
    ItemFacts {
        id: Fact::said(item.id.to_string(), ()),
        repeat_low: count(item.repeat.map(|repeat| repeat.low)),
        repeat_high: count(item.repeat.map(|repeat| repeat.high)),
    }
}

/// How many issues there will be. Only repeat dispensing has more than one, and the rules have judged their number.
fn last_issue(create: &Create) -> IssueNumber {
    match (create.treatment, create.repeat) {
        (TreatmentType::RepeatDispensing, Some(repeat)) => {
            IssueNumber::try_from(repeat.high).unwrap_or(IssueNumber::FIRST)
        }
        (TreatmentType::Acute | TreatmentType::RepeatPrescribing | TreatmentType::RepeatDispensing, _) => {
            IssueNumber::FIRST
        }
    }
}

/// When the issues may be dispensed. Only repeat dispensing has a say in it.
fn window(create: &Create, today: Date) -> Window {
    let whole = (today, today.plus_months(rules::WINDOW_MONTHS));
    let (low, high) = match create.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => whole,
        TreatmentType::RepeatDispensing => {
            create.days_supply.and_then(|supply| supply.low.zip(supply.high)).unwrap_or(whole)
        }
    };
    Window { low, high }
}

fn days_supply(create: &Create, periods: &Periods) -> u16 {
    let days = create.days_supply.and_then(|supply| supply.days).and_then(|days| u16::try_from(days).ok());
    days.unwrap_or(periods.default_days_supply)
}

/// Whether the first issue is ready or waits for its day.
fn first_state(create: &Create, window: Window, now: Timestamp, periods: &Periods) -> fn(Items<Open>) -> State {
    let soon = now.plus_seconds(i64::from(periods.future_hours) * 3600);
    let window_later = match create.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => false,
        TreatmentType::RepeatDispensing => window.low.midnight() > soon,
    };
    if create.prescribed > soon || window_later {
        |items| State::Future(Future { items })
    } else {
        |items| State::ToBeDispensed(ToBeDispensed { items })
    }
}

fn issues(create: &Create, window: Window, last: IssueNumber, first: fn(Items<Open>) -> State) -> Issues {
    let numbers = (1..=last.get()).filter_map(|number| IssueNumber::try_from(number).ok());
    Issues::new(numbers.map(|number| {
        let items =
            Items::new((1_u8..).zip(&create.items).map(|(order, item)| new_item(order, item, number)).collect());
        let state =
            if number == IssueNumber::FIRST { first(items) } else { State::RepeatFuture(RepeatFuture { items }) };
        (number, Issue::new(window, state))
    }))
}

/// An item of one issue: expired from the start where it is not to be dispensed as often as that.
fn new_item(order: u8, item: &PrescribedItem, issue: IssueNumber) -> Item<Open> {
    let repeats = item.repeat.and_then(|repeat| u8::try_from(repeat.high).ok());
    let over = repeats.is_some_and(|repeats| issue.get() > repeats);
    Item::new(item.id, order, repeats, if over { Open::Expired } else { Open::ToBeDispensed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{ItemStatus, PrescriptionStatus};
    use crate::ids::OdsCode;
    use crate::model::RepeatNumber;
    use crate::record::samples::{self, at, day};
    use crate::record::{Command, decide};

    fn upload(create: Create, now: &str) -> Result<Record, Refusal> {
        let received = samples::received(now);
        decide(None, Command::Create(Box::new(create)), &received, &Periods::SPINE).map(|accepted| accepted.record)
    }

    fn refused(change: impl FnOnce(&mut Create)) -> Refusal {
        let mut create = samples::create();
        change(&mut create);
        upload(create, "20260105100000").unwrap_err()
    }

    #[test]
    fn an_acute_prescription_waits_for_its_pharmacy() {
        let record = upload(samples::create(), "20260105100000").unwrap();
        let issue = record.current().unwrap();
        assert_eq!(issue.status(), PrescriptionStatus::ToBeDispensed);
        assert_eq!(issue.state().items(), [(1, ItemStatus::ToBeDispensed), (2, ItemStatus::ToBeDispensed)]);
        assert_eq!(record.waits_for().map(OdsCode::as_str), Some("FA565"));
        assert_eq!(record.version(), 2);
        assert_eq!(record.timeline()[0].text(), "Prescription upload successful");
    }

    #[test]
    fn a_second_prescription_with_the_same_id_is_a_duplicate() {
        let received = samples::received("20260105100000");
        let again = Command::Create(Box::new(samples::create()));
        let refusal = decide(Some(samples::acute()), again, &received, &Periods::SPINE).unwrap_err();
        assert_eq!(refusal, Refusal::DuplicatePrescription);
    }

    #[test]
    fn a_prescription_dated_more_than_a_day_ahead_waits_for_its_day() {
        let mut create = samples::create();
        create.prescribed = at("20260106100000");
        let exactly = upload(create.clone(), "20260105100000").unwrap();
        assert_eq!(exactly.current().unwrap().status(), PrescriptionStatus::ToBeDispensed);
        create.prescribed = at("20260106100001");
        let later = upload(create, "20260105100000").unwrap();
        assert_eq!(later.current().unwrap().status(), PrescriptionStatus::PrescriptionFutureInstance);
        assert_eq!(later.waits_for(), None);
    }

    #[test]
    fn all_issues_of_a_repeat_dispensing_prescription_are_made_at_once() {
        let mut create = samples::create_repeat_dispensing(3);
        create.items[1].repeat = Some(RepeatNumber { low: 1, high: 2 });
        let record = upload(create, "20260105100000").unwrap();
        let statuses: Vec<_> = record.issues().iter().map(|(_, issue)| issue.status().code()).collect();
        assert_eq!(statuses, ["0001", "9000", "9000"]);
        let third = record.issues().iter().next_back().unwrap().1;
        assert_eq!(third.state().items(), [(1, ItemStatus::ToBeDispensed), (2, ItemStatus::Expired)]);
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        const UNABLE: &str = "Unable to process message. Information missing or invalid - ";
        let broken = |change: fn(&mut Create)| refused(change).fault().text.split_off(UNABLE.len());
        assert_eq!(refused(|create| create.signed_at = None), Refusal::SignatureMissing);
        assert_eq!(broken(|create| create.items.clear()), "No valid line items found");
        assert_eq!(broken(|create| create.items = vec![create.items[0]; 5]), "lineItems over expected max count of 4");
        assert_eq!(broken(|create| create.items[1] = create.items[0]), "Duplicate item ID exists");
        assert_eq!(broken(|create| create.birth_date = None), "Mandatory field birthTime missing");
        assert_eq!(broken(|create| create.birth_date = Some(day("20260106"))), "birthTime is in the future");
        assert_eq!(
            broken(|create| create.items[1].repeat = Some(RepeatNumber { low: 1, high: 1 })),
            "Line Item 2 repeat value provided for non-repeat prescription"
        );
        assert_eq!(
            broken(|create| create.treatment = TreatmentType::RepeatPrescribing),
            "prescriptionRepeatHigh and prescriptionRepeatLow values must both be provided if not Acute prescription"
        );
        assert_eq!(
            broken(|create| create.repeat = Some(RepeatNumber { low: 1, high: 100 })),
            "prescriptionRepeatHigh must not be over configured maximum of 99"
        );
        assert_eq!(
            broken(|create| create.repeat = Some(RepeatNumber { low: 1, high: 0 })),
            "prescriptionRepeatLow is greater than prescriptionRepeatHigh"
        );
        assert_eq!(
            broken(|create| create.repeat = Some(RepeatNumber { low: 2, high: 2 })),
            "prescriptionRepeatLow must be 1"
        );
        assert_eq!(
            broken(|create| {
                *create = samples::create_repeat_dispensing(2);
                create.items[0].repeat = Some(RepeatNumber { low: 1, high: 3 });
            }),
            "repeat.High of 3 for line item 1 must not be greater than prescriptionRepeatHigh of 2"
        );
        assert_eq!(
            broken(|create| {
                *create = samples::create_repeat_dispensing(2);
                create.days_supply = None;
            }),
            "daysSupply effective time not provided but prescription treatment type is repeat"
        );
    }

    #[test]
    fn an_issue_lasts_28_days_unless_it_is_said_and_a_year_at_most() {
        let lasts = |days| {
            let mut create = samples::create();
            create.days_supply = days;
            upload(create, "20260105100000").map(|record| record.days_supply)
        };
        let days = |days| Some(crate::model::DaysSupply { low: None, high: None, days: Some(days) });
        assert_eq!(lasts(None), Ok(28));
        assert_eq!(lasts(days(366)), Ok(366));
        assert_eq!(lasts(days(367)), Err(Invalid::Create("daysSupply cannot exceed 366".into()).into()));
    }
}
