//! `PrescriptionReleaseResponse` (PORX_MT122002UK31): signed documents, byte for byte.

use super::input::In;
use super::out::structure::{COMP, FLFS_POSITIVE, INFO_EVN, INFO_RQO, OBS_EVN, PERT_CONDUCTED};
use super::out::{Attributes, Out};
use super::{rules, signed_document};
use crate::codes::oid;
use crate::ids::MessageId;
use crate::model::{BatchInfo, ReleaseResponse, ReleaseTemplate, ReleasedPrescription, SignedDocument};
use crate::problem::Problem;
use crate::xml::Element;

/// Batch information: how many prescriptions this response holds.
const BATCH_SIZE: &str = "1";
/// Batch information: how many one response can hold.
const BATCH_MAXIMUM: &str = "2";

pub(super) fn write<'n>(out: &mut Out<'n>, response: &'n ReleaseResponse) {
    out.within("PrescriptionReleaseResponse", INFO_EVN, |out| {
        out.guid(response.id.0);
        out.time("effectiveTime", response.effective_time);
        response.prescriptions.iter().for_each(|released| write_component(out, released));
        write_batch_info(out, BATCH_SIZE, response.batch.size);
        write_batch_info(out, BATCH_MAXIMUM, response.batch.maximum);
        out.within("inFulfillmentOf", FLFS_POSITIVE, |out| {
            out.separable(true);
            out.within("priorDownloadRequestRef", INFO_RQO, |out| out.guid(response.request.0));
        });
    });
}

fn write_component<'n>(out: &mut Out<'n>, released: &'n ReleasedPrescription) {
    const ATTRIBUTES: Attributes<'_> = &[("contextConductionInd", "false"), ("typeCode", "COMP")];
    // Inside a message the default namespace stays HL7's: a document from where there was another has its elements
    // prefixed, or verification refuses them as foreign.
    let declarations = declarations(&released.document).filter(|(prefix, _)| !prefix.is_empty());
    out.start_declaring("component", declarations, ATTRIBUTES);
    out.separable(false);
    out.empty("templateId", &[("extension", released.template.extension()), ("root", oid::RELEASE_TEMPLATE)]);
    out.raw(&released.document.xml);
    out.end();
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

fn write_batch_info(out: &mut Out<'_>, code: &str, value: Option<u32>) {
    let Some(value) = value else { return };
    out.within("pertinentInformation", PERT_CONDUCTED, |out| {
        out.separable(false);
        out.within("pertinentBatchInfo", OBS_EVN, |out| {
            out.code("code", oid::BATCH_INFO, code);
            out.value("value", value);
        });
    });
}

pub(super) fn read(input: &mut In, payload: Element<'_, '_>) -> Option<ReleaseResponse> {
    let id = input.guid(payload);
    let effective_time = input.time_of(payload, "effectiveTime");
    let prescriptions = input.every(In::all(payload, "component"), read_component);
    let batch = read_batch(input, payload);
    let request = input.guid_at(payload, &["inFulfillmentOf", "priorDownloadRequestRef"]);
    Some(ReleaseResponse {
        id: MessageId(id?),
        effective_time: effective_time?,
        prescriptions: prescriptions?,
        batch: batch?,
        request: MessageId(request?),
    })
}

fn read_component(input: &mut In, component: Element<'_, '_>) -> Option<ReleasedPrescription> {
    let template = input.one(component, "templateId").and_then(|id| read_template(input, id));
    let document = input.one(component, "ParentPrescription").and_then(signed_document);
    Some(ReleasedPrescription { template: template?, document: document? })
}

fn read_template(input: &mut In, id: Element<'_, '_>) -> Option<ReleaseTemplate> {
    let extension = input.attribute(id, "extension")?;
    let known = [ReleaseTemplate::R2, ReleaseTemplate::R1].into_iter().find(|known| known.extension() == extension);
    if known.is_none() {
        input.report(Problem::new(&rules::CODE, id.attribute_place("extension")).found(extension));
    }
    known
}

fn read_batch(input: &mut In, payload: Element<'_, '_>) -> Option<BatchInfo> {
    let mut batch = BatchInfo::default();
    for information in In::all(payload, "pertinentInformation") {
        let info = input.one(information, "pertinentBatchInfo")?;
        let code = input.one(info, "code").and_then(|code| input.attribute(code, "code"));
        let value = input.one(info, "value").and_then(|value| input.count(value));
        match code? {
            BATCH_SIZE => batch.size = Some(value?),
            BATCH_MAXIMUM => batch.maximum = Some(value?),
            // Batch information of a kind not known today harms nobody.
            _ => {}
        }
    }
    Some(batch)
}
