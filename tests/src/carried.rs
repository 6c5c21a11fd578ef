//! What FHIR carries of a model: a message that says no more than its FHIR form can, and all that readers of FHIR ask for.
//!
//! Every generated message is brought to this form before it goes to FHIR and back, and must come back the same.
#![expect(clippy::unwrap_used, reason = "literals that the tests themselves prove well-formed")]

use eps_core::codes::{
    AddressUse, Gender, NameUse, ReimbursementAuthority, TelecomUse, TreatmentType, WithdrawType, oid,
};
use eps_core::ids::WrittenPrescriptionId;
use eps_core::model::{
    AdditionalInstructions, Address, AgentPerson, Cancellation, CancellationResponse, Coded, Concept, DaysSupply,
    Decimal, DispenseClaim, DispenseNotification, Licence, LineItem, Organisation, Patient, PersonName, Prescription,
    Quantity, RepeatNumber, Return, SignatureText, Supply, Telecom, Text, Timestamp, Withdrawal,
};

/// Of which wire a telecom comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telecoms {
    /// An order: telephones only.
    Telephones,
    /// Any other message.
    All,
}

fn text(text: impl Into<Box<str>>) -> Text {
    Text::new(text).unwrap()
}

fn short_id(id: &mut WrittenPrescriptionId) {
    if id.is_of_release_1() {
        *id = "9142DC-A99968-11EB9M".parse().unwrap();
    }
}

/// A name: FHIR has fewer uses, and a name that says nothing is none.
fn name(name: &mut PersonName) {
    let fhir = |code: Option<NameUse>| code.and_then(|code| NameUse::from_fhir(code.fhir_code()?));
    match name {
        PersonName::Unstructured { name_use, .. } => *name_use = fhir(*name_use),
        PersonName::Parts { name_use, given, family, .. } => {
            *name_use = fhir(*name_use);
            if given.is_empty() && family.is_none() {
                *family = Some(text("FAMILY"));
            }
        }
    }
}

fn address(address: &mut Address) {
    address.address_use = address.address_use.and_then(|code| AddressUse::from_fhir(code.fhir_code()?));
}

fn telecom(telecom: &mut Telecom, which: Telecoms) {
    let code = telecom.telecom_use.and_then(|code| TelecomUse::from_fhir(code.fhir_code()?));
    telecom.telecom_use = code.or(Some(TelecomUse::Workplace));
    let kept = telecom.value.take().filter(|value| which == Telecoms::All || value.as_str().starts_with("tel:"));
    telecom.value = kept.or_else(|| Some(text("tel:01632960301")));
}

fn any_telecom() -> Telecom {
    Telecom { telecom_use: Some(TelecomUse::Workplace), value: Some(text("tel:01632960301")) }
}

fn any_address() -> Address {
    Address { address_use: Some(AddressUse::Home), lines: vec![text("1 INVENTED STREET")], postal_code: None }
}

/// Digits as JSON has them.
fn decimal(value: &mut Decimal) {
    let (sign, digits) = value.as_str().strip_prefix('-').map_or(("", value.as_str()), |digits| ("-", digits));
    let significant = digits.trim_start_matches('0');
    let zero = if significant.starts_with(|first: char| first.is_ascii_digit()) { "" } else { "0" };
    *value = format!("{sign}{zero}{significant}").parse().unwrap();
}

fn quantity(quantity: &mut Quantity) {
    decimal(&mut quantity.value);
    quantity.unit.get_or_insert_with(|| Concept { code: "428673006".parse().unwrap(), display: Some(text("tablet")) });
}

/// A patient as an answer may tell of one.
pub fn patient(patient: &mut Patient) {
    patient.names.iter_mut().for_each(name);
    patient.addresses.iter_mut().for_each(address);
    patient.telecoms.iter_mut().for_each(|one| telecom(one, Telecoms::All));
    (patient.code, patient.certificate, patient.deceased) = (None, None, None);
}

