//! One prescription of a kind.

use eps_core::codes::{DispensingSitePreference, TreatmentType};
use eps_core::ids::{LineItemId, MessageId, OdsCode, PrescriptionId, PrescriptionUuid};
use eps_core::model::{
    AdditionalInstructions, Author, Coded, Concept, DaysSupply, Exemptions, LineItem, Prescription, Quantity,
    RepeatNumber, SignatureText, Timestamp,
};

use super::medicines::{ACUTE, CONTROLLED, Medicine, REPEATED, in_words};
use super::people::{patient, prescriber, text};
use super::places::{PHARMACIES, PRACTICES};
use super::random::Draws;
use super::{GenerateError, Kind, value};

/// Days that one issue of repeat dispensing lasts.
const DAYS: u32 = 28;
/// The fewest issues of repeat dispensing; and how many more there may be, so that all fit into a year.
const ISSUES: (u32, u32) = (4, 9);
/// Months until a repeat is reviewed.
const REVIEW: u8 = 12;
/// A general practitioner prescribes.
const MEDICAL_PRESCRIBER: &str = "0101";
/// What a patient may be told.
const NOTICE: &str = "<patientInfo>Please make an appointment for a review of your medicines.</patientInfo>";

pub(super) fn prescription(
    draws: &mut Draws,
    kind: Kind,
    now: Timestamp,
    nominated: bool,
) -> Result<Prescription, GenerateError> {
    let practice = draws.pick(PRACTICES)?;
    let ods: OdsCode = value(practice.ods)?;
    let [author, responsible_party] = prescriber(draws, practice)?;
    let repeat = match kind {
        Kind::Acute | Kind::ControlledDrug => None,
        Kind::Repeat => Some(RepeatNumber { low: 1, high: 1 }),
        Kind::RepeatDispensing => Some(RepeatNumber { low: 1, high: ISSUES.0 + draws.below(ISSUES.1) }),
    };
    let days_supply = repeat.filter(|_| kind == Kind::RepeatDispensing).map(|RepeatNumber { high, .. }| DaysSupply {
        low: Some(now.date()),
        high: Some(now.date().plus_days(i64::from(high * DAYS))),
        days: Some(DAYS),
    });
    let nominated_performer = if nominated { Some(value(draws.pick(PHARMACIES)?)?) } else { None };
    Ok(Prescription {
        message_id: MessageId(draws.guid()),
        effective_time: now,
        patient: patient(draws, &ods, now)?,
        uuid: PrescriptionUuid(draws.guid()),
        id: PrescriptionId::new(draws.below(1 << 24), &ods, draws.below(1 << 20)).written().clone(),
        repeat,
        site_preference: match nominated_performer {
            Some(_) => DispensingSitePreference::Other,
            None => DispensingSitePreference::None,
        },
        nominated_performer,
        author: Author { time: now, signature: SignatureText::NotApplicable, person: author },
        responsible_party,
        days_supply,
        review_date: repeat.map(|_| now.date().plus_months(REVIEW)),
        treatment_type: match kind {
            Kind::Acute | Kind::ControlledDrug => TreatmentType::Acute,
            Kind::Repeat => TreatmentType::RepeatPrescribing,
            Kind::RepeatDispensing => TreatmentType::RepeatDispensing,
        },
        status: None,
        exemptions: Exemptions::default(),
        line_items: line_items(draws, kind, repeat)?,
        token_issued: false,
        prescription_type: value(MEDICAL_PRESCRIBER)?,
        previous_issue_date: None,
        legal_authenticator: None,
        care_event: None,
        temporary_exemption: None,
        fulfils: None,
    })
}

/// One to four items, each of another medicine; of a controlled drug there is one item only.
fn line_items(draws: &mut Draws, kind: Kind, repeat: Option<RepeatNumber>) -> Result<Vec<LineItem>, GenerateError> {
    let (table, most) = match kind {
        Kind::Acute => (ACUTE, 4),
        Kind::Repeat | Kind::RepeatDispensing => (REPEATED, 4),
        Kind::ControlledDrug => (CONTROLLED, 1),
    };
    let first = draws.below(u32::try_from(table.len()).unwrap_or_default()) as usize;
    let count = 1 + draws.below(most) as usize;
    let told = kind == Kind::Repeat && draws.below(3) == 0;
    let chosen = table.iter().cycle().skip(first).take(count.min(table.len()));
    chosen
        .enumerate()
        .map(|(at, medicine)| {
            let mut item = line_item(draws, medicine, repeat)?;
            let words = if kind == Kind::ControlledDrug { controlled(&item)? } else { String::new() };
            let notice = if told && at == 0 { NOTICE } else { "" };
            let said = format!("{notice}{words}");
            item.additional_instructions =
                if said.is_empty() { None } else { Some(AdditionalInstructions(text(&said)?)) };
            Ok(item)
        })
        .collect()
}

/// The quantity of a controlled drug in words.
fn controlled(item: &LineItem) -> Result<String, GenerateError> {
    let quantity = item.quantity.value.as_str().parse().ok();
    let words = quantity.and_then(in_words).ok_or_else(GenerateError::of::<Quantity>)?;
    Ok(format!("CD: {words}"))
}

fn line_item(draws: &mut Draws, medicine: &Medicine, repeat: Option<RepeatNumber>) -> Result<LineItem, GenerateError> {
    let concept = |(code, display): (&str, &str)| -> Result<Concept, GenerateError> {
        Ok(Coded { code: value(code)?, display: Some(text(display)?) })
    };
    let quantity = draws.pick(medicine.quantities)?;
    Ok(LineItem {
        id: LineItemId(draws.guid()),
        repeat,
        product: concept(medicine.product)?,
        quantity: Quantity { value: value(&quantity.to_string())?, unit: Some(concept(medicine.unit)?) },
        status: None,
        additional_instructions: None,
        endorsements: Vec::new(),
        dosage: text(draws.pick(medicine.dosages)?)?,
        fulfils: None,
    })
}
