//! What moves in a message's form on the other wire when one value of it is changed.
//!
//! The mapping tables are checked against this: it changes the source text, converts it anew and compares the results, and
//! knows nothing of the tables.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test that asked"
)]

use std::collections::{BTreeMap, BTreeSet};

use eps_core::codes::{AckCode, Interaction, ReleaseFault};
use eps_core::fhir::{Outgoing, SignatureVerdict};
use eps_core::ids::Guid;
use eps_core::mapping::{Direction, Kind, Leaf, kind, leaves};
use eps_core::model::{
    Acknowledgement, BatchInfo, Envelope, Message, ReleaseResponse, ReleaseTemplate, ReleasedPrescription, Timestamp,
    arbitrary,
};
use eps_core::xml::{Document, Limits};
use eps_core::{fhir, hl7v3, rules};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::places::{XmlNode, xml_nodes};
use crate::seeds::walk;
use crate::{messages, request};

mod rare;

/// A message on the other wire.
#[derive(Debug)]
pub struct Converted {
    /// Its kind; none where it has no table.
    pub kind: Option<Kind>,
    /// Which way it went.
    pub direction: Direction,
    /// The message.
    pub bytes: Vec<u8>,
}

/// Converts a message to the other wire; none where it is refused.
#[must_use]
pub fn convert(source: &[u8]) -> Option<Converted> {
    if !rules::is_xml(source) {
        let envelope = fhir::read(source, &request::context()).ok()?;
        let bytes = hl7v3::write(&envelope);
        return Some(Converted { kind: kind(&envelope), direction: Direction::ToHl7v3, bytes });
    }
    let envelope = hl7v3::read(source).ok()?;
    let mut last = 0_u128;
    let mut ids = || {
        last += 1;
        Guid::from_bytes(last.to_be_bytes())
    };
    let now = Timestamp::parse_hl7("20260302101500").unwrap();
    let verify = |_: &_| SignatureVerdict::Valid;
    let mut outgoing = Outgoing { now, ids: &mut ids, verify: &verify, base_path: "https://eps.example" };
    let bytes = fhir::write(&envelope, &mut outgoing).ok()?;
    Some(Converted { kind: kind(&envelope), direction: Direction::ToFhir, bytes })
}

/// Messages of every kind on both wires, each with its name: written ones, what these become on the other wire, and
/// generated ones, the same each time.
#[must_use]
pub fn bases() -> Vec<(String, Vec<u8>)> {
    let fhir = walk::fhir_bases().into_iter().flat_map(|(name, message)| {
        let one = one_item(&message).map(|message| (format!("{name}, one item"), message));
        std::iter::once((name.to_owned(), message)).chain(one)
    });
    let fhir = fhir.chain(rare::messages()).map(|(name, message)| (name, message.to_string().into_bytes()));
    let fhir: Vec<_> = fhir.filter(|(_, message)| convert(message).is_some()).collect();
    let converted =
        fhir.iter().filter_map(|(name, message)| Some((format!("{name} in HL7 v3"), convert(message)?.bytes)));
    let hl7v3 = walk::hl7v3_bases().into_iter().map(|(name, message)| (name.to_owned(), message.into_bytes()));
    let metadata = METADATA.iter().map(|text| ("metadata".to_owned(), text.as_bytes().to_vec()));
    let all = converted.chain(hl7v3).chain(metadata).filter(|(_, message)| convert(message).is_some());
    let all: Vec<_> = all.chain(generated()).collect();
    let back = all.iter().filter_map(|(name, message)| Some((format!("{name} in FHIR"), convert(message)?.bytes)));
    let back: Vec<_> = back.filter(|(_, message)| convert(message).is_some()).collect();
    fhir.into_iter().chain(back).chain(all).collect()
}

/// An order of one line item: what several must say alike can be changed in it.
fn one_item(message: &Value) -> Option<Value> {
    let mut message = message.clone();
    let mut requests = 0;
    let entries = message.get_mut("entry")?.as_array_mut()?;
    let all = entries.len();
    entries.retain(|entry| {
        requests += usize::from(entry["resource"]["resourceType"] == "MedicationRequest");
        requests < 2 || entry["resource"]["resourceType"] != "MedicationRequest"
    });
    (entries.len() < all).then_some(message)
}