/// A patient as a request must tell of one.
fn whole_patient(person: &mut Patient, which: Telecoms) {
    patient(person);
    person.telecoms.iter_mut().for_each(|one| telecom(one, which));
    if person.names.is_empty() {
        person.names.push(PersonName::Unstructured { name_use: None, text: text("A PATIENT") });
    }
    if person.addresses.is_empty() {
        person.addresses.push(any_address());
    }
    person.gender.get_or_insert(Gender::NotKnown);
    let birth = Timestamp::parse_hl7("19800420000000").unwrap().date();
    person.birth_date.get_or_insert(birth);
    person.general_practice.get_or_insert_with(|| "A83008".parse().unwrap());
}

/// An organisation as an answer may tell of one.
pub fn organisation(organisation: &mut Organisation) {
    organisation.kind = Some("999".parse().unwrap());
    organisation.description = None;
    organisation.telecom.iter_mut().for_each(|one| telecom(one, Telecoms::All));
    organisation.address.iter_mut().for_each(address);
    organisation.further_licences.clear();
    organisation.licence =
        organisation.licence.take().filter(|licence| licence.ods.is_some() || licence.name.is_some());
    organisation.licence.iter_mut().for_each(|licence| licence.kind = Some("999".parse().unwrap()));
}

/// A person as an answer may tell of one.
pub fn agent(agent: &mut AgentPerson) {
    agent.addresses.clear();
    agent.telecoms.iter_mut().for_each(|one| telecom(one, Telecoms::All));
    agent.person.iter_mut().flat_map(|person| &mut person.name).for_each(name);
    organisation(&mut agent.organisation);
}

/// Who prescribes or cancels.
fn prescriber(person: &mut AgentPerson, which: Telecoms) {
    agent(person);
    person.role_profile.get_or_insert_with(|| "100102238986".parse().unwrap());
    if person.telecoms.is_empty() {
        person.telecoms.push(any_telecom());
    }
    person.telecoms.iter_mut().for_each(|one| telecom(one, which));
    let organisation = &mut person.organisation;
    organisation.ods.get_or_insert_with(|| "A83008".parse().unwrap());
    organisation.name.get_or_insert_with(|| text("A SURGERY"));
    telecom(organisation.telecom.get_or_insert_with(any_telecom), which);
    organisation.address.get_or_insert_with(any_address);
    match which {
        Telecoms::Telephones => {
            let (ods, name) = (organisation.ods.clone(), organisation.name.clone());
            let licence = organisation.licence.get_or_insert(Licence { ods: None, kind: None, name: None });
            licence.kind = Some("999".parse().unwrap());
            licence.ods = licence.ods.take().or(ods);
            licence.name = licence.name.take().or(name);
        }
        // A cancellation does not say who licenses.
        Telecoms::All => organisation.licence = None,
    }
    let Some(person) = &mut person.person else { return };
    match which {
        Telecoms::Telephones => {
            person.id_root = oid::PROFESSIONAL_CODE.parse().unwrap();
            // A GMC number loses its letter.
            let gmc = person.id.as_str().strip_prefix(['C', 'c']).filter(|rest| !rest.is_empty());
            if let Some(digits) = gmc {
                person.id = digits.parse().unwrap();
            }
        }
        Telecoms::All => {
            person.id_root = oid::SDS_USER.parse().unwrap();
            person.id = "555254239107".parse().unwrap();
        }
    }
}

