//! Prescriptions: as they are sent, and as they are released.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::text::code_of;
use super::{
    Organisations, agent_person, code, coded, concept, date, element_text, guid, line_item_id, message_id, moment,
    named_code, ods_code, patient, prescription_uuid, quantity, repeat_number, timestamp, written_prescription_id,
};
use crate::codes::{DispensingSitePreference, ItemStatus, PrescriberEndorsement, PrescriptionStatus, TreatmentType};
use crate::model::{
    AdditionalInstructions, Author, CareEvent, DaysSupply, Exemptions, LineItem, PrescribersEndorsement, Prescription,
    SignatureText, TemporaryExemption,
};
use crate::xml::Writer;

/// The namespace of XML Signature.
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// A signature in the shape that EPS sends, in canonical form, with or without a prefix. It signs nothing.
pub fn signature() -> impl Strategy<Value = SignatureText> {
    let bytes = |length| vec(any::<u8>(), length);
    (any::<bool>(), bytes(32), bytes(256), bytes(300)).prop_filter_map(
        "a signature",
        |(prefixed, digest, value, certificate)| {
            let names = if prefixed { Names::PREFIXED } else { Names::PLAIN };
            let xml = write_signature(&names, &digest, &value, &certificate);
            String::from_utf8(xml).ok().map(|xml| SignatureText::Element(xml.into()))
        },
    )
}

/// The element names of a signature.
struct Names {
    prefix: &'static str,
    signature: &'static str,
    signed_info: &'static str,
    digest: &'static str,
    value: &'static str,
    certificate: &'static str,
}

impl Names {
    const PLAIN: Self = Self {
        prefix: "",
        signature: "Signature",
        signed_info: "SignedInfo",
        digest: "DigestValue",
        value: "SignatureValue",
        certificate: "X509Certificate",
    };
    const PREFIXED: Self = Self {
        prefix: "ds",
        signature: "ds:Signature",
        signed_info: "ds:SignedInfo",
        digest: "ds:DigestValue",
        value: "ds:SignatureValue",
        certificate: "ds:X509Certificate",
    };
}

fn write_signature(names: &Names, digest: &[u8], value: &[u8], certificate: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.start(names.signature).namespace(names.prefix, DSIG);
    writer.start(names.signed_info).text_element(names.digest, &BASE64.encode(digest)).end();
    writer.text_element(names.value, &BASE64.encode(value));
    writer.text_element(names.certificate, &BASE64.encode(certificate));
    writer.finish()
}

prop_compose! {
    fn endorsement()(code in select(PrescriberEndorsement::ALL), text in of(element_text())) -> PrescribersEndorsement {
        PrescribersEndorsement { code, text }
    }
}

prop_compose! {
    /// One prescribed product; with its status where it is released.
    pub fn line_item(released: bool)(
        id in line_item_id(),
        repeat in of(repeat_number()),
        product in concept(),
        quantity in quantity(),
        status in only_if(released, coded(select(ItemStatus::ALL))),
        additional_instructions in of(element_text().prop_map(AdditionalInstructions)),
        endorsements in vec(endorsement(), 0..3),
        dosage in element_text(),
        fulfils in of(line_item_id()),
    ) -> LineItem {
        LineItem { id, repeat, product, quantity, status, additional_instructions, endorsements, dosage, fulfils }
    }
}

/// A value now and then where the condition holds, and never where it does not.
fn only_if<T: Clone + std::fmt::Debug + 'static>(
    condition: bool,
    strategy: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    if condition { of(strategy).boxed() } else { Just(None).boxed() }
}

prop_compose! {
    fn author()(
        time in timestamp(),
        signature in prop_oneof![1 => Just(SignatureText::NotApplicable), 2 => signature()],
        person in agent_person(Organisations::Prescribing).boxed(),
    ) -> Author {
        Author { time, signature, person }
    }
}

prop_compose! {
    fn days_supply()(low in of(date()), high in of(date()), days in of(0..1_000_u32)) -> DaysSupply {
        DaysSupply { low, high, days }
    }
}

prop_compose! {
    fn temporary_exemption()(
        kind in named_code(),
        from in moment(),
        until in of(moment()),
        exemption in named_code(),
    ) -> TemporaryExemption {
        TemporaryExemption { kind, from: Some(from), until, exemption }
    }
}

prop_compose! {
    fn care_event()(class in code_of(&["ENC", "PCPR"]), mood in code_of(&["EVN", "RQO"]), id in guid()) -> CareEvent {
        CareEvent { class, mood, id }
    }
}

/// Who answers in law, without a signature of their own.
fn legal_authenticator() -> impl Strategy<Value = Author> {
    author().prop_map(|author| Author { signature: SignatureText::NotApplicable, ..author })
}

prop_compose! {
    fn prescription_where(released: bool)(
        message_id in message_id(),
        effective_time in timestamp(),
        patient in patient().boxed(),
        uuid in prescription_uuid(),
        id in written_prescription_id(),
        repeat in of(repeat_number()),
        nominated_performer in of(ods_code()),
        author in author().boxed(),
        responsible_party in agent_person(Organisations::Prescribing).boxed(),
        days_supply in of(days_supply().boxed()),
        review_date in of(date()),
        treatment_type in select(TreatmentType::ALL),
        status in only_if(released, select(PrescriptionStatus::ALL)),
        under_16_until in only_if(released, date()),
        over_60_from in only_if(released, date()),
        site_preference in select(DispensingSitePreference::ALL),
        line_items in vec(line_item(released).boxed(), 1..5),
        token_issued in any::<bool>(),
        prescription_type in code(),
        previous_issue_date in only_if(released, timestamp()),
        (legal_authenticator, care_event, temporary_exemption, fulfils) in (
            of(legal_authenticator().prop_map(Box::new).boxed()),
            of(care_event().prop_map(Box::new).boxed()),
            of(temporary_exemption().prop_map(Box::new).boxed()),
            of(prescription_uuid()),
        ),
    ) -> Prescription {
        Prescription {
            message_id, effective_time, patient, uuid, id, repeat, nominated_performer, author, responsible_party,
            days_supply, review_date, treatment_type, status, site_preference, line_items, token_issued,
            prescription_type, previous_issue_date, legal_authenticator, care_event, temporary_exemption, fulfils,
            exemptions: Exemptions { under_16_until, over_60_from },
        }
    }
}

/// A prescription of one to four items, as its prescriber sends it (PORX_MT132004UK31).
pub fn prescription() -> impl Strategy<Value = Prescription> {
    prescription_where(false)
}

/// A prescription of one to four items, as Spine releases it: with statuses, exemptions by age and the previous issue
/// (PORX_MT122003UK32).
pub fn released_prescription() -> impl Strategy<Value = Prescription> {
    prescription_where(true)
}