/// Generated messages of each kind that have a form in FHIR.
fn generated() -> Vec<(String, Vec<u8>)> {
    let mut runner = TestRunner::deterministic();
    let kinds: [(&str, usize, BoxedStrategy<Envelope>); 12] = [
        ("prescription", 2, arbitrary::prescription_envelope().boxed()),
        ("release request", 4, arbitrary::release_request_envelope().boxed()),
        ("release response", 2, arbitrary::release_response_envelope().boxed()),
        ("release rejection", 16, arbitrary::release_rejection_envelope().boxed()),
        ("notification", 4, arbitrary::dispense_notification_envelope().boxed()),
        ("claim", 6, arbitrary::dispense_claim_envelope().boxed()),
        ("cancellation", 4, arbitrary::cancellation_envelope().boxed()),
        ("cancellation response", 40, arbitrary::cancellation_response_envelope().boxed()),
        ("later cancellation response", 8, arbitrary::subsequent_cancellation_response_envelope().boxed()),
        ("return", 4, arbitrary::return_envelope().boxed()),
        ("withdrawal", 3, arbitrary::withdrawal_envelope().boxed()),
        ("acknowledgement", 8, arbitrary::acknowledgement_envelope().boxed()),
    ];
    let mut messages = Vec::new();
    for (name, count, strategy) in kinds {
        let any = std::iter::repeat_with(|| hl7v3::write(&strategy.new_tree(&mut runner).unwrap().current()));
        messages
            .extend(any.filter(|message| convert(message).is_some()).take(count).map(|bytes| (name.to_owned(), bytes)));
    }
    let named = |wanted: &'static str| messages.iter().filter(move |(name, _)| name == wanted);
    let another = |message: &[u8]| with_code(message, "pertinentRejectionReason", "0004", Some(ReleaseFault::OID));
    let with_another = named("release rejection").filter_map(|(_, message)| another(message));
    let failed =
        named("cancellation response").filter_map(|(_, message)| with_code(message, "pertinentResponse", "5000", None));
    let changed: Vec<_> = with_another.chain(failed.take(4)).map(|bytes| ("another code".to_owned(), bytes)).collect();
    let released = named("prescription").map(|(_, message)| ("released".to_owned(), released(message)));
    let released: Vec<_> = released.collect();
    messages.into_iter().chain(changed).chain(released).collect()
}

/// A message with another code, of another system where it is given, in the value of an element; none without a display.
fn with_code(message: &[u8], element: &str, code: &str, system: Option<&str>) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(message).unwrap();
    let nodes = xml_nodes(text);
    let value = nodes.iter().find(|node| node.xpath.ends_with(&format!("/{element}[1]/value[1]")))?;
    let of = |name: &str| value.attributes.iter().find(|(known, ..)| known == name).map(|(.., range)| range.clone());
    let (at, of_system) = (of("code")?, of("codeSystem")?);
    of("displayName")?;
    let system = system.unwrap_or(&text[of_system.clone()]);
    let changed = [&text[..at.start], code, &text[at.end..of_system.start], system, &text[of_system.end..]];
    Some(changed.concat().into_bytes())
}

/// The release of a prescription, as a dispenser gets it.
fn released(order: &[u8]) -> Vec<u8> {
    let document = Document::parse(order, &Limits::DEFAULT).unwrap();
    let signed = hl7v3::signed_document(hl7v3::parent_prescription(&document).unwrap()).unwrap();
    let order = hl7v3::read(order).unwrap();
    let response = ReleaseResponse {
        id: messages::message_id(7),
        effective_time: order.created,
        prescriptions: vec![ReleasedPrescription { template: ReleaseTemplate::R2, document: signed }],
        batch: BatchInfo::default(),
        request: messages::message_id(8),
    };
    let acknowledgement =
        Acknowledgement { code: AckCode::Accepted, errors: Vec::new(), refers_to: messages::message_id(8) };
    hl7v3::write(&Envelope {
        interaction: Interaction::PatientReleaseResponse.uk(),
        acknowledgement: Some(acknowledgement),
        message: Message::ReleaseResponse(Box::new(response)),
        ..order
    })
}

/// What Spine tells of a prescription: the metadata and the clinical view.
const METADATA: [&str; 2] = [include_str!("movement/repeat_dispensing.xml"), include_str!("movement/acute.xml")];

/// The values of a result by path without indexes. Ids that the writer takes from its caller are left out.
type Values = BTreeMap<String, Vec<String>>;

/// In FHIR each value once: who is the same person in two roles has one resource, until something tells them apart.
fn values(result: &[u8]) -> Values {
    let is_fhir = !rules::is_xml(result);
    let mut values = Values::new();
    for leaf in leaves(result).unwrap() {
        if !leaf.value.trim_start_matches("urn:uuid:").starts_with("00000000-0000-0000-0000-") {
            let list = values.entry(leaf.key).or_default();
            if !is_fhir || leaf.value == "OperationOutcome" || !list.contains(&leaf.value) {
                list.push(leaf.value);
            }
        }
    }
    values
}

