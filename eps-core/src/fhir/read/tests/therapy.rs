//! Dosages, instructions, repeats and courses of therapy.

use serde_json::json;

use super::*;

#[test]
fn dosages_have_texts_and_several_have_their_order() {
    let there = "/entry/1/resource/dosageInstruction";
    let missing = "Required field dosageInstructions is missing.";
    refused(&[(FIRST, "/dosageInstruction", json!([]))], "fhir.dosage-instruction.missing", there, missing);
    refused(&[(FIRST, "/dosageInstruction", Value::Null)], "fhir.dosage-instruction.missing", FIRST, missing);
    refused(
        &[(FIRST, "/dosageInstruction/-", json!({"text": "then rest", "sequence": 2}))],
        "fhir.dosage-instruction.sequence",
        there,
        rules::DOSAGE_SEQUENCE.requires,
    );
    let dosages = json!([
        {"text": "c", "sequence": 10}, {"text": "a", "sequence": 2}, {"text": "d", "sequence": 10}, {"text": "b", "sequence": 3}
    ]);
    let json = changed(&[(format!("{FIRST}/dosageInstruction"), dosages)]);
    assert_eq!(prescription_of(&json).line_items[0].dosage.as_str(), "a, then b, then c, and d");
}

#[test]
fn additional_instructions_are_a_fragment_on_the_first_item() {
    let list = json!({"fullUrl": "urn:uuid:list", "resource": {"resourceType": "List", "entry": [{"item": {"display": "A & B"}}]}});
    let communication = json!({"fullUrl": "urn:uuid:c", "resource": {"resourceType": "CommunicationRequest", "payload": [
        {"contentString": "closed < 5"}, {"contentReference": {"reference": "urn:uuid:list"}}
    ]}});
    let words = json!({
        "url": "https://fhir.nhs.uk/StructureDefinition/Extension-DM-ControlledDrug",
        "extension": [{"url": "quantityWords", "valueString": "twenty-one"}]
    });
    let json = changed(&[
        ("/entry/-".into(), communication),
        ("/entry/-".into(), list),
        (format!("{FIRST}/extension/-"), words),
        (format!("{FIRST}/note"), json!([{"text": "to be taken > once"}])),
    ]);
    let items = prescription_of(&json).line_items;
    assert_eq!(
        items[0].additional_instructions.as_ref().unwrap().0.as_str(),
        "<medication>A &amp; B</medication><patientInfo>closed &lt; 5</patientInfo>CD: twenty-one\nto be taken &gt; once"
    );
    assert_eq!(items[1].additional_instructions, None);
    refused(
        &[(FIRST, "/note", json!([{"text": "a"}, {"text": "b"}]))],
        "fhir.element.too-many",
        "/entry/1/resource/note/1",
        "Too many values submitted. Expected at most 1 element.",
    );
}

#[test]
fn lists_that_are_told_again_and_again_do_not_blow_up() {
    let items: Vec<_> = (0..600).map(|_| json!({"item": {"display": "A"}})).collect();
    let list = json!({"fullUrl": "urn:uuid:list", "resource": {"resourceType": "List", "entry": items}});
    let payload = vec![json!({"contentReference": {"reference": "urn:uuid:list"}}); 600];
    let communication = json!({"resource": {"resourceType": "CommunicationRequest", "payload": payload}});
    let json = changed(&[("/entry/-".into(), communication), ("/entry/-".into(), list)]);
    let problems = told(&read_value(&json).unwrap_err());
    let place = "/entry/7/resource/payload/1".to_owned();
    assert_eq!(problems, [("fhir.communication-request.too-long", place, rules::TOLD_TOO_LONG.requires.to_owned())]);
}

