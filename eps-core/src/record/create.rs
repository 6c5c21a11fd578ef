//! A prescription arrives.

use super::activity::plus_months;
use super::change::{Cause, Changing};
use super::command::{Create, PrescribedItem};
use super::items::{Item, Items, Open};
use super::refusal::{Invalid, Refusal};
use super::state::{Future, RepeatFuture, State, ToBeDispensed};
use super::timeline::Event;
use super::{
    Accepted, Effect, Issue, IssueNumber, Issues, Nomination, Patient, Periods, Received, Record, Reply, SignedAt,
    Window,
};
use crate::codes::TreatmentType;
use crate::model::{Date, RepeatNumber, Timestamp};

/// The most line items of a prescription.
const MAX_ITEMS: usize = 4;
/// The most days that an issue may last.
const MAX_DAYS_SUPPLY: u32 = 366;
/// A prescription may be dispensed for a year after it arrived, or for as long as it says within that.
const WINDOW_MONTHS: u8 = 12;
/// The version of a record before its first change; the first stored version is one more.
const UNSTORED: u32 = 1;

/// Begins a record. That there is none yet is known.
pub(super) fn decide(create: Create, received: &Received, periods: &Periods) -> Result<Accepted, Refusal> {
    let today = received.at.date();
    let signed_at = create.signed_at.ok_or(Refusal::SignatureMissing)?;
    let last = last_issue(&create)?;
    let birth_date = birth_date(&create, today)?;
    check_items(&create, last)?;
    let days_supply = days_supply(&create, periods)?;
    let window = window(&create, today)?;
    let first = first_state(&create, window, received.at, periods);
    let issues = issues(&create, window, last, first);
    let document = create.document;
    let record = Record {
        id: create.id,
        uuid: create.uuid,
        version: UNSTORED,
        signed: SignedAt { key: document, namespaces: create.namespaces },
        documents: Vec::new(),
        patient: Patient { nhs_number: create.nhs_number, birth_date },
        treatment: create.treatment,
        prescription_type: create.prescription_type,
        prescribed: create.prescribed,
        signed_at,
        prescriber: create.prescriber,
        days_supply,
        last_issue: last,
        nomination: create.nominated.map(|performer| Nomination {
            performer: Some(performer),
            kind: create.preference,
            history: Vec::new(),
        }),
        issues,
        timeline: Vec::new(),
    };
    let cause = Cause { event: Event::Uploaded, issue: IssueNumber::FIRST, by: Ok(received), document: Some(document) };
    let record = Changing::create(record).finish(cause);
    let wake = record.waits_for().cloned().map(Effect::Wake);
    Ok(Accepted {
        record,
        reply: Reply::Done(Event::Uploaded),
        effects: [Effect::Keep(document)].into_iter().chain(wake).collect(),
    })
}

/// How many issues there will be. Only repeat dispensing has more than one.
fn last_issue(create: &Create) -> Result<IssueNumber, Refusal> {
    let Some(RepeatNumber { low, high }) = create.repeat else {
        return match create.treatment {
            TreatmentType::Acute => Ok(IssueNumber::FIRST),
            TreatmentType::RepeatPrescribing | TreatmentType::RepeatDispensing => Err(Invalid::RepeatsMissing.into()),
        };
    };
    if low != 1 {
        return Err(Invalid::RepeatLow.into());
    }
    if high > u32::from(IssueNumber::MAX) {
        return Err(Invalid::RepeatHigh.into());
    }
    let high = IssueNumber::try_from(high).map_err(|_| Invalid::RepeatOrder)?;
    match create.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => Ok(IssueNumber::FIRST),
        TreatmentType::RepeatDispensing => Ok(high),
    }
}

fn birth_date(create: &Create, today: Date) -> Result<Date, Refusal> {
    let birth_date = create.birth_date.ok_or(Invalid::BirthTimeMissing)?;
    if birth_date > today { Err(Invalid::BirthTimeInFuture.into()) } else { Ok(birth_date) }
}

fn check_items(create: &Create, last: IssueNumber) -> Result<(), Refusal> {
    let items = &create.items;
    if items.is_empty() {
        return Err(Invalid::NoItems.into());
    }
    if items.len() > MAX_ITEMS {
        return Err(Invalid::TooManyItems.into());
    }
    let twice = |(at, item): (usize, &PrescribedItem)| items.iter().skip(at + 1).any(|other| other.id == item.id);
    if items.iter().enumerate().any(twice) {
        return Err(Invalid::DuplicateItem.into());
    }
    for (order, item) in (1_u8..).zip(items) {
        check_item_repeats(create, order, item)?;
    }
    let longest = items.iter().filter_map(|item| item.repeat).map(|repeat| repeat.high).max();
    match longest {
        Some(longest) if u32::from(last.get()) > longest => Err(Invalid::RepeatsBeyondItems.into()),
        Some(_) | None => Ok(()),
    }
}