/// Who dispenses.
fn dispenser(person: &mut AgentPerson) {
    agent(person);
    person.role_profile.get_or_insert_with(|| "100102238986".parse().unwrap());
    person.job_role.get_or_insert_with(|| "S8000:G8000:R8003".parse().unwrap());
    person.telecoms.truncate(1);
    if person.telecoms.is_empty() {
        person.telecoms.push(any_telecom());
    }
    person.organisation.ods.get_or_insert_with(|| "FA565".parse().unwrap());
    person.organisation.telecom.get_or_insert_with(any_telecom);
    let Some(person) = &mut person.person else { return };
    person.id_root = oid::PROFESSIONAL_CODE.parse().unwrap();
    person.id = "555254239107".parse().unwrap();
    person.name = person.name.take().map(|name| {
        let text = match name {
            PersonName::Unstructured { text, .. } => text,
            PersonName::Parts { family, given, .. } => {
                family.or_else(|| given.into_iter().next()).unwrap_or_else(|| text("A PHARMACIST"))
            }
        };
        PersonName::Unstructured { name_use: None, text }
    });
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The instructions of an item: what is told to the patient stands with the first one.
fn instructions(item: &mut LineItem, is_first: bool) {
    let Some(AdditionalInstructions(said)) = &item.additional_instructions else { return };
    let said = escaped(said.as_str());
    let words = said.lines().next().filter(|words| !words.is_empty()).unwrap_or("two");
    let told = format!("<medication>{said}</medication><patientInfo>{said}</patientInfo>");
    let told = if is_first { told } else { String::new() };
    item.additional_instructions = Some(AdditionalInstructions(text(format!("{told}CD: {words}\nNote {said}"))));
}

fn item(item: &mut LineItem, is_first: bool) {
    quantity(&mut item.quantity);
    instructions(item, is_first);
    item.endorsements.iter_mut().for_each(|endorsement| endorsement.text = None);
    item.fulfils = None;
}

fn plain(prescription: &mut Prescription) {
    prescription.status = None;
    prescription.exemptions = eps_core::model::Exemptions::default();
    prescription.token_issued = false;
    (prescription.legal_authenticator, prescription.care_event) = (None, None);
    (prescription.temporary_exemption, prescription.fulfils) = (None, None);
    for (at, one) in prescription.line_items.iter_mut().enumerate() {
        item(one, at == 0);
    }
}

/// An order, read at `now`.
pub fn order(prescription: &mut Prescription, now: Timestamp) {
    plain(prescription);
    whole_patient(&mut prescription.patient, Telecoms::Telephones);
    prescriber(&mut prescription.author.person, Telecoms::Telephones);
    prescriber(&mut prescription.responsible_party, Telecoms::Telephones);
    prescription.previous_issue_date = None;
    if prescription.author.signature == SignatureText::NotApplicable {
        prescription.author.time = now;
    }
    let effective = prescription.effective_time;
    prescription.repeat = match prescription.treatment_type {
        TreatmentType::Acute => None,
        TreatmentType::RepeatPrescribing => Some(RepeatNumber { low: 1, high: 1 }),
        TreatmentType::RepeatDispensing => {
            Some(RepeatNumber { low: 1, high: prescription.repeat.map_or(6, |repeat| repeat.high) })
        }
    };
    prescription.days_supply = match prescription.treatment_type {
        TreatmentType::Acute | TreatmentType::RepeatPrescribing => None,
        TreatmentType::RepeatDispensing => {
            let supply = prescription.days_supply;
            let high = supply.and_then(|supply| supply.high).or(Some(effective.date()));
            let days = supply.and_then(|supply| supply.days).or(Some(28));
            Some(DaysSupply { low: Some(effective.date()), high, days })
        }
    };
    for item in &mut prescription.line_items {
        item.repeat = prescription.repeat;
        item.status = None;
    }
}

/// A prescription as a dispenser gets it.
pub fn released(prescription: &mut Prescription) {
    plain(prescription);
    patient(&mut prescription.patient);
    agent(&mut prescription.author.person);
    agent(&mut prescription.responsible_party);
    if prescription.author.signature == SignatureText::NotApplicable {
        prescription.author.time = prescription.effective_time;
    }
    prescription.previous_issue_date = prescription.previous_issue_date.map(|time| time.date().midnight());
    if prescription.treatment_type == TreatmentType::Acute {
        prescription.repeat = None;
        prescription.line_items.iter_mut().for_each(|item| item.repeat = None);
    }
    let whole = |supply: &DaysSupply| supply.low.is_some() && supply.high.is_some() && supply.days.is_some();
    prescription.days_supply = prescription.days_supply.filter(whole);
}

/// Who asks for a release.
pub fn release_request(author: &mut AgentPerson, id: Option<&mut WrittenPrescriptionId>) {
    dispenser(author);
    id.into_iter().for_each(short_id);
}

/// A dispense notification, read at `now`.
pub fn dispense_notification(notification: &mut DispenseNotification, now: Timestamp) {
    dispenser(&mut notification.author);
    short_id(&mut notification.prescription_id);
    notification.header_id = notification.id;
    notification.author_time = now;
    (notification.reimbursement_authority_name, notification.predecessor) = (None, None);
    notification.care_record_items.clear();
    for item in &mut notification.items {
        quantity(&mut item.requested.quantity);
        item.requested.code = item.requested.quantity.unit.clone().unwrap();
        (item.running_total, item.predecessor) = (None, None);
        if item.supplies.is_empty() {
            item.supplies.push(Supply {
                quantity: item.requested.quantity.clone(),
                product: item.prescribed.clone(),
                additional_instructions: None,
                instructions: vec![text("as directed")],
            });
        }
        for supply in &mut item.supplies {
            quantity(&mut supply.quantity);
            supply.additional_instructions = None;
            supply.instructions.truncate(1);
        }
        notification.care_record_items.extend(item.supplies.iter().map(|_| item.id));
    }
}

/// A claim. The release that it follows is made up by the reader.
pub fn dispense_claim(claim: &mut DispenseClaim) {
    dispenser(&mut claim.legal_authenticator);
    short_id(&mut claim.prescription_id);
    claim.header_id = claim.id;
    claim.legal_authenticator_time = claim.effective_time;
    claim.reimbursement_authority = ReimbursementAuthority::Wales.code().parse().unwrap();
    (claim.collector, claim.rejection, claim.predecessor) = (None, None, None);
    for item in &mut claim.items {
        (item.running_total, item.predecessor) = (None, None);
        // Without an issue of the prescription, that of a line would be taken for it.
        item.repeat = item.repeat.filter(|_| claim.repeat.is_some());
        let terms = item.supplies.first().map(|supply| (supply.charge_paid, supply.endorsements.clone()));
        for supply in &mut item.supplies {
            quantity(&mut supply.quantity);
            if let Some((charge_paid, endorsements)) = &terms {
                (supply.charge_paid, supply.endorsements) = (*charge_paid, endorsements.clone());
            }
        }
    }
}

/// A cancellation, read at `now`.
pub fn cancellation(cancellation: &mut Cancellation, now: Timestamp) {
    whole_patient(&mut cancellation.patient, Telecoms::All);
    prescriber(&mut cancellation.author, Telecoms::All);
    let responsible = cancellation.responsible_party.get_or_insert_with(|| cancellation.author.clone());
    prescriber(responsible, Telecoms::All);
    short_id(&mut cancellation.prescription_id);
    cancellation.effective_time = now;
    let id = cancellation.id.0;
    cancellation.item.get_or_insert(eps_core::ids::LineItemId(id));
    cancellation.prescription.get_or_insert(eps_core::ids::PrescriptionUuid(id));
    cancellation.reasons.truncate(1);
    for reason in &mut cancellation.reasons {
        reason.text = reason.text.take().or(reason.code.display.take());
        reason.code.display = None;
    }
}

/// A return.
pub fn dispense_return(returned: &mut Return) {
    dispenser(&mut returned.author);
    short_id(&mut returned.prescription_id);
    let id = returned.id;
    returned.release.get_or_insert(id);
}

/// A withdrawal.
pub fn withdrawal(withdrawal: &mut Withdrawal) {
    short_id(&mut withdrawal.prescription_id);
    let kind = WithdrawType::LastDispense;
    withdrawal.kind = Coded { code: kind, display: Some(text(kind.display())) };
    withdrawal.notifications.truncate(1);
    if withdrawal.notifications.is_empty() {
        withdrawal.notifications.push(withdrawal.id);
    }
}

/// What became of a cancellation, where it is told with an item.
pub fn cancellation_response(response: &mut CancellationResponse) {
    use eps_core::codes::CancellationResult;
    patient(&mut response.patient);
    agent(&mut response.author);
    response.responsible_party.iter_mut().for_each(agent);
    response.responsible_party.get_or_insert_with(|| response.author.clone());
    short_id(&mut response.prescription_id);
    if let Some(other) = &mut response.performer {
        other.time = None;
        agent(&mut other.person);
    }
    if let Some(result) = &mut response.result
        && result.code != CancellationResult::UnableToProcess
    {
        result.display = Some(text(result.code.display()));
    }
}
