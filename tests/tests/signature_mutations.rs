//! Every character of every value of every published signed prescription is changed: the comparison with the original names
//! the very element or attribute, and says whether the signature covers it.
//!
//! Which values are signed is decided here by the paths of the signing specification, not by the library. Each document has
//! one character changed in each of many values, so that a position is tried once for all of them; every value must be
//! named, and nothing else. The verdict is asked of documents with a single change.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use eps_core::model::Timestamp;
use eps_core::problem::Place;
use eps_core::signature::diff::{self, Coverage, MAX_DIFFERENCES};
use eps_core::signature::fragments::fragments;
use eps_core::signature::provider::{AwsLc, RustCrypto};
use eps_core::signature::report::{Check, Outcome};
use eps_core::signature::{Crls, Occasion, Policy, Provider, TrustAnchors, Verifier};
use eps_core::xml::{Document, Element, Limits, c14n};
use eps_tests::places::xml_nodes;

/// Every signed prescription below these folders, each once, as a document of its own in canonical form.
fn prescriptions() -> Option<BTreeSet<String>> {
    let (corpus, vectors) = (eps_tests::corpus()?, eps_tests::vectors()?);
    let mut all = BTreeSet::new();
    for folder in [corpus.clone(), vectors.join("signing")] {
        for file in eps_tests::files(&folder, &|name| name.ends_with(".xml")) {
            collect(&file, &mut all);
        }
    }
    Some(all)
}

fn collect(file: &Path, into: &mut BTreeSet<String>) {
    let bytes = std::fs::read(file).unwrap();
    let Ok(document) = Document::parse(&bytes, &Limits::DEFAULT) else { return };
    for prescription in document.root().descendants().filter(|element| element.name() == "ParentPrescription") {
        let signed = prescription.descendants().any(|element| element.name() == "Signature");
        if signed && fragments(prescription, &policy()).is_ok() {
            let options = c14n::Options::EXCLUSIVE;
            into.insert(String::from_utf8(c14n::canonicalise(prescription, &options)).unwrap());
        }
    }
}

/// The published prescriptions have up to six items, and some have lost their namespace.
fn policy() -> Policy {
    let mut policy = Policy::test_profile();
    policy.max_line_items = 16;
    policy
}

/// A value of a document: where it is, the bytes of each of its characters, and whether it is signed.
struct Value {
    path: String,
    characters: Vec<Range<usize>>,
    coverage: Coverage,
}

/// Every attribute and every text that is not white space, by a scan that shares nothing with the library.
fn values(text: &str) -> Vec<Value> {
    let mut values = Vec::new();
    for node in xml_nodes(text) {
        let coverage = coverage(&node.xpath);
        for (name, _, range) in &node.attributes {
            if !name.starts_with("xmlns") {
                let path = format!("{}/@{name}", node.xpath);
                values.push(Value { path, characters: characters(text, range.clone()), coverage });
            }
        }
        if let Some(range) = node.text.clone().filter(|range| !text[range.clone()].trim().is_empty()) {
            values.push(Value { path: node.xpath.clone(), characters: characters(text, range), coverage });
        }
    }
    values.retain(|value| !value.characters.is_empty() && value.coverage != Coverage::Signature);
    values
}

/// A reference is one character.
fn characters(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut characters = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let rest = &text[at..range.end];
        let length = match rest.strip_prefix('&') {
            Some(reference) => reference.find(';').unwrap() + 2,
            None => rest.chars().next().unwrap().len_utf8(),
        };
        characters.push(at..at + length);
        at += length;
    }
    characters
}

/// What is signed: signing specification, the digest input.
fn coverage(xpath: &str) -> Coverage {
    let path = xpath.strip_prefix("/ParentPrescription").unwrap();
    if path.starts_with("/recordTarget[1]") {
        return Coverage::Signed;
    }
    let Some(path) = path.strip_prefix("/pertinentInformation1[1]/pertinentPrescription[1]/") else {
        return Coverage::NotCovered;
    };
    if path.starts_with("author[1]/signatureText[1]/") {
        return Coverage::Signature;
    }
    let item = path.strip_prefix("pertinentInformation2[").and_then(|path| path.split_once("]/pertinentLineItem[1]"));
    let in_item = item.is_some_and(|(_, path)| {
        !path.starts_with("/pertinentInformation4") && !path.starts_with("/repeatNumber[1]/low")
    });
    let parts = ["id[1]", "author[1]/time[1]", "author[1]/AgentPerson[1]"];
    if in_item || parts.iter().any(|part| path.starts_with(part)) { Coverage::Signed } else { Coverage::NotCovered }
}

/// Another character than this one that may stand in any value.
fn other(character: &str) -> char {
    if character == "x" { 'y' } else { 'x' }
}

/// The document with these characters changed.
fn changed(text: &str, at: &mut [Range<usize>]) -> String {
    at.sort_by_key(|range| range.start);
    let mut made = String::with_capacity(text.len() + 8);
    let mut copied = 0;
    for range in at.iter() {
        made.push_str(&text[copied..range.start]);
        made.push(other(&text[range.clone()]));
        copied = range.end;
    }
    made.push_str(&text[copied..]);
    made
}

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn named(received: Element<'_, '_>, original: Element<'_, '_>) -> BTreeMap<String, Coverage> {
    let differences = diff::everything(received, original).unwrap();
    let path = |place: &Place| {
        let Place::Xml { xpath, .. } = place else { panic!("{place}") };
        xpath.clone()
    };
    differences.iter().map(|difference| (path(&difference.place), difference.coverage)).collect()
}

