//! The mistakes that happen in practice, made on every published prescription whose digest is right: each is named, and no
//! other. What is hashed by mistake is made here from the text of the canonical fragments, not by the library.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use eps_core::signature::algorithm::{Algorithm, Digest};
use eps_core::signature::explain::{Explanation, Mistake};
use eps_core::signature::fragments::fragments;
use eps_core::signature::provider::{AwsLc, RustCrypto};
use eps_core::signature::{Policy, Provider};
use eps_core::xml::{Document, Limits, c14n};

const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto::new(), &AwsLc::new()];
const NAMESPACE: &str = " xmlns=\"urn:hl7-org:v3\"";

/// Every published prescription with the digest that is signed, each once, as a document of its own.
fn prescriptions() -> Option<BTreeSet<String>> {
    let (corpus, vectors) = (eps_tests::corpus()?, eps_tests::vectors()?);
    let mut all = BTreeSet::new();
    for folder in [corpus, vectors.join("signing")] {
        for file in eps_tests::files(&folder, &|name| name.ends_with(".xml")) {
            let bytes = std::fs::read(&file).unwrap();
            let Ok(document) = Document::parse(&bytes, &Limits::DEFAULT) else { continue };
            for one in document.root().descendants().filter(|element| element.name() == "ParentPrescription") {
                let right = Explanation::of(one, &Policy::production(), &AwsLc::new())
                    .is_some_and(|found| found.signed_digest == found.computed_digest);
                if right {
                    all.insert(String::from_utf8(c14n::canonicalise(one, &c14n::Options::EXCLUSIVE)).unwrap());
                }
            }
        }
    }
    Some(all)
}

/// The part of a text from one mark to another, both included.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).unwrap();
    let end = start + text[start..].find(to).unwrap() + to.len();
    &text[start..end]
}

fn with_time(fragments: &str, change: impl Fn(&str) -> String) -> String {
    let time = between(fragments, "<time", "</time>");
    let is_time = |part: &&str| part.len() == 14 && part.bytes().all(|byte| byte.is_ascii_digit());
    let value = time.split('"').find(is_time).unwrap();
    fragments.replacen(time, &time.replace(value, &change(value)), 1)
}

/// An hour later, where that is the same day.
fn an_hour_later(time: &str) -> String {
    let hour: u8 = time[8..10].parse().unwrap();
    if hour < 23 { format!("{}{:02}{}", &time[..8], hour + 1, &time[10..]) } else { time.to_owned() }
}

