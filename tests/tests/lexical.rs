//! What people write survives both wires: every text leaf of a message is replaced in turn, none of them by name.
//!
//! A leaf carries text if plain words that are put there arrive in HL7 v3. Then awkward texts must arrive too and be read
//! back the same, and what XML cannot hold must be refused at that very leaf.

#![cfg(test)]

use std::collections::BTreeSet;

use eps_core::fhir;
use eps_core::hl7v3;
use eps_core::model::Envelope;
use eps_core::problem::{Place, Problems};
use eps_core::xml::{Document, Limits};
use eps_tests::places::xml_nodes;
use eps_tests::request;
use eps_tests::seeds::walk;
use serde_json::Value;

/// One message of each kind that FHIR brings.
struct Base {
    name: &'static str,
    json: String,
    /// How many leaves of it carry free text at least.
    texts: usize,
    /// Whether some text of it is an element in HL7 v3, which keeps line ends.
    keeps_lines: bool,
    /// Whether it has decimals.
    has_decimals: bool,
}

const ORDER: &str = include_str!("../../eps-transport/data/prescription-order.json");

fn bases() -> Vec<Base> {
    let base = |name, texts, keeps_lines, has_decimals| {
        let (_, value) = walk::fhir_bases().into_iter().find(|(known, _)| *known == name).unwrap();
        Base { name, json: value.to_string(), texts, keeps_lines, has_decimals }
    };
    vec![
        base("order of four items", 30, true, true),
        base("notification", 10, true, true),
        base("claim", 8, true, true),
        base("cancellation", 15, true, false),
        base("return", 4, true, false),
        base("withdrawal", 1, false, false),
        base("release", 4, true, false),
    ]
}

/// Texts that a careless reader or writer spoils.
const AWKWARD: [&str; 8] = [
    "Zoë Ní Dhomhnaill-Müller",
    "李小龍 Ωμέγα Łódź",
    "salt & vinegar &amp; &#65;",
    "\"double\" and 'single' ‘curly’",
    "a < b > c ]]> <b/>",
    "take 💊 with 👩‍⚕️",
    "combining e\u{301} and \u{FEFF} and \u{A0}",
    "{\\back\\slashes} /and/ $1 %s",
];