#[derive(Default, Debug)]
struct Totals {
    values: usize,
    positions: usize,
    documents: usize,
}

/// Changes every position of the values of one coverage.
fn every_position(text: &str, original: &Document<'_>, values: &[&Value]) -> Totals {
    let mut totals = Totals { values: values.len(), ..Totals::default() };
    let right = fragments(original.root(), &policy()).unwrap();
    let mut values = values.to_vec();
    values.sort_by_key(|value| value.characters.len());
    for chunk in values.chunks(MAX_DIFFERENCES - 1) {
        let longest = chunk.last().unwrap().characters.len();
        for position in 0..longest {
            let mutated: Vec<_> = chunk.iter().filter(|value| value.characters.len() > position).collect();
            let mut at: Vec<_> = mutated.iter().map(|value| value.characters[position].clone()).collect();
            let text = changed(text, &mut at);
            let document = parse(&text);
            let expected: BTreeMap<_, _> = mutated.iter().map(|value| (value.path.clone(), value.coverage)).collect();
            assert_eq!(named(document.root(), original.root()), expected, "position {position}");
            let signed = chunk[0].coverage == Coverage::Signed;
            match fragments(document.root(), &policy()) {
                Ok(made) => assert_eq!(made != right, signed, "position {position}"),
                // A line item that is no longer "not negated" is refused, whatever is signed.
                Err(problems) => assert!(problems.names("signature.structure.negated"), "{problems}"),
            }
            totals.documents += 1;
            totals.positions += mutated.len();
        }
    }
    totals
}

#[test]
fn any_changed_character_is_named_and_told_to_be_signed_or_not() {
    let Some(prescriptions) = prescriptions() else { return };
    let texts: Vec<&String> = prescriptions.iter().collect();
    let half = |texts: &[&String]| {
        let mut sums = [Totals::default(), Totals::default()];
        for text in texts {
            let original = parse(text);
            let values = values(text);
            for (sum, coverage) in sums.iter_mut().zip([Coverage::Signed, Coverage::NotCovered]) {
                let of: Vec<_> = values.iter().filter(|value| value.coverage == coverage).collect();
                let Totals { values, positions, documents } = every_position(text, &original, &of);
                sum.values += values;
                sum.positions += positions;
                sum.documents += documents;
            }
        }
        sums
    };
    let (one, other) = texts.split_at(texts.len() / 2);
    let sums = std::thread::scope(|scope| {
        let first = scope.spawn(|| half(one));
        let second = half(other);
        [first.join().unwrap(), second]
    });
    let total = |at: usize, of: fn(&Totals) -> usize| sums.iter().map(|sums| of(&sums[at])).sum::<usize>();
    for (at, what) in ["signed", "not covered"].into_iter().enumerate() {
        println!(
            "{what}: {} prescriptions, {} values, {} positions in {} documents, all named",
            texts.len(),
            total(at, |it| it.values),
            total(at, |it| it.positions),
            total(at, |it| it.documents),
        );
    }
    assert!(texts.len() > 50 && total(0, |it| it.positions) > 50_000, "{}", texts.len());
}

#[test]
fn a_single_change_breaks_the_digest_exactly_where_it_is_signed() {
    let Some(vectors) = eps_tests::vectors() else { return };
    let mut texts = BTreeSet::new();
    collect(&vectors.join("signing/synthetic-signed.xml"), &mut texts);
    let text = texts.pop_first().unwrap();
    let (trust, lists, policy) = (TrustAnchors::default(), Crls::none(), policy());
    let occasion = Occasion::receipt_unknown(Timestamp::parse_hl7("20251002000000").unwrap());
    let (mut signed, mut rest) = (0, 0);
    for value in values(&text) {
        let at = value.characters.len() / 2;
        let changed = changed(&text, &mut [value.characters[at].clone()]);
        let document = parse(&changed);
        let providers: [&dyn Provider; 2] = [&RustCrypto::new(), &AwsLc::new()];
        let reports = providers.map(|provider| {
            let verifier = Verifier { provider, trust: &trust, lists: &lists, policy: &policy };
            verifier.verify(document.root(), occasion).unwrap_err().report().clone()
        });
        assert_eq!(reports[0], reports[1], "the providers agree");
        let broken = match &reports[0].entry(Check::Content).unwrap().outcome {
            Outcome::Failed(_) => true,
            Outcome::Passed => false,
            Outcome::NotChecked(_) => {
                assert!(
                    value.path.ends_with("/@negationInd") || value.path.ends_with("/@inversionInd"),
                    "{}",
                    value.path
                );
                continue;
            }
        };
        assert_eq!(broken, value.coverage == Coverage::Signed, "{}", value.path);
        signed += usize::from(broken);
        rest += usize::from(!broken);
    }
    println!("{signed} signed values and {rest} others");
    assert!(signed > 60 && rest > 40, "{signed} and {rest}");
}
