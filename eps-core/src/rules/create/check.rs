//! The checks, in the order in which Spine makes them.

use std::borrow::Cow;
use std::collections::HashSet;

use super::{
    BIRTH_FUTURE, BIRTH_TIME, Breach, DAYS, DAYS_NUMBER, DUPLICATE_ITEM, EVENT_ID, Fact, Facts, ID, ID_CHECK,
    ITEM_HIGH, ITEM_HIGH_NUMBER, ITEM_HIGH_ONLY, ITEM_HIGH_ZERO, ITEM_ID, ITEM_LOW, ITEM_LOW_NUMBER, ITEM_LOW_ONLY,
    ITEM_REPEATS, ITEM_WITHOUT_PRESCRIPTION, ItemFacts, LICENCE, MAX_DAYS_SUPPLY, MAX_ITEMS, MAX_REPEATS, MISSING,
    NHS_NUMBER, NO_ITEMS, ORGANISATION, PERFORMER, PERFORMER_EMPTY, PERFORMER_TYPE, PERSON, PERSON_LENGTH,
    PRESCRIPTION_TIME, PRESCRIPTION_TYPE, REPEAT_HIGH, REPEAT_HIGH_NUMBER, REPEAT_LOW, REPEAT_LOW_NUMBER, REPEAT_ORDER,
    REPEAT_PRESCRIBING, REPEATS, REPEATS_BEYOND_ITEMS, ROLE, ROLE_NOT_PROVIDED, ROLE_PROFILE, SIGNATURE, SIGNED_TIME,
    TOO_MANY_ITEMS, TREATMENT_TYPE, WINDOW, WINDOW_HIGH_DATE, WINDOW_LONG, WINDOW_LOW_DATE, WINDOW_MONTHS,
    WINDOW_ORDER, WINDOW_PAST,
};
use crate::codes::{DispensingSitePreference, TreatmentType, is_prescription_type};
use crate::ids::{Guid, NhsNumber, OdsCode, PrescriptionIdError, SdsRoleProfileId, WrittenPrescriptionId};
use crate::model::{Date, Timestamp};
use crate::problem::Rule;

/// What is stored when a job role is not known.
const NOT_PROVIDED: &str = "NotProvided";

/// Every breach of a create-time rule at the time `now`, in the order in which Spine looks.
#[must_use]
pub fn check<N: Copy>(facts: &Facts<'_, N>, now: Timestamp) -> Vec<Breach<N>> {
    let mut found = Found(Vec::new());
    let treatment = said(facts.treatment.as_ref()).and_then(|code| code.parse().ok());
    found.missing(facts);
    found.author(facts);
    found.prescription(facts, treatment);
    found.patient(facts, now.date());
    found.form(facts.event.as_ref(), &EVENT_ID, is_upper_guid);
    found.items(facts, treatment);
    found.form(facts.licence.as_ref(), &LICENCE, is_ods);
    found.performer(facts);
    found.id(facts);
    found.form(facts.signed.as_ref(), &SIGNED_TIME, is_time);
    found.days(&facts.days);
    if treatment == Some(TreatmentType::RepeatDispensing) {
        found.window(facts, now.date());
    }
    found.0
}

/// The breaches found so far.
struct Found<N>(Vec<Breach<N>>);

fn said<'a, N>(fact: Option<&'a Fact<'_, N>>) -> Option<&'a str> {
    fact.and_then(|fact| fact.value.as_deref())
}

fn is_ods(text: &str) -> bool {
    text.parse::<OdsCode>().is_ok()
}

fn is_time(text: &str) -> bool {
    Timestamp::parse_hl7(text).is_ok()
}

