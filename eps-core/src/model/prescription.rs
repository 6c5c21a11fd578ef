//! The prescription (`ParentPrescription`, PORX_MT132004UK31).

use serde::{Deserialize, Serialize};

use super::{AgentPerson, Code, Coded, Concept, Date, Moment, NamedCode, Patient, Quantity, Text, Timestamp};
use crate::codes::{DispensingSitePreference, ItemStatus, PrescriberEndorsement, PrescriptionStatus, TreatmentType};
use crate::ids::{Guid, LineItemId, MessageId, OdsCode, PrescriptionUuid, WrittenPrescriptionId};

/// A prescription as its prescriber signs and sends it, or as Spine releases it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Prescription {
    /// The id of the payload.
    pub message_id: MessageId,
    /// From when it is valid; in the future for a post-dated prescription.
    pub effective_time: Timestamp,
    /// The patient.
    pub patient: Patient,
    /// The long form of the prescription's id.
    pub uuid: PrescriptionUuid,
    /// The short form of the prescription's id. Not covered by the signature.
    pub id: WrittenPrescriptionId,
    /// Which issue of how many. Absent for acute prescriptions.
    pub repeat: Option<RepeatNumber>,
    /// The nominated dispenser. Not covered by the signature.
    pub nominated_performer: Option<OdsCode>,
    /// Who signs.
    pub author: Author,
    /// Who answers for it: the author, or the one under whose code it is prescribed.
    pub responsible_party: AgentPerson,
    /// How long an issue lasts, and when the issues may be dispensed.
    pub days_supply: Option<DaysSupply>,
    /// When the repeat is to be reviewed.
    pub review_date: Option<Date>,
    /// Acute, repeat prescribing or repeat dispensing.
    pub treatment_type: TreatmentType,
    /// The status; only in a release.
    pub status: Option<PrescriptionStatus>,
    /// Days on which the patient's age begins or ends an exemption; only in a release.
    pub exemptions: Exemptions,
    /// The kind of dispenser preferred.
    pub site_preference: DispensingSitePreference,
    /// What is prescribed, in order; the order is signed.
    pub line_items: Vec<LineItem>,
    /// Whether a paper token was printed.
    pub token_issued: bool,
    /// Who prescribes in which setting, vocabulary [`crate::codes::oid::PRESCRIPTION_TYPE`].
    pub prescription_type: Code,
    /// When the previous issue was dispensed; only in a release.
    pub previous_issue_date: Option<Timestamp>,
    /// Who answers for the prescription in law, where the sender says so; EPS does not use it.
    pub legal_authenticator: Option<Box<Author>>,
    /// The care event that the prescription belongs to.
    pub care_event: Option<Box<CareEvent>>,
    /// A charge exemption for a time.
    pub temporary_exemption: Option<Box<TemporaryExemption>>,
    /// The earlier prescription that this one fulfils.
    pub fulfils: Option<PrescriptionUuid>,
}

/// Which issue of how many (`repeatNumber`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RepeatNumber {
    /// The issue, from 1.
    pub low: u32,
    /// The number of issues.
    pub high: u32,
}

/// Who signed, when, and the signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Author {
    /// The signing time.
    pub time: Timestamp,
    /// The signature.
    pub signature: SignatureText,
    /// The prescriber.
    pub person: AgentPerson,
}

/// What `signatureText` holds.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "there is a signature or there is none")]
pub enum SignatureText {
    /// Nothing: `nullFlavor="NA"`.
    NotApplicable,
    /// One XML element, normally `Signature`, that needs no namespace declaration from outside.
    Element(Box<str>),
}

impl std::fmt::Debug for SignatureText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotApplicable => f.write_str("NotApplicable"),
            Self::Element(xml) => write!(f, "Element({} bytes)", xml.len()),
        }
    }
}

/// How long an issue lasts, and when the issues may be dispensed (`daysSupply`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DaysSupply {
    /// The first day on which an issue may be dispensed.
    pub low: Option<Date>,
    /// The last day.
    pub high: Option<Date>,
    /// Days that one issue lasts.
    pub days: Option<u32>,
}

/// Days on which an exemption from charges by age ends or begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Exemptions {
    /// The last day under 16.
    pub under_16_until: Option<Date>,
    /// The first day of being 60.
    pub over_60_from: Option<Date>,
}

/// One prescribed product (`pertinentLineItem`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineItem {
    /// The id of the item.
    pub id: LineItemId,
    /// Which issue of how many.
    pub repeat: Option<RepeatNumber>,
    /// The product, a dm+d concept.
    pub product: Concept,
    /// How much.
    pub quantity: Quantity,
    /// The status; only in a release, and outside of the signature.
    pub status: Option<Coded<ItemStatus>>,
    /// Instructions beside the dosage.
    pub additional_instructions: Option<AdditionalInstructions>,
    /// Endorsements by the prescriber.
    pub endorsements: Vec<PrescribersEndorsement>,
    /// How to take it, one unabbreviated text.
    pub dosage: Text,
    /// The item of an earlier prescription that this one fulfils.
    pub fulfils: Option<LineItemId>,
}

/// An event in care, as another record knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CareEvent {
    /// Its class (`classCode`).
    pub class: Code,
    /// Its mood (`moodCode`).
    pub mood: Code,
    /// Its id.
    pub id: Guid,
}

/// A charge exemption for a time (`pertinentTemporaryExemptionInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TemporaryExemption {
    /// What kind of information this is.
    pub kind: NamedCode,
    /// From when.
    pub from: Option<Moment>,
    /// Until when.
    pub until: Option<Moment>,
    /// The exemption.
    pub exemption: NamedCode,
}

/// A prescriber's endorsement with its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PrescribersEndorsement {
    /// The endorsement.
    pub code: PrescriberEndorsement,
    /// What goes with it; the NHS converter writes none.
    pub text: Option<Text>,
}

/// The one text that carries the patient's other medicines, notices to the patient, the quantity of a controlled drug
/// in words, and the prescriber's note to the dispenser. It is signed, so it is kept as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AdditionalInstructions(pub Text);
