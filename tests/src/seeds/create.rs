//! What Spine refuses when a prescription is created.

use super::fhir::{order, repeat_dispensing};
use super::json;
use super::json::At::{Here as Node, Owner as Holder};
use super::json::Change::{Remove as Drop, Set as To};
use super::xml::At::{FifthBelow, Here, NextBelow, Owner, Sibling};
use super::xml::Change::{Become, Remove, Set, Twice};
use super::xml::{Row, one_item, seeds_of, upload};
use super::{Judged, Seed};

/// Six issues of seven days, to be dispensed within the year.
pub(super) fn repeats() -> String {
    let repeat = |low, high| format!("<repeatNumber><low value=\"{low}\"/><high value=\"{high}\"/></repeatNumber>");
    let supply = "<component1 typeCode=\"COMP\"><seperatableInd value=\"true\"/><daysSupply classCode=\"SPLY\" moodCode=\"RQO\">\
        <code code=\"373784005\" codeSystem=\"2.16.840.1.113883.2.1.3.2.4.15\" displayName=\"Dispensing medication (procedure)\"/>\
        <effectiveTime><low value=\"20260302\"/><high value=\"20261201\"/></effectiveTime>\
        <expectedUseTime><width unit=\"d\" value=\"7\"/></expectedUseTime></daysSupply></component1>";
    let treatment = "<value code=\"0001\" codeSystem=\"2.16.840.1.113883.2.1.3.2.4.16.36\"";
    let text = upload();
    assert!(text.contains(treatment) && text.contains("<performer "), "{text}");
    let text = text.replace(treatment, &treatment.replace("0001", "0003"));
    let text = text.replacen("<performer ", &format!("{}<performer ", repeat(1, 6)), 1);
    let text = text.replacen("<pertinentInformation5 ", &format!("{supply}<pertinentInformation5 "), 1);
    text.replace("<product ", &format!("{}<product ", repeat(1, 6)))
}

/// The same as repeat prescribing, of one issue.
fn repeat_prescribing() -> String {
    repeats()
        .replace("<high value=\"6\"/>", "<high value=\"1\"/>")
        .replace("<value code=\"0003\"", "<value code=\"0002\"")
}

/// Five line items.
fn four_items() -> String {
    let text = upload();
    let nodes = crate::places::xml_nodes(&text);
    let items = nodes
        .iter()
        .filter(|node| node.path.ends_with(&["pertinentPrescription".into(), "pertinentInformation2".into()]));
    let items: Vec<_> = items.map(|node| node.start..node.end).collect();
    let end = items[1].end;
    let again = |from: &str, to: &str| text[items[0].start..end].replace("B1B1", from).replace("B2B2", to);
    [&text[..end], &again("B3B3", "B4B4"), &text[end..]].concat()
}