/// What moves when one value is changed.
#[derive(Debug)]
pub struct Movement {
    /// The value.
    pub leaf: Leaf,
    /// How many changes were tried, and how many of them gave a message.
    pub tried: usize,
    /// How many of them gave a message.
    pub converted: usize,
    /// The paths in the result whose values changed, and whether one became the changed value.
    pub moved: BTreeMap<String, bool>,
}

/// Values that fields of some path had in some message: a change to one of them is likely to be read.
#[derive(Debug, Default)]
pub struct Pool(BTreeMap<String, BTreeSet<String>>);

impl Pool {
    /// Adds the values of a message.
    pub fn add(&mut self, message: &[u8]) {
        for leaf in leaves(message).unwrap() {
            self.0.entry(end_of(&leaf.key)).or_default().insert(leaf.value);
        }
    }

    /// Other values in the place of one.
    fn others(&self, leaf: &Leaf) -> Vec<String> {
        let value = &leaf.value;
        let mut others = Vec::new();
        if let Some(at) = value.rfind(|character: char| character.is_ascii_digit()) {
            let next = if value[at..].starts_with('9') { "1" } else { "9" };
            others.push(format!("{}{next}{}", &value[..at], &value[at + 1..]));
        }
        others.push(format!("{value}X"));
        let known = self.0.get(&end_of(&leaf.key)).into_iter().flatten();
        let codes = CODES.iter().filter(|(end, _)| leaf.key.ends_with(end)).flat_map(|(_, codes)| *codes);
        let codes = codes.map(|code| (*code).to_owned());
        others.extend(
            known.filter(|known| *known != value).take(KNOWN).cloned().chain(codes.filter(|code| code != value)),
        );
        others
    }
}

/// Codes and times that hardly any message has, by the end of the path.
const CODES: &[(&str, &[&str])] = &[
    (".use", &["old", "temp", "work", "mobile", "billing"]),
    ("/@use", &["TMP", "WP", "MC", "H", "A"]),
    ("PractitionerRole.code.coding.system", &["https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName"]),
    ("MedicationDispense.type.coding.code", &["0001", "0003", "0007", "0008"]),
    ("qualifier/@code", &["WG", "IF", "ER"]),
    ("acknowledgementDetail/@typeCode", &["WG", "IF", "ER"]),
    ("pertinentRejectionReason/value/@code", &["0001", "0005", "5888"]),
    ("pertinentResponse/value/@code", &["0001", "0003", "0004", "0008", "5000"]),
    ("pertinentWithdrawReason/value/@code", &["QU", "MU", "DA", "PA", "OC", "ONC"]),
    ("pertinentReturnReason/value/@code", &["0001", "0002", "0003"]),
    ("agentPerson/id/@extension", &["C1234567", "12A3456B", "683458", "312345"]),
    ("pertinentAdditionalInstructions/value/text()", &["CD: twenty\nA note"]),
    ("statusLineItem1/text()", &["0001", "0002"]),
    ("cancellationReason/text()", &["Pending: Prescribing Error", "Notification of Death"]),
    ("nominatedPerformerType/text()", &["P2", "P3"]),
    ("patientNhsNumber/text()", &["9990173907"]),
    ("NonDispensingReason).valueCoding.code", &["0002", "0005"]),
    ("lineItem/previousStatus/@value", &["0001", "0003"]),
    ("epsRecord/nominatedDownloadDate/text()", &["20260227"]),
];

/// How many known values are tried for each value.
const KNOWN: usize = 6;

/// The end of a path, which says what the value is.
fn end_of(key: &str) -> String {
    let steps: Vec<_> = key.rsplit('/').take(3).collect();
    steps.join("/")
}

/// Changes every wanted value of a message in turn.
///
/// # Panics
/// When the message itself is refused.
#[must_use]
pub fn movements(source: &[u8], pool: &Pool, wanted: &mut dyn FnMut(&Leaf) -> bool) -> Vec<Movement> {
    let leaves: Vec<_> = leaves(source).unwrap().into_iter().filter(|leaf| wanted(leaf)).collect();
    if leaves.is_empty() {
        return Vec::new();
    }
    let before = convert(source).unwrap_or_else(|| panic!("the message is refused"));
    let (kind, before) = (before.kind, values(&before.bytes));
    let editor = Editor::of(source);
    leaves.into_iter().map(|leaf| movement(leaf, &editor, pool, kind, &before)).collect()
}

