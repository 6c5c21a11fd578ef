//! Elements that many messages share: fixed ones, products, references, the prescription's id.

use super::data::{Data, data};
use super::input::In;
use super::out::structure::{COMP, FLFS_POSITIVE, INFO_EVN, INFO_RQO, MANU, SBADM_RQO, SUCC_POSITIVE};
use super::out::{Attributes, FixedCode, Observation, Out};
use super::parts::{
    At, Content, Observed, Optional, Part, Reference, Within, at, observed, optional, reference, within,
};
use crate::codes::oid;
use crate::ids::{PrescriptionUuid, WrittenPrescriptionId};
use crate::xml::Element;

/// `<code>` of SNOMED CT with its display.
pub(super) fn fixed_code(fixed: &'static FixedCode) -> impl Fn(&mut Out<'_>) {
    move |out| out.fixed_code(fixed)
}

/// `<code>` of SNOMED CT without its display.
pub(super) fn fixed_code_alone(fixed: &'static FixedCode) -> impl Fn(&mut Out<'_>) {
    move |out| out.code("code", oid::SNOMED_CT, fixed.code)
}

/// `<typeId>` of a message type.
pub(super) fn message_type(extension: &'static str) -> impl Fn(&mut Out<'_>) {
    move |out| out.empty("typeId", &[("extension", extension), ("root", oid::MESSAGE_TYPE)])
}

/// `<templateId>` of the NPfIT templates.
pub(super) fn template(extension: &'static str) -> impl Fn(&mut Out<'_>) {
    move |out| out.template(extension)
}

/// `<seperatableInd>`.
pub(super) fn separable(separable: bool) -> impl Fn(&mut Out<'_>) {
    move |out| out.separable(separable)
}

/// The `code` of an observation: an annotation.
pub(super) fn annotation(code: &'static str) -> impl Fn(&mut Out<'_>) {
    move |out| out.code("code", oid::ANNOTATION, code)
}

/// `<effectiveTime nullFlavor="NA"/>`.
pub(super) fn no_effective_time(out: &mut Out<'_>) {
    out.no_effective_time();
}

/// `<signatureText nullFlavor="NA"/>`.
pub(super) fn no_signature(out: &mut Out<'_>) {
    out.empty("signatureText", &[("nullFlavor", "NA")]);
}

/// The template of what an item fulfils, and of what a message follows.
pub(super) const SOURCE_OF_1: &str = "CSAB_RM-NPfITUK10.sourceOf1";
/// The template of the relationship to an item.
pub(super) const SOURCE_OF_2: &str = "CSAB_RM-NPfITUK10.sourceOf2";
/// The template of the relationship to a prescription or supply header.
pub(super) const PERTINENT_INFORMATION: &str = "CSAB_RM-NPfITUK10.pertinentInformation";
/// The template of the relationship to the care record element.
pub(super) const PERTINENT_INFORMATION_1: &str = "CSAB_RM-NPfITUK10.pertinentInformation1";

/// A product: `participation / role / material / code`.
pub(super) type Product = At<Within<At<Within<At<Within<At<Data>>>>>>>;

/// `participation / role / material / code`: each a name with its attributes.
pub(super) const fn product(
    participation: (&'static str, Attributes<'static>),
    role: &'static str,
    material: (&'static str, Attributes<'static>),
) -> Product {
    let material = at(material.0, within(material.1, data("code")));
    at(participation.0, within(participation.1, at(role, within(MANU, material))))
}

/// `inFulfillmentOf` of a prescription or item.
pub(super) const fn fulfilment(relationship: &'static str, act: &'static str) -> At<Reference> {
    at(relationship, reference(FLFS_POSITIVE, act, SBADM_RQO).separable(true).template(SOURCE_OF_1))
}

/// `predecessor`: the act before this one.
pub(super) const fn predecessor(act: &'static str, act_attributes: Attributes<'static>) -> Optional<Reference> {
    optional(at("predecessor", reference(SUCC_POSITIVE, act, act_attributes).separable(true).template(SOURCE_OF_1)))
}

/// The prescription that was dispensed: see [`write_prior_prescription`].
#[derive(Clone, Copy)]
pub(super) struct PriorPrescription;

const PRIOR_PRESCRIPTION: &str = "priorOriginalPrescriptionRef";

impl Part<PrescriptionUuid> for PriorPrescription {
    /// What is written depends on the release.
    fn write<'n>(&self, _: &mut Out<'n>, _: &'n PrescriptionUuid) {}

    /// An id of Release 1 has a check character behind it.
    fn read(&self, input: &mut In, header: Element<'_, '_>) -> Option<PrescriptionUuid> {
        let id = input.path(header, &["inFulfillmentOf", PRIOR_PRESCRIPTION, "id"])?;
        let written = id.attribute("root").and_then(|text| WrittenPrescriptionId::of_release_1(text).ok());
        match written.and_then(|id| id.as_str().get(..36).and_then(|text| text.parse().ok())) {
            Some(uuid) => Some(PrescriptionUuid(uuid)),
            None => Data.read(input, id),
        }
    }
}