const ROWS: &[Row] = &[
    ("create.agent-organisation", upload, "author/AgentPerson/representedOrganization/id@extension", Set("A 1"), Here),
    ("create.role-profile", upload, "pertinentPrescription/author/AgentPerson/id@extension", Set("R1"), Here),
    ("create.nhs-number", upload, "Patient/id@extension", Set("9449304131"), Here),
    ("create.prescription-time", upload, "ParentPrescription/effectiveTime@value", Set("today"), Here),
    ("create.treatment-type", upload, "pertinentPrescriptionTreatmentType/value@code", Set("0004"), Here),
    ("create.birth-time", upload, "birthTime@value", Set("19800431"), Here),
    ("create.signed-time", upload, "pertinentPrescription/author/time@value", Set("today"), Here),
    ("create.prescription-id", upload, "pertinentPrescription/id@extension", Set("7D9625"), Here),
    ("create.performer", upload, "agentOrganizationSDS/id@extension", Set("FA 565"), Here),
    ("create.performer.empty", upload, "agentOrganizationSDS/id@extension", Set(""), Here),
    ("create.items.none", one_item, "pertinentPrescription/pertinentInformation2", Remove, Owner),
    (
        "create.items.too-many",
        four_items,
        "pertinentPrescription/pertinentInformation2",
        Twice,
        FifthBelow("pertinentLineItem[1]/id[1]/@root"),
    ),
    ("create.repeat-low.number", repeats, "pertinentPrescription/repeatNumber/low@value", Set("one"), Here),
    ("create.repeat-prescribing", repeat_prescribing, "repeatNumber/high@value", Set("2"), Here),
    ("create.item.repeat-low-only", repeats, "pertinentLineItem/repeatNumber/high", Remove, Owner),
    ("create.item.repeat-high-only", repeats, "pertinentLineItem/repeatNumber/low", Remove, Owner),
    ("create.item.repeat-high.number", repeats, "pertinentLineItem/repeatNumber/high@value", Set("six"), Here),
    ("create.item.repeat-low.number", repeats, "pertinentLineItem/repeatNumber/low@value", Set("one"), Here),
    ("create.days-supply.number", repeats, "expectedUseTime/width@value", Set("week"), Here),
    ("create.window-high.date", repeats, "daysSupply/effectiveTime/high@value", Set("2026"), Here),
    ("create.window-low.date", repeats, "daysSupply/effectiveTime/low@value", Set("2026"), Here),
    ("create.missing", upload, "pertinentPrescription/author/AgentPerson/id@extension", Remove, Owner),
    ("create.missing", upload, "pertinentPrescription/author/AgentPerson/code@code", Remove, Owner),
    ("create.missing", upload, "author/AgentPerson/representedOrganization/id", Remove, Owner),
    ("create.signature", upload, "signatureText", Become("<signatureText nullFlavor=\"NA\"/>"), Here),
    ("create.agent-person.length", upload, "author/AgentPerson/agentPerson/id@extension", Set("123456789"), Here),
    ("create.agent-person", upload, "author/AgentPerson/agentPerson/id@extension", Set("1_2"), Here),
    ("create.role", upload, "author/AgentPerson/code@code", Set("R80"), Here),
    ("create.role.not-provided", upload, "author/AgentPerson/code@code", Set("NotProvided"), Here),
    ("create.prescription-type", upload, "pertinentPrescriptionType/value@code", Set("0199"), Here),
    ("create.repeats", repeats, "pertinentPrescription/repeatNumber", Remove, Owner),
    ("create.repeat-high.number", repeats, "pertinentPrescription/repeatNumber/high@value", Set(""), Here),
    ("create.repeat-low", repeats, "pertinentPrescription/repeatNumber/low@value", Set("2"), Here),
    ("create.repeat-high", repeats, "pertinentPrescription/repeatNumber/high@value", Set("100"), Here),
    ("create.repeat-order", repeats, "pertinentPrescription/repeatNumber/high@value", Set("0"), Here),
    ("create.repeats.beyond-items", repeats, "pertinentPrescription/repeatNumber/high@value", Set("7"), Here),
    ("create.birth-time.future", upload, "birthTime@value", Set("20260303"), Here),
    ("create.event-id", upload, "ParentPrescription/id@root", Set("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"), Here),
    ("create.item.id", upload, "pertinentLineItem/id@root", Set("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"), Here),
    ("create.item.repeats", repeats, "pertinentLineItem/repeatNumber", Remove, Owner),
    (
        "create.item.repeat-of-none",
        upload,
        "pertinentLineItem/product",
        Become("<repeatNumber><low value=\"1\"/><high value=\"1\"/></repeatNumber>"),
        Sibling("repeatNumber[1]/high[1]/@value"),
    ),
    ("create.item.repeat-high.zero", repeats, "pertinentLineItem/repeatNumber/high@value", Set("0"), Here),
    ("create.item.repeat-high", repeats, "pertinentLineItem/repeatNumber/high@value", Set("7"), Here),
    ("create.item.repeat-low", repeats, "pertinentLineItem/repeatNumber/low@value", Set("2"), Here),
    (
        "create.item.duplicate",
        upload,
        "pertinentPrescription/pertinentInformation2",
        Twice,
        NextBelow("pertinentLineItem[1]/id[1]/@root"),
    ),
    ("create.performer.type", upload, "pertinentDispensingSitePreference/value@code", Set("0004"), Here),
    ("create.days-supply", repeats, "expectedUseTime/width@value", Set("367"), Here),
    ("create.window", repeats, "daysSupply/effectiveTime", Remove, Owner),
    ("create.window-high.too-late", repeats, "daysSupply/effectiveTime/high@value", Set("20270303"), Here),
    ("create.window-high.past", repeats, "daysSupply/effectiveTime/high@value", Set("20260301"), Here),
    ("create.window.order", repeats, "daysSupply/effectiveTime/low@value", Set("20261202"), Here),
];

const AS_WRITTEN: &[Row] = &[(
    "create.prescription-id.check-character",
    upload,
    "pertinentPrescription/id@extension",
    Set("7D9625-Z72BF2-11E3AB"),
    Here,
)];

const FHIR: &[json::Row] = &[
    ("create.missing", order, "/entry/[Patient]/resource/generalPractitioner", Drop, Holder),
    ("create.role", order, "/entry/[PractitionerRole]/resource/code/*/coding/*/code", To("\"R80\""), Node),
    ("create.prescription-type", order, "/entry/1/resource/extension/0/valueCoding/code", To("\"0199\""), Node),
    ("create.birth-time.future", order, "/entry/[Patient]/resource/birthDate", To("\"2026-03-03\""), Node),
    (
        "create.repeat-high",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/numberOfRepeatsAllowed",
        To("99"),
        Node,
    ),
    ("create.licence", order, "/entry/[Organization]/resource/partOf/identifier/value", To("\"Q 9\""), Node),
    (
        "create.days-supply",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/expectedSupplyDuration/value",
        To("367"),
        Node,
    ),
    (
        "create.window-high.too-late",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/validityPeriod/end",
        To("\"2027-03-03\""),
        Node,
    ),
    (
        "create.window-high.past",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/validityPeriod/end",
        To("\"2026-03-01\""),
        Node,
    ),
    (
        "create.window.order",
        repeat_dispensing,
        "/entry/1/resource/dispenseRequest/validityPeriod/start",
        To("\"2026-12-02\""),
        Node,
    ),
    (
        "create.performer.type",
        order,
        "/entry/1/resource/dispenseRequest/extension/0/valueCoding/code",
        To("\"0004\""),
        Node,
    ),
];

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = seeds_of(ROWS, Judged::Create);
    seeds.extend(seeds_of(AS_WRITTEN, Judged::AsWritten));
    seeds.extend(json::seeds_of(FHIR, Judged::Create));
    seeds
}