fn movement(leaf: Leaf, editor: &Editor<'_>, pool: &Pool, kind: Option<Kind>, before: &Values) -> Movement {
    let (mut tried, mut converted, mut moved) = (0, 0, BTreeMap::new());
    for other in pool.others(&leaf) {
        tried += 1;
        let Some(result) = convert(&editor.set(&leaf.path, &other)) else { continue };
        let after = values(&result.bytes);
        if result.kind != kind || shape(&after) != shape(before) {
            continue;
        }
        converted += 1;
        for key in before.keys().chain(after.keys()) {
            let (old, new) = (before.get(key), after.get(key));
            if old != new {
                let new = new.into_iter().flatten().filter(|new| old.is_none_or(|old| !old.contains(new)));
                let became = new.clone().any(|new| became(&other, new));
                *moved.entry(key.clone()).or_default() |= became;
            }
        }
    }
    Movement { leaf, tried, converted, moved }
}

/// Values that are there, or as often there, in one form of a message only.
const SHAPE: [&str; 4] = [
    "OperationOutcome.resourceType",
    "supportingInfo-prescription).url",
    "supportingInfo).url",
    "pertinentSuppliedLineItem/id/@root",
];

/// What a message is, beyond its values: what is told by an outcome, and how many line items. A change of these makes another
/// message, and is a refusal.
fn shape(values: &Values) -> [usize; 4] {
    let count = |end: &str| values.iter().filter(|(key, _)| key.ends_with(end)).map(|(_, values)| values.len()).sum();
    SHAPE.map(count)
}

/// Whether a value is another in the form of the other wire: by its letters and digits alone, or as a part of it.
fn became(source: &str, target: &str) -> bool {
    let plain = |text: &str| -> String {
        let text = text.strip_prefix("tel:").or(text.strip_prefix("urn:uuid:")).unwrap_or(text);
        let is_time = text.as_bytes().get(10) == Some(&b'T');
        let kept = text.chars().filter(|character| character.is_alphanumeric() && !(is_time && *character == 'T'));
        kept.flat_map(char::to_uppercase).collect()
    };
    let (source, target) = (plain(source), plain(target));
    let is_within = |whole: &str, part: &str| part.len() > 3 && whole.contains(part);
    source == target || is_within(&target, &source) || is_within(&source, &target)
}

/// A message whose values can be set by path.
enum Editor<'a> {
    Json(Value),
    Xml(&'a str, BTreeMap<String, XmlNode>),
}

impl<'a> Editor<'a> {
    fn of(source: &'a [u8]) -> Self {
        match serde_json::from_slice(source) {
            Ok(value) => Self::Json(value),
            Err(_) => {
                let text = std::str::from_utf8(source).unwrap();
                Self::Xml(text, xml_nodes(text).into_iter().map(|node| (node.xpath.clone(), node)).collect())
            }
        }
    }

    fn set(&self, path: &str, other: &str) -> Vec<u8> {
        match self {
            Self::Json(value) => {
                let mut changed = value.clone();
                let scalar = changed.pointer_mut(&pointer(path)).unwrap();
                *scalar = match scalar {
                    Value::Bool(value) => Value::from(!*value),
                    Value::Number(_) => serde_json::from_str(other).unwrap_or(Value::from(other)),
                    Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => Value::from(other),
                };
                serde_json::to_vec(&changed).unwrap()
            }
            Self::Xml(text, nodes) => {
                let other = other.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
                let range = match path.rsplit_once('/').unwrap() {
                    (element, "text()") => nodes[element].text.clone().unwrap(),
                    (element, last) => match last.strip_prefix('@') {
                        Some(name) => {
                            let mut attributes = nodes[element].attributes.iter();
                            attributes.find(|(known, ..)| known == name).unwrap().2.clone()
                        }
                        // A signature: something more is said in its first element.
                        None => {
                            let at = text[nodes[path].start..].find('>').unwrap() + nodes[path].start;
                            return [&text[..at], " changed=\"\"", &text[at..]].concat().into_bytes();
                        }
                    },
                };
                [&text[..range.start], &other, &text[range.end..]].concat().into_bytes()
            }
        }
    }
}

/// The JSON Pointer of a FHIRPath with indexes.
fn pointer(path: &str) -> String {
    let steps = path.split_once('.').map_or("", |(_, steps)| steps);
    format!("/{}", steps.replace(['.', '['], "/").replace([']', '`'], ""))
}
