use super::*;
use crate::signature::fragments::fragments;
use crate::signature::policy::Policy;
use crate::signature::testing::prescription;
use crate::xml::{Document, Limits};

/// The differences of the test prescription after replacements, as `kind path expected found`.
fn differences(replacements: &[(&str, &str)]) -> Vec<String> {
    both(replacements).0
}

/// The same, and those that the signature does not cover.
fn both(replacements: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let signed = prescription();
    let received = replacements.iter().fold(signed.clone(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    });
    let (received, signed) = (parse(&received), parse(&signed));
    let canonical = fragments(signed.root(), &Policy::production()).unwrap();
    let canonical = parse(std::str::from_utf8(&canonical).unwrap());
    let found = told(&explain(received.root(), signed.root()).unwrap());
    assert_eq!(told(&explain(received.root(), canonical.root()).unwrap()), found, "the fragments say the same");
    let everything = everything(received.root(), signed.root()).unwrap();
    let (covered, rest): (Vec<_>, Vec<_>) =
        everything.into_iter().partition(|difference| difference.coverage == Coverage::Signed);
    assert_eq!(told(&covered), found, "what is signed is named either way");
    (found, told(&rest))
}

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap()
}

fn told(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(shown).collect()
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
fn an_id_changed_into_that_of_the_next_item_is_named() {
    let path = "RX/pertinentInformation2[1]/pertinentLineItem[1]/id[1]/@root";
    assert_eq!(differences(&[("root=\"I1\"", "root=\"I2\"")]), [format!("Changed {path} I1 I2")]);
    let path = "RX/pertinentInformation2[2]/pertinentLineItem[1]/id[1]/@root";
    assert_eq!(differences(&[("root=\"I2\"", "root=\"I1\"")]), [format!("Changed {path} I2 I1")]);
}

#[test]
fn what_the_signature_does_not_cover_is_named_as_such() {
    let (signed, rest) = both(&[
        ("<low value=\"1\"/>", "<low value=\"2\"/>"),
        ("code=\"0007\"", "code=\"0001\""),
        ("000000-Z99999-00000F", "000000-Z99999-00000G"),
        ("negationInd=\"false\"", "negationInd=\"true\""),
        ("4000-8000-000000000000", "4000-8000-00000000000F"),
    ]);
    assert!(signed.is_empty(), "{signed:?}");
    let paths: Vec<_> = rest.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
    let item = "RX/pertinentInformation2[1]/pertinentLineItem[1]";
    assert_eq!(
        paths,
        [
            "id[1]/@root",
            "RX/id[2]/@extension",
            "RX/pertinentInformation2[2]/@negationInd",
            &format!("{item}/pertinentInformation4[1]/pertinentItemStatus[1]/value[1]/@code"),
            &format!("{item}/repeatNumber[1]/low[1]/@value"),
        ]
    );
    let (_, removed) = both(&[("<low value=\"1\"/>", "")]);
    assert_eq!(removed, [format!("Missing {item}/low 1 -")]);
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
