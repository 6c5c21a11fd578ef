use super::*;
use crate::signature::fragments::fragments;
use crate::signature::testing::prescription;
use crate::xml::{Document, Limits};

/// The differences of the test prescription after replacements, as `kind path expected found`.
fn differences(replacements: &[(&str, &str)]) -> Vec<String> {
    let signed = prescription();
    let received = replacements.iter().fold(signed.clone(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let (received, signed) = (parse(&received), parse(&signed));
    let canonical = fragments(signed.root(), &Policy::production()).unwrap();
    let canonical = parse(std::str::from_utf8(&canonical).unwrap());
    let found = explain(received.root(), signed.root()).unwrap();
    assert_eq!(explain(received.root(), canonical.root()).unwrap(), found, "the fragments say the same");
    found.iter().map(shown).collect()
}

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap()
}

fn shown(difference: &Difference) -> String {
    let Place::Xml { xpath, .. } = &difference.place else { panic!("{difference:?}") };
    let path = xpath.strip_prefix("/ParentPrescription/").unwrap_or(xpath);
    let path = path.replace("pertinentInformation1[1]/pertinentPrescription[1]", "RX");
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    format!("{:?} {path} {} {}", difference.kind, value(&difference.expected), value(&difference.found))
}

#[test]
fn a_prescription_does_not_differ_from_itself() {
    assert!(differences(&[]).is_empty());
    assert!(
        differences(&[("<low value=\"1\"/>", "<low value=\"2\"/>"), ("code=\"0007\"", "code=\"0001\"")]).is_empty()
    );
}

#[test]
fn a_changed_attribute_or_text_is_named() {
    assert_eq!(
        differences(&[("Drug 2", "Drug 3"), ("A. Patient", "B. Patient")]),
        [
            "Changed recordTarget[1]/name[1] A. Patient B. Patient",
            "Changed RX/pertinentInformation2[2]/pertinentLineItem[1]/code[1]/@displayName Drug 2 Drug 3",
        ]
    );
}

#[test]
fn an_added_or_removed_field_is_named() {
    assert_eq!(
        differences(&[("<name>A. Patient</name>", "<name use=\"L\">A. Patient</name><deceased value=\"1\"/>")]),
        ["Added recordTarget[1]/deceased[1] - 1", "Added recordTarget[1]/name[1]/@use - L"]
    );
    assert_eq!(
        differences(&[("<high value=\"6\"/>", ""), (" classCode=\"AGNT\"", "")]),
        [
            "Missing RX/author[1]/AgentPerson[1]/@classCode AGNT -",
            "Missing RX/pertinentInformation2[1]/pertinentLineItem[1]/repeatNumber[1]/high 6 -",
        ]
    );
}

#[test]
fn a_removed_line_item_does_not_make_the_others_differ() {
    let text = prescription();
    let start = text.find("<pertinentInformation2>").unwrap();
    let end = text.find("<pertinentInformation2 ").unwrap();
    let removed = differences(&[(&text[start..end], "")]);
    assert_eq!(removed, ["Missing RX/pertinentInformation2/pertinentLineItem I1 6 Drug 1 -"]);
}

#[test]
fn debug_and_display_show_no_value() {
    let (received, signed) = (prescription().replace("A. Patient", "B. Patient"), prescription());
    let found = explain(parse(&received).root(), parse(&signed).root()).unwrap();
    let shown = format!("{found:?} {}", found[0]);
    assert!(!shown.contains("Patient") && shown.contains("recordTarget[1]/name[1]"), "{shown}");
}

#[test]
fn something_else_cannot_be_explained() {
    let text = prescription();
    assert_eq!(explain(parse("<a/>").root(), parse(&text).root()), None);
}