fn in_fhir(time: &str) -> String {
    let part = |from: usize, to: usize| &time[from..to];
    format!("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12), part(12, 14))
}

/// What a line item holds that is not hashed, put back where it stood.
fn with_kept(text: &str, fragments: &str, dropped: &str) -> String {
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let mut made = fragments.to_owned();
    for item in document.root().descendants().filter(|element| element.name() == "pertinentLineItem") {
        let form = |also: &str| {
            let keep = |element: eps_core::xml::Element<'_, '_>| {
                let within = |name| element.parent().is_some_and(|parent| parent.name() == name);
                let status = element.name() == "pertinentInformation4" && within("pertinentLineItem");
                let low = element.name() == "low" && within("repeatNumber");
                !(status || low) || element.name() == also
            };
            let mut options = c14n::Options::EXCLUSIVE;
            options.drop_blank_text = true;
            String::from_utf8(c14n::canonicalise(item, &options.keeping(&keep))).unwrap()
        };
        assert!(made.contains(&form("")), "what is left out is known here as well");
        made = made.replacen(&form(""), &form(dropped), 1);
    }
    made
}

/// Each value that is a UUID, in lower case.
fn lower_uuids(fragments: &str) -> String {
    let is_uuid = |text: &str| {
        let hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hexadecimal)
    };
    let parts = fragments.split('"').map(|part| if is_uuid(part) { part.to_lowercase() } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("\"")
}

/// Each element that is empty, closed in its start tag.
fn closed(fragments: &str) -> String {
    let mut made = String::new();
    let mut rest = fragments;
    while let Some(at) = rest.find("></") {
        let end = at + rest[at + 1..].find('>').unwrap() + 2;
        // Only an element whose start tag ends here is empty; after an end tag another one is closed.
        let starts = rest[..at].rfind('<').is_some_and(|tag| !rest[tag..].starts_with("</"));
        made.push_str(&rest[..at]);
        made.push_str(if starts { "/>" } else { &rest[at..end] });
        rest = &rest[end..];
    }
    made + rest
}

/// Texts, each with the tag after it. A `>` in a value ends no tag.
fn pieces(fragments: &str) -> Vec<&str> {
    let (mut in_tag, mut in_value) = (false, false);
    let ends = |c: char| {
        match c {
            '<' => in_tag = true,
            '"' if in_tag => in_value = !in_value,
            '>' if in_tag && !in_value => {
                in_tag = false;
                return true;
            }
            _ => {}
        }
        false
    };
    fragments.split_inclusive(ends).collect()
}

/// Each element that holds elements on lines of its own.
fn pretty(fragments: &str) -> String {
    let (mut made, mut depth, mut after_end) = (String::new(), 0, false);
    for piece in pieces(fragments) {
        let (inner, tag) = piece.split_at(piece.find('<').unwrap());
        let is_end = tag.starts_with("</");
        depth -= usize::from(is_end);
        made.push_str(inner);
        if inner.is_empty() && (!is_end || after_end) && !made.is_empty() {
            made.push('\n');
            made.push_str(&"  ".repeat(depth));
        }
        made.push_str(tag);
        depth += usize::from(!is_end);
        after_end = is_end;
    }
    made
}

fn id_first(fragments: &str) -> String {
    let time = between(fragments, "<time", "</time>");
    fragments.replacen(time, "", 1).replacen("</id>", &format!("</id>{time}"), 1)
}

fn items_reversed(fragments: &str) -> String {
    let (head, items) = fragments.split_once("<Fragment><pertinentLineItem").unwrap();
    let (items, end) = items.split_once("</FragmentsToBeHashed>").unwrap();
    let mut items: Vec<_> = items.split("<Fragment><pertinentLineItem").collect();
    items.reverse();
    format!(
        "{head}<Fragment><pertinentLineItem{}</FragmentsToBeHashed>{end}",
        items.join("<Fragment><pertinentLineItem")
    )
}

fn escaped_twice(fragments: &str) -> String {
    ["amp", "lt", "gt", "quot"]
        .iter()
        .fold(fragments.replace('&', "\u{1}"), |text, name| {
            text.replace(&format!("\u{1}{name};"), &format!("&amp;{name};"))
        })
        .replace('\u{1}', "&amp;")
}

/// Each mistake by its name, with what was hashed.
fn made(text: &str, right: &str) -> Vec<(&'static str, String)> {
    let seconds = |time: &str| format!("{}{:02}", &time[..12], (time[12..].parse::<u8>().unwrap() + 7) % 60);
    vec![
        ("time-shifted", with_time(right, an_hour_later)),
        ("time-shifted", with_time(right, seconds)),
        ("time-without-seconds", with_time(right, |time| time[..12].to_owned())),
        ("time-in-fhir-form", with_time(right, in_fhir)),
        ("status-hashed", with_kept(text, right, "pertinentInformation4")),
        ("repeat-low-hashed", with_kept(text, right, "low")),
        ("uuids-lower-case", lower_uuids(right)),
        ("namespace-missing", right.replace(NAMESPACE, "")),
        ("empty-elements-closed", closed(right)),
        ("pretty-printed", pretty(right)),
        ("id-before-time", id_first(right)),
        ("line-items-reordered", items_reversed(right)),
        ("escaped-twice", escaped_twice(right)),
        ("final-line-end", format!("{right}\n")),
    ]
}

/// The names of the mistakes that explain this digest.
fn explained(text: &str, digest: &str) -> Vec<&'static str> {
    let signed = between(text, "<DigestValue>", "</DigestValue>");
    let text = text.replacen(signed, &format!("<DigestValue>{digest}</DigestValue>"), 1);
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let [one, other] =
        PROVIDERS.map(|provider| Explanation::of(document.root(), &Policy::production(), provider).unwrap());
    assert_eq!(one, other, "the providers agree");
    one.mistakes.iter().map(Mistake::name).collect()
}

#[test]
fn each_practical_mistake_is_named_on_every_published_prescription_that_it_changes() {
    let Some(prescriptions) = prescriptions() else { return };
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for text in &prescriptions {
        let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let right = String::from_utf8(fragments(document.root(), &Policy::production()).unwrap()).unwrap();
        let is_new = text.contains(Algorithm::Rs256.digest_method());
        let (algorithm, other) =
            if is_new { (Algorithm::Rs256, Algorithm::Rs1) } else { (Algorithm::Rs1, Algorithm::Rs256) };
        let digest = |bytes: &str, algorithm| Digest::of(bytes.as_bytes(), algorithm, PROVIDERS[0]).to_base64();
        for (name, hashed) in made(text, &right) {
            if hashed != right {
                assert_eq!(explained(text, &digest(&hashed, algorithm)), [name]);
                *totals.entry(name).or_default() += 1;
            }
        }
        assert_eq!(explained(text, &digest(&right, other)), ["other-hash"]);
    }
    println!("named on {} prescriptions: {totals:?}", prescriptions.len());
    assert!(prescriptions.len() >= 20 && totals.len() == 13, "{} {totals:?}", prescriptions.len());
}