/// What XML 1.0 section 2.2 has no place for, as JSON writes it.
const IMPOSSIBLE: [&str; 6] =
    [r#""a\u0001b""#, r#""\u0000""#, r#""bell \u0007""#, r#""a\u001f""#, r#""\ufffe""#, r#""nearly \uffff""#];

/// Half a character, which is not even JSON text.
const LONE_SURROGATES: [&str; 3] = [r#""\ud800""#, r#""a\udc8a""#, r#""\ud83dx""#];

/// Stands for a leaf until its JSON is put in.
const MARK: &str = "@@LEAF@@";

fn read(json: &str) -> Result<Envelope, Problems> {
    fhir::read(json.as_bytes(), &request::context())
}

/// FHIR to HL7 v3, to FHIR, to HL7 v3: the same model and the same bytes. `at` says which text is tried where.
fn survives(envelope: &Envelope, at: &str) {
    let written = hl7v3::write(envelope);
    let there = hl7v3::read(&written).unwrap();
    assert!(there == *envelope, "{at} is read back from HL7 v3 otherwise");
    let back = fhir::read(&request::write(&there).unwrap(), &request::context());
    assert!(back.is_ok_and(|back| back == there && hl7v3::write(&back) == written), "{at} is changed by FHIR");
}

/// A message with a gap where one leaf stood.
struct Gap {
    pointer: String,
    before: String,
    after: String,
}

impl Gap {
    fn filled(&self, json: &str) -> String {
        [self.before.as_str(), json, self.after.as_str()].concat()
    }
}

/// A gap for each leaf of the wanted kind.
fn gaps(base: &str, wanted: fn(&Value) -> bool) -> Vec<Gap> {
    let document: Value = serde_json::from_str(base).unwrap();
    let mut pointers = Vec::new();
    collect(&document, String::new(), wanted, &mut pointers);
    let gap = |pointer: String| {
        let mut marked = document.clone();
        *marked.pointer_mut(&pointer).unwrap() = MARK.into();
        let text = marked.to_string();
        let (before, after) = text.split_once(&format!("\"{MARK}\"")).unwrap();
        Gap { pointer, before: before.to_owned(), after: after.to_owned() }
    };
    pointers.into_iter().map(gap).collect()
}

fn collect(value: &Value, pointer: String, wanted: fn(&Value) -> bool, pointers: &mut Vec<String>) {
    if wanted(value) {
        pointers.push(pointer.clone());
    }
    // Keys of FHIR hold nothing that a JSON Pointer escapes.
    for (key, member) in value.as_object().into_iter().flatten() {
        collect(member, format!("{pointer}/{key}"), wanted, pointers);
    }
    for (index, element) in value.as_array().into_iter().flatten().enumerate() {
        collect(element, format!("{pointer}/{index}"), wanted, pointers);
    }
}

/// The leaves that carry free text: plain words are taken there, and arrive.
fn text_gaps(base: &str) -> Vec<Gap> {
    const WORDS: &str = "some plain words";
    let mut gaps = gaps(base, Value::is_string);
    gaps.retain(|gap| read(&gap.filled(&json(WORDS))).is_ok_and(|envelope| arrives(&hl7v3::write(&envelope), WORDS)));
    gaps
}

fn json(text: &str) -> String {
    Value::from(text).to_string()
}

/// Whether a text stands in a message, as itself or inside the markup that additional instructions hold.
fn arrives(bytes: &[u8], text: &str) -> bool {
    let document = Document::parse(bytes, &Limits::DEFAULT).unwrap();
    let inner = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let holds = |value: &str| value.contains(text) || value.contains(&inner);
    document
        .root()
        .descendants()
        .any(|element| holds(&element.text()) || element.attributes().any(|attribute| holds(attribute.value())))
}

#[test]
fn awkward_texts_survive_wherever_text_may_stand() {
    for Base { name, json: base, texts: least, .. } in bases() {
        let gaps = text_gaps(&base);
        println!("{name}: {} leaves carry text", gaps.len());
        assert!(gaps.len() >= least, "{name}: {:?}", gaps.iter().map(|gap| &gap.pointer).collect::<Vec<_>>());
        for gap in &gaps {
            for text in AWKWARD {
                let envelope = read(&gap.filled(&json(text))).unwrap();
                let written = hl7v3::write(&envelope);
                assert!(arrives(&written, text), "{name} {}: {text:?} is not in the HL7 v3", gap.pointer);
                survives(&envelope, &format!("{name} {}: {text:?}", gap.pointer));
            }
        }
    }
}

/// Line ends stand in the texts of elements. In attributes, which XML readers normalise, a line end becomes a space.
#[test]
fn line_ends_survive_in_elements_and_are_spaces_in_attributes() {
    for Base { name, json: base, keeps_lines, .. } in bases() {
        let mut kept = 0;
        for gap in text_gaps(&base) {
            let envelope = read(&gap.filled(&json("one\ntwo"))).unwrap();
            let again = hl7v3::read(&hl7v3::write(&envelope)).unwrap();
            if again == envelope {
                survives(&envelope, &format!("{name} {}", gap.pointer));
                kept += 1;
            } else {
                let spaced = read(&gap.filled(&json("one two"))).unwrap();
                assert!(again == spaced, "{name} {}", gap.pointer);
            }
        }
        println!("{name}: {kept} leaves keep line ends");
        assert_eq!(kept > 0, keeps_lines, "{name}");
    }
}

#[test]
fn what_xml_cannot_hold_is_refused_at_its_leaf() {
    for Base { name, json: base, .. } in bases() {
        for gap in text_gaps(&base) {
            for text in IMPOSSIBLE {
                let problems = read(&gap.filled(text)).expect_err(&gap.pointer);
                let here = |place: &Place| matches!(place, Place::Json { pointer, .. } if *pointer == gap.pointer);
                let told = problems.iter().any(|problem| here(&problem.place) && problem.rule.id.starts_with("fhir."));
                assert!(told, "{name} {}: {text} gives {problems}", gap.pointer);
            }
        }
    }
}

#[test]
fn half_a_character_is_refused_inside_its_leaf() {
    for Base { name, json: base, .. } in bases() {
        for gap in gaps(&base, Value::is_string) {
            for text in LONE_SURROGATES {
                let problems = read(&gap.filled(text)).expect_err(&gap.pointer);
                let problem = problems.iter().next().unwrap();
                assert_eq!(problem.rule.id, "fhir.json.syntax");
                let Place::Position { line: 1, column } = problem.place else { panic!("{name}: {}", problem.place) };
                let start = gap.before.chars().count() + 1;
                let inside = start..=start + text.len();
                assert!(inside.contains(&column), "{name} {}: column {column}, not in {inside:?}", gap.pointer);
            }
        }
    }
}

#[test]
fn decimals_keep_their_digits() {
    const DECIMALS: [&str; 8] =
        ["1.50", "28.0", "0.10", "0.5", "100", "12345678901234567890.0123456789", "0.000000000000000001", "1e2"];
    for Base { name, json: base, has_decimals, .. } in bases() {
        let plain = read(&base).unwrap();
        let mut carried = BTreeSet::new();
        for gap in gaps(&base, Value::is_number) {
            for decimal in DECIMALS {
                // Counts, such as days of supply, are whole numbers and refuse the rest.
                let Ok(envelope) = read(&gap.filled(decimal)) else { continue };
                if envelope == plain {
                    continue;
                }
                let written = hl7v3::write(&envelope);
                survives(&envelope, &format!("{name} {}: {decimal}", gap.pointer));
                if arrives(&written, decimal) {
                    carried.insert(gap.pointer.clone());
                }
            }
        }
        println!("{name}: {} leaves carry decimals", carried.len());
        assert_eq!(!carried.is_empty(), has_decimals, "{name}");
    }
}

/// HL7 v3 may write a number without a digit before its point; JSON cannot.
#[test]
fn a_decimal_that_starts_with_its_point_is_the_same_number() {
    let written = String::from_utf8(hl7v3::write(&read(ORDER).unwrap())).unwrap();
    let bare = written.replace(r#"value="21""#, r#"value=".5""#);
    assert_ne!(bare, written);
    let envelope = hl7v3::read(bare.as_bytes()).unwrap();
    let again = hl7v3::write(&envelope);
    let zero = written.replace(r#"value="21""#, r#"value="0.5""#).into_bytes();
    assert!(again == bare.as_bytes() || again == zero);
    // JSON has no such number: FHIR says the digit, and brings it back.
    let fhir = String::from_utf8(request::write(&envelope).unwrap()).unwrap();
    assert!(fhir.contains(r#""value":0.5,"#) && !fhir.contains(":.5"));
    assert_eq!(hl7v3::write(&read(&fhir).unwrap()), zero);
}

/// A line end in an element of HL7 v3 is one in FHIR.
#[test]
fn line_ends_of_hl7v3_arrive_in_fhir() {
    let mut arrived = BTreeSet::new();
    for (name, base) in walk::hl7v3_bases() {
        for range in xml_nodes(&base).into_iter().filter_map(|node| node.text) {
            let in_fhir = |text: &str| {
                let message = [&base[..range.start], text, &base[range.end..]].concat();
                let json = request::write(&hl7v3::read(message.as_bytes()).ok()?).ok()?;
                Some(arrives_in_fhir(&serde_json::from_slice(&json).unwrap(), text))
            };
            if in_fhir("one two") == Some(true) && !matches!(name, "metadata") {
                assert_eq!(in_fhir("one\ntwo"), Some(true), "{name} at byte {}", range.start);
                arrived.insert(name);
            }
        }
    }
    assert!(arrived.len() > 5, "{arrived:?}");
}

/// HL7 v3 has days only: a year or a month is its first day there, as the NHS service writes it.
#[test]
fn dates_of_each_precision_arrive_as_their_first_day() {
    for (fhir, hl7) in
        [("1974", "19740101"), ("1974-08", "19740801"), ("1974-08-21", "19740821"), ("2024-02-29", "20240229")]
    {
        let gap = gaps(ORDER, |value| value == "1974-08-21").remove(0);
        let envelope = read(&gap.filled(&json(fhir))).unwrap();
        assert!(arrives(&hl7v3::write(&envelope), hl7), "{fhir}");
    }
}

/// The hours around both changes of the clocks of 2026, in either offset, are each their own instant.
#[test]
fn instants_around_the_changes_of_the_clocks_are_kept() {
    const INSTANTS: [(&str, &str); 8] = [
        ("2026-03-29T00:59:59+00:00", "20260329005959"),
        ("2026-03-29T02:00:00+01:00", "20260329010000"),
        ("2026-03-29T01:00:00Z", "20260329010000"),
        ("2026-10-25T01:30:00+01:00", "20261025003000"),
        ("2026-10-25T01:30:00+00:00", "20261025013000"),
        ("2026-10-25T01:59:59.999+01:00", "20261025005959"),
        ("2026-07-01T00:30:00+01:00", "20260630233000"),
        ("2024-02-29T23:59:59Z", "20240229235959"),
    ];
    let mut carried = 0;
    for Base { name, json: base, .. } in bases() {
        let plain = read(&base).unwrap();
        for gap in gaps(&base, |value| value.as_str().is_some_and(|text| text.contains('T') && text.starts_with("20")))
        {
            for (fhir, hl7) in INSTANTS {
                let Ok(envelope) = read(&gap.filled(&json(fhir))) else { continue };
                if envelope == plain {
                    continue;
                }
                let written = hl7v3::write(&envelope);
                assert!(arrives(&written, hl7), "{name} {}: {fhir}", gap.pointer);
                survives(&envelope, &format!("{name} {}: {fhir}", gap.pointer));
                carried += 1;
            }
        }
    }
    assert!(carried > 0);
}

/// What an XML attribute or text is, written with this value.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whether a text stands in a FHIR message.
fn arrives_in_fhir(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found.contains(text) || found.contains(&xml(text)),
        Value::Array(items) => items.iter().any(|item| arrives_in_fhir(item, text)),
        Value::Object(members) => members.values().any(|member| arrives_in_fhir(member, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Every text and attribute of each kind of HL7 v3 message, replies too, and what FHIR says of them.
#[test]
fn awkward_texts_of_hl7v3_are_written_again_and_arrive_in_fhir() {
    const WORDS: &str = "some plain words";
    let in_fhir = |envelope: &Envelope| {
        let json = request::write(envelope).ok()?;
        Some(serde_json::from_slice::<Value>(&json).unwrap())
    };
    let mut kinds = BTreeSet::new();
    let (mut leaves, mut carried) = (0, 0);
    for (name, base) in walk::hl7v3_bases() {
        // The written one of each kind; the generated ones are much the same.
        if !kinds.insert(name) {
            continue;
        }
        let values = xml_nodes(&base).into_iter().flat_map(|node| {
            let attributes = node.attributes.into_iter().map(|(_, _, range)| range);
            attributes.chain(node.text)
        });
        for range in values {
            let with = |text: &str| {
                let message = [&base[..range.start], &xml(text), &base[range.end..]].concat();
                hl7v3::read(message.as_bytes())
            };
            let Ok(plain) = with(WORDS) else { continue };
            if !arrives(&hl7v3::write(&plain), WORDS) {
                continue;
            }
            leaves += 1;
            let to_fhir = in_fhir(&plain).is_some_and(|fhir| arrives_in_fhir(&fhir, WORDS));
            for text in AWKWARD {
                let envelope = with(text).unwrap();
                let written = hl7v3::write(&envelope);
                assert!(arrives(&written, text), "{name}: {text:?} is not written at byte {}", range.start);
                assert!(hl7v3::read(&written).unwrap() == envelope, "{name}: {text:?} is read back otherwise");
                if to_fhir {
                    let fhir = in_fhir(&envelope).unwrap();
                    // The title of a status in the history ends at its first semicolon, as NHS England's tracker cuts it.
                    let title = text.split(';').next().unwrap_or(text).trim_end();
                    let kept = if name == "metadata" { title } else { text };
                    assert!(arrives_in_fhir(&fhir, kept), "{name}: {text:?} does not arrive in FHIR: {fhir}");
                    carried += 1;
                }
            }
        }
    }
    println!("{} kinds, {leaves} leaves carry text, {carried} texts arrive in FHIR", kinds.len());
    assert!(leaves >= 100 && carried >= 200);
}
