//! Patients, professionals and organisations.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::text::code_of;
use super::{attribute_text, code, date, element_text, moment, nhs_number, ods_code, role_profile_id};
use crate::codes::{AddressUse, Gender, NameUse, TelecomUse, oid};
use crate::model::{Address, AgentPerson, Licence, Organisation, Patient, Person, PersonName, Telecom, Text};

/// Which organisations an agent may act for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the manual has these two shapes of an agent")]
pub enum Organisations {
    /// Those of prescribers, which may be licensed by another (UKCT_MT120201UK04).
    Prescribing,
    /// Those of dispensers, which are not (UKCT_MT120201UK03).
    Dispensing,
}

prop_compose! {
    /// An address with at least one part, since one without says nothing.
    pub fn address()(
        address_use in of(select(AddressUse::ALL)),
        (lines, postal_code) in prop_oneof![
            (vec(element_text(), 1..5), of(element_text())),
            element_text().prop_map(|postal_code| (Vec::new(), Some(postal_code))),
        ],
    ) -> Address {
        Address { address_use, lines, postal_code }
    }
}

/// A telephone number or mail address; its use or the address itself may be absent, but not both.
pub fn telecom() -> impl Strategy<Value = Telecom> {
    let telecom_use = || select(TelecomUse::ALL);
    let value = || {
        prop_oneof!["tel:[0-9]{11}", "mailto:[a-z]{1,8}@example\\.org"]
            .prop_filter_map("a telecom", |value| Text::new(value).ok())
    };
    prop_oneof![
        4 => (telecom_use().prop_map(Some), value().prop_map(Some)),
        1 => (Just(None), value().prop_map(Some)),
        1 => (telecom_use().prop_map(Some), Just(None)),
    ]
    .prop_map(|(telecom_use, value)| Telecom { telecom_use, value })
}

/// A name in parts, or as one text.
pub fn person_name() -> impl Strategy<Value = PersonName> {
    let name_use = || of(select(NameUse::ALL));
    let texts = |most| vec(element_text(), 0..most);
    prop_oneof![
        3 => (name_use(), texts(2), texts(3), of(element_text()), texts(2)).prop_map(
            |(name_use, prefixes, given, family, suffixes)| PersonName::Parts {
                name_use, prefixes, given, family, suffixes
            }
        ),
        1 => (name_use(), element_text()).prop_map(|(name_use, text)| PersonName::Unstructured { name_use, text }),
    ]
}

prop_compose! {
    /// A patient.
    pub fn patient()(
        nhs_number in nhs_number(),
        addresses in vec(address().boxed(), 0..3),
        telecoms in vec(telecom().boxed(), 0..3),
        names in vec(person_name().boxed(), 0..3),
        gender in of(select(Gender::ALL)),
        birth_date in of(date()),
        general_practice in of(ods_code()),
        (code, certificate, deceased) in (of(code()), of(element_text()), of(moment())),
    ) -> Patient {
        Patient {
            nhs_number, addresses, telecoms, names, gender, birth_date, general_practice, code, certificate, deceased,
        }
    }
}

prop_compose! {
    /// A professional.
    pub fn person()(
        id_root in code_of(&[oid::PROFESSIONAL_CODE, oid::SDS_USER]),
        id in code(),
        name in of(person_name().boxed()),
    ) -> Person {
        Person { id_root, id, name }
    }
}

prop_compose! {
    /// An organisation that licenses another.
    pub fn licence()(ods in of(ods_code()), kind in of(code()), name in of(element_text())) -> Licence {
        Licence { ods, kind, name }
    }
}

prop_compose! {
    /// An organisation.
    pub fn organisation(which: Organisations)(
        ods in of(ods_code()),
        kind in of(code()),
        (name, description) in (of(element_text()), of(element_text())),
        telecom in of(telecom().boxed()),
        address in of(address().boxed()),
        licences in match which {
            Organisations::Prescribing => vec(licence(), 0..3).boxed(),
            Organisations::Dispensing => Just(Vec::new()).boxed(),
        },
    ) -> Organisation {
        let mut licences = licences.into_iter();
        let (licence, further_licences) = (licences.next(), licences.collect());
        Organisation { ods, kind, name, description, telecom, address, licence, further_licences }
    }
}

prop_compose! {
    /// A person who acts for an organisation.
    pub fn agent_person(which: Organisations)(
        role_profile in of(role_profile_id()),
        job_role in of(code()),
        addresses in vec(address().boxed(), 0..2),
        telecoms in vec(telecom().boxed(), 0..3),
        person in person().boxed(),
        organisation in organisation(which).boxed(),
    ) -> AgentPerson {
        AgentPerson { role_profile, job_role, addresses, telecoms, person: Some(person), organisation }
    }
}

/// A code's words.
pub(super) fn display() -> impl Strategy<Value = Option<Text>> {
    of(attribute_text())
}