fn check_item_repeats(create: &Create, order: u8, item: &PrescribedItem) -> Result<(), Invalid> {
    let Some(RepeatNumber { low, high }) = item.repeat else {
        return match create.treatment {
            TreatmentType::Acute => Ok(()),
            TreatmentType::RepeatPrescribing | TreatmentType::RepeatDispensing => {
                Err(Invalid::ItemRepeatsMissing(order))
            }
        };
    };
    let most = create.repeat.ok_or(Invalid::ItemRepeatsWithoutPrescription(order))?.high;
    if high == 0 {
        return Err(Invalid::ItemRepeatZero(order));
    }
    if high > most {
        let most = u8::try_from(most).unwrap_or(IssueNumber::MAX);
        return Err(Invalid::ItemRepeatHigh { order, high, most });
    }
    if low == 1 { Ok(()) } else { Err(Invalid::ItemRepeatLow(order)) }
}

fn days_supply(create: &Create, periods: &Periods) -> Result<u16, Refusal> {
    match create.days_supply.and_then(|supply| supply.days) {
        None => Ok(periods.default_days_supply),
        Some(days) if days > MAX_DAYS_SUPPLY => Err(Invalid::DaysSupply.into()),
        Some(days) => u16::try_from(days).map_err(|_| Invalid::DaysSupply.into()),
    }
}

/// When the issues may be dispensed. Only repeat dispensing has a say in it.
fn window(create: &Create, today: Date) -> Result<Window, Refusal> {
    let latest = plus_months(today, WINDOW_MONTHS);
    match create.treatment {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => Ok(Window { low: today, high: latest }),
        TreatmentType::RepeatDispensing => {
            let said = create.days_supply.and_then(|supply| supply.low.zip(supply.high));
            let (low, high) = said.ok_or(Invalid::WindowMissing)?;
            if high > latest {
                Err(Invalid::WindowTooLong.into())
            } else if high < today {
                Err(Invalid::WindowPast.into())
            } else if low > high {
                Err(Invalid::WindowOrder.into())
            } else {
                Ok(Window { low, high })
            }
        }
    }
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
        let one = |high| Some(RepeatNumber { low: 1, high });
        assert_eq!(refused(|create| create.signed_at = None), Refusal::SignatureMissing);
        assert_eq!(refused(|create| create.items.clear()), Invalid::NoItems.into());
        assert_eq!(refused(|create| create.items = vec![create.items[0]; 5]), Invalid::TooManyItems.into());
        assert_eq!(refused(|create| create.items[1] = create.items[0]), Invalid::DuplicateItem.into());
        assert_eq!(refused(|create| create.birth_date = None), Invalid::BirthTimeMissing.into());
        assert_eq!(refused(|create| create.birth_date = Some(day("20260106"))), Invalid::BirthTimeInFuture.into());
        assert_eq!(
            refused(|create| create.items[1].repeat = one(1)),
            Invalid::ItemRepeatsWithoutPrescription(2).into()
        );
        assert_eq!(
            refused(|create| create.treatment = TreatmentType::RepeatPrescribing),
            Invalid::RepeatsMissing.into()
        );
        assert_eq!(refused(|create| create.repeat = one(100)), Invalid::RepeatHigh.into());
        assert_eq!(refused(|create| create.repeat = one(0)), Invalid::RepeatOrder.into());
        assert_eq!(refused(|create| create.repeat = Some(RepeatNumber { low: 2, high: 2 })), Invalid::RepeatLow.into());
        assert_eq!(
            refused(|create| {
                *create = samples::create_repeat_dispensing(2);
                create.items[0].repeat = one(3);
            }),
            Invalid::ItemRepeatHigh { order: 1, high: 3, most: 2 }.into()
        );
        assert_eq!(
            refused(|create| {
                *create = samples::create_repeat_dispensing(2);
                create.days_supply = None;
            }),
            Invalid::WindowMissing.into()
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
        assert_eq!(lasts(days(367)), Err(Invalid::DaysSupply.into()));
    }
}
