//! Messages for the broker's tests: patients, pharmacies and ids are all invented.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test message that cannot be built is a failed test")]

use eps_core::codes::{
    AddressUse, CancellationReason, DispenserEndorsement, DispensingSitePreference, Gender, Interaction, ItemStatus,
    NameUse, PrescriptionStatus, ReturnReason, TelecomUse, TreatmentType, WithdrawReason, WithdrawType,
};
use eps_core::hl7v3;
use eps_core::ids::{Guid, LineItemId, MessageId, OdsCode, PrescriptionId, PrescriptionUuid};
use eps_core::model::{
    Address, AgentPerson, Author, Cancellation, ClaimedItem, ClaimedSupply, Coded, Concept, DispenseClaim,
    DispenseHistory, DispenseNotification, Endorsement, Envelope, Exemptions, HistoryEntry, LineItem, Message,
    Organisation, Patient, Person, PersonName, Prescription, Quantity, ReasonForCancellation, ReleaseKind,
    ReleaseRequest, RequestedQuantity, Return, SignatureText, SuppliedLineItem, Telecom, Text, Timestamp, Withdrawal,
    WithdrawalAuthor,
};

/// The pharmacy that prescriptions are nominated to.
pub const PHARMACY: &str = "FA565";
/// A pharmacy that is not.
pub const OTHER_PHARMACY: &str = "FA666";
/// When messages are sent, as HL7 v3 writes it.
pub const NOW: &str = "20260108100000";

/// A stand-in for a signature: the broker of these tests is not asked to verify.
const SIGNATURE: &str =
    r#"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo></SignedInfo></Signature>"#;

/// An instant.
#[must_use]
pub fn time(text: &str) -> Timestamp {
    Timestamp::parse_hl7(text).unwrap()
}