/// The prescription that was dispensed. In Release 1 its one id stands here as it does in `pertinentPrescriptionID`, with
/// its check character.
pub(super) fn write_prior_prescription(out: &mut Out<'_>, uuid: PrescriptionUuid, id: &WrittenPrescriptionId) {
    let mut buffer = [0; 36];
    let one = id.is_of_release_1() && id.as_str().get(..36).and_then(|text| text.parse().ok()) == Some(uuid.0);
    let root = if one { id.as_str() } else { uuid.0.encode_upper(&mut buffer) };
    out.within("inFulfillmentOf", FLFS_POSITIVE, |out| {
        out.separable(true);
        out.template(SOURCE_OF_1);
        out.within(PRIOR_PRESCRIPTION, SBADM_RQO, |out| out.empty("id", &[("root", root)]));
    });
}

/// The items of a care record element: `component / actRef / id`.
pub(super) const fn care_record_item(act_attributes: Attributes<'static>) -> At<Reference> {
    at("component", reference(COMP, "actRef", act_attributes))
}

/// `replacementOf`: the message that this one amends.
pub(super) const REPLACEMENT: Optional<Reference> =
    optional(at("replacementOf", reference(&[("typeCode", "RPLC")], "priorMessageRef", INFO_EVN)));

/// `sequelTo`: the release response that brought the prescription.
pub(super) const SEQUEL: At<Reference> =
    at("sequelTo", reference(&[("typeCode", "SEQL")], "priorPrescriptionReleaseEventRef", INFO_RQO));

/// A relationship that reverses a message.
pub(super) const REVERSAL: Attributes<'static> =
    &[("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "REV")];

/// The organisation type of a recipient: not specified.
pub(super) fn not_specified(out: &mut Out<'_>) {
    out.code("code", oid::ORGANISATION_TYPE, crate::codes::ORGANISATION_NOT_SPECIFIED);
}

/// The short form of a prescription's id, or the id of Release 1, in an observation's `value`. An id of Release 1 is
/// the root, or stands under the root given.
#[derive(Clone, Copy)]
pub(super) struct PrescriptionIdValue {
    release_1_root: Option<&'static str>,
}

impl PrescriptionIdValue {
    /// An id of Release 1 is the root.
    pub(super) const ALONE: Self = Self { release_1_root: None };
    /// An id of Release 1 has a root of its own, as in a claim.
    const ROOTED: Self = Self { release_1_root: Some(oid::RELEASE_1_PRESCRIPTION_ID) };
}

impl Content<WrittenPrescriptionId> for PrescriptionIdValue {
    fn write<'n>(&self, out: &mut Out<'n>, name: &'static str, value: &'n WrittenPrescriptionId) {
        let under = |out: &mut Out<'_>, root| out.empty(name, &[("extension", value.as_str()), ("root", root)]);
        match self.release_1_root {
            _ if !value.is_of_release_1() => under(out, oid::PRESCRIPTION_ID),
            Some(root) => under(out, root),
            None => out.empty(name, &[("root", value.as_str())]),
        }
    }

    fn read(&self, input: &mut In, element: Element<'_, '_>) -> Option<WrittenPrescriptionId> {
        input.prescription_id_of_either_release(element)
    }
}

/// The prescription that a message is about.
pub(super) const fn prescription_id(relationship: &'static str) -> At<Observed<At<PrescriptionIdValue>>> {
    prescription_id_as(relationship, PrescriptionIdValue::ALONE)
}

/// The prescription that a claim is about: an id of Release 1 has a root of its own.
pub(super) const fn claimed_prescription_id(relationship: &'static str) -> At<Observed<At<PrescriptionIdValue>>> {
    prescription_id_as(relationship, PrescriptionIdValue::ROOTED)
}

const fn prescription_id_as(
    relationship: &'static str,
    value: PrescriptionIdValue,
) -> At<Observed<At<PrescriptionIdValue>>> {
    observed(Observation::new(relationship, "pertinentPrescriptionID", "PID"), value)
}

/// The issue of a repeat dispensing prescription.
pub(super) const fn issue(relationship: &'static str) -> Optional<Observed<At<Data>>> {
    optional(observed(Observation::new(relationship, "pertinentRepeatInstanceInfo", "RPI"), Data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Document, Limits};

    #[test]
    fn an_id_of_release_1_has_a_root_of_its_own_in_a_claim() {
        let id = WrittenPrescriptionId::of_release_1("0B1C2D3E-4F50-4A6B-8C7D-9E0F1A2B3C4D").unwrap();
        for (value, root) in
            [(PrescriptionIdValue::ROOTED, oid::RELEASE_1_PRESCRIPTION_ID), (PrescriptionIdValue::ALONE, id.as_str())]
        {
            let mut out = Out::message();
            value.write(&mut out, "value", &id);
            let written = out.finish();
            let document = Document::parse(&written, &Limits::DEFAULT).unwrap();
            assert_eq!(document.root().attribute("root"), Some(root));
            assert_eq!(value.read(&mut In::default(), document.root()).as_ref(), Some(&id));
        }
    }

    #[test]
    fn an_element_that_is_null_or_empty_is_as_good_as_absent() {
        for inside in ["", "<text/>", "<text></text>", "<text nullFlavor=\"NA\"/>"] {
            let xml = format!("<x xmlns=\"urn:hl7-org:v3\">{inside}</x>");
            let document = Document::parse(xml.as_bytes(), &Limits::DEFAULT).unwrap();
            let read: Option<Option<crate::model::Text>> =
                optional(data("text")).read(&mut In::default(), document.root());
            assert_eq!(read, Some(None), "{inside}");
        }
    }
}
