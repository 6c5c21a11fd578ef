//! Answers that were made up for these tests.

use super::{AnswerKind, kind, read, read_search, write, write_search};
use crate::codes::{ItemStatus, PrescriptionStatus, TreatmentType};
use crate::fhir::json::Json;
use crate::model::AnswerForm;
use crate::problem::Place;

const DETAILS: &str = r#"{"version": "1", "reason": "", "statusCode": "0", "9142DC-A99968-11EB9M": {
 "prescriptionStatus": "With Dispenser - Active", "lastEventDate": "20260302094000", "prescriptionIssueDate": "20260301",
 "prescriptionDownloadDate": "False", "patientNhsNumber": "9449304130", "epsVersion": "R2", "pendingCancellations": "True",
 "prescriptionTreatmentType": "Repeat Dispensing", "repeatInstance": {"currentIssue": "2", "totalAuthorised": "6"},
 "prescriber": {"name": "A \"SURGERY\"", "address": "", "phone": "0123", "ods": "A99968"}, "somethingNew": [1],
 "lineItems": {"ea66ee9d-a981-432f-8c27-6907cbd99219": {"description": "Something 5 mg", "quantity": "28.0", "uom": "tablet",
  "dosage": "One a day", "itemStatus": "Not Dispensed - Owing", "code": "318896009"}}}}"#;

const FOUND: &str = r#"{"Response": {"prescriptions": [{"prescriptionID": "9142DC-A99968-11EB9M", "messageID": "",
 "patientID": "9449304130", "prefix": "MISS", "suffix": "", "given": "ANN", "family": "NONE", "prescriberOrg": "A99968",
 "nominatedOrg": "", "dispenserOrg": "FA565|FA565", "nextActivity": "purge", "issueDetail": [{"instanceNumber": "1",
 "releaseDate": "False", "prescriptionStatus": "0001", "cancellations": "0", "prescCancPending": "True",
 "liCancPending": "False"}], "prescribedDate": "20260301000000", "completedDate": "", "prescriptionTreatmentType": "0003",
 "maxRepeats": "None"}]}}"#;

#[test]
fn details_are_read_field_by_field_and_written_back() {
    let answer = read(DETAILS.as_bytes()).unwrap();
    assert!(answer.is_good() && answer.form == AnswerForm::Details && answer.reason.is_none());
    let [prescription] = &answer.prescriptions[..] else { panic!("one prescription") };
    assert_eq!(prescription.status, PrescriptionStatus::WithDispenserActive);
    assert_eq!(prescription.treatment_type, TreatmentType::RepeatDispensing);
    assert_eq!(prescription.issued.unwrap().to_hl7(), "20260301");
    assert!(prescription.downloaded.is_none() && prescription.pending_cancellations);
    assert_eq!(prescription.prescriber.as_ref().unwrap().address, None);
    let details = prescription.items[0].details.as_ref().unwrap();
    assert_eq!((details.status, details.quantity.as_ref().unwrap().as_str()), (ItemStatus::Owing, "28.0"));
    assert_eq!(read(&write(&answer)).unwrap(), answer);
}

#[test]
fn an_empty_summary_stays_a_summary_and_its_wrapper_is_taken_off() {
    let wrapped = br#"{"spineResponse": {"statusCode": "8", "reason": "none", "prescriptions": {}, "version": "1"}, "error": {}}"#;
    let answer = read(wrapped).unwrap();
    assert!(!answer.is_good() && answer.form == AnswerForm::Summary);
    assert_eq!(
        String::from_utf8(write(&answer)).unwrap(),
        r#"{"version":"1","reason":"none","statusCode":"8","prescriptions":{}}"#
    );
    assert_eq!(read(&write(&answer)).unwrap(), answer);
}

#[test]
fn a_search_answer_is_read_and_written_back() {
    let answer = read_search(FOUND.as_bytes()).unwrap();
    let [found] = &answer.prescriptions[..] else { panic!("one prescription") };
    assert_eq!(found.name.family.as_ref().unwrap().as_str(), "NONE");
    assert!(found.max_repeats.is_none() && found.is_purged_next() && found.issues[0].cancellation_pending);
    assert_eq!(read_search(&write_search(&answer)).unwrap(), answer);
    assert_eq!(read_search(br#"{"Response": {"prescriptions": []}}"#).unwrap().prescriptions, []);
}

#[test]
fn every_rule_names_its_place() {
    let cases = [
        ("[]", "tracker.answer", ""),
        (r#"{"statusCode": ""}"#, "tracker.missing", ""),
        (r#"{"statusCode": ["0"]}"#, "tracker.type", "/statusCode"),
        (r#"{"statusCode": "0 0"}"#, "tracker.text", "/statusCode"),
    ];
    let details = [
        ("With Dispenser - Active", "Lost", "tracker.words", "/9142DC-A99968-11EB9M/prescriptionStatus"),
        ("20260301", "2026-03-01", "tracker.time", "/9142DC-A99968-11EB9M/prescriptionIssueDate"),
        ("\"2\"", "\"two\"", "tracker.number", "/9142DC-A99968-11EB9M/repeatInstance/currentIssue"),
        ("True", "yes", "tracker.flag", "/9142DC-A99968-11EB9M/pendingCancellations"),
        ("9449304130", "9449304131", "ids.nhs-number", "/9142DC-A99968-11EB9M/patientNhsNumber"),
    ];
    let cases = cases.map(|(text, rule, pointer)| (text.to_owned(), rule, pointer)).into_iter();
    for (text, rule, pointer) in cases.chain(details.map(|(old, new, rule, at)| (DETAILS.replace(old, new), rule, at)))
    {
        let problems = read(text.as_bytes()).unwrap_err();
        let found =
            problems.iter().find(|problem| problem.rule.id == rule).unwrap_or_else(|| panic!("{rule}: {problems}"));
        let Place::Json { pointer: at, .. } = &found.place else { panic!("a JSON place") };
        assert_eq!(at, pointer, "{rule}");
    }
    let problems = read_search(FOUND.replace("\"0001\"", "\"1\"").as_bytes()).unwrap_err();
    assert!(problems.names("tracker.code"));
}

#[test]
fn the_kind_of_an_answer_is_told() {
    let kind = |text: &str| kind(&Json::parse(text.as_bytes()).unwrap());
    assert_eq!(kind(DETAILS), Some(AnswerKind::Tracker));
    assert_eq!(kind(FOUND), Some(AnswerKind::Search));
    assert_eq!(kind(r#"{"resourceType": "Task", "statusCode": "0"}"#), None);
    assert_eq!(kind("[]"), None);
}
