use super::*;
use crate::signature::testing::prescription;
use crate::xml::{Document, Limits};

fn made(text: &str) -> Result<String, Problems> {
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT)?;
    fragments(document.root(), &Policy::production()).map(|bytes| String::from_utf8(bytes).unwrap())
}

/// The fragments of the test prescription after replacing one piece of it.
fn changed(from: &str, to: &str) -> Result<String, Problems> {
    let text = prescription();
    assert!(text.contains(from), "{from}");
    made(&text.replacen(from, to, 1))
}

#[test]
fn the_parts_stand_in_the_order_of_the_service() {
    let expected = concat!(
        "<FragmentsToBeHashed>",
        r#"<Fragment><time xmlns="urn:hl7-org:v3" value="20260302093000"></time>"#,
        r#"<id xmlns="urn:hl7-org:v3" root="0A0A0A0A-0000-4000-8000-000000000001"></id></Fragment>"#,
        r#"<Fragment><AgentPerson xmlns="urn:hl7-org:v3" classCode="AGNT"><name>A. Prescriber</name></AgentPerson></Fragment>"#,
        r#"<Fragment><recordTarget xmlns="urn:hl7-org:v3" typeCode="RCT"><name>A. Patient</name></recordTarget></Fragment>"#,
        r#"<Fragment><pertinentLineItem xmlns="urn:hl7-org:v3" classCode="SBADM"><id root="I1"></id>"#,
        r#"<repeatNumber><high value="6"></high></repeatNumber><code displayName="Drug 1"></code></pertinentLineItem></Fragment>"#,
        r#"<Fragment><pertinentLineItem xmlns="urn:hl7-org:v3" classCode="SBADM"><id root="I2"></id>"#,
        r#"<code displayName="Drug 2"></code></pertinentLineItem></Fragment>"#,
        "</FragmentsToBeHashed>"
    );
    assert_eq!(made(&prescription()).unwrap(), expected);
}

#[test]
fn status_and_issue_number_do_not_count() {
    let original = made(&prescription()).unwrap();
    assert_eq!(changed("<low value=\"1\"/>", "<low value=\"2\"/>").unwrap(), original);
    assert_eq!(changed("<low value=\"1\"/>", "").unwrap(), original);
    assert_eq!(changed("code=\"0007\"", "code=\"0003\"").unwrap(), original);
    assert_ne!(changed("<high value=\"6\"/>", "<high value=\"7\"/>").unwrap(), original);
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let second =
        r#"<pertinentLineItem classCode="SBADM"><id root="I2"/><code displayName="Drug 2"/></pertinentLineItem>"#;
    for (what, from, to) in [
        ("no prescriber", "<AgentPerson classCode=\"AGNT\"><name>A. Prescriber</name></AgentPerson>", ""),
        ("no line item", second, ""),
        ("two line items in one", second, &format!("{second}{second}")),
        ("two times", "<time value=\"20260302093000\"/>", "<time value=\"20260302093000\"/><time value=\"2\"/>"),
        ("two patients", "<recordTarget", "<recordTarget/><recordTarget"),
        ("the short id first", "<id root=\"0A0A0A0A-0000-4000-8000-000000000001\"/>", ""),
        ("two UUIDs", "<id extension=\"000000-Z99999-00000F\" ", "<id "),
        ("a negated item", "negationInd=\"false\"", "negationInd=\"true\""),
        ("an inverted item", "negationInd=\"false\"", "inversionInd=\" false\""),
        ("an attribute of repeatNumber", "<repeatNumber><low", "<repeatNumber value=\"1\"><low"),
        ("more in repeatNumber", "<high value=\"6\"/>", "<high value=\"6\"/><center/>"),
        ("repeatNumber elsewhere", "<name>A. Patient</name>", "<name>A. Patient</name><repeatNumber/>"),
        ("a status elsewhere", "<name>A. Patient</name>", "<name>A. Patient</name><pertinentItemStatus/>"),
        ("more beside the status", "<pertinentItemStatus>", "<note/><pertinentItemStatus>"),
        ("a second Signature", "<name>A. Patient</name>", "<name>A. Patient</name><Signature/>"),
        ("mixed content", "<name>A. Patient</name>", "<name>A. <b/> Patient</name>"),
        ("a comment", "A. Patient", "A.<!-- x --> Patient"),
        ("CDATA", "A. Patient", "<![CDATA[A. Patient]]>"),
        ("a foreign element", "<name>A. Patient</name>", "<name xmlns=\"urn:x\">A. Patient</name>"),
        ("an element without a namespace", "<name>A. Patient</name>", "<name xmlns=\"\">A. Patient</name>"),
        ("xml:space", "<name>A. Patient", "<name xml:space=\"preserve\">A. Patient"),
    ] {
        let refused = changed(from, to).expect_err(what);
        assert!(refused.iter().any(|it| it.rule.id.starts_with("signature.structure")), "{what}: {refused}");
    }
}

#[test]
fn a_prescription_with_too_many_items_or_bytes_is_refused() {
    let item =
        "<pertinentInformation2><pertinentLineItem><id root=\"I9\"/></pertinentLineItem></pertinentInformation2>";
    let many = changed("<pertinentInformation2", &format!("{item}{item}{item}<pertinentInformation2"));
    assert!(many.unwrap_err().names("signature.limit"));
    let long = "x".repeat(15_000);
    let texts: String = (0..9).map(|_| format!("<text>{long}</text>")).collect();
    assert!(changed("<name>A. Patient", &format!("{texts}<name>A. Patient")).unwrap_err().names("signature.limit"));
    let texts: String = (0..18).map(|_| format!("<text>{long}</text>")).collect();
    assert!(changed("<author>", &format!("{texts}<author>")).unwrap_err().names("signature.limit"));
}

#[test]
fn problems_name_the_place() {
    let refused = changed("negationInd=\"false\"", "negationInd=\"true\"").unwrap_err();
    let place = refused.iter().next().unwrap().place.to_string();
    assert!(place.contains("/pertinentPrescription[1]/pertinentInformation2[2]"), "{place}");
}

#[test]
fn a_lost_namespace_is_forgiven_by_the_test_profile_only() {
    let text = prescription().replace(" xmlns=\"urn:hl7-org:v3\"", "");
    let document = Document::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
    assert!(fragments(document.root(), &Policy::production()).unwrap_err().names("signature.structure.namespace"));
    let forgiven = fragments(document.root(), &Policy::test_profile()).unwrap();
    assert_eq!(String::from_utf8(forgiven).unwrap(), made(&prescription()).unwrap());
}

#[test]
fn an_element_that_is_no_prescription_is_refused() {
    assert!(made("<a xmlns=\"urn:hl7-org:v3\"/>").unwrap_err().names("signature.structure"));
}
