//! What is asked of Spine about a prescription, and the stored document that it gives.

use super::DayRange;
use crate::codes::PrescriptionStatus;
use crate::ids::{NhsNumber, OdsCode, WrittenPrescriptionId};
use crate::model::{Code, Text};

/// A query for the metadata of a prescription (QURX_IN000005UK99), or for the clinical view of it (QURX_IN000005UK98).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataQuery {
    /// The organisation that asks.
    pub organisation: OdsCode,
    /// The prescription.
    pub prescription_id: WrittenPrescriptionId,
    /// The issue; the current one where it is not told.
    pub issue: Option<u32>,
    /// What kind of organisation asks: `999`.
    pub organisation_type: Code,
}

/// A query for a document that Spine stores (GET_PRESCRIPTION_DOCUMENT_INUK01).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentQuery {
    /// The prescription.
    pub prescription_id: WrittenPrescriptionId,
    /// The key that the metadata names.
    pub document_key: Text,
}

/// A document that Spine stores (GET_PRESCRIPTION_DOCUMENT_RESPONSE_INUK01). `Debug` withholds its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    /// The prescription.
    pub prescription_id: WrittenPrescriptionId,
    /// The key that was asked for.
    pub document_key: Text,
    /// The interaction that brought the document: `PORX_IN020101SM31`.
    pub document_type: Code,
    /// The payload, as it arrived: XML, deflated in the zlib format, in Base64.
    pub content: Text,
    /// What Spine says of the document's kind.
    pub kind: Option<Text>,
}

/// A search for prescriptions (PrescriptionSearchSyncAsync_1_0).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrescriptionSearch {
    /// The prescription.
    pub prescription_id: Option<WrittenPrescriptionId>,
    /// The patient.
    pub nhs_number: Option<NhsNumber>,
    /// The dispenser.
    pub dispenser: Option<OdsCode>,
    /// The prescriber.
    pub prescriber: Option<OdsCode>,
    /// `R1` or `R2`.
    pub release: Option<Code>,
    /// The statuses that are wanted; any where there is none, and Spine takes four at most.
    pub statuses: Vec<PrescriptionStatus>,
    /// The first and the last day of creation.
    pub created: DayRange,
    /// The organisation that asks.
    pub site: Option<OdsCode>,
}