/// The order as a repeat dispensing prescription of six issues.
fn repeat_dispensing() -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    for base in [FIRST, SECOND] {
        let course = "/courseOfTherapyType/coding/0/code";
        changes.push((format!("{base}{course}"), json!("continuous-repeat-dispensing")));
        changes.push((format!("{base}/dispenseRequest/numberOfRepeatsAllowed"), json!(5)));
        let period = json!({"start": "2026-03-02T23:30:00-01:00", "end": "2026-08-31"});
        changes.push((format!("{base}/dispenseRequest/validityPeriod"), period));
    }
    changes
}

#[test]
fn a_repeat_dispensing_prescription_counts_its_issues() {
    let prescription = prescription_of(&changed(&repeat_dispensing()));
    assert_eq!(prescription.repeat, Some(RepeatNumber { low: 1, high: 6 }));
    assert_eq!(prescription.line_items[1].repeat, prescription.repeat);
    let supply = prescription.days_supply.unwrap();
    assert_eq!(supply.low.unwrap().to_hl7(), "20260303");
    assert_eq!(supply.high.unwrap().to_hl7(), "20260831");
    assert_eq!(supply.days, Some(7));
    assert_eq!(prescription.effective_time.to_hl7(), "20260303003000");
}

#[test]
fn a_repeat_dispensing_prescription_is_complete() {
    let with = |more: &[(&str, Value)]| {
        let mut changes = repeat_dispensing();
        for (path, value) in more {
            changes.extend([FIRST, SECOND].map(|base| (format!("{base}{path}"), value.clone())));
        }
        told(&read_value(&changed(&changes)).unwrap_err())
    };
    let allowed = with(&[("/dispenseRequest/numberOfRepeatsAllowed", Value::Null)]);
    assert_eq!(
        allowed,
        [(
            "fhir.repeats-allowed",
            "/entry/1/resource/dispenseRequest".into(),
            "Number of repeats allowed is required.".into()
        )]
    );
    let period = with(&[("/dispenseRequest/validityPeriod", Value::Null)]);
    let message = "Expected MedicationRequest to have a value for dispenseRequest.validityPeriod.";
    assert_eq!(
        period,
        [("fhir.repeat-dispensing.incomplete", "/entry/1/resource/dispenseRequest".into(), message.into())]
    );
    let unit = with(&[("/dispenseRequest/expectedSupplyDuration/code", json!("wk"))]);
    assert_eq!(
        (unit[0].0, unit[0].2.as_str()),
        ("fhir.supply-duration.unit", "Expected supply duration must be specified in days.")
    );
    let count = with(&[("/dispenseRequest/numberOfRepeatsAllowed", json!(1.5))]);
    assert_eq!(count[0].0, "fhir.count");
    let start = with(&[("/dispenseRequest/validityPeriod/start", json!("soon"))]);
    assert_eq!(
        (start[0].0, start[0].2.as_str()),
        ("fhir.date-time.form", "Incorrect format for date time string 'soon'.")
    );
}

#[test]
fn courses_of_therapy_go_together() {
    let course = "/courseOfTherapyType/coding/0/code";
    let there = "/entry/2/resource/courseOfTherapyType/coding/0/code";
    refused(
        &[(SECOND, course, json!("continuous-repeat-dispensing"))],
        "fhir.course-of-therapy.mixed",
        there,
        "Course of therapy type must either match for all MedicationRequests or be a mixture of 'acute' and 'continuous'.",
    );
    refused(
        &[(FIRST, course, json!("seasonal")), (SECOND, course, json!("seasonal"))],
        "fhir.course-of-therapy.unknown",
        "/entry/1/resource/courseOfTherapyType/coding/0/code",
        "Unhandled course of therapy type code 'seasonal'.",
    );
    let mixed = prescription_of(&changed(&[(format!("{SECOND}{course}"), json!("continuous"))]));
    assert_eq!((mixed.treatment_type, mixed.repeat), (crate::codes::TreatmentType::Acute, None));
    let both = [FIRST, SECOND].map(|base| (format!("{base}{course}"), json!("continuous")));
    assert_eq!(prescription_of(&changed(&both)).repeat, Some(RepeatNumber { low: 1, high: 1 }));
}
