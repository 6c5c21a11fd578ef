//! What an XML document and an HL7 v3 message can get wrong.

use super::{Broken, Judged, Lands, Seed};
use crate::places::{XmlNode, xml_nodes};

/// What is done to an element or an attribute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// The attribute has this value.
    Set(&'static str),
    /// The element has this text.
    Text(&'static str),
    /// The element or attribute is taken away.
    Remove,
    /// A copy of the element follows it.
    Twice,
    /// The element becomes this.
    Become(&'static str),
}

/// Where the rule is reported, seen from what is changed.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// There.
    Here,
    /// At what holds it.
    Owner,
    /// At the copy that follows.
    Next,
    /// At a node below the copy that follows.
    NextBelow(&'static str),
    /// At a node below the fifth of its kind.
    FifthBelow(&'static str),
    /// At a node below what holds it.
    Sibling(&'static str),
}

/// A row of the tables: rule, message, the end of the path to the nodes, change, place.
pub(super) type Row = (&'static str, fn() -> String, &'static str, Change, At);

pub(super) fn seeds_of(rows: &[Row], judged: Judged) -> Vec<Seed> {
    rows.iter().map(|row| seed(row, judged)).collect()
}

fn seed((rule, base, path, change, at): &Row, judged: Judged) -> Seed {
    let base = base();
    let (elements, attribute) = path.split_once('@').map_or((*path, None), |(path, name)| (path, Some(name)));
    let steps: Vec<_> = elements.split('/').filter(|step| !step.is_empty()).collect();
    let nodes = xml_nodes(&base);
    let wanted = |node: &&XmlNode| {
        node.path.ends_with(&steps.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>())
            && attribute.is_none_or(|name| node.attributes.iter().any(|(known, ..)| known == name))
    };
    let broken: Vec<_> = nodes
        .iter()
        .filter(wanted)
        .map(|node| Broken {
            bytes: changed(&base, node, attribute, *change).into_bytes(),
            lands: Lands::XPath(place(node, attribute, *at)),
            judged,
        })
        .collect();
    Seed { rule, what: format!("{change:?} at {path}"), broken }
}

pub(super) fn changed(base: &str, node: &XmlNode, attribute: Option<&str>, change: Change) -> String {
    let range = attribute.map(|name| node.attributes.iter().find(|(known, ..)| known == name).unwrap());
    match (change, range) {
        (Change::Set(value), Some((.., value_range))) => {
            [&base[..value_range.start], value, &base[value_range.end..]].concat()
        }
        (Change::Remove, Some((_, start, value_range))) => [&base[..*start], &base[value_range.end + 1..]].concat(),
        (Change::Text(text), None) => {
            let range = node.text.clone().unwrap();
            [&base[..range.start], text, &base[range.end..]].concat()
        }
        (Change::Remove, None) => [&base[..node.start], &base[node.end..]].concat(),
        (Change::Twice, None) => [&base[..node.end], &base[node.start..]].concat(),
        (Change::Become(element), None) => [&base[..node.start], element, &base[node.end..]].concat(),
        (change, _) => panic!("{change:?} does not fit"),
    }
}

fn place(node: &XmlNode, attribute: Option<&str>, at: At) -> String {
    let whole = || attribute.map_or(node.xpath.clone(), |name| format!("{}/@{name}", node.xpath));
    let next = || {
        let (path, index) = node.xpath.trim_end_matches(']').rsplit_once('[').unwrap();
        format!("{path}[{}]", index.parse::<usize>().unwrap() + 1)
    };
    match at {
        At::Here => whole(),
        At::Owner => match attribute {
            Some(_) => node.xpath.clone(),
            None => node.xpath.rsplit_once('/').unwrap().0.to_owned(),
        },
        At::Next => next(),
        At::NextBelow(path) => format!("{}/{path}", next()),
        At::FifthBelow(path) => format!("{}[5]/{path}", node.xpath.rsplit_once('[').unwrap().0),
        At::Sibling(path) => format!("{}/{path}", node.xpath.rsplit_once('/').unwrap().0),
    }
}

pub(super) fn upload() -> String {
    String::from_utf8(crate::messages::upload(1, "FA565")).unwrap()
}

/// The same with one line item.
pub(super) fn one_item() -> String {
    let text = upload();
    let nodes = xml_nodes(&text);
    let first = nodes.iter().find(|node| node.path.ends_with(&RELATED_ITEM.map(str::to_owned))).unwrap();
    [&text[..first.start], &text[first.end..]].concat()
}

const RELATED_ITEM: [&str; 2] = ["pertinentPrescription", "pertinentInformation2"];

const ROWS: &[Row] = &[
    ("hl7v3.text", upload, "pertinentDosageInstructions/value", Change::Become("<value></value>"), At::Here),
    ("hl7v3.interaction-id", upload, "interactionId@extension", Change::Set("PORX_IN000001UK01"), At::Here),
    ("hl7v3.element.missing", upload, "pertinentPrescription/author/time", Change::Remove, At::Owner),
    ("hl7v3.element.missing", upload, "pertinentLineItem/id", Change::Remove, At::Owner),
    ("hl7v3.element.repeated", upload, "pertinentPrescription/author/time", Change::Twice, At::Next),
    ("hl7v3.attribute.missing", upload, "ParentPrescription/effectiveTime@value", Change::Remove, At::Owner),
    ("hl7v3.code", upload, "pertinentPrescriptionTreatmentType/value@code", Change::Set("0009"), At::Here),
    ("hl7v3.code", upload, "pertinentDispensingSitePreference/value@code", Change::Set("P9"), At::Here),
    ("hl7v3.time", upload, "ParentPrescription/effectiveTime@value", Change::Set("today"), At::Here),
    ("hl7v3.time", upload, "author/time@value", Change::Set("today"), At::Here),
    ("hl7v3.time", upload, "birthTime@value", Change::Set("1980"), At::Here),
    ("hl7v3.number", upload, "lineItemQuantity/quantity@value", Change::Set("many"), At::Here),
    ("hl7v3.line-items", one_item, "pertinentPrescription/pertinentInformation2", Change::Remove, At::Owner),
    ("ids.uuid", upload, "pertinentLineItem/id@root", Change::Set("1"), At::Here),
    ("ids.uuid", upload, "ParentPrescription/id@root", Change::Set("1"), At::Here),
    ("ids.ods-code", upload, "agentOrganizationSDS/id@extension", Change::Set("A 1"), At::Here),
    ("ids.ods-code", upload, "representedOrganization/id@extension", Change::Set("A 1"), At::Here),
    ("ids.nhs-number", upload, "Patient/id@extension", Change::Set("9449304131"), At::Here),
    ("ids.sds", upload, "AgentPerson/id@extension", Change::Set("A1"), At::Here),
];

pub(super) fn seeds() -> Vec<Seed> {
    let mut seeds = seeds_of(ROWS, Judged::Validate);
    seeds.extend(bytes());
    seeds.push(Seed {
        rule: "signature.provenance",
        what: "no base64".to_owned(),
        broken: vec![Broken { bytes: b"no XML".to_vec(), lands: Lands::Document, judged: Judged::Provenance }],
    });
    seeds
}

fn bytes() -> Vec<Seed> {
    let at = |rule, text: String, lands| Seed {
        rule,
        what: format!("{lands:?}"),
        broken: vec![Broken { bytes: text.into_bytes(), lands, judged: Judged::Validate }],
    };
    let xpath = |path: &str| Lands::XPath(path.to_owned());
    let within = |path: &str, byte| Lands::Within(path.to_owned(), byte);
    let deepest = format!("/a{}", "/a[1]".repeat(63));
    let many = format!("<a>{}</a>", "<b/>".repeat(200_001));
    let attributes: String = (0..33).map(|number| format!(" a{number}=\"\"")).collect();
    vec![
        Seed {
            rule: "xml.encoding",
            what: "a byte that is not UTF-8".to_owned(),
            broken: vec![Broken { bytes: b"<a>\xFF</a>".to_vec(), lands: Lands::Byte(3), judged: Judged::Validate }],
        },
        at("xml.character", "<a>\u{1}</a>".to_owned(), Lands::Byte(3)),
        at("xml.syntax", "<a><b</a>".to_owned(), within("/a/b[1]", 5)),
        at("xml.tags", "<a></b>".to_owned(), within("/a", 3)),
        at("xml.root", "<a/><b/>".to_owned(), Lands::Byte(4)),
        at("xml.doctype", "<!DOCTYPE a><a/>".to_owned(), Lands::Byte(0)),
        at("xml.declaration", "<?xml version=\"1.1\"?><a/>".to_owned(), Lands::Byte(6)),
        at("xml.processing-instruction", "<a><?b c?></a>".to_owned(), within("/a", 3)),
        at("xml.reference", "<a>&b;</a>".to_owned(), within("/a", 3)),
        at("xml.attribute.duplicate", "<a b=\"1\" b=\"2\"/>".to_owned(), within("/a", 9)),
        at("xml.namespace.prefix", "<a><b:c/></a>".to_owned(), xpath("/a/c[1]")),
        at("xml.namespace.declaration", "<a xmlns:b=\"\"/>".to_owned(), within("/a", 3)),
        at("xml.limit.bytes", format!("<a>{}</a>", " ".repeat(4 * 1024 * 1024)), Lands::Byte(4 * 1024 * 1024)),
        at("xml.limit.depth", format!("{}{}", "<a>".repeat(65), "</a>".repeat(65)), within(&deepest, 192)),
        at("xml.limit.attributes", format!("<a{attributes}/>"), within("/a", 217)),
        at("xml.limit.text", format!("<a>{}</a>", "x".repeat(16 * 1024 + 1)), within("/a", 3)),
        at("xml.limit.nodes", many, within("/a", 799_999)),
        at("xml.limit.namespaces", format!("<a xmlns:b=\"{}\"/>", "x".repeat(257)), within("/a", 3)),
        at(
            "hl7v3.interaction",
            "<PORX_IN999999UK99 xmlns=\"urn:hl7-org:v3\"/>".to_owned(),
            xpath("/PORX_IN999999UK99"),
        ),
        at("hl7v3.namespace", "<PORX_IN020101UK31/>".to_owned(), xpath("/PORX_IN020101UK31")),
    ]
}