fn is_upper_guid(text: &str) -> bool {
    text.parse::<Guid>().is_ok() && !text.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn is_code(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A job role as the directory writes it: one part, or three.
fn is_role(text: &str) -> bool {
    let part = |part: &str| {
        part.strip_prefix(|first: char| first.is_ascii_uppercase())
            .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(text.split(':').count(), 1 | 3) && text.split(':').all(part)
}

/// A number of digits. One that is too long for the type is larger than every limit.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

impl<N: Copy> Found<N> {
    fn breach(&mut self, rule: &'static Rule, at: N) {
        self.worded(rule, at, rule.requires);
    }

    fn worded(&mut self, rule: &'static Rule, at: N, text: impl Into<Cow<'static, str>>) {
        self.0.push(Breach { rule, text: text.into(), at });
    }

    fn form(&mut self, fact: Option<&Fact<'_, N>>, rule: &'static Rule, good: fn(&str) -> bool) {
        if let Some(fact) = fact
            && fact.value.as_deref().is_some_and(|value| !good(value))
        {
            self.breach(rule, fact.at);
        }
    }

    fn missing(&mut self, facts: &Facts<'_, N>) {
        for (name, fact) in [
            ("agentOrganization", &facts.organisation),
            ("agentRoleProfileCodeId", &facts.role_profile),
            ("hcplOrgCode", &facts.licence),
            ("prescribingGpCode", &facts.practice),
            ("nhsNumber", &facts.nhs_number),
            ("prescriptionID", &facts.id),
            ("prescriptionTime", &facts.prescribed),
            ("prescriptionTreatmentType", &facts.treatment),
            ("signedTime", &facts.signed),
            ("birthTime", &facts.birth),
            ("agentSdsRole", &facts.role),
            ("hl7EventID", &facts.event),
        ] {
            if let Some(Fact { value: None, at }) = fact {
                self.worded(&MISSING, *at, format!("Mandatory field {name} missing"));
            }
        }
        if let Some(Fact { value: None, at }) = facts.signature {
            self.breach(&SIGNATURE, at);
        }
    }

    fn author(&mut self, facts: &Facts<'_, N>) {
        if let Some(Fact { value: Some(code), at }) = &facts.person {
            match (is_code(code, 8), is_code(code, 12)) {
                (true, _) => {}
                (false, true) => self.breach(&PERSON_LENGTH, *at),
                (false, false) => self.breach(&PERSON, *at),
            }
        }
        self.form(facts.organisation.as_ref(), &ORGANISATION, is_ods);
        self.form(facts.role_profile.as_ref(), &ROLE_PROFILE, |text| text.parse::<SdsRoleProfileId>().is_ok());
        match &facts.role {
            Some(Fact { value: Some(role), at }) if role == NOT_PROVIDED => self.breach(&ROLE_NOT_PROVIDED, *at),
            role => self.form(role.as_ref(), &ROLE, is_role),
        }
    }

    fn patient(&mut self, facts: &Facts<'_, N>, today: Date) {
        if let Some(Fact { value: Some(text), at }) = &facts.birth {
            match Date::parse_hl7(text) {
                Err(_) => self.breach(&BIRTH_TIME, *at),
                Ok(birth) if birth > today => self.breach(&BIRTH_FUTURE, *at),
                Ok(_) => {}
            }
        }
    }

    fn prescription(&mut self, facts: &Facts<'_, N>, treatment: Option<TreatmentType>) {
        self.form(facts.nhs_number.as_ref(), &NHS_NUMBER, |text| text.parse::<NhsNumber>().is_ok());
        self.form(facts.prescribed.as_ref(), &PRESCRIPTION_TIME, is_time);
        self.form(facts.treatment.as_ref(), &TREATMENT_TYPE, |text| text.parse::<TreatmentType>().is_ok());
        self.form(facts.prescription_type.as_ref(), &PRESCRIPTION_TYPE, is_prescription_type);
        let (low, high) = (&facts.repeat_low, &facts.repeat_high);
        match (low.value.as_deref(), high.value.as_deref()) {
            (None, None) => {
                if treatment.is_some_and(|treatment| treatment != TreatmentType::Acute) {
                    self.breach(&REPEATS, high.at);
                }
            }
            (Some(_), None) => self.breach(&REPEATS, high.at),
            (None, Some(_)) => self.breach(&REPEATS, low.at),
            (Some(first), Some(last)) => self.repeats(low.at, high.at, number(first), number(last), treatment),
        }
    }

    fn repeats(&mut self, low: N, high: N, first: Option<u32>, last: Option<u32>, treatment: Option<TreatmentType>) {
        if last.is_none() {
            self.breach(&REPEAT_HIGH_NUMBER, high);
        }
        match first {
            None => self.breach(&REPEAT_LOW_NUMBER, low),
            Some(1) => {}
            Some(_) => self.breach(&REPEAT_LOW, low),
        }
        if last.is_some_and(|last| last > MAX_REPEATS) {
            self.breach(&REPEAT_HIGH, high);
        }
        if first.zip(last).is_some_and(|(first, last)| first > last) {
            self.breach(&REPEAT_ORDER, high);
        }
        if treatment == Some(TreatmentType::RepeatPrescribing) && last.is_some_and(|last| last != 1) {
            self.breach(&REPEAT_PRESCRIBING, high);
        }
    }

    fn items(&mut self, facts: &Facts<'_, N>, treatment: Option<TreatmentType>) {
        for (at, item) in facts.items.iter().enumerate().take(MAX_ITEMS) {
            self.item(at + 1, item, facts, treatment);
        }
        if facts.items.is_empty() {
            self.breach(&NO_ITEMS, facts.prescription);
        }
        if let Some(item) = facts.items.get(MAX_ITEMS) {
            self.breach(&TOO_MANY_ITEMS, item.id.at);
        }
        let highs = facts.items.iter().filter_map(|item| item.repeat_high.value.as_deref().and_then(number));
        let most = facts.repeat_high.value.as_deref().and_then(number);
        if most.zip(highs.max()).is_some_and(|(most, longest)| most > longest) {
            self.breach(&REPEATS_BEYOND_ITEMS, facts.repeat_high.at);
        }
        let mut ids = HashSet::new();
        for item in &facts.items {
            if item.id.value.as_deref().is_some_and(|id| !ids.insert(id)) {
                self.breach(&DUPLICATE_ITEM, item.id.at);
            }
        }
    }

    fn item(&mut self, order: usize, item: &ItemFacts<'_, N>, facts: &Facts<'_, N>, treatment: Option<TreatmentType>) {
        if let Some(id) = item.id.value.as_deref().filter(|id| !is_upper_guid(id)) {
            self.worded(&ITEM_ID, item.id.at, format!("{id} is not a valid GUID format"));
        }
        let (low, high) = (&item.repeat_low, &item.repeat_high);
        let (first, last) = match (low.value.as_deref(), high.value.as_deref()) {
            (None, None) => {
                if treatment.is_some_and(|treatment| treatment != TreatmentType::Acute) {
                    let text = "repeat.High and repeat.Low values must both be provided for lineItem";
                    self.worded(&ITEM_REPEATS, high.at, format!("{text} {order} if not acute prescription"));
                }
                return;
            }
            (Some(_), None) => {
                let text = format!("repeat.Low provided but not repeat.High for line item {order}");
                return self.worded(&ITEM_LOW_ONLY, high.at, text);
            }
            (None, Some(_)) => {
                let text = format!("repeat.High provided but not repeat.Low for line item {order}");
                return self.worded(&ITEM_HIGH_ONLY, low.at, text);
            }
            (Some(first), Some(last)) => (number(first), number(last)),
        };
        if facts.repeat_low.value.is_none() && facts.repeat_high.value.is_none() {
            let text = format!("Line Item {order} repeat value provided for non-repeat prescription");
            self.worded(&ITEM_WITHOUT_PRESCRIPTION, high.at, text);
        }
        self.item_high(order, high.at, last, facts.repeat_high.value.as_deref().and_then(number));
        if treatment == Some(TreatmentType::RepeatPrescribing) && last.is_some_and(|last| last != 1) {
            self.breach(&REPEAT_PRESCRIBING, high.at);
        }
        match first {
            None => {
                self.worded(&ITEM_LOW_NUMBER, low.at, format!("repeat.Low for line item {order} is not an integer"));
            }
            Some(1) => {}
            Some(_) => self.worded(&ITEM_LOW, low.at, format!("repeat.Low for line item {order} is not set to 1")),
        }
    }

    fn item_high(&mut self, order: usize, at: N, last: Option<u32>, most: Option<u32>) {
        match (last, most) {
            (None, _) => {
                self.worded(&ITEM_HIGH_NUMBER, at, format!("repeat.High for line item {order} is not an integer"));
            }
            (Some(0), _) => {
                let text = format!("repeat.High for line item {order} must be greater than zero");
                self.worded(&ITEM_HIGH_ZERO, at, text);
            }
            (Some(last), Some(most)) if last > most => {
                let than = format!("must not be greater than prescriptionRepeatHigh of {most}");
                self.worded(&ITEM_HIGH, at, format!("repeat.High of {last} for line item {order} {than}"));
            }
            (Some(_), _) => {}
        }
    }

    /// Spine looks at the nominated pharmacy only where its type is there too.
    fn performer(&mut self, facts: &Facts<'_, N>) {
        let (Some(performer), Some(kind)) = (&facts.performer, &facts.performer_type) else { return };
        let (Some(code), Some(kind_code)) = (&performer.value, &kind.value) else { return };
        if code.is_empty() {
            return self.breach(&PERFORMER_EMPTY, performer.at);
        }
        if !is_ods(code) {
            self.breach(&PERFORMER, performer.at);
        }
        if !kind_code.parse().is_ok_and(DispensingSitePreference::is_performer_type) {
            self.breach(&PERFORMER_TYPE, kind.at);
        }
    }

    fn id(&mut self, facts: &Facts<'_, N>) {
        let Some(Fact { value: Some(text), at }) = &facts.id else { return };
        match text.parse::<WrittenPrescriptionId>().map(|id| id.checked()) {
            Err(_) | Ok(Err(PrescriptionIdError::Length { .. } | PrescriptionIdError::Character { .. })) => {
                self.breach(&ID, *at);
            }
            Ok(Err(PrescriptionIdError::CheckCharacter { .. })) => self.breach(&ID_CHECK, *at),
            Ok(Ok(_)) => {}
        }
    }

    /// An empty text is none.
    fn days(&mut self, days: &Fact<'_, N>) {
        let Some(text) = days.value.as_deref().filter(|text| !text.is_empty()) else { return };
        match number(text) {
            None => self.breach(&DAYS_NUMBER, days.at),
            Some(count) if count > MAX_DAYS_SUPPLY => self.breach(&DAYS, days.at),
            Some(_) => {}
        }
    }

    fn window(&mut self, facts: &Facts<'_, N>, today: Date) {
        let (low, high) = (&facts.window_low, &facts.window_high);
        let (Some(first), Some(last)) = (low.value.as_deref(), high.value.as_deref()) else {
            let at = if high.value.is_none() { high.at } else { low.at };
            return self.breach(&WINDOW, at);
        };
        let (first, last) = (Date::parse_hl7(first), Date::parse_hl7(last));
        if last.is_err() {
            self.breach(&WINDOW_HIGH_DATE, high.at);
        }
        if first.is_err() {
            self.breach(&WINDOW_LOW_DATE, low.at);
        }
        let Ok(last) = last else { return };
        if last > today.plus_months(WINDOW_MONTHS) {
            self.breach(&WINDOW_LONG, high.at);
        } else if last < today {
            self.breach(&WINDOW_PAST, high.at);
        }
        if first.is_ok_and(|first| first > last) {
            self.breach(&WINDOW_ORDER, low.at);
        }
    }
}