/// An organisation.
#[must_use]
pub fn ods(code: &str) -> OdsCode {
    code.parse().unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn concept(code: &str, display: &str) -> Concept {
    Coded { code: code.parse().unwrap(), display: Some(text(display)) }
}

fn quantity(value: &str) -> Quantity {
    Quantity { value: value.parse().unwrap(), unit: Some(concept("428673006", "tablet")) }
}

/// An id of a kind, by number: the same number gives the same id.
#[must_use]
pub fn guid(kind: u8, number: u32) -> Guid {
    let mut bytes = [kind; 16];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    Guid::from_bytes(bytes)
}

/// The id of message `number`.
#[must_use]
pub fn message_id(number: u32) -> MessageId {
    MessageId(guid(0xA0, number))
}

/// The short form of the id of prescription `number`.
#[must_use]
pub fn prescription_id(number: u32) -> PrescriptionId {
    PrescriptionId::new(number, &ods("A83008"), number)
}

fn agent(organisation: &str, role: &str) -> AgentPerson {
    let telecom = Telecom { telecom_use: Some(TelecomUse::Workplace), value: Some(text("tel:01234567890")) };
    AgentPerson {
        role_profile: Some("100102238986".parse().unwrap()),
        job_role: Some(role.parse().unwrap()),
        addresses: Vec::new(),
        telecoms: vec![telecom.clone()],
        person: Some(Person {
            id_root: "1.2.826.0.1285.0.2.1.54".parse().unwrap(),
            id: "6095103".parse().unwrap(),
            name: Some(name("DR", "EXAMPLE", "PERSON")),
        }),
        organisation: Organisation {
            ods: Some(ods(organisation)),
            kind: Some("999".parse().unwrap()),
            name: Some(text("AN INVENTED ORGANISATION")),
            description: None,
            telecom: Some(telecom),
            address: Some(address(AddressUse::Workplace)),
            licence: None,
            further_licences: Vec::new(),
        },
    }
}

fn address(address_use: AddressUse) -> Address {
    Address {
        address_use: Some(address_use),
        lines: vec![text("1 INVENTED STREET"), text("NOWHERE")],
        postal_code: Some(text("ZZ99 3VZ")),
    }
}

fn name(prefix: &str, given: &str, family: &str) -> PersonName {
    PersonName::Parts {
        name_use: Some(NameUse::Usual),
        prefixes: vec![text(prefix)],
        given: vec![text(given)],
        family: Some(text(family)),
        suffixes: Vec::new(),
    }
}

fn patient() -> Patient {
    Patient {
        nhs_number: "9449304130".parse().unwrap(),
        addresses: vec![address(AddressUse::Home)],
        telecoms: Vec::new(),
        names: vec![name("MS", "INVENTED", "PATIENT")],
        gender: Some(Gender::Female),
        birth_date: Some(eps_core::model::Date::parse_hl7("19800420").unwrap()),
        general_practice: Some(ods("A83008")),
        code: None,
        certificate: None,
        deceased: None,
    }
}

fn line_item(prescription: u32, order: u8) -> LineItem {
    LineItem {
        id: line_item_id(prescription, order),
        repeat: None,
        product: concept("322237000", "Paracetamol 500mg soluble tablets"),
        quantity: quantity("60"),
        status: None,
        additional_instructions: None,
        endorsements: Vec::new(),
        dosage: text("2 tablets 4 times a day"),
        fulfils: None,
    }
}

/// The id of an item of prescription `prescription`.
#[must_use]
pub fn line_item_id(prescription: u32, order: u8) -> LineItemId {
    LineItemId(guid(0xB0 + order, prescription))
}

/// Prescription `number` of two items, nominated to a pharmacy.
#[must_use]
pub fn prescription(number: u32, nominated: &str) -> Prescription {
    Prescription {
        message_id: message_id(number),
        effective_time: time("20260105100000"),
        patient: patient(),
        uuid: PrescriptionUuid(guid(0xC0, number)),
        id: prescription_id(number).as_str().parse().unwrap(),
        repeat: None,
        nominated_performer: Some(ods(nominated)),
        author: Author {
            time: time("20260105100000"),
            signature: SignatureText::Element(SIGNATURE.into()),
            person: agent("A83008", "R8000"),
        },
        responsible_party: agent("A83008", "R8000"),
        days_supply: None,
        review_date: None,
        treatment_type: TreatmentType::Acute,
        status: None,
        exemptions: Exemptions::default(),
        site_preference: DispensingSitePreference::Other,
        line_items: vec![line_item(number, 1), line_item(number, 2)],
        token_issued: false,
        prescription_type: "0101".parse().unwrap(),
        previous_issue_date: None,
        legal_authenticator: None,
        care_event: None,
        temporary_exemption: None,
        fulfils: None,
    }
}

/// The bytes of a request under this message id.
#[must_use]
pub fn request(id: MessageId, message: Message) -> Vec<u8> {
    let interaction = hl7v3::request_interaction(&message).unwrap();
    hl7v3::write(&Envelope {
        id,
        created: time(NOW),
        interaction: interaction.sm(),
        to: Some("200000001285".parse().unwrap()),
        from: Some("200000000117".parse().unwrap()),
        author: None,
        acknowledgement: None,
        message,
    })
}

/// The message that sends prescription `number`; its id has the same number.
#[must_use]
pub fn upload(number: u32, nominated: &str) -> Vec<u8> {
    request(message_id(number), Message::Prescription(Box::new(prescription(number, nominated))))
}

fn release(id: u32, pharmacy: &str, kind: ReleaseKind) -> Vec<u8> {
    let asked = ReleaseRequest {
        id: MessageId(guid(0xD0, id)),
        effective_time: time(NOW),
        author: agent(pharmacy, "R1290"),
        kind,
    };
    request(message_id(id), Message::ReleaseRequest(Box::new(asked)))
}

/// A pharmacy asks for what waits for it.
#[must_use]
pub fn nominated_release(id: u32, pharmacy: &str) -> Vec<u8> {
    release(id, pharmacy, ReleaseKind::Nominated)
}

/// A pharmacy asks for a prescription by its id.
#[must_use]
pub fn release_by_id(id: u32, pharmacy: &str, prescription: u32) -> Vec<u8> {
    release(id, pharmacy, ReleaseKind::Patient(prescription_id(prescription).as_str().parse().unwrap()))
}

/// What a pharmacy tells of a prescription: `0003: 0001 0003`.
#[must_use]
pub fn notification(id: u32, pharmacy: &str, prescription: u32, told: &str) -> DispenseNotification {
    let (status, items) = told.split_once(':').unwrap();
    let status: PrescriptionStatus = status.parse().unwrap();
    let items: Vec<SuppliedLineItem> = (1_u8..)
        .zip(items.split_whitespace())
        .map(|(order, status)| {
            let status: ItemStatus = status.parse().unwrap();
            SuppliedLineItem {
                id: LineItemId(guid(0xE0 + order, id)),
                repeat: None,
                prescribed: concept("322237000", "Paracetamol 500mg soluble tablets"),
                supplies: Vec::new(),
                requested: RequestedQuantity {
                    code: Coded::bare("373784005".parse().unwrap()),
                    quantity: quantity("60"),
                },
                running_total: Some(quantity("30")),
                non_dispensing_reason: None,
                status: Coded::bare(status),
                prescribed_item: line_item_id(prescription, order),
                predecessor: None,
            }
        })
        .collect();
    DispenseNotification {
        id: message_id(id),
        effective_time: time(NOW),
        nhs_number: patient().nhs_number,
        reimbursement_authority: ods("T1450"),
        header_id: message_id(id),
        repeat: None,
        author_time: time(NOW),
        author: agent(pharmacy, "R1290"),
        care_record_items: items.iter().map(|item| item.id).collect(),
        items,
        non_dispensing_reason: None,
        status: Coded::bare(status),
        prescription_id: prescription_id(prescription).as_str().parse().unwrap(),
        prescription: PrescriptionUuid(guid(0xC0, prescription)),
        replaces: None,
        release: MessageId(guid(0xD0, id)),
        reimbursement_authority_name: None,
        predecessor: None,
    }
}

/// The message of [`notification`].
#[must_use]
pub fn notify(id: u32, pharmacy: &str, prescription: u32, told: &str) -> Vec<u8> {
    let told = notification(id, pharmacy, prescription, told);
    request(message_id(id), Message::DispenseNotification(Box::new(told)))
}

/// The message of [`dispense_claim`].
#[must_use]
pub fn claim(id: u32, pharmacy: &str, prescription: u32) -> Vec<u8> {
    let claim = dispense_claim(id, pharmacy, prescription);
    request(message_id(id), Message::DispenseClaim(Box::new(claim)))
}

/// A pharmacy claims both items of a prescription.
#[must_use]
pub fn dispense_claim(id: u32, pharmacy: &str, prescription: u32) -> DispenseClaim {
    let item = |order: u8| ClaimedItem {
        id: LineItemId(guid(0xF0 + order, id)),
        repeat: None,
        supplies: vec![ClaimedSupply {
            quantity: quantity("60"),
            product: concept("322237000", "Paracetamol 500mg soluble tablets"),
            charge_paid: false,
            endorsements: vec![Endorsement { code: DispenserEndorsement::NoEndorsement, text: None }],
        }],
        running_total: None,
        non_dispensing_reason: None,
        status: Coded::bare(ItemStatus::FullyDispensed),
        prescribed_item: line_item_id(prescription, order),
        predecessor: None,
    };
    DispenseClaim {
        id: message_id(id),
        effective_time: time(NOW),
        reimbursement_authority: ods("T1450"),
        reimbursement_authority_name: Some(text("NHS BUSINESS SERVICES AUTHORITY")),
        header_id: message_id(id),
        repeat: None,
        legal_authenticator_time: time(NOW),
        legal_authenticator: agent(pharmacy, "R1290"),
        non_dispensing_reason: None,
        status: Coded::bare(PrescriptionStatus::Dispensed),
        items: vec![item(1), item(2)],
        prescription_id: prescription_id(prescription).as_str().parse().unwrap(),
        prescription: PrescriptionUuid(guid(0xC0, prescription)),
        replaces: None,
        exemption: None,
        release: MessageId(guid(0xD0, id)),
        collector: None,
        rejection: None,
        predecessor: None,
    }
}

/// A surgery cancels an item of a prescription, or all of it.
#[must_use]
pub fn cancellation(id: u32, surgery: &str, prescription: u32, item: Option<u8>) -> Cancellation {
    Cancellation {
        id: message_id(id),
        effective_time: time(NOW),
        patient: patient(),
        author: agent(surgery, "R8000"),
        responsible_party: Some(agent(surgery, "R8000")),
        prescription_id: prescription_id(prescription).as_str().parse().unwrap(),
        item: item.map(|order| line_item_id(prescription, order)),
        reasons: vec![ReasonForCancellation { code: Coded::bare(CancellationReason::ClinicalGrounds), text: None }],
        prescription: Some(PrescriptionUuid(guid(0xC0, prescription))),
    }
}

/// The message of [`cancellation`].
#[must_use]
pub fn cancel(id: u32, surgery: &str, prescription: u32, item: Option<u8>) -> Vec<u8> {
    request(message_id(id), Message::Cancellation(Box::new(cancellation(id, surgery, prescription, item))))
}

/// A pharmacy gives a prescription back.
#[must_use]
pub fn hand_back(id: u32, pharmacy: &str, prescription: u32, issue: Option<u32>) -> Vec<u8> {
    let returned = Return {
        id: message_id(id),
        effective_time: time(NOW),
        author: agent(pharmacy, "R1290"),
        prescription_id: prescription_id(prescription).as_str().parse().unwrap(),
        issue,
        reason: Coded::bare(ReturnReason::UnableToDispense),
        release: None,
    };
    request(message_id(id), Message::Return(Box::new(returned)))
}

/// A pharmacy takes back what it told by message `told`: that notification only, or all up to it.
#[must_use]
pub fn withdraw(id: u32, prescription: u32, issue: Option<u32>, kind: WithdrawType, told: u32) -> Vec<u8> {
    withdrawal(id, prescription, issue, kind, message_id(told))
}

/// A pharmacy takes back this notification, or all up to it.
#[must_use]
pub fn withdrawal(id: u32, prescription: u32, issue: Option<u32>, kind: WithdrawType, told: MessageId) -> Vec<u8> {
    let withdrawal = Withdrawal {
        id: message_id(id),
        effective_time: time(NOW),
        nhs_number: patient().nhs_number,
        author: WithdrawalAuthor { role_profile: "100102238986".parse().unwrap(), user: PHARMACY.parse().unwrap() },
        prescription_id: prescription_id(prescription).as_str().parse().unwrap(),
        issue,
        kind: Coded::bare(kind),
        reason: Coded::bare(WithdrawReason::QuantityUpdate),
        notifications: vec![told],
    };
    request(message_id(id), Message::Withdrawal(Box::new(withdrawal)))
}

/// A pharmacy tells anew all that it supplied.
#[must_use]
pub fn history(id: u32, prescription: u32, issue: Option<u32>, told: Vec<DispenseNotification>) -> Vec<u8> {
    let entry = |(sequence, notification)| HistoryEntry { sequence: Some(sequence), notification };
    let history = DispenseHistory {
        id: message_id(id),
        effective_time: time(NOW),
        notifications: (1..).zip(told).map(entry).collect(),
        prescription_id: prescription_id(prescription).as_str().parse().unwrap(),
        reason: Coded::bare(WithdrawReason::OtherClinical),
        issue,
    };
    request(message_id(id), Message::DispenseHistory(Box::new(history)))
}

/// `AA`, `AE 17.22 0002`, `AE 16.34 0004`, `AE 17.19 0008`: how a reply says it went, with the reason of a release
/// rejection and the result of a cancellation.
#[must_use]
pub fn outcome(reply: &[u8]) -> String {
    let envelope = hl7v3::read(reply).unwrap();
    let acknowledgement = envelope.acknowledgement.unwrap();
    let short = |system: &str| system.rsplit_once(".2.4.").map(|(_, short)| short.to_owned()).unwrap();
    let mut outcome = acknowledgement.code.code().to_owned();
    for error in &acknowledgement.errors {
        outcome += &format!(" {} {}", short(error.system.as_str()), error.code.as_str());
    }
    if let Message::ReleaseRejection(rejection) = &envelope.message {
        outcome += &format!(" {} {}", short(rejection.reason.system.as_str()), rejection.reason.code.as_str());
    }
    if let Message::CancellationResponse(response) = &envelope.message {
        outcome += &format!(" 17.19 {}", response.result.as_ref().unwrap().code.code());
    }
    assert!(!outcome.starts_with("A") || acknowledgement.refers_to != envelope.id);
    outcome
}

/// The interaction of a reply.
#[must_use]
pub fn interaction(reply: &[u8]) -> Interaction {
    hl7v3::read(reply).unwrap().interaction.interaction()
}

/// The released prescriptions of a release response, as they stand in its bytes.
#[must_use]
pub fn released(reply: &[u8]) -> Vec<String> {
    let Message::ReleaseResponse(response) = hl7v3::read(reply).unwrap().message else {
        panic!("not a release response");
    };
    response.prescriptions.into_iter().map(|one| one.document.xml.into()).collect()
}

/// The ids of the released prescriptions.
#[must_use]
pub fn released_ids(reply: &[u8]) -> Vec<String> {
    let id = |xml: &String| {
        let (_, rest) = xml.split_once(r#"<id extension=""#).unwrap();
        let ids = std::iter::once(rest).chain(rest.split(r#"<id extension=""#));
        let ids = ids.filter_map(|rest| rest.split_once('"').map(|(id, _)| id));
        ids.filter(|id| id.len() == 20).map(str::to_owned).next().unwrap()
    };
    released(reply).iter().map(id).collect()
}
