//! Invented people.

use eps_core::codes::{AddressUse, Gender, NameUse, TelecomUse, oid};
use eps_core::ids::{NhsNumber, OdsCode};
use eps_core::model::{
    Address, AgentPerson, Date, Licence, Organisation, Patient, Person, PersonName, Telecom, Text, Timestamp,
};

use super::places::{BOARD, Place};
use super::random::Draws;
use super::{GenerateError, value};

/// Given names, with the gender of who has them.
const GIVEN: &[(&str, Gender)] = &[
    ("MARIGOLD", Gender::Female),
    ("PRIYA", Gender::Female),
    ("OLUWASEUN", Gender::Male),
    ("SIÂN", Gender::Female),
    ("TOBIAS", Gender::Male),
    ("MEI", Gender::Female),
    ("RHYS", Gender::Male),
    ("AOIFE", Gender::Female),
    ("ZBIGNIEW", Gender::Male),
    ("ROBIN", Gender::NotSpecified),
];
const FAMILIES: &[&str] = &[
    "QUILLFEATHER",
    "O'BRACKEN",
    "THISTLEWOOD",
    "ABERNATHY-VALE",
    "LARKSPUR",
    "NETTLEFOLD",
    "PENHALLIGAN",
    "ŚWIERK",
    "WINTERBOURNE",
    "MARCHBANKS",
];
const STREETS: &[&str] = &["ORCHARD ROW", "CHAPEL STREET", "TANNERS YARD", "SEAVIEW TERRACE", "KILN LANE"];
/// Postcodes of the pseudo area `ZZ99`, which no house has.
const POSTCODES: &[&str] = &["ZZ99 3WZ", "ZZ99 3VZ", "ZZ99 4WZ", "ZZ99 3CZ"];

/// The oldest patient's age in days, about 95 years.
const OLDEST: u32 = 95 * 365;

pub(super) fn text(words: &str) -> Result<Text, GenerateError> {
    Text::new(words).map_err(|_| GenerateError::of::<Text>())
}

fn texts(words: &[&str]) -> Result<Vec<Text>, GenerateError> {
    words.iter().map(|words| text(words)).collect()
}

/// A patient of a practice.
pub(super) fn patient(draws: &mut Draws, practice: &OdsCode, today: Timestamp) -> Result<Patient, GenerateError> {
    let (given, gender) = draws.pick(GIVEN)?;
    let lines = [format!("{} {}", draws.below(180) + 1, draws.pick(STREETS)?), "EXAMPLETON".to_owned()];
    let address = Address {
        address_use: Some(AddressUse::Home),
        lines: lines.iter().map(|line| text(line)).collect::<Result<_, _>>()?,
        postal_code: Some(text(draws.pick(POSTCODES)?)?),
    };
    let telephone = format!("tel:01632960{:03}", draws.below(1000));
    Ok(Patient {
        nhs_number: nhs_number(draws)?,
        addresses: vec![address],
        telecoms: vec![telecom(TelecomUse::PrimaryHome, &telephone)?],
        names: vec![name("", given, draws.pick(FAMILIES)?)?],
        gender: Some(*gender),
        birth_date: Some(birth_date(draws, today)),
        general_practice: Some(practice.clone()),
        code: None,
        certificate: None,
        deceased: None,
    })
}

fn birth_date(draws: &mut Draws, today: Timestamp) -> Date {
    today.date().plus_days(-i64::from(draws.below(OLDEST)))
}

/// An NHS number of the range 999, which is for tests and never given to a patient.
fn nhs_number(draws: &mut Draws) -> Result<NhsNumber, GenerateError> {
    loop {
        let body = format!("999{:06}", draws.below(1_000_000));
        // One body of eleven asks for the check digit 10, which there is not.
        if let Some(number) = (0..10).find_map(|check| format!("{body}{check}").parse().ok()) {
            return Ok(number);
        }
    }
}

fn name(prefix: &str, given: &str, family: &str) -> Result<PersonName, GenerateError> {
    let prefixes = if prefix.is_empty() { Vec::new() } else { texts(&[prefix])? };
    Ok(PersonName::Parts {
        name_use: Some(NameUse::Usual),
        prefixes,
        given: texts(&[given])?,
        family: Some(text(family)?),
        suffixes: Vec::new(),
    })
}

fn telecom(telecom_use: TelecomUse, number: &str) -> Result<Telecom, GenerateError> {
    Ok(Telecom { telecom_use: Some(telecom_use), value: Some(text(number)?) })
}

/// A general practitioner, as who signs and as who answers for it: one person, known by a GMC number and by a Doctor Index
/// Number.
pub(super) fn prescriber(draws: &mut Draws, practice: &Place) -> Result<[AgentPerson; 2], GenerateError> {
    let (given, _) = draws.pick(GIVEN)?;
    let name = name("DR", given, draws.pick(FAMILIES)?)?;
    let gmc = format!("99{:05}", draws.below(100_000));
    let din = format!("9{:05}", draws.below(100_000));
    let person = |id: &str| -> Result<Person, GenerateError> {
        Ok(Person { id_root: value(oid::PROFESSIONAL_CODE)?, id: value(id)?, name: Some(name.clone()) })
    };
    let author = AgentPerson {
        role_profile: Some(value(&format!("9991{:08}", draws.below(100_000_000)))?),
        job_role: Some(value("S8000:G8000:R8000")?),
        addresses: Vec::new(),
        telecoms: vec![telecom(TelecomUse::Workplace, practice.telephone)?],
        person: Some(person(&gmc)?),
        organisation: organisation(practice)?,
    };
    let responsible = AgentPerson { person: Some(person(&din)?), ..author.clone() };
    Ok([author, responsible])
}

fn organisation(place: &Place) -> Result<Organisation, GenerateError> {
    let kind = || value("999").map(Some);
    let (ods, name) = BOARD;
    let (postcode, lines) = place.address.split_last().ok_or_else(GenerateError::of::<Address>)?;
    Ok(Organisation {
        ods: Some(value(place.ods)?),
        kind: kind()?,
        name: Some(text(place.name)?),
        description: None,
        telecom: Some(telecom(TelecomUse::Workplace, place.telephone)?),
        address: Some(Address {
            address_use: Some(AddressUse::Workplace),
            lines: texts(lines)?,
            postal_code: Some(text(postcode)?),
        }),
        licence: Some(Licence { ods: Some(value(ods)?), kind: kind()?, name: Some(text(name)?) }),
        further_licences: Vec::new(),
    })
}
