//! `PrescriptionReleaseResponse` (PORX_MT122002UK31): signed documents, byte for byte.

use super::data::data;
use super::input::In;
use super::out::structure::{COMP, FLFS_POSITIVE, INFO_EVN, INFO_RQO};
use super::out::{Attributes, Observation, Out};
use super::parts::{At, Content, Part, Within, at, many, observed, reference, shape, within};
use super::{rules, signed_document};
use crate::codes::fixed::{BATCH_MAXIMUM, BATCH_SIZE};
use crate::codes::oid;
use crate::model::{BatchInfo, ReleaseResponse, ReleaseTemplate, ReleasedPrescription, SignedDocument};
use crate::problem::Problem;
use crate::xml::Element;

/// The payload.
pub(super) const PAYLOAD: At<Within<Response>> = at("PrescriptionReleaseResponse", within(INFO_EVN, Response));

shape! {
    /// Prescriptions for a dispenser.
    pub(super) Response: ReleaseResponse {
        id: data("id"),
        effective_time: data("effectiveTime"),
        prescriptions: many(at("component", Component)),
        batch: Batch,
        request: at("inFulfillmentOf", reference(FLFS_POSITIVE, "priorDownloadRequestRef", INFO_RQO).separable(true)),
    }
}

/// One prescription, as it was accepted.
#[derive(Clone, Copy)]
struct Component;

impl Content<ReleasedPrescription> for Component {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, released: &'n ReleasedPrescription) {
        const ATTRIBUTES: Attributes<'_> = &[("contextConductionInd", "false"), ("typeCode", "COMP")];
        // Inside a message the default namespace stays HL7's: a document from where there was another has its elements
        // prefixed, or verification refuses them as foreign.
        let declarations = declarations(&released.document).filter(|(prefix, _)| !prefix.is_empty());
        out.start_declaring(name, declarations, ATTRIBUTES);
        out.separable(false);
        out.empty("templateId", &[("extension", released.template.extension()), ("root", oid::RELEASE_TEMPLATE)]);
        out.raw(&released.document.xml);
        out.end();
    }

    fn read(&self, input: &mut In, component: Element<'_, '_>) -> Option<ReleasedPrescription> {
        let template = input.one(component, "templateId").and_then(|id| read_template(input, id));
        let document = input.one(component, "ParentPrescription").and_then(signed_document);
        Some(ReleasedPrescription { template: template?, document: document? })
    }
}

/// The signed document as the only child of a `component` that declares what was declared around it.
pub(super) fn write_document<'n>(out: &mut Out<'n>, document: &'n SignedDocument) {
    out.start_declaring("component", declarations(document), COMP);
    out.raw(&document.xml);
    out.end();
}

/// The namespaces that were declared around a document, by prefix.
fn declarations(document: &SignedDocument) -> impl Iterator<Item = (&str, &str)> {
    document.namespaces.iter().map(|(prefix, uri)| (&**prefix, &**uri)).filter(|(prefix, _)| *prefix != "xml")
}

fn read_template(input: &mut In, id: Element<'_, '_>) -> Option<ReleaseTemplate> {
    let extension = input.attribute(id, "extension")?;
    let known = [ReleaseTemplate::R2, ReleaseTemplate::R1].into_iter().find(|known| known.extension() == extension);
    if known.is_none() {
        input.report(Problem::new(&rules::CODE, id.attribute_place("extension")).found(extension));
    }
    known
}

/// How many prescriptions there are, and could be; each told by its code.
#[derive(Clone, Copy)]
struct Batch;

impl Batch {
    const fn shape(code: &'static str) -> Observation {
        Observation::new("pertinentInformation", "pertinentBatchInfo", code).coded_in(oid::BATCH_INFO)
    }
}

impl Part<BatchInfo> for Batch {
    fn write<'n>(&self, out: &mut Out<'n>, batch: &'n BatchInfo) {
        for (code, value) in [(BATCH_SIZE, &batch.size), (BATCH_MAXIMUM, &batch.maximum)] {
            if let Some(value) = value {
                observed(Self::shape(code), super::data::Data).write(out, value);
            }
        }
    }

    fn read(&self, input: &mut In, payload: Element<'_, '_>) -> Option<BatchInfo> {
        let mut batch = BatchInfo::default();
        for information in In::all(payload, "pertinentInformation") {
            let info = input.one(information, "pertinentBatchInfo")?;
            let code = input.one(info, "code").and_then(|code| input.attribute(code, "code"));
            let value = data("value").read(input, info);
            match code? {
                BATCH_SIZE => batch.size = Some(value?),
                BATCH_MAXIMUM => batch.maximum = Some(value?),
                // Batch information of a kind not known today harms nobody.
                _ => {}
            }
        }
        Some(batch)
    }
}
