//! Who acts: a person in a role at an organisation (`AgentPerson`, UKCT_MT120201UK04).

use serde::{Deserialize, Serialize};

use super::{Address, Code, PersonName, Telecom, Text};
use crate::ids::{OdsCode, SdsRoleProfileId};

/// A person acting in a role at an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AgentPerson {
    /// The SDS role profile the person acts under.
    pub role_profile: Option<SdsRoleProfileId>,
    /// The SDS job role: `R8000` or `S8000:G8000:R8000`.
    pub job_role: Option<Code>,
    /// Where to find the person; the NHS converter does not say.
    pub addresses: Vec<Address>,
    /// How to reach the person.
    pub telecoms: Vec<Telecom>,
    /// The person; absent where an organisation acts.
    pub person: Option<Person>,
    /// The organisation acted for.
    pub organisation: Organisation,
}

/// A health professional or worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The OID of the id's kind: a professional code ([`crate::codes::oid::PROFESSIONAL_CODE`]) or an SDS user id.
    pub id_root: Code,
    /// The id itself: a GMC, NMC, GPhC, HCPC or prescribing code, or an SDS user id.
    pub id: Code,
    /// The name.
    pub name: Option<PersonName>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Organisation {
    /// The ODS code.
    pub ods: Option<OdsCode>,
    /// The organisation type, vocabulary [`crate::codes::oid::ORGANISATION_TYPE`]; `999` is "not specified".
    pub kind: Option<Code>,
    /// The name.
    pub name: Option<Text>,
    /// What it is, in words.
    pub description: Option<Text>,
    /// How to reach it.
    pub telecom: Option<Telecom>,
    /// Where it is.
    pub address: Option<Address>,
    /// The organisation that licenses it, on the prescriber's side.
    pub licence: Option<Licence>,
    /// Further organisations that license it.
    pub further_licences: Vec<Licence>,
}

/// The organisation under whose licence another provides care (`healthCareProviderLicense`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Licence {
    /// The ODS code.
    pub ods: Option<OdsCode>,
    /// The organisation type.
    pub kind: Option<Code>,
    /// The name.
    pub name: Option<Text>,
}
