//! The writing side of the structures that every payload repeats.

use std::fmt::Display;

use super::NAMESPACE;
use crate::codes::oid;
use crate::ids::Guid;
use crate::model::{Code, Coded, Date, Quantity, Text, Timestamp};
use crate::xml::Writer;

/// Attributes in canonical order: by name.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Structural attributes, named as the Message Implementation Manual abbreviates them.
pub(super) mod structure {
    use super::Attributes;

    pub(in crate::hl7v3) const AGNT: Attributes<'static> = &[("classCode", "AGNT")];
    pub(in crate::hl7v3) const ACTN_RQO: Attributes<'static> = &[("classCode", "ACTN"), ("moodCode", "RQO")];
    pub(in crate::hl7v3) const ALRT_EVN: Attributes<'static> = &[("classCode", "ALRT"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const INFRM_EVN: Attributes<'static> = &[("classCode", "INFRM"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const INFO_EVN: Attributes<'static> = &[("classCode", "INFO"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const INFO_RQO: Attributes<'static> = &[("classCode", "INFO"), ("moodCode", "RQO")];
    pub(in crate::hl7v3) const OBS_EVN: Attributes<'static> = &[("classCode", "OBS"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const SBADM_EVN: Attributes<'static> = &[("classCode", "SBADM"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const SBADM_PRMS: Attributes<'static> = &[("classCode", "SBADM"), ("moodCode", "PRMS")];
    pub(in crate::hl7v3) const SBADM_RQO: Attributes<'static> = &[("classCode", "SBADM"), ("moodCode", "RQO")];
    pub(in crate::hl7v3) const SPLY_EVN: Attributes<'static> = &[("classCode", "SPLY"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const SPLY_RQO: Attributes<'static> = &[("classCode", "SPLY"), ("moodCode", "RQO")];
    pub(in crate::hl7v3) const CATEGORY_EVN: Attributes<'static> = &[("classCode", "CATEGORY"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const MANU: Attributes<'static> = &[("classCode", "MANU")];
    pub(in crate::hl7v3) const MMAT_INSTANCE: Attributes<'static> =
        &[("classCode", "MMAT"), ("determinerCode", "INSTANCE")];
    pub(in crate::hl7v3) const MMAT_KIND: Attributes<'static> = &[("classCode", "MMAT"), ("determinerCode", "KIND")];
    pub(in crate::hl7v3) const ORG_INSTANCE: Attributes<'static> =
        &[("classCode", "ORG"), ("determinerCode", "INSTANCE")];
    pub(in crate::hl7v3) const PAT: Attributes<'static> = &[("classCode", "PAT")];
    pub(in crate::hl7v3) const PCPR_EVN: Attributes<'static> = &[("classCode", "PCPR"), ("moodCode", "EVN")];
    pub(in crate::hl7v3) const PROV: Attributes<'static> = &[("classCode", "PROV")];
    pub(in crate::hl7v3) const PSN_INSTANCE: Attributes<'static> =
        &[("classCode", "PSN"), ("determinerCode", "INSTANCE")];
    pub(in crate::hl7v3) const AUT: Attributes<'static> = &[("typeCode", "AUT")];
    pub(in crate::hl7v3) const AUT_OP: Attributes<'static> = &[("contextControlCode", "OP"), ("typeCode", "AUT")];
    pub(in crate::hl7v3) const LA_OP: Attributes<'static> = &[("contextControlCode", "OP"), ("typeCode", "LA")];
    pub(in crate::hl7v3) const PRF_OP: Attributes<'static> = &[("contextControlCode", "OP"), ("typeCode", "PRF")];
    pub(in crate::hl7v3) const RESP: Attributes<'static> = &[("typeCode", "RESP")];
    pub(in crate::hl7v3) const RESP_OP: Attributes<'static> = &[("contextControlCode", "OP"), ("typeCode", "RESP")];
    pub(in crate::hl7v3) const COMP: Attributes<'static> = &[("typeCode", "COMP")];
    pub(in crate::hl7v3) const PERT: Attributes<'static> = &[("typeCode", "PERT")];
    pub(in crate::hl7v3) const PERT_CONDUCTED: Attributes<'static> =
        &[("contextConductionInd", "true"), ("typeCode", "PERT")];
    pub(in crate::hl7v3) const PERT_CONDUCTED_POSITIVE: Attributes<'static> =
        &[("contextConductionInd", "true"), ("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "PERT")];
    pub(in crate::hl7v3) const FLFS_POSITIVE: Attributes<'static> =
        &[("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "FLFS")];
    pub(in crate::hl7v3) const PRD_OP: Attributes<'static> = &[("contextControlCode", "OP"), ("typeCode", "PRD")];
    pub(in crate::hl7v3) const PERT_UNCONDUCTED: Attributes<'static> =
        &[("contextConductionInd", "false"), ("typeCode", "PERT")];
    pub(in crate::hl7v3) const PERT_POSITIVE: Attributes<'static> =
        &[("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "PERT")];
    pub(in crate::hl7v3) const SUCC_POSITIVE: Attributes<'static> =
        &[("inversionInd", "false"), ("negationInd", "false"), ("typeCode", "SUCC")];
    pub(in crate::hl7v3) const RCT: Attributes<'static> = &[("typeCode", "RCT")];
}

use structure::{OBS_EVN, PERT_CONDUCTED};

/// A SNOMED CT code that the manual fixes for an act, with its display.
pub(super) struct FixedCode {
    pub(super) code: &'static str,
    pub(super) display: &'static str,
}

/// What every prescription, supply header and line item is.
pub(super) const ADMINISTRATION: FixedCode =
    FixedCode { code: "225426007", display: "Administration of therapeutic substance (procedure)" };
/// What every quantity is.
pub(super) const DISPENSING: FixedCode = FixedCode { code: "373784005", display: "Dispensing medication (procedure)" };
/// The care record element that lists the items.
pub(super) const MEDICATION_ELEMENT: FixedCode =
    FixedCode { code: "185361000000102", display: "Medication - care record element (record artifact)" };

/// A writer of one message or of one digest input.
pub(super) struct Out<'n> {
    writer: Writer<'n>,
    /// In a digest input, texts of white space alone are left out, and so are the parts that Spine rewrites.
    digest: bool,
    /// The next element declares the namespace: the root of a message and each part of a digest input.
    declare: bool,
}

impl<'n> Out<'n> {
    /// Bytes that a prescription with two items fits in without growing.
    const CAPACITY: usize = 24 * 1024;

    pub(super) fn message() -> Self {
        Self { declare: true, ..Self::bare() }
    }

    pub(super) fn digest() -> Self {
        Self { digest: true, ..Self::bare() }
    }

    /// A writer that declares no namespace by itself.
    pub(super) fn bare() -> Self {
        Self { writer: Writer::new(Vec::with_capacity(Self::CAPACITY)), digest: false, declare: false }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.writer.finish()
    }

    /// Whether a digest input is written, which leaves out what Spine rewrites.
    pub(super) fn is_digest(&self) -> bool {
        self.digest
    }

    /// The next element declares the HL7 namespace.
    pub(super) fn declare_namespace(&mut self) {
        self.declare = true;
    }

    fn start(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.writer.start(name);
        if std::mem::take(&mut self.declare) {
            self.writer.namespace("", NAMESPACE);
        }
        self.writer.attrs(attributes);
    }

    /// An element with children.
    pub(super) fn within(&mut self, name: &'static str, attributes: Attributes<'_>, body: impl FnOnce(&mut Self)) {
        self.start(name, attributes);
        body(self);
        self.writer.end();
    }

    /// An element with neither children nor text.
    pub(super) fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.writer.end();
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &'static str, text: &Text) {
        self.text_with(name, &[], text);
    }

    /// An element with attributes and text.
    pub(super) fn text_with(&mut self, name: &'static str, attributes: Attributes<'_>, text: &Text) {
        self.start(name, attributes);
        let blank = || text.as_str().bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
        if !(self.digest && blank()) {
            self.writer.text(text.as_str());
        }
        self.writer.end();
    }

    /// An element with words.
    pub(super) fn words(&mut self, name: &'static str, words: &str) {
        self.start(name, &[]);
        self.writer.text(words);
        self.writer.end();
    }

    /// XML that needs no namespace declaration from here, as it is.
    pub(super) fn raw(&mut self, xml: &str) {
        self.writer.raw(xml.as_bytes());
    }

    /// Starts an element that declares namespaces for XML that is to be written into it as it is.
    pub(super) fn start_declaring(
        &mut self,
        name: &'static str,
        namespaces: impl Iterator<Item = (&'n str, &'n str)>,
        attributes: Attributes<'_>,
    ) {
        self.start(name, attributes);
        for (prefix, uri) in namespaces {
            self.writer.namespace(prefix, uri);
        }
    }

    /// Ends what [`Self::start_declaring`] began.
    pub(super) fn end(&mut self) {
        self.writer.end();
    }

    /// `<id root="UUID"/>`.
    pub(super) fn guid(&mut self, id: Guid) {
        self.empty("id", &[("root", id.encode_upper(&mut [0; 36]))]);
    }

    /// `<id extension= root=/>`.
    pub(super) fn id(&mut self, root: &str, extension: &str) {
        self.empty("id", &[("extension", extension), ("root", root)]);
    }

    /// `<templateId>` of the NPfIT templates.
    pub(super) fn template(&mut self, extension: &str) {
        self.empty("templateId", &[("extension", extension), ("root", oid::TEMPLATE)]);
    }

    /// `<seperatableInd>`, spelt as the schema spells it.
    pub(super) fn separable(&mut self, separable: bool) {
        self.empty("seperatableInd", &[("value", if separable { "true" } else { "false" })]);
    }

    /// A coded element without words.
    pub(super) fn code(&mut self, name: &'static str, system: &str, code: &str) {
        self.empty(name, &[("code", code), ("codeSystem", system)]);
    }

    /// A coded element with the sender's words, where there are any.
    pub(super) fn coded(&mut self, name: &'static str, system: &str, code: &str, display: Option<&Text>) {
        match display {
            Some(display) => {
                self.empty(name, &[("code", code), ("codeSystem", system), ("displayName", display.as_str())]);
            }
            None => self.code(name, system, code),
        }
    }

    /// A code of SNOMED CT that the manual fixes.
    pub(super) fn fixed_code(&mut self, fixed: &FixedCode) {
        self.empty("code", &[("code", fixed.code), ("codeSystem", oid::SNOMED_CT), ("displayName", fixed.display)]);
    }

    /// A SNOMED CT concept.
    pub(super) fn concept(&mut self, name: &'static str, concept: &Coded<Code>) {
        self.coded(name, oid::SNOMED_CT, concept.code.as_str(), concept.display.as_ref());
    }

    /// An instant.
    pub(super) fn time(&mut self, name: &'static str, time: Timestamp) {
        self.empty(name, &[("value", &time.to_hl7())]);
    }

    /// A calendar day.
    pub(super) fn date(&mut self, name: &'static str, date: Date) {
        self.empty(name, &[("value", &date.to_hl7())]);
    }

    /// `<effectiveTime nullFlavor="NA"/>`.
    pub(super) fn no_effective_time(&mut self) {
        self.empty("effectiveTime", &[("nullFlavor", "NA")]);
    }

    /// A value that is written with its `Display`.
    pub(super) fn value(&mut self, name: &'static str, value: impl Display) {
        self.empty(name, &[("value", &value.to_string())]);
    }

    /// A quantity; its unit is repeated as a translation.
    pub(super) fn quantity(&mut self, name: &'static str, quantity: &Quantity) {
        // A point needs a digit before it (schema type `real` of the wire's own examples).
        let value = quantity.value.as_str();
        let padded = value.starts_with('.').then(|| format!("0{value}"));
        let value = padded.as_deref().unwrap_or(value);
        self.within(name, &[("unit", "1"), ("value", value)], |out| {
            let Some(unit) = &quantity.unit else { return };
            let (code, system) = (("code", unit.code.as_str()), ("codeSystem", oid::SNOMED_CT));
            match &unit.display {
                Some(display) => {
                    out.empty("translation", &[code, system, ("displayName", display.as_str()), ("value", value)]);
                }
                None => out.empty("translation", &[code, system, ("value", value)]),
            }
        });
    }

    /// A relationship to one observation: `relationship / seperatableInd, observation / code, ...`.
    pub(super) fn observation(
        &mut self,
        relationship: &'static str,
        shape: &Observation,
        body: impl FnOnce(&mut Self),
    ) {
        self.within(relationship, shape.attributes, |out| {
            out.separable(shape.separable);
            out.within(shape.name, OBS_EVN, |out| {
                out.code("code", shape.system, shape.code);
                body(out);
            });
        });
    }
}

/// The shape of a relationship to one observation.
#[derive(Clone, Copy)]
pub(super) struct Observation {
    /// `pertinentInformation5`.
    pub(super) relationship: &'static str,
    /// The relationship's attributes.
    pub(super) attributes: Attributes<'static>,
    /// `seperatableInd`.
    pub(super) separable: bool,
    /// `pertinentPrescriptionTreatmentType`.
    pub(super) name: &'static str,
    /// The vocabulary of the code: the annotations, but for a few.
    pub(super) system: &'static str,
    /// The annotation: `PTT`.
    pub(super) code: &'static str,
}

impl Observation {
    /// An observation whose context is conducted and which cannot be separated: nearly all are.
    pub(super) const fn new(relationship: &'static str, name: &'static str, code: &'static str) -> Self {
        Self { relationship, attributes: PERT_CONDUCTED, separable: false, name, system: oid::ANNOTATION, code }
    }

    /// The same, with other attributes of the relationship.
    pub(super) const fn related(mut self, attributes: Attributes<'static>) -> Self {
        self.attributes = attributes;
        self
    }

    /// The same, with a code of another vocabulary.
    pub(super) const fn coded_in(mut self, system: &'static str) -> Self {
        self.system = system;
        self
    }

    /// The same, separable.
    pub(super) const fn separable(mut self) -> Self {
        self.separable = true;
        self
    }
}
