//! Queries about a prescription: its metadata (QURX_IN000005UK99), its clinical view (QURX_IN000005UK98), a stored document
//! (GET_PRESCRIPTION_DOCUMENT_INUK01), and the prescription search (PrescriptionSearchSyncAsync_1_0).
//!
//! The Message Implementation Manual has no schema of them; they are written as NHS England's own clients write them.

use super::data::{ODS_CODE, OpenCode};
use super::input::In;
use super::leaf::value;
use super::out::Out;
use super::parts::{At, Content, Part, Within, at, many, shape, within};
use super::prescription_detail::Days;
use crate::codes::oid;
use crate::ids::WrittenPrescriptionId;
use crate::model::{DayRange, DocumentQuery, MetadataQuery, PrescriptionSearch};
use crate::tracker::field::Field;
use crate::xml::Element;

/// The metadata query and the clinical view query.
pub(super) const METADATA: At<Within<Metadata>> = at("query", within(&[], Metadata));
/// The document query.
pub(super) const DOCUMENT: At<Within<Document>> = at("query", within(&[], Document));
/// The search.
pub(super) const SEARCH: At<Within<Search>> = at("query", within(&[], Search));

/// `semanticsText`: the name of the parameter.
fn semantics(name: &'static str) -> impl Fn(&mut Out<'_>) {
    move |out| out.words("semanticsText", name)
}

shape! {
    /// Which prescription, and who asks.
    pub(super) Metadata: MetadataQuery {
        in "organization.id" (&[]) {
            organisation: at("value", ODS_CODE),
            _: semantics("Organization.id"),
        }
        in "prescription.id" (&[]) {
            prescription_id: at("value", IdInRoot),
            _: semantics("Prescription.id"),
        }
        issue: Issue,
        in "requesterOrganizationType" (&[]) {
            organisation_type: at("value", OpenCode(oid::REQUESTER_ORGANISATION_TYPE)),
            _: semantics("RequesterOrganizationType"),
        }
    }
}

/// The short form of the prescription's id in `@root`, where other messages have an OID.
#[derive(Clone, Copy)]
struct IdInRoot;

impl Content<WrittenPrescriptionId> for IdInRoot {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n WrittenPrescriptionId) {
        out.empty(name, &[("root", value.as_str())]);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<WrittenPrescriptionId> {
        input.prescription_id_in(element, "root")
    }
}

/// `prescription.repeatNumber`: its own `@value`, as NHS England's clients write it, or that of the child `value`, as the
/// schema is said to have it. Without one the current issue is meant.
#[derive(Clone, Copy)]
struct Issue;

const REPEAT_NUMBER: &str = "prescription.repeatNumber";

impl Part<Option<u32>> for Issue {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n Option<u32>) {
        if let Some(issue) = value {
            out.value(REPEAT_NUMBER, issue);
        }
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<Option<u32>> {
        match input.optional(parent, REPEAT_NUMBER) {
            Some(element) if element.attribute("value").is_none() => value("value").read(input, element),
            Some(_) => value(REPEAT_NUMBER).read(input, parent),
            None => Some(None),
        }
    }
}

shape! {
    /// Which document of which prescription.
    pub(super) Document: DocumentQuery {
        prescription_id: value("prescriptionId"),
        document_key: value("documentKey"),
    }
}

shape! {
    /// What a prescription must be to be found.
    pub(super) Search: PrescriptionSearch {
        prescription_id: value("prescriptionId").omitted(),
        nhs_number: value("patientId").omitted(),
        dispenser: value("dispenserOrganisation").omitted(),
        prescriber: value("prescriberOrganisation").omitted(),
        release: value("releaseVersion").omitted(),
        statuses: many(at("prescriptionStatus", InValue)),
        created: Created,
        site: value("mySiteOrganisation").omitted(),
    }
}

/// A value in `@value`.
#[derive(Clone, Copy)]
struct InValue;

impl<T: Field> Content<T> for InValue {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n T) {
        out.empty(name, &[("value", &value.show())]);
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<T> {
        input.parsed(element, "value", |text| T::parse(text).ok_or(()), |()| T::RULE)
    }
}

/// The days of creation: `creationDateRange / value / window`.
#[derive(Clone, Copy)]
struct Created;

const RANGE: &str = "creationDateRange";
const WINDOW: At<Within<At<Within<Days>>>> = at("value", within(&[], at("window", within(&[], Days))));

impl Part<DayRange> for Created {
    fn write<'n>(&self, out: &mut Out<'n>, value: &'n DayRange) {
        if value.low.is_some() || value.high.is_some() {
            out.within(RANGE, &[], |out| WINDOW.write(out, value));
        }
    }

    fn read(&self, input: &mut In, parent: Element<'_, '_>) -> Option<DayRange> {
        match input.optional(parent, RANGE) {
            Some(range) => WINDOW.read(input, range),
            None => Some(DayRange::default()),
        }
    }
}
